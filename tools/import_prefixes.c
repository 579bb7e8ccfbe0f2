/* SPDX-License-Identifier: ISC */
/* The addresses of the customer: those of the reverse zones, neighbours joined. */
#include <stdlib.h>

#include "tools/import.h"

bool import_write_prefix(char out[PREFIX_TEXT_MAX], const struct import_zone *zone)
{
	struct prefix again;

	return zone->is_reverse &&
	       prefix_from_text(&again, out, prefix_to_text(out, &zone->prefix), NULL) == OK;
}

/* True, with *out, when the two are the halves of a wider prefix. */
static bool join(struct prefix *out, const struct prefix *a, const struct prefix *b)
{
	struct prefix wide = *a;

	if (a->bits == 0 || a->bits != b->bits || a->addr.len != b->addr.len)
		return false;
	wide.bits--;
	wide.addr.octets[wide.bits / 8] &= (uint8_t) ~(0x80 >> wide.bits % 8);
	if (!prefix_has_addr(&wide, &b->addr) || addr_compare(&wide.addr, &a->addr) != 0)
		return false;
	*out = wide;
	return true;
}

static int compare(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

enum err import_find_prefixes(struct import *im)
{
	struct prefix *prefixes = arena_alloc(&im->arena, (im->zone_count + 1) * sizeof *prefixes);
	char text[PREFIX_TEXT_MAX];
	size_t count = 0, kept = 0;

	if (!prefixes)
		return ERR_MEMORY;
	for (size_t i = 0; i < im->zone_count; i++)
		if (import_write_prefix(text, &im->zones[i]))
			prefixes[count++] = im->zones[i].prefix;
	if (count)
		qsort(prefixes, count, sizeof *prefixes, compare);
	for (size_t i = 0; i < count; i++) {
		if (kept && prefix_has_prefix(&prefixes[kept - 1], &prefixes[i]))
			continue;
		prefixes[kept++] = prefixes[i];
		while (kept > 1 &&
		        join(&prefixes[kept - 2], &prefixes[kept - 2], &prefixes[kept - 1]))
			kept--;
	}
	im->prefixes = prefixes;
	im->prefix_count = kept;
	return OK;
}

uint32_t import_find_prefix(const struct import *im, const struct addr *a)
{
	size_t low = 0, high = im->prefix_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (addr_compare(&im->prefixes[middle].addr, a) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low && prefix_has_addr(&im->prefixes[low - 1], a) ? (uint32_t)low - 1 : UINT32_MAX;
}
