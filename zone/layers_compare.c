/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "zone/layers.h"

static bool is_same_name(const uint8_t *a, const uint8_t *b)
{
	return a && b ? name_equal(a, b) : a == b;
}

static bool is_same_range(const struct plan_range *a, const struct plan_range *b)
{
	const struct pattern *pa = &a->pattern, *pb = &b->pattern;

	if (!pa->shape || !pb->shape)
		return pa->shape == pb->shape; /* a hole is a hole */
	return pa->shape_octets == pb->shape_octets &&
	       memcmp(pa->shape, pb->shape, pa->shape_octets) == 0 &&
	       memcmp(pa->first, pb->first, 16) == 0 && memcmp(pa->last, pb->last, 16) == 0 &&
	       name_equal(a->owner, b->owner) && a->ttl_s == b->ttl_s &&
	       a->forward_zone == b->forward_zone;
}

static bool is_same_delegation(const struct plan_delegation *a, const struct plan_delegation *b)
{
	if (addr_compare(&a->first, &b->first) != 0 || addr_compare(&a->last, &b->last) != 0 ||
	        a->ttl_s != b->ttl_s || a->ns_count != b->ns_count || a->ds_count != b->ds_count ||
	        a->glue_count != b->glue_count || !is_same_name(a->target, b->target))
		return false;
	for (unsigned i = 0; i < a->ns_count; i++)
		if (!name_equal(a->ns[i], b->ns[i]))
			return false;
	for (unsigned i = 0; i < a->ds_count; i++)
		if (a->ds[i].octets != b->ds[i].octets ||
		        memcmp(a->ds[i].rdata, b->ds[i].rdata, a->ds[i].octets) != 0)
			return false;
	for (unsigned i = 0; i < a->glue_count; i++)
		if (!name_equal(a->glue[i].name, b->glue[i].name) ||
		        addr_compare(&a->glue[i].addr, &b->glue[i].addr) != 0)
			return false;
	return true;
}

/* NULL: nothing decides. */
static bool has_same_effect(const struct span *a, const struct span *b)
{
	bool a_makes = a && !(a->range && !a->range->pattern.shape);
	bool b_makes = b && !(b->range && !b->range->pattern.shape);

	if (!a_makes || !b_makes)
		return a_makes == b_makes;
	if (!a->range || !b->range)
		return !a->range && !b->range && is_same_delegation(a->delegation, b->delegation);
	return is_same_range(a->range, b->range);
}

struct compare {
	const struct plan *plan;
	bool *is_touched, *is_remade;
	bool *has_inner; /* a zone served here lies below it; NULL: nobody asks */
};

static void touch_zone(struct compare *c, uint32_t i, const struct prefix *block)
{
	const struct plan_zone *z = &c->plan->zones[i];

	if ((z->is_reverse || z->is_cut_style) &&
	        (prefix_has_prefix(block, &z->prefix) || prefix_has_prefix(&z->prefix, block)))
		c->is_touched[i] = true;
	else if (!z->is_reverse && name_is_within((const uint8_t *)"\4arpa", z->apex, NULL))
		c->is_touched[i] = true;
}

/* Zones whose addresses lie in a block, or which have it. Their names are those at or below the
 * block's own, or the next above that stands on a label boundary; and those of the zones above. */
static void touch_block(struct compare *c, const struct prefix *block)
{
	const struct plan *p = c->plan;
	unsigned step = block->addr.len == 4 ? 8 : 4;
	uint32_t zone = plan_find_reverse_zone(p, &block->addr);
	struct name name;

	if (zone != ZONE_NONE)
		c->is_touched[zone] = true;
	if (name_from_addr(&name, &block->addr, block->bits / step * step) != OK)
		return;
	for (uint32_t i = plan_find_zone(p, name.wire); i != ZONE_NONE; i = p->index.parents[i])
		touch_zone(c, i, block);
	for (size_t i = plan_seek_zone(p, name.wire);
	        i < p->zone_count && name_is_within(p->zones[i].apex, name.wire, NULL); i++)
		touch_zone(c, (uint32_t)i, block);
}

/* The prefix that all of an interval share: few more addresses than those that are meant. */
static struct prefix shared_block(const struct addr *first, const struct addr *last)
{
	struct prefix block = {.addr = *first, .bits = (uint8_t)addr_shared_bits(first, last)};

	for (unsigned bit = block.bits; bit < 8U * first->len; bit++)
		block.addr.octets[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	return block;
}

static void touch_reverse(struct compare *c, const struct addr *first, const struct addr *last)
{
	const struct plan *p = c->plan;
	const struct prefix block = shared_block(first, last);
	uint32_t zone = plan_find_reverse_zone(p, first);

	if (zone != ZONE_NONE && p->zones[zone].prefix.addr.len == first->len &&
	        prefix_has_addr(&p->zones[zone].prefix, last) && !c->has_inner[zone]) {
		c->is_touched[zone] = true;
		return;
	}
	if (zone != ZONE_NONE)
		c->is_touched[zone] = true;
	touch_block(c, &block);
}

static void touch_forward(struct compare *c, const struct plan_range *r)
{
	if (!r || r->forward_zone == ZONE_NONE)
		return;
	c->is_touched[r->forward_zone] = true;
	c->is_remade[r->forward_zone] = true;
}

/* What is left of a cover from an address on. */
struct walk {
	const struct cover *cover;
	size_t i;
};

/* The span that holds the address, or NULL; *end is where that changes, at the latest `most`. */
static const struct span *here(struct walk *w, const struct addr *at, uint8_t end[16])
{
	const struct span *s;

	while (w->i < w->cover->count &&
	        (w->cover->spans[w->i].addr_len < at->len ||
	                (w->cover->spans[w->i].addr_len == at->len &&
	                        memcmp(w->cover->spans[w->i].last, at->octets, 16) < 0)))
		w->i++;
	s = w->i < w->cover->count && w->cover->spans[w->i].addr_len == at->len
	            ? &w->cover->spans[w->i]
	            : NULL;
	memset(end, 0, 16);
	memset(end, 0xff, at->len);
	if (!s)
		return NULL;
	if (memcmp(s->first, at->octets, 16) <= 0) {
		memcpy(end, s->last, 16);
		return s;
	}
	memcpy(end, s->first, 16);
	(void)octets_step_back(end, at->len);
	return NULL;
}

static void compare_family(
        struct compare *c, const struct layers *last, const struct layers *now, uint8_t len)
{
	struct walk a = {&last->cover, 0}, b = {&now->cover, 0};
	struct addr at = {.len = len}, end = {.len = len};
	uint8_t a_end[16], b_end[16];

	do {
		const struct span *before = here(&a, &at, a_end), *after = here(&b, &at, b_end);
		memcpy(end.octets, memcmp(a_end, b_end, 16) < 0 ? a_end : b_end, 16);
		if (!has_same_effect(before, after)) {
			touch_reverse(c, &at, &end);
			touch_forward(c, before ? before->range : NULL);
			touch_forward(c, after ? after->range : NULL);
		}
		at = end;
	} while (octets_step(at.octets, len));
}

enum err layers_compare(const struct plan *p, const struct layers *last, const struct layers *now,
        bool *is_touched, bool *is_remade)
{
	struct compare c = {
	        p, is_touched, is_remade, calloc(p->zone_count + 1, sizeof *c.has_inner)};

	if (!c.has_inner)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < p->index.count; i++)
		if (p->index.parents[i] != ZONE_NONE)
			c.has_inner[p->index.parents[i]] = true;
	compare_family(&c, last, now, 4);
	compare_family(&c, last, now, 16);
	free(c.has_inner);
	return OK;
}

static int compare_prefixes(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

/* Each block once: ranges may lie over each other as often as they are many. */
static void touch_blocks(struct compare *c, struct prefix *blocks, size_t count)
{
	qsort(blocks, count, sizeof *blocks, compare_prefixes);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || prefix_compare(&blocks[i - 1], &blocks[i]) != 0)
			touch_block(c, &blocks[i]);
}

enum err layers_touch(
        const struct plan *p, const struct plan_source *s, bool *is_touched, bool *is_remade)
{
	struct compare c = {p, is_touched, is_remade, NULL};
	size_t count = 0;
	struct prefix *blocks = malloc((s->range_count + s->delegation_count + 1) * sizeof *blocks);

	if (!blocks)
		return ERR_MEMORY;
	for (size_t i = 0; i < s->range_count; i++) {
		const struct plan_range *r = &s->ranges[i];
		struct addr first = {.len = r->pattern.addr_len}, last = first;
		if (!r->pattern.shape)
			continue; /* what it takes away is another range's */
		memcpy(first.octets, r->pattern.first, sizeof first.octets);
		memcpy(last.octets, r->pattern.last, sizeof last.octets);
		blocks[count++] = shared_block(&first, &last);
		touch_forward(&c, r);
	}
	for (size_t i = 0; i < s->delegation_count; i++)
		blocks[count++] = shared_block(&s->delegations[i].first, &s->delegations[i].last);
	touch_blocks(&c, blocks, count);
	free(blocks);
	return OK;
}
