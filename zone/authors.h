/* SPDX-License-Identifier: ISC */
/* zone/authors.h - whose an address was when a snapshot was made.
 *
 *     snapshot:  192.0.2.16/28 is of "acme"         today:  192.0.2.16/28 is of "bakery"
 *
 * An image does not say who wrote a record, and need not: an address belongs to one customer. But
 * blocks go from one customer to another, so a snapshot remembers those of its time, and the
 * customers by name, for a name is what stays the same from one arpad.yaml to the next; and which
 * PTR records were the operator's own, by a hash. */
#ifndef ZONE_AUTHORS_H
#define ZONE_AUTHORS_H

#include "zone/owners.h"

struct authors;

/* Take down the customers and their prefixes; nothing of the plan is borrowed. Returns OK, and
 * authors_free() frees *out, or ERR_MEMORY. */
MUST_USE enum err authors_build(struct authors **out, const struct plan *p);

/* NULL is allowed. */
void authors_free(struct authors *a);

/* The number of an address's customer of then; CUSTOMER_NONE when it had none, or `a` is NULL. */
uint32_t authors_find(const struct authors *a, const struct addr *addr);

/* The number that each of them has in a plan of today, CUSTOMER_NONE where he is there no more.
 * Returns OK and malloc'd memory, which may be NULL when `a` is; or ERR_MEMORY. */
MUST_USE enum err authors_today(uint32_t **out, const struct authors *a, const struct plan *p);

/* True when the operator's `records` had this PTR then; `rdata` as the image has it. */
bool authors_has_ptr(const struct authors *a, const uint8_t *owner, const uint8_t *rdata);

#endif
