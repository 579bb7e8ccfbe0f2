/* SPDX-License-Identifier: ISC */
#include "server/priority.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define UPDATER_NICER  5
#define COMPILER_NICER 5      /* than that */
#define SLICE_NS       100000 /* the shortest there is */

/* sched_setattr(2), for which not every C library has a function; the first form of it. */
struct attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

/* Linux 6.12 and later: for who is not of a real-time policy the runtime is the slice. Others take
 * no notice of it. */
void priority_of_worker(void)
{
	struct attributes a = {.size = sizeof a};

	if (syscall(SYS_sched_getattr, 0, &a, sizeof a, 0) != 0 ||
	        (a.policy != SCHED_OTHER && a.policy != SCHED_BATCH))
		return;
	a.size = sizeof a;
	a.flags = 0;
	a.runtime = SLICE_NS;
	(void)!syscall(SYS_sched_setattr, 0, &a, 0);
}

static void be_nicer(id_t who, int by)
{
	errno = 0;
	int nice = getpriority(PRIO_PROCESS, who);
	if (nice != -1 || errno == 0)
		(void)!setpriority(PRIO_PROCESS, who, nice + by);
}

/* On Linux each thread is nice by itself. */
void priority_of_updater(void)
{
	be_nicer((id_t)gettid(), UPDATER_NICER);
}

void priority_of_compiler(pid_t pid)
{
	be_nicer((id_t)pid, COMPILER_NICER);
}
