/* SPDX-License-Identifier: ISC */
/* zone/fragment_layers.h - the ranges and delegations in a fragment: a part of zone/fragment.h, and
 * for it alone.
 *
 * What is put is first put nowhere, which tells its size, and then into so many octets. */
#ifndef ZONE_FRAGMENT_LAYERS_H
#define ZONE_FRAGMENT_LAYERS_H

#include "zone/fragment.h"

struct pool {
	uint8_t *octets; /* NULL: they are only counted */
	uint64_t size;   /* so far */
};

/* A source's, in the order of a fragment; the objects are borrowed. */
struct layer_order {
	const struct plan_range **ranges;
	const struct plan_delegation **delegations;
	size_t range_count, delegation_count;
};

/* The order of ranges, by address, then by what is served, then by the rest; and of delegations, by
 * address alone. */
int range_compare(const struct plan_range *a, const struct plan_range *b);
int delegation_compare(const struct plan_delegation *a, const struct plan_delegation *b);

void pool_put(struct pool *pool, const void *octets, size_t n);

/* True when a lower-case name begins at *next in the pool, which is then behind it. */
bool pool_has_name(const struct fragment *f, uint32_t *next);

/* Returns OK or ERR_MEMORY; layer_order_free() in each case. */
MUST_USE enum err layer_order_init(struct layer_order *out, const struct plan_source *s);
void layer_order_free(struct layer_order *l);

/* Octets that they take before the pool. */
size_t layer_order_size(const struct layer_order *l);

/* Put them into at[0..layer_order_size()), unless it is NULL, and into the pool. */
void layer_order_put(const struct layer_order *l, uint8_t *at, struct pool *pool);

/* True when the ranges and delegations of untrusted octets are sound and in order, and their parts
 * lie in the pool from *next on, which is then behind them. */
bool layers_are_sound(const struct fragment *f, uint32_t *next);

#endif
