/* SPDX-License-Identifier: ISC */
#include "zone/share.h"

#include <stdlib.h>

/* Served pairs on their way into shares. */
struct sharing {
	const struct plan *plan;
	const struct plan_source *sources;
	size_t count;
	const struct layers *layers;
	enum direction direction;
	uint32_t near[2]; /* reverse zones found last, of IPv4 and of IPv6 */
};

static uint32_t zone_of(struct sharing *s, const struct pair *pair)
{
	if (s->direction == FORWARD)
		return pair->forward_zone;
	const struct addr a = pair_addr(pair);
	return s->direction == TAKEN
	               ? layers_name_zone(s->layers, &a)
	               : plan_find_reverse_zone_near(s->plan, &a, &s->near[a.len == 16]);
}

/* The zone of each pair, how many pairs a zone has, and where a source's zones end. */
static void find_zones(struct sharing *s, uint32_t *zones, size_t *counts, uint32_t *ends)
{
	for (size_t k = 0; k < s->count; k++) {
		const struct plan_source *source = &s->sources[k];
		for (size_t i = 0; source_is_served(source) && i < source->pair_count; i++) {
			const struct pair *pair = &source->pairs[i];
			uint32_t zone = pair->flags & PAIR_SHADOWED ? ZONE_NONE : zone_of(s, pair);
			*zones++ = zone;
			if (zone == ZONE_NONE)
				continue;
			counts[zone]++;
			if (ends[k] <= zone)
				ends[k] = zone + 1;
		}
	}
}

static void put_pairs(
        const struct sharing *s, const uint32_t *zones, size_t *next, const struct pair **at)
{
	for (size_t k = 0; k < s->count; k++) {
		const struct plan_source *source = &s->sources[k];
		for (size_t i = 0; source_is_served(source) && i < source->pair_count; i++) {
			uint32_t zone = *zones++;
			if (zone != ZONE_NONE)
				at[next[zone]++] = &source->pairs[i];
		}
	}
}

static size_t count_pairs(const struct sharing *s)
{
	size_t count = 0;

	for (size_t k = 0; k < s->count; k++)
		if (source_is_served(&s->sources[k]))
			count += s->sources[k].pair_count;
	return count;
}

/* No range makes a name: no pair can take one. */
static bool is_empty(const struct sharing *s)
{
	return s->direction == TAKEN && s->layers->begin[s->plan->zone_count] == 0;
}

void share_free(struct share *share)
{
	free(share->at);
	free(share->begin);
	free(share->ends);
}

enum err share_pairs(struct share *out, const struct plan *plan, const struct plan_source *sources,
        size_t count, const struct layers *layers, enum direction direction)
{
	struct sharing s = {plan, sources, count, layers, direction, {ZONE_NONE, ZONE_NONE}};
	size_t zone_count = plan->zone_count, pairs = is_empty(&s) ? 0 : count_pairs(&s);
	struct share share = {.begin = calloc(zone_count + 1, sizeof *share.begin),
	        .ends = calloc(count + 1, sizeof *share.ends)};
	size_t *next = calloc(zone_count + 1, sizeof *next);
	uint32_t *zones = malloc((pairs + 1) * sizeof *zones);
	enum err e = ERR_MEMORY;

	if (!share.begin || !share.ends || !next || !zones)
		goto out;
	if (pairs)
		find_zones(&s, zones, next, share.ends);
	for (size_t z = 0; z < zone_count; z++) {
		share.begin[z + 1] = share.begin[z] + next[z];
		next[z] = share.begin[z];
	}
	share.at = malloc((share.begin[zone_count] + 1) * sizeof *share.at);
	if (!share.at)
		goto out;
	if (pairs)
		put_pairs(&s, zones, next, share.at);
	e = OK;
out:
	free(next);
	free(zones);
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
