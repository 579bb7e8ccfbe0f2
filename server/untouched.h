/* SPDX-License-Identifier: ISC */
/* server/untouched.h - files that were read, and need not be again: what stat(2) said of each.
 *
 *     untouched_begin(&s)
 *         a file is opened to be read              untouched_note(&s, path, fd)
 *         is it what it was, with this digest?     untouched_is(&s, path, &digest)
 *     and when all went well
 *         what was read has this digest            untouched_confirm(&s, path, &digest)
 *     untouched_end(&s)
 *
 * A file is the same when device, inode, size, and the times of the last change of its octets and
 * of its inode are. The kernel sets the latter, and nobody can set it back. So a file that is
 * touched, written to, replaced, or given another one's times is read again; and so is whatever
 * there is a doubt of:
 *     - it had changed within UNTOUCHED_RACY_S before it was opened: another change could have the
 * same time, as clocks tick (git calls that racily clean);
 *     - the system's clock was set since: times could come twice;
 *     - it is on a file system that others change, too, or that is made of several;
 *     - it was opened and not confirmed: nobody knows what was read.
 * What none of it shows is a write through a shared mapping that was written through before, which
 * inotify(7) does not tell either. So this is for reloads that came of a file's change alone; one
 * that somebody asked for reads everything. Nothing of it outlives the process.
 *
 * Running out of memory makes files unknown. */
#ifndef SERVER_UNTOUCHED_H
#define SERVER_UNTOUCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "zone/digest.h"

#define UNTOUCHED_RACY_S 2 /* the coarsest clock of a file system that is in use */

struct untouched_file;

struct untouched {
	struct untouched_file **buckets; /* owned; as many as a power of 2 */
	size_t bucket_count, count;
	uint64_t seed, run; /* `run` counts untouched_begin() */
	int clock;          /* timerfd that becomes readable when the clock is set; -1 */
	/* which a test may replace: */
	bool (*is_local)(int fd); /* the file system is one that this machine alone changes */
	time_t (*now)(void);      /* of CLOCK_REALTIME */
};

void untouched_init(struct untouched *s);
void untouched_free(struct untouched *s);

void untouched_begin(struct untouched *s);

/* It was opened, and is read from now on; or could not be (fd -1). */
void untouched_note(struct untouched *s, const char *path, int fd);

/* True when the file that path names now is the one that was read with that digest, and has not
 * changed since. */
bool untouched_is(struct untouched *s, const char *path, const struct digest *digest);

/* What was read since untouched_note() of this run is what it was opened for. */
void untouched_confirm(struct untouched *s, const char *path, const struct digest *digest);

/* Forget what this run had nothing to do with. */
void untouched_end(struct untouched *s);

#endif
