/* SPDX-License-Identifier: ISC */
/* server/compiler_files.h - files that the compiler has from arpad; for server/compiler.c alone. */
#ifndef SERVER_COMPILER_FILES_H
#define SERVER_COMPILER_FILES_H

#include "conf/input.h"
#include "server/manifest.h"
#include "server/message.h"
#include "zone/history.h"
#include "zone/image.h"

struct compiler_files {
	int socket;
	struct message *message; /* room for one */
	struct manifest last;    /* what was published last */
	bool is_served;          /* arpad has all its images in memory */
	struct history history;  /* of `last` */
	uint8_t *untouched;      /* owned; a bit for each of its customers */
	bool has_lost;           /* a fragment of it is lost */
	struct input_door door;  /* for conf/ */
	bool failed;             /* arpad has gone; sticky */
};

/* Set up the door. `message` is borrowed. */
void files_init(struct compiler_files *f, int socket, struct message *message);
void files_free(struct compiler_files *f);

/* Have `last` and `history`; an empty one when nothing was published yet. Returns OK; ERR_IO;
 * ERR_CORRUPT; ERR_MEMORY. */
MUST_USE enum err files_recall(struct compiler_files *f);

/* Go on without the fragments that were found to be lost: their files are read again, whatever they
 * hold, and no zone is merged from what is not known. arpad forgets the zones that it was told.
 * Returns OK or ERR_IO. */
MUST_USE enum err files_begin_anew(struct compiler_files *f);

/* Open the image of a zone that the state folder has, if it is the last one; *out is NULL
 * otherwise, and when it is lost or damaged. Returns OK or ERR_MEMORY. */
MUST_USE enum err files_open_image(
        struct compiler_files *f, const struct manifest_zone *zone, struct image **out);

#endif
