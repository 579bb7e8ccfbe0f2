/* SPDX-License-Identifier: ISC */
#include "tools/why.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tools/rdata_text.h"
#include "zone/rr.h"

void why_init(struct why *w, const struct config *config, const struct snapshot *snapshot)
{
	memset(w, 0, sizeof *w);
	w->config = config;
	w->snapshot = snapshot;
	arena_init(&w->arena);
}

void why_free(struct why *w)
{
	arena_free(&w->arena);
}

void why_add(struct why *w, const char *kind, struct place place, const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	int n = vasprintf(&text, format, args);
	va_end(args);
	struct why_fact *facts = arena_grow(&w->arena, w->facts, w->fact_count, w->fact_count + 1,
	        &w->fact_capacity, sizeof *facts);
	const char *copy = n < 0 ? NULL : arena_text(&w->arena, text, (size_t)n);
	free(n < 0 ? NULL : text);
	if (!facts || !copy) {
		w->arena.failed = true;
		return;
	}
	w->facts = facts;
	facts[w->fact_count++] = (struct why_fact){kind, copy, place};
}

/* The pair behind a PTR, A or AAAA record; false when there is none. */
static bool find_pair(const struct why *w, const struct plan_zone *zone, const uint8_t *owner,
        uint16_t type, const uint8_t *rdata, size_t n, struct place *place, uint32_t *ttl_s)
{
	const struct plan *p = &w->config->plan;
	struct addr a = {0};
	const uint8_t *name = type == RR_PTR ? rdata : owner;

	if (type == RR_PTR) {
		if (!plan_addr_of_name(&a, zone, owner))
			return false;
	} else if (type == RR_A || type == RR_AAAA) {
		a.len = (uint8_t)n;
		memcpy(a.octets, rdata, n);
	} else {
		return false;
	}
	for (size_t i = 0; i < p->source_count; i++) {
		const struct plan_source *s = &p->sources[i];
		for (size_t k = 0; source_is_served(s) && k < s->pair_count; k++) {
			const struct pair *pair = &s->pairs[k];
			const struct addr b = pair_addr(pair);
			if ((type != RR_PTR && pair->forward_zone == ZONE_NONE) ||
			        addr_compare(&a, &b) != 0 || !name_equal(pair->name, name))
				continue;
			*place = pair_place(s, pair);
			*ttl_s = pair->ttl_s;
			return true;
		}
	}
	return false;
}

/* The operator's record, whose octets are in the image as they were written. */
static bool find_record(const struct plan_zone *zone, const uint8_t *owner, uint16_t type,
        const uint8_t *rdata, size_t n, struct place *place, uint32_t *ttl_s)
{
	for (size_t i = 0; i < zone->record_count; i++) {
		const struct plan_record *r = &zone->records[i];
		if (r->type != type || r->rdata_octets != n || !name_equal(r->owner, owner) ||
		        (n && memcmp(r->rdata, rdata, n) != 0))
			continue;
		*place = r->place;
		*ttl_s = r->ttl_s;
		return true;
	}
	return false;
}

/* What the zones make by themselves: SOA and NS, the cuts of inner zones, CNAMEs of RFC 2317. */
static struct place find_made(
        const struct why *w, uint32_t zone, const uint8_t *owner, uint16_t type)
{
	const struct plan *p = &w->config->plan;
	struct addr a;

	if (type == RR_CNAME && plan_addr_of_name(&a, &p->zones[zone], owner)) {
		uint32_t cut = plan_find_reverse_zone(p, &a);
		if (cut != ZONE_NONE)
			return p->zones[cut].place;
	}
	uint32_t inner = plan_find_zone(p, owner);
	return p->zones[inner == ZONE_NONE ? zone : inner].place;
}

void why_add_record(struct why *w, const char *kind, uint32_t zone, const uint8_t *owner,
        uint16_t type, uint32_t ttl_s, const uint8_t *rdata, size_t n)
{
	const struct plan_zone *z = &w->config->plan.zones[zone];
	char name[NAME_TEXT_MAX], *text = NULL;
	struct place place;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out) {
		w->arena.failed = true;
		return;
	}
	rdata_print(out, type, rdata, n);
	if (fclose(out) != 0 || !text) {
		free(text);
		w->arena.failed = true;
		return;
	}
	text[strcspn(text, "\t")] = ' ';
	name_to_text(name, owner);
	uint32_t own_ttl_s = ttl_s;
	if (!find_record(z, owner, type, rdata, n, &place, &own_ttl_s) &&
	        !find_pair(w, z, owner, type, rdata, n, &place, &own_ttl_s))
		place = find_made(w, zone, owner, type);
	why_add(w, kind, place, "%s %u %s", name, ttl_s, text);
	if (own_ttl_s != ttl_s)
		why_add(w, "ttl", place,
		        "its line says TTL %u; the smallest of the RRset is served", own_ttl_s);
	free(text);
}

static void print_place(const struct place *p, FILE *out)
{
	if (!p->file)
		return;
	fprintf(out, "  (%s", p->file);
	if (p->line)
		fprintf(out, ":%u", p->line);
	if (p->line && p->column)
		fprintf(out, ":%u", p->column);
	putc(')', out);
}

void why_print(const struct why *w, FILE *out)
{
	for (size_t i = 0; i < w->fact_count; i++) {
		fputs(w->facts[i].text, out);
		print_place(&w->facts[i].place, out);
		putc('\n', out);
	}
}

void why_print_json(const struct why *w, FILE *out)
{
	fprintf(out, "{\"served\": %s, \"facts\": [", w->is_served ? "true" : "false");
	for (size_t i = 0; i < w->fact_count; i++) {
		const struct why_fact *f = &w->facts[i];
		fputs(i ? ",\n {\"kind\": " : "\n {\"kind\": ", out);
		json_print_text(f->kind, out);
		fputs(", \"text\": ", out);
		json_print_text(f->text, out);
		fputs(", \"file\": ", out);
		if (f->place.file)
			json_print_text(f->place.file, out);
		else
			fputs("null", out);
		fprintf(out, ", \"line\": %u, \"column\": %u}", f->place.line, f->place.column);
	}
	fputs("\n]}\n", out);
}
