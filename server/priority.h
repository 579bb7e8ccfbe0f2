/* SPDX-License-Identifier: ISC */
/* server/priority.h - who waits for whom where cores are busy.
 *
 *     workers           short slices: who wakes with a query to answer is next
 *     arpad's thread    nice 5 while workers answer: it may wait for them
 *     the compiler      nice 10 then
 *
 * Who is nice still gets his part: where queries take all of a core, about a quarter and a tenth of
 * it. (SCHED_IDLE would get nearly nothing, and a process without privileges cannot leave it.)
 * Before anything is served nobody is nice. All of it is a help: a system that does not have it, or
 * does not allow it, serves the same answers later. */
#ifndef SERVER_PRIORITY_H
#define SERVER_PRIORITY_H

#include <sys/types.h>

/* Of the calling thread, a worker. */
void priority_of_worker(void);

/* Of the calling thread, arpad's own; once, when the workers have begun. */
void priority_of_updater(void);

/* Of a compiler that this thread has just started, behind priority_of_updater(). */
void priority_of_compiler(pid_t pid);

#endif
