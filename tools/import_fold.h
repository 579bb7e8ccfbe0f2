/* SPDX-License-Identifier: ISC */
/* tools/import_fold.h - ranges of the hosts that were imported; for import_fold.c, import_block.c
 * and import_nest.c.
 *
 *     10.0.0.0 h-10-0-0-0.pool ... 10.0.255.255 h-10-0-255-255.pool      10.0.0.0/16: h-{ip}.pool
 *     but 10.0.0.1 gw.pool                                               a host in it
 *     and nothing at 10.0.7.8, 10.0.7.9                                  10.0.7.8/31: none
 *
 * A host can be of a range when its PTR is the only record of the address and its A or AAAA the
 * only one of the name, both have one TTL, and nothing is below either; or its name is external.
 *
 * import_fold.c: a key is a pattern, the owner its labels hang at, and a TTL. Eight hosts in a row
 * that one key makes the names of are its seed; then every host whose name it makes is a member.
 * Keys that could make one label at one owner do not stand beside each other, but for one shape
 * that spells the whole address.
 *
 * import_block.c: addresses that no range may hold, for the range's name for a host there is a
 * CNAME, a zone cut, a zone, or the name of another host.
 *
 * import_nest.c: ranges of the members. One goes on over a gap as long as that takes fewer lines
 * than it saves: a line of `none` for each stretch without hosts. Ranges lie beside or inside each
 * other, never across; the innermost counts. */
#ifndef TOOLS_IMPORT_FOLD_H
#define TOOLS_IMPORT_FOLD_H

#include "tools/import.h"
#include "zone/pattern.h"

#define FOLD_NONE UINT32_MAX
#define SEED_MIN  8 /* hosts in a row; fewer stay hosts */

struct fold_key {
	struct pattern pattern; /* over all addresses that it could make names of */
	uint32_t owner;         /* in fold.owners */
	uint32_t ttl_s;
	uint32_t next; /* accepted key of this owner, FOLD_NONE: none */
	uint32_t open; /* import_nest.c: the range that may go on, FOLD_NONE: none */
	bool has_index, has_host, is_whole, is_accepted;
	unsigned alike;       /* accepted keys of this owner whose labels begin as its own */
	size_t seeds;         /* hosts of its seeds */
	struct addr *blocked; /* in order */
	size_t blocked_count, blocked_capacity;
};

struct fold_owner {
	const uint8_t *name;
	uint32_t zone;    /* that has the A and AAAA below it; ZONE_NONE: external */
	uint32_t first;   /* accepted key */
	bool has_no_room; /* a CNAME is at it or above */
};

struct fold_host {
	uint32_t owner;  /* of its name; FOLD_NONE: it is a host in any case */
	uint32_t key;    /* that makes its name, or FOLD_NONE */
	uint32_t prefix; /* in im->prefixes; a range stays in one */
	uint32_t lines;  /* of `none` up to this host, if all were one range: stretches without
	                  * hosts and delegations */
	uint64_t empty;  /* addresses in them */
	bool follows;    /* the host before is its neighbour, in one prefix */
};

/* Walks over the addresses between hosts that no delegation has. */
struct fold_gap {
	const struct import *im;
	size_t cut; /* of im->cuts, the first that may be of interest */
	struct addr want, behind;
};

struct fold {
	struct import *im;
	struct fold_host *hosts; /* as im->hosts */
	struct fold_owner *owners;
	struct fold_key *keys;
	uint32_t owner_count, key_count;
	size_t owner_capacity, key_capacity;
	uint32_t *owner_slots, *key_slots; /* hash tables of as many slots */
	size_t slot_count;                 /* a power of two */
	uint64_t seed;
	struct prefix *blocks; /* at whose names are CNAMEs; in order */
	size_t block_count, block_capacity;
};

/* The owner of that name; FOLD_NONE when no host has one. */
uint32_t fold_find_owner(const struct fold *f, const uint8_t *name);

/* Begin a gap: from *first up to *behind, not counted, no host. Gaps come in order of addresses. */
void fold_gap_begin(struct fold_gap *g, const struct addr *first, const struct addr *behind);

/* The next stretch of it that no delegation has; false when there is none. */
bool fold_gap_next(struct fold_gap *g, struct addr *first, struct addr *last);

/* Find the blocks that have a CNAME at their name: no range may have an address of them. Marks out
 * of memory in the arena. */
void fold_find_cnames(struct fold *f);

/* True when an address of these is in one. */
bool fold_has_cname(const struct fold *f, const struct addr *first, const struct addr *last);

/* Find the addresses that the range of each key may not hold. Marks out of memory in the arena. */
void fold_block(struct fold *f);

/* True when a key's range may not go from first to last, both of which it may hold. */
bool fold_is_blocked(const struct fold *f, const struct fold_key *key, const struct addr *first,
        const struct addr *last);

/* Make im->ranges of the members. Marks out of memory in the arena. */
void fold_nest(struct fold *f);

#endif
