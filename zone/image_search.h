/* SPDX-License-Identifier: ISC */
/* zone/image_search.h - which rule of an image makes something at a name, one look at memory after
 * the other.
 *
 *     image_search_block(&s, image, &block);         or image_search_made(&s, ...)
 *     while (image_search_step(&s))
 *             ;
 *
 * Each step looks at what the step before has asked the cache for, and asks for what the next one
 * looks at: many searches that take turns wait for their memory together. */
#ifndef ZONE_IMAGE_SEARCH_H
#define ZONE_IMAGE_SEARCH_H

#include "zone/image_rules.h"

/* How many of the first addresses of spans, which are in order, are not behind an address. */
struct image_seek {
	const struct image_spans *spans;
	uint64_t high, low; /* the address; of IPv4 `low` alone */
	uint32_t base, left;
	uint8_t addr_len;
};

struct image_search {
	const struct image *image;
	uint8_t state; /* of the file's own; 0: done */
	bool is_reverse;
	uint8_t owner_labels;
	struct image_seek seek;
	/* of a block: */
	uint32_t seat; /* the spans before it do not begin behind its last address */
	const struct image_block *block;
	/* of a name: */
	const uint8_t *symbols, *label;
	uint16_t symbol_count;
	uint32_t node;    /* where the walk stands */
	uint32_t pattern; /* 1 + that which is asked */
	uint8_t address[16];
	const struct image_rule *rule; /* that which makes the name, in the end; NULL: none does */
};

/* What decides about a block, which image_read_block() found, and which outlives the search. */
void image_search_block(
        struct image_search *s, const struct image *image, const struct image_block *block);

/* The rule that makes the name label.owner, `owner` the last `owner_labels` labels of the qname and
 * the label the one before them; `key` is that of the qname. All of them outlive the search. */
void image_search_made(struct image_search *s, const struct image *image,
        const struct trie_key *key, const uint8_t *label, unsigned owner_labels);

/* False when nothing is left to do. */
bool image_search_step(struct image_search *s);

/* Behind the search for a block: the rule of it, when it is an address; NULL: none. */
const struct image_rule *image_rule_of_block(const struct image_search *s);

/* ... the zone cut that a rule makes at the block or above it; NULL: none. */
const struct image_rule *image_cut_of_block(const struct image_search *s);

/* ... how many labels of its name, those of the apex counted, are there because of a rule that
 * makes something at or below them; 0: none but perhaps the apex. */
unsigned image_ruled_labels(const struct image_search *s);

/* The rule that makes names of an address in this image, hosts aside; NULL: none. */
const struct image_rule *image_name_rule(
        const struct image *image, unsigned addr_len, const uint8_t *address);

#endif
