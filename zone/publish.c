/* SPDX-License-Identifier: ISC */
#include "zone/publish.h"

#if defined(__SANITIZE_THREAD__)
#define TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TSAN 1
#endif
#endif

/* The inlined readers of liburcu's LGPL header are small functions; its licence allows that.
 * ThreadSanitizer must not look inside them: their atomic operations are assembler to it, and so
 * races. Then the library's own functions are called. */
#ifndef TSAN
#define _LGPL_SOURCE
#endif
#include <urcu-qsbr.h>

/* Nor does it see the barriers inside liburcu: what a reader does before it rests happens before
 * what the publisher does once it has waited, and what the publisher did before it swapped happens
 * before a reader that sees the pointer. */
#ifdef TSAN
void __tsan_acquire(void *at);
void __tsan_release(void *at);
#else
#define __tsan_acquire(at) ((void)(at))
#define __tsan_release(at) ((void)(at))
#endif

static struct snapshot *current;
static char resting; /* an address that stands for "readers have rested" */

void publish_join(void)
{
	urcu_qsbr_register_thread();
	urcu_qsbr_thread_offline();
}

void publish_leave(void)
{
	__tsan_release(&resting);
	urcu_qsbr_unregister_thread();
}

const struct snapshot *publish_read(void)
{
	urcu_qsbr_thread_online();
	const struct snapshot *s = rcu_dereference(current);
	__tsan_acquire(&current);
	return s;
}

void publish_rest(void)
{
	__tsan_release(&resting);
	urcu_qsbr_thread_offline();
}

struct snapshot *publish_swap(struct snapshot *next)
{
	__tsan_release(&current);
	struct snapshot *last = rcu_xchg_pointer(&current, next);
	urcu_qsbr_synchronize_rcu();
	__tsan_acquire(&resting);
	return last;
}
