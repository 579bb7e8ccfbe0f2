/* SPDX-License-Identifier: ISC */
/* server/worker.h - one thread that answers: its sockets, its loop.
 *
 *     turn:   wait (epoll)   ->  UDP sockets that have something, some batches each
 *                            ->  TCP: listeners, connections, one piece of work each;
 *                                after every WORKER_TCP_SHARE of it, UDP again
 *
 * A UDP socket with more than a batch is busy: until it has nothing more it is not watched and is
 * asked every turn instead. Who is watched costs the system a look at the watcher for each datagram
 * that comes and, for the room it leaves behind, each that goes.
 *
 * So UDP waits for a bounded piece of TCP work, and TCP for a bounded piece of UDP work, whoever
 * floods which. Workers share nothing but the published snapshot. */
#ifndef SERVER_WORKER_H
#define SERVER_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "server/counters.h"
#include "server/socket.h"
#include "server/tcp.h"
#include "server/udp.h"

#define WORKER_EVENTS      64               /* taken from epoll a turn */
#define WORKER_UDP_BATCHES 4                /* of one socket, before others get their turn */
#define WORKER_TCP_SHARE   ANSWER_BATCH_MAX /* queries and events, before UDP is asked again */
#define WORKER_STOP_MS     1000 /* how long the clients have to take their last answers */
#define WORKER_LEAVE_MS    2000 /* how long their connections are served beside a successor */

struct worker {
	pthread_t thread;
	const struct endpoint *endpoints; /* borrowed */
	uint32_t count;
	bool *is_busy; /* owned; of each endpoint's UDP socket */
	uint32_t busy_count;
	int stop; /* borrowed */
	int epoll;
	struct udp *udp;
	struct tcp *tcp;
	struct counters counters;
	atomic_bool has_successor; /* another process has the same sockets; set before `stop` */
};

/* Make ready to serve `count` endpoints, which the caller owns, until the eventfd `stop` has been
 * written to. All but the thread, which worker_start() begins. *w must not move. Returns OK,
 * ERR_IO or ERR_MEMORY; worker_close() frees in each case. */
MUST_USE enum err worker_open(struct worker *w, const struct endpoint *endpoints, uint32_t count,
        int stop, const struct tcp_limits *limits, const struct answer_config *config);

/* Begin. The signals that the caller has blocked stay blocked in the thread. Returns OK or
 * ERR_IO. */
MUST_USE enum err worker_start(struct worker *w);

/* Wait for the end of the thread, after `stop` was written to. */
void worker_join(struct worker *w);

void worker_close(struct worker *w);

#endif
