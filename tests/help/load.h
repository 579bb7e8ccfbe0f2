/* SPDX-License-Identifier: ISC */
/* tests/help/load.h - what arpad does with its files, from reading to images, and what must hold
 * whatever they are. */
#ifndef TESTS_HELP_LOAD_H
#define TESTS_HELP_LOAD_H

#include "conf/config.h"
#include "zone/snapshot.h"

/* What was loaded: what is served, and what the next load begins from. */
struct generation {
	struct snapshot *snapshot; /* NULL: arpad.yaml was refused */
	struct history history;
};

/* Load arpad.yaml of the working folder behind `last` (may be NULL) and compile. *c is the caller's
 * to free, and before *last; all its pairs are loaded. */
struct generation load_files(struct config *c, const struct generation *last);

/* Load and compile, and again on top of that: nothing changes. Returns what load_files() does. */
struct generation load_twice(struct config *c, const struct generation *last);

/* Load behind `last`, the zones being the same as then, as arpad's compiler does: images are
 * merged, or stay. They have the same octets as those compiled from everything. */
struct generation load_merged(struct config *c, const struct generation *last);

void generation_free(struct generation *g);

#endif
