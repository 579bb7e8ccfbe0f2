/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include "server/manifest.h"
#include "tests/help/random.h"
#include "zone/name.h"

#define D1 "06b05ab6733a618578af5f94892f3950"
#define D2 "00000000000000000000000000000001"

static const char body[] =
        "arpad-manifest 2\n"
        "sequence 87\n"
        "generation 42\n"
        "published 1764000000\n"
        "config " D1 "\n"
        "layout " D2 "\n"
        "zone 2.0.192.in-addr.arpa. 4294967295 1764000000 " D1 " 7 served\n"
        "zone old.example. 3 0 - 0 kept\n"
        "customer acme customers/acme.yaml good 1763990000 " D1 " " D2 " 1200 5\n"
        "customer b my\\x20file.yaml refused 1 - " D2 " 1 0\n"
        "customer c c.yaml missing 9223372036854775807 - - 0 0\n"
        "customer d d.yaml vanished 2 - " D1 " 18446744073709551615 "
        "18446744073709551615\n";

/* Text with the last line that it should have; malloc'd. */
static char *seal(const char *text, size_t n, size_t *size)
{
	char digest[DIGEST_TEXT_MAX], *out = malloc(n + 64);
	struct digest d = digest_of(text, n);

	assert_non_null(out);
	memcpy(out, text, n);
	*size = n + (size_t)sprintf(out + n, "digest %s\n", digest_to_text(digest, &d));
	return out;
}

static enum err parse_sealed(struct manifest *m, const char *text, size_t n)
{
	size_t size;
	char *octets = seal(text, n, &size);
	enum err e = manifest_parse(m, octets, size);

	free(octets);
	return e;
}

static void expect_refused(const char *octets, size_t size)
{
	struct manifest m;
	char *exact = malloc(size ? size : 1); /* so that a read behind it is seen */

	assert_non_null(exact);
	memcpy(exact, octets, size);
	assert_int_equal(manifest_parse(&m, exact, size), ERR_CORRUPT);
	free(exact);
}

static void what_is_written_is_read(void **state)
{
	struct manifest m;
	char text[DIGEST_TEXT_MAX];
	(void)state;

	assert_int_equal(parse_sealed(&m, body, strlen(body)), OK);
	assert_int_equal(m.sequence, 87);
	assert_int_equal(m.generation, 42);
	assert_int_equal(m.published, 1764000000);
	assert_string_equal(digest_to_text(text, &m.config), D1);
	assert_int_equal(m.zone_count, 2);
	assert_int_equal(m.customer_count, 4);

	const struct manifest_zone *zone = manifest_find_zone(&m, "2.0.192.in-addr.arpa.");
	assert_ptr_equal(zone, &m.zones[0]);
	assert_int_equal(zone->serial, 4294967295U);
	assert_int_equal(zone->changed, 1764000000);
	assert_string_equal(digest_to_text(text, &zone->image), D1);
	assert_int_equal(zone->image_serial, 7);
	assert_true(zone->is_served);
	zone = manifest_find_zone(&m, "old.example.");
	assert_true(digest_is_none(&zone->image));
	assert_false(zone->is_served);
	assert_null(manifest_find_zone(&m, "example."));

	const struct manifest_customer *b = manifest_find_customer(&m, "b");
	assert_string_equal(b->file, "my file.yaml");
	assert_int_equal(b->state, MANIFEST_REFUSED);
	assert_int_equal(b->since, 1);
	assert_true(digest_is_none(&b->source));
	assert_string_equal(digest_to_text(text, &b->fragment), D2);
	assert_int_equal(b->pairs, 1);
	assert_int_equal(b->layers, 0);
	assert_int_equal(manifest_find_customer(&m, "acme")->layers, 5);
	assert_int_equal(manifest_find_customer(&m, "c")->since, INT64_MAX);
	assert_true(manifest_find_customer(&m, "d")->pairs == UINT64_MAX);
	assert_true(manifest_find_customer(&m, "d")->layers == UINT64_MAX);
	assert_null(manifest_find_customer(&m, "e"));
	manifest_free(&m);
}

static void what_is_read_prints_as_the_same_octets(void **state)
{
	size_t size, printed_size;
	char *octets = seal(body, strlen(body), &size), *printed;
	struct manifest m;
	(void)state;

	assert_int_equal(manifest_parse(&m, octets, size), OK);
	assert_int_equal(manifest_print(&m, &printed, &printed_size), OK);
	assert_int_equal(printed_size, size);
	assert_memory_equal(printed, octets, size);
	manifest_free(&m);
	free(printed);
	free(octets);
}

/* Its serials go on; its files are read anew. */
static void that_of_an_earlier_arpad_is_read(void **state)
{
	static const char old[] = "arpad-manifest 1\nsequence 87\ngeneration 42\n"
	                          "published 1764000000\nconfig " D1 "\nlayout " D2 "\n"
	                          "zone a. 4294967295 1764000000 " D1 " 7 served\n"
	                          "customer b b.yaml good 1 " D1 " " D2 " 12\n";
	static const char new[] = "arpad-manifest 2\nsequence 87\ngeneration 42\n"
	                          "published 1764000000\nconfig -\nlayout -\n"
	                          "zone a. 4294967295 1764000000 " D1 " 7 served\n"
	                          "customer b b.yaml good 1 - " D2 " 12 0\n";
	struct manifest m;
	char *printed;
	size_t size;
	(void)state;

	assert_int_equal(parse_sealed(&m, new, strlen(new)), OK);
	assert_false(m.is_old);
	manifest_free(&m);
	assert_int_equal(parse_sealed(&m, old, strlen(old)), OK);
	assert_true(m.is_old);
	assert_int_equal(manifest_print(&m, &printed, &size), OK);
	assert_true(size > strlen(new));
	assert_memory_equal(printed, new, strlen(new));
	free(printed);
	manifest_free(&m);
}

static void an_empty_manifest_is_one(void **state)
{
	struct manifest m, again;
	char *octets;
	size_t size;
	(void)state;

	manifest_init(&m);
	assert_null(manifest_find_zone(&m, "."));
	assert_null(manifest_find_customer(&m, ""));
	manifest_sort(&m);
	assert_int_equal(manifest_print(&m, &octets, &size), OK);
	assert_int_equal(manifest_parse(&again, octets, size), OK);
	assert_int_equal(again.zone_count + again.customer_count, 0);
	free(octets);
	manifest_free(&again);
	manifest_free(&m);
}

static void any_octet_changed_cut_or_added_is_noticed(void **state)
{
	size_t size;
	char *octets = seal(body, strlen(body), &size);
	char *longer = malloc(size + 1);
	(void)state;

	assert_non_null(longer);
	for (size_t i = 0; i < size; i++) {
		char before = octets[i];
		for (int other = 1; other < 256; other++) {
			octets[i] = (char)(before ^ other);
			expect_refused(octets, size);
		}
		octets[i] = before;
	}
	for (size_t n = 0; n < size; n++) {
		expect_refused(octets, n);
		expect_refused(octets + size - n, n);
	}
	for (size_t i = 0; i <= size; i++) {
		memcpy(longer, octets, i);
		longer[i] = i < size ? octets[i] : '\n';
		memcpy(longer + i + 1, octets + i, size - i);
		expect_refused(longer, size + 1);
	}
	free(longer);
	free(octets);
}

/* What `body` has, and what it has instead: each is refused with a last line that is right. */
static const struct {
	const char *wanted, *instead;
} malformed[] = {
        {"arpad-manifest 2", "arpad-manifest 1"},
        {"arpad-manifest 2", "arpad-manifest 3"},
        {"arpad-manifest 2", "arpad-manifest 02"},
        {"arpad-manifest 2\n", ""},
        {"arpad-manifest 2\n", "arpad-manifest 2\r\n"},
        {"arpad-manifest 2\n", "\narpad-manifest 2\n"},
        {"sequence 87\n", ""},
        {"sequence 87\ngeneration 42\n", "generation 42\nsequence 87\n"},
        {"sequence 87\n", "sequence 87\nsequence 87\n"},
        {"sequence 87", "sequence 087"},
        {"sequence 87", "sequence +87"},
        {"sequence 87", "sequence -87"},
        {"sequence 87", "sequence 0x57"},
        {"sequence 87", "sequence  87"},
        {"sequence 87", "sequence\t87"},
        {"sequence 87", "sequence 87 "},
        {"sequence 87", "sequence "},
        {"sequence 87", "sequence 18446744073709551616"},
        {"sequence 87", "sequence 99999999999999999999999"},
        {"generation 42", "generation 00"},
        {"published 1764000000", "published 9223372036854775808"},
        {"published 1764000000", "published -1"},
        {"config " D1, "config "},
        {"config " D1, "config --"},
        {"config " D1, "config 06B05ab6733a618578af5f94892f3950"},
        {"config " D1, "config 00000000000000000000000000000000"},
        {"config " D1, "config " D1 "0"},
        {"config " D1 "\n", "config " D1 "\n\n"},
        {"zone old", "zones old"},
        {"zone old", " zone old"},
        {"old.example.", "old.example"},
        {"old.example.", "Old.example."},
        {"old.example.", "\\111ld.example."},
        {"old.example.", "old..example."},
        {"old.example.", "old\001.example."},
        {"old.example.", "2.0.192.in-addr.arpa."},
        {"old.example.", "1.example."},
        {"old.example. 3", "old.example. 4294967296"},
        {"old.example. 3", "old.example."},
        {"old.example. 3 0", "old.example. 3 9223372036854775808"},
        {"- 0 kept", "- 0 kept "},
        {"- 0 kept", "- 0 Kept"},
        {"- 0 kept", "- 0"},
        {"- 0 kept", "- 4294967296 kept"},
        {"- 0 kept", "none 0 kept"},
        {"- 0 kept", "- 0 kept served"},
        {"zone old.example. 3 0 - 0 kept\n", "zone old.example. 3 0 - 0 kept\n# note\n"},
        {"customer b ", "customer  "},
        {"customer b ", "customer b  "},
        {"customer b ", "customer a\n "},
        {"customer b ", "customer a\x7f "},
        {"customer b ", "customer \303\244 "},
        {"customer b ", "customer acme "},
        {"customer b ", "customer a "},
        {"customer b ", "customer bb\\ "},
        {"customer b ", "customer b\\x "},
        {"customer b ", "customer b\\x7 "},
        {"customer b ", "customer b\\x00 "},
        {"customer b ", "customer b\\x41 "},
        {"customer b ", "customer b\\x5C "},
        {"customer b ", "customer b\\X5c "},
        {"customer b ", "customer b\\n "},
        {"refused 1", "kept 1"},
        {"refused 1", "refuse 1"},
        {"refused 1", "refused 01"},
        {"refused 1", "1 refused"},
        {"refused 1", "refused 9223372036854775808"},
        {"vanished 2", "vanishedd 2"},
        {"- - 0 0\n", "- - - 0\n"},
        {"- - 0 0\n", "- - 0 -\n"},
        {"- - 0 0\n", "- 0 0\n"},
        {"- - 0 0\n", "- - 0\n"},
        {"- - 0 0\n", "- - 0 \n"},
        {"- - 0 0\n", "- - 0 00\n"},
        {"- - 0 0\n", "- - 0 0 0\n"},
        {"- - 0 0\n", "- - 18446744073709551616 0\n"},
        {"- - 0 0\n", "- - 0 18446744073709551616\n"},
        {"18446744073709551615\n", "18446744073709551615"},
        {"18446744073709551615\n", "1\nzone z. 1 1 - 1 kept\n"},
        {"18446744073709551615\n", "1\ncustomer"},
        {"18446744073709551615\n", "1\ndigest " D1 "\n"},
};

static void each_malformed_line_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(malformed); i++) {
		char text[sizeof body + 128];
		struct manifest m;
		const char *at = strstr(body, malformed[i].wanted);
		assert_non_null(at);
		int n = snprintf(text, sizeof text, "%.*s%s%s", (int)(at - body), body,
		        malformed[i].instead, at + strlen(malformed[i].wanted));
		enum err e = parse_sealed(&m, text, (size_t)n);
		if (e != ERR_CORRUPT)
			print_error("%s\n", malformed[i].instead);
		assert_int_equal(e, ERR_CORRUPT);
	}
}

static void a_nul_is_refused(void **state)
{
	char text[sizeof body];
	struct manifest m;
	(void)state;

	for (size_t i = 0; i < strlen(body); i++) {
		memcpy(text, body, sizeof body);
		text[i] = 0;
		assert_int_equal(parse_sealed(&m, text, strlen(body)), ERR_CORRUPT);
	}
}

static void what_could_not_be_read_is_not_printed(void **state)
{
	static const char *const apexes[] = {"", "a", "A.", "b.", "a..", "a b.", "\xff."};
	struct manifest m;
	char *octets = NULL;
	size_t size;
	(void)state;

	for (size_t i = 0; i < ARRAY_LENGTH(apexes); i++) {
		manifest_init(&m);
		assert_non_null(manifest_add_zone(&m, "b."));
		assert_non_null(manifest_add_zone(&m, apexes[i]));
		manifest_sort(&m);
		assert_int_equal(manifest_print(&m, &octets, &size), ERR_RANGE);
		manifest_free(&m);
	}
	manifest_init(&m);
	assert_non_null(manifest_add_customer(&m, "b", "f"));
	assert_non_null(manifest_add_customer(&m, "a", "f"));
	assert_int_equal(manifest_print(&m, &octets, &size), ERR_RANGE); /* not in order */
	manifest_sort(&m);
	assert_int_equal(manifest_print(&m, &octets, &size), OK);
	free(octets);
	m.customers[1].since = -1;
	assert_int_equal(manifest_print(&m, &octets, &size), ERR_RANGE);
	m.customers[1].since = 0;
	m.customers[1].file = "";
	assert_int_equal(manifest_print(&m, &octets, &size), ERR_RANGE);
	m.customers[1].file = "f";
	m.published = -1;
	assert_int_equal(manifest_print(&m, &octets, &size), ERR_RANGE);
	m.published = 0;
	m.arena.failed = true;
	assert_int_equal(manifest_print(&m, &octets, &size), ERR_MEMORY);
	manifest_free(&m);
}

static uint64_t random_number(void)
{
	uint64_t value = (uint64_t)random_below(UINT32_MAX) << 32 | random_below(UINT32_MAX);

	return value >> random_below(64);
}

static struct digest random_digest(void)
{
	struct digest d = {{0}};
	uint64_t value = random_number();

	return random_below(3) ? digest_of(&value, sizeof value) : d;
}

/* Any octets but NUL, mostly ugly ones. */
static const char *random_text(char out[16])
{
	size_t n = 1 + random_below(12);

	for (size_t i = 0; i < n; i++)
		out[i] = random_below(3) ? (char)(1 + random_below(255))
		                         : "\\ x2a\n/"[random_below(7)];
	out[n] = 0;
	return out;
}

static void add_random(struct manifest *m)
{
	char name[NAME_TEXT_MAX], file[16];
	struct name apex;

	random_name(&apex, (const uint8_t *)"", 4);
	name_lower(&apex);
	name_to_text(name, apex.wire);
	if (random_below(2)) {
		struct manifest_zone *zone = manifest_add_zone(m, name);
		assert_non_null(zone);
		*zone = (struct manifest_zone){zone->name, (uint32_t)random_number(),
		        (int64_t)(random_number() >> 1), random_digest(), (uint32_t)random_number(),
		        random_below(2) != 0};
	} else {
		struct manifest_customer *c =
		        manifest_add_customer(m, random_text(name), random_text(file));
		assert_non_null(c);
		c->state = (enum manifest_customer_state)random_below(4);
		c->since = (int64_t)(random_number() >> 1);
		c->source = random_digest();
		c->fragment = random_digest();
		c->pairs = random_number();
		c->layers = random_number();
	}
}

/* Names came by chance: of equal ones the first stays. */
static void drop_twins(struct manifest *m)
{
	size_t zones = 0, customers = 0;

	manifest_sort(m);
	for (size_t i = 0; i < m->zone_count; i++)
		if (!zones || strcmp(m->zones[zones - 1].name, m->zones[i].name) != 0)
			m->zones[zones++] = m->zones[i];
	for (size_t i = 0; i < m->customer_count; i++)
		if (!customers ||
		        strcmp(m->customers[customers - 1].name, m->customers[i].name) != 0)
			m->customers[customers++] = m->customers[i];
	m->zone_count = zones;
	m->customer_count = customers;
}

static void expect_same(const struct manifest *a, const struct manifest *b)
{
	assert_true(a->sequence == b->sequence && a->generation == b->generation);
	assert_true(a->published == b->published && digest_equal(&a->config, &b->config));
	assert_int_equal(a->zone_count, b->zone_count);
	assert_int_equal(a->customer_count, b->customer_count);
	for (size_t i = 0; i < a->zone_count; i++) {
		const struct manifest_zone *x = &a->zones[i], *y = manifest_find_zone(b, x->name);
		assert_ptr_equal(y, &b->zones[i]);
		assert_true(x->serial == y->serial && x->changed == y->changed);
		assert_true(digest_equal(&x->image, &y->image) &&
		            x->image_serial == y->image_serial && x->is_served == y->is_served);
	}
	for (size_t i = 0; i < a->customer_count; i++) {
		const struct manifest_customer *x = &a->customers[i],
		                               *y = manifest_find_customer(b, x->name);
		assert_ptr_equal(y, &b->customers[i]);
		assert_string_equal(x->file, y->file);
		assert_true(x->state == y->state && x->since == y->since);
		assert_true(x->pairs == y->pairs && x->layers == y->layers);
		assert_true(digest_equal(&x->source, &y->source) &&
		            digest_equal(&x->fragment, &y->fragment));
	}
}

static void random_manifests_come_back(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		struct manifest m, back;
		char *octets, *again;
		size_t size, again_size;

		random_seed(round);
		manifest_init(&m);
		m.sequence = random_number();
		m.generation = random_number();
		m.published = (int64_t)(random_number() >> 1);
		m.config = random_digest();
		for (uint32_t i = random_below(60); i; i--)
			add_random(&m);
		drop_twins(&m);
		assert_int_equal(manifest_print(&m, &octets, &size), OK);
		assert_int_equal(manifest_parse(&back, octets, size), OK);
		expect_same(&m, &back);
		assert_int_equal(manifest_print(&back, &again, &again_size), OK);
		assert_int_equal(again_size, size);
		assert_memory_equal(again, octets, size);
		free(again);
		free(octets);
		manifest_free(&back);
		manifest_free(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_is_written_is_read),
	        cmocka_unit_test(what_is_read_prints_as_the_same_octets),
	        cmocka_unit_test(that_of_an_earlier_arpad_is_read),
	        cmocka_unit_test(an_empty_manifest_is_one),
	        cmocka_unit_test(any_octet_changed_cut_or_added_is_noticed),
	        cmocka_unit_test(each_malformed_line_is_refused),
	        cmocka_unit_test(a_nul_is_refused),
	        cmocka_unit_test(what_could_not_be_read_is_not_printed),
	        cmocka_unit_test(random_manifests_come_back),
	};

	return cmocka_run_group_tests_name("server/manifest", tests, NULL, NULL);
}
