/* SPDX-License-Identifier: ISC */
/* zone/layers.h - the ranges and delegations of a plan, ready for the images.
 *
 *     cover (zone/cover.h) --by the zone of the pattern's owner--> names of addresses
 *                          --by the zone's own addresses-------->  PTR, CNAME, cuts
 *     delegations ----------by the zone above the cut----------->  NS, DS, glue
 */
#ifndef ZONE_LAYERS_H
#define ZONE_LAYERS_H

#include "zone/cover.h"

/* A delegation of a source, and the zone in which it cuts. */
struct cut {
	const struct plan_delegation *delegation;
	uint32_t zone;
};

struct layers {
	struct cover cover;
	uint32_t *by_zone; /* owned; numbers of the spans with names in zone z, in order: */
	size_t *begin;     /* owned; by_zone[begin[z]] .. by_zone[begin[z + 1]] */
	struct cut *cuts;  /* owned; in order of zones */
	size_t cut_count;
};

/* Build from sources[0..count) of the plan, those that are served; their ranges have their
 * forward_zone. Returns OK, and layers_free() frees *out; ERR_MEMORY. */
MUST_USE enum err layers_build(struct layers *out, const struct plan *p,
        const struct plan_source *const *sources, size_t count);

/* From all sources of the plan. */
MUST_USE enum err layers_of_plan(struct layers *out, const struct plan *p);
void layers_free(struct layers *l);

/* The first of the cuts of a zone; they end where another zone's begin. */
size_t layers_find_cuts(const struct layers *l, uint32_t zone);

/* The zone that gets the names of the pattern that decides about an address; ZONE_NONE. */
uint32_t layers_name_zone(const struct layers *l, const struct addr *a);

/* Set is_touched[z] for each zone in which the layers `now` have another effect than `last` had,
 * and is_remade[z] where it is one on the names of patterns. Returns OK or
 * ERR_MEMORY. */
MUST_USE enum err layers_compare(const struct plan *p, const struct layers *last,
        const struct layers *now, bool *is_touched, bool *is_remade);

/* Likewise for each zone in which a source's ranges and delegations may have an effect at all,
 * where it is not known which one they had: what ranges decide depends on the customers' blocks,
 * too. Returns OK or ERR_MEMORY. */
MUST_USE enum err layers_touch(
        const struct plan *p, const struct plan_source *s, bool *is_touched, bool *is_remade);

/* The name of a delegation's first cut; false for one that cuts nothing. */
bool delegation_cut_name(struct name *out, const struct plan_delegation *d);

#endif
