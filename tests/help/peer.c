/* SPDX-License-Identifier: ISC */
#include "tests/help/peer.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool read_address(struct peer *p, const char *text)
{
	const char *at = strrchr(text, '@');
	char *end;

	if (!at || addr_from_text(&p->addr, text, (size_t)(at - text)) != OK)
		return false;
	unsigned long port = strtoul(at + 1, &end, 10);
	p->port = (uint16_t)port;
	return end != at + 1 && *end == 0 && port > 0 && port <= 65535;
}

static bool connect_peer(struct peer *p)
{
	bool is_ipv4 = p->addr.len == 4;
	struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_port = htons(p->port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(p->port)};
	const struct sockaddr *to = is_ipv4 ? (const void *)&in4 : (const void *)&in6;
	int on = 1;

	memcpy(&in4.sin_addr, p->addr.octets, 4);
	memcpy(&in6.sin6_addr, p->addr.octets, 16);
	p->in_len = 0;
	p->fd = socket(is_ipv4 ? AF_INET : AF_INET6,
	        (p->is_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
	if (p->fd < 0)
		return false;
	if (connect(p->fd, to, is_ipv4 ? sizeof in4 : sizeof in6) == 0) {
		if (p->is_tcp)
			setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		return true;
	}
	int why = errno;
	close(p->fd);
	p->fd = -1;
	errno = why;
	return false;
}

bool peer_open(struct peer *p, const char *text, bool is_tcp)
{
	memset(p, 0, sizeof *p);
	p->fd = -1;
	p->text = text;
	p->is_tcp = is_tcp;
	p->in = malloc(PEER_IN_MAX);
	if (!p->in)
		return false;
	if (!read_address(p, text))
		errno = EINVAL;
	else if (connect_peer(p))
		return true;
	free(p->in);
	return false;
}

void peer_close(struct peer *p)
{
	if (p->fd >= 0)
		close(p->fd);
	free(p->in);
}

static void put16(uint8_t *p, unsigned value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

size_t peer_question(uint8_t query[PEER_QUERY_MAX], uint16_t id, const char *line)
{
	size_t n = strcspn(line, " \t");
	struct name name;

	if (name_from_text(&name, line, n) != OK)
		return 0;
	ldns_rr_type type = ldns_get_rr_type_by_name(line + n + strspn(line + n, " \t"));
	if (type == 0)
		return 0;
	memset(query, 0, 12);
	put16(query, id);
	query[5] = 1;
	memcpy(query + 12, name.wire, name.len);
	put16(query + 12 + name.len, type);
	put16(query + 14 + name.len, 1);
	return 16U + name.len;
}

void peer_send(struct peer *p, const uint8_t *query, size_t n)
{
	uint8_t framed[2 + PEER_QUERY_MAX];

	if (p->fd < 0 && !connect_peer(p))
		return;
	put16(framed, (unsigned)n);
	memcpy(framed + 2, query, n);
	ssize_t sent = p->is_tcp ? send(p->fd, framed, n + 2, MSG_NOSIGNAL)
	                         : send(p->fd, query, n, MSG_NOSIGNAL);
	if (sent < 0 && p->is_tcp) {
		close(p->fd);
		p->fd = -1;
	}
}

/* A whole message out of what has arrived; 0 when there is none yet. */
static size_t take_framed(struct peer *p, uint8_t *out, size_t room)
{
	size_t n = p->in_len < 2 ? 0 : (size_t)(p->in[0] << 8 | p->in[1]);

	if (p->in_len < 2 + n || n == 0 || n > room)
		return 0;
	memcpy(out, p->in + 2, n);
	p->in_len -= 2 + n;
	memmove(p->in, p->in + 2 + n, p->in_len);
	return n;
}

static size_t receive_tcp(struct peer *p, uint8_t *out, size_t room)
{
	size_t n;

	while ((n = take_framed(p, out, room)) == 0) {
		ssize_t got = recv(p->fd, p->in + p->in_len, PEER_IN_MAX - p->in_len, MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (got <= 0) { /* closed, or nonsense that fills the room */
			close(p->fd);
			p->fd = -1;
			return 0;
		}
		p->in_len += (size_t)got;
	}
	return n;
}

size_t peer_receive(struct peer *p, uint8_t *out, size_t room)
{
	if (p->fd < 0)
		return 0;
	if (p->is_tcp)
		return receive_tcp(p, out, room);
	ssize_t got;
	do
		got = recv(p->fd, out, room, MSG_DONTWAIT);
	while (got < 0 && (errno == EINTR || errno == ECONNREFUSED));
	return got > 0 ? (size_t)got : 0;
}
