/* SPDX-License-Identifier: ISC */
/* tools/emit_made.h - the records that an image computes (zone/image_rules.h), as lines of a master
 * file.
 *
 *     64.2    3600    IN      PTR     h-192-0-2-64.static.acme.example.
 *     129.2   3600    IN      CNAME   129.128-255.2.0.192.in-addr.arpa.
 *     h-192-0-2-64.static     3600    IN      A       192.0.2.64
 *     ; range 2001:db8:42:1::/64: PTR {ip}.v6.acme.example., TTL 300 (a rule: not expanded)
 *
 * One line an address, written straight from the spans: a /8 takes no more memory than a /24. A
 * range of IPv6 is a comment, for nobody could read it to its end. Where the names of a range do
 * not lead back, a comment says so once, before its lines, with the marks of tools/emit_zone.h:
 *
 *     ; range 192.0.2.64/27: PTR h-{ip}.else.where., TTL 3600: external */
#ifndef TOOLS_EMIT_MADE_H
#define TOOLS_EMIT_MADE_H

#include <stdio.h>

#include "tools/filter.h"
#include "zone/snapshot.h"

/* True when the zone computes a PTR, CNAME or address that the filter wants. */
bool emit_made_is_wanted(const struct snapshot *s, uint32_t zone, const struct filter *f);

/* Print those, and the NS of cuts that do not stand in the image. */
void emit_made(const struct snapshot *s, uint32_t zone, const struct filter *f, FILE *out);

#endif
