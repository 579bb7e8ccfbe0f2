/* SPDX-License-Identifier: ISC */
/* conf/errands.h - work that may be done side by side, by whoever has threads (server/hands.h).
 *
 *     errands_begin(errands, &e)       e->run(e), now or later, here or in another thread
 *     errands_await(errands, &e)       it was run */
#ifndef CONF_ERRANDS_H
#define CONF_ERRANDS_H

#include <stdbool.h>
#include <stddef.h>

/* The first member of what the work is on; the caller's until it was awaited. */
struct errand {
	void (*run)(struct errand *e);
	struct errand *next; /* of those that wait */
	bool is_done;
};

struct errands {
	void (*begin)(void *context, struct errand *e);
	void (*await)(void *context, struct errand *e);
	void *context;
};

/* `errands` may be NULL: all is done at once. */
static inline void errands_begin(const struct errands *errands, struct errand *e)
{
	e->is_done = false;
	if (errands)
		errands->begin(errands->context, e);
	else
		e->run(e);
}

static inline void errands_await(const struct errands *errands, struct errand *e)
{
	if (errands)
		errands->await(errands->context, e);
}

#endif
