/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include "zone/digest.h"

static void text_and_back(void **state)
{
	struct digest d = digest_of("abc", 3), back = {{0}};
	char text[DIGEST_TEXT_MAX];

	(void)state;
	/* XXH3_128bits("abc", 3), as `xxhsum -H2` prints it */
	assert_string_equal(digest_to_text(text, &d), "06b05ab6733a618578af5f94892f3950");
	assert_true(digest_from_text(&back, text, 32));
	assert_true(digest_equal(&d, &back));
	assert_false(digest_is_none(&d));
}

static void other_text_is_refused(void **state)
{
	static const char *const bad[] = {"", "06b05ab6733a618578af5f94892f395",
	        "06b05ab6733a618578af5f94892f39500", "06B05ab6733a618578af5f94892f3950",
	        "g6b05ab6733a618578af5f94892f3950"};
	struct digest d = {{7}};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(digest_from_text(&d, bad[i], strlen(bad[i])));
	assert_int_equal(d.octets[0], 7);
}

static void a_chain_knows_its_order_and_where_pieces_end(void **state)
{
	static const struct digest none;
	struct digest a = digest_chain(&none, "a", 1), ab = digest_chain(&a, "b", 1),
	              b = digest_chain(&none, "b", 1), ba = digest_chain(&b, "a", 1),
	              whole = digest_chain(&none, "ab", 2);

	(void)state;
	assert_true(digest_is_none(&none));
	assert_false(digest_equal(&ab, &ba));
	assert_false(digest_equal(&ab, &whole));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(text_and_back),
	        cmocka_unit_test(other_text_is_refused),
	        cmocka_unit_test(a_chain_knows_its_order_and_where_pieces_end),
	};

	return cmocka_run_group_tests_name("zone/digest", tests, NULL, NULL);
}
