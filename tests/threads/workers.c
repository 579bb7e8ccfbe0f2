/* SPDX-License-Identifier: ISC */
/* Workers start, answer over UDP and TCP while snapshots are swapped, and stop under load. */
#include "server/worker.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/help/message.h"
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"
#include "zone/publish.h"

#define WORKERS 2
#define CLIENTS 3
#define ROUNDS  15
#define ENOUGH  200 /* answers of each client, before the workers are stopped */

static struct snapshot *compile(const struct snapshot *last, unsigned round)
{
	struct small_plan s;
	char name[20];

	small_plan_init(&s);
	small_plan_zone(&s, "10.0.0.0/8");
	snprintf(name, sizeof name, "g%u.test.", round);
	small_plan_pair(&s, "10.0.0.1", name, 60, 0);
	struct snapshot *snapshot = small_plan_compile(&s, last, 1000);
	small_plan_free(&s);
	return snapshot;
}

/* A crew that serves, its sockets bound to loopback at a port that is free. */
struct crew {
	struct config config;
	struct listen_address listen;
	struct sockets sockets;
	struct worker workers[WORKERS];
	int stop;
};

static const struct answer_config answer = {.udp_size = 1232};
static const struct tcp_limits limits = {64, 64, 10000};

static uint16_t free_port(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	close(fd);
	return ntohs(at.sin_port);
}

static void start(struct crew *c)
{
	enum err e = ERR_REFUSED;

	config_init(&c->config);
	c->config.file = "threads.yaml";
	c->config.listen = &c->listen;
	c->config.listen_count = 1;
	for (unsigned tries = 0; e != OK && tries < 10; tries++) { /* others look for ports, too */
		c->listen = (struct listen_address){.addr = {4, {127, 0, 0, 1}},
		        .port = free_port(),
		        .place = {"threads.yaml", 1, 1}};
		e = sockets_open(&c->sockets, &c->config, WORKERS, NULL, 0, &c->config.diags);
		if (e != OK)
			sockets_close(&c->sockets);
	}
	assert_int_equal(e, OK);
	c->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_true(c->stop >= 0);
	for (unsigned w = 0; w < WORKERS; w++)
		assert_int_equal(worker_open(&c->workers[w], sockets_of(&c->sockets, w),
		                         c->sockets.count, c->stop, &limits, &answer),
		        OK);
	for (unsigned w = 0; w < WORKERS; w++)
		assert_int_equal(worker_start(&c->workers[w]), OK);
}

/* Returns how many queries were answered. */
static uint64_t stop(struct crew *c)
{
	struct counters sum = {0};
	uint64_t one = 1;

	assert_int_equal(write(c->stop, &one, sizeof one), sizeof one);
	for (unsigned w = 0; w < WORKERS; w++) {
		worker_join(&c->workers[w]);
		counters_add(&sum, &c->workers[w].counters);
		worker_close(&c->workers[w]);
	}
	sockets_close(&c->sockets);
	close(c->stop);
	config_free(&c->config);
	return sum.answers[ANSWER_POSITIVE];
}

struct client {
	pthread_t thread;
	int type; /* SOCK_DGRAM, SOCK_STREAM */
	uint16_t port;
	atomic_uint answers;
	unsigned wrong;
};

/* Ask and wait for the answer, until none comes: the workers have stopped. */
static void *ask_on(void *argument)
{
	struct client *me = argument;
	struct sockaddr_in at = {.sin_family = AF_INET,
	        .sin_port = htons(me->port),
	        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval patience = {.tv_usec = 300000};
	uint8_t query[2 + MESSAGE_QUERY_MAX], got[ANSWER_UDP_MAX];
	int fd = socket(AF_INET, me->type, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
		me->wrong++;
	size_t skip = me->type == SOCK_DGRAM ? 2 : 0; /* the octets of the length */
	for (uint16_t id = 1;; id++) {
		size_t n = message_tcp_query(query, id, "1.0.0.10.in-addr.arpa.", RR_PTR);
		if (send(fd, query + skip, n - skip, MSG_NOSIGNAL) != (ssize_t)(n - skip))
			break;
		ssize_t len = recv(fd, got, sizeof got, 0);
		if (len <= 0)
			break;
		me->wrong += (size_t)len < n || message_get16(got + 2 - skip) != id ||
		             got[5 - skip] & 15;
		atomic_fetch_add_explicit(&me->answers, 1, memory_order_relaxed);
	}
	close(fd);
	return NULL;
}

static void workers_start_and_stop_under_load(void **state)
{
	struct snapshot *now = compile(NULL, 1);
	unsigned generation = 1;
	(void)state;

	assert_null(publish_swap(now));
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct crew crew;
		struct client clients[CLIENTS];
		uint64_t answers = 0;
		start(&crew);
		for (unsigned i = 0; i < CLIENTS; i++) {
			memset(&clients[i], 0, sizeof clients[i]);
			clients[i].type = i % 2 ? SOCK_STREAM : SOCK_DGRAM;
			clients[i].port = crew.listen.port;
			assert_int_equal(
			        pthread_create(&clients[i].thread, NULL, ask_on, &clients[i]), 0);
		}
		for (unsigned i = 0; i < CLIENTS; i++)
			do { /* a client that stands still would never get there: the run ends then
			      */
				struct snapshot *next = compile(now, ++generation);
				snapshot_unref(publish_swap(next));
				now = next;
				assert_true(generation < 2000000);
			} while (atomic_load(&clients[i].answers) < ENOUGH);
		answers = stop(&crew);
		for (unsigned i = 0; i < CLIENTS; i++) {
			pthread_join(clients[i].thread, NULL);
			assert_int_equal(clients[i].wrong, 0);
			answers -= clients[i].answers;
		}
		assert_true(answers <= CLIENTS); /* sent, and perhaps not seen any more */
	}
	snapshot_unref(publish_swap(NULL));
}

static void idle_workers_do_not_hold_up_a_swap_and_stop_at_once(void **state)
{
	struct snapshot *now = NULL;
	struct crew crew;
	(void)state;

	start(&crew);
	for (unsigned i = 1; i <= 100; i++) {
		struct snapshot *next = compile(now, i);
		snapshot_unref(publish_swap(next));
		now = next;
	}
	assert_int_equal(stop(&crew), 0);
	snapshot_unref(publish_swap(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(workers_start_and_stop_under_load),
	        cmocka_unit_test(idle_workers_do_not_hold_up_a_swap_and_stop_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
