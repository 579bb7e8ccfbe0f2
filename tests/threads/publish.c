/* SPDX-License-Identifier: ISC */
/* Readers answer while a publisher swaps snapshot after snapshot. Every answer of a snapshot names
 * its generation, so a batch with two generations, or one that was freed, would show. */
#include "zone/publish.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "server/answer.h"
#include "tests/help/message.h"
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"

#define READERS 3
#define SWAPS   3000 /* at least, and until each reader has seen SEEN of them */
#define SEEN    300
#define HOSTS   20

/* 10.0.0.1 to 10.0.0.20, all named gGENERATION.test. */
static struct snapshot *compile(const struct snapshot *last, unsigned generation)
{
	struct small_plan s;
	char addr[20], name[20];

	small_plan_init(&s);
	small_plan_zone(&s, "10.0.0.0/8");
	snprintf(name, sizeof name, "g%u.test.", generation);
	for (unsigned i = 1; i <= HOSTS; i++) {
		snprintf(addr, sizeof addr, "10.0.0.%u", i);
		small_plan_pair(&s, addr, name, 60, 0);
	}
	struct snapshot *snapshot = small_plan_compile(&s, last, 1000);
	small_plan_free(&s);
	return snapshot;
}

static atomic_bool is_over;

struct reader {
	pthread_t thread;
	atomic_uint seen; /* generations */
	unsigned long mixed, backwards, wrong;
	uint8_t octets[HOSTS][MESSAGE_QUERY_MAX], responses[HOSTS][ANSWER_UDP_MAX];
	struct query queries[HOSTS];
};

/* The generation that a response names; 0 when it is none. Behind the question: a pointer, type,
 * class, TTL, length, and then the target's first label. */
static unsigned generation_of(const struct query *q, const struct response *r)
{
	unsigned generation = 0;
	size_t at = q->len + 12U;

	for (unsigned i = 2; at + i <= r->len && i <= r->octets[at]; i++)
		generation = generation * 10 + r->octets[at + i] - '0';
	return r->len > at && r->octets[at + 1] == 'g' ? generation : 0;
}

static void *read_on(void *argument)
{
	static const struct answer_config config = {.udp_size = 1232};
	struct reader *me = argument;
	struct response responses[HOSTS];
	unsigned last = 0;

	for (unsigned i = 0; i < HOSTS; i++) {
		responses[i].octets = me->responses[i];
		responses[i].capacity = ANSWER_UDP_MAX;
	}
	publish_join();
	while (!atomic_load_explicit(&is_over, memory_order_relaxed)) {
		const struct snapshot *s = publish_read();
		answer_batch(s, &config, me->queries, responses, HOSTS);
		unsigned first = generation_of(&me->queries[0], &responses[0]);
		for (unsigned i = 0; i < HOSTS; i++)
			me->mixed += generation_of(&me->queries[i], &responses[i]) != first;
		me->wrong += first == 0 || first != s->generation;
		publish_rest();
		me->backwards += first < last;
		if (first != last)
			atomic_fetch_add_explicit(&me->seen, 1, memory_order_relaxed);
		last = first;
		sched_yield(); /* at rest, so that a swap need not wait for its turn */
	}
	publish_leave();
	return NULL;
}

static bool have_seen_enough(struct reader *readers)
{
	for (unsigned i = 0; i < READERS; i++)
		if (atomic_load_explicit(&readers[i].seen, memory_order_relaxed) < SEEN)
			return false;
	return true;
}

static void answers_are_of_one_generation(void **state)
{
	struct reader *readers = calloc(READERS, sizeof *readers);
	struct snapshot *now = compile(NULL, 1);
	(void)state;

	assert_non_null(readers);
	assert_null(publish_swap(now));
	for (unsigned i = 0; i < READERS; i++) {
		for (unsigned k = 0; k < HOSTS; k++) {
			char name[40];
			snprintf(name, sizeof name, "%u.0.0.10.in-addr.arpa.", k + 1);
			size_t n = message_query(readers[i].octets[k], 1, name, RR_PTR);
			readers[i].queries[k] =
			        (struct query){readers[i].octets[k], (uint16_t)n, TRANSPORT_UDP};
		}
		assert_int_equal(pthread_create(&readers[i].thread, NULL, read_on, &readers[i]), 0);
	}
	for (unsigned g = 2; g <= SWAPS || !have_seen_enough(readers); g++) {
		struct snapshot *next = compile(now, g), *last = publish_swap(next);
		assert_true(last == now);
		snapshot_unref(last);
		now = next;
		assert_true(g < 1000 * SWAPS);
	}
	atomic_store(&is_over, true);
	for (unsigned i = 0; i < READERS; i++) {
		pthread_join(readers[i].thread, NULL);
		assert_int_equal(readers[i].mixed, 0);
		assert_int_equal(readers[i].backwards, 0);
		assert_int_equal(readers[i].wrong, 0);
	}
	snapshot_unref(publish_swap(NULL));
	free(readers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(answers_are_of_one_generation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
