/* SPDX-License-Identifier: ISC */
/* server/control.h - the control socket: how `arpa` speaks to a running arpad.
 *
 *     client   status\n                            one word and a newline
 *     arpad    {"ok":true,"version":"0.1",...}\n   one line of JSON, which the owner makes
 *
 * A unix stream socket of mode 0600; who is neither root nor our own user is closed at once, even
 * where the mode was changed. Any number of commands on a connection, answered in order: the next
 * one reaches the owner when the answer to the one before is written, and until then the client is
 * not read. A client that goes takes with it what it asked and was not told to the owner yet. What
 * is no command is answered here: an unknown word with the list of those that are; a line over
 * CONTROL_LINE_MAX octets or with a NUL likewise, and the connection is closed.
 *
 * One thread, never blocks. It has an epoll of its own, so the owner watches one descriptor.
 * A client is known by a number that is never used again: an answer that comes when it has gone
 * reaches nobody. */
#ifndef SERVER_CONTROL_H
#define SERVER_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zone/err.h"

/* Connections: enough for a script that asks for each of two hundred customers at the same time, as
 * `arpa reload` waits for as long as a reload lasts; and few enough for the files that the limit
 * spares (server/crew.c). One more is closed at once, unless an old one has nothing outstanding and
 * was silent for CONTROL_SILENT_MS: then the one that was silent longest is. */
#define CONTROL_CLIENTS_MAX 224
#define CONTROL_SILENT_MS   60000

struct control;

enum control_command {
	CONTROL_STATUS,
	CONTROL_RELOAD,
	CONTROL_STATS,
	CONTROL_ZONES,
	CONTROL_QUIT,
	CONTROL_REPLACE
};

/* Each call is owed one control_answer(), now or later, or a control_take(). It may answer and
 * take, not close. */
typedef void control_handler(void *context, enum control_command command, uint64_t client);

/* Begin to listen.
 *   path       copied; its folder is there already
 *   listener   a listening socket handed over by another process, which is ours now, also after an
 *              error; or -1: one is made at `path`. A socket that a dead process left there is
 *              removed. The umask is another for a moment: call it before there are threads.
 *   why        out, after ERR_IO: what is wrong and what helps, for the user; a constant, or
 *              strerror()'s
 * Two processes that begin at the same path in the same moment are not told apart: the owner holds
 * the lock of its state folder.
 * Returns OK, and control_close() frees *out; ERR_MEMORY; ERR_IO. */
MUST_USE enum err control_open(struct control **out, const char *path, int listener,
        control_handler *handler, void *context, const char **why);

/* Borrowed; when it can be read, call control_serve(). */
int control_fd(const struct control *c);

/* Accept, read, call the handler, write; a bounded piece of work. */
void control_serve(struct control *c);

/* The same at a given time of the monotonic clock, for tests. */
void control_serve_at(struct control *c, uint64_t now_ms);

/* Answer the client's command with a line, without its newline. What the client does not take at
 * once is copied. */
void control_answer(struct control *c, uint64_t client, const char *line, size_t n);

/* Take a client's socket, nonblocking, instead of answering; the caller closes it. -1: it has
 * gone. */
int control_take(struct control *c, uint64_t client);

/* The listening socket, borrowed. */
int control_listener(const struct control *c);

/* Begin to end: accept and read no more, answer what is outstanding with an error, and wait until
 * the clients took their answers, at most that long. */
void control_finish(struct control *c, unsigned timeout_ms);

/* Close and free; the socket's file is removed unless keep_path, or unless another lies there by
 * now. NULL is allowed. */
void control_close(struct control *c, bool keep_path);

#endif
