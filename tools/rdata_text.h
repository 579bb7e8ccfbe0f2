/* SPDX-License-Identifier: ISC */
/* tools/rdata_text.h - a record's type and rdata as master files have them.
 *
 *     MX      10 mail.example.
 *     TYPE65280       \# 2 0102            RFC 3597 5: a type that has no form of its own
 *
 * What is written reads back, with conf/zone_rdata.h, as the very octets. The form is that of ldns
 * for the types that BIND 9.18, NSD 4.6 and Knot 3.2 all read, and RFC 3597's for the others, and
 * where that of ldns does not lead back. Names are absolute. */
#ifndef TOOLS_RDATA_TEXT_H
#define TOOLS_RDATA_TEXT_H

#include <stdio.h>

#include "zone/rr.h"

/* Print a type's name: MX, TYPE65280. */
void type_print(FILE *out, uint16_t type);

/* Print `TYPE`, a tab and the rdata, which are in uncompressed wire form. */
void rdata_print(FILE *out, uint16_t type, const uint8_t *rdata, size_t n);

#endif
