/* SPDX-License-Identifier: ISC */
/* What lies between hosts, and addresses that no range may hold, or not that of a certain key. */
#include <stdlib.h>
#include <string.h>

#include "tools/addr_count.h"
#include "tools/import_fold.h"
#include "zone/rr.h"

void fold_gap_begin(struct fold_gap *g, const struct addr *first, const struct addr *behind)
{
	g->want = *first;
	g->behind = *behind;
	while (g->cut < g->im->cut_count && addr_compare(&g->im->cuts[g->cut].last, first) < 0)
		g->cut++;
}

bool fold_gap_next(struct fold_gap *g, struct addr *first, struct addr *last)
{
	for (; addr_compare(&g->want, &g->behind) < 0; g->cut++) {
		const struct import_cut *cut =
		        g->cut < g->im->cut_count ? &g->im->cuts[g->cut] : NULL;
		bool has_cut = cut && addr_compare(&cut->first, &g->behind) < 0;
		*first = g->want;
		g->want = has_cut ? cut->first : g->behind;
		if (addr_compare(first, &g->want) < 0) {
			addr_before(last, &g->want, 1);
			return true;
		}
		if (!addr_after(&g->want, &cut->last, 1))
			g->want = g->behind;
	}
	return false;
}

static int compare_blocks(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

/* Prefixes are beside or inside each other, so the outermost are enough. */
static void sort_blocks(struct fold *f)
{
	size_t kept = 0;

	if (f->block_count)
		qsort(f->blocks, f->block_count, sizeof *f->blocks, compare_blocks);
	for (size_t i = 0; i < f->block_count; i++)
		if (!kept || !prefix_has_prefix(&f->blocks[kept - 1], &f->blocks[i]))
			f->blocks[kept++] = f->blocks[i];
	f->block_count = kept;
}

void fold_find_cnames(struct fold *f)
{
	struct import *im = f->im;
	struct prefix p;

	for (size_t i = 0; i < im->zone_count; i++) {
		const struct import_zone *zone = &im->zones[i];
		for (size_t k = 0; zone->is_reverse && k < zone->sorted_count; k++) {
			const struct import_record *r = zone->sorted[k];
			if (r->type != RR_CNAME || r->fate != FATE_RECORD ||
			        prefix_from_name(&p, r->owner) != OK || p.bits == 8 * p.addr.len)
				continue;
			struct prefix *blocks = arena_grow(&im->arena, f->blocks, f->block_count,
			        f->block_count + 1, &f->block_capacity, sizeof *blocks);
			if (!blocks)
				return;
			f->blocks = blocks;
			blocks[f->block_count++] = p;
		}
	}
	sort_blocks(f);
}

bool fold_has_cname(const struct fold *f, const struct addr *first, const struct addr *last)
{
	size_t low = 0, high = f->block_count;
	struct addr end;

	/* the last block that begins at or before `last`; those before it end before it */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (addr_compare(&f->blocks[middle].addr, last) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return false;
	prefix_last(&end, &f->blocks[low - 1]);
	return addr_compare(&end, first) >= 0;
}

static int compare_hosts(const void *a, const void *b)
{
	return addr_compare(a, &((const struct import_host *)b)->addr);
}

/* The pattern of a key makes this label (length octet first) for an address with a host, that is
 * not *own: that is not for its range. An address without a host is none of it anyway. */
static void block_label(
        struct fold *f, struct fold_key *key, const uint8_t *label, const struct addr *own)
{
	struct addr a = {.len = key->pattern.addr_len};

	if (!pattern_match(a.octets, &key->pattern, label) || f->im->host_count == 0 ||
	        (own && addr_compare(own, &a) == 0) ||
	        !bsearch(&a, f->im->hosts, f->im->host_count, sizeof *f->im->hosts, compare_hosts))
		return;
	struct addr *blocked = arena_grow(&f->im->arena, key->blocked, key->blocked_count,
	        key->blocked_count + 1, &key->blocked_capacity, sizeof *blocked);
	if (!blocked)
		return;
	key->blocked = blocked;
	blocked[key->blocked_count++] = a;
}

/* What has a name for itself: below an owner with keys they give it up, but for *own. */
static void block_name(struct fold *f, const uint8_t *name, const struct addr *own)
{
	uint32_t owner = *name ? fold_find_owner(f, name + 1 + *name) : FOLD_NONE;

	if (owner == FOLD_NONE || f->owners[owner].zone == ZONE_NONE)
		return;
	for (uint32_t k = f->owners[owner].first; k != FOLD_NONE; k = f->keys[k].next)
		block_label(f, &f->keys[k], name, own);
}

/* A host that is no member may have a name that a range would give to another one. */
static void block_hosts(struct fold *f)
{
	for (size_t i = 0; i < f->im->host_count; i++) {
		const struct import_host *host = &f->im->hosts[i];
		for (unsigned k = 0; f->hosts[i].key == FOLD_NONE && k < host->name_count; k++)
			if (!(host->forward_no >> k & 1))
				block_name(f, host->names[k], &host->addr);
	}
}

static bool is_barrier(const struct import_record *r)
{
	return r->fate == FATE_RECORD &&
	       (r->type == RR_CNAME || r->type == RR_NS || r->type == RR_DNAME);
}

static int compare_addrs(const void *a, const void *b)
{
	return addr_compare(a, b);
}

void fold_block(struct fold *f)
{
	const struct import *im = f->im;

	for (size_t i = 0; i < im->zone_count; i++) {
		block_name(f, im->zones[i].apex, NULL);
		for (size_t k = 0; k < im->zones[i].sorted_count; k++)
			if (is_barrier(im->zones[i].sorted[k]))
				block_name(f, im->zones[i].sorted[k]->owner, NULL);
	}
	block_hosts(f);
	for (uint32_t i = 0; i < f->key_count; i++)
		if (f->keys[i].blocked_count)
			qsort(f->keys[i].blocked, f->keys[i].blocked_count,
			        sizeof *f->keys[i].blocked, compare_addrs);
}

static bool has_blocked(
        const struct fold_key *key, const struct addr *first, const struct addr *last)
{
	size_t low = 0, high = key->blocked_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (addr_compare(&key->blocked[middle], first) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < key->blocked_count && addr_compare(&key->blocked[low], last) <= 0;
}

bool fold_is_blocked(const struct fold *f, const struct fold_key *key, const struct addr *first,
        const struct addr *last)
{
	return fold_has_cname(f, first, last) || has_blocked(key, first, last);
}
