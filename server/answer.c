/* SPDX-License-Identifier: ISC */
#include "server/answer.h"

#include <assert.h>

#include "server/response.h"
#include "zone/lookup.h"
#include "zone/snapshot.h"

/* Queries that are worked on side by side: enough that their cache misses overlap, few enough that
 * what is known of them stays in the nearest cache. */
#define CHUNK 16

/* One query on its way. */
struct work {
	struct request request;
	const struct image *image; /* NULL: no zone of ours, or nothing to look up */
	uint32_t zone, node;
	unsigned labels;
	uint8_t at[NAME_MAX_LABELS + 1]; /* where each label of the qname begins */
	struct trie_key key;
};

/* Find the zone. A DS record stands in the zone above the cut, also where both are served here
 * (RFC 4035 3.1.4.1). */
static void find_zone(struct work *w, const struct snapshot *snapshot)
{
	const uint8_t *qname = w->request.qname;

	w->zone = zone_index_find(&snapshot->index, &w->key, qname);
	if (w->zone != ZONE_NONE && w->request.qtype == RR_DS &&
	        snapshot->index.parents[w->zone] != ZONE_NONE &&
	        w->labels == snapshot->images[w->zone]->apex_labels)
		w->zone = snapshot->index.parents[w->zone];
	if (w->zone == ZONE_NONE)
		return;
	w->image = snapshot->images[w->zone];
	w->node = 0;
	__builtin_prefetch(w->image->nodes);
}

static void read_query(struct work *w, const struct snapshot *snapshot, const struct query *query)
{
	w->image = NULL;
	w->zone = ZONE_NONE;
	w->labels = 0;
	query_read(&w->request, query->octets, query->len);
	if (w->request.question_octets)
		w->labels = name_find_labels(w->at, w->request.qname);
	if (w->request.verdict != VERDICT_ASK || !snapshot)
		return;
	trie_key_from_name(&w->key, w->request.qname);
	find_zone(w, snapshot);
}

/* Walk all tries a step at a time, so that one query's memory arrives while the others step. */
static void walk_all(struct work *works, size_t n)
{
	struct work *walking[CHUNK];
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		if (works[i].image)
			walking[left++] = &works[i];
	while (left) {
		size_t still = 0;
		for (size_t i = 0; i < left; i++) {
			struct work *w = walking[i];
			const struct image *image = w->image;
			const struct trie_node *node = &image->nodes[w->node];
			if (trie_is_leaf(node)) {
				__builtin_prefetch(image->entries + node->ref);
				continue;
			}
			w->node = trie_step(node, w->key.symbols + image->apex_key_len);
			__builtin_prefetch(&image->nodes[w->node]);
			walking[still++] = w;
		}
		left = still;
	}
}

/* A response while it is written. */
struct reply {
	struct response_writer writer;
	const struct work *work;
	const struct snapshot *snapshot;
	unsigned flags; /* AA, TC */
	enum rcode rcode;
	enum answer_kind kind;
	uint16_t ede;
};

/* RFC 2308 3 and 5. */
static void put_negative(struct reply *r, enum answer_kind kind)
{
	const struct image *image = r->work->image;
	struct entry apex = image_entry(image, image->apex_leaf);
	struct rrset soa;

	r->kind = kind;
	if (kind == ANSWER_NXDOMAIN)
		r->rcode = RCODE_NXDOMAIN;
	if (!image_find_rrset(&apex, RR_SOA, &soa) ||
	        !response_rrset(&r->writer, AUTHORITY, image, &soa, image->apex_labels, NULL,
	                image->negative_ttl_s))
		r->flags |= FLAG_TC;
}

/* The address records that the zones served here hold for a name: additional, left out without a
 * word when they do not fit. False when something was left out. */
static bool put_addresses(struct reply *r, const uint8_t *name)
{
	struct trie_key key;
	uint8_t at[NAME_MAX_LABELS + 1];
	struct lookup found;
	struct rrset set;
	static const uint16_t types[] = {RR_A, RR_AAAA};
	bool all = true;

	trie_key_from_name(&key, name);
	uint32_t zone = zone_index_find(&r->snapshot->index, &key, name);
	if (zone == ZONE_NONE)
		return true;
	const struct image *image = r->snapshot->images[zone];
	lookup_name(&found, image, &key, name, at, name_find_labels(at, name));
	if (found.kind != LOOKUP_OWNER)
		return true;
	for (unsigned i = 0; i < 2; i++)
		if (image_find_rrset(&found.entry, types[i], &set) &&
		        !response_rrset(&r->writer, ADDITIONAL, image, &set, 0, name, set.ttl_s))
			all = false;
	return all;
}

/* The addresses of an NS RRset's name servers (RFC 1034 3.7, RFC 9471). */
static void put_ns_addresses(struct reply *r, const struct image *image, const struct rrset *ns)
{
	const uint8_t *record = ns->records;
	uint8_t name[NAME_MAX_OCTETS];

	for (unsigned i = 0; i < ns->count; i++) {
		image_rdata(image, RR_NS, record, name);
		if (!put_addresses(r, name))
			return;
		record += image_record_size(RR_NS, record);
	}
}

static void put_referral(struct reply *r, const struct lookup *found)
{
	const struct image *image = r->work->image;
	struct rrset ns;

	r->kind = ANSWER_REFERRAL;
	if (!image_find_rrset(&found->entry, RR_NS, &ns) ||
	        !response_rrset(
	                &r->writer, AUTHORITY, image, &ns, found->owner_labels, NULL, ns.ttl_s))
		r->flags |= FLAG_TC;
	else
		put_ns_addresses(r, image, &ns);
}

/* What the owner has of the type asked for. ANY gets one RRset, nothing beside it: RFC 8482 4.1. */
static void put_owner(struct reply *r, const struct lookup *found)
{
	const struct image *image = r->work->image;
	uint16_t qtype = r->work->request.qtype;
	struct rrset set;

	if (qtype == RR_ANY)
		set = image_rrset(&found->entry, 0);
	else if (!image_find_rrset(&found->entry, qtype, &set)) {
		put_negative(r, ANSWER_NODATA);
		return;
	}
	r->kind = ANSWER_POSITIVE;
	if (!response_rrset(&r->writer, ANSWER, image, &set, r->work->labels, NULL, set.ttl_s))
		r->flags |= FLAG_TC;
	else if (qtype == RR_NS)
		put_ns_addresses(r, image, &set);
}

static void answer_from_zone(struct reply *r)
{
	const struct work *w = r->work;
	struct lookup found;

	lookup_judge(&found, w->image, w->node, w->request.qname, w->at, w->labels);
	/* The cut's own owner belongs to the parent for DS alone: RFC 4035 3.1.4.1. */
	if (found.kind == LOOKUP_CUT && w->request.qtype == RR_DS &&
	        found.owner_labels == w->labels)
		found.kind = LOOKUP_OWNER;
	if (found.kind != LOOKUP_CUT)
		r->flags |= FLAG_AA;
	switch (found.kind) {
	case LOOKUP_OWNER:
		put_owner(r, &found);
		break;
	case LOOKUP_NON_TERMINAL:
		put_negative(r, ANSWER_NODATA);
		break;
	case LOOKUP_NOTHING:
		put_negative(r, ANSWER_NXDOMAIN);
		break;
	case LOOKUP_CUT:
		put_referral(r, &found);
		break;
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

static void write_response(const struct work *w, const struct snapshot *snapshot,
        const struct answer_config *config, const struct query *query, struct response *out)
{
	struct reply r = {.work = w, .snapshot = snapshot, .ede = EDE_NONE};

	if (w->request.verdict == VERDICT_ERROR) {
		r.rcode = w->request.rcode;
		r.kind = r.rcode == RCODE_REFUSED ? ANSWER_REFUSED : ANSWER_ERROR;
	} else if (!w->image) {
		r.rcode = RCODE_REFUSED;
		r.kind = ANSWER_REFUSED;
		r.ede = EDE_NOT_AUTHORITATIVE;
	}
	response_begin(&r.writer, out->octets, size_limit(w, config, query, out), &w->request,
	        w->at, w->labels, r.ede);
	if (w->image)
		answer_from_zone(&r);
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

	for (size_t i = 0; i < n; i++)
		read_query(&works[i], snapshot, &queries[i]);
	walk_all(works, n);
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
