/* SPDX-License-Identifier: ISC */
/* zone/fragment.h - what one customer's file publishes, as octets: its last good form.
 *
 *     header | pairs, by address and then by name | ranges, delegations, by address | pool
 *
 * The pool has what is long or not there in each: of a pair the name, of a range the shape and the
 * owner, of a delegation its target, name servers, DS and glue, each as long as it is; one behind
 * the other in the order of the objects, and nothing between.
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
#define FRAGMENT_VERSION    2U
#define FRAGMENT_MAGIC      "arpadfrg"
#define FRAGMENT_BYTE_ORDER 0x01020304U

/* How a fragment begins. */
struct fragment_header {
	char magic[8];
	uint32_t version, byte_order;
	uint64_t size;     /* octets in all */
	uint64_t checksum; /* XXH3, 64 bits, of all octets behind it */
	uint64_t customer; /* XXH3, 64 bits, of the name: whose it is */
	uint32_t pair_count, range_count, delegation_count, pool_size;
};

/* In the fragment and in memory alike. */
struct fragment_pair {
	uint8_t octets[16];
	uint32_t name; /* where it begins in the pool */
	uint32_t ttl_s, line;
	uint16_t column;
	uint8_t addr_len, flags;
};

enum fragment_flag {
	FRAGMENT_TTL_INHERITED = 1,
	FRAGMENT_SHADOWED = 2,  /* of a range */
	FRAGMENT_HAS_TARGET = 4 /* of a delegation */
};

struct fragment_range {
	uint8_t first[16], last[16];
	uint32_t parts; /* where they begin in the pool: shape, owner; none without a shape */
	uint32_t ttl_s, line;
	uint16_t column;
	uint8_t addr_len, shape_octets, flags;
	uint8_t reserved[3]; /* zero */
};

/* In the pool: the target; the name servers; each DS, the number of its octets (most significant
 * octet first) before them; each glue, a name, the length of an address, and the address. */
struct fragment_delegation {
	uint8_t first[16], last[16];
	uint32_t parts; /* where they begin */
	uint32_t ttl_s, line;
	uint16_t column, ns_count, ds_count, glue_count;
	uint8_t addr_len, flags;
	uint8_t reserved[2]; /* zero */
};

/* One that was verified; the octets are borrowed. */
struct fragment {
	const struct fragment_pair *pairs;
	const struct fragment_range *ranges;
	const struct fragment_delegation *delegations;
	const uint8_t *pool;
	uint32_t pair_count, range_count, delegation_count, pool_size;
};

/* Write what a customer's source publishes: its pairs, each address and name once, its ranges, and
 * its delegations, no two of the same addresses. Returns OK and malloc'd octets, the same for the
 * same objects in any order; ERR_MEMORY; ERR_LONG beyond 4 GiB. */
MUST_USE enum err fragment_write(
        uint8_t **octets, size_t *size, const char *customer, const struct plan_source *s);

/* Verify octets[0..size), which are aligned for any object and outlive *out, to be a fragment of
 * that customer: files that hash alike are no way to another one's. Returns OK or ERR_CORRUPT. */
MUST_USE enum err fragment_open(
        struct fragment *out, const char *customer, const uint8_t *octets, size_t size);

/* Pair number i; its name points into the octets, its forward_zone is ZONE_NONE. */
struct pair fragment_pair(const struct fragment *f, uint32_t i);

/* Range number i, likewise. */
struct plan_range fragment_range(const struct fragment *f, uint32_t i);

/* True when it has ranges or delegations. */
static inline bool fragment_has_layers(const struct fragment *f)
{
	return f->range_count || f->delegation_count;
}

/* Put all pairs, ranges and delegations into a source that has none; they live in its arena, their
 * names and other octets in the fragment's. Returns OK or ERR_MEMORY. */
MUST_USE enum err fragment_take(const struct fragment *f, struct plan_source *s);

/* The ranges and delegations alone: what is said of the pairs stays. */
MUST_USE enum err fragment_take_layers(const struct fragment *f, struct plan_source *s);

/* True when a source has the very ranges and delegations, in any order, as far as they are served:
 * wherever they were written, and whosever TTL it is. False, too, when out of memory. */
bool fragment_same_layers(const struct fragment *f, const struct plan_source *s);

/* The order of pairs in a fragment. */
int fragment_compare(const struct pair *a, const struct pair *b);

/* Pointers to pairs in that order, malloc'd; NULL when out of memory. */
const struct pair **fragment_sort(const struct pair *pairs, size_t count);

#endif
