/* SPDX-License-Identifier: ISC */
/* zone/keep.h - what a file published last, read back from what is served.
 *
 * The PTR records at the addresses that were a customer's when the snapshot was made are what his
 * file published (zone/authors.h). */
#ifndef ZONE_KEEP_H
#define ZONE_KEEP_H

#include "zone/owners.h"
#include "zone/records.h"
#include "zone/snapshot.h"

/* Give every source that is SOURCE_REFUSED or SOURCE_MISSING, and has addresses in `last`, the
 * pairs that it has there, and make it SOURCE_KEPT. Pairs that today's zones, prefixes and domains
 * do not allow any more are dropped, with a warning [kept-dropped]. A source that vanished is an
 * error [vanished]. Returns OK or ERR_MEMORY. */
MUST_USE enum err plan_keep(struct plan *p, const struct owners *owners,
        const struct barriers *barriers, const struct snapshot *last, struct diag_list *diags);

/* The customer, by his number today, to whose address a name leads in `last` (may be NULL);
 * CUSTOMER_NONE when it leads nowhere. `today` is that of authors_today() for last->authors. */
uint32_t keep_find_holder(const struct snapshot *last, const uint32_t *today, const uint8_t *name);

#endif
