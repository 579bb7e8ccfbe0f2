/* SPDX-License-Identifier: ISC */
/* tests/help/range_oracle.h - all that a model publishes, as a flat table of records.
 *
 * Of IPv4 each address of 10.NET.0.0/16 is looked at on its own: which delegation, host or range
 * has it, and so which PTR and which A there are. Of IPv6 the addresses between two edges have one
 * fate; names are asked for one by one. */
#ifndef TESTS_HELP_RANGE_ORACLE_H
#define TESTS_HELP_RANGE_ORACLE_H

#include "tests/help/flat.h"
#include "tests/help/range_model.h"

#define ORACLE_NOBODY UINT32_MAX
#define SPANS_MAX     (2 * (MODEL_RANGES_MAX + MODEL_HOSTS_MAX + MODEL_DELEGATIONS_MAX + 32))

/* Who has an address: at most one is not ORACLE_NOBODY. */
struct fate {
	unsigned delegation, host;
	unsigned range; /* with a pattern, not a hole */
};

/* Addresses of IPv6 with one fate. */
struct span {
	unsigned __int128 first, last;
	unsigned range;
};

struct range_oracle {
	const struct model *model;
	struct flat flat;                         /* zones as in the model */
	struct name owners[MODEL_RANGES_MAX];     /* of the ranges */
	unsigned forward_zones[MODEL_RANGES_MAX]; /* that hold their names; ZONE_NONE */
	struct span spans[SPANS_MAX];             /* in order; only those of a range */
	unsigned span_count;
};

/* The model is borrowed. */
void range_oracle_build(struct range_oracle *o, const struct model *m);
void range_oracle_free(struct range_oracle *o);

/* Who has an address: a delegation shadows all; else a host; else the smallest range of the
 * innermost customer whose block holds the address, else of the next one outwards. */
struct fate range_oracle_fate(const struct model *m, uint8_t len, unsigned __int128 address);

/* The TTL of what a customer wrote: its own, if not 0, else his file's, else the operator's. */
uint32_t range_oracle_ttl(const struct model *m, unsigned customer, uint32_t own);

#endif
