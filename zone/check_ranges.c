/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "zone/check_layers.h"
#include "zone/makers.h"
#include "zone/rr.h"

bool owners_hold_all(const struct owners *o, uint32_t customer, const struct addr *first,
        const struct addr *last, struct addr *out)
{
	uint32_t begin = o->space_begin[customer];

	return intervals_hold(
	        o->spaces + begin, o->space_begin[customer + 1] - begin, first, last, out);
}

/* A zone that stands for no prefix is above all addresses: what has no other one is there. */
bool plan_has_zones(
        const struct plan *p, const struct addr *first, const struct addr *last, struct addr *out)
{
	return intervals_hold(p->reverse, p->reverse_count, first, last, out) ||
	       plan_find_reverse_zone(p, out) != ZONE_NONE;
}

void tell_scope(const struct layer_check *k, const struct plan_source *s, struct place place,
        const struct addr *first, const struct addr *last, const struct addr *outside)
{
	char text[ADDR_RANGE_TEXT_MAX], addr[ADDR_TEXT_MAX];

	if (!k->diags)
		return;
	addr_range_to_text(text, first, last);
	addr_to_text(addr, outside);
	diag_error(k->diags, place, "scope", "%s reaches beyond %s's prefixes: %s is in none", text,
	        k->plan->customers[s->customer].name, addr);
}

void tell_no_zone(const struct layer_check *k, struct place place, const struct addr *first,
        const struct addr *last, const struct addr *outside)
{
	char text[ADDR_RANGE_TEXT_MAX], addr[ADDR_TEXT_MAX];

	if (!k->diags)
		return;
	addr_range_to_text(text, first, last);
	addr_to_text(addr, outside);
	diag_error(k->diags, place, "no-zone",
	        "%s reaches beyond the zones served here: %s is in none; ask the operator to add "
	        "one",
	        text, addr);
}

static void range_text(char out[ADDR_RANGE_TEXT_MAX], const struct plan_range *r)
{
	struct addr first = {.len = r->pattern.addr_len}, last = first;

	memcpy(first.octets, r->pattern.first, sizeof first.octets);
	memcpy(last.octets, r->pattern.last, sizeof last.octets);
	addr_range_to_text(out, &first, &last);
}

/* Is there a zone for the names, and may the customer write there. */
static bool check_owner(
        const struct layer_check *k, const struct plan_source *s, struct plan_range *r)
{
	const struct plan_customer *own = &k->plan->customers[s->customer];
	const struct plan_record *above = plan_find_range_zone(k->plan, k->barriers, r);
	char owner[NAME_TEXT_MAX], text[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX];
	struct trie_key key;

	name_to_text(owner, r->owner);
	if (above) {
		name_to_text(text, above->owner);
		if (k->diags)
			diag_error(k->diags, range_place(s, r), "record-above",
			        "the operator's %s record at %s (%s:%u) is in the way of names "
			        "below %s; ask the operator, or choose another domain",
			        rr_type_text(type, above->type), text, above->place.file,
			        above->place.line, owner);
		return false;
	}
	if (r->forward_zone == ZONE_NONE)
		return true;
	trie_key_from_name(&key, r->owner);
	uint32_t domain = owners_find_name(k->owners, &key);
	if (domain != UINT32_MAX && owners_has_domain(k->owners, domain, s->customer))
		return true;
	name_to_text(text, k->plan->zones[r->forward_zone].apex);
	if (k->diags && domain != UINT32_MAX && own->domain_count)
		diag_error(k->diags, range_place(s, r), "scope-name",
		        "names below %s lie in a domain of customer %s and not of %s; choose a "
		        "domain of yours",
		        owner,
		        k->plan->customers[k->owners->customers[k->owners->begin[domain]]].name,
		        own->name);
	else if (k->diags)
		diag_error(k->diags, range_place(s, r), "scope-name",
		        "names below %s lie in zone %s, which is served here, and in no domain of "
		        "%s; ask the operator",
		        owner, text, own->name);
	return false;
}

bool range_is_allowed(
        const struct layer_check *k, const struct plan_source *s, struct plan_range *r)
{
	struct addr first = {.len = r->pattern.addr_len}, last = first, outside;
	bool is_allowed = true;

	memcpy(first.octets, r->pattern.first, sizeof first.octets);
	memcpy(last.octets, r->pattern.last, sizeof last.octets);
	if (!owners_hold_all(k->owners, s->customer, &first, &last, &outside)) {
		tell_scope(k, s, range_place(s, r), &first, &last, &outside);
		is_allowed = false;
	} else if (r->owner && !plan_has_zones(k->plan, &first, &last, &outside)) {
		tell_no_zone(k, range_place(s, r), &first, &last, &outside);
		is_allowed = false;
	}
	r->forward_zone = ZONE_NONE;
	return (!r->owner || check_owner(k, s, r)) && is_allowed;
}

/* last - first of a range. */
static void size_of(uint8_t out[16], const struct plan_range *r)
{
	octets_subtract(out, r->pattern.last, r->pattern.first);
}

/* By size, of one size by address, of one address as in the file. */
static int compare_sizes(const void *va, const void *vb)
{
	const struct plan_range *a = *(const struct plan_range *const *)va;
	const struct plan_range *b = *(const struct plan_range *const *)vb;
	uint8_t a_size[16], b_size[16];
	int difference = a->pattern.addr_len - b->pattern.addr_len;

	size_of(a_size, a);
	size_of(b_size, b);
	if (!difference)
		difference = memcmp(a_size, b_size, 16);
	if (!difference)
		difference = memcmp(a->pattern.first, b->pattern.first, 16);
	return difference ? difference : (a > b) - (a < b);
}

static void check_overlap(const struct layer_check *k, const struct plan_source *s,
        const struct plan_range *a, const struct plan_range *b)
{
	uint8_t a_size[16], b_size[16];
	char text[ADDR_RANGE_TEXT_MAX];

	size_of(a_size, a);
	size_of(b_size, b);
	if (a->pattern.addr_len != b->pattern.addr_len || memcmp(a_size, b_size, 16) != 0 ||
	        memcmp(b->pattern.first, a->pattern.last, 16) > 0 ||
	        memcmp(b->pattern.first, a->pattern.first, 16) == 0) /* then it is a [duplicate] */
		return;
	const struct plan_range *later = a > b ? a : b, *earlier = a > b ? b : a;
	range_text(text, earlier);
	diag_error(k->diags, range_place(s, later), "range-overlap",
	        "it overlaps %s on line %u, a range of the same size, so that nobody knows which "
	        "one holds; make one of them smaller",
	        text, earlier->line);
}

static enum err check_overlaps(const struct layer_check *k, const struct plan_source *s)
{
	const struct plan_range **sorted = malloc((s->range_count + 1) * sizeof *sorted);

	if (!sorted)
		return ERR_MEMORY;
	for (size_t i = 0; i < s->range_count; i++)
		sorted[i] = &s->ranges[i];
	qsort(sorted, s->range_count, sizeof *sorted, compare_sizes);
	for (size_t i = 1; i < s->range_count; i++)
		check_overlap(k, s, sorted[i - 1], sorted[i]);
	free(sorted);
	return OK;
}

/* Patterns at one owner: those that begin alike are asked one after the other for a label, so they
 * are few, and only one of them knows it. */
static void check_alike(
        const struct layer_check *k, const struct plan_source *s, const struct makers *m)
{
	char owner[NAME_TEXT_MAX];

	for (uint32_t i = 0; i < m->count; i++) {
		const struct plan_range *r = m->items[i].range;
		unsigned alike = 1;
		for (uint32_t up = m->items[i].next; up; up = m->items[up - 1].next) {
			const struct plan_range *other = m->items[up - 1].range;
			name_to_text(owner, r->owner);
			if (++alike > MAKERS_ALIKE_MAX) {
				diag_error(k->diags, range_place(s, r), "range-alike",
				        "more than %d patterns below %s begin alike; begin this "
				        "one "
				        "with letters of its own, or choose another domain",
				        MAKERS_ALIKE_MAX, owner);
				break;
			}
			if (!pattern_may_meet(&r->pattern, &other->pattern))
				continue;
			diag_error(k->diags, range_place(s, r), "range-label",
			        "a label below %s could be of this range or of that on line %u; "
			        "use "
			        "{ip} or {hex} in both, or letters that tell them apart",
			        owner, other->line);
			break;
		}
	}
}

static void check_hosts(
        const struct layer_check *k, const struct plan_source *s, const struct makers *m)
{
	struct made made[MADE_MAX];
	char name[NAME_TEXT_MAX], addr[ADDR_TEXT_MAX];

	for (size_t i = 0; i < s->pair_count; i++) {
		const struct pair *pair = &s->pairs[i];
		const struct addr a = pair_addr(pair);
		size_t count = pair->forward_zone == ZONE_NONE || pair->flags & PAIR_SHADOWED
		                       ? 0
		                       : makers_find(m, pair->name, made);
		for (size_t n = 0; n < count; n++) {
			if (addr_compare(&made[n].addr, &a) == 0)
				continue;
			name_to_text(name, pair->name);
			addr_to_text(addr, &made[n].addr);
			diag_error(k->diags, pair_place(s, pair), "range-host",
			        "%s is the name that the range on line %u gives to %s; choose "
			        "another name",
			        name, made[n].range->line, addr);
			break;
		}
	}
}

enum err source_check_ranges(const struct layer_check *k, struct plan_source *s)
{
	struct makers m;

	if (s->range_count == 0)
		return OK;
	for (size_t i = 0; i < s->range_count; i++)
		(void)range_is_allowed(k, s, &s->ranges[i]);
	enum err e = check_overlaps(k, s);
	if (e != OK)
		return e;
	struct plan_source good = *s;
	const struct plan_source *one = &good;
	good.state = SOURCE_GOOD;
	e = makers_build(&m, k->plan, k->owners, &one, 1);
	if (e != OK)
		return e;
	check_alike(k, s, &m);
	check_hosts(k, s, &m);
	makers_free(&m);
	return OK;
}
