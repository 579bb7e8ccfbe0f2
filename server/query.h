/* SPDX-License-Identifier: ISC */
/* server/query.h - what a query asks, read from hostile octets.
 *
 * RFC 1035 4.1 with RFC 6891 (EDNS) and RFC 9619 (one question). Reads nothing outside the
 * message and follows no pointer. */
#ifndef SERVER_QUERY_H
#define SERVER_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zone/name.h"

#define HEADER_OCTETS   12 /* RFC 1035 4.1.1 */
#define RR_FIXED_OCTETS 10 /* type, class, TTL, rdata length: RFC 1035 4.1.3 */

/* Header bits of the second 16-bit word. */
#define FLAG_QR          0x8000U
#define FLAG_AA          0x0400U
#define FLAG_TC          0x0200U
#define FLAG_RD          0x0100U
#define FLAG_CD          0x0010U /* RFC 4035 3.2.2 */
#define FLAG_OPCODE_MASK 0x7800U

enum opcode { OPCODE_QUERY = 0, OPCODE_NOTIFY = 4, OPCODE_UPDATE = 5 };

enum rcode {
	RCODE_NOERROR = 0,
	RCODE_FORMERR = 1,
	RCODE_SERVFAIL = 2,
	RCODE_NXDOMAIN = 3,
	RCODE_NOTIMP = 4,
	RCODE_REFUSED = 5,
	RCODE_YXDOMAIN = 6, /* RFC 6672 2.2 */
	RCODE_BADVERS = 16  /* RFC 6891 9 */
};

enum verdict {
	VERDICT_SILENCE, /* no answer at all: too short, or itself an answer */
	VERDICT_ERROR,   /* answer with .rcode and the header, and the question if there is one */
	VERDICT_ASK      /* one question of class IN, opcode QUERY */
};

struct request {
	enum verdict verdict;
	enum rcode rcode;
	uint16_t id, flags;       /* the query's, host order */
	const uint8_t *qname;     /* wire form inside the query; any case */
	uint16_t question_octets; /* qname, qtype, qclass; 0: no question to copy */
	uint16_t qtype, qclass;
	uint16_t payload;                /* of the OPT record, at least 512; 0: no EDNS */
	bool has_edns, wants_dnssec;     /* DO: RFC 3225 */
	uint8_t labels;                  /* of qname */
	uint8_t at[NAME_MAX_LABELS + 1]; /* where each begins: name_find_labels() */
};

/* Read octets[0..len). Fills *out, whatever they are; out->qname points into them. */
void query_read(struct request *out, const uint8_t *octets, size_t len);

#endif
