/* SPDX-License-Identifier: ISC */
/* server/response.h - writes a response, RRset by RRset, names compressed (RFC 1035 4.1.4).
 *
 * Sticky within an RRset: what does not fit is taken back whole (no part of an RRset is ever
 * sent), and response_rrset() says so. The header and the OPT record are written last, into room
 * that was kept. */
#ifndef SERVER_RESPONSE_H
#define SERVER_RESPONSE_H

#include "server/query.h"
#include "zone/image.h"

/* Names written so far that later ones may point to, besides the qname. */
#define RESPONSE_NAMES 24

struct response_writer {
	uint8_t *octets;
	size_t len, limit; /* limit: with the OPT record's room taken off */
	bool full;
	const struct request *request;
	unsigned name_count;
	struct {
		uint16_t at;
		uint8_t labels;
	} names[RESPONSE_NAMES];
	uint16_t counts[3]; /* answer, authority, additional */
};

enum section { ANSWER, AUTHORITY, ADDITIONAL };

/* EDE (RFC 8914): the INFO-CODE, or this for none. */
#define EDE_NONE              0xffffU
#define EDE_NOT_AUTHORITATIVE 20U

/* Begin in `octets` with room for `size`, at least 512; copies the question, if
 * there is one. */
void response_begin(struct response_writer *w, uint8_t *octets, size_t size,
        const struct request *request, uint16_t ede);

/* Write an RRset of `image`. The owner is the last `owner_labels` labels of the qname, or, when
 * `owner` is not NULL, that wire name. False, and nothing written, when it does not fit. */
MUST_USE bool response_rrset(struct response_writer *w, enum section section,
        const struct image *image, const struct rrset *set, unsigned owner_labels,
        const uint8_t *owner, uint32_t ttl_s);

/* Write the SOA of the zone that holds the qname, as RFC 2308 3 has it, into a response that has no
 * records yet. False, and nothing written, when it does not fit. */
MUST_USE bool response_soa(struct response_writer *w, const struct image *image);

/* Write a record that no image holds; owner as above. `rdata` is a wire
 * name, or for A and AAAA the octets of the address. */
MUST_USE bool response_made(struct response_writer *w, enum section section, unsigned owner_labels,
        const uint8_t *owner, uint16_t type, uint32_t ttl_s, const uint8_t *rdata);

/* End: OPT if the query had one, header. `flags` are AA and TC; the rest is copied from the query
 * as it must be. Returns the octets of the response. `udp_size` is advertised. */
size_t response_end(struct response_writer *w, unsigned flags, enum rcode rcode, uint16_t udp_size,
        uint16_t ede);

#endif
