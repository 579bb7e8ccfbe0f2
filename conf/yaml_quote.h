/* SPDX-License-Identifier: ISC */
/* conf/yaml_quote.h - is it for want of quotes that libyaml does not understand a file.
 *
 *     listen: [::1@53]      - @ MX 10 mail      10.0.0.0/8: {ip}.example
 *
 * People write these as they mean them, and YAML takes the first character for its own. */
#ifndef CONF_YAML_QUOTE_H
#define CONF_YAML_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

/* True when one of the lines first..last, counted from 0, holds a value that wants quotes. */
bool yaml_quotes_are_missing(const char *octets, size_t size, size_t first, size_t last);

#endif
