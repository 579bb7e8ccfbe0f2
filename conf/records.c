/* SPDX-License-Identifier: ISC */
/* The `records` and `records-file` of a zone. */
#include <stdlib.h>
#include <string.h>

#include "conf/draft.h"
#include "conf/zone_file.h"
#include "zone/rr.h"

static void read_record(struct yaml *y, void *to)
{
	struct draft *d = to;
	struct zone_draft *z = d->zone;
	struct arena *arena = &d->config->plan.arena;
	struct yaml_text t;

	if (!yaml_text(y, &t, "a record in zone-file syntax"))
		return;
	struct record_text *records = arena_grow(arena, z->records, z->record_count,
	        z->record_count + 1, &z->record_capacity, sizeof *records);
	const char *copy = arena_text(arena, t.text, t.len);
	if (!records || !copy)
		return;
	z->records = records;
	records[z->record_count++] = (struct record_text){copy, t.len, t.place};
}

void draft_read_records(struct yaml *y, void *to)
{
	value_each(y, "a list of records", read_record, to);
}

void draft_read_records_file(struct yaml *y, void *to)
{
	struct draft *d = to;

	draft_read_path(y, d, &d->zone->records_file);
}

static void add_ns(struct draft *d, struct plan_zone *zone, const struct zone_record *r)
{
	struct arena *arena = &d->config->plan.arena;
	struct name name;

	name_copy(&name, r->rdata);
	name_lower(&name);
	for (size_t i = 0; i < zone->ns_count; i++)
		if (name_equal(zone->ns[i], name.wire))
			return; /* the same record twice is one (RFC 2181 5) */
	if (!draft_has_room_for_ns(zone->ns_count, r->place, &d->config->diags))
		return;
	const uint8_t **ns = arena_alloc(arena, (zone->ns_count + 1) * sizeof *ns);
	if (!ns)
		return;
	if (zone->ns_count)
		memcpy(ns, zone->ns, zone->ns_count * sizeof *ns);
	else
		zone->ns_ttl_s = r->ttl_s;
	ns[zone->ns_count++] = draft_keep_name(d, &name);
	zone->ns = ns;
	if (r->ttl_s < zone->ns_ttl_s)
		zone->ns_ttl_s = r->ttl_s;
}

/* A record in the plan's arena. */
static void keep(struct draft *d, struct plan_zone *zone, const struct zone_record *r)
{
	struct arena *arena = &d->config->plan.arena;
	struct plan_record *records = arena_grow(arena, zone->records, zone->record_count,
	        zone->record_count + 1, &zone->record_capacity, sizeof *records);
	size_t owner = name_length(r->owner);
	uint8_t *octets = arena_octets(arena, owner + r->rdata_octets);

	if (!records || !octets)
		return;
	memcpy(octets, r->owner, owner);
	if (r->rdata_octets)
		memcpy(octets + owner, r->rdata, r->rdata_octets);
	zone->records = records;
	records[zone->record_count++] = (struct plan_record){.owner = octets,
	        .rdata = octets + owner,
	        .rdata_octets = (uint16_t)r->rdata_octets,
	        .type = r->type,
	        .ttl_s = r->ttl_s,
	        .place = r->place};
}

/* One record of the zone. NS at the apex takes the place of `ns`. */
static void take(
        struct draft *d, struct plan_zone *zone, const struct zone_record *r, bool *has_own_ns)
{
	struct diag_list *diags = &d->config->diags;
	char owner[NAME_TEXT_MAX], apex[NAME_TEXT_MAX];

	if (!name_is_within(r->owner, zone->apex, NULL)) {
		name_to_text(owner, r->owner);
		name_to_text(apex, zone->apex);
		diag_error(diags, r->place, "record-scope",
		        "%s lies outside the zone %s; a name without a dot at its end counts from "
		        "the zone",
		        owner, apex);
	} else if (r->type == RR_SOA) {
		diag_error(diags, r->place, "record-soa",
		        "the SOA record is made of `ns`, `hostmaster` and `soa`; write it there");
	} else if (r->type == RR_NS && name_equal(r->owner, zone->apex)) {
		if (!*has_own_ns)
			zone->ns_count = 0;
		*has_own_ns = true;
		add_ns(d, zone, r);
	} else {
		keep(d, zone, r);
	}
}

static void take_all(struct draft *d, struct plan_zone *zone, struct zone_file *f, bool *has_own_ns)
{
	struct zone_record r;

	zone_file_set(f, zone->apex, zone->ttl_s);
	while (zone_file_next(f, &r))
		take(d, zone, &r, has_own_ns);
	if (zone_file_close(f) != OK)
		d->config->plan.arena.failed = true;
}

void draft_take_records(struct draft *d, const struct zone_draft *z, struct plan_zone *zone)
{
	struct arena *arena = &d->config->plan.arena;
	struct zone_file f;
	bool has_own_ns = false;

	for (size_t i = 0; i < z->record_count; i++) {
		const struct record_text *t = &z->records[i];
		zone_file_open_text(&f, t->text, t->len, t->place, arena, &d->config->diags);
		take_all(d, zone, &f, &has_own_ns);
	}
	if (!z->records_file)
		return;
	enum err e =
	        zone_file_open(&f, z->records_file, INPUT_FILE, &d->door, arena, &d->config->diags);
	if (e == OK)
		take_all(d, zone, &f, &has_own_ns);
	else if (e == ERR_MEMORY)
		arena->failed = true;
}
