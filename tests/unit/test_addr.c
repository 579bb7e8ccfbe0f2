/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include "zone/addr.h"

static struct addr addr_of(const char *text)
{
	struct addr a;

	assert_int_equal(addr_from_text(&a, text, strlen(text)), OK);
	return a;
}

static void an_address_reads_and_writes_in_canonical_form(void **state)
{
	static const char *const rows[][2] = {
	        {"192.0.2.7", "192.0.2.7"},
	        {"0.0.0.0", "0.0.0.0"},
	        {"255.255.255.255", "255.255.255.255"},
	        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},          /* RFC 5952 4.1, 4.3 */
	        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"}, /* RFC 5952 4.2.2 */
	        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},       /* RFC 5952 4.2.3: the longest run */
	        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"}, /* the first of equal runs */
	        {"::", "::"},
	        {"::1", "::1"},
	        {"1::", "1::"},
	        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		char text[ADDR_TEXT_MAX];
		struct addr a = addr_of(rows[i][0]);
		addr_to_text(text, &a);
		assert_string_equal(text, rows[i][1]);
	}
}

static void what_is_not_an_address_is_refused(void **state)
{
	static const char *const rows[] = {"", "1", "1.2.3", "1.2.3.4.5", "010.0.0.1", "1.2.3.04",
	        "256.1.1.1", "1.2.3.4 ", " 1.2.3.4", "1.2.3.-4", "1..2.3", "1.2.3.", "0x1.2.3.4",
	        "::1%lo", "2001:db8::1::", "12345::", ":::", "1.2.3.4/32", "::ffff:192.0.2.1",
	        "1.2.3.1000"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct addr a;
		if (addr_from_text(&a, rows[i], strlen(rows[i])) == OK)
			fail_msg("accepted '%s'", rows[i]);
	}
}

static void a_prefix_with_host_bits_names_the_nearest(void **state)
{
	struct prefix p, nearest;
	char text[PREFIX_TEXT_MAX];

	(void)state;
	assert_int_equal(prefix_from_text(&p, "192.0.2.17/28", 13, &nearest), ERR_RANGE);
	prefix_to_text(text, &nearest);
	assert_string_equal(text, "192.0.2.16/28");
	assert_int_equal(prefix_from_text(&p, "192.0.2.16/28", 13, NULL), OK);
	assert_int_equal(prefix_from_text(&p, "2001:db8::/33", 13, NULL), OK);
	assert_int_equal(prefix_from_text(&p, "2001:db8::/129", 14, NULL), ERR_SYNTAX);
	assert_int_equal(prefix_from_text(&p, "192.0.2.0/33", 12, NULL), ERR_SYNTAX);
	assert_int_equal(prefix_from_text(&p, "192.0.2.0/024", 13, NULL), ERR_SYNTAX);
	assert_int_equal(prefix_from_text(&p, "192.0.2.0/", 10, NULL), ERR_SYNTAX);
	assert_int_equal(prefix_from_text(&p, "192.0.2.0", 9, NULL), ERR_SYNTAX);
}

static void prefixes_contain_by_bits(void **state)
{
	struct prefix wide, narrow;
	struct addr in = addr_of("192.0.2.127"), out = addr_of("192.0.2.128"), v6 = addr_of("::1");

	(void)state;
	assert_int_equal(prefix_from_text(&wide, "192.0.2.0/25", 12, NULL), OK);
	assert_int_equal(prefix_from_text(&narrow, "192.0.2.64/26", 13, NULL), OK);
	assert_true(prefix_has_addr(&wide, &in));
	assert_false(prefix_has_addr(&wide, &out));
	assert_false(prefix_has_addr(&wide, &v6));
	assert_true(prefix_has_prefix(&wide, &narrow));
	assert_false(prefix_has_prefix(&narrow, &wide));
	assert_true(prefix_compare(&wide, &narrow) < 0);
}

static void names_and_addresses_map_both_ways(void **state)
{
	static const struct {
		const char *addr;
		unsigned bits;
		const char *name;
	} rows[] = {
	        {"10.2.0.52", 32, "52.0.2.10.in-addr.arpa."}, /* RFC 1035 3.5 */
	        {"4321:0:1:2:3:4:567:89ab", 128,              /* RFC 3596 2.5 */
	                "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6."
	                "arpa."},
	        {"192.0.2.0", 24, "2.0.192.in-addr.arpa."},
	        {"10.0.0.0", 8, "10.in-addr.arpa."},
	        {"0.0.0.0", 0, "in-addr.arpa."},
	        {"2001:db8::", 32, "8.b.d.0.1.0.0.2.ip6.arpa."},
	        {"::", 0, "ip6.arpa."},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct addr a = addr_of(rows[i].addr);
		struct name n;
		struct prefix back;
		char text[NAME_TEXT_MAX];
		assert_int_equal(name_from_addr(&n, &a, rows[i].bits), OK);
		name_to_text(text, n.wire);
		assert_string_equal(text, rows[i].name);
		assert_int_equal(prefix_from_name(&back, n.wire), OK);
		assert_int_equal(back.bits, rows[i].bits);
		assert_memory_equal(&back.addr, &a, sizeof a);
	}
}

static void names_off_the_canonical_spelling_are_no_addresses(void **state)
{
	static const char *const rows[] = {"01.2.0.192.in-addr.arpa", "256.in-addr.arpa",
	        "a.in-addr.arpa", "1.2.3.4.5.in-addr.arpa", "0/25.2.0.192.in-addr.arpa",
	        "10.ip6.arpa", "g.ip6.arpa", "example.org", "in-addr.arpa.example"};
	struct prefix p;
	struct addr a = addr_of("192.0.2.1");
	struct name n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		assert_int_equal(name_from_text(&n, rows[i], strlen(rows[i])), OK);
		if (prefix_from_name(&p, n.wire) != ERR_SYNTAX)
			fail_msg("took '%s' for an address", rows[i]);
	}
	assert_int_equal(name_from_addr(&n, &a, 25), ERR_RANGE);
}

static void a_prefix_is_what_its_ends_share(void **state)
{
	static const struct {
		const char *prefix, *last;
	} cases[] = {
	        {"192.0.2.0/24", "192.0.2.255"},
	        {"192.0.2.64/27", "192.0.2.95"},
	        {"192.0.2.7/32", "192.0.2.7"},
	        {"128.0.0.0/1", "255.255.255.255"},
	        {"0.0.0.0/0", "255.255.255.255"},
	        {"2001:db8:42::/63", "2001:db8:42:1:ffff:ffff:ffff:ffff"},
	        {"2001:db8::1/128", "2001:db8::1"},
	        {"::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	};
	char text[ADDR_TEXT_MAX];
	struct prefix p;
	struct addr last;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		assert_int_equal(
		        prefix_from_text(&p, cases[i].prefix, strlen(cases[i].prefix), NULL), OK);
		prefix_last(&last, &p);
		addr_to_text(text, &last);
		assert_string_equal(text, cases[i].last);
		assert_int_equal(addr_shared_bits(&p.addr, &last), p.bits);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_prefix_is_what_its_ends_share),
	        cmocka_unit_test(an_address_reads_and_writes_in_canonical_form),
	        cmocka_unit_test(what_is_not_an_address_is_refused),
	        cmocka_unit_test(a_prefix_with_host_bits_names_the_nearest),
	        cmocka_unit_test(prefixes_contain_by_bits),
	        cmocka_unit_test(names_and_addresses_map_both_ways),
	        cmocka_unit_test(names_off_the_canonical_spelling_are_no_addresses),
	};

	return cmocka_run_group_tests_name("addr", tests, NULL, NULL);
}
