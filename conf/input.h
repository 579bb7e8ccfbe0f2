/* SPDX-License-Identifier: ISC */
/* conf/input.h - a whole file in memory.
 *
 *     e = input_read(&in, path, 64 << 20, INPUT_FILE, NULL, &why);
 *     ... in.octets[0 .. in.size), a NUL behind them ...
 *     free(in.octets);
 *
 * What people name may be anything: a folder, a device without an end, a pipe that nobody writes
 * to. So only regular files are read, unless pipes are wanted, too, and never more than a limit. */
#ifndef CONF_INPUT_H
#define CONF_INPUT_H

#include <sys/types.h>

#include "zone/digest.h"
#include "zone/err.h"

enum input_kind {
	INPUT_FILE,    /* a regular file */
	INPUT_NO_LINK, /* likewise, and the last part of its path is no symbolic link */
	INPUT_ANY      /* pipes, too, for which it waits, and devices */
};

struct input {
	char *octets; /* malloc'd */
	size_t size;
	dev_t device;
	ino_t inode;
};

/* Through which files are opened, where that is not simply done: by a process that may not, or one
 * that wants to know. */
struct input_door {
	/* As input_open(). */
	int (*open)(void *context, const char *path, enum input_kind kind, const char **why);
	void *context;
	struct digest *digest; /* NULL, or what is read is added to it */
};

/* Open a file for reading. Returns a descriptor; or -1, and *why says why, with errno ENOENT where
 * there is no such file and nowhere else. */
MUST_USE int input_open(const char *path, enum input_kind kind, const char **why);

/* Returns OK; ERR_LONG for more than `limit` octets; ERR_MEMORY; ERR_IO, and *why says why, with
 * errno ENOENT where there is no such file and nowhere else. `door` may be NULL. */
MUST_USE enum err input_read(struct input *out, const char *path, size_t limit,
        enum input_kind kind, struct input_door *door, const char **why);

#endif
