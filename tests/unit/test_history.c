/* SPDX-License-Identifier: ISC */
#include "zone/history.h"

#include "tests/unit/unit.h"

/* One source a customer: a pair, a range, a delegation, and nothing at all. */
static void what_each_has_is_known_without_opening_it(void **state)
{
	static const char *const names[] = {"d", "c", "b", "a"};
	static const uint8_t *ns[] = {(const uint8_t *)"\1n"};
	const struct addr first = {4, {192, 0, 2, 0}}, last = {4, {192, 0, 2, 255}};
	struct pair pair = {.name = (const uint8_t *)"\1p", .addr_len = 4};
	struct plan_range range = {.owner = NULL};
	struct plan_delegation delegation = {
	        .first = first, .last = last, .ns = ns, .ns_count = 1, .ttl_s = 60};
	struct plan_customer customers[4];
	struct plan_source sources[4];
	struct plan p = {.customers = customers, .customer_count = 4};
	struct digest config = digest_of("config", 6);
	struct history h;
	(void)state;

	memset(customers, 0, sizeof customers);
	memset(sources, 0, sizeof sources);
	pattern_init(&range.pattern, NULL, 0, &first, &last);
	for (uint32_t i = 0; i < 4; i++) {
		customers[i].name = names[i];
		sources[i].customer = i;
		sources[i].state = SOURCE_GOOD;
	}
	sources[0].pairs = &pair;
	sources[0].pair_count = 1;
	sources[1].ranges = &range;
	sources[1].range_count = 1;
	sources[2].delegations = &delegation;
	sources[2].delegation_count = 1;
	p.sources = sources;
	p.source_count = 4;
	assert_int_equal(history_of_plan(&h, &p, &config), OK);
	assert_int_equal(h.count, 4);
	for (unsigned i = 0; i < 4; i++) {
		struct past *past = history_find(&h, names[i]);
		assert_non_null(past);
		assert_int_equal(past->has_layers, i == 1 || i == 2);
		assert_int_equal(history_open(&h, past), OK);
		assert_int_equal(fragment_has_layers(&past->fragment), past->has_layers);
		assert_true(fragment_same_layers(&past->fragment, &sources[i]));
		assert_int_equal(
		        fragment_same_layers(&past->fragment, &sources[0]), !past->has_layers);
	}
	history_free(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_each_has_is_known_without_opening_it),
	};

	return cmocka_run_group_tests_name("zone/history", tests, NULL, NULL);
}
