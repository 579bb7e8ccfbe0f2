/* SPDX-License-Identifier: ISC */
/* tests/help/random_layers.h - random entries of `ranges` and `delegate`.
 *
 * They overlap, nest and lie side by side, and are most often such as the checks let pass. */
#ifndef TESTS_HELP_RANDOM_LAYERS_H
#define TESTS_HELP_RANDOM_LAYERS_H

#include "zone/addr.h"

#define RANDOM_ENTRY_MAX 600

/* Where a customer's entries lie. */
struct random_site {
	char letter;               /* his patterns begin with it */
	struct prefix ipv4, ipv6;  /* ipv6.addr.len 0: he has none */
	const char *const *owners; /* for names of ranges */
	unsigned owner_count;
};

/* One entry each, a line with its newline. */
void random_range(char out[RANDOM_ENTRY_MAX], const struct random_site *site);
void random_delegation(char out[RANDOM_ENTRY_MAX], const struct random_site *site);

#endif
