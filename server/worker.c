/* SPDX-License-Identifier: ISC */
#include "server/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/clock.h"
#include "server/event.h"
#include "server/priority.h"
#include "zone/publish.h"

#define BATCHES_AT_STOP 64 /* of one socket: about what its buffer holds */

enum err worker_open(struct worker *w, const struct endpoint *endpoints, uint32_t count, int stop,
        const struct tcp_limits *limits, const struct answer_config *config)
{
	memset(w, 0, sizeof *w);
	w->endpoints = endpoints;
	w->count = count;
	w->stop = stop;
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll < 0)
		return ERR_IO;
	w->is_busy = calloc(count, sizeof *w->is_busy);
	if (!w->is_busy && count)
		return ERR_MEMORY;
	if (udp_open(&w->udp, config, &w->counters) != OK ||
	        tcp_open(&w->tcp, w->epoll, limits, config, &w->counters) != OK)
		return ERR_MEMORY;
	if (event_add(w->epoll, stop, EPOLLIN, EVENT_STOP, 0) != OK)
		return ERR_IO;
	for (uint32_t i = 0; i < count; i++)
		if (event_add(w->epoll, endpoints[i].udp, EPOLLIN, EVENT_UDP, i) != OK)
			return ERR_IO;
	return tcp_listen(w->tcp, endpoints, count);
}

void worker_close(struct worker *w)
{
	tcp_close(w->tcp);
	udp_close(w->udp);
	free(w->is_busy);
	if (w->epoll >= 0)
		close(w->epoll);
}

/* Where a socket cannot be watched again for now, it stays busy: it is asked more often than it has
 * something, and nothing is lost. */
static void set_busy(struct worker *w, uint32_t i, bool is_busy)
{
	int fd = w->endpoints[i].udp;

	if (w->is_busy[i] == is_busy)
		return;
	if (is_busy)
		event_remove(w->epoll, fd);
	else if (event_add(w->epoll, fd, EPOLLIN, EVENT_UDP, i) != OK)
		return;
	w->is_busy[i] = is_busy;
	w->busy_count += is_busy ? 1 : UINT32_MAX;
}

static void serve_udp(struct worker *w, uint32_t i, unsigned batches)
{
	const struct endpoint *e = &w->endpoints[i];
	unsigned n = ANSWER_BATCH_MAX;

	while (batches-- && n >= (w->is_busy[i] ? 1 : ANSWER_BATCH_MAX)) {
		n = udp_serve(w->udp, e->udp, e->is_wildcard);
		if (n == ANSWER_BATCH_MAX || n == 0)
			set_busy(w, i, n != 0);
	}
}

/* A piece of TCP work; returns how large it was. */
static unsigned serve_tcp(struct worker *w, const struct epoll_event *event, uint64_t now)
{
	if (event_kind(event) == EVENT_LISTENER) {
		tcp_accept(w->tcp, event_number(event), now);
		return 1;
	}
	return 1 + tcp_serve(w->tcp, event_number(event), now);
}

/* Wait, at rest, for at most timeout_ms (-1: for ever), and serve. True when it is time to
 * stop. */
static bool take_turn(struct worker *w, int timeout_ms)
{
	struct epoll_event events[WORKER_EVENTS];
	bool is_stop = false;
	unsigned since_udp = 0;
	int n = epoll_wait(w->epoll, events, WORKER_EVENTS, w->busy_count ? 0 : timeout_ms);
	uint64_t now = clock_ms();

	for (uint32_t i = 0; i < w->count; i++)
		if (w->is_busy[i])
			serve_udp(w, i, WORKER_UDP_BATCHES);
	for (int i = 0; i < n; i++) {
		is_stop |= event_kind(&events[i]) == EVENT_STOP;
		if (event_kind(&events[i]) == EVENT_UDP)
			serve_udp(w, event_number(&events[i]), WORKER_UDP_BATCHES);
	}
	for (int i = 0; i < n; i++) {
		if (event_kind(&events[i]) == EVENT_STOP || event_kind(&events[i]) == EVENT_UDP)
			continue;
		since_udp += serve_tcp(w, &events[i], now);
		for (uint32_t k = 0; since_udp >= WORKER_TCP_SHARE && k < w->count; k++)
			serve_udp(w, k, 1);
		since_udp = since_udp >= WORKER_TCP_SHARE ? 0 : since_udp;
	}
	tcp_expire(w->tcp, now);
	return is_stop;
}

/* Serve until no connection is left, or for so long; returns the time. */
static uint64_t serve_connections(struct worker *w, uint64_t begin_ms, uint64_t most_ms)
{
	uint64_t now = begin_ms;

	while (tcp_count(w->tcp) && now - begin_ms < most_ms) {
		take_turn(w, (int)(most_ms - (now - begin_ms)));
		now = clock_ms();
	}
	return now;
}

/* Answer what has come already, and let clients take their answers. */
static void finish(struct worker *w)
{
	uint64_t begin = clock_ms(), now = begin;

	event_remove(w->epoll, w->stop);
	if (atomic_load(&w->has_successor)) {
		tcp_leave(w->tcp);
		begin = now = serve_connections(w, begin, WORKER_LEAVE_MS);
	}
	for (uint32_t i = 0; i < w->count; i++)
		serve_udp(w, i, BATCHES_AT_STOP);
	tcp_stop(w->tcp, now);
	serve_connections(w, begin, WORKER_STOP_MS);
}

static void *run(void *argument)
{
	struct worker *w = argument;

	priority_of_worker();
	publish_join();
	while (!take_turn(w, tcp_timeout_ms(w->tcp, clock_ms())))
		;
	finish(w);
	publish_leave();
	return NULL;
}

enum err worker_start(struct worker *w)
{
	int e = pthread_create(&w->thread, NULL, run, w);

	if (e == 0)
		return OK;
	errno = e;
	return ERR_IO;
}

void worker_join(struct worker *w)
{
	pthread_join(w->thread, NULL);
}
