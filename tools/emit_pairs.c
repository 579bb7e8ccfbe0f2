/* SPDX-License-Identifier: ISC */
#include "tools/emit_pairs.h"

#include <stdlib.h>
#include <string.h>

#include "tools/pair_forward.h"
#include "tools/yaml_text.h"
#include "zone/diag.h"

/* The sort index. */
struct item {
	const struct pair *pair;
	uint32_t customer;
};

enum { ADDRESS, NAME, TTL, CUSTOMER, ROLE, FORWARD, REVERSE_ZONE, FORWARD_ZONE, FIELD_COUNT };

static const char *const field_names[FIELD_COUNT] = {
        "address", "name", "ttl", "customer", "role", "forward", "reverse_zone", "forward_zone"};

/* One entry as text; NULL is null. */
struct entry_text {
	const char *fields[FIELD_COUNT];
	char address[ADDR_TEXT_MAX], ttl[12];
	char name[NAME_TEXT_MAX], reverse_zone[NAME_TEXT_MAX], forward_zone[NAME_TEXT_MAX];
};

static const char *name_without_dot(char out[NAME_TEXT_MAX], const uint8_t *wire)
{
	size_t n = name_to_text(out, wire);

	if (n > 1)
		out[n - 1] = 0;
	return out;
}

static void write_entry_text(
        struct entry_text *e, const struct plan *plan, const struct item *item, uint32_t reverse)
{
	static const char *const forwards[] = {"served", "external", "no"};
	const struct pair *pair = item->pair;
	struct addr a = pair_addr(pair);

	addr_to_text(e->address, &a);
	snprintf(e->ttl, sizeof e->ttl, "%u", pair->ttl_s);
	e->fields[ADDRESS] = e->address;
	e->fields[NAME] = name_without_dot(e->name, pair->name);
	e->fields[TTL] = e->ttl;
	e->fields[CUSTOMER] = plan->customers[item->customer].name;
	e->fields[ROLE] = pair->flags & PAIR_ROLE_MAIL ? "mail" : "host";
	e->fields[FORWARD] = forwards[pair_forward(plan, pair)];
	e->fields[REVERSE_ZONE] =
	        reverse == ZONE_NONE ? NULL
	                             : name_without_dot(e->reverse_zone, plan->zones[reverse].apex);
	e->fields[FORWARD_ZONE] =
	        pair->forward_zone == ZONE_NONE
	                ? NULL
	                : name_without_dot(e->forward_zone, plan->zones[pair->forward_zone].apex);
}

static void print_json(const struct entry_text *e, bool is_first, FILE *out)
{
	fputs(is_first ? "\n {" : ",\n {", out);
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		fprintf(out, "%s\"%s\": ", i ? ", " : "", field_names[i]);
		if (i == TTL || !e->fields[i])
			fputs(e->fields[i] ? e->fields[i] : "null", out);
		else
			json_print_text(e->fields[i], out);
	}
	putc('}', out);
}

static void print_yaml(const struct entry_text *e, bool is_first, FILE *out)
{
	fputs(is_first ? "\n  - {" : "  - {", out);
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		fprintf(out, "%s%s: ", i ? ", " : "", field_names[i]);
		if (i == TTL || !e->fields[i])
			fputs(e->fields[i] ? e->fields[i] : "null", out);
		else
			yaml_print_text(e->fields[i], true, out);
	}
	fputs("}\n", out);
}

/* RFC 4180 2: what holds a quote, a comma or a line break is quoted, quotes in it are doubled. */
static void print_csv_field(const char *text, FILE *out)
{
	if (!strpbrk(text, "\",\r\n")) {
		fputs(text, out);
		return;
	}
	putc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	putc('"', out);
}

static void print_csv(const char *const *fields, FILE *out)
{
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		if (i)
			putc(',', out);
		if (fields[i])
			print_csv_field(fields[i], out);
	}
	fputs("\r\n", out);
}

static void print_begin(enum pairs_format format, FILE *out)
{
	if (format == PAIRS_CSV)
		print_csv(field_names, out);
	else
		fputs(format == PAIRS_JSON ? "[" : "pairs:", out);
}

static void print_entry(
        const struct entry_text *e, enum pairs_format format, bool is_first, FILE *out)
{
	switch (format) {
	case PAIRS_JSON:
		print_json(e, is_first, out);
		return;
	case PAIRS_CSV:
		print_csv(e->fields, out);
		return;
	case PAIRS_YAML:
		print_yaml(e, is_first, out);
		return;
	}
}

static void print_end(enum pairs_format format, bool is_empty, FILE *out)
{
	if (format == PAIRS_JSON)
		fputs(is_empty ? "]\n" : "\n]\n", out);
	else if (format == PAIRS_YAML && is_empty)
		fputs(" []\n", out);
}

static int compare_items(const void *va, const void *vb)
{
	const struct pair *a = ((const struct item *)va)->pair;
	const struct pair *b = ((const struct item *)vb)->pair;

	if (a->addr_len != b->addr_len)
		return a->addr_len - b->addr_len;
	int difference = memcmp(a->octets, b->octets, a->addr_len);
	return difference ? difference : name_compare(a->name, b->name);
}

/* The served pairs of all sources, in order. NULL when out of memory. */
static struct item *sort_pairs(const struct plan *plan, size_t *count)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->source_count; i++)
		if (source_is_served(&plan->sources[i]))
			n += plan->sources[i].pair_count;
	struct item *items = calloc(n + 1, sizeof *items);
	if (!items)
		return NULL;
	*count = n;
	n = 0;
	for (size_t i = 0; i < plan->source_count; i++) {
		const struct plan_source *s = &plan->sources[i];
		for (size_t k = 0; source_is_served(s) && k < s->pair_count; k++)
			items[n++] = (struct item){&s->pairs[k], s->customer};
	}
	qsort(items, n, sizeof *items, compare_items);
	return items;
}

enum err emit_pairs(
        const struct plan *plan, const struct filter *f, enum pairs_format format, FILE *out)
{
	struct entry_text text;
	bool is_empty = true;
	size_t count;
	struct item *items = sort_pairs(plan, &count);

	if (!items)
		return ERR_MEMORY;
	print_begin(format, out);
	for (size_t i = 0; i < count; i++) {
		const struct pair *pair = items[i].pair;
		struct addr a = pair_addr(pair);
		uint32_t reverse = plan_find_reverse_zone(plan, &a);
		if (!filter_has_addr(f, &a) &&
		        !(reverse != ZONE_NONE && filter_has_zone(f, reverse)) &&
		        !(pair->forward_zone != ZONE_NONE &&
		                filter_has_zone(f, pair->forward_zone)))
			continue;
		write_entry_text(&text, plan, &items[i], reverse);
		print_entry(&text, format, is_empty, out);
		is_empty = false;
	}
	print_end(format, is_empty, out);
	free(items);
	return OK;
}
