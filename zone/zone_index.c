/* SPDX-License-Identifier: ISC */
#include "zone/zone_index.h"

#include <stdlib.h>
#include <string.h>

/* Build the keys and the nodes. */
static enum err build_nodes(struct zone_index *index)
{
	size_t size = 0;

	for (uint32_t i = 0; i < index->count; i++)
		size += 2 * name_length(index->apexes[i]);
	index->symbols = malloc(size);
	if (!index->symbols)
		return ERR_MEMORY;
	size = 0;
	for (uint32_t i = 0; i < index->count; i++) {
		struct trie_key key;
		trie_key_from_name(&key, index->apexes[i]);
		memcpy(index->symbols + size, key.symbols, key.len);
		size += key.len;
		index->key_ends[i] = (uint32_t)size;
	}
	struct trie_keys keys = {index->symbols, index->key_ends, index->count};
	trie_build(index->nodes, &keys);
	return OK;
}

/* In canonical order a zone comes behind those above it: the next zone up is the one before, or
 * that one's next zone up, and so on. */
static void find_parents(struct zone_index *index)
{
	for (uint32_t i = 0; i < index->count; i++) {
		uint32_t up = i ? i - 1 : ZONE_NONE;
		while (up != ZONE_NONE &&
		        !name_is_within(index->apexes[i], index->apexes[up], NULL))
			up = index->parents[up];
		index->parents[i] = up;
		if (up != ZONE_NONE)
			index->has_inner[up] = true;
	}
}

enum err zone_index_build(struct zone_index *out, const uint8_t *const *apexes, uint32_t count)
{
	struct zone_index index = {.count = count};
	enum err e = ERR_MEMORY;

	if (count == 0) {
		*out = index;
		return OK;
	}
	index.nodes = calloc((size_t)count * 2, sizeof *index.nodes);
	index.apexes = malloc(count * sizeof *index.apexes);
	index.parents = malloc(count * sizeof *index.parents);
	index.key_ends = malloc(count * sizeof *index.key_ends);
	index.has_inner = calloc(count, sizeof *index.has_inner);
	if (index.nodes && index.apexes && index.parents && index.key_ends && index.has_inner) {
		memcpy(index.apexes, apexes, count * sizeof *index.apexes);
		e = build_nodes(&index);
	}
	if (e != OK) {
		zone_index_free(&index);
		return e;
	}
	find_parents(&index);
	*out = index;
	return OK;
}

void zone_index_free(struct zone_index *index)
{
	free(index->nodes);
	free(index->apexes);
	free(index->parents);
	free(index->symbols);
	free(index->key_ends);
	free(index->has_inner);
	memset(index, 0, sizeof *index);
}

/* A key ends with the end of a label, so what begins with it is at or below its name. */
static bool is_within(const struct zone_index *index, uint32_t zone, const struct trie_key *key)
{
	uint32_t begin = zone ? index->key_ends[zone - 1] : 0;
	uint32_t n = index->key_ends[zone] - begin;

	return key->len >= n && memcmp(key->symbols, index->symbols + begin, n) == 0;
}

TRIE_WALKER uint32_t zone_index_find(const struct zone_index *index, const struct trie_key *key)
{
	return index->count ? zone_index_judge(
	                              index, key, index->nodes[trie_walk(index->nodes, key, 0)].ref)
	                    : ZONE_NONE;
}

uint32_t zone_index_judge(
        const struct zone_index *index, const struct trie_key *key, uint32_t nearest)
{
	/* The leaf shares the longest prefix with the name, so every apex at or above the name is
	 * at or above the leaf's. */
	while (nearest != ZONE_NONE && !is_within(index, nearest, key))
		nearest = index->parents[nearest];
	return nearest;
}
