/* SPDX-License-Identifier: ISC */
#include "server/control_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

static bool is_passing(int failure)
{
	return failure == EAGAIN || failure == EINTR;
}

bool control_stream_read(struct control_stream *s)
{
	size_t room = sizeof s->in - s->in_len;

	if (s->is_ended || room == 0)
		return true;
	ssize_t n = recv(s->fd, s->in + s->in_len, room, MSG_DONTWAIT);
	if (n < 0)
		return is_passing(errno);
	s->is_ended = n == 0;
	s->in_len += (size_t)n;
	return true;
}

/* How the next line stands, and how long it is. */
static enum control_line look(const struct control_stream *s, size_t *len)
{
	const char *end = memchr(s->in, '\n', s->in_len);

	*len = end ? (size_t)(end - s->in) : s->in_len;
	if (*len > CONTROL_LINE_MAX || memchr(s->in, 0, *len))
		return LINE_GARBAGE;
	if (end)
		return LINE_WHOLE;
	return s->is_ended ? LINE_OVER : LINE_NONE;
}

bool control_stream_has_line(const struct control_stream *s)
{
	size_t len;

	return look(s, &len) != LINE_NONE;
}

enum control_line control_stream_take(struct control_stream *s, char line[CONTROL_LINE_MAX + 1])
{
	size_t len;
	enum control_line l = look(s, &len);

	if (l == LINE_GARBAGE) {
		s->is_ended = true;
		s->in_len = 0;
	}
	if (l != LINE_WHOLE)
		return l;
	memcpy(line, s->in, len);
	line[len] = 0;
	s->in_len -= len + 1;
	memmove(s->in, s->in + len + 1, s->in_len);
	return LINE_WHOLE;
}

bool control_stream_write(struct control_stream *s, const char *text, size_t n)
{
	struct iovec pieces[2] = {{(void *)text, n}, {"\n", 1}};
	struct msghdr m = {.msg_iov = pieces, .msg_iovlen = 2};
	ssize_t result = sendmsg(s->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (result < 0 && !is_passing(errno))
		return false;
	size_t sent = result < 0 ? 0 : (size_t)result;
	if (sent == n + 1)
		return true;
	s->out_len = n + 1 - sent;
	s->out_sent = 0;
	s->out = malloc(s->out_len);
	if (!s->out)
		return false;
	memcpy(s->out, text + sent, s->out_len - 1);
	s->out[s->out_len - 1] = '\n';
	return true;
}

bool control_stream_flush(struct control_stream *s)
{
	while (s->out) {
		ssize_t n = send(s->fd, s->out + s->out_sent, s->out_len - s->out_sent,
		        MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0)
			return is_passing(errno);
		s->out_sent += (size_t)n;
		if (s->out_sent < s->out_len)
			continue;
		free(s->out);
		s->out = NULL;
	}
	return true;
}

int control_stream_release(struct control_stream *s)
{
	int fd = s->fd;

	free(s->out);
	s->out = NULL;
	s->fd = -1;
	return fd;
}
