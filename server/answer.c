/* SPDX-License-Identifier: ISC */
#include "server/answer.h"

#include <assert.h>

#include "server/reply.h"

/* Queries that are worked on side by side: enough that their cache misses overlap, few enough that
 * what is known of them stays in the nearest cache. */
#define CHUNK 16

/* One query on its way. */
struct work {
	struct request request;
	const struct image *image;     /* NULL: no zone of ours, or nothing to look up */
	const struct trie_node *nodes; /* of the trie that is walked */
	const struct trie_node *node;  /* where the walk stands */
	const uint8_t *symbols;        /* of the key, from where it begins */
	unsigned symbol_count;
	uint32_t zone;
	struct trie_key key;
	struct sought sought;
	struct lookup found;
};

/* False when there is nothing to look up. */
static bool read_query(struct work *w, const struct snapshot *snapshot, const struct query *query)
{
	w->image = NULL;
	w->zone = ZONE_NONE;
	query_read(&w->request, query->octets, query->len);
	if (w->request.verdict != VERDICT_ASK || !snapshot || snapshot->count == 0)
		return false;
	trie_key_from_found(&w->key, w->request.qname, w->request.at, w->request.labels);
	return true;
}

static void begin_walk(struct work *w, const struct trie_node *nodes, unsigned from)
{
	w->nodes = w->node = nodes;
	w->symbols = w->key.symbols + from;
	w->symbol_count = w->key.len - from;
}

/* Walk all tries a step at a time, so that one query's memory arrives while the others step. */
TRIE_WALKER static void walk_all(struct work *const *works, size_t n)
{
	struct work *walking[CHUNK];
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		walking[left++] = works[i];
	while (left) {
		size_t still = 0;
		for (size_t i = 0; i < left; i++) {
			struct work *w = walking[i];
			if (trie_is_leaf(w->node))
				continue;
			w->node = w->nodes + trie_step(w->node, w->symbols, w->symbol_count);
			__builtin_prefetch(w->node);
			walking[still++] = w;
		}
		left = still;
	}
}

/* Find the zones; returns how many queries have one, and moves them to the front. */
static size_t find_zones(struct work **works, size_t n, const struct snapshot *snapshot)
{
	const struct zone_index *index = &snapshot->index;
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		begin_walk(works[i], index->nodes, 0);
	walk_all(works, n);
	for (size_t i = 0; i < n; i++)
		zone_index_expect_end(index, works[i]->node->ref);
	for (size_t i = 0; i < n; i++)
		zone_index_expect_key(index, works[i]->node->ref);
	for (size_t i = 0; i < n; i++) {
		struct work *w = works[i];
		w->zone = reply_judge_zone(
		        snapshot, &w->key, w->request.labels, w->request.qtype, w->node->ref);
		if (w->zone == ZONE_NONE)
			continue;
		w->image = snapshot->images[w->zone];
		image_expect(w->image);
		works[found++] = w;
	}
	return found;
}

/* Walk through the zones, and ask for what stands where the walks end. */
static void find_leaves(struct work *const *works, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct work *w = works[i];
		begin_walk(w, w->image->nodes, w->image->apex_key_len);
		__builtin_prefetch(w->nodes);
	}
	walk_all(works, n);
	for (size_t i = 0; i < n; i++)
		image_expect_entry(works[i]->image, works[i]->node);
}

/* Judge where the walks ended, and find the rules that make what does not stand there, in turns,
 * too. */
static void judge_all(struct work *const *works, size_t n)
{
	struct work *open[CHUNK];
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		struct work *w = works[i];
		const struct request *r = &w->request;
		w->sought = (struct sought){w->image, &w->key, r->qname, r->at, r->labels};
		lookup_judge(&w->found, &w->sought, (uint32_t)(w->node - w->nodes));
		if (w->found.is_open)
			open[left++] = w;
	}
	for (size_t i = 0; i < n; i++)
		if (works[i]->found.kind == LOOKUP_OWNER)
			image_expect_suffix(works[i]->image, &works[i]->found.entry);
	while (left) {
		size_t still = 0;
		for (size_t i = 0; i < left; i++)
			if (lookup_step(&open[i]->found, &open[i]->sought))
				open[still++] = open[i];
		left = still;
	}
}

/* The octets that a response may have: RFC 1035 4.2.1, RFC 6891 6.2.5, RFC 9715. */
static size_t size_limit(const struct work *w, const struct answer_config *config,
        const struct query *query, const struct response *response)
{
	size_t limit = query->transport == TRANSPORT_TCP       ? response->capacity
	               : !w->request.has_edns                  ? 512
	               : w->request.payload < config->udp_size ? w->request.payload
	                                                       : config->udp_size;

	return limit < response->capacity ? limit : response->capacity;
}

static void write_response(struct work *w, const struct snapshot *snapshot,
        const struct answer_config *config, const struct query *query, struct response *out)
{
	struct reply r;

	r.snapshot = snapshot;
	r.qtype = w->request.qtype;
	r.flags = 0;
	r.rcode = RCODE_NOERROR;
	r.kind = ANSWER_NONE;
	r.ede = EDE_NONE;
	r.dname_count = 0;
	r.link_count = 0; /* and the links themselves are left alone: they are large */
	if (w->request.verdict == VERDICT_ERROR) {
		r.rcode = w->request.rcode;
		r.kind = r.rcode == RCODE_REFUSED ? ANSWER_REFUSED : ANSWER_ERROR;
	} else if (!w->image) {
		r.rcode = RCODE_REFUSED;
		r.kind = ANSWER_REFUSED;
		r.ede = EDE_NOT_AUTHORITATIVE;
	}
	response_begin(
	        &r.writer, out->octets, size_limit(w, config, query, out), &w->request, r.ede);
	if (w->image)
		reply_from_zone(&r, &w->sought, &w->found);
	out->len = (uint16_t)response_end(&r.writer, r.flags, r.rcode, config->udp_size, r.ede);
	out->kind = (uint8_t)r.kind;
	out->rcode = (uint8_t)(r.rcode & 15);
	out->qtype = w->request.qtype;
	out->zone = w->zone;
}

static void answer_chunk(const struct snapshot *snapshot, const struct answer_config *config,
        const struct query *queries, struct response *responses, size_t n)
{
	struct work works[CHUNK];
	struct work *sought[CHUNK];
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		if (read_query(&works[i], snapshot, &queries[i]))
			sought[left++] = &works[i];
	left = left ? find_zones(sought, left, snapshot) : 0;
	find_leaves(sought, left);
	judge_all(sought, left);
	for (size_t i = 0; i < n; i++) {
		if (works[i].request.verdict == VERDICT_SILENCE) {
			responses[i].len = 0;
			responses[i].kind = ANSWER_NONE;
			responses[i].rcode = 0;
			responses[i].qtype = 0;
			responses[i].zone = ZONE_NONE;
		} else {
			write_response(&works[i], snapshot, config, &queries[i], &responses[i]);
		}
	}
}

void answer_batch(const struct snapshot *snapshot, const struct answer_config *config,
        const struct query *queries, struct response *responses, size_t n)
{
	assert(config->udp_size >= 512 && config->udp_size <= ANSWER_UDP_MAX);
	for (size_t i = 0; i < n; i += CHUNK)
		answer_chunk(snapshot, config, queries + i, responses + i,
		        n - i < CHUNK ? n - i : CHUNK);
}
