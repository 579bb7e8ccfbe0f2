/* SPDX-License-Identifier: ISC */
/* tools/emit_pairs.h - the pairs of a plan as a list, for people's scripts.
 *
 *     address,name,ttl,customer,role,forward,reverse_zone,forward_zone
 *     192.0.2.25,mail.acme.example,3600,acme,mail,served,2.0.192.in-addr.arpa,acme.example
 *
 * One entry a pair, by address and then by name. Names have no last dot, `role` is host or mail,
 * or range for a name that a range makes, `forward` is served, external or no
 * (tools/pair_forward.h), and `forward_zone` is null, or empty in CSV, unless it is served. JSON is
 * an array of objects (RFC 8259), CSV has a header line (RFC 4180), YAML is the list `pairs`.
 *
 * Ranges of IPv4 are written address by address, as they are printed. A range of IPv6 is one entry,
 * of its rule: it stands for all of its addresses that have no entry of their own.
 *
 *     {"range": "2001:db8:42:1::/64", "pattern": "{ip}.v6.acme.example", "ttl": 300, ...}
 *     2001:db8:42:1::/64,{ip}.v6.acme.example,300,acme,range,served,,acme.example
 *
 * Where other ranges or delegations have some of its addresses, there is an entry for each `part`
 * that is left; in CSV the first field is PART of RANGE. */
#ifndef TOOLS_EMIT_PAIRS_H
#define TOOLS_EMIT_PAIRS_H

#include <stdio.h>

#include "tools/filter.h"

enum pairs_format { PAIRS_JSON, PAIRS_CSV, PAIRS_YAML };

/* Print the served pairs that the filter wants, of an indexed, checked plan. Takes 16 octets a
 * host's pair while it works. Returns OK or ERR_MEMORY. */
MUST_USE enum err emit_pairs(
        const struct plan *plan, const struct filter *f, enum pairs_format format, FILE *out);

#endif
