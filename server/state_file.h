/* SPDX-License-Identifier: ISC */
/* server/state_file.h - one file of the state folder, written whole or not at all.
 *
 *     .new-1234  write, fsync  ->  rename to its name  ->  (the caller) fsync of the folder
 *
 * Under its name a file is therefore always whole, whenever the machine stops. What was not
 * finished is left behind as .new-..., which nobody reads. The new file has the thread's number in
 * its name, so that threads may write side by side. Interrupted calls are made again. */
#ifndef SERVER_STATE_FILE_H
#define SERVER_STATE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zone/err.h"

/* Write `name` in an open folder; what had the name is replaced, also an empty folder. Returns OK,
 * or ERR_IO with errno, and then what had the name is untouched. */
MUST_USE enum err state_file_write(int folder, const char *name, const void *octets, size_t size);

/* What cannot be removed stays, and so does a folder. */
void state_file_remove(int folder, const char *name);

/* Open for reading, close-on-exec; no symbolic link is followed. -1 with errno. */
int state_file_open(int folder, const char *name);

/* All of a file, malloc'd. Returns OK; ERR_CORRUPT when it is no regular file, is larger than
 * `limit`, or ends before its size; ERR_MEMORY; ERR_IO with errno. */
MUST_USE enum err state_file_read(
        int folder, const char *name, size_t limit, uint8_t **octets, size_t *size);

/* The next `size` octets of an open file. Returns OK; ERR_CORRUPT when it ends before; ERR_IO with
 * errno. */
MUST_USE enum err state_file_read_all(int fd, uint8_t *octets, size_t size);

/* Make the names in an open folder durable. */
MUST_USE enum err state_file_sync(int folder);

/* A file that was not finished, by its name. */
bool state_file_is_unfinished(const char *name);

#endif
