/* SPDX-License-Identifier: ISC */
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"
#include "zone/share.h"

/* Zones in canonical order: 0 10.in-addr.arpa, 1 1.10.in-addr.arpa, 2 example, 3 sub.example. */
static void make_plan(struct small_plan *s)
{
	small_plan_init(s);
	small_plan_zone(s, "10.0.0.0/8");
	small_plan_zone(s, "10.1.0.0/16");
	small_plan_zone(s, "example.");
	small_plan_zone(s, "sub.example.");
	small_plan_pair(s, "10.0.0.1", "a.example.", 60, 0);
	small_plan_pair(s, "10.1.0.1", "b.sub.example.", 60, 0);
	small_plan_pair(s, "10.0.0.2", "c.example.", 60, PAIR_FORWARD_NO);
	small_plan_pair(s, "192.0.2.1", "d.example.", 60, 0);
	small_plan_pair(s, "10.1.2.3", "else.where.", 60, 0);
	small_plan_pair(s, "10.2.0.1", "example.", 60, 0);
	snapshot_unref(small_plan_compile(s, NULL, 1)); /* indexed, forward zones set */
}

/* `due[z]`: numbers of the pairs of zone z, a digit each. */
static void expect_shares(
        const struct small_plan *s, enum direction direction, const char *const due[4])
{
	struct share share;

	assert_int_equal(share_pairs(&share, &s->plan, s->plan.sources, s->plan.source_count, NULL,
	                         direction),
	        OK);
	for (size_t z = 0; z < 4; z++) {
		assert_int_equal(share.begin[z + 1] - share.begin[z], strlen(due[z]));
		for (size_t i = 0; due[z][i]; i++)
			assert_ptr_equal(share.at[share.begin[z] + i],
			        &s->plan.sources->pairs[due[z][i] - '0']);
	}
	share_free(&share);
}

static void a_pair_goes_to_the_innermost_zone_of_each_direction(void **state)
{
	static const char *const reverse[] = {"025", "14", "", ""};
	static const char *const forward[] = {"", "", "035", "1"};
	struct small_plan s;
	(void)state;

	make_plan(&s);
	expect_shares(&s, REVERSE, reverse);
	expect_shares(&s, FORWARD, forward);
	small_plan_free(&s);
}

static void only_served_sources_are_shared_out(void **state)
{
	static const char *const nothing[] = {"", "", "", ""};
	static const char *const reverse[] = {"025", "14", "", ""};
	struct small_plan s;
	(void)state;

	make_plan(&s);
	s.plan.sources->state = SOURCE_REFUSED;
	expect_shares(&s, REVERSE, nothing);
	s.plan.sources->state = SOURCE_MISSING;
	expect_shares(&s, FORWARD, nothing);
	s.plan.sources->state = SOURCE_KEPT;
	expect_shares(&s, REVERSE, reverse);
	small_plan_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_pair_goes_to_the_innermost_zone_of_each_direction),
	        cmocka_unit_test(only_served_sources_are_shared_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
