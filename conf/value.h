/* SPDX-License-Identifier: ISC */
/* conf/value.h - what people write as values: names, addresses, prefixes, times, numbers.
 *
 * Each value_read_x() reads one scalar and returns true, or says what is wrong with it at its
 * place, leaves *out alone and returns false. Each value_x() does the same with a scalar that was
 * read already: a key. */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "conf/yaml.h"
#include "zone/addr.h"

/* A host name (RFC 952, RFC 1123 2.1), lower-case, the trailing dot optional; in Unicode it is
 * converted (IDNA 2008, RFC 5891). [name] [name-long] [name-host] [name-idn] */
bool value_host(struct yaml *y, const struct yaml_text *text, struct name *out);
bool value_read_host(struct yaml *y, struct name *out);

/* Any domain name, the root included; Unicode converted likewise. */
bool value_domain(struct yaml *y, const struct yaml_text *text, struct name *out);
bool value_read_domain(struct yaml *y, struct name *out);

/* An address [address]; a prefix, host bits zero [prefix]. */
bool value_addr(struct yaml *y, const struct yaml_text *text, struct addr *out);
bool value_prefix(struct yaml *y, const struct yaml_text *text, struct prefix *out);
bool value_read_prefix(struct yaml *y, struct prefix *out);

/* A time in seconds: 30s 5m 1h 1d or a plain number, at most TTL_MAX (RFC 2181 8). [ttl] */
bool value_read_time(struct yaml *y, uint32_t *out);

/* Decimal, from least to most. [number] */
bool value_read_number(struct yaml *y, uint32_t least, uint32_t most, uint32_t *out);

/* yes, no, true, false. [yes-no] */
bool value_read_yes(struct yaml *y, bool *out);

/* `version: 1`, as every file begins. [version] */
void value_read_version(struct yaml *y, void *unused);

/* A list of scalars, or one scalar for a list of one: call for each is one of value_read_*, then
 * add. */
void value_each(struct yaml *y, const char *what, void (*read)(struct yaml *y, void *to), void *to);

#endif
