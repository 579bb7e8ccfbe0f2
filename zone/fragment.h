/* SPDX-License-Identifier: ISC */
/* zone/fragment.h - what one customer's file publishes, as octets: its last good form.
 *
 *     header | pairs, by address and then by name | names
 *
 * It does not depend on arpad.yaml, but that what is in it was allowed then. Kept in the state
 * folder, so that a file that did not change is not parsed again, one that is refused stays served
 * as it was, and what changed in one that did is known: a pair is in one and not in the other.
 *
 * Numbers are in the machine's own byte order, which a mark in the header tells. A fragment is
 * checked once, by fragment_open(), and trusted from then on. */
#ifndef ZONE_FRAGMENT_H
#define ZONE_FRAGMENT_H

#include "zone/plan.h"

/* Another number when the layout changes, or when the same file would be read differently. */
#define FRAGMENT_VERSION    1U
#define FRAGMENT_MAGIC      "arpadfrg"
#define FRAGMENT_BYTE_ORDER 0x01020304U

/* How a fragment begins. */
struct fragment_header {
	char magic[8];
	uint32_t version, byte_order;
	uint64_t size;     /* octets in all */
	uint64_t checksum; /* XXH3, 64 bits, of all octets behind it */
	uint64_t customer; /* XXH3, 64 bits, of the name: whose it is */
	uint32_t pair_count, names_size;
};

/* In the fragment and in memory alike. */
struct fragment_pair {
	uint8_t octets[16];
	uint32_t name; /* where it begins in the names */
	uint32_t ttl_s, line;
	uint16_t column;
	uint8_t addr_len, flags;
};

/* One that was verified; the octets are borrowed. */
struct fragment {
	const struct fragment_pair *pairs;
	const uint8_t *names;
	uint32_t pair_count;
};

/* Write the pairs of a customer's source, each address and name once. Returns OK and malloc'd
 * octets, the same for the same pairs in any order; ERR_MEMORY; ERR_LONG beyond 4 GiB. */
MUST_USE enum err fragment_write(uint8_t **octets, size_t *size, const char *customer,
        const struct pair *pairs, size_t count);

/* Verify octets[0..size), which are aligned for any object and outlive *out, to be a fragment of
 * that customer: files that hash alike are no way to another one's. Returns OK or ERR_CORRUPT. */
MUST_USE enum err fragment_open(
        struct fragment *out, const char *customer, const uint8_t *octets, size_t size);

/* Pair number i; its name points into the octets, its forward_zone is ZONE_NONE. */
struct pair fragment_pair(const struct fragment *f, uint32_t i);

/* Put all pairs into a source that has none; they live in its arena, their names in the octets.
 * Returns OK or ERR_MEMORY. */
MUST_USE enum err fragment_take(const struct fragment *f, struct plan_source *s);

/* The order of pairs in a fragment. */
int fragment_compare(const struct pair *a, const struct pair *b);

/* Pointers to pairs in that order, malloc'd; NULL when out of memory. */
const struct pair **fragment_sort(const struct pair *pairs, size_t count);

#endif
