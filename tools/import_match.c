/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "tools/import_sort.h"
#include "zone/plan.h"
#include "zone/rr.h"

/* Where the name of a PTR leads. */
enum lead { LEADS_BACK, LEADS_OUT, LEADS_ASTRAY };

/* The PTRs of one address, each name once. */
struct group {
	const struct import_ptr *ptrs;
	size_t ptr_count;
	const struct import_ptr *names[PTR_MAX_AN_ADDRESS];
	size_t name_count;   /* may be more than there is room for */
	uint32_t ptr_ttl_s;  /* the smallest of the PTRs */
	uint32_t ttl_s;      /* the smallest of all, of the addresses they lead back by, too */
	uint16_t forward_no; /* bit i: name i is led astray */
};

static void gather_names(struct group *g)
{
	g->ptr_ttl_s = g->ptrs->record->ttl_s;
	for (size_t i = 0; i < g->ptr_count; i++) {
		const struct import_ptr *ptr = &g->ptrs[i];
		bool is_new = true;
		if (ptr->record->ttl_s < g->ptr_ttl_s)
			g->ptr_ttl_s = ptr->record->ttl_s;
		for (size_t k = 0; k < g->name_count && k < PTR_MAX_AN_ADDRESS; k++)
			is_new &= !name_equal(g->names[k]->record->rdata, ptr->record->rdata);
		if (is_new && g->name_count < PTR_MAX_AN_ADDRESS)
			g->names[g->name_count] = ptr;
		g->name_count += is_new;
	}
	g->ttl_s = g->ptr_ttl_s;
}

/* Say what there is instead of the address that a PTR came from: TYPE and the first few. */
static void note_others(struct import *im, const struct import_ptr *ptr,
        const struct import_address *at, size_t count)
{
	char text[4 * ADDR_TEXT_MAX], addr[ADDR_TEXT_MAX], name[NAME_TEXT_MAX];
	size_t n = 0, shown = 0;
	const char *type = ptr->addr.len == 4 ? "A" : "AAAA";

	name_to_text(name, ptr->record->rdata);
	for (size_t i = 0; i < count && shown < 3; i++) {
		if (at[i].addr.len != ptr->addr.len)
			continue;
		addr_to_text(addr, &at[i].addr);
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", shown ? ", " : "", addr);
		shown++;
	}
	if (shown)
		import_note(im, &im->mismatches, ptr->record, "%s has %s %s", name, type, text);
	else
		import_note(im, &im->mismatches, ptr->record, "%s has no %s", name, type);
}

/* Follow a name into the zones. A name that is led astray becomes a mismatch. */
static enum lead follow(struct import *im, const struct import_sorted *sorted, struct group *g,
        const struct import_ptr *ptr)
{
	const uint8_t *name = ptr->record->rdata;
	uint32_t number = import_find_zone(im, name);
	char text[NAME_TEXT_MAX];
	size_t count;

	if (number == ZONE_NONE)
		return LEADS_OUT;
	const struct import_zone *zone = &im->zones[number];
	const uint8_t *cut = import_find_cut(zone, name);
	name_to_text(text, cut ? cut : zone->apex);
	if (cut || zone->is_reverse) {
		import_note(im, &im->mismatches, ptr->record,
		        cut ? "the name is occluded by what is at %s"
		            : "the name lies in the reverse zone %s; is its last dot missing?",
		        text);
		return LEADS_ASTRAY;
	}
	struct import_address *at = import_find_addresses(sorted, name, &count);
	for (size_t i = 0; i < count; i++) {
		if (addr_compare(&at[i].addr, &ptr->addr) != 0)
			continue;
		at[i].is_carried = true;
		if (at[i].ttl_s != g->ptr_ttl_s)
			import_note(im, &im->mismatches, ptr->record,
			        "the PTR has TTL %u, the address record %u; the pair has the "
			        "smaller",
			        g->ptr_ttl_s, at[i].ttl_s);
		if (at[i].ttl_s < g->ttl_s)
			g->ttl_s = at[i].ttl_s;
		return LEADS_BACK;
	}
	note_others(im, ptr, at, count);
	return LEADS_ASTRAY;
}

static void add_host(struct import *im, const struct group *g)
{
	struct import_host host = {.addr = g->ptrs->addr,
	        .name_count = (uint8_t)g->name_count,
	        .ttl_s = g->ttl_s,
	        .forward_no = g->forward_no};
	struct import_host *hosts = arena_grow(&im->arena, im->hosts, im->host_count,
	        im->host_count + 1, &im->host_capacity, sizeof *hosts);

	if (!hosts)
		return;
	for (size_t i = 0; i < g->name_count; i++)
		host.names[i] = g->names[i]->record->rdata;
	im->name_count += g->name_count;
	im->hosts = hosts;
	hosts[im->host_count++] = host;
}

/* One address: one host. */
static void match_group(struct import *im, const struct import_sorted *sorted, struct group *g)
{
	gather_names(g);
	if (g->name_count > PTR_MAX_AN_ADDRESS) {
		for (size_t i = 0; i < g->ptr_count; i++)
			import_note(im, &im->not_carried, g->ptrs[i].record,
			        "the address has %zu names; a host has at most %d", g->name_count,
			        PTR_MAX_AN_ADDRESS);
		return;
	}
	for (size_t i = 0; i < g->name_count; i++) {
		enum lead lead = follow(im, sorted, g, g->names[i]);
		im->external_count += lead == LEADS_OUT;
		im->forward_no_count += lead == LEADS_ASTRAY;
		if (lead == LEADS_ASTRAY)
			g->forward_no = (uint16_t)(g->forward_no | 1U << i);
	}
	add_host(im, g);
}

static int compare_zones(const void *a, const void *b)
{
	return name_compare(
	        ((const struct import_zone *)a)->apex, ((const struct import_zone *)b)->apex);
}

static enum err index_zones(struct import *im)
{
	const uint8_t **apexes = arena_alloc(&im->arena, (im->zone_count + 1) * sizeof *apexes);

	if (!apexes)
		return ERR_MEMORY;
	if (im->zone_count)
		qsort(im->zones, im->zone_count, sizeof *im->zones, compare_zones);
	for (size_t i = 0; i < im->zone_count; i++)
		apexes[i] = im->zones[i].apex;
	return zone_index_build(&im->index, apexes, (uint32_t)im->zone_count);
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

enum err import_match(struct import *im)
{
	struct import_sorted sorted = {0};

	if (index_zones(im) != OK)
		return ERR_MEMORY;
	import_sort(im, &sorted);
	for (size_t i = 0, end; i < sorted.ptr_count; i = end) {
		for (end = i + 1; end < sorted.ptr_count &&
		                  addr_compare(&sorted.ptrs[i].addr, &sorted.ptrs[end].addr) == 0;
		        end++)
			;
		struct group group = {.ptrs = &sorted.ptrs[i], .ptr_count = end - i};
		match_group(im, &sorted, &group);
	}
	for (size_t i = 0; i < sorted.address_count; i++)
		if (!sorted.addresses[i].is_carried)
			import_note(im, &im->not_carried, sorted.addresses[i].record,
			        "no PTR that is carried leads to it");
	sort_notes(&im->not_carried);
	sort_notes(&im->mismatches);
	return arena_failed(&im->arena) ? ERR_MEMORY : OK;
}
