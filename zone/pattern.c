/* SPDX-License-Identifier: ISC */
#include "zone/pattern.h"

#include <string.h>

#define PART_WIDTH_MAX 39 /* eight groups; an index of 128 bits */
#define BILLION        1000000000U

static const char hex_digits[] = "0123456789abcdef";

/* An address or an index: 32 bits each, the most significant first. */
struct number {
	uint32_t limb[4];
};

static struct number number_from_octets(const uint8_t *octets, unsigned len)
{
	struct number n = {{0}};

	for (unsigned i = 4 - len / 4; i < 4; i++, octets += 4)
		n.limb[i] = (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 |
		            (uint32_t)octets[2] << 8 | octets[3];
	return n;
}

static void number_to_octets(uint8_t *octets, unsigned len, const struct number *n)
{
	for (unsigned i = 0; i < len; i++)
		octets[i] = (uint8_t)(n->limb[4 - len / 4 + i / 4] >> (24 - i % 4 * 8));
}

/* The address less the first of the range. */
static struct number index_of(const struct pattern *p, const uint8_t *address)
{
	struct number a = number_from_octets(address, p->addr_len);
	struct number first = number_from_octets(p->first, p->addr_len);
	uint32_t borrow = 0;

	for (unsigned i = 4; i--;) {
		uint64_t difference = (uint64_t)a.limb[i] - first.limb[i] - borrow;
		a.limb[i] = (uint32_t)difference;
		borrow = (uint32_t)(difference >> 63);
	}
	return a;
}

/* The inverse; false when there is no such address. */
static bool address_of(uint8_t *out, const struct pattern *p, const struct number *index)
{
	struct number a = number_from_octets(p->first, p->addr_len);
	uint64_t sum = 0;

	for (unsigned i = 4; i--;) {
		sum += (uint64_t)a.limb[i] + index->limb[i];
		a.limb[i] = (uint32_t)sum;
		sum >>= 32;
	}
	if (sum || (p->addr_len == 4 && (a.limb[0] | a.limb[1] | a.limb[2])))
		return false;
	number_to_octets(out, p->addr_len, &a);
	return true;
}

/* Divide by a billion; returns what is left over. */
static uint32_t number_divide(struct number *n)
{
	uint64_t rest = 0;

	for (unsigned i = 0; i < 4; i++) {
		rest = rest << 32 | n->limb[i];
		n->limb[i] = (uint32_t)(rest / BILLION);
		rest %= BILLION;
	}
	return (uint32_t)rest;
}

/* Nine digits at a time, but the first as many as there are. */
static size_t put_number(uint8_t *out, struct number n)
{
	uint8_t digits[PART_WIDTH_MAX + 9];
	size_t at = sizeof digits;
	bool is_more = true;

	while (is_more) {
		bool is_small = !(n.limb[0] | n.limb[1] | n.limb[2]) && n.limb[3] < BILLION;
		uint32_t group = is_small ? n.limb[3] : number_divide(&n);
		size_t end = at;
		do {
			digits[--at] = (uint8_t)('0' + group % 10);
			group /= 10;
		} while (is_small ? group : end - at < 9);
		is_more = !is_small;
	}
	memcpy(out, digits + at, sizeof digits - at);
	return sizeof digits - at;
}

static size_t put_octet(uint8_t *out, uint8_t value)
{
	size_t n = value < 10 ? 1 : value < 100 ? 2 : 3;

	for (size_t i = n; i; i--, value /= 10)
		out[i - 1] = (uint8_t)('0' + value % 10);
	return n;
}

/* Two digits an octet; a dash after each `group` of octets but the last. */
static size_t put_hex(uint8_t *out, const uint8_t *octets, unsigned len, unsigned group)
{
	size_t n = 0;

	for (unsigned i = 0; i < len; i++) {
		if (i && i % group == 0)
			out[n++] = '-';
		out[n++] = (uint8_t)hex_digits[octets[i] >> 4];
		out[n++] = (uint8_t)hex_digits[octets[i] & 15];
	}
	return n;
}

/* Digits of {host}. */
static unsigned host_width(const struct pattern *p)
{
	return p->host_bits ? (p->host_bits + 3U) / 4 : 1;
}

/* Bits of the k-th digit of {host}, from the right, that are of the host. */
static uint8_t host_mask(const struct pattern *p, unsigned k)
{
	unsigned bits = p->host_bits - 4 * k;

	return (uint8_t)(bits < 4 ? (1U << bits) - 1 : 15);
}

static size_t put_host(uint8_t *out, const struct pattern *p, const uint8_t *address)
{
	unsigned width = host_width(p);

	for (unsigned k = 0; k < width; k++) {
		uint8_t octet = address[p->addr_len - 1U - k / 2];
		out[width - 1 - k] =
		        (uint8_t)hex_digits[(k % 2 ? octet >> 4 : octet) & host_mask(p, k)];
	}
	return width;
}

/* At most PART_WIDTH_MAX octets. */
static size_t put_part(uint8_t *out, const struct pattern *p, uint8_t part, const uint8_t *address)
{
	switch (part) {
	case PART_GROUPS:
		return put_hex(out, address, 16, 2);
	case PART_HEX:
		return put_hex(out, address, p->addr_len, 16);
	case PART_HOST:
		return put_host(out, p, address);
	case PART_INDEX:
		return put_number(out, index_of(p, address));
	default:
		return put_octet(out, address[part - PART_OCTET]);
	}
}

size_t pattern_format(
        uint8_t out[1 + LABEL_MAX_OCTETS], const struct pattern *p, const uint8_t *address)
{
	const uint8_t *at = p->shape, *end = at + p->shape_octets;
	size_t n = 1;

	while (at < end) {
		uint8_t part = *at++;
		if (part >= PART_OCTET) {
			n += put_part(out + n, p, part, address);
			continue;
		}
		for (; part; part--)
			out[n++] = *at++;
	}
	out[0] = (uint8_t)(n - 1);
	return n;
}

/* What is left of a label. */
struct reader {
	const uint8_t *at, *end;
};

/* A hex digit of either case; 16 when there is none. */
static uint8_t read_nibble(struct reader *r)
{
	uint8_t c = r->at < r->end ? octet_lower(*r->at++) : 0;

	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0');
	return c >= 'a' && c <= 'f' ? (uint8_t)(c - 'a' + 10) : 16;
}

static bool read_literal(struct reader *r, const uint8_t *literal, unsigned n)
{
	if ((size_t)(r->end - r->at) < n)
		return false;
	for (; n; n--)
		if (octet_lower(*r->at++) != *literal++)
			return false;
	return true;
}

static bool read_hex(struct reader *r, uint8_t *octets, unsigned len, unsigned group)
{
	for (unsigned i = 0; i < len; i++) {
		if (i && i % group == 0 && !read_literal(r, (const uint8_t *)"-", 1))
			return false;
		uint8_t high = read_nibble(r), low = read_nibble(r);
		if (high > 15 || low > 15)
			return false;
		octets[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool read_host(struct reader *r, uint8_t *address, const struct pattern *p)
{
	for (unsigned k = host_width(p); k--;) {
		uint8_t *octet = &address[p->addr_len - 1U - k / 2];
		uint8_t mask = host_mask(p, k), value = read_nibble(r);
		if (value > mask)
			return false;
		unsigned shift = k % 2 * 4;
		*octet =
		        (uint8_t)((*octet & ~((unsigned)mask << shift)) | (unsigned)value << shift);
	}
	return true;
}

/* The digits up to what is none, without leading zeros; 0 when there are none or over `most`. */
static unsigned count_digits(const struct reader *r, unsigned most)
{
	unsigned n = 0;

	while (r->at + n < r->end && r->at[n] >= '0' && r->at[n] <= '9')
		n++;
	return n > most || (n > 1 && *r->at == '0') ? 0 : n;
}

static bool read_octet(struct reader *r, uint8_t *octet)
{
	unsigned value = 0, n = count_digits(r, 3);

	for (unsigned left = n; left; left--)
		value = value * 10 + (unsigned)(*r->at++ - '0');
	*octet = (uint8_t)value;
	return n && value <= 255;
}

/* Nine digits at a time; false, too, when it is over 128 bits. */
static bool read_number(struct reader *r, struct number *out)
{
	unsigned n = count_digits(r, PART_WIDTH_MAX);

	*out = (struct number){{0}};
	for (unsigned left = n; left;) {
		uint32_t group = 0, scale = 1;
		for (; left && scale < BILLION; left--, scale *= 10)
			group = group * 10 + (uint32_t)(*r->at++ - '0');
		uint64_t carry = group;
		for (unsigned i = 4; i--;) {
			carry += (uint64_t)out->limb[i] * scale;
			out->limb[i] = (uint32_t)carry;
			carry >>= 32;
		}
		if (carry)
			return false;
	}
	return n > 0;
}

/* A whole shape has the address elsewhere, and the first of the range may be another range's. */
static bool read_index(struct reader *r, uint8_t *address, const struct pattern *p)
{
	struct number index;

	return read_number(r, &index) &&
	       (shape_is_whole(p->shape, p->shape_octets) || address_of(address, p, &index));
}

static bool read_part(struct reader *r, uint8_t *address, const struct pattern *p, uint8_t part)
{
	switch (part) {
	case PART_GROUPS:
		return read_hex(r, address, 16, 2);
	case PART_HEX:
		return read_hex(r, address, p->addr_len, 16);
	case PART_HOST:
		return read_host(r, address, p);
	case PART_INDEX:
		return read_index(r, address, p);
	default:
		return read_octet(r, &address[part - PART_OCTET]);
	}
}

bool pattern_parse(uint8_t out[16], const struct pattern *p, const uint8_t *label)
{
	struct reader r = {label + 1, label + 1 + *label};
	uint8_t address[16];

	if (!p->shape)
		return false;
	const uint8_t *at = p->shape, *end = at + p->shape_octets;
	memcpy(address, p->first, sizeof address);
	while (at < end) {
		uint8_t part = *at++;
		if (part >= PART_OCTET) {
			if (!read_part(&r, address, p, part))
				return false;
			continue;
		}
		if (!read_literal(&r, at, part))
			return false;
		at += part;
	}
	if (r.at < r.end)
		return false;
	memcpy(out, address, sizeof address);
	return true;
}

bool pattern_has(const struct pattern *p, const uint8_t *address)
{
	return memcmp(address, p->first, p->addr_len) >= 0 &&
	       memcmp(address, p->last, p->addr_len) <= 0;
}

bool pattern_match(uint8_t out[16], const struct pattern *p, const uint8_t *label)
{
	uint8_t address[16], again[1 + LABEL_MAX_OCTETS];

	if (!pattern_parse(address, p, label) || !pattern_has(p, address))
		return false;
	size_t n = pattern_format(again, p, address);
	struct reader r = {label, label + 1 + *label};
	if (n != 1U + *label || !read_literal(&r, again, (unsigned)n))
		return false;
	memcpy(out, address, sizeof address);
	return true;
}

/* The parts of a shape; 1 << (part - PART_OCTET) each. */
static unsigned parts_of(const uint8_t *shape, uint8_t octets)
{
	unsigned parts = 0;

	for (unsigned i = 0; i < octets; i++)
		if (shape[i] >= PART_OCTET)
			parts |= 1U << (shape[i] - PART_OCTET);
	return parts; /* literals are ASCII, and so are no parts */
}

#define PARTS(part) (1U << ((part)-PART_OCTET))
#define FOUR_OCTETS 15U

bool shape_is_whole(const uint8_t *shape, uint8_t octets)
{
	unsigned parts = parts_of(shape, octets);

	return !(parts & PARTS(PART_HOST)) && ((parts & (PARTS(PART_GROUPS) | PARTS(PART_HEX))) ||
	                                              (parts & FOUR_OCTETS) == FOUR_OCTETS);
}

const uint8_t *shape_prefix(const uint8_t *shape, uint8_t *n)
{
	*n = *shape < PART_OCTET ? *shape : 0;
	return shape + 1;
}

void pattern_init(struct pattern *p, const uint8_t *shape, uint8_t octets, const struct addr *first,
        const struct addr *last)
{
	unsigned same = 0;

	*p = (struct pattern){
	        .shape = shape, .shape_octets = shape ? octets : 0, .addr_len = first->len};
	memcpy(p->first, first->octets, first->len);
	memcpy(p->last, last->octets, last->len);
	while (same < p->addr_len && p->first[same] == p->last[same])
		same++;
	p->host_bits = (uint8_t)(8U * (p->addr_len - same));
	if (same < p->addr_len)
		for (unsigned x = p->first[same] ^ p->last[same]; x < 0x80; x <<= 1)
			p->host_bits--;
}

enum pattern_fault pattern_check(const struct pattern *p)
{
	unsigned parts = parts_of(p->shape, p->shape_octets);

	if (parts <= FOUR_OCTETS) /* all others spell what varies */
		for (unsigned i = 0; i < 4; i++)
			if (!(parts & 1U << i) && !pattern_shares(p, 8 * i + 8))
				return PATTERN_INVERT;
	return pattern_widest(p) > LABEL_MAX_OCTETS ? PATTERN_LONG : PATTERN_FINE;
}

static unsigned width_of(const struct pattern *p, const uint8_t *address)
{
	uint8_t text[PART_WIDTH_MAX];
	size_t width = 0;

	for (unsigned i = 0; i < p->shape_octets; i++) {
		uint8_t part = p->shape[i];
		width += part < PART_OCTET ? part : put_part(text, p, part, address);
		i += part < PART_OCTET ? part : 0;
	}
	return (unsigned)width;
}

/* Any address but the last is below it first at some octet. Then one less there, and 255 after it,
 * is an address of the range, too, and nowhere narrower. (One less than 0 is 255, and above the
 * last.)
 */
unsigned pattern_widest(const struct pattern *p)
{
	unsigned widest = width_of(p, p->last);

	for (unsigned i = 0; p->addr_len == 4 && i < 4; i++) {
		uint8_t address[16] = {0};
		memcpy(address, p->last, i + 1);
		memset(address + i + 1, 255, 3 - i);
		address[i]--;
		if (!pattern_has(p, address))
			continue;
		unsigned width = width_of(p, address);
		widest = width > widest ? width : widest;
	}
	return widest;
}
