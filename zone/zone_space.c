/* SPDX-License-Identifier: ISC */
#include "zone/zone_space.h"

#include <stdlib.h>
#include <string.h>

static enum err add(struct zone_space *s, const uint8_t *first, const uint8_t *last, uint8_t len)
{
	if (s->count == s->capacity) {
		size_t capacity = s->capacity ? s->capacity * 2 : 8;
		struct interval *intervals = realloc(s->intervals, capacity * sizeof *intervals);
		if (!intervals)
			return ERR_MEMORY;
		s->intervals = intervals;
		s->capacity = capacity;
	}
	struct interval *i = &s->intervals[s->count++];
	memcpy(i->first, first, 16);
	memcpy(i->last, last, 16);
	i->addr_len = len;
	return OK;
}

/* The prefixes that others hold, of one family. */
struct holes {
	struct prefix *prefixes;
	size_t count;
};

static int compare_prefixes(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

/* What of a prefix is left. Holes do not overlap: a zone below a zone below is not asked for, and
 * a block by RFC 2317 lies in the zone that would hold its addresses. */
static enum err add_rest(
        struct zone_space *s, const struct prefix *whole, const struct holes *holes)
{
	uint8_t at[16], end[16], last[16];
	enum err e = OK;

	memcpy(at, whole->addr.octets, 16);
	prefix_last_octets(last, whole);
	for (size_t i = 0; e == OK && i < holes->count; i++) {
		const struct prefix *hole = &holes->prefixes[i];
		if (!prefix_has_prefix(whole, hole))
			continue;
		if (memcmp(at, hole->addr.octets, 16) < 0) {
			memcpy(end, hole->addr.octets, 16);
			(void)octets_step_back(end, whole->addr.len);
			e = add(s, at, end, whole->addr.len);
		}
		prefix_last_octets(at, hole);
		if (!octets_step(at, whole->addr.len))
			return e;
	}
	return e == OK && memcmp(at, last, 16) <= 0 ? add(s, at, last, whole->addr.len) : e;
}

/* The zones right below, and blocks by RFC 2317 whose names lie in this one. */
static void find_holes(struct holes *out, const struct plan *p, uint32_t zone)
{
	for (uint32_t i = 0; i < p->index.count; i++)
		if (p->index.parents[i] == zone && p->zones[i].is_reverse)
			out->prefixes[out->count++] = p->zones[i].prefix;
	for (size_t i = 0; i < p->cut_zone_count; i++)
		if (p->cut_parents[i] == zone)
			out->prefixes[out->count++] = p->zones[p->cut_zones[i]].prefix;
	if (out->count)
		qsort(out->prefixes, out->count, sizeof *out->prefixes, compare_prefixes);
}

enum err zone_space_of(struct zone_space *out, const struct plan *p, uint32_t zone)
{
	static const uint8_t arpa[] = "\4arpa";
	const struct plan_zone *z = &p->zones[zone];
	struct zone_space s = {0};
	struct holes holes = {
	        malloc((p->zone_count + p->cut_zone_count + 1) * sizeof(struct prefix)), 0};
	enum err e = holes.prefixes ? OK : ERR_MEMORY;

	if (e == OK && z->is_cut_style) {
		e = add_rest(&s, &z->prefix, &holes);
	} else if (e == OK && z->is_reverse) {
		find_holes(&holes, p, zone);
		e = add_rest(&s, &z->prefix, &holes);
	} else if (e == OK && plan_find_zone(p, arpa) == zone) { /* of ., not if arpa is served */
		const struct prefix ipv4 = {.addr.len = 4}, ipv6 = {.addr.len = 16};
		find_holes(&holes, p, zone);
		e = add_rest(&s, &ipv4, &holes);
		if (e == OK)
			e = add_rest(&s, &ipv6, &holes);
	}
	free(holes.prefixes);
	if (e == OK)
		*out = s;
	else
		zone_space_free(&s);
	return e;
}

void zone_space_free(struct zone_space *s)
{
	free(s->intervals);
	*s = (struct zone_space){0};
}
