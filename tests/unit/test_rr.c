/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"
#include "zone/rr.h"

static void a_type_has_its_name_or_its_number(void **state)
{
	static const struct {
		uint16_t type;
		const char *text;
	} cases[] = {{RR_A, "A"}, {RR_NS, "NS"}, {RR_CNAME, "CNAME"}, {RR_SOA, "SOA"},
	        {RR_PTR, "PTR"}, {RR_MX, "MX"}, {RR_TXT, "TXT"}, {RR_AAAA, "AAAA"}, {RR_SRV, "SRV"},
	        {RR_DNAME, "DNAME"}, {RR_DS, "DS"}, {0, "TYPE0"}, {65280, "TYPE65280"},
	        {65535, "TYPE65535"}};
	char text[RR_TYPE_TEXT_MAX];
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_string_equal(rr_type_text(text, cases[i].type), cases[i].text);
}

/* RFC 3597 4: only names in types of RFC 1035 may be compressed; SRV's and DNAME's may not. */
static void only_names_of_rfc_1035_may_be_compressed(void **state)
{
	static const struct {
		uint16_t type;
		uint8_t before, names;
	} cases[] = {{RR_NS, 0, 1}, {RR_CNAME, 0, 1}, {RR_PTR, 0, 1}, {RR_SOA, 0, 2}, {RR_MX, 2, 1},
	        {RR_A, 0, 0}, {RR_TXT, 0, 0}, {RR_SRV, 0, 0}, {RR_DNAME, 0, 0}, {RR_DS, 0, 0},
	        {65280, 0, 0}};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct rr_shape shape = rr_shape(cases[i].type);
		assert_int_equal(shape.before, cases[i].before);
		assert_int_equal(shape.names, cases[i].names);
	}
}

static void four_types_are_one_name(void **state)
{
	unsigned count = 0;
	(void)state;

	for (unsigned type = 0; type < 65536; type++)
		count += rr_is_one_name((uint16_t)type);
	assert_int_equal(count, 4);
	assert_true(rr_is_one_name(RR_DNAME) && rr_is_one_name(RR_PTR));
	assert_false(rr_is_one_name(RR_MX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_type_has_its_name_or_its_number),
	        cmocka_unit_test(only_names_of_rfc_1035_may_be_compressed),
	        cmocka_unit_test(four_types_are_one_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
