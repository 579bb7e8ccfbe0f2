/* SPDX-License-Identifier: ISC */
/* server/control_stream.h - one client of the control socket: lines in, answers out; for
 * server/control.c.
 *
 *     octets in -> a line -> (whoever answers) -> octets out -> the next line
 *
 * A line is taken only when the one before is answered and that answer written, so answers keep
 * their order and at most one is ever kept. What the client sends meanwhile waits: first here, a
 * buffer full, then in the kernel. */
#ifndef SERVER_CONTROL_STREAM_H
#define SERVER_CONTROL_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "zone/err.h"

#define CONTROL_LINE_MAX 1024 /* octets, without the newline */

struct control_stream {
	int fd;                        /* owned, nonblocking; -1: closed */
	char in[CONTROL_LINE_MAX + 1]; /* what was read and not taken; room for the newline */
	size_t in_len;
	char *out; /* owned; what the client has still to take; NULL: nothing */
	size_t out_len, out_sent;
	bool is_ended; /* nothing more is read: the client is done, or sent garbage */
};

enum control_line {
	LINE_NONE, /* not whole yet */
	LINE_WHOLE,
	LINE_GARBAGE, /* too long, or with a NUL; the stream is ended */
	LINE_OVER     /* there will be none: all that came is taken */
};

/* Read once. False when the connection is broken. */
MUST_USE bool control_stream_read(struct control_stream *s);

/* Take the next line, without its newline, with a NUL, if it is whole. */
enum control_line control_stream_take(struct control_stream *s, char line[CONTROL_LINE_MAX + 1]);

/* True when control_stream_take() would not return LINE_NONE. */
bool control_stream_has_line(const struct control_stream *s);

/* Write text[0..n) and a newline; what the client does not take at once is kept. Nothing is kept
 * from before. False when the connection is broken or memory runs out. */
MUST_USE bool control_stream_write(struct control_stream *s, const char *text, size_t n);

/* Write on; frees what was kept when all is written. False when the connection is broken. */
MUST_USE bool control_stream_flush(struct control_stream *s);

/* Free what is kept; the socket stays open and is returned, *s is closed. */
int control_stream_release(struct control_stream *s);

#endif
