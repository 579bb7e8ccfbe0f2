/* SPDX-License-Identifier: ISC */
#include "server/control.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server/control_socket.h"
#include "server/control_stream.h"

#define LISTENER_TAG UINT64_MAX /* no client's: there are no so many slots */

#define NO_COMMAND                                                                                 \
	"{\"ok\":false,\"error\":\"there is no such command; there are status, reload, stats, "    \
	"zones, quit and replace\"}"
#define NO_LINE                                                                                    \
	"{\"ok\":false,\"error\":\"a command is a line of at most 1024 octets without NUL\"}"
#define AT_THE_END "{\"ok\":false,\"error\":\"arpad is ending\"}"

static const char *const commands[] = {
        [CONTROL_STATUS] = "status",
        [CONTROL_RELOAD] = "reload",
        [CONTROL_STATS] = "stats",
        [CONTROL_ZONES] = "zones",
        [CONTROL_QUIT] = "quit",
        [CONTROL_REPLACE] = "replace",
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

struct client {
	struct control_stream stream; /* .fd -1: the slot is free */
	uint32_t generation;          /* how often the slot was freed */
	uint32_t watched;             /* epoll's events */
	bool is_asked;                /* a command is with the owner */
	uint64_t active_ms;
};

struct control {
	int epoll, listener;
	char *path;
	struct control_file file; /* ours at the path */
	control_handler *handler;
	void *context;
	struct client clients[CONTROL_CLIENTS_MAX];
};

static uint64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static uint64_t id_of(const struct control *c, const struct client *k)
{
	return (uint64_t)k->generation << 32 | (uint64_t)(k - c->clients);
}

/* NULL: it has gone. */
static struct client *find(struct control *c, uint64_t id)
{
	uint64_t slot = id & UINT32_MAX;

	if (slot >= CONTROL_CLIENTS_MAX)
		return NULL;
	struct client *k = &c->clients[slot];
	return k->stream.fd >= 0 && k->generation == id >> 32 ? k : NULL;
}

/* Free the slot; returns the socket. */
static int release(struct control *c, struct client *k)
{
	epoll_ctl(c->epoll, EPOLL_CTL_DEL, k->stream.fd, NULL);
	k->generation++;
	return control_stream_release(&k->stream);
}

static void drop(struct control *c, struct client *k)
{
	close(release(c, k));
}

/* Watch for what moves the client on. While a command is with the owner that is nothing, and epoll
 * tells all the same when the client goes. A line that was read already is taken at the next turn,
 * which a socket that can be written brings about. */
static void watch(struct control *c, struct client *k)
{
	uint32_t events = k->is_asked                                            ? 0
	                  : k->stream.out || control_stream_has_line(&k->stream) ? EPOLLOUT
	                                                                         : EPOLLIN;
	struct epoll_event e = {.events = events, .data.u64 = id_of(c, k)};

	if (events == k->watched)
		return;
	k->watched = events;
	if (epoll_ctl(c->epoll, EPOLL_CTL_MOD, k->stream.fd, &e) != 0)
		drop(c, k); /* cannot be: it was added */
}

static void write_answer(struct control *c, struct client *k, const char *text, size_t n)
{
	if (!control_stream_write(&k->stream, text, n))
		drop(c, k);
}

void control_answer(struct control *c, uint64_t client, const char *line, size_t n)
{
	struct client *k = find(c, client);

	assert(!memchr(line, '\n', n));
	if (!k || !k->is_asked)
		return;
	k->is_asked = false;
	k->active_ms = monotonic_ms();
	write_answer(c, k, line, n);
	if (find(c, client))
		watch(c, k);
}

int control_take(struct control *c, uint64_t client)
{
	struct client *k = find(c, client);

	return k ? release(c, k) : -1;
}

static void carry_out(struct control *c, struct client *k, const char *line)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(line, commands[i]) == 0) {
			k->is_asked = true;
			c->handler(c->context, (enum control_command)i, id_of(c, k));
			return;
		}
	write_answer(c, k, NO_COMMAND, strlen(NO_COMMAND));
}

/* Take lines until one has to wait. Any call may lose the client. */
static void take_lines(struct control *c, uint64_t id)
{
	char line[CONTROL_LINE_MAX + 1];
	struct client *k;

	while ((k = find(c, id)) && !k->is_asked && !k->stream.out) {
		enum control_line l = control_stream_take(&k->stream, line);
		if (l == LINE_NONE)
			break;
		if (l == LINE_WHOLE)
			carry_out(c, k, line);
		else if (l == LINE_GARBAGE)
			write_answer(c, k, NO_LINE, strlen(NO_LINE));
		else
			drop(c, k);
	}
	if (k)
		watch(c, k);
}

static void serve_client(struct control *c, const struct epoll_event *event, uint64_t now_ms)
{
	struct client *k = find(c, event->data.u64);

	if (!k)
		return;
	if (k->is_asked) {
		if (event->events & (EPOLLHUP | EPOLLERR))
			drop(c, k);
		return;
	}
	bool good = control_stream_flush(&k->stream);
	if (good && !k->stream.out && !control_stream_has_line(&k->stream))
		good = control_stream_read(&k->stream);
	if (!good) {
		drop(c, k);
		return;
	}
	k->active_ms = now_ms;
	take_lines(c, event->data.u64);
}

/* A free slot, if need be that of the client which was silent longest; NULL when there is none. */
static struct client *make_room(struct control *c, uint64_t now_ms)
{
	struct client *oldest = NULL;

	for (struct client *k = c->clients; k < c->clients + CONTROL_CLIENTS_MAX; k++) {
		if (k->stream.fd < 0)
			return k;
		bool is_silent = !k->is_asked && !k->stream.out &&
		                 now_ms >= k->active_ms + CONTROL_SILENT_MS;
		if (is_silent && (!oldest || k->active_ms < oldest->active_ms))
			oldest = k;
	}
	if (oldest)
		drop(c, oldest);
	return oldest;
}

static void add(struct control *c, int fd, uint64_t now_ms)
{
	struct client *k = control_socket_is_ours(fd) ? make_room(c, now_ms) : NULL;

	if (k) {
		struct epoll_event e = {.events = EPOLLIN, .data.u64 = id_of(c, k)};
		if (epoll_ctl(c->epoll, EPOLL_CTL_ADD, fd, &e) == 0) {
			k->stream = (struct control_stream){.fd = fd};
			k->watched = EPOLLIN;
			k->is_asked = false;
			k->active_ms = now_ms;
			return;
		}
	}
	close(fd);
}

/* All that wait, for the listener is watched by its edge: when no more can be accepted, for want of
 * file descriptors, epoll does not tell of it for ever; the next client brings it up again. */
static void accept_all(struct control *c, uint64_t now_ms)
{
	for (;;) {
		int fd = accept4(c->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0)
			add(c, fd, now_ms);
		else if (errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

void control_serve_at(struct control *c, uint64_t now_ms)
{
	struct epoll_event events[CONTROL_CLIENTS_MAX + 1];
	int n = epoll_wait(c->epoll, events, CONTROL_CLIENTS_MAX + 1, 0);

	for (int i = 0; i < n; i++)
		if (events[i].data.u64 == LISTENER_TAG)
			accept_all(c, now_ms);
		else
			serve_client(c, &events[i], now_ms);
}

void control_serve(struct control *c)
{
	control_serve_at(c, monotonic_ms());
}

int control_fd(const struct control *c)
{
	return c->epoll;
}

int control_listener(const struct control *c)
{
	return c->listener;
}

/* A socket that came from elsewhere: as ours would be. */
static bool set_up_listener(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
	       fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static enum err begin(struct control *c, int listener, const char **why)
{
	struct epoll_event e = {.events = EPOLLIN | EPOLLET, .data.u64 = LISTENER_TAG};

	c->listener = listener;
	if (listener < 0) {
		enum err made = control_socket_open(&c->listener, c->path, why);
		if (made != OK)
			return made;
	} else if (!set_up_listener(listener)) {
		*why = strerror(errno);
		return ERR_IO;
	}
	c->file = control_socket_file(c->path);
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (c->epoll >= 0 && epoll_ctl(c->epoll, EPOLL_CTL_ADD, c->listener, &e) == 0)
		return OK;
	*why = strerror(errno);
	return ERR_IO;
}

enum err control_open(struct control **out, const char *path, int listener,
        control_handler *handler, void *context, const char **why)
{
	struct control *c = calloc(1, sizeof *c);

	if (c)
		c->path = strdup(path);
	if (!c || !c->path) {
		free(c);
		if (listener >= 0)
			close(listener);
		return ERR_MEMORY;
	}
	c->epoll = -1;
	c->handler = handler;
	c->context = context;
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
		c->clients[i].stream.fd = -1;
	enum err e = begin(c, listener, why);
	if (e != OK) {
		control_close(c, listener >= 0);
		return e;
	}
	*out = c;
	return OK;
}

/* True while a client has an answer to take. */
static bool is_owing(const struct control *c)
{
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (c->clients[i].stream.fd >= 0)
			return true;
	return false;
}

void control_finish(struct control *c, unsigned timeout_ms)
{
	uint64_t end_ms = monotonic_ms() + timeout_ms, now_ms;

	epoll_ctl(c->epoll, EPOLL_CTL_DEL, c->listener, NULL);
	for (struct client *k = c->clients; k < c->clients + CONTROL_CLIENTS_MAX; k++) {
		if (k->stream.fd >= 0 && k->is_asked)
			control_answer(c, id_of(c, k), AT_THE_END, strlen(AT_THE_END));
		if (k->stream.fd >= 0 && !k->stream.out)
			drop(c, k);
	}
	while (is_owing(c) && (now_ms = monotonic_ms()) < end_ms) {
		struct epoll_event e;
		int n = epoll_wait(c->epoll, &e, 1, (int)(end_ms - now_ms));
		struct client *k = n == 1 ? find(c, e.data.u64) : NULL;
		if (k && (!control_stream_flush(&k->stream) || !k->stream.out))
			drop(c, k);
	}
}

void control_close(struct control *c, bool keep_path)
{
	if (!c)
		return;
	for (struct client *k = c->clients; k < c->clients + CONTROL_CLIENTS_MAX; k++)
		if (k->stream.fd >= 0)
			drop(c, k);
	if (!keep_path)
		control_socket_remove(c->path, c->file);
	if (c->listener >= 0)
		close(c->listener);
	if (c->epoll >= 0)
		close(c->epoll);
	free(c->path);
	free(c);
}
