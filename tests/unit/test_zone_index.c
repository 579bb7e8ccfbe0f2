/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"
#include "zone/zone_index.h"

/* In canonical order, RFC 4034 6.1. */
static const char *const apexes[] = {"10.in-addr.arpa.", "1.10.in-addr.arpa.",
        "2.1.10.in-addr.arpa.", "2.0.192.in-addr.arpa.", "example.", "b.a.example.", "sub.example.",
        "deep.sub.example."};

static struct name names[ARRAY_LENGTH(apexes)];

static void build(struct zone_index *index, unsigned first, unsigned count)
{
	const uint8_t *wires[ARRAY_LENGTH(apexes)] = {NULL};

	for (unsigned i = 0; i < count; i++) {
		const char *text = apexes[first + i];
		assert_int_equal(name_from_text(&names[first + i], text, strlen(text)), OK);
		wires[i] = names[first + i].wire;
	}
	assert_int_equal(zone_index_build(index, wires, count), OK);
}

static uint32_t find(const struct zone_index *index, const char *text)
{
	struct name name;
	struct trie_key key;

	assert_int_equal(name_from_text(&name, text, strlen(text)), OK);
	trie_key_from_name(&key, name.wire);
	return zone_index_find(index, &key);
}

static void the_longest_apex_holds_a_name(void **state)
{
	static const struct {
		const char *name;
		uint32_t zone;
	} cases[] = {{"10.in-addr.arpa", 0}, {"9.9.9.10.in-addr.arpa", 0},
	        {"3.1.10.in-addr.arpa", 1}, {"7.2.1.10.in-addr.arpa", 2},
	        {"2.1.10.in-addr.arpa", 2}, {"22.1.10.in-addr.arpa", 1},
	        {"110.in-addr.arpa", ZONE_NONE}, {"in-addr.arpa", ZONE_NONE},
	        {"0.192.in-addr.arpa", ZONE_NONE}, {"1.2.0.192.IN-ADDR.arpa", 3}, {"EXAMPLE", 4},
	        {"a.example", 4}, {"bb.a.example", 4}, {"b.a.example", 5}, {"x.B.a.example", 5},
	        {"sub.example", 6}, {"xsub.example", 4}, {"deep.sub.example", 7},
	        {"a.b.c.deep.sub.example", 7}, {"xexample", ZONE_NONE}, {".", ZONE_NONE}};
	struct zone_index index;
	(void)state;

	build(&index, 0, ARRAY_LENGTH(apexes));
	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_int_equal(find(&index, cases[i].name), cases[i].zone);
	zone_index_free(&index);
}

static void each_zone_knows_the_next_one_up(void **state)
{
	static const uint32_t parents[] = {ZONE_NONE, 0, 1, ZONE_NONE, ZONE_NONE, 4, 4, 6};
	struct zone_index index;
	(void)state;

	build(&index, 0, ARRAY_LENGTH(apexes));
	for (unsigned i = 0; i < ARRAY_LENGTH(parents); i++)
		assert_int_equal(index.parents[i], parents[i]);
	zone_index_free(&index);
}

static void one_zone_or_none_is_an_index_too(void **state)
{
	struct zone_index index;
	(void)state;

	build(&index, 0, 0);
	assert_int_equal(find(&index, "example"), ZONE_NONE);
	zone_index_free(&index);
	build(&index, 4, 1);
	assert_int_equal(find(&index, "www.example"), 0);
	assert_int_equal(find(&index, "www.else"), ZONE_NONE);
	zone_index_free(&index);
}

static void the_root_holds_everything(void **state)
{
	const uint8_t *root = (const uint8_t *)"";
	struct zone_index index;
	(void)state;

	assert_int_equal(zone_index_build(&index, &root, 1), OK);
	assert_int_equal(find(&index, "."), 0);
	assert_int_equal(find(&index, "a.b"), 0);
	zone_index_free(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_longest_apex_holds_a_name),
	        cmocka_unit_test(each_zone_knows_the_next_one_up),
	        cmocka_unit_test(one_zone_or_none_is_an_index_too),
	        cmocka_unit_test(the_root_holds_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
