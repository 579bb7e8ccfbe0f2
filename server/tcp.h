/* SPDX-License-Identifier: ISC */
/* server/tcp.h - queries and answers over TCP (RFC 7766): all connections of one worker.
 *
 *     octets in -> whole messages -> answer_batch -> octets out
 *
 * A connection costs a small struct. It gets a buffer of its own only for what is left over at the
 * end of its turn: a message that has not come whole, or an answer that the client did not take
 * whole (then nothing more is read from it until it did). All else happens in room that the
 * connections share. Answers go out in the order of the queries.
 *
 * Never blocks, and does a bounded piece of work a call, so that UDP can be served in between. Time
 * is given by the caller. A connection is closed when it has been idle for too long: no whole
 * query came, or no answer was taken whole. Octets that trickle in do not count. */
#ifndef SERVER_TCP_H
#define SERVER_TCP_H

#include "server/counters.h"
#include "zone/err.h"

/* All workers together. A silent connection costs about 100 octets here and some thousand in the
 * kernel; resolvers keep a connection for seconds at most. */
#define TCP_CONNECTIONS_MAX 2048

/* Of them for one client: a farm of resolvers behind one address gets along with it, and eight such
 * clients are needed to fill the table. The kernel shares connections out among the workers by a
 * hash, and each worker allows its part. */
#define TCP_A_CLIENT_MAX 256

#define TCP_IDLE_MS      10000 /* RFC 7766 6.2.3: "of the order of a few seconds" */
#define TCP_IDLE_FULL_MS 500   /* when the table is full; see tcp_idle_ms() */

struct tcp_limits {
	uint32_t connections; /* at least 1 */
	uint32_t a_client;
	uint32_t idle_ms;
};

struct tcp;
struct endpoint;
struct sockaddr;

/* Allocate. Connections are watched by `epoll`, their events are those of server/event.h. The
 * pointers must outlive it. Returns OK, and tcp_close() frees *out, or ERR_MEMORY. */
MUST_USE enum err tcp_open(struct tcp **out, int epoll, const struct tcp_limits *limits,
        const struct answer_config *config, struct counters *counters);

/* Close every connection, not the listeners, and free. NULL is allowed. */
void tcp_close(struct tcp *t);

/* Listen at endpoints that the caller owns and that outlive *t; events of endpoint i have number i.
 * Returns OK or ERR_IO. */
MUST_USE enum err tcp_listen(struct tcp *t, const struct endpoint *endpoints, uint32_t count);

/* Accept what waits at endpoint i. When the system has no more file descriptors, nothing is
 * accepted for a moment; tcp_expire() ends that. */
void tcp_accept(struct tcp *t, uint32_t i, uint64_t now_ms);

/* Take over a connected nonblocking socket of the client `client` (tcp_client()). Closes it when
 * the table is full of active connections or the client has its share. */
void tcp_add(struct tcp *t, int fd, uint64_t client, uint64_t now_ms);

/* Connection number `number` can be read or written, perhaps. Returns how many queries were
 * answered. The thread has joined the readers (zone/publish.h) and rests. */
unsigned tcp_serve(struct tcp *t, uint32_t number, uint64_t now_ms);

/* Close what was idle for too long, listen again after a pause. */
void tcp_expire(struct tcp *t, uint64_t now_ms);

/* Milliseconds until tcp_expire() will have something to do; -1: nothing. */
int tcp_timeout_ms(const struct tcp *t, uint64_t now_ms);

/* How long a connection may be idle now: idle_ms while at most half the table is in use, then less
 * and less, TCP_IDLE_FULL_MS when it is full. */
uint64_t tcp_idle_ms(const struct tcp *t);

/* Accept nothing any more: another process does. */
void tcp_leave(struct tcp *t);

/* Begin to stop: accept what waits, answer what has come, then read no more; a connection closes as
 * soon as its client took the answers. */
void tcp_stop(struct tcp *t, uint64_t now_ms);

/* Connections that are open. */
uint32_t tcp_count(const struct tcp *t);

/* What counts as one client: an IPv4 address, or an IPv6 /64, for that is what one machine has. */
uint64_t tcp_client(const struct sockaddr *address);

#endif
