/* SPDX-License-Identifier: ISC */
#include "tools/import.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "zone/plan.h"
#include "zone/rr.h"

void import_init(struct import *im)
{
	memset(im, 0, sizeof *im);
	arena_init(&im->arena);
	diag_init(&im->diags);
}

void import_free(struct import *im)
{
	zone_index_free(&im->index);
	arena_free(&im->arena);
	diag_free(&im->diags);
}

void import_note(struct import *im, struct import_notes *notes, const struct import_record *record,
        const char *format, ...)
{
	char *why = NULL;
	va_list args;

	va_start(args, format);
	int n = vasprintf(&why, format, args);
	va_end(args);
	notes->items = arena_grow(&im->arena, notes->items, notes->count, notes->count + 1,
	        &notes->capacity, sizeof *notes->items);
	if (n < 0 || !notes->items) {
		im->arena.failed = true;
		notes->count = 0;
	} else {
		notes->items[notes->count++] =
		        (struct import_note){record, arena_text(&im->arena, why, (size_t)n)};
	}
	if (n >= 0)
		free(why);
}

static void print_escaped(const char *text, FILE *out)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p < ' ' || *p == 0x7f)
			fprintf(out, "\\x%02x", *p);
		else
			putc(*p, out);
	}
}

void import_print_note(const struct import_note *note, FILE *out)
{
	const struct import_record *r = note->record;
	char owner[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX];

	print_escaped(r->place.file, out);
	fprintf(out, ":%u: ", r->place.line);
	name_to_text(owner, r->owner);
	fprintf(out, "%s %u IN %s ", owner, r->ttl_s, rr_type_text(type, r->type));
	print_escaped(r->text, out);
	fprintf(out, " ; %s\n", note->why);
}

/* Keep a record. One name is kept in lower case. */
static void keep_record(struct import *im, struct import_zone *zone, const struct zone_record *r)
{
	struct import_record *records = arena_grow(&im->arena, zone->records, zone->record_count,
	        zone->record_count + 1, &zone->record_capacity, sizeof *records);
	uint8_t *rdata = arena_copy(&im->arena, r->rdata, r->rdata_octets);

	if (!records || (r->rdata_octets && !rdata))
		return;
	if (rr_is_one_name(r->type) || r->type == RR_MX)
		for (size_t i = rr_shape(r->type).before; i < r->rdata_octets; i++)
			rdata[i] = octet_lower(rdata[i]);
	zone->records = records;
	records[zone->record_count++] = (struct import_record){.place = r->place,
	        .text = arena_text(&im->arena, r->text, strlen(r->text)),
	        .owner = arena_copy(&im->arena, r->owner, name_length(r->owner)),
	        .rdata = rdata,
	        .rdata_octets = r->rdata_octets,
	        .number = im->record_count++,
	        .ttl_s = r->ttl_s,
	        .type = r->type};
}

void import_refuse(struct import *im, struct place place, const char *rule, const char *what)
{
	im->refused++;
	diag_error(&im->diags, place, rule, "%s", what);
}

static void refuse(struct import *im, struct place place, const char *what)
{
	import_refuse(im, place, "zone-file", what);
}

/* Find the SOA, and drop what does not belong to its zone. False when there is none. */
static bool find_apex(struct import *im, struct import_zone *zone)
{
	const struct import_record *soa = NULL;
	size_t kept = 0;

	for (size_t i = 0; !soa && i < zone->record_count; i++)
		if (zone->records[i].type == RR_SOA)
			soa = &zone->records[i];
	if (!soa)
		return false;
	zone->apex = soa->owner;
	uint32_t number = soa->number;
	for (size_t i = 0; i < zone->record_count; i++) {
		struct import_record r = zone->records[i];
		if (!name_is_within(r.owner, zone->apex, NULL)) {
			refuse(im, r.place, "this record lies outside the zone of the file's SOA");
			continue;
		}
		if (r.type == RR_SOA && r.number != number) {
			refuse(im, r.place, "a zone has one SOA, and this is another");
			continue;
		}
		zone->records[kept++] = r;
		if (r.number == number)
			zone->soa = &zone->records[kept - 1];
	}
	zone->record_count = kept;
	return true;
}

static void add_name(struct import *im, const uint8_t ***names, size_t *count, size_t *capacity,
        const uint8_t *name)
{
	const uint8_t **grown =
	        arena_grow(&im->arena, *names, *count, *count + 1, capacity, sizeof *grown);

	if (!grown)
		return;
	*names = grown;
	grown[(*count)++] = name;
}

static void add_ns(struct import *im, struct import_zone *zone, const struct import_record *r)
{
	zone->has_odd_ns |= !name_is_host(r->rdata);
	if (zone->ns_count == 0 || r->ttl_s < zone->ns_ttl_s)
		zone->ns_ttl_s = r->ttl_s;
	for (size_t i = 0; i < zone->ns_count; i++)
		if (name_equal(zone->ns[i], r->rdata))
			return;
	add_name(im, &zone->ns, &zone->ns_count, &zone->ns_capacity, r->rdata);
}

static int compare_wire(const void *a, const void *b)
{
	return name_compare(*(const uint8_t *const *)a, *(const uint8_t *const *)b);
}

/* The NS of the apex, and where the zone ends below it. */
static void find_ns(struct import *im, struct import_zone *zone)
{
	for (size_t i = 0; i < zone->record_count; i++) {
		const struct import_record *r = &zone->records[i];
		if (r->type == RR_NS && name_equal(r->owner, zone->apex))
			add_ns(im, zone, r);
		else if (r->type == RR_NS)
			add_name(im, &zone->cuts, &zone->cut_count, &zone->cut_capacity, r->owner);
		else if (r->type == RR_DNAME)
			add_name(im, &zone->dnames, &zone->dname_count, &zone->dname_capacity,
			        r->owner);
	}
	if (zone->cut_count)
		qsort(zone->cuts, zone->cut_count, sizeof *zone->cuts, compare_wire);
	if (zone->dname_count)
		qsort(zone->dnames, zone->dname_count, sizeof *zone->dnames, compare_wire);
}

static const uint8_t *find_name(const uint8_t **names, size_t count, const uint8_t *name)
{
	const uint8_t **found =
	        count ? bsearch(&name, names, count, sizeof *names, compare_wire) : NULL;

	return found ? *found : NULL;
}

static const uint8_t *find_ns_cut(const struct import_zone *zone, const uint8_t *name)
{
	const uint8_t *found = NULL;
	size_t apex = name_length(name) - name_length(zone->apex);

	if (!zone->cut_count)
		return NULL;
	for (size_t i = 0; !found && i < apex; i += 1 + (size_t)name[i])
		found = find_name(zone->cuts, zone->cut_count, name + i);
	return found;
}

bool import_is_delegated(const struct import_zone *zone, const uint8_t *name)
{
	return find_ns_cut(zone, name) != NULL;
}

const uint8_t *import_find_cut(const struct import_zone *zone, const uint8_t *name)
{
	const uint8_t *found = find_ns_cut(zone, name);
	size_t apex = name_length(name) - name_length(zone->apex);

	if (!zone->dname_count)
		return found;
	for (size_t i = 0; !found && i < apex; i += 1 + (size_t)name[i])
		found = find_name(zone->dnames, zone->dname_count, name + i + 1 + name[i]);
	return found;
}

/* RFC 2181 8: a time has 31 bits. The result says the most where a SOA says more. */
static void check_soa(struct import *im, const struct import_record *soa)
{
	for (size_t i = soa->rdata_octets - 16; i < soa->rdata_octets; i += 4) {
		if (soa->rdata[i] & 0x80) {
			import_note(im, &im->not_carried, soa,
			        "a time has 31 bits; %u is taken where there are more", TTL_MAX);
			return;
		}
	}
}

/* True when a file is a zone that was not read yet and can be served. */
static bool is_zone(struct import *im, struct import_zone *zone)
{
	struct place place = {zone->file, 0, 0};
	char apex[NAME_TEXT_MAX];
	const char *what = NULL;

	if (!find_apex(im, zone)) {
		im->refused += 1 + zone->record_count;
		diag_error(&im->diags, place, "zone-file",
		        "this is no zone, for there is no SOA record in it; its %zu records are "
		        "refused",
		        zone->record_count);
		return false;
	}
	for (size_t i = 0; i < im->zone_count; i++)
		if (name_equal(im->zones[i].apex, zone->apex))
			what = im->zones[i].file;
	name_to_text(apex, zone->apex);
	if (what) {
		im->refused += 1 + zone->record_count;
		diag_error(&im->diags, place, "zone-file",
		        "zone %s was read from %s already; give one of the two", apex, what);
		return false;
	}
	check_soa(im, zone->soa);
	find_ns(im, zone);
	if (zone->ns_count)
		return true;
	if (!name_is_host(zone->soa->rdata)) {
		refuse(im, place, "no name server at the apex; write an NS record there");
		return false;
	}
	refuse(im, place, "no name server at the apex; the SOA's MNAME is taken for it");
	zone->ns_ttl_s = zone->soa->ttl_s;
	const uint8_t *mname = zone->soa->rdata;
	struct name lower;
	name_copy(&lower, mname);
	name_lower(&lower);
	mname = arena_copy(&im->arena, lower.wire, lower.len);
	add_name(im, &zone->ns, &zone->ns_count, &zone->ns_capacity, mname);
	return true;
}

enum err import_read(struct import *im, const char *path)
{
	struct import_zone zone = {.file = path};
	struct zone_record record;
	struct zone_file file;

	enum err e = zone_file_open(&file, path, INPUT_ANY, NULL, &im->arena, &im->diags);
	if (e == ERR_IO) {
		im->refused++;
		return OK;
	}
	if (e != OK)
		return e;
	while (zone_file_next(&file, &record))
		keep_record(im, &zone, &record);
	im->refused += file.refused;
	e = zone_file_close(&file);
	if (e != OK || arena_failed(&im->arena))
		return ERR_MEMORY;
	if (!is_zone(im, &zone))
		return arena_failed(&im->arena) ? ERR_MEMORY : OK;
	zone.is_reverse = prefix_from_name(&zone.prefix, zone.apex) == OK;
	struct import_zone *zones = arena_grow(&im->arena, im->zones, im->zone_count,
	        im->zone_count + 1, &im->zone_capacity, sizeof *zones);
	if (!zones || arena_failed(&im->arena))
		return ERR_MEMORY;
	im->zones = zones;
	zones[im->zone_count++] = zone;
	return OK;
}
