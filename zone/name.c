/* SPDX-License-Identifier: ISC */
#include "zone/name.h"

#include <string.h>

/* One octet of presentation form at text[*i]; `literal` says it was escaped. */
static enum err read_octet(const char *text, size_t n, size_t *i, uint8_t *octet, bool *literal)
{
	*literal = text[*i] == '\\';
	if (!*literal) {
		*octet = (uint8_t)text[(*i)++];
		return OK;
	}
	if (*i + 1 >= n)
		return ERR_SYNTAX;
	const char *p = text + *i + 1;
	if (*p < '0' || *p > '9') {
		*octet = (uint8_t)*p;
		*i += 2;
		return OK;
	}
	if (*i + 3 >= n)
		return ERR_SYNTAX;
	unsigned value = 0;
	for (int k = 0; k < 3; k++) {
		if (p[k] < '0' || p[k] > '9')
			return ERR_SYNTAX;
		value = value * 10 + (unsigned)(p[k] - '0');
	}
	if (value > 255)
		return ERR_SYNTAX;
	*octet = (uint8_t)value;
	*i += 4;
	return OK;
}

enum err name_from_text(struct name *out, const char *text, size_t n)
{
	struct name name;
	size_t label = 0, end = 1; /* offsets of the length octet and of the next octet */

	if (n == 0)
		return ERR_SYNTAX;
	if (n == 1 && text[0] == '.') {
		out->len = 1;
		out->wire[0] = 0;
		return OK;
	}
	for (size_t i = 0; i < n;) {
		uint8_t octet;
		bool literal;
		enum err e = read_octet(text, n, &i, &octet, &literal);
		if (e != OK)
			return e;
		if (octet == '.' && !literal) {
			if (end == label + 1)
				return ERR_SYNTAX;
			name.wire[label] = (uint8_t)(end - label - 1);
			label = end++;
			if (end > NAME_MAX_OCTETS)
				return ERR_LONG;
			continue;
		}
		/* room for this octet and for the root label */
		if (end - label - 1 == LABEL_MAX_OCTETS || end + 1 >= NAME_MAX_OCTETS)
			return ERR_LONG;
		name.wire[end++] = octet;
	}
	if (end > label + 1) {
		name.wire[label] = (uint8_t)(end - label - 1);
		label = end;
	}
	name.wire[label] = 0;
	out->len = (uint8_t)(label + 1);
	memcpy(out->wire, name.wire, out->len);
	return OK;
}

/* The small letter, digit or hyphen that an octet of a host name is; 0: none. */
#define IS_AMONG(c, low, high) ((c) >= (low) && (c) <= (high))
#define HOST(c)                                                                                    \
	(uint8_t)(IS_AMONG(c, 'A', 'Z')   ? (c) + 32                                               \
	          : IS_AMONG(c, 'a', 'z') ? (c)                                                    \
	          : IS_AMONG(c, '0', '9') ? (c)                                                    \
	          : (c) == '-'            ? (c)                                                    \
	                                  : 0)
#define FOUR(c)    HOST(c), HOST((c) + 1), HOST((c) + 2), HOST((c) + 3)
#define SIXTEEN(c) FOUR(c), FOUR((c) + 4), FOUR((c) + 8), FOUR((c) + 12)
#define ROWS(c)    SIXTEEN(c), SIXTEEN((c) + 16), SIXTEEN((c) + 32), SIXTEEN((c) + 48)

static const uint8_t host_octets[256] = {ROWS(0), ROWS(64), ROWS(128), ROWS(192)};

/* Set the length of a label wire[label + 1 .. end); false when it is no host's. */
static bool end_host_label(uint8_t *wire, size_t label, size_t end)
{
	size_t n = end - label - 1;

	if (n == 0 || n > LABEL_MAX_OCTETS || wire[label + 1] == '-' || wire[end - 1] == '-')
		return false;
	wire[label] = (uint8_t)n;
	return true;
}

static bool is_number(const uint8_t *label)
{
	for (unsigned i = 1; i <= *label; i++)
		if (label[i] > '9' || label[i] < '0')
			return false;
	return true;
}

bool name_from_host_text(struct name *out, const char *text, size_t n)
{
	size_t label = 0, end = 1;

	n -= n && text[n - 1] == '.';
	if (n + 2 > NAME_MAX_OCTETS) /* as many octets, the first length and the root */
		return false;
	for (size_t i = 0; i < n; i++) {
		uint8_t octet = host_octets[(uint8_t)text[i]];
		out->wire[end++] = octet;
		if (octet)
			continue;
		if (text[i] != '.' || !end_host_label(out->wire, label, end - 1))
			return false;
		label = end - 1;
	}
	if (!end_host_label(out->wire, label, end) || is_number(out->wire + label))
		return false;
	out->wire[end] = 0;
	out->len = (uint8_t)(end + 1);
	return true;
}

static bool is_plain(uint8_t c)
{
	return (uint8_t)(c - '0') < 10 || (uint8_t)((c | 0x20) - 'a') < 26 || c == '-' ||
	       c == '_' || c == '/' || c == '*';
}

size_t name_to_text(char out[NAME_TEXT_MAX], const uint8_t *wire)
{
	char *p = out;

	if (*wire == 0)
		*p++ = '.';
	for (; *wire; wire += 1 + *wire) {
		for (unsigned i = 1; i <= *wire; i++) {
			uint8_t c = wire[i];
			if (is_plain(c)) {
				*p++ = (char)c;
			} else if (c > ' ' && c < 0x7f) {
				*p++ = '\\';
				*p++ = (char)c;
			} else {
				*p++ = '\\';
				*p++ = (char)('0' + c / 100);
				*p++ = (char)('0' + c / 10 % 10);
				*p++ = (char)('0' + c % 10);
			}
		}
		*p++ = '.';
	}
	*p = 0;
	return (size_t)(p - out);
}

enum err name_from_wire(struct name *out, const uint8_t *wire, size_t n)
{
	size_t i = 0;

	while (i < n && wire[i]) {
		if (wire[i] > LABEL_MAX_OCTETS)
			return ERR_SYNTAX;
		i += 1 + (size_t)wire[i];
		if (i >= NAME_MAX_OCTETS)
			return ERR_LONG;
	}
	if (i >= n)
		return ERR_SYNTAX;
	out->len = (uint8_t)(i + 1);
	memcpy(out->wire, wire, i + 1);
	return OK;
}

void name_copy(struct name *out, const uint8_t *wire)
{
	out->len = (uint8_t)name_length(wire);
	memcpy(out->wire, wire, out->len);
}

size_t name_length(const uint8_t *wire)
{
	size_t i = 0;

	while (wire[i])
		i += 1 + (size_t)wire[i];
	return i + 1;
}

unsigned name_count_labels(const uint8_t *wire)
{
	unsigned count = 0;

	for (; *wire; wire += 1 + *wire)
		count++;
	return count;
}

unsigned name_find_labels(uint8_t offsets[NAME_MAX_LABELS + 1], const uint8_t *wire)
{
	unsigned count = 0, i = 0;

	for (; wire[i]; i += 1U + wire[i])
		offsets[count++] = (uint8_t)i;
	offsets[count] = (uint8_t)i;
	return count;
}

void name_lower(struct name *n)
{
	/* length octets are at most 63 and so never look like a capital letter ('A' is 65) */
	for (unsigned i = 0; i < n->len; i++)
		n->wire[i] = octet_lower(n->wire[i]);
}

static uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* Eight octets in small letters. Each sum has bit 7 of an octet set from 'A' on, or behind 'Z'. */
static uint64_t lower_eight(uint64_t v)
{
	uint64_t low = v & 0x7f7f7f7f7f7f7f7fU;
	uint64_t from_a = low + 0x3f3f3f3f3f3f3f3fU, behind_z = low + 0x2525252525252525U;

	return v | (from_a & ~behind_z & ~v & 0x8080808080808080U) >> 2;
}

static bool equal_eight(const uint8_t *a, const uint8_t *b)
{
	uint64_t x = load64(a), y = load64(b);

	return x == y || lower_eight(x) == lower_eight(y);
}

bool name_octets_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
	if (n < 8) {
		for (size_t i = 0; i < n; i++)
			if (octet_lower(a[i]) != octet_lower(b[i]))
				return false;
		return true;
	}
	for (size_t i = 0; i < n - 8; i += 8)
		if (!equal_eight(a + i, b + i))
			return false;
	return equal_eight(a + n - 8, b + n - 8);
}

bool name_equal(const uint8_t *a, const uint8_t *b)
{
	size_t n = name_length(a);

	return n == name_length(b) && name_octets_equal(a, b, n);
}

static int compare_label(const uint8_t *a, const uint8_t *b)
{
	unsigned shorter = *a < *b ? *a : *b;

	for (unsigned i = 1; i <= shorter; i++) {
		int difference = octet_lower(a[i]) - octet_lower(b[i]);
		if (difference)
			return difference;
	}
	return *a - *b;
}

int name_compare(const uint8_t *a, const uint8_t *b)
{
	uint8_t at_a[NAME_MAX_LABELS + 1], at_b[NAME_MAX_LABELS + 1];
	unsigned left_a = name_find_labels(at_a, a), left_b = name_find_labels(at_b, b);

	while (left_a && left_b) {
		int difference = compare_label(a + at_a[--left_a], b + at_b[--left_b]);
		if (difference)
			return difference;
	}
	return (int)left_a - (int)left_b;
}

bool name_is_within(const uint8_t *wire, const uint8_t *ancestor, size_t *at)
{
	size_t n = name_length(wire), m = name_length(ancestor), i = 0;

	if (m > n)
		return false;
	while (i < n - m)
		i += 1 + (size_t)wire[i];
	if (i != n - m || !name_octets_equal(wire + i, ancestor, m))
		return false;
	if (at)
		*at = i;
	return true;
}

enum err name_join(struct name *out, const uint8_t *prefix, size_t n, const uint8_t *suffix)
{
	size_t m = name_length(suffix);

	if (n + m > NAME_MAX_OCTETS)
		return ERR_LONG;
	memmove(out->wire + n, suffix, m);
	memcpy(out->wire, prefix, n);
	out->len = (uint8_t)(n + m);
	return OK;
}

bool name_is_host(const uint8_t *wire)
{
	bool is_number = true; /* the label before, so the last one in the end */

	for (; *wire; wire += 1 + *wire) {
		is_number = true;
		if (wire[1] == '-' || wire[*wire] == '-')
			return false;
		for (unsigned i = 1; i <= *wire; i++) {
			if (!is_plain(wire[i]) || wire[i] == '_' || wire[i] == '/' ||
			        wire[i] == '*')
				return false;
			is_number &= wire[i] >= '0' && wire[i] <= '9';
		}
	}
	return !is_number;
}
