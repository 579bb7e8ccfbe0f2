/* SPDX-License-Identifier: ISC */
#include "tools/control_client.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "conf/config.h"
#include "tools/cmd.h"

#define CONNECT_S   10 /* while its queue is full, or it is stopped */
#define FIRST_ROOM  ((size_t)64 << 10)
#define ANSWER_MOST ((size_t)1 << 30) /* octets; a million zones have 100 MB */

static int fail(const struct control_question *q, const char *path, const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", q->command, path, what);
	return EXIT_UNDECIDED;
}

static int fail_to_connect(const struct control_question *q, const char *path)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
	case ECONNREFUSED:
		return fail(
		        q, path, "no arpad answers there; start it, or name its socket with -s");
	case EACCES:
	case EPERM:
		return fail(q, path, "no right to connect; be root or the user that arpad runs as");
	case EAGAIN:
		return fail(q, path, "arpad accepts no connection; it hangs, or is stopped");
	default:
		return fail(q, path, strerror(errno));
	}
}

/* A connected socket, or -1 and all is told. */
static int connect_to(const struct control_question *q, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval timeout = {.tv_sec = CONNECT_S};

	if (strlen(path) >= sizeof address.sun_path) {
		fail(q, path, "a socket's path has at most 107 octets");
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout) == 0 &&
	        connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	fail_to_connect(q, path);
	if (fd >= 0)
		close(fd);
	return -1;
}

static uint64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Wait until there is something to read; false when the time is over. */
static bool wait_for(int fd, int timeout_ms, uint64_t begin_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int n;

	do {
		uint64_t gone_ms = monotonic_ms() - begin_ms;
		int left_ms = timeout_ms < 0                   ? -1
		              : gone_ms < (uint64_t)timeout_ms ? timeout_ms - (int)gone_ms
		                                               : 0;
		n = poll(&p, 1, left_ms);
	} while (n < 0 && errno == EINTR);
	return n != 0;
}

static bool make_room(struct control_reply *r, size_t *room)
{
	if (r->n < *room)
		return true;
	size_t more = *room ? *room * 2 : FIRST_ROOM;
	char *line = more <= ANSWER_MOST ? realloc(r->line, more + 1) : NULL;
	if (!line)
		return false;
	r->line = line;
	*room = more;
	return true;
}

/* Read a line. */
static int receive(
        const struct control_question *q, const char *path, int fd, struct control_reply *r)
{
	uint64_t begin_ms = monotonic_ms();
	size_t room = 0;

	for (;;) {
		if (!make_room(r, &room))
			return cmd_no_memory(q->command);
		if (!wait_for(fd, q->timeout_ms, begin_ms))
			return fail(q, path, "arpad does not answer");
		ssize_t n = recv(fd, r->line + r->n, room - r->n, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(q, path,
			        r->n ? "the connection was closed within the answer"
			             : "the connection was closed without an answer; be root or "
			               "the user that arpad runs as; if you are, arpad has ended "
			               "or has too many connections");
		char *end = memchr(r->line + r->n, '\n', (size_t)n);
		r->n += (size_t)n;
		if (end) {
			*end = 0;
			r->n = (size_t)(end - r->line);
			return EXIT_FINE;
		}
	}
}

static int converse(
        const struct control_question *q, const char *path, int fd, struct control_reply *r)
{
	char line[64];
	size_t n = (size_t)snprintf(line, sizeof line, "%s\n", q->word);

	if (send(fd, line, n, MSG_NOSIGNAL) != (ssize_t)n && errno != EPIPE)
		return fail(q, path, strerror(errno));
	int status = receive(q, path, fd, r);
	if (status != EXIT_FINE)
		return status;
	r->json = json_loadb(r->line, r->n, 0, NULL);
	if (json_is_object(r->json))
		return EXIT_FINE;
	return fail(q, path, "the answer is not arpad's; is it another program's socket?");
}

static int ask_at(struct control_reply *out, const struct control_question *q, const char *path)
{
	struct control_reply r = {0};
	int fd = connect_to(q, path);

	if (fd < 0)
		return EXIT_UNDECIDED;
	int status = converse(q, path, fd, &r);
	close(fd);
	if (status == EXIT_FINE)
		*out = r;
	else
		control_reply_free(&r);
	return status;
}

int control_ask(struct control_reply *out, const struct control_question *q)
{
	struct config c;

	if (q->socket)
		return ask_at(out, q, q->socket);
	config_init(&c);
	enum err e = config_load_settings(&c, q->file, NULL);
	int status = EXIT_UNDECIDED;
	if (e == OK) {
		status = ask_at(out, q, c.control);
	} else if (e == ERR_MEMORY) {
		cmd_no_memory(q->command);
	} else {
		diag_print(&c.diags, stderr);
		fprintf(stderr, "%s: arpad's socket is not known; name it with -s\n", q->command);
	}
	config_free(&c);
	return status;
}

void control_reply_free(struct control_reply *r)
{
	json_decref(r->json);
	free(r->line);
	*r = (struct control_reply){0};
}
