/* SPDX-License-Identifier: ISC */
/* Addresses that no range may hold, or not that of a certain key. */
#include <stdlib.h>
#include <string.h>

#include "tools/import_fold.h"
#include "zone/rr.h"

static void add_block(struct fold *f, const struct prefix *p)
{
	struct fold_blocks *b = &f->blocks;
	struct prefix *prefixes = arena_grow(
	        &f->im->arena, b->prefixes, b->count, b->count + 1, &b->capacity, sizeof *prefixes);

	if (!prefixes)
		return;
	b->prefixes = prefixes;
	prefixes[b->count++] = *p;
}

/* What a record of a reverse zone takes: the address that it is at or below of; the block that it
 * hands on. */
static void block_record(
        struct fold *f, const struct import_zone *zone, const struct import_record *r)
{
	const uint8_t *name = r->owner;
	struct prefix p;

	while (prefix_from_name(&p, name) != OK)
		name += 1 + *name;
	bool takes_block = r->type == RR_NS || r->type == RR_CNAME || r->type == RR_DNAME;
	if (p.bits == 8 * p.addr.len ||
	        (takes_block && name == r->owner && !name_equal(name, zone->apex)))
		add_block(f, &p);
}

static int compare_blocks(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

/* Prefixes are beside or inside each other, so the outermost are enough. */
static void sort_blocks(struct fold_blocks *b)
{
	size_t kept = 0;

	if (b->count)
		qsort(b->prefixes, b->count, sizeof *b->prefixes, compare_blocks);
	for (size_t i = 0; i < b->count; i++)
		if (!kept || !prefix_has_prefix(&b->prefixes[kept - 1], &b->prefixes[i]))
			b->prefixes[kept++] = b->prefixes[i];
	b->count = kept;
}

static void find_blocks(struct fold *f)
{
	struct import *im = f->im;

	for (size_t i = 0; i < im->zone_count; i++) {
		const struct import_zone *zone = &im->zones[i];
		for (size_t k = 0; zone->is_reverse && k < zone->sorted_count; k++) {
			const struct import_record *r = zone->sorted[k];
			if (r->fate != FATE_LEFT && r->fate != FATE_PAIR)
				block_record(f, zone, r);
		}
	}
	sort_blocks(&f->blocks);
}

static void block_address(struct fold *f, struct fold_key *key, const uint8_t *octets)
{
	struct addr *blocked = arena_grow(&f->im->arena, key->blocked, key->blocked_count,
	        key->blocked_count + 1, &key->blocked_capacity, sizeof *blocked);

	if (!blocked)
		return;
	key->blocked = blocked;
	struct addr *to = &blocked[key->blocked_count++];
	to->len = key->pattern.addr_len;
	memcpy(to->octets, octets, sizeof to->octets);
}

/* The label of a name that stands at an owner that begins there in it. */
static const uint8_t *label_above(const uint8_t *name, size_t at)
{
	size_t i = 0;

	while (i + 1 + name[i] < at)
		i += 1 + (size_t)name[i];
	return name + i;
}

/* What is at the range's name for an address, and is not that address's own, alone. */
static void block_other(
        struct fold *f, struct fold_key *key, const struct import_record *r, size_t at)
{
	uint8_t address[16];

	if (!pattern_match(address, &key->pattern, label_above(r->owner, at)))
		return;
	if (r->fate != FATE_PAIR || !r->is_alone || r->rdata_octets != key->pattern.addr_len ||
	        memcmp(r->rdata, address, r->rdata_octets) != 0)
		block_address(f, key, address);
}

/* The records of the forward zone whose labels begin as those of the key. */
static void block_names(struct fold *f, struct fold_key *key)
{
	const struct fold_owner *owner = &f->owners[key->owner];
	const struct import_zone *zone = &f->im->zones[owner->zone];
	uint8_t label[1 + LABEL_MAX_OCTETS];
	const uint8_t *prefix = shape_prefix(key->pattern.shape, label);
	struct name from;
	size_t count, at;

	memcpy(label + 1, prefix, *label);
	if (name_join(&from, label, *label ? 1U + *label : 0, owner->name) != OK)
		return;
	struct import_record **r = import_find_owner(zone, from.wire, &count);
	for (; r < zone->sorted + zone->sorted_count; r++) {
		if (!name_is_within((*r)->owner, owner->name, &at))
			break;
		if (at == 0 || (*r)->fate == FATE_LEFT)
			continue;
		const uint8_t *above = label_above((*r)->owner, at);
		if (*above < *label || memcmp(above + 1, label + 1, *label) != 0)
			break;
		block_other(f, key, *r, at);
	}
}

/* The keys of an owner that make the label above it give up its address; only *own, unless that is
 * NULL. */
static void block_label(struct fold *f, const uint8_t *name, const struct addr *own)
{
	uint32_t owner = *name ? fold_find_owner(f, name + 1 + *name) : FOLD_NONE;
	uint8_t address[16];

	if (owner == FOLD_NONE)
		return;
	for (uint32_t k = f->owners[owner].first; k != FOLD_NONE; k = f->keys[k].next) {
		struct fold_key *key = &f->keys[k];
		if (!pattern_match(address, &key->pattern, name))
			continue;
		if (!own || (own->len == key->pattern.addr_len &&
		                    memcmp(own->octets, address, sizeof address) == 0))
			block_address(f, key, address);
	}
}

/* Zones are at their apexes, whatever the zone above says. */
static void block_zones(struct fold *f)
{
	for (size_t i = 0; i < f->im->zone_count; i++)
		for (const uint8_t *name = f->im->zones[i].apex; *name; name += 1 + *name)
			block_label(f, name, NULL);
}

/* A PTR to the very name that the range would make, but the name does not lead back. */
static void block_hosts(struct fold *f)
{
	for (size_t i = 0; i < f->im->host_count; i++) {
		const struct import_host *host = &f->im->hosts[i];
		for (unsigned k = 0; host->forward_no && k < host->name_count; k++)
			if (host->forward_no >> k & 1)
				block_label(f, host->names[k], &host->addr);
	}
}

static int compare_addrs(const void *a, const void *b)
{
	return addr_compare(a, b);
}

void fold_block(struct fold *f)
{
	find_blocks(f);
	for (uint32_t i = 0; i < f->key_count; i++)
		if (f->keys[i].is_accepted && f->owners[f->keys[i].owner].zone != ZONE_NONE)
			block_names(f, &f->keys[i]);
	block_zones(f);
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
	const struct fold_blocks *b = &f->blocks;
	size_t low = 0, high = b->count;

	/* the last block that begins at or before `last`; those before it end before it */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (addr_compare(&b->prefixes[middle].addr, last) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low) {
		struct addr end;
		prefix_last(&end, &b->prefixes[low - 1]);
		if (addr_compare(&end, first) >= 0)
			return true;
	}
	return has_blocked(key, first, last);
}
