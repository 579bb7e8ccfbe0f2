/* SPDX-License-Identifier: ISC */
#include "tests/help/files.h"
#include "tests/unit/unit.h"

static int begin(void **state)
{
	(void)state;
	files_begin();
	files_write("arpad.yaml",
	        "version: 1\n"
	        "defaults: {ns: [ns1.test, ns2.test], hostmaster: h@test, ttl: 3h}\n"
	        "zones: [192.0.2.0/24, 2001:db8::/32, acme.example, other.example]\n"
	        "customers:\n"
	        "  acme: {prefixes: [192.0.2.16/28, 2001:db8:42::/48], domains: [acme.example]}\n"
	        "  inner: {prefixes: [192.0.2.30/32], domains: [in.acme.example]}\n"
	        "  other: {prefixes: [198.51.100.0/24], domains: [other.example]}\n");
	files_write("customers/inner.yaml", "version: 1\ncustomer: inner\n");
	files_write("customers/other.yaml", "version: 1\ncustomer: other\n");
	return 0;
}

static int end(void **state)
{
	(void)state;
	files_end();
	return 0;
}

static void hosts_in_all_forms(void **state)
{
	struct config c;
	(void)state;

	files_write("customers/acme.yaml",
	        "version: 1\n"
	        "customer: acme\n"
	        "hosts:\n"
	        "  192.0.2.25: Mail.acme.example.\n"
	        "  192.0.2.26: {name: ns1.acme.example, ttl: 5m}\n"
	        "  192.0.2.27: {name: mx.acme.example, role: mail}\n"
	        "  192.0.2.28: [www.acme.example, shop.acme.example]\n"
	        "  192.0.2.29: {names: [old.acme.example, x.other.example], forward: no}\n"
	        "  2001:db8:42::25: mail.acme.example\n"
	        "  \"2001:DB8:42:0::26\": b\xc3\xbc"
	        "cher.acme.example\n"
	        "  192.0.2.24: far.away.test\n"
	        "ttl: 1d\n");
	char *said = files_load(&c, NULL, NULL);
	assert_string_equal(said,
	        "arpad.yaml:7:22: warning: 198.51.100.0/24 lies in no zone served here; add it to "
	        "`zones` [no-zone]\n"
	        "customers/acme.yaml:7:3: warning: several names at 192.0.2.28; receivers look at "
	        "the first they get [many-ptr]\n"
	        "customers/acme.yaml:8:3: warning: several names at 192.0.2.29; receivers look at "
	        "the first they get [many-ptr]\n");
	static const struct {
		const char *addr, *name;
		uint32_t ttl_s;
		uint8_t flags;
		bool has_forward;
	} pairs[] = {
	        {"192.0.2.25", "mail.acme.example.", 86400, 0, true},
	        {"192.0.2.26", "ns1.acme.example.", 300, 0, true},
	        {"192.0.2.27", "mx.acme.example.", 86400, PAIR_ROLE_MAIL, true},
	        {"192.0.2.28", "www.acme.example.", 86400, 0, true},
	        {"192.0.2.28", "shop.acme.example.", 86400, 0, true},
	        {"192.0.2.29", "old.acme.example.", 86400, PAIR_FORWARD_NO, false},
	        {"192.0.2.29", "x.other.example.", 86400, PAIR_FORWARD_NO, false},
	        {"2001:db8:42::25", "mail.acme.example.", 86400, 0, true},
	        {"2001:db8:42::26", "xn--bcher-kva.acme.example.", 86400, 0, true},
	        {"192.0.2.24", "far.away.test.", 86400, 0, false},
	};
	const struct plan_source *s = &c.plan.sources[0];
	assert_int_equal(s->state, SOURCE_GOOD);
	assert_int_equal(s->pair_count, ARRAY_LENGTH(pairs));
	for (unsigned i = 0; i < ARRAY_LENGTH(pairs); i++) {
		char addr[ADDR_TEXT_MAX], name[NAME_TEXT_MAX];
		const struct addr a = pair_addr(&s->pairs[i]);
		addr_to_text(addr, &a);
		name_to_text(name, s->pairs[i].name);
		assert_string_equal(addr, pairs[i].addr);
		assert_string_equal(name, pairs[i].name);
		assert_int_equal(s->pairs[i].ttl_s, pairs[i].ttl_s);
		assert_int_equal(s->pairs[i].flags, pairs[i].flags);
		assert_int_equal(s->pairs[i].forward_zone != ZONE_NONE, pairs[i].has_forward);
	}
	free(said);
	config_free(&c);
}

static void a_name_in_a_list_may_say_what_holds_for_it_alone(void **state)
{
	struct config c;
	(void)state;

	files_write("customers/acme.yaml",
	        "version: 1\ncustomer: acme\nhosts:\n"
	        "  192.0.2.25: [a.acme.example, {name: b.acme.example, forward: no}]\n"
	        "  192.0.2.26: {names: [{name: c.acme.example, role: mail}, d.acme.example], ttl: "
	        "7}\n");
	free(files_load(&c, NULL, NULL));
	static const uint8_t flags[] = {0, PAIR_FORWARD_NO, PAIR_ROLE_MAIL, 0};
	const struct plan_source *s = &c.plan.sources[0];
	assert_int_equal(s->state, SOURCE_GOOD);
	assert_int_equal(s->pair_count, 4);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(s->pairs[i].flags & ~PAIR_TTL_INHERITED, flags[i]);
		assert_int_equal(!(s->pairs[i].flags & PAIR_TTL_INHERITED), i >= 2);
		assert_int_equal(s->pairs[i].forward_zone != ZONE_NONE, i != 1);
		assert_int_equal(s->pairs[i].ttl_s, i < 2 ? 10800 : 7);
	}
	config_free(&c);
}

static void the_ttl_is_the_operators_where_nobody_says_one(void **state)
{
	struct config c;
	(void)state;

	files_write("customers/acme.yaml",
	        "version: 1\ncustomer: acme\nhosts: {192.0.2.25: a.acme.example}\n");
	free(files_load(&c, NULL, NULL));
	assert_int_equal(c.plan.sources[0].pairs[0].ttl_s, 10800);
	config_free(&c);
}

/* What is said of the hosts, of which the first is on line 4. */
static void expect(const char *hosts, const char *expected, bool is_refused)
{
	static const char begin_of[] = "customers/acme.yaml";
	struct config c;
	char text[9000], *got = NULL;
	size_t size;
	enum err e;

	snprintf(text, sizeof text, "version: 1\ncustomer: acme\nhosts:\n%s", hosts);
	files_write("customers/acme.yaml", text);
	char *said = files_load(&c, NULL, &e);
	FILE *out = open_memstream(&got, &size);
	for (char *line = said, *next; *line; line = next) {
		next = strchr(line, '\n') + 1;
		if (strncmp(line, begin_of, strlen(begin_of)) == 0)
			fwrite(line + strlen(begin_of), 1, (size_t)(next - line) - strlen(begin_of),
			        out);
	}
	fclose(out);
	if (strcmp(got, expected) != 0)
		print_message("%s----\n%s", text, got);
	assert_string_equal(got, expected);
	assert_int_equal(e, OK);
	assert_int_equal(c.plan.sources[0].state, is_refused ? SOURCE_REFUSED : SOURCE_GOOD);
	assert_int_equal(c.plan.sources[1].state, SOURCE_GOOD);
	free(got);
	free(said);
	config_free(&c);
}

static void mistakes_refuse_the_file(void **state)
{
	static const struct {
		const char *hosts, *said;
	} mistakes[] = {
	        {"  192.0.2.025: a.test\n  192.0.2: a.test\n  ::ffff:192.0.2.25: a.test\n"
	         "  \"fe80::1%eth0\": a.test\n  192.0.2.16/28: a.test\n  host: a.test\n",
	                ":4:3: error: 192.0.2.025 has a leading zero; write octets without "
	                "[address]\n"
	                ":5:3: error: 192.0.2 is not an address; write 192.0.2.1 or 2001:db8::1 "
	                "[address]\n"
	                ":6:3: error: ::ffff:192.0.2.25 is an IPv4 address in IPv6 form; write it "
	                "as IPv4 [address]\n"
	                ":7:3: error: fe80::1%eth0 has a zone index; an address in DNS has none "
	                "[address]\n"
	                ":8:3: error: 192.0.2.16/28 is a prefix; a host has one address "
	                "[address]\n"
	                ":9:3: error: host is not an address; write 192.0.2.1 or 2001:db8::1 "
	                "[address]\n"},
	        {"  192.0.3.7: a.test\n  192.0.2.30: a.test\n",
	                ":4:3: error: 192.0.3.7 is outside acme's prefixes (192.0.2.16/28, "
	                "2001:db8:42::/48) [scope]\n"
	                ":5:3: error: 192.0.2.30 lies in 192.0.2.30/32, the block of customer "
	                "inner; it belongs into that customer's file [scope]\n"},
	        {"  192.0.2.25: a.other.example\n  192.0.2.26: a.in.acme.example\n"
	         "  192.0.2.27: notacme.example\n  192.0.2.28: 28.2.0.192.in-addr.arpa\n",
	                ":4:3: error: a.other.example. lies in other.example., a domain of "
	                "customer other and not of acme; write `forward: no` for the PTR alone "
	                "[scope-name]\n"
	                ":5:3: error: a.in.acme.example. lies in in.acme.example., a domain of "
	                "customer inner and not of acme; write `forward: no` for the PTR alone "
	                "[scope-name]\n"
	                ":7:3: error: 28.2.0.192.in-addr.arpa. lies in zone "
	                "2.0.192.in-addr.arpa., which is served here, and in no domain of acme; "
	                "ask the operator, or write `forward: no` for the PTR alone "
	                "[scope-name]\n"},
	        {"  192.0.2.25: a.test\n  2001:db8:42::1: b.test\n  192.0.2.25: c.test\n"
	         "  2001:db8:42:0:0:0:0:1: d.test\n",
	                ":6:3: error: 192.0.2.25 is there already, on line 4; write its names as "
	                "one list [duplicate]\n"
	                ":7:3: error: 2001:db8:42::1 is there already, on line 5; write its names "
	                "as one list [duplicate]\n"},
	        {"  192.0.2.25: [a.test, A.test.]\n",
	                ":4:3: warning: several names at 192.0.2.25; receivers look at the first "
	                "they get [many-ptr]\n"
	                ":4:24: error: the same name twice at one address; remove one "
	                "[duplicate]\n"},
	        {"  192.0.2.25:\n  192.0.2.26: ~\n  192.0.2.27: []\n  192.0.2.28: {}\n"
	         "  192.0.2.29: {ttl: 5}\n",
	                ":4:3: error: there is no value here; write a host name, or remove it "
	                "[null-value]\n"
	                ":5:3: error: there is no value here; write a host name, or remove it "
	                "[null-value]\n"
	                ":6:3: error: an address without a name; write one, or remove the address "
	                "[missing-key]\n"
	                ":7:3: error: an address without a name; write one, or remove the address "
	                "[missing-key]\n"
	                ":8:3: error: an address without a name; write one, or remove the address "
	                "[missing-key]\n"},
	        {"  192.0.2.25: a_b.test\n  192.0.2.26: -a.test\n  192.0.2.27: a..test\n"
	         "  192.0.2.28: .\n  192.0.2.29: \"a b.test\"\n",
	                ":4:15: error: a_b.test is not a host name; its labels are letters, digits "
	                "and inner hyphens [name-host]\n"
	                ":5:15: error: -a.test is not a host name; its labels are letters, digits "
	                "and inner hyphens [name-host]\n"
	                ":6:15: error: a..test is not a domain name; write labels with dots "
	                "between them, such as mail.example.net [name]\n"
	                ":7:15: error: . is not a host name; its labels are letters, digits and "
	                "inner hyphens [name-host]\n"
	                ":8:15: error: a b.test is not a domain name; write labels with dots "
	                "between them, such as mail.example.net [name]\n"},
	        {"  192.0.2.25: 192.0.2.25\n  192.0.2.26: a.123\n  192.0.2.27: \"\"\n",
	                ":4:15: error: 192.0.2.25 ends in a number, as an address does; write the "
	                "name of a host [name-host]\n"
	                ":5:15: error: a.123 ends in a number, as an address does; write the name "
	                "of a host [name-host]\n"
	                ":6:15: error: an empty name; write one, or remove it [name]\n"},
	        {"  192.0.2.25:mail.test\n",
	                ":4:3: error: a map of addresses and names is wanted here, not a single "
	                "value; write a space behind the colon [wrong-type]\n"},
	        {"  <<: {192.0.2.25: a.test}\n  192.0.2.26: !a.test\n  192.0.2.27: {<<: x}\n",
	                ":4:3: error: merge keys (<<) are not allowed; write the keys out each "
	                "time [yaml-alias]\n"
	                ":5:15: error: tags (!a.test) are not allowed; remove it, or put the value "
	                "in quotes [yaml-tag]\n"
	                ":6:16: error: merge keys (<<) are not allowed; write the keys out each "
	                "time [yaml-alias]\n"},
	        {"  192.0.2.25: *.test\n",
	                ":4:16: error: YAML takes a character here for its own; if it belongs to a "
	                "value, put it in quotes: \"...\" [yaml-quote]\n"},
	        {"\t192.0.2.25: a.test\n",
	                ":4:1: error: not YAML: a tab stands before the text of the line; indent "
	                "with spaces [yaml-syntax]\n"},
	        {"  192.0.2.25: \"a.test\n  192.0.2.26: b.test\n",
	                ":6:1: error: not YAML: found unexpected end of stream while scanning a "
	                "quoted scalar that begins on line 4; look at the indentation, the colons, "
	                "quotes and brackets [yaml-syntax]\n"},
	        {"  192.0.2.25: {name: a.test, names: [b.test]}\n"
	         "  192.0.2.26: {name: a.test, forward: maybe, role: web, ttl: 5x}\n"
	         "  192.0.2.27: {name: [a.test]}\n  192.0.2.28: {nam: a.test}\n",
	                ":4:30: error: both `name` and `names`; put all into `names` "
	                "[duplicate-key]\n"
	                ":5:39: error: maybe is neither yes nor no; write `yes` or `no` [yes-no]\n"
	                ":5:52: error: role web is not known; write `role: mail`, or no role "
	                "[role]\n"
	                ":5:62: error: 5x is not a time; write 30s, 5m, 1h, 1d or seconds, at most "
	                "2147483647 [ttl]\n"
	                ":6:22: error: a host name is wanted here, not a list [wrong-type]\n"
	                ":7:16: error: unknown key `nam`; a host takes: name, names, ttl, role, "
	                "forward [unknown-key]\n"},
	        {"  192.0.2.25: {name: a.test, role: \"mail\\0\", forward: \"no\\0\"}\n",
	                ":4:36: error: role mail is not known; write `role: mail`, or no role "
	                "[role]\n"
	                ":4:55: error: no is neither yes nor no; write `yes` or `no` [yes-no]\n"},
	        {"  192.0.2.25: [{forward: no}, {name: a.test, ttl: 5}]\n",
	                ":4:16: error: a name in a list wants the key `name` [missing-key]\n"
	                ":4:46: error: unknown key `ttl`; a name in a list takes: name, role, "
	                "forward [unknown-key]\n"},
	        {"  192.0.2.25: a.test\nversion: 1\ncustomer: other\nranges: []\ndelegate: []\n",
	                ":5:1: error: `version` is there already; remove one of the two "
	                "[duplicate-key]\n"
	                ":6:1: error: `customer` is there already; remove one of the two "
	                "[duplicate-key]\n"
	                ":7:9: error: a map of blocks and patterns is wanted here, not a list "
	                "[wrong-type]\n"
	                ":8:11: error: a map of blocks and name servers is wanted here, not a list "
	                "[wrong-type]\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(mistakes); i++)
		expect(mistakes[i].hosts, mistakes[i].said, true);
}

static void ten_names_at_an_address_and_no_more(void **state)
{
	char hosts[2000] = "  192.0.2.25: [n0.test", name[20];
	(void)state;

	for (unsigned i = 1; i <= 10; i++) {
		snprintf(name, sizeof name, ", n%u.test", i);
		strcat(hosts, name);
		if (i == 9) {
			strcat(hosts, "]\n");
			expect(hosts,
			        ":4:3: warning: several names at 192.0.2.25; receivers look at the "
			        "first they get [many-ptr]\n",
			        false);
			hosts[strlen(hosts) - 2] = 0;
		}
	}
	strcat(hosts, "]\n");
	expect(hosts,
	        ":4:3: error: more than 10 names at one address; receivers look at the first "
	        "[many-ptr]\n"
	        ":4:3: warning: several names at 192.0.2.25; receivers look at the first they get "
	        "[many-ptr]\n",
	        true);
}

static void warnings_refuse_nothing(void **state)
{
	static const struct {
		const char *hosts, *said;
	} warnings[] = {
	        {"  192.0.2.25: {name: dsl-7.acme.example, role: mail}\n"
	         "  192.0.2.26: {name: mail.192-0-2-26.example, role: mail}\n"
	         "  192.0.2.27: {name: h27.2.0.192.example, role: mail}\n"
	         "  192.0.2.28: {name: c000021c.example, role: mail}\n"
	         "  192.0.2.29: {name: mail2.acme.example, role: mail}\n"
	         "  192.0.2.24: dsl-7.acme2.example\n",
	                ":4:3: warning: dsl-7.acme.example. looks generated (dyn, dhcp, pool, dsl, "
	                "ppp or the address in it); receivers refuse mail from such names "
	                "[mail-generic]\n"
	                ":5:3: warning: mail.192-0-2-26.example. looks generated (dyn, dhcp, "
	                "pool, dsl, ppp or the address in it); receivers refuse mail from such "
	                "names [mail-generic]\n"
	                ":6:3: warning: h27.2.0.192.example. looks generated (dyn, dhcp, pool, "
	                "dsl, ppp or the address in it); receivers refuse mail from such names "
	                "[mail-generic]\n"
	                ":7:3: warning: c000021c.example. looks generated (dyn, dhcp, pool, dsl, "
	                "ppp or the address in it); receivers refuse mail from such names "
	                "[mail-generic]\n"},
	        {"  192.0.2.25: {name: a.acme.example, ttl: 60}\n"
	         "  192.0.2.26: a.acme.example\n  2001:db8:42::1: {name: a.acme.example, ttl: 7}\n",
	                ":5:3: warning: a.acme.example. has TTL 10800 here and 60 on line 4; one "
	                "RRset has one: the smallest is served [ttl-mixed]\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(warnings); i++)
		expect(warnings[i].hosts, warnings[i].said, false);
}

static void the_file_must_be_that_of_its_customer(void **state)
{
	struct config c;
	(void)state;

	files_write("customers/acme.yaml", "version: 1\ncustomer: other\n");
	char *said = files_load(&c, NULL, NULL);
	assert_non_null(strstr(said, "customers/acme.yaml:2:11: error: this is the file of "
	                             "customer acme, not of other; write `customer: acme` "
	                             "[customer]\n"));
	assert_int_equal(c.plan.sources[0].state, SOURCE_REFUSED);
	free(said);
	config_free(&c);
	files_write("customers/acme.yaml", "hosts: {}\n");
	said = files_load(&c, NULL, NULL);
	assert_non_null(strstr(said, "customers/acme.yaml:1:1: error: a delegation file wants the "
	                             "key `version` [missing-key]\n"
	                             "customers/acme.yaml:1:1: error: a delegation file wants the "
	                             "key `customer` [missing-key]\n"));
	free(said);
	config_free(&c);
}

static void a_million_mistakes_do_not_fill_the_memory(void **state)
{
	struct config c;
	char *text = malloc(64 << 20), *p = text;
	(void)state;

	p += sprintf(p, "version: 1\ncustomer: acme\nhosts:\n");
	for (unsigned i = 0; i < 100000; i++)
		p += sprintf(p, " %u: a\n", i);
	files_write_octets("customers/acme.yaml", text, (size_t)(p - text));
	char *said = files_load(&c, NULL, NULL);
	assert_non_null(strstr(said, "and 99000 more; the first 1000 of a file are shown\n"));
	assert_int_equal(c.diags.errors, 100000);
	assert_int_equal(c.plan.sources[0].state, SOURCE_REFUSED);
	free(said);
	config_free(&c);
	p += sprintf(p, " a: b\n b: c\n c: d\n");
	files_write_octets("customers/acme.yaml", text, (size_t)(p - text));
	said = files_load(&c, NULL, NULL); /* the first too many is told, and no other */
	assert_int_equal(c.diags.errors, 100002);
	free(said);
	config_free(&c);
	memset(text, 'a', 64 << 20);
	files_write_octets("customers/acme.yaml", text, 64 << 20);
	said = files_load(&c, NULL, NULL); /* at the limit: one scalar, no map */
	assert_non_null(strstr(said, "customers/acme.yaml:1:1: error: "));
	free(said);
	config_free(&c);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(hosts_in_all_forms, begin, end),
	        cmocka_unit_test_setup_teardown(
	                a_name_in_a_list_may_say_what_holds_for_it_alone, begin, end),
	        cmocka_unit_test_setup_teardown(
	                the_ttl_is_the_operators_where_nobody_says_one, begin, end),
	        cmocka_unit_test_setup_teardown(mistakes_refuse_the_file, begin, end),
	        cmocka_unit_test_setup_teardown(ten_names_at_an_address_and_no_more, begin, end),
	        cmocka_unit_test_setup_teardown(warnings_refuse_nothing, begin, end),
	        cmocka_unit_test_setup_teardown(the_file_must_be_that_of_its_customer, begin, end),
	        cmocka_unit_test_setup_teardown(
	                a_million_mistakes_do_not_fill_the_memory, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
