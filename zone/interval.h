/* SPDX-License-Identifier: ISC */
/* zone/interval.h - addresses of many prefixes, as intervals. */
#ifndef ZONE_INTERVAL_H
#define ZONE_INTERVAL_H

#include "zone/addr.h"

struct interval {
	uint8_t first[16], last[16]; /* both belong to it */
	uint8_t addr_len;
};

/* Write what prefixes[0..count), sorted here, cover together: at most as many intervals, disjoint,
 * in order, IPv4 before IPv6, none right behind another. Returns how many. */
size_t intervals_of(struct interval *out, struct prefix *prefixes, size_t count);

/* Find all of first..last among intervals that intervals_of() wrote. False, and *out is the first
 * address outside. */
bool intervals_hold(const struct interval *all, size_t count, const struct addr *first,
        const struct addr *last, struct addr *out);

#endif
