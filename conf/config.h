/* SPDX-License-Identifier: ISC */
/* conf/config.h - the operator's file, arpad.yaml, and what hangs from it.
 *
 *     config_init(&c);
 *     e = config_load(&c, "/etc/arpad/arpad.yaml", NULL, NULL);
 *     diag_print(&c.diags, stderr);
 *     if (e == OK)
 *             e = compile_plan(&next, &c.plan, served_now, time(NULL));
 *     config_free(&c);
 *
 * It names the zones, the customers and how to serve. Paths in it count from its own folder. */
#ifndef CONF_CONFIG_H
#define CONF_CONFIG_H

#include "conf/errands.h"
#include "conf/input.h"
#include "zone/history.h"
#include "zone/layout.h"
#include "zone/plan.h"
#include "zone/records.h"

#define CONFIG_DEFAULT_FILE "/etc/arpad/arpad.yaml"
#define LISTEN_PORT         53
#define LISTEN_MAX          256
#define WORKERS_MAX         256
#define RELOAD_TIME_S       300  /* a million pairs take one second */
#define RELOAD_MEMORY       8192 /* MiB; a million pairs take 150 */
#define RELOAD_MEMORY_LEAST 64

struct listen_address {
	struct addr addr;   /* 0.0.0.0 or ::, too */
	uint16_t port;      /* 1 to 65535 */
	struct place place; /* where it was written; .file NULL for the default ones */
};

struct config {
	const char *file;   /* as the user named it; borrowed */
	const char *folder; /* of the file, "." when it has none; paths count from here */
	struct listen_address *listen; /* default: 0.0.0.0 and :: at port 53 */
	size_t listen_count, listen_capacity;
	unsigned workers;       /* 0: one a core */
	const char *state;      /* folder, joined with `folder`; default "state" */
	const char *control;    /* socket path, joined likewise; default control.sock in `state` */
	bool watch;             /* reload when a file changes */
	uint32_t reload_time_s; /* what a reload may take before it is ended */
	uint32_t reload_memory; /* likewise, MiB */
	struct plan plan;       /* everything hangs in plan.arena */
	struct barriers barriers;
	struct digest digest;          /* of the file and all it includes, customers' files apart */
	struct digest layout;          /* zone/layout.h */
	bool is_same;                  /* the file is what it was in the last generation */
	bool are_zones_same;           /* at least the layout is */
	const struct errands *errands; /* set by who has some, after config_init(): files are
	                                * parsed side by side; NULL: one after the other */
	struct diag_list diags;        /* what was found wrong, by config_load() and below */
};

static inline enum sameness config_sameness(const struct config *c)
{
	return !c->are_zones_same ? SAME_NOTHING : c->is_same ? SAME_CONFIG : SAME_ZONES;
}

void config_init(struct config *c);
void config_free(struct config *c);

/* Read arpad.yaml and every customer's delegation file, index the zones, check everything
 * (zone/check.h).
 *   path   must outlive *c; the text of every place does, too
 *   door   through which files are opened (conf/input.h), or NULL
 *   h      what was published last, or NULL: who held a contested name there keeps it, what a
 *          refused or vanished file published there stays, and what did not change since then is
 *          neither parsed nor checked; outlives *c, for pairs point into its fragments
 * A bad customer file is refused alone: its mistakes are in c->diags, c->diags.errors is not 0,
 * and the result is still OK. Returns OK; ERR_IO when arpad.yaml could not be read and ERR_REFUSED
 * after a mistake in it (both with a diagnostic); as history_open() when what must be kept is lost
 * (likewise); ERR_MEMORY. Sorts the diagnostics. */
MUST_USE enum err config_load(
        struct config *c, const char *path, struct input_door *door, const struct history *h);

/* Read the `server` part of arpad.yaml alone, whatever mistakes are in the others. Returns OK;
 * ERR_IO, ERR_REFUSED, ERR_MEMORY as config_load(). */
MUST_USE enum err config_load_settings(struct config *c, const char *path, struct input_door *door);

#endif
