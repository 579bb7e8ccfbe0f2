/* SPDX-License-Identifier: ISC */
#include "tools/emit_made.h"

#include <string.h>

#include "tools/rdata_text.h"
#include "zone/lookup.h"

#define LINE_MAX_OCTETS (3 * NAME_TEXT_MAX) /* two names and what stands between them */
#define BUFFER_OCTETS   (64U * 1024)

/* What is being printed. */
struct made {
	const struct snapshot *snapshot;
	const struct image *image;
	const struct filter *filter;
	uint32_t zone;
	FILE *out;
	size_t used;
	char buffer[BUFFER_OCTETS]; /* whole lines */
};

static void flush(struct made *m)
{
	fwrite(m->buffer, 1, m->used, m->out);
	m->used = 0;
}

static void begin_line(struct made *m)
{
	if (m->used > sizeof m->buffer - LINE_MAX_OCTETS)
		flush(m);
}

static void put(struct made *m, const void *text, size_t n)
{
	memcpy(m->buffer + m->used, text, n);
	m->used += n;
}

static void put_octet(struct made *m, uint8_t value)
{
	char *at = m->buffer + m->used;
	unsigned n = value < 10 ? 1 : value < 100 ? 2 : 3;

	for (unsigned i = n; i; i--, value /= 10)
		at[i - 1] = (char)('0' + value % 10);
	m->used += n;
}

/* A piece of a line that all lines of a span have. */
struct piece {
	char text[NAME_TEXT_MAX + 32];
	size_t n;
};

static void put_piece(struct made *m, const struct piece *p)
{
	put(m, p->text, p->n);
}

/* Between owner and rdata. */
static void set_middle(struct piece *p, uint32_t ttl_s, const char *type)
{
	p->n = (size_t)snprintf(p->text, sizeof p->text, "\t%u\tIN\t%s\t", ttl_s, type);
}

/* The wire name `name`, which ends in the apex, with a dot before it and without the apex; empty
 * for the apex. */
static void set_relative(struct piece *p, const struct image *image, const uint8_t *name)
{
	uint8_t labels[NAME_MAX_OCTETS + 1];
	size_t n = name_length(name) - image->apex_len;

	memcpy(labels, name, n);
	labels[n] = 0;
	p->text[0] = '.';
	p->n = n ? name_to_text(p->text + 1, labels) : 0; /* one dot more, and one less */
}

/* A dot and the whole name. */
static void set_absolute(struct piece *p, const uint8_t *name)
{
	p->text[0] = '.';
	p->n = 1 + name_to_text(p->text + 1, name);
	if (!*name)
		p->n = 1; /* the root is a dot itself */
}

/* The name at which the zone holds the PTR of an address. */
static void name_of(struct name *out, const struct image *image, uint32_t address)
{
	struct addr a = {.len = 4};
	uint8_t label[64];

	ipv4_octets(a.octets, address);
	/* neither fails: no image has such an apex */
	size_t n = name_addr_labels(label, a.octets, 4, 24);
	enum err e = image->cut.addr.len ? name_join(out, label, n, image->apex)
	                                 : name_from_addr(out, &a, 32);
	if (e != OK)
		name_copy(out, image->apex);
}

/* True when no owner stands at or below the name of the /24 that holds the address, nor a cut above
 * it: then its rule makes the record of each address. */
static bool is_bare(const struct image *image, uint32_t address)
{
	uint8_t at[NAME_MAX_LABELS + 1];
	struct trie_key key;
	struct name name;
	unsigned owner_labels;

	if (image->cut.addr.len || (image->prefix.addr.len && image->prefix.bits > 24))
		return false;
	name_of(&name, image, address);
	const uint8_t *block = name.wire + 1 + *name.wire;
	trie_key_from_name(&key, block);
	unsigned below = name_find_labels(at, block) - image->apex_labels;
	uint32_t leaf = trie_walk(image->nodes, key.symbols + image->apex_key_len);
	struct entry e = image_entry(image, leaf);
	return !image->nodes[leaf].low &&
	       image_count_shared(image, &e, block, at, below, &owner_labels) < below;
}

/* True when it is this rule that makes the record at the address's name. */
static bool is_made(const struct image *image, uint32_t address, const struct image_rule *rule)
{
	uint8_t at[NAME_MAX_LABELS + 1];
	struct trie_key key;
	struct lookup found;
	struct name name;

	name_of(&name, image, address);
	trie_key_from_name(&key, name.wire);
	unsigned labels = name_find_labels(at, name.wire);
	lookup_name(&found, image, &key, name.wire, at, labels);
	return found.kind == LOOKUP_MADE && found.is_reverse && found.rule == rule;
}

/* What is the same for all addresses of a rule. */
struct made_lines {
	const struct image_rule *rule;
	struct pattern pattern;
	struct piece middle, rest;
};

static void set_lines(struct made_lines *l, const struct image *image,
        const struct image_rule *rule, const char *type)
{
	l->rule = rule;
	if (rule->kind == RULE_NAME)
		l->pattern = image_rule_pattern(image, rule);
	set_middle(&l->middle, rule->ttl_s, type);
}

/* A label of a pattern is letters, digits and hyphens: its text is its octets. */
static void put_label(struct made *m, const struct made_lines *l, uint32_t address)
{
	uint8_t octets[16] = {0}, label[1 + LABEL_MAX_OCTETS];

	ipv4_octets(octets, address);
	size_t n = pattern_format(label, &l->pattern, octets);
	put(m, label + 1, n - 1);
}

static void print_reverse_block(
        struct made *m, const struct made_lines *l, uint32_t first, uint32_t last)
{
	bool is_all = is_bare(m->image, first);
	struct piece tail;
	struct name name;

	name_of(&name, m->image, first);
	/* an address that is the zone's apex has an owner, and no line */
	if (name.len > m->image->apex_len)
		set_relative(&tail, m->image, name.wire + 1 + *name.wire);
	else
		tail.n = 0;
	for (uint32_t a = first;; a++) {
		if (is_all || is_made(m->image, a, l->rule)) {
			begin_line(m);
			put_octet(m, (uint8_t)a);
			put_piece(m, &tail);
			put_piece(m, &l->middle);
			if (l->rule->kind == RULE_NAME)
				put_label(m, l, a);
			else
				put_octet(m, (uint8_t)a);
			put_piece(m, &l->rest);
			put(m, "\n", 1);
		}
		if (a == last)
			return;
	}
}

static void print_reverse(
        struct made *m, const struct image_rule *rule, uint32_t first, uint32_t last)
{
	struct made_lines l;

	set_lines(&l, m->image, rule, rule->kind == RULE_NAME ? "PTR" : "CNAME");
	set_absolute(&l.rest, image_rule_name(m->image, rule));
	for (;;) {
		uint32_t end = last - first > (255U & ~first) ? first | 255U : last;
		print_reverse_block(m, &l, first, end);
		if (end == last)
			return;
		first = end + 1;
	}
}

/* How many of the addresses that hosts have lie before this one. */
static uint32_t count_taken_before(const struct image *image, uint32_t address)
{
	const uint32_t *taken = image->taken4;
	uint32_t low = 0, high = image->taken4_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (taken[middle] < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void print_forward(
        struct made *m, const struct image_rule *rule, uint32_t first, uint32_t last)
{
	const uint32_t *taken = m->image->taken4;
	uint32_t next = count_taken_before(m->image, first);
	struct made_lines l;

	set_lines(&l, m->image, rule, "A");
	set_relative(&l.rest, m->image, image_rule_name(m->image, rule));
	for (uint32_t a = first;; a++) {
		if (next < m->image->taken4_count && taken[next] == a) {
			next++;
		} else {
			begin_line(m);
			put_label(m, &l, a);
			put_piece(m, &l.rest);
			put_piece(m, &l.middle);
			for (unsigned shift = 24; shift; shift -= 8) {
				put_octet(m, (uint8_t)(a >> shift));
				put(m, ".", 1);
			}
			put_octet(m, (uint8_t)a);
			put(m, "\n", 1);
		}
		if (a == last)
			return;
	}
}

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
	uint32_t zone = zone_index_find(&m->snapshot->index, &key, owner);
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
	bool is_single = s->first.len == 4;

	memcpy(first.octets, p.first, 16);
	memcpy(last.octets, p.last, 16);
	addr_range_to_text(part, &s->first, &s->last);
	addr_range_to_text(whole, &first, &last);
	shape_to_text(shape, p.shape, p.shape_octets);
	name_to_text(owner, image_rule_name(m->image, s->rule));
	/* what the image has as a rule for all addresses was a range of its own */
	bool is_whole = strcmp(part, whole) == 0 || p.host_bits == 8 * p.addr_len;
	flush(m);
	fprintf(m->out, "; %s%srange %s: %s %s%s%s, TTL %u%s%s%s\n", is_whole ? "" : part,
	        is_whole ? "" : " of ", is_whole ? part : whole, type, shape,
	        strcmp(owner, ".") == 0 ? "" : ".", owner, s->rule->ttl_s, mark ? ": " : "",
	        mark ? mark : "", is_single ? "" : " (a rule: not expanded)");
}

/* The NS of each cut but the first, which stand in the image. */
static void print_cuts(struct made *m, const struct made_span *s)
{
	const struct image_rule *rule = s->rule;
	struct entry e = image_entry(m->image, rule->shape);
	struct addr block = s->first;
	uint8_t rdata[65535];
	struct piece owner;
	struct rrset set;
	struct name name;

	if (!image_find_rrset(&e, RR_NS, &set))
		return;
	flush(m);
	for (;;) {
		struct prefix p = {block, rule->bits};
		struct addr last;
		prefix_last(&last, &p);
		bool is_first = memcmp(block.octets, rule->first, 16) == 0;
		const uint8_t *record = set.records;
		if (name_from_addr(&name, &block, rule->bits) != OK)
			return;
		set_relative(&owner, m->image, name.wire);
		for (unsigned i = 0; !is_first && i < set.count; i++) {
			fprintf(m->out, "%.*s\t%u\tIN\t", (int)owner.n - 1, owner.text + 1,
			        set.ttl_s);
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
			print_forward(m, s->rule, from, to);
		else
			print_reverse(m, s->rule, from, to);
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
	uint32_t before = count_taken_before(image, from);
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
	m.used = 0;
	list_sets(sets, m.image);
	for (unsigned k = 0; k < SPAN_SETS; k++) {
		for (uint32_t i = 0; i < sets[k].spans->count; i++) {
			read_span(&span, m.image, sets[k].spans, sets[k].addr_len, i);
			print_span(&m, &span, sets[k].side);
		}
	}
	flush(&m);
}
