/* SPDX-License-Identifier: ISC */
/* tools/emit_zone.h - a compiled zone as a master file (RFC 1035 5.1), as other servers read it.
 *
 *     ; zone 2.0.192.in-addr.arpa.
 *     $ORIGIN 2.0.192.in-addr.arpa.
 *     @       3600    IN      SOA     ns1.isp.example. hostmaster.isp.example. 1 3600 600 ...
 *     @       3600    IN      NS      ns1.isp.example.
 *     25      3600    IN      PTR     mail.acme.example.
 *     26      3600    IN      PTR     else.where.             ; external
 *     27      3600    IN      PTR     old.acme.example.       ; no forward
 *
 * It is made from the image that answers, owner by owner, so it is what is served; what the image
 * computes comes behind that (tools/emit_made.h). A PTR is marked
 * when its name does not lead back to its address here: `external` when the name lies in no zone
 * of the snapshot, else `no forward`. */
#ifndef TOOLS_EMIT_ZONE_H
#define TOOLS_EMIT_ZONE_H

#include <stdio.h>

#include "tools/filter.h"
#include "zone/snapshot.h"

/* True when the filter leaves a zone of the snapshot something to print. Zones have the same
 * numbers in a snapshot and in the plan that it was made from. */
bool emit_zone_is_wanted(const struct snapshot *s, uint32_t zone, const struct filter *f);

/* Print the zone; what of its PTRs and addresses the filter wants, SOA and NS always. */
void emit_zone(const struct snapshot *s, uint32_t zone, const struct filter *f, FILE *out);

#endif
