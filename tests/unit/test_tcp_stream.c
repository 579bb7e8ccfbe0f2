/* SPDX-License-Identifier: ISC */
#include "server/tcp_stream.h"

#include "tests/unit/tcp_rig.h"

static void octets_may_come_one_by_one(void **state)
{
	struct rig r;
	struct reader *in = new_reader();
	uint8_t query[2 + MESSAGE_QUERY_MAX];
	size_t n = message_tcp_query(query, 7, "host.example.", RR_A);
	(void)state;

	set_up(&r, 4, 4);
	int fd = connect_client(&r, 1, 0);
	for (size_t i = 0; i < n; i++) {
		fill(in, fd);
		assert_int_equal(in->len, 0);
		send_octets(fd, query + i, 1);
		assert_true(serve(&r) > 0);
	}
	fill(in, fd);
	assert_answer(in, 7, RCODE_NOERROR, 1);
	assert_int_equal(r.counters.queries[TRANSPORT_TCP], 1);
	assert_int_equal(r.counters.answers[ANSWER_POSITIVE], 1);
	assert_int_equal(tcp_count(r.tcp), 1);
	close(fd);
	serve(&r);
	assert_int_equal(tcp_count(r.tcp), 0);
	tear_down(&r);
	free(in);
}

static void a_thousand_queries_at_once_are_answered_in_order(void **state)
{
	struct rig r;
	struct reader *in = new_reader();
	(void)state;

	set_up(&r, 4, 4);
	int fd = connect_client(&r, 1, 0);
	ask_many(fd, 1000, "nobody.example.", "host.example.");
	serve(&r);
	fill(in, fd);
	for (uint16_t i = 0; i < 1000; i++)
		assert_answer(in, i, i % 2 ? RCODE_NOERROR : RCODE_NXDOMAIN, i % 2);
	assert_int_equal(in->at, in->len);
	close(fd);
	tear_down(&r);
	free(in);
}

static void who_does_not_read_is_not_read_from(void **state)
{
	struct rig r;
	struct reader *in = new_reader();
	uint8_t query[2 + MESSAGE_QUERY_MAX];
	uint16_t asked = 0, answered = 0;
	(void)state;

	set_up(&r, 4, 4);
	int fd = connect_client(&r, 1, 4096);
	for (;;) { /* until neither side takes any more */
		size_t n = message_tcp_query(query, asked, MANY, RR_A);
		if (send(fd, query, n, MSG_NOSIGNAL) != (ssize_t)n)
			break;
		asked++;
		serve(&r);
	}
	assert_true(asked > 10 && asked < 50000);
	assert_true(r.counters.queries[TRANSPORT_TCP] < 20); /* the others were not even read */
	while (answered < asked) {
		fill(in, fd);
		for (const uint8_t *p; (p = next_answer(in)) != NULL; answered++) {
			assert_int_equal(message_get16(p), answered);
			assert_int_equal(message_get16(p + 6), 100);
		}
		memmove(in->octets, in->octets + in->at, in->len - in->at);
		in->len -= in->at;
		in->at = 0;
		assert_false(in->is_closed);
		serve(&r);
	}
	assert_int_equal(r.counters.queries[TRANSPORT_TCP], asked);
	close(fd);
	tear_down(&r);
	free(in);
}

static void a_client_that_is_done_asking_gets_its_answers(void **state)
{
	static const int rooms[] = {0, 4096};
	(void)state;

	for (unsigned k = 0; k < ARRAY_LENGTH(rooms); k++) {
		struct rig r;
		struct reader *in = new_reader();
		set_up(&r, 4, 4);
		int fd = connect_client(&r, 1, rooms[k]);
		for (uint16_t i = 0; i < 30; i++)
			ask(fd, i, MANY, RR_A);
		send_octets(fd, "\0\x20half", 6);
		assert_int_equal(shutdown(fd, SHUT_WR), 0);
		do {
			serve(&r);
			fill(in, fd);
		} while (!in->is_closed);
		for (uint16_t i = 0; i < 30; i++)
			assert_answer(in, i, RCODE_NOERROR, 100);
		assert_int_equal(in->at, in->len);
		assert_int_equal(tcp_count(r.tcp), 0);
		close(fd);
		tear_down(&r);
		free(in);
	}
}

static void a_message_too_short_for_a_header_ends_the_connection(void **state)
{
	struct rig r;
	struct reader *in = new_reader();
	(void)state;

	set_up(&r, 4, 4);
	int fd = connect_client(&r, 1, 0);
	ask(fd, 1, "host.example.", RR_A);
	send_octets(fd, "\0\x0b???????????", 13);
	ask(fd, 2, "host.example.", RR_A);
	serve(&r);
	fill(in, fd);
	assert_answer(in, 1, RCODE_NOERROR, 1);
	assert_null(next_answer(in));
	assert_true(in->is_closed);
	assert_int_equal(tcp_count(r.tcp), 0);
	close(fd);
	fd = connect_client(&r, 1, 0);
	send_octets(fd, "\0\0", 2);
	serve(&r);
	assert_int_equal(tcp_count(r.tcp), 0);
	close(fd);
	tear_down(&r);
	free(in);
}

static void other_garbage_and_answers_do_not_end_it(void **state)
{
	struct rig r;
	struct reader *in = new_reader();
	uint8_t query[2 + MESSAGE_QUERY_MAX];
	(void)state;

	set_up(&r, 4, 4);
	int fd = connect_client(&r, 1, 0);
	send_octets(fd, "\0\x0c\x12\x34\0\0\0\1\0\0\0\0\0\0", 14); /* the question is missing */
	size_t n = message_tcp_query(query, 8, "host.example.", RR_A);
	query[4] |= 0x80; /* QR: itself an answer */
	send_octets(fd, query, n);
	ask(fd, 9, "host.example.", RR_A);
	serve(&r);
	fill(in, fd);
	assert_answer(in, 0x1234, RCODE_FORMERR, 0);
	assert_answer(in, 9, RCODE_NOERROR, 1);
	assert_int_equal(tcp_count(r.tcp), 1);
	assert_int_equal(r.counters.answers[ANSWER_NONE], 1);
	close(fd);
	tear_down(&r);
	free(in);
}

/* A query with an OPT record that fills it up with padding (RFC 7830) to n octets. */
static size_t pad_query(uint8_t *out, uint16_t id, size_t n)
{
	size_t len = 2 + message_query(out + 2, id, "host.example.", RR_A), rest = n - (len - 2);
	const uint8_t opt[] = {0, 0, 41, 4, 208, 0, 0, 0, 0, (uint8_t)((rest - 11) >> 8),
	        (uint8_t)(rest - 11), 0, 12, (uint8_t)((rest - 15) >> 8), (uint8_t)(rest - 15)};

	out[0] = (uint8_t)(n >> 8);
	out[1] = (uint8_t)n;
	out[2 + 11] = 1;
	memcpy(out + len, opt, sizeof opt);
	memset(out + len + sizeof opt, 0, rest - sizeof opt);
	return 2 + n;
}

static void the_longest_message_is_read(void **state)
{
	static uint8_t query[2 + 65535];
	static const size_t sizes[] = {4093, 4094, 4095, 4096, 4097, 8192, 65534, 65535};
	(void)state;

	for (unsigned k = 0; k < ARRAY_LENGTH(sizes); k++) {
		struct rig r;
		struct reader *in = new_reader();
		set_up(&r, 4, 4);
		int fd = connect_client(&r, 1, 0);
		size_t n = pad_query(query, 3, sizes[k]), at = 0;
		while (at < n) {
			size_t piece = n - at < 1000 ? n - at : 1000;
			send_octets(fd, query + at, piece);
			at += piece;
			serve(&r);
		}
		send_octets(fd, query, n);
		ask(fd, 4, "host.example.", RR_A);
		serve(&r);
		fill(in, fd);
		assert_answer(in, 3, RCODE_NOERROR, 1);
		assert_answer(in, 3, RCODE_NOERROR, 1);
		assert_answer(in, 4, RCODE_NOERROR, 1);
		close(fd);
		tear_down(&r);
		free(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(octets_may_come_one_by_one),
	        cmocka_unit_test(a_thousand_queries_at_once_are_answered_in_order),
	        cmocka_unit_test(who_does_not_read_is_not_read_from),
	        cmocka_unit_test(a_client_that_is_done_asking_gets_its_answers),
	        cmocka_unit_test(a_message_too_short_for_a_header_ends_the_connection),
	        cmocka_unit_test(other_garbage_and_answers_do_not_end_it),
	        cmocka_unit_test(the_longest_message_is_read),
	};

	return cmocka_run_group_tests(tests, publish_something, publish_nothing);
}
