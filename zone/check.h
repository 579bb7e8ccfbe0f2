/* SPDX-License-Identifier: ISC */
/* zone/check.h - the rules that decide whether a customer's file may be served.
 *
 * Each rule has an id, a place and a remedy. A source that breaks one is refused whole and alone:
 * what it published last stays (SOURCE_KEPT), or, where there was nothing, it
 * publishes nothing (SOURCE_REFUSED). The other files are not touched by it.
 *
 *     scope           an address outside the customer's prefixes, or inside an inner customer's
 *     no-zone         an address in no reverse zone served here
 *     scope-name      a name in a zone served here, outside the customer's domains, or inside an
 *                     inner customer's
 *     record-above    a record of the operator is in the way: zone/records.h
 *     conflict-name   a name that another customer's file publishes already
 *     rrset-size      more addresses at a name than a message holds
 *     duplicate       an address twice by value in one file
 *     many-ptr        (warning) several names at one address
 *     mail-generic    (warning) a mail host whose name looks generated
 *     ttl-mixed       (warning) one RRset, several TTLs; the smallest is served
 *
 * Scope. Prefixes and domains nest; the longest match owns. Names in no zone served here are
 * external and free for all, and so is PAIR_FORWARD_NO.
 * Conflicts. For one name, the customer who published it last keeps it;
 * else the first in arpad.yaml. */
#ifndef ZONE_CHECK_H
#define ZONE_CHECK_H

#include "zone/history.h"
#include "zone/plan.h"
#include "zone/records.h"

/* Check the operator's part: customers' prefixes (equal ones are an error [prefix-duplicate],
 * prefixes in no zone a warning [no-zone]). Wants indexed zones. */
void plan_check_customers(const struct plan *p, struct diag_list *diags);

/* Check every good source against the customers and against each other; set each pair's
 * forward_zone; refuse what breaks a rule, and keep what the refused and the vanished published
 * last, if `h` (may be NULL) has it. Sources that are the same as then are not looked at, but for
 * the names that others could claim. Wants plan_check_customers() to have found no error, and the
 * plan's barriers. A file that is refused already is checked, too, so that all its mistakes are
 * told. Returns OK; ERR_MEMORY; as history_open(), with a diagnostic, when what is to be kept is
 * lost. */
MUST_USE enum err plan_check(struct plan *p, const struct barriers *barriers,
        const struct history *h, struct diag_list *diags);

#endif
