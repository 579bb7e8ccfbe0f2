/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include "tests/help/random.h"
#include "tests/unit/import_rig.h"
#include "tools/import_guess.h"
#include "zone/makers.h"

#define PTRS(range, name) "$GENERATE " range " $ PTR " name "\n"
#define AS(range, name)   "$GENERATE " range " " name " A 192.0.2.$\n"

static void names_become_patterns(void **state)
{
	static const struct row rows[] = {
	        {"whole addresses", PTRS("0-255", "h-192-0-2-$.x."), NULL,
	                "ranges:\n  192.0.2.0/24: \"h-{ip}.x\"\n"},
	        {"both directions", PTRS("0-255", "h-192-0-2-$.y."), AS("0-255", "h-192-0-2-$"),
	                "ranges:\n  192.0.2.0/24: \"h-{ip}.y\"\n"},
	        {"octets backwards", PTRS("64-127", "$-2-0-192.x."), NULL,
	                "ranges:\n  192.0.2.64/26: \"{d}-{c}-{b}-{a}.x\"\n"},
	        {"some of the octets", PTRS("64-127", "r2x$.x."), NULL,
	                "ranges:\n  192.0.2.64/26: \"r{c}x{d}.x\"\n"},
	        {"the last octet", PTRS("64-127", "r3x$.x."), NULL,
	                "ranges:\n  192.0.2.64/26: \"r3x{d}.x\"\n"},
	        {"hex", PTRS("64-127", "xc00002${0,2,x}.x."), NULL,
	                "ranges:\n  192.0.2.64/26: \"x{hex}.x\"\n"},
	        {"a count from 0", PTRS("64-127", "c${-64}.x."), NULL,
	                "ranges:\n  192.0.2.64/26: \"c{n}.x\"\n"},
	        {"a count from 1", PTRS("65-127", "c${-64}.x."), NULL,
	                "ranges:\n  192.0.2.64/26: \"c{n}.x\"\n  192.0.2.64/32: none\n"},
	        {"a host before the count", "64 PTR gw.x.\n" PTRS("65-127", "c${-64}.x."), NULL,
	                "hosts:\n  192.0.2.64: gw.x\n\n"
	                "ranges:\n  192.0.2.64/26: \"c{n}.x\"\n"},
	        {"the end in hex", PTRS("16-255", "n${0,2,x}.x."), NULL,
	                "ranges:\n  192.0.2.16-192.0.2.255: \"n{host}.x\"\n"},
	        {"no prefix", PTRS("1-254", "h-192-0-2-$.x."), NULL,
	                "ranges:\n  192.0.2.1-192.0.2.254: \"h-{ip}.x\"\n"},
	        {"an octet by chance", "1 PTR r5h1.x.\n" PTRS("2-9", "r5h$.x."), NULL,
	                "ranges:\n  192.0.2.1-192.0.2.9: \"r5h{d}.x\"\n"},
	        {"another TTL", "$TTL 5m\n" PTRS("0-7", "h-192-0-2-$.y."),
	                "$TTL 5m\n" AS("0-7", "h-192-0-2-$"),
	                "ranges:\n  192.0.2.0/29: {pattern: \"h-{ip}.y\", ttl: 5m}\n"},
	};
	(void)state;

	check_rows(rows, ARRAY_LENGTH(rows));
}

static void what_differs_is_a_host_or_none(void **state)
{
	static const struct row rows[] = {
	        {"a hole", PTRS("0-99", "h$.x.") PTRS("102-255", "h$.x."), NULL,
	                "ranges:\n  192.0.2.0/24: \"h{d}.x\"\n  192.0.2.100/31: none\n"},
	        {"another name", PTRS("0-99", "h$.x.") "100 PTR a.x.\n" PTRS("101-255", "h$.x."),
	                NULL,
	                "hosts:\n  192.0.2.100: a.x\n\nranges:\n  192.0.2.0/24: \"h{d}.x\"\n"},
	        {"two names", PTRS("0-255", "h$.x.") "100 PTR a.x.\n", NULL,
	                "hosts:\n  192.0.2.100: [h100.x, a.x]\n\n"
	                "ranges:\n  192.0.2.0/24: \"h{d}.x\"\n"},
	        {"a range in a range",
	                PTRS("0-99", "h$.x.") PTRS("100-109", "b$.x.") PTRS("110-255", "h$.x."),
	                NULL,
	                "ranges:\n  192.0.2.0/24: \"h{d}.x\"\n"
	                "  192.0.2.100-192.0.2.109: \"b{d}.x\"\n"},
	        {"another TTL",
	                PTRS("0-99", "h$.x.") "100 60 PTR h100.x.\n" PTRS("101-255", "h$.x."), NULL,
	                "hosts:\n  192.0.2.100: {name: h100.x, ttl: 1m}\n\n"
	                "ranges:\n  192.0.2.0/24: \"h{d}.x\"\n"},
	        {"seven", PTRS("0-6", "h$.x.") "9 PTR h9.x.\n", NULL,
	                "hosts:\n  192.0.2.0: h0.x\n  192.0.2.1: h1.x\n  192.0.2.2: h2.x\n"
	                "  192.0.2.3: h3.x\n  192.0.2.4: h4.x\n  192.0.2.5: h5.x\n"
	                "  192.0.2.6: h6.x\n  192.0.2.9: h9.x\n"},
	        {"one behind a hole", PTRS("0-7", "h-192-0-2-$.x.") "9 PTR h-192-0-2-9.x.\n", NULL,
	                "hosts:\n  192.0.2.9: h-192-0-2-9.x\n\n"
	                "ranges:\n  192.0.2.0/29: \"h-{ip}.x\"\n"},
	        {"two behind a hole", PTRS("0-7", "h-192-0-2-$.x.") PTRS("9-10", "h-192-0-2-$.x."),
	                NULL,
	                "ranges:\n  192.0.2.0-192.0.2.10: \"h-{ip}.x\"\n  192.0.2.8/32: none\n"},
	        {"two before a hole", PTRS("0-1", "h-192-0-2-$.x.") PTRS("3-10", "h-192-0-2-$.x."),
	                NULL,
	                "ranges:\n  192.0.2.0-192.0.2.10: \"h-{ip}.x\"\n  192.0.2.2/32: none\n"},
	        {"far away", PTRS("0-15", "h-192-0-2-$.x.") PTRS("128-143", "h-192-0-2-$.x."), NULL,
	                "ranges:\n  192.0.2.0/28: \"h-{ip}.x\"\n"
	                "  192.0.2.128/28: \"h-{ip}.x\"\n"},
	};
	(void)state;

	check_rows(rows, ARRAY_LENGTH(rows));
}

/* What a range cannot say, or what would stand in its way. */
static void what_has_more_stays(void **state)
{
	static const struct row rows[] = {
	        {"an address without PTR has the name",
	                PTRS("0-99", "h-192-0-2-$.y.") PTRS("101-255", "h-192-0-2-$.y."),
	                AS("0-255", "h-192-0-2-$"),
	                "ranges:\n  192.0.2.0/24: \"h-{ip}.y\"\n  192.0.2.100/32: none\n"},
	        {"the name has another record", PTRS("0-9", "h$.y."), AS("0-9", "h$") "h9 TXT a\n",
	                "hosts:\n  192.0.2.9: h9.y\n\n"
	                "ranges:\n  192.0.2.0-192.0.2.8: \"h{d}.y\"\n"},
	        {"something is below the name", PTRS("0-9", "h$.y."),
	                AS("0-9", "h$") "a.h9 TXT a\n",
	                "hosts:\n  192.0.2.9: h9.y\n\n"
	                "ranges:\n  192.0.2.0-192.0.2.8: \"h{d}.y\"\n"},
	        {"the name has no A", PTRS("0-9", "h$.y."), AS("0-8", "h$"),
	                "hosts:\n  192.0.2.9: {name: h9.y, forward: no}\n\n"
	                "ranges:\n  192.0.2.0-192.0.2.8: \"h{d}.y\"\n"},
	        {"the A has another TTL", PTRS("0-9", "h$.y."),
	                AS("0-8", "h$") "h9 60 A 192.0.2.9\n",
	                "hosts:\n  192.0.2.9: {name: h9.y, forward: no}\n\n"
	                "ranges:\n  192.0.2.0-192.0.2.8: \"h{d}.y\"\n"},
	        {"the name has two A", PTRS("0-9", "h$.y."), AS("0-9", "h$") "h9 A 192.0.2.99\n",
	                "hosts:\n  192.0.2.9: h9.y\n\n"
	                "ranges:\n  192.0.2.0-192.0.2.8: \"h{d}.y\"\n"},
	        {"the address has another record", PTRS("0-9", "h$.x.") "9 TXT a\n", NULL,
	                "hosts:\n  192.0.2.9: h9.x\n\n"
	                "ranges:\n  192.0.2.0-192.0.2.8: \"h{d}.x\"\n"},
	        {"an address is a zone cut",
	                PTRS("0-9", "h$.x.") "10 NS n.x.\n" PTRS("11-18", "h$.x."), NULL,
	                "ranges:\n  192.0.2.0-192.0.2.18: \"h{d}.x\"\n  192.0.2.10/32: none\n"},
	        {"a delegation inside",
	                PTRS("0-63", "h$.x.")
	                        PTRS("128-255", "h$.x.") "a NS n.x.\n"
	                                                 "$GENERATE 64-127 $ CNAME $.a\n",
	                NULL,
	                "ranges:\n  192.0.2.0/24: \"h{d}.x\"\n\n"
	                "delegate:\n  192.0.2.64/26: {ns: [n.x], style: a}\n"},
	        {"a delegation and a hole inside",
	                PTRS("0-59", "h$.x.")
	                        PTRS("128-255", "h$.x.") "a NS n.x.\n"
	                                                 "$GENERATE 64-127 $ CNAME $.a\n",
	                NULL,
	                "ranges:\n  192.0.2.0/24: \"h{d}.x\"\n  192.0.2.60/30: none\n\n"
	                "delegate:\n  192.0.2.64/26: {ns: [n.x], style: a}\n"},
	        {"the name for a host is a CNAME",
	                PTRS("0-9", "h-192-0-2-$.y.") "10 PTR a.y.\n" PTRS(
	                        "11-19", "h-192-0-2-$.y."),
	                AS("0-9", "h-192-0-2-$")
	                        AS("11-19", "h-192-0-2-$") "a A 192.0.2.10\nh-192-0-2-10 CNAME a\n",
	                "hosts:\n  192.0.2.10: a.y\n\nranges:\n"
	                "  192.0.2.0-192.0.2.9: \"h-{ip}.y\"\n"
	                "  192.0.2.11-192.0.2.19: \"h-{ip}.y\"\n"},
	        {"the name for no host is a CNAME", PTRS("0-9", "h$.y.") PTRS("11-19", "h$.y."),
	                AS("0-9", "h$") AS("11-19", "h$") "h10 CNAME a\n",
	                "ranges:\n  192.0.2.0-192.0.2.19: \"h{d}.y\"\n  192.0.2.10/32: none\n"},
	        {"the name is that of another host, too",
	                PTRS("0-9", "h$.y.") "10 PTR a.y.\n" PTRS(
	                        "11-19", "h$.y.") "99 PTR h10.y.\n",
	                AS("0-9", "h$") AS("11-19", "h$") "a A 192.0.2.10\nh10 A 192.0.2.99\n",
	                "hosts:\n  192.0.2.10: a.y\n  192.0.2.11: h11.y\n  192.0.2.12: h12.y\n"
	                "  192.0.2.13: h13.y\n  192.0.2.14: h14.y\n  192.0.2.15: h15.y\n"
	                "  192.0.2.16: h16.y\n  192.0.2.17: h17.y\n  192.0.2.18: h18.y\n"
	                "  192.0.2.19: h19.y\n  192.0.2.99: h10.y\n\n"
	                "ranges:\n  192.0.2.0-192.0.2.9: \"h{d}.y\"\n"},
	        {"a CNAME is above the names", PTRS("0-7", "h$.a.y."),
	                "a CNAME b\n" AS("0-7", "h$.a"),
	                "hosts:\n  192.0.2.0: h0.a.y\n  192.0.2.1: h1.a.y\n  192.0.2.2: h2.a.y\n"
	                "  192.0.2.3: h3.a.y\n  192.0.2.4: h4.a.y\n  192.0.2.5: h5.a.y\n"
	                "  192.0.2.6: h6.a.y\n  192.0.2.7: h7.a.y\n"},
	        {"below a cut names are external", PTRS("0-7", "h$.c.y."),
	                "c NS n.x.\n" AS("0-3", "h$.c"), "ranges:\n  192.0.2.0/29: \"h{d}.c.y\"\n"},
	        {"names that are cuts", PTRS("0-7", "h$.y."), "$GENERATE 0-7 h$ NS n.x.\n",
	                "hosts:\n  192.0.2.0: h0.y\n  192.0.2.1: h1.y\n  192.0.2.2: h2.y\n"
	                "  192.0.2.3: h3.y\n  192.0.2.4: h4.y\n  192.0.2.5: h5.y\n"
	                "  192.0.2.6: h6.y\n  192.0.2.7: h7.y\n"},
	};
	(void)state;

	check_rows(rows, ARRAY_LENGTH(rows));
}

static void ipv6_has_patterns(void **state)
{
	static const char *const path = "8.b.d.0.1.0.0.2.ip6.arpa.zone";
	static const char zeros[] = ".0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0";
	static const char *const names[][2] = {
	        {"v6-2001-0db8-0000-0000-0000-0000-0000-00${0,2,x}.x.", "v6-{ip}.x"},
	        {"20010db80000000000000000000000${0,2,x}.x.", "{hex}.x"},
	        {"n${0,2,x}.x.", "n{host}.x"},
	        {"c$.x.", "c{n}.x"},
	};
	char text[1024], file[128];
	struct import im;
	(void)state;

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		snprintf(text, sizeof text, "$GENERATE 0-255 ${0,3,n}%s PTR %s\n", zeros,
		        names[i][0]);
		snprintf(file, sizeof file, "ranges:\n  2001:db8::/120: \"%s\"\n", names[i][1]);
		files_begin();
		write_zone(path, text);
		import_files(&im, &path, 1);
		char *got = print_file(&im);
		assert_string_equal(got, file);
		free(got);
		import_free(&im);
		files_end();
	}
}

/* Patterns at one owner that begin alike are as few as the checks allow. */
static void few_patterns_begin_alike(void **state)
{
	char *reverse = NULL;
	size_t size, ranges = 0;
	FILE *out = open_memstream(&reverse, &size);
	(void)state;

	for (unsigned i = 0; i < 32; i++)
		fprintf(out, "$GENERATE %u-%u $ PTR h$-%c%c.x.\n", 8 * i, 8 * i + 7, 'a' + i % 26,
		        'a' + i / 26);
	fclose(out);
	char *text = fold(reverse, NULL);
	for (const char *p = text; (p = strchr(p, '{')); p++)
		ranges++;
	assert_int_equal(ranges, MAKERS_ALIKE_MAX);
	free(text);
	free(reverse);
}

/* A name of a few kinds for 10.0.C.D, that of a neighbour at times, or none. */
static void random_host(char *out, size_t size, unsigned c, unsigned d, unsigned kind)
{
	static const char *const kinds[] = {"h-10-0-%u-%u", "p%u-x%u", "s%ux%u", "q-10-0-%u-%u"};

	if (random_below(40) == 0)
		kind = random_below(ARRAY_LENGTH(kinds) + 2);
	if (random_below(60) == 0)
		d ^= 1;
	if (kind < ARRAY_LENGTH(kinds))
		snprintf(out, size, kinds[kind], kind == 2 ? 7 : c, d);
	else
		snprintf(out, size, kind == ARRAY_LENGTH(kinds) ? "" : "z%x", random_below(1000));
}

/* PTRs and A that are made up, with mistakes among them; all in one zone of each kind. */
static void write_random_zones(void)
{
	FILE *reverse = fopen("10.in-addr.arpa.zone", "w"), *forward = fopen("y.zone", "w");
	char name[64], made[256][64] = {{0}};
	unsigned kind = 0;

	fputs(BEGIN, reverse);
	fputs(BEGIN, forward);
	for (unsigned c = 0; c < 4; c++) {
		memset(made, 0, sizeof made);
		for (unsigned d = 0; d < 256; d++) {
			if (random_below(50) == 0)
				kind = random_below(6);
			random_host(name, sizeof name, c, d, kind);
			if (!*name)
				continue;
			unsigned ttl_s = random_below(50) ? 3600 : 60;
			fprintf(reverse, "%u.%u.0 %u PTR %s.y.\n", d, c, ttl_s, name);
			if (random_below(50))
				fprintf(forward, "%s %u A 10.0.%u.%u\n", name, ttl_s, c, d);
			if (random_below(100) == 0)
				fprintf(forward, "%s%s TXT a\n", random_below(2) ? "a." : "", name);
		}
	}
	fclose(reverse);
	fclose(forward);
}

/* The innermost range that holds an address. */
static const struct import_range *range_of(const struct import *im, const struct addr *a)
{
	const struct import_range *found = NULL;

	for (size_t i = 0; i < im->range_count; i++)
		if (addr_compare(&im->ranges[i].first, a) <= 0 &&
		        addr_compare(&im->ranges[i].last, a) >= 0)
			found = &im->ranges[i];
	return found;
}

/* Ranges lie beside or inside each other. */
static void check_nesting(const struct import *im)
{
	for (size_t i = 0; i < im->range_count; i++) {
		const struct import_range *a = &im->ranges[i];
		for (size_t k = i + 1; k < im->range_count; k++) {
			const struct import_range *b = &im->ranges[k];
			bool is_behind = addr_compare(&a->last, &b->first) < 0;
			bool is_inside = addr_compare(&b->last, &a->last) <= 0;
			assert_true(is_behind || is_inside);
			assert_false(is_inside && addr_compare(&a->first, &b->first) == 0 &&
			             addr_compare(&a->last, &b->last) == 0);
		}
	}
}

static void check_range_pattern(const struct import_range *range)
{
	struct pattern p;

	pattern_init(&p, range->shape, range->shape_octets, &range->first, &range->last);
	assert_int_equal(pattern_check(&p), PATTERN_FINE);
}

/* What the ranges make of each address is what was there, by its host or by none. */
static void ranges_make_what_was_there(void **state)
{
	static const char *const paths[] = {"10.in-addr.arpa.zone", "y.zone"};
	size_t folded = 0;
	(void)state;

	for (unsigned round = 0; round < 100; round++) {
		struct import im;
		random_seed(round);
		files_begin();
		write_random_zones();
		import_files(&im, paths, 2);
		check_nesting(&im);
		for (size_t i = 0, next = 0; i < 1024; i++) {
			struct addr a = {4, {10, 0, (uint8_t)(i / 256), (uint8_t)i}};
			const struct import_range *range = range_of(&im, &a);
			const struct import_host *host = &im.hosts[next];
			if (next == im.host_count || addr_compare(&host->addr, &a) != 0) {
				assert_true(!range || !range->shape);
				continue;
			}
			next++;
			if (!host->is_in_range)
				continue;
			assert_true(range && range->shape && range->ttl_s == host->ttl_s);
			check_range_pattern(range);
			struct pattern p;
			pattern_init(
			        &p, range->shape, range->shape_octets, &range->first, &range->last);
			assert_true(guess_makes(&p, host->names[0], &a));
			assert_true(name_equal(host->names[0] + 1 + *host->names[0], range->owner));
			folded++;
		}
		import_free(&im);
		files_end();
	}
	assert_true(folded > 30000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(names_become_patterns),
	        cmocka_unit_test(what_differs_is_a_host_or_none),
	        cmocka_unit_test(what_has_more_stays),
	        cmocka_unit_test(ipv6_has_patterns),
	        cmocka_unit_test(few_patterns_begin_alike),
	        cmocka_unit_test(ranges_make_what_was_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
