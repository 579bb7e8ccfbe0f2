/* SPDX-License-Identifier: ISC */
/* Delegations of less than a /24 (RFC 2317).
 *
 *     64.2.0.192.in-addr.arpa CNAME 64.64-127.2.0.192.in-addr.arpa     and so on for each up to
 * 127, 64-127.2.0.192.in-addr.arpa NS ns1.acme.example                  with NS, DS and glue
 *
 *     64.2.0.192.in-addr.arpa CNAME 64.rev.acme.example                and so on: no cut here
 *
 * All have one TTL, and there is nothing else at the label or below it; what differs stays records.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/import.h"
#include "zone/cut_name.h"
#include "zone/plan.h"
#include "zone/rr.h"

#define LINKS_MIN 4 /* addresses; fewer stay records */

/* A CNAME from an address to its last octet's label elsewhere. */
struct link {
	struct import_record *record;
	const uint8_t *target; /* what stands behind that label */
	struct addr addr;
};

struct links {
	struct link *items; /* of one zone, by address */
	size_t count, capacity;
};

static bool is_link(const struct import_zone *zone, struct import_record *r, struct link *out)
{
	struct prefix p;

	if (r->type != RR_CNAME || r->fate != FATE_RECORD || !r->is_alone ||
	        prefix_from_name(&p, r->owner) != OK || p.addr.len != 4 || p.bits != 32 ||
	        memcmp(r->rdata, r->owner, 1U + *r->owner) != 0 || import_find_cut(zone, r->owner))
		return false;
	*out = (struct link){r, r->rdata + 1 + *r->rdata, p.addr};
	return true;
}

static void add_link(struct import *im, struct links *links, const struct link *link)
{
	struct link *items = arena_grow(&im->arena, links->items, links->count, links->count + 1,
	        &links->capacity, sizeof *items);

	if (!items)
		return;
	links->items = items;
	items[links->count++] = *link;
}

static int compare_links(const void *va, const void *vb)
{
	const struct link *a = va, *b = vb;

	return addr_compare(&a->addr, &b->addr);
}

static bool is_in_same_24(const struct link *a, const struct link *b)
{
	return memcmp(a->addr.octets, b->addr.octets, 3) == 0;
}

/* True when b is the next address after a, and leads to the same place. */
static bool follows(const struct link *a, const struct link *b)
{
	return is_in_same_24(a, b) && b->addr.octets[3] == a->addr.octets[3] + 1 &&
	       a->record->ttl_s == b->record->ttl_s && name_equal(a->target, b->target);
}

/* What stands at the target and below it in its zone. */
static void find_records(
        const struct import_zone *zone, const uint8_t *target, struct import_cut *cut)
{
	size_t count;
	struct import_record **at = import_find_owner(zone, target, &count);
	struct import_record **end = zone->sorted + zone->sorted_count;

	for (count = 0; at + count < end && name_is_within(at[count]->owner, target, NULL);)
		count++;
	cut->records = at;
	cut->record_count = count;
}

static size_t count_type(const struct import_cut *cut, uint16_t type)
{
	size_t count = 0;

	for (size_t i = 0; i < cut->record_count; i++)
		count += cut->records[i]->type == type;
	return count;
}

/* True when a name has address records there. */
static bool has_glue(const struct import_cut *cut, const uint8_t *name)
{
	for (size_t i = 0; i < cut->record_count; i++)
		if (cut->records[i]->type != RR_NS && cut->records[i]->type != RR_DS &&
		        name_equal(cut->records[i]->owner, name))
			return true;
	return false;
}

static bool is_name_server(const struct import_cut *cut, const uint8_t *name)
{
	for (size_t i = 0; i < cut->record_count; i++)
		if (cut->records[i]->type == RR_NS && name_equal(cut->records[i]->rdata, name))
			return true;
	return false;
}

/* RFC 4034 5.1, RFC 4509, RFC 6605: algorithms that sign zones, digests that are known. */
static bool is_usual_ds(const struct import_record *r)
{
	static const uint8_t algorithms[] = {5, 7, 8, 10, 13, 14, 15, 16};
	size_t digest = r->rdata_octets - 4;

	if (r->rdata_octets < 4 || !memchr(algorithms, r->rdata[2], sizeof algorithms))
		return false;
	switch (r->rdata[3]) {
	case 1:
		return digest == 20;
	case 2:
		return digest == 32;
	case 4:
		return digest == 48;
	default:
		return false;
	}
}

static bool is_mapped(const uint8_t *octets)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	return memcmp(octets, mapped, sizeof mapped) == 0;
}

/* True for a record that a delegation can say. */
static bool can_say(const struct import_cut *cut, const struct import_record *r)
{
	bool is_at_target = name_equal(r->owner, cut->target);

	if (r->fate != FATE_RECORD || r->ttl_s != cut->ttl_s)
		return false;
	switch (r->type) {
	case RR_NS:
		return is_at_target && name_is_host(r->rdata) &&
		       (!name_is_within(r->rdata, cut->target, NULL) || has_glue(cut, r->rdata));
	case RR_DS:
		return is_at_target && is_usual_ds(r);
	case RR_AAAA:
		return !is_mapped(r->rdata) && is_name_server(cut, r->owner);
	case RR_A:
		return is_name_server(cut, r->owner);
	default:
		return false;
	}
}

/* The label before the /24's own name can be said as a style. */
static bool can_be_style(const uint8_t *label)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_/";
	static const char *const words[] = {"dash", "slash", "rfc4183"};
	unsigned value = 0, digits = 0;

	for (unsigned i = 1; i <= *label; i++) {
		if (!label[i] || !strchr(allowed, label[i]))
			return false;
		digits += label[i] >= '0' && label[i] <= '9';
		value = value < 256 ? value * 10 + label[i] - '0' : value;
	}
	for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
		if (*label == strlen(words[i]) && memcmp(label + 1, words[i], *label) == 0)
			return false;
	return digits < *label || value > 255; /* no name of an address */
}

/* A zone cut at a label beside the addresses, or names elsewhere. */
static bool can_be_cut(
        const struct import *im, uint32_t zone, const struct link *links, struct import_cut *cut)
{
	const uint8_t *octet = links->record->owner + 1 + *links->record->owner;
	static const uint8_t arpa[] = "\4arpa";

	if (!name_equal(cut->target + 1 + *cut->target, octet) || !*cut->target)
		return name_is_host(cut->target) && !name_is_within(cut->target, arpa, NULL);
	if (import_find_zone(im, cut->target) != zone || !can_be_style(cut->target))
		return false;
	find_records(&im->zones[zone], cut->target, cut);
	size_t ns = count_type(cut, RR_NS), ds = count_type(cut, RR_DS);
	bool can = ns && ns <= NS_MAX_A_ZONE && ds <= DS_MAX_A_CUT &&
	           cut->record_count - ns - ds <= GLUE_MAX_A_CUT;
	for (size_t i = 0; can && i < cut->record_count; i++)
		can = can_say(cut, cut->records[i]);
	return can;
}

/* How many of the /24 around these lead to the same place. */
static size_t count_target(const struct links *all, size_t first, const uint8_t *target)
{
	size_t count = 0, i = first;

	while (i && is_in_same_24(&all->items[i - 1], &all->items[first]))
		i--;
	for (; i < all->count && is_in_same_24(&all->items[i], &all->items[first]); i++)
		count += name_equal(all->items[i].target, target);
	return count;
}

/* Make a delegation of these, if they are one: all that lead there. */
static void take_links(
        struct import *im, uint32_t zone, const struct links *all, size_t first, size_t count)
{
	struct link *links = &all->items[first];
	struct import_cut cut = {.first = links->addr,
	        .last = links[count - 1].addr,
	        .target = links->target,
	        .ttl_s = links->record->ttl_s};

	if (count < LINKS_MIN || count_target(all, first, cut.target) != count ||
	        !can_be_cut(im, zone, links, &cut) || (cut.record_count && count == 256))
		return;
	struct import_cut *cuts = arena_grow(&im->arena, im->cuts, im->cut_count, im->cut_count + 1,
	        &im->cut_capacity, sizeof *cuts);
	if (!cuts)
		return;
	im->cuts = cuts;
	cuts[im->cut_count++] = cut;
	for (size_t i = 0; i < count; i++)
		links[i].record->fate = FATE_CUT;
	for (size_t i = 0; i < cut.record_count; i++)
		cut.records[i]->fate = FATE_CUT;
}

static void find_cuts(struct import *im, uint32_t number)
{
	const struct import_zone *zone = &im->zones[number];
	struct links links = {0};
	struct link link;

	for (size_t i = 0; i < zone->sorted_count; i++)
		if (is_link(zone, zone->sorted[i], &link))
			add_link(im, &links, &link);
	if (links.count)
		qsort(links.items, links.count, sizeof *links.items, compare_links);
	for (size_t i = 0, end; i < links.count; i = end) {
		for (end = i + 1;
		        end < links.count && follows(&links.items[end - 1], &links.items[end]);
		        end++)
			;
		take_links(im, number, &links, i, end - i);
	}
}

static int compare_cuts(const void *va, const void *vb)
{
	const struct import_cut *a = va, *b = vb;

	return addr_compare(&a->first, &b->first);
}

enum err import_cut(struct import *im)
{
	for (uint32_t i = 0; i < im->zone_count; i++)
		if (im->zones[i].is_reverse)
			find_cuts(im, i);
	if (arena_failed(&im->arena))
		return ERR_MEMORY;
	if (im->cut_count)
		qsort(im->cuts, im->cut_count, sizeof *im->cuts, compare_cuts);
	return OK;
}
