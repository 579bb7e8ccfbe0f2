/* SPDX-License-Identifier: ISC */
#include "zone/cut_name.h"

#include "tests/unit/unit.h"

static void cuts_have_the_names_of_the_rfcs(void **state)
{
	static const struct {
		const char *prefix;
		enum cut_style style;
		const char *label, *apex;
	} cases[] = {
	        /* RFC 2317 4 */
	        {"192.0.2.0/25", CUT_SLASH, NULL, "0/25.2.0.192.in-addr.arpa."},
	        {"192.0.2.128/26", CUT_SLASH, NULL, "128/26.2.0.192.in-addr.arpa."},
	        {"192.0.2.192/26", CUT_SLASH, NULL, "192/26.2.0.192.in-addr.arpa."},
	        {"192.0.2.0/25", CUT_DASH, NULL, "0-127.2.0.192.in-addr.arpa."},
	        {"203.0.113.64/26", CUT_DASH, NULL, "64-127.113.0.203.in-addr.arpa."},
	        {"203.0.113.254/31", CUT_DASH, NULL, "254-255.113.0.203.in-addr.arpa."},
	        /* RFC 4183 2 */
	        {"10.20.30.64/27", CUT_RFC4183, NULL, "64-27.30.20.10.in-addr.arpa."},
	        {"203.0.113.64/26", CUT_OWN, "Acme", "acme.113.0.203.in-addr.arpa."},
	        {"203.0.113.64/26", CUT_OWN, "256", "256.113.0.203.in-addr.arpa."},
	        {"203.0.113.64/26", CUT_OWN, "0064", "0064.113.0.203.in-addr.arpa."},
	        {"203.0.113.64/26", CUT_OWN, "64x", "64x.113.0.203.in-addr.arpa."},
	        {"203.0.113.64/26", CUT_OWN, "a.b", "a\\.b.113.0.203.in-addr.arpa."},
	};
	struct prefix p;
	struct name name;
	char text[NAME_TEXT_MAX];
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		const char *label = cases[i].label ? cases[i].label : "";
		assert_int_equal(
		        prefix_from_text(&p, cases[i].prefix, strlen(cases[i].prefix), NULL), OK);
		assert_true(prefix_is_below_octet(&p));
		assert_int_equal(
		        name_from_cut(&name, &p, cases[i].style, label, strlen(label)), OK);
		name_to_text(text, name.wire);
		assert_string_equal(text, cases[i].apex);
	}
}

/* It would be the name of an address. */
static void a_label_is_no_octet_and_no_more_than_a_label(void **state)
{
	static const char *const labels[] = {"0", "64", "255", "064", "00", "",
	        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	struct prefix p;
	struct name name = {.len = 77};
	(void)state;

	assert_int_equal(prefix_from_text(&p, "203.0.113.64/26", 15, NULL), OK);
	for (unsigned i = 0; i < ARRAY_LENGTH(labels); i++)
		assert_int_equal(
		        name_from_cut(&name, &p, CUT_OWN, labels[i], strlen(labels[i])), ERR_RANGE);
	assert_int_equal(name.len, 77);
}

static void blocks_of_25_to_31_bits_have_such_zones(void **state)
{
	struct prefix p = {.addr = {.len = 4}};
	(void)state;

	for (unsigned bits = 0; bits <= 32; bits++) {
		p.bits = (uint8_t)bits;
		assert_int_equal(prefix_is_below_octet(&p), bits >= 25 && bits <= 31);
	}
	p.addr.len = 16;
	p.bits = 26;
	assert_false(prefix_is_below_octet(&p));
}

static void addresses_of_a_24_need_be_no_prefix(void **state)
{
	static const struct addr first = {4, {192, 0, 2, 98}}, last = {4, {192, 0, 2, 100}};
	struct name name = {.len = 77};
	char text[NAME_TEXT_MAX];
	(void)state;

	assert_int_equal(name_from_cut_range(&name, &first, &last, CUT_SLASH, "", 0), ERR_RANGE);
	assert_int_equal(name_from_cut_range(&name, &first, &last, CUT_RFC4183, "", 0), ERR_RANGE);
	assert_int_equal(name_from_cut_range(&name, &first, &last, CUT_OWN, "98", 2), ERR_RANGE);
	assert_int_equal(name.len, 77);
	assert_int_equal(name_from_cut_range(&name, &first, &last, CUT_DASH, "", 0), OK);
	name_to_text(text, name.wire);
	assert_string_equal(text, "98-100.2.0.192.in-addr.arpa.");
	assert_int_equal(name_from_cut_range(&name, &first, &last, CUT_OWN, "Acme", 4), OK);
	name_to_text(text, name.wire);
	assert_string_equal(text, "acme.2.0.192.in-addr.arpa.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(cuts_have_the_names_of_the_rfcs),
	        cmocka_unit_test(a_label_is_no_octet_and_no_more_than_a_label),
	        cmocka_unit_test(addresses_of_a_24_need_be_no_prefix),
	        cmocka_unit_test(blocks_of_25_to_31_bits_have_such_zones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
