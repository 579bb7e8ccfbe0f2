/* SPDX-License-Identifier: ISC */
#include "zone/layers.h"

#include <stdlib.h>
#include <string.h>

bool delegation_cut_name(struct name *out, const struct plan_delegation *d)
{
	if (d->ns_count == 0)
		return false;
	if (!d->target)
		return name_from_addr(out, &d->first, delegation_cut_bits(d)) == OK;
	name_copy(out, d->target);
	return true;
}

static int compare_cuts(const void *va, const void *vb)
{
	const struct cut *a = va, *b = vb;

	return (a->zone > b->zone) - (a->zone < b->zone);
}

static enum err collect_cuts(struct layers *l, const struct plan *p,
        const struct plan_source *const *sources, size_t count)
{
	size_t all = 0;
	struct name name;

	for (size_t i = 0; i < count; i++)
		if (source_is_served(sources[i]))
			all += sources[i]->delegation_count;
	l->cuts = malloc((all + 1) * sizeof *l->cuts);
	if (!l->cuts)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		const struct plan_source *s = sources[i];
		for (size_t k = 0; source_is_served(s) && k < s->delegation_count; k++) {
			const struct plan_delegation *d = &s->delegations[k];
			if (!delegation_is_served(p, d) && delegation_cut_name(&name, d))
				l->cuts[l->cut_count++] =
				        (struct cut){d, plan_find_zone(p, name.wire)};
		}
	}
	qsort(l->cuts, l->cut_count, sizeof *l->cuts, compare_cuts);
	return OK;
}

static uint32_t name_zone(const struct span *s)
{
	return s->range && s->range->pattern.shape ? s->range->forward_zone : ZONE_NONE;
}

static enum err sort_by_zone(struct layers *l, size_t zones)
{
	size_t count = l->cover.count;
	size_t *next = calloc(zones + 1, sizeof *next);

	l->begin = calloc(zones + 1, sizeof *l->begin);
	l->by_zone = malloc((count + 1) * sizeof *l->by_zone);
	if (!next || !l->begin || !l->by_zone) {
		free(next);
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < count; i++) {
		uint32_t zone = name_zone(&l->cover.spans[i]);
		if (zone != ZONE_NONE)
			next[zone]++;
	}
	for (size_t z = 0; z < zones; z++) {
		l->begin[z + 1] = l->begin[z] + next[z];
		next[z] = l->begin[z];
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t zone = name_zone(&l->cover.spans[i]);
		if (zone != ZONE_NONE)
			l->by_zone[next[zone]++] = i;
	}
	free(next);
	return OK;
}

enum err layers_build(struct layers *out, const struct plan *p,
        const struct plan_source *const *sources, size_t count)
{
	struct layers l = {.cut_count = 0};

	enum err e = cover_build(&l.cover, p, sources, count);
	if (e == OK)
		e = sort_by_zone(&l, p->zone_count);
	if (e == OK)
		e = collect_cuts(&l, p, sources, count);
	if (e == OK)
		*out = l;
	else
		layers_free(&l);
	return e;
}

enum err layers_of_plan(struct layers *out, const struct plan *p)
{
	const struct plan_source **sources = malloc((p->source_count + 1) * sizeof *sources);

	if (!sources)
		return ERR_MEMORY;
	for (size_t i = 0; i < p->source_count; i++)
		sources[i] = &p->sources[i];
	enum err e = layers_build(out, p, sources, p->source_count);
	free(sources);
	return e;
}

void layers_free(struct layers *l)
{
	cover_free(&l->cover);
	free(l->by_zone);
	free(l->begin);
	free(l->cuts);
	*l = (struct layers){.cut_count = 0};
}

size_t layers_find_cuts(const struct layers *l, uint32_t zone)
{
	size_t low = 0, high = l->cut_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (l->cuts[middle].zone < zone)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t layers_name_zone(const struct layers *l, const struct addr *a)
{
	const struct span *s = cover_find(&l->cover, a);

	return s ? name_zone(s) : ZONE_NONE;
}
