/* SPDX-License-Identifier: ISC */
/* conf/zone_rdata.h - rdata as a master file writes them, read by ldns and looked at once more. */
#ifndef CONF_ZONE_RDATA_H
#define CONF_ZONE_RDATA_H

#include "zone/name.h"

/* Read the rdata of one record. Names in it are relative to the origin.
 *   type_text   the type as written: `PTR`, `TYPE65280`
 *   out, n      malloc'd wire form, the caller's; for types that are one name, A, AAAA and SOA it
 *               is as it must be
 * Returns OK; ERR_SYNTAX, and then *why is what is wrong with them; ERR_MEMORY. */
MUST_USE enum err zone_rdata_read(uint8_t **out, size_t *n, uint16_t type, const char *type_text,
        const char *text, const struct name *origin, const char **why);

#endif
