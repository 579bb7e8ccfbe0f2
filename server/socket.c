/* SPDX-License-Identifier: ISC */
#include "server/socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* About ten thousand queries of room: what arrives while the machine is busy elsewhere for some
 * tens of milliseconds. Without rights the kernel grants net.core.rmem_max. */
#define RECEIVE_OCTETS (4 << 20)

static bool set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

static socklen_t make_address(struct sockaddr_in6 *out, const struct listen_address *from)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(from->port)};

	memset(out, 0, sizeof *out);
	if (from->addr.len == 4) {
		memcpy(&v4.sin_addr, from->addr.octets, 4);
		memcpy(out, &v4, sizeof v4);
		return sizeof v4;
	}
	out->sin6_family = AF_INET6;
	out->sin6_port = htons(from->port);
	memcpy(&out->sin6_addr, from->addr.octets, 16);
	return sizeof *out;
}

/* Responses are small enough for every path (RFC 9715): they are never fragmented, and an ICMP
 * message that claims a small path, which anyone can send, is not believed. */
static bool set_up_udp(int fd, bool is_v4, bool is_wildcard)
{
	if (!set(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_OCTETS) &&
	        !set(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_OCTETS))
		return false;
	if (is_v4)
		return set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT) &&
		       (!is_wildcard || set(fd, IPPROTO_IP, IP_PKTINFO, 1));
	return set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT) &&
	       (!is_wildcard || set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1));
}

static bool is_wildcard(const struct addr *a)
{
	static const uint8_t zeros[16];

	return memcmp(a->octets, zeros, sizeof zeros) == 0;
}

/* The first socket at an address is bound before SO_REUSEPORT is set, for then the kernel refuses
 * what another server of the same user holds; with it both would share the clients in silence. */
static bool bind_it(int fd, const struct listen_address *at, bool is_first)
{
	struct sockaddr_in6 address;
	socklen_t len = make_address(&address, at);

	if (!is_first && !set(fd, SOL_SOCKET, SO_REUSEPORT, 1))
		return false;
	if (bind(fd, (const struct sockaddr *)&address, len) != 0)
		return false;
	return !is_first || set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
}

/* A bound socket, or -1 and errno. */
static int open_one(const struct listen_address *at, int type, bool is_first)
{
	bool is_v4 = at->addr.len == 4, is_udp = type == SOCK_DGRAM;
	int fd = socket(is_v4 ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	bool good = is_v4 || set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (is_udp)
		good = good && set_up_udp(fd, is_v4, is_wildcard(&at->addr));
	else /* accepted sockets inherit TCP_NODELAY */
		good = good && set(fd, SOL_SOCKET, SO_REUSEADDR, 1) &&
		       set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	good = good && bind_it(fd, at, is_first) && (is_udp || listen(fd, SOMAXCONN) == 0);
	if (good)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

static const char *remedy(int why)
{
	switch (why) {
	case EACCES:
	case EPERM:
		return "a port below 1024 needs root or the capability CAP_NET_BIND_SERVICE; "
		       "or listen at a higher port";
	case EADDRINUSE:
		return "another program, or another line of `listen`, has this port (`ss -lnptu` "
		       "shows which); stop it, or listen at another port";
	case EADDRNOTAVAIL:
		return "no interface of this machine has this address; set it up first, or correct "
		       "it";
	case EAFNOSUPPORT:
		return "this machine has no such addresses (IPv6 switched off?); leave it out";
	case EMFILE:
	case ENFILE:
		return "too many open files; raise the limit (LimitNOFILE=, ulimit -n), or lower "
		       "`workers`";
	default:
		return "listen at another address or port";
	}
}

static void tell(const struct config *c, const struct listen_address *at, int type, int why,
        enum severity severity, struct diag_list *diags)
{
	struct place place = at->place;
	char text[ADDR_TEXT_MAX];

	if (!place.file)
		place = (struct place){c->file, 0, 0};
	addr_to_text(text, &at->addr);
	diag_add(diags, severity, place, "listen", "%s@%u: %s (%s): %s", text, at->port,
	        strerror(why), type == SOCK_DGRAM ? "UDP" : "TCP", remedy(why));
}

static void close_both(struct endpoint *e)
{
	if (e->udp >= 0)
		close(e->udp);
	if (e->tcp >= 0)
		close(e->tcp);
	*e = (struct endpoint){.udp = -1, .tcp = -1};
}

/* The socket that was handed over for this worker; -1: there is none. */
static int take_handed(
        struct sockets *s, const struct listen_address *at, int type, unsigned worker)
{
	for (size_t i = 0; i < s->handed_count; i++) {
		struct handed *h = &s->handed[i];
		if (h->fd < 0 || h->worker != worker || h->is_udp != (type == SOCK_DGRAM) ||
		        h->port != at->port || addr_compare(&h->addr, &at->addr) != 0)
			continue;
		int fd = h->fd;
		h->fd = -1;
		return fd;
	}
	return -1;
}

/* True when somebody who hands over is at this address: then the first socket is not ours alone. */
static bool is_handed(const struct sockets *s, const struct listen_address *at)
{
	for (size_t i = 0; i < s->handed_count; i++)
		if (s->handed[i].port == at->port &&
		        addr_compare(&s->handed[i].addr, &at->addr) == 0)
			return true;
	return false;
}

static int take_or_open(
        struct sockets *s, const struct listen_address *at, int type, unsigned worker)
{
	int fd = take_handed(s, at, type, worker);

	return fd >= 0 ? fd : open_one(at, type, worker == 0 && !is_handed(s, at));
}

/* Open both sockets at an address for every worker; false, and none is open, after a failure. */
static bool open_address(struct sockets *s, const struct config *c, const struct listen_address *at,
        struct diag_list *diags)
{
	for (unsigned w = 0; w < s->workers; w++) {
		struct endpoint *e = &s->endpoints[(size_t)w * s->stride + s->count];
		e->is_wildcard = is_wildcard(&at->addr);
		e->number = (uint32_t)(at - c->listen);
		e->udp = take_or_open(s, at, SOCK_DGRAM, w);
		if (e->udp >= 0)
			e->tcp = take_or_open(s, at, SOCK_STREAM, w);
		if (e->tcp >= 0)
			continue;
		bool is_spare =
		        !at->place.file && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL);
		tell(c, at, e->udp < 0 ? SOCK_DGRAM : SOCK_STREAM, errno,
		        is_spare ? DIAG_WARNING : DIAG_ERROR, diags);
		for (unsigned i = 0; i <= w; i++)
			close_both(&s->endpoints[(size_t)i * s->stride + s->count]);
		return false;
	}
	s->count++;
	return true;
}

enum err sockets_open(struct sockets *out, const struct config *c, unsigned workers,
        struct handed *handed, size_t handed_count, struct diag_list *diags)
{
	size_t errors = diags->errors, all = workers * c->listen_count;

	out->workers = workers;
	out->stride = (uint32_t)c->listen_count;
	out->count = 0;
	out->handed = handed;
	out->handed_count = handed_count;
	out->endpoints = malloc((all + 1) * sizeof *out->endpoints);
	if (!out->endpoints)
		return ERR_MEMORY;
	for (size_t i = 0; i < all; i++)
		out->endpoints[i] = (struct endpoint){.udp = -1, .tcp = -1};
	bool is_any = false;
	for (size_t i = 0; i < c->listen_count; i++)
		is_any |= open_address(out, c, &c->listen[i], diags);
	if (!is_any && diags->errors == errors)
		diag_error(diags, ((struct place){c->file, 0, 0}), "listen",
		        "there is no address to serve at: write one under `listen`");
	return diags->errors == errors ? OK : ERR_REFUSED;
}

void sockets_close(struct sockets *s)
{
	for (size_t i = 0; s->endpoints && i < (size_t)s->workers * s->stride; i++)
		close_both(&s->endpoints[i]);
	free(s->endpoints);
	s->endpoints = NULL;
}
