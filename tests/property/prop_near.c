/* SPDX-License-Identifier: ISC */
/* tests/property/prop_near.c - what is looked for near the last one found is what is found without
 * it: zones and customers' prefixes that nest, in random order of addresses. */
#include "tests/help/random.h"
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"
#include "zone/owners.h"

#define ROUNDS    300U
#define ADDRESSES 300U
#define BLOCKS    8U

static void random_prefix(struct prefix *out, bool is_zone)
{
	struct addr a, last;

	random_addr(&a);
	unsigned step = !is_zone ? 1 : a.len == 4 ? 8 : 4;
	out->addr = a;
	out->bits = (uint8_t)((8U * a.len / step - random_below(is_zone ? 4 : 16)) * step);
	for (unsigned i = 0; i < 8U * a.len; i++)
		if (i >= out->bits)
			out->addr.octets[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
	prefix_last(&last, out);
}

static void make_zones(struct small_plan *s)
{
	char text[PREFIX_TEXT_MAX];
	struct prefix done[BLOCKS];
	unsigned count = 0;

	for (unsigned i = 0; i < BLOCKS; i++) {
		struct prefix p;
		bool is_there = false;
		random_prefix(&p, true);
		for (unsigned k = 0; k < count; k++)
			is_there |= prefix_compare(&done[k], &p) == 0;
		if (is_there)
			continue;
		done[count++] = p;
		prefix_to_text(text, &p);
		small_plan_zone(s, text);
	}
	assert_int_equal(plan_index_zones(&s->plan, &s->diags), OK);
}

static void reverse_zones_are_found_near_as_far(void **state)
{
	unsigned found = 0, same = 0;
	(void)state;

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct small_plan s;
		uint32_t near[2] = {ZONE_NONE, ZONE_NONE};
		random_seed(round);
		small_plan_init(&s);
		make_zones(&s);
		for (unsigned i = 0; i < ADDRESSES; i++) {
			struct addr a;
			random_addr(&a);
			uint32_t wanted = plan_find_reverse_zone(&s.plan, &a);
			same += wanted == near[a.len == 16];
			assert_int_equal(
			        plan_find_reverse_zone_near(&s.plan, &a, &near[a.len == 16]),
			        wanted);
			assert_int_equal(near[a.len == 16], wanted);
			found += wanted != ZONE_NONE;
		}
		small_plan_free(&s);
	}
	assert_true(found > ROUNDS * ADDRESSES / 4 && same > ROUNDS * ADDRESSES / 10);
}

static void prefixes_are_found_near_as_far(void **state)
{
	unsigned found = 0;
	(void)state;

	for (unsigned round = 0; round < ROUNDS; round++) {
		const struct owned_prefix *near[2] = {NULL, NULL};
		struct plan_block blocks[BLOCKS];
		struct plan_customer customer = {.blocks = blocks, .block_count = BLOCKS};
		struct plan plan = {.customers = &customer, .customer_count = 1};
		struct owners owners;
		random_seed(round);
		for (unsigned i = 0; i < BLOCKS; i++)
			random_prefix(&blocks[i].prefix, false);
		assert_int_equal(owners_build(&owners, &plan), OK);
		for (unsigned i = 0; i < ADDRESSES; i++) {
			struct addr a;
			random_addr(&a);
			const struct owned_prefix *wanted = owners_find_addr(&owners, &a);
			const struct owned_prefix *got =
			        owners_find_addr_near(&owners, &a, &near[a.len == 16]);
			/* of equal ones any */
			assert_true(!wanted == !got);
			if (got)
				assert_int_equal(prefix_compare(&got->prefix, &wanted->prefix), 0);
			found += wanted != NULL;
		}
		owners_free(&owners);
	}
	assert_true(found > ROUNDS * ADDRESSES / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(reverse_zones_are_found_near_as_far),
	        cmocka_unit_test(prefixes_are_found_near_as_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
