/* SPDX-License-Identifier: ISC */
#include "zone/hash.h"

#include <sys/random.h>
#include <time.h>
#include <xxhash.h>

uint64_t hash_seed(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed) {
		struct timespec now; /* early at boot: better than nothing */
		clock_gettime(CLOCK_MONOTONIC, &now);
		seed = (uint64_t)now.tv_nsec << 32 ^ (uintptr_t)&now;
	}
	return seed ? seed : 1;
}

uint64_t hash_octets(uint64_t seed, const uint8_t *octets, size_t n)
{
	return XXH3_64bits_withSeed(octets, n, seed);
}
