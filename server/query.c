/* SPDX-License-Identifier: ISC */
#include "server/query.h"

#include <string.h>

#include "zone/rr.h"

#define NIBBLES_OCTETS 64 /* of the labels that stand for an IPv6 address */

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void refuse(struct request *r, enum rcode rcode)
{
	r->verdict = VERDICT_ERROR;
	r->rcode = rcode;
}

/* Step over the labels at p; returns where they stop: at a root label, a pointer or what is no
 * label; NULL when they are cut short. */
static const uint8_t *skip_labels(const uint8_t *p, const uint8_t *end)
{
	while (p < end && *p && *p <= LABEL_MAX_OCTETS) {
		if (end - p <= *p)
			return NULL;
		p += 1 + *p;
	}
	return p < end ? p : NULL;
}

/* The octets of a name in a record, which may end in a pointer (it is not followed); 0 when the
 * name is cut short or malformed. */
static size_t skip_name(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *at = skip_labels(p, end);

	if (!at)
		return 0;
	if (*at == 0)
		return (size_t)(at - p) + 1;
	return *at >= 0xc0 && end - at >= 2 ? (size_t)(at - p) + 2 : 0;
}

/* Options must fill the rdata exactly (RFC 6891 6.1.2); none is known yet, so all are ignored. */
static bool options_are_whole(const uint8_t *p, size_t n)
{
	while (n >= 4) {
		size_t option = 4U + get16(p + 2);
		if (option > n)
			return false;
		p += option;
		n -= option;
	}
	return n == 0;
}

/* The OPT record (RFC 6891 6.1.2): class is the sender's payload size, TTL holds the version and
 * the flags. */
static void read_opt(struct request *r, const uint8_t *owner, const uint8_t *fixed)
{
	uint16_t payload = get16(fixed + 2);
	uint8_t version = fixed[5];
	bool is_second = r->has_edns;

	r->has_edns = true;
	r->payload = payload < 512 ? 512 : payload; /* RFC 6891 6.2.3 */
	r->wants_dnssec = fixed[6] & 0x80;
	if (is_second || *owner != 0)
		refuse(r, RCODE_FORMERR);
	else if (version > 0) /* what its options look like is not known: RFC 6891 6.1.3 */
		refuse(r, RCODE_BADVERS);
	else if (!options_are_whole(fixed + RR_FIXED_OCTETS, get16(fixed + 8)))
		refuse(r, RCODE_FORMERR);
}

/* Go over the records behind the question, in search of OPT among the last `additional`. False
 * when one is cut short. */
static bool read_records(struct request *r, const uint8_t *p, const uint8_t *end, unsigned count,
        unsigned additional)
{
	for (; count; count--) {
		size_t owner = skip_name(p, end);
		if (!owner || (size_t)(end - p) < owner + RR_FIXED_OCTETS)
			return false;
		const uint8_t *fixed = p + owner;
		size_t rdata = get16(fixed + 8);
		if ((size_t)(end - fixed) - RR_FIXED_OCTETS < rdata)
			return false;
		if (get16(fixed) == RR_OPT && count <= additional)
			read_opt(r, p, fixed);
		p = fixed + RR_FIXED_OCTETS + rdata;
	}
	return true;
}

/* Read labels of one octet each, four at a time, as long as there are 32 of them (RFC 3596 2.5: an
 * IPv6 address) at most; returns their octets. There are more than NIBBLES_OCTETS octets at p. */
static size_t skip_nibbles(struct request *r, const uint8_t *p, unsigned *labels)
{
	static const uint8_t evens[8] = {255, 0, 255, 0, 255, 0, 255},
	                     ones[8] = {1, 0, 1, 0, 1, 0, 1};
	uint64_t mask, wanted, four;
	size_t n = 0;

	memcpy(&mask, evens, sizeof mask);
	memcpy(&wanted, ones, sizeof wanted);
	for (; n < NIBBLES_OCTETS; n += sizeof four) {
		memcpy(&four, p + n, sizeof four);
		if ((four & mask) != wanted)
			break;
		for (unsigned i = 0; i < sizeof four; i += 2)
			r->at[(*labels)++] = (uint8_t)(n + i);
	}
	return n;
}

/* The question; false when it is malformed. */
static bool read_question(struct request *r, const uint8_t *p, const uint8_t *end)
{
	size_t room = (size_t)(end - p), most = room < NAME_MAX_OCTETS ? room : NAME_MAX_OCTETS;
	size_t n = 0;
	unsigned labels = 0;

	if (room > NIBBLES_OCTETS)
		n = skip_nibbles(r, p, &labels);
	for (; n < most && p[n]; n += 1U + p[n]) {
		if (p[n] > LABEL_MAX_OCTETS)
			return false;
		r->at[labels++] = (uint8_t)n;
	}
	if (n >= most)
		return false;
	r->at[labels] = (uint8_t)n;
	if (room - n < 5)
		return false;
	r->labels = (uint8_t)labels;
	r->qname = p;
	r->question_octets = (uint16_t)(n + 5);
	r->qtype = get16(p + n + 1);
	r->qclass = get16(p + n + 3);
	return true;
}

static bool counts_are_allowed(const struct request *r, unsigned answers, unsigned authority)
{
	if ((r->flags & FLAG_OPCODE_MASK) >> 11 != OPCODE_QUERY)
		return true; /* NOTIFY and UPDATE fill these sections */
	return answers == 0 && (authority == 0 || r->qtype == RR_IXFR);
}

static void judge(struct request *r)
{
	unsigned opcode = (r->flags & FLAG_OPCODE_MASK) >> 11;

	if (r->verdict == VERDICT_ERROR)
		return;
	if (opcode != OPCODE_QUERY || r->qclass != CLASS_IN || r->qtype == RR_AXFR ||
	        r->qtype == RR_IXFR)
		refuse(r, RCODE_REFUSED);
}

void query_read(struct request *r, const uint8_t *octets, size_t len)
{
	memset(r, 0, offsetof(struct request, at)); /* the rest is written before it is read */
	if (len < HEADER_OCTETS || octets[2] & 0x80)
		return;
	r->id = get16(octets);
	r->flags = get16(octets + 2);
	r->verdict = VERDICT_ASK;
	unsigned opcode = (r->flags & FLAG_OPCODE_MASK) >> 11;
	if (opcode != OPCODE_QUERY && opcode != OPCODE_NOTIFY && opcode != OPCODE_UPDATE) {
		refuse(r, RCODE_NOTIMP);
		return;
	}
	unsigned questions = get16(octets + 4), answers = get16(octets + 6);
	unsigned authority = get16(octets + 8), additional = get16(octets + 10);
	const uint8_t *end = octets + len, *question = octets + HEADER_OCTETS;
	if (questions > 1 || (questions == 1 && !read_question(r, question, end))) {
		refuse(r, RCODE_FORMERR); /* RFC 9619 */
		return;
	}
	if ((answers | authority | additional) &&
	        (!counts_are_allowed(r, answers, authority) ||
	                !read_records(r, question + r->question_octets, end,
	                        answers + authority + additional, additional))) {
		r->question_octets = 0;
		r->labels = 0;
		refuse(r, RCODE_FORMERR);
		return;
	}
	if (questions == 0) /* an OPT record was looked for all the same: RFC 6891 6.1.1 */
		refuse(r, RCODE_FORMERR);
	judge(r);
}
