/* SPDX-License-Identifier: ISC */
/* tools/addr_count.h - how many addresses lie between two, and which is so many further on.
 *
 * Pure functions. Counts stop at UINT64_MAX, for IPv6 has more. */
#ifndef TOOLS_ADDR_COUNT_H
#define TOOLS_ADDR_COUNT_H

#include "zone/addr.h"

/* Addresses from a up to b, b not counted; a is not behind b, both are of one family. */
uint64_t addr_count(const struct addr *a, const struct addr *b);

/* The address n further on, or n before. False, and *out unchanged, when there is none. */
bool addr_after(struct addr *out, const struct addr *a, uint64_t n);
bool addr_before(struct addr *out, const struct addr *a, uint64_t n);

#endif
