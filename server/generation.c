/* SPDX-License-Identifier: ISC */
#include "server/generation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/restore.h"

void generation_init(struct generation *g)
{
	manifest_init(&g->manifest);
	g->snapshot = NULL;
}

void generation_free(struct generation *g)
{
	manifest_free(&g->manifest);
	snapshot_unref(g->snapshot);
	generation_init(g);
}

static int compare_images(const void *va, const void *vb)
{
	struct image *const *a = va, *const *b = vb;

	return name_compare((*a)->apex, (*b)->apex);
}

static char *tell_zone(const struct manifest_zone *z, enum err e)
{
	char text[NAME_TEXT_MAX + 100];

	snprintf(text, sizeof text, "the image of zone %s is %s", z->name,
	        e == ERR_RANGE ? "not yet there"
	        : e == ERR_IO  ? "missing"
	                       : "damaged or of another version");
	return strdup(text);
}

enum err generation_restore(struct generation *g, const struct state *state, char **why)
{
	const struct manifest *m = &g->manifest;
	const struct manifest_zone *lost = NULL;
	struct image **images = malloc((m->zone_count + 1) * sizeof *images);
	uint32_t count = 0;

	*why = NULL;
	enum err e = images ? restore_images(images, &count, m, state, &lost) : ERR_MEMORY;
	if (e != OK && e != ERR_MEMORY)
		*why = tell_zone(lost, e);
	if (e == OK) {
		qsort(images, count, sizeof *images, compare_images);
		e = snapshot_build(&g->snapshot, images, count, m->generation);
	}
	free(images);
	return e == OK || e == ERR_MEMORY ? e : ERR_CORRUPT;
}

/* The work of generation_build(). */
struct build {
	struct generation *next;
	const struct generation *last;
	struct reload *reload;
	const struct state *state;
	int64_t now;
	struct arena *arena;
	struct generation_news *news;
	struct image **images;
	uint32_t count; /* of images */
	const char *why;
};

static void add_change(struct build *b, const char *zone, const struct manifest_zone *was,
        const struct manifest_zone *now)
{
	struct status_change *change = &b->news->changes[b->news->change_count++];

	*change = (struct status_change){.zone = arena_text(b->arena, zone, strlen(zone)),
	        .has_was = was != NULL,
	        .has_now = now != NULL,
	        .was = was ? was->serial : 0,
	        .now = now ? now->serial : 0};
	b->news->is_changed = true;
}

static bool is_same_image(const struct image *a, const struct image *b)
{
	return a->size == b->size && memcmp(a->octets, b->octets, a->size) == 0;
}

static bool is_sound(const struct build *b, const struct reload_zone *z, const uint8_t *apex,
        const struct image *served, const struct manifest_zone *last)
{
	if (b->count && name_compare(b->images[b->count - 1]->apex, apex) >= 0)
		return false; /* in canonical order, each once */
	if (!z->image)
		return served && served->serial == z->serial;
	/* RFC 1982: a serial goes forward; it stays where what was lost is made again, or was
	 * changed by another process meanwhile, and not this zone */
	int32_t step = last ? (int32_t)(z->serial - last->serial) : 1;
	return step > 0 || (step == 0 && (!served || served->serial != z->serial ||
	                                         is_same_image(served, z->image)));
}

static enum err build_zone(struct build *b, struct reload_zone *z)
{
	const struct manifest_zone *last = manifest_find_zone(&b->last->manifest, z->name);
	struct name apex;

	if (name_from_text(&apex, z->name, strlen(z->name)) != OK)
		return ERR_CORRUPT;
	struct image *served = snapshot_find(b->last->snapshot, apex.wire);
	if (!is_sound(b, z, apex.wire, served, last)) {
		b->why = arena_format(b->arena,
		        "the compiler's zone %s with serial %u cannot be behind what is served",
		        z->name, z->serial);
		return ERR_CORRUPT;
	}
	struct manifest_zone *now = manifest_add_zone(&b->next->manifest, z->name);
	if (!now)
		return ERR_MEMORY;
	bool was_served = last && last->is_served;
	const char *name = now->name;
	if (last)
		*now = *last;
	now->name = name;
	now->serial = z->serial;
	now->is_served = true;
	if (z->image && last && last->image_serial == z->serial) { /* what was there is lost */
		now->image = (struct digest){0};
		now->image_serial = 0;
	}
	if (!last || last->serial != z->serial)
		now->changed = b->now;
	if (!was_served || last->serial != z->serial)
		add_change(b, z->name, was_served ? last : NULL, now);
	b->news->merged += z->how == RENEWAL_MERGED;
	b->news->compiled += z->how == RENEWAL_COMPILED;
	b->images[b->count++] = z->image ? z->image : image_ref(served);
	z->image = NULL;
	return OK;
}

/* Zones that went leave their serials behind. */
static enum err keep_serials(struct build *b)
{
	const struct manifest *last = &b->last->manifest;
	size_t before = b->next->manifest.zone_count;

	for (size_t i = 0; i < last->zone_count; i++) {
		const struct manifest_zone *was = &last->zones[i];
		const struct manifest sorted = {
		        .zones = b->next->manifest.zones, .zone_count = before};
		if (manifest_find_zone(&sorted, was->name))
			continue;
		struct manifest_zone *now = manifest_add_zone(&b->next->manifest, was->name);
		if (!now)
			return ERR_MEMORY;
		now->serial = was->serial;
		now->changed = was->is_served ? b->now : was->changed;
		if (was->is_served)
			add_change(b, was->name, was, NULL);
	}
	return OK;
}

static enum err build_customer(struct build *b, const struct reload_customer *c, bool *any)
{
	const struct manifest_customer *last = manifest_find_customer(&b->last->manifest, c->name);
	struct manifest_customer *now = manifest_add_customer(&b->next->manifest, c->name, c->file);

	if (!now)
		return ERR_MEMORY;
	now->state = c->state;
	now->since = last && last->state == c->state ? last->since : b->now;
	now->source = c->source;
	now->pairs = c->pairs;
	now->layers = c->layers;
	if (c->is_same_fragment && last)
		now->fragment = last->fragment;
	if (!c->has_fragment)
		return OK;
	*any = true;
	now->fragment = c->fragment;
	errno = c->write_errno;
	return c->written;
}

/* True when two manifests say the same, whoever wrote them when. */
static enum err is_same_text(bool *out, const struct manifest *last, const struct manifest *next)
{
	char *a, *b;
	size_t a_size, b_size;
	struct manifest view = *next; /* shares all that it has */

	view.sequence = last->sequence;
	enum err e = manifest_print(last, &a, &a_size);
	if (e != OK)
		return e;
	e = manifest_print(&view, &b, &b_size);
	if (e == OK) {
		*out = a_size == b_size && memcmp(a, b, a_size) == 0;
		free(b);
	}
	free(a);
	return e;
}

static enum err build_all(struct build *b)
{
	struct manifest *m = &b->next->manifest;
	bool any = false, is_same = false;
	enum err e = OK;

	for (size_t i = 0; i < b->reload->zone_count && e == OK; i++)
		e = build_zone(b, &b->reload->zones[i]);
	manifest_sort(m);
	if (e == OK)
		e = keep_serials(b);
	for (size_t i = 0; i < b->reload->customer_count && e == OK; i++)
		e = build_customer(b, &b->reload->customers[i], &any);
	if (e == OK && any)
		e = state_sync(b->state, STATE_FRAGMENTS);
	if (e != OK)
		return e;
	manifest_sort(m);
	m->config = b->reload->config;
	m->layout = b->reload->layout;
	b->news->is_changed |= b->last->manifest.generation == 0; /* a first one, be it empty */
	m->generation = b->last->manifest.generation + b->news->is_changed;
	m->published = b->news->is_changed ? b->now : b->last->manifest.published;
	e = is_same_text(&is_same, &b->last->manifest, m);
	b->news->is_told = !is_same;
	return e;
}

enum err generation_build(struct generation *next, const struct generation *last, struct reload *r,
        const struct state *state, int64_t now, struct arena *arena, struct generation_news *news,
        const char **why)
{
	size_t most = r->zone_count + last->manifest.zone_count;
	struct build b = {next, last, r, state, now, arena, news,
	        .images = calloc(r->zone_count + 1, sizeof *b.images)};

	*news = (struct generation_news){
	        .changes = arena_alloc(arena, (most + 1) * sizeof *news->changes)};
	generation_init(next);
	enum err e = b.images && news->changes ? build_all(&b) : ERR_MEMORY;
	if (e == OK) {
		e = snapshot_build(&next->snapshot, b.images, b.count, next->manifest.generation);
		b.count = 0; /* they are the snapshot's, or freed */
	}
	while (b.count)
		image_unref(b.images[--b.count]);
	free(b.images);
	if (e != OK)
		generation_free(next);
	*why = b.why;
	return e;
}

enum err generation_store_images(struct generation *g, const struct state *state, bool *any)
{
	enum err e = OK;

	*any = false;
	for (uint32_t i = 0; i < g->snapshot->count && e == OK; i++) {
		const struct image *image = g->snapshot->images[i];
		char name[NAME_TEXT_MAX];
		name_to_text(name, image->apex);
		struct manifest_zone *z = manifest_find_zone(&g->manifest, name);
		if (!z || (!digest_is_none(&z->image) && z->image_serial == image->serial))
			continue;
		e = state_write(state, STATE_IMAGES, image->octets, image->size, &z->image);
		if (e == OK)
			z->image_serial = image->serial;
		*any = true;
	}
	if (e == OK && *any)
		e = state_sync(state, STATE_IMAGES);
	return e;
}
