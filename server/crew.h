/* SPDX-License-Identifier: ISC */
/* server/crew.h - all workers and their sockets. */
#ifndef SERVER_CREW_H
#define SERVER_CREW_H

#include "server/worker.h"

struct crew {
	struct listen_address *listen; /* owned copy, as it was at the start */
	size_t listen_count;
	unsigned asked_workers, count; /* as written; as there are */
	struct answer_config answer;
	struct sockets sockets;
	struct worker *workers; /* owned */
	unsigned opened, started;
	int stop; /* eventfd: all workers end when it is written to */
};

void crew_init(struct crew *crew);

/* Bind every socket and make the workers, still without threads. What is wrong with an address goes
 * to diags. Sockets that are handed over are taken. Returns OK; ERR_REFUSED after such an error;
 * ERR_IO; ERR_MEMORY. crew_close() in each case. */
MUST_USE enum err crew_open(struct crew *crew, const struct config *settings, struct handed *handed,
        size_t handed_count, struct diag_list *diags);

/* Begin to answer. The signals that the caller has blocked stay blocked in the threads. Returns OK
 * or ERR_IO. */
MUST_USE enum err crew_start(struct crew *crew);

/* Log what settings cannot take effect before the next start. */
void crew_compare(const struct crew *crew, const struct config *settings);

/* What all workers counted up to now. */
void crew_count(const struct crew *crew, struct counters *sum);

/* Let the workers finish, wait for them, log what they did, close everything. Where another process
 * has the same sockets, connections are left to end by themselves for a while. */
void crew_close(struct crew *crew, bool has_successor);

#endif
