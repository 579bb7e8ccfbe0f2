/* SPDX-License-Identifier: ISC */
/* tests/help/load.h - what arpad does with its files, from reading to images, and what must hold
 * whatever they are. */
#ifndef TESTS_HELP_LOAD_H
#define TESTS_HELP_LOAD_H

#include "conf/config.h"
#include "zone/snapshot.h"

/* Load arpad.yaml of the working folder on top of `last` (may be NULL) and compile; the result is
 * NULL when arpad.yaml is refused. *c is the caller's to free. */
struct snapshot *load_files(struct config *c, const struct snapshot *last);

/* Load and compile, and again on top of that: nothing changes. Returns what load_files() does. */
struct snapshot *load_twice(struct config *c, const struct snapshot *last);

#endif
