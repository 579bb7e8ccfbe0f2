/* SPDX-License-Identifier: ISC */
/* server/updater.h - keeps what is served up with what people write.
 *
 *     asked for (SIGHUP, control, a file changed, a failure a while ago)
 *        -> the compiler runs (server/reload.h)       one runs, at most one more waits
 *        -> its result is verified                    server/generation.h
 *        -> fragments and serials are made durable    server/state.h
 *        -> published
 *        -> images follow into the state folder
 *
 * So nothing is served that a crash could lose, and no serial is served twice or goes back.
 * Whatever fails on the way, the last generation stays served; what failed for a reason that is not
 * in the files is tried again after a while. All of it happens in one thread, which also answers
 * the control socket; the workers know nothing of it. */
#ifndef SERVER_UPDATER_H
#define SERVER_UPDATER_H

#include "server/generation.h"
#include "server/mistakes.h"
#include "server/untouched.h"
#include "server/told.h"
#include "server/watch.h"

/* A change is read when nothing has changed for UPDATER_QUIET_MS, and at the latest after
 * UPDATER_SETTLE_MS. */
#define UPDATER_QUIET_MS     20
#define UPDATER_SETTLE_MS    150
#define UPDATER_RETRY_MS     10000 /* after a failure; twice as long after each further one */
#define UPDATER_RETRY_MAX_MS 600000

/* How a reload went; what `arpa reload` and `arpa status` tell. */
struct report {
	struct status_reload status;
	struct arena arena;     /* of its texts */
	struct diag_list diags; /* files' names are in the arena */
};

struct updater {
	const char *path;       /* of arpad.yaml; borrowed */
	struct config settings; /* the last ones */
	bool has_settings;
	struct state state;
	bool has_state;
	struct watch *watch; /* NULL: not watching */
	int unwatched_errno; /* why not, when it was tried */
	struct generation now;
	struct reload run;
	bool is_running, is_wanted; /* one runs; one more is wanted behind it */
	bool is_paused;             /* nothing is begun: another process takes over */
	bool is_foreign;            /* the manifest is another one's: what is served is older */
	struct report report;       /* of the last one */
	bool is_quick;              /* the one that runs reads what has changed alone */
	bool is_thorough; /* the next one reads every file, also those that have not changed */
	struct mistakes mistakes;
	struct untouched untouched;
	struct told told;
	size_t bad_told; /* customers that are not good, as it was logged last */
	bool is_unwatched_told;
	uint64_t changed_ms, settles_ms;  /* 0: nothing has changed */
	uint64_t retry_ms, retry_wait_ms; /* 0: nothing to be tried again */
};

enum update {
	UPDATE_NOTHING,
	UPDATE_HAS_SETTINGS, /* the first ones: updater_open_state(), and open sockets */
	UPDATE_IS_DONE       /* a reload has ended: updater.report; then updater_store() */
};

void updater_init(struct updater *u, const char *path);
void updater_close(struct updater *u);

/* Open the state folder, and publish what is in it. `lock` is that of the folder, if another
 * process hands it over, or -1; it is the updater's from now on. Returns OK; ERR_REFUSED, and it
 * was logged why there can be no state. */
MUST_USE enum err updater_open_state(struct updater *u, int lock);

/* Begin nothing any more: another process takes over. And begin again, for it did not: what it left
 * in the state folder meanwhile is what the next generation comes behind. */
void updater_pause(struct updater *u);
void updater_resume(struct updater *u);

/* Ask for a reload of all files: it begins now, or when the one that runs has ended. */
void updater_request(struct updater *u);

/* Descriptors to poll for input; -1 where there is none. */
int updater_reload_fd(const struct updater *u);
int updater_watch_fd(const struct updater *u);

/* Milliseconds until updater_serve() has something to do anyway; -1: nothing. */
int updater_timeout_ms(const struct updater *u);

/* Do what is to be done; called when a descriptor is readable or time has passed. */
MUST_USE enum update updater_serve(struct updater *u);

/* Bring the images into the state folder; it may take a moment. Begins the reload that waits. */
void updater_store(struct updater *u);

/* Pairs that are served. */
uint64_t updater_pairs(const struct updater *u);

/* "3 zones, 1200 pairs, generation 7" into the caller's room; returns it. */
#define UPDATER_FIGURES_MAX 100
const char *updater_figures(const struct updater *u, char out[UPDATER_FIGURES_MAX]);

/* True when something is served. */
static inline bool updater_is_serving(const struct updater *u)
{
	return u->now.snapshot != NULL;
}

#endif
