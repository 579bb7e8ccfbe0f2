/* SPDX-License-Identifier: ISC */
/* conf/config.h - the operator's file, arpad.yaml.
 *
 * It names the zones, the customers and how to serve. Paths in it count from its own folder. */
#ifndef CONF_CONFIG_H
#define CONF_CONFIG_H

#include "zone/plan.h"

#define CONFIG_DEFAULT_FILE "/etc/arpad/arpad.yaml"

struct listen_address {
	struct addr addr; /* 0.0.0.0 or ::, too */
	uint16_t port;
	struct place place;
};

struct config {
	const char *file;   /* as the user named it */
	const char *folder; /* of the file, "." when it has none; paths count from here */
	struct listen_address *listen; /* default: 0.0.0.0 and :: at port 53 */
	size_t listen_count;
	unsigned workers;     /* 0: one a core */
	const char *state;    /* folder, joined with `folder`; default "state" */
	const char *control;  /* socket path, joined likewise; default "state/control.sock" */
	bool watch;	      /* default true */
	struct plan plan;     /* everything hangs in plan.arena */
	struct diag_list diags; /* what was found wrong, by config_load() and below */
};

void config_init(struct config *c);
void config_free(struct config *c);

/* Read arpad.yaml alone. Mistakes go to c->diags. Returns OK; ERR_IO when the file could not be
 * read (also a diagnostic); ERR_REFUSED after a mistake in it; ERR_MEMORY. */
MUST_USE enum err config_read(struct config *c, const char *path);

/* Read arpad.yaml and every customer's delegation file, index the zones, check everything. A bad
 * customer file is refused alone: its source is SOURCE_REFUSED, its mistakes are in c->diags, and
 * the result is still OK. Returns as config_read(). Sorts the diagnostics. */
MUST_USE enum err config_load(struct config *c, const char *path);

#endif
