/* SPDX-License-Identifier: ISC */
/* zone/pattern_meet.c - whether a label can fit two patterns of zone/pattern.h.
 *
 *     h-{d}  of 192.0.2.0/24     h - 0-9 (0-9) (0-9)
 *     h-{c}  of 192.0.2.0/24     h - 2
 *
 * Each pattern becomes places of one character: those that may stand there, and whether the place
 * may be left out. All labels of the range fit them, and some others. Then the two are walked side
 * by side. */
#include <string.h>

#include "zone/pattern.h"

/* A label has 63 at the widest, where octets have a digit at least; each of them may have two
 * more. */
#define PLACES_MAX (LABEL_MAX_OCTETS + 2 * SHAPE_PARTS_MAX)

#define DIGITS 0x3ffULL /* a set of characters, see set_of() */
#define HEX    0xffffULL

struct places {
	unsigned count;
	bool is_full; /* it was no pattern that pattern_check() finds fine */
	bool is_optional[PLACES_MAX];
	uint64_t set[PLACES_MAX];
};

/* 0-9 a-z - are the bits from the lowest. */
static uint64_t set_of(uint8_t c)
{
	if (c == '-')
		return 1ULL << 36;
	return 1ULL << (c <= '9' ? c - '0' : c - 'a' + 10);
}

static void add_place(struct places *to, uint64_t set, bool is_optional)
{
	if (to->count == PLACES_MAX) {
		to->is_full = true;
		return;
	}
	to->is_optional[to->count] = is_optional;
	to->set[to->count++] = set;
}

static void add_text(struct places *to, const uint8_t *text, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		add_place(to, set_of(text[i]), false);
}

static void add_decimal(struct places *to, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		add_place(to, DIGITS, i > 0);
}

static void add_octet(struct places *to, const struct pattern *p, unsigned k, const uint8_t *last)
{
	if (pattern_shares(p, 8 * k + 8))
		add_text(to, last + 1, *last);
	else
		add_decimal(to, pattern_shares(p, 8 * k) ? *last : 3);
}

/* All digits of the address, dashes as in `last`. */
static void add_address(struct places *to, const struct pattern *p, const uint8_t *last)
{
	unsigned bits = 0;

	for (unsigned i = 1; i <= *last; i++) {
		bits += last[i] == '-' ? 0 : 4;
		if (last[i] == '-' || pattern_shares(p, bits))
			add_text(to, last + i, 1);
		else
			add_place(to, HEX, false);
	}
}

static void add_part(struct places *to, const struct pattern *p, uint8_t part)
{
	struct pattern alone = *p;
	uint8_t last[1 + LABEL_MAX_OCTETS]; /* as it stands in the label of the last address */

	alone.shape = &part;
	alone.shape_octets = 1;
	pattern_format(last, &alone, p->last);
	switch (part) {
	case PART_GROUPS:
	case PART_HEX:
		add_address(to, p, last);
		break;
	case PART_HOST:
		for (unsigned i = 0; i < *last; i++)
			add_place(to, HEX, false);
		break;
	case PART_INDEX:
		add_decimal(to, *last);
		break;
	default:
		add_octet(to, p, part - PART_OCTET, last);
		break;
	}
}

static void find_places(struct places *to, const struct pattern *p)
{
	to->count = 0;
	to->is_full = false;
	for (unsigned i = 0; i < p->shape_octets; i++) {
		uint8_t part = p->shape[i];
		if (part >= PART_OCTET) {
			add_part(to, p, part);
			continue;
		}
		add_text(to, p->shape + i + 1, part);
		i += part;
	}
}

bool pattern_may_meet(const struct pattern *a, const struct pattern *b)
{
	struct places pa, pb;
	/* can[j]: some text is the places of a before i and those of b before j */
	bool can[PLACES_MAX + 1] = {true}, next[PLACES_MAX + 1];

	if (!a->shape || !b->shape)
		return false;
	find_places(&pa, a);
	find_places(&pb, b);
	if (pa.is_full || pb.is_full)
		return true;
	for (unsigned i = 0; i <= pa.count; i++) {
		memset(next, 0, sizeof next);
		for (unsigned j = 0; j <= pb.count; j++) {
			if (!can[j])
				continue;
			if (j < pb.count && pb.is_optional[j])
				can[j + 1] = true;
			if (i < pa.count && pa.is_optional[i])
				next[j] = true;
			if (i < pa.count && j < pb.count && (pa.set[i] & pb.set[j]))
				next[j + 1] = true;
		}
		if (i < pa.count)
			memcpy(can, next, sizeof can);
	}
	return can[pb.count];
}
