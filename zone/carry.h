/* SPDX-License-Identifier: ISC */
/* zone/carry.h - owners of an image on their way into the next, in order.
 *
 *     for (carry_begin(&c, last); c.has_owner; carry_next(&c))
 *             carry_write(&c, &w);
 *
 * writes the same image again; who writes only some of them changes it. */
#ifndef ZONE_CARRY_H
#define ZONE_CARRY_H

#include "zone/image_write.h"

struct carry {
	const struct image *image; /* borrowed */
	struct trie_cursor cursor;
	bool has_owner; /* false: there are no more; then the rest means nothing */
	struct entry entry;
	uint8_t labels[NAME_MAX_OCTETS], key[TRIE_KEY_MAX];
	size_t label_octets, key_len;
	uint8_t rdata[UINT16_MAX];
};

/* Have the first owner, the apex. */
void carry_begin(struct carry *c, const struct image *image);

/* Have the next one that holds something. */
void carry_next(struct carry *c);

/* Write the owner and all its RRsets. */
void carry_write(struct carry *c, struct image_writer *w);

#endif
