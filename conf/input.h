/* SPDX-License-Identifier: ISC */
/* conf/input.h - a whole file in memory.
 *
 *     e = input_read(&in, path, 64 << 20, INPUT_FILE, &why);
 *     ... in.octets[0 .. in.size), a NUL behind them ...
 *     free(in.octets);
 *
 * What people name may be anything: a folder, a device without an end, a pipe that nobody writes
 * to. So only regular files are read, unless pipes are wanted, too, and never more than a limit. */
#ifndef CONF_INPUT_H
#define CONF_INPUT_H

#include <sys/types.h>

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

/* Returns OK; ERR_LONG for more than `limit` octets; ERR_MEMORY; ERR_IO, and *why says why, with
 * errno ENOENT where there is no such file and nowhere else. */
MUST_USE enum err input_read(
        struct input *out, const char *path, size_t limit, enum input_kind kind, const char **why);

#endif
