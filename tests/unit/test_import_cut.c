/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include "tests/unit/import_rig.h"

static void rfc_2317_sets_become_delegations(void **state)
{
#define LINKS(range, to) "$GENERATE " range " $ CNAME $." to "\n"
	static const struct row rows[] = {
	        {"dash", "0-63 NS n.x.\n0-63 NS n.z.\n" LINKS("0-63", "0-63"), NULL,
	                "delegate:\n  192.0.2.0/26: {ns: [n.x, n.z]}\n"},
	        {"slash", "64/26 NS n.x.\n" LINKS("64-127", "64/26"), NULL,
	                "delegate:\n  192.0.2.64/26: {ns: [n.x], style: slash}\n"},
	        {"rfc4183", "64-26 NS n.x.\n" LINKS("64-127", "64-26"), NULL,
	                "delegate:\n  192.0.2.64/26: {ns: [n.x], style: rfc4183}\n"},
	        {"own", "acme NS n.x.\n" LINKS("64-127", "acme"), NULL,
	                "delegate:\n  192.0.2.64/26: {ns: [n.x], style: acme}\n"},
	        {"no prefix", "65-100 NS n.x.\n" LINKS("65-100", "65-100"), NULL,
	                "delegate:\n  192.0.2.65-192.0.2.100: {ns: [n.x]}\n"},
	        {"the hosts of a prefix", "64-127 NS n.x.\n" LINKS("65-126", "64-127"), NULL,
	                "delegate:\n  192.0.2.65-192.0.2.126: {ns: [n.x], style: "
	                "\"64-127\"}\n"},
	        {"glue",
	                "a NS n.a\nn.a A 192.0.2.1\nn.a A 192.0.2.2\nn.a AAAA 2001:db8::1\n" LINKS(
	                        "0-3", "a"),
	                NULL,
	                "delegate:\n  192.0.2.0/30: {ns: [n.a.2.0.192.in-addr.arpa], style: a, "
	                "glue: {n.a.2.0.192.in-addr.arpa: "
	                "[192.0.2.1, 192.0.2.2, \"2001:db8::1\"]}}\n"},
	        {"DS",
	                "a NS n.x.\na DS 12345 13 1 "
	                "0102030405060708090a0b0c0d0e0f1011121314\n" LINKS("0-3", "a"),
	                NULL,
	                "delegate:\n  192.0.2.0/30: {ns: [n.x], style: a, "
	                "ds: [\"12345 13 1 0102030405060708090A0B0C0D0E0F1011121314\"]}\n"},
	        {"another TTL", "$TTL 5m\na NS n.x.\n" LINKS("0-3", "a"), NULL,
	                "delegate:\n  192.0.2.0/30: {ns: [n.x], style: a, ttl: 5m}\n"},
	        {"cname", LINKS("0-255", "rev.x."), NULL,
	                "delegate:\n  192.0.2.0/24: {cname: rev.x}\n"},
	};
	static const char *const records[][2] = {
	        {"no NS", LINKS("0-63", "0-63")},
	        {"three", "a NS n.x.\n" LINKS("0-2", "a")},
	        {"a TTL differs", "a 60 NS n.x.\n" LINKS("0-63", "a")},
	        {"another TTL differs", "a NS n.x.\n" LINKS("0-62", "a") "63 60 CNAME 63.a\n"},
	        {"a hole", "a NS n.x.\n" LINKS("0-31", "a") LINKS("33-63", "a")},
	        {"a record below", "a NS n.x.\nb.a TXT a\n" LINKS("0-63", "a")},
	        {"a record beside", "a NS n.x.\na NSEC b A\n" LINKS("0-63", "a")},
	        {"no glue", "a NS n.a\n" LINKS("0-63", "a")},
	        {"an address of another name", "a NS n.x.\nb.a A 192.0.2.1\n" LINKS("0-63", "a")},
	        {"an odd digest", "a NS n.x.\na DS 1 13 2 00\n" LINKS("0-63", "a")},
	        {"an odd name server", "a NS n_n.x.\n" LINKS("0-63", "a")},
	        {"a label that is a style's word", "dash NS n.x.\n" LINKS("0-63", "dash")},
	        {"a zone of names in arpa", LINKS("0-63", "1.0.192.in-addr.arpa.")},
	        {"another label", "a NS n.x.\n$GENERATE 0-63 $ CNAME ${1}.a\n"},
	};
	(void)state;

	check_rows(rows, ARRAY_LENGTH(rows));
	for (size_t i = 0; i < ARRAY_LENGTH(records); i++) {
		struct row row = {records[i][0], records[i][1], NULL, ""};
		check_rows(&row, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(rfc_2317_sets_become_delegations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
