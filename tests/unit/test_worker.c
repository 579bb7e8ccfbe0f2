/* SPDX-License-Identifier: ISC */
#include "server/worker.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server/query.h"
#include "tests/help/message.h"
#include "tests/unit/unit.h"
#include "zone/publish.h"

#define PATIENCE_S 5

static const struct answer_config answer = {.udp_size = 1232};
static const struct tcp_limits limits = {.connections = 4, .a_client = 4, .idle_ms = 1000};

/* One worker with two UDP sockets on loopback, which has no zones and refuses all, and a client of
 * the first. */
struct rig {
	struct endpoint endpoints[2];
	struct worker worker;
	int stop, client;
};

/* Room for some hundred datagrams. */
static void widen(int fd)
{
	int octets = 1 << 20;

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets), 0);
}

static int bound_socket(int type, struct sockaddr_in *at)
{
	socklen_t len = sizeof *at;
	int fd = socket(AF_INET, type | SOCK_NONBLOCK, 0);

	*at = (struct sockaddr_in){
	        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	assert_int_equal(bind(fd, (struct sockaddr *)at, sizeof *at), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)at, &len), 0);
	widen(fd);
	return fd;
}

static void set_up(struct rig *r)
{
	struct timeval patience = {.tv_sec = PATIENCE_S};
	struct sockaddr_in at, unused;

	for (unsigned i = 2; i--;) {
		r->endpoints[i] = (struct endpoint){.udp = bound_socket(SOCK_DGRAM, &at),
		        .tcp = bound_socket(SOCK_STREAM, &unused),
		        .number = i};
		assert_int_equal(listen(r->endpoints[i].tcp, 1), 0);
	}
	r->client = socket(AF_INET, SOCK_DGRAM, 0);
	widen(r->client);
	assert_int_equal(connect(r->client, (struct sockaddr *)&at, sizeof at), 0);
	setsockopt(r->client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	r->stop = eventfd(0, 0);
	assert_int_equal(worker_open(&r->worker, r->endpoints, 2, r->stop, &limits, &answer), OK);
}

static void tear_down(struct rig *r)
{
	assert_int_equal(write(r->stop, &(uint64_t){1}, 8), 8);
	worker_join(&r->worker);
	worker_close(&r->worker);
	for (unsigned i = 0; i < 2; i++) {
		close(r->endpoints[i].udp);
		close(r->endpoints[i].tcp);
	}
	close(r->client);
	close(r->stop);
}

static void ask(struct rig *r, unsigned count)
{
	uint8_t query[MESSAGE_QUERY_MAX];

	for (unsigned id = 0; id < count; id++) {
		size_t n = message_query(query, (uint16_t)id, "a.test.", 1);
		assert_int_equal(send(r->client, query, n, 0), (ssize_t)n);
	}
}

static void assert_answers(struct rig *r, unsigned count)
{
	uint8_t got[ANSWER_UDP_MAX];

	for (unsigned id = 0; id < count; id++) {
		assert_true(recv(r->client, got, sizeof got, 0) >= HEADER_OCTETS);
		assert_int_equal(message_get16(got), id);
	}
}

/* The state of the thread that is not this one, as proc(5) has it. */
static char state_of_other_thread(void)
{
	char path[300], state = 0;
	DIR *tasks = opendir("/proc/self/task");

	assert_non_null(tasks);
	for (const struct dirent *d; (d = readdir(tasks));) {
		if (d->d_name[0] == '.' || strtol(d->d_name, NULL, 10) == gettid())
			continue;
		snprintf(path, sizeof path, "/proc/self/task/%s/stat", d->d_name);
		FILE *f = fopen(path, "r");
		assert_non_null(f);
		assert_int_equal(fscanf(f, "%*d %*s %c", &state), 1);
		fclose(f);
	}
	closedir(tasks);
	return state;
}

/* Whoever has nothing to do sleeps: one that asks again and again is never seen to. */
static void assert_sleeps(void)
{
	unsigned tries = 0;

	while (state_of_other_thread() != 'S') {
		assert_true(++tries < PATIENCE_S * 1000);
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	}
}

static void every_burst_is_answered_whole_and_then_the_worker_sleeps(void **state)
{
	static const unsigned bursts[] = {1, 63, 64, 65, 1, 128, 129, 200, 256, 300, 1, 1, 300};
	struct rig r = {0};
	(void)state;

	set_up(&r);
	ask(&r, 300); /* they wait when it begins */
	assert_int_equal(worker_start(&r.worker), OK);
	assert_answers(&r, 300);
	assert_sleeps();
	for (unsigned i = 0; i < ARRAY_LENGTH(bursts); i++) {
		ask(&r, bursts[i]);
		assert_answers(&r, bursts[i]);
		if (i % 3 == 0)
			assert_sleeps();
	}
	assert_sleeps();
	tear_down(&r);
	assert_int_equal(r.worker.counters.answers[ANSWER_REFUSED], 300 + 1509);
}

/* The end comes while a socket is busy: what it has is answered. */
static void a_busy_worker_stops(void **state)
{
	struct rig r = {0};
	(void)state;

	set_up(&r);
	ask(&r, 300);
	assert_int_equal(write(r.stop, &(uint64_t){1}, 8), 8);
	assert_int_equal(worker_start(&r.worker), OK);
	assert_answers(&r, 300);
	tear_down(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_burst_is_answered_whole_and_then_the_worker_sleeps),
	        cmocka_unit_test(a_busy_worker_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
