/* SPDX-License-Identifier: ISC */
/* tests/property/prop_yaml_plain.c - what is read without libyaml is what libyaml reads: on random
 * files that are plain, on the same with small damage, on the examples and on what people write
 * wrongly. */
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "conf/yaml_plain.h"
#include "tests/help/random.h"
#include "tests/help/yaml_compare.h"
#include "tests/unit/unit.h"

#define ROUNDS    20000U
#define MUTATIONS 5U /* of a file */
#define ROOM      65536U

static struct {
	char text[ROOM];
	size_t size;
} file, mutant;

static void put(const char *text)
{
	size_t n = strlen(text);

	if (file.size + n < ROOM)
		memcpy(file.text + file.size, text, n);
	if (file.size + n < ROOM)
		file.size += n;
}

static void put_blanks(unsigned count)
{
	while (count--)
		put(" ");
}

static const char *one_of(const char *const *all, size_t count)
{
	return all[random_below((uint32_t)count)];
}

#define ONE_OF(all) one_of(all, sizeof(all) / sizeof *(all))

/* In braces, too. */
static void put_scalar(bool is_inner)
{
	static const char *const plain[] = {"a", "192.0.2.1", "2001:db8::1", "2001:db8::/32",
	        "host-7.example", "1h", "yes", "x", "null", "x~", "no", "a*b", "ns1.isp.example.",
	        "/var/lib", "_sip", "a:b", "a::b", "0", "x@y", "192.0.2.0-192.0.2.9", "a--b"};
	static const char *const outside[] = {"h-{ip}.pool", "a{n}", "a,b", "a}b", "x,,"};
	static const char *const quoted[] = {"\"\"", "''", "\"a b\"", "'{ip}.x'", "\"# no\"",
	        "'a: b'", "\" x \"", "'- x'", "'\\n'", "\"it's\"", "'\"'", "'...'", "'---'",
	        "\"%\""};

	if (random_below(4) == 0)
		put(ONE_OF(quoted));
	else if (!is_inner && random_below(4) == 0)
		put(ONE_OF(outside));
	else
		put(ONE_OF(plain));
}

static void put_flow(unsigned depth)
{
	bool is_map = random_below(2);

	put(is_map ? "{" : "[");
	put_blanks(random_below(2));
	for (unsigned i = 0, count = random_below(4); i < count; i++) {
		put(i == 0 ? "" : random_below(3) ? ", " : random_below(2) ? " , " : ",");
		if (is_map) {
			put_scalar(true);
			put(random_below(8) ? ": " : ":   ");
		}
		if (depth && random_below(4) == 0)
			put_flow(depth - 1);
		else
			put_scalar(true);
	}
	put_blanks(random_below(2));
	put(is_map ? "}" : "]");
}

static void end_line(void)
{
	static const char *const ends[] = {"\n", "\n", "\n", "\n", "\n", " \n", "   # why\n",
	        " #\n", "\n\n", " # M\xc3\xbcnchen\n", "\n  \n", "\n# all of it\n",
	        "\n       # further in\n\n"};

	put(ONE_OF(ends));
}

static void put_leaf(void)
{
	if (random_below(5) == 0)
		put_flow(2);
	else
		put_scalar(false);
	end_line();
}

/* A map or a list from this column on. What was begun on the line goes on there. */
static void put_block(unsigned column, unsigned depth, bool is_begun)
{
	bool is_map = is_begun || random_below(3);

	for (unsigned i = 0, count = 1 + random_below(4); i < count; i++) {
		if (i || !is_begun)
			put_blanks(column);
		unsigned inside = column;
		if (is_map) {
			put_scalar(false);
			put(":");
		} else {
			unsigned blanks = 1 + (random_below(4) ? 0 : random_below(3));
			put("-");
			put_blanks(blanks);
			inside += 1 + blanks;
		}
		if (is_map && depth && random_below(3) == 0) {
			end_line();
			put_block(column + 1 + random_below(4), depth - 1, false);
		} else if (!is_map && depth && random_below(3) == 0) {
			put_block(inside, depth - 1, true);
		} else {
			put_blanks(is_map ? 1 + (random_below(4) ? 0 : random_below(3)) : 0);
			put_leaf();
		}
	}
}

static void make_file(void)
{
	file.size = 0;
	if (random_below(4) == 0)
		end_line();
	put_block(0, 4, false);
	while (random_below(4) == 0 && file.size) /* no newline at the end, or blanks, or less */
		file.size--;
}

static void mutate(void)
{
	static const char ugly[] = " \n:-#,[]{}'\"&*!|>%@?\t\r.\\a0~\x01\x7f\xc3\xa4";

	mutant = file;
	for (unsigned times = 1 + random_below(3); times && mutant.size; times--) {
		size_t at = random_below((uint32_t)mutant.size);
		switch (random_below(3)) {
		case 0:
			mutant.text[at] = ugly[random_below(sizeof ugly)];
			break;
		case 1:
			memmove(mutant.text + at, mutant.text + at + 1, mutant.size - at - 1);
			mutant.size--;
			break;
		default:
			if (mutant.size == ROOM)
				break;
			memmove(mutant.text + at + 1, mutant.text + at, mutant.size - at);
			mutant.text[at] = ugly[random_below(sizeof ugly)];
			mutant.size++;
			break;
		}
	}
}

static void random_files_are_read_alike(void **state)
{
	unsigned whole = 0, damaged = 0;
	(void)state;

	for (unsigned round = 0; round < ROUNDS; round++) {
		random_seed(round);
		make_file();
		whole += yaml_compare((const uint8_t *)file.text, file.size);
		for (unsigned i = 0; i < MUTATIONS; i++) {
			mutate();
			damaged += yaml_compare((const uint8_t *)mutant.text, mutant.size);
		}
	}
	assert_true(whole > ROUNDS * 9 / 10);
	assert_true(damaged > ROUNDS / 2);
	assert_true(damaged < ROUNDS * MUTATIONS * 9 / 10);
}

static void read_file(const char *path)
{
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	file.size = fread(file.text, 1, ROOM, f);
	fclose(f);
}

/* Each file of these folders and mutations of it; returns how many files were plain as they are. */
static unsigned compare_all(const char *pattern, unsigned mutations)
{
	unsigned plain = 0;
	glob_t files;

	assert_int_equal(glob(pattern, 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		read_file(files.gl_pathv[i]);
		plain += yaml_compare((const uint8_t *)file.text, file.size);
		random_seed(i);
		for (unsigned k = 0; k < mutations; k++) {
			mutate();
			yaml_compare((const uint8_t *)mutant.text, mutant.size);
		}
	}
	globfree(&files);
	return plain;
}

static void examples_and_corpora_are_read_alike(void **state)
{
	(void)state;
	assert_true(compare_all("conf/examples/customers/*.yaml", 2000) >= 4);
	compare_all("conf/examples/*.yaml", 2000);
	assert_true(compare_all("tests/fuzz/corpus/delegation/*", 500) >= 10);
	compare_all("tests/fuzz/corpus/config/*", 500);
}

static bool is_plain(const char *text)
{
	return yaml_compare((const uint8_t *)text, strlen(text));
}

static void files_that_people_write_are_plain(void **state)
{
	static const char *const texts[] = {"a: b", "a: b\n", "- a\n", "\n# c\na: b # c\n",
	        "a:\n b:\n  c: d\n", "a:\n  - b\n  - c\nd: e\n", "a:\n  - b: c\n    d: e\n",
	        "a: [b, {c: d}]\n", "a: {}\n", "a: []\n", "a: 'b c'\n", "\"a\": b\n",
	        "2001:db8::1: x\n", "2001:db8::: x\n", "a: h-{ip}.x\n", "a: b\n\n  \n",
	        "a: b # \xc3\xa4 \xc3\x97\n", "a: b   "};
	(void)state;

	for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!is_plain(texts[i]))
			fail_msg("%s", texts[i]);
}

static void all_else_is_for_libyaml(void **state)
{
	static const char *const texts[] = {"", "\n", "# c\n", "a\n", "a:\n", "a:\nb: c\n",
	        "a:\n- b\n", "a: b c\n", "a: b\n  c\n", "a: |\n  b\n", "a: &x b\n", "a: *x\n",
	        "a: !x b\n", "%YAML 1.1\n---\na: b\n", "---\na: b\n", "a: b\n...\n", "...: b\n",
	        "a: \"b\\n\"\n", "a: 'it''s'\n", "a: 'b\n  c'\n", "a:\tb\n", "a: b\t\n", "a: b\r\n",
	        "a: \xc3\xa4\n", "a: b # \xc3", "a: b # \xc2\x85\n", "a: b # \xe2\x80\xa8\n",
	        "a: b # \xc3\xc3\n",
	        "\xef\xbb\xbf"
	        "a: b\n",
	        "a: b: c\n", "a: [b\n  ]\n", "a: [b: c]\n", "a: {b}\n", "a: {b, c}\n", "a: [b,]\n",
	        "a: {b: }\n", "? a\n: b\n", "? a\n", ": b\n", "- - a\n", "-\n  a: b\n", "a: - b\n",
	        " a: b\n", "a: b\n c: d\n", "a:\n  b: c\n d: e\n", "a: {b: c}}\n", "a: [b]]\n",
	        "a: [b] c\n", "a: [b]: c\n", "a : b\n", "[a]: b\n", "{a: b}\n", "a: b#c\n",
	        "a: #b\n", "a:#b\n", "a: ::1\n", "a: [b:, c]\n", "a: -1\n", "- a\nb: c\n",
	        "a: b\n- c\n", "a: 'b'c\n", "a: \"b\" #c\nd\n", "a: @b\n", "a: %b\n"};
	(void)state;

	for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++)
		if (is_plain(texts[i]))
			fail_msg("%s", texts[i]);
}

static void keys_and_depth_have_limits(void **state)
{
	(void)state;
	for (size_t n = 990; n < 1050; n++) {
		memset(file.text, 'a', n);
		memcpy(file.text + n, ": b\n", 4);
		assert_int_equal(yaml_compare((const uint8_t *)file.text, n + 4), n <= 1000);
	}
	for (unsigned depth = 1; depth < 20; depth++) {
		file.size = 0;
		for (unsigned i = 0; i < depth; i++) {
			put_blanks(i);
			put(i + 1 < depth ? "a:\n" : "a: b\n");
		}
		assert_int_equal(yaml_compare((const uint8_t *)file.text, file.size),
		        depth <= YAML_PLAIN_DEPTH);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(files_that_people_write_are_plain),
	        cmocka_unit_test(all_else_is_for_libyaml),
	        cmocka_unit_test(keys_and_depth_have_limits),
	        cmocka_unit_test(random_files_are_read_alike),
	        cmocka_unit_test(examples_and_corpora_are_read_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
