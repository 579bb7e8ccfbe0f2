/* SPDX-License-Identifier: ISC */
/* zone/share.h - which pairs go into which zone, in each direction. */
#ifndef ZONE_SHARE_H
#define ZONE_SHARE_H

#include "zone/layers.h"

/* TAKEN is the zone in which a range would make a name of the pair's address. */
enum direction { REVERSE, FORWARD, TAKEN, DIRECTIONS };

/* The served pairs of every zone in one direction: those of zone z of the plan are
 * at[begin[z]] .. at[begin[z + 1]], in the order of sources and files. */
struct share {
	const struct pair **at; /* owned */
	size_t *begin;          /* owned; one more than there are zones */
	uint32_t *ends; /* owned; behind the last zone that has pairs of source k; 0: none has */
};

/* Share out the pairs of those of `sources` that are served, all of the plan's or some, whose pairs
 * have their forward zones in it; those that a delegation shadows are left out. Returns OK or
 * ERR_MEMORY; share_free() frees *out. */
MUST_USE enum err share_pairs(struct share *out, const struct plan *plan,
        const struct plan_source *sources, size_t count, const struct layers *layers,
        enum direction direction);

/* The same in all directions; share_free_all() frees whatever of them is there. */
MUST_USE enum err share_pairs_all(struct share out[DIRECTIONS], const struct plan *plan,
        const struct plan_source *sources, size_t count, const struct layers *layers);
void share_free_all(struct share shares[DIRECTIONS]);

void share_free(struct share *share);

#endif
