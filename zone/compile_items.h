/* SPDX-License-Identifier: ISC */
/* zone/compile_items.h - the records of one zone on their way into its image, in any order; for
 * zone/compile_zone.c alone.
 *
 *     items_init(&items, zone)
 *     items_add(), items_add_record(), items_add_above()
 *     items_sort(&items)
 *     items_write(&items, &w)            all of it; or
 *     items_merge(&items, &w, last)      what changed, the rest from the last image
 *     items_free(&items)
 */
#ifndef ZONE_COMPILE_ITEMS_H
#define ZONE_COMPILE_ITEMS_H

#include <string.h>

#include "zone/image_write.h"
#include "zone/plan.h"

/* A record that is not one of a pair's: SOA, NS. */
struct record {
	bool is_above;         /* it is none */
	const uint8_t *labels; /* of the owner, before the apex */
	size_t label_octets;
	const uint8_t *rdata; /* a wire name for types that are one name */
	size_t rdata_octets;
	uint32_t ttl_s;
};

/* The type of an item that is no record. It marks an owner that a changed source has or had; or,
 * with an `is_above`, one that is there because names hang below it. */
#define TYPE_MARK 0

/* One record on its way into an image: the PTR or the address record of a pair, or a record. */
struct item {
	uint64_t order; /* the first eight symbols of the owner's key */
	uint32_t key_at;
	uint16_t key_len;
	uint16_t type;
	const struct pair *pair;     /* NULL: */
	const struct record *record; /* ... then this one */
};

struct items {
	struct arena arena; /* records */
	struct item *all;   /* owned */
	size_t count, capacity;
	uint8_t *symbols; /* owned; all keys, one behind the other */
	size_t symbol_count, symbol_capacity;
	size_t apex_len;
	enum err failed; /* sticky */
};

void items_init(struct items *items, const struct plan_zone *zone);
void items_free(struct items *items);

/* Add the PTR or the address record of a pair, or mark its owner (TYPE_MARK); or a record, which
 * lives as long as the items. `labels` are the owner's, before the apex. */
void items_add(struct items *items, uint16_t type, const uint8_t *labels, size_t n,
        const struct pair *pair, const struct record *record);

/* Add a record, or (TYPE_MARK) mark an owner; what is given lives as long as the items. */
void items_add_record(struct items *items, uint16_t type, const uint8_t *labels, size_t n,
        const uint8_t *rdata, size_t rdata_octets, uint32_t ttl_s);

/* Add an owner below which names hang that are computed. */
void items_add_above(struct items *items, const uint8_t *labels, size_t n);

/* What a record says; NULL, and no octets, for a mark. */
const uint8_t *item_rdata(const struct item *item, size_t *n);

static inline int compare_octets(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	size_t n = a_len < b_len ? a_len : b_len;
	int difference = n ? memcmp(a, b, n) : 0; /* a mark has no rdata */

	return difference ? difference : (a_len > b_len) - (a_len < b_len);
}

/* Owners in canonical order, then types, then rdata: so the octets do not depend on the order in
 * which people wrote. */
void items_sort(struct items *items);

/* Write all that was added. */
void items_write(const struct items *items, struct image_writer *w);

/* Write the owners that are marked, or have a pair, from the items, and all others as they are in
 * `last`. */
void items_merge(const struct items *items, struct image_writer *w, const struct image *last);

#endif
