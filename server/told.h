/* SPDX-License-Identifier: ISC */
/* server/told.h - what the log was told of each file, so that a file with mistakes that nobody
 * mends does not fill it: a file's diagnostics are logged when they are others than last time. */
#ifndef SERVER_TOLD_H
#define SERVER_TOLD_H

#include "zone/diag.h"
#include "zone/digest.h"

struct told_file {
	char *name; /* owned */
	struct digest said;
};

struct told {
	struct told_file *files; /* owned array, sorted by name */
	size_t count;
};

/* Log what is new of `diags`, which are in order of files. Files that are not among them, and were
 * looked at (is_unread(context, name) is false), have nothing to be told any more. When memory runs
 * out everything is logged. Returns how many were not. */
size_t told_log(struct told *t, const struct diag_list *diags,
        bool (*is_unread)(const void *context, const char *file), const void *context);

void told_free(struct told *t);

#endif
