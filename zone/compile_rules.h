/* SPDX-License-Identifier: ISC */
/* zone/compile_rules.h - what of a plan's ranges and delegations one zone's image computes; for
 * zone/compile_zone.c alone.
 *
 *     zone_rules_begin(&r, plan, zone, layers)
 *     zone_rules_take(&r, octets, len)    for each address that hosts have,
 *     zone_rules_drop(&r, octets, len)    and before, for those that they had
 *     zone_rules_settle(&r)               then r.owners: below which there are names
 *     zone_rules_write(&r, &w)
 *     zone_rules_end(&r) */
#ifndef ZONE_COMPILE_RULES_H
#define ZONE_COMPILE_RULES_H

#include "zone/image_write_rules.h"
#include "zone/layers.h"
#include "zone/zone_space.h"

/* An address, and whether a host has it. */
struct claim_of_host {
	uint8_t octets[16];
	uint8_t addr_len;
	bool is_dropped;
};

struct zone_rules {
	const struct plan *plan;
	const struct layers *layers;
	uint32_t zone;
	struct zone_space space;
	struct claim_of_host *taken; /* owned */
	size_t taken_count, taken_capacity;
	const uint8_t **owners; /* owned; wire names, each once or more */
	size_t owner_count;
	enum err failed; /* sticky */
};

void zone_rules_begin(
        struct zone_rules *r, const struct plan *plan, uint32_t zone, const struct layers *layers);
void zone_rules_end(struct zone_rules *r);

/* A host has the address, or, whatever the last image said, none has it. The last word holds. */
void zone_rules_take(struct zone_rules *r, const uint8_t *octets, uint8_t addr_len);
void zone_rules_drop(struct zone_rules *r, const uint8_t *octets, uint8_t addr_len);

/* Take what the last image of the zone took. */
void zone_rules_carry(struct zone_rules *r, const struct image *last);

/* Put what was taken in order, and find the owners of patterns that make a name. */
void zone_rules_settle(struct zone_rules *r);

/* True when the zone has names of addresses of a family that are computed. */
bool zone_rules_has(const struct zone_rules *r, uint8_t addr_len);

/* Behind the last owner of the image; returns what failed. */
MUST_USE enum err zone_rules_write(struct zone_rules *r, struct image_writer *w);

#endif
