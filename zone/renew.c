/* SPDX-License-Identifier: ISC */
#include "zone/renew.h"

#include <stdlib.h>
#include <string.h>

#include "zone/compile.h"
#include "zone/compile_zone.h"

/* A pair that a delegation shadows is in no zone, so it touches none. */
static void touch(struct renew *r, const struct pair *pair)
{
	const struct addr a = pair_addr(pair);
	uint32_t zone = plan_find_reverse_zone(r->plan, &a);
	uint32_t taken = layers_name_zone(&r->layers, &a);

	if (pair->flags & PAIR_SHADOWED)
		return;
	if (zone != ZONE_NONE)
		r->is_touched[zone] = true;
	if (pair->forward_zone != ZONE_NONE)
		r->is_touched[pair->forward_zone] = true;
	if (taken != ZONE_NONE)
		r->is_touched[taken] = true;
}

/* Touch what differs between a source as it is and as it was. */
static enum err compare(
        struct renew *r, const struct plan_source *now, const struct plan_source *before)
{
	size_t i = 0, count = source_is_served(now) ? now->pair_count : 0;
	const struct pair **sorted = fragment_sort(now->pairs, now->pair_count);

	if (!sorted)
		return ERR_MEMORY;
	for (size_t k = 0; k < before->pair_count || i < count;) {
		const struct pair *old = k < before->pair_count ? &before->pairs[k] : NULL;
		const struct pair *new = i < count ? sorted[i] : NULL;
		int order = !old ? 1 : !new ? -1 : fragment_compare(old, new);
		if (order < 0)
			touch(r, old);
		if (order > 0)
			touch(r, new);
		if (order == 0 &&
		        (old->ttl_s != new->ttl_s || old->forward_zone != new->forward_zone ||
		                (old->flags ^ new->flags) & PAIR_SHADOWED)) {
			touch(r, old);
			touch(r, new);
		}
		k += order <= 0;
		i += order >= 0;
	}
	free(sorted);
	return OK;
}

/* True when a source publishes what it did. */
static bool is_unchanged(const struct plan_source *s)
{
	if (s->state == SOURCE_KEPT)
		return s->is_whole;
	return s->is_same || (s->is_taken && s->state == SOURCE_GOOD);
}

/* One more that was, without its pairs. */
static struct plan_source *add_before(struct renew *r, const char *file, uint32_t customer)
{
	struct plan_source *before = &r->before[r->before_count++];

	*before = (struct plan_source){.file = file, .customer = customer, .state = SOURCE_GOOD};
	arena_init(&before->arena);
	return before;
}

static enum err collect_source(struct renew *r, const struct plan_source *s)
{
	struct plan_source *before = add_before(r, s->file, s->customer);

	r->now[r->now_count++] = *s; /* its pairs stay the plan's */
	return plan_recall(r->plan, before, r->barriers, r->history, r->diags);
}

/* What customers published who are no more. */
static enum err collect_gone(struct renew *r, const bool *is_here)
{
	enum err e = OK;

	for (size_t i = 0; i < r->history->count && e == OK; i++)
		if (!is_here[i])
			e = plan_recall_past(r->plan, add_before(r, NULL, 0), &r->history->pasts[i],
			        r->barriers, r->history, r->diags);
	return e;
}

/* The sources that changed, as they are and as they were. */
static enum err collect_sources(struct renew *r)
{
	const struct plan *p = r->plan;
	bool *is_here = calloc(r->history->count + 1, sizeof *is_here);
	enum err e = is_here ? OK : ERR_MEMORY;

	for (size_t i = 0; i < p->source_count && e == OK; i++) {
		const struct plan_source *s = &p->sources[i];
		const struct past *past = history_find(r->history, p->customers[s->customer].name);
		if (past)
			is_here[past - r->history->pasts] = true;
		if (!is_unchanged(s))
			e = collect_source(r, s);
	}
	if (e == OK)
		e = collect_gone(r, is_here);
	free(is_here);
	return e;
}

/* before[i] is what now[i] was; behind them stand those that are no more. */
static enum err compare_pairs(struct renew *r)
{
	static const struct plan_source nothing = {.state = SOURCE_MISSING};
	enum err e = OK;

	for (size_t i = 0; i < r->before_count && e == OK; i++)
		e = compare(r, i < r->now_count ? &r->now[i] : &nothing, &r->before[i]);
	return e;
}

/* All sources as they were: those that did not change, and the others from the past. */
static enum err build_last_layers(struct renew *r, struct layers *out)
{
	const struct plan *p = r->plan;
	const struct plan_source **sources =
	        malloc((p->source_count + r->before_count + 1) * sizeof *sources);
	size_t count = 0;

	if (!sources)
		return ERR_MEMORY;
	for (size_t i = 0; i < p->source_count; i++)
		if (is_unchanged(&p->sources[i]))
			sources[count++] = &p->sources[i];
	for (size_t i = 0; i < r->before_count; i++)
		sources[count++] = &r->before[i];
	enum err e = layers_build(out, p, sources, count);
	free(sources);
	return e;
}

/* Touch all that ranges and delegations have to do with now, or had. */
static enum err touch_layers(struct renew *r)
{
	const struct plan *p = r->plan;
	enum err e = OK;

	for (size_t i = 0; e == OK && i < p->source_count; i++)
		if (source_is_served(&p->sources[i]))
			e = layers_touch(p, &p->sources[i], r->is_touched, r->is_remade);
	for (size_t i = 0; e == OK && i < r->before_count; i++)
		e = layers_touch(p, &r->before[i], r->is_touched, r->is_remade);
	return e;
}

static bool has_layers(const struct plan_source *s)
{
	return source_is_served(s) && (s->range_count || s->delegation_count);
}

/* False when a changed source has the ranges and delegations that it had: it changed hosts. */
static bool changes_layers(
        const struct renew *r, const struct plan_source *now, const struct plan_source *before)
{
	const struct past *past = history_find(r->history, r->plan->customers[now->customer].name);

	if (!has_layers(now) || !has_layers(before) || !past)
		return has_layers(now) || has_layers(before);
	return !fragment_same_layers(&past->fragment, now);
}

/* Touch what differs between the layers as they are and as they were: only where a source changed
 * them. */
static enum err compare_layers(struct renew *r)
{
	struct layers last;
	bool differs = false;

	if (r->sameness != SAME_CONFIG)
		return touch_layers(r);
	for (size_t i = 0; i < r->before_count && !differs; i++)
		differs = i < r->now_count ? changes_layers(r, &r->now[i], &r->before[i])
		                           : has_layers(&r->before[i]);
	if (!differs)
		return OK;
	enum err e = build_last_layers(r, &last);
	if (e == OK) {
		e = layers_compare(r->plan, &last, &r->layers, r->is_touched, r->is_remade);
		layers_free(&last);
	}
	return e;
}

/* True when names of a customer's domain may lie in the zone. */
static bool has_domain(const struct plan *p, uint32_t zone)
{
	const uint8_t *apex = p->zones[zone].apex;

	for (size_t i = 0; i < p->customer_count; i++) {
		const struct plan_customer *c = &p->customers[i];
		for (size_t k = 0; k < c->domain_count; k++)
			if (plan_find_zone(p, c->domains[k].name) == zone ||
			        name_is_within(apex, c->domains[k].name, NULL))
				return true;
	}
	return false;
}

/* Where customers may have names beside the cuts, an owner may be one's for his cut and another's
 * for his host, whose source did not change: the zone is made of all. */
static void remake_beside_cuts(struct renew *r, const struct plan_source *s)
{
	uint32_t without = ZONE_NONE; /* the zone that was seen last to have no such names */
	struct name cut;

	for (size_t i = 0; source_is_served(s) && i < s->delegation_count; i++) {
		uint32_t zone = delegation_cut_name(&cut, &s->delegations[i])
		                        ? plan_find_zone(r->plan, cut.wire)
		                        : ZONE_NONE;
		if (zone == ZONE_NONE || zone == without || !r->is_touched[zone] ||
		        r->is_remade[zone])
			continue;
		r->is_remade[zone] = has_domain(r->plan, zone);
		if (!r->is_remade[zone])
			without = zone;
	}
}

static enum err begin(struct renew *r)
{
	enum err e = plan_recall_layers(r->plan, r->barriers, r->history, r->diags);

	if (e == OK)
		e = layers_of_plan(&r->layers, r->plan);
	if (e != OK || r->sameness == SAME_NOTHING)
		return e;
	e = collect_sources(r);
	if (e == OK)
		e = compare_layers(r);
	if (e == OK)
		e = compare_pairs(r);
	for (size_t i = 0; e == OK && i < r->before_count; i++) {
		if (i < r->now_count)
			remake_beside_cuts(r, &r->now[i]);
		remake_beside_cuts(r, &r->before[i]);
	}
	if (e == OK)
		e = share_pairs_all(r->changed, r->plan, r->now, r->now_count, &r->layers);
	if (e == OK)
		e = share_pairs_all(r->gone, r->plan, r->before, r->before_count, &r->layers);
	return e;
}

enum err renew_begin(struct renew *r, struct plan *plan, const struct barriers *barriers,
        const struct history *history, enum sameness sameness, struct diag_list *diags)
{
	memset(r, 0, sizeof *r);
	r->plan = plan;
	r->barriers = barriers;
	r->history = history;
	r->diags = diags;
	r->sameness = sameness;
	size_t past_count = history ? history->count : 0;
	r->is_touched = calloc(plan->zone_count + 1, sizeof *r->is_touched);
	r->is_remade = calloc(plan->zone_count + 1, sizeof *r->is_remade);
	r->now = calloc(plan->source_count + 1, sizeof *r->now);
	r->before = calloc(plan->source_count + past_count + 1, sizeof *r->before);
	if (!r->is_touched || !r->is_remade || !r->now || !r->before)
		return ERR_MEMORY;
	return begin(r);
}

void renew_end(struct renew *r)
{
	for (size_t i = 0; i < r->before_count; i++)
		arena_free(&r->before[i].arena);
	share_free_all(r->changed);
	share_free_all(r->gone);
	share_free_all(r->all);
	layers_free(&r->layers);
	free(r->leaving);
	free(r->is_touched);
	free(r->is_remade);
	free(r->now);
	free(r->before);
	memset(r, 0, sizeof *r);
}

bool renew_wants_image(const struct renew *r, uint32_t zone)
{
	return r->sameness == SAME_NOTHING || r->is_touched[zone];
}

/* Behind the last zone that a source has pairs in. */
static uint32_t end_of(const struct renew *r, uint32_t source)
{
	uint32_t end = 0;

	for (unsigned d = 0; d < DIRECTIONS; d++)
		if (r->all[d].ends[source] > end)
			end = r->all[d].ends[source];
	return end;
}

/* The order in which sources are left. Layers point into those that have some, which stay. */
static enum err line_up_leaving(struct renew *r)
{
	const struct plan *p = r->plan;
	size_t *next = calloc(p->zone_count + 2, sizeof *next);

	r->leaving = malloc((p->source_count + 1) * sizeof *r->leaving);
	if (!next || !r->leaving) {
		free(next);
		return ERR_MEMORY;
	}
	for (uint32_t i = 0; i < p->source_count; i++)
		next[end_of(r, i) + 1]++;
	for (size_t z = 0; z <= p->zone_count; z++)
		next[z + 1] += next[z];
	for (uint32_t i = 0; i < p->source_count; i++)
		r->leaving[next[end_of(r, i)]++] = i;
	free(next);
	return OK;
}

void renew_leave(struct renew *r, uint32_t end)
{
	if (r->sameness != SAME_NOTHING || !r->has_all)
		return;
	for (; r->left < r->plan->source_count && end_of(r, r->leaving[r->left]) <= end;
	        r->left++) {
		struct plan_source *s = &r->plan->sources[r->leaving[r->left]];
		if (s->range_count || s->delegation_count)
			continue;
		arena_free(&s->arena);
		s->pairs = NULL;
		s->pair_count = s->pair_capacity = 0;
	}
}

/* All pairs of all sources, by zones. */
static enum err collect_all(struct renew *r)
{
	if (r->has_all)
		return OK;
	enum err e = plan_recall_all(r->plan, r->barriers, r->history, r->diags);
	if (e == OK)
		e = share_pairs_all(
		        r->all, r->plan, r->plan->sources, r->plan->source_count, &r->layers);
	if (e == OK)
		e = line_up_leaving(r);
	r->has_all = e == OK;
	return e;
}

enum err renew_prepare(struct renew *r, bool *is_side_by_side)
{
	*is_side_by_side = r->sameness == SAME_NOTHING;
	return *is_side_by_side ? collect_all(r) : OK;
}

static enum err compile(struct renew *r, uint32_t zone, uint32_t serial, struct zone_renewal *out)
{
	const struct zone_input in = {r->plan, &r->layers, zone};

	enum err e = collect_all(r);
	if (e == OK)
		e = compile_zone(&out->octets, &out->size, &in, r->all, serial);
	out->how = RENEWAL_COMPILED;
	return e;
}

static enum err merge(
        struct renew *r, uint32_t zone, const struct image *last, struct zone_renewal *out)
{
	const struct zone_input in = {r->plan, &r->layers, zone};
	const struct zone_change now = {r->now, r->now_count, r->changed};
	const struct zone_change before = {r->before, r->before_count, r->gone};

	return merge_zone(&out->octets, &out->size, &in, &now, &before, last);
}

static bool is_equal(const struct zone_renewal *renewal, const struct image *image)
{
	return renewal->size == image->size &&
	       memcmp(renewal->octets, image->octets, image->size) == 0;
}

enum err renew_zone(struct renew *r, uint32_t zone, const struct zone_past *past, time_t now,
        struct zone_renewal *out)
{
	const struct plan_zone *z = &r->plan->zones[zone];
	bool is_touched = renew_wants_image(r, zone);
	const struct image *image = is_touched ? past->image : NULL;
	struct zone_renewal next = {
	        .serial = past->is_known ? past->serial : zone_next_serial(z, NULL, now)};
	enum err e;

	if (!is_touched && past->is_known && past->is_served) {
		*out = next;
		return OK;
	}
	if (r->sameness != SAME_NOTHING && image && !r->is_remade[zone]) {
		e = merge(r, zone, image, &next);
		next.how = RENEWAL_MERGED;
	} else {
		e = compile(r, zone, next.serial, &next);
	}
	if (e != OK)
		return e;
	if (image && past->is_served && is_equal(&next, image)) {
		free(next.octets);
		next = (struct zone_renewal){.serial = past->serial};
	} else if (past->is_known && is_touched && !(image && is_equal(&next, image))) {
		next.serial = zone_next_serial(z, &past->serial, now);
		image_set_serial(next.octets, next.size, next.serial);
	}
	*out = next;
	return OK;
}
