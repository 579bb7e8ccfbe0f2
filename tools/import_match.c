/* SPDX-License-Identifier: ISC */
/* Which PTRs become hosts. */
#include <stdlib.h>
#include <string.h>

#include "tools/import.h"
#include "zone/plan.h"
#include "zone/rr.h"

/* Where the name of a PTR leads. */
enum lead { LEADS_BACK, LEADS_OUT, LEADS_ASTRAY };

/* A PTR that can be a name of a host. */
struct ptr {
	struct import_record *record;
	struct addr addr;
	uint32_t zone;
};

struct ptrs {
	struct ptr *items; /* by address, then in the order of reading */
	size_t count, capacity;
};

/* True for a PTR at the name of an address, to a host name, with nothing above it. */
static bool can_be_pair(
        const struct import_zone *zone, const struct import_record *r, struct addr *addr)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	struct prefix p;

	if (r->type != RR_PTR || r->fate != FATE_RECORD || !name_is_host(r->rdata) ||
	        prefix_from_name(&p, r->owner) != OK || p.bits != 8 * p.addr.len)
		return false;
	if (p.addr.len == 16 && memcmp(p.addr.octets, mapped, sizeof mapped) == 0)
		return false; /* an IPv4 address in IPv6 form is none for a host */
	*addr = p.addr;
	return !import_find_cut(zone, r->owner);
}

static void add_ptr(struct import *im, struct ptrs *ptrs, struct ptr ptr)
{
	struct ptr *items = arena_grow(&im->arena, ptrs->items, ptrs->count, ptrs->count + 1,
	        &ptrs->capacity, sizeof *items);

	if (!items)
		return;
	ptrs->items = items;
	items[ptrs->count++] = ptr;
}

static int compare_ptrs(const void *va, const void *vb)
{
	const struct ptr *a = va, *b = vb;
	int difference = addr_compare(&a->addr, &b->addr);

	if (difference)
		return difference;
	return a->record->number < b->record->number ? -1 : a->record->number > b->record->number;
}

static void gather_ptrs(struct import *im, struct ptrs *ptrs)
{
	struct addr a;

	for (uint32_t i = 0; i < im->zone_count; i++)
		for (size_t k = 0; k < im->zones[i].sorted_count; k++)
			if (can_be_pair(&im->zones[i], im->zones[i].sorted[k], &a))
				add_ptr(im, ptrs, (struct ptr){im->zones[i].sorted[k], a, i});
	if (ptrs->count)
		qsort(ptrs->items, ptrs->count, sizeof *ptrs->items, compare_ptrs);
}

/* Say what there is instead of the address that a PTR came from: CNAME, or TYPE and a few. */
static void note_others(
        struct import *im, const struct ptr *ptr, struct import_record *const *at, size_t count)
{
	char text[4 * ADDR_TEXT_MAX], name[NAME_TEXT_MAX], other[NAME_TEXT_MAX];
	uint16_t type = ptr->addr.len == 4 ? RR_A : RR_AAAA;
	const char *type_text = type == RR_A ? "A" : "AAAA";
	struct addr a = {.len = ptr->addr.len};
	size_t n = 0, shown = 0;

	name_to_text(name, ptr->record->rdata);
	for (size_t i = 0; i < count && shown < 3; i++) {
		if (at[i]->type == RR_CNAME && at[i]->fate != FATE_LEFT) {
			name_to_text(other, at[i]->rdata);
			import_note(
			        im, &im->mismatches, ptr->record, "%s has CNAME %s", name, other);
			return;
		}
		if (at[i]->type != type)
			continue;
		memcpy(a.octets, at[i]->rdata, a.len);
		addr_to_text(other, &a);
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", shown ? ", " : "", other);
		shown++;
	}
	if (shown)
		import_note(
		        im, &im->mismatches, ptr->record, "%s has %s %s", name, type_text, text);
	else
		import_note(im, &im->mismatches, ptr->record, "%s has no %s of its own", name,
		        type_text);
}

/* The address record of a name in a forward zone that leads back to a PTR: *address. */
static enum lead follow_home(struct import *im, const struct import_zone *zone,
        const struct ptr *ptr, const struct import_record **address)
{
	size_t count;
	struct import_record **at = import_find_owner(zone, ptr->record->rdata, &count);
	uint16_t type = ptr->addr.len == 4 ? RR_A : RR_AAAA;

	for (size_t i = 0; i < count; i++) {
		struct import_record *r = at[i];
		if (r->type != type || r->fate == FATE_LEFT ||
		        memcmp(r->rdata, ptr->addr.octets, ptr->addr.len) != 0)
			continue;
		if (r->ttl_s == ptr->record->ttl_s) {
			r->fate = FATE_PAIR;
			*address = r;
			return LEADS_BACK;
		}
		import_note(im, &im->mismatches, ptr->record,
		        "the PTR has TTL %u, the address record %u; a pair has one",
		        ptr->record->ttl_s, r->ttl_s);
		return LEADS_ASTRAY;
	}
	note_others(im, ptr, at, count);
	return LEADS_ASTRAY;
}

/* Follow a name into the zones. A name that is led astray becomes a mismatch. */
static enum lead follow(
        struct import *im, const struct ptr *ptr, const struct import_record **address)
{
	const uint8_t *name = ptr->record->rdata;
	uint32_t number = import_find_zone(im, name);
	char text[NAME_TEXT_MAX];

	if (number == ZONE_NONE)
		return LEADS_OUT;
	const struct import_zone *zone = &im->zones[number];
	if (import_is_delegated(zone, name))
		return LEADS_OUT;
	const uint8_t *dname = import_find_cut(zone, name);
	name_to_text(text, dname ? dname : zone->apex);
	if (!dname && !zone->is_reverse)
		return follow_home(im, zone, ptr, address);
	import_note(im, &im->mismatches, ptr->record,
	        dname ? "the name lies below the DNAME at %s"
	              : "the name lies in the reverse zone %s; is its last dot missing?",
	        text);
	return LEADS_ASTRAY;
}

/* One address: one host. Names beyond the most that one may have stay records. */
static void match_address(struct import *im, const struct ptr *ptrs, size_t count)
{
	struct import_host host = {.addr = ptrs->addr,
	        .ttl_s = ptrs->record->ttl_s,
	        .zone = ptrs->zone,
	        .ptr = ptrs->record};

	if (count > PTR_MAX_AN_ADDRESS)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct import_record *address = NULL;
		enum lead lead = follow(im, &ptrs[i], &address);
		if (i == 0)
			host.address = address;
		im->external_count += lead == LEADS_OUT;
		im->forward_no_count += lead == LEADS_ASTRAY;
		if (lead == LEADS_ASTRAY)
			host.forward_no = (uint16_t)(host.forward_no | 1U << i);
		host.names[host.name_count++] = ptrs[i].record->rdata;
		ptrs[i].record->fate = FATE_PAIR;
	}
	struct import_host *hosts = arena_grow(&im->arena, im->hosts, im->host_count,
	        im->host_count + 1, &im->host_capacity, sizeof *hosts);
	if (!hosts)
		return;
	im->name_count += host.name_count;
	im->hosts = hosts;
	hosts[im->host_count++] = host;
}

static int compare_notes(const void *va, const void *vb)
{
	const struct import_note *a = va, *b = vb;

	return a->record->number < b->record->number ? -1 : a->record->number > b->record->number;
}

static void sort_notes(struct import_notes *notes)
{
	if (notes->count)
		qsort(notes->items, notes->count, sizeof *notes->items, compare_notes);
}

/* Which records have their owner, and all below it, to themselves. */
static void find_alone(struct import_zone *zone)
{
	const uint8_t *behind = NULL; /* the next owner with something to serve */

	for (size_t end = zone->sorted_count, begin; end; end = begin) {
		struct import_record *only = NULL;
		const uint8_t *owner = zone->sorted[end - 1]->owner;
		size_t count = 0;
		for (begin = end; begin && name_equal(zone->sorted[begin - 1]->owner, owner);) {
			struct import_record *r = zone->sorted[--begin];
			if (r->fate == FATE_LEFT)
				continue;
			count++;
			only = r;
		}
		if (!count)
			continue;
		only->is_alone = count == 1 && !(behind && name_is_within(behind, owner, NULL));
		behind = owner;
	}
}

/* Names above the zones have something below them. */
static void find_above_zones(struct import *im)
{
	for (size_t i = 0; i < im->zone_count; i++) {
		uint32_t up = im->index.parents[i];
		const uint8_t *name = im->zones[i].apex;
		if (up == ZONE_NONE)
			continue;
		for (; !name_equal(name, im->zones[up].apex); name += 1 + *name) {
			size_t count;
			struct import_record **at = import_find_owner(&im->zones[up], name, &count);
			for (size_t k = 0; k < count; k++)
				at[k]->is_alone = false;
		}
	}
}

enum err import_match(struct import *im)
{
	struct ptrs ptrs = {0};

	enum err e = import_sort(im);
	if (e == OK)
		e = import_find_prefixes(im);
	if (e != OK)
		return e;
	gather_ptrs(im, &ptrs);
	for (size_t i = 0, end; i < ptrs.count; i = end) {
		for (end = i + 1; end < ptrs.count &&
		                  addr_compare(&ptrs.items[i].addr, &ptrs.items[end].addr) == 0;
		        end++)
			;
		match_address(im, &ptrs.items[i], end - i);
	}
	for (size_t i = 0; i < im->zone_count; i++)
		find_alone(&im->zones[i]);
	find_above_zones(im);
	sort_notes(&im->not_carried);
	sort_notes(&im->mismatches);
	sort_notes(&im->ttls);
	return arena_failed(&im->arena) ? ERR_MEMORY : OK;
}
