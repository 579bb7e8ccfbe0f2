/* SPDX-License-Identifier: ISC */
#include "server/response.h"

#include <assert.h>
#include <string.h>

#define OPT_OCTETS    11 /* RFC 6891 6.1.2, without options */
#define EDE_OCTETS    6  /* option code, length, INFO-CODE: RFC 8914 2 */
#define EDNS_EDE      15 /* option code: RFC 8914 2 */
#define POINTER       0xc000U
#define POINTER_REACH 0x3fff /* the last octet that a pointer can name */

static void put(struct response_writer *w, const uint8_t *octets, size_t n)
{
	if (w->limit - w->len < n) {
		w->full = true;
		return;
	}
	memcpy(w->octets + w->len, octets, n);
	w->len += n;
}

static void put16(struct response_writer *w, unsigned value)
{
	uint8_t octets[] = {(uint8_t)(value >> 8), (uint8_t)value};

	put(w, octets, sizeof octets);
}

static void put32(struct response_writer *w, uint32_t value)
{
	put16(w, value >> 16);
	put16(w, value & 0xffff);
}

/* True when the name at message offset `at` is `wire`, letter case aside. */
static bool is_same_name(const struct response_writer *w, size_t at, const uint8_t *wire)
{
	const uint8_t *there = w->octets + at;

	for (;;) {
		if (*there >= 0xc0) { /* our own pointers lead backwards, to labels */
			there = w->octets + ((there[0] & 0x3f) << 8 | there[1]);
			continue;
		}
		if (*there != *wire)
			return false;
		if (*wire == 0)
			return true;
		for (unsigned i = 1; i <= *wire; i++)
			if (octet_lower(there[i]) != octet_lower(wire[i]))
				return false;
		there += 1 + *there;
		wire += 1 + *wire;
	}
}

/* Where a name of this many labels stands in the message already; 0 when nowhere. */
static size_t find_name(const struct response_writer *w, const uint8_t *wire, unsigned labels)
{
	if (labels <= w->qname_labels) {
		size_t at = HEADER_OCTETS + (size_t)w->qname_at[w->qname_labels - labels];
		if (is_same_name(w, at, wire))
			return at;
	}
	for (unsigned i = 0; i < w->name_count; i++)
		if (w->names[i].labels == labels && is_same_name(w, w->names[i].at, wire))
			return w->names[i].at;
	return 0;
}

static void put_name(struct response_writer *w, const uint8_t *wire)
{
	for (unsigned labels = name_count_labels(wire); labels && !w->full; labels--) {
		size_t at = find_name(w, wire, labels);
		if (at) {
			put16(w, POINTER | (unsigned)at);
			return;
		}
		at = w->len;
		put(w, wire, 1U + *wire);
		if (!w->full && w->name_count < RESPONSE_NAMES && at <= POINTER_REACH) {
			w->names[w->name_count].at = (uint16_t)at;
			w->names[w->name_count++].labels = (uint8_t)labels;
		}
		wire += 1 + *wire;
	}
	put(w, wire, 1);
}

/* The rdata of a type that RFC 1035 knows: its names may be compressed (RFC 3597 4). */
static void put_rdata(
        struct response_writer *w, struct rr_shape shape, const uint8_t *rdata, size_t n)
{
	const uint8_t *end = rdata + n;

	put(w, rdata, shape.before);
	rdata += shape.before;
	for (unsigned i = 0; i < shape.names; i++) {
		put_name(w, rdata);
		rdata += name_length(rdata);
	}
	put(w, rdata, (size_t)(end - rdata));
}

static void put_target(
        struct response_writer *w, const struct image *image, uint16_t type, const uint8_t *record)
{
	struct image_target target = image_target(image, record);
	struct name name;

	if (target.label) {
		size_t rest = name_length(target.rest);
		memcpy(name.wire, target.label, 1U + *target.label);
		memcpy(name.wire + 1 + *target.label, target.rest, rest);
		name.len = (uint8_t)(1U + *target.label + rest);
	} else {
		name_copy(&name, target.rest);
	}
	if (type == RR_DNAME) /* not compressed: RFC 6672 2.5 */
		put(w, name.wire, name.len);
	else
		put_name(w, name.wire);
}

/* The length of what was written behind the place for it. */
static void put_length(struct response_writer *w, size_t length_at)
{
	size_t n = w->len - length_at - 2;

	w->octets[length_at] = (uint8_t)(n >> 8);
	w->octets[length_at + 1] = (uint8_t)n;
}

static void put_record(
        struct response_writer *w, const struct image *image, uint16_t type, const uint8_t *record)
{
	size_t length_at = w->len;

	put16(w, 0);
	if (type == RR_A)
		put(w, record, 4);
	else if (type == RR_AAAA)
		put(w, record, 16);
	else if (rr_is_one_name(type))
		put_target(w, image, type, record);
	else
		put_rdata(w, rr_shape(type), record + 2, image_record_size(type, record) - 2);
	if (!w->full)
		put_length(w, length_at);
}

/* The owner, a pointer into the qname or a name of its own; type, class and TTL. */
static void put_head(struct response_writer *w, unsigned owner_labels, const uint8_t *owner,
        uint16_t type, uint32_t ttl_s)
{
	if (owner)
		put_name(w, owner);
	else if (owner_labels)
		put16(w, POINTER | (HEADER_OCTETS + w->qname_at[w->qname_labels - owner_labels]));
	else
		put(w, (const uint8_t *)"", 1);
	put16(w, type);
	put16(w, CLASS_IN);
	put32(w, ttl_s);
}

/* Where the writer stood before an RRset. */
struct mark {
	size_t len;
	unsigned name_count;
};

static struct mark mark(const struct response_writer *w)
{
	return (struct mark){w->len, w->name_count};
}

/* Count the RRset, or take it back whole. */
static bool settle(
        struct response_writer *w, const struct mark *before, enum section section, unsigned count)
{
	if (!w->full) {
		w->counts[section] = (uint16_t)(w->counts[section] + count);
		return true;
	}
	w->full = false;
	w->len = before->len;
	w->name_count = before->name_count;
	return false;
}

bool response_rrset(struct response_writer *w, enum section section, const struct image *image,
        const struct rrset *set, unsigned owner_labels, const uint8_t *owner, uint32_t ttl_s)
{
	struct mark before = mark(w);
	const uint8_t *record = set->records;

	for (unsigned i = 0; i < set->count && !w->full; i++) {
		put_head(w, owner_labels, owner, set->type, ttl_s);
		put_record(w, image, set->type, record);
		record += image_record_size(set->type, record);
	}
	return settle(w, &before, section, set->count);
}

bool response_made(struct response_writer *w, enum section section, unsigned owner_labels,
        const uint8_t *owner, uint16_t type, uint32_t ttl_s, const uint8_t *rdata)
{
	struct mark before = mark(w);

	put_head(w, owner_labels, owner, type, ttl_s);
	size_t length_at = w->len;
	put16(w, 0);
	if (type == RR_A)
		put(w, rdata, 4);
	else if (type == RR_AAAA)
		put(w, rdata, 16);
	else
		put_name(w, rdata);
	if (!w->full)
		put_length(w, length_at);
	return settle(w, &before, section, 1);
}

static size_t edns_octets(const struct request *r, uint16_t ede)
{
	return r->has_edns ? (size_t)OPT_OCTETS + (ede == EDE_NONE ? 0 : EDE_OCTETS) : 0;
}

void response_begin(struct response_writer *w, uint8_t *octets, size_t size,
        const struct request *request, const uint8_t *qname_at, unsigned qname_labels, uint16_t ede)
{
	assert(size >= 512);
	w->octets = octets;
	w->len = HEADER_OCTETS;
	w->limit = size - edns_octets(request, ede);
	w->full = false;
	w->request = request;
	w->qname_at = qname_at;
	w->qname_labels = qname_labels;
	w->name_count = 0;
	memset(w->counts, 0, sizeof w->counts);
	if (request->question_octets)
		put(w, request->qname, request->question_octets);
}

static void put_opt(struct response_writer *w, enum rcode rcode, uint16_t udp_size, uint16_t ede)
{
	w->limit += edns_octets(w->request, ede);
	put(w, (const uint8_t *)"", 1);
	put16(w, RR_OPT);
	put16(w, udp_size);
	put16(w, ((unsigned)rcode >> 4) << 8); /* high bits of the RCODE; version 0 */
	put16(w, w->request->wants_dnssec ? 0x8000 : 0);
	put16(w, ede == EDE_NONE ? 0 : EDE_OCTETS);
	if (ede != EDE_NONE) {
		put16(w, EDNS_EDE);
		put16(w, 2);
		put16(w, ede);
	}
	w->counts[ADDITIONAL]++;
}

size_t response_end(struct response_writer *w, unsigned flags, enum rcode rcode, uint16_t udp_size,
        uint16_t ede)
{
	const struct request *r = w->request;
	unsigned kept =
	        rcode == RCODE_NOTIMP ? FLAG_OPCODE_MASK : FLAG_OPCODE_MASK | FLAG_RD | FLAG_CD;

	if (r->has_edns)
		put_opt(w, rcode, udp_size, ede);
	size_t len = w->len;
	w->len = 0;
	put16(w, r->id);
	put16(w, FLAG_QR | flags | (r->flags & kept) | ((unsigned)rcode & 15));
	put16(w, r->question_octets ? 1 : 0);
	for (unsigned i = 0; i < 3; i++)
		put16(w, w->counts[i]);
	return len;
}
