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
static inline uint8_t *take(struct response_writer *w, size_t n)
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
	struct name name;

	name.len = (uint8_t)image_target(image, record, name.wire);
	if (type == RR_DNAME) /* not compressed: RFC 6672 2.5 */
		put(w, name.wire, name.len);
	else
		put_name(w, name.wire);
}

/* What stands before the rdata of a record. */
struct head {
	const uint8_t *owner; /* NULL: the last `owner_labels` labels of the qname */
	unsigned owner_labels;
	uint16_t type;
	uint32_t ttl_s;
};

/* Write that, and take room for `octets` of rdata, which is returned; NULL when there is none. */
static inline uint8_t *put_head(struct response_writer *w, const struct head *h, size_t octets)
{
	const struct request *r = w->request;
	size_t pointer = h->owner || !h->owner_labels ? 0 : 2;

	if (h->owner)
		put_name(w, h->owner);
	else if (!h->owner_labels)
		put(w, (const uint8_t *)"", 1);
	uint8_t *p = w->full ? NULL : take(w, pointer + RR_FIXED_OCTETS + octets);
	if (!p)
		return NULL;
	if (pointer)
		set16(p, POINTER | (HEADER_OCTETS + r->at[r->labels - h->owner_labels]));
	p += pointer;
	set16(p, h->type);
	set16(p + 2, CLASS_IN);
	set32(p + 4, h->ttl_s);
	set16(p + 8, (unsigned)octets);
	return p + RR_FIXED_OCTETS;
}

/* The octets of an address in records of this type; 0: it has none. */
static inline size_t address_octets(uint16_t type)
{
	return type == RR_A ? 4 : type == RR_AAAA ? 16 : 0;
}

/* `record` is as the image writes it. */
static inline void put_record(struct response_writer *w, const struct image *image,
        const struct head *h, const uint8_t *record)
{
	size_t octets = address_octets(h->type);
	uint8_t *rdata = put_head(w, h, octets);

	if (!rdata)
		return;
	if (octets) {
		memcpy(rdata, record, octets);
		return;
	}
	if (rr_is_one_name(h->type))
		put_target(w, image, h->type, record);
	else
		put_rdata(w, rr_shape(h->type), record + 2, image_record_size(h->type, record) - 2);
	set16(rdata - 2, (unsigned)(w->octets + w->len - rdata));
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
	const struct head head = {owner, owner_labels, set->type, ttl_s};
	const uint8_t *record = set->records;

	put_record(w, image, &head, record);
	for (unsigned i = 1; i < set->count && !w->full; i++) {
		record += image_record_size(set->type, record);
		put_record(w, image, &head, record);
	}
	return settle(w, &before, section, set->count);
}

bool response_made(struct response_writer *w, enum section section, unsigned owner_labels,
        const uint8_t *owner, uint16_t type, uint32_t ttl_s, const uint8_t *rdata)
{
	struct mark before = mark(w);

	const struct head head = {owner, owner_labels, type, ttl_s};
	size_t octets = address_octets(type);
	uint8_t *p = put_head(w, &head, octets);
	if (p && octets) {
		memcpy(p, rdata, octets);
	} else if (p) {
		put_name(w, rdata);
		set16(p - 2, (unsigned)(w->octets + w->len - p));
	}
	return settle(w, &before, section, 1);
}

/* Octets in the message. */
static size_t short_size(const struct image_short_name *s)
{
	return s->own + (s->shared_with == IMAGE_SHARED_NONE ? 1U : 2U);
}

/* Write a name at p; returns what is behind it. */
static uint8_t *put_short(uint8_t *p, const struct image_short_name *s, const uint8_t *name,
        size_t apex_at, size_t mname_at)
{
	memcpy(p, name, s->own);
	p += s->own;
	if (s->shared_with == IMAGE_SHARED_NONE) {
		*p = 0;
		return p + 1;
	}
	set16(p, POINTER | (unsigned)(s->at +
	                              (s->shared_with == IMAGE_SHARED_APEX ? apex_at : mname_at)));
	return p + 2;
}

bool response_soa(struct response_writer *w, const struct image *image)
{
	const struct image_soa *soa = &image->soa;
	const struct request *r = w->request;
	size_t apex_at = HEADER_OCTETS + (size_t)r->at[r->labels - image->apex_labels];
	struct mark before = mark(w);
	const struct head head = {NULL, image->apex_labels, RR_SOA, soa->ttl_s};
	uint8_t *p = put_head(
	        w, &head, short_size(&soa->short_mname) + short_size(&soa->short_rname) + 20);

	if (p) {
		size_t mname_at = (size_t)(p - w->octets);
		p = put_short(p, &soa->short_mname, soa->mname, apex_at, mname_at);
		p = put_short(p, &soa->short_rname, soa->rname, apex_at, mname_at);
		memcpy(p, soa->rname + name_length(soa->rname), 20);
	}
	return settle(w, &before, AUTHORITY, 1);
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
