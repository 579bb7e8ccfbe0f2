/* SPDX-License-Identifier: ISC */
#include "zone/history.h"

#include <stdlib.h>
#include <string.h>

#include "zone/layout.h"

static int compare_pasts(const void *va, const void *vb)
{
	return strcmp(((const struct past *)va)->customer, ((const struct past *)vb)->customer);
}

struct past *history_find(const struct history *h, const char *customer)
{
	struct past key = {.customer = customer};

	if (!h || h->count == 0)
		return NULL;
	return bsearch(&key, h->pasts, h->count, sizeof key, compare_pasts);
}

enum err history_open(const struct history *h, struct past *past)
{
	return past->is_open ? OK : h->open(h->context, past);
}

/* A history of its own keeps its octets in one arena. */
static enum err copy_source(
        struct past *past, struct arena *arena, const struct plan_source *s, const struct plan *p)
{
	const char *name = p->customers[s->customer].name;
	uint8_t *octets;
	size_t size;

	enum err e = fragment_write(&octets, &size, name, s);
	if (e != OK)
		return e;
	*past = (struct past){.customer = arena_text(arena, name, strlen(name)),
	        .source = s->digest,
	        .is_good = s->state == SOURCE_GOOD,
	        .is_open = true,
	        .has_layers = s->range_count || s->delegation_count};
	void *copy = arena_alloc(arena, size);
	if (copy) {
		memcpy(copy, octets, size);
		e = fragment_open(&past->fragment, name, copy, size);
	}
	free(octets);
	return arena_failed(arena) ? ERR_MEMORY : e;
}

void history_free(struct history *h)
{
	for (size_t i = 0; i < h->count; i++)
		free(h->pasts[i].by_name);
	free(h->pasts);
	if (!h->open && h->context) {
		arena_free(h->context);
		free(h->context);
	}
	memset(h, 0, sizeof *h);
}

enum err history_of_plan(struct history *out, const struct plan *p, const struct digest *config)
{
	struct arena *arena = malloc(sizeof *arena);
	struct history h = {.config = *config,
	        .layout = layout_of(p),
	        .context = arena,
	        .pasts = calloc(p->source_count + 1, sizeof *h.pasts)};
	enum err e = arena && h.pasts ? OK : ERR_MEMORY;

	if (arena)
		arena_init(arena);
	for (size_t i = 0; e == OK && i < p->source_count; i++)
		if (source_is_served(&p->sources[i]))
			e = copy_source(&h.pasts[h.count++], arena, &p->sources[i], p);
	if (e != OK) {
		history_free(&h);
		return e;
	}
	if (h.count)
		qsort(h.pasts, h.count, sizeof *h.pasts, compare_pasts);
	*out = h;
	return OK;
}

static int compare_by_name(const void *va, const void *vb, void *fragment)
{
	const uint32_t *a = va, *b = vb;
	const struct fragment *f = fragment;
	const struct fragment_pair *x = &f->pairs[*a], *y = &f->pairs[*b];
	int difference = name_compare(f->pool + x->name, f->pool + y->name);

	return difference ? difference
	                  : (x->flags & PAIR_FORWARD_NO) - (y->flags & PAIR_FORWARD_NO);
}

static enum err sort_by_name(struct past *past)
{
	struct fragment *f = &past->fragment;

	past->by_name = malloc((f->pair_count + (size_t)1) * sizeof *past->by_name);
	if (!past->by_name)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < f->pair_count; i++)
		past->by_name[i] = i;
	qsort_r(past->by_name, f->pair_count, sizeof *past->by_name, compare_by_name, f);
	return OK;
}

enum err past_holds(bool *out, const struct history *h, struct past *past, const uint8_t *name)
{
	const struct fragment *f = &past->fragment;
	enum err e = history_open(h, past);
	uint32_t low = 0, high;

	if (e == OK && !past->by_name)
		e = sort_by_name(past);
	if (e != OK)
		return e;
	for (high = f->pair_count; low < high;) {
		uint32_t middle = low + (high - low) / 2;
		if (name_compare(f->pool + f->pairs[past->by_name[middle]].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	const struct fragment_pair *p = low < f->pair_count ? &f->pairs[past->by_name[low]] : NULL;
	*out = p && name_equal(f->pool + p->name, name) && !(p->flags & PAIR_FORWARD_NO);
	return OK;
}
