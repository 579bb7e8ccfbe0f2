/* SPDX-License-Identifier: ISC */
/* server/udp.h - queries and answers over UDP, a batch at a time.
 *
 *     recvmmsg -> answer_batch -> sendmmsg
 *
 * One of these a worker; it owns all the room that a batch needs, so nothing is allocated, locked
 * or logged while it serves. Where the socket is bound to all addresses, an answer leaves from
 * the address that was asked. */
#ifndef SERVER_UDP_H
#define SERVER_UDP_H

#include "server/counters.h"
#include "zone/err.h"

/* The longest query that is read. What is longer is dropped: a query is a name and some options,
 * a few hundred octets at the very most; and of a message cut short nothing true can be said. */
#define UDP_QUERY_MAX 4096

struct udp;

/* Allocate. The pointers must outlive it. Returns OK, and udp_close() frees *out, or
 * ERR_MEMORY. */
MUST_USE enum err udp_open(
        struct udp **out, const struct answer_config *config, struct counters *counters);

/* NULL is allowed. */
void udp_close(struct udp *u);

/* Receive one batch from a nonblocking socket, answer it from the snapshot published now, send the
 * answers. The thread has joined the readers (zone/publish.h) and rests.
 *   is_wildcard   the socket is bound to all addresses and has IP_PKTINFO or IPV6_RECVPKTINFO
 * Returns how many messages came; ANSWER_BATCH_MAX: there may be more. */
unsigned udp_serve(struct udp *u, int fd, bool is_wildcard);

#endif
