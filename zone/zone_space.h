/* SPDX-License-Identifier: ISC */
/* zone/zone_space.h - the addresses whose reverse names a zone holds: those of its prefix without
 * those of the zones below it, and of the blocks that have a zone by RFC 2317. */
#ifndef ZONE_ZONE_SPACE_H
#define ZONE_ZONE_SPACE_H

#include "zone/plan.h"

struct zone_space {
	struct interval *intervals; /* owned; disjoint, in order, IPv4 before IPv6 */
	size_t count, capacity;
};

/* Wants indexed zones. Returns OK, and zone_space_free() frees *out; ERR_MEMORY. */
MUST_USE enum err zone_space_of(struct zone_space *out, const struct plan *p, uint32_t zone);
void zone_space_free(struct zone_space *s);

#endif
