/* SPDX-License-Identifier: ISC */
/* server/reload.h - one run of the compiler, as arpad sees it.
 *
 *     reload_start(&r, path, limits) ... whenever r.socket is readable: reload_serve(&r, &desk)
 *
 *     RELOAD_HAS_SETTINGS   r.settings can be used
 *     RELOAD_WANTS_LAST     reload_answer_last() is to be called
 *     RELOAD_IS_DONE        all is there, or r.failure says why not; then reload_end()
 *
 * Whatever the compiler says, nothing here trusts it: images are verified, fragments are only kept,
 * and what makes no sense is a failure. Never waits for the compiler. Fragments go to the state
 * folder as they come, for together they are as large as all images; no manifest names them before
 * all is there. */
#ifndef SERVER_RELOAD_H
#define SERVER_RELOAD_H

#include <sys/types.h>

#include "conf/config.h"
#include "server/manifest.h"
#include "server/message.h"
#include "zone/image.h"
#include "zone/renew.h"

struct mistakes;
struct untouched;
struct state;
struct watch;

struct reload_zone {
	const char *name; /* in the arena */
	uint32_t serial;
	enum renewal how;
	struct image *image; /* owned until it is taken; NULL: the last one stays */
};

struct reload_customer {
	const char *name, *file; /* in the arena */
	enum manifest_customer_state state;
	bool is_same_fragment;
	bool is_known_bad; /* it is refused for what server/mistakes.h knows; not looked into either
	                    */
	bool is_unread;    /* the file and arpad.yaml are what they were: nobody looked into it */
	struct digest source;   /* of the file that the fragment is of */
	struct digest refused;  /* of the file that is there, if it has mistakes of its own */
	uint64_t pairs, layers; /* layers: ranges and delegations */
	bool has_fragment;      /* a new one came, and was written to the state folder: */
	struct digest fragment; /* ... under this, not durable yet; */
	enum err written;       /* ... or what else came of that, and */
	int write_errno;        /* ... the reason */
};

/* Where the compiler gets its files. */
struct reload_desk {
	const struct state *state; /* NULL: not open yet */
	const struct mistakes *mistakes;
	struct watch *watch;         /* is told of every file that people wrote; NULL: nobody is */
	struct untouched *untouched; /* likewise */
	bool is_quick;               /* what it knows to be as it was is not read again */
};

struct reload {
	pid_t pid;  /* 0: none runs */
	int socket; /* to it; -1 */
	uint64_t began_ms, deadline_ms;
	struct message *message; /* owned */
	struct arena arena;
	struct config settings; /* of this run; the `server` part alone */
	bool has_settings;
	struct reload_zone *zones; /* owned array */
	size_t zone_count, zone_capacity;
	struct reload_customer *customers; /* owned array */
	size_t customer_count, customer_capacity;
	struct diag_list diags;
	enum err result; /* of reading and compiling, when is_done and not failure */
	struct digest config, layout;
	uint32_t files_read, files_parsed;
	uint64_t pairs;
	bool is_done;
	const char *failure; /* in words: why there is no result; NULL: there is one */
};

enum reload_event { RELOAD_GOES_ON, RELOAD_HAS_SETTINGS, RELOAD_WANTS_LAST, RELOAD_IS_DONE };

/* Start the compiler on arpad.yaml. `path` outlives *r; the limit is one of time, until the
 * settings say another. Returns OK; ERR_IO and r->failure; reload_end() in each case. */
MUST_USE enum err reload_start(struct reload *r, const char *path, uint32_t time_s);

/* Do what the compiler asks for, a bounded piece at a time. */
enum reload_event reload_serve(struct reload *r, const struct reload_desk *desk);

/* Hand it the manifest, or none (NULL), and which files need not be read. is_served: all its images
 * are in memory here. */
void reload_answer_last(struct reload *r, const struct reload_desk *desk,
        const struct manifest *last, bool is_served);

/* Time is up: then r->failure says so. */
void reload_check_time(struct reload *r, uint64_t now_ms);

/* End the process, if it still runs, and free everything. */
void reload_end(struct reload *r);

/* An idle one. */
void reload_init(struct reload *r);

#endif
