/* SPDX-License-Identifier: ISC */
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"
#include "tools/emit_pairs.h"
#include "tools/emit_zone.h"
#include "tools/yaml_text.h"
#include "tools/zone_file_name.h"

static void open_filter(struct filter *f, const struct small_plan *s, char **arguments, int count)
{
	assert_int_equal(filter_read(f, &s->plan, "test", arguments, count), OK);
}

/* The zones that a filter leaves, one behind the other. */
static char *zones_text(
        const struct small_plan *s, const struct snapshot *snapshot, char **arguments, int count)
{
	char *text = NULL;
	struct filter f;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	open_filter(&f, s, arguments, count);
	for (uint32_t i = 0; i < snapshot->count; i++)
		if (emit_zone_is_wanted(snapshot, i, &f))
			emit_zone(snapshot, i, &f, out);
	filter_free(&f);
	fclose(out);
	return text;
}

static void expect_zones(struct small_plan *s, char **arguments, int count, const char *expected)
{
	struct snapshot *snapshot = small_plan_compile(s, NULL, 7);
	char *text = zones_text(s, snapshot, arguments, count);

	assert_string_equal(text, expected);
	free(text);
	snapshot_unref(snapshot);
}

#define SOA "@\t3600\tIN\tSOA\tns1.test. hm.test. 7 1 2 3 300\n"
#define NS  "@\t3600\tIN\tNS\tns1.test.\n@\t3600\tIN\tNS\tns2.test.\n"

static void a_zone_is_printed_as_it_is_served(void **state)
{
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, "192.0.2.0/24");
	small_plan_zone(&s, "2001:db8::/124");
	small_plan_zone(&s, "example.");
	small_plan_zone(&s, "sub.example.");
	small_plan_pair(&s, "192.0.2.1", "a.example.", 60, 0);
	small_plan_pair(&s, "192.0.2.2", "example.", 60, 0);
	small_plan_pair(&s, "192.0.2.3", "a.example.", 60, PAIR_FORWARD_NO);
	small_plan_pair(&s, "192.0.2.4", "b.sub.example.", 60, PAIR_FORWARD_NO);
	small_plan_pair(&s, "192.0.2.5", "else.where.", 60, 0);
	small_plan_pair(&s, "192.0.2.5", "c.sub.example.", 90, 0);
	small_plan_pair(&s, "2001:db8::a", "a.example.", 60, 0);
	expect_zones(&s, NULL, 0,
	        "; zone 2.0.192.in-addr.arpa.\n$ORIGIN 2.0.192.in-addr.arpa.\n" SOA NS
	        "1\t60\tIN\tPTR\ta.example.\n"
	        "2\t60\tIN\tPTR\texample.\n"
	        "3\t60\tIN\tPTR\ta.example.\t; no forward\n"
	        "4\t60\tIN\tPTR\tb.sub.example.\t; no forward\n"
	        "5\t60\tIN\tPTR\tc.sub.example.\n"
	        "5\t60\tIN\tPTR\telse.where.\t; external\n"
	        "; zone 0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.\n"
	        "$ORIGIN "
	        "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.\n" SOA NS
	        "a\t60\tIN\tPTR\ta.example.\n"
	        "; zone example.\n$ORIGIN example.\n" SOA "@\t60\tIN\tA\t192.0.2.2\n" NS
	        "a\t60\tIN\tA\t192.0.2.1\n"
	        "a\t60\tIN\tAAAA\t2001:db8::a\n"
	        "sub\t3600\tIN\tNS\tns1.test.\n"
	        "sub\t3600\tIN\tNS\tns2.test.\n"
	        "; zone sub.example.\n$ORIGIN sub.example.\n" SOA NS "c\t90\tIN\tA\t192.0.2.5\n");
	small_plan_free(&s);
}

/* RFC 1035 5.1: what has a meaning in a master file is escaped, in owners and in rdata. */
static void special_octets_are_escaped(void **state)
{
	static const struct addr a = {4, {192, 0, 2, 1}};
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, "192.0.2.0/24");
	small_plan_zone(&s, "z.");
	small_plan_pair_wire(&s, &a, (const uint8_t *)"\x0b@;\"()$\\. \n\xff\1z", 60, 0);
	small_plan_pair_wire(&s, &a, (const uint8_t *)"\1@\1z", 60, 0);
	expect_zones(&s, NULL, 0,
	        "; zone 2.0.192.in-addr.arpa.\n$ORIGIN 2.0.192.in-addr.arpa.\n" SOA NS
	        "1\t60\tIN\tPTR\t\\@.z.\n"
	        "1\t60\tIN\tPTR\t\\@\\;\\\"\\(\\)\\$\\\\\\.\\032\\010\\255.z.\n"
	        "; zone z.\n$ORIGIN z.\n" SOA NS "\\@\t60\tIN\tA\t192.0.2.1\n"
	        "\\@\\;\\\"\\(\\)\\$\\\\\\.\\032\\010\\255\t60\tIN\tA\t192.0.2.1\n");
	small_plan_free(&s);
}

static void the_root_is_a_zone(void **state)
{
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, ".");
	small_plan_pair(&s, "192.0.2.1", "a.", 60, 0);
	expect_zones(&s, NULL, 0,
	        "; zone .\n$ORIGIN .\n" SOA NS "a\t60\tIN\tA\t192.0.2.1\n"
	        "1.2.0.192.in-addr.arpa\t60\tIN\tPTR\ta.\n");
	small_plan_free(&s);
}

/* A range of the only customer, who has all addresses. */
static void add_range(struct small_plan *s, const char *first, const char *last, const char *shape,
        const char *owner)
{
	struct plan_source *source = s->plan.sources;
	struct plan_range range = {.ttl_s = 60, .forward_zone = ZONE_NONE};
	uint8_t *octets = arena_alloc(&source->arena, SHAPE_MAX), n;
	struct addr a, b;
	struct name name;

	assert_int_equal(addr_from_text(&a, first, strlen(first)), OK);
	assert_int_equal(addr_from_text(&b, last, strlen(last)), OK);
	assert_int_equal(shape_from_text(octets, &n, shape, strlen(shape), a.len), PATTERN_FINE);
	assert_int_equal(name_from_text(&name, owner, strlen(owner)), OK);
	pattern_init(&range.pattern, octets, n, &a, &b);
	range.owner = arena_copy(&source->arena, name.wire, name.len);
	source->ranges = arena_grow(&source->arena, source->ranges, source->range_count,
	        source->range_count + 1, &source->range_capacity, sizeof range);
	source->ranges[source->range_count++] = range;
}

/* Index the zones, and give the ranges theirs. */
static void settle_ranges(struct small_plan *s)
{
	static struct plan_block blocks[] = {{.prefix.addr.len = 4}, {.prefix.addr.len = 16}};
	static struct plan_customer customer = {
	        .name = "all", .blocks = blocks, .block_count = ARRAY_LENGTH(blocks)};
	struct plan_source *source = s->plan.sources;

	s->plan.customers = &customer;
	s->plan.customer_count = 1;
	assert_int_equal(plan_index_zones(&s->plan, &s->diags), OK);
	for (size_t i = 0; i < source->range_count; i++)
		source->ranges[i].forward_zone = plan_find_zone(&s->plan, source->ranges[i].owner);
}

static void ranges_reach_the_ends_of_the_addresses(void **state)
{
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, "0.0.0.0/8");
	small_plan_zone(&s, "255.0.0.0/8");
	small_plan_zone(&s, "z.");
	small_plan_pair(&s, "255.255.255.254", "host.z.", 60, 0);
	add_range(&s, "0.0.0.0", "0.0.0.1", "a{d}", "z.");
	add_range(&s, "255.255.254.255", "255.255.255.255", "b-{c}-{d}", "z.");
	settle_ranges(&s);
	struct snapshot *snapshot = small_plan_compile(&s, NULL, 7);
	char *text = zones_text(&s, snapshot, NULL, 0);
	assert_non_null(strstr(text, "\n1.0.0\t60\tIN\tPTR\ta1.z.\n"));
	assert_non_null(strstr(text, "\n255.254.255\t60\tIN\tPTR\tb-254-255.z.\n"));
	assert_non_null(strstr(text, "\n254.255.255\t60\tIN\tPTR\thost.z.\n"));
	assert_null(strstr(text, "b-255-254.z."));
	assert_non_null(strstr(text, "\n253.255.255\t60\tIN\tPTR\tb-255-253.z.\n"
	                             "255.255.255\t60\tIN\tPTR\tb-255-255.z.\n"));
	assert_non_null(strstr(text, "\na0\t60\tIN\tA\t0.0.0.0\n"));
	assert_non_null(strstr(text, "\nb-255-255\t60\tIN\tA\t255.255.255.255\n"));
	free(text);
	snapshot_unref(snapshot);
	small_plan_free(&s);
}

static void the_root_has_ranges(void **state)
{
	char *hosts[] = {"192.0.2.1"}, *both[] = {"192.0.2.0", "192.0.2.0/31"};
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, ".");
	small_plan_pair(&s, "192.0.2.1", "a.", 60, 0);
	add_range(&s, "192.0.2.0", "192.0.2.2", "h{d}", ".");
	add_range(&s, "2001:db8::", "2001:db8::1", "{ip}", ".");
	settle_ranges(&s);
	expect_zones(&s, NULL, 0,
	        "; zone .\n$ORIGIN .\n" SOA NS "a\t60\tIN\tA\t192.0.2.1\n"
	        "1.2.0.192.in-addr.arpa\t60\tIN\tPTR\ta.\n"
	        "0.2.0.192.in-addr.arpa\t60\tIN\tPTR\th0.\n"
	        "2.2.0.192.in-addr.arpa\t60\tIN\tPTR\th2.\n"
	        "; range 2001:db8::/127: PTR {ip}., TTL 60 (a rule: not expanded)\n"
	        "h0\t60\tIN\tA\t192.0.2.0\nh2\t60\tIN\tA\t192.0.2.2\n"
	        "; range 2001:db8::/127: AAAA {ip}., TTL 60 (a rule: not expanded)\n");
	expect_zones(&s, hosts, 1,
	        "; zone .\n$ORIGIN .\n" SOA NS "a\t60\tIN\tA\t192.0.2.1\n"
	        "1.2.0.192.in-addr.arpa\t60\tIN\tPTR\ta.\n");
	expect_zones(&s, both, 2,
	        "; zone .\n$ORIGIN .\n" SOA NS "a\t60\tIN\tA\t192.0.2.1\n"
	        "1.2.0.192.in-addr.arpa\t60\tIN\tPTR\ta.\n"
	        "0.2.0.192.in-addr.arpa\t60\tIN\tPTR\th0.\n"
	        "h0\t60\tIN\tA\t192.0.2.0\n");
	small_plan_free(&s);
}

static void a_range_without_a_zone_has_one_mark(void **state)
{
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, "192.0.2.0/24");
	add_range(&s, "192.0.2.1", "192.0.2.2", "h{d}", "else.where.");
	settle_ranges(&s);
	expect_zones(&s, NULL, 0,
	        "; zone 2.0.192.in-addr.arpa.\n$ORIGIN 2.0.192.in-addr.arpa.\n" SOA NS
	        "; range 192.0.2.1-192.0.2.2: PTR h{d}.else.where., TTL 60: external\n"
	        "1\t60\tIN\tPTR\th1.else.where.\n2\t60\tIN\tPTR\th2.else.where.\n");
	small_plan_free(&s);
}

/* Every run is as long as one prefix reaches, and no address comes twice. */
static void runs_of_a_filter_do_not_overlap(void **state)
{
	struct prefix prefixes[] = {{{4, {10, 0, 0, 4}}, 30}, {{4, {10, 0, 0, 0}}, 32},
	        {{4, {10, 0, 0, 0}}, 31}, {{4, {10, 0, 0, 6}}, 32}, {{16, {10}}, 8},
	        {{4, {255, 255, 255, 255}}, 32}};
	const struct filter f = {.prefixes = prefixes, .prefix_count = ARRAY_LENGTH(prefixes)};
	const struct addr to = {4, {255, 255, 255, 255}};
	const char *runs[] = {"10.0.0.0/31", "10.0.0.4/30", "255.255.255.255/32"};
	struct addr at = {4, {0}}, first, last;
	char text[ADDR_RANGE_TEXT_MAX];
	(void)state;

	for (size_t i = 0; i < ARRAY_LENGTH(runs); i++) {
		assert_true(filter_next_run(&f, &at, &to, &first, &last));
		addr_range_to_text(text, &first, &last);
		assert_string_equal(text, runs[i]);
		at = last;
		assert_int_equal(octets_step(at.octets, 4), i + 1 < ARRAY_LENGTH(runs));
	}
	at = (struct addr){4, {10, 0, 0, 8}};
	last = (struct addr){4, {11}};
	assert_false(filter_next_run(&f, &at, &last, &first, &last));
}

static void a_filter_leaves_what_was_asked_for(void **state)
{
	char *address[] = {"192.0.2.1"}, *name[] = {"Example"}, *prefix[] = {"192.0.2.0/24"};
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, "192.0.2.0/24");
	small_plan_zone(&s, "192.0.3.0/24");
	small_plan_zone(&s, "example.");
	small_plan_pair(&s, "192.0.2.1", "a.example.", 60, 0);
	small_plan_pair(&s, "192.0.2.2", "a.example.", 60, 0);
	small_plan_pair(&s, "192.0.3.1", "b.example.", 60, 0);
	expect_zones(&s, address, 1,
	        "; zone 2.0.192.in-addr.arpa.\n$ORIGIN 2.0.192.in-addr.arpa.\n" SOA NS
	        "1\t60\tIN\tPTR\ta.example.\n"
	        "; zone example.\n$ORIGIN example.\n" SOA NS "a\t60\tIN\tA\t192.0.2.1\n");
	expect_zones(&s, name, 1,
	        "; zone example.\n$ORIGIN example.\n" SOA NS "a\t60\tIN\tA\t192.0.2.1\n"
	        "a\t60\tIN\tA\t192.0.2.2\nb\t60\tIN\tA\t192.0.3.1\n");
	expect_zones(&s, prefix, 1,
	        "; zone 2.0.192.in-addr.arpa.\n$ORIGIN 2.0.192.in-addr.arpa.\n" SOA NS
	        "1\t60\tIN\tPTR\ta.example.\n2\t60\tIN\tPTR\ta.example.\n"
	        "; zone example.\n$ORIGIN example.\n" SOA NS "a\t60\tIN\tA\t192.0.2.1\n"
	        "a\t60\tIN\tA\t192.0.2.2\n");
	small_plan_free(&s);
}

static void each_zone_has_a_file_in_the_folder(void **state)
{
	static const struct {
		const char *apex, *file;
	} rows[] = {{".", "root.zone"}, {"root.", "=72=6F=6F=74.zone"},
	        {"example.", "example.zone"}, {"A.Root.", "a.root.zone"},
	        {"0/25.2.0.192.in-addr.arpa.", "0=2F25.2.0.192.in-addr.arpa.zone"},
	        {"\\.\\./x.", "=2E=2E=2Fx.zone"}, {"=2f.\\000.", "=3D2f.=00.zone"},
	        {"_a-1.*.", "_a-1.=2A.zone"}};
	char file[ZONE_FILE_NAME_MAX];
	struct name name;
	(void)state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		assert_int_equal(name_from_text(&name, rows[i].apex, strlen(rows[i].apex)), OK);
		zone_file_name(file, name.wire, ".zone");
		assert_string_equal(file, rows[i].file);
	}
	memset(name.wire, '/', sizeof name.wire);
	for (unsigned i = 0; i < 3; i++)
		name.wire[64 * i] = 63;
	name.wire[192] = 61;
	name.wire[254] = 0;
	zone_file_name(file, name.wire, ".zone");
	assert_int_equal(strlen(file), 180 + 2 + 16 + 5);
	char other[ZONE_FILE_NAME_MAX];
	name.wire[253] = '.';
	zone_file_name(other, name.wire, ".zone");
	assert_memory_equal(file, other, 180);
	assert_string_not_equal(file, other);
}

/* A plan with a customer, whose name tries what it can. */
static void pairs_plan(struct small_plan *s)
{
	static const struct addr a = {4, {192, 0, 2, 10}};
	static struct plan_customer customer = {.name = "a\"b,c\n: \x80"};

	small_plan_init(s);
	s->plan.customers = &customer;
	s->plan.customer_count = 1;
	small_plan_zone(s, "192.0.2.0/24");
	small_plan_zone(s, "2001:db8::/32");
	small_plan_zone(s, "z.");
	small_plan_pair(s, "2001:db8::1", "no.z.", 60, PAIR_FORWARD_NO);
	small_plan_pair_wire(s, &a, (const uint8_t *)"\3\",\n\1z", 60, PAIR_ROLE_MAIL);
	small_plan_pair(s, "192.0.2.9", "1.2", 60, 0);
	snapshot_unref(small_plan_compile(s, NULL, 7));
}

static void expect_pairs(
        enum pairs_format format, char **arguments, int count, const char *expected)
{
	struct small_plan s;
	struct filter f;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	pairs_plan(&s);
	open_filter(&f, &s, arguments, count);
	assert_int_equal(emit_pairs(&s.plan, &f, format, out), OK);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
	filter_free(&f);
	small_plan_free(&s);
}

static void json_is_json_whatever_the_text(void **state)
{
	char *zone[] = {"z"};
	(void)state;

#define REST "\"reverse_zone\": \"2.0.192.in-addr.arpa\", \"forward_zone\": "
#define WHO  "\"customer\": \"a\\\"b,c\\u000a: \\ufffd\", "
	expect_pairs(PAIRS_JSON, NULL, 0,
	        "[\n {\"address\": \"192.0.2.9\", \"name\": \"1.2\", \"ttl\": 60, " WHO
	        "\"role\": \"host\", \"forward\": \"external\", " REST "null},\n"
	        " {\"address\": \"192.0.2.10\", \"name\": \"\\\\\\\"\\\\,\\\\010.z\", \"ttl\": "
	        "60, " WHO "\"role\": \"mail\", \"forward\": \"served\", " REST "\"z\"},\n"
	        " {\"address\": \"2001:db8::1\", \"name\": \"no.z\", \"ttl\": 60, " WHO
	        "\"role\": \"host\", \"forward\": \"no\", "
	        "\"reverse_zone\": \"8.b.d.0.1.0.0.2.ip6.arpa\", \"forward_zone\": null}\n]\n");
	expect_pairs(PAIRS_JSON, zone, 1,
	        "[\n {\"address\": \"192.0.2.10\", \"name\": \"\\\\\\\"\\\\,\\\\010.z\", \"ttl\": "
	        "60, " WHO "\"role\": \"mail\", \"forward\": \"served\", " REST "\"z\"}\n]\n");
}

static void csv_is_rfc4180_whatever_the_text(void **state)
{
	char *address[] = {"192.0.2.10"};
	(void)state;

	expect_pairs(PAIRS_CSV, address, 1,
	        "address,name,ttl,customer,role,forward,reverse_zone,forward_zone\r\n"
	        "192.0.2.10,\"\\\"\"\\,\\010.z\",60,\"a\"\"b,c\n: \x80\",mail,served,"
	        "2.0.192.in-addr.arpa,z\r\n");
}

static void yaml_is_yaml_whatever_the_text(void **state)
{
	(void)state;
#define OWNER "customer: \"a\\\"b,c\\u000a: \\ufffd\", "
	expect_pairs(PAIRS_YAML, NULL, 0,
	        "pairs:\n  - {address: 192.0.2.9, name: \"1.2\", ttl: 60, " OWNER
	        "role: host, forward: external, reverse_zone: 2.0.192.in-addr.arpa, "
	        "forward_zone: null}\n"
	        "  - {address: 192.0.2.10, name: \"\\\\\\\"\\\\,\\\\010.z\", ttl: 60, " OWNER
	        "role: mail, forward: served, reverse_zone: 2.0.192.in-addr.arpa, "
	        "forward_zone: z}\n"
	        "  - {address: \"2001:db8::1\", name: no.z, ttl: 60, " OWNER
	        "role: host, forward: \"no\", reverse_zone: 8.b.d.0.1.0.0.2.ip6.arpa, "
	        "forward_zone: null}\n");
}

static void yaml_text_is_quoted_where_it_would_be_something_else(void **state)
{
	static const char *const plain[] = {"a.example", "192.0.2.1", "2001:db8::1", "a@b",
	        "127.0.0.1@5300", "2.0.192.in-addr.arpa", "192.0.2.0/24", "nobody", "x1e3", "1a"};
	static const char *const quoted[] = {"", "no", "No", "y", "NULL", "~", "true", "on", "1",
	        "1.5", "1e3", "1_000", "0x1f", "0o17", "1:20", "1:2:3:4:5:6:7:8", "2001-01-01",
	        "-a", "*a", "&a", "!a", "@a", "%a", "`a", "a b", "a: b", "a:", "a #b", "a\\b",
	        "\"a", "'a", "[a", "{a", "a,b", "a]", "::1", ".5", ".inf", "=", "<<", "a\n",
	        "\xc3\xa4"};
	(void)state;

	for (size_t i = 0; i < ARRAY_LENGTH(plain); i++)
		assert_true(yaml_is_plain(plain[i], false));
	for (size_t i = 0; i < ARRAY_LENGTH(quoted); i++)
		assert_false(yaml_is_plain(quoted[i], false));
	assert_false(yaml_is_plain("2001:db8::1", true));
	assert_true(yaml_is_plain("192.0.2.1", true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_zone_is_printed_as_it_is_served),
	        cmocka_unit_test(special_octets_are_escaped),
	        cmocka_unit_test(the_root_is_a_zone),
	        cmocka_unit_test(ranges_reach_the_ends_of_the_addresses),
	        cmocka_unit_test(the_root_has_ranges),
	        cmocka_unit_test(a_range_without_a_zone_has_one_mark),
	        cmocka_unit_test(runs_of_a_filter_do_not_overlap),
	        cmocka_unit_test(a_filter_leaves_what_was_asked_for),
	        cmocka_unit_test(each_zone_has_a_file_in_the_folder),
	        cmocka_unit_test(json_is_json_whatever_the_text),
	        cmocka_unit_test(csv_is_rfc4180_whatever_the_text),
	        cmocka_unit_test(yaml_is_yaml_whatever_the_text),
	        cmocka_unit_test(yaml_text_is_quoted_where_it_would_be_something_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
