/* SPDX-License-Identifier: ISC */
#include "zone/cover.h"

#include <stdlib.h>
#include <string.h>

/* Something that decides about addresses, unless something stronger does. */
struct layer {
	uint8_t first[16], last[16];
	uint8_t size[16]; /* last - first of the whole range: the smaller is the stronger */
	uint8_t addr_len;
	uint8_t block_bits; /* of the customer's block around it: the longer is the stronger */
	const struct plan_source *source;
	const struct plan_range *range;
	const struct plan_delegation *delegation; /* stronger than any range */
};

/* The layers, and those among them that hold the address at which the sweep stands. */
struct sweep {
	struct layer *layers;
	size_t count, capacity;
	const struct layer **heap; /* the strongest first */
	size_t heap_count;
	struct cover *out;
	size_t span_capacity;
};

/* One of a customer's own blocks, and the next wider one of his around it. */
struct own_block {
	struct prefix prefix;
	size_t outer; /* SIZE_MAX: none */
};

static int compare_blocks(const void *a, const void *b)
{
	return prefix_compare(
	        &((const struct own_block *)a)->prefix, &((const struct own_block *)b)->prefix);
}

/* A customer's blocks in order; NULL when out of memory. */
static struct own_block *sort_blocks(const struct plan_customer *c)
{
	struct own_block *blocks = malloc((c->block_count + 1) * sizeof *blocks);

	if (!blocks)
		return NULL;
	for (size_t i = 0; i < c->block_count; i++)
		blocks[i].prefix = c->blocks[i].prefix;
	qsort(blocks, c->block_count, sizeof *blocks, compare_blocks);
	for (size_t i = 0; i < c->block_count; i++) {
		size_t outer = i ? i - 1 : SIZE_MAX;
		while (outer != SIZE_MAX &&
		        !prefix_has_prefix(&blocks[outer].prefix, &blocks[i].prefix))
			outer = blocks[outer].outer;
		blocks[i].outer = outer;
	}
	return blocks;
}

static enum err add_layer(struct sweep *s, const struct layer *layer)
{
	if (s->count == s->capacity) {
		size_t capacity = s->capacity ? s->capacity * 2 : 64;
		struct layer *layers = realloc(s->layers, capacity * sizeof *layers);
		if (!layers)
			return ERR_MEMORY;
		s->layers = layers;
		s->capacity = capacity;
	}
	s->layers[s->count++] = *layer;
	return OK;
}

/* The part of a range that lies in one of the customer's blocks. */
static enum err add_part(struct sweep *s, const struct layer *range, const struct prefix *block)
{
	struct layer part = *range;
	uint8_t last[16];

	prefix_last_octets(last, block);
	if (block->addr.len != range->addr_len || memcmp(block->addr.octets, range->last, 16) > 0 ||
	        memcmp(last, range->first, 16) < 0)
		return OK;
	if (memcmp(block->addr.octets, part.first, 16) > 0)
		memcpy(part.first, block->addr.octets, 16);
	if (memcmp(last, part.last, 16) < 0)
		memcpy(part.last, last, 16);
	part.block_bits = block->bits;
	return add_layer(s, &part);
}

/* The parts of what one range decides about in its file. */
static enum err add_span(struct sweep *s, const struct span *span, const struct own_block *blocks,
        size_t block_count)
{
	const struct pattern *p = &span->range->pattern;
	struct layer layer = {
	        .addr_len = span->addr_len, .source = span->source, .range = span->range};
	struct own_block key = {.prefix = {.addr = {.len = layer.addr_len}}};
	size_t low = 0, high = block_count;
	enum err e = OK;

	memcpy(layer.first, span->first, 16);
	memcpy(layer.last, span->last, 16);
	octets_subtract(layer.size, p->last, p->first);
	memcpy(key.prefix.addr.octets, layer.first, 16);
	key.prefix.bits = (uint8_t)(8 * layer.addr_len);
	while (low < high) { /* blocks before `low` begin at or before the span */
		size_t middle = low + (high - low) / 2;
		if (compare_blocks(&blocks[middle], &key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low ? low - 1 : SIZE_MAX; e == OK && i != SIZE_MAX; i = blocks[i].outer)
		e = add_part(s, &layer, &blocks[i].prefix);
	for (size_t i = low; e == OK && i < block_count; i++) {
		const struct addr *a = &blocks[i].prefix.addr;
		if (a->len != layer.addr_len || memcmp(a->octets, layer.last, 16) > 0)
			break;
		e = add_part(s, &layer, &blocks[i].prefix);
	}
	return e;
}

/* Ranges of one file, as they lie, without the customer's blocks. */
static enum err add_whole(struct sweep *s, const struct plan_source *source)
{
	enum err e = OK;

	for (size_t i = 0; e == OK && i < source->range_count; i++) {
		const struct plan_range *r = &source->ranges[i];
		struct layer layer = {
		        .addr_len = r->pattern.addr_len, .source = source, .range = r};
		memcpy(layer.first, r->pattern.first, 16);
		memcpy(layer.last, r->pattern.last, 16);
		octets_subtract(layer.size, layer.last, layer.first);
		e = add_layer(s, &layer);
	}
	return e;
}

/* Of one family and one first address the order does not matter. */
static int compare_layers(const void *va, const void *vb)
{
	const struct layer *a = va, *b = vb;

	if (a->addr_len != b->addr_len)
		return a->addr_len - b->addr_len;
	return memcmp(a->first, b->first, 16);
}

static bool is_stronger(const struct layer *a, const struct layer *b)
{
	if (!a->delegation != !b->delegation)
		return a->delegation;
	if (a->block_bits != b->block_bits)
		return a->block_bits > b->block_bits;
	int difference = memcmp(a->size, b->size, 16);
	if (!difference) /* a mistake; but one of them has to be first */
		difference = memcmp(a->first, b->first, 16);
	return difference < 0;
}

static void heap_push(struct sweep *s, const struct layer *layer)
{
	size_t i = s->heap_count++;

	for (; i && is_stronger(layer, s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = layer;
}

static void heap_pop(struct sweep *s)
{
	const struct layer *layer = s->heap[--s->heap_count];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;
		if (child >= s->heap_count)
			break;
		if (child + 1 < s->heap_count && is_stronger(s->heap[child + 1], s->heap[child]))
			child++;
		if (!is_stronger(s->heap[child], layer))
			break;
		s->heap[i] = s->heap[child];
		i = child;
	}
	s->heap[i] = layer;
}

/* The layer decides from `first` to `last`. */
static enum err emit(
        struct sweep *s, const struct layer *layer, const uint8_t *first, const uint8_t *last)
{
	struct cover *c = s->out;
	struct span *before = c->count ? &c->spans[c->count - 1] : NULL;
	uint8_t behind[16];

	if (before && before->range == layer->range && before->delegation == layer->delegation) {
		memcpy(behind, before->last, 16);
		(void)octets_step(behind, before->addr_len);
		if (memcmp(behind, first, 16) == 0) {
			memcpy(before->last, last, 16);
			return OK;
		}
	}
	if (c->count == s->span_capacity) {
		size_t capacity = s->span_capacity ? s->span_capacity * 2 : 64;
		struct span *spans = realloc(c->spans, capacity * sizeof *spans);
		if (!spans)
			return ERR_MEMORY;
		c->spans = spans;
		s->span_capacity = capacity;
	}
	struct span *span = &c->spans[c->count++];
	*span = (struct span){.addr_len = layer->addr_len,
	        .source = layer->source,
	        .range = layer->range,
	        .delegation = layer->delegation};
	memcpy(span->first, first, 16);
	memcpy(span->last, last, 16);
	return OK;
}

/* Layers [i, end) of one family, in order of their first addresses: between two places where one
 * begins or ends the strongest that holds them decides. */
static enum err sweep_family(struct sweep *s, size_t i, size_t end)
{
	uint8_t at[16] = {0}, last[16];
	enum err e = OK;

	s->heap_count = 0;
	while (e == OK && (i < end || s->heap_count)) {
		if (s->heap_count == 0)
			memcpy(at, s->layers[i].first, 16);
		for (; i < end && memcmp(s->layers[i].first, at, 16) <= 0; i++)
			heap_push(s, &s->layers[i]);
		while (s->heap_count && memcmp(s->heap[0]->last, at, 16) < 0)
			heap_pop(s);
		if (s->heap_count == 0)
			continue;
		memcpy(last, s->heap[0]->last, 16);
		if (i < end && memcmp(s->layers[i].first, last, 16) <= 0) {
			memcpy(last, s->layers[i].first, 16);
			(void)octets_step_back(last, s->layers[i].addr_len);
		}
		e = emit(s, s->heap[0], at, last);
		memcpy(at, last, 16);
		if (!octets_step(at, s->heap[0]->addr_len))
			break;
	}
	return e;
}

static enum err sweep_all(struct sweep *s)
{
	size_t ipv4 = 0;

	if (s->count == 0)
		return OK;
	s->heap = malloc(s->count * sizeof *s->heap);
	if (!s->heap)
		return ERR_MEMORY;
	qsort(s->layers, s->count, sizeof *s->layers, compare_layers);
	while (ipv4 < s->count && s->layers[ipv4].addr_len == 4)
		ipv4++;
	enum err e = sweep_family(s, 0, ipv4);
	return e == OK ? sweep_family(s, ipv4, s->count) : e;
}

static void sweep_free(struct sweep *s)
{
	free(s->layers);
	free(s->heap);
}

/* Which range of the file holds each address is found first, and of that the blocks cut off parts:
 * many ranges that lie over many blocks have no more parts than both together. */
static enum err add_ranges(struct sweep *s, const struct plan *p, const struct plan_source *source)
{
	const struct plan_customer *c = &p->customers[source->customer];
	struct own_block *blocks = sort_blocks(c);
	struct cover own = {0};
	struct sweep all = {.out = &own};
	enum err e = blocks ? add_whole(&all, source) : ERR_MEMORY;

	if (e == OK)
		e = sweep_all(&all);
	sweep_free(&all);
	for (size_t i = 0; e == OK && i < own.count; i++)
		e = add_span(s, &own.spans[i], blocks, c->block_count);
	cover_free(&own);
	free(blocks);
	return e;
}

static enum err add_source(struct sweep *s, const struct plan *p, const struct plan_source *source)
{
	enum err e = source->range_count ? add_ranges(s, p, source) : OK;

	for (size_t i = 0; e == OK && i < source->delegation_count; i++) {
		const struct plan_delegation *d = &source->delegations[i];
		struct layer layer = {.addr_len = d->first.len, .source = source, .delegation = d};
		memcpy(layer.first, d->first.octets, 16);
		memcpy(layer.last, d->last.octets, 16);
		if (!delegation_is_served(p, d))
			e = add_layer(s, &layer);
	}
	return e;
}

enum err cover_build(struct cover *out, const struct plan *p,
        const struct plan_source *const *sources, size_t count)
{
	struct cover c = {0};
	struct sweep s = {.out = &c};
	enum err e = OK;

	for (size_t i = 0; e == OK && i < count; i++)
		if (source_is_served(sources[i]))
			e = add_source(&s, p, sources[i]);
	if (e == OK)
		e = sweep_all(&s);
	sweep_free(&s);
	if (e == OK)
		*out = c;
	else
		cover_free(&c);
	return e;
}

void cover_free(struct cover *c)
{
	free(c->spans);
	*c = (struct cover){0};
}

size_t cover_seek(const struct cover *c, const struct addr *a)
{
	size_t low = 0, high = c->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct span *s = &c->spans[middle];
		if (s->addr_len < a->len ||
		        (s->addr_len == a->len && memcmp(s->last, a->octets, 16) < 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct span *cover_find(const struct cover *c, const struct addr *a)
{
	size_t i = cover_seek(c, a);

	if (i == c->count || c->spans[i].addr_len != a->len ||
	        memcmp(c->spans[i].first, a->octets, 16) > 0)
		return NULL;
	return &c->spans[i];
}

bool delegation_is_served(const struct plan *p, const struct plan_delegation *d)
{
	uint32_t zone = d->target && d->ns_count ? plan_find_zone(p, d->target) : ZONE_NONE;

	return zone != ZONE_NONE && p->zones[zone].is_cut_style &&
	       name_equal(p->zones[zone].apex, d->target);
}
