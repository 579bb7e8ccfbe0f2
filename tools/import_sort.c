/* SPDX-License-Identifier: ISC */
/* The records of all zones in order, and what the zones themselves say of them. */
#include <stdlib.h>
#include <string.h>

#include "tools/import.h"
#include "zone/records.h"
#include "zone/rr.h"

uint32_t import_find_zone(const struct import *im, const uint8_t *name)
{
	struct trie_key key;

	trie_key_from_name(&key, name);
	return zone_index_find(&im->index, &key);
}

static int compare_rdata(const struct import_record *a, const struct import_record *b)
{
	size_t n = a->rdata_octets < b->rdata_octets ? a->rdata_octets : b->rdata_octets;
	int difference = n ? memcmp(a->rdata, b->rdata, n) : 0;

	if (difference)
		return difference;
	return (a->rdata_octets > b->rdata_octets) - (a->rdata_octets < b->rdata_octets);
}

static int compare_records(const void *va, const void *vb)
{
	const struct import_record *a = *(struct import_record *const *)va;
	const struct import_record *b = *(struct import_record *const *)vb;
	int difference = name_compare(a->owner, b->owner);

	if (!difference)
		difference = a->type - b->type;
	if (!difference)
		difference = compare_rdata(a, b);
	return difference ? difference : (a->number > b->number) - (a->number < b->number);
}

static bool is_same_rrset(const struct import_record *a, const struct import_record *b)
{
	return a->type == b->type && name_equal(a->owner, b->owner);
}

/* Tell of an RRset with several TTLs, by its first record that loses its own. */
static void note_ttls(
        struct import *im, struct import_record *const *rrset, size_t count, uint32_t ttl_s)
{
	const struct import_record *other = NULL;

	for (size_t i = 0; !other && i < count; i++)
		if (rrset[i]->ttl_s != ttl_s)
			other = rrset[i];
	if (other)
		import_note(im, &im->ttls, other,
		        "TTL %u here, %u at another record of this owner and type: all have the "
		        "smallest",
		        other->ttl_s, ttl_s);
}

/* One RRset has one TTL (RFC 2181 5.2), the smallest, and each record once. Returns how many are
 * kept at `kept`. */
static size_t join_rrset(struct import *im, struct import_record **kept,
        struct import_record *const *rrset, size_t count)
{
	uint32_t ttl_s = (*rrset)->ttl_s;
	size_t n = 0;

	for (size_t i = 1; i < count; i++)
		if (rrset[i]->ttl_s < ttl_s)
			ttl_s = rrset[i]->ttl_s;
	note_ttls(im, rrset, count, ttl_s);
	for (size_t i = 0; i < count; i++) {
		rrset[i]->ttl_s = ttl_s;
		if (n && compare_rdata(kept[n - 1], rrset[i]) == 0)
			rrset[i]->fate = FATE_LEFT;
		else
			kept[n++] = rrset[i];
	}
	return n;
}

static void sort_zone(struct import *im, struct import_zone *zone)
{
	struct import_record **sorted =
	        arena_alloc(&im->arena, (zone->record_count + 1) * sizeof *sorted);
	size_t count = 0, kept = 0;

	if (!sorted)
		return;
	for (size_t i = 0; i < zone->record_count; i++)
		sorted[count++] = &zone->records[i];
	qsort(sorted, count, sizeof *sorted, compare_records);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && is_same_rrset(sorted[i], sorted[end]); end++)
			;
		kept += join_rrset(im, sorted + kept, sorted + i, end - i);
	}
	zone->sorted = sorted;
	zone->sorted_count = kept;
}

struct import_record **import_find_owner(
        const struct import_zone *zone, const uint8_t *name, size_t *count)
{
	size_t low = 0, high = zone->sorted_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (name_compare(zone->sorted[middle]->owner, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (high < zone->sorted_count && name_equal(zone->sorted[high]->owner, name))
		high++;
	*count = high - low;
	return zone->sorted + low;
}

/* True when a zone has the same record, whatever its TTL. */
static bool has_record(const struct import_zone *zone, const struct import_record *r)
{
	size_t count;
	struct import_record **at = import_find_owner(zone, r->owner, &count);

	for (size_t i = 0; i < count; i++)
		if (at[i]->type == r->type && compare_rdata(at[i], r) == 0)
			return true;
	return false;
}

/* A record at or below the apex of an inner zone: that zone answers there, but for DS at its
 * apex (RFC 4035 3.1.4.1). */
static void leave_out(struct import *im, const struct import_zone *inner, struct import_record *r)
{
	char apex[NAME_TEXT_MAX];

	if (r->type == RR_DS && name_equal(r->owner, inner->apex))
		return;
	r->fate = FATE_LEFT;
	if (has_record(inner, r))
		return;
	name_to_text(apex, inner->apex);
	import_note(im, &im->not_carried, r,
	        "zone %s, which was given, too, answers for this name and has no such record",
	        apex);
}

/* What the zone itself says, what it leaves out. */
static void decide(struct import *im, uint32_t number)
{
	struct import_zone *zone = &im->zones[number];

	for (size_t i = 0; i < zone->sorted_count; i++) {
		struct import_record *r = zone->sorted[i];
		uint32_t holder = import_find_zone(im, r->owner);
		bool is_at_apex = name_equal(r->owner, zone->apex);
		if (holder != number)
			leave_out(im, &im->zones[holder], r);
		else if (is_at_apex && (r->type == RR_SOA || r->type == RR_NS))
			r->fate = r->type == RR_NS && zone->has_odd_ns ? FATE_RECORD : FATE_ZONE;
	}
}

/* The records of a zone as those of a plan; the column says which of `sorted` it is. */
static void add_to_plan(struct plan *p, const struct import_zone *zone)
{
	struct plan_record *records =
	        arena_alloc(&p->arena, (zone->sorted_count + 1) * sizeof *records);
	size_t count = 0;

	if (!records)
		return;
	for (size_t i = 0; i < zone->sorted_count; i++) {
		const struct import_record *r = zone->sorted[i];
		if (r->fate == FATE_LEFT || r->fate == FATE_ZONE)
			continue;
		records[count++] = (struct plan_record){.owner = r->owner,
		        .rdata = r->rdata,
		        .rdata_octets = (uint16_t)r->rdata_octets,
		        .type = r->type,
		        .ttl_s = r->ttl_s,
		        .place = {zone->file, r->place.line, (uint32_t)i + 1}};
	}
	p->zones[p->zone_count++] = (struct plan_zone){.apex = zone->apex,
	        .records = records,
	        .record_count = count,
	        .place = {zone->file, 0, 0}};
}

static struct import_zone *find_file(struct import *im, const char *file)
{
	for (size_t i = 0; i < im->zone_count; i++)
		if (im->zones[i].file == file)
			return &im->zones[i];
	return NULL;
}

/* Refuse the records that these mistakes are about. */
static void refuse_all(struct import *im, const struct diag_list *diags)
{
	for (size_t i = 0; i < diags->count; i++) {
		const struct diag *d = &diags->items[i];
		struct import_zone *zone = find_file(im, d->place.file);
		if (d->severity != DIAG_ERROR || !zone || !d->place.column)
			continue;
		struct import_record *r = zone->sorted[d->place.column - 1];
		if (r->fate == FATE_LEFT)
			continue;
		r->fate = FATE_LEFT;
		import_refuse(im, r->place, d->rule, d->text);
	}
}

/* Refuse what cannot stand beside other records, such as a CNAME beside a PTR. Of one file a list
 * of mistakes holds so many, so it may take several rounds. */
static enum err check_records(struct import *im)
{
	enum err e = OK;
	bool more = true;

	while (e == OK && more) {
		struct diag_list diags;
		struct plan plan;
		plan_init(&plan);
		diag_init(&diags);
		plan.zones = arena_alloc(&plan.arena, (im->zone_count + 1) * sizeof *plan.zones);
		for (size_t i = 0; plan.zones && i < im->zone_count; i++)
			add_to_plan(&plan, &im->zones[i]);
		e = arena_failed(&plan.arena) ? ERR_MEMORY : plan_index_zones(&plan, &diags);
		if (e == OK)
			e = plan_check_records(&plan, &diags);
		size_t refused = im->refused;
		refuse_all(im, &diags);
		more = im->refused != refused;
		diag_free(&diags);
		plan_free(&plan);
	}
	return e;
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

enum err import_sort(struct import *im)
{
	if (index_zones(im) != OK)
		return ERR_MEMORY;
	for (size_t i = 0; i < im->zone_count; i++)
		sort_zone(im, &im->zones[i]);
	if (arena_failed(&im->arena))
		return ERR_MEMORY;
	for (uint32_t i = 0; i < im->zone_count; i++)
		decide(im, i);
	return check_records(im);
}
