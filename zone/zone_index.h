/* SPDX-License-Identifier: ISC */
/* zone/zone_index.h - which of many zones holds a name.
 *
 * A trie over the apexes. Zones may nest: the one with the longest apex holds the name. Read-only
 * once built, so any number of threads may ask. */
#ifndef ZONE_ZONE_INDEX_H
#define ZONE_ZONE_INDEX_H

#include "zone/expect.h"
#include "zone/trie.h"

#define ZONE_NONE UINT32_MAX

struct zone_index {
	struct trie_node *nodes; /* owned; NULL when there are no zones */
	const uint8_t **apexes;  /* owned array of borrowed wire names, canonical order */
	uint8_t *symbols;        /* owned: the keys of the apexes, one behind the other */
	uint32_t *key_ends;      /* owned: where each ends */
	uint32_t *parents;       /* owned: the next zone up that is served, or ZONE_NONE */
	bool *has_inner;         /* owned: a zone below it is served, too */
	uint32_t count;
};

/* Index `count` apexes that are in canonical order and differ; they must outlive the index.
 * Returns OK or ERR_MEMORY; *out is owned, zone_index_free() frees it. */
MUST_USE enum err zone_index_build(
        struct zone_index *out, const uint8_t *const *apexes, uint32_t count);

void zone_index_free(struct zone_index *index);

/* The number (in canonical order) of the zone with the longest apex at or above the name with this
 * key; ZONE_NONE when no zone holds it. */
uint32_t zone_index_find(const struct zone_index *index, const struct trie_key *key);

/* The same behind a walk that was made elsewhere: `nearest` is what the leaf at its end refers to.
 */
uint32_t zone_index_judge(
        const struct zone_index *index, const struct trie_key *key, uint32_t nearest);

/* Ask the cache for what that will look at, first for the one, then for the other. */
EXPECTS void zone_index_expect_end(const struct zone_index *index, uint32_t nearest)
{
	__builtin_prefetch(&index->key_ends[nearest]);
}

EXPECTS void zone_index_expect_key(const struct zone_index *index, uint32_t nearest)
{
	__builtin_prefetch(index->symbols + (nearest ? index->key_ends[nearest - 1] : 0));
}

#endif
