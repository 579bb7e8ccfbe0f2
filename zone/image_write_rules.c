/* SPDX-License-Identifier: ISC */
#include "zone/image_write_rules.h"

#include <stdlib.h>
#include <string.h>

#include "zone/image_rules.h"

/* A pattern on its way into the trie. */
struct item {
	uint32_t rule;
	uint32_t key_at; /* in pattern_symbols */
	uint16_t key_len;
	uint16_t owner_labels;
};

static size_t shape_size(const uint8_t *octets)
{
	return 1U + *octets;
}

static struct image_rule *rule_at(struct image_writer *w, uint32_t number)
{
	return (struct image_rule *)(void *)w->sections[SECTION_RULES].octets + number;
}

static uint32_t put_name(struct image_writer *w, const uint8_t *name)
{
	uint32_t number =
	        seen_find_or_add(&w->names, &w->name_index, &w->sections[SECTION_RULE_OCTETS],
	                name_length, name, name_length(name), UINT32_MAX, &w->failed);

	return number ? buffer_at32(&w->name_index, number) : 0;
}

static size_t rule_size(const uint8_t *octets)
{
	(void)octets;
	return sizeof(struct image_rule);
}

/* Equal ones are one, so that the image does not show how many customers wrote it. */
static uint32_t add_rule(struct image_writer *w, const struct image_rule *rule)
{
	uint32_t number = seen_find_or_add(&w->rules, &w->rule_index, &w->sections[SECTION_RULES],
	        rule_size, (const uint8_t *)rule, sizeof *rule, UINT32_MAX, &w->failed);

	return number ? number - 1 : 0;
}

/* A pattern whose labels say all of an address, and nothing of the range: as that of all addresses,
 * so that all ranges with it have one rule; unless their names could be too long. */
static bool widen(struct pattern *out, const struct pattern *p, const uint8_t *owner)
{
	const struct addr first = {.len = p->addr_len};
	const struct prefix all = {.addr = first};
	struct addr last;

	if (!shape_is_whole(p->shape, p->shape_octets) ||
	        memchr(p->shape, PART_INDEX, p->shape_octets))
		return false;
	prefix_last(&last, &all);
	pattern_init(out, p->shape, p->shape_octets, &first, &last);
	return pattern_check(out) == PATTERN_FINE &&
	       name_length(owner) + 1 + pattern_widest(out) <= NAME_MAX_OCTETS;
}

uint32_t image_writer_name_rule(
        struct image_writer *w, const struct pattern *own, const uint8_t *owner, uint32_t ttl_s)
{
	uint8_t shape[1 + SHAPE_MAX];
	struct pattern wide;
	const struct pattern *p = widen(&wide, own, owner) ? &wide : own;
	struct image_rule rule = {.kind = RULE_NAME,
	        .addr_len = p->addr_len,
	        .bits = p->host_bits,
	        .owner_labels = (uint8_t)name_count_labels(owner),
	        .ttl_s = ttl_s,
	        .name = put_name(w, owner)};

	shape[0] = p->shape_octets;
	memcpy(shape + 1, p->shape, p->shape_octets);
	uint32_t number =
	        seen_find_or_add(&w->shapes, &w->shape_index, &w->sections[SECTION_RULE_OCTETS],
	                shape_size, shape, 1U + p->shape_octets, UINT32_MAX, &w->failed);
	rule.shape = number ? buffer_at32(&w->shape_index, number) : 0;
	memcpy(rule.first, p->first, sizeof rule.first);
	memcpy(rule.last, p->last, sizeof rule.last);
	return add_rule(w, &rule);
}

uint32_t image_writer_cname_rule(struct image_writer *w, const uint8_t *first, const uint8_t *last,
        const uint8_t *target, uint32_t ttl_s)
{
	struct image_rule rule = {
	        .kind = RULE_CNAME, .addr_len = 4, .ttl_s = ttl_s, .name = put_name(w, target)};

	memcpy(rule.first, first, sizeof rule.first);
	memcpy(rule.last, last, sizeof rule.last);
	return add_rule(w, &rule);
}

uint32_t image_writer_cut_rule(struct image_writer *w, uint8_t addr_len, const uint8_t *first,
        const uint8_t *last, unsigned cut_bits)
{
	struct image_rule rule = {
	        .kind = RULE_CUT, .addr_len = addr_len, .bits = (uint8_t)cut_bits};

	memcpy(rule.first, first, sizeof rule.first);
	memcpy(rule.last, last, sizeof rule.last);
	return add_rule(w, &rule);
}

/* True when the addresses follow those of the section's last span, have its rule, and are now in
 * it. */
static bool continue_span(struct image_writer *w, unsigned section, uint8_t addr_len,
        const uint8_t *first, const uint8_t *last, uint32_t rule)
{
	struct buffer *spans = &w->sections[section + 1];
	uint8_t behind[16] = {0}, *end;

	if (spans->size == 0 || w->failed != OK)
		return false;
	end = spans->octets + spans->size;
	struct image_span4 *span4 = (struct image_span4 *)(void *)(end - sizeof *span4);
	struct image_span6 *span6 = (struct image_span6 *)(void *)(end - sizeof *span6);
	if ((addr_len == 4 ? span4->rule : span6->rule) != rule)
		return false;
	if (addr_len == 4)
		ipv4_octets(behind, span4->last);
	else
		memcpy(behind, span6->last, sizeof behind);
	if (!octets_step(behind, addr_len) || memcmp(behind, first, sizeof behind) != 0)
		return false;
	if (addr_len == 4)
		span4->last = ipv4_number(last);
	else
		memcpy(span6->last, last, sizeof span6->last);
	return true;
}

void image_writer_span(struct image_writer *w, enum write_spans kind, uint8_t addr_len,
        const uint8_t *first, const uint8_t *last, uint32_t rule)
{
	static const uint8_t sections[2][2] = {{SECTION_PTR_FIRST4, SECTION_PTR_FIRST6},
	        {SECTION_NAME_FIRST4, SECTION_NAME_FIRST6}};
	unsigned section = sections[kind][addr_len == 16];
	struct buffer *firsts = &w->sections[section], *spans = &w->sections[section + 1];

	if (continue_span(w, section, addr_len, first, last, rule))
		return;
	if (addr_len == 16) {
		struct image_span6 span = {.rule = rule};
		memcpy(span.last, last, sizeof span.last);
		buffer_append(firsts, first, 16, &w->failed);
		buffer_append(spans, &span, sizeof span, &w->failed);
		return;
	}
	struct image_span4 span = {.last = ipv4_number(last), .rule = rule};
	buffer_append32(firsts, ipv4_number(first), &w->failed);
	buffer_append(spans, &span, sizeof span, &w->failed);
}

void image_writer_taken(struct image_writer *w, uint8_t addr_len, const uint8_t *octets)
{
	if (addr_len == 16)
		buffer_append(&w->sections[SECTION_TAKEN6], octets, 16, &w->failed);
	else
		buffer_append32(&w->sections[SECTION_TAKEN4], ipv4_number(octets), &w->failed);
}

void image_writer_pattern(struct image_writer *w, uint32_t number)
{
	if (w->failed != OK)
		return;
	const struct image_rule *rule = rule_at(w, number);
	const uint8_t *octets = w->sections[SECTION_RULE_OCTETS].octets;
	const uint8_t *owner = octets + rule->name, *shape = octets + rule->shape;
	uint8_t label[1 + LABEL_MAX_OCTETS];
	struct item item = {.rule = number,
	        .key_at = (uint32_t)w->pattern_symbols.size,
	        .owner_labels = rule->owner_labels};
	const uint8_t *prefix = shape_prefix(shape + 1, label);

	memcpy(label + 1, prefix, *label);
	uint8_t *key = buffer_reserve(&w->pattern_symbols, 2 * (size_t)TRIE_KEY_MAX, &w->failed);
	if (!key)
		return;
	size_t n = trie_key_from_labels(key, owner, name_length(owner) - w->apex_len);
	if (*label)
		n += trie_key_from_labels(key + n, label, 1U + *label);
	/* The end of a label looks like everything beyond the key's end, so it is left away. */
	while (n && key[n - 1] == 0)
		n--;
	w->pattern_symbols.size = item.key_at + n;
	item.key_len = (uint16_t)n;
	buffer_append(&w->patterns, &item, sizeof item, &w->failed);
}

/* What qsort_r() needs to know. */
struct order {
	const uint8_t *symbols;
	const struct image_rule *rules;
};

static int compare_keys(const struct item *a, const struct item *b, const uint8_t *symbols)
{
	size_t n = a->key_len < b->key_len ? a->key_len : b->key_len;
	int difference = n ? memcmp(symbols + a->key_at, symbols + b->key_at, n) : 0;

	return difference ? difference : a->key_len - b->key_len;
}

/* By key, of one key those of upper owners first; then equal ones are neighbours. */
static int compare_items(const void *va, const void *vb, void *context)
{
	const struct item *a = va, *b = vb;
	const struct order *o = context;
	const struct image_rule *ra = &o->rules[a->rule], *rb = &o->rules[b->rule];
	int difference = compare_keys(a, b, o->symbols);

	if (!difference)
		difference = a->owner_labels - b->owner_labels;
	if (!difference && ra->name != rb->name)
		difference = ra->name < rb->name ? -1 : 1;
	if (!difference)
		difference = ra->addr_len - rb->addr_len;
	if (!difference && ra->shape != rb->shape)
		difference = ra->shape < rb->shape ? -1 : 1;
	return difference ? difference : (a->rule > b->rule) - (a->rule < b->rule);
}

/* The first of those whose shape says all of an address reads for all of them. */
static size_t drop_equal(struct image_writer *w, struct item *items, size_t count)
{
	const uint8_t *octets = w->sections[SECTION_RULE_OCTETS].octets;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		const struct image_rule *rule = rule_at(w, items[i].rule);
		const struct image_rule *last = kept ? rule_at(w, items[kept - 1].rule) : NULL;
		const uint8_t *shape = octets + rule->shape;
		if (last == rule)
			continue; /* it is there already */
		if (last && last->name == rule->name && last->shape == rule->shape &&
		        last->addr_len == rule->addr_len && shape_is_whole(shape + 1, *shape))
			continue;
		items[kept++] = items[i];
	}
	return kept;
}

static bool begins_with(const struct item *item, const struct item *first, const uint8_t *symbols)
{
	return item->key_len >= first->key_len &&
	       memcmp(symbols + item->key_at, symbols + first->key_at, first->key_len) == 0;
}

/* Link each to the one before it whose key is a beginning of its own, or is the same. */
static void link_items(struct image_writer *w, const struct item *items, size_t count)
{
	struct buffer *out = &w->sections[SECTION_PATTERNS];

	for (size_t i = 0; i < count; i++) {
		struct image_pattern pattern = {.rule = items[i].rule, .next = (uint32_t)i};
		while (pattern.next && !begins_with(&items[i], &items[pattern.next - 1],
		                               w->pattern_symbols.octets)) {
			const struct image_pattern *up =
			        (const struct image_pattern *)(const void *)out->octets;
			pattern.next = up[pattern.next - 1].next;
		}
		buffer_append(out, &pattern, sizeof pattern, &w->failed);
		if (w->failed != OK)
			return;
	}
}

/* The trie over the keys that differ. */
static void write_trie(struct image_writer *w, const struct item *items, size_t count)
{
	struct buffer *nodes = &w->sections[SECTION_PATTERN_NODES];
	uint8_t *symbols = malloc(w->pattern_symbols.size + 1);
	uint32_t *ends = malloc((count + 1) * sizeof *ends), *last = malloc((count + 1) * 4);
	struct trie_node *node = (struct trie_node *)(void *)buffer_reserve(
	        nodes, count * 2 * sizeof *node, &w->failed);
	uint32_t keys = 0;
	size_t size = 0;

	if (!symbols || !ends || !last || !node) {
		if (w->failed == OK)
			w->failed = ERR_MEMORY;
		goto out;
	}
	for (size_t i = 0; i < count; i++) {
		if (i && compare_keys(&items[i - 1], &items[i], w->pattern_symbols.octets) == 0) {
			last[keys - 1] = (uint32_t)i;
			continue;
		}
		memcpy(symbols + size, w->pattern_symbols.octets + items[i].key_at,
		        items[i].key_len);
		size += items[i].key_len;
		last[keys] = (uint32_t)i;
		ends[keys++] = (uint32_t)size;
	}
	struct trie_keys all = {symbols, ends, keys};
	uint32_t used = trie_build(node, &all);
	for (uint32_t i = 0; i < used; i++) {
		if (!trie_is_leaf(&node[i]))
			continue;
		uint32_t key = node[i].ref;
		node[i].ref = last[key];
		node[i].low = last[key] - (key ? last[key - 1] + 1 : 0) + 1;
	}
	nodes->size = (size_t)used * sizeof *node;
out:
	free(symbols);
	free(ends);
	free(last);
}

static void write_patterns(struct image_writer *w)
{
	struct item *items = (struct item *)(void *)w->patterns.octets;
	size_t count = w->patterns.size / sizeof *items;

	if (count == 0)
		return;
	struct order order = {w->pattern_symbols.octets, rule_at(w, 0)};
	qsort_r(items, count, sizeof *items, compare_items, &order);
	count = drop_equal(w, items, count);
	link_items(w, items, count);
	if (w->failed == OK)
		write_trie(w, items, count);
}

/* The leaf that holds the NS of each rule that cuts. */
static void find_cuts(struct image_writer *w)
{
	const struct trie_node *nodes =
	        (const struct trie_node *)(const void *)w->sections[SECTION_NODES].octets;
	size_t count = w->sections[SECTION_RULES].size / sizeof(struct image_rule);

	for (uint32_t i = 0; i < count; i++) {
		struct image_rule *rule = rule_at(w, i);
		struct addr a = {.len = rule->addr_len};
		struct trie_key key;
		struct name name;
		if (rule->kind != RULE_CUT)
			continue;
		memcpy(a.octets, rule->first, sizeof a.octets);
		if (name_from_addr(&name, &a, rule->bits) != OK)
			continue; /* image_check() finds it */
		key.len = (uint16_t)trie_key_from_labels(
		        key.symbols, name.wire, name.len - w->apex_len);
		key.symbols[key.len] = 0;
		rule->shape = trie_walk(nodes, &key, 0);
	}
}

void image_writer_finish_rules(struct image_writer *w)
{
	if (w->failed == OK)
		find_cuts(w);
	if (w->failed == OK)
		write_patterns(w);
}
