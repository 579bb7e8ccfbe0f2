/* SPDX-License-Identifier: ISC */
/* zone/snapshot.h - all that is served at one moment: a set of images and the way to them.
 *
 *     plan --compile--> image, image, ... --> snapshot --publish--> workers
 *
 * Immutable. Images are shared with the snapshots before and after: a zone that did not change
 * keeps its image and its serial. A snapshot is counted: the publisher holds one reference, a
 * zone transfer another for as long as it lasts. */
#ifndef ZONE_SNAPSHOT_H
#define ZONE_SNAPSHOT_H

#include <stdatomic.h>

#include "zone/image.h"
#include "zone/zone_index.h"

struct snapshot {
	struct image **images; /* owned array of counted images, canonical order of apexes */
	uint32_t count;
	uint64_t generation; /* 1, 2, 3, ... */
	struct zone_index index;
	atomic_uint references;
};

/* Make a snapshot of `count` verified images in canonical order of their apexes. Takes over one
 * reference of each image, also when it fails. Returns OK and a snapshot with one reference, or
 * ERR_MEMORY. */
MUST_USE enum err snapshot_build(
        struct snapshot **out, struct image **images, uint32_t count, uint64_t generation);

/* The image with this very apex, which the snapshot owns; NULL when there is none, or s is NULL. */
struct image *snapshot_find(const struct snapshot *s, const uint8_t *apex);

struct snapshot *snapshot_ref(struct snapshot *s);

/* Give a reference back; the last one frees. NULL is allowed. */
void snapshot_unref(struct snapshot *s);

#endif
