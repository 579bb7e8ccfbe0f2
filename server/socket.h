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
	uint32_t number;  /* of the address, in the list of those asked for */
	bool is_wildcard; /* 0.0.0.0 or ::, where an answer must be told the address it leaves from
	                   */
};

/* A socket that another arpad hands over. */
struct handed {
	struct addr addr;
	uint16_t port;
	bool is_udp;
	unsigned worker;
	int fd; /* -1: it was taken */
};

struct sockets {
	struct endpoint *endpoints; /* owned */
	unsigned workers;
	uint32_t stride;       /* from one worker's to the next one's */
	uint32_t count;        /* of each worker */
	struct handed *handed; /* borrowed, while they are opened */
	size_t handed_count;
};

/* Those of worker w, s->count of them. */
static inline const struct endpoint *sockets_of(const struct sockets *s, unsigned w)
{
	return s->endpoints + (size_t)w * s->stride;
}

/* Open and bind the sockets of all workers at c->listen. What cannot be bound is a located error
 * [listen], all in one run; but a default address of a family that this machine does not have is
 * left out with a warning. What is among `handed` is taken from there. Returns OK; ERR_REFUSED
 * after an error; ERR_MEMORY. sockets_close() closes and frees *out in each case. */
MUST_USE enum err sockets_open(struct sockets *out, const struct config *c, unsigned workers,
        struct handed *handed, size_t handed_count, struct diag_list *diags);

void sockets_close(struct sockets *s);

#endif
