/* SPDX-License-Identifier: ISC */
/* server/watch.h - tells that one of a set of files changed, or a folder or symbolic link on the
 * way to it: inotify(7).
 *
 *     watch_begin(w);
 *     watch_add(w, path), open, read        each file, also one that is not there
 *     watch_end(w);
 *     ...
 *     watch_fd(w) is readable: if (watch_read(w)) begin again
 *
 * A path is walked as the kernel walks it, and each folder on the way is watched for one name:
 *
 *     /etc/arpad/acme.yaml        /             etc
 *                                 /etc          arpad, which is a link to /srv/arpad
 *                                 /             srv
 *                                 /srv          arpad
 *                                 /srv/arpad    acme.yaml
 *
 * Where something is missing the walk ends: when it appears, that is an event of its name, and the
 * owner begins again. So it does not matter whether a file is written in place, renamed over,
 * removed, comes back with its folder, or is reached through a link that now leads elsewhere. Other
 * names in these folders count for nothing, and neither does reading.
 *
 * An event that came after a file was added is not lost, even when the set ends after it: then the
 * file is read once more than is needed, never once less.
 *
 * What inotify does not tell, and this can not: what other hosts do to a network file system,
 * mounts, writing through another hard link or bind mount of the file, truncate(2) without open(2),
 * and writing until the file is closed.
 *
 * One thread; nothing blocks. One inotify watch a folder, however many files are in it. */
#ifndef SERVER_WATCH_H
#define SERVER_WATCH_H

#include <stdbool.h>

#include "zone/err.h"

struct watch;

/* Watch the empty set. ERR_IO (EMFILE: fs.inotify.max_user_instances reached), ERR_MEMORY. */
MUST_USE enum err watch_open(struct watch **out);

/* NULL is allowed. */
void watch_close(struct watch *w);

/* Readable, to poll(2) and its like, when watch_read() is to be called. */
int watch_fd(const struct watch *w);

/* A new set begins. What was watched stays so until watch_end(). */
void watch_begin(struct watch *w);

/* Add a file to the set that has begun; call it before the file is opened. A relative path counts
 * from the working folder. What fails is remembered until watch_end(). */
void watch_add(struct watch *w, const char *path);

/* The set is complete: what was not added since watch_begin() is watched no more. On an error the
 * set is still the new one, but some of its changes may go unnoticed:
 *   ERR_IO      errno says why: ENOSPC, fs.inotify.max_user_watches is reached; EACCES, a folder
 * may be searched but not read; ENAMETOOLONG, links make a path of over PATH_MAX ERR_MEMORY */
MUST_USE enum err watch_end(struct watch *w);

/* Instead of watch_end(), when reading failed half-way: what was watched before and what was added
 * since both stay watched, until the next watch_end(). A file that was not added again is watched
 * where the way to it led when it was added last. */
void watch_abandon(struct watch *w);

/* Take what has happened. True when something of the set may have changed, or when so much happened
 * that the kernel dropped some of it. */
bool watch_read(struct watch *w);

#endif
