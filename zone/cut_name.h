/* SPDX-License-Identifier: ISC */
/* zone/cut_name.h - the zones that RFC 2317 gives to IPv4 blocks of less than a /24.
 *
 *     203.0.113.64/26    dash     64-127.113.0.203.in-addr.arpa     the widespread one
 *                        slash    64/26.113.0.203.in-addr.arpa      RFC 2317 4
 *                        rfc4183  64-26.113.0.203.in-addr.arpa      RFC 4183 2
 *                        own      LABEL.113.0.203.in-addr.arpa
 *
 * The address 203.0.113.65 has its records at 65.64-127.113.0.203.in-addr.arpa, to which a CNAME
 * at 65.113.0.203.in-addr.arpa leads. */
#ifndef ZONE_CUT_NAME_H
#define ZONE_CUT_NAME_H

#include "zone/addr.h"

enum cut_style { CUT_DASH, CUT_SLASH, CUT_RFC4183, CUT_OWN };

/* True for a block that has such a zone: IPv4, /25 to /31. */
bool prefix_is_below_octet(const struct prefix *p);

/* Write the zone's apex.
 *   label, n   for CUT_OWN: 1 to 63 octets, not a number from 0 to 255
 * Returns OK; ERR_RANGE for a label that cannot be. */
MUST_USE enum err name_from_cut(struct name *out, const struct prefix *p, enum cut_style style,
        const char *label, size_t n);

/* The same for the addresses from first to last of one /24, which may be no prefix; they have no
 * length that CUT_SLASH and CUT_RFC4183 could tell: ERR_RANGE. */
MUST_USE enum err name_from_cut_range(struct name *out, const struct addr *first,
        const struct addr *last, enum cut_style style, const char *label, size_t n);

#endif
