/* SPDX-License-Identifier: ISC */
/* zone/arena.h - memory with one lifetime.
 *
 * Objects are carved from large blocks and all die together in arena_free(). An arena is sticky:
 * once an allocation failed, every later one returns NULL and arena_failed() stays true, so a
 * sequence of calls is checked once at its end. Not for use from two threads at a time. */
#ifndef ZONE_ARENA_H
#define ZONE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *block; /* the newest; the others hang behind it */
	size_t used, size;         /* octets in the newest block */
	size_t total;              /* octets in all blocks */
	bool failed;
};

/* An empty arena; takes no memory yet. */
void arena_init(struct arena *a);

/* Free everything; the arena is empty again and its failure forgotten. */
void arena_free(struct arena *a);

/* `size` octets aligned for any object, not cleared; NULL when out of memory. */
void *arena_alloc(struct arena *a, size_t size);

/* The same without alignment: for octets and text. */
void *arena_octets(struct arena *a, size_t size);

/* A copy of size octets, or NULL. */
void *arena_copy(struct arena *a, const void *from, size_t size);

/* A copy of text[0..n) with a NUL behind it, or NULL. */
char *arena_text(struct arena *a, const char *text, size_t n);

/* Text made as by printf, or NULL. */
__attribute__((format(printf, 2, 3))) char *arena_format(struct arena *a, const char *format, ...);

/* Grow an array that lives in the arena. `array` holds *capacity elements of element_size octets
 * and `needed` are wanted; the capacity doubles as often as it must. Returns the array, moved
 * perhaps (the old one stays in the arena, unused), or NULL. Only the first `used` are copied. */
void *arena_grow(struct arena *a, void *array, size_t used, size_t needed, size_t *capacity,
        size_t element_size);

/* Put all that `from` holds into `to`; `from` is empty then. */
void arena_join(struct arena *to, struct arena *from);

static inline bool arena_failed(const struct arena *a)
{
	return a->failed;
}

#endif
