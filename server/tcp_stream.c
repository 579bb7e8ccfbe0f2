/* SPDX-License-Identifier: ISC */
#include "server/tcp_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/query.h"
#include "zone/publish.h"

#define LENGTH_OCTETS  2 /* before each message: RFC 1035 4.2.2 */
#define MESSAGE_OCTETS (LENGTH_OCTETS + ANSWER_TCP_MAX)

/* Octets read at a time, but for a longer message: about a batch of queries. The rest waits in the
 * kernel, which says so again, while others get their turn. */
#define READ_OCTETS 4096

enum err stream_room_init(
        struct stream_room *room, const struct answer_config *config, struct counters *counters)
{
	room->config = config;
	room->counters = counters;
	room->input = malloc(MESSAGE_OCTETS);
	room->outputs = malloc((size_t)ANSWER_BATCH_MAX * MESSAGE_OCTETS);
	return room->input && room->outputs ? OK : ERR_MEMORY;
}

void stream_room_free(struct stream_room *room)
{
	free(room->input);
	free(room->outputs);
}

void stream_close(struct stream *s)
{
	close(s->fd);
	free(s->in);
	free(s->out);
	*s = (struct stream){.fd = -1};
}

/* Send what is left of an answer. */
static enum progress flush(struct stream *s)
{
	if (!s->out)
		return STREAM_GOES_ON;
	ssize_t n = send(
	        s->fd, s->out + s->out_sent, s->out_len - s->out_sent, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? STREAM_BLOCKED : STREAM_OVER;
	s->out_sent += (uint32_t)n;
	if (s->out_sent < s->out_len)
		return STREAM_BLOCKED;
	free(s->out);
	s->out = NULL;
	return STREAM_GOES_ON;
}

/* Octets of the message at p, with those of its length; 0 while the length is not known. */
static size_t message_size(const uint8_t *p, size_t len)
{
	return len < LENGTH_OCTETS ? 0 : (size_t)LENGTH_OCTETS + (size_t)(p[0] << 8 | p[1]);
}

static bool is_whole(const uint8_t *p, size_t len)
{
	size_t size = message_size(p, len);

	return size && size <= len;
}

/* Read on behind the `len` octets, which are no whole message. */
static enum progress receive(struct stream_room *room, struct stream *s, size_t *len)
{
	size_t size = message_size(room->input, *len),
	       want = size > READ_OCTETS ? size : READ_OCTETS;
	ssize_t n = recv(s->fd, room->input + *len, want - *len, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? STREAM_GOES_ON : STREAM_OVER;
	if (n == 0)
		s->is_ended = true;
	*len += (size_t)n;
	return STREAM_GOES_ON;
}

/* Send n responses in one go. *done is how many are settled: sent, or nothing to send, or begun and
 * the rest of it kept in s->out. */
static enum progress send_responses(
        struct stream *s, const struct response *responses, unsigned n, unsigned *done)
{
	struct iovec pieces[ANSWER_BATCH_MAX];
	struct msghdr m = {.msg_iov = pieces};

	for (unsigned i = 0; i < n; i++) {
		const struct response *r = &responses[i];
		if (r->len == 0)
			continue;
		uint8_t *begin = r->octets - LENGTH_OCTETS;
		begin[0] = (uint8_t)(r->len >> 8);
		begin[1] = (uint8_t)r->len;
		pieces[m.msg_iovlen++] = (struct iovec){begin, (size_t)LENGTH_OCTETS + r->len};
	}
	ssize_t result = m.msg_iovlen ? sendmsg(s->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
	if (result < 0 && errno != EAGAIN && errno != EINTR)
		return STREAM_OVER;
	size_t sent = result < 0 ? 0 : (size_t)result;
	for (*done = 0; *done < n; ++*done) {
		const struct response *r = &responses[*done];
		size_t size = r->len ? (size_t)LENGTH_OCTETS + r->len : 0;
		if (sent >= size) {
			sent -= size;
			continue;
		}
		if (sent == 0)
			return STREAM_BLOCKED;
		s->out = malloc(size - sent);
		if (!s->out)
			return STREAM_OVER;
		memcpy(s->out, r->octets - LENGTH_OCTETS + sent, size - sent);
		s->out_len = (uint32_t)(size - sent);
		s->out_sent = 0;
		++*done;
		return STREAM_BLOCKED;
	}
	return STREAM_GOES_ON;
}

/* Answer the whole messages in input[*at..len), at most a batch, and step *at behind those that are
 * settled. The others are answered again when the client can take the answers: that is cheap, and
 * so no more than one answer is ever kept for a client who does not read. */
static enum progress answer_some(
        struct stream_room *room, struct stream *s, size_t *at, size_t len, unsigned *answered)
{
	struct query queries[ANSWER_BATCH_MAX];
	struct response responses[ANSWER_BATCH_MAX];
	size_t next = *at;
	unsigned n = 0, done = 0;
	bool is_garbage = false;

	while (n < ANSWER_BATCH_MAX && is_whole(room->input + next, len - next)) {
		size_t size = message_size(room->input + next, len - next);
		if (size < LENGTH_OCTETS + HEADER_OCTETS) {
			is_garbage = true;
			break;
		}
		queries[n] = (struct query){room->input + next + LENGTH_OCTETS,
		        (uint16_t)(size - LENGTH_OCTETS), TRANSPORT_TCP};
		responses[n].octets = room->outputs + n * (size_t)MESSAGE_OCTETS + LENGTH_OCTETS;
		responses[n++].capacity = ANSWER_TCP_MAX;
		next += size;
	}
	if (n == 0) {
		s->is_ended |= is_garbage;
		return STREAM_GOES_ON;
	}
	const struct snapshot *snapshot = publish_read();
	answer_batch(snapshot, room->config, queries, responses, n);
	publish_rest();
	enum progress p = send_responses(s, responses, n, &done);
	for (unsigned i = 0; i < done; i++) {
		counters_count(room->counters, TRANSPORT_TCP, &responses[i]);
		*at += (size_t)LENGTH_OCTETS + queries[i].len;
	}
	*answered += done;
	return p;
}

/* Keep input[at..len) for the connection's next turn. */
static enum progress keep(struct stream_room *room, struct stream *s, size_t at, size_t len)
{
	size_t left = len - at;

	if (left == s->in_len && at == 0)
		return STREAM_GOES_ON;
	free(s->in);
	s->in = left ? malloc(left) : NULL;
	if (left && !s->in)
		return STREAM_OVER;
	s->in_len = (uint32_t)left;
	if (left)
		memcpy(s->in, room->input + at, left);
	return STREAM_GOES_ON;
}

static enum progress answer_input(struct stream_room *room, struct stream *s, unsigned *answered)
{
	size_t at = 0, len = s->in_len;
	enum progress p = STREAM_GOES_ON;

	if (len)
		memcpy(room->input, s->in, len);
	if (!is_whole(room->input, len) && !s->is_ended)
		p = receive(room, s, &len);
	for (unsigned before = *answered; p == STREAM_GOES_ON; before = *answered) {
		p = answer_some(room, s, &at, len, answered);
		if (*answered == before)
			break;
	}
	if (p != STREAM_OVER && keep(room, s, at, len) == STREAM_OVER)
		p = STREAM_OVER;
	return p;
}

enum progress stream_serve(
        struct stream *s, struct stream_room *room, unsigned *answered, bool *is_active)
{
	bool is_owed = s->out;
	enum progress p = flush(s);

	*answered = 0;
	*is_active = is_owed && p == STREAM_GOES_ON;
	if (p == STREAM_GOES_ON)
		p = answer_input(room, s, answered);
	*is_active |= *answered > 0;
	return p == STREAM_GOES_ON && s->is_ended ? STREAM_OVER : p;
}
