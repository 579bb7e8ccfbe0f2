/* SPDX-License-Identifier: ISC */
#include "server/room.h"

#include <sys/mman.h>
#include <unistd.h>

#define HUGE ((size_t)2 << 20) /* octets of a huge page, where there are such */

static size_t round_up(size_t size, size_t step)
{
	return (size + step - 1) & ~(step - 1);
}

static size_t page_octets(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

void room_init(struct room *r)
{
	r->begin = r->at = r->end = NULL;
}

void room_close(struct room *r)
{
	if (r->at < r->end)
		munmap(r->at, (size_t)(r->end - r->at));
	/* where that fails they are as they were before: nobody writes to them all the same */
	if (r->begin < r->at)
		(void)!mprotect(r->begin, (size_t)(r->at - r->begin), PROT_READ);
	room_init(r);
}

/* A chunk that begins where a huge page does. */
static uint8_t *map_chunk(size_t size)
{
	uint8_t *all = mmap(NULL, size + HUGE, PROT_READ | PROT_WRITE,
	        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (all == MAP_FAILED)
		return NULL;
	size_t before = round_up((uintptr_t)all, HUGE) - (uintptr_t)all;
	if (before)
		munmap(all, before);
	if (before < HUGE)
		munmap(all + before + size, HUGE - before);
	(void)!madvise(all + before, size, MADV_HUGEPAGE); /* a help, and no more */
	return all + before;
}

uint8_t *room_take(struct room *r, size_t size)
{
	if (size > SIZE_MAX / 2)
		return NULL;
	size_t octets = round_up(size, page_octets());
	if (octets > (size_t)(r->end - r->at)) {
		size_t chunk = octets > ROOM_OCTETS ? octets : ROOM_OCTETS;
		room_close(r);
		r->begin = map_chunk(chunk);
		if (!r->begin)
			return NULL;
		r->at = r->begin;
		r->end = r->begin + chunk;
	}
	r->at += octets;
	return r->at - octets;
}
