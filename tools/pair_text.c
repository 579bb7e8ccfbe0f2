/* SPDX-License-Identifier: ISC */
#include "tools/pair_text.h"

#include <string.h>

#include "tools/pair_forward.h"
#include "tools/yaml_text.h"
#include "zone/diag.h"

static const char *const field_names[FIELD_COUNT] = {
        "address", "name", "ttl", "customer", "role", "forward", "reverse_zone", "forward_zone"};

static const char *name_without_dot(char out[NAME_TEXT_MAX], const uint8_t *wire)
{
	size_t n = name_to_text(out, wire);

	if (n > 1)
		out[n - 1] = 0;
	return out;
}

static const char *zone_text(char out[NAME_TEXT_MAX], const struct plan *plan, uint32_t zone)
{
	return zone == ZONE_NONE ? NULL : name_without_dot(out, plan->zones[zone].apex);
}

static void set_fields(
        struct pair_text *t, const struct plan *plan, uint32_t customer, uint32_t ttl_s)
{
	snprintf(t->ttl, sizeof t->ttl, "%u", ttl_s);
	t->fields[FIELD_ADDRESS] = t->address;
	t->fields[FIELD_NAME] = t->name;
	t->fields[FIELD_TTL] = t->ttl;
	t->fields[FIELD_CUSTOMER] = plan->customers[customer].name;
	t->fields[FIELD_REVERSE_ZONE] = NULL;
	t->part = NULL;
	t->is_rule = false;
}

void pair_text_of_host(struct pair_text *t, const struct plan *plan, uint32_t customer,
        const struct pair *pair, uint32_t reverse)
{
	static const char *const forwards[] = {"served", "external", "no"};
	struct addr a = pair_addr(pair);

	set_fields(t, plan, customer, pair->ttl_s);
	addr_to_text(t->address, &a);
	name_without_dot(t->name, pair->name);
	t->fields[FIELD_ROLE] = pair->flags & PAIR_ROLE_MAIL ? "mail" : "host";
	t->fields[FIELD_FORWARD] = forwards[pair_forward(plan, pair)];
	t->fields[FIELD_FORWARD_ZONE] = zone_text(t->forward_zone, plan, pair->forward_zone);
	pair_text_set_reverse(t, plan, reverse);
}

void pair_text_set_reverse(struct pair_text *t, const struct plan *plan, uint32_t reverse)
{
	t->fields[FIELD_REVERSE_ZONE] = zone_text(t->reverse_zone, plan, reverse);
}

void pair_text_of_span(struct pair_text *t, const struct plan *plan, const struct span *s)
{
	const struct plan_range *r = s->range;

	set_fields(t, plan, s->source->customer, r->ttl_s);
	t->fields[FIELD_ROLE] = "range";
	t->fields[FIELD_FORWARD] = r->forward_zone == ZONE_NONE ? "external" : "served";
	t->fields[FIELD_FORWARD_ZONE] = zone_text(t->forward_zone, plan, r->forward_zone);
	t->owner[0] = '.';
	name_without_dot(t->owner + 1, r->owner);
	if (!*r->owner) /* a label below the root */
		t->owner[0] = 0;
	t->owner_octets = strlen(t->owner) + 1;
}

static char *put_octet(char *at, uint8_t value)
{
	unsigned n = value < 10 ? 1 : value < 100 ? 2 : 3;

	for (unsigned i = n; i; i--, value /= 10)
		at[i - 1] = (char)('0' + value % 10);
	return at + n;
}

/* For millions of IPv4, without a call to printf. A label of a pattern needs no escapes. */
void pair_text_of_addr(struct pair_text *t, const struct span *s, const struct addr *a)
{
	uint8_t label[1 + LABEL_MAX_OCTETS];
	char *at = t->address;

	for (unsigned i = 0; i < 4; i++) {
		at = put_octet(at, a->octets[i]);
		*at++ = '.';
	}
	at[-1] = 0;
	size_t n = pattern_format(label, &s->range->pattern, a->octets) - 1;
	memcpy(t->name, label + 1, n);
	memcpy(t->name + n, t->owner, t->owner_octets);
}

void pair_text_of_rule(struct pair_text *t, const struct plan *plan, const struct span *s)
{
	const struct pattern *p = &s->range->pattern;
	struct addr first = {.len = p->addr_len}, last = first;

	pair_text_of_span(t, plan, s);
	t->is_rule = true;
	memcpy(first.octets, s->first, 16);
	memcpy(last.octets, s->last, 16);
	addr_range_to_text(t->part_text, &first, &last);
	memcpy(first.octets, p->first, 16);
	memcpy(last.octets, p->last, 16);
	addr_range_to_text(t->address, &first, &last);
	if (strcmp(t->part_text, t->address) != 0)
		t->part = t->part_text;
	size_t n = shape_to_text(t->name, p->shape, p->shape_octets);
	memcpy(t->name + n, t->owner, t->owner_octets);
}

static const char *field_name(const struct pair_text *t, unsigned i)
{
	if (t->is_rule && i == FIELD_ADDRESS)
		return "range";
	return t->is_rule && i == FIELD_NAME ? "pattern" : field_names[i];
}

static void print_json(const struct pair_text *t, bool is_first, FILE *out)
{
	fputs(is_first ? "\n {" : ",\n {", out);
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		fputs(i ? ", \"" : "\"", out);
		fputs(field_name(t, i), out);
		fputs("\": ", out);
		if (i == FIELD_TTL || !t->fields[i])
			fputs(t->fields[i] ? t->fields[i] : "null", out);
		else
			json_print_text(t->fields[i], out);
	}
	if (t->part) {
		fputs(", \"part\": ", out);
		json_print_text(t->part, out);
	}
	putc('}', out);
}

static void print_yaml(const struct pair_text *t, bool is_first, FILE *out)
{
	fputs(is_first ? "\n  - {" : "  - {", out);
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		fputs(i ? ", " : "", out);
		fputs(field_name(t, i), out);
		fputs(": ", out);
		if (i == FIELD_TTL || !t->fields[i])
			fputs(t->fields[i] ? t->fields[i] : "null", out);
		else
			yaml_print_text(t->fields[i], true, out);
	}
	if (t->part) {
		fputs(", part: ", out);
		yaml_print_text(t->part, true, out);
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

void pair_text_print_begin(enum pairs_format format, FILE *out)
{
	if (format == PAIRS_CSV)
		print_csv(field_names, out);
	else
		fputs(format == PAIRS_JSON ? "[" : "pairs:", out);
}

void pair_text_print(const struct pair_text *t, enum pairs_format format, bool is_first, FILE *out)
{
	switch (format) {
	case PAIRS_JSON:
		print_json(t, is_first, out);
		return;
	case PAIRS_CSV:
		if (t->part) /* there is no column for it */
			fprintf(out, "%s of ", t->part);
		print_csv(t->fields, out);
		return;
	case PAIRS_YAML:
		print_yaml(t, is_first, out);
		return;
	}
}

void pair_text_print_end(enum pairs_format format, bool is_empty, FILE *out)
{
	if (format == PAIRS_JSON)
		fputs(is_empty ? "]\n" : "\n]\n", out);
	else if (format == PAIRS_YAML && is_empty)
		fputs(" []\n", out);
}
