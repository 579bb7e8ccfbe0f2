/* SPDX-License-Identifier: ISC */
/* Patterns of many customers at one owner: a label is not asked of more than so many. */
#include "tests/help/files.h"
#include "tests/help/load.h"
#include "tests/help/random.h"
#include "tests/unit/unit.h"
#include "zone/image_rules.h"
#include "zone/makers.h"

#define CUSTOMERS 24U

/* Customer k has 10.0.k.0/24, and shares pool.example with all. */
static void write_config(unsigned customers)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	fputs("version: 1\ndefaults: {ns: [ns1.test, ns2.test], hostmaster: h@test}\n"
	      "zones: [10.0.0.0/8, pool.example]\ncustomers:\n",
	        f);
	for (unsigned k = 0; k < customers; k++)
		fprintf(f, "  c%u: {prefixes: [10.0.%u.0/24], domains: [pool.example]}\n", k, k);
	fclose(f);
	files_write("arpad.yaml", text);
	free(text);
}

/* `count` patterns that begin with these letters, of which no label fits two. */
static void write_customer(unsigned k, unsigned count, const char *const *letters)
{
	char path[32], *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	fprintf(f, "version: 1\ncustomer: c%u\nranges:\n", k);
	for (unsigned i = 0; i < count; i++)
		fprintf(f, "  10.0.%u.%u/31: '%s{n}-c%ux%u.pool.example'\n", k, 2 * i, letters[i],
		        k, i);
	fclose(f);
	snprintf(path, sizeof path, "customers/c%u.yaml", k);
	files_write(path, text);
	free(text);
}

static void write_alike(unsigned k, unsigned count)
{
	static const char *const none[20] = {
	        "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", ""};

	write_customer(k, count, none);
}

/* A letter a source: served, refused, kept. */
static void assert_states(const struct config *c, const char *expected)
{
	static const char letters[] = "srmk";
	char got[CUSTOMERS + 1] = {0};

	for (size_t i = 0; i < c->plan.source_count; i++)
		got[i] = letters[c->plan.sources[i].state];
	assert_string_equal(got, expected);
}

static unsigned longest_chain(const struct generation *g)
{
	const struct image *image = NULL;
	unsigned longest = 0;

	for (uint32_t i = 0; i < g->snapshot->index.count; i++)
		if (g->snapshot->images[i]->pattern_count)
			image = g->snapshot->images[i];
	for (uint32_t i = 0; image && i < image->pattern_count; i++) {
		unsigned length = 0;
		for (uint32_t at = i + 1; at; at = image->patterns[at - 1].next)
			length++;
		longest = length > longest ? length : longest;
	}
	return longest;
}

/* 16 of all together: by the order in arpad.yaml, but who held his keeps them. */
static void who_finds_no_room_is_refused(void **state)
{
	struct config before, c;
	char *said;
	(void)state;

	write_config(5);
	write_alike(0, 6);
	write_alike(1, 6);
	write_alike(2, 5); /* one too many */
	write_alike(3, 4);
	write_alike(4, 1);
	said = files_load(&c, NULL, NULL);
	assert_states(&c, "ssrsr");
	assert_non_null(strstr(said,
	        "customers/c2.yaml:8:3: error: patterns of other customers below pool.example. "
	        "begin alike, and with this one they are more than 16; begin it with letters of "
	        "its own, or choose another domain [range-alike]\n"));
	free(said);
	config_free(&c);

	struct generation first = load_files(&before, NULL);
	assert_int_equal(longest_chain(&first), MAKERS_ALIKE_MAX);
	write_alike(0, 7); /* he is first, but that is another's room */
	struct generation second = load_files(&c, &first);
	assert_states(&c, "ksrsr");
	assert_int_equal(longest_chain(&second), MAKERS_ALIKE_MAX);
	generation_free(&second);
	config_free(&c);
	generation_free(&first);
	config_free(&before);
}

static bool begins_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

struct brought {
	unsigned count;
	const char *letters[16];
};

/* True when of the patterns of all who are in, and of one more, 16 begin alike at the most. */
static bool fits(const struct brought *all, const struct config *c, unsigned more)
{
	for (unsigned k = 0; k < CUSTOMERS; k++)
		for (unsigned i = 0; i < all[k].count; i++) {
			unsigned alike = 0;
			if (k != more && c->plan.sources[k].state != SOURCE_GOOD)
				continue;
			for (unsigned n = 0; n < CUSTOMERS; n++)
				for (unsigned m = 0; m < all[n].count; m++)
					alike += (n == more ||
					                 c->plan.sources[n].state == SOURCE_GOOD) &&
					         begins_with(all[k].letters[i], all[n].letters[m]);
			if (alike > MAKERS_ALIKE_MAX)
				return false;
		}
	return true;
}

static void nobody_else_is_refused(void **state)
{
	static const char *const letters[] = {"", "a", "ab", "abc", "ac", "b", "ba", "c"};
	struct brought all[CUSTOMERS];
	unsigned refused = 0;
	struct config c;
	(void)state;

	write_config(CUSTOMERS);
	for (unsigned round = 0; round < 40; round++) {
		random_seed(round);
		for (unsigned k = 0; k < CUSTOMERS; k++) {
			all[k].count = 1 + random_below(6);
			for (unsigned i = 0; i < all[k].count; i++)
				all[k].letters[i] = letters[random_below(ARRAY_LENGTH(letters))];
			write_customer(k, all[k].count, all[k].letters);
		}
		struct generation g = load_files(&c, NULL);
		assert_true(longest_chain(&g) <= MAKERS_ALIKE_MAX);
		for (unsigned k = 0; k < CUSTOMERS; k++) {
			bool is_good = c.plan.sources[k].state == SOURCE_GOOD;
			refused += !is_good;
			assert_int_equal(fits(all, &c, k), is_good);
		}
		generation_free(&g);
		config_free(&c);
	}
	assert_true(refused > 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(
	                who_finds_no_room_is_refused, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                nobody_else_is_refused, files_set_up, files_tear_down),
	};

	return cmocka_run_group_tests_name("zone/conflict_ranges", tests, NULL, NULL);
}
