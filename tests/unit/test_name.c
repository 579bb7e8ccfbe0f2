/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include "tests/help/random.h"
#include "zone/name.h"

static struct name name_of(const char *text)
{
	struct name n;

	assert_int_equal(name_from_text(&n, text, strlen(text)), OK);
	return n;
}

static void text_and_wire_form_map_both_ways(void **state)
{
	static const struct {
		const char *text, *wire, *back;
	} rows[] = {
	        {".", "", "."},
	        {"www.example.", "\3www\7example", "www.example."},
	        {"www.example", "\3www\7example", "www.example."},
	        {"F.ISI.ARPA", "\1F\3ISI\4ARPA", "F.ISI.ARPA."}, /* RFC 1035 3.1; case is kept */
	        {"a\\.b.c", "\3a.b\1c", "a\\.b.c."},
	        {"a\\001b", "\3a\1b", "a\\001b."},
	        {"0/25.2.0.192.in-addr.arpa",
	                "\4"
	                "0/25\1"
	                "2\1"
	                "0\3"
	                "192\7in-addr\4arpa",
	                "0/25.2.0.192.in-addr.arpa."},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct name n = name_of(rows[i].text);
		char back[NAME_TEXT_MAX];
		assert_int_equal(n.len, strlen(rows[i].wire) + 1);
		assert_memory_equal(n.wire, rows[i].wire, n.len);
		name_to_text(back, n.wire);
		assert_string_equal(back, rows[i].back);
	}
}

static void bad_text_is_refused(void **state)
{
	static const char *const rows[] = {
	        "", "..", "a..b", ".a", "a\\", "a\\1", "a\\25", "a\\256"};
	struct name n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		if (name_from_text(&n, rows[i], strlen(rows[i])) != ERR_SYNTAX)
			fail_msg("accepted '%s'", rows[i]);
}

static void limits_are_63_and_255(void **state)
{
	char text[260];
	struct name n;

	(void)state;
	memset(text, 'a', sizeof text);
	assert_int_equal(name_from_text(&n, text, 63), OK);
	assert_int_equal(name_from_text(&n, text, 64), ERR_LONG);
	text[63] = text[127] = text[191] = '.';
	assert_int_equal(name_from_text(&n, text, 253), OK); /* 64 + 64 + 64 + 62 + 1 octets */
	assert_int_equal(n.len, 255);
	assert_int_equal(name_from_text(&n, text, 254), ERR_LONG);
	for (size_t i = 1; i < sizeof text; i += 2)
		text[i] = '.';
	text[0] = 'a';
	assert_int_equal(name_from_text(&n, text, 254), OK); /* 127 labels of one octet */
	assert_int_equal(n.len, 255);
}

static void wire_names_from_outside_are_bounded(void **state)
{
	static const uint8_t pointer[] = {1, 'a', 0xc0, 0}, reserved[] = {0x40, 0},
	                     cut[] = {3, 'a', 'b'}, good[] = {1, 'a', 0, 99};
	uint8_t large[300];
	struct name n;

	(void)state;
	assert_int_equal(name_from_wire(&n, pointer, sizeof pointer), ERR_SYNTAX);
	assert_int_equal(name_from_wire(&n, reserved, sizeof reserved), ERR_SYNTAX);
	assert_int_equal(name_from_wire(&n, cut, sizeof cut), ERR_SYNTAX);
	assert_int_equal(name_from_wire(&n, cut, 0), ERR_SYNTAX);
	assert_int_equal(name_from_wire(&n, good, sizeof good), OK);
	assert_int_equal(n.len, 3);
	for (size_t i = 0; i < sizeof large; i += 2) {
		large[i] = 1;
		large[i + 1] = 'x';
	}
	assert_int_equal(name_from_wire(&n, large, sizeof large), ERR_LONG);
	large[254] = 0;
	assert_int_equal(name_from_wire(&n, large, sizeof large), OK);
	assert_int_equal(n.len, 255);
	assert_int_equal(name_count_labels(n.wire), 127);
}

static void canonical_order_is_that_of_rfc_4034(void **state)
{
	/* RFC 4034 6.1, its example */
	static const char *const sorted[] = {"example", "a.example", "yljkjljk.a.example",
	        "Z.a.example", "zABC.a.EXAMPLE", "z.example", "\\001.z.example", "*.z.example",
	        "\\200.z.example"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(sorted); i++) {
		for (size_t k = 0; k < ARRAY_LENGTH(sorted); k++) {
			struct name a = name_of(sorted[i]), b = name_of(sorted[k]);
			int order = name_compare(a.wire, b.wire);
			assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
			assert_int_equal(name_equal(a.wire, b.wire), i == k);
		}
	}
}

static void within_counts_whole_labels(void **state)
{
	struct name zone = name_of("Example"), in = name_of("a.b.eXample"),
	            beside = name_of("notexample"), root = name_of(".");
	size_t at = 99;

	(void)state;
	assert_true(name_is_within(in.wire, zone.wire, &at));
	assert_int_equal(at, 4);
	assert_true(name_is_within(zone.wire, zone.wire, &at));
	assert_int_equal(at, 0);
	assert_false(name_is_within(beside.wire, zone.wire, NULL));
	assert_false(name_is_within(zone.wire, in.wire, NULL));
	assert_true(name_is_within(in.wire, root.wire, NULL));
}

static void host_names_are_letters_digits_and_inner_hyphens(void **state)
{
	static const char *const good[] = {
	        "a", "a-b.c9.example", "9.example", "xn--bcher-kva.example", "9.9a"};
	static const char *const bad[] = {".", "-a.example", "a-.example", "a_b.example",
	        "*.example", "0/25.example", "a\\.b.example", "192.0.2.1", "9", "example.123"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
		assert_true(name_is_host(name_of(good[i]).wire));
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		assert_false(name_is_host(name_of(bad[i]).wire));
}

/* The short way takes what the long way takes for a host, and makes the same of it. */
static void host_text_is_read_like_any_other(void **state)
{
	static const char alphabet[] = "aZ09-._\\ \xc3.a-";
	unsigned taken = 0;
	(void)state;

	for (unsigned round = 0; round < 200000; round++) {
		char text[300];
		struct name slow, fast;
		random_seed(round);
		size_t n = random_below(round % 100 ? 12 : sizeof text);
		unsigned kinds = round % 3 ? 6 : sizeof alphabet - 1;
		for (size_t i = 0; i < n; i++)
			text[i] = random_below(20) || round % 100 ? alphabet[random_below(kinds)]
			                                          : 'b';
		if (round % 200 == 0)
			for (size_t i = 0; i < n; i++)
				text[i] = i % (40 + round % 31) == 39 ? '.' : 'x';
		bool is_taken = name_from_host_text(&fast, text, n);
		bool is_host = !memchr(text, '\\', n) && name_from_text(&slow, text, n) == OK &&
		               name_is_host(slow.wire);
		assert_int_equal(is_taken, is_host);
		taken += is_taken;
		if (!is_taken)
			continue;
		name_lower(&slow);
		assert_int_equal(fast.len, slow.len);
		assert_memory_equal(fast.wire, slow.wire, slow.len);
	}
	assert_true(taken > 20000);
}

static void joining_stops_at_255(void **state)
{
	struct name suffix = name_of("example"), out;
	uint8_t label[250] = {1, 'a'};

	(void)state;
	assert_int_equal(name_join(&out, label, 2, suffix.wire), OK);
	assert_true(name_equal(out.wire, name_of("a.example").wire));
	assert_int_equal(name_join(&out, label, 247, suffix.wire), ERR_LONG);
	assert_int_equal(name_join(&out, label, 246, suffix.wire), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(text_and_wire_form_map_both_ways),
	        cmocka_unit_test(bad_text_is_refused),
	        cmocka_unit_test(limits_are_63_and_255),
	        cmocka_unit_test(wire_names_from_outside_are_bounded),
	        cmocka_unit_test(canonical_order_is_that_of_rfc_4034),
	        cmocka_unit_test(within_counts_whole_labels),
	        cmocka_unit_test(host_names_are_letters_digits_and_inner_hyphens),
	        cmocka_unit_test(host_text_is_read_like_any_other),
	        cmocka_unit_test(joining_stops_at_255),
	};

	return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
