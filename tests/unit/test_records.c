/* SPDX-License-Identifier: ISC */
/* The operator's records: read, checked among each other, and in the way of customers. */
#include "tests/help/files.h"
#include "tests/unit/unit.h"
#include "zone/rr.h"

#define HEAD                                                                                       \
	"version: 1\ndefaults: {ns: [ns1.test, ns2.test], hostmaster: h@test, ttl: 1h}\nzones:\n"

static void records_are_read_from_lines_and_files(void **state)
{
	struct config c;
	enum err e;
	(void)state;

	files_write("arpad.yaml", HEAD "  - name: a.test\n"
	                               "    records:\n"
	                               "      - \"@ MX 10 Mail\"\n"
	                               "      - \"b 5 IN TYPE65280 \\\\# 2 0102\"\n"
	                               "      - \"@ NS n1\"\n"
	                               "      - \"@ 7 NS n2.else.\"\n"
	                               "    records-file: a.records\n");
	files_write("a.records", "; more\nc A 192.0.2.1\n  AAAA 2001:db8::1\n$ORIGIN d\n@ TXT x\n");
	char *said = files_load(&c, NULL, &e);
	assert_string_equal(said, "");
	assert_int_equal(e, OK);
	const struct plan_zone *z = &c.plan.zones[0];
	static const struct {
		const char *owner;
		uint16_t type, rdata_octets;
		uint32_t ttl_s, line;
	} expected[] = {
	        {"a.test.", RR_MX, 15, 3600, 6},
	        {"b.a.test.", 65280, 2, 5, 7},
	        {"c.a.test.", RR_A, 4, 3600, 2},
	        {"c.a.test.", RR_AAAA, 16, 3600, 3},
	        {"d.a.test.", RR_TXT, 2, 3600, 5},
	};
	assert_int_equal(z->record_count, ARRAY_LENGTH(expected));
	for (unsigned i = 0; i < ARRAY_LENGTH(expected); i++) {
		char owner[NAME_TEXT_MAX];
		name_to_text(owner, z->records[i].owner);
		assert_string_equal(owner, expected[i].owner);
		assert_int_equal(z->records[i].type, expected[i].type);
		assert_int_equal(z->records[i].rdata_octets, expected[i].rdata_octets);
		assert_int_equal(z->records[i].ttl_s, expected[i].ttl_s);
		assert_int_equal(z->records[i].place.line, expected[i].line);
		assert_string_equal(z->records[i].place.file, i < 2 ? "arpad.yaml" : "a.records");
	}
	/* NS at the apex take the place of `ns` */
	char ns[NAME_TEXT_MAX];
	assert_int_equal(z->ns_count, 2);
	name_to_text(ns, z->ns[0]);
	assert_string_equal(ns, "n1.a.test.");
	assert_int_equal(z->ns_ttl_s, 7);
	name_to_text(ns, z->soa.mname);
	assert_string_equal(ns, "n1.a.test.");
	free(said);
	config_free(&c);
}

static void mistakes_in_records_have_a_place(void **state)
{
	static const char zone[] = HEAD "  - in.a.test\n"
	                                "  - {prefix: 203.0.113.64/26, style: slash}\n"
	                                "  - {prefix: 203.0.113.0/24, records: [%s]}\n"
	                                "  - {name: a.test, records: [%s]}\n";
	static const struct {
		const char *reverse, *forward, *said;
	} mistakes[] = {
	        {"", "a CNAME b, a A 192.0.2.9",
	                ":7:30: error: a.a.test. has other records, too; a CNAME stands alone: "
	                "remove one or the others [record-cname]\n"},
	        {"", "a CNAME b, a CNAME c",
	                ":7:41: error: a.a.test. has two CNAME records; remove one "
	                "[record-cname]\n"},
	        {"", "a CNAME b, a CNAME b", ""},
	        {"", "\"@ CNAME b\"",
	                ":7:30: error: a.test. is the zone's apex, where SOA and NS are; a CNAME "
	                "stands alone [record-cname]\n"},
	        {"", "x.e A 192.0.2.1, e DNAME f, e DNAME g",
	                ":7:30: error: x.e.a.test. is below the DNAME at e.a.test. (line 7), which "
	                "leads it elsewhere; remove one of the two [record-dname]\n"
	                ":7:58: error: e.a.test. has two DNAME records; remove one "
	                "[record-dname]\n"},
	        {"",
	                "y.in A 192.0.2.1, in NS n, in DS 1 13 2 "
	                "3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D",
	                ":7:30: error: y.in.a.test. belongs to the zone in.a.test., which is "
	                "served "
	                "here, on line 4; write it there [record-zone]\n"
	                ":7:48: error: in.a.test. belongs to the zone in.a.test., which is served "
	                "here, on line 4; write it there [record-zone]\n"},
	        {"65 TXT a, 1 CNAME a.b.", "",
	                ":6:40: error: a CNAME leads from 65.113.0.203.in-addr.arpa. to the zone "
	                "64/26.113.0.203.in-addr.arpa., which is served here; write it there "
	                "[record-cut]\n"},
	        {"", "t 5 A 192.0.2.1, t 6 A 192.0.2.2",
	                ":7:47: warning: t.a.test. A has TTL 6 here and 5 on line 7; one RRset has "
	                "one: the smallest is served [ttl-mixed]\n"},
	        {"", "z.else. A 192.0.2.2, \"@ SOA a b 1 2 3 4 5\", bad A 1.2.3",
	                ":7:30: error: z.else. lies outside the zone a.test.; a name without a dot "
	                "at its end counts from the zone [record-scope]\n"
	                ":7:51: error: the SOA record is made of `ns`, `hostmaster` and `soa`; "
	                "write it there [record-soa]\n"
	                ":7:74: error: the rdata of this A record do not parse: Syntax error, "
	                "could "
	                "not parse the RR's rdata [zone-file]\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(mistakes); i++) {
		struct config c;
		char text[2000], expected[2000] = "", *p = expected;
		snprintf(text, sizeof text, zone, mistakes[i].reverse, mistakes[i].forward);
		files_write("arpad.yaml", text);
		char *said = files_load(&c, NULL, NULL);
		for (const char *line = mistakes[i].said; *line; line = strchr(line, '\n') + 1)
			p += sprintf(p, "arpad.yaml%.*s\n", (int)strcspn(line, "\n"), line);
		assert_string_equal(said, expected);
		free(said);
		config_free(&c);
	}
}

static void blocks_of_less_than_an_octet(void **state)
{
	struct config c;
	char apex[NAME_TEXT_MAX];
	(void)state;

	files_write("arpad.yaml", HEAD "  - {prefix: 203.0.113.64/26, style: dash}\n"
	                               "  - {prefix: 203.0.113.128/25, style: rfc4183}\n"
	                               "  - {prefix: 203.0.113.0/31, style: two}\n"
	                               "customers: {c: {prefixes: [203.0.113.0/24]}}\n");
	files_write("customers/c.yaml", "version: 1\ncustomer: c\nhosts: {203.0.113.65: a.b, "
	                                "203.0.113.1: c.d, 203.0.113.2: e.f}\n");
	char *said = files_load(&c, NULL, NULL);
	assert_string_equal(said,
	        "customers/c.yaml:3:46: error: 203.0.113.2 lies in no zone served "
	        "here; ask the operator to add one [no-zone]\n");
	static const char *const apexes[] = {"128-25.113.0.203.in-addr.arpa.",
	        "64-127.113.0.203.in-addr.arpa.", "two.113.0.203.in-addr.arpa."};
	for (unsigned i = 0; i < 3; i++) {
		name_to_text(apex, c.plan.zones[i].apex);
		assert_string_equal(apex, apexes[i]);
	}
	free(said);
	config_free(&c);
	files_write("arpad.yaml", HEAD "  - {prefix: 203.0.113.64/26, style: \"64\"}\n"
	                               "  - {prefix: 203.0.113.0/24, style: dash}\n");
	said = files_load(&c, NULL, NULL);
	assert_string_equal(said,
	        "arpad.yaml:4:38: error: 64 can be no label of such a zone; write dash, slash, "
	        "rfc4183 or a label that is not a number from 0 to 255 [zone-style]\n"
	        "arpad.yaml:5:37: error: a style is for prefixes of IPv4, /25 to /31; remove it "
	        "[zone-style]\n");
	free(said);
	config_free(&c);
	files_write("arpad.yaml", HEAD "  - {prefix: 203.0.113.64/26, style: dash}\n"
	                               "  - {prefix: 203.0.113.64/27, style: dash}\n");
	said = files_load(&c, NULL, NULL);
	assert_string_equal(said,
	        "arpad.yaml:5:5: error: the block lies in 203.0.113.64/26, a zone "
	        "on line 4; an address has one of them [zone-overlap]\n");
	free(said);
	config_free(&c);
}

static void the_operators_records_outrank_the_customers(void **state)
{
	struct config c;
	(void)state;

	files_write("arpad.yaml",
	        HEAD "  - {prefix: 192.0.2.0/24, records: [7 CNAME x.y., 8 NS n.m.]}\n"
	             "  - {name: a.test, records: [c CNAME x.y., d DNAME x.y., s NS n.m.]}\n"
	             "customers: {c: {prefixes: [192.0.2.0/24], domains: [a.test]}}\n");
	files_write("customers/c.yaml", "version: 1\ncustomer: c\nhosts:\n"
	                                "  192.0.2.1: h.c.a.test\n" /* below a CNAME is room */
	                                "  192.0.2.2: d.a.test\n"   /* at a DNAME, too */
	                                "  192.0.2.3: h.s.a.test\n" /* below a cut: external */
	                                "  192.0.2.4: c.a.test\n"
	                                "  192.0.2.5: h.d.a.test\n"
	                                "  192.0.2.7: x.else\n"
	                                "  192.0.2.8: x.else\n");
	char *said = files_load(&c, NULL, NULL);
	assert_string_equal(said,
	        "customers/c.yaml:7:3: error: the operator's CNAME record at c.a.test. "
	        "(arpad.yaml:5) is in the way of c.a.test.; ask the operator, or leave it out "
	        "[record-above]\n"
	        "customers/c.yaml:8:3: error: the operator's DNAME record at d.a.test. "
	        "(arpad.yaml:5) is in the way of h.d.a.test.; ask the operator, or leave it out "
	        "[record-above]\n"
	        "customers/c.yaml:9:3: error: the operator's CNAME record at "
	        "7.2.0.192.in-addr.arpa. (arpad.yaml:4) is in the way of 192.0.2.7; ask the "
	        "operator, or leave it out [record-above]\n"
	        "customers/c.yaml:10:3: error: the operator's NS record at 8.2.0.192.in-addr.arpa. "
	        "(arpad.yaml:4) is in the way of 192.0.2.8; ask the operator, or leave it out "
	        "[record-above]\n");
	free(said);
	config_free(&c);
	files_write("customers/c.yaml", "version: 1\ncustomer: c\nhosts:\n"
	                                "  192.0.2.1: h.c.a.test\n  192.0.2.2: d.a.test\n"
	                                "  192.0.2.3: h.s.a.test\n");
	said = files_load(&c, NULL, NULL);
	assert_string_equal(said, "");
	const struct pair *pairs = c.plan.sources[0].pairs;
	assert_true(pairs[0].forward_zone != ZONE_NONE && pairs[1].forward_zone != ZONE_NONE);
	assert_int_equal(pairs[2].forward_zone, ZONE_NONE);
	free(said);
	config_free(&c);
}

static void an_rrset_fits_into_a_message(void **state)
{
	struct config c;
	char *text = malloc(1 << 20), *p = text;
	(void)state;

	for (unsigned i = 0; i < 300; i++)
		p += sprintf(p, "t TXT \"%0250u\"\n", i);
	files_write("t.records", text);
	files_write("arpad.yaml", HEAD "  - {name: a.test, records-file: t.records}\n");
	char *said = files_load(&c, NULL, NULL);
	assert_string_equal(said, "t.records:248: warning: t.a.test. has more records of this type "
	                          "than a message of DNS may hold; use several names "
	                          "[record-size]\n");
	free(said);
	config_free(&c);
	free(text);
}

static void one_ttl_for_records_and_hosts_of_a_name(void **state)
{
	struct config c;
	(void)state;

	files_write("arpad.yaml",
	        HEAD "  - 192.0.2.0/24\n"
	             "  - {name: a.test, records: [m 5m A 192.0.2.1, same 1h A 192.0.2.1]}\n"
	             "customers: {c: {prefixes: [192.0.2.0/24], domains: [a.test]}}\n");
	files_write("customers/c.yaml", "version: 1\ncustomer: c\nhosts:\n  192.0.2.2: m.a.test\n"
	                                "  192.0.2.3: same.a.test\n");
	char *said = files_load(&c, NULL, NULL);
	assert_string_equal(said,
	        "customers/c.yaml:4:3: warning: m.a.test. A has TTL 3600 here and 300 in the "
	        "operator's records (arpad.yaml:5); one RRset has one: the smallest is served "
	        "[ttl-mixed]\n");
	free(said);
	config_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(
	                records_are_read_from_lines_and_files, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                mistakes_in_records_have_a_place, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                blocks_of_less_than_an_octet, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                the_operators_records_outrank_the_customers, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                an_rrset_fits_into_a_message, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                one_ttl_for_records_and_hosts_of_a_name, files_set_up, files_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
