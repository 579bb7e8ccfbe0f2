/* SPDX-License-Identifier: ISC */
/* server/reply.h - fills a response from the zones (RFC 1034 4.3.2); for server/answer.c alone.
 *
 *     qname -> owner         its RRset, or that there is none (NODATA)
 *           -> CNAME         it, and on with its target
 *           -> DNAME above   it, the CNAME made of it (RFC 6672 3.1), and on with that one's target
 *           -> wildcard      what it holds, in the qname's name (RFC 4592)
 *           -> rule          the PTR, A, AAAA or CNAME that it makes (zone/image_rules.h)
 *           -> zone cut      referral
 *           -> nothing       NXDOMAIN
 *
 * A chain is followed through all zones of the snapshot, REPLY_LINKS_MAX links far. One that is
 * longer, runs in a circle or leaves our zones ends with what was found. */
#ifndef SERVER_REPLY_H
#define SERVER_REPLY_H

#include "server/answer.h"
#include "server/response.h"
#include "zone/lookup.h"
#include "zone/snapshot.h"

#define REPLY_LINKS_MAX 16

/* A response while it is written. */
struct reply {
	struct response_writer writer;
	const struct snapshot *snapshot;
	uint16_t qtype;
	unsigned flags; /* AA, TC */
	enum rcode rcode;
	enum answer_kind kind;
	uint16_t ede;
	unsigned link_count;
	struct name links[REPLY_LINKS_MAX]; /* where the chain led */
	unsigned dname_count;
	const uint8_t *dnames[REPLY_LINKS_MAX]; /* records of those that are written */
};

/* Answer the question from the zone that holds it: *found, which is done, is what the lookup of the
 * qname found there, and is lost. The writer has begun. */
void reply_from_zone(struct reply *r, const struct sought *sought, struct lookup *found);

/* The zone in which a question has its place. A DS record stands in the zone above the cut, also
 * where both are served here (RFC 4035 3.1.4.1). ZONE_NONE when it is in none of ours. */
uint32_t reply_find_zone(const struct snapshot *snapshot, const struct trie_key *key,
        unsigned labels, uint16_t qtype);

/* The same behind a walk of the snapshot's index: zone_index_judge(). */
uint32_t reply_judge_zone(const struct snapshot *snapshot, const struct trie_key *key,
        unsigned labels, uint16_t qtype, uint32_t nearest);

#endif
