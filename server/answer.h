/* SPDX-License-Identifier: ISC */
/* server/answer.h - octets in, octets out: the one function that answers.
 *
 * No sockets, no allocation, no logging, no clock. UDP, TCP, the tests, the fuzzers and the
 * benchmarks all call it. A batch is worked on in stages, so that the cache misses of its queries
 * overlap. Safe from any thread. */
#ifndef SERVER_ANSWER_H
#define SERVER_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snapshot;

#define ANSWER_BATCH_MAX 64
#define ANSWER_UDP_MAX   1400  /* octets of the largest UDP response (RFC 9715) */
#define ANSWER_TCP_MAX   65535 /* RFC 1035 4.2.2 */

/* What holds for all queries. */
struct answer_config {
	uint16_t udp_size; /* largest UDP response we send and advertise; 1232 (RFC 9715) */
};

enum transport { TRANSPORT_UDP, TRANSPORT_TCP };

struct query {
	const uint8_t *octets; /* the message, without TCP's length octets; borrowed */
	uint16_t len;
	uint8_t transport; /* enum transport */
};

/* What was done, for counters and the rate limiter. */
enum answer_kind {
	ANSWER_NONE,     /* nothing is to be sent */
	ANSWER_POSITIVE, /* the RRset asked for, or a part of the chain to it */
	ANSWER_NODATA,
	ANSWER_NXDOMAIN,
	ANSWER_REFERRAL,
	ANSWER_REFUSED,
	ANSWER_ERROR /* FORMERR, NOTIMP, BADVERS, SERVFAIL */
};

struct response {
	uint8_t *octets;   /* caller's room; must not overlap the query */
	uint16_t capacity; /* octets of room: at least ANSWER_UDP_MAX for UDP; for TCP
	                    * ANSWER_TCP_MAX, or else what does not fit is truncated */
	uint16_t len;      /* out: octets written; 0: send nothing */
	uint8_t kind;      /* out: enum answer_kind */
	uint8_t rcode;     /* out: the low four bits of the RCODE, as sent */
	uint16_t qtype;    /* out: 0 when there was no question to read */
	uint32_t zone;     /* out: number of the zone in the snapshot, or ZONE_NONE */
};

/* Answer n queries, at most ANSWER_BATCH_MAX. `snapshot` may be NULL (nothing is served yet:
 * REFUSED). Queries and responses may be of any content; this never fails. */
void answer_batch(const struct snapshot *snapshot, const struct answer_config *config,
        const struct query *queries, struct response *responses, size_t n);

#endif
