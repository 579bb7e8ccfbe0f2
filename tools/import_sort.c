/* SPDX-License-Identifier: ISC */
#include "tools/import_sort.h"

#include <stdlib.h>
#include <string.h>

#include "zone/rr.h"

uint32_t import_find_zone(const struct import *im, const uint8_t *name)
{
	struct trie_key key;

	trie_key_from_name(&key, name);
	return zone_index_find(&im->index, &key, name);
}

static void not_carried(struct import *im, const struct import_record *r, const char *why)
{
	import_note(im, &im->not_carried, r, "%s", why);
}

static void add_ptr(struct import *im, struct import_sorted *out, const struct import_record *r)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	struct prefix p;

	if (prefix_from_name(&p, r->owner) != OK || p.bits != 8 * p.addr.len) {
		not_carried(im, r, "its owner is not the name of an address");
		return;
	}
	if (p.addr.len == 16 && memcmp(p.addr.octets, mapped, sizeof mapped) == 0) {
		not_carried(im, r, "an IPv4 address in IPv6 form");
		return;
	}
	if (!name_is_host(r->rdata)) {
		not_carried(im, r, "it does not lead to a host name");
		return;
	}
	struct import_ptr *ptrs = arena_grow(&im->arena, out->ptrs, out->ptr_count,
	        out->ptr_count + 1, &out->ptr_capacity, sizeof *ptrs);
	if (!ptrs)
		return;
	out->ptrs = ptrs;
	ptrs[out->ptr_count++] = (struct import_ptr){r, p.addr};
}

static void add_address(struct import *im, struct import_sorted *out,
        const struct import_zone *zone, const struct import_record *r)
{
	struct addr a = {.len = r->type == RR_A ? 4 : 16};

	if (zone->is_reverse || !name_is_host(r->owner)) {
		not_carried(im, r,
		        zone->is_reverse ? "an address in a reverse zone"
		                         : "its owner is not a host name");
		return;
	}
	memcpy(a.octets, r->rdata, a.len);
	struct import_address *addresses =
	        arena_grow(&im->arena, out->addresses, out->address_count, out->address_count + 1,
	                &out->address_capacity, sizeof *addresses);
	if (!addresses)
		return;
	out->addresses = addresses;
	addresses[out->address_count++] = (struct import_address){r, a, r->ttl_s, false};
}

/* True when the zone that was given for the owner of an NS has that NS at its apex: then the cut is
 * there by itself. */
static bool is_cut_by_itself(const struct import_zone *inner, const struct import_record *r)
{
	if (r->type != RR_NS || !name_equal(inner->apex, r->owner) || r->ttl_s != inner->ns_ttl_s)
		return false;
	for (size_t i = 0; i < inner->ns_count; i++)
		if (name_equal(inner->ns[i], r->rdata))
			return true;
	return false;
}

/* One record of a zone. */
static void sort_record(struct import *im, struct import_sorted *out, uint32_t number,
        const struct import_record *r)
{
	const struct import_zone *zone = &im->zones[number];
	char text[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX];

	if (!r->owner) {
		not_carried(im, r, "$GENERATE is not carried yet");
		return;
	}
	uint32_t holder = import_find_zone(im, r->owner);
	if (holder != number) {
		if (!is_cut_by_itself(&im->zones[holder], r)) {
			name_to_text(text, im->zones[holder].apex);
			import_note(im, &im->not_carried, r, "it belongs to zone %s", text);
		}
		return;
	}
	bool is_at_apex = name_equal(r->owner, zone->apex);
	const uint8_t *cut = import_find_cut(zone, r->owner);
	if (is_at_apex && (r->type == RR_SOA || r->type == RR_NS))
		return;
	if (r->type == RR_NS || r->type == RR_DS) {
		not_carried(im, r, "delegations are not carried yet");
	} else if (cut) {
		name_to_text(text, cut);
		import_note(im, &im->not_carried, r, "it is occluded by what is at %s", text);
	} else if (r->type == RR_PTR) {
		add_ptr(im, out, r);
	} else if (r->type == RR_A || r->type == RR_AAAA) {
		add_address(im, out, zone, r);
	} else {
		import_note(im, &im->not_carried, r, "%s records are not carried yet",
		        rr_type_text(type, r->type));
	}
}

static int compare_ptrs(const void *va, const void *vb)
{
	const struct import_ptr *a = va, *b = vb;
	int difference = addr_compare(&a->addr, &b->addr);

	if (difference)
		return difference;
	return a->record->number < b->record->number ? -1 : a->record->number > b->record->number;
}

/* Names are in lower case, so any order of octets will do. */
static int compare_names(const uint8_t *a, const uint8_t *b)
{
	size_t n = name_length(a), m = name_length(b);
	int difference = memcmp(a, b, n < m ? n : m);

	return difference ? difference : (n > m) - (n < m);
}

static int compare_addresses(const void *va, const void *vb)
{
	const struct import_address *a = va, *b = vb;
	int difference = compare_names(a->record->owner, b->record->owner);

	if (difference)
		return difference;
	difference = addr_compare(&a->addr, &b->addr);
	if (difference)
		return difference;
	return a->record->number < b->record->number ? -1 : a->record->number > b->record->number;
}

static bool is_same_rrset(const struct import_address *a, const struct import_address *b)
{
	return a->addr.len == b->addr.len && name_equal(a->record->owner, b->record->owner);
}

/* Give each address the TTL of its RRset (RFC 2181 5.2), the smallest, and drop what is there
 * twice. */
static void join_rrsets(struct import_sorted *sorted)
{
	struct import_address *at = sorted->addresses;
	size_t kept = 0;

	for (size_t i = 0, end; i < sorted->address_count; i = end) {
		uint32_t ttl_s = at[i].ttl_s;
		size_t first = kept;
		for (end = i; end < sorted->address_count && is_same_rrset(&at[i], &at[end]); end++)
			if (at[end].ttl_s < ttl_s)
				ttl_s = at[end].ttl_s;
		for (size_t k = i; k < end; k++)
			if (k == i || addr_compare(&at[k].addr, &at[kept - 1].addr) != 0)
				at[kept++] = at[k];
		for (size_t k = first; k < kept; k++)
			at[k].ttl_s = ttl_s;
	}
	sorted->address_count = kept;
}

void import_sort(struct import *im, struct import_sorted *out)
{
	for (uint32_t i = 0; i < im->zone_count; i++)
		for (size_t k = 0; k < im->zones[i].record_count; k++)
			sort_record(im, out, i, &im->zones[i].records[k]);
	if (out->ptr_count)
		qsort(out->ptrs, out->ptr_count, sizeof *out->ptrs, compare_ptrs);
	if (out->address_count)
		qsort(out->addresses, out->address_count, sizeof *out->addresses,
		        compare_addresses);
	join_rrsets(out);
}

struct import_address *import_find_addresses(
        const struct import_sorted *sorted, const uint8_t *name, size_t *count)
{
	size_t low = 0, high = sorted->address_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_names(sorted->addresses[middle].record->owner, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (high < sorted->address_count &&
	        name_equal(sorted->addresses[high].record->owner, name))
		high++;
	*count = high - low;
	return sorted->addresses + low;
}
