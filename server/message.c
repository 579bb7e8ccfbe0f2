/* SPDX-License-Identifier: ISC */
#include "server/message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define TEXT_MOST 20000 /* octets; two of them and the rest fit */

void message_begin(struct message *m, enum message_kind kind)
{
	m->kind = kind;
	m->fd = -1;
	m->failed = false;
	m->size = m->at = 0;
}

void message_put_octets(struct message *m, const void *octets, size_t n)
{
	if (m->failed || n > sizeof m->octets - m->size) {
		m->failed = true;
		return;
	}
	if (n)
		memcpy(m->octets + m->size, octets, n);
	m->size += n;
}

void message_put32(struct message *m, uint32_t value)
{
	message_put_octets(m, &value, sizeof value);
}

void message_put64(struct message *m, uint64_t value)
{
	message_put_octets(m, &value, sizeof value);
}

void message_put_text(struct message *m, const char *text)
{
	size_t n = strnlen(text, TEXT_MOST);

	message_put32(m, (uint32_t)n);
	message_put_octets(m, text, n);
	message_put_octets(m, "", 1);
}

void message_put_digest(struct message *m, const struct digest *d)
{
	message_put_octets(m, d->octets, sizeof d->octets);
}

union control {
	struct cmsghdr header;
	uint8_t octets[CMSG_SPACE(sizeof(int))];
};

enum err message_send(int socket, const struct message *m)
{
	uint32_t kind = m->kind;
	struct iovec parts[] = {{&kind, sizeof kind}, {(void *)(uintptr_t)m->octets, m->size}};
	struct msghdr h = {.msg_iov = parts, .msg_iovlen = 2};
	union control control = {0};
	ssize_t n;

	if (m->failed)
		return ERR_LONG;
	if (m->fd >= 0) {
		h.msg_control = control.octets;
		h.msg_controllen = sizeof control.octets;
		control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof m->fd),
		        .cmsg_level = SOL_SOCKET,
		        .cmsg_type = SCM_RIGHTS};
		memcpy(CMSG_DATA(&control.header), &m->fd, sizeof m->fd);
	}
	do
		n = sendmsg(socket, &h, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? ERR_IO : OK;
}

static int take_fd(struct msghdr *h)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(h);
	int fd = -1;

	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	        c->cmsg_len == CMSG_LEN(sizeof fd))
		memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

enum err message_receive(int socket, struct message *m, int flags)
{
	uint32_t kind;
	struct iovec parts[] = {{&kind, sizeof kind}, {m->octets, sizeof m->octets}};
	union control control = {0};
	struct msghdr h = {.msg_iov = parts,
	        .msg_iovlen = 2,
	        .msg_control = control.octets,
	        .msg_controllen = sizeof control.octets};
	ssize_t n;

	message_begin(m, 0);
	do
		n = recvmsg(socket, &h, flags | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0) {
		errno = n == 0 ? 0 : errno;
		return ERR_IO;
	}
	m->fd = take_fd(&h);
	if ((size_t)n < sizeof kind || kind >= MESSAGE_KINDS ||
	        h.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
		if (m->fd >= 0)
			close(m->fd);
		m->fd = -1;
		return ERR_SYNTAX;
	}
	m->kind = kind;
	m->size = (size_t)n - sizeof kind;
	return OK;
}

void message_take_octets(struct message *m, void *out, size_t n)
{
	if (m->failed || n > m->size - m->at) {
		m->failed = true;
		memset(out, 0, n);
		return;
	}
	memcpy(out, m->octets + m->at, n);
	m->at += n;
}

uint32_t message_take32(struct message *m)
{
	uint32_t value;

	message_take_octets(m, &value, sizeof value);
	return value;
}

uint64_t message_take64(struct message *m)
{
	uint64_t value;

	message_take_octets(m, &value, sizeof value);
	return value;
}

const char *message_take_text(struct message *m)
{
	size_t n = message_take32(m);
	const char *text = (const char *)m->octets + m->at;

	if (m->failed || n >= m->size - m->at || memchr(text, 0, n + 1) != text + n) {
		m->failed = true;
		return "";
	}
	m->at += n + 1;
	return text;
}

struct digest message_take_digest(struct message *m)
{
	struct digest d = {{0}};

	message_take_octets(m, d.octets, sizeof d.octets);
	return d;
}

bool message_is_whole(const struct message *m)
{
	return !m->failed && m->at == m->size;
}
