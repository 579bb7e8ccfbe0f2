/* SPDX-License-Identifier: ISC */
#include "zone/image_search.h"

#include "tests/help/files.h"
#include "tests/help/image_walk.h"
#include "tests/help/random.h"
#include "tests/help/ruled_network.h"
#include "tests/unit/unit.h"
#include "zone/compile.h"
#include "zone/layers.h"

static struct name name_of(const char *text)
{
	struct name name;

	assert_int_equal(name_from_text(&name, text, strlen(text)), OK);
	return name;
}

/* Images of zones with these records and ranges; NULL when they are refused. */
static struct snapshot *compile(struct config *c, const char *zones, const char *entries)
{
	struct snapshot *snapshot;
	char text[4000];
	enum err e;

	snprintf(text, sizeof text,
	        "version: 1\ndefaults: {ns: [ns1.test, ns2.test], hostmaster: h@test}\n"
	        "zones: [%s]\ncustomers: {a: {prefixes: [0.0.0.0/0, '::/0'], domains: [example], "
	        "may-delegate: yes}}\n",
	        zones);
	files_begin();
	files_write("arpad.yaml", text);
	snprintf(text, sizeof text, "version: 1\ncustomer: a\n%s", entries);
	files_write("customers/a.yaml", text);
	free(files_load(c, NULL, &e));
	files_end();
	assert_int_equal(e, OK);
	if (c->diags.errors)
		return NULL;
	assert_int_equal(compile_plan(&snapshot, &c->plan, NULL, 1000), OK);
	return snapshot;
}

static void read_block(struct image_block *out, const struct image *image, const char *qname)
{
	const struct name name = name_of(qname);
	uint8_t at[NAME_MAX_LABELS + 1];
	unsigned labels = name_find_labels(at, name.wire);

	image_read_block(out, image, name.wire, at, labels);
}

static unsigned ruled_labels(const struct image *image, const struct image_block *block)
{
	struct image_search s;

	image_search_block(&s, image, block);
	while (image_search_step(&s))
		;
	return image_ruled_labels(&s);
}

/* The block of a name, or NULL, and the labels of it that are there because of rules. */
static void names_are_of_blocks_as_far_as_they_are_canonical(void **state)
{
	static const char ranges[] =
	        "ranges:\n  10.0.0.0/24: 'h-{ip}.example'\n  10.0.2.9/32: 'x-{ip}.example'\n"
	        "  2001:db8:1::/64: 'v-{ip}.example'\n";
	static const struct {
		const char *zones, *apex, *qname, *block;
		unsigned labels, ruled;
	} cases[] = {
	        {"10.0.0.0/8", "10.in-addr.arpa.", "10.in-addr.arpa.", "10.0.0.0/8", 3, 3},
	        {"10.0.0.0/8", "10.in-addr.arpa.", "0.10.IN-ADDR.arpa.", "10.0.0.0/16", 4, 4},
	        {"10.0.0.0/8", "10.in-addr.arpa.", "00.10.in-addr.arpa.", "10.0.0.0/8", 3, 3},
	        {"10.0.0.0/8", "10.in-addr.arpa.", "256.10.in-addr.arpa.", "10.0.0.0/8", 3, 3},
	        {"10.0.0.0/8", "10.in-addr.arpa.", "x.0.10.in-addr.arpa.", "10.0.0.0/16", 4, 4},
	        {"10.0.0.0/8", "10.in-addr.arpa.", "1.10.in-addr.arpa.", "10.1.0.0/16", 4, 3},
	        {"10.0.0.0/8", "10.in-addr.arpa.", "1.0.10.in-addr.arpa.", "10.0.1.0/24", 5, 4},
	        {"10.0.0.0/8", "10.in-addr.arpa.", "8.2.0.10.in-addr.arpa.", "10.0.2.8/32", 6, 5},
	        {"10.0.0.0/8", "10.in-addr.arpa.", "9.2.0.10.in-addr.arpa.", "10.0.2.9/32", 6, 6},
	        {"10.0.0.0/8", "10.in-addr.arpa.", "y.x.9.2.0.10.in-addr.arpa.", "10.0.2.9/32", 6,
	                6},
	        {"10.0.0.0/8", "10.in-addr.arpa.", "7.9.2.0.10.in-addr.arpa.", "10.0.2.9/32", 6, 6},
	        {"10.0.0.0/8, {prefix: 10.0.0.64/26, style: dash}", "64-127.0.0.10.in-addr.arpa.",
	                "64.64-127.0.0.10.in-addr.arpa.", "10.0.0.64/32", 7, 7},
	        {"10.0.0.0/8, {prefix: 10.0.0.64/26, style: dash}", "64-127.0.0.10.in-addr.arpa.",
	                "x.64.64-127.0.0.10.in-addr.arpa.", "10.0.0.64/32", 7, 7},
	        {"10.0.0.0/8, {prefix: 10.0.0.64/26, style: dash}", "64-127.0.0.10.in-addr.arpa.",
	                "63.64-127.0.0.10.in-addr.arpa.", NULL, 0, 0},
	        {"10.0.0.0/8, {prefix: 10.0.0.64/26, style: dash}", "64-127.0.0.10.in-addr.arpa.",
	                "064.64-127.0.0.10.in-addr.arpa.", NULL, 0, 0},
	        {"10.0.0.0/8, {prefix: 10.0.0.64/26, style: dash}", "64-127.0.0.10.in-addr.arpa.",
	                "64-127.0.0.10.in-addr.arpa.", NULL, 0, 0},
	        {"2001:db8::/32", "8.b.d.0.1.0.0.2.ip6.arpa.",
	                "0.0.0.0.1.0.0.0.8.B.d.0.1.0.0.2.ip6.arpa.", "2001:db8:1::/64", 18, 18},
	        {"2001:db8::/32", "8.b.d.0.1.0.0.2.ip6.arpa.",
	                "1.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.", "2001:db8:1:1000::/52", 15, 14},
	        {"2001:db8::/32", "8.b.d.0.1.0.0.2.ip6.arpa.", "10.8.b.d.0.1.0.0.2.ip6.arpa.",
	                "2001:db8::/32", 10, 10},
	        {"in-addr.arpa", "in-addr.arpa.", "in-addr.arpa.", "0.0.0.0/0", 2, 2},
	        {"in-addr.arpa", "in-addr.arpa.", "11.in-addr.arpa.", "11.0.0.0/8", 3, 2},
	        {"arpa", "arpa.", "arpa.", NULL, 0, 0},
	        {"arpa", "arpa.", "in-addr.arpa.", "0.0.0.0/0", 2, 2},
	        {"arpa", "arpa.", "ip6.arpa.", "::/0", 2, 2},
	        {"arpa", "arpa.", "3.ip6.arpa.", "3000::/4", 3, 2},
	        {"arpa", "arpa.", "in-addrx.arpa.", NULL, 0, 0},
	        {".", ".", ".", NULL, 0, 0},
	        {".", ".", "arpa.", NULL, 0, 0},
	        {".", ".", "arpa.in-addr.", NULL, 0, 0},
	        {".", ".", "10.In-Addr.Arpa.", "10.0.0.0/8", 3, 3},
	        {".", ".", "in-addr.arpa.example.", NULL, 0, 0},
	        {"10.0.0.0/8", "example.", "10.in-addr.arpa.example.", NULL, 0, 0},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		char zones[300], text[ADDR_RANGE_TEXT_MAX];
		struct image_block b;
		struct config c;
		snprintf(zones, sizeof zones, "%s, 0.0.0.0/0, '::/0', example", cases[i].zones);
		bool has_all = strstr(cases[i].zones, "arpa") || *cases[i].zones == '.';
		if (has_all)
			snprintf(zones, sizeof zones, "%s, example", cases[i].zones);
		if (strcmp(cases[i].zones, "in-addr.arpa") == 0)
			snprintf(zones, sizeof zones, "in-addr.arpa, ip6.arpa, example");
		struct snapshot *snapshot = compile(&c, zones, ranges);
		assert_non_null(snapshot);
		const struct image *image = ruled_image(snapshot, cases[i].apex);
		read_block(&b, image, cases[i].qname);
		if (!cases[i].block) {
			assert_int_equal(b.addr_len, 0);
		} else {
			struct addr first = {.len = b.addr_len}, last = first;
			memcpy(first.octets, b.first, 16);
			memcpy(last.octets, b.last, 16);
			addr_range_to_text(text, &first, &last);
			assert_string_equal(text, cases[i].block);
			assert_int_equal(b.labels, cases[i].labels);
			assert_int_equal(b.is_address, addr_compare(&first, &last) == 0);
		}
		unsigned ruled = ruled_labels(image, &b);
		if (ruled != cases[i].ruled)
			print_message("%s in %s\n", cases[i].qname, cases[i].apex);
		assert_int_equal(ruled, cases[i].ruled);
		snapshot_unref(snapshot);
		config_free(&c);
	}
}

/* A name of so many octets on the wire. */
static void write_long_name(char *out, unsigned octets)
{
	for (unsigned left = octets - 1; left;) {
		unsigned n = left > 64 ? 64 : left;
		n -= left - n == 1; /* no label is empty */
		out += sprintf(out, "%.*s%s", (int)n - 1,
		        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		        left == n ? "" : ".");
		left -= n;
	}
}

/* What a file may say an image may hold: its widest names have 255 octets. */
static void the_widest_names_fit(void **state)
{
	static const struct {
		const char *entry; /* the name goes to %s */
		unsigned most;     /* octets of it */
	} cases[] = {
	        {"delegate: {10.0.0.0/29: {cname: %s}}", 253},
	        {"delegate: {10.0.0.16/29: {cname: %s}}", 252},
	        {"delegate: {10.0.0.9-10.0.0.10: {cname: %s}}", 252},
	        {"delegate: {10.0.0.128/25: {cname: %s}}", 251},
	        {"ranges: {10.0.0.0/29: '{d}.%s'}", 253},
	        {"ranges: {10.0.0.96/29: '{d}.%s'}", 251},
	        {"ranges: {'2001:db8::/64': '{hex}.%s'}", 222},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++)
		for (unsigned octets = 210; octets <= 255; octets++) {
			char name[NAME_MAX_OCTETS + 1], entry[400];
			struct config c;
			write_long_name(name, octets);
			snprintf(entry, sizeof entry, cases[i].entry, name);
			struct snapshot *snapshot =
			        compile(&c, "10.0.0.0/8, 2001:db8::/32, example", entry);
			assert_int_equal(snapshot != NULL, octets <= cases[i].most);
			for (uint32_t k = 0; snapshot && k < snapshot->count; k++)
				image_use(snapshot->images[k]);
			snapshot_unref(snapshot);
			config_free(&c);
		}
}

/* Blocks of every size, in zones at and above in-addr.arpa and ip6.arpa. */
static void every_block_can_be_delegated_and_named(void **state)
{
	static const char *const zones[] = {
	        ".", "arpa", "., arpa", "in-addr.arpa, ip6.arpa", "., in-addr.arpa"};
	static const char *const ends[] = {"10.0.0.0", "255.255.255.255", "0.0.0.0",
	        "2001:db8::", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};
	(void)state;

	for (unsigned i = 0; i < 5 * 6 * 128; i++) {
		struct prefix p = {.bits = (uint8_t)(1 + i % 128)};
		const char *end = ends[i / 128 % 6];
		char text[PREFIX_TEXT_MAX], entries[300], all[100];
		struct config c;
		assert_int_equal(addr_from_text(&p.addr, end, strlen(end)), OK);
		if (p.bits > 8 * p.addr.len || (p.addr.len == 16 && p.bits % 3))
			continue;
		for (unsigned bit = p.bits; bit < 8U * p.addr.len; bit++)
			p.addr.octets[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
		prefix_to_text(text, &p);
		snprintf(entries, sizeof entries,
		        "delegate: {'%s': {ns: [n1.test, n2.test]}}\n"
		        "ranges: {'%s': '{hex}.example', 10.128.0.0/9: '{ip}.example', "
		        "'2001:db9::/64': '{ip}.example'}\n",
		        text, text);
		snprintf(all, sizeof all, "%s, example", zones[i / 768]);
		struct snapshot *snapshot = compile(&c, all, entries);
		if (!snapshot)
			print_message("%s in %s\n", text, all);
		assert_non_null(snapshot);
		for (uint32_t k = 0; k < snapshot->count; k++)
			image_use(snapshot->images[k]);
		snapshot_unref(snapshot);
		config_free(&c);
	}
}

/* Owners and beginnings of labels that look alike: b of example, and nothing of b.example, are one
 * key (zone/image_write_rules.c). */
static void write_ranges(char *out, unsigned most)
{
	static const char *const owners[] = {"example", "b.example", "b.b.example", "bb.example",
	        "b-.example", "0.b.example", "x.example"};
	static const char *const begins[] = {"", "", "b", "b-", "bb", "bb-", "b-b", "x", "0b"};
	static const char *const shapes[] = {"{ip}", "{ip}", "{hex}", "{host}", "{d}", "{n}"};

	out += sprintf(out, "ranges:\n");
	for (unsigned i = 1 + random_below(most); i; i--) {
		unsigned bits = random_below(7), shape = random_below(6);
		const char *begin = begins[random_below(9)];
		if (shape > 3 && *begin && strchr("0123456789", begin[strlen(begin) - 1]))
			continue;
		if (random_below(5) == 0)
			out += sprintf(out, "  2001:db8::%x/%u: '%s%s.%s'\n",
			        random_below(256) >> bits << bits, 128 - bits, begin,
			        shapes[shape % 4], owners[random_below(7)]);
		else
			out += sprintf(out, "  10.0.0.%u/%u: '%s%s.%s'\n",
			        random_below(256) >> bits << bits, 32 - bits, begin, shapes[shape],
			        owners[random_below(7)]);
	}
}

/* What the image makes of a name; false: nothing. */
static bool find_made(struct addr *out, const struct image *image, const struct name *name)
{
	struct trie_key key;
	unsigned labels = name_count_labels(name->wire);

	trie_key_from_name(&key, name->wire);
	memset(out, 0, sizeof *out);
	struct image_search s;
	image_search_made(&s, image, &key, name->wire, labels - 1);
	while (image_search_step(&s))
		;
	if (!s.rule)
		return false;
	memcpy(out->octets, s.address, sizeof out->octets);
	out->len = s.rule->addr_len;
	return true;
}

/* The name that the cover gives to an address; false: none. */
static bool made_of(struct name *out, const struct layers *l, const struct addr *a)
{
	const struct span *s = cover_find(&l->cover, a);
	uint8_t label[1 + LABEL_MAX_OCTETS];

	if (!s || !s->range || !s->range->pattern.shape)
		return false;
	size_t n = pattern_format(label, &s->range->pattern, a->octets);
	return name_join(out, label, n, s->range->owner) == OK;
}

static struct addr number(unsigned i)
{
	struct addr a = {.len = i < 256 ? 4 : 16, .octets = {10}};

	if (i >= 256)
		memcpy(a.octets, "\x20\x01\x0d\xb8", 4);
	a.octets[a.len - 1] = (uint8_t)i;
	return a;
}

/* Labels of every pattern for every address, whether it decides there or not: the image knows the
 * one that does, and no other. */
static void check_labels(const struct plan *p, const struct layers *l, const struct image *image)
{
	const struct plan_source *s = &p->sources[0];
	uint8_t label[1 + LABEL_MAX_OCTETS];

	for (size_t r = 0; r < s->range_count; r++)
		for (unsigned i = 0; i < 512; i++) {
			const struct addr a = number(i);
			const struct pattern *pattern = &s->ranges[r].pattern;
			struct name name, other;
			struct addr got;
			if (a.len != pattern->addr_len || !pattern_has(pattern, a.octets))
				continue;
			size_t n = pattern_format(label, pattern, a.octets);
			assert_int_equal(name_join(&name, label, n, s->ranges[r].owner), OK);
			bool is_made = made_of(&other, l, &a) && name_equal(name.wire, other.wire);
			bool is_found = find_made(&got, image, &name);
			if (is_found) {
				assert_true(made_of(&other, l, &got));
				assert_true(name_equal(name.wire, other.wire));
			}
			assert_true(is_found || !is_made);
			if (is_made)
				assert_int_equal(addr_compare(&got, &a), 0);
		}
}

static void names_are_made_whatever_owners_and_patterns_look_alike(void **state)
{
	unsigned loaded = 0;
	(void)state;

	for (unsigned round = 0; round < 1500; round++) {
		char ranges[2000];
		struct layers l;
		struct config c;
		random_seed(round);
		write_ranges(ranges, 7);
		struct snapshot *snapshot =
		        compile(&c, "10.0.0.0/8, 2001:db8::/32, example", ranges);
		if (snapshot) {
			loaded++;
			assert_int_equal(layers_of_plan(&l, &c.plan), OK);
			check_labels(&c.plan, &l, ruled_image(snapshot, "example."));
			layers_free(&l);
			snapshot_unref(snapshot);
		}
		config_free(&c);
	}
	assert_in_range(loaded, 300, 1500);
}

/* Whatever octet is another one: refused, or harmless. */
static void a_damaged_image_is_refused_or_harmless(void **state)
{
	static const uint8_t flips[] = {1, 2, 0x10, 0x80, 0xff};
	struct snapshot *snapshot = ruled_network();
	unsigned refused = 0, opened = 0;
	(void)state;

	random_seed(1);
	for (uint32_t i = 0; i < snapshot->count; i++) {
		const struct image *sound = snapshot->images[i];
		for (size_t at = sizeof(struct image_header); at < sound->size; at++) {
			struct image *image;
			uint8_t *octets = malloc(sound->size);
			assert_non_null(octets);
			memcpy(octets, sound->octets, sound->size);
			octets[at] ^= flips[random_below(5)];
			image_set_serial(octets, sound->size, sound->serial);
			if (image_open(&image, octets, sound->size) != OK) {
				free(octets);
				refused++;
				continue;
			}
			opened++;
			image_use(image);
			free(image_dump_rules(image));
			image_unref(image);
		}
	}
	snapshot_unref(snapshot);
	assert_in_range(refused, 1000, UINT32_MAX);
	assert_in_range(opened, 100, UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(names_are_of_blocks_as_far_as_they_are_canonical),
	        cmocka_unit_test(the_widest_names_fit),
	        cmocka_unit_test(every_block_can_be_delegated_and_named),
	        cmocka_unit_test(names_are_made_whatever_owners_and_patterns_look_alike),
	        cmocka_unit_test(a_damaged_image_is_refused_or_harmless),
	};

	return cmocka_run_group_tests_name("zone/image_rules", tests, NULL, NULL);
}
