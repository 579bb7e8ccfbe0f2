/* SPDX-License-Identifier: ISC */
#include "server/response.h"

#include <assert.h>
#include <string.h>

#define OPT_OCTETS    11 /* RFC 6891 6.1.2, without options */
#define EDE_OCTETS    6  /* option code, length, INFO-CODE: RFC 8914 2 */
#define EDNS_EDE      15 /* option code: RFC 8914 2 */
#define POINTER       0xc000U
#define POINTER_REACH 0x3fff /* the last octet that a pointer can name */

static void set16(uint8_t *p, unsigned value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static void set32(uint8_t *p, uint32_t value)
{
	set16(p, value >> 16);
	set16(p + 2, value & 0xffff);
}

/* Room for n octets more; NULL where there is none. */
static uint8_t *take(struct response_writer *w, size_t n)
{
	uint8_t *p = w->octets + w->len;

	if (w->limit - w->len < n) {
		w->full = true;
		return NULL;
	}
	w->len += n;
	return p;
}

static void put(struct response_writer *w, const uint8_t *octets, size_t n)
{
	uint8_t *p = take(w, n);

	if (p)
		memcpy(p, octets, n);
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

static bool is_same_label(const uint8_t *a, const uint8_t *b)
{
	if (*a != *b)
		return false;
	for (unsigned i = 1; i <= *a; i++)
		if (octet_lower(a[i]) != octet_lower(b[i]))
			return false;
	return true;
}

/* The most labels at the end of a name that stand in the message already, and where. */
struct known {
	unsigned labels;
	size_t at;
};

/* ... in the qname. */
static struct known find_in_qname(
        const struct request *r, const uint8_t *wire, const uint8_t *at, unsigned count)
{
	unsigned most = count < r->labels ? count : r->labels, n = 0;

	while (n < most &&
	        is_same_label(wire + at[count - 1 - n], r->qname + r->at[r->labels - 1 - n]))
		n++;
	return (struct known){n, HEADER_OCTETS + (n ? (size_t)r->at[r->labels - n] : 0)};
}

/* The place of the label behind the one at `at`. */
static size_t next_label(const struct response_writer *w, size_t at)
{
	const uint8_t *p = w->octets + at;

	while (*p >= 0xc0)
		p = w->octets + ((p[0] & 0x3f) << 8 | p[1]);
	return (size_t)(p - w->octets) + 1 + *p;
}

/* ... in the names written so far, where they have more than is known. */
static void find_in_names(const struct response_writer *w, struct known *known, const uint8_t *wire,
        const uint8_t *at, unsigned count)
{
	for (unsigned i = 0; i < w->name_count; i++) {
		size_t there = w->names[i].at;
		for (unsigned n = w->names[i].labels; n > known->labels; n--) {
			if (n <= count && there <= POINTER_REACH &&
			        is_same_name(w, there, wire + at[count - n]))
				*known = (struct known){n, there};
			else
				there = next_label(w, there);
		}
	}
}

static void put_name(struct response_writer *w, const uint8_t *wire)
{
	uint8_t at[NAME_MAX_LABELS + 1];
	unsigned count = name_find_labels(at, wire);
	struct known known = find_in_qname(w->request, wire, at, count);

	find_in_names(w, &known, wire, at, count);
	size_t n = at[count - known.labels], begin = w->len; /* of the labels to be written */
	uint8_t *p = take(w, n + (known.labels ? 2 : 1));
	if (!p)
		return;
	memcpy(p, wire, n);
	if (known.labels)
		set16(p + n, POINTER | (unsigned)known.at);
	else
		p[n] = 0;
	if (n && begin <= POINTER_REACH && w->name_count < RESPONSE_NAMES) {
		w->names[w->name_count].at = (uint16_t)begin;
		w->names[w->name_count++].labels = (uint8_t)count;
	}
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

/* The owner, a pointer into the qname or a name of its own; type, class, TTL, and room for the
 * length of the rdata. Returns that room; NULL when there is none. */
static uint8_t *put_head(struct response_writer *w, unsigned owner_labels, const uint8_t *owner,
        uint16_t type, uint32_t ttl_s)
{
	const struct request *r = w->request;
	size_t pointer = owner || !owner_labels ? 0 : 2;

	if (owner)
		put_name(w, owner);
	else if (!owner_labels)
		put(w, (const uint8_t *)"", 1);
	uint8_t *p = w->full ? NULL : take(w, pointer + RR_FIXED_OCTETS);
	if (!p)
		return NULL;
	if (pointer)
		set16(p, POINTER | (HEADER_OCTETS + r->at[r->labels - owner_labels]));
	p += pointer;
	set16(p, type);
	set16(p + 2, CLASS_IN);
	set32(p + 4, ttl_s);
	return p + 8;
}

static void put_record(struct response_writer *w, const struct image *image,
        const struct rrset *set, unsigned owner_labels, const uint8_t *owner, uint32_t ttl_s,
        const uint8_t *record)
{
	uint8_t *length = put_head(w, owner_labels, owner, set->type, ttl_s);
	size_t begin = w->len;

	if (!length)
		return;
	if (set->type == RR_A)
		put(w, record, 4);
	else if (set->type == RR_AAAA)
		put(w, record, 16);
	else if (rr_is_one_name(set->type))
		put_target(w, image, set->type, record);
	else
		put_rdata(w, rr_shape(set->type), record + 2,
		        image_record_size(set->type, record) - 2);
	set16(length, (unsigned)(w->len - begin));
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
		put_record(w, image, set, owner_labels, owner, ttl_s, record);
		if (i + 1U < set->count)
			record += image_record_size(set->type, record);
	}
	return settle(w, &before, section, set->count);
}

bool response_made(struct response_writer *w, enum section section, unsigned owner_labels,
        const uint8_t *owner, uint16_t type, uint32_t ttl_s, const uint8_t *rdata)
{
	struct mark before = mark(w);

	uint8_t *length = put_head(w, owner_labels, owner, type, ttl_s);
	size_t begin = w->len;
	if (length) {
		if (type == RR_A)
			put(w, rdata, 4);
		else if (type == RR_AAAA)
			put(w, rdata, 16);
		else
			put_name(w, rdata);
		set16(length, (unsigned)(w->len - begin));
	}
	return settle(w, &before, section, 1);
}

static size_t edns_octets(const struct request *r, uint16_t ede)
{
	return r->has_edns ? (size_t)OPT_OCTETS + (ede == EDE_NONE ? 0 : EDE_OCTETS) : 0;
}

void response_begin(struct response_writer *w, uint8_t *octets, size_t size,
        const struct request *request, uint16_t ede)
{
	assert(size >= 512);
	w->octets = octets;
	w->len = HEADER_OCTETS;
	w->limit = size - edns_octets(request, ede);
	w->full = false;
	w->request = request;
	w->name_count = 0;
	memset(w->counts, 0, sizeof w->counts);
	if (request->question_octets)
		put(w, request->qname, request->question_octets);
}

static void put_opt(struct response_writer *w, enum rcode rcode, uint16_t udp_size, uint16_t ede)
{
	size_t n = edns_octets(w->request, ede);
	w->limit += n; /* which was kept for it */
	uint8_t *p = take(w, n);

	if (!p)
		return;
	p[0] = 0;
	set16(p + 1, RR_OPT);
	set16(p + 3, udp_size);
	set16(p + 5, ((unsigned)rcode >> 4) << 8); /* high bits of the RCODE; version 0 */
	set16(p + 7, w->request->wants_dnssec ? 0x8000 : 0);
	set16(p + 9, ede == EDE_NONE ? 0 : EDE_OCTETS);
	if (ede != EDE_NONE) {
		set16(p + 11, EDNS_EDE);
		set16(p + 13, 2);
		set16(p + 15, ede);
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
	set16(w->octets, r->id);
	set16(w->octets + 2, FLAG_QR | flags | (r->flags & kept) | ((unsigned)rcode & 15));
	set16(w->octets + 4, r->question_octets ? 1 : 0);
	for (unsigned i = 0; i < 3; i++)
		set16(w->octets + 6 + 2 * i, w->counts[i]);
	return w->len;
}
