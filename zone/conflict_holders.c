/* SPDX-License-Identifier: ISC */
/* Who held what, and what is dropped from what is kept. */
#include <stdlib.h>
#include <string.h>

#include "zone/conflict_draft.h"

enum { PAIRS, RANGES, DELEGATIONS };

enum err standings_init(struct contest *c)
{
	c->standings = calloc(c->plan->source_count + 1, sizeof *c->standings);
	return c->standings ? OK : ERR_MEMORY;
}

void standings_free(struct contest *c)
{
	for (size_t i = 0; c->standings && i < c->plan->source_count; i++) {
		struct standing *s = &c->standings[i];
		if (s->is_recalled)
			arena_free(&s->was.arena);
		free(s->targets);
		for (unsigned k = 0; k < 3; k++)
			free(s->dropped[k]);
	}
	free(c->standings);
}

static int compare_targets(const void *va, const void *vb)
{
	const struct plan_delegation *a = *(const struct plan_delegation *const *)va;
	const struct plan_delegation *b = *(const struct plan_delegation *const *)vb;

	return name_compare(a->target, b->target);
}

/* Read what a source published, once for all its claims. */
static enum err recall(struct standing *s, const struct past *past)
{
	if (s->is_recalled)
		return OK;
	arena_init(&s->was.arena);
	s->is_recalled = true;
	enum err e = fragment_take_layers(&past->fragment, &s->was);
	if (e != OK)
		return e;
	s->targets = malloc((s->was.delegation_count + 1) * sizeof(struct plan_delegation *));
	if (!s->targets)
		return ERR_MEMORY;
	for (size_t i = 0; i < s->was.delegation_count; i++)
		if (s->was.delegations[i].target)
			s->targets[s->target_count++] = &s->was.delegations[i];
	qsort(s->targets, s->target_count, sizeof *s->targets, compare_targets);
	return OK;
}

static int compare_addresses(const struct pattern *a, const struct pattern *b)
{
	if (a->addr_len != b->addr_len)
		return a->addr_len - b->addr_len;
	int difference = memcmp(a->first, b->first, 16);
	return difference ? difference : memcmp(a->last, b->last, 16);
}

static bool is_same_range(const struct plan_range *a, const struct plan_range *b)
{
	const struct pattern *pa = &a->pattern, *pb = &b->pattern;

	return pa->shape && pb->shape && pa->shape_octets == pb->shape_octets &&
	       memcmp(pa->shape, pb->shape, pa->shape_octets) == 0 &&
	       name_equal(a->owner, b->owner);
}

/* A fragment has its ranges in order of their addresses, each once. */
static bool had_range(const struct standing *s, const struct plan_range *r)
{
	size_t low = 0, high = s->was.range_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_addresses(&s->was.ranges[middle].pattern, &r->pattern) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->was.range_count &&
	       compare_addresses(&s->was.ranges[low].pattern, &r->pattern) == 0 &&
	       is_same_range(&s->was.ranges[low], r);
}

static bool had_target(const struct standing *s, const struct plan_delegation *d)
{
	return s->target_count && bsearch(&d, s->targets, s->target_count, sizeof *s->targets,
	                                  compare_targets) != NULL;
}

bool contest_holds(struct contest *c, const struct side *side)
{
	const struct plan_source *s = &c->plan->sources[side->source];
	struct past *past = history_find(c->history, c->plan->customers[s->customer].name);
	struct standing *standing = &c->standings[side->source];
	bool is_held = s->state == SOURCE_KEPT;

	if (is_held || !past || c->failed != OK)
		return is_held;
	enum err e = history_open(c->history, past);
	if (e == OK && side->pair)
		e = past_holds(&is_held, c->history, past, side->pair->name);
	else if (e == OK)
		e = recall(standing, past);
	if (e == OK && !side->pair)
		is_held = side->range ? had_range(standing, side->range)
		                      : had_target(standing, side->delegation);
	if (e != OK && e != ERR_IO && e != ERR_CORRUPT)
		c->failed = e;
	return e == OK && is_held;
}

/* What a side is among those of its kind. */
static size_t number_of(
        const struct plan_source *s, const struct side *side, unsigned *kind, size_t *count)
{
	*kind = side->pair ? PAIRS : side->range ? RANGES : DELEGATIONS;
	*count = side->pair ? s->pair_count : side->range ? s->range_count : s->delegation_count;
	return side->pair    ? (size_t)(side->pair - s->pairs)
	       : side->range ? (size_t)(side->range - s->ranges)
	                     : (size_t)(side->delegation - s->delegations);
}

bool contest_is_served(const struct contest *c, const struct side *side)
{
	const struct plan_source *s = &c->plan->sources[side->source];
	const struct standing *standing = &c->standings[side->source];
	unsigned kind;
	size_t count, number = number_of(s, side, &kind, &count);

	return source_is_served(s) && !(standing->dropped[kind] && standing->dropped[kind][number]);
}

void contest_drop(struct contest *c, const struct side *side)
{
	const struct plan_source *s = &c->plan->sources[side->source];
	struct standing *standing = &c->standings[side->source];
	unsigned kind;
	size_t count, number = number_of(s, side, &kind, &count);

	if (!standing->dropped[kind])
		standing->dropped[kind] = calloc(count + 1, sizeof(bool));
	if (!standing->dropped[kind]) {
		c->failed = ERR_MEMORY;
		return;
	}
	standing->dropped[kind][number] = true;
	c->has_changed = true;
}

/* Close up what is left. Returns how many. */
static size_t close_up(void *all, size_t count, size_t size, const bool *dropped)
{
	uint8_t *at = all;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (dropped && dropped[i])
			continue;
		if (kept != i)
			memcpy(at + kept * size, at + i * size, size);
		kept++;
	}
	return kept;
}

void contest_drop_marked(struct contest *c)
{
	for (size_t i = 0; i < c->plan->source_count; i++) {
		struct plan_source *s = &c->plan->sources[i];
		bool *const *dropped = c->standings[i].dropped;
		if (!dropped[PAIRS] && !dropped[RANGES] && !dropped[DELEGATIONS])
			continue;
		size_t all = s->pair_count + s->range_count + s->delegation_count;
		s->pair_count = close_up(s->pairs, s->pair_count, sizeof *s->pairs, dropped[PAIRS]);
		s->range_count =
		        close_up(s->ranges, s->range_count, sizeof *s->ranges, dropped[RANGES]);
		s->delegation_count = close_up(s->delegations, s->delegation_count,
		        sizeof *s->delegations, dropped[DELEGATIONS]);
		source_tell_dropped(
		        s, all - s->pair_count - s->range_count - s->delegation_count, c->diags);
	}
}
