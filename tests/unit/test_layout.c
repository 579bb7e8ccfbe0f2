/* SPDX-License-Identifier: ISC */
#include "zone/layout.h"

#include "tests/help/files.h"
#include "tests/unit/unit.h"

#define DEFAULTS  "defaults: {ns: [ns1.test, ns2.test], hostmaster: h@test, ttl: 1h}\n"
#define ZONES     "zones: [10.0.0.0/24, {name: a.example, records: ['x TXT y', 'z A 192.0.2.1']}]\n"
#define CUSTOMERS "customers: {a: {prefixes: [10.0.0.0/25], domains: [a.example]}}\n"

static struct digest load(const char *defaults, const char *zones, const char *customers)
{
	char text[2000];
	struct config c;
	enum err e;

	snprintf(text, sizeof text, "version: 1\n%s%s%s", defaults, zones, customers);
	files_write("arpad.yaml", text);
	char *said = files_load(&c, NULL, &e);
	if (e != OK)
		fail_msg("%s%s", text, said);
	free(said);
	struct digest d = c.layout;
	config_free(&c);
	return d;
}

static void what_is_in_no_image_does_not_count(void **state)
{
	(void)state;
	files_begin();
	struct digest d = load(DEFAULTS, ZONES, CUSTOMERS);
	struct digest same[] = {
	        load(DEFAULTS, ZONES, ""),
	        load(DEFAULTS, ZONES,
	                "customers: {b: {prefixes: [10.0.0.0/26]}, a: {prefixes: "
	                "[10.0.0.64/26]}}\n"),
	        load("server: {workers: 3}\n" DEFAULTS, ZONES, CUSTOMERS),
	        load(DEFAULTS "# a comment\n",
	                "zones: [{name: A.example., records: ['x TXT y', 'z A 192.0.2.1']}, "
	                "10.0.0.0/24]\n",
	                CUSTOMERS),
	};
	for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
		if (!digest_equal(&d, &same[i]))
			fail_msg("%zu: another layout", i);
	files_end();
}

static void what_is_in_one_does(void **state)
{
	static const char *const others[][2] = {
	        {"defaults: {ns: [ns1.test, ns3.test], hostmaster: h@test, ttl: 1h}\n", ZONES},
	        {"defaults: {ns: [ns2.test, ns1.test], hostmaster: h@test, ttl: 1h}\n", ZONES},
	        {"defaults: {ns: [ns1.test, ns2.test], hostmaster: i@test, ttl: 1h}\n", ZONES},
	        {"defaults: {ns: [ns1.test, ns2.test], hostmaster: h@test, ttl: 2h}\n", ZONES},
	        {"defaults: {ns: [ns1.test, ns2.test], hostmaster: h@test, ttl: 1h, "
	         "negative-ttl: 9}\n",
	                ZONES},
	        {DEFAULTS, "zones: [10.0.0.0/24, a.example]\n"},
	        {DEFAULTS, "zones: [10.0.0.0/24, {name: b.example, records: ['x TXT y', 'z A "
	                   "192.0.2.1']}]\n"},
	        {DEFAULTS, "zones: [10.0.0.0/24, {name: a.example, records: ['x TXT z', 'z A "
	                   "192.0.2.1']}]\n"},
	        {DEFAULTS, "zones: [10.0.0.0/24, {name: a.example, records: ['w TXT y', 'z A "
	                   "192.0.2.1']}]\n"},
	        {DEFAULTS, "zones: [10.0.0.0/24, {name: a.example, records: ['x 7 TXT y', 'z A "
	                   "192.0.2.1']}]\n"},
	        {DEFAULTS, "zones: [10.0.0.0/24, {name: a.example, soa: {refresh: 7}, records: ['x "
	                   "TXT y', 'z A 192.0.2.1']}]\n"},
	        {DEFAULTS, "zones: [10.0.0.0/24, {prefix: 10.0.1.0/26, style: dash}, {name: "
	                   "a.example, records: ['x TXT y', 'z A 192.0.2.1']}]\n"},
	        {DEFAULTS, "zones: [10.0.0.0/24, {prefix: 10.0.1.0/26, style: slash}, {name: "
	                   "a.example, records: ['x TXT y', 'z A 192.0.2.1']}]\n"},
	};
	struct digest seen[ARRAY_LENGTH(others) + 1];
	(void)state;

	files_begin();
	seen[0] = load(DEFAULTS, ZONES, CUSTOMERS);
	for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
		seen[i + 1] = load(others[i][0], others[i][1], "");
		for (size_t k = 0; k <= i; k++)
			if (digest_equal(&seen[k], &seen[i + 1]))
				fail_msg("%zu: the same layout as %zu", i + 1, k);
	}
	files_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_is_in_no_image_does_not_count),
	        cmocka_unit_test(what_is_in_one_does),
	};

	return cmocka_run_group_tests_name("zone/layout", tests, NULL, NULL);
}
