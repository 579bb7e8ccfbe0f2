/* SPDX-License-Identifier: ISC */
#include "server/tcp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/event.h"
#include "server/socket.h"
#include "server/tcp_stream.h"

#define ACCEPTS_A_TURN 16
#define PAUSE_MS       100 /* without file descriptors: as long as a client may well wait */
#define READS_AT_STOP  64  /* turns of one connection: far more than a client has in flight */
#define NONE           UINT32_MAX

struct connection {
	struct stream stream;  /* .fd -1: not in use */
	uint32_t newer, older; /* in order of activity; unused ones hang by `older` */
	uint64_t active_ms;
	bool is_writing; /* watched for EPOLLOUT, not EPOLLIN */
};

struct tcp {
	int epoll;
	struct tcp_limits limits;
	struct counters *counters;
	const struct endpoint *endpoints; /* borrowed */
	uint32_t endpoint_count;
	uint64_t paused_until_ms; /* 0: not paused */
	struct connection *connections;
	uint64_t *clients; /* of each connection in use; packed, for they are counted often */
	uint32_t used, spare, newest, oldest;
	struct stream_room room;
};

enum err tcp_open(struct tcp **out, int epoll, const struct tcp_limits *limits,
        const struct answer_config *config, struct counters *counters)
{
	struct tcp *t = calloc(1, sizeof *t);

	if (!t)
		return ERR_MEMORY;
	t->epoll = epoll;
	t->limits = *limits;
	t->counters = counters;
	t->newest = t->oldest = t->spare = NONE;
	t->connections = calloc(limits->connections, sizeof *t->connections);
	t->clients = calloc(limits->connections, sizeof *t->clients);
	enum err e = stream_room_init(&t->room, config, counters);
	for (uint32_t i = limits->connections; t->connections && i-- > 0;) {
		t->connections[i].stream.fd = -1;
		t->connections[i].older = t->spare;
		t->spare = i;
	}
	if (!t->connections || !t->clients || e != OK) {
		tcp_close(t);
		return ERR_MEMORY;
	}
	*out = t;
	return OK;
}

/* Take a connection out of the order of activity. */
static void unlink_it(struct tcp *t, uint32_t number)
{
	struct connection *c = &t->connections[number];

	if (c->newer == NONE)
		t->newest = c->older;
	else
		t->connections[c->newer].older = c->older;
	if (c->older == NONE)
		t->oldest = c->newer;
	else
		t->connections[c->older].newer = c->newer;
}

static void link_newest(struct tcp *t, uint32_t number, uint64_t now_ms)
{
	struct connection *c = &t->connections[number];

	c->active_ms = now_ms;
	c->newer = NONE;
	c->older = t->newest;
	if (t->newest == NONE)
		t->oldest = number;
	else
		t->connections[t->newest].newer = number;
	t->newest = number;
}

static void drop(struct tcp *t, uint32_t number)
{
	struct connection *c = &t->connections[number];

	stream_close(&c->stream);
	unlink_it(t, number);
	c->older = t->spare;
	t->spare = number;
	t->used--;
}

void tcp_close(struct tcp *t)
{
	if (!t)
		return;
	while (t->oldest != NONE)
		drop(t, t->oldest);
	free(t->connections);
	free(t->clients);
	stream_room_free(&t->room);
	free(t);
}

uint32_t tcp_count(const struct tcp *t)
{
	return t->used;
}

uint64_t tcp_client(const struct sockaddr *address)
{
	uint64_t client = 0;
	uint32_t v4;

	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 a;
		memcpy(&a, address, sizeof a);
		memcpy(&client, &a.sin6_addr, sizeof client);
		return client;
	}
	struct sockaddr_in a;
	memcpy(&a, address, sizeof a);
	memcpy(&v4, &a.sin_addr, sizeof v4);
	return 0xffffffff00000000U | v4; /* no host's /64 begins like a multicast address */
}

static uint32_t count_client(const struct tcp *t, uint64_t client)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->limits.connections; i++)
		n += t->clients[i] == client && t->connections[i].stream.fd >= 0;
	return n;
}

void tcp_add(struct tcp *t, int fd, uint64_t client, uint64_t now_ms)
{
	counter_add(&t->counters->connections, 1);
	if (t->used == t->limits.connections &&
	        now_ms - t->connections[t->oldest].active_ms >= TCP_IDLE_FULL_MS)
		drop(t, t->oldest);
	uint32_t number = t->spare;
	if (number == NONE || count_client(t, client) >= t->limits.a_client ||
	        event_add(t->epoll, fd, EPOLLIN, EVENT_CONNECTION, number) != OK) {
		counter_add(&t->counters->turned_away, 1);
		close(fd);
		return;
	}
	t->spare = t->connections[number].older;
	t->connections[number] = (struct connection){.stream.fd = fd};
	t->clients[number] = client;
	link_newest(t, number, now_ms);
	t->used++;
}

enum err tcp_listen(struct tcp *t, const struct endpoint *endpoints, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (event_add(t->epoll, endpoints[i].tcp, EPOLLIN, EVENT_LISTENER, i) != OK)
			return ERR_IO;
	t->endpoints = endpoints;
	t->endpoint_count = count;
	return OK;
}

/* Watch all listeners, or none of them: with EPOLLIN and no way to accept, epoll_wait would return
 * at once for ever. */
static void watch_listeners(struct tcp *t, bool on)
{
	for (uint32_t i = 0; i < t->endpoint_count; i++)
		if (event_change(t->epoll, t->endpoints[i].tcp, on ? EPOLLIN : 0, EVENT_LISTENER,
		            i) != OK)
			continue; /* cannot be: it was added */
}

void tcp_accept(struct tcp *t, uint32_t i, uint64_t now_ms)
{
	for (unsigned n = 0; n < ACCEPTS_A_TURN; n++) {
		struct sockaddr_in6 peer; /* large enough for IPv4 */
		socklen_t len = sizeof peer;
		int fd = accept4(t->endpoints[i].tcp, (struct sockaddr *)&peer, &len,
		        SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			tcp_add(t, fd, tcp_client((struct sockaddr *)&peer), now_ms);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		           errno == ENOMEM) {
			t->paused_until_ms = now_ms + PAUSE_MS;
			watch_listeners(t, false);
			return;
		} else if (errno == EAGAIN) {
			return;
		} /* else that connection is gone before we had it: accept(2) */
	}
}

unsigned tcp_serve(struct tcp *t, uint32_t number, uint64_t now_ms)
{
	struct connection *c = &t->connections[number];
	unsigned answered = 0;
	bool is_active = false;

	if (c->stream.fd < 0)
		return 0;
	enum progress p = stream_serve(&c->stream, &t->room, &answered, &is_active);
	if (p == STREAM_OVER) {
		drop(t, number);
		return answered;
	}
	if (is_active) {
		unlink_it(t, number);
		link_newest(t, number, now_ms);
	}
	if (c->is_writing != (p == STREAM_BLOCKED)) {
		c->is_writing = p == STREAM_BLOCKED;
		if (event_change(t->epoll, c->stream.fd, c->is_writing ? EPOLLOUT : EPOLLIN,
		            EVENT_CONNECTION, number) != OK)
			drop(t, number);
	}
	return answered;
}

uint64_t tcp_idle_ms(const struct tcp *t)
{
	uint32_t all = t->limits.connections, over = t->used > all / 2 ? t->used - all / 2 : 0;
	uint64_t most = t->limits.idle_ms,
	         least = most < TCP_IDLE_FULL_MS ? most : TCP_IDLE_FULL_MS;

	return most - (most - least) * over / (all - all / 2);
}

void tcp_expire(struct tcp *t, uint64_t now_ms)
{
	while (t->oldest != NONE && now_ms - t->connections[t->oldest].active_ms >= tcp_idle_ms(t))
		drop(t, t->oldest);
	if (t->paused_until_ms && now_ms >= t->paused_until_ms) {
		t->paused_until_ms = 0;
		watch_listeners(t, true);
	}
}

int tcp_timeout_ms(const struct tcp *t, uint64_t now_ms)
{
	uint64_t next = UINT64_MAX;

	if (t->oldest != NONE)
		next = t->connections[t->oldest].active_ms + tcp_idle_ms(t);
	if (t->paused_until_ms && t->paused_until_ms < next)
		next = t->paused_until_ms;
	if (next == UINT64_MAX)
		return -1;
	return next > now_ms ? (int)(next - now_ms) : 0;
}

/* Serve one connection until nothing more has come, and let it end. */
static void finish(struct tcp *t, uint32_t number, uint64_t now_ms)
{
	struct connection *c = &t->connections[number];

	for (unsigned n = 0; n < READS_AT_STOP && tcp_serve(t, number, now_ms) != 0; n++)
		;
	if (c->stream.fd < 0)
		return;
	c->stream.is_ended = true;
	if (!c->is_writing)
		drop(t, number);
}

void tcp_leave(struct tcp *t)
{
	watch_listeners(t, false);
	t->endpoint_count = 0;
}

void tcp_stop(struct tcp *t, uint64_t now_ms)
{
	for (uint32_t i = 0; i < t->endpoint_count; i++)
		tcp_accept(t, i, now_ms);
	tcp_leave(t);
	for (uint32_t i = 0; i < t->limits.connections; i++)
		finish(t, i, now_ms);
}
