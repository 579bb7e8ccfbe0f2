/* SPDX-License-Identifier: ISC */
/* zone/cover.h - which range or delegation decides about an address.
 *
 *     outer customer   |------------- range -------------|
 *     inner customer         |---- none ----|   |- range -|
 *     he, too                   |- range -|
 *     he, too                                     |deleg.|
 *                      ------------------------------------
 *     cover            |outer|no|-  range -|no|ou|r|deleg.|
 *
 * For an address a delegation decides; else, of the ranges of the customer whose block holds it
 * closest, the smallest; else the ranges of the next customer around him. So an inner customer's
 * range or hole outranks an outer one's however small that is, and an outer range fills what the
 * inner customer leaves open. Hosts are not in it: they stand above all ranges.
 *
 * Built from the sources that are served, read-only then. */
#ifndef ZONE_COVER_H
#define ZONE_COVER_H

#include "zone/plan.h"

/* Addresses about which one range or delegation decides. */
struct span {
	uint8_t first[16], last[16]; /* both belong to it */
	uint8_t addr_len;
	const struct plan_source *source;
	const struct plan_range *range; /* may be a hole; NULL: */
	const struct plan_delegation *delegation;
};

struct cover {
	struct span *spans; /* owned; disjoint, in order, IPv4 before IPv6 */
	size_t count;
};

/* Build from sources[0..count), pointers to sources of customers of the plan; those that are not
 * served are passed over. A delegation into a zone by RFC 2317 that is served here decides about
 * nothing: that zone's hosts do. Spans point into the sources. Returns OK, and cover_free() frees
 * *out; ERR_MEMORY. */
MUST_USE enum err cover_build(struct cover *out, const struct plan *p,
        const struct plan_source *const *sources, size_t count);
void cover_free(struct cover *c);

/* The number of the first span that does not lie wholly before the address; c->count: none. */
size_t cover_seek(const struct cover *c, const struct addr *a);

/* The span that holds an address; NULL: nothing decides about it. */
const struct span *cover_find(const struct cover *c, const struct addr *a);

/* True when the zone that a delegation cuts off is served here, by its style of RFC 2317. */
bool delegation_is_served(const struct plan *p, const struct plan_delegation *d);

#endif
