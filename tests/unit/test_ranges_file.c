/* SPDX-License-Identifier: ISC */
/* The `ranges` of a customer's file, as conf/ranges.c reads them. */
#include "conf/delegation.h"
#include "tests/help/files.h"
#include "tests/unit/unit.h"

#define FILE_NAME "customers/acme.yaml"
#define OPERATOR                                                                                   \
	"version: 1\n"                                                                             \
	"defaults: {ns: [ns1.test, ns2.test], hostmaster: h@test}\n"                               \
	"zones: [192.0.2.0/24, 2001:db8::/32, acme.example]\n"                                     \
	"customers: {acme: {prefixes: [192.0.2.0/24, 2001:db8::/32], domains: [acme.example]}}\n"

/* The file alone is read: what other files make of it is for others to test. */
static char *read_file(struct plan *p, const char *text)
{
	static struct plan_customer acme = {.name = "acme"};
	static struct plan_source source;
	const struct delegation_context c = {.ttl_s = 10800};
	struct diag_list diags;
	char *said = NULL;
	size_t size;

	files_write(FILE_NAME, text);
	source = (struct plan_source){.file = FILE_NAME};
	*p = (struct plan){
	        .customers = &acme, .customer_count = 1, .sources = &source, .source_count = 1};
	diag_init(&diags);
	delegation_read(p, 0, &c, &diags);
	diag_sort(&diags);
	FILE *out = open_memstream(&said, &size);
	diag_print(&diags, out);
	fclose(out);
	diag_free(&diags);
	return said;
}

/* What is said of the entries, of which the first is on line 4; "" when the file is good. */
static void expect(const char *entries, const char *expected)
{
	char text[9000], *got = NULL;
	struct plan p;
	size_t size;

	snprintf(text, sizeof text, "version: 1\ncustomer: acme\nranges:\n%s", entries);
	char *said = read_file(&p, text);
	FILE *out = open_memstream(&got, &size);
	for (char *line = said, *next; *line; line = next) {
		next = strchr(line, '\n') + 1;
		fwrite(line + sizeof FILE_NAME - 1, 1,
		        (size_t)(next - line) - (sizeof FILE_NAME - 1), out);
	}
	fclose(out);
	if (strcmp(got, expected) != 0)
		print_message("%s----\n%s", text, got);
	assert_string_equal(got, expected);
	assert_int_equal(
	        p.sources[0].state, strstr(got, ": error: ") ? SOURCE_REFUSED : SOURCE_GOOD);
	arena_free(&p.sources[0].arena);
	free(got);
	free(said);
}

static void ranges_in_all_forms(void **state)
{
	static const struct {
		const char *first, *last, *label, *owner;
		uint32_t ttl_s, line;
		bool is_inherited;
	} ranges[] = {
	        {"192.0.2.64", "192.0.2.95", "h-{ip}", "static.acme.example.", 86400, 4, false},
	        {"192.0.2.92", "192.0.2.95", NULL, NULL, 86400, 5, false},
	        {"2001:db8:42:1::", "2001:db8:42:1:ffff:ffff:ffff:ffff", "{ip}", "v6.acme.example.",
	                300, 6, false},
	        {"2001:db8::1", "2001:db8::f", "x{host}", "xn--bcher-kva.example.", 86400, 7,
	                false},
	        {"192.0.2.7", "192.0.2.7", "{hex}", "acme.example.", 86400, 8, false},
	        {"10.0.0.0", "10.0.1.255", "c{n}", "acme.example.", 86400, 9, false},
	        {"192.0.2.8", "192.0.2.8", "{c}x{d}", "example.", 86400, 10, false},
	        {"128.0.0.0", "255.255.255.255", NULL, NULL, 86400, 11, false},
	        {"192.0.2.9", "192.0.2.9", NULL, NULL, 86400, 12, false},
	};
	struct plan p;
	(void)state;

	char *said = read_file(&p,
	        "version: 1\ncustomer: acme\nranges:\n"
	        "  192.0.2.64/27: \"h-{ip}.static.acme.example\"\n"
	        "  192.0.2.92-192.0.2.95: none\n"
	        "  2001:db8:42:1::/64: {pattern: \"{ip}.v6.acme.example.\", ttl: 5m}\n"
	        "  2001:db8::1-2001:DB8::f: X{HOST}.b\xc3\xbc"
	        "cher.Example\n"
	        "  192.0.2.7/32: {pattern: '{hex}.acme.example'}\n"
	        "  10.0.0.0/23: c{n}.acme.example\n"
	        "  192.0.2.8/32: \"{c}x{d}.example\"\n"
	        "  128.0.0.0/1: {pattern: none}\n"
	        "  192.0.2.9-192.0.2.9: none\n"
	        "ttl: 1d\n");
	assert_string_equal(said, "");
	struct plan_source *s = &p.sources[0];
	assert_int_equal(s->state, SOURCE_GOOD);
	assert_int_equal(s->range_count, ARRAY_LENGTH(ranges));
	for (unsigned i = 0; i < ARRAY_LENGTH(ranges); i++) {
		const struct plan_range *r = &s->ranges[i];
		struct addr first = {.len = r->pattern.addr_len}, last = first;
		char text[NAME_TEXT_MAX];
		memcpy(first.octets, r->pattern.first, 16);
		memcpy(last.octets, r->pattern.last, 16);
		addr_to_text(text, &first);
		assert_string_equal(text, ranges[i].first);
		addr_to_text(text, &last);
		assert_string_equal(text, ranges[i].last);
		assert_int_equal(!r->pattern.shape, !ranges[i].label);
		assert_int_equal(!r->owner, !ranges[i].owner);
		if (r->owner && r->pattern.shape) {
			name_to_text(text, r->owner);
			assert_string_equal(text, ranges[i].owner);
			shape_to_text(text, r->pattern.shape, r->pattern.shape_octets);
			assert_string_equal(text, ranges[i].label);
		}
		assert_int_equal(r->ttl_s, ranges[i].ttl_s);
		assert_int_equal(r->is_ttl_inherited, ranges[i].is_inherited);
		assert_int_equal(r->line, ranges[i].line);
		assert_int_equal(r->column, 3);
		assert_int_equal(r->forward_zone, ZONE_NONE);
		assert_false(r->is_shadowed);
	}
	arena_free(&s->arena);
	free(said);
}

static void the_ttl_is_the_operators_where_nobody_says_one(void **state)
{
	struct plan p;
	(void)state;

	free(read_file(&p, "version: 1\ncustomer: acme\nranges:\n  192.0.2.0/24: none\n"
	                   "  192.0.2.0/25: {pattern: \"x{d}.test\", ttl: 10800}\n"));
	assert_int_equal(p.sources[0].range_count, 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(p.sources[0].ranges[i].ttl_s, 10800);
		assert_int_equal(p.sources[0].ranges[i].is_ttl_inherited, i == 0);
	}
	arena_free(&p.sources[0].arena);
}

static void a_far_column_is_clipped(void **state)
{
	static char text[70100];
	struct plan p;
	(void)state;

	int n = sprintf(text, "version: 1\ncustomer: acme\nranges: {");
	memset(text + n, ' ', 70000);
	strcpy(text + n + 70000, "192.0.2.0/24: none}\n");
	free(read_file(&p, text));
	assert_int_equal(p.sources[0].range_count, 1);
	assert_int_equal(p.sources[0].ranges[0].column, 65535);
	arena_free(&p.sources[0].arena);
}

struct mistake {
	const char *entries, *said;
};

static void what_is_no_range_is_refused(void **state)
{
	static const struct mistake mistakes[] = {
	        {"  192.0.2.7: \"{ip}.acme.example\"\n"
	         "  2001:db8:42::7: none\n",
	                ":4:3: error: 192.0.2.7 is a single address; write 192.0.2.7/32 [range]\n"
	                ":5:3: error: 2001:db8:42::7 is a single address; write 2001:db8:42::7/128 "
	                "[range]\n"},
	        {"  192.0.2.9-192.0.2.5: none\n"
	         "  192.0.2.9-2001:db8:42::1: none\n"
	         "  2001:db8::f-2001:db8::1: none\n",
	                ":4:3: error: 192.0.2.9-192.0.2.5 is backwards; write 192.0.2.5-192.0.2.9 "
	                "[range]\n"
	                ":5:3: error: 192.0.2.9-2001:db8:42::1 has one end in IPv4 and one in "
	                "IPv6; write a block of each [range]\n"
	                ":6:3: error: 2001:db8::f-2001:db8::1 is backwards; write "
	                "2001:db8::1-2001:db8::f [range]\n"},
	        {"  0.0.0.0/0: none\n"
	         "  \"::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\": none\n"
	         "  \"::/0\": none\n"
	         "  0.0.0.0-255.255.255.255: none\n",
	                ":4:3: error: 0.0.0.0/0 is every address there is; write the blocks that "
	                "are yours [range]\n"
	                ":5:3: error: ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff is every address "
	                "there is; write the blocks that are yours [range]\n"
	                ":6:3: error: ::/0 is every address there is; write the blocks that are "
	                "yours [range]\n"
	                ":7:3: error: 0.0.0.0-255.255.255.255 is every address there is; write the "
	                "blocks that are yours [range]\n"},
	        {"  192.0.2.9 - 192.0.2.15: none\n"
	         "  192.0.2.9-: none\n"
	         "  -192.0.2.9: none\n"
	         "  192.0.2.9-192.0.2.11-192.0.2.12: none\n",
	                ":4:3: error: 192.0.2.9 - 192.0.2.15 is no block; write FIRST-LAST, "
	                "without spaces [range]\n"
	                ":5:3: error: 192.0.2.9- is no block; write FIRST-LAST, without spaces "
	                "[range]\n"
	                ":6:3: error: -192.0.2.9 is no block; write FIRST-LAST, without spaces "
	                "[range]\n"
	                ":7:3: error: 192.0.2.11-192.0.2.12 is not an address; write 192.0.2.1 or "
	                "2001:db8::1 [address]\n"},
	        {"  192.0.2.1/24: none\n"
	         "  192.0.2.010-192.0.2.20: none\n"
	         "  192.0.2.0/33: none\n"
	         "  foo: none\n"
	         "  192.0.2.0/24-192.0.3.0/24: none\n"
	         "  ::ffff:192.0.2.1-::ffff:192.0.2.2: none\n",
	                ":4:3: error: 192.0.2.1/24 has bits set behind its length; the block is "
	                "192.0.2.0/24 [prefix]\n"
	                ":5:3: error: 192.0.2.010 has a leading zero; write octets without "
	                "[address]\n"
	                ":6:3: error: 192.0.2.0/33 is not a prefix; write 192.0.2.0/24 or "
	                "2001:db8::/32 [prefix]\n"
	                ":7:3: error: foo is not a prefix; write 192.0.2.0/24 or 2001:db8::/32 "
	                "[prefix]\n"
	                ":8:3: error: 192.0.2.0/24-192.0.3.0/24 is not a prefix; write "
	                "192.0.2.0/24 or 2001:db8::/32 [prefix]\n"
	                ":9:3: error: ::ffff:192.0.2.1 is an IPv4 address in IPv6 form; write it "
	                "as IPv4 [address]\n"},
	        {"  192.0.2.64/27:\n"
	         "  192.0.2.96/27: []\n"
	         "  192.0.2.128/27: {ttl: 5m}\n"
	         "  192.0.2.224/27: {}\n"
	         "  192.0.2.0/27: {pattern: }\n",
	                ":4:3: error: there is no value here; write a pattern or `none`, or remove "
	                "it [null-value]\n"
	                ":5:18: error: a pattern or `none` is wanted here, not a list "
	                "[wrong-type]\n"
	                ":6:3: error: a range wants the key `pattern`; write one, or `none` "
	                "[missing-key]\n"
	                ":7:3: error: a range wants the key `pattern`; write one, or `none` "
	                "[missing-key]\n"
	                ":8:18: error: there is no value here; write a pattern or `none`, or "
	                "remove it [null-value]\n"},
	        {"  192.0.2.160/27: {pattern: none, ttl: 5m}\n"
	         "  192.0.2.192/27: {ttl: 5x, pattern: \"{ip}.a.test\", x: 1, ttl: 5}\n",
	                ":4:35: error: a range without names has nothing that a TTL is for; remove "
	                "it [ttl]\n"
	                ":5:25: error: 5x is not a time; write 30s, 5m, 1h, 1d or seconds, at most "
	                "2147483647 [ttl]\n"
	                ":5:53: error: unknown key `x`; a range takes: pattern, ttl [unknown-key]\n"
	                ":5:59: error: `ttl` is there already; remove one of the two "
	                "[duplicate-key]\n"},
	        {"  - 192.0.2.160/27\n", ":4:3: error: a map of blocks and patterns is wanted "
	                                 "here, not a list [wrong-type]\n"},
	        {"  192.0.2.160/27:none\n",
	                ":4:3: error: a map of blocks and patterns is wanted here, not a single "
	                "value; write a space behind the colon [wrong-type]\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(mistakes); i++)
		expect(mistakes[i].entries, mistakes[i].said);
}

static void what_is_no_pattern_is_refused(void **state)
{
	static const struct mistake mistakes[] = {
	        {"  192.0.2.0/32: plain\n"
	         "  192.0.2.1/32: h-{ip}\n"
	         "  192.0.2.2/32: h-{ip}.\n"
	         "  192.0.2.3/32: \"\"\n"
	         "  192.0.2.4/32: None\n",
	                ":4:17: error: plain has no domain; a pattern is a host name below one, "
	                "such as h-{ip}.example.net [pattern]\n"
	                ":5:17: error: h-{ip} has no domain; a pattern is a host name below one, "
	                "such as h-{ip}.example.net [pattern]\n"
	                ":6:17: error: h-{ip}. has no domain; a pattern is a host name below one, "
	                "such as h-{ip}.example.net [pattern]\n"
	                ":7:17: error: an empty pattern; write one, or `none` [pattern]\n"
	                ":8:17: error: None has no domain; a pattern is a host name below one, "
	                "such as h-{ip}.example.net [pattern]\n"},
	        {"  192.0.2.3/32: h.{ip}.acme.example\n"
	         "  192.0.2.4/32: h-{ip}.a}.example\n",
	                ":4:17: error: placeholders all stand in the first label; put hyphens for "
	                "the dots in h.{ip}.acme.example [pattern]\n"
	                ":5:17: error: placeholders all stand in the first label; put hyphens for "
	                "the dots in h-{ip}.a}.example [pattern]\n"},
	        {"  192.0.2.4/32: h-{ip}..example\n"
	         "  192.0.2.5/32: h-{ip}.a_b.example\n"
	         "  192.0.2.6/32: h-{ip}.123\n"
	         "  192.0.2.7/32: \"{ip}..\"\n"
	         "  192.0.2.8/32: \"{ip}. acme.example\"\n"
	         "  192.0.2.9/32: "
	         "\"{ip}.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.test\"\n",
	                ":4:17: error: .example is not a domain name; write labels with dots "
	                "between them, such as mail.example.net [name]\n"
	                ":5:17: error: a_b.example is not a host name; its labels are letters, "
	                "digits and inner hyphens [name-host]\n"
	                ":6:17: error: 123 ends in a number, as an address does; write the name of "
	                "a host [name-host]\n"
	                ":7:17: error: . is not a host name; its labels are letters, digits and "
	                "inner hyphens [name-host]\n"
	                ":8:17: error:  acme.example is not a domain name; write labels with dots "
	                "between them, such as mail.example.net [name]\n"
	                ":9:17: error: "
	                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.test is "
	                "too long; a label has at most 63 octets, a name 255 [name-long]\n"},
	        {"  192.0.2.7/32: host.acme.example\n"
	         "  2001:db8::7/128: host.acme.example\n"
	         "  192.0.2.20/32: .acme.example\n",
	                ":4:17: error: the first label of host.acme.example has no placeholder, so "
	                "that all addresses would have one name; there are {ip} {hex} {host} {a} "
	                "{b} {c} {d} {n} [pattern-placeholder]\n"
	                ":5:20: error: the first label of host.acme.example has no placeholder, so "
	                "that all addresses would have one name; there are {ip} {hex} {host} {n} "
	                "[pattern-placeholder]\n"
	                ":6:18: error: the first label of .acme.example has no placeholder, so "
	                "that all addresses would have one name; there are {ip} {hex} {host} {a} "
	                "{b} {c} {d} {n} [pattern-placeholder]\n"},
	        {"  192.0.2.8/32: h-{up}.acme.example\n"
	         "  192.0.2.9/32: h-{ip.acme.example\n"
	         "  192.0.2.10/32: h-ip}.acme.example\n"
	         "  192.0.2.11/32: h-{a{b}}.acme.example\n"
	         "  192.0.2.12/32: h-{}.acme.example\n",
	                ":4:17: error: h-{up}.acme.example has a placeholder that is not known; "
	                "there are {ip} {hex} {host} {a} {b} {c} {d} {n} [pattern-placeholder]\n"
	                ":5:17: error: h-{ip.acme.example has a brace without the other; "
	                "placeholders are {ip} {hex} {host} {a} {b} {c} {d} {n} "
	                "[pattern-placeholder]\n"
	                ":6:18: error: h-ip}.acme.example has a brace without the other; "
	                "placeholders are {ip} {hex} {host} {a} {b} {c} {d} {n} "
	                "[pattern-placeholder]\n"
	                ":7:18: error: h-{a{b}}.acme.example has a brace without the other; "
	                "placeholders are {ip} {hex} {host} {a} {b} {c} {d} {n} "
	                "[pattern-placeholder]\n"
	                ":8:18: error: h-{}.acme.example has a placeholder that is not known; "
	                "there are {ip} {hex} {host} {a} {b} {c} {d} {n} [pattern-placeholder]\n"},
	        {"  2001:db8:42::/64: h{a}.acme.example\n",
	                ":4:21: error: {a} to {d} of h{a}.acme.example are octets of IPv4, and the "
	                "range is IPv6; there are {ip} {hex} {host} {n} [pattern-family]\n"},
	        {"  192.0.2.11/32: h1{ip}.acme.example\n"
	         "  192.0.2.12/32: \"{a}{b}-{c}-{d}.acme.example\"\n"
	         "  192.0.2.13/32: h{n}7.acme.example\n"
	         "  192.0.2.14/32: h{d}{hex}.acme.example\n",
	                ":4:18: error: a decimal number of h1{ip}.acme.example touches a digit or "
	                "another placeholder, so that nobody sees where it ends; put a hyphen or a "
	                "letter between [pattern-digits]\n"
	                ":5:18: error: a decimal number of {a}{b}-{c}-{d}.acme.example touches a "
	                "digit or another placeholder, so that nobody sees where it ends; put a "
	                "hyphen or a letter between [pattern-digits]\n"
	                ":6:18: error: a decimal number of h{n}7.acme.example touches a digit or "
	                "another placeholder, so that nobody sees where it ends; put a hyphen or a "
	                "letter between [pattern-digits]\n"
	                ":7:18: error: a decimal number of h{d}{hex}.acme.example touches a digit "
	                "or another placeholder, so that nobody sees where it ends; put a hyphen "
	                "or a letter between [pattern-digits]\n"},
	        {"  192.0.2.13/32: h_{ip}.acme.example\n"
	         "  192.0.2.14/32: b\xc3\xbc"
	         "cher-{ip}.acme.example\n"
	         "  192.0.2.15/32: \"-{ip}.acme.example\"\n"
	         "  192.0.2.16/32: \"{ip}-.acme.example\"\n",
	                ":4:18: error: the first label of h_{ip}.acme.example is not that of a "
	                "host; write letters, digits, hyphens and placeholders [pattern-letter]\n"
	                ":5:18: error: the first label of b\xc3\xbc"
	                "cher-{ip}.acme.example is not ASCII, and with a placeholder in it no "
	                "label can be converted; write it in the letters a to z [pattern-idn]\n"
	                ":6:18: error: the first label of -{ip}.acme.example begins or ends with a "
	                "hyphen; remove it [pattern-hyphen]\n"
	                ":7:18: error: the first label of {ip}-.acme.example begins or ends with a "
	                "hyphen; remove it [pattern-hyphen]\n"},
	        {"  192.0.2.16/28: \"{a}-{b}-{c}.acme.example\"\n"
	         "  192.0.0.0/22: x{a}.acme.example\n"
	         "  10.0.0.0/8: x{a}-{d}.acme.example\n",
	                ":4:18: error: with {a}-{b}-{c}.acme.example two addresses of the range "
	                "would make one name, for the range varies in {d} too; use {ip} "
	                "[pattern-invert]\n"
	                ":5:17: error: with x{a}.acme.example two addresses of the range would "
	                "make one name, for the range varies in {c} {d} too; use {ip} "
	                "[pattern-invert]\n"
	                ":6:15: error: with x{a}-{d}.acme.example two addresses of the range would "
	                "make one name, for the range varies in {b} {c} too; use {ip} "
	                "[pattern-invert]\n"},
	        {"  192.0.2.18/32: "
	         "\"{host}-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.a."
	         "test\"\n"
	         "  2001:db8:43::/64: \"{ip}-aaaaaaaaaaaaaaaaaaaaaaaaa.acme.example\"\n",
	                ":4:18: error: the first label of "
	                "{host}-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx."
	                "a.test is too long; 63 octets are the most [pattern-long]\n"
	                ":5:21: error: the labels of {ip}-aaaaaaaaaaaaaaaaaaaaaaaaa.acme.example "
	                "have 65 octets at the range's widest; 63 are the most [pattern-long]\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(mistakes); i++)
		expect(mistakes[i].entries, mistakes[i].said);
}

static void braces_want_quotes(void **state)
{
	static const struct mistake mistakes[] = {
	        {"  192.0.2.0/24: {ip}.x.example\n",
	                ":4:18: error: YAML takes braces for a map; if they belong to a value, put "
	                "it in quotes: \"...\" [yaml-quote]\n"},
	        {"  192.0.2.0/24: {ip}\n",
	                ":4:18: error: YAML takes braces for a map; if they belong to a value, put "
	                "it in quotes: \"...\" [yaml-quote]\n"},
	        {"  {192.0.2.0/24: {ip}.x.example}\n",
	                ":4:19: error: YAML takes braces for a map; if they belong to a value, put "
	                "it in quotes: \"...\" [yaml-quote]\n"},
	        {"  {192.0.2.0/24: h-{ip}.x.example}\n",
	                ":4:20: error: YAML takes a character here for its own; if it belongs to a "
	                "value, put it in quotes: \"...\" [yaml-quote]\n"},
	        {"  192.0.2.0/24: {pattern: {ip}}\n",
	                ":4:27: error: YAML takes braces for a map; if they belong to a value, put "
	                "it in quotes: \"...\" [yaml-quote]\n"},
	        {"  192.0.2.0/24: {pattern: {ip}.x.example, ttl: 5}\n",
	                ":4:27: error: YAML takes braces for a map; if they belong to a value, put "
	                "it in quotes: \"...\" [yaml-quote]\n"},
	        {"  192.0.2.0/24: {pattern: h-{ip}.x.example, ttl: 5}\n",
	                ":4:29: error: YAML takes a character here for its own; if it belongs to a "
	                "value, put it in quotes: \"...\" [yaml-quote]\n"},
	        {"  192.0.2.0/24: {ttl: 5, pattern: h-{ip}.x.example}\n",
	                ":4:37: error: YAML takes a character here for its own; if it belongs to a "
	                "value, put it in quotes: \"...\" [yaml-quote]\n"},
	        {"  192.0.2.0/24: {h-{ip}.x.example}\n",
	                ":4:18: error: YAML takes braces for a map; if they belong to a value, put "
	                "it in quotes: \"...\" [yaml-quote]\n"},
	        {"  192.0.2.0/24: {ip, ttl: 5}\n",
	                ":4:18: error: YAML takes braces for a map; if they belong to a value, put "
	                "it in quotes: \"...\" [yaml-quote]\n"},
	        {"  192.0.2.0/24: {ip: }\n", ":4:18: error: unknown key `ip`; a range takes: "
	                                     "pattern, ttl [unknown-key]\n"},
	        {"  192.0.2.0/24: {\"ip\"}\n", ":4:18: error: unknown key `ip`; a range takes: "
	                                       "pattern, ttl [unknown-key]\n"},
	        {"  192.0.2.0/24:\n"
	         "    pattern: {ip}.x.example\n"
	         "    ttl: 5\n",
	                ":5:14: error: YAML takes braces for a map; if they belong to a value, put "
	                "it in quotes: \"...\" [yaml-quote]\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(mistakes); i++)
		expect(mistakes[i].entries, mistakes[i].said);
}

static void a_range_is_there_once_however_it_is_written(void **state)
{
	static const struct mistake mistakes[] = {
	        {"  192.0.2.0/24: none\n"
	         "  192.0.2.0/25: none\n"
	         "  192.0.2.0-192.0.2.255: \"{ip}.a.test\"\n"
	         "  2001:db8::/127: none\n"
	         "  2001:DB8:0::-2001:db8::1: none\n"
	         "  192.0.2.0/24: none\n"
	         "  192.0.2.0-192.0.2.254: none\n",
	                ":6:3: error: 192.0.2.0/24 is there already, on line 4; remove one of the "
	                "two [duplicate]\n"
	                ":8:3: error: 2001:db8::/127 is there already, on line 7; remove one of "
	                "the two [duplicate]\n"
	                ":9:3: error: 192.0.2.0/24 is there already, on line 6; remove one of the "
	                "two [duplicate]\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(mistakes); i++)
		expect(mistakes[i].entries, mistakes[i].said);
}

/* The widest label and the owner, to the octet. */
static void names_of_255_octets_and_no_more(void **state)
{
	char entries[600], owner[260] = "", said[600];
	(void)state;

	for (unsigned i = 0; i < 100; i++)
		strcat(owner, ".a"); /* 201 octets with the root */
	strcat(owner, ".bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"); /* 248 */
	snprintf(entries, sizeof entries, "  192.0.2.99-192.0.2.100: xxx{d}%s\n", owner);
	expect(entries, "");
	snprintf(entries, sizeof entries, "  192.0.2.99-192.0.2.100: xxxx{d}%s\n", owner);
	snprintf(said, sizeof said,
	        ":4:27: error: the names of xxxx{d}%.73s have 256 octets at the range's widest; "
	        "255 are the most [name-long]\n",
	        owner);
	expect(entries, said);
	snprintf(entries, sizeof entries, "  192.0.2.98-192.0.2.99: xxxx{d}%s\n", owner);
	expect(entries, "");
}

static void many_ranges_are_checked_for_doubles(void **state)
{
	enum { COUNT = 300000 };
	char *text = malloc(COUNT * 40 + 100), *p = text;
	struct plan plan;
	(void)state;

	p += sprintf(p, "version: 1\ncustomer: acme\nranges:\n");
	for (unsigned i = COUNT; i; i--)
		p += sprintf(p, " 10.%u.%u.%u/32: none\n", i >> 16, i >> 8 & 255, i & 255);
	strcpy(p, " 10.0.0.7-10.0.0.7: none\n");
	char *said = read_file(&plan, text);
	assert_string_equal(said,
	        FILE_NAME ":300004:2: error: 10.0.0.7/32 is there already, on line 299997; remove "
	                  "one of the two [duplicate]\n");
	assert_int_equal(plan.sources[0].state, SOURCE_REFUSED);
	arena_free(&plan.sources[0].arena);
	free(said);
	free(text);
}

/* On the whole way: zone/check refuses or takes them as it sees fit, and says nothing of form. */
static void ranges_are_read_by_config_load(void **state)
{
	struct config c;
	(void)state;

	files_write("arpad.yaml", OPERATOR);
	files_write(FILE_NAME,
	        "version: 1\ncustomer: acme\nranges: {192.0.2.64/27: \"h-{ip}.acme.example\"}\n");
	free(files_load(&c, NULL, NULL));
	assert_int_equal(c.plan.sources[0].range_count, 1);
	assert_int_equal(c.plan.sources[0].ranges[0].ttl_s, TTL_DEFAULT);
	config_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(ranges_in_all_forms, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(the_ttl_is_the_operators_where_nobody_says_one,
	                files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                a_far_column_is_clipped, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                what_is_no_range_is_refused, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                what_is_no_pattern_is_refused, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(braces_want_quotes, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                a_range_is_there_once_however_it_is_written, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                names_of_255_octets_and_no_more, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                many_ranges_are_checked_for_doubles, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                ranges_are_read_by_config_load, files_set_up, files_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
