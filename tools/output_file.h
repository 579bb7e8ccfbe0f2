/* SPDX-License-Identifier: ISC */
/* tools/output_file.h - a file that is there whole or not at all.
 *
 *     e = output_open(&o, "out", "2.0.192.in-addr.arpa.zone");
 *     fprintf(o.stream, ...);
 *     e = output_commit(&o);             or output_abandon(&o)
 *
 * Written under another name in the same folder, and renamed when it is complete. */
#ifndef TOOLS_OUTPUT_FILE_H
#define TOOLS_OUTPUT_FILE_H

#include <stdio.h>

#include "zone/err.h"

struct output {
	FILE *stream;
	char *path, *temporary; /* owned */
};

/* Make a folder, and the ones above it, where they are missing. Returns OK or ERR_IO. */
MUST_USE enum err output_make_folder(const char *path);

/* Open folder/name for writing. Returns OK; ERR_MEMORY; ERR_IO. */
MUST_USE enum err output_open(struct output *o, const char *folder, const char *name);

/* Close and rename; on failure nothing is left behind but what was at the path before. Returns OK
 * or ERR_IO. Frees *o in any case. */
MUST_USE enum err output_commit(struct output *o);

/* See that there is no folder/name. Returns OK, also when there was none; ERR_MEMORY; ERR_IO. */
MUST_USE enum err output_remove(const char *folder, const char *name);

void output_abandon(struct output *o);

#endif
