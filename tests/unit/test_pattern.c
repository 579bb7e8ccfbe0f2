/* SPDX-License-Identifier: ISC */
#include "zone/pattern.h"

#include "tests/unit/unit.h"

/* A pattern and the memory of its shape. */
struct rule {
	struct pattern pattern;
	uint8_t shape[SHAPE_MAX];
};

static struct addr addr_of(const char *text)
{
	struct addr a;

	assert_int_equal(addr_from_text(&a, text, strlen(text)), OK);
	return a;
}

static enum pattern_fault set_rule(
        struct rule *r, const char *first, const char *last, const char *text)
{
	struct addr a = addr_of(first), b = addr_of(last);
	uint8_t octets;
	enum pattern_fault fault = shape_from_text(r->shape, &octets, text, strlen(text), a.len);

	if (fault != PATTERN_FINE)
		return fault;
	assert_true(shape_is_sound(r->shape, octets, a.len));
	pattern_init(&r->pattern, r->shape, octets, &a, &b);
	return pattern_check(&r->pattern);
}

static void label_of(uint8_t out[256], const char *text)
{
	out[0] = (uint8_t)strlen(text);
	memcpy(out + 1, text, strlen(text));
}

/* Range, pattern; address, label. */
static const struct {
	const char *first, *last, *text, *address, *label;
} pairs[] = {
        {"192.0.2.64", "192.0.2.95", "h-{ip}", "192.0.2.65", "h-192-0-2-65"},
        {"2001:db8:1::", "2001:db8:1::ffff:ffff:ffff:ffff", "{host}", "2001:db8:1::a:b",
                "00000000000a000b"},
        {"10.0.0.0", "10.0.1.255", "c{n}", "10.0.1.0", "c256"},
        {"2001:db8::", "2001:db8::ff", "{IP}", "2001:db8::1f",
                "2001-0db8-0000-0000-0000-0000-0000-001f"},
        {"0.0.0.0", "255.255.255.255", "{hex}h", "192.0.2.65", "c0000241h"},
        {"0.0.0.0", "255.255.255.255", "{n}", "255.255.255.255", "4294967295"},
        {"0.0.0.0", "255.255.255.255", "{D}X{c}x{b}x{a}", "0.10.255.1", "1x255x10x0"},
        {"::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "n{n}",
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                "n340282366920938463463374607431768211455"},
        {"::ffff:ffff", "::ffff:0:0:0", "n{n}", "::de0:b6b4:a763:ffff", "n1000000000000000000"},
        {"2001:db8::", "2001:db8::ff", "{hex}{host}", "2001:db8::1f",
                "20010db800000000000000000000001f1f"},
        {"192.0.2.64", "192.0.2.95", "{host}", "192.0.2.95", "1f"},
        {"192.0.2.64", "192.0.2.95", "{host}", "192.0.2.64", "00"},
        {"192.0.2.250", "192.0.3.5", "{host}-{n}", "192.0.3.0", "100-6"},
        {"192.0.2.1", "192.0.2.1", "{host}", "192.0.2.1", "0"},
        {"192.0.2.1", "192.0.2.1", "{b}", "192.0.2.1", "0"},
        {"192.0.2.64", "192.0.2.95", "p{d}", "192.0.2.77", "p77"},
};

static void an_address_has_a_label_and_a_label_its_address(void **state)
{
	uint8_t label[256], made[1 + LABEL_MAX_OCTETS], found[16];
	struct rule r;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(pairs); i++) {
		struct addr a = addr_of(pairs[i].address);
		assert_int_equal(
		        set_rule(&r, pairs[i].first, pairs[i].last, pairs[i].text), PATTERN_FINE);
		label_of(label, pairs[i].label);
		assert_int_equal(pattern_format(made, &r.pattern, a.octets), 1 + label[0]);
		assert_memory_equal(made, label, 1U + label[0]);
		memset(found, 77, sizeof found);
		assert_true(pattern_match(found, &r.pattern, label));
		assert_memory_equal(found, a.octets, 16);
	}
}

static void letters_of_a_label_are_of_any_case(void **state)
{
	uint8_t label[256], found[16];
	struct rule r;
	(void)state;

	assert_int_equal(set_rule(&r, "2001:db8::", "2001:db8::ff", "Host-{Hex}"), PATTERN_FINE);
	label_of(label, "hOST-20010DB800000000000000000000001F");
	assert_true(pattern_match(found, &r.pattern, label));
	assert_int_equal(found[15], 0x1f);
}

static void what_is_not_spelled_so_is_no_label(void **state)
{
	static const struct {
		const char *first, *last, *text, *label;
	} cases[] = {
	        {"192.0.2.64", "192.0.2.95", "h-{ip}", "h-192-0-2-096"}, /* leading zeros */
	        {"192.0.2.64", "192.0.2.95", "h-{ip}", "h-192-00-2-65"},
	        {"192.0.2.64", "192.0.2.95", "h-{ip}", "h-192-0-2-63"}, /* outside */
	        {"192.0.2.64", "192.0.2.95", "h-{ip}", "h-192-0-2-96"},
	        {"192.0.2.64", "192.0.2.95", "h-{ip}", "h-192-0-2-321"},
	        {"192.0.2.64", "192.0.2.95", "h-{ip}", "h-192-0-2-65-"},
	        {"192.0.2.64", "192.0.2.95", "h-{ip}", "h-192-0-2-"},
	        {"192.0.2.64", "192.0.2.95", "h-{ip}", "h-192-0-2"},
	        {"192.0.2.64", "192.0.2.95", "h-{ip}", "h"},
	        {"192.0.2.64", "192.0.2.95", "h-{ip}", ""},
	        {"192.0.2.64", "192.0.2.95", "h-{ip}", "192-0-2-65"},
	        {"192.0.2.64", "192.0.2.95", "{host}", "20"}, /* beyond the five bits */
	        {"192.0.2.64", "192.0.2.95", "{host}", "1"},
	        {"192.0.2.64", "192.0.2.95", "{host}", "001"},
	        {"192.0.2.64", "192.0.2.95", "{host}", "0g"},
	        {"192.0.2.1", "192.0.2.1", "{host}", "1"},
	        {"192.0.2.250", "192.0.3.5", "{host}", "106"},
	        {"10.0.0.0", "10.0.1.255", "c{n}", "c512"},
	        {"10.0.0.0", "10.0.1.255", "c{n}", "c01"},
	        {"10.0.0.0", "10.0.1.255", "c{n}", "c"},
	        {"10.0.0.0", "10.0.1.255", "c{n}", "c-1"},
	        {"10.0.0.0", "10.0.1.255", "c{n}", "c4294967296"}, /* would be 0 again */
	        {"10.0.0.0", "10.0.1.255", "c{n}", "c4127195136"}, /* 256.0.0.0 */
	        {"::2", "::9", "{n}", "340282366920938463463374607431768211454"}, /* ::0 again */
	        {"::2", "::9", "{n}", "340282366920938463463374607431768211456"},
	        {"::2", "::9", "{n}", "999999999999999999999999999999999999999"},
	        {"::2", "::9", "{n}", "1000000000000000000000000000000000000000"},
	        {"192.0.2.0", "192.0.2.255", "{a}-{ip}", "191-192-0-2-1"}, /* not one address */
	        {"192.0.2.0", "192.0.2.255", "{ip}-{n}", "192-0-2-1-2"},
	        {"2001:db8::", "2001:db8::ff", "{ip}", "2001-0db8-0000-0000-0000-0000-0000-1f"},
	        {"2001:db8::", "2001:db8::ff", "{ip}", "20010-db8-0000-0000-0000-0000-0000-001f"},
	};
	uint8_t label[256], found[16] = {77};
	struct rule r;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		assert_int_equal(
		        set_rule(&r, cases[i].first, cases[i].last, cases[i].text), PATTERN_FINE);
		label_of(label, cases[i].label);
		assert_false(pattern_match(found, &r.pattern, label));
	}
	assert_int_equal(found[0], 77);
}

/* Neither of the range nor of another with as many host bits. */
static void what_no_address_is_spelled_as_is_not_read(void **state)
{
	static const struct {
		const char *first, *last, *text, *label;
		bool is_read;
	} cases[] = {
	        {"192.0.2.0", "192.0.2.31", "h-{ip}", "h-10-9-8-7", true},
	        {"192.0.2.0", "192.0.2.31", "h-{ip}", "h-10-9-8-07", false},
	        {"192.0.2.0", "192.0.2.31", "h-{ip}", "h-10-9-8-256", false},
	        {"192.0.2.0", "192.0.2.31", "h-{ip}", "h-10-9-8-1000", false},
	        {"192.0.2.0", "192.0.2.31", "h-{ip}", "h-10-9-8-7x", false},
	        {"192.0.2.0", "192.0.2.31", "{host}", "1f", true},
	        {"192.0.2.0", "192.0.2.31", "{host}", "20", false},
	        {"192.0.2.0", "192.0.2.31", "{n}", "1073741311", true}, /* 255.255.255.255 */
	        {"192.0.2.0", "192.0.2.31", "{n}", "1073741312", false},
	        {"192.0.2.0", "192.0.2.31", "{n}", "18446744073709551616", false},
	        {"::1", "::2", "{n}", "340282366920938463463374607431768211454", true},
	        {"::1", "::2", "{n}", "340282366920938463463374607431768211455", false},
	        {"::1", "::2", "{n}", "340282366920938463463374607431768211456", false},
	        {"::1", "::2", "{n}", "999999999999999999999999999999999999999", false},
	};
	uint8_t label[256], found[16];
	struct rule r;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		assert_int_equal(
		        set_rule(&r, cases[i].first, cases[i].last, cases[i].text), PATTERN_FINE);
		label_of(label, cases[i].label);
		assert_int_equal(pattern_parse(found, &r.pattern, label), cases[i].is_read);
	}
}

static void a_whole_shape_is_read_without_the_range(void **state)
{
	static const char *const texts[] = {"x{ip}", "x{d}-{c}-{b}-{a}", "{hex}", "{n}-{ip}"};
	struct addr low = addr_of("255.255.255.250"), high = addr_of("255.255.255.255"),
	            other = addr_of("192.0.2.7");
	uint8_t label[1 + LABEL_MAX_OCTETS], found[16];
	struct rule r;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(texts); i++) {
		assert_int_equal(set_rule(&r, "192.0.2.0", "192.0.2.255", texts[i]), PATTERN_FINE);
		assert_true(shape_is_whole(r.shape, r.pattern.shape_octets));
		pattern_format(label, &r.pattern, other.octets);
		pattern_init(&r.pattern, r.shape, r.pattern.shape_octets, &low, &high);
		assert_true(pattern_parse(found, &r.pattern, label));
		assert_memory_equal(found, other.octets, 16);
		assert_false(pattern_match(found, &r.pattern, label));
	}
	static const char *const parts[] = {"{host}", "{n}", "{a}-{b}-{c}", "{ip}-{host}"};
	for (unsigned i = 0; i < ARRAY_LENGTH(parts); i++) {
		assert_int_equal(set_rule(&r, "192.0.2.0", "192.0.2.0", parts[i]), PATTERN_FINE);
		assert_false(shape_is_whole(r.shape, r.pattern.shape_octets));
	}
}

static void a_pattern_has_its_faults(void **state)
{
	static const struct {
		const char *text;
		enum pattern_fault four, six;
	} cases[] = {
	        {"", PATTERN_NO_PLACEHOLDER, PATTERN_NO_PLACEHOLDER},
	        {"host", PATTERN_NO_PLACEHOLDER, PATTERN_NO_PLACEHOLDER},
	        {"{port}", PATTERN_UNKNOWN, PATTERN_UNKNOWN},
	        {"{}", PATTERN_UNKNOWN, PATTERN_UNKNOWN},
	        {"{i}", PATTERN_UNKNOWN, PATTERN_UNKNOWN},
	        {"{ipx}", PATTERN_UNKNOWN, PATTERN_UNKNOWN},
	        {"{ ip}", PATTERN_UNKNOWN, PATTERN_UNKNOWN},
	        {"x{", PATTERN_BRACE, PATTERN_BRACE},
	        {"x}", PATTERN_BRACE, PATTERN_BRACE},
	        {"{hex}}", PATTERN_BRACE, PATTERN_BRACE},
	        {"{{hex}", PATTERN_BRACE, PATTERN_BRACE},
	        {"{hex", PATTERN_BRACE, PATTERN_BRACE},
	        {"x{a}", PATTERN_FINE, PATTERN_FAMILY},
	        {"x{d}", PATTERN_FINE, PATTERN_FAMILY},
	        {"x1{ip}", PATTERN_TOUCH, PATTERN_FINE},
	        {"{ip}1x", PATTERN_TOUCH, PATTERN_FINE},
	        {"{ip}{hex}", PATTERN_TOUCH, PATTERN_FINE},
	        {"{host}{ip}", PATTERN_TOUCH, PATTERN_FINE},
	        {"{n}0", PATTERN_TOUCH, PATTERN_TOUCH},
	        {"0{n}", PATTERN_TOUCH, PATTERN_TOUCH},
	        {"{n}{n}", PATTERN_TOUCH, PATTERN_TOUCH},
	        {"{n}{hex}", PATTERN_TOUCH, PATTERN_TOUCH},
	        {"{host}{n}", PATTERN_TOUCH, PATTERN_TOUCH},
	        {"1{hex}2{host}3", PATTERN_FINE, PATTERN_FINE},
	        {"{hex}{host}", PATTERN_FINE, PATTERN_FINE},
	        {"{n}a{n}", PATTERN_FINE, PATTERN_FINE},
	        {"a_b{n}", PATTERN_CHARACTER, PATTERN_CHARACTER},
	        {"a b{n}", PATTERN_CHARACTER, PATTERN_CHARACTER},
	        {"a.b{n}", PATTERN_CHARACTER, PATTERN_CHARACTER},
	        {"b\xc3\xbc"
	         "ro{n}",
	                PATTERN_IDN, PATTERN_IDN},
	        {"-{n}", PATTERN_HYPHEN, PATTERN_HYPHEN},
	        {"{ip}-", PATTERN_HYPHEN, PATTERN_HYPHEN},
	        {"x--{n}", PATTERN_FINE, PATTERN_FINE},
	};
	uint8_t shape[SHAPE_MAX] = {77}, octets = 99;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		size_t n = strlen(cases[i].text);
		assert_int_equal(
		        shape_from_text(shape, &octets, cases[i].text, n, 4), cases[i].four);
		assert_int_equal(
		        shape_from_text(shape, &octets, cases[i].text, n, 16), cases[i].six);
		if (i == 0)
			assert_true(shape[0] == 77 && octets == 99);
	}
	assert_int_equal(shape_from_text(shape, &octets, "{n\0}", 4, 4), PATTERN_UNKNOWN);
	assert_int_equal(shape_from_text(shape, &octets, "a\0{n}", 5, 4), PATTERN_CHARACTER);
}

static void every_octet_that_varies_must_be_there(void **state)
{
	static const struct {
		const char *first, *last, *text;
		enum pattern_fault fault;
	} cases[] = {
	        {"192.0.2.0", "192.0.2.255", "{d}", PATTERN_FINE},
	        {"192.0.2.0", "192.0.3.255", "{d}", PATTERN_INVERT},
	        {"192.0.2.0", "192.0.3.255", "{c}-{d}", PATTERN_FINE},
	        {"192.0.2.0", "192.0.3.255", "{a}-{b}-{c}", PATTERN_INVERT},
	        {"192.0.2.7", "192.1.2.7", "{b}", PATTERN_INVERT},
	        {"192.0.2.7", "192.1.2.7", "{b}-{d}-{c}", PATTERN_FINE},
	        {"192.0.2.254", "192.0.3.1", "{d}", PATTERN_INVERT},
	        {"192.0.2.7", "192.0.2.7", "{a}", PATTERN_FINE},
	        {"0.0.0.0", "255.255.255.255", "{b}-{c}-{d}", PATTERN_INVERT},
	        {"0.0.0.0", "255.255.255.255", "{ip}", PATTERN_FINE},
	        {"0.0.0.0", "255.255.255.255", "{hex}", PATTERN_FINE},
	        {"0.0.0.0", "255.255.255.255", "{host}", PATTERN_FINE},
	        {"0.0.0.0", "255.255.255.255", "{n}-{a}", PATTERN_FINE},
	};
	struct rule r;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_int_equal(
		        set_rule(&r, cases[i].first, cases[i].last, cases[i].text), cases[i].fault);
}

static void the_widest_label_is_exact(void **state)
{
	static const struct {
		const char *first, *last, *text;
		unsigned widest;
	} cases[] = {
	        {"192.0.2.0", "192.0.2.9", "{ip}", 9},
	        {"192.0.2.0", "192.0.2.10", "{ip}", 10},
	        {"192.0.8.0", "192.0.9.0", "{ip}", 11},
	        {"192.0.9.250", "192.0.10.5", "{c}-{d}", 5}, /* 9-255 and 10-5 */
	        {"192.0.9.250", "192.0.10.10", "{c}-{d}", 5},
	        {"192.0.9.255", "192.0.10.100", "{c}-{d}", 6},
	        {"0.0.0.0", "255.255.255.255", "{ip}", 15},
	        {"192.0.2.5", "192.0.2.14", "{n}", 1},
	        {"192.0.2.5", "192.0.2.15", "{n}", 2},
	        {"192.0.2.5", "192.0.2.5", "{host}-{n}", 3},
	        {"192.0.2.5", "192.0.2.15", "{host}", 1},
	        {"192.0.2.5", "192.0.2.16", "{host}", 2},
	        {"::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "{n}", 39},
	        {"2001:db8::", "2001:db8::f", "{ip}", 39},
	        {"2001:db8::", "2001:db8::f", "{ip}{hex}", 71},
	        {"2001:db8::", "2001:db8::f", "{hex}{hex}", 64},
	};
	struct rule r;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		enum pattern_fault fault =
		        set_rule(&r, cases[i].first, cases[i].last, cases[i].text);
		assert_int_equal(pattern_widest(&r.pattern), cases[i].widest);
		assert_int_equal(fault, cases[i].widest > 63 ? PATTERN_LONG : PATTERN_FINE);
	}
}

static void a_shape_has_room_for_so_many(void **state)
{
	char text[1024] = "", out[SHAPE_TEXT_MAX];
	uint8_t shape[SHAPE_MAX], octets;
	(void)state;

	for (unsigned i = 0; i < SHAPE_PARTS_MAX; i++)
		strcat(text, i ? "x{host}" : "{host}");
	for (unsigned i = 0; i < 32; i++)
		strcat(text, "y");
	size_t n = strlen(text); /* 63 literals */
	assert_int_equal(shape_from_text(shape, &octets, text, n, 4), PATTERN_FINE);
	assert_int_equal(octets, 127);
	assert_true(shape_is_sound(shape, octets, 4));
	assert_int_equal(shape_to_text(out, shape, octets), n);
	assert_string_equal(out, text);
	strcat(text, "y");
	assert_int_equal(shape_from_text(shape, &octets, text, n + 1, 4), PATTERN_LONG);
	assert_int_equal(shape_from_text(shape, &octets, text, n - 3, 16), PATTERN_FINE);
	strcpy(text + n - 3, "{host}");
	assert_int_equal(shape_from_text(shape, &octets, text, strlen(text), 16), PATTERN_LONG);
	memset(shape, PART_HOST, sizeof shape);
	assert_true(shape_is_sound(shape, SHAPE_PARTS_MAX, 4));
	assert_false(shape_is_sound(shape, SHAPE_PARTS_MAX + 1, 4));
}

static void a_shape_is_written_as_people_do(void **state)
{
	static const struct {
		const char *text, *four, *six;
	} cases[] = {
	        {"h-{ip}", "h-{ip}", "h-{ip}"},
	        {"{IP}-X", "{ip}-x", "{ip}-x"},
	        {"h-{a}-{b}-{c}-{d}-x", "h-{ip}-x", NULL},
	        {"{a}-{b}-{c}--{d}", "{a}-{b}-{c}--{d}", NULL},
	        {"{d}-{a}-{b}-{c}-{d}", "{d}-{ip}", NULL},
	        {"{a}-{b}-{c}", "{a}-{b}-{c}", NULL},
	        {"Host{HOST}n{N}", "host{host}n{n}", "host{host}n{n}"},
	};
	char out[SHAPE_TEXT_MAX];
	uint8_t shape[SHAPE_MAX], octets;
	(void)state;

	for (unsigned i = 0; i < 2 * ARRAY_LENGTH(cases); i++) {
		const char *text = cases[i / 2].text,
		           *back = i % 2 ? cases[i / 2].six : cases[i / 2].four;
		if (!back)
			continue;
		assert_int_equal(
		        shape_from_text(shape, &octets, text, strlen(text), i % 2 ? 16 : 4),
		        PATTERN_FINE);
		assert_int_equal(shape_to_text(out, shape, octets), strlen(back));
		assert_string_equal(out, back);
	}
}

static void octets_are_a_shape_only_in_one_form(void **state)
{
	static const struct {
		const char *octets;
		uint8_t n;
		bool four, six;
	} cases[] = {
	        {"\x86", 1, true, true},
	        {"\2ab\x87", 4, true, true},
	        {"\x80", 1, true, false},
	        {"\x84", 1, false, true},
	        {"\x88", 1, false, false},
	        {"\xff", 1, false, false},
	        {"", 0, false, false},
	        {"\2ab", 3, false, false},       /* no placeholder */
	        {"\1a\1b\x87", 5, false, false}, /* two runs side by side */
	        {"\0\x87", 2, false, false},
	        {"\2A1\x86", 4, false, false}, /* a capital */
	        {"\2a_\x86", 4, false, false},
	        {"\2-a\x86", 4, false, false},
	        {"\x86\2a-", 4, false, false},
	        {"\2a1\x87", 4, false, false}, /* touches */
	        {"\x87\x86", 2, false, false},
	        {"\x86\x85", 2, true, true},
	        {"\x86\2a", 3, false, false}, /* the run is cut off */
	        {"\x86\x3f", 2, false, false},
	        {"\x86\x40", 2, false, false},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		const uint8_t *octets = (const uint8_t *)cases[i].octets;
		assert_int_equal(shape_is_sound(octets, cases[i].n, 4), cases[i].four);
		assert_int_equal(shape_is_sound(octets, cases[i].n, 16), cases[i].six);
	}
}

static void a_shape_begins_with_literals_or_not(void **state)
{
	const uint8_t *prefix;
	uint8_t n;
	(void)state;

	prefix = shape_prefix((const uint8_t *)"\2h-\x86\1x", &n);
	assert_int_equal(n, 2);
	assert_memory_equal(prefix, "h-", 2);
	shape_prefix((const uint8_t *)"\x86\1x", &n);
	assert_int_equal(n, 0);
}

static void patterns_meet_when_a_label_may_fit_both(void **state)
{
	static const struct {
		const char *first, *last, *text, *other_first, *other_last, *other_text;
		bool may;
	} cases[] = {
	        {"10.0.0.0", "10.0.0.255", "a{n}", "10.0.1.0", "10.0.1.255", "b{n}", false},
	        {"10.0.0.0", "10.0.0.255", "a{n}", "10.0.1.0", "10.0.1.255", "a{n}", true},
	        {"10.0.0.0", "10.0.0.255", "a{n}", "10.0.1.0", "10.0.1.255", "a-{n}", false},
	        {"10.0.0.0", "10.0.0.255", "a{n}", "10.0.1.0", "10.0.1.255", "a{n}x", false},
	        {"10.0.0.0", "10.0.0.9", "a{n}", "10.0.1.0", "10.0.1.255", "a{host}", false},
	        {"10.0.0.0", "10.0.0.10", "a{n}", "10.0.1.0", "10.0.1.255", "a{host}", true},
	        {"10.0.0.0", "10.0.0.255", "a{n}", "::", "::f", "{host}x{n}", false},
	        {"10.0.0.0", "10.0.0.255", "{ip}", "10.0.1.0", "10.0.1.255", "{ip}", false},
	        {"10.0.0.0", "10.0.1.255", "{ip}", "10.0.1.0", "10.0.1.255", "{ip}", true},
	        {"10.0.0.0", "10.0.0.9", "{d}", "10.0.1.10", "10.0.1.20", "{d}", true},
	        {"10.0.0.0", "10.0.0.9", "{d}", "10.0.1.10", "10.0.1.20", "1{host}", false},
	        {"10.0.9.0", "10.0.10.9", "{c}x{d}", "10.0.1.0", "10.0.1.255", "9x{n}", true},
	        {"10.0.9.0", "10.0.10.9", "{c}x{d}", "10.0.1.0", "10.0.1.255", "9x1{host}", true},
	        {"10.0.0.0", "10.0.255.255", "{host}", "10.0.0.0", "10.0.0.255", "fa{host}", true},
	        {"10.0.0.0", "10.0.255.255", "{host}", "10.0.0.0", "10.0.0.255", "fx{host}", false},
	        {"2001:db8::", "2001:db8::ff", "{ip}", "2001:db8::1:0", "2001:db8::1:ff", "{ip}",
	                false},
	        {"2001:db8::", "2001:db8::1:ff", "{ip}", "2001:db8::1:0", "2001:db8::1:ff", "{ip}",
	                true},
	};
	struct rule a, b;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		assert_int_equal(
		        set_rule(&a, cases[i].first, cases[i].last, cases[i].text), PATTERN_FINE);
		assert_int_equal(set_rule(&b, cases[i].other_first, cases[i].other_last,
		                         cases[i].other_text),
		        PATTERN_FINE);
		assert_int_equal(pattern_may_meet(&a.pattern, &b.pattern), cases[i].may);
		assert_int_equal(pattern_may_meet(&b.pattern, &a.pattern), cases[i].may);
	}
}

static void a_range_without_a_pattern_has_addresses(void **state)
{
	struct addr first = addr_of("192.0.2.92"), last = addr_of("192.0.2.95"),
	            outside = addr_of("192.0.2.96");
	uint8_t label[256], out[16];
	struct pattern p;
	(void)state;

	pattern_init(&p, NULL, 0, &first, &last);
	assert_true(pattern_has(&p, first.octets) && pattern_has(&p, last.octets));
	assert_false(pattern_has(&p, outside.octets));
	assert_int_equal(p.host_bits, 2);
	label_of(label, "");
	assert_false(pattern_match(out, &p, label));
	assert_false(pattern_may_meet(&p, &p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_address_has_a_label_and_a_label_its_address),
	        cmocka_unit_test(letters_of_a_label_are_of_any_case),
	        cmocka_unit_test(what_is_not_spelled_so_is_no_label),
	        cmocka_unit_test(what_no_address_is_spelled_as_is_not_read),
	        cmocka_unit_test(a_whole_shape_is_read_without_the_range),
	        cmocka_unit_test(a_pattern_has_its_faults),
	        cmocka_unit_test(every_octet_that_varies_must_be_there),
	        cmocka_unit_test(the_widest_label_is_exact),
	        cmocka_unit_test(a_shape_has_room_for_so_many),
	        cmocka_unit_test(a_shape_is_written_as_people_do),
	        cmocka_unit_test(octets_are_a_shape_only_in_one_form),
	        cmocka_unit_test(a_shape_begins_with_literals_or_not),
	        cmocka_unit_test(patterns_meet_when_a_label_may_fit_both),
	        cmocka_unit_test(a_range_without_a_pattern_has_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
