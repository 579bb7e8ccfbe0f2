/* SPDX-License-Identifier: ISC */
/* server/hands.h - threads that run errands (conf/errands.h) for one who gives them.
 *
 *     hands_init(&h, 3);                        three threads, besides the caller
 *     errands_begin(&h.errands, &e) ...         many
 *     errands_await(&h.errands, &e) ...         each, in any order
 *     hands_close(&h);                          all were awaited
 *
 * Only one thread gives errands. What it gives waits in a queue; where that is full, and while it
 * awaits one, it runs others itself. So with no threads at all everything is done in the order in
 * which it was given, and no lock is taken. Threads begin with the first errands that are worth it:
 * an edit of one file is done before a thread has started. */
#ifndef SERVER_HANDS_H
#define SERVER_HANDS_H

#include <pthread.h>

#include "conf/errands.h"

#define HANDS_MAX 15

struct hands {
	struct errands errands;
	unsigned wanted, count; /* threads; those that run */
	unsigned given;         /* errands, as long as none runs */
	pthread_mutex_t lock;   /* of all below, and of errand.is_done */
	pthread_cond_t came;    /* an errand, or the end */
	pthread_cond_t done;    /* an errand is */
	struct errand *first, *last;
	unsigned waiting;
	bool is_over;
	pthread_t threads[HANDS_MAX];
};

void hands_init(struct hands *h, unsigned threads);
void hands_close(struct hands *h);

/* Processors that this process may use. */
unsigned hands_processors(void);

#endif
