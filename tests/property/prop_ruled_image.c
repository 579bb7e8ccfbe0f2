/* SPDX-License-Identifier: ISC */
/* tests/property/prop_ruled_image.c - images of random ranges and delegations: what is written
 * opens, in whatever order it was said, and survives being damaged. */
#include "tests/help/files.h"
#include "tests/help/image_walk.h"
#include "tests/help/random.h"
#include "tests/help/random_layers.h"
#include "tests/unit/unit.h"
#include "zone/compile.h"

#define ROUNDS      150U
#define ENTRIES_MAX 12U
#define DAMAGES     150U /* to each image of a round */

/* A customer's file, an entry a line. */
struct file {
	char ranges[ENTRIES_MAX][RANDOM_ENTRY_MAX], delegations[ENTRIES_MAX][RANDOM_ENTRY_MAX];
	unsigned range_count, delegation_count;
};

static int begin(void **state)
{
	(void)state;
	files_begin();
	return 0;
}

static int end(void **state)
{
	(void)state;
	files_end();
	return 0;
}

static void write_operator(void)
{
	static const char *const above[] = {
	        "10.0.0.0/8", "10.0.0.0/16", "in-addr.arpa", "arpa", "'.'"};
	static const char *const cuts[] = {"", ", {prefix: 10.0.0.64/26, style: dash}",
	        ", {prefix: 10.0.0.64/26, style: slash}, {prefix: 10.0.1.128/31, style: lab}"};
	char text[1000];

	snprintf(text, sizeof text,
	        "version: 1\ndefaults: {ns: [ns1.test, ns2.test], hostmaster: h@test}\n"
	        "zones: [%s%s, 2001:db8::/32, example, b.example]\n"
	        "customers:\n"
	        "  a: {prefixes: [10.0.0.0/22, 2001:db8:a::/48], domains: [example, b.example], "
	        "may-delegate: yes}\n",
	        above[random_below(5)], cuts[random_below(3)]);
	files_write("arpad.yaml", text);
}

static void fill(struct file *f)
{
	static const char *const owners[] = {"example", "b.example", "x.b.example", "test"};
	struct random_site site = {.letter = 'b', .owners = owners, .owner_count = 4};

	assert_int_equal(prefix_from_text(&site.ipv4, "10.0.0.0/22", 11, NULL), OK);
	assert_int_equal(prefix_from_text(&site.ipv6, "2001:db8:a::/48", 15, NULL), OK);
	f->range_count = (unsigned)random_below(ENTRIES_MAX);
	f->delegation_count = (unsigned)random_below(3);
	for (unsigned i = 0; i < f->range_count; i++)
		random_range(f->ranges[i], &site);
	for (unsigned i = 0; i < f->delegation_count; i++)
		random_delegation(f->delegations[i], &site);
}

/* From any entry on, forwards or backwards. */
static void write_section(
        FILE *out, const char *key, char (*lines)[RANDOM_ENTRY_MAX], unsigned count)
{
	unsigned from = count ? (unsigned)random_below(count) : 0,
	         step = random_below(2) ? 1 : count - 1;

	fprintf(out, count ? "%s:\n" : "%s: {}\n", key);
	for (unsigned i = 0; i < count; i++)
		fputs(lines[(from + i * step) % count], out);
}

/* NULL when the file is refused. */
static struct snapshot *compile(struct file *f)
{
	struct snapshot *snapshot = NULL;
	char *text = NULL;
	struct config c;
	size_t size;
	enum err e;

	FILE *out = open_memstream(&text, &size);
	fprintf(out, "version: 1\ncustomer: a\nhosts: {10.0.0.9: h.example, 2001:db8:a::9: "
	             "h.example}\n");
	write_section(out, "ranges", f->ranges, f->range_count);
	write_section(out, "delegate", f->delegations, f->delegation_count);
	fclose(out);
	files_write("customers/a.yaml", text);
	free(text);
	free(files_load(&c, NULL, &e));
	assert_int_equal(e, OK);
	if (!c.diags.errors)
		assert_int_equal(compile_plan(&snapshot, &c.plan, NULL, 1000), OK);
	config_free(&c);
	return snapshot;
}

/* Up to three octets of a copy changed, its checksum made right again. */
static void damage(const struct image *of, unsigned *refused, unsigned *harmless)
{
	struct image *image;
	uint8_t *octets = malloc(of->size);

	assert_non_null(octets);
	memcpy(octets, of->octets, of->size);
	for (unsigned i = 1 + random_below(3); i; i--)
		octets[random_below((uint32_t)of->size)] ^= (uint8_t)(1 + random_below(255));
	image_set_serial(octets, of->size, of->serial);
	if (image_open(&image, octets, of->size) != OK) {
		free(octets);
		++*refused;
		return;
	}
	image_use(image);
	free(image_dump_rules(image));
	image_unref(image);
	++*harmless;
}

static void rules_are_the_same_in_any_order_and_survive_damage(void **state)
{
	unsigned compiled = 0, refused = 0, harmless = 0;
	static struct file f;
	(void)state;

	for (unsigned round = 0; round < ROUNDS; round++) {
		random_seed(round);
		write_operator();
		fill(&f);
		struct snapshot *a = compile(&f), *b = compile(&f);
		assert_int_equal(!a, !b);
		compiled += a != NULL;
		for (uint32_t i = 0; a && i < a->count; i++) {
			assert_int_equal(a->images[i]->size, b->images[i]->size);
			assert_memory_equal(
			        a->images[i]->octets, b->images[i]->octets, a->images[i]->size);
			image_use(a->images[i]);
			for (unsigned k = 0; k < DAMAGES && round % 5 == 0; k++)
				damage(a->images[i], &refused, &harmless);
		}
		snapshot_unref(a);
		snapshot_unref(b);
	}
	assert_in_range(compiled, ROUNDS / 4, ROUNDS);
	assert_true(refused > harmless && harmless > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(
	                rules_are_the_same_in_any_order_and_survive_damage, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
