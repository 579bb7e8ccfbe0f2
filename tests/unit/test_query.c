/* SPDX-License-Identifier: ISC */
#include "server/query.h"

#include "tests/help/message.h"
#include "tests/unit/unit.h"
#include "zone/rr.h"

/* Read a copy that ends where the heap's red zone begins, so that a sanitizer sees reads behind
 * the message. out->qname is compared before it is freed. */
static struct request read_copy(const uint8_t *octets, size_t n)
{
	struct request r;
	uint8_t *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	memcpy(copy, octets, n);
	query_read(&r, copy, n);
	if (r.question_octets) {
		assert_true(r.qname == copy + HEADER_OCTETS);
		assert_true(r.question_octets <= n - HEADER_OCTETS);
	}
	free(copy);
	return r;
}

static size_t add(uint8_t *message, size_t n, const void *octets, size_t more)
{
	memcpy(message + n, octets, more);
	return n + more;
}

static void the_question_is_read(void **state)
{
	uint8_t m[MESSAGE_QUERY_MAX];
	size_t n = message_query(m, 0xbeef, "25.2.0.192.in-addr.arpa.", RR_PTR);
	(void)state;

	m[2] = 0x01; /* RD */
	m[3] = 0x10; /* CD */
	struct request r = read_copy(m, n);
	assert_int_equal(r.verdict, VERDICT_ASK);
	assert_int_equal(r.id, 0xbeef);
	assert_int_equal(r.flags, FLAG_RD | FLAG_CD);
	assert_int_equal(r.qtype, RR_PTR);
	assert_int_equal(r.qclass, CLASS_IN);
	assert_int_equal(r.question_octets, n - HEADER_OCTETS);
	assert_false(r.has_edns);
	n = message_query(m, 1, ".", RR_NS);
	assert_int_equal(read_copy(m, n).verdict, VERDICT_ASK);
	assert_int_equal(read_copy(m, n).question_octets, 5);
}

static void short_messages_and_answers_get_silence(void **state)
{
	uint8_t m[MESSAGE_QUERY_MAX];
	size_t n = message_query(m, 1, "example.", RR_A);
	(void)state;

	for (size_t i = 0; i < HEADER_OCTETS; i++)
		assert_int_equal(read_copy(m, i).verdict, VERDICT_SILENCE);
	for (unsigned byte = 0x80; byte < 0x100; byte++) {
		m[2] = (uint8_t)byte;
		assert_int_equal(read_copy(m, n).verdict, VERDICT_SILENCE);
	}
}

static void a_message_cut_anywhere_is_malformed(void **state)
{
	static const uint8_t opt[] = {0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 5, 0, 10, 0, 1, 7};
	uint8_t m[MESSAGE_QUERY_MAX];
	size_t n = message_query(m, 1, "a.b.example.", RR_A);
	(void)state;

	n = add(m, n, opt, sizeof opt);
	m[11] = 1;
	assert_int_equal(read_copy(m, n).verdict, VERDICT_ASK);
	for (size_t i = HEADER_OCTETS; i < n; i++) {
		struct request r = read_copy(m, i);
		assert_int_equal(r.verdict, VERDICT_ERROR);
		assert_int_equal(r.rcode, RCODE_FORMERR);
		assert_int_equal(r.question_octets, 0);
	}
}

/* RFC 1035 4.1.4 knows pointers, but not where nothing stands before; RFC 6891 5 ended the others.
 */
static void labels_that_are_none_are_malformed(void **state)
{
	static const uint8_t first[] = {0x40, 0x41, 0x80, 0xbf, 0xc0, 0xff};
	uint8_t m[MESSAGE_QUERY_MAX];
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(first); i++) {
		size_t n = message_query(m, 1, "a.example.", RR_A);
		m[HEADER_OCTETS] = first[i];
		assert_int_equal(read_copy(m, n).rcode, RCODE_FORMERR);
		n = message_query(m, 1, "a.example.", RR_A);
		m[HEADER_OCTETS + 2] = first[i];
		assert_int_equal(read_copy(m, n).rcode, RCODE_FORMERR);
	}
}

static void a_qname_has_at_most_255_octets(void **state)
{
	uint8_t m[600];
	(void)state;

	for (size_t octets = 253; octets <= 258; octets++) {
		memset(m, 0, sizeof m);
		m[5] = 1;
		size_t left = octets - 1, at = HEADER_OCTETS;
		while (left) {
			size_t label = left > 64 ? 64 : left;
			label = left - label == 1 ? label - 1
			                          : label; /* a label takes two octets */
			m[at] = (uint8_t)(label - 1);
			memset(m + at + 1, 'x', label - 1);
			at += label;
			left -= label;
		}
		m[at + 2] = RR_A;
		m[at + 4] = CLASS_IN;
		struct request r = read_copy(m, at + 5);
		assert_int_equal(r.verdict, octets <= 255 ? VERDICT_ASK : VERDICT_ERROR);
		assert_int_equal(r.rcode, octets <= 255 ? RCODE_NOERROR : RCODE_FORMERR);
	}
}

static void opcodes_classes_and_transfers_are_judged(void **state)
{
	static const struct {
		uint8_t opcode;
		uint16_t type, class;
		enum verdict verdict;
		enum rcode rcode;
		bool has_question;
	} cases[] = {
	        {0, RR_A, CLASS_IN, VERDICT_ASK, RCODE_NOERROR, true},
	        {0, 65280, CLASS_IN, VERDICT_ASK, RCODE_NOERROR, true},
	        {0, RR_ANY, CLASS_IN, VERDICT_ASK, RCODE_NOERROR, true},
	        {0, RR_A, CLASS_CH, VERDICT_ERROR, RCODE_REFUSED, true},
	        {0, RR_A, CLASS_ANY, VERDICT_ERROR, RCODE_REFUSED, true},
	        {0, RR_AXFR, CLASS_IN, VERDICT_ERROR, RCODE_REFUSED, true},
	        {0, RR_IXFR, CLASS_IN, VERDICT_ERROR, RCODE_REFUSED, true},
	        {1, RR_A, CLASS_IN, VERDICT_ERROR, RCODE_NOTIMP, false},
	        {2, RR_A, CLASS_IN, VERDICT_ERROR, RCODE_NOTIMP, false},
	        {3, RR_A, CLASS_IN, VERDICT_ERROR, RCODE_NOTIMP, false},
	        {4, RR_SOA, CLASS_IN, VERDICT_ERROR, RCODE_REFUSED, true},
	        {5, RR_SOA, CLASS_IN, VERDICT_ERROR, RCODE_REFUSED, true},
	        {6, RR_A, CLASS_IN, VERDICT_ERROR, RCODE_NOTIMP, false},
	        {15, RR_A, CLASS_IN, VERDICT_ERROR, RCODE_NOTIMP, false},
	};
	uint8_t m[MESSAGE_QUERY_MAX];
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		size_t n = message_query(m, 1, "example.", cases[i].type);
		m[2] = (uint8_t)(cases[i].opcode << 3);
		m[n - 1] = (uint8_t)cases[i].class;
		struct request r = read_copy(m, n);
		assert_int_equal(r.verdict, cases[i].verdict);
		assert_int_equal(r.rcode, cases[i].rcode);
		assert_int_equal(r.question_octets != 0, cases[i].has_question);
	}
}

/* RFC 9619, and RFC 1035 4.1.1 read with sense: a query brings no answers. */
static void counts_that_no_query_has_are_malformed(void **state)
{
	static const uint8_t record[] = {0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4};
	static const struct {
		uint8_t counts[4];
		uint16_t type;
		enum rcode rcode;
	} cases[] = {
	        {{1, 0, 0, 0}, RR_A, RCODE_NOERROR}, {{0, 0, 0, 0}, RR_A, RCODE_FORMERR},
	        {{2, 0, 0, 0}, RR_A, RCODE_FORMERR}, {{1, 1, 0, 0}, RR_A, RCODE_FORMERR},
	        {{1, 0, 1, 0}, RR_A, RCODE_FORMERR},
	        {{1, 0, 1, 0}, RR_IXFR, RCODE_REFUSED}, /* RFC 1995 3 */
	        {{1, 0, 0, 1}, RR_A, RCODE_NOERROR},
	        {{1, 0, 0, 2}, RR_A, RCODE_FORMERR}, /* and there is one */
	};
	uint8_t m[MESSAGE_QUERY_MAX + sizeof record];
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		size_t n = message_query(m, 1, "example.", cases[i].type);
		n = add(m, n, record, sizeof record);
		for (unsigned k = 0; k < 4; k++)
			m[5 + 2 * k] = cases[i].counts[k];
		assert_int_equal(read_copy(m, n).rcode, cases[i].rcode);
	}
}

static void edns_is_read(void **state)
{
	static const struct {
		uint8_t octets[24];
		uint8_t n, count;
		enum rcode rcode;
		uint16_t payload;
		bool wants_dnssec;
	} cases[] = {
	        {{0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0}, 11, 1, RCODE_NOERROR, 1232, false},
	        {{0, 0, 41, 0x10, 0, 0, 0, 0x80, 0, 0, 0}, 11, 1, RCODE_NOERROR, 4096, true},
	        /* a payload size below 512 is 512, the RCODE bits and unknown flags mean nothing */
	        {{0, 0, 41, 0, 0, 0, 0, 0, 0, 0, 0}, 11, 1, RCODE_NOERROR, 512, false},
	        {{0, 0, 41, 1, 255, 255, 0, 0x7f, 255, 0, 0}, 11, 1, RCODE_NOERROR, 512, false},
	        /* an unknown option is ignored, one that overruns is not */
	        {{0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 5, 255, 1, 0, 1, 9}, 16, 1, RCODE_NOERROR, 1232,
	                false},
	        {{0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 5, 255, 1, 0, 2, 9}, 16, 1, RCODE_FORMERR, 1232,
	                false},
	        {{0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 3, 255, 1, 0}, 14, 1, RCODE_FORMERR, 1232,
	                false},
	        /* another version, also one with options */
	        {{0, 0, 41, 4, 208, 0, 1, 0, 0, 0, 0}, 11, 1, RCODE_BADVERS, 1232, false},
	        {{0, 0, 41, 4, 208, 0, 255, 0x80, 0, 0, 0}, 11, 1, RCODE_BADVERS, 1232, true},
	        {{0, 0, 41, 4, 208, 0, 1, 0, 0, 0, 3, 255, 1, 0}, 14, 1, RCODE_BADVERS, 1232,
	                false},
	        /* an owner that is not the root; two of them */
	        {{1, 'a', 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0}, 13, 1, RCODE_FORMERR, 1232, false},
	        {{0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0, 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0}, 22, 2,
	                RCODE_FORMERR, 1232, false},
	        {{0, 0, 41, 4, 208, 0, 1, 0, 0, 0, 0, 0, 0, 41, 4, 208, 0, 1, 0, 0, 0, 0}, 22, 2,
	                RCODE_FORMERR, 1232, false},
	};
	uint8_t m[MESSAGE_QUERY_MAX];
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		size_t n = message_query(m, 1, "example.", RR_A);
		n = add(m, n, cases[i].octets, cases[i].n);
		m[11] = cases[i].count;
		struct request r = read_copy(m, n);
		assert_int_equal(r.rcode, cases[i].rcode);
		assert_true(r.has_edns);
		assert_int_equal(r.payload, cases[i].payload);
		assert_int_equal(r.wants_dnssec, cases[i].wants_dnssec);
	}
}

static void random_damage_reads_nothing_outside(void **state)
{
	static const uint8_t opt[] = {0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 5, 0, 10, 0, 1, 7};
	uint8_t m[MESSAGE_QUERY_MAX];
	uint32_t seed = 1;
	(void)state;

	for (unsigned round = 0; round < 20000; round++) {
		size_t n = message_query(m, 1, "a.bc.example.", RR_A);
		n = add(m, n, opt, sizeof opt);
		m[11] = 1;
		for (unsigned i = 0; i < 3; i++) {
			seed = seed * 1664525 + 1013904223;
			m[(seed >> 8) % n] = (uint8_t)(seed >> 24);
		}
		seed = seed * 1664525 + 1013904223;
		struct request r = read_copy(m, seed % 4 ? n : (seed >> 8) % n);
		assert_true(r.verdict != VERDICT_ASK || r.question_octets >= 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_question_is_read),
	        cmocka_unit_test(short_messages_and_answers_get_silence),
	        cmocka_unit_test(a_message_cut_anywhere_is_malformed),
	        cmocka_unit_test(labels_that_are_none_are_malformed),
	        cmocka_unit_test(a_qname_has_at_most_255_octets),
	        cmocka_unit_test(opcodes_classes_and_transfers_are_judged),
	        cmocka_unit_test(counts_that_no_query_has_are_malformed),
	        cmocka_unit_test(edns_is_read),
	        cmocka_unit_test(random_damage_reads_nothing_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
