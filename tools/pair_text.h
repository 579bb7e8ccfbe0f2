/* SPDX-License-Identifier: ISC */
/* tools/pair_text.h - one entry of the lists of `arpa pairs`: a pair, or a rule for many, as JSON
 * (RFC 8259), CSV (RFC 4180) or YAML; for tools/emit_pairs.c alone. */
#ifndef TOOLS_PAIR_TEXT_H
#define TOOLS_PAIR_TEXT_H

#include <stdio.h>

#include "tools/emit_pairs.h"
#include "zone/cover.h"

enum pair_field {
	FIELD_ADDRESS,
	FIELD_NAME,
	FIELD_TTL,
	FIELD_CUSTOMER,
	FIELD_ROLE,
	FIELD_FORWARD,
	FIELD_REVERSE_ZONE,
	FIELD_FORWARD_ZONE,
	FIELD_COUNT
};

/* An entry as text; NULL is null. The fields point into the texts, or borrow. */
struct pair_text {
	const char *fields[FIELD_COUNT];
	const char *part; /* of a rule: the addresses of the range that it is for; NULL: all */
	bool is_rule;     /* the address is a range, the name a pattern */
	char address[ADDR_RANGE_TEXT_MAX], part_text[ADDR_RANGE_TEXT_MAX], ttl[12];
	char name[SHAPE_TEXT_MAX + NAME_TEXT_MAX];
	char reverse_zone[NAME_TEXT_MAX], forward_zone[NAME_TEXT_MAX];
	size_t owner_octets; /* of a range's owner, a dot before it and a NUL behind it */
	char owner[1 + NAME_TEXT_MAX];
};

/* A host's pair of a customer, and the zone that holds its PTR, or ZONE_NONE. */
void pair_text_of_host(struct pair_text *t, const struct plan *plan, uint32_t customer,
        const struct pair *pair, uint32_t reverse);

/* What all addresses of a span of a range share; then pair_text_of_addr() for each. */
void pair_text_of_span(struct pair_text *t, const struct plan *plan, const struct span *s);
void pair_text_of_addr(struct pair_text *t, const struct span *s, const struct addr *a);
void pair_text_set_reverse(struct pair_text *t, const struct plan *plan, uint32_t reverse);

/* The rule itself. */
void pair_text_of_rule(struct pair_text *t, const struct plan *plan, const struct span *s);

void pair_text_print_begin(enum pairs_format format, FILE *out);
void pair_text_print(const struct pair_text *t, enum pairs_format format, bool is_first, FILE *out);
void pair_text_print_end(enum pairs_format format, bool is_empty, FILE *out);

#endif
