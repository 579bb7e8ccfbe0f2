/* SPDX-License-Identifier: ISC */
/* server/state.h - the folder in which arpad keeps what it published, so that a restart serves at
 * once and nothing goes back.
 *
 *     manifest        what belongs together (server/manifest.h)
 *     manifest.copy   the same
 *     fragments/      what each customer's file published last    one file a customer
 *     images/         compiled zones                              one file a zone
 *     lock            held while arpad runs; the number of its process
 *
 * A file of the two subfolders is named by the digest of its octets and never changes. A reload:
 *
 *     1  state_write() the new fragments, state_sync()
 *     2  state_write_manifest() with the new serials      the copy, then the other; durable
 *     3  publish
 *     4  state_write() the new images, state_sync()
 *     5  state_write_manifest(), which now names them
 *     6  state_sweep()
 *
 * Whenever the machine stops, one of the two generations can be served. In 1 and 4 only files come
 * that no manifest names yet. In 2 and 5 each copy is replaced by a rename, so it is the old or the
 * new one, whole; the older one's files are still there, for they go in 6, when neither copy names
 * them any more. An image of 5 that is missing or out of date is made again from fragments.
 *
 * The younger copy is the one with the higher sequence, a number that grows with each write, while
 * 2 and 5 have one generation. Between the two writes of 2 or 5 the copies differ by one step, and
 * the younger is taken.
 *
 * No serial goes back, whichever copy is left. A serial is published in 3, when both copies with it
 * (or a higher one) are durable. So where the two differ in a serial, the higher one was never
 * published; and when the younger is damaged then, the older one knows all that were. */
#ifndef SERVER_STATE_H
#define SERVER_STATE_H

#include "server/manifest.h"

enum state_kind { STATE_FRAGMENTS, STATE_IMAGES };
#define STATE_KINDS 2

struct state {
	char *path;               /* owned */
	int folder;               /* O_DIRECTORY */
	int folders[STATE_KINDS]; /* fragments/, images/ */
	int lock;
	char *why;         /* owned; what state_open() said */
	uint64_t sequence; /* the highest of the copies on disk, or tried to be written */
	bool is_read;      /* `sequence` is known */
	bool is_whole;     /* both copies on disk are of one write */
};

/* Make the folder (0700) and its subfolders where they are missing, and take the lock; what is left
 * of it by a process that was killed is waited for, two seconds at most.
 *   lock_fd   -1; or the lock's descriptor, of a process that holds it and hands it over: it
 *             belongs to *s from now on, also after an error, and the other one writes no more
 *   why       after ERR_IO: a line for the user, the path first and with the remedy; it lives in *s
 * Returns OK; ERR_IO: another process has the lock, the system refuses, no folder, somebody else's,
 * or one that others may write; ERR_MEMORY. state_close() frees *s in each case. */
MUST_USE enum err state_open(struct state *s, const char *path, int lock_fd, const char **why);

/* Close all. Where the lock was handed over, the other process still has it. */
void state_close(struct state *s);

/* Read the younger sound copy of the manifest; *out is to be freed.
 *   is_new   true: there is no manifest, *out is an empty one
 *   said     malloc'd, or NULL: a line for the log, when a copy is damaged or missing
 * Returns OK; ERR_CORRUPT when no copy is sound; ERR_IO with errno when no copy is sound and one
 * could not be read, so that it may be sound; ERR_MEMORY. *said is set after any but ERR_MEMORY. */
MUST_USE enum err state_read_manifest(
        struct state *s, struct manifest *out, bool *is_new, char **said);

/* Write both copies; durable when it returns OK. The sequence is the next one, whatever m has. Not
 * before state_read_manifest() returned OK or ERR_CORRUPT. Returns OK; ERR_IO with errno, and then
 * at least one copy is sound, the last or this one; ERR_MEMORY, ERR_RANGE and ERR_LONG as
 * manifest_print(), and nothing is written. */
MUST_USE enum err state_write_manifest(struct state *s, const struct manifest *m);

/* Write octets under their digest, unless they are there; durable after state_sync(), once for many
 * files. Threads may write side by side. Returns OK, or ERR_IO with errno. */
MUST_USE enum err state_write(const struct state *s, enum state_kind kind, const void *octets,
        size_t size, struct digest *out);
MUST_USE enum err state_sync(const struct state *s, enum state_kind kind);

/* Open for reading; -1 with errno. What it holds may be damaged. */
int state_open_file(const struct state *s, enum state_kind kind, const struct digest *d);

/* A whole file, malloc'd. Returns OK; ERR_CORRUPT when its digest is another; ERR_IO with errno;
 * ERR_MEMORY. */
MUST_USE enum err state_read(const struct state *s, enum state_kind kind, const struct digest *d,
        uint8_t **octets, size_t *size);

/* Remove what the manifest that was read or written last does not name, and files that were not
 * finished; what cannot be removed stays. Does nothing while the two copies differ, for the older
 * one's files are wanted then. Not while another thread writes. */
void state_sweep(const struct state *s, const struct manifest *m);

#endif
