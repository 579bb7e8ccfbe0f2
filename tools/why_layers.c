/* SPDX-License-Identifier: ISC */
#include "tools/why_layers.h"

#include <stdlib.h>
#include <string.h>

#include "zone/lookup.h"

/* A range or delegation that holds the address. */
struct contender {
	const struct plan_source *source;
	const struct plan_range *range; /* NULL: */
	const struct plan_delegation *delegation;
	uint8_t size[16];    /* last - first */
	uint8_t block_bits;  /* of the customer's block around the address */
	bool is_served_zone; /* a delegation into a zone by RFC 2317 that is served here */
};

/* Those of one address. */
struct contest {
	struct contender *all; /* in the arena; the strongest first */
	size_t count, capacity;
};

bool why_range_name(struct name *out, const struct plan_range *r, const struct addr *a)
{
	uint8_t label[1 + LABEL_MAX_OCTETS];

	return r && r->pattern.shape &&
	       name_join(out, label, pattern_format(label, &r->pattern, a->octets), r->owner) == OK;
}

static const char *format(struct why *w, const char *what, const char *addresses,
        const char *customer, const char *rest)
{
	char text[ADDR_RANGE_TEXT_MAX + SHAPE_TEXT_MAX + NAME_TEXT_MAX + 512];

	int n = snprintf(text, sizeof text, "the %s%s of %s%s", what, addresses, customer, rest);
	const char *copy =
	        n < 0 || (size_t)n >= sizeof text ? NULL : arena_text(&w->arena, text, (size_t)n);
	return copy ? copy : "";
}

const char *why_range_text(struct why *w, const struct plan_source *s, const struct plan_range *r)
{
	struct addr first = {.len = r->pattern.addr_len}, last = first;
	char addresses[ADDR_RANGE_TEXT_MAX], shape[SHAPE_TEXT_MAX], owner[NAME_TEXT_MAX];
	char rest[SHAPE_TEXT_MAX + NAME_TEXT_MAX + 4] = " (none)";

	memcpy(first.octets, r->pattern.first, 16);
	memcpy(last.octets, r->pattern.last, 16);
	addr_range_to_text(addresses, &first, &last);
	if (r->pattern.shape) {
		shape_to_text(shape, r->pattern.shape, r->pattern.shape_octets);
		name_to_text(owner, r->owner);
		snprintf(rest, sizeof rest, " (%s%s%s)", shape, *r->owner ? "." : "", owner);
	}
	return format(w, "range ", addresses, w->config->plan.customers[s->customer].name, rest);
}

const char *why_delegation_text(
        struct why *w, const struct plan_source *s, const struct plan_delegation *d)
{
	char addresses[ADDR_RANGE_TEXT_MAX];

	addr_range_to_text(addresses, &d->first, &d->last);
	return format(w, "delegation ", addresses, w->config->plan.customers[s->customer].name, "");
}

const struct pair *why_find_host(
        const struct why *w, const struct addr *a, const struct plan_source **source)
{
	const struct plan *p = &w->config->plan;

	for (size_t i = 0; i < p->source_count; i++) {
		const struct plan_source *s = &p->sources[i];
		for (size_t k = 0; source_is_served(s) && k < s->pair_count; k++) {
			const struct pair *pair = &s->pairs[k];
			if (pair->addr_len != a->len || (pair->flags & PAIR_SHADOWED) ||
			        memcmp(pair->octets, a->octets, a->len) != 0)
				continue;
			*source = s;
			return pair;
		}
	}
	return NULL;
}

static uint8_t block_bits(const struct plan_customer *c, const struct addr *a)
{
	uint8_t bits = 0;

	for (size_t i = 0; i < c->block_count; i++)
		if (c->blocks[i].prefix.bits > bits && prefix_has_addr(&c->blocks[i].prefix, a))
			bits = c->blocks[i].prefix.bits;
	return bits;
}

static void add_contender(struct why *w, struct contest *c, const struct contender *contender)
{
	struct contender *all =
	        arena_grow(&w->arena, c->all, c->count, c->count + 1, &c->capacity, sizeof *all);

	if (!all)
		return;
	c->all = all;
	all[c->count++] = *contender;
}

static int compare_contenders(const void *va, const void *vb)
{
	const struct contender *a = va, *b = vb;

	if (!a->delegation != !b->delegation)
		return a->delegation ? -1 : 1;
	if (a->block_bits != b->block_bits)
		return a->block_bits > b->block_bits ? -1 : 1;
	return memcmp(a->size, b->size, 16);
}

/* What of the sources that are served, or of those that are not, holds the address. */
static void hold_contest(struct why *w, struct contest *c, const struct addr *a, bool of_served)
{
	const struct plan *p = &w->config->plan;

	*c = (struct contest){NULL, 0, 0};
	for (size_t i = 0; i < p->source_count; i++) {
		const struct plan_source *s = &p->sources[i];
		struct contender at = {.source = s};
		if (source_is_served(s) != of_served)
			continue;
		at.block_bits = block_bits(&p->customers[s->customer], a);
		for (size_t k = 0; k < s->range_count; k++) {
			at.range = &s->ranges[k];
			if (at.range->pattern.addr_len != a->len ||
			        !pattern_has(&at.range->pattern, a->octets))
				continue;
			octets_subtract(at.size, at.range->pattern.last, at.range->pattern.first);
			add_contender(w, c, &at);
		}
		at.range = NULL;
		for (size_t k = 0; k < s->delegation_count; k++) {
			at.delegation = &s->delegations[k];
			if (addr_compare(&at.delegation->first, a) > 0 ||
			        addr_compare(&at.delegation->last, a) < 0)
				continue;
			at.is_served_zone = delegation_is_served(p, at.delegation);
			octets_subtract(
			        at.size, at.delegation->last.octets, at.delegation->first.octets);
			add_contender(w, c, &at);
		}
	}
	if (c->count)
		qsort(c->all, c->count, sizeof *c->all, compare_contenders);
}

static void add_delegation(
        struct why *w, const struct plan_source *s, const struct plan_delegation *d)
{
	const struct place place = delegation_place(s, d);
	const char *who = why_delegation_text(w, s, d);
	char target[NAME_TEXT_MAX];

	if (!d->target) {
		why_add(w, "delegation", place, "%s decides: its names are zones of others", who);
		return;
	}
	name_to_text(target, d->target);
	if (d->ns_count)
		why_add(w, "delegation", place,
		        "%s decides: a CNAME leads into the zone %s, which others serve (RFC 2317)",
		        who, target);
	else
		why_add(w, "delegation", place, "%s decides: a CNAME leads below %s (RFC 2317 5.2)",
		        who, target);
}

void why_add_decider(struct why *w, const struct addr *a)
{
	const struct span *s = cover_find(&w->layers.cover, a);
	const struct plan_source *source;

	if (!s || why_find_host(w, a, &source))
		return;
	if (s->delegation)
		add_delegation(w, s->source, s->delegation);
	else if (s->range->pattern.shape)
		why_add(w, "range", range_place(s->source, s->range), "%s decides",
		        why_range_text(w, s->source, s->range));
	else
		why_add(w, "hole", range_place(s->source, s->range), "%s decides: no name here",
		        why_range_text(w, s->source, s->range));
}

void why_add_range_forward(struct why *w, const struct addr *a)
{
	const struct span *s = cover_find(&w->layers.cover, a);
	uint16_t type = a->len == 4 ? RR_A : RR_AAAA;
	char text[NAME_TEXT_MAX], addr[ADDR_TEXT_MAX];
	const struct plan_source *source;
	uint8_t at[NAME_MAX_LABELS + 1];
	struct trie_key key;
	struct lookup found;
	struct name name;

	if (!s || why_find_host(w, a, &source) || !why_range_name(&name, s->range, a))
		return;
	if (s->range->forward_zone == ZONE_NONE) {
		name_to_text(text, name.wire);
		addr_to_text(addr, a);
		why_add(w, "external", range_place(s->source, s->range),
		        "others answer for %s; it must lead back to %s there", text, addr);
		return;
	}
	trie_key_from_name(&key, name.wire);
	unsigned labels = name_find_labels(at, name.wire);
	lookup_name(
	        &found, w->snapshot->images[s->range->forward_zone], &key, name.wire, at, labels);
	if (found.kind == LOOKUP_MADE && !found.is_reverse &&
	        memcmp(found.address, a->octets, a->len) == 0)
		why_add_record(w, "forward", s->range->forward_zone, name.wire, type,
		        found.rule->ttl_s, a->octets, a->len);
}

/* Why the contender does not decide, and the winner does. */
static const char *reason_of(const struct contender *c, const struct span *winner,
        const struct contest *contest, const struct pair *host)
{
	const struct contender *first = contest->all;

	if (c->is_served_zone)
		return "its zone is served here, so hosts and ranges do";
	if (winner->delegation)
		return "a delegation is stronger";
	if (host)
		return "a host has the address";
	while (first->is_served_zone)
		first++;
	return first->block_bits > c->block_bits ? "a range of the smaller block is stronger"
	                                         : "a smaller range is stronger";
}

static void add_loser(struct why *w, const struct contender *c, const char *reason, bool is_next,
        const struct addr *a)
{
	char text[NAME_TEXT_MAX];
	struct name name;

	if (c->delegation) {
		why_add(w, "shadowed", delegation_place(c->source, c->delegation),
		        "%s decides nothing: %s", why_delegation_text(w, c->source, c->delegation),
		        reason);
	} else if (is_next && why_range_name(&name, c->range, a)) {
		name_to_text(text, name.wire);
		why_add(w, "taken", range_place(c->source, c->range), "%s would make %s, but %s",
		        why_range_text(w, c->source, c->range), text, reason);
	} else {
		why_add(w, "shadowed", range_place(c->source, c->range), "%s covers it, too: %s",
		        why_range_text(w, c->source, c->range), reason);
	}
}

static void add_refused(struct why *w, const struct addr *a)
{
	struct contest contest;

	hold_contest(w, &contest, a, false);
	for (size_t i = 0; i < contest.count; i++) {
		const struct contender *c = &contest.all[i];
		if (c->range)
			why_add(w, "refused-line", range_place(c->source, c->range),
			        "%s is not served: the file has mistakes",
			        why_range_text(w, c->source, c->range));
		else
			why_add(w, "refused-line", delegation_place(c->source, c->delegation),
			        "%s is not served: the file has mistakes",
			        why_delegation_text(w, c->source, c->delegation));
	}
}

void why_add_losers(struct why *w, const struct addr *a)
{
	const struct span *s = cover_find(&w->layers.cover, a);
	const struct plan_source *source;
	const struct pair *host = why_find_host(w, a, &source);
	struct contest contest;

	hold_contest(w, &contest, a, true);
	for (size_t i = 0; i < contest.count; i++) {
		const struct contender *c = &contest.all[i];
		bool is_first = s && c->range == s->range && c->delegation == s->delegation;
		if (is_first && !host)
			continue;
		if (s || c->is_served_zone)
			add_loser(w, c,
			        s ? reason_of(c, s, &contest, host)
			          : "its zone is served here, so hosts and ranges do",
			        is_first, a);
	}
	add_refused(w, a);
}
