/* SPDX-License-Identifier: ISC */
/* zone/check_layers.h - the rules for ranges and delegations; for zone/check.c and zone/keep.c.
 *
 *     scope            addresses outside the customer's prefixes; of a delegation, also inside an
 *                      inner customer's
 *     no-zone          addresses in no reverse zone served here
 *     scope-name       a range's names, or some, in a domain that is not the customer's
 *     record-above     a record of the operator at a range's name, above it, or at or below a cut
 *     range-overlap    ranges of equal size that overlap
 *     range-label      a label that two patterns at one owner could make
 *     range-alike      more patterns at one owner that begin alike than can be asked for each name
 *     range-host       a host whose name a range makes for another address
 *     range-zone       a zone served here at a range's name
 *     may-delegate     a delegation of a customer who may not
 *     delegate-overlap delegations that overlap
 *     delegate-label   two zones by RFC 2317 of one name
 *     delegate-zone    a zone served here at or below a cut, or in the way of its CNAMEs
 *     shadowed         (warning) a host or range in a delegation
 *
 * All but the last refuse the file. What is asked of one entry is asked of kept ones, too, each
 * time: what fails is dropped. */
#ifndef ZONE_CHECK_LAYERS_H
#define ZONE_CHECK_LAYERS_H

#include "zone/owners.h"
#include "zone/records.h"

struct layer_check {
	const struct plan *plan;
	const struct owners *owners;
	const struct barriers *barriers;
	struct diag_list *diags; /* NULL: say nothing */
};

/* One entry against today's arpad.yaml; sets the range's forward_zone. */
bool range_is_allowed(
        const struct layer_check *k, const struct plan_source *s, struct plan_range *r);
bool delegation_is_allowed(
        const struct layer_check *k, const struct plan_source *s, const struct plan_delegation *d);

/* All entries of a source, and each against the others and its hosts, whose forward zones are set.
 * Sets what is_shadowed, and PAIR_SHADOWED. Return OK or ERR_MEMORY; mistakes are in k->diags. */
MUST_USE enum err source_check_ranges(const struct layer_check *k, struct plan_source *s);
MUST_USE enum err source_check_delegations(const struct layer_check *k, struct plan_source *s);

/* What of a source a delegation shadows, as source_check_delegations() does it; *differs is whether
 * any of that changed. k->diags may be NULL. */
MUST_USE enum err source_find_shadows(
        bool *differs, const struct layer_check *k, struct plan_source *s);

/* The names that ranges of new good sources make, against the operator's records, the zones served
 * here and other customers' domains. Refuses sources. */
MUST_USE enum err plan_check_made(const struct layer_check *k, struct plan *p);

/* The same for a kept source of the plan: ranges that make such a name are dropped. Adds to
 * *dropped how many. */
MUST_USE enum err source_drop_made(
        const struct layer_check *k, struct plan *p, struct plan_source *s, size_t *dropped);

/* Find all of a range or a delegation among a customer's own prefixes. False, and *out is the first
 * address outside. */
bool owners_hold_all(const struct owners *o, uint32_t customer, const struct addr *first,
        const struct addr *last, struct addr *out);

/* False, and *out is the first address in no reverse zone. */
bool plan_has_zones(
        const struct plan *p, const struct addr *first, const struct addr *last, struct addr *out);

/* Shared by the files of these checks: addresses that the customer, or the zones, do not hold. */
void tell_no_zone(const struct layer_check *k, struct place place, const struct addr *first,
        const struct addr *last, const struct addr *outside);
void tell_scope(const struct layer_check *k, const struct plan_source *s, struct place place,
        const struct addr *first, const struct addr *last, const struct addr *outside);

#endif
