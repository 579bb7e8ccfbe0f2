/* SPDX-License-Identifier: ISC */
#include "zone/zone_space.h"

#include "tests/help/files.h"
#include "tests/help/random.h"
#include "tests/unit/unit.h"

/* The zones alone; false when they are refused. */
static bool load(struct config *c, const char *zones, bool is_told)
{
	char text[2000];
	enum err e;

	snprintf(text, sizeof text,
	        "version: 1\ndefaults: {ns: [ns1.test, ns2.test], hostmaster: h@test}\n"
	        "zones: [%s]\n",
	        zones);
	files_write("arpad.yaml", text);
	char *said = files_load(c, NULL, &e);
	if (e != OK && is_told)
		print_message("%s", said);
	free(said);
	return e == OK;
}

/* A line a zone that has addresses: its apex and what it has. */
static char *dump(const struct plan *p)
{
	char *out = NULL, text[ADDR_RANGE_TEXT_MAX], apex[NAME_TEXT_MAX];
	size_t size;
	FILE *f = open_memstream(&out, &size);

	for (uint32_t z = 0; z < p->zone_count; z++) {
		struct zone_space s;
		assert_int_equal(zone_space_of(&s, p, z), OK);
		name_to_text(apex, p->zones[z].apex);
		for (size_t i = 0; i < s.count; i++) {
			struct addr first = {.len = s.intervals[i].addr_len}, last = first;
			memcpy(first.octets, s.intervals[i].first, 16);
			memcpy(last.octets, s.intervals[i].last, 16);
			addr_range_to_text(text, &first, &last);
			fprintf(f, "%s%s", i ? " " : apex, i ? "" : " ");
			fputs(text, f);
		}
		fputs(s.count ? "\n" : "", f);
		zone_space_free(&s);
	}
	fclose(f);
	return out;
}

static void a_zone_has_the_addresses_that_no_other_has(void **state)
{
	static const struct {
		const char *zones, *spaces;
	} cases[] = {
	        {"192.0.2.0/24, example", "2.0.192.in-addr.arpa. 192.0.2.0/24\n"},
	        {"10.0.0.0/8, 10.1.0.0/16, 10.1.2.0/24, 10.0.0.0/24",
	                "10.in-addr.arpa. 10.0.1.0-10.0.255.255 10.2.0.0-10.255.255.255\n"
	                "0.0.10.in-addr.arpa. 10.0.0.0/24\n"
	                "1.10.in-addr.arpa. 10.1.0.0/23 10.1.3.0-10.1.255.255\n"
	                "2.1.10.in-addr.arpa. 10.1.2.0/24\n"},
	        {"10.0.0.0/8, 10.255.0.0/16, 10.254.0.0/16",
	                "10.in-addr.arpa. 10.0.0.0-10.253.255.255\n"
	                "254.10.in-addr.arpa. 10.254.0.0/16\n"
	                "255.10.in-addr.arpa. 10.255.0.0/16\n"},
	        {"10.0.0.0/24, {prefix: 10.0.0.64/26, style: dash}, {prefix: 10.0.0.128/31, "
	         "style: slash}",
	                "0.0.10.in-addr.arpa. 10.0.0.0/26 10.0.0.130-10.0.0.255\n"
	                "128/31.0.0.10.in-addr.arpa. 10.0.0.128/31\n"
	                "64-127.0.0.10.in-addr.arpa. 10.0.0.64/26\n"},
	        {"{prefix: 10.0.0.64/26, style: dash}",
	                "64-127.0.0.10.in-addr.arpa. 10.0.0.64/26\n"},
	        {"10.0.0.0/8, 10.0.1.0/24, {prefix: 10.0.0.128/25, style: dash}, {prefix: "
	         "10.0.1.0/25, style: dash}",
	                "10.in-addr.arpa. 10.0.0.0/25 10.0.2.0-10.255.255.255\n"
	                "128-255.0.0.10.in-addr.arpa. 10.0.0.128/25\n"
	                "1.0.10.in-addr.arpa. 10.0.1.128/25\n"
	                "0-127.1.0.10.in-addr.arpa. 10.0.1.0/25\n"},
	        /* a name that stands for a block is a reverse zone however it is written */
	        {"in-addr.arpa, 255.0.0.0/8, 0.0.0.0/8",
	                "in-addr.arpa. 1.0.0.0-254.255.255.255\n0.in-addr.arpa. 0.0.0.0/8\n"
	                "255.in-addr.arpa. 255.0.0.0/8\n"},
	        {"7.2.0.192.in-addr.arpa, 192.0.2.0/24",
	                "2.0.192.in-addr.arpa. 192.0.2.0-192.0.2.6 192.0.2.8-192.0.2.255\n"
	                "7.2.0.192.in-addr.arpa. 192.0.2.7/32\n"},
	        {"x.2.0.192.in-addr.arpa, 192.0.2.0/24", "2.0.192.in-addr.arpa. 192.0.2.0/24\n"},
	        /* above all addresses */
	        {"arpa, 10.0.0.0/8, 2001:db8::/32",
	                "arpa. 0.0.0.0-9.255.255.255 11.0.0.0-255.255.255.255 ::-2001:db7:ffff:"
	                "ffff:ffff:ffff:ffff:ffff 2001:db9::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:"
	                "ffff\n10.in-addr.arpa. 10.0.0.0/8\n"
	                "8.b.d.0.1.0.0.2.ip6.arpa. 2001:db8::/32\n"},
	        {"., in-addr.arpa", ". ::/0\nin-addr.arpa. 0.0.0.0/0\n"},
	        {"., arpa, {prefix: 10.0.0.64/26, style: dash}",
	                "arpa. 0.0.0.0-10.0.0.63 10.0.0.128-255.255.255.255 ::/0\n"
	                "64-127.0.0.10.in-addr.arpa. 10.0.0.64/26\n"},
	        {"ip6.arpa, ffff::/16, '::/4'",
	                "ip6.arpa. 1000::-fffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff\n"
	                "0.ip6.arpa. ::/4\nf.f.f.f.ip6.arpa. ffff::/16\n"},
	};
	struct config c;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		assert_true(load(&c, cases[i].zones, true));
		char *got = dump(&c.plan);
		assert_string_equal(got, cases[i].spaces);
		free(got);
		config_free(&c);
	}
}

static int write_zone(char *out)
{
	static const char *const names[] = {".", "arpa", "in-addr.arpa", "ip6.arpa", "example",
	        "7.0.0.10.in-addr.arpa", "x.0.10.in-addr.arpa", "f.ip6.arpa"};
	static const char *const styles[] = {"dash", "slash", "rfc4183"};
	unsigned bits, number = (unsigned)random_below(4), kind = (unsigned)random_below(4);

	if (kind == 0)
		return sprintf(out, "%s", names[random_below(8)]);
	if (kind == 1)
		return sprintf(out, "%s", random_below(2) ? "10.0.0.0/8" : "10.0.0.0/16");
	if (kind == 2)
		return sprintf(out, "10.0.%u.0/24", number);
	bits = 25 + (unsigned)random_below(7);
	return sprintf(out, "{prefix: 10.0.%u.%u/%u, style: %s}", number,
	        (unsigned)random_below(256) >> (32 - bits) << (32 - bits), bits,
	        styles[random_below(3)]);
}

static bool has(const struct zone_space *s, const struct addr *a)
{
	bool found = false;

	for (size_t i = 0; i < s->count; i++) {
		const struct interval *in = &s->intervals[i];
		assert_true(memcmp(in->first, in->last, 16) <= 0);
		if (i && s->intervals[i - 1].addr_len == in->addr_len)
			assert_true(memcmp(s->intervals[i - 1].last, in->first, 16) < 0);
		else if (i)
			assert_true(s->intervals[i - 1].addr_len < in->addr_len);
		found |= in->addr_len == a->len && memcmp(in->first, a->octets, 16) <= 0 &&
		         memcmp(in->last, a->octets, 16) >= 0;
	}
	return found;
}

static struct addr any_address(void)
{
	static const uint8_t edges[] = {0, 255, 127, 128, 9, 11};
	struct addr a = {.len = 4, .octets = {10, 0, 0, 0}};

	if (random_below(8) == 0)
		a.len = 16;
	if (random_below(8) == 0)
		a.octets[0] = edges[random_below(6)];
	a.octets[2] = (uint8_t)random_below(5);
	a.octets[a.len - 1] = (uint8_t)random_below(256);
	return a;
}

static void each_address_is_in_the_zone_that_is_found_for_it(void **state)
{
	unsigned loaded = 0;
	(void)state;

	for (unsigned round = 0; round < 600; round++) {
		char zones[1000] = "", *p = zones;
		struct config c;
		random_seed(round);
		for (unsigned i = 1 + (unsigned)random_below(6); i--;)
			p += write_zone(p), p += sprintf(p, "%s", i ? ", " : "");
		if (!load(&c, zones, false)) {
			config_free(&c);
			continue;
		}
		loaded++;
		for (uint32_t z = 0; z < c.plan.zone_count; z++) {
			struct zone_space s;
			assert_int_equal(zone_space_of(&s, &c.plan, z), OK);
			for (unsigned i = 0; i < 300; i++) {
				struct addr a = any_address();
				bool is_here = plan_find_reverse_zone(&c.plan, &a) == z;
				if (has(&s, &a) != is_here)
					print_message("round %u: %s\n", round, zones);
				assert_int_equal(has(&s, &a), is_here);
			}
			zone_space_free(&s);
		}
		config_free(&c);
	}
	assert_in_range(loaded, 100, 600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(
	                a_zone_has_the_addresses_that_no_other_has, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(each_address_is_in_the_zone_that_is_found_for_it,
	                files_set_up, files_tear_down),
	};

	return cmocka_run_group_tests_name("zone/zone_space", tests, NULL, NULL);
}
