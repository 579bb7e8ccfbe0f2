/* SPDX-License-Identifier: ISC */
/* server/tcp_stream.h - one TCP connection: octets in, answers out; for server/tcp.c.
 *
 *     octets in -> whole messages -> answer_batch -> octets out
 *
 * A stream has a buffer of its own only for what is left over at the end of its turn: a message
 * that has not come whole, or an answer that the client did not take whole (then nothing more is
 * read until it did). All else happens in room that a worker's streams share. */
#ifndef SERVER_TCP_STREAM_H
#define SERVER_TCP_STREAM_H

#include "server/counters.h"
#include "zone/err.h"

struct stream {
	int fd;                             /* owned, nonblocking; -1: closed */
	uint32_t in_len, out_len, out_sent; /* octets */
	uint8_t *in, *out;                  /* owned, NULL when there is nothing */
	bool is_ended; /* nothing more is read: the client is done, or sent garbage */
};

struct stream_room {
	const struct answer_config *config; /* borrowed */
	struct counters *counters;          /* borrowed */
	uint8_t *input;                     /* owned: the longest message */
	uint8_t *outputs; /* owned: the longest message for each of a batch; seldom touched beyond
	                   * the first page of each */
};

/* How it stands after a turn: with reading, with sending, not at all. */
enum progress { STREAM_GOES_ON, STREAM_BLOCKED, STREAM_OVER };

/* Allocate. Returns OK or ERR_MEMORY; stream_room_free() frees in each case. */
MUST_USE enum err stream_room_init(
        struct stream_room *room, const struct answer_config *config, struct counters *counters);
void stream_room_free(struct stream_room *room);

/* Send what is left, read once, answer what is whole. A message too short for a header ends the
 * stream, for what follows cannot be trusted to be one.
 *   answered    out: queries settled
 *   is_active   out: a query was answered or an answer taken whole
 * Returns STREAM_BLOCKED when the client must read first; STREAM_OVER when it is to be closed. */
MUST_USE enum progress stream_serve(
        struct stream *s, struct stream_room *room, unsigned *answered, bool *is_active);

/* Close and free; fd becomes -1. */
void stream_close(struct stream *s);

#endif
