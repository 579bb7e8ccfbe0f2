/* SPDX-License-Identifier: ISC */
/* tools/why_layers.h - what ranges and delegations do with an address or a name; for the files of
 * why alone.
 *
 *     of an address    range, hole, delegation     which one decides
 *                      forward, external           where the name that a range makes leads
 *                      taken, shadowed             what would decide were it not for a host, a
 *                                                  delegation or a stronger range
 *                      refused-line                what a file with mistakes says
 *     of a name        range, reverse              which range makes it, and the PTR of its address
 *                      taken, hole, delegation     what has the address of which it would be
 *                      spelling                    how it is spelled where a range makes it */
#ifndef TOOLS_WHY_LAYERS_H
#define TOOLS_WHY_LAYERS_H

#include "tools/why.h"

/* The range or delegation that decides, unless a host has the address. */
void why_add_decider(struct why *w, const struct addr *a);

/* Where the name leads that a range makes of the address, if one does. */
void why_add_range_forward(struct why *w, const struct addr *a);

/* Whatever else covers the address, the strongest first. */
void why_add_losers(struct why *w, const struct addr *a);

/* All ranges that the name could be of. */
void why_add_ranges_of_name(struct why *w, const uint8_t *name);

/* The name that a range makes of one of its addresses. False for a hole, or no range. */
bool why_range_name(struct name *out, const struct plan_range *r, const struct addr *a);

/* `the range 192.0.2.64/27 of acme (h-{ip}.acme.example.)` and the like, in w->arena; never
 * NULL. */
const char *why_range_text(struct why *w, const struct plan_source *s, const struct plan_range *r);
const char *why_delegation_text(
        struct why *w, const struct plan_source *s, const struct plan_delegation *d);

/* A host that has the address; *source is the file. NULL: none. */
const struct pair *why_find_host(
        const struct why *w, const struct addr *a, const struct plan_source **source);

/* Where a record was written; *ttl_s is the TTL there, if it says one. */
void why_find_place(struct place *place, uint32_t *ttl_s, const struct why *w, uint32_t zone,
        const uint8_t *owner, uint16_t type, const uint8_t *rdata, size_t n);

/* The links from a name on, without what lines have no effect. */
void why_add_chain(struct why *w, const uint8_t *name);

#endif
