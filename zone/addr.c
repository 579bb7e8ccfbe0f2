/* SPDX-License-Identifier: ISC */
#include "zone/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const uint8_t in_addr_arpa[] = "\7in-addr\4arpa"; /* the string's NUL is the root label */
static const uint8_t ip6_arpa[] = "\3ip6\4arpa";
static const char hex_digits[] = "0123456789abcdef";

/* Four decimal octets; inet_pton would do, but its view of leading zeros differs by system. */
static enum err read_ipv4(struct addr *out, const char *text, size_t n)
{
	size_t i = 0;

	for (unsigned k = 0; k < 4; k++) {
		unsigned value = 0;
		size_t first;
		if (k && (i == n || text[i++] != '.'))
			return ERR_SYNTAX;
		for (first = i; i < n && i < first + 3 && text[i] >= '0' && text[i] <= '9'; i++)
			value = value * 10 + (unsigned)(text[i] - '0');
		if (i == first || value > 255 || (i > first + 1 && text[first] == '0'))
			return ERR_SYNTAX;
		out->octets[k] = (uint8_t)value;
	}
	out->len = 4;
	return i == n ? OK : ERR_SYNTAX;
}

enum err addr_from_text(struct addr *out, const char *text, size_t n)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	struct addr a = {0};
	char copy[INET6_ADDRSTRLEN];

	if (n == 0 || n >= sizeof copy || memchr(text, 0, n))
		return ERR_SYNTAX;
	if (!memchr(text, ':', n)) {
		enum err e = read_ipv4(&a, text, n);
		if (e != OK)
			return e;
	} else {
		memcpy(copy, text, n);
		copy[n] = 0;
		if (inet_pton(AF_INET6, copy, a.octets) != 1)
			return ERR_SYNTAX;
		if (memcmp(a.octets, mapped, sizeof mapped) == 0)
			return ERR_RANGE;
		a.len = 16;
	}
	*out = a;
	return OK;
}

size_t addr_to_text(char out[ADDR_TEXT_MAX], const struct addr *a)
{
	const uint8_t *o = a->octets;

	if (a->len == 4)
		return (size_t)snprintf(out, ADDR_TEXT_MAX, "%u.%u.%u.%u", o[0], o[1], o[2], o[3]);
	unsigned best = 8,
	         best_run = 1; /* RFC 5952 4.2: the longest run of two or more, the first */
	uint16_t group[8];
	for (unsigned i = 0; i < 8; i++)
		group[i] = (uint16_t)(o[2 * i] << 8 | o[2 * i + 1]);
	for (unsigned i = 0; i < 8; i++) {
		unsigned run = 0;
		while (i + run < 8 && group[i + run] == 0)
			run++;
		if (run > best_run) {
			best = i;
			best_run = run;
		}
	}
	size_t at = 0;
	for (unsigned i = 0; i < 8; i++) {
		if (i == best) {
			at += (size_t)snprintf(out + at, ADDR_TEXT_MAX - at, "::");
			i += best_run - 1;
			continue;
		}
		bool colon = i && i != best + best_run;
		at += (size_t)snprintf(
		        out + at, ADDR_TEXT_MAX - at, colon ? ":%x" : "%x", group[i]);
	}
	return at;
}

int addr_compare(const struct addr *a, const struct addr *b)
{
	if (a->len != b->len)
		return a->len - b->len;
	return memcmp(a->octets, b->octets, a->len);
}

/* Clear the bits of *a beyond the first `bits`; true when there were any. */
static bool clear_host_bits(struct addr *a, unsigned bits)
{
	bool any = false;

	for (unsigned i = 0; i < a->len; i++) {
		unsigned keep = bits > 8 * i ? bits - 8 * i : 0;
		uint8_t mask = (uint8_t)(keep >= 8 ? 0xffU : 0xff00U >> keep);
		any |= (a->octets[i] & (uint8_t)~mask) != 0;
		a->octets[i] = a->octets[i] & mask;
	}
	return any;
}

enum err prefix_from_text(struct prefix *out, const char *text, size_t n, struct prefix *nearest)
{
	struct prefix p = {0};
	const char *slash = memchr(text, '/', n);
	unsigned bits = 0;

	if (nearest)
		nearest->addr.len = 0;
	if (!slash)
		return ERR_SYNTAX;
	const char *digit = slash + 1, *end = text + n;
	if (digit == end || end - digit > 3 || (*digit == '0' && end - digit > 1))
		return ERR_SYNTAX;
	for (; digit < end; digit++) {
		if (*digit < '0' || *digit > '9')
			return ERR_SYNTAX;
		bits = bits * 10 + (unsigned)(*digit - '0');
	}
	enum err e = addr_from_text(&p.addr, text, (size_t)(slash - text));
	if (e != OK)
		return e;
	if (bits > 8U * p.addr.len)
		return ERR_SYNTAX;
	p.bits = (uint8_t)bits;
	if (clear_host_bits(&p.addr, bits)) {
		if (nearest)
			*nearest = p;
		return ERR_RANGE;
	}
	*out = p;
	return OK;
}

size_t prefix_to_text(char out[PREFIX_TEXT_MAX], const struct prefix *p)
{
	size_t n = addr_to_text(out, &p->addr);

	return n + (size_t)snprintf(out + n, PREFIX_TEXT_MAX - n, "/%u", p->bits);
}

static bool same_bits(const struct addr *a, const struct addr *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (a->len != b->len || memcmp(a->octets, b->octets, whole) != 0)
		return false;
	return !rest || ((a->octets[whole] ^ b->octets[whole]) & (uint8_t)(0xff00U >> rest)) == 0;
}

bool prefix_has_addr(const struct prefix *p, const struct addr *a)
{
	return same_bits(&p->addr, a, p->bits);
}

bool prefix_has_prefix(const struct prefix *p, const struct prefix *inner)
{
	return p->bits <= inner->bits && same_bits(&p->addr, &inner->addr, p->bits);
}

void prefix_last_octets(uint8_t out[16], const struct prefix *p)
{
	struct addr last;

	prefix_last(&last, p);
	memcpy(out, last.octets, sizeof last.octets);
}

bool octets_step(uint8_t octets[16], unsigned len)
{
	for (unsigned i = len; i-- > 0;)
		if (++octets[i])
			return true;
	return false;
}

bool octets_step_back(uint8_t octets[16], unsigned len)
{
	for (unsigned i = len; i-- > 0;)
		if (octets[i]-- != 0)
			return true;
	return false;
}

void octets_subtract(uint8_t out[16], const uint8_t *a, const uint8_t *b)
{
	int borrow = 0;

	for (unsigned i = 16; i-- > 0;) {
		int value = a[i] - b[i] - borrow;
		borrow = value < 0;
		out[i] = (uint8_t)value;
	}
}

void prefix_last(struct addr *out, const struct prefix *p)
{
	*out = p->addr;
	for (unsigned i = p->bits / 8, bit = p->bits % 8; i < out->len; i++, bit = 0)
		out->octets[i] |= (uint8_t)(0xffU >> bit);
}

unsigned addr_shared_bits(const struct addr *a, const struct addr *b)
{
	unsigned bits = 0;

	while (bits < 8U * a->len && a->octets[bits / 8] == b->octets[bits / 8])
		bits += 8;
	if (bits < 8U * a->len)
		for (unsigned x = a->octets[bits / 8] ^ b->octets[bits / 8]; x < 0x80; x <<= 1)
			bits++;
	return bits;
}

bool prefix_from_ends(struct prefix *out, const struct addr *first, const struct addr *last)
{
	struct prefix p = {.addr = *first, .bits = (uint8_t)addr_shared_bits(first, last)};
	struct addr end;

	for (unsigned i = p.bits; i < 8U * first->len; i++)
		if (first->octets[i / 8] & 0x80 >> i % 8)
			return false;
	prefix_last(&end, &p);
	if (addr_compare(&end, last) != 0)
		return false;
	*out = p;
	return true;
}

size_t addr_range_to_text(
        char out[ADDR_RANGE_TEXT_MAX], const struct addr *first, const struct addr *last)
{
	struct prefix p;

	if (prefix_from_ends(&p, first, last))
		return prefix_to_text(out, &p);
	size_t n = addr_to_text(out, first);
	out[n] = '-';
	return n + 1 + addr_to_text(out + n + 1, last);
}

int prefix_compare(const struct prefix *a, const struct prefix *b)
{
	int difference = addr_compare(&a->addr, &b->addr);

	return difference ? difference : a->bits - b->bits;
}

static size_t put_decimal(uint8_t *out, uint8_t value)
{
	size_t n = value < 10 ? 1 : value < 100 ? 2 : 3;

	out[0] = (uint8_t)n;
	for (size_t i = n; i; i--, value /= 10)
		out[i] = (uint8_t)('0' + value % 10);
	return n + 1;
}

size_t name_addr_labels(uint8_t out[64], const uint8_t *octets, unsigned len, unsigned skip)
{
	size_t at = 0;

	if (len == 4) {
		for (unsigned i = 4; i > skip / 8; i--)
			at += put_decimal(out + at, octets[i - 1]);
		return at;
	}
	for (unsigned i = 32; i > skip / 4; i--) {
		uint8_t octet = octets[(i - 1) / 2];
		out[at++] = 1;
		out[at++] = (uint8_t)hex_digits[i % 2 ? octet >> 4 : octet & 15];
	}
	return at;
}

enum err name_from_addr(struct name *out, const struct addr *a, unsigned bits)
{
	uint8_t labels[64];
	unsigned step = a->len == 4 ? 8 : 4;

	if (bits % step || bits > 8U * a->len)
		return ERR_RANGE;
	size_t n = name_addr_labels(labels, a->octets, a->len, 0);
	/* the labels come from the last; drop those beyond `bits` */
	size_t first = 0;
	for (unsigned drop = (8U * a->len - bits) / step; drop; drop--)
		first += 1 + (size_t)labels[first];
	return name_join(out, labels + first, n - first, a->len == 4 ? in_addr_arpa : ip6_arpa);
}

static enum err octet_from_label(uint8_t *out, const uint8_t *label)
{
	unsigned value = 0;

	if (*label < 1 || *label > 3 || (*label > 1 && label[1] == '0'))
		return ERR_SYNTAX;
	for (unsigned i = 1; i <= *label; i++) {
		if (label[i] < '0' || label[i] > '9')
			return ERR_SYNTAX;
		value = value * 10 + (unsigned)(label[i] - '0');
	}
	if (value > 255)
		return ERR_SYNTAX;
	*out = (uint8_t)value;
	return OK;
}

static enum err nibble_from_label(uint8_t *out, const uint8_t *label)
{
	uint8_t c = octet_lower(label[1]);

	if (*label != 1)
		return ERR_SYNTAX;
	if (c >= '0' && c <= '9')
		*out = (uint8_t)(c - '0');
	else if (c >= 'a' && c <= 'f')
		*out = (uint8_t)(c - 'a' + 10);
	else
		return ERR_SYNTAX;
	return OK;
}

bool prefix_take_label(struct prefix *p, const uint8_t *label)
{
	bool is_ipv4 = p->addr.len == 4;
	uint8_t value = 0;

	if (p->bits >= 8 * p->addr.len || (is_ipv4 ? octet_from_label(&value, label)
	                                           : nibble_from_label(&value, label)) != OK)
		return false;
	p->addr.octets[p->bits / 8] |= (uint8_t)(is_ipv4 || p->bits % 8 ? value : value << 4);
	p->bits = (uint8_t)(p->bits + (is_ipv4 ? 8 : 4));
	return true;
}

enum err prefix_from_name(struct prefix *out, const uint8_t *wire)
{
	struct prefix p = {0};
	uint8_t at[NAME_MAX_LABELS + 1];
	unsigned count = name_find_labels(at, wire);

	if (name_is_within(wire, in_addr_arpa, NULL))
		p.addr.len = 4;
	else if (name_is_within(wire, ip6_arpa, NULL))
		p.addr.len = 16;
	else
		return ERR_SYNTAX;
	for (unsigned i = count - 2; i-- > 0;)
		if (!prefix_take_label(&p, wire + at[i]))
			return ERR_SYNTAX;
	*out = p;
	return OK;
}
