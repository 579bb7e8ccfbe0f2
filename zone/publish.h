/* SPDX-License-Identifier: ISC */
/* zone/publish.h - the one pointer that readers follow.
 *
 *     worker:     publish_join                                        publish_leave
 *                   loop: wait for packets; publish_read -> answer them -> publish_rest
 *     reloading:  publish_swap(next) -> the last one, which nobody reads any more
 *
 * Read-copy-update (liburcu, the QSBR flavour): a reader pays no lock and no atomic
 * read-modify-write. What publish_read returned stays valid until the same thread calls
 * publish_rest, however often others swap. A thread must rest before it blocks, or a swap waits
 * for it. */
#ifndef ZONE_PUBLISH_H
#define ZONE_PUBLISH_H

#include "zone/snapshot.h"

/* Say that this thread will read, and that it is done. In between it is at rest at first. */
void publish_join(void);
void publish_leave(void);

/* The snapshot served now; NULL before the first swap. Ends this thread's rest. */
const struct snapshot *publish_read(void);

/* This thread holds nothing that publish_read returned. */
void publish_rest(void);

/* Publish `next` (may be NULL), wait until no reader uses the last one any more, and return that;
 * the caller unrefs it. From one thread at a time, which must not be reading. */
struct snapshot *publish_swap(struct snapshot *next);

#endif
