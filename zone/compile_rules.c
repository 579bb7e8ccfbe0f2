/* SPDX-License-Identifier: ISC */
#include "zone/compile_rules.h"

#include <stdlib.h>
#include <string.h>

#include "zone/image_rules.h"

void zone_rules_begin(
        struct zone_rules *r, const struct plan *plan, uint32_t zone, const struct layers *layers)
{
	*r = (struct zone_rules){.plan = plan, .zone = zone, .layers = layers};
	if (layers->cover.count || plan->cut_zone_count)
		r->failed = zone_space_of(&r->space, plan, zone);
}

void zone_rules_end(struct zone_rules *r)
{
	zone_space_free(&r->space);
	free(r->taken);
	free(r->owners);
}

static void claim(struct zone_rules *r, const uint8_t *octets, uint8_t addr_len, bool is_dropped)
{
	if (r->failed != OK)
		return;
	if (r->taken_count == r->taken_capacity) {
		size_t capacity = r->taken_capacity ? r->taken_capacity * 2 : 64;
		struct claim_of_host *taken = realloc(r->taken, capacity * sizeof *taken);
		if (!taken) {
			r->failed = ERR_MEMORY;
			return;
		}
		r->taken = taken;
		r->taken_capacity = capacity;
	}
	struct claim_of_host *c = &r->taken[r->taken_count++];
	*c = (struct claim_of_host){.addr_len = addr_len, .is_dropped = is_dropped};
	memcpy(c->octets, octets, addr_len);
}

void zone_rules_take(struct zone_rules *r, const uint8_t *octets, uint8_t addr_len)
{
	claim(r, octets, addr_len, false);
}

void zone_rules_drop(struct zone_rules *r, const uint8_t *octets, uint8_t addr_len)
{
	claim(r, octets, addr_len, true);
}

void zone_rules_carry(struct zone_rules *r, const struct image *last)
{
	const uint32_t *taken4 = last->taken4;
	const uint8_t *taken6 = last->taken6;
	uint8_t octets[4];

	for (uint32_t i = 0; i < last->taken4_count; i++) {
		ipv4_octets(octets, taken4[i]);
		claim(r, octets, 4, false);
	}
	for (uint32_t i = 0; i < last->taken6_count; i++)
		claim(r, taken6 + (size_t)i * 16, 16, false);
}

/* A claim and when it was made. */
struct ordered {
	struct claim_of_host claim;
	size_t number;
};

static int compare_claims(const void *va, const void *vb)
{
	const struct ordered *a = va, *b = vb;
	int difference = a->claim.addr_len - b->claim.addr_len;

	if (!difference)
		difference = memcmp(a->claim.octets, b->claim.octets, 16);
	return difference ? difference : (a->number > b->number) - (a->number < b->number);
}

/* Of each address the last word, in order. */
static void sort_claims(struct zone_rules *r)
{
	struct ordered *all = malloc((r->taken_count + 1) * sizeof *all);
	size_t kept = 0;

	if (!all) {
		r->failed = ERR_MEMORY;
		return;
	}
	for (size_t i = 0; i < r->taken_count; i++)
		all[i] = (struct ordered){r->taken[i], i};
	qsort(all, r->taken_count, sizeof *all, compare_claims);
	for (size_t i = 0; i < r->taken_count; i++) {
		const struct claim_of_host *c = &all[i].claim;
		if (i + 1 < r->taken_count && c->addr_len == all[i + 1].claim.addr_len &&
		        memcmp(c->octets, all[i + 1].claim.octets, 16) == 0)
			continue;
		if (!c->is_dropped)
			r->taken[kept++] = *c;
	}
	r->taken_count = kept;
	free(all);
}

/* True when not every address of the span is taken; *at is the first claim that may lie in it. */
static bool is_live(const struct zone_rules *r, const struct span *s, size_t *at)
{
	uint8_t next[16];

	memcpy(next, s->first, 16);
	for (; *at < r->taken_count; (*at)++) {
		const struct claim_of_host *c = &r->taken[*at];
		if (c->addr_len < s->addr_len)
			continue;
		if (c->addr_len > s->addr_len)
			return true;
		int order = memcmp(c->octets, next, 16);
		if (order > 0)
			return true;
		if (order == 0 && memcmp(next, s->last, 16) == 0)
			return false;
		if (order == 0)
			(void)octets_step(next, s->addr_len);
	}
	return true;
}

void zone_rules_settle(struct zone_rules *r)
{
	const struct layers *l = r->layers;
	size_t begin = l->begin[r->zone], end = l->begin[r->zone + 1], at = 0;

	if (r->failed == OK)
		sort_claims(r);
	r->owners = malloc((end - begin + 1) * sizeof *r->owners);
	if (!r->owners)
		r->failed = ERR_MEMORY;
	for (size_t i = begin; r->failed == OK && i < end; i++) {
		const struct span *s = &l->cover.spans[l->by_zone[i]];
		const uint8_t *owner = s->range->owner;
		bool is_same = r->owner_count && r->owners[r->owner_count - 1] == owner;
		if (is_live(r, s, &at) && !is_same)
			r->owners[r->owner_count++] = owner;
	}
}

/* True for one cut, which stands in the image as it is. */
static bool is_one_cut(const struct plan_delegation *d)
{
	struct prefix p = {.addr = d->first, .bits = (uint8_t)delegation_cut_bits(d)};
	uint8_t last[16];

	prefix_last_octets(last, &p);
	return !d->target && memcmp(last, d->last.octets, 16) == 0;
}

/* True when a span's addresses get a rule: neither a hole nor one cut does. */
static bool makes_rule(const struct span *s)
{
	return s->range ? s->range->pattern.shape != NULL : !is_one_cut(s->delegation);
}

/* True when something is made of addresses of the interval. */
static bool is_ruled(const struct cover *c, const struct interval *in)
{
	struct addr first = {.len = in->addr_len};

	memcpy(first.octets, in->first, sizeof first.octets);
	for (size_t i = cover_seek(c, &first); i < c->count; i++) {
		const struct span *s = &c->spans[i];
		if (s->addr_len != in->addr_len || memcmp(s->first, in->last, 16) > 0)
			return false;
		if (makes_rule(s))
			return true;
	}
	return false;
}

bool zone_rules_has(const struct zone_rules *r, uint8_t addr_len)
{
	const struct plan *p = r->plan;

	for (size_t i = 0; i < r->space.count; i++)
		if (r->space.intervals[i].addr_len == addr_len &&
		        is_ruled(&r->layers->cover, &r->space.intervals[i]))
			return true;
	for (size_t i = 0; addr_len == 4 && i < p->cut_zone_count; i++)
		if (p->cut_parents[i] == r->zone)
			return true;
	return false;
}

/* The rules written so far, by what they are of: open addressing, at most half full. */
struct written {
	const void **of; /* owned: a range, a delegation or a zone */
	uint32_t *rules;
	size_t mask;
};

static enum err written_init(struct written *t, size_t count)
{
	size_t size = 16;

	while (size < 2 * count)
		size *= 2;
	t->mask = size - 1;
	t->of = calloc(size, sizeof *t->of);
	t->rules = malloc(size * sizeof *t->rules);
	return t->of && t->rules ? OK : ERR_MEMORY;
}

static void written_free(struct written *t)
{
	free(t->of);
	free(t->rules);
}

static size_t slot_of(const struct written *t, const void *object)
{
	size_t slot = (size_t)((uintptr_t)object / 8 * 0x9e3779b97f4a7c15U >> 20) & t->mask;

	while (t->of[slot] && t->of[slot] != object)
		slot = (slot + 1) & t->mask;
	return slot;
}

/* The number of a range's rule. */
static uint32_t range_rule(
        struct image_writer *w, struct written *t, const struct plan_range *range)
{
	size_t slot = slot_of(t, range);

	if (!t->of[slot]) {
		t->of[slot] = range;
		t->rules[slot] =
		        image_writer_name_rule(w, &range->pattern, range->owner, range->ttl_s);
	}
	return t->rules[slot];
}

/* That of a delegation which makes something of addresses. */
static uint32_t delegation_rule(
        struct image_writer *w, struct written *t, const struct plan_delegation *d)
{
	size_t slot = slot_of(t, d);

	if (!t->of[slot]) {
		t->of[slot] = d;
		t->rules[slot] = d->target ? image_writer_cname_rule(w, d->first.octets,
		                                     d->last.octets, d->target, d->ttl_s)
		                           : image_writer_cut_rule(w, d->first.len, d->first.octets,
		                                     d->last.octets, delegation_cut_bits(d));
	}
	return t->rules[slot];
}

/* What a span has of an interval becomes one of the image's. */
static void write_part(
        struct image_writer *w, struct written *t, const struct span *s, const struct interval *in)
{
	const uint8_t *first = memcmp(s->first, in->first, 16) < 0 ? in->first : s->first;
	const uint8_t *last = memcmp(s->last, in->last, 16) > 0 ? in->last : s->last;

	if (!makes_rule(s))
		return;
	uint32_t rule =
	        s->range ? range_rule(w, t, s->range) : delegation_rule(w, t, s->delegation);
	image_writer_span(w, WRITE_PTR, s->addr_len, first, last, rule);
}

/* Of each address in the block of a zone by RFC 2317 a CNAME leads there (RFC 2317 4). */
static void write_cut_zone(struct image_writer *w, const struct plan_zone *cut)
{
	uint8_t last[16];

	prefix_last_octets(last, &cut->prefix);
	uint32_t rule =
	        image_writer_cname_rule(w, cut->prefix.addr.octets, last, cut->apex, cut->ttl_s);
	image_writer_span(w, WRITE_PTR, 4, cut->prefix.addr.octets, last, rule);
}

/* Blocks that have a zone of their own below this one, as far as they lie before an address. */
static void write_cut_zones(struct zone_rules *r, struct image_writer *w, size_t *next,
        const uint8_t *before, uint8_t addr_len)
{
	const struct plan *p = r->plan;

	for (; *next < p->cut_zone_count; ++*next) {
		const struct plan_zone *cut = &p->zones[p->cut_zones[*next]];
		if (addr_len == 4 && memcmp(cut->prefix.addr.octets, before, 16) >= 0)
			return;
		if (p->cut_parents[*next] == r->zone)
			write_cut_zone(w, cut);
	}
}

static void write_reverse(struct zone_rules *r, struct image_writer *w, struct written *t)
{
	const struct cover *c = &r->layers->cover;
	bool has_cuts = !r->plan->zones[r->zone].is_cut_style;
	size_t next = has_cuts ? 0 : r->plan->cut_zone_count;
	static const uint8_t behind_all[16];

	for (size_t i = 0; i < r->space.count; i++) {
		const struct interval *in = &r->space.intervals[i];
		struct addr a = {.len = in->addr_len};
		memcpy(a.octets, in->first, 16);
		write_cut_zones(r, w, &next, in->first, in->addr_len);
		for (size_t k = cover_seek(c, &a); k < c->count; k++) {
			const struct span *s = &c->spans[k];
			if (s->addr_len != in->addr_len || memcmp(s->first, in->last, 16) > 0)
				break;
			write_part(w, t, s, in);
		}
	}
	write_cut_zones(r, w, &next, behind_all, 16);
}

static void write_forward(struct zone_rules *r, struct image_writer *w, struct written *t)
{
	const struct layers *l = r->layers;
	size_t end = l->begin[r->zone + 1], at = 0;

	for (size_t i = l->begin[r->zone]; i < end; i++) {
		const struct span *s = &l->cover.spans[l->by_zone[i]];
		uint32_t rule = range_rule(w, t, s->range);
		/* where hosts have taken all, the owner may not even be there, and a pattern that
		 * makes nothing would be asked for names of other owners */
		if (is_live(r, s, &at))
			image_writer_pattern(w, rule);
		image_writer_span(w, WRITE_NAME, s->addr_len, s->first, s->last, rule);
	}
	for (size_t i = 0; i < r->taken_count; i++)
		image_writer_taken(w, r->taken[i].addr_len, r->taken[i].octets);
}

/* No more than so many rules come out of the zone's spans. */
static size_t count_spans(const struct zone_rules *r)
{
	const struct layers *l = r->layers;
	size_t count = l->begin[r->zone + 1] - l->begin[r->zone];

	for (size_t i = 0; l->cover.count && i < r->space.count; i++) {
		const struct interval *in = &r->space.intervals[i];
		struct addr first = {.len = in->addr_len}, last = first;
		memcpy(first.octets, in->first, 16);
		memcpy(last.octets, in->last, 16);
		count += cover_seek(&l->cover, &last) + 1 - cover_seek(&l->cover, &first);
	}
	return count;
}

enum err zone_rules_write(struct zone_rules *r, struct image_writer *w)
{
	const struct layers *l = r->layers;
	struct written t = {.of = NULL};

	if (r->failed == OK && (r->space.count || l->begin[r->zone + 1] > l->begin[r->zone]))
		r->failed = written_init(&t, count_spans(r));
	if (r->failed == OK && t.of) {
		write_reverse(r, w, &t);
		write_forward(r, w, &t);
	}
	written_free(&t);
	return r->failed;
}
