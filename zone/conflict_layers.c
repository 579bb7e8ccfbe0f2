/* SPDX-License-Identifier: ISC */
#include "zone/conflict_layers.h"

#include <stdlib.h>
#include <string.h>

#include "zone/conflict_draft.h"

void contest_add(struct contest *c, const struct side *a, const struct side *b, const uint8_t *name)
{
	if (c->failed != OK)
		return;
	if (c->count == c->capacity) {
		size_t capacity = c->capacity ? c->capacity * 2 : 64;
		struct clash *clashes = realloc(c->clashes, capacity * sizeof *clashes);
		if (!clashes) {
			c->failed = ERR_MEMORY;
			return;
		}
		c->clashes = clashes;
		c->capacity = capacity;
	}
	bool a_first = a->source < b->source;
	c->clashes[c->count] = (struct clash){
	        .sides = {a_first ? *a : *b, a_first ? *b : *a}, .name = name, .number = c->count};
	c->count++;
}

static uint32_t number_of(const struct plan_source *s)
{
	return s->customer;
}

/* Hosts whose names are made by ranges of others. */
static void find_hosts(struct contest *c, const struct makers *m)
{
	struct made made[MADE_MAX];

	for (uint32_t i = 0; i < c->plan->source_count; i++) {
		const struct plan_source *s = &c->plan->sources[i];
		for (size_t k = 0; source_is_served(s) && k < s->pair_count; k++) {
			const struct pair *pair = &s->pairs[k];
			const struct addr a = pair_addr(pair);
			size_t count =
			        pair->forward_zone == ZONE_NONE || pair->flags & PAIR_SHADOWED
			                ? 0
			                : makers_find(m, pair->name, made);
			for (size_t n = 0; n < count; n++) {
				if (made[n].source == s || addr_compare(&made[n].addr, &a) == 0)
					continue;
				contest_add(c, &(struct side){.source = i, .pair = pair},
				        &(struct side){.source = number_of(made[n].source),
				                .range = made[n].range},
				        pair->name);
			}
		}
	}
}

static int compare_targets(const void *va, const void *vb)
{
	const struct side *a = va, *b = vb;
	int difference = name_compare(a->delegation->target, b->delegation->target);

	return difference ? difference : (a->source > b->source) - (a->source < b->source);
}

static void find_delegations(struct contest *c)
{
	size_t all = 0, count = 0;

	for (size_t i = 0; i < c->plan->source_count; i++)
		all += c->plan->sources[i].delegation_count;
	struct side *sides = malloc((all + 1) * sizeof *sides);
	if (!sides) {
		c->failed = ERR_MEMORY;
		return;
	}
	for (uint32_t i = 0; i < c->plan->source_count; i++) {
		const struct plan_source *s = &c->plan->sources[i];
		for (size_t k = 0; source_is_served(s) && k < s->delegation_count; k++)
			if (s->delegations[k].target && s->delegations[k].ns_count)
				sides[count++] = (struct side){
				        .source = i, .delegation = &s->delegations[k]};
	}
	qsort(sides, count, sizeof *sides, compare_targets);
	for (size_t i = 1, first = 0; i < count; i++) {
		if (!name_equal(sides[i].delegation->target, sides[first].delegation->target))
			first = i;
		else if (sides[i].source != sides[first].source)
			contest_add(c, &sides[first], &sides[i], sides[i].delegation->target);
	}
	free(sides);
}

static struct place place_of(const struct contest *c, const struct side *side)
{
	const struct plan_source *s = &c->plan->sources[side->source];

	if (side->pair)
		return pair_place(s, side->pair);
	return side->range ? range_place(s, side->range) : delegation_place(s, side->delegation);
}

static void tell(struct contest *c, const struct clash *clash, const struct side *loser,
        const struct side *winner)
{
	const struct plan_source *other = &c->plan->sources[winner->source];
	const char *customer = c->plan->customers[other->customer].name;
	struct place there = place_of(c, winner);
	char name[NAME_TEXT_MAX], where[32] = " as it was before its mistakes";

	if (there.line)
		snprintf(where, sizeof where, ":%u:%u", there.line, there.column);
	name_to_text(name, clash->name);
	if (loser->pair)
		diag_error(c->diags, place_of(c, loser), "conflict-name",
		        "%s is a name that a range of customer %s makes, in %s%s; choose another "
		        "name",
		        name, customer, other->file, where);
	else if (winner->pair)
		diag_error(c->diags, place_of(c, loser), "conflict-name",
		        "the range makes %s, which customer %s publishes already, in %s%s; choose "
		        "another pattern",
		        name, customer, other->file, where);
	else if (loser->range)
		diag_error(c->diags, place_of(c, loser), "conflict-name",
		        "a label below %s could be of this range or of one of customer %s, in "
		        "%s%s; use letters that tell them apart",
		        name, customer, other->file, where);
	else
		diag_error(c->diags, place_of(c, loser), "conflict-name",
		        "%s is the zone of a delegation of customer %s already, in %s%s; choose "
		        "another label",
		        name, customer, other->file, where);
}

static void refuse(struct contest *c, const struct clash *clash, unsigned loser)
{
	tell(c, clash, &clash->sides[loser], &clash->sides[1 - loser]);
	c->plan->sources[clash->sides[loser].source].state = SOURCE_REFUSED;
	c->has_changed = true;
}

/* Those who have to yield to one who holds; of two that are kept the first stays. Who lost already
 * is asked again in the next round, with what is kept of him then. */
static void yield_to_holders(struct contest *c)
{
	for (size_t i = 0; i < c->count && c->failed == OK; i++) {
		const struct clash *clash = &c->clashes[i];
		if (!contest_is_served(c, &clash->sides[0]) ||
		        !contest_is_served(c, &clash->sides[1]))
			continue;
		bool first = contest_holds(c, &clash->sides[0]);
		bool second = contest_holds(c, &clash->sides[1]);
		if (!first && !second)
			continue;
		unsigned loser = first ? 1 : 0;
		if (c->plan->sources[clash->sides[loser].source].state == SOURCE_KEPT)
			contest_drop(c, &clash->sides[loser]);
		else
			refuse(c, clash, loser);
	}
}

static int compare_clashes(const void *va, const void *vb)
{
	const struct clash *a = va, *b = vb;
	uint32_t x = a->sides[0].source, y = b->sides[0].source;

	return x != y ? (x > y) - (x < y) : (a->number > b->number) - (a->number < b->number);
}

/* The first in arpad.yaml wins; who lost already takes nothing from others. */
static void go_in_order(struct contest *c)
{
	if (c->count)
		qsort(c->clashes, c->count, sizeof *c->clashes, compare_clashes);
	for (size_t i = 0; i < c->count; i++) {
		uint32_t winner = c->clashes[i].sides[0].source;
		if (source_is_served(&c->plan->sources[winner]))
			refuse(c, &c->clashes[i], 1);
	}
}

/* Makers of all files whose customers share a domain with another. */
static enum err build_makers(struct contest *c, const struct owners *owners, struct makers *out)
{
	struct plan *p = c->plan;
	const struct plan_source **sources = malloc((p->source_count + 1) * sizeof *sources);
	bool *shares = calloc(p->customer_count + 1, sizeof *shares);
	enum err e = sources && shares ? OK : ERR_MEMORY;
	size_t count = 0;

	for (uint32_t d = 0; e == OK && d < owners->index.count; d++)
		for (uint32_t i = owners->begin[d]; i < owners->begin[d + 1]; i++)
			shares[owners->customers[i]] |= owners_is_shared(owners, d);
	for (size_t i = 0; e == OK && i < p->source_count; i++)
		if (shares[p->sources[i].customer] && p->sources[i].range_count)
			sources[count++] = &p->sources[i];
	if (e == OK)
		e = makers_build(out, p, owners, sources, count);
	free(sources);
	free(shares);
	return e;
}

/* Where more patterns begin alike than can be asked, the rest is not looked at before they are
 * fewer. */
static void run(struct contest *c, const struct makers *m)
{
	contest_find_crowds(c, m);
	if (c->failed != OK || c->has_changed)
		return;
	if (m->count) {
		find_hosts(c, m);
		contest_find_ranges(c, m);
	}
	find_delegations(c);
	if (c->failed == OK)
		yield_to_holders(c);
	if (c->failed == OK && !c->has_changed)
		go_in_order(c);
}

enum err plan_contest_layers(struct plan *p, const struct owners *owners, const struct history *h,
        struct diag_list *diags, bool *has_changed)
{
	struct contest c = {.plan = p, .history = h, .diags = diags};
	struct makers m = {.count = 0};

	c.failed = standings_init(&c);
	if (c.failed == OK && owners->has_shared)
		c.failed = build_makers(&c, owners, &m);
	if (c.failed == OK)
		run(&c, &m);
	if (c.failed == OK)
		contest_drop_marked(&c);
	*has_changed |= c.has_changed;
	makers_free(&m);
	standings_free(&c);
	free(c.clashes);
	return c.failed;
}
