/* SPDX-License-Identifier: ISC */
/* conf/block.h - addresses that belong together, as the keys of `ranges` and `delegate` say them.
 *
 *     192.0.2.64/27               2001:db8:42:1::/64
 *     192.0.2.92-192.0.2.95       2001:db8::1-2001:db8::f */
#ifndef CONF_BLOCK_H
#define CONF_BLOCK_H

#include "conf/yaml.h"
#include "zone/addr.h"

struct block {
	struct addr first, last; /* both belong to it; of one family */
	struct place place;
	bool is_prefix; /* written as one */
};

#define BLOCK_TEXT_MAX ADDR_RANGE_TEXT_MAX

/* Read a key. `rule` is that of what is no block: an address alone, first behind last, ends of two
 * families, all addresses that there are. The others are [address] and [prefix]. */
bool block_from_key(
        struct yaml *y, const struct yaml_text *key, const char *rule, struct block *out);

/* True, with *out, when the block is a prefix, however it was written. */
bool block_prefix(struct prefix *out, const struct block *b);

/* Write it as a prefix where it is one, else as FIRST-LAST, and a NUL. */
void block_to_text(char out[BLOCK_TEXT_MAX], const struct block *b);

/* Blocks that are there twice, however they were written: [duplicate] at the later place. Puts the
 * blocks in order. */
void block_tell_twice(struct yaml *y, struct block *blocks, size_t count);

#endif
