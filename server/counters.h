/* SPDX-License-Identifier: ISC */
/* server/counters.h - what a worker did, counted.
 *
 * Each worker has its own and is the only one to write it; anybody may read it meanwhile. So a
 * count is loaded, added to and stored, relaxed: plain instructions, no locked one on the query
 * path. A reader sees each count whole and never going back, but not all of one moment: of a query
 * under way it may see `queries` and not yet `answers`. */
#ifndef SERVER_COUNTERS_H
#define SERVER_COUNTERS_H

#include <stdatomic.h>

#include "server/answer.h"

#define COUNTERS_TYPES      256 /* types that have a count of their own */
#define COUNTERS_TYPE_OTHER COUNTERS_TYPES
#define COUNTERS_RCODES     17 /* up to BADVERS: RFC 6891 9 */

struct counters {
	_Atomic uint64_t queries[TRANSPORT_TCP + 1]; /* by enum transport; all that were read */
	_Atomic uint64_t answers[ANSWER_ERROR + 1];  /* by enum answer_kind */
	_Atomic uint64_t types[COUNTERS_TYPES + 1];  /* by question type, the last for all others; a
	                                              * query  without a readable question, or of the
	                                              * reserved  type 0, is in none */
	_Atomic uint64_t
	        rcodes[COUNTERS_RCODES]; /* by enum rcode; answers alone, for silence has none */
	_Atomic uint64_t unsent;         /* UDP: answers that the system would not take */
	_Atomic uint64_t connections;    /* TCP: accepted */
	_Atomic uint64_t
	        turned_away; /* TCP: closed at once, for want of room or by the client's share */
};

/* The writer alone. */
static inline void counter_add(_Atomic uint64_t *c, uint64_t n)
{
	atomic_store_explicit(
	        c, atomic_load_explicit(c, memory_order_relaxed) + n, memory_order_relaxed);
}

static inline uint64_t counter_read(const _Atomic uint64_t *c)
{
	return atomic_load_explicit(c, memory_order_relaxed);
}

/* One query and what became of it. */
void counters_count(struct counters *c, enum transport transport, const struct response *r);

/* One query that was not even looked at. */
static inline void counters_count_dropped(struct counters *c, enum transport transport)
{
	counter_add(&c->queries[transport], 1);
	counter_add(&c->answers[ANSWER_NONE], 1);
}

/* Add `more`, which its worker may be writing, to *sum, which is the caller's alone. */
void counters_add(struct counters *sum, const struct counters *more);

/* Log them in one line. */
void counters_log(const struct counters *c);

#endif
