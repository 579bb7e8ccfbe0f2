/* SPDX-License-Identifier: ISC */
#include "zone/image_buffer.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "zone/hash.h"

static void fail(enum err *failed, enum err e)
{
	if (*failed == OK)
		*failed = e;
}

uint8_t *buffer_reserve(struct buffer *b, size_t n, enum err *failed)
{
	if (*failed != OK || n == 0)
		return NULL;
	if (b->size + n > UINT32_MAX) {
		fail(failed, ERR_LONG);
		return NULL;
	}
	if (b->size + n > b->capacity) {
		size_t capacity = b->capacity ? b->capacity : 256;
		while (capacity < b->size + n)
			capacity += capacity / 2;
		if (capacity > UINT32_MAX)
			capacity = UINT32_MAX;
		uint8_t *octets = realloc(b->octets, capacity);
		if (!octets) {
			fail(failed, ERR_MEMORY);
			return NULL;
		}
		b->octets = octets;
		b->capacity = capacity;
	}
	b->size += n;
	return b->octets + b->size - n;
}

void buffer_append32(struct buffer *b, uint32_t value, enum err *failed)
{
	buffer_append(b, &value, sizeof value, failed);
}

void buffer_free(struct buffer *b)
{
	free(b->octets);
	*b = (struct buffer){0};
}

void buffer_align(struct buffer *b, size_t octets, enum err *failed)
{
	static const uint8_t zeros[16];

	buffer_append(b, zeros, (octets - b->size % octets) % octets, failed);
}

uint32_t buffer_at32(const struct buffer *b, uint32_t i)
{
	uint32_t value;

	memcpy(&value, b->octets + (size_t)i * 4, sizeof value);
	return value;
}

/* The table with room for one more; false when out of memory. */
static bool make_room(struct seen *s, const struct buffer *index, const struct buffer *pool,
        size_t (*size_of)(const uint8_t *), enum err *failed)
{
	if (s->slots && s->used * 2 < s->mask)
		return true;
	uint32_t mask = s->slots ? s->mask * 2 + 1 : 63;
	uint32_t *slots = calloc((size_t)mask + 1, sizeof *slots);
	if (!slots) {
		fail(failed, ERR_MEMORY);
		return false;
	}
	for (uint32_t number = 1; number <= s->used; number++) {
		const uint8_t *octets = pool->octets + buffer_at32(index, number);
		uint32_t slot = (uint32_t)hash_octets(s->seed, octets, size_of(octets)) & mask;
		while (slots[slot])
			slot = (slot + 1) & mask;
		slots[slot] = number;
	}
	free(s->slots);
	s->slots = slots;
	s->mask = mask;
	return true;
}

uint32_t seen_find_or_add(struct seen *s, struct buffer *index, struct buffer *pool,
        size_t (*size_of)(const uint8_t *), const uint8_t *octets, size_t n, uint32_t most,
        enum err *failed)
{
	if (*failed != OK || !make_room(s, index, pool, size_of, failed))
		return 0;
	uint32_t slot = (uint32_t)hash_octets(s->seed, octets, n) & s->mask;
	for (; s->slots[slot]; slot = (slot + 1) & s->mask) {
		const uint8_t *there = pool->octets + buffer_at32(index, s->slots[slot]);
		if (size_of(there) == n && memcmp(there, octets, n) == 0)
			return s->slots[slot];
	}
	if (s->used == most)
		return 0;
	buffer_append32(index, (uint32_t)pool->size, failed);
	buffer_append(pool, octets, n, failed);
	s->slots[slot] = ++s->used;
	return *failed == OK ? s->used : 0;
}
