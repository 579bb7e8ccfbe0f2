/* SPDX-License-Identifier: ISC */
#include "zone/fragment_layers.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct fragment_range) == 52, "no gaps");
_Static_assert(sizeof(struct fragment_delegation) == 56, "no gaps");

void pool_put(struct pool *pool, const void *octets, size_t n)
{
	if (pool->octets && n)
		memcpy(pool->octets + pool->size, octets, n);
	pool->size += n;
}

static int compare_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

/* Any order will do: the names are lower-case, and one ends where the other does. */
static int compare_names(const uint8_t *a, const uint8_t *b)
{
	size_t a_len = name_length(a), b_len = name_length(b);
	int difference = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return difference ? difference : (a_len > b_len) - (a_len < b_len);
}

int range_compare(const struct plan_range *a, const struct plan_range *b)
{
	const struct pattern *x = &a->pattern, *y = &b->pattern;
	int difference = x->addr_len - y->addr_len;

	if (!difference)
		difference = memcmp(x->first, y->first, sizeof x->first);
	if (!difference)
		difference = memcmp(x->last, y->last, sizeof x->last);
	if (!difference)
		difference = (x->shape ? x->shape_octets : 0) - (y->shape ? y->shape_octets : 0);
	if (!difference && x->shape)
		difference = memcmp(x->shape, y->shape, x->shape_octets);
	if (!difference && x->shape)
		difference = compare_names(a->owner, b->owner);
	if (!difference)
		difference = compare_numbers(a->ttl_s, b->ttl_s);
	if (!difference)
		difference = a->is_shadowed - b->is_shadowed;
	if (!difference)
		difference = a->is_ttl_inherited - b->is_ttl_inherited;
	if (!difference)
		difference = compare_numbers(a->line, b->line);
	return difference ? difference : a->column - b->column;
}

int delegation_compare(const struct plan_delegation *a, const struct plan_delegation *b)
{
	int difference = addr_compare(&a->first, &b->first);

	return difference ? difference : addr_compare(&a->last, &b->last);
}

static int compare_range_pointers(const void *va, const void *vb)
{
	return range_compare(
	        *(const struct plan_range *const *)va, *(const struct plan_range *const *)vb);
}

static int compare_delegation_pointers(const void *va, const void *vb)
{
	return delegation_compare(*(const struct plan_delegation *const *)va,
	        *(const struct plan_delegation *const *)vb);
}

enum err layer_order_init(struct layer_order *out, const struct plan_source *s)
{
	*out = (struct layer_order){.ranges = malloc((s->range_count + 1) * sizeof(void *)),
	        .delegations = malloc((s->delegation_count + 1) * sizeof(void *)),
	        .range_count = s->range_count,
	        .delegation_count = s->delegation_count};
	if (!out->ranges || !out->delegations)
		return ERR_MEMORY;
	for (size_t i = 0; i < s->range_count; i++)
		out->ranges[i] = &s->ranges[i];
	for (size_t i = 0; i < s->delegation_count; i++)
		out->delegations[i] = &s->delegations[i];
	qsort(out->ranges, out->range_count, sizeof *out->ranges, compare_range_pointers);
	qsort(out->delegations, out->delegation_count, sizeof *out->delegations,
	        compare_delegation_pointers);
	return OK;
}

void layer_order_free(struct layer_order *l)
{
	free(l->ranges);
	free(l->delegations);
	memset(l, 0, sizeof *l);
}

size_t layer_order_size(const struct layer_order *l)
{
	return l->range_count * sizeof(struct fragment_range) +
	       l->delegation_count * sizeof(struct fragment_delegation);
}

static void put_name(struct pool *pool, const uint8_t *name)
{
	pool_put(pool, name, name_length(name));
}

static struct fragment_range put_range(const struct plan_range *r, struct pool *pool)
{
	const struct pattern *p = &r->pattern;
	struct fragment_range out = {.parts = (uint32_t)pool->size,
	        .ttl_s = r->ttl_s,
	        .line = r->line,
	        .column = r->column,
	        .addr_len = p->addr_len,
	        .shape_octets = p->shape ? p->shape_octets : 0,
	        .flags = (uint8_t)((r->is_ttl_inherited ? FRAGMENT_TTL_INHERITED : 0) |
	                           (r->is_shadowed ? FRAGMENT_SHADOWED : 0))};

	memcpy(out.first, p->first, sizeof out.first);
	memcpy(out.last, p->last, sizeof out.last);
	if (p->shape) {
		pool_put(pool, p->shape, p->shape_octets);
		put_name(pool, r->owner);
	}
	return out;
}

static struct fragment_delegation put_delegation(const struct plan_delegation *d, struct pool *pool)
{
	struct fragment_delegation out = {.parts = (uint32_t)pool->size,
	        .ttl_s = d->ttl_s,
	        .line = d->line,
	        .column = d->column,
	        .ns_count = d->ns_count,
	        .ds_count = d->ds_count,
	        .glue_count = d->glue_count,
	        .addr_len = d->first.len,
	        .flags = (uint8_t)((d->is_ttl_inherited ? FRAGMENT_TTL_INHERITED : 0) |
	                           (d->target ? FRAGMENT_HAS_TARGET : 0))};

	memcpy(out.first, d->first.octets, sizeof out.first);
	memcpy(out.last, d->last.octets, sizeof out.last);
	if (d->target)
		put_name(pool, d->target);
	for (unsigned i = 0; i < d->ns_count; i++)
		put_name(pool, d->ns[i]);
	for (unsigned i = 0; i < d->ds_count; i++) {
		const struct plan_ds *ds = &d->ds[i];
		pool_put(pool, (uint8_t[]){(uint8_t)(ds->octets >> 8), (uint8_t)ds->octets}, 2);
		pool_put(pool, ds->rdata, ds->octets);
	}
	for (unsigned i = 0; i < d->glue_count; i++) {
		const struct plan_glue *glue = &d->glue[i];
		put_name(pool, glue->name);
		pool_put(pool, &glue->addr.len, 1);
		pool_put(pool, glue->addr.octets, glue->addr.len);
	}
	return out;
}

void layer_order_put(const struct layer_order *l, uint8_t *at, struct pool *pool)
{
	for (size_t i = 0; i < l->range_count; i++) {
		struct fragment_range out = put_range(l->ranges[i], pool);
		if (at)
			memcpy(at + i * sizeof out, &out, sizeof out);
	}
	if (at)
		at += l->range_count * sizeof(struct fragment_range);
	for (size_t i = 0; i < l->delegation_count; i++) {
		struct fragment_delegation out = put_delegation(l->delegations[i], pool);
		if (at)
			memcpy(at + i * sizeof out, &out, sizeof out);
	}
}

/* A range less what does not change what is served, and where its parts are. */
static struct fragment_range served_range(const struct fragment_range *r)
{
	struct fragment_range out = *r;

	out.parts = out.line = out.column = 0;
	out.flags &= (uint8_t)~FRAGMENT_TTL_INHERITED;
	if (!out.shape_octets)
		out.ttl_s = 0;
	return out;
}

static struct fragment_delegation served_delegation(const struct fragment_delegation *d)
{
	struct fragment_delegation out = *d;

	out.parts = out.line = out.column = 0;
	out.flags &= (uint8_t)~FRAGMENT_TTL_INHERITED;
	return out;
}

/* Both sides were put alike: parts that are equal are cut alike, for the objects are. */
static bool are_same(const struct fragment *f, const struct layer_order *l, const uint8_t *at)
{
	for (size_t i = 0; i < l->range_count; i++, at += sizeof(struct fragment_range)) {
		struct fragment_range now;
		memcpy(&now, at, sizeof now);
		now = served_range(&now);
		const struct fragment_range was = served_range(&f->ranges[i]);
		if (memcmp(&now, &was, sizeof now) != 0)
			return false;
	}
	for (size_t i = 0; i < l->delegation_count; i++, at += sizeof(struct fragment_delegation)) {
		struct fragment_delegation now;
		memcpy(&now, at, sizeof now);
		now = served_delegation(&now);
		const struct fragment_delegation was = served_delegation(&f->delegations[i]);
		if (memcmp(&now, &was, sizeof now) != 0)
			return false;
	}
	return true;
}

/* Put the layers as a fragment has them, and compare. */
static bool is_put_alike(const struct fragment *f, const struct layer_order *l)
{
	uint32_t parts = f->range_count ? f->ranges[0].parts : f->delegations[0].parts;
	size_t arrays = layer_order_size(l);
	struct pool pool = {.octets = NULL};

	layer_order_put(l, NULL, &pool);
	if (pool.size != f->pool_size - parts)
		return false;
	uint8_t *octets = malloc(arrays + pool.size);
	if (!octets)
		return false;
	pool = (struct pool){.octets = octets + arrays};
	layer_order_put(l, octets, &pool);
	bool is_same =
	        memcmp(pool.octets, f->pool + parts, pool.size) == 0 && are_same(f, l, octets);
	free(octets);
	return is_same;
}

bool fragment_same_layers(const struct fragment *f, const struct plan_source *s)
{
	struct layer_order l;

	if (s->range_count != f->range_count || s->delegation_count != f->delegation_count)
		return false;
	if (!fragment_has_layers(f))
		return true;
	bool is_same = layer_order_init(&l, s) == OK && is_put_alike(f, &l);
	layer_order_free(&l);
	return is_same;
}
