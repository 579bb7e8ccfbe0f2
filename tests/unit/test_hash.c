/* SPDX-License-Identifier: ISC */
#include "zone/hash.h"

#include <xxhash.h>

#include "tests/unit/unit.h"

/* Names that share a slot of 256 where there is no seed do not where there is one. */
static void collisions_cannot_be_prepared(void **state)
{
	uint64_t seed = hash_seed();
	bool is_used[256] = {false};
	unsigned found = 0, used = 0;
	(void)state;

	for (uint32_t i = 0; found < 256; i++) {
		uint8_t name[12] = {8, 'x', 'x', 'x', 'x', 0, 0, 0, 0, 1, 't', 0};
		memcpy(name + 5, &i, sizeof i);
		if ((XXH3_64bits(name, sizeof name) & 255) != 7)
			continue;
		found++;
		bool *slot = &is_used[hash_octets(seed, name, sizeof name) & 255];
		used += !*slot;
		*slot = true;
	}
	assert_in_range(used, 128, 192); /* 1 - 1/e of 256 is 162 */
}

static void seeds_differ(void **state)
{
	(void)state;

	assert_int_not_equal(hash_seed(), hash_seed());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(collisions_cannot_be_prepared),
	        cmocka_unit_test(seeds_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
