/* SPDX-License-Identifier: ISC */
#include "zone/image_search.h"

#include <string.h>

#define ARPA_LABELS 2 /* in-addr.arpa, ip6.arpa */

/* What the next step looks at. */
enum state {
	DONE,
	SEEK,       /* among the first addresses of spans */
	SPAN,       /* the span that may hold the address */
	RULE,       /* its rule, */
	RULE_TEXT,  /* ... and the octets of that */
	WALK,       /* in the trie of patterns */
	PATTERN,    /* a pattern, */
	READER,     /* ... the rule that reads for it, */
	READER_TEXT /* ... and the octets of that */
};

static uint64_t load64(const uint8_t *octets)
{
	return (uint64_t)ipv4_number(octets) << 32 | ipv4_number(octets + 4);
}

static bool is_behind6(const uint8_t *a, uint64_t high, uint64_t low)
{
	uint64_t a_high = load64(a);

	return a_high > high || (a_high == high && load64(a + 8) > low);
}

/* True when first[i] is not behind the address. */
static bool is_not_behind(const struct image_seek *s, uint32_t i)
{
	if (s->addr_len == 4)
		return ((const uint32_t *)s->spans->first)[i] <= s->low;
	return !is_behind6((const uint8_t *)s->spans->first + (size_t)i * 16, s->high, s->low);
}

EXPECTS void prefetch_first(const struct image_seek *s, uint32_t i)
{
	__builtin_prefetch(
	        (const uint8_t *)s->spans->first + (size_t)i * (s->addr_len == 4 ? 4 : 16));
}

static void seek_begin(struct image_seek *s, const struct image_spans *spans, unsigned addr_len,
        const uint8_t *address)
{
	s->spans = spans;
	s->addr_len = (uint8_t)addr_len;
	s->base = 0;
	s->left = spans->count;
	s->high = addr_len == 4 ? 0 : load64(address);
	s->low = addr_len == 4 ? ipv4_number(address) : load64(address + 8);
	prefetch_first(s, s->left / 2);
}

/* The number sought is more than `base`, and no more than base + left, or it is 0. */
static bool seek_step(struct image_seek *s)
{
	/* what is left lies in a line or two of the cache, which are there: end it at once */
	bool is_near = s->left <= (s->addr_len == 4 ? 16 : 4);

	while (s->left > 1) {
		uint32_t half = s->left / 2;
		s->base = is_not_behind(s, s->base + half) ? s->base + half : s->base;
		s->left -= half;
		if (!is_near) {
			prefetch_first(s, s->base + s->left / 2);
			return true;
		}
	}
	return false;
}

static uint32_t seek_end(const struct image_seek *s)
{
	return s->left && is_not_behind(s, s->base) ? s->base + 1 : 0;
}

/* True when addresses of IPv4 or IPv6, in order, hold this one. */
static bool is_among(const void *first, uint32_t count, unsigned addr_len, const uint8_t *address)
{
	const struct image_spans all = {first, NULL, count};
	struct image_seek s;

	if (count == 0)
		return false;
	seek_begin(&s, &all, addr_len, address);
	while (seek_step(&s))
		;
	uint32_t i = seek_end(&s);
	return i && (addr_len == 4 ? ((const uint32_t *)first)[i - 1] == s.low
	                           : memcmp((const uint8_t *)first + (size_t)(i - 1) * 16, address,
	                                     16) == 0);
}

EXPECTS void prefetch_span(const struct image_spans *spans, unsigned addr_len, uint32_t i)
{
	__builtin_prefetch((const uint8_t *)spans->spans +
	                   (size_t)i * (addr_len == 4 ? sizeof(struct image_span4)
	                                              : sizeof(struct image_span6)));
}

static uint32_t span_rule(const struct image_spans *spans, unsigned addr_len, uint32_t i)
{
	return addr_len == 4 ? ((const struct image_span4 *)spans->spans)[i].rule
	                     : ((const struct image_span6 *)spans->spans)[i].rule;
}

/* True when span i ends before the address. */
static bool ends_before(
        const struct image_spans *spans, unsigned addr_len, uint32_t i, const uint8_t *address)
{
	if (addr_len == 4)
		return ((const struct image_span4 *)spans->spans)[i].last < ipv4_number(address);
	return memcmp(((const struct image_span6 *)spans->spans)[i].last, address, 16) < 0;
}

static void last_of_span(
        uint8_t out[16], const struct image_spans *spans, unsigned addr_len, uint32_t i)
{
	if (addr_len == 4)
		ipv4_octets(out, ((const struct image_span4 *)spans->spans)[i].last);
	else
		memcpy(out, ((const struct image_span6 *)spans->spans)[i].last, 16);
}

static void first_of_span(
        uint8_t out[16], const struct image_spans *spans, unsigned addr_len, uint32_t i)
{
	if (addr_len == 4)
		ipv4_octets(out, ((const uint32_t *)spans->first)[i]);
	else
		memcpy(out, (const uint8_t *)spans->first + (size_t)i * 16, 16);
}

void image_search_block(
        struct image_search *s, const struct image *image, const struct image_block *block)
{
	s->image = image;
	s->block = block;
	s->is_reverse = true;
	s->rule = NULL;
	s->seat = 0;
	s->state = DONE;
	if (block->addr_len == 0)
		return;
	seek_begin(&s->seek, block->addr_len == 4 ? &image->ptr4 : &image->ptr6, block->addr_len,
	        block->last);
	s->state = SEEK;
}

void image_search_made(struct image_search *s, const struct image *image,
        const struct trie_key *key, const uint8_t *label, unsigned owner_labels)
{
	s->image = image;
	s->is_reverse = false;
	s->rule = NULL;
	s->symbols = key->symbols + image->apex_key_len;
	s->symbol_count = (uint16_t)(key->len - image->apex_key_len);
	s->label = label;
	s->owner_labels = (uint8_t)owner_labels;
	s->node = 0;
	s->state = image->has_patterns ? WALK : DONE;
	__builtin_prefetch(image->pattern_nodes);
}

/* A rule may lie across two lines of the cache. */
EXPECTS void prefetch_rule(const struct image_rule *rule)
{
	__builtin_prefetch(rule);
	__builtin_prefetch((const uint8_t *)(rule + 1) - 1);
}

/* Ask the next pattern. */
static void ask(struct image_search *s, uint32_t pattern)
{
	s->pattern = pattern;
	s->state = pattern ? PATTERN : DONE;
	if (pattern)
		__builtin_prefetch(&s->image->patterns[pattern - 1]);
}

static void ask_next(struct image_search *s)
{
	ask(s, s->image->patterns[s->pattern - 1].next);
}

TRIE_WALKER static void walk(struct image_search *s)
{
	const struct trie_node *node = &s->image->pattern_nodes[s->node];

	if (trie_is_leaf(node)) {
		ask(s, node->ref + 1);
		return;
	}
	s->node = trie_step(node, s->symbols, s->symbol_count);
	__builtin_prefetch(&s->image->pattern_nodes[s->node]);
}

EXPECTS void prefetch_text(const struct image *image, const struct image_rule *rule)
{
	__builtin_prefetch(image->rule_octets + rule->shape);
	__builtin_prefetch(image->rule_octets + rule->name);
}

/* Does the rule read labels at this owner? On the way up owners have fewer and fewer labels. */
static void read_rule(struct image_search *s)
{
	const struct image_rule *rule = &s->image->rules[s->image->patterns[s->pattern - 1].rule];

	if (rule->owner_labels < s->owner_labels) {
		s->state = DONE;
	} else if (rule->owner_labels > s->owner_labels) {
		ask_next(s);
	} else {
		prefetch_text(s->image, rule);
		s->state = READER_TEXT;
	}
}

static void read_label(struct image_search *s)
{
	const struct image *image = s->image;
	const struct image_rule *rule = &image->rules[image->patterns[s->pattern - 1].rule];
	struct pattern p = image_rule_pattern(image, rule);

	if (!pattern_parse(s->address, &p, s->label)) {
		ask_next(s);
		return;
	}
	seek_begin(&s->seek, rule->addr_len == 4 ? &image->name4 : &image->name6, rule->addr_len,
	        s->address);
	s->state = SEEK;
}

static bool is_same_label(const uint8_t *a, const uint8_t *b)
{
	for (unsigned i = 0; i <= *a; i++)
		if (octet_lower(a[i]) != octet_lower(b[i]))
			return false;
	return true;
}

/* Does the address's own rule make this very name of it, and has no host taken it? */
static bool makes_name(const struct image_search *s, const struct image_rule *rule)
{
	const struct image *image = s->image;
	uint8_t again[1 + LABEL_MAX_OCTETS];
	struct pattern p = image_rule_pattern(image, rule);

	pattern_format(again, &p, s->address);
	return is_same_label(again, s->label) &&
	       name_equal(image_rule_name(image, rule), s->label + 1 + *s->label) &&
	       !(p.addr_len == 4 ? is_among(image->taken4, image->taken4_count, 4, s->address)
	                         : is_among(image->taken6, image->taken6_count, 16, s->address));
}

/* Behind the seek. */
static void read_span(struct image_search *s)
{
	const struct image_spans *spans = s->seek.spans;
	unsigned addr_len = s->seek.addr_len;
	const uint8_t *address = s->is_reverse ? s->block->first : s->address;

	if (s->seat == 0 || ends_before(spans, addr_len, s->seat - 1, address)) {
		if (s->is_reverse)
			s->state = DONE;
		else
			ask_next(s);
		return;
	}
	s->rule = &s->image->rules[span_rule(spans, addr_len, s->seat - 1)];
	prefetch_rule(s->rule);
	s->state = RULE;
}

static void end_seek(struct image_search *s)
{
	s->seat = seek_end(&s->seek);
	if (s->seat)
		prefetch_span(s->seek.spans, s->seek.addr_len, s->seat - 1);
	s->state = SPAN;
}

static void end_rule(struct image_search *s)
{
	if (s->is_reverse || makes_name(s, s->rule)) {
		s->state = DONE;
		return;
	}
	s->rule = NULL;
	ask_next(s);
}

bool image_search_step(struct image_search *s)
{
	switch ((enum state)s->state) {
	case DONE:
		return false;
	case SEEK:
		if (!seek_step(&s->seek))
			end_seek(s);
		break;
	case SPAN:
		read_span(s);
		break;
	case RULE:
		prefetch_text(s->image, s->rule);
		s->state = RULE_TEXT;
		break;
	case RULE_TEXT:
		end_rule(s);
		break;
	case WALK:
		walk(s);
		break;
	case PATTERN:
		prefetch_rule(&s->image->rules[s->image->patterns[s->pattern - 1].rule]);
		s->state = READER;
		break;
	case READER:
		read_rule(s);
		break;
	case READER_TEXT:
		read_label(s);
		break;
	}
	return s->state != DONE;
}

const struct image_rule *image_rule_of_block(const struct image_search *s)
{
	return s->block->is_address ? s->rule : NULL;
}

const struct image_rule *image_cut_of_block(const struct image_search *s)
{
	const struct image_rule *rule = s->rule;

	/* the spans of cuts are whole blocks of theirs */
	if (!rule || rule->kind != RULE_CUT)
		return NULL;
	return s->block->labels >= ARPA_LABELS + rule->bits / (rule->addr_len == 4 ? 8U : 4U)
	               ? rule
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

unsigned image_ruled_labels(const struct image_search *s)
{
	const struct image_block *block = s->block;
	const struct image_spans *spans = s->seek.spans;
	unsigned before = 0, behind = 0;
	uint8_t octets[16];

	if (block->addr_len == 0)
		return 0;
	if (s->rule)
		return block->labels;
	/* between its apex and the addresses a zone by RFC 2317 has no names */
	if (s->image->cut.addr.len)
		return 0;
	if (s->seat) {
		last_of_span(octets, spans, block->addr_len, s->seat - 1);
		before = shared_labels(octets, block->first, block->addr_len);
	}
	if (s->seat < spans->count) {
		first_of_span(octets, spans, block->addr_len, s->seat);
		behind = shared_labels(octets, block->first, block->addr_len);
	}
	return before > behind ? before : behind;
}

const struct image_rule *image_name_rule(
        const struct image *image, unsigned addr_len, const uint8_t *address)
{
	const struct image_spans *spans = addr_len == 4 ? &image->name4 : &image->name6;
	struct image_seek s;

	if (spans->count == 0)
		return NULL;
	seek_begin(&s, spans, addr_len, address);
	while (seek_step(&s))
		;
	uint32_t i = seek_end(&s);
	return i && !ends_before(spans, addr_len, i - 1, address)
	               ? &image->rules[span_rule(spans, addr_len, i - 1)]
	               : NULL;
}
