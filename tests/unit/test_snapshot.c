/* SPDX-License-Identifier: ISC */
#include "zone/snapshot.h"

#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"
#include "zone/publish.h"

/* Two zones, one pair in the first; compiled after `last`. */
static struct snapshot *compile(const char *name, const struct snapshot *last)
{
	struct small_plan s;

	small_plan_init(&s);
	small_plan_zone(&s, "10.0.0.0/8");
	small_plan_zone(&s, "192.0.2.0/24");
	small_plan_pair(&s, "10.0.0.1", name, 60, 0);
	struct snapshot *snapshot = small_plan_compile(&s, last, 1000);
	small_plan_free(&s);
	return snapshot;
}

static void the_last_reference_frees(void **state)
{
	(void)state;
	snapshot_unref(NULL);
	struct snapshot *s = compile("a.test.", NULL);
	assert_true(snapshot_ref(s) == s);
	assert_int_equal(s->references, 2);
	snapshot_unref(s);
	assert_int_equal(s->references, 1);
	assert_int_equal(s->count, 2); /* a sanitizer would see it gone */
	snapshot_unref(s);
}

static void a_zone_that_did_not_change_keeps_its_image(void **state)
{
	(void)state;
	struct snapshot *first = compile("a.test.", NULL), *second = compile("b.test.", first);
	assert_int_equal(second->generation, first->generation + 1);
	assert_true(first->images[0] != second->images[0]);
	assert_true(first->images[1] == second->images[1]);
	snapshot_unref(first); /* the shared image stays */
	assert_int_equal(second->images[1]->apex_labels, 5);
	snapshot_unref(second);
}

static void zones_are_found_by_the_longest_apex(void **state)
{
	static const struct {
		const char *name;
		uint32_t zone;
	} cases[] = {{"10.in-addr.arpa.", 0}, {"1.0.0.10.IN-ADDR.arpa.", 0},
	        {"7.2.0.192.in-addr.arpa.", 1}, {"0.192.in-addr.arpa.", ZONE_NONE},
	        {".", ZONE_NONE}, {"x10.in-addr.arpa.", ZONE_NONE}};
	struct snapshot *s = compile("a.test.", NULL);
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct name name;
		struct trie_key key;
		assert_int_equal(name_from_text(&name, cases[i].name, strlen(cases[i].name)), OK);
		trie_key_from_name(&key, name.wire);
		assert_int_equal(zone_index_find(&s->index, &key), cases[i].zone);
	}
	snapshot_unref(s);
}

static void publishing_gives_back_the_last_one(void **state)
{
	struct snapshot *first = compile("a.test.", NULL), *second = compile("b.test.", NULL);
	(void)state;

	publish_join();
	assert_null(publish_read());
	publish_rest();
	assert_null(publish_swap(first));
	assert_true(publish_read() == first);
	publish_rest();
	assert_true(publish_swap(second) == first);
	snapshot_unref(first);
	assert_true(publish_read() == second);
	assert_true(publish_read() == second); /* reading on without a rest is allowed */
	publish_rest();
	publish_rest();
	publish_leave();
	assert_true(publish_swap(NULL) == second);
	snapshot_unref(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_last_reference_frees),
	        cmocka_unit_test(a_zone_that_did_not_change_keeps_its_image),
	        cmocka_unit_test(zones_are_found_by_the_longest_apex),
	        cmocka_unit_test(publishing_gives_back_the_last_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
