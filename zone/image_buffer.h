/* SPDX-License-Identifier: ISC */
/* zone/image_buffer.h - octets that grow, and octet strings that are written once; for the writers
 * of images.
 *
 * Sticky: what fails sets *failed, if that is OK, and nothing happens from then on. */
#ifndef ZONE_IMAGE_BUFFER_H
#define ZONE_IMAGE_BUFFER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "zone/err.h"

/* At most 4 GiB. */
struct buffer {
	uint8_t *octets;       /* owned */
	size_t size, capacity; /* at most UINT32_MAX */
};

/* Finds what was written before: open addressing, at most half full. */
struct seen {
	uint32_t *slots; /* owned; number, or 0 */
	uint32_t mask, used;
	uint64_t seed;
};

/* Room for n more octets at the end; NULL when there is none, or n is 0. ERR_LONG, ERR_MEMORY. */
uint8_t *buffer_reserve(struct buffer *b, size_t n, enum err *failed);

/* Put n octets at the end. */
static inline void buffer_append(struct buffer *b, const void *octets, size_t n, enum err *failed)
{
	if (n && n <= b->capacity - b->size && *failed == OK) {
		memcpy(b->octets + b->size, octets, n);
		b->size += n;
		return;
	}
	uint8_t *p = buffer_reserve(b, n, failed);
	if (p)
		memcpy(p, octets, n);
}

void buffer_append32(struct buffer *b, uint32_t value, enum err *failed);

/* Nothing is in it afterwards. */
void buffer_free(struct buffer *b);

/* Zeros up to a multiple of `octets`, 16 at most. */
void buffer_align(struct buffer *b, size_t octets, enum err *failed);

/* The i-th 32-bit number of a buffer of such. */
uint32_t buffer_at32(const struct buffer *b, uint32_t i);

/* The number, from 1, of octets[0..n) in the pool, put there if it is new; 0 when there are `most`
 * already or on failure. Number i begins at index[i] in `pool` and has size_of() octets; index[0]
 * is there already. */
uint32_t seen_find_or_add(struct seen *s, struct buffer *index, struct buffer *pool,
        size_t (*size_of)(const uint8_t *), const uint8_t *octets, size_t n, uint32_t most,
        enum err *failed);

#endif
