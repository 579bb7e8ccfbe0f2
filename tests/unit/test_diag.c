/* SPDX-License-Identifier: ISC */
#include "tests/help/random.h"
#include "tests/unit/unit.h"
#include "zone/diag.h"

static char *printed(const struct diag_list *list, void (*print)(const struct diag_list *, FILE *))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	print(list, out);
	fclose(out);
	return text;
}

static void expect_text(const struct diag_list *list, const char *due)
{
	char *is = printed(list, diag_print);

	assert_string_equal(is, due);
	free(is);
}

static void a_line_has_place_severity_text_and_rule(void **state)
{
	struct diag_list d;
	(void)state;

	diag_init(&d);
	diag_error(&d, ((struct place){"acme.yaml", 14, 3}), "scope", "%s is outside", "192.0.3.7");
	diag_warning(&d, ((struct place){"acme.yaml", 15, 0}), "many-ptr", "several");
	diag_error(&d, ((struct place){"acme.yaml", 0, 7}), "empty", "is empty");
	diag_error(&d, ((struct place){NULL, 1, 1}), "usage", "no such zone");
	expect_text(&d, "acme.yaml:14:3: error: 192.0.3.7 is outside [scope]\n"
	                "acme.yaml:15: warning: several [many-ptr]\n"
	                "acme.yaml: error: is empty [empty]\n"
	                "error: no such zone [usage]\n");
	assert_int_equal(d.errors, 3);
	assert_int_equal(d.warnings, 1);
	diag_free(&d);
	assert_int_equal(d.errors, 0);
}

static void they_are_sorted_by_place_within_a_file(void **state)
{
	static const struct place places[] = {{"b", 9, 1}, {"b", 2, 7}, {"b", 2, 3}, {"a", 5, 1},
	        {"a", 4, 1}, {"b", 2, 3}, {NULL, 0, 0}, {"a", 4, 7}};
	struct diag_list d;
	(void)state;

	diag_init(&d);
	for (unsigned i = 0; i < ARRAY_LENGTH(places); i++)
		diag_error(&d, places[i], "r", "%u", i);
	diag_sort(&d);
	expect_text(&d, "b:2:3: error: 2 [r]\nb:2:3: error: 5 [r]\nb:2:7: error: 1 [r]\n"
	                "b:9:1: error: 0 [r]\na:4:1: error: 4 [r]\na:4:7: error: 7 [r]\n"
	                "a:5:1: error: 3 [r]\nerror: 6 [r]\n");
	diag_free(&d);
}

/* A terminal obeys control characters, those of C1 in UTF-8 (U+0080 to U+009F), too. */
static void control_characters_are_escaped(void **state)
{
	struct diag_list d;
	(void)state;

	diag_init(&d);
	diag_error(&d, ((struct place){"a\nb", 1, 1}), "r", "x\x1b[31m\x7f\xc2\x9b%s", "1\r");
	diag_error(&d, ((struct place){"a", 1, 1}), "r", "m\xc3\xbcller\xc2\xa0\xc2");
	expect_text(&d, "a\\x0ab:1:1: error: x\\x1b[31m\\x7f\\xc2\\x9b1\\x0d [r]\n"
	                "a:1:1: error: m\xc3\xbcller\xc2\xa0\xc2 [r]\n");
	diag_free(&d);
}

static void of_a_hostile_file_only_some_are_kept(void **state)
{
	struct diag_list d;
	(void)state;

	diag_init(&d);
	for (unsigned i = 0; i < DIAG_MAX_A_FILE + 5; i++)
		diag_error(&d, ((struct place){"bad", i + 1, 1}), "r", "t");
	diag_error(&d, ((struct place){"good", 1, 1}), "r", "t");
	assert_int_equal(d.count, DIAG_MAX_A_FILE + 1);
	assert_int_equal(d.errors, DIAG_MAX_A_FILE + 6);
	assert_int_equal(d.dropped, 5);
	char *text = printed(&d, diag_print);
	assert_non_null(strstr(text, "good:1:1: error: t [r]\nand 5 more; "));
	free(text);
	diag_free(&d);
}

static bool is_good(const char *file, const void *context)
{
	return strcmp(file, context) == 0;
}

/* Also when mistakes of several files come in turn; and what is said of one alone can be kept. */
static void each_file_has_its_own_share(void **state)
{
	char names[100][8];
	struct diag_list d;
	(void)state;

	diag_init(&d);
	for (unsigned i = 0; i < ARRAY_LENGTH(names); i++)
		snprintf(names[i], sizeof names[i], "f%u", i);
	for (unsigned i = 0; i < DIAG_MAX_A_FILE + 5; i++)
		for (unsigned k = 0; k < ARRAY_LENGTH(names); k++)
			diag_add(&d, k == 7 ? DIAG_WARNING : DIAG_ERROR,
			        ((struct place){names[k], i + 1, 1}), "r", "t");
	assert_int_equal(d.count, DIAG_MAX_A_FILE * ARRAY_LENGTH(names));
	assert_int_equal(d.dropped, 5 * ARRAY_LENGTH(names));
	diag_keep(&d, is_good, "f7");
	assert_int_equal(d.count, DIAG_MAX_A_FILE);
	assert_int_equal(d.errors, 0);
	assert_int_equal(d.warnings, DIAG_MAX_A_FILE + 5);
	assert_int_equal(d.dropped, 5);
	for (size_t i = 0; i < d.count; i++)
		assert_string_equal(d.items[i].place.file, "f7");
	diag_free(&d);
}

static void json_is_json_whatever_the_text(void **state)
{
	struct diag_list d;
	(void)state;

	diag_init(&d);
	char *text = printed(&d, diag_print_json);
	assert_string_equal(text, "[]");
	free(text);
	diag_warning(&d, ((struct place){NULL, 0, 0}), "r", "\"\\\n\xff\xc3\xbc\xed\xa0\x80");
	text = printed(&d, diag_print_json);
	assert_string_equal(text,
	        "[\n {\"file\": null, \"line\": 0, \"column\": 0, \"severity\": \"warning\", "
	        "\"text\": \"\\\"\\\\\\u000a\\ufffd\xc3\xbc\\ufffd\\ufffd\\ufffd\", "
	        "\"rule\": \"r\"}\n]");
	free(text);
	diag_free(&d);
}

static bool is_b(const char *file, const void *context)
{
	(void)context;
	return file && strcmp(file, "b") == 0;
}

/* Lists of some files each, joined, are what one list would be: order, counts, what is dropped. */
static void joined_lists_are_as_one(void **state)
{
	static const char *const files[] = {"a", "b", "c", "d", NULL};
	(void)state;

	for (unsigned round = 0; round < 30; round++) {
		struct diag_list one, joined, parts[4];
		char *as_one, *as_joined;
		diag_init(&one);
		diag_init(&joined);
		random_seed(round);
		for (unsigned k = 0; k < 4; k++) {
			diag_init(&parts[k]);
			unsigned count = random_below(round % 3 ? 10 : 3 * DIAG_MAX_A_FILE);
			for (unsigned i = 0; i < count; i++) {
				struct place place = {files[random_below(2) ? k : random_below(5)],
				        random_below(9), i};
				enum severity severity =
				        random_below(2) ? DIAG_ERROR : DIAG_WARNING;
				diag_add(&one, severity, place, "rule", "%u, %u", k, i);
				diag_add(&parts[k], severity, place, "rule", "%u, %u", k, i);
			}
		}
		for (unsigned k = 0; k < 4; k++)
			diag_join(&joined, &parts[k]);
		assert_int_equal(parts[3].count, 0);
		for (unsigned sorted = 0; sorted < 2; sorted++) {
			as_one = printed(&one, diag_print);
			as_joined = printed(&joined, diag_print);
			assert_string_equal(as_joined, as_one);
			free(as_one);
			free(as_joined);
			diag_sort(&one);
			diag_sort(&joined);
		}
		assert_int_equal(joined.errors, one.errors);
		assert_int_equal(joined.warnings, one.warnings);
		assert_int_equal(joined.dropped, one.dropped);
		/* and of each file: what is forgotten is the same */
		diag_keep(&one, is_b, NULL);
		diag_keep(&joined, is_b, NULL);
		assert_int_equal(joined.errors, one.errors);
		assert_int_equal(joined.warnings, one.warnings);
		assert_int_equal(joined.dropped, one.dropped);
		diag_free(&one);
		diag_free(&joined);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_line_has_place_severity_text_and_rule),
	        cmocka_unit_test(they_are_sorted_by_place_within_a_file),
	        cmocka_unit_test(control_characters_are_escaped),
	        cmocka_unit_test(of_a_hostile_file_only_some_are_kept),
	        cmocka_unit_test(each_file_has_its_own_share),
	        cmocka_unit_test(json_is_json_whatever_the_text),
	        cmocka_unit_test(joined_lists_are_as_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
