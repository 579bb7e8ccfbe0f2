/* SPDX-License-Identifier: ISC */
/* tests/unit/test_fragment_damage.c - what is wrong with ranges and delegations in a fragment is
 * found, and what differs in them. */
#include <xxhash.h>

#include "tests/unit/unit.h"
#include "zone/fragment.h"

/* One range and one delegation that have all there is. */
static void make_small(struct plan_source *s)
{
	static const uint8_t *const names[] = {(const uint8_t *)"\2n1\1a", (const uint8_t *)"\1b"};
	static const uint8_t *ns[2];
	static const struct plan_ds ds[] = {{(const uint8_t *)"\1\2\10\2abc", 7}};
	static struct plan_glue glue[2];
	static uint8_t shape[SHAPE_MAX];
	struct addr first = {4, {192, 0, 2, 64}}, last = {4, {192, 0, 2, 95}};
	uint8_t octets;

	memset(s, 0, sizeof *s);
	arena_init(&s->arena);
	assert_int_equal(shape_from_text(shape, &octets, "h{n}", 4, 4), PATTERN_FINE);
	s->ranges = arena_alloc(&s->arena, 2 * sizeof *s->ranges);
	s->delegations = arena_alloc(&s->arena, 2 * sizeof *s->delegations);
	s->ranges[0] = (struct plan_range){.owner = names[1], .ttl_s = 60, .line = 3, .column = 4};
	pattern_init(&s->ranges[0].pattern, shape, octets, &first, &last);
	s->ranges[1] = (struct plan_range){.ttl_s = 60, .line = 5, .column = 6};
	first.octets[3] = 92;
	pattern_init(&s->ranges[1].pattern, NULL, 0, &first, &last);
	s->range_count = 2;
	ns[0] = names[0];
	ns[1] = names[1];
	glue[0] = (struct plan_glue){names[0], {4, {192, 0, 2, 129}}};
	glue[1] = (struct plan_glue){names[0], {16, {0x20, 1, 0xd, 0xb8, [15] = 1}}};
	s->delegations[0] = (struct plan_delegation){.first = {4, {192, 0, 2, 128}},
	        .last = {4, {192, 0, 2, 255}},
	        .target = (const uint8_t *)"\1c",
	        .ns = ns,
	        .ds = ds,
	        .glue = glue,
	        .ns_count = 2,
	        .ds_count = 1,
	        .glue_count = 2,
	        .ttl_s = 60,
	        .line = 7};
	s->delegations[1] = (struct plan_delegation){.first = {4, {192, 0, 3, 0}},
	        .last = {4, {192, 0, 3, 255}},
	        .ns = ns,
	        .ns_count = 1,
	        .ttl_s = 60,
	        .line = 8};
	s->delegation_count = 2;
}

static void mend(uint8_t *octets, size_t size)
{
	size_t at = offsetof(struct fragment_header, checksum);
	uint64_t checksum = XXH3_64bits(octets + at + 8, size - at - 8);

	memcpy(octets + at, &checksum, sizeof checksum);
}

/* What is not refused is as sound as what is written here. */
static bool is_sound_if_open(const uint8_t *octets, size_t size)
{
	struct plan_source back = {0};
	struct fragment f;
	uint8_t *again;
	size_t again_size;

	if (fragment_open(&f, "a", octets, size) != OK)
		return true;
	arena_init(&back.arena);
	assert_int_equal(fragment_take(&f, &back), OK);
	assert_int_equal(fragment_write(&again, &again_size, "a", &back), OK);
	bool is_sound = size == again_size && memcmp(again, octets, size) == 0 &&
	                fragment_same_layers(&f, &back);
	free(again);
	arena_free(&back.arena);
	return is_sound;
}

static void every_damage_is_found(void **state)
{
	struct plan_source s;
	struct fragment f;
	uint8_t *octets;
	size_t size;
	(void)state;

	make_small(&s);
	assert_int_equal(fragment_write(&octets, &size, "a", &s), OK);
	assert_int_equal(fragment_open(&f, "a", octets, size), OK);
	for (size_t i = 0; i < size; i++) {
		uint8_t before = octets[i];
		for (unsigned other = 1; other < 256; other++) {
			octets[i] = (uint8_t)(before ^ other);
			assert_int_equal(fragment_open(&f, "a", octets, size), ERR_CORRUPT);
			if (i < offsetof(struct fragment_header, checksum) + 8)
				continue;
			uint8_t *mended = malloc(size); /* of its very size, for ASan */
			assert_non_null(mended);
			memcpy(mended, octets, size);
			mend(mended, size);
			assert_true(is_sound_if_open(mended, size));
			free(mended);
		}
		octets[i] = before;
		assert_int_equal(fragment_open(&f, "a", octets, i), ERR_CORRUPT);
	}
	free(octets);
	arena_free(&s.arena);
}

/* One thing that is wrong, in what make_small() made. */
enum wrong {
	NOTHING,
	RANGE_FAMILY,
	RANGE_ENDS,
	RANGE_TAIL,
	RANGE_TTL,
	RANGE_OWNER_UPPER,
	RANGE_OWNER_LONG,
	RANGE_SHAPE,
	RANGE_PATTERN,
	RANGE_TWICE,
	TARGET_UPPER,
	NS_UPPER,
	NS_NONE,
	NS_MANY,
	DS_SHORT,
	DS_MANY,
	DS_WITHOUT_NS,
	GLUE_ADDRESS,
	GLUE_NOBODYS,
	GLUE_MANY,
	DELEGATION_ENDS,
	DELEGATION_TTL,
	DELEGATION_TWICE,
	WRONGS
};

static const uint8_t *const *many_names(void)
{
	static const uint8_t *many[NS_MAX_A_ZONE + 1];

	for (size_t i = 0; i < ARRAY_LENGTH(many); i++)
		many[i] = (const uint8_t *)"\1a";
	return many;
}

static void spoil_range(struct plan_source *s, enum wrong wrong)
{
	static uint8_t shape[] = {1, 'h', 0x99}, hex[] = {0x83}, long_name[255];
	struct plan_range *r = &s->ranges[0];

	if (wrong == RANGE_FAMILY)
		r->pattern.addr_len = 5;
	if (wrong == RANGE_ENDS)
		r->pattern.first[3] = 96;
	if (wrong == RANGE_TAIL)
		r->pattern.last[4] = 1;
	if (wrong == RANGE_TTL)
		r->ttl_s = TTL_MAX + 1;
	if (wrong == RANGE_OWNER_UPPER)
		r->owner = (const uint8_t *)"\1B";
	if (wrong == RANGE_OWNER_LONG) {
		for (unsigned i = 0; i < 250; i += 2)
			memcpy(long_name + i, "\1a", 2);
		long_name[250] = 2;
		memcpy(long_name + 251, "aa", 3);
		r->owner = long_name;
	}
	if (wrong == RANGE_SHAPE) {
		r->pattern.shape = shape;
		r->pattern.shape_octets = sizeof shape;
	}
	if (wrong == RANGE_PATTERN) { /* {d} of more than a /24 */
		r->pattern.shape = hex;
		r->pattern.shape_octets = sizeof hex;
		memset(r->pattern.last + 1, 255, 3);
	}
	if (wrong == RANGE_TWICE)
		s->ranges[1] = s->ranges[0];
}

static void spoil_parts(struct plan_delegation *d, enum wrong wrong)
{
	static const uint8_t *upper[] = {(const uint8_t *)"\1A"};
	static const struct plan_ds brief[] = {{(const uint8_t *)"\1\2\10\2", 4}};
	static struct plan_ds ds[DS_MAX_A_CUT + 1];
	static struct plan_glue glue[GLUE_MAX_A_CUT + 1];

	for (size_t i = 0; i < ARRAY_LENGTH(ds); i++)
		ds[i] = d->ds[0];
	for (size_t i = 0; i < ARRAY_LENGTH(glue); i++)
		glue[i] = d->glue[0];
	if (wrong == NS_UPPER) {
		d->ns = upper;
		d->ns_count = 1;
		d->glue_count = 0;
	}
	if (wrong == NS_MANY) {
		d->ns = (const uint8_t **)many_names();
		d->ns_count = NS_MAX_A_ZONE + 1;
		d->glue_count = 0;
	}
	if (wrong == DS_SHORT)
		d->ds = brief;
	if (wrong == DS_MANY) {
		d->ds = ds;
		d->ds_count = DS_MAX_A_CUT + 1;
	}
	if (wrong == DS_WITHOUT_NS)
		d->ns_count = d->glue_count = 0;
	if (wrong == GLUE_ADDRESS)
		glue[0].addr.len = 5;
	if (wrong == GLUE_NOBODYS)
		glue[0].name = (const uint8_t *)"\1d";
	if (wrong == GLUE_ADDRESS || wrong == GLUE_NOBODYS || wrong == GLUE_MANY)
		d->glue = glue;
	if (wrong == GLUE_MANY)
		d->glue_count = GLUE_MAX_A_CUT + 1;
}

static void spoil_delegation(struct plan_source *s, enum wrong wrong)
{
	struct plan_delegation *d = &s->delegations[0];

	if (wrong == TARGET_UPPER)
		d->target = (const uint8_t *)"\1C";
	if (wrong == NS_NONE)
		s->delegations[1].ns_count = 0;
	if (wrong == DELEGATION_ENDS)
		d->last.octets[3] = 127;
	if (wrong == DELEGATION_TTL)
		d->ttl_s = TTL_MAX + 1;
	if (wrong == DELEGATION_TWICE)
		s->delegations[1] = s->delegations[0];
	spoil_parts(d, wrong);
}

/* Whoever could mend the checksum could write what he likes, but not harm who reads it. */
static void nonsense_with_a_right_checksum_is_refused(void **state)
{
	(void)state;
	for (enum wrong wrong = NOTHING; wrong < WRONGS; wrong++) {
		struct plan_source s;
		struct fragment f;
		uint8_t *octets;
		size_t size;
		make_small(&s);
		spoil_range(&s, wrong);
		spoil_delegation(&s, wrong);
		assert_int_equal(fragment_write(&octets, &size, "a", &s), OK);
		enum err e = fragment_open(&f, "a", octets, size);
		if (e != (wrong == NOTHING ? OK : ERR_CORRUPT))
			print_error("wrong: %d\n", (int)wrong);
		assert_int_equal(e, wrong == NOTHING ? OK : ERR_CORRUPT);
		free(octets);
		arena_free(&s.arena);
	}
}

/* What is served differs, or only where it stands. */
static void only_what_is_served_makes_a_difference(void **state)
{
	struct pair pair = {.name = (const uint8_t *)"\1p", .addr_len = 4};
	struct plan_source was, s;
	struct fragment f;
	uint8_t *octets;
	size_t size;
	(void)state;

	make_small(&was);
	assert_int_equal(fragment_write(&octets, &size, "a", &was), OK);
	assert_int_equal(fragment_open(&f, "a", octets, size), OK);
	for (unsigned i = 0; i < 18; i++) {
		make_small(&s);
		struct plan_range *r = &s.ranges[0];
		struct plan_delegation *d = &s.delegations[0];
		const uint8_t *swapped[] = {d->ns[1], d->ns[0]};
		struct plan_glue glue[2] = {d->glue[0], d->glue[1]};
		r->line += i == 0;
		r->column = (uint16_t)(r->column + (i == 1));
		r->is_ttl_inherited = i == 2;
		s.ranges[1].ttl_s += i == 3;
		d->line += i == 4;
		d->column = (uint16_t)(d->column + (i == 5));
		d->is_ttl_inherited = i == 6;
		s.pairs = i == 7 ? &pair : NULL;
		s.pair_count = i == 7;
		/* from here on it is served */
		r->ttl_s += i == 8;
		r->is_shadowed = i == 9;
		r->owner = i == 10 ? (const uint8_t *)"\1x" : r->owner;
		r->pattern.first[3] ^= i == 11;
		d->ttl_s += i == 12;
		d->target = i == 13 ? NULL : d->target;
		d->ns = i == 14 ? swapped : d->ns;
		d->ds_count = i != 15;
		glue[0].addr.octets[3] ^= i == 16;
		d->glue = glue;
		s.range_count -= i == 17;
		assert_int_equal(fragment_same_layers(&f, &s), i < 8);
		arena_free(&s.arena);
	}
	free(octets);
	arena_free(&was.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_damage_is_found),
	        cmocka_unit_test(nonsense_with_a_right_checksum_is_refused),
	        cmocka_unit_test(only_what_is_served_makes_a_difference),
	};

	return cmocka_run_group_tests_name("zone/fragment_read", tests, NULL, NULL);
}
