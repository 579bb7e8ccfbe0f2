/* SPDX-License-Identifier: ISC */
/* conf/zone_word.h - the words of a master file that stand before the rdata. */
#ifndef CONF_ZONE_WORD_H
#define CONF_ZONE_WORD_H

#include "zone/name.h"

/* Read a TTL: seconds, or numbers with the units w d h m s, as in 1h30m. Returns OK; ERR_SYNTAX;
 * ERR_RANGE beyond TTL_MAX (RFC 2181 8). */
MUST_USE enum err zone_ttl_from_text(uint32_t *out, const char *text, size_t n);

/* Read a name as a master file writes it: relative to an origin unless it ends with a dot, `@` for
 * the origin. Lower-case. Returns as name_from_text(), or ERR_RANGE when there is no origin. */
MUST_USE enum err zone_name_from_text(
        struct name *out, const char *text, size_t n, const struct name *origin);

/* A class's number, 0 when the text is none: IN, CLASS1. */
unsigned zone_class_from_text(const char *text, size_t n);

#endif
