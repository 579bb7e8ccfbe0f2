/* SPDX-License-Identifier: ISC */
#include "zone/plan.h"

#include <assert.h>
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

static bool check_twice(const struct plan *p, struct diag_list *diags)
{
	size_t errors = diags->errors;

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
	return diags->errors == errors;
}

static int compare_cut_zones(const void *a, const void *b, void *zones)
{
	const struct plan_zone *all = zones;

	return prefix_compare(&all[*(const uint32_t *)a].prefix, &all[*(const uint32_t *)b].prefix);
}

/* Line the zones of RFC 2317 up by prefix. Their blocks do not overlap: an address has one home. */
static void line_up_cut_zones(struct plan *p, struct diag_list *diags)
{
	char text[PREFIX_TEXT_MAX];

	p->cut_zones = arena_alloc(&p->arena, (p->zone_count + 1) * sizeof *p->cut_zones);
	p->cut_zone_count = 0;
	for (uint32_t i = 0; p->cut_zones && i < p->zone_count; i++)
		if (p->zones[i].is_cut_style)
			p->cut_zones[p->cut_zone_count++] = i;
	if (p->cut_zone_count)
		qsort_r(p->cut_zones, p->cut_zone_count, sizeof *p->cut_zones, compare_cut_zones,
		        p->zones);
	for (size_t i = 1; i < p->cut_zone_count; i++) {
		const struct plan_zone *outer = &p->zones[p->cut_zones[i - 1]];
		const struct plan_zone *zone = &p->zones[p->cut_zones[i]];
		if (!prefix_has_prefix(&outer->prefix, &zone->prefix))
			continue;
		prefix_to_text(text, &outer->prefix);
		diag_error(diags, zone->place, "zone-overlap",
		        "the block lies in %s, a zone on line %u; an address has one of them", text,
		        outer->place.line);
	}
}

static enum err find_cut_parents(struct plan *p)
{
	struct name name;

	p->cut_parents = arena_alloc(&p->arena, (p->cut_zone_count + 1) * sizeof *p->cut_parents);
	if (!p->cut_parents)
		return ERR_MEMORY;
	for (size_t i = 0; i < p->cut_zone_count; i++) {
		const struct prefix *block = &p->zones[p->cut_zones[i]].prefix;
		p->cut_parents[i] = name_from_addr(&name, &block->addr, 32) == OK
		                            ? plan_find_zone(p, name.wire)
		                            : ZONE_NONE;
	}
	return OK;
}

static enum err collect_reverse(struct plan *p)
{
	struct prefix *prefixes = malloc((p->zone_count + 1) * sizeof *prefixes);
	size_t count = 0;

	p->reverse = arena_alloc(&p->arena, (p->zone_count + 1) * sizeof *p->reverse);
	if (!prefixes || !p->reverse) {
		free(prefixes);
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < p->zone_count; i++)
		if (p->zones[i].is_reverse || p->zones[i].is_cut_style)
			prefixes[count++] = p->zones[i].prefix;
	p->reverse_count = intervals_of(p->reverse, prefixes, count);
	free(prefixes);
	return OK;
}

enum err plan_index_zones(struct plan *p, struct diag_list *diags)
{
	size_t errors = diags->errors;

	if (p->zone_count)
		qsort(p->zones, p->zone_count, sizeof *p->zones, compare_zones);
	if (!check_twice(p, diags))
		return ERR_REFUSED;
	const uint8_t **apexes = arena_alloc(&p->arena, (p->zone_count + 1) * sizeof *apexes);
	if (!apexes)
		return ERR_MEMORY;
	for (size_t i = 0; i < p->zone_count; i++) {
		struct plan_zone *zone = &p->zones[i];
		apexes[i] = zone->apex;
		if (!zone->is_cut_style)
			zone->is_reverse = prefix_from_name(&zone->prefix, zone->apex) == OK;
	}
	line_up_cut_zones(p, diags);
	if (diags->errors != errors)
		return ERR_REFUSED;
	zone_index_free(&p->index);
	enum err e = zone_index_build(&p->index, apexes, (uint32_t)p->zone_count);
	if (e == OK)
		e = find_cut_parents(p);
	return e == OK ? collect_reverse(p) : e;
}

uint32_t plan_find_zone(const struct plan *p, const uint8_t *wire)
{
	struct trie_key key;

	trie_key_from_name(&key, wire);
	return zone_index_find(&p->index, &key);
}

size_t plan_seek_zone(const struct plan *p, const uint8_t *wire)
{
	size_t low = 0, high = p->zone_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (name_compare(p->zones[middle].apex, wire) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The zone of RFC 2317 that an address has. */
static uint32_t find_cut_zone(const struct plan *p, const struct addr *a)
{
	struct prefix whole = {*a, (uint8_t)(8 * a->len)};
	size_t low = 0, high = p->cut_zone_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (prefix_compare(&p->zones[p->cut_zones[middle]].prefix, &whole) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low && prefix_has_addr(&p->zones[p->cut_zones[low - 1]].prefix, a))
		return p->cut_zones[low - 1];
	return ZONE_NONE;
}

uint32_t plan_find_reverse_zone(const struct plan *p, const struct addr *a)
{
	uint32_t zone = p->cut_zone_count ? find_cut_zone(p, a) : ZONE_NONE;
	struct name name;

	if (zone != ZONE_NONE)
		return zone;
	return name_from_addr(&name, a, 8U * a->len) == OK ? plan_find_zone(p, name.wire)
	                                                   : ZONE_NONE;
}

/* Where no zone lies below the last one none can take the address away from it. */
uint32_t plan_find_reverse_zone_near(const struct plan *p, const struct addr *a, uint32_t *near)
{
	const struct plan_zone *last = *near == ZONE_NONE ? NULL : &p->zones[*near];

	if (!last || p->index.has_inner[*near] || !(last->is_reverse || last->is_cut_style) ||
	        !prefix_has_addr(&last->prefix, a))
		*near = plan_find_reverse_zone(p, a);
	return *near;
}

void plan_name_of_addr(struct name *out, const struct plan_zone *zone, const struct addr *a)
{
	uint8_t label[64];
	enum err e;

	if (zone->is_cut_style)
		e = name_join(
		        out, label, name_addr_labels(label, a->octets, a->len, 24), zone->apex);
	else
		e = name_from_addr(out, a, 8U * a->len);
	assert(e == OK); /* an apex by RFC 2317 leaves room for four octets */
	(void)e;
}

bool plan_addr_of_name(struct addr *out, const struct plan_zone *zone, const uint8_t *wire)
{
	struct prefix p;
	struct name name;
	size_t at;

	if (zone->is_cut_style) {
		/* N.64-127.113.0.203.in-addr.arpa is N.113.0.203.in-addr.arpa */
		if (!name_is_within(wire, zone->apex, &at) || at == 0 || at != 1U + wire[0] ||
		        name_join(&name, wire, at, zone->apex + 1 + zone->apex[0]) != OK)
			return false;
		wire = name.wire;
	}
	if (prefix_from_name(&p, wire) != OK || p.bits != 8 * p.addr.len ||
	        (zone->is_cut_style && !prefix_has_addr(&zone->prefix, &p.addr)))
		return false;
	*out = p.addr;
	return true;
}

unsigned delegation_cut_bits(const struct plan_delegation *d)
{
	unsigned step = d->first.len == 4 ? 8 : 4;

	return (addr_shared_bits(&d->first, &d->last) + step - 1) / step * step;
}
