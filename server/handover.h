/* SPDX-License-Identifier: ISC */
/* server/handover.h - one arpad takes the place of another without a lost query.
 *
 *     new (arpad --replace)                       old
 *       "replace" on the control socket  ------>  ends its reload, begins no other
 *                                        <------  sockets of all workers, control socket, lock
 *       serves, from the state folder
 *       taken                            ------>  finishes what has come, ends
 *
 * The sockets are the same, not others at the same address: what waits in them is answered by
 * whoever reads first, and for a moment both do. If the new one fails before it serves, its end of
 * the line closes and the old one goes on as if nothing had been. If the old one does not wait any
 * longer it says so; if it is gone without a word it has ended, and the new one has its place. */
#ifndef SERVER_HANDOVER_H
#define SERVER_HANDOVER_H

#include "server/message.h"
#include "server/socket.h"

#define HANDOVER_VERSION     2U
#define HANDOVER_WAIT_MS     600000U /* for a reload of the old one to end */
#define HANDOVER_SOCKETS_MAX (2U * LISTEN_MAX * WORKERS_MAX)

/* What the new one got. */
struct handover {
	int line;               /* to the old one; -1 */
	struct message message; /* room for one */
	struct handed *sockets; /* owned array; server/socket.h */
	size_t socket_count, socket_capacity;
	unsigned workers; /* of the old one */
	int listener;     /* of the control socket; -1 */
	int lock;         /* of the state folder; -1 */
};

void handover_init(struct handover *h);

/* Close what nobody has taken. */
void handover_close(struct handover *h);

/* Ask the arpad at this control socket for all it has, and wait for it. Returns OK; ERR_IO, and
 * *why in words. */
MUST_USE enum err handover_ask(struct handover *h, const char *path, const char **why);

/* Tell the old one that it may go. Returns OK, also when it is gone; ERR_REFUSED: it goes on. */
MUST_USE enum err handover_taken(struct handover *h);

/* The old one's part: send everything over a client's connection, which stays the caller's. Returns
 * a line that becomes readable when the new one has taken over or has gone; -1 when it has gone. */
int handover_give(int client, const struct sockets *sockets, const struct listen_address *listen,
        int listener, int lock);

/* The line is readable, or time is up: true when the new one has taken over. Otherwise it is told,
 * if it is there, that it cannot any more. */
bool handover_is_taken(int line);

#endif
