/* SPDX-License-Identifier: ISC */
/* zone/share.h - which pairs go into which zone, in each direction. */
#ifndef ZONE_SHARE_H
#define ZONE_SHARE_H

#include "zone/plan.h"

enum direction { REVERSE, FORWARD, DIRECTIONS };

/* The served pairs of every zone in one direction: those of zone z of the plan are
 * at[begin[z]] .. at[begin[z + 1]], in the order of sources and files. */
struct share {
	const struct pair **at; /* owned */
	size_t *begin;          /* owned; one more than there are zones */
};

/* Share out the pairs of those of `sources` that are served, all of the plan's or some, whose pairs
 * have their forward zones in it. Returns OK or ERR_MEMORY; share_free() frees *out. */
MUST_USE enum err share_pairs(struct share *out, const struct plan *plan,
        const struct plan_source *sources, size_t count, enum direction direction);

void share_free(struct share *share);

#endif
