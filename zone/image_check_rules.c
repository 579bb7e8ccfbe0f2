/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "zone/image_check.h"
#include "zone/image_rules.h"

/* A lower-case wire name at an offset of the rule octets. */
static bool take_name(const struct image *image, uint32_t at, struct name *out)
{
	if (at >= image->rule_octets_size ||
	        name_from_wire(out, image->rule_octets + at, image->rule_octets_size - at) != OK)
		return false;
	for (unsigned i = 0; i < out->len; i++)
		if (out->wire[i] != octet_lower(out->wire[i]))
			return false;
	return true;
}

/* The pattern makes labels that fit before its owner. */
static bool name_rule_is_sound(const struct image *image, const struct image_rule *r)
{
	struct addr first = {.len = r->addr_len}, last = {.len = r->addr_len};
	struct pattern p;
	struct name owner;

	if (!take_name(image, r->name, &owner) ||
	        r->owner_labels != name_count_labels(owner.wire) ||
	        r->shape >= image->rule_octets_size)
		return false;
	const uint8_t *shape = image->rule_octets + r->shape;
	if (image->rule_octets_size - r->shape - 1 < *shape ||
	        !shape_is_sound(shape + 1, *shape, r->addr_len))
		return false;
	memcpy(first.octets, r->first, sizeof first.octets);
	memcpy(last.octets, r->last, sizeof last.octets);
	pattern_init(&p, shape + 1, *shape, &first, &last);
	return p.host_bits == r->bits && pattern_check(&p) == PATTERN_FINE &&
	       owner.len + 1U + pattern_widest(&p) <= NAME_MAX_OCTETS;
}

/* The addresses are of one /24, so none has a longer label than the last. */
static bool cname_rule_is_sound(const struct image *image, const struct image_rule *r)
{
	uint8_t label[64];
	struct name target;

	return r->addr_len == 4 && r->shape == 0 && r->bits == 0 && r->owner_labels == 0 &&
	       memcmp(r->first, r->last, 3) == 0 && take_name(image, r->name, &target) &&
	       target.len + name_addr_labels(label, r->last, 4, 24) <= NAME_MAX_OCTETS;
}

/* The cuts' blocks are whole, and the leaf is the first's name and a zone cut. */
static bool cut_rule_is_sound(const struct image *image, const struct image_rule *r)
{
	unsigned step = r->addr_len == 4 ? 8 : 4;
	struct image_block first, last;
	uint8_t at[NAME_MAX_LABELS + 1];
	struct addr a = {.len = r->addr_len};
	struct name name;
	unsigned shared;

	memcpy(a.octets, r->first, sizeof a.octets);
	if (r->name || r->owner_labels || r->ttl_s || r->bits % step || r->bits == 0 ||
	        name_from_addr(&name, &a, r->bits) != OK ||
	        !name_is_within(name.wire, image->apex, NULL) || r->shape >= image->node_count ||
	        !trie_is_leaf(&image->nodes[r->shape]))
		return false;
	unsigned labels = name_find_labels(at, name.wire);
	if (labels <= image->apex_labels)
		return false;
	struct entry e = image_entry(image, r->shape);
	if (e.template->cut != IMAGE_CUT_NS ||
	        image_count_shared(image, &e, name.wire, at, labels - image->apex_labels,
	                &shared) != labels - image->apex_labels ||
	        shared != labels - image->apex_labels)
		return false;
	image_read_block(&first, image, name.wire, at, labels);
	memcpy(a.octets, r->last, sizeof a.octets);
	if (name_from_addr(&name, &a, r->bits) != OK ||
	        !name_is_within(name.wire, image->apex, NULL))
		return false;
	labels = name_find_labels(at, name.wire);
	image_read_block(&last, image, name.wire, at, labels);
	return memcmp(first.first, r->first, 16) == 0 && memcmp(last.last, r->last, 16) == 0;
}

static bool rule_is_sound(struct image *image, const struct image_rule *r)
{
	static const uint8_t zeros[16];

	if ((r->addr_len != 4 && r->addr_len != 16) || memcmp(r->first, r->last, 16) > 0 ||
	        memcmp(r->first + r->addr_len, zeros, 16U - r->addr_len) != 0 ||
	        memcmp(r->last + r->addr_len, zeros, 16U - r->addr_len) != 0)
		return false;
	switch (r->kind) {
	case RULE_NAME:
		return name_rule_is_sound(image, r);
	case RULE_CNAME:
		return cname_rule_is_sound(image, r);
	case RULE_CUT:
		image->has_cut_rules = true;
		return cut_rule_is_sound(image, r);
	default:
		return false;
	}
}

/* A span of either family with its addresses as octets. */
struct open_span {
	uint8_t first[16], last[16];
	uint32_t rule;
};

static struct open_span open_span(const struct image_spans *spans, unsigned addr_len, uint32_t i)
{
	struct open_span out = {.rule = 0};

	if (addr_len == 4) {
		const struct image_span4 *span = (const struct image_span4 *)spans->spans + i;
		ipv4_octets(out.first, ((const uint32_t *)spans->first)[i]);
		ipv4_octets(out.last, span->last);
		out.rule = span->rule;
	} else {
		const struct image_span6 *span = (const struct image_span6 *)spans->spans + i;
		memcpy(out.first, (const uint8_t *)spans->first + (size_t)i * 16, 16);
		memcpy(out.last, span->last, 16);
		out.rule = span->rule;
	}
	return out;
}

/* In order, without overlap, each within the range of its rule. Of a zone's own addresses they need
 * not be: what lies elsewhere is never asked for. */
static bool spans_are_sound(const struct image *image, const struct image_header *h,
        unsigned section, const struct image_spans *spans, unsigned addr_len)
{
	bool is_ptr = section < SECTION_NAME_FIRST4;
	struct open_span before = {.rule = 0};

	if (h->sections[section + 1].size /
	                (addr_len == 4 ? sizeof(struct image_span4) : sizeof(struct image_span6)) !=
	        spans->count)
		return false;
	for (uint32_t i = 0; i < spans->count; i++) {
		struct open_span span = open_span(spans, addr_len, i);
		if (span.rule >= image->rule_count || memcmp(span.first, span.last, 16) > 0 ||
		        (i && memcmp(span.first, before.last, 16) <= 0))
			return false;
		const struct image_rule *rule = &image->rules[span.rule];
		if (rule->addr_len != addr_len || memcmp(span.first, rule->first, 16) < 0 ||
		        memcmp(span.last, rule->last, 16) > 0 ||
		        (!is_ptr && rule->kind != RULE_NAME))
			return false;
		before = span;
	}
	return true;
}

static bool taken_are_sound(const struct image *image)
{
	const uint32_t *taken4 = image->taken4;
	const uint8_t *taken6 = image->taken6;

	for (uint32_t i = 1; i < image->taken4_count; i++)
		if (taken4[i] <= taken4[i - 1])
			return false;
	for (uint32_t i = 1; i < image->taken6_count; i++)
		if (memcmp(taken6 + (size_t)i * 16, taken6 + (size_t)(i - 1) * 16, 16) <= 0)
			return false;
	return true;
}

/* The key of a pattern, as the writer makes it. */
static size_t pattern_key(const struct image *image, const struct image_rule *rule, uint8_t *key)
{
	const uint8_t *owner = image_rule_name(image, rule);
	uint8_t label[1 + LABEL_MAX_OCTETS];
	const uint8_t *prefix = shape_prefix(image->rule_octets + rule->shape + 1, label);

	memcpy(label + 1, prefix, *label);
	size_t n = trie_key_from_labels(key, owner, name_length(owner) - image->apex_len);
	if (*label)
		n += trie_key_from_labels(key + n, label, 1U + *label);
	while (n && key[n - 1] == 0)
		n--;
	return n;
}

/* Patterns are linked to earlier ones, so asking ends; leaves are runs of them that leave none
 * out; and the walk for a pattern's key ends at its leaf. */
static bool patterns_are_sound(const struct image *image)
{
	uint8_t symbols[2 * TRIE_KEY_MAX];
	struct trie_key key;
	uint32_t leaves = 0, next = 0, leaf;
	struct trie_cursor cursor;

	if (!image->pattern_count || !image->pattern_node_count)
		return image->pattern_count == image->pattern_node_count;
	for (uint32_t i = 0; i < image->pattern_count; i++) {
		const struct image_pattern *p = &image->patterns[i];
		if (p->next > i || p->rule >= image->rule_count)
			return false;
		const struct image_rule *rule = &image->rules[p->rule];
		if (rule->kind != RULE_NAME ||
		        !name_is_within(image_rule_name(image, rule), image->apex, NULL))
			return false;
	}
	for (uint32_t i = 0; i < image->pattern_node_count; i++)
		leaves += trie_is_leaf(&image->pattern_nodes[i]);
	if (!trie_is_sound(image->pattern_nodes, image->pattern_node_count, leaves,
	            TRIE_KEY_MAX - image->apex_key_len))
		return false;
	trie_cursor_init(&cursor, image->pattern_nodes, image->pattern_node_count);
	while (trie_next(&cursor, &leaf)) {
		const struct trie_node *node = &image->pattern_nodes[leaf];
		if (node->ref >= image->pattern_count || node->low == 0 ||
		        node->high != TRIE_LEAF || node->ref + 1 != next + node->low)
			return false;
		for (; next <= node->ref; next++) {
			size_t n = pattern_key(
			        image, &image->rules[image->patterns[next].rule], symbols);
			if (n > TRIE_KEY_MAX)
				return false;
			memcpy(key.symbols, symbols, n);
			key.symbols[n] = 0;
			key.len = (uint16_t)n;
			if (trie_walk(image->pattern_nodes, &key, 0) != leaf)
				return false;
		}
	}
	return next == image->pattern_count;
}

bool image_check_rules(struct image *image, const struct image_header *h)
{
	for (uint32_t i = 0; i < image->rule_count; i++)
		if (!rule_is_sound(image, &image->rules[i]))
			return false;
	return spans_are_sound(image, h, SECTION_PTR_FIRST4, &image->ptr4, 4) &&
	       spans_are_sound(image, h, SECTION_PTR_FIRST6, &image->ptr6, 16) &&
	       spans_are_sound(image, h, SECTION_NAME_FIRST4, &image->name4, 4) &&
	       spans_are_sound(image, h, SECTION_NAME_FIRST6, &image->name6, 16) &&
	       taken_are_sound(image) && patterns_are_sound(image);
}
