/* SPDX-License-Identifier: ISC */
#include <stdint.h>

#include "tests/unit/unit.h"
#include "zone/arena.h"

static void objects_are_apart_and_aligned(void **state)
{
	struct arena a;
	uint8_t *at[1000];
	(void)state;

	arena_init(&a);
	for (unsigned i = 0; i < ARRAY_LENGTH(at); i++) {
		size_t size = 1 + i % 200;
		at[i] = i % 3 ? arena_alloc(&a, size) : arena_octets(&a, size);
		assert_non_null(at[i]);
		if (i % 3)
			assert_int_equal((uintptr_t)at[i] % _Alignof(max_align_t), 0);
		memset(at[i], (int)(i & 0xff), size);
	}
	for (unsigned i = 0; i < ARRAY_LENGTH(at); i++)
		for (size_t k = 0; k < 1 + i % 200; k++)
			assert_int_equal(at[i][k], i & 0xff);
	assert_false(arena_failed(&a));
	arena_free(&a);
	assert_int_equal(a.total, 0);
}

static void an_object_may_be_larger_than_a_block(void **state)
{
	struct arena a;
	(void)state;

	arena_init(&a);
	assert_non_null(arena_octets(&a, 1));
	uint8_t *large = arena_alloc(&a, 5U << 20);
	assert_non_null(large);
	large[0] = large[(5U << 20) - 1] = 1;
	assert_non_null(arena_octets(&a, 0));
	arena_free(&a);
}

static void copies_and_text_are_whole(void **state)
{
	struct arena a;
	(void)state;

	arena_init(&a);
	assert_memory_equal(arena_copy(&a, "\1\2\3", 3), "\1\2\3", 3);
	assert_string_equal(arena_text(&a, "abcdef", 3), "abc");
	assert_string_equal(arena_text(&a, "", 0), "");
	assert_string_equal(arena_format(&a, "%s:%d", "line", 7), "line:7");
	arena_free(&a);
}

static void an_array_grows_and_keeps_what_is_used(void **state)
{
	struct arena a;
	size_t capacity = 0;
	uint32_t *array = NULL;
	(void)state;

	arena_init(&a);
	for (uint32_t i = 0; i < 10000; i++) {
		array = arena_grow(&a, array, i, i + 1, &capacity, sizeof *array);
		assert_non_null(array);
		assert_true(capacity > i);
		array[i] = i;
	}
	for (uint32_t i = 0; i < 10000; i++)
		assert_int_equal(array[i], i);
	uint32_t *same = arena_grow(&a, array, 10000, capacity, &capacity, sizeof *array);
	assert_ptr_equal(same, array);
	arena_free(&a);
}

static void failure_is_kept_until_the_arena_is_freed(void **state)
{
	struct arena a;
	size_t capacity = 0;
	(void)state;

	arena_init(&a);
	assert_null(arena_alloc(&a, SIZE_MAX - 64));
	assert_true(arena_failed(&a));
	assert_null(arena_octets(&a, 1));
	assert_null(arena_text(&a, "a", 1));
	assert_null(arena_format(&a, "a"));
	arena_free(&a);
	assert_false(arena_failed(&a));
	assert_null(arena_grow(&a, NULL, 0, SIZE_MAX / 4, &capacity, 16));
	assert_true(arena_failed(&a));
	assert_int_equal(capacity, 0);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(objects_are_apart_and_aligned),
	        cmocka_unit_test(an_object_may_be_larger_than_a_block),
	        cmocka_unit_test(copies_and_text_are_whole),
	        cmocka_unit_test(an_array_grows_and_keeps_what_is_used),
	        cmocka_unit_test(failure_is_kept_until_the_arena_is_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
