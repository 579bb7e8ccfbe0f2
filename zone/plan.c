/* SPDX-License-Identifier: ISC */
#include "zone/plan.h"

#include <stdlib.h>
#include <string.h>

void plan_init(struct plan *p)
{
	memset(p, 0, sizeof *p);
	arena_init(&p->arena);
}

void plan_free(struct plan *p)
{
	for (size_t i = 0; i < p->source_count; i++)
		arena_free(&p->sources[i].arena);
	zone_index_free(&p->index);
	arena_free(&p->arena);
	plan_init(p);
}

static int compare_zones(const void *a, const void *b)
{
	const struct plan_zone *za = a, *zb = b;
	int difference = name_compare(za->apex, zb->apex);

	if (difference)
		return difference;
	/* equal apexes: by place, so that the later one is the mistake */
	if (za->place.line != zb->place.line)
		return za->place.line < zb->place.line ? -1 : 1;
	return (za->place.column > zb->place.column) - (za->place.column < zb->place.column);
}

enum err plan_index_zones(struct plan *p, struct diag_list *diags)
{
	size_t errors = diags->errors;

	if (p->zone_count)
		qsort(p->zones, p->zone_count, sizeof *p->zones, compare_zones);
	for (size_t i = 1; i < p->zone_count; i++) {
		const struct plan_zone *zone = &p->zones[i], *before = zone - 1;
		char text[NAME_TEXT_MAX];
		if (!name_equal(zone->apex, before->apex))
			continue;
		name_to_text(text, zone->apex);
		diag_error(diags, zone->place, "zone-duplicate",
		        "zone %s is there already, on line %u; remove one of the two", text,
		        before->place.line);
	}
	if (diags->errors != errors)
		return ERR_REFUSED;
	const uint8_t **apexes = arena_alloc(&p->arena, (p->zone_count + 1) * sizeof *apexes);
	if (!apexes)
		return ERR_MEMORY;
	for (size_t i = 0; i < p->zone_count; i++) {
		struct plan_zone *zone = &p->zones[i];
		apexes[i] = zone->apex;
		zone->is_reverse = prefix_from_name(&zone->prefix, zone->apex) == OK;
	}
	zone_index_free(&p->index);
	return zone_index_build(&p->index, apexes, (uint32_t)p->zone_count);
}

uint32_t plan_find_zone(const struct plan *p, const uint8_t *wire)
{
	struct trie_key key;

	trie_key_from_name(&key, wire);
	return zone_index_find(&p->index, &key, wire);
}

uint32_t plan_find_reverse_zone(const struct plan *p, const struct addr *a)
{
	struct name name;

	return name_from_addr(&name, a, 8U * a->len) == OK ? plan_find_zone(p, name.wire)
	                                                   : ZONE_NONE;
}
