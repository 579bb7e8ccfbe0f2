/* SPDX-License-Identifier: ISC */
#include "zone/compile.h"

#include <stdlib.h>
#include <string.h>

#include "zone/compile_zone.h"

uint32_t zone_next_serial(const struct plan_zone *zone, const uint32_t *last, time_t now)
{
	if (!last)
		return zone->soa.has_serial ? zone->soa.serial : (uint32_t)now;
	return *last + 1 > (uint32_t)now ? *last + 1 : (uint32_t)now;
}

/* The image that is served from now on: the last one where nothing changed. */
static enum err renew_zone(struct image **out, const struct zone_input *in,
        const struct share shares[DIRECTIONS], const struct snapshot *last_snapshot, time_t now)
{
	const struct plan_zone *zone = &in->plan->zones[in->zone];
	struct image *last = snapshot_find(last_snapshot, zone->apex);
	uint32_t serial = last ? last->serial : zone_next_serial(zone, NULL, now);
	uint8_t *octets;
	size_t size;

	enum err e = compile_zone(&octets, &size, in, shares, serial);
	if (e != OK)
		return e;
	if (last && last->size == size && memcmp(last->octets, octets, size) == 0) {
		free(octets);
		*out = image_ref(last);
		return OK;
	}
	if (last)
		image_set_serial(octets, size, zone_next_serial(zone, &last->serial, now));
	e = image_open(out, octets, size);
	if (e != OK)
		free(octets);
	return e;
}

enum err compile_plan(
        struct snapshot **out, const struct plan *plan, const struct snapshot *last, time_t now)
{
	struct share shares[DIRECTIONS] = {{.at = NULL}};
	struct layers layers = {.cut_count = 0};
	struct zone_input in = {.plan = plan, .layers = &layers};
	uint32_t count = (uint32_t)plan->zone_count, done = 0;
	struct image **images = calloc((size_t)count + 1, sizeof *images);

	if (!images)
		return ERR_MEMORY;
	enum err e = layers_of_plan(&layers, plan);
	if (e == OK)
		e = share_pairs_all(shares, plan, plan->sources, plan->source_count, &layers);
	while (e == OK && done < count) {
		in.zone = done;
		e = renew_zone(&images[done], &in, shares, last, now);
		done += e == OK;
	}
	share_free_all(shares);
	layers_free(&layers);
	if (e == OK) {
		e = snapshot_build(out, images, count, last ? last->generation + 1 : 1);
	} else {
		for (uint32_t i = 0; i < done; i++)
			image_unref(images[i]);
	}
	free(images);
	return e;
}
