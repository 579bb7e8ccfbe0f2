/* SPDX-License-Identifier: ISC */
/* conf/zone_file.h - the records of a master file (RFC 1035 5, RFC 2308 4, RFC 3597 5).
 *
 *     e = zone_file_open(&f, "10.in-addr.arpa.zone", &arena, &diags);
 *     while (zone_file_next(&f, &record))
 *             ...
 *     e = zone_file_close(&f);
 *
 * Owner, TTL, class and directives are read here, rdata by ldns. An entry with a mistake becomes a
 * diagnostic with file and line, and reading goes on with the next.
 *
 *   origin     at first the file's name, without `db.` before and `.zone` or `.db` behind it;
 *              $ORIGIN may be relative
 *   owner      left blank: the last one stated in this file. Where that was refused, so are its
 *              records
 *   TTL        not stated: $TTL, else that of the record before, else the SOA's minimum
 *   $INCLUDE   from the folder of the file that was opened and from nowhere else: no `..`, no
 *              symbolic link out of it, regular files only, ZONE_INCLUDE_DEPTH_MAX deep, not in
 *              circles. Origin and owner are afterwards what they were before
 *   $GENERATE  as in BIND: conf/zone_generate.h. Behind the first mistake in what it makes, the
 *              rest of its row is left out
 *
 * Not for hostile folders: what changes while it is read may be read wrong. */
#ifndef CONF_ZONE_FILE_H
#define CONF_ZONE_FILE_H

#include "conf/input.h"
#include "conf/zone_entry.h"
#include "conf/zone_generate.h"
#include "conf/zone_word.h"
#include "zone/arena.h"
#include "zone/diag.h"
#include "zone/name.h"

#define ZONE_INCLUDE_DEPTH_MAX 8
#define ZONE_FILE_MAX_OCTETS   ((size_t)1 << 30)

struct zone_record {
	struct place place;
	const char *text;     /* the rdata as written, on one line */
	const uint8_t *owner; /* lower-case wire name */
	uint16_t type;
	uint32_t ttl_s;
	const uint8_t *rdata; /* wire form, letters as written */
	size_t rdata_octets;
};

/* A file that is being read, the top one or an included one. */
struct zone_frame {
	const char *file; /* as diagnostics name it */
	uint32_t column;  /* of a text that stands on one line of another file; 0: a file */
	uint32_t line;    /* likewise */
	char *octets;     /* owned */
	struct zone_text text;
	struct name origin; /* len 0: none */
	struct name owner;  /* the last one stated; len 0: none, or it was refused */
	dev_t device;
	ino_t inode;
};

struct zone_file {
	struct zone_frame frames[ZONE_INCLUDE_DEPTH_MAX + 1];
	unsigned depth;          /* frames in use */
	char *folder;            /* owned: the real path of the top file's */
	const char *folder_text; /* as the user named it */
	struct zone_entry entry;
	struct zone_generate generate;
	bool is_generating;
	uint32_t generate_line;   /* where the $GENERATE at work stands */
	size_t generated;         /* records that were made, or are to be */
	struct name owner_before; /* the $GENERATE */
	uint8_t *rdata;           /* owned; of the last record */
	uint32_t default_ttl_s, last_ttl_s, minimum_s;
	bool has_default_ttl, has_last_ttl, has_minimum;
	struct input_door *door; /* borrowed; may be NULL */
	struct arena *arena;     /* names of included files; outlives the diagnostics */
	struct diag_list *diags; /* borrowed */
	size_t refused;          /* entries with a mistake */
	bool failed;             /* out of memory; sticky */
};

/* Open a file. `path` must outlive the diagnostics; `kind` is that of the file itself, what it
 * includes are regular files. Returns OK; ERR_IO with a diagnostic; ERR_MEMORY. */
MUST_USE enum err zone_file_open(struct zone_file *f, const char *path, enum input_kind kind,
        struct input_door *door, struct arena *arena, struct diag_list *diags);

/* Open a text that stands at `place` of another file, such as an item of `records`: borrowed until
 * it is closed. It has no $INCLUDE, and no origin but the one that is set. */
void zone_file_open_text(struct zone_file *f, const char *text, size_t n, struct place place,
        struct arena *arena, struct diag_list *diags);

/* The origin, and the TTL of what states none, in place of what the file's name says. */
void zone_file_set(struct zone_file *f, const uint8_t *origin, uint32_t ttl_s);

/* The next record; what it points to is valid until the next call. False at the end. */
bool zone_file_next(struct zone_file *f, struct zone_record *out);

/* Returns OK, or ERR_MEMORY when memory ran out on the way. */
MUST_USE enum err zone_file_close(struct zone_file *f);

#endif
