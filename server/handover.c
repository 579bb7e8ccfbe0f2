/* SPDX-License-Identifier: ISC */
#include "server/handover.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char command[] = "replace\n";

void handover_init(struct handover *h)
{
	memset(h, 0, sizeof *h);
	h->line = h->listener = h->lock = -1;
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void handover_close(struct handover *h)
{
	for (size_t i = 0; i < h->socket_count; i++)
		close_one(&h->sockets[i].fd);
	free(h->sockets);
	close_one(&h->line);
	close_one(&h->listener);
	close_one(&h->lock);
	handover_init(h);
}

static int connect_to(const char *path, const char **why)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof address.sun_path) {
		*why = "the path of the control socket is too long";
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
	        send(fd, command, sizeof command - 1, MSG_NOSIGNAL) == sizeof command - 1)
		return fd;
	*why = errno == ENOENT || errno == ECONNREFUSED
	               ? "no arpad runs there; start one without --replace"
	               : strerror(errno);
	close_one(&fd);
	return -1;
}

/* The answer is one octet and the line, or words of refusal. */
static int receive_line(int client, const char **why)
{
	union {
		struct cmsghdr header;
		uint8_t octets[CMSG_SPACE(sizeof(int))];
	} control = {0};
	char first;
	struct iovec part = {&first, 1};
	struct msghdr h = {.msg_iov = &part,
	        .msg_iovlen = 1,
	        .msg_control = control.octets,
	        .msg_controllen = sizeof control.octets};
	int fd = -1;

	*why = "the arpad there hands nothing over; look at its log";
	if (poll(&(struct pollfd){.fd = client, .events = POLLIN}, 1, HANDOVER_WAIT_MS) <= 0 ||
	        recvmsg(client, &h, MSG_CMSG_CLOEXEC) <= 0)
		return -1;
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	        c->cmsg_len == CMSG_LEN(sizeof fd))
		memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

static bool take_socket(struct handover *h)
{
	struct message *m = &h->message;
	struct handed s = {.fd = m->fd, .addr.len = (uint8_t)message_take32(m)};

	message_take_octets(m, s.addr.octets, sizeof s.addr.octets);
	s.port = (uint16_t)message_take32(m);
	s.is_udp = message_take32(m);
	s.worker = message_take32(m);
	if (s.fd < 0 || !message_is_whole(m) || h->socket_count == HANDOVER_SOCKETS_MAX)
		return false;
	if (h->socket_count == h->socket_capacity) {
		size_t capacity = h->socket_capacity ? 2 * h->socket_capacity : 16;
		struct handed *sockets = realloc(h->sockets, capacity * sizeof *sockets);
		if (!sockets)
			return false;
		h->sockets = sockets;
		h->socket_capacity = capacity;
	}
	h->sockets[h->socket_count++] = s;
	m->fd = -1;
	return true;
}

/* One fd that comes once. */
static bool take_once(struct handover *h, int *to)
{
	if (*to >= 0 || h->message.fd < 0)
		return false;
	*to = h->message.fd;
	h->message.fd = -1;
	return true;
}

static bool take_message(struct handover *h, bool *is_over)
{
	struct message *m = &h->message;

	switch (m->kind) {
	case MESSAGE_HANDOVER:
		if (message_take32(m) != HANDOVER_VERSION)
			return false;
		h->workers = message_take32(m);
		return true;
	case MESSAGE_SOCKET:
		return take_socket(h);
	case MESSAGE_LISTENER:
		return take_once(h, &h->listener);
	case MESSAGE_LOCK:
		return take_once(h, &h->lock);
	case MESSAGE_ALL:
		*is_over = true;
		return true;
	case MESSAGE_ANEW:
	case MESSAGE_OPEN:
	case MESSAGE_RECALL:
	case MESSAGE_REFUSED:
	case MESSAGE_SETTINGS:
	case MESSAGE_LAST:
	case MESSAGE_DIAG:
	case MESSAGE_ZONE:
	case MESSAGE_CUSTOMER:
	case MESSAGE_DONE:
	case MESSAGE_FILE:
	case MESSAGE_NO_FILE:
	case MESSAGE_TAKEN:
	case MESSAGE_LATE:
	case MESSAGE_KINDS:
		break;
	}
	return false;
}

enum err handover_ask(struct handover *h, const char *path, const char **why)
{
	int client = connect_to(path, why);
	bool is_over = false;

	if (client < 0)
		return ERR_IO;
	h->line = receive_line(client, why);
	close(client);
	if (h->line < 0)
		return ERR_IO;
	*why = "the arpad there speaks another language; stop it, and start this one";
	while (!is_over) {
		if (message_receive(h->line, &h->message, 0) != OK)
			return ERR_IO;
		bool is_sound = take_message(h, &is_over);
		if (h->message.fd >= 0)
			close(h->message.fd);
		if (!is_sound)
			return ERR_IO;
	}
	return h->lock >= 0 ? OK : ERR_IO;
}

enum err handover_taken(struct handover *h)
{
	message_begin(&h->message, MESSAGE_TAKEN);
	if (message_send(h->line, &h->message) == OK)
		return OK;
	bool is_closed = errno == EPIPE || errno == ECONNRESET;
	enum err e = message_receive(h->line, &h->message, MSG_DONTWAIT);
	return e == ERR_IO && is_closed ? OK : ERR_REFUSED;
}

static bool send_fd(int line, struct message *m, int fd)
{
	m->fd = fd;
	return message_send(line, m) == OK;
}

static bool give_socket(int line, struct message *m, const struct listen_address *at, int fd,
        bool is_udp, unsigned worker)
{
	if (fd < 0)
		return true;
	message_begin(m, MESSAGE_SOCKET);
	message_put32(m, at->addr.len);
	message_put_octets(m, at->addr.octets, sizeof at->addr.octets);
	message_put32(m, at->port);
	message_put32(m, is_udp);
	message_put32(m, worker);
	return send_fd(line, m, fd);
}

static bool give_all(int line, struct message *m, const struct sockets *sockets,
        const struct listen_address *listen, int listener, int lock)
{
	bool good = true;

	message_begin(m, MESSAGE_HANDOVER);
	message_put32(m, HANDOVER_VERSION);
	message_put32(m, sockets->workers);
	good = message_send(line, m) == OK;
	for (unsigned w = 0; w < sockets->workers; w++) {
		const struct endpoint *e = sockets_of(sockets, w);
		for (uint32_t i = 0; i < sockets->count && good; i++)
			good = give_socket(line, m, &listen[e[i].number], e[i].udp, true, w) &&
			       give_socket(line, m, &listen[e[i].number], e[i].tcp, false, w);
	}
	message_begin(m, MESSAGE_LISTENER);
	good = good && (listener < 0 || send_fd(line, m, listener));
	message_begin(m, MESSAGE_LOCK);
	good = good && send_fd(line, m, lock);
	message_begin(m, MESSAGE_ALL);
	return good && message_send(line, m) == OK;
}

static bool send_line(int client, int line)
{
	union {
		struct cmsghdr header;
		uint8_t octets[CMSG_SPACE(sizeof(int))];
	} control = {.header = {.cmsg_len = CMSG_LEN(sizeof line),
	                     .cmsg_level = SOL_SOCKET,
	                     .cmsg_type = SCM_RIGHTS}};
	struct iovec part = {(void *)(uintptr_t) "\n", 1};
	struct msghdr h = {.msg_iov = &part,
	        .msg_iovlen = 1,
	        .msg_control = control.octets,
	        .msg_controllen = sizeof control.octets};

	memcpy(CMSG_DATA(&control.header), &line, sizeof line);
	return sendmsg(client, &h, MSG_NOSIGNAL) == 1;
}

int handover_give(int client, const struct sockets *sockets, const struct listen_address *listen,
        int listener, int lock)
{
	struct timeval patience = {.tv_sec = 10};
	struct message *m = malloc(sizeof *m);
	int pair[2] = {-1, -1};
	bool good = m && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0 &&
	            setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
	            send_line(client, pair[1]);

	close_one(&pair[1]);
	good = good && give_all(pair[0], m, sockets, listen, listener, lock);
	free(m);
	if (!good)
		close_one(&pair[0]);
	return pair[0];
}

/* Nothing is lost where the other end was closed before it read all: that error comes first, and
 * once, and behind it what was sent. */
static bool receive_taken(int line, struct message *m)
{
	enum err e = message_receive(line, m, MSG_DONTWAIT);

	if (e == ERR_IO && errno == ECONNRESET)
		e = message_receive(line, m, MSG_DONTWAIT);
	bool is_taken = e == OK && m->kind == MESSAGE_TAKEN;
	if (e == OK && m->fd >= 0)
		close(m->fd);
	return is_taken;
}

bool handover_is_taken(int line)
{
	struct message *m = malloc(sizeof *m);

	if (!m)
		return false;
	bool is_taken = receive_taken(line, m);
	if (!is_taken) {
		/* One of two comes first: `taken`, and it is there; or the end of the line, and
		 * then `late` is there for the new one. */
		message_begin(m, MESSAGE_LATE);
		enum err e = message_send(line, m);
		(void)e; /* it has gone */
		shutdown(line, SHUT_RD);
		is_taken = receive_taken(line, m);
	}
	free(m);
	return is_taken;
}
