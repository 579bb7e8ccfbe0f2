/* SPDX-License-Identifier: ISC */
/* zone/lookup.h - what a zone has at a name: RFC 1034 4.3.2, step 3, in one walk and one compare.
 *
 * The walk ends at a leaf whose owner shares the longest prefix with the qname, so
 *     all labels of both are shared    the owner is there
 *     all labels of the qname          something lies below it: an empty non-terminal (RFC 8020)
 *     fewer                            those shared are the closest encloser
 * and a zone cut or DNAME at or above the qname is one at or above that leaf's owner. The topmost
 * decides: what lies below it is occluded.
 *
 * Where nothing stands at the qname, a rule may yet make something there or below it
 * (zone/image_rules.h). */
#ifndef ZONE_LOOKUP_H
#define ZONE_LOOKUP_H

#include "zone/image_search.h"

enum lookup_kind {
	LOOKUP_OWNER,        /* entry is that of the qname */
	LOOKUP_NON_TERMINAL, /* nothing at the qname, something below it */
	LOOKUP_NOTHING,      /* nothing at or below it */
	LOOKUP_MADE,         /* a rule makes a record at the qname, of an address */
	LOOKUP_CUT,          /* entry is that of the zone cut above the qname, or at it */
	LOOKUP_DNAME         /* entry is that of the DNAME above the qname: RFC 6672 */
};

struct lookup {
	enum lookup_kind kind;
	struct entry entry;            /* for LOOKUP_OWNER, LOOKUP_CUT and LOOKUP_DNAME */
	unsigned owner_labels;         /* labels of the entry's owner, those of the apex counted */
	unsigned shared_labels;        /* of the closest encloser, those of the apex counted */
	const struct image_rule *rule; /* for LOOKUP_MADE */
	uint8_t address[16];           /* likewise: that of which it makes the record */
	bool is_reverse;               /* likewise: at the address's reverse name */
	bool is_open;                  /* lookup_step() has work to do; of its own: */
	struct image_block block;
	struct image_search search;
};

/* What is looked up: a name of the zone, and where its labels begin (see name_find_labels()). All
 * of it outlives the lookup. */
struct sought {
	const struct image *image;
	const struct trie_key *key;
	const uint8_t *qname, *at;
	unsigned labels;
};

/* Judge the leaf at which the walk for the name ended. A cut at the qname itself is LOOKUP_CUT. The
 * lookup is done when out->is_open is false; else
 *     while (lookup_step(out, name))
 *             ;
 * ends it, a look at memory a step. */
void lookup_judge(struct lookup *out, const struct sought *name, uint32_t leaf);
bool lookup_step(struct lookup *out, const struct sought *name);

/* Walk and judge: for a name that is not part of a batch. */
void lookup_name(struct lookup *out, const struct image *image, const struct trie_key *key,
        const uint8_t *qname, const uint8_t *at, unsigned labels);

/* What the wildcard below the closest encloser holds, for a qname that lookup found to be
 * LOOKUP_NOTHING: the source of synthesis (RFC 4592 3.3.1). False when there is none. */
bool lookup_wildcard(struct lookup *out, const struct image *image, const uint8_t *qname,
        const uint8_t *at, unsigned labels, unsigned shared_labels);

/* The entry at exactly this name, occluded or not: glue. False when there is none. */
bool lookup_exact(struct entry *out, const struct image *image, const struct trie_key *key,
        const uint8_t *name);

#endif
