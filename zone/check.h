/* SPDX-License-Identifier: ISC */
/* zone/check.h - the rules that decide whether a customer's file may be served.
 *
 * Each rule has an id, a place and a remedy. A source that breaks one is refused whole and alone
 * (state SOURCE_REFUSED); the others are not touched by it.
 *
 *     scope           an address outside the customer's prefixes, or inside an inner customer's
 *     no-zone         an address in no reverse zone served here
 *     scope-name      a name in a forward zone served here, outside the customer's domains
 *     conflict-name   a name that another customer's file publishes already
 *     duplicate       an address twice by value in one file
 *     many-ptr        (warning) several names at one address
 *     mail-generic    (warning) a mail host whose name looks generated
 *     ttl-mixed       (warning) one RRset, several TTLs; the smallest is served
 */
#ifndef ZONE_CHECK_H
#define ZONE_CHECK_H

#include "zone/plan.h"

/* Check the operator's part: customers' prefixes (equal ones are an error, prefixes outside every
 * zone a warning), domains outside every zone (a warning). */
void plan_check_customers(const struct plan *p, struct diag_list *diags);

/* Check every good source against the customers and against each other; set PAIR_EXTERNAL, refuse
 * what breaks a rule. Customers earlier in arpad.yaml keep contested names. */
void plan_check(struct plan *p, struct diag_list *diags);

#endif
