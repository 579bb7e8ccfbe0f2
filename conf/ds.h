/* SPDX-License-Identifier: ISC */
/* conf/ds.h - a DS record as people write it (RFC 4034 5.3), and its rdata (RFC 4034 5.1).
 *
 *     12345 13 2 3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D */
#ifndef CONF_DS_H
#define CONF_DS_H

#include "conf/yaml.h"

#define DS_MAX_OCTETS (4 + 48)

/* Write the rdata; *octets only when it is good. Algorithms are those that RFC 8624 3.1 has
 * validators know, digests are SHA-1, SHA-256 and SHA-384. [ds] */
bool ds_from_text(
        struct yaml *y, const struct yaml_text *t, uint8_t rdata[DS_MAX_OCTETS], uint16_t *octets);

#endif
