/* SPDX-License-Identifier: ISC */
#include "zone/fragment.h"

#include <stdlib.h>

#include "tests/help/random.h"
#include "tests/unit/unit.h"

#define PAIRS 40U

/* Pairs as a file has them, in any order. */
static void make_pairs(struct plan_source *s, unsigned count)
{
	memset(s, 0, sizeof *s);
	arena_init(&s->arena);
	s->pairs = arena_alloc(&s->arena, (count + 1) * sizeof *s->pairs);
	while (s->pair_count < count) {
		struct pair *pair = &s->pairs[s->pair_count];
		struct addr a;
		struct name name;
		random_addr(&a);
		random_name(&name, (const uint8_t *)"\4test", 3);
		name_lower(&name);
		*pair = (struct pair){.name = arena_copy(&s->arena, name.wire, name.len),
		        .addr_len = a.len,
		        .flags = (uint8_t)random_below(PAIR_FLAGS + 1),
		        .column = (uint16_t)random_below(65536),
		        .line = random_below(1000),
		        .ttl_s = random_below(TTL_MAX),
		        .forward_zone = ZONE_NONE};
		memcpy(pair->octets, a.octets, sizeof pair->octets);
		bool is_new = true;
		for (size_t i = 0; i < s->pair_count; i++)
			is_new = is_new && fragment_compare(pair, &s->pairs[i]) != 0;
		s->pair_count += is_new;
	}
}

static int compare(const void *a, const void *b)
{
	return fragment_compare(a, b);
}

static void what_was_written_is_read(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 50; round++) {
		struct plan_source s, back = {0};
		struct fragment f;
		uint8_t *octets, *again;
		size_t size, again_size;
		random_seed(round);
		make_pairs(&s, round);
		assert_int_equal(fragment_write(&octets, &size, "a", &s), OK);
		qsort(s.pairs, s.pair_count, sizeof *s.pairs, compare);
		assert_int_equal(fragment_write(&again, &again_size, "a", &s), OK);
		assert_int_equal(size, again_size);
		assert_memory_equal(octets, again, size); /* whatever the order */
		assert_int_equal(fragment_open(&f, "a", octets, size), OK);
		arena_init(&back.arena);
		assert_int_equal(fragment_take(&f, &back), OK);
		assert_int_equal(back.pair_count, s.pair_count);
		for (size_t i = 0; i < s.pair_count; i++) {
			struct pair *got = &back.pairs[i];
			assert_int_equal(fragment_compare(got, &s.pairs[i]), 0);
			got->name = s.pairs[i].name;
			assert_memory_equal(got, &s.pairs[i], sizeof *got);
		}
		arena_free(&back.arena);
		arena_free(&s.arena);
		free(octets);
		free(again);
	}
}

static void every_damage_is_found(void **state)
{
	struct plan_source s;
	struct fragment f;
	uint8_t *octets;
	size_t size;
	(void)state;

	random_seed(1);
	make_pairs(&s, PAIRS);
	assert_int_equal(fragment_write(&octets, &size, "a", &s), OK);
	for (size_t i = 0; i < size; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			octets[i] ^= (uint8_t)(1 << bit);
			assert_int_equal(fragment_open(&f, "a", octets, size), ERR_CORRUPT);
			octets[i] ^= (uint8_t)(1 << bit);
		}
		assert_int_equal(fragment_open(&f, "a", octets, i), ERR_CORRUPT);
	}
	assert_int_equal(fragment_open(&f, "a", octets, size), OK);
	assert_int_equal(fragment_open(&f, "b", octets, size), ERR_CORRUPT); /* somebody else's */
	free(octets);
	arena_free(&s.arena);
}

/* Whoever could mend the checksum could write what he likes, but not harm who reads it. */
static void nonsense_with_a_right_checksum_is_refused(void **state)
{
	struct pair pairs[2] = {
	        {.name = (const uint8_t *)"\1a", .addr_len = 4, .octets = {192, 0, 2, 1}},
	        {.name = (const uint8_t *)"\1b", .addr_len = 4, .octets = {192, 0, 2, 1}}};
	struct fragment f;
	uint8_t *octets;
	size_t size;
	(void)state;

	static const struct {
		struct pair pair;
	} bad[] = {
	        {{.name = (const uint8_t *)"\1A", .addr_len = 4}},              /* upper case */
	        {{.name = (const uint8_t *)"\1a", .addr_len = 5}},              /* no address */
	        {{.name = (const uint8_t *)"\1a", .addr_len = 4, .flags = 16}}, /* no such flag */
	        {{.name = (const uint8_t *)"\1a",
	                .addr_len = 4,
	                .octets[4] = 1}}, /* octets behind */
	        {{.name = (const uint8_t *)"\1a", .addr_len = 4, .ttl_s = TTL_MAX + 1}},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct pair pair = bad[i].pair;
		const struct plan_source s = {.pairs = &pair, .pair_count = 1};
		assert_int_equal(fragment_write(&octets, &size, "a", &s), OK);
		assert_int_equal(fragment_open(&f, "a", octets, size), ERR_CORRUPT);
		free(octets);
	}
	pairs[1] = pairs[0]; /* one pair twice */
	const struct plan_source twice = {.pairs = pairs, .pair_count = 2};
	assert_int_equal(fragment_write(&octets, &size, "a", &twice), OK);
	assert_int_equal(fragment_open(&f, "a", octets, size), ERR_CORRUPT);
	free(octets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_was_written_is_read),
	        cmocka_unit_test(every_damage_is_found),
	        cmocka_unit_test(nonsense_with_a_right_checksum_is_refused),
	};

	return cmocka_run_group_tests_name("zone/fragment", tests, NULL, NULL);
}
