/* SPDX-License-Identifier: ISC */
/* zone/compile_zone.h - the octets of one zone's image, from a checked plan.
 *
 *     compile_zone    everything from the plan
 *     merge_zone      what changed from the plan, the rest from the last image
 *
 * Both give the same octets. An owner has pairs of one source only, for an address and a name each
 * belong to one customer: so a merge takes the owners at which a changed source has or had a pair,
 * and whatever else stands there, from the plan, and carries all others over. */
#ifndef ZONE_COMPILE_ZONE_H
#define ZONE_COMPILE_ZONE_H

#include "zone/image.h"
#include "zone/share.h"

/* Zone `number` of the plan, with these pairs and this serial. Returns OK and malloc'd octets, for
 * image_open(); ERR_MEMORY; ERR_LONG for one beyond 4 GiB. */
MUST_USE enum err compile_zone(uint8_t **octets, size_t *size, const struct plan *plan,
        uint32_t number, const struct share pairs[DIRECTIONS], uint32_t serial);

/* The same from `last`, that of the same zone under the same arpad.yaml, with its serial: `pairs`
 * are those of the sources that changed, `before` those that they had then. */
MUST_USE enum err merge_zone(uint8_t **octets, size_t *size, const struct plan *plan,
        uint32_t number, const struct share pairs[DIRECTIONS],
        const struct share before[DIRECTIONS], const struct image *last);

#endif
