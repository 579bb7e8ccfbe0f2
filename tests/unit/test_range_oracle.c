/* SPDX-License-Identifier: ISC */
/* What tests/property/prop_ranges.c trusts, against a model small enough to be answered by hand. */
#include "server/query.h"
#include "tests/help/range_oracle.h"
#include "tests/unit/unit.h"
#include "zone/rr.h"

static struct model model;
static struct range_oracle oracle;

/* One of everything, by hand. */
static void make_small_model(void)
{
	static const unsigned __int128 net = 0x0a010000, net6 = (unsigned __int128)0x20010db8 << 96;
	const struct model m = {.ttl_s = 60,
	        .net = 1,
	        .zones = {{.name = "1.10.in-addr.arpa",
	                          .is_reverse = true,
	                          .block = {net, net + 0xffff, 4},
	                          .ns = {"ns1.test", "ns2.test"}},
	                {.name = "f.test", .ns = {"ns1.test", "ns2.test"}},
	                {.name = "8.b.d.0.1.0.0.2.ip6.arpa",
	                        .is_reverse = true,
	                        .block = block_of(net6, 16, 32),
	                        .ns = {"ns1.test", "ns2.test"}}},
	        .zone_count = 3,
	        .customers = {{"i", {block_of(net, 4, 16), block_of(net6, 16, 32)}, 2, {""}, 0, 0},
	                {"a", {block_of(net + 0x100, 4, 24)}, 1, {""}, 0, 0}},
	        .customer_count = 2,
	        .ranges = {{.block = block_of(net, 4, 16), .shape = "h-{ip}", .owner = "f.test"},
	                {.block = {net + 4, net + 9, 4}, .shape = "c{n}", .owner = "x.f.test"},
	                {.customer = 1, .block = block_of(net + 0x110, 4, 28), .shape = ""},
	                {.block = block_of(net6, 16, 64), .shape = "{host}", .owner = "v.f.test"}},
	        .range_count = 4,
	        .hosts = {{.address = net + 5, .len = 4, .names = {"m.f.test"}, .name_count = 1}},
	        .host_count = 1,
	        .delegations = {{.block = block_of(net + 0x280, 4, 25),
	                                .way = WAY_CHILD,
	                                .target = "128-255.2.1.10.in-addr.arpa",
	                                .ns = {"ns1.test"},
	                                .ns_count = 1},
	                {.block = block_of(net + 0x8000, 4, 17),
	                        .way = WAY_CUT,
	                        .ns = {"ns.3.200.1.10.in-addr.arpa"},
	                        .ns_count = 1,
	                        .glue = {{"192.0.2.1"}}}},
	        .delegation_count = 2};

	model = m;
}

static void the_oracle_answers_as_by_hand(void **state)
{
	static const struct {
		const char *name;
		uint16_t type;
		unsigned rcode, count;
		const char *answer, *cut; /* the last record's rdata, if a name; NULL: none */
	} cases[] = {
	        {"3.0.1.10.in-addr.arpa", RR_PTR, RCODE_NOERROR, 1, "h-10-1-0-3.f.test.", NULL},
	        {"H-10-1-0-3.f.test", RR_A, RCODE_NOERROR, 1, NULL, NULL},
	        {"h-10-1-0-03.f.test", RR_A, RCODE_NXDOMAIN, 0, NULL, NULL},
	        {"6.0.1.10.in-addr.arpa", RR_PTR, RCODE_NOERROR, 1, "c2.x.f.test.", NULL},
	        {"h-10-1-0-6.f.test", RR_A, RCODE_NXDOMAIN, 0, NULL, NULL},
	        {"c1.x.f.test", RR_A, RCODE_NXDOMAIN, 0, NULL, NULL}, /* the host's */
	        {"c6.x.f.test", RR_A, RCODE_NXDOMAIN, 0, NULL, NULL},
	        {"x.f.test", RR_A, RCODE_NOERROR, 0, NULL, NULL},
	        {"5.0.1.10.in-addr.arpa", RR_PTR, RCODE_NOERROR, 1, "m.f.test.", NULL},
	        {"17.1.1.10.in-addr.arpa", RR_PTR, RCODE_NXDOMAIN, 0, NULL, NULL},
	        {"32.1.1.10.in-addr.arpa", RR_PTR, RCODE_NOERROR, 1, "h-10-1-1-32.f.test.", NULL},
	        {"1.1.10.in-addr.arpa", RR_PTR, RCODE_NOERROR, 0, NULL, NULL},
	        {"129.2.1.10.in-addr.arpa", RR_PTR, RCODE_NOERROR, 1,
	                "129.128-255.2.1.10.in-addr.arpa.", "128-255.2.1.10.in-addr.arpa."},
	        {"h-10-1-2-129.f.test", RR_A, RCODE_NXDOMAIN, 0, NULL, NULL},
	        {"x.128-255.2.1.10.in-addr.arpa", RR_A, RCODE_NOERROR, 0, NULL,
	                "128-255.2.1.10.in-addr.arpa."},
	        {"7.255.1.10.in-addr.arpa", RR_PTR, RCODE_NOERROR, 0, NULL,
	                "255.1.10.in-addr.arpa."},
	        {"00000000000000ab.v.f.test", RR_AAAA, RCODE_NOERROR, 1, NULL, NULL},
	        {"0000000000000ab.v.f.test", RR_AAAA, RCODE_NXDOMAIN, 0, NULL, NULL},
	        {"0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", RR_PTR, RCODE_NOERROR, 0, NULL,
	                NULL},
	        {"1.8.b.d.0.1.0.0.2.ip6.arpa", RR_PTR, RCODE_NXDOMAIN, 0, NULL, NULL},
	};
	static struct due due;
	char text[NAME_TEXT_MAX];
	struct name name;
	(void)state;

	make_small_model();
	range_oracle_build(&oracle, &model);
	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		assert_int_equal(name_from_text(&name, cases[i].name, strlen(cases[i].name)), OK);
		flat_ask(&due, &oracle.flat, name.wire, cases[i].type, 0);
		assert_int_equal(due.rcode, cases[i].rcode);
		assert_int_equal(due.count, cases[i].count);
		assert_int_equal(due.cut_zone != ZONE_NONE, cases[i].cut != NULL);
		if (cases[i].answer) {
			name_to_text(text, due.answer[due.count - 1].rdata);
			assert_string_equal(text, cases[i].answer);
		}
		if (cases[i].cut) {
			name_to_text(text, due.cut);
			assert_string_equal(text, cases[i].cut);
		}
	}
	range_oracle_free(&oracle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_oracle_answers_as_by_hand)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
