/* SPDX-License-Identifier: ISC */
/* tools/made_lines.h - a line for each address of a rule of IPv4 (zone/image_rules.h), by the
 * million: pieces of text side by side in a buffer; for tools/emit_made.c alone. */
#ifndef TOOLS_MADE_LINES_H
#define TOOLS_MADE_LINES_H

#include <stdio.h>

#include "zone/image_rules.h"

#define MADE_BUFFER_OCTETS (64U * 1024)

struct made_lines {
	const struct image *image;
	FILE *out;
	size_t used;
	char buffer[MADE_BUFFER_OCTETS]; /* whole lines */
};

/* Write out what is in the buffer. */
void made_lines_flush(struct made_lines *m);

/* PTR or CNAME at the names of the addresses from first to last, where it is this rule that makes
 * them. */
void made_lines_reverse(
        struct made_lines *m, const struct image_rule *rule, uint32_t first, uint32_t last);

/* A at the names that the rule makes of the addresses, but those that hosts have. */
void made_lines_forward(
        struct made_lines *m, const struct image_rule *rule, uint32_t first, uint32_t last);

/* How many of the addresses that hosts have lie before this one. */
uint32_t made_lines_taken_before(const struct image *image, uint32_t address);

/* The wire name `name`, which ends in the apex, with a dot before it and without the apex; empty
 * for the apex. Returns the length. */
size_t made_lines_relative(
        char out[1 + NAME_TEXT_MAX], const struct image *image, const uint8_t *name);

#endif
