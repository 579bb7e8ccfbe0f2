/* SPDX-License-Identifier: ISC */
/* zone/keep.h - what a file published last, read back from what is served.
 *
 * An image does not say who wrote a record, and need not: an address belongs to one customer, so
 * the PTR records at his addresses are what his file published. */
#ifndef ZONE_KEEP_H
#define ZONE_KEEP_H

#include "zone/owners.h"
#include "zone/records.h"
#include "zone/snapshot.h"

/* Give every source that is SOURCE_REFUSED or SOURCE_MISSING, and has addresses in `last`, the
 * pairs that it has there, and make it SOURCE_KEPT. Pairs that today's zones and domains do not
 * allow any more are dropped, with a warning [kept-dropped]. A source that vanished is an error
 * [vanished]. Returns OK or ERR_MEMORY. */
MUST_USE enum err plan_keep(struct plan *p, const struct owners *owners,
        const struct barriers *barriers, const struct snapshot *last, struct diag_list *diags);

/* The customer, by today's prefixes, whose address a name leads to in `last`; CUSTOMER_NONE when
 * it leads nowhere. */
uint32_t keep_find_holder(
        const struct owners *owners, const struct snapshot *last, const uint8_t *name);

#endif
