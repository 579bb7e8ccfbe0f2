/* SPDX-License-Identifier: ISC */
#include "zone/snapshot.h"

#include <stdlib.h>
#include <string.h>

static void free_snapshot(struct snapshot *s)
{
	for (uint32_t i = 0; i < s->count; i++)
		image_unref(s->images[i]);
	free(s->images);
	zone_index_free(&s->index);
	free(s);
}

enum err snapshot_build(
        struct snapshot **out, struct image **images, uint32_t count, uint64_t generation)
{
	struct snapshot *s = calloc(1, sizeof *s);
	struct image **own = malloc((count + 1) * sizeof *own);
	const uint8_t **apexes = malloc((count + 1) * sizeof *apexes);
	enum err e = ERR_MEMORY;

	if (!s || !own || !apexes) {
		for (uint32_t i = 0; i < count; i++)
			image_unref(images[i]);
		free(s);
		free(own);
		free(apexes);
		return ERR_MEMORY;
	}
	for (uint32_t i = 0; i < count; i++) {
		own[i] = images[i];
		apexes[i] = images[i]->apex;
	}
	s->images = own;
	s->count = count;
	s->generation = generation;
	atomic_init(&s->references, 1);
	e = zone_index_build(&s->index, apexes, count);
	free(apexes);
	if (e != OK)
		free_snapshot(s);
	else
		*out = s;
	return e;
}

struct image *snapshot_find(const struct snapshot *s, const uint8_t *apex)
{
	struct trie_key key;

	if (!s)
		return NULL;
	trie_key_from_name(&key, apex);
	uint32_t zone = zone_index_find(&s->index, &key);
	return zone != ZONE_NONE && name_equal(s->images[zone]->apex, apex) ? s->images[zone]
	                                                                    : NULL;
}

struct snapshot *snapshot_ref(struct snapshot *s)
{
	atomic_fetch_add_explicit(&s->references, 1, memory_order_relaxed);
	return s;
}

void snapshot_unref(struct snapshot *s)
{
	if (s && atomic_fetch_sub_explicit(&s->references, 1, memory_order_acq_rel) == 1)
		free_snapshot(s);
}
