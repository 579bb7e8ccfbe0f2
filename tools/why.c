/* SPDX-License-Identifier: ISC */
#include "tools/why.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tools/rdata_text.h"
#include "tools/why_layers.h"

void why_init(struct why *w, const struct config *config, const struct snapshot *snapshot)
{
	memset(w, 0, sizeof *w);
	w->config = config;
	w->snapshot = snapshot;
	arena_init(&w->arena);
	if (layers_of_plan(&w->layers, &config->plan) != OK) {
		memset(&w->layers, 0, sizeof w->layers);
		w->arena.failed = true;
	}
}

void why_free(struct why *w)
{
	arena_free(&w->arena);
	layers_free(&w->layers);
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

void why_add_record(struct why *w, const char *kind, uint32_t zone, const uint8_t *owner,
        uint16_t type, uint32_t ttl_s, const uint8_t *rdata, size_t n)
{
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
	why_find_place(&place, &own_ttl_s, w, zone, owner, type, rdata, n);
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
