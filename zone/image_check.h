/* SPDX-License-Identifier: ISC */
/* zone/image_check.h - the proof that an image can be trusted; for image_open() alone. */
#ifndef ZONE_IMAGE_CHECK_H
#define ZONE_IMAGE_CHECK_H

#include "zone/image.h"

/* Check everything behind the header, of which sizes, sections and checksum are right, and fill
 * what is derived: apex_len, apex_labels, apex_key_len, apex_leaf, soa.ttl_s, has_cuts,
 * has_wildcards, has_cut_rules. */
MUST_USE bool image_check(struct image *image, const struct image_header *h);

/* The part of it that is about zone/image_rules.h; for image_check() alone. */
MUST_USE bool image_check_rules(struct image *image, const struct image_header *h);

#endif
