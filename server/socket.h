/* SPDX-License-Identifier: ISC */
/* server/socket.h - every worker's sockets, bound at the start and kept to the end.
 *
 *     worker 0:   udp tcp at the first address   udp tcp at the second   ...
 *     worker 1:   udp tcp at the first address   udp tcp at the second   ...
 *
 * Each worker has its own sockets at each address (SO_REUSEPORT); the kernel shares the clients
 * out by a hash. */
#ifndef SERVER_SOCKET_H
#define SERVER_SOCKET_H

#include "conf/config.h"

struct endpoint {
	int udp, tcp;     /* -1: not open */
	bool is_wildcard; /* 0.0.0.0 or ::, where an answer must be told the address it leaves from
	                   */
};

struct sockets {
	struct endpoint *endpoints; /* owned */
	unsigned workers;
	uint32_t stride; /* from one worker's to the next one's */
	uint32_t count;  /* of each worker */
};

/* Those of worker w, s->count of them. */
static inline const struct endpoint *sockets_of(const struct sockets *s, unsigned w)
{
	return s->endpoints + (size_t)w * s->stride;
}

/* Open and bind the sockets of all workers at c->listen. What cannot be bound is a located error
 * [listen], all in one run; but a default address of a family that this machine does not have is
 * left out with a warning. Returns OK; ERR_REFUSED after an error; ERR_MEMORY. sockets_close()
 * closes and frees *out in each case. */
MUST_USE enum err sockets_open(
        struct sockets *out, const struct config *c, unsigned workers, struct diag_list *diags);

void sockets_close(struct sockets *s);

#endif
