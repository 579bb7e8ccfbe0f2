/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"
#include "conf/zone_rdata.h"
#include "tools/rdata_text.h"

static char *print(uint16_t type, const uint8_t *rdata, size_t n)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	rdata_print(out, type, rdata, n);
	fclose(out);
	return text;
}

/* Names count from z. */
static void rdata_are_printed_as_they_are_read(void **state)
{
	static const struct name origin = {.len = 3, .wire = "\1z"};
	static const struct {
		uint16_t type;
		const char *type_text, *text, *printed;
	} rows[] = {
	        {RR_A, "A", "192.0.2.1", "A\t192.0.2.1"},
	        {RR_AAAA, "AAAA", "2001:DB8:0::1", "AAAA\t2001:db8::1"},
	        {RR_PTR, "PTR", "a\\.b\\032\\@", "PTR\ta\\.b\\032\\@.z."},
	        {RR_DNAME, "DNAME", ".", "DNAME\t."},
	        {RR_SOA, "SOA", "ns h 1 2 3 4 4294967295", "SOA\tns.z. h.z. 1 2 3 4 4294967295"},
	        {RR_MX, "MX", "10 Mail", "MX\t10 Mail.z."},
	        {RR_TXT, "TXT", "a \"b;\\\"c\" \"\" \\255\\\\",
	                "TXT\t\"a\" \"b;\\\"c\" \"\" \"\\255\\\\\""},
	        {RR_SRV, "SRV", "1 2 3 @", "SRV\t1 2 3 z."},
	        {99, "SPF", "x", "SPF\t\"x\""},
	        {257, "CAA", "0 issue \"x y\"", "CAA\t0 issue \"x y\""},
	        {42, "APL", "\\# 0", "APL\t\\# 0"},
	        /* types that not every server knows */
	        {19, "X25", "\"311\"", "TYPE19\t\\# 4 03333131"},
	        {10, "NULL", "\\# 1 ff", "TYPE10\t\\# 1 ff"},
	        {65280, "TYPE65280", "\\# 2 ABCD", "TYPE65280\t\\# 2 abcd"},
	        {65280, "TYPE65280", "\\# 0", "TYPE65280\t\\# 0"},
	};
	const char *why;
	(void)state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		uint8_t *rdata;
		size_t n;
		assert_int_equal(zone_rdata_read(&rdata, &n, rows[i].type, rows[i].type_text,
		                         rows[i].text, &origin, &why),
		        OK);
		char *text = print(rows[i].type, rdata, n);
		assert_string_equal(text, rows[i].printed);
		free(text);
		free(rdata);
	}
}

/* Rdata that no text of the type leads to. */
static void what_has_no_form_is_generic(void **state)
{
	static const struct {
		uint16_t type;
		const char *octets;
		size_t n;
		const char *printed;
	} rows[] = {
	        {RR_SRV, "\0\1", 2, "TYPE33\t\\# 2 0001"},
	        {RR_TXT, "\5ab", 3, "TYPE16\t\\# 3 056162"},
	        {RR_TXT, "", 0, "TXT\t\\# 0"},
	        {RR_DS, "\0\1\x0d\2", 4, "TYPE43\t\\# 4 00010d02"},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		char *text = print(rows[i].type, (const uint8_t *)rows[i].octets, rows[i].n);
		assert_string_equal(text, rows[i].printed);
		free(text);
	}
}

static void a_type_has_a_name(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	(void)state;

	type_print(out, RR_MX);
	type_print(out, 65280);
	fclose(out);
	assert_string_equal(text, "MXTYPE65280");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(rdata_are_printed_as_they_are_read),
	        cmocka_unit_test(what_has_no_form_is_generic),
	        cmocka_unit_test(a_type_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
