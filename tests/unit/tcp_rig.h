/* SPDX-License-Identifier: ISC */
/* tests/unit/tcp_rig.h - a worker's TCP without a worker, and clients at the other end of
 * socketpairs. Time stands still but for what the test adds to now_ms. */
#ifndef TESTS_UNIT_TCP_RIG_H
#define TESTS_UNIT_TCP_RIG_H

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/event.h"
#include "server/query.h"
#include "server/tcp.h"
#include "tests/help/message.h"
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"
#include "zone/publish.h"

#define MANY "many.example." /* an answer of about 1600 octets */

static const struct answer_config config = {.udp_size = 1232};

static inline int publish_something(void **state)
{
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, "example.");
	small_plan_zone(&s, "10.0.0.0/8");
	small_plan_pair(&s, "10.1.2.3", "host.example.", 60, 0);
	for (unsigned i = 0; i < 100; i++) {
		char addr[20];
		snprintf(addr, sizeof addr, "10.2.0.%u", i);
		small_plan_pair(&s, addr, MANY, 60, 0);
	}
	publish_join();
	assert_null(publish_swap(small_plan_compile(&s, NULL, 1000)));
	small_plan_free(&s);
	return 0;
}

static inline int publish_nothing(void **state)
{
	(void)state;
	snapshot_unref(publish_swap(NULL));
	publish_leave();
	return 0;
}

/* The server's side, and what the clients share. */
struct rig {
	int epoll;
	struct tcp *tcp;
	struct counters counters;
	uint64_t now_ms;
};

static inline void set_up(struct rig *r, uint32_t connections, uint32_t a_client)
{
	struct tcp_limits limits = {connections, a_client, 10000};

	memset(r, 0, sizeof *r);
	r->now_ms = 1000000;
	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	assert_true(r->epoll >= 0);
	assert_int_equal(tcp_open(&r->tcp, r->epoll, &limits, &config, &r->counters), OK);
}

static inline void tear_down(struct rig *r)
{
	tcp_close(r->tcp);
	close(r->epoll);
}

/* A client; with `room` octets of send buffer on the server's side, or 0 for what is usual. */
static inline int connect_client(struct rig *r, uint64_t client, int room)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	if (room)
		assert_int_equal(setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room), 0);
	tcp_add(r->tcp, pair[1], client, r->now_ms);
	return pair[0];
}

/* Serve until nothing is left to do; returns how many events that took. */
static inline unsigned serve(struct rig *r)
{
	struct epoll_event events[8];
	unsigned all = 0;
	int n;

	while ((n = epoll_wait(r->epoll, events, 8, 0)) > 0) {
		for (int i = 0; i < n; i++)
			if (event_kind(&events[i]) == EVENT_LISTENER)
				tcp_accept(r->tcp, event_number(&events[i]), r->now_ms);
			else
				tcp_serve(r->tcp, event_number(&events[i]), r->now_ms);
		all += (unsigned)n;
		assert_true(all < 100000);
	}
	return all;
}

static inline void send_octets(int fd, const void *octets, size_t n)
{
	assert_int_equal(send(fd, octets, n, MSG_NOSIGNAL), (ssize_t)n);
}

static inline void ask(int fd, uint16_t id, const char *name, uint16_t type)
{
	uint8_t query[2 + MESSAGE_QUERY_MAX];

	send_octets(fd, query, message_tcp_query(query, id, name, type));
}

/* Queries with the ids 0 to n - 1, for even and odd ones in turn, in one go. */
static inline void ask_many(int fd, uint16_t n, const char *even, const char *odd)
{
	size_t len = 0;
	uint8_t *queries = malloc(n * (size_t)(2 + MESSAGE_QUERY_MAX));

	assert_non_null(queries);
	for (uint16_t i = 0; i < n; i++)
		len += message_tcp_query(queries + len, i, i % 2 ? odd : even, RR_A);
	send_octets(fd, queries, len);
	free(queries);
}

/* What the client reads, message by message. */
struct reader {
	uint8_t octets[1 << 20];
	size_t len, at;
	bool is_closed;
};

static inline void fill(struct reader *in, int fd)
{
	ssize_t n;

	while ((n = recv(fd, in->octets + in->len, sizeof in->octets - in->len, 0)) > 0)
		in->len += (size_t)n;
	in->is_closed |= n == 0 || errno != EAGAIN;
}

/* The next whole answer, or NULL. */
static inline const uint8_t *next_answer(struct reader *in)
{
	const uint8_t *p = in->octets + in->at;

	if (in->len - in->at < 2 || in->len - in->at < 2 + message_get16(p))
		return NULL;
	in->at += 2 + message_get16(p);
	return p + 2;
}

static inline void assert_answer(struct reader *in, uint16_t id, unsigned rcode, unsigned answers)
{
	const uint8_t *p = next_answer(in);

	assert_non_null(p);
	assert_int_equal(message_get16(p), id);
	assert_true(p[2] & 0x80);
	assert_int_equal(p[3] & 15, rcode);
	assert_int_equal(message_get16(p + 6), answers);
}

static inline struct reader *new_reader(void)
{
	struct reader *in = calloc(1, sizeof *in);

	assert_non_null(in);
	return in;
}

#endif
