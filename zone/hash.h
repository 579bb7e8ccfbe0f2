/* SPDX-License-Identifier: ISC */
/* zone/hash.h - where in a table an octet string goes, for strings that customers chose.
 *
 * Without a seed, names that all fall on one slot can be looked for in advance: 65,000 of them take
 * two minutes to find, and then each reload a hundred times as long as it should. So each table has
 * a seed of its own, which nobody knows. What a table finds does not depend on the seed. */
#ifndef ZONE_HASH_H
#define ZONE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* A new seed, not 0. */
uint64_t hash_seed(void);

uint64_t hash_octets(uint64_t seed, const uint8_t *octets, size_t n);

#endif
