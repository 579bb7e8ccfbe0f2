/* SPDX-License-Identifier: ISC */
/* zone/compile_sort.h - the order of items; for zone/compile_items.c alone.
 *
 *     key        d u s 0 m g m t 0 s r v 2 8 7 0
 *                |--- word ----| |--- word ---| ...       eight symbols, compared at once
 *
 * Many owners begin alike, for they lie in few domains. So items are split by one word of their
 * keys into those below a pivot, at it and above it, and those at it by the next word: what is the
 * same is looked at once. Pivots are drawn: customers choose names, and could choose them such that
 * a fixed rule splits badly each time. The order does not depend on the draw: items that are equal
 * in all are one record. */
#ifndef ZONE_COMPILE_SORT_H
#define ZONE_COMPILE_SORT_H

#include "zone/compile_items.h"

/* Room behind the last symbol that must be there to read. */
#define SORT_ROOM 8

/* Eight symbols of an item's key from `at` on, the first one the most significant; 0 beyond its
 * end. */
uint64_t item_word(const struct items *items, const struct item *item, size_t at);

/* Owners in canonical order, then types, then rdata. */
void sort_items(struct items *items);

#endif
