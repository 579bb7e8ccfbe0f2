/* SPDX-License-Identifier: ISC */
#include "zone/image_rules.h"

#include <string.h>

#define ARPA_LABELS 2 /* in-addr.arpa, ip6.arpa */

/* How many of first[0..count) are not behind the address. */
static uint32_t count_not_behind4(const struct image_spans *spans, uint32_t address)
{
	const uint32_t *first = spans->first;
	uint32_t base = 0, n = spans->count;

	if (n == 0 || first[0] > address)
		return 0;
	while (n > 1) {
		uint32_t half = n / 2;
		base = first[base + half] <= address ? base + half : base;
		n -= half;
	}
	return base + 1;
}

static uint64_t load64(const uint8_t *octets)
{
	return (uint64_t)ipv4_number(octets) << 32 | ipv4_number(octets + 4);
}

static bool is_behind6(const uint8_t *a, uint64_t high, uint64_t low)
{
	uint64_t a_high = load64(a);

	return a_high > high || (a_high == high && load64(a + 8) > low);
}

static uint32_t count_not_behind6(const struct image_spans *spans, const uint8_t *address)
{
	const uint8_t *first = spans->first;
	uint64_t high = load64(address), low = load64(address + 8);
	uint32_t base = 0, n = spans->count;

	if (n == 0 || is_behind6(first, high, low))
		return 0;
	while (n > 1) {
		uint32_t half = n / 2;
		base = is_behind6(first + (size_t)(base + half) * 16, high, low) ? base
		                                                                 : base + half;
		n -= half;
	}
	return base + 1;
}

const struct image_rule *image_find_rule4(
        const struct image *image, const struct image_spans *spans, uint32_t address)
{
	uint32_t i = count_not_behind4(spans, address);
	const struct image_span4 *span = (const struct image_span4 *)spans->spans + (i - 1);

	return i && span->last >= address ? &image->rules[span->rule] : NULL;
}

const struct image_rule *image_find_rule6(
        const struct image *image, const struct image_spans *spans, const uint8_t *address)
{
	uint32_t i = count_not_behind6(spans, address);
	const struct image_span6 *span = (const struct image_span6 *)spans->spans + (i - 1);

	return i && memcmp(span->last, address, 16) >= 0 ? &image->rules[span->rule] : NULL;
}

/* Where reading begins: at the apex that is a block's name, else at in-addr.arpa or ip6.arpa.
 * Returns the labels of that, 0 where there is none. */
static unsigned begin_block(struct prefix *p, const struct image *image, const uint8_t *qname,
        const uint8_t *at, unsigned labels)
{
	static const uint8_t arpa[] = "\4arpa";
	const uint8_t *rest;

	*p = image->prefix;
	if (p->addr.len)
		return image->apex_labels;
	if (labels < ARPA_LABELS)
		return 0;
	rest = qname + at[labels - ARPA_LABELS];
	if (!name_equal(rest + 1 + *rest, arpa) || image->apex_labels > ARPA_LABELS)
		return 0;
	if (name_equal(rest, (const uint8_t *)"\7in-addr\4arpa"))
		p->addr.len = 4;
	else if (name_equal(rest, (const uint8_t *)"\3ip6\4arpa"))
		p->addr.len = 16;
	else
		return 0;
	return ARPA_LABELS;
}

static void set_block(struct image_block *out, const struct prefix *p, unsigned labels)
{
	unsigned octets = p->bits / 8;

	memcpy(out->first, p->addr.octets, 16);
	memcpy(out->last, p->addr.octets, 16);
	if (p->bits % 8) /* half an octet */
		out->last[octets++] |= 15;
	memset(out->last + octets, 0xff, p->addr.len - octets);
	out->addr_len = p->addr.len;
	out->labels = labels;
	out->is_address = p->bits == 8 * p->addr.len;
}

/* N.64-127.113.0.203.in-addr.arpa */
static void read_cut_block(struct image_block *out, const struct image *image, const uint8_t *qname,
        const uint8_t *at, unsigned labels)
{
	struct prefix p = {.addr = image->cut.addr, .bits = 24};

	p.addr.octets[3] = 0;
	if (labels > image->apex_labels &&
	        prefix_take_label(&p, qname + at[labels - image->apex_labels - 1]) &&
	        prefix_has_addr(&image->cut, &p.addr))
		set_block(out, &p, image->apex_labels + 1U);
}

void image_read_block(struct image_block *out, const struct image *image, const uint8_t *qname,
        const uint8_t *at, unsigned labels)
{
	struct prefix p;

	out->addr_len = 0;
	if (image->cut.addr.len) {
		read_cut_block(out, image, qname, at, labels);
		return;
	}
	unsigned taken = begin_block(&p, image, qname, at, labels);
	if (taken == 0)
		return;
	while (taken < labels && prefix_take_label(&p, qname + at[labels - taken - 1]))
		taken++;
	set_block(out, &p, taken);
}

/* The rule of the block's first address. */
static const struct image_rule *rule_of_first(
        const struct image *image, const struct image_block *block)
{
	if (block->addr_len == 4)
		return image_find_rule4(image, &image->ptr4, ipv4_number(block->first));
	return block->addr_len ? image_find_rule6(image, &image->ptr6, block->first) : NULL;
}

const struct image_rule *image_rule_of_block(
        const struct image *image, const struct image_block *block)
{
	return block->is_address ? rule_of_first(image, block) : NULL;
}

const struct image_rule *image_cut_of_block(
        const struct image *image, const struct image_block *block)
{
	const struct image_rule *rule = rule_of_first(image, block);

	if (!rule || rule->kind != RULE_CUT)
		return NULL;
	return block->labels >= ARPA_LABELS + rule->bits / (rule->addr_len == 4 ? 8U : 4U) ? rule
	                                                                                   : NULL;
}

/* Labels of the reverse names that two addresses share. */
static unsigned shared_labels(const uint8_t *a, const uint8_t *b, unsigned len)
{
	unsigned i = 0;

	while (i < len && a[i] == b[i])
		i++;
	if (len == 4)
		return ARPA_LABELS + i;
	return ARPA_LABELS + 2 * i + (i < len && (a[i] >> 4) == (b[i] >> 4));
}

static unsigned ruled_labels4(const struct image_spans *spans, const struct image_block *block)
{
	const struct image_span4 *span = spans->spans;
	const uint32_t *first = spans->first;
	uint32_t i = count_not_behind4(spans, ipv4_number(block->last));
	uint8_t octets[4];
	unsigned before = 0, behind = 0;

	if (i && span[i - 1].last >= ipv4_number(block->first))
		return block->labels;
	if (i) {
		ipv4_octets(octets, span[i - 1].last);
		before = shared_labels(octets, block->first, 4);
	}
	if (i < spans->count) {
		ipv4_octets(octets, first[i]);
		behind = shared_labels(octets, block->first, 4);
	}
	return before > behind ? before : behind;
}

static unsigned ruled_labels6(const struct image_spans *spans, const struct image_block *block)
{
	const struct image_span6 *span = spans->spans;
	const uint8_t *first = spans->first;
	uint32_t i = count_not_behind6(spans, block->last);
	unsigned before = 0, behind = 0;

	if (i && memcmp(span[i - 1].last, block->first, 16) >= 0)
		return block->labels;
	if (i)
		before = shared_labels(span[i - 1].last, block->first, 16);
	if (i < spans->count)
		behind = shared_labels(first + (size_t)i * 16, block->first, 16);
	return before > behind ? before : behind;
}

unsigned image_ruled_labels(const struct image *image, const struct image_block *block)
{
	if (block->addr_len == 0)
		return 0;
	unsigned labels = block->addr_len == 4 ? ruled_labels4(&image->ptr4, block)
	                                       : ruled_labels6(&image->ptr6, block);
	/* between its apex and the addresses a zone by RFC 2317 has no names */
	return image->cut.addr.len && labels != block->labels ? 0 : labels;
}

struct pattern image_rule_pattern(const struct image *image, const struct image_rule *rule)
{
	const uint8_t *shape = image->rule_octets + rule->shape;
	struct pattern p = {.shape = shape + 1,
	        .shape_octets = *shape,
	        .addr_len = rule->addr_len,
	        .host_bits = rule->bits};

	memcpy(p.first, rule->first, 16);
	memcpy(p.last, rule->last, 16);
	return p;
}

void image_made_name(struct name *out, const struct image *image, const struct image_rule *rule,
        const uint8_t *address)
{
	const uint8_t *rest = image_rule_name(image, rule);
	size_t n;

	if (rule->kind == RULE_NAME) {
		struct pattern p = image_rule_pattern(image, rule);
		n = pattern_format(out->wire, &p, address);
	} else {
		n = name_addr_labels(out->wire, address, 4, 24);
	}
	size_t rest_octets = name_length(rest);
	memcpy(out->wire + n, rest, rest_octets);
	out->len = (uint8_t)(n + rest_octets);
}

static bool is_taken4(const struct image *image, uint32_t address)
{
	const struct image_spans taken = {image->taken4, NULL, image->taken4_count};
	uint32_t i = count_not_behind4(&taken, address);

	return i && ((const uint32_t *)image->taken4)[i - 1] == address;
}

static bool is_taken6(const struct image *image, const uint8_t *address)
{
	const struct image_spans taken = {image->taken6, NULL, image->taken6_count};
	uint32_t i = count_not_behind6(&taken, address);

	return i && memcmp((const uint8_t *)image->taken6 + (size_t)(i - 1) * 16, address, 16) == 0;
}

static bool is_same_label(const uint8_t *a, const uint8_t *b)
{
	for (unsigned i = 0; i <= *a; i++)
		if (octet_lower(a[i]) != octet_lower(b[i]))
			return false;
	return true;
}

/* The rule that makes this name of the address, if one does. */
static const struct image_rule *make_again(
        const struct image *image, unsigned addr_len, const uint8_t *address, const uint8_t *label)
{
	uint32_t number = ipv4_number(address);
	const struct image_rule *rule = addr_len == 4
	                                        ? image_find_rule4(image, &image->name4, number)
	                                        : image_find_rule6(image, &image->name6, address);
	uint8_t again[1 + LABEL_MAX_OCTETS];

	if (!rule)
		return NULL;
	struct pattern p = image_rule_pattern(image, rule);
	pattern_format(again, &p, address);
	if (!is_same_label(again, label) ||
	        !name_equal(image_rule_name(image, rule), label + 1 + *label))
		return NULL;
	if (addr_len == 4 ? is_taken4(image, number) : is_taken6(image, address))
		return NULL;
	return rule;
}

const struct image_rule *image_find_made(uint8_t out[16], const struct image *image,
        const struct trie_key *key, const uint8_t *label, unsigned owner_labels)
{
	if (image->pattern_count == 0)
		return NULL;
	uint32_t leaf = trie_walk(image->pattern_nodes, key->symbols + image->apex_key_len);
	/* on the way up the owners have fewer and fewer labels */
	for (uint32_t i = image->pattern_nodes[leaf].ref + 1; i; i = image->patterns[i - 1].next) {
		const struct image_rule *rule = &image->rules[image->patterns[i - 1].rule];
		if (rule->owner_labels < owner_labels)
			break;
		struct pattern p = image_rule_pattern(image, rule);
		if (rule->owner_labels != owner_labels || !pattern_parse(out, &p, label))
			continue;
		const struct image_rule *made = make_again(image, rule->addr_len, out, label);
		if (made)
			return made;
	}
	return NULL;
}
