/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"
#include "conf/zone_generate.h"

/* What a line makes: `OWNER ... RDATA` a record, the mistake behind them. */
static char *make_all(const char *line)
{
	struct zone_generate g = {0};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	const char *why = zone_generate_begin(&g, line);

	while (!why && zone_generate_next(&g, &why))
		fprintf(out, "%s\n", g.line);
	fputs(why ? why : "", out);
	fclose(out);
	zone_generate_free(&g);
	return text;
}

static void what_is_made(void **state)
{
	static const struct {
		const char *line, *made;
	} rows[] = {
	        {"1-3 h$ A 192.0.2.$", "h1 A 192.0.2.1\nh2 A 192.0.2.2\nh3 A 192.0.2.3\n"},
	        {"0-5/2 $ PTR h$", "0 PTR h0\n2 PTR h2\n4 PTR h4\n"},
	        {"1-3/2147483647 $ PTR h$", "1 PTR h1\n"},
	        {"01-01 $ PTR h", "1 PTR h\n"},
	        {"7-7 a 1h IN A 1.2.3.$", "a 1h IN A 1.2.3.7\n"},
	        {"7-7 a IN 60 A 1.2.3.$", "a IN 60 A 1.2.3.7\n"},
	        {"7-7 a class1 60 A 1.2.3.$", "a class1 60 A 1.2.3.7\n"},
	        {"7-7 h$$ A \\$\\\\$$$", "h$ A \\$\\\\$7\n"},
	        {"7-7 h$\\$ A $$\\$", "h7\\$ A $\\$\n"},
	        {"1-1 ${10}-${-1}-${-2}-${+1} A x", "11-0--1-2 A x\n"},
	        {"10-10 ${0,3}-${0,3,d}-${0,3,x}-${0,3,X}-${0,3,o} A x",
	                "010-010-00a-00A-012 A x\n"},
	        {"1-1 ${-5,3}-${-5,0,x}-${-5,0,o} A x", "-04-fffffffc-37777777774 A x\n"},
	        {"256-256 ${0,0,n} A ${0,3,n}", "0.0.1 A 0.0.1\n"},
	        {"255-255 ${0,0,n}-${0,1,N}-${0,3,n}-${0,5,n}-${0,6,n}-${0,7,N} A x",
	                "f.f-F.F-f.f-f.f.0-f.f.0.-F.F.0.0 A x\n"},
	        {"1-1 h$ MX \"10 m$\"", "h1 MX 10 m1\n"},
	        {"1-1 h$ TXT \"\\\"a;$ b\\\" \\\\$ \\;\"", "h1 TXT \"a;1 b\" \\\\1 \\;\n"},
	        {"1-1 $ORIGIN A x", "1ORIGIN A x\n"},
	        {"2147483647-2147483647 $ A x", "2147483647 A x\n"},
	        {"2147483647-2147483647 ${-2147483647} A x", "0 A x\n"},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		char *text = make_all(rows[i].line);
		assert_string_equal(text, rows[i].made);
		free(text);
	}
}

static void what_is_refused(void **state)
{
	static const char range[] = "the range wants numbers, such as 0-255 or 0-254/2";
	static const char parts[] = "it wants a range, an owner, a type and rdata";
	static const char modifier[] =
	        "${ wants an offset, perhaps a width and one of d o x X n N: ${0,3,d}";
	static const char many[] = "more than 65536 records; write several lines";
	static const struct {
		const char *line, *why;
	} rows[] = {
	        {"", "it wants a range, such as 0-255"},
	        {"1 $ A x", range},
	        {"1- $ A x", range},
	        {"-1-2 $ A x", range},
	        {"+1-2 $ A x", range},
	        {"1-2x $ A x", range},
	        {"1-2/ $ A x", range},
	        {"1-2/0 $ A x", range},
	        {"1-2/-1 $ A x", range},
	        {"1-2/2147483648 $ A x", range},
	        {"0-2147483648 $ A x", range},
	        {"18446744073709551616-18446744073709551617 $ A x", range},
	        {"2-1 $ A x", "the range ends before it begins"},
	        {"0-65536 $ A x", many},
	        {"0-2147483647 $ A x", many},
	        {"0-131072/2 $ A x", many},
	        {"1-2", parts},
	        {"1-2 $", parts},
	        {"1-2 $ A", parts},
	        {"1-2 $ 60 IN", parts},
	        {"1-2 $ MX 10 a",
	                "rdata of several fields want quotes around them all: MX \"10 mail$\""},
	        {"1-2 ${} A x", modifier},
	        {"1-2 ${1 A x", modifier},
	        {"1-2 ${,1} A x", modifier},
	        {"1-2 ${1,} A x", modifier},
	        {"1-2 ${1,-1} A x", modifier},
	        {"1-2 ${1,1,} A x", modifier},
	        {"1-2 ${1,1,q} A x", modifier},
	        {"1-2 ${1,1,dd} A x", modifier},
	        {"1-2 ${1junk} A x", modifier},
	        {"1-2 ${1,128} A x", modifier},
	        {"1-2 ${2147483648} A x", modifier},
	        {"2147483647-2147483647 ${1} A x", "the number has more than 31 bits"},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		char *text = make_all(rows[i].line);
		assert_string_equal(text, rows[i].why);
		free(text);
	}
}

static void a_line_makes_65536_records_at_most(void **state)
{
	struct zone_generate g = {0};
	const char *why;
	size_t count = 0;
	(void)state;

	assert_null(zone_generate_begin(&g, "0-131071/2 $ A x"));
	assert_int_equal(g.left, GENERATE_LINE_MAX);
	while (zone_generate_next(&g, &why))
		count++;
	assert_null(why);
	assert_int_equal(count, GENERATE_LINE_MAX);
	zone_generate_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_is_made),
	        cmocka_unit_test(what_is_refused),
	        cmocka_unit_test(a_line_makes_65536_records_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
