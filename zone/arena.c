/* SPDX-License-Identifier: ISC */
#include "zone/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	max_align_t start[];
};

/* Blocks double up to the largest, so a small arena is small and a large one has few blocks. */
#define BLOCK_SMALLEST ((size_t)4 << 10)
#define BLOCK_LARGEST  ((size_t)1 << 20)

void arena_init(struct arena *a)
{
	memset(a, 0, sizeof *a);
}

void arena_free(struct arena *a)
{
	for (struct arena_block *b = a->block, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	arena_init(a);
}

static bool add_block(struct arena *a, size_t at_least)
{
	size_t size = a->total < BLOCK_SMALLEST  ? BLOCK_SMALLEST
	              : a->total < BLOCK_LARGEST ? a->total
	                                         : BLOCK_LARGEST;

	if (size < at_least)
		size = at_least;
	struct arena_block *b = a->failed || size > SIZE_MAX / 2 ? NULL : malloc(sizeof *b + size);
	if (!b) {
		a->failed = true;
		return false;
	}
	b->next = a->block;
	a->block = b;
	a->used = 0;
	a->size = size;
	a->total += size;
	return true;
}

void *arena_octets(struct arena *a, size_t size)
{
	if (a->failed || (size > a->size - a->used && !add_block(a, size)))
		return NULL;
	void *p = (char *)a->block->start + a->used;
	a->used += size;
	return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t align = _Alignof(max_align_t), at = (a->used + align - 1) & ~(align - 1);

	a->used = at < a->size ? at : a->size;
	return arena_octets(a, size);
}

void *arena_copy(struct arena *a, const void *from, size_t size)
{
	void *p = arena_alloc(a, size);

	return p && size ? memcpy(p, from, size) : p;
}

char *arena_text(struct arena *a, const char *text, size_t n)
{
	char *p = arena_octets(a, n + 1);

	if (!p)
		return NULL;
	memcpy(p, text, n);
	p[n] = 0;
	return p;
}

char *arena_format(struct arena *a, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *p = n < 0 ? NULL : arena_octets(a, (size_t)n + 1);
	if (!p)
		return NULL;
	va_start(args, format);
	vsnprintf(p, (size_t)n + 1, format, args);
	va_end(args);
	return p;
}

void *arena_grow(struct arena *a, void *array, size_t used, size_t needed, size_t *capacity,
        size_t element_size)
{
	size_t larger = *capacity ? *capacity : 8;

	if (needed <= *capacity)
		return array;
	while (larger < needed)
		larger *= 2;
	void *p =
	        larger > SIZE_MAX / 2 / element_size ? NULL : arena_alloc(a, larger * element_size);
	if (!p) {
		a->failed = true;
		return NULL;
	}
	if (used)
		memcpy(p, array, used * element_size);
	*capacity = larger;
	return p;
}

void arena_join(struct arena *to, struct arena *from)
{
	struct arena_block **end = &to->block;

	while (*end)
		end = &(*end)->next;
	*end = from->block;
	if (!to->total) {
		to->used = from->used;
		to->size = from->size;
	}
	to->total += from->total;
	to->failed |= from->failed;
	arena_init(from);
}
