/* SPDX-License-Identifier: ISC */
#include "server/response.h"

#include "tests/help/message.h"
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"
#include "zone/lookup.h"
#include "zone/snapshot.h"

static struct snapshot *snapshot; /* one zone: 10.in-addr.arpa */

static int make_snapshot(void **state)
{
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, "10.0.0.0/8");
	small_plan_pair(&s, "10.0.0.1", "a.example.", 60, 0);
	for (unsigned i = 0; i < 40; i++) {
		char name[40];
		snprintf(name, sizeof name, "host%02u.a.example.", i);
		small_plan_pair(&s, "10.0.0.2", name, 60, 0);
	}
	snapshot = small_plan_compile(&s, NULL, 1000);
	small_plan_free(&s);
	return 0;
}

static int drop_snapshot(void **state)
{
	(void)state;
	snapshot_unref(snapshot);
	return 0;
}

/* A response on its way, to a query for the PTR of `qname`. */
struct rig {
	uint8_t query[MESSAGE_QUERY_MAX], octets[4096];
	struct request request;
	struct response_writer writer;
	struct rrset ptr, soa;
	const struct image *image;
};

static void set_up(struct rig *r, const char *qname, size_t size, bool has_edns, uint16_t ede)
{
	size_t n = message_query(r->query, 0x1234, qname, RR_PTR);
	struct trie_key key;
	struct lookup found;

	query_read(&r->request, r->query, n);
	r->request.has_edns = has_edns;
	r->image = snapshot->images[0];
	trie_key_from_name(&key, r->request.qname);
	lookup_name(&found, r->image, &key, r->request.qname, r->request.at, r->request.labels);
	assert_int_equal(found.kind, LOOKUP_OWNER);
	assert_true(image_find_rrset(&found.entry, RR_PTR, &r->ptr));
	struct entry apex = image_entry(r->image, r->image->apex_leaf);
	assert_true(image_find_rrset(&apex, RR_SOA, &r->soa));
	memset(r->octets, 0xee, sizeof r->octets);
	response_begin(&r->writer, r->octets, size, &r->request, ede);
}

static void an_owner_is_a_pointer_into_the_question(void **state)
{
	static const uint8_t answer[] = {0xc0, 12, 0, RR_PTR, 0, 1, 0, 0, 0, 60, 0, 11, 1, 'a', 7,
	        'e', 'x', 'a', 'm', 'p', 'l', 'e', 0};
	struct rig r;
	(void)state;

	set_up(&r, "1.0.0.10.in-addr.arpa.", 512, false, EDE_NONE);
	size_t begin = r.writer.len;
	assert_true(response_rrset(&r.writer, ANSWER, r.image, &r.ptr, r.request.labels, NULL, 60));
	assert_int_equal(r.writer.len - begin, sizeof answer);
	assert_memory_equal(r.octets + begin, answer, sizeof answer);
	begin = r.writer.len;
	assert_true(response_rrset(
	        &r.writer, AUTHORITY, r.image, &r.soa, r.image->apex_labels, NULL, 300));
	assert_memory_equal(r.octets + begin, ((uint8_t[]){0xc0, 18, 0, RR_SOA}), 4);
	response_end(&r.writer, FLAG_AA, RCODE_NOERROR, 1232, EDE_NONE);
	assert_memory_equal(r.octets, ((uint8_t[]){0x12, 0x34, 0x84, 0, 0, 1, 0, 1, 0, 1, 0, 0}),
	        HEADER_OCTETS);
}

static void a_name_written_before_is_pointed_to(void **state)
{
	struct rig r;
	(void)state;

	set_up(&r, "2.0.0.10.in-addr.arpa.", 4096, false, EDE_NONE);
	assert_true(response_rrset(&r.writer, ANSWER, r.image, &r.ptr, r.request.labels, NULL, 60));
	size_t n = response_end(&r.writer, FLAG_AA, RCODE_NOERROR, 1232, EDE_NONE);
	size_t question = HEADER_OCTETS + r.request.question_octets;
	/* 12 octets each, and a label of seven and a pointer; the first name is written in full */
	assert_int_equal(n, question + 40 * (12 + 7 + 2) + strlen("1a7example") + 1 - 2);
	assert_int_equal(message_get16(r.octets + 6), 40);
}

/* Its owner points into the question or stands in full; its target is compressed (RFC 6672 3.1: a
 * CNAME as others are), and both can be pointed to. */
static void a_cname_that_is_made_is_written_as_others_are(void **state)
{
	static const uint8_t first[] = {
	        0xc0, 12, 0, RR_CNAME, 0, 1, 0, 0, 0, 60, 0, 4, 1, 'b', 0xc0, 14};
	static const uint8_t second[] = {
	        0xc0, 51, 0, RR_CNAME, 0, 1, 0, 0, 0, 7, 0, 4, 1, 'x', 0xc0, 51};
	static const uint8_t third[] = {1, 'n', 0, 0, RR_CNAME, 0, 1, 0, 0, 0, 0, 0, 1, 0};
	static const uint8_t b[] = "\1B\0010\0010\00210\7in-addr\4arpa";
	static const uint8_t x[] = "\1x\1b\0010\0010\00210\7IN-ADDR\4arpa";
	struct rig r;
	(void)state;

	set_up(&r, "1.0.0.10.in-addr.arpa.", 512, false, EDE_NONE);
	size_t begin = r.writer.len;
	assert_int_equal(begin, 39);
	assert_true(response_made(&r.writer, ANSWER, r.request.labels, NULL, RR_CNAME, 60,
	        (const uint8_t *)"\1b\0010\0010\00210\7in-addr\4arpa"));
	assert_int_equal(r.writer.len - begin, sizeof first);
	assert_memory_equal(r.octets + begin, first, sizeof first);
	begin = r.writer.len;
	assert_true(response_made(&r.writer, ANSWER, 0, b, RR_CNAME, 7, x));
	assert_int_equal(r.writer.len - begin, sizeof second);
	assert_memory_equal(r.octets + begin, second, sizeof second);
	begin = r.writer.len;
	assert_true(response_made(
	        &r.writer, ANSWER, 0, (const uint8_t *)"\1n", RR_CNAME, 0, (const uint8_t *)""));
	assert_int_equal(r.writer.len - begin, sizeof third);
	assert_memory_equal(r.octets + begin, third, sizeof third);
	assert_int_equal(r.writer.counts[ANSWER], 3);
}

/* The size at which it fits, and each that is less. */
static void a_cname_that_does_not_fit_is_taken_back_whole(void **state)
{
	uint8_t target[NAME_MAX_OCTETS] = {0};
	struct rig r;
	(void)state;

	for (unsigned i = 0; i < 3; i++)
		target[64 * i] = 63;
	target[192] = 61;
	for (size_t room = 0; room < 12 + 255; room++) {
		set_up(&r, "1.0.0.10.in-addr.arpa.", 512, false, EDE_NONE);
		r.writer.limit = r.writer.len + room;
		size_t before = r.writer.len;
		assert_false(response_made(
		        &r.writer, ANSWER, r.request.labels, NULL, RR_CNAME, 60, target));
		assert_int_equal(r.writer.len, before);
		assert_int_equal(r.writer.name_count, 0);
		assert_int_equal(r.writer.counts[ANSWER], 0);
		assert_int_equal(r.octets[r.writer.limit], 0xee); /* untouched */
	}
	r.writer.limit++;
	assert_true(response_made(&r.writer, ANSWER, r.request.labels, NULL, RR_CNAME, 60, target));
	assert_int_equal(r.writer.len, r.writer.limit);
}

static void an_rrset_that_does_not_fit_is_taken_back_whole(void **state)
{
	struct rig r;
	(void)state;

	set_up(&r, "2.0.0.10.in-addr.arpa.", 512, false, EDE_NONE);
	size_t before = r.writer.len;
	assert_false(
	        response_rrset(&r.writer, ANSWER, r.image, &r.ptr, r.request.labels, NULL, 60));
	assert_int_equal(r.writer.len, before);
	assert_int_equal(r.writer.name_count, 0);
	assert_true(response_rrset(
	        &r.writer, AUTHORITY, r.image, &r.soa, r.image->apex_labels, NULL, 300));
	assert_true(response_end(&r.writer, FLAG_TC, RCODE_NOERROR, 1232, EDE_NONE) <= 512);
	assert_int_equal(message_get16(r.octets + 6), 0);
	assert_int_equal(message_get16(r.octets + 8), 1);
}

/* The size at which all fits, and one octet less, with and without OPT and EDE. */
static void the_limit_holds_to_the_octet_and_keeps_room_for_opt(void **state)
{
	static const struct {
		bool has_edns;
		uint16_t ede;
		size_t octets;
	} cases[] = {{false, EDE_NONE, 0}, {true, EDE_NONE, 11}, {true, 20, 17}, {false, 20, 0}};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct rig r;
		set_up(&r, "2.0.0.10.in-addr.arpa.", 4096, false, EDE_NONE);
		assert_true(response_rrset(
		        &r.writer, ANSWER, r.image, &r.ptr, r.request.labels, NULL, 60));
		size_t size = r.writer.len + cases[i].octets;
		for (unsigned less = 0; less < 2; less++) {
			set_up(&r, "2.0.0.10.in-addr.arpa.", size - less, cases[i].has_edns,
			        cases[i].ede);
			assert_int_equal(response_rrset(&r.writer, ANSWER, r.image, &r.ptr,
			                         r.request.labels, NULL, 60),
			        less == 0);
			size_t n = response_end(&r.writer, 0, RCODE_NOERROR, 1232, cases[i].ede);
			assert_true(n <= size - less);
			assert_true(less || n == size);
			assert_int_equal(r.octets[size - less], 0xee); /* untouched */
			assert_int_equal(message_get16(r.octets + 10), cases[i].has_edns);
		}
	}
}

static void opt_carries_the_high_bits_of_the_rcode_and_do(void **state)
{
	static const uint8_t opt[] = {0, 0, RR_OPT, 4, 208, 1, 0, 0x80, 0, 0, 0};
	struct rig r;
	(void)state;

	set_up(&r, "1.0.0.10.in-addr.arpa.", 512, true, EDE_NONE);
	r.request.wants_dnssec = true;
	size_t n = response_end(&r.writer, 0, RCODE_BADVERS, 1232, EDE_NONE);
	assert_memory_equal(r.octets + n - sizeof opt, opt, sizeof opt);
	assert_int_equal(r.octets[3] & 15, 0);
}

static void flags_are_copied_as_far_as_they_must(void **state)
{
	struct rig r;
	(void)state;

	set_up(&r, "1.0.0.10.in-addr.arpa.", 512, false, EDE_NONE);
	r.request.flags = 0x7fff & ~FLAG_OPCODE_MASK;
	response_end(&r.writer, 0, RCODE_REFUSED, 1232, EDE_NONE);
	assert_int_equal(message_get16(r.octets + 2), FLAG_QR | FLAG_RD | FLAG_CD | RCODE_REFUSED);
	r.request.flags = 0x7fff;
	response_end(&r.writer, 0, RCODE_NOTIMP, 1232, EDE_NONE);
	assert_int_equal(message_get16(r.octets + 2), FLAG_QR | FLAG_OPCODE_MASK | RCODE_NOTIMP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_owner_is_a_pointer_into_the_question),
	        cmocka_unit_test(a_name_written_before_is_pointed_to),
	        cmocka_unit_test(a_cname_that_is_made_is_written_as_others_are),
	        cmocka_unit_test(a_cname_that_does_not_fit_is_taken_back_whole),
	        cmocka_unit_test(an_rrset_that_does_not_fit_is_taken_back_whole),
	        cmocka_unit_test(the_limit_holds_to_the_octet_and_keeps_room_for_opt),
	        cmocka_unit_test(opt_carries_the_high_bits_of_the_rcode_and_do),
	        cmocka_unit_test(flags_are_copied_as_far_as_they_must),
	};

	return cmocka_run_group_tests(tests, make_snapshot, drop_snapshot);
}
