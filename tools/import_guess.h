/* SPDX-License-Identifier: ISC */
/* tools/import_guess.h - which patterns an address's name may have been made by.
 *
 *     10.0.0.7   h-10-0-0-7      h-{ip}   h-10-{b}-{c}-{d}   h-10-0-{c}-{d}   h-10-0-0-{d}  ...
 *                h-10-0-0-7      h-10-0-0-{n} from 10.0.0.0 on
 *     10.0.0.7   x0a000007       x{hex}   x0a0000{host} of 10.0.0.0/24  ...
 *
 * What an address spells in its label may stand there by chance; which guess is right is seen at
 * the addresses beside it. */
#ifndef TOOLS_IMPORT_GUESS_H
#define TOOLS_IMPORT_GUESS_H

#include "zone/addr.h"
#include "zone/pattern.h"

#define GUESSES_MAX 40

struct guess {
	uint8_t shape[SHAPE_MAX];
	uint8_t octets;
	bool has_index;          /* {n}, counted from `first` on */
	bool has_host;           /* {host}, as wide as all from first to last make it */
	struct addr first, last; /* all addresses whose names it may make */
};

/* Guess at a label (its length octet first, lower-case) of an address; all guesses make the label.
 * Returns how many; the more of the address they spell, the earlier they come. */
unsigned import_guess(struct guess out[GUESSES_MAX], const uint8_t *label, const struct addr *a);

/* The pattern of a guess, over all its addresses; borrows the shape. */
void guess_pattern(struct pattern *out, const struct guess *g);

/* True when the pattern makes this label (length octet first, lower-case) for the address. */
bool guess_makes(const struct pattern *p, const uint8_t *label, const struct addr *a);

#endif
