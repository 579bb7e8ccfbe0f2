/* SPDX-License-Identifier: ISC */
/* server/load.h - from arpad.yaml on disk to a snapshot, with the figures for the log. */
#ifndef SERVER_LOAD_H
#define SERVER_LOAD_H

#include "conf/config.h"
#include "zone/snapshot.h"

struct load {
	struct config config;      /* its diagnostics say what is wrong */
	struct snapshot *snapshot; /* one reference; NULL after an error */
	struct history history;    /* for the next; the caller's to take and free */
	size_t zones, pairs;       /* served */
	unsigned long took_ms;
};

/* Read, check and compile. `last` is what is served now and `h` what it came from, or NULL. Returns OK (a customer's file may
 * be refused all the same: config.diags.errors), or as config_load() and compile_plan().
 * load_free() frees *out in each case, but for the snapshot, which the caller may take. */
MUST_USE enum err load_read(struct load *out, const char *path, const struct snapshot *last,
        const struct history *h);

void load_free(struct load *l);

/* "3 zones, 1200 pairs" into the caller's room; returns it. */
#define LOAD_TEXT_MAX 64
const char *load_text(char out[LOAD_TEXT_MAX], const struct load *l);

#endif
