/* SPDX-License-Identifier: ISC */
#include "server/hands.h"

#include <sched.h>
#include <string.h>

/* So many errands are done before it is worth a thread. */
#define FEW 16

/* Stacks count as memory that a compiler may have (RLIMIT_AS). A file is read in some 60 KB. */
#define STACK_OCTETS ((size_t)512 << 10)

/* Errands that wait for each thread: enough that none runs dry. */
#define WAITING_EACH 4

static struct errand *take(struct hands *h)
{
	struct errand *e = h->first;

	h->first = e->next;
	if (!h->first)
		h->last = NULL;
	h->waiting--;
	return e;
}

/* Run the first that waits. Locked before and afterwards. */
static void run_first(struct hands *h)
{
	struct errand *e = take(h);

	pthread_mutex_unlock(&h->lock);
	e->run(e);
	pthread_mutex_lock(&h->lock);
	e->is_done = true;
	pthread_cond_broadcast(&h->done);
}

static void *work(void *context)
{
	struct hands *h = context;

	pthread_mutex_lock(&h->lock);
	for (;;) {
		while (!h->first && !h->is_over)
			pthread_cond_wait(&h->came, &h->lock);
		if (!h->first)
			break;
		run_first(h);
	}
	pthread_mutex_unlock(&h->lock);
	return NULL;
}

/* As many as can be; with none it takes longer, and that is all. */
static void start_threads(struct hands *h)
{
	pthread_attr_t attributes;

	if (pthread_attr_init(&attributes) != 0) {
		h->wanted = 0;
		return;
	}
	pthread_attr_setstacksize(&attributes, STACK_OCTETS);
	while (h->count < h->wanted &&
	        pthread_create(&h->threads[h->count], &attributes, work, h) == 0)
		h->count++;
	h->wanted = h->count;
	pthread_attr_destroy(&attributes);
}

static void begin(void *context, struct errand *e)
{
	struct hands *h = context;

	if (!h->count && h->wanted && ++h->given > FEW)
		start_threads(h);
	if (!h->count) {
		e->run(e);
		e->is_done = true;
		return;
	}
	e->next = NULL;
	pthread_mutex_lock(&h->lock);
	while (h->waiting >= h->count * WAITING_EACH)
		run_first(h);
	if (h->last)
		h->last->next = e;
	else
		h->first = e;
	h->last = e;
	h->waiting++;
	pthread_cond_signal(&h->came);
	pthread_mutex_unlock(&h->lock);
}

static void await(void *context, struct errand *e)
{
	struct hands *h = context;

	if (!h->count)
		return;
	pthread_mutex_lock(&h->lock);
	while (!e->is_done) {
		if (h->first)
			run_first(h);
		else
			pthread_cond_wait(&h->done, &h->lock);
	}
	pthread_mutex_unlock(&h->lock);
}

void hands_init(struct hands *h, unsigned threads)
{
	memset(h, 0, sizeof *h);
	h->errands = (struct errands){begin, await, h};
	h->wanted = threads < HANDS_MAX ? threads : HANDS_MAX;
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->came, NULL);
	pthread_cond_init(&h->done, NULL);
}

void hands_close(struct hands *h)
{
	pthread_mutex_lock(&h->lock);
	h->is_over = true;
	pthread_cond_broadcast(&h->came);
	pthread_mutex_unlock(&h->lock);
	for (unsigned i = 0; i < h->count; i++)
		pthread_join(h->threads[i], NULL);
	pthread_cond_destroy(&h->done);
	pthread_cond_destroy(&h->came);
	pthread_mutex_destroy(&h->lock);
	h->count = h->wanted = 0;
}

unsigned hands_processors(void)
{
	cpu_set_t cores;

	return sched_getaffinity(0, sizeof cores, &cores) == 0 ? (unsigned)CPU_COUNT(&cores) : 1;
}
