/* SPDX-License-Identifier: ISC */
#include "zone/share.h"

#include <stdlib.h>

/* The reverse zone of a pair. Pairs come in runs from one zone, so the last one is tried first,
 * where no zone below it can take the address away. */
static uint32_t reverse_zone_of(
        const struct plan *plan, const bool *has_inner, const struct pair *pair, uint32_t last)
{
	struct addr a = pair_addr(pair);

	if (last != ZONE_NONE && !has_inner[last] &&
	        (plan->zones[last].is_reverse || plan->zones[last].is_cut_style) &&
	        prefix_has_addr(&plan->zones[last].prefix, &a))
		return last;
	return plan_find_reverse_zone(plan, &a);
}

/* Go over the served pairs in one direction: count them by zone, or (fill) put them where `next`
 * says. */
static void share_out(const struct plan *plan, const struct plan_source *sources, size_t count,
        const struct layers *layers, enum direction direction, const bool *has_inner, size_t *next,
        const struct pair **fill)
{
	uint32_t zone = ZONE_NONE;

	for (size_t s = 0; s < count; s++) {
		const struct plan_source *source = &sources[s];
		for (size_t i = 0; source_is_served(source) && i < source->pair_count; i++) {
			const struct pair *pair = &source->pairs[i];
			const struct addr a = pair_addr(pair);
			zone = direction == FORWARD ? pair->forward_zone
			       : direction == TAKEN ? layers_name_zone(layers, &a)
			                            : reverse_zone_of(plan, has_inner, pair, zone);
			if (zone == ZONE_NONE || pair->flags & PAIR_SHADOWED)
				continue;
			if (fill)
				fill[next[zone]] = pair;
			next[zone]++;
		}
	}
}

void share_free(struct share *share)
{
	free(share->at);
	free(share->begin);
}

enum err share_pairs(struct share *out, const struct plan *plan, const struct plan_source *sources,
        size_t count, const struct layers *layers, enum direction direction)
{
	size_t zones = plan->zone_count;
	struct share share = {.begin = calloc(zones + 1, sizeof *share.begin)};
	size_t *next = calloc(zones + 1, sizeof *next);
	bool *has_inner = calloc(zones + 1, sizeof *has_inner);
	enum err e = ERR_MEMORY;

	if (!share.begin || !next || !has_inner)
		goto out;
	for (uint32_t i = 0; i < plan->index.count; i++)
		if (plan->index.parents[i] != ZONE_NONE)
			has_inner[plan->index.parents[i]] = true;
	share_out(plan, sources, count, layers, direction, has_inner, next, NULL);
	for (size_t z = 0; z < zones; z++) {
		share.begin[z + 1] = share.begin[z] + next[z];
		next[z] = share.begin[z];
	}
	share.at = malloc((share.begin[zones] + 1) * sizeof *share.at);
	if (!share.at)
		goto out;
	share_out(plan, sources, count, layers, direction, has_inner, next, share.at);
	e = OK;
out:
	free(next);
	free(has_inner);
	if (e != OK)
		share_free(&share);
	else
		*out = share;
	return e;
}

enum err share_pairs_all(struct share out[DIRECTIONS], const struct plan *plan,
        const struct plan_source *sources, size_t count, const struct layers *layers)
{
	enum err e = OK;

	for (unsigned d = 0; e == OK && d < DIRECTIONS; d++)
		e = share_pairs(&out[d], plan, sources, count, layers, (enum direction)d);
	return e;
}

void share_free_all(struct share shares[DIRECTIONS])
{
	for (unsigned d = 0; d < DIRECTIONS; d++)
		share_free(&shares[d]);
}
