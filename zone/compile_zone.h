/* SPDX-License-Identifier: ISC */
/* zone/compile_zone.h - the octets of one zone's image, from a checked plan.
 *
 *     compile_zone    everything from the plan
 *     merge_zone      what changed from the plan, the rest from the last image
 *
 * Both give the same octets. An owner has pairs of one source only, for an address and a name each
 * belong to one customer: so a merge takes the owners at which a changed source has or had a pair
 * or a cut, and whatever else stands there, from the plan, and carries all others over. What is
 * computed it takes from the layers, and from the last image which addresses hosts have taken. */
#ifndef ZONE_COMPILE_ZONE_H
#define ZONE_COMPILE_ZONE_H

#include "zone/image.h"
#include "zone/share.h"

/* Of what an image is made, the pairs apart. */
struct zone_input {
	const struct plan *plan;
	const struct layers *layers; /* of all of the plan's sources */
	uint32_t zone;               /* number in the plan */
};

/* Sources that changed, as they are or as they were, and their pairs. */
struct zone_change {
	const struct plan_source *sources;
	size_t count;
	const struct share *pairs; /* of DIRECTIONS */
};

/* The zone with these pairs and this serial. Returns OK and malloc'd octets, for image_open();
 * ERR_MEMORY; ERR_LONG for one beyond 4 GiB. */
MUST_USE enum err compile_zone(uint8_t **octets, size_t *size, const struct zone_input *in,
        const struct share pairs[DIRECTIONS], uint32_t serial);

/* The same from `last`, that of the same zone under the same arpad.yaml, with its serial. No range
 * has changed with names in this zone. */
MUST_USE enum err merge_zone(uint8_t **octets, size_t *size, const struct zone_input *in,
        const struct zone_change *now, const struct zone_change *before, const struct image *last);

#endif
