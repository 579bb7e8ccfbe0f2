/* SPDX-License-Identifier: ISC */
/* server/console.h - what is asked over the control socket, answered from what arpad knows. */
#ifndef SERVER_CONSOLE_H
#define SERVER_CONSOLE_H

#include "server/control.h"
#include "server/crew.h"
#include "server/updater.h"

/* Clients who wait for a reload to end. */
struct waiting {
	uint64_t *clients; /* owned array */
	size_t count, capacity;
};

struct console {
	struct updater *updater;  /* borrowed */
	struct crew *crew;        /* borrowed */
	struct control *control;  /* NULL: none */
	int64_t started;          /* Unix time */
	struct waiting now, next; /* for the reload that runs, and for the one behind it */
	bool is_quit;             /* a client asked for the end */
	bool has_successor;       /* a client wants to take over: */
	uint64_t successor;       /* ... this one */
};

void console_init(struct console *c, struct updater *u, struct crew *crew);

/* Begin to listen, at the socket that settings name, or at one that was handed over (-1: none).
 * Returns OK; ERR_IO, *why in words; ERR_MEMORY. */
MUST_USE enum err console_open(struct console *c, int listener, const char **why);

/* A reload has ended: who waited for it is told how. Before updater_store(). */
void console_tell_reload(struct console *c);

/* Close; the socket's file stays where it was handed over (keep_path). */
void console_close(struct console *c, bool keep_path);

#endif
