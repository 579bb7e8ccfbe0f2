/* SPDX-License-Identifier: ISC */
/* tests/help/image_walk.h - everything that an image holds: as text, and touched. */
#ifndef TESTS_HELP_IMAGE_WALK_H
#define TESTS_HELP_IMAGE_WALK_H

#include "zone/image.h"

/* What a zone holds, but its SOA: a line `owner TTL TYPE rdata` a record, in the image's order.
 * Returns malloc'd text. */
char *image_dump(const struct image *image);

/* What it computes: a line a span (`ptr` or `name`, the addresses, the rule), a host's address, a
 * pattern and the one that is asked next. Returns malloc'd text. */
char *image_dump_rules(const struct image *image);

/* Touch all that a server would: every owner and record, and answers to names near and far. What
 * is out of bounds is for a sanitizer to find. */
void image_use(const struct image *image);

#endif
