/* SPDX-License-Identifier: ISC */
#include "zone/interval.h"

#include "tests/help/random.h"
#include "tests/unit/unit.h"

#define PREFIXES 6U

/* The last 256 addresses of a family: behind them there is none. */
static struct addr number(uint8_t len, unsigned i)
{
	struct addr a = {.len = len};

	memset(a.octets, 0xff, len);
	a.octets[len - 1] = (uint8_t)i;
	return a;
}

static bool is_in(const struct prefix *prefixes, const struct addr *a)
{
	for (unsigned i = 0; i < PREFIXES; i++)
		if (prefix_has_addr(&prefixes[i], a))
			return true;
	return false;
}

static void they_hold_what_the_prefixes_hold(void **state)
{
	struct prefix prefixes[PREFIXES], sorted[PREFIXES];
	struct interval all[PREFIXES];
	(void)state;

	for (unsigned round = 0; round < 5000; round++) {
		random_seed(round);
		for (unsigned i = 0; i < PREFIXES; i++) {
			uint8_t len = random_below(2) ? 4 : 16;
			unsigned below = (unsigned)random_below(9);
			prefixes[i] = (struct prefix){
			        number(len, (unsigned)random_below(256) >> below << below),
			        (uint8_t)(8 * len - below)};
		}
		memcpy(sorted, prefixes, sizeof sorted);
		size_t count = intervals_of(all, sorted, PREFIXES);
		for (unsigned k = 0; k < 40; k++) {
			unsigned x = (unsigned)random_below(256), y = (unsigned)random_below(256);
			uint8_t len = random_below(2) ? 4 : 16;
			struct addr first = number(len, x < y ? x : y);
			struct addr last = number(len, x < y ? y : x), at = first, out;
			bool held = intervals_hold(all, count, &first, &last, &out);
			while (is_in(prefixes, &at) && addr_compare(&at, &last) < 0)
				(void)octets_step(at.octets, len);
			assert_int_equal(held, is_in(prefixes, &at));
			if (!held)
				assert_int_equal(addr_compare(&out, &at), 0);
		}
	}
}

static void what_touches_is_one(void **state)
{
	struct prefix prefixes[] = {{number(4, 64), 27}, {number(4, 128), 25}, {number(4, 96), 27},
	        {number(4, 70), 32}, {number(4, 32), 28}};
	struct interval all[ARRAY_LENGTH(prefixes)];
	(void)state;

	assert_int_equal(intervals_of(all, prefixes, ARRAY_LENGTH(prefixes)), 2);
	assert_int_equal(all[1].first[3], 64);
	assert_int_equal(all[1].last[3], 255);
	assert_int_equal(intervals_of(all, prefixes, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(they_hold_what_the_prefixes_hold),
	        cmocka_unit_test(what_touches_is_one),
	};

	return cmocka_run_group_tests_name("zone/interval", tests, NULL, NULL);
}
