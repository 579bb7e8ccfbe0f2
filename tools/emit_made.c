/* SPDX-License-Identifier: ISC */
#include "tools/emit_made.h"

#include <string.h>

#include "tools/made_lines.h"
#include "tools/rdata_text.h"
#include "zone/image_search.h"

/* What is being printed. */
struct made {
	const struct snapshot *snapshot;
	const struct image *image;
	const struct filter *filter;
	uint32_t zone;
	FILE *out;
	struct made_lines lines;
};

/* A span of either family. */
struct made_span {
	const struct image_rule *rule;
	struct addr first, last;
};

static void read_span(struct made_span *out, const struct image *image,
        const struct image_spans *spans, uint8_t addr_len, uint32_t i)
{
	*out = (struct made_span){.first.len = addr_len, .last.len = addr_len};
	if (addr_len == 4) {
		const struct image_span4 *span = (const struct image_span4 *)spans->spans + i;
		ipv4_octets(out->first.octets, ((const uint32_t *)spans->first)[i]);
		ipv4_octets(out->last.octets, span->last);
		out->rule = &image->rules[span->rule];
		return;
	}
	const struct image_span6 *span = (const struct image_span6 *)spans->spans + i;
	memcpy(out->first.octets, (const uint8_t *)spans->first + (size_t)i * 16, 16);
	memcpy(out->last.octets, span->last, 16);
	out->rule = &image->rules[span->rule];
}

/* The mark of the PTRs of a span; NULL when they lead back. */
static const char *mark_of_span(const struct made *m, const struct made_span *s)
{
	const uint8_t *owner = image_rule_name(m->image, s->rule);
	const struct image_rule *back;
	struct trie_key key;

	trie_key_from_name(&key, owner);
	uint32_t zone = zone_index_find(&m->snapshot->index, &key);
	if (zone == ZONE_NONE)
		return "external";
	const struct image *image = m->snapshot->images[zone];
	back = image_name_rule(image, s->first.len, s->first.octets);
	return back && name_equal(image_rule_name(image, back), owner) ? NULL : "no forward";
}

static void print_comment(
        struct made *m, const struct made_span *s, const char *type, const char *mark)
{
	const struct pattern p = image_rule_pattern(m->image, s->rule);
	struct addr first = {.len = p.addr_len}, last = {.len = p.addr_len};
	char part[ADDR_RANGE_TEXT_MAX], whole[ADDR_RANGE_TEXT_MAX], shape[SHAPE_TEXT_MAX];
	char owner[NAME_TEXT_MAX];
	bool is_expanded = s->first.len == 4;

	memcpy(first.octets, p.first, 16);
	memcpy(last.octets, p.last, 16);
	addr_range_to_text(part, &s->first, &s->last);
	addr_range_to_text(whole, &first, &last);
	shape_to_text(shape, p.shape, p.shape_octets);
	name_to_text(owner, image_rule_name(m->image, s->rule));
	/* what the image has as a rule for all addresses was a range of its own */
	bool is_whole = strcmp(part, whole) == 0 || p.host_bits == 8 * p.addr_len;
	made_lines_flush(&m->lines);
	fprintf(m->out, "; %s%srange %s: %s %s%s%s, TTL %u%s%s%s\n", is_whole ? "" : part,
	        is_whole ? "" : " of ", is_whole ? part : whole, type, shape,
	        strcmp(owner, ".") == 0 ? "" : ".", owner, s->rule->ttl_s, mark ? ": " : "",
	        mark ? mark : "", is_expanded ? "" : " (a rule: not expanded)");
}

/* The NS of each cut but the first, which stand in the image. */
static void print_cuts(struct made *m, const struct made_span *s)
{
	const struct image_rule *rule = s->rule;
	struct entry e = image_entry(m->image, rule->shape);
	struct addr block = s->first;
	uint8_t rdata[65535];
	char owner[1 + NAME_TEXT_MAX];
	struct rrset set;
	struct name name;

	if (!image_find_rrset(&e, RR_NS, &set))
		return;
	made_lines_flush(&m->lines);
	for (;;) {
		struct prefix p = {block, rule->bits};
		struct addr last;
		prefix_last(&last, &p);
		bool is_first = memcmp(block.octets, rule->first, 16) == 0;
		const uint8_t *record = set.records;
		if (name_from_addr(&name, &block, rule->bits) != OK)
			return;
		size_t n = made_lines_relative(owner, m->image, name.wire);
		for (unsigned i = 0; !is_first && i < set.count; i++) {
			fprintf(m->out, "%.*s\t%u\tIN\t", (int)n - 1, owner + 1, set.ttl_s);
			rdata_print(
			        m->out, RR_NS, rdata, image_rdata(m->image, RR_NS, record, rdata));
			putc('\n', m->out);
			record += image_record_size(RR_NS, record);
		}
		if (memcmp(last.octets, s->last.octets, 16) >= 0)
			return;
		block = last;
		(void)octets_step(block.octets, block.len);
	}
}

/* The next addresses of the span from *at on that are wanted. */
static bool find_run(const struct made *m, const struct made_span *s, const struct addr *at,
        struct addr *first, struct addr *last)
{
	if (filter_has_zone(m->filter, m->zone)) {
		*first = *at;
		*last = s->last;
		return true;
	}
	return filter_next_run(m->filter, at, &s->last, first, last);
}

enum made_side { SIDE_REVERSE, SIDE_FORWARD };

static void print_span(struct made *m, const struct made_span *s, enum made_side side)
{
	struct addr at = s->first, first, last;
	const char *mark = NULL;

	if (s->rule->kind == RULE_CUT) {
		print_cuts(m, s);
		return;
	}
	if (!find_run(m, s, &at, &first, &last))
		return;
	if (side == SIDE_REVERSE && s->rule->kind == RULE_NAME)
		mark = mark_of_span(m, s);
	if (at.len == 16 || mark)
		print_comment(m, s, side == SIDE_FORWARD ? "AAAA" : "PTR", mark);
	while (at.len == 4 && find_run(m, s, &at, &first, &last)) {
		uint32_t from = ipv4_number(first.octets), to = ipv4_number(last.octets);
		if (side == SIDE_FORWARD)
			made_lines_forward(&m->lines, s->rule, from, to);
		else
			made_lines_reverse(&m->lines, s->rule, from, to);
		at = last;
		if (addr_compare(&last, &s->last) >= 0 || !octets_step(at.octets, 4))
			return;
	}
}

/* The sets of spans of an image. */
struct span_set {
	const struct image_spans *spans;
	uint8_t addr_len;
	enum made_side side;
};

#define SPAN_SETS 4

static void list_sets(struct span_set out[SPAN_SETS], const struct image *image)
{
	out[0] = (struct span_set){&image->ptr4, 4, SIDE_REVERSE};
	out[1] = (struct span_set){&image->ptr6, 16, SIDE_REVERSE};
	out[2] = (struct span_set){&image->name4, 4, SIDE_FORWARD};
	out[3] = (struct span_set){&image->name6, 16, SIDE_FORWARD};
}

/* True when a host has not taken every address. */
static bool is_any_left(
        const struct image *image, const struct addr *first, const struct addr *last)
{
	uint32_t from = ipv4_number(first->octets), to = ipv4_number(last->octets);
	uint32_t before = made_lines_taken_before(image, from);
	const uint32_t *taken = image->taken4;

	for (uint32_t a = from; before < image->taken4_count && taken[before] == a; a++, before++)
		if (a == to)
			return false;
	return true;
}

static bool is_span_wanted(const struct filter *f, const struct image *image,
        const struct made_span *s, enum made_side side)
{
	struct addr at = s->first, first, last;

	if (s->rule->kind == RULE_CUT)
		return false;
	while (filter_next_run(f, &at, &s->last, &first, &last)) {
		if (side == SIDE_REVERSE || at.len == 16 || is_any_left(image, &first, &last))
			return true;
		at = last;
		if (addr_compare(&last, &s->last) >= 0 || !octets_step(at.octets, at.len))
			return false;
	}
	return false;
}

bool emit_made_is_wanted(const struct snapshot *s, uint32_t zone, const struct filter *f)
{
	const struct image *image = s->images[zone];
	struct span_set sets[SPAN_SETS];
	struct made_span span;

	list_sets(sets, image);
	for (unsigned k = 0; k < SPAN_SETS; k++) {
		for (uint32_t i = 0; i < sets[k].spans->count; i++) {
			read_span(&span, image, sets[k].spans, sets[k].addr_len, i);
			if (is_span_wanted(f, image, &span, sets[k].side))
				return true;
		}
	}
	return false;
}

void emit_made(const struct snapshot *s, uint32_t zone, const struct filter *f, FILE *out)
{
	struct made m;
	struct span_set sets[SPAN_SETS];
	struct made_span span;

	m.snapshot = s;
	m.image = s->images[zone];
	m.filter = f;
	m.zone = zone;
	m.out = out;
	m.lines.image = m.image;
	m.lines.out = out;
	m.lines.used = 0;
	list_sets(sets, m.image);
	for (unsigned k = 0; k < SPAN_SETS; k++) {
		for (uint32_t i = 0; i < sets[k].spans->count; i++) {
			read_span(&span, m.image, sets[k].spans, sets[k].addr_len, i);
			print_span(&m, &span, sets[k].side);
		}
	}
	made_lines_flush(&m.lines);
}
