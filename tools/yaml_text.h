/* SPDX-License-Identifier: ISC */
/* tools/yaml_text.h - text as a YAML scalar that every reader takes for that text.
 *
 * Plain where that is safe, else in double quotes with JSON's escapes, which YAML shares. Safe is
 * what is made of letters, digits and - . _ / @ : only, and looks like no number, date, truth
 * value or null to any YAML 1.1 or 1.2 reader. */
#ifndef TOOLS_YAML_TEXT_H
#define TOOLS_YAML_TEXT_H

#include <stdbool.h>
#include <stdio.h>

/* True when `text` needs no quotes; in a flow collection ([...], {...}) a colon does. */
bool yaml_is_plain(const char *text, bool in_flow);

void yaml_print_text(const char *text, bool in_flow, FILE *out);

#endif
