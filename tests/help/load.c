/* SPDX-License-Identifier: ISC */
#include "tests/help/load.h"

#include <string.h>

#include "tests/help/files.h"
#include "tests/help/image_walk.h"
#include "tests/help/must.h"
#include "zone/compile.h"
#include "zone/keep.h"
#include "zone/renew.h"

#define NOW 1000

static void print_json_nowhere(const struct diag_list *diags)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	must(out != NULL, "out of memory");
	diag_print_json(diags, out);
	fclose(out);
	free(text);
}

struct generation load_files(struct config *c, const struct generation *last)
{
	const struct history *h = last ? &last->history : NULL;
	struct generation next = {0};
	enum err e;

	char *said = files_load(c, h, &e);
	must((*said != 0) == (c->diags.count > 0), "a mistake is printed");
	free(said);
	print_json_nowhere(&c->diags);
	must(e == OK || (e == ERR_REFUSED && c->diags.errors), "what is refused is told why");
	if (e != OK)
		return next;
	must(plan_recall_all(&c->plan, &c->barriers, h, &c->diags) == OK, "the past is there");
	must(compile_plan(&next.snapshot, &c->plan, last ? last->snapshot : NULL, NOW) == OK,
	        "what is accepted compiles");
	must(history_of_plan(&next.history, &c->plan, &c->digest) == OK, "and is remembered");
	return next;
}

static struct image *merge(struct renew *r, uint32_t zone, const struct snapshot *last)
{
	struct image *image = snapshot_find(last, r->plan->zones[zone].apex);
	struct zone_renewal renewal;

	must(image != NULL, "the zone was there");
	const struct zone_past past = {
	        .is_known = true, .serial = image->serial, .is_served = true, .image = image};
	must(renew_zone(r, zone, &past, NOW, &renewal) == OK, "what is accepted is merged");
	if (!renewal.octets)
		return image_ref(image);
	must(image_open(&image, renewal.octets, renewal.size) == OK, "and sound");
	return image;
}

struct generation load_merged(struct config *c, const struct generation *last)
{
	struct generation next = {0};
	struct snapshot *whole;
	struct renew r;
	enum err e;

	free(files_load(c, &last->history, &e));
	must(e == OK && c->are_zones_same, "the zones are the same");
	uint32_t count = (uint32_t)c->plan.zone_count;
	struct image **images = calloc(count + 1U, sizeof *images);
	must(images != NULL, "memory");
	must(renew_begin(&r, &c->plan, &c->barriers, &last->history, true, &c->diags) == OK,
	        "the past is there");
	for (uint32_t i = 0; i < count; i++)
		images[i] = merge(&r, i, last->snapshot);
	renew_end(&r);
	must(plan_recall_all(&c->plan, &c->barriers, &last->history, &c->diags) == OK,
	        "the past is there");
	must(compile_plan(&whole, &c->plan, last->snapshot, NOW) == OK, "all compiles");
	for (uint32_t i = 0; i < count; i++)
		must(images[i]->size == whole->images[i]->size &&
		                memcmp(images[i]->octets, whole->images[i]->octets,
		                        images[i]->size) == 0,
		        "merged or compiled, the octets are the same");
	snapshot_unref(whole);
	must(snapshot_build(&next.snapshot, images, count, last->snapshot->generation + 1) == OK &&
	                history_of_plan(&next.history, &c->plan, &c->digest) == OK,
	        "memory");
	free(images);
	return next;
}

void generation_free(struct generation *g)
{
	snapshot_unref(g->snapshot);
	history_free(&g->history);
	g->snapshot = NULL;
}

static size_t count_refused(const struct config *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->plan.source_count; i++)
		count += c->plan.sources[i].state != SOURCE_GOOD;
	return count;
}

/* Compile once more, leaving behind what no later zone has pairs of: the octets are the same, and
 * in the end no hosts are there but in files that have layers. Serials apart: there is no past. */
static void compile_and_leave(struct config *c, const struct generation *g)
{
	const struct plan *p = &c->plan;
	const struct zone_past none = {.is_known = false};
	struct renew r;

	must(renew_begin(&r, &c->plan, &c->barriers, NULL, SAME_NOTHING, &c->diags) == OK,
	        "memory");
	for (uint32_t i = 0; i < p->zone_count; i++) {
		const struct image *image = snapshot_find(g->snapshot, p->zones[i].apex);
		struct zone_renewal renewal;
		must(renew_zone(&r, i, &none, NOW, &renewal) == OK, "what compiled compiles");
		renew_leave(&r, i + 1);
		image_set_serial(renewal.octets, renewal.size, image->serial);
		must(renewal.size == image->size &&
		                memcmp(renewal.octets, image->octets, image->size) == 0,
		        "what was left behind was not wanted");
		free(renewal.octets);
	}
	for (size_t i = 0; i < p->source_count; i++)
		must(!p->sources[i].pair_count || !source_is_served(&p->sources[i]) ||
		                p->sources[i].range_count || p->sources[i].delegation_count,
		        "hosts are left behind");
	renew_end(&r);
}

struct generation load_twice(struct config *c, const struct generation *last)
{
	struct generation first = load_files(c, last);
	struct config again;

	if (!first.snapshot)
		return first;
	for (uint32_t i = 0; i < first.snapshot->count; i++) {
		free(image_dump(first.snapshot->images[i]));
		image_use(first.snapshot->images[i]);
	}
	struct generation second = load_files(&again, &first);
	must(second.snapshot && second.snapshot->count == first.snapshot->count,
	        "it is accepted again");
	for (uint32_t i = 0; i < first.snapshot->count; i++)
		must(second.snapshot->images[i] == first.snapshot->images[i],
		        "and nothing changes");
	must(count_refused(&again) == count_refused(c), "and the same files are refused");
	compile_and_leave(&again, &second);
	config_free(&again);
	generation_free(&second);
	return first;
}
