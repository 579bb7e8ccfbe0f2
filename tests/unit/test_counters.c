/* SPDX-License-Identifier: ISC */
#include "server/counters.h"

#include "server/query.h"
#include "tests/unit/unit.h"
#include "zone/rr.h"

static void a_query_is_counted_by_type_and_its_answer_by_rcode(void **state)
{
	static const struct {
		struct response response;
		unsigned type, rcode; /* where it is counted; type 0, rcode 17: nowhere */
	} cases[] = {
	        {{.len = 40, .kind = ANSWER_POSITIVE, .qtype = RR_PTR}, RR_PTR, RCODE_NOERROR},
	        {{.len = 40, .kind = ANSWER_NXDOMAIN, .rcode = 3, .qtype = 255}, 255, 3},
	        {{.len = 40, .kind = ANSWER_REFUSED, .rcode = 5, .qtype = 256}, 256, 5},
	        {{.len = 40, .kind = ANSWER_REFUSED, .rcode = 5, .qtype = 65535}, 256, 5},
	        {{.len = 12, .kind = ANSWER_ERROR, .rcode = 1}, 0, RCODE_FORMERR},
	        {{.len = 40, .kind = ANSWER_ERROR, .rcode = 0, .qtype = 1}, 1, RCODE_BADVERS},
	        {{.len = 0, .kind = ANSWER_NONE}, 0, COUNTERS_RCODES},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct counters c = {0};
		counters_count(&c, TRANSPORT_TCP, &cases[i].response);
		assert_int_equal(counter_read(&c.queries[TRANSPORT_TCP]), 1);
		assert_int_equal(counter_read(&c.answers[cases[i].response.kind]), 1);
		for (unsigned k = 0; k <= COUNTERS_TYPES; k++)
			assert_int_equal(counter_read(&c.types[k]), k && k == cases[i].type);
		for (unsigned k = 0; k < COUNTERS_RCODES; k++)
			assert_int_equal(counter_read(&c.rcodes[k]), k == cases[i].rcode);
	}
}

static void a_sum_holds_every_count(void **state)
{
	struct counters sum = {0}, more = {0};
	_Atomic uint64_t *counts = (_Atomic uint64_t *)&more, *sums = (_Atomic uint64_t *)&sum;
	(void)state;

	for (size_t i = 0; i < sizeof more / sizeof *counts; i++)
		counter_add(&counts[i], i + 1);
	counters_add(&sum, &more);
	counters_add(&sum, &more);
	for (size_t i = 0; i < sizeof sum / sizeof *sums; i++)
		assert_int_equal(counter_read(&sums[i]), 2 * (i + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_query_is_counted_by_type_and_its_answer_by_rcode),
	        cmocka_unit_test(a_sum_holds_every_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
