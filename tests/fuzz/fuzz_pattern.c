/* SPDX-License-Identifier: ISC */
/* tests/fuzz/fuzz_pattern.c - octets as a range, a shape of untrusted octets or in text, and a
 * label: what is sound can be written and read, and what has a label is found by it.
 *
 *     kind          1: IPv6; 2: the pattern is a shape; 4: a second range begins at the first's
 *                   end
 *     first, last   an address each
 *     n, pattern    one octet, and n octets
 *     label         the rest, up to 63 octets */
#include <string.h>

#include "tests/help/fuzz.h"
#include "tests/help/must.h"
#include "zone/pattern.h"

struct input {
	const uint8_t *octets;
	size_t left;
};

/* The next n octets; as many as there are, then zeros. */
static void take(struct input *in, uint8_t *out, size_t n)
{
	size_t has = n < in->left ? n : in->left;

	memset(out, 0, n);
	memcpy(out, in->octets, has);
	in->octets += has;
	in->left -= has;
}

static void check_text(const uint8_t *shape, uint8_t octets, uint8_t addr_len)
{
	char text[SHAPE_TEXT_MAX];
	uint8_t again[SHAPE_MAX], n;

	must(octets <= SHAPE_MAX && shape_is_sound(shape, octets, addr_len), "a shape is sound");
	size_t length = shape_to_text(text, shape, octets);
	must(length < sizeof text && length == strlen(text), "the length of the text");
	must(shape_from_text(again, &n, text, length, addr_len) == PATTERN_FINE,
	        "what is written can be read");
	must(n == octets && memcmp(again, shape, n) == 0, "and is it");
}

/* An address of the range has a label, by which it is found. */
static void check_address(const struct pattern *p, const uint8_t *address)
{
	uint8_t label[1 + LABEL_MAX_OCTETS], found[16];

	size_t n = pattern_format(label, p, address);
	must(n == 1U + label[0] && n >= 2 && label[0] <= pattern_widest(p), "a label's length");
	must(pattern_match(found, p, label), "a label of the range is one");
	must(memcmp(found, address, 16) == 0, "and leads to its address");
}

/* A label may be of no address, in memory of its exact size. */
static void check_label(const struct pattern *p, const uint8_t *octets, size_t n)
{
	uint8_t *label = malloc(n + 1), parsed[16], matched[16];

	must(label != NULL, "out of memory");
	label[0] = (uint8_t)n;
	memcpy(label + 1, octets, n);
	bool is_parsed = pattern_parse(parsed, p, label);
	if (pattern_match(matched, p, label)) {
		must(is_parsed && memcmp(parsed, matched, 16) == 0, "it is what it was read as");
		must(pattern_has(p, matched), "it is of the range");
		check_address(p, matched);
	}
	free(label);
}

/* The label of one range in another with the same shape. */
static void check_meeting(const struct pattern *a, const struct pattern *b)
{
	uint8_t label[1 + LABEL_MAX_OCTETS], found[16];
	bool may = pattern_may_meet(a, b);

	must(may == pattern_may_meet(b, a), "which is asked first does not matter");
	must(pattern_may_meet(a, a), "a pattern meets itself");
	pattern_format(label, a, a->last);
	must(may || !pattern_match(found, b, label), "what does not meet has no label in common");
}

static void check_range(const struct pattern *p, struct input *in, bool has_second)
{
	struct pattern second;
	struct addr first = {.len = p->addr_len}, last = {.len = p->addr_len};

	pattern_widest(p);
	pattern_may_meet(p, p);
	if (pattern_check(p) != PATTERN_FINE)
		return;
	check_address(p, p->first);
	check_address(p, p->last);
	if (has_second) {
		memcpy(first.octets, p->last, 16);
		take(in, last.octets, p->addr_len);
		pattern_init(&second, p->shape, p->shape_octets, &first, &last);
		if (addr_compare(&first, &last) <= 0 && pattern_check(&second) == PATTERN_FINE)
			check_meeting(p, &second);
	}
	check_label(p, in->octets, in->left < LABEL_MAX_OCTETS ? in->left : LABEL_MAX_OCTETS);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	struct input in = {octets, size};
	struct pattern p;
	uint8_t kind, n, shape[SHAPE_MAX], used = 0, pattern[255];

	take(&in, &kind, 1);
	struct addr first = {.len = kind & 1 ? 16 : 4}, last = first;
	take(&in, first.octets, first.len);
	take(&in, last.octets, last.len);
	take(&in, &n, 1);
	n = in.left < n ? (uint8_t)in.left : n;
	take(&in, pattern, n);
	if (addr_compare(&first, &last) > 0)
		return 0;
	if (kind & 2) {
		if (!shape_is_sound(pattern, n, first.len))
			return 0;
		memcpy(shape, pattern, n);
		used = n;
	} else if (shape_from_text(shape, &used, (const char *)pattern, n, first.len) !=
	           PATTERN_FINE) {
		return 0;
	}
	check_text(shape, used, first.len);
	uint8_t literals;
	const uint8_t *prefix = shape_prefix(shape, &literals);
	must(prefix + literals <= shape + used, "the prefix is of the shape");
	pattern_init(&p, shape, used, &first, &last);
	check_range(&p, &in, kind & 4);
	return 0;
}

FUZZ_MAIN("pattern", 200000)
