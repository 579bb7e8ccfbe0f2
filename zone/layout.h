/* SPDX-License-Identifier: ISC */
/* zone/layout.h - all of a plan that gets into images beside the pairs, as one digest.
 *
 * Where it is what it was, a zone changes by its pairs alone, whatever else is new in arpad.yaml: a
 * customer more or less, another block, another domain. */
#ifndef ZONE_LAYOUT_H
#define ZONE_LAYOUT_H

#include "zone/digest.h"
#include "zone/plan.h"

/* The zones, with their name servers, SOAs, TTLs and records, and what this version makes of them.
 * Wants indexed zones. */
struct digest layout_of(const struct plan *p);

/* How much of arpad.yaml is as it was in the last generation. */
enum sameness {
	SAME_NOTHING,
	SAME_ZONES, /* the layout but customers and their blocks may be others */
	SAME_CONFIG /* all */
};

#endif
