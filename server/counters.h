/* SPDX-License-Identifier: ISC */
/* server/counters.h - what a worker did, counted.
 *
 * Each worker has its own and is the only one to write it: plain increments, no atomic
 * operation on the query path. They are read after the worker has ended. */
#ifndef SERVER_COUNTERS_H
#define SERVER_COUNTERS_H

#include "server/answer.h"

struct counters {
	uint64_t queries[TRANSPORT_TCP + 1]; /* by enum transport; all that were read */
	uint64_t answers[ANSWER_ERROR + 1];  /* by enum answer_kind */
	uint64_t unsent;                     /* UDP: answers that the system would not take */
	uint64_t connections;                /* TCP: accepted */
	uint64_t turned_away; /* TCP: closed at once, for want of room or by the client's share */
};

/* One query and what became of it. */
static inline void counters_count(struct counters *c, enum transport transport, uint8_t kind)
{
	c->queries[transport]++;
	c->answers[kind]++;
}

/* Add `more` to *sum. */
void counters_add(struct counters *sum, const struct counters *more);

/* Log them in one line. */
void counters_log(const struct counters *c);

#endif
