/* SPDX-License-Identifier: ISC */
/* tests/help/peer.h - a DNS server to ask, over UDP or TCP.
 *
 *     peer_open(&p, "127.0.0.1@5300", false);
 *     n = peer_question(query, id, "www.example. A");
 *     peer_send(&p, query, n);
 *     poll p.fd, then peer_receive() until it returns 0
 *
 * What is lost is not sent again: the caller watches the clock. A TCP connection that the server
 * closed is made anew, and what was under way on it is lost. */
#ifndef TESTS_HELP_PEER_H
#define TESTS_HELP_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zone/addr.h"

#define PEER_LINE_MAX  1100 /* a name in text, a type, and a NUL */
#define PEER_QUERY_MAX (12 + NAME_MAX_OCTETS + 4)
#define PEER_IN_MAX    (2 + 65535)

struct peer {
	int fd; /* -1: not connected */
	bool is_tcp;
	const char *text; /* borrowed: as it was given */
	struct addr addr;
	uint16_t port;
	uint8_t *in; /* owned; TCP: what has arrived of the next message, length octets first */
	size_t in_len;
};

/* `text` is ADDRESS@PORT and must outlive the peer. False, and errno, when it is not, or when the
 * server cannot be reached. */
MUST_USE bool peer_open(struct peer *p, const char *text, bool is_tcp);

void peer_close(struct peer *p);

/* Write the query that a line `NAME TYPE` asks for: class IN, no EDNS, RD 0. Returns its octets, 0
 * when the line is not such. */
size_t peer_question(uint8_t query[PEER_QUERY_MAX], uint16_t id, const char *line);

/* Send a query; what cannot be sent is as good as lost. */
void peer_send(struct peer *p, const uint8_t *query, size_t n);

/* The next message that has arrived, without waiting; returns its octets, 0 when there is none.
 * `out` has room for 65535. */
size_t peer_receive(struct peer *p, uint8_t *out, size_t room);

#endif
