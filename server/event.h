/* SPDX-License-Identifier: ISC */
/* server/event.h - what an epoll event of a worker is about: a kind and a number, in its 64 bits
 * of data. An event may be stale: its connection closed, its number in use again; so whoever
 * gets one only tries, and never trusts it. */
#ifndef SERVER_EVENT_H
#define SERVER_EVENT_H

#include <stdint.h>
#include <sys/epoll.h>

#include "zone/err.h"

enum event_kind { EVENT_STOP, EVENT_UDP, EVENT_LISTENER, EVENT_CONNECTION };

static inline uint64_t event_tag(enum event_kind kind, uint32_t number)
{
	return (uint64_t)kind << 32 | number;
}

static inline enum event_kind event_kind(const struct epoll_event *e)
{
	return (enum event_kind)(e->data.u64 >> 32);
}

static inline uint32_t event_number(const struct epoll_event *e)
{
	return (uint32_t)e->data.u64;
}

/* Begin to watch fd for `events` (EPOLLIN, EPOLLOUT). Returns OK or ERR_IO. */
MUST_USE static inline enum err event_add(
        int epoll, int fd, uint32_t events, enum event_kind kind, uint32_t number)
{
	struct epoll_event e = {.events = events, .data.u64 = event_tag(kind, number)};

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) == 0 ? OK : ERR_IO;
}

/* Watch fd, which is watched already, for other events. */
MUST_USE static inline enum err event_change(
        int epoll, int fd, uint32_t events, enum event_kind kind, uint32_t number)
{
	struct epoll_event e = {.events = events, .data.u64 = event_tag(kind, number)};

	return epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &e) == 0 ? OK : ERR_IO;
}

/* Watch fd no more. */
static inline void event_remove(int epoll, int fd)
{
	epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
}

#endif
