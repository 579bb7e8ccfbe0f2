/* SPDX-License-Identifier: ISC */
#include "tools/made_lines.h"

#include <string.h>

#include "zone/lookup.h"

#define LINE_MAX_OCTETS (3 * NAME_TEXT_MAX) /* two names and what stands between them */

void made_lines_flush(struct made_lines *m)
{
	fwrite(m->buffer, 1, m->used, m->out);
	m->used = 0;
}

static void begin_line(struct made_lines *m)
{
	if (m->used > sizeof m->buffer - LINE_MAX_OCTETS)
		made_lines_flush(m);
}

static void put(struct made_lines *m, const void *text, size_t n)
{
	memcpy(m->buffer + m->used, text, n);
	m->used += n;
}

static void put_octet(struct made_lines *m, uint8_t value)
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

static void put_piece(struct made_lines *m, const struct piece *p)
{
	put(m, p->text, p->n);
}

/* Between owner and rdata. */
static void set_middle(struct piece *p, uint32_t ttl_s, const char *type)
{
	p->n = (size_t)snprintf(p->text, sizeof p->text, "\t%u\tIN\t%s\t", ttl_s, type);
}

size_t made_lines_relative(
        char out[1 + NAME_TEXT_MAX], const struct image *image, const uint8_t *name)
{
	uint8_t labels[NAME_MAX_OCTETS + 1];
	size_t n = name_length(name) - image->apex_len;

	memcpy(labels, name, n);
	labels[n] = 0;
	out[0] = '.';
	return n ? name_to_text(out + 1, labels) : 0; /* one dot more, and one less */
}

static void set_relative(struct piece *p, const struct image *image, const uint8_t *name)
{
	p->n = made_lines_relative(p->text, image, name);
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
	uint32_t leaf = trie_walk(image->nodes, &key, image->apex_key_len);
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
struct rule_lines {
	const struct image_rule *rule;
	struct pattern pattern;
	struct piece middle, rest;
};

static void set_lines(struct rule_lines *l, const struct image *image,
        const struct image_rule *rule, const char *type)
{
	l->rule = rule;
	if (rule->kind == RULE_NAME)
		l->pattern = image_rule_pattern(image, rule);
	set_middle(&l->middle, rule->ttl_s, type);
}

/* A label of a pattern is letters, digits and hyphens: its text is its octets. */
static void put_label(struct made_lines *m, const struct rule_lines *l, uint32_t address)
{
	uint8_t octets[16] = {0}, label[1 + LABEL_MAX_OCTETS];

	ipv4_octets(octets, address);
	size_t n = pattern_format(label, &l->pattern, octets);
	put(m, label + 1, n - 1);
}

static void print_reverse_block(
        struct made_lines *m, const struct rule_lines *l, uint32_t first, uint32_t last)
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

void made_lines_reverse(
        struct made_lines *m, const struct image_rule *rule, uint32_t first, uint32_t last)
{
	struct rule_lines l;

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

uint32_t made_lines_taken_before(const struct image *image, uint32_t address)
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

void made_lines_forward(
        struct made_lines *m, const struct image_rule *rule, uint32_t first, uint32_t last)
{
	const uint32_t *taken = m->image->taken4;
	uint32_t next = made_lines_taken_before(m->image, first);
	struct rule_lines l;

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
