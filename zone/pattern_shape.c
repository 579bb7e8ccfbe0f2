/* SPDX-License-Identifier: ISC */
/* zone/pattern_shape.c - shapes of zone/pattern.h as text, and whether octets are one. */
#include <string.h>

#include "zone/pattern.h"

/* {ip} of IPv4 is {a}-{b}-{c}-{d}. */
static const uint8_t four_octets[] = {
        PART_OCTET, 1, '-', PART_OCTET + 1, 1, '-', PART_OCTET + 2, 1, '-', PART_OCTET + 3};

static const struct {
	const char *name;
	uint8_t part;
} names[] = {
        {"ip", PART_GROUPS},
        {"hex", PART_HEX},
        {"host", PART_HOST},
        {"n", PART_INDEX},
        {"a", PART_OCTET},
        {"b", PART_OCTET + 1},
        {"c", PART_OCTET + 2},
        {"d", PART_OCTET + 3},
};

#define NAMES (sizeof names / sizeof names[0])

_Static_assert(LABEL_MAX_OCTETS + (SHAPE_PARTS_MAX + 1) + SHAPE_PARTS_MAX <= SHAPE_MAX,
        "literals, their lengths and the parts have room");
_Static_assert(
        LABEL_MAX_OCTETS + SHAPE_PARTS_MAX * sizeof "{host}" - SHAPE_PARTS_MAX < SHAPE_TEXT_MAX,
        "and so has their text");

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_decimal(uint8_t part)
{
	return (part >= PART_OCTET && part < PART_GROUPS) || part == PART_INDEX;
}

/* A shape as it grows, from left to right. */
struct writer {
	uint8_t octets[SHAPE_MAX];
	unsigned used, literals, parts;
	unsigned run; /* offset of the length of the run of literals at the end; meaningful if
	               * `last` is a literal */
	uint8_t last; /* the literal or part at the end; 0: nothing yet */
};

/* What is read one after the other: placeholders are parts, all else is literals. */
static enum pattern_fault add_literal(struct writer *w, uint8_t c)
{
	if (c != '-' && !is_digit(c) && !(c >= 'a' && c <= 'z'))
		return PATTERN_CHARACTER;
	if (is_digit(c) && is_decimal(w->last))
		return PATTERN_TOUCH;
	if (w->literals == LABEL_MAX_OCTETS)
		return PATTERN_LONG;
	if (w->last == 0 || w->last >= PART_OCTET) {
		w->run = w->used++;
		w->octets[w->run] = 0;
	}
	w->octets[w->run]++;
	w->octets[w->used++] = w->last = c;
	w->literals++;
	return PATTERN_FINE;
}

static enum pattern_fault add_part(struct writer *w, uint8_t part)
{
	bool is_after_part = w->last >= PART_OCTET;

	if (is_decimal(part) ? is_after_part || is_digit(w->last) : is_decimal(w->last))
		return PATTERN_TOUCH;
	if (w->parts == SHAPE_PARTS_MAX)
		return PATTERN_LONG;
	w->octets[w->used++] = w->last = part;
	w->parts++;
	return PATTERN_FINE;
}

static enum pattern_fault add_four_octets(struct writer *w)
{
	enum pattern_fault fault = PATTERN_FINE;

	for (unsigned i = 0; i < 4 && fault == PATTERN_FINE; i++) {
		if (i)
			fault = add_literal(w, '-');
		if (fault == PATTERN_FINE)
			fault = add_part(w, (uint8_t)(PART_OCTET + i));
	}
	return fault;
}

static enum pattern_fault finish(const struct writer *w)
{
	if (w->parts == 0)
		return PATTERN_NO_PLACEHOLDER;
	if (w->last == '-' || (w->octets[0] < PART_OCTET && w->octets[1] == '-'))
		return PATTERN_HYPHEN;
	return PATTERN_FINE;
}

/* The name between the braces. */
static enum pattern_fault add_placeholder(
        struct writer *w, const char *name, size_t n, uint8_t addr_len)
{
	for (unsigned i = 0; i < NAMES; i++) {
		size_t k = 0;
		while (k < n && names[i].name[k] &&
		        octet_lower((uint8_t)name[k]) == names[i].name[k])
			k++;
		if (k < n || names[i].name[k])
			continue;
		uint8_t part = names[i].part;
		if (addr_len == 16 && part < PART_GROUPS)
			return PATTERN_FAMILY;
		if (addr_len == 4 && part == PART_GROUPS)
			return add_four_octets(w);
		return add_part(w, part);
	}
	return PATTERN_UNKNOWN;
}

enum pattern_fault shape_from_text(
        uint8_t *shape, uint8_t *octets, const char *text, size_t n, uint8_t addr_len)
{
	struct writer w = {.used = 0};
	enum pattern_fault fault = PATTERN_FINE;

	for (size_t i = 0; i < n && fault == PATTERN_FINE;) {
		uint8_t c = (uint8_t)text[i++];
		size_t begin = i;
		if (c != '{') {
			fault = c >= 0x80  ? PATTERN_IDN
			        : c == '}' ? PATTERN_BRACE
			                   : add_literal(&w, octet_lower(c));
			continue;
		}
		while (i < n && text[i] != '{' && text[i] != '}')
			i++;
		if (i == n || text[i] == '{')
			return PATTERN_BRACE;
		fault = add_placeholder(&w, text + begin, i - begin, addr_len);
		i++;
	}
	if (fault == PATTERN_FINE)
		fault = finish(&w);
	if (fault != PATTERN_FINE)
		return fault;
	memcpy(shape, w.octets, w.used);
	*octets = (uint8_t)w.used;
	return PATTERN_FINE;
}

static size_t put_placeholder(char *out, uint8_t part)
{
	size_t n = 0;

	out[n++] = '{';
	for (unsigned i = 0; i < NAMES; i++)
		for (const char *c = names[i].name; names[i].part == part && *c; c++)
			out[n++] = *c;
	out[n++] = '}';
	return n;
}

size_t shape_to_text(char out[SHAPE_TEXT_MAX], const uint8_t *shape, uint8_t octets)
{
	size_t n = 0;

	for (unsigned i = 0; i < octets;) {
		uint8_t part = shape[i];
		if (part < PART_OCTET) {
			memcpy(out + n, shape + i + 1, part);
			n += part;
			i += 1U + part;
		} else if (octets - i >= sizeof four_octets &&
		           memcmp(shape + i, four_octets, sizeof four_octets) == 0) {
			n += put_placeholder(out + n, PART_GROUPS);
			i += (unsigned)sizeof four_octets;
		} else {
			n += put_placeholder(out + n, part);
			i++;
		}
	}
	out[n] = 0;
	return n;
}

/* Octets are a shape when writing what they say gives the same octets. */
bool shape_is_sound(const uint8_t *octets, size_t n, uint8_t addr_len)
{
	struct writer w = {.used = 0};
	enum pattern_fault fault = PATTERN_FINE;

	if (n > SHAPE_MAX)
		return false;
	for (size_t i = 0; i < n && fault == PATTERN_FINE; i++) {
		uint8_t part = octets[i];
		if (part >= PART_OCTET) {
			bool is_of_family =
			        addr_len == 4 ? part != PART_GROUPS : part >= PART_GROUPS;
			if (part > PART_INDEX || !is_of_family)
				return false;
			fault = add_part(&w, part);
			continue;
		}
		if (part == 0 || part > LABEL_MAX_OCTETS || part >= n - i)
			return false;
		for (; part && fault == PATTERN_FINE; part--)
			fault = add_literal(&w, octets[++i]);
	}
	return fault == PATTERN_FINE && finish(&w) == PATTERN_FINE && w.used == n &&
	       memcmp(w.octets, octets, n) == 0;
}
