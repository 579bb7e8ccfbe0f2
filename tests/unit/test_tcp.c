/* SPDX-License-Identifier: ISC */
#include "server/tcp.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>

#include "server/socket.h"
#include "tests/unit/tcp_rig.h"

static void idle_connections_are_closed_on_time(void **state)
{
	struct rig r;
	struct reader *in = new_reader();
	(void)state;

	set_up(&r, 4, 4);
	assert_int_equal(tcp_timeout_ms(r.tcp, r.now_ms), -1);
	int trickling = connect_client(&r, 1, 0);
	int asking = connect_client(&r, 1, 0);
	r.now_ms += 9999;
	assert_int_equal(tcp_timeout_ms(r.tcp, r.now_ms), 1);
	send_octets(trickling, "\0", 1); /* no sign of life */
	ask(asking, 1, "host.example.", RR_A);
	serve(&r);
	tcp_expire(r.tcp, r.now_ms);
	assert_int_equal(tcp_count(r.tcp), 2);
	r.now_ms++;
	assert_int_equal(tcp_timeout_ms(r.tcp, r.now_ms), 0);
	tcp_expire(r.tcp, r.now_ms);
	assert_int_equal(tcp_count(r.tcp), 1);
	fill(in, trickling);
	assert_true(in->is_closed);
	assert_int_equal(tcp_timeout_ms(r.tcp, r.now_ms), 9999);
	r.now_ms += 9999;
	tcp_expire(r.tcp, r.now_ms);
	assert_int_equal(tcp_count(r.tcp), 0);
	close(trickling);
	close(asking);
	tear_down(&r);
	free(in);
}

static void who_never_takes_an_answer_is_idle(void **state)
{
	struct rig r;
	(void)state;

	set_up(&r, 4, 4);
	int fd = connect_client(&r, 1, 4096);
	for (uint16_t i = 0; i < 30; i++)
		ask(fd, i, MANY, RR_A);
	serve(&r);
	r.now_ms += 10000;
	tcp_expire(r.tcp, r.now_ms);
	assert_int_equal(tcp_count(r.tcp), 0);
	close(fd);
	tear_down(&r);
}

static void the_fuller_the_table_the_shorter_the_patience(void **state)
{
	static const uint64_t expected[] = {
	        10000, 10000, 10000, 10000, 10000, 10000, 8100, 6200, 4300, 2400, 500};
	struct rig r;
	int fds[10];
	(void)state;

	set_up(&r, 10, 10);
	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(tcp_idle_ms(r.tcp), expected[i]);
		fds[i] = connect_client(&r, 1, 0);
	}
	assert_int_equal(tcp_idle_ms(r.tcp), expected[10]);
	tcp_expire(r.tcp, r.now_ms + 499);
	assert_int_equal(tcp_count(r.tcp), 10);
	tcp_expire(r.tcp, r.now_ms + 500); /* one goes, and there is patience again */
	assert_int_equal(tcp_count(r.tcp), 9);
	for (unsigned i = 0; i < 10; i++)
		close(fds[i]);
	tear_down(&r);
}

static void a_full_table_gives_up_the_most_idle_for_a_newcomer(void **state)
{
	struct rig r;
	struct reader *in = new_reader();
	(void)state;

	set_up(&r, 2, 2);
	int first = connect_client(&r, 1, 0), second = connect_client(&r, 1, 0);
	r.now_ms += 499;
	int early = connect_client(&r, 2, 0);
	assert_int_equal(r.counters.turned_away, 1);
	fill(in, early);
	assert_true(in->is_closed);
	ask(first, 1, "host.example.", RR_A);
	serve(&r);
	r.now_ms++;
	int late = connect_client(&r, 2, 0);
	assert_int_equal(r.counters.turned_away, 1);
	assert_int_equal(r.counters.connections, 4);
	in->is_closed = false;
	fill(in, second);
	assert_true(in->is_closed);
	ask(late, 2, "host.example.", RR_A);
	serve(&r);
	in->is_closed = false;
	fill(in, late);
	assert_answer(in, 2, RCODE_NOERROR, 1);
	close(first);
	close(second);
	close(early);
	close(late);
	tear_down(&r);
	free(in);
}

static void one_client_gets_no_more_than_its_share(void **state)
{
	struct rig r;
	int fds[4];
	(void)state;

	set_up(&r, 10, 3);
	for (unsigned i = 0; i < 4; i++)
		fds[i] = connect_client(&r, 1, 0);
	assert_int_equal(tcp_count(r.tcp), 3);
	assert_int_equal(r.counters.turned_away, 1);
	int other = connect_client(&r, 2, 0);
	assert_int_equal(tcp_count(r.tcp), 4);
	close(fds[0]);
	serve(&r);
	close(fds[3]);
	fds[3] = connect_client(&r, 1, 0);
	assert_int_equal(r.counters.turned_away, 1);
	for (unsigned i = 1; i < 4; i++)
		close(fds[i]);
	close(other);
	tear_down(&r);
}

static void clients_are_told_apart_by_address_or_slash_64(void **state)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0a000001)};
	struct sockaddr_in6 b = {.sin6_family = AF_INET6,
	        .sin6_addr.s6_addr = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9}};
	uint64_t v4 = tcp_client((struct sockaddr *)&a), v6 = tcp_client((struct sockaddr *)&b);
	(void)state;

	a.sin_port = b.sin6_port = htons(1234);
	assert_true(tcp_client((struct sockaddr *)&a) == v4);
	b.sin6_addr.s6_addr[8] = 1;
	assert_true(tcp_client((struct sockaddr *)&b) == v6);
	a.sin_addr.s_addr = htonl(0x0a000002);
	assert_false(tcp_client((struct sockaddr *)&a) == v4);
	b.sin6_addr.s6_addr[7] = 2;
	assert_false(tcp_client((struct sockaddr *)&b) == v6);
}

/* A listener on loopback at a port that the kernel picks. */
static int listen_somewhere(struct sockaddr_in *at)
{
	socklen_t len = sizeof *at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	*at = (struct sockaddr_in){
	        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	assert_int_equal(bind(fd, (struct sockaddr *)at, sizeof *at), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)at, &len), 0);
	return fd;
}

static int connect_to(const struct sockaddr_in *at)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (const struct sockaddr *)at, sizeof *at), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static void without_file_descriptors_accepting_pauses(void **state)
{
	struct rig r;
	struct sockaddr_in at;
	struct rlimit before, low;
	(void)state;

	set_up(&r, 4, 4);
	struct endpoint e = {.udp = -1, .tcp = listen_somewhere(&at)};
	assert_int_equal(tcp_listen(r.tcp, &e, 1), OK);
	int fd = connect_to(&at);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	low = before;
	low.rlim_cur = (rlim_t)fd + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	unsigned events = serve(&r);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(events, 1); /* the listener once, and then it is left alone */
	assert_int_equal(tcp_count(r.tcp), 0);
	assert_int_equal(serve(&r), 0);
	assert_int_equal(tcp_timeout_ms(r.tcp, r.now_ms), 100);
	r.now_ms += 100;
	tcp_expire(r.tcp, r.now_ms);
	serve(&r);
	assert_int_equal(tcp_count(r.tcp), 1);
	close(fd);
	close(e.tcp);
	tear_down(&r);
}

static void stopping_answers_what_has_come_and_no_more(void **state)
{
	struct rig r;
	struct reader *in = new_reader(), *slow = new_reader();
	struct sockaddr_in at;
	(void)state;

	set_up(&r, 8, 8);
	struct endpoint e = {.udp = -1, .tcp = listen_somewhere(&at)};
	assert_int_equal(tcp_listen(r.tcp, &e, 1), OK);
	int silent = connect_client(&r, 1, 0);
	int asking = connect_client(&r, 1, 0), slowly = connect_client(&r, 1, 4096);
	int waiting = connect_to(&at); /* not accepted yet */
	ask_many(asking, 300, "host.example.", "host.example.");
	for (uint16_t i = 0; i < 30; i++)
		ask(slowly, i, MANY, RR_A);
	ask(waiting, 5, "host.example.", RR_A);
	tcp_stop(r.tcp, r.now_ms);
	assert_int_equal(tcp_count(r.tcp), 1); /* who has not taken the answers yet */
	fill(in, asking);
	for (uint16_t i = 0; i < 300; i++)
		assert_answer(in, i, RCODE_NOERROR, 1);
	assert_true(in->is_closed);
	in->len = in->at = 0;
	fill(in, waiting);
	assert_answer(in, 5, RCODE_NOERROR, 1);
	while (!slow->is_closed) {
		serve(&r);
		fill(slow, slowly);
	}
	for (uint16_t i = 0; i < 30; i++)
		assert_answer(slow, i, RCODE_NOERROR, 100);
	assert_int_equal(tcp_count(r.tcp), 0);
	close(silent);
	close(asking);
	close(slowly);
	close(waiting);
	close(e.tcp);
	tear_down(&r);
	free(in);
	free(slow);
}

static void an_event_that_came_too_late_does_nothing(void **state)
{
	struct rig r;
	(void)state;

	set_up(&r, 4, 4);
	assert_int_equal(tcp_serve(r.tcp, 3, r.now_ms), 0);
	int fd = connect_client(&r, 1, 0);
	assert_int_equal(tcp_serve(r.tcp, 0, r.now_ms), 0); /* nothing to read */
	assert_int_equal(tcp_count(r.tcp), 1);
	close(fd);
	tear_down(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(idle_connections_are_closed_on_time),
	        cmocka_unit_test(who_never_takes_an_answer_is_idle),
	        cmocka_unit_test(the_fuller_the_table_the_shorter_the_patience),
	        cmocka_unit_test(a_full_table_gives_up_the_most_idle_for_a_newcomer),
	        cmocka_unit_test(one_client_gets_no_more_than_its_share),
	        cmocka_unit_test(clients_are_told_apart_by_address_or_slash_64),
	        cmocka_unit_test(without_file_descriptors_accepting_pauses),
	        cmocka_unit_test(stopping_answers_what_has_come_and_no_more),
	        cmocka_unit_test(an_event_that_came_too_late_does_nothing),
	};

	return cmocka_run_group_tests(tests, publish_something, publish_nothing);
}
