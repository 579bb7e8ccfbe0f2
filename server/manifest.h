/* SPDX-License-Identifier: ISC */
/* server/manifest.h - what belongs together in the state folder (server/state.h), as text.
 *
 *     arpad-manifest 2
 *     sequence 87
 *     generation 42
 *     published 1764000000
 *     config 06b05ab6733a618578af5f94892f3950
 *     layout 00aa...3f
 *     zone 2.0.192.in-addr.arpa. 2025112401 1764000000 5f3c...a1 2025112401 served
 *     customer acme customers/acme.yaml good 1763990000 77ab...02 19cd...e4 1200 3
 *     digest 9d1e...77
 *
 * One line an object, one space between words, the words of a line in the order of the struct; `-`
 * stands for no digest. Names of customers and of files are escaped: an octet that is no visible
 * ASCII character, and the backslash, is \xHH.
 *
 * For people to read, not to edit: the last line is the digest of all octets before it. Strict, so
 * that one manifest has one text: what was read prints as the very octets it was read from, and
 * anything else is refused. (That of an earlier arpad, with no count of ranges and delegations, is
 * taken for its serials: all files are to be read anew.) Both lists are in order of their names
 * (strcmp), each name once.
 *
 * A name that is found, and an object that was added, stay in place until the next is added. */
#ifndef SERVER_MANIFEST_H
#define SERVER_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zone/arena.h"
#include "zone/digest.h"
#include "zone/err.h"

/* A million zones and a million customers take half of it. */
#define MANIFEST_OCTETS_MAX ((size_t)256 << 20)

struct manifest_zone {
	const char *name;      /* the apex, lower-case, by name_to_text() */
	uint32_t serial;       /* the highest that was published or is about to be */
	int64_t changed;       /* Unix time at which it came to be */
	struct digest image;   /* none: there is none in the state folder */
	uint32_t image_serial; /* that the image has: it is out of date when this is not `serial` */
	bool is_served;        /* false: no zone of arpad.yaml any more, kept for its serial */
};

enum manifest_customer_state {
	MANIFEST_GOOD,
	MANIFEST_REFUSED, /* the file has mistakes */
	MANIFEST_MISSING, /* there never was a file */
	MANIFEST_VANISHED /* there was one */
};

struct manifest_customer {
	const char *name, *file; /* as in arpad.yaml; neither is empty */
	enum manifest_customer_state state;
	int64_t since;          /* Unix time from which on it was in this state */
	struct digest source;   /* of the file from which the fragment came; none: it is to be read
	                         * again, whatever it holds */
	struct digest fragment; /* none: publishes nothing */
	uint64_t pairs;
	uint64_t layers; /* ranges and delegations */
};

struct manifest {
	struct arena arena;
	uint64_t sequence;    /* one more with each write; server/state.c counts */
	uint64_t generation;  /* one more with each reload */
	int64_t published;    /* Unix time of it */
	struct digest config; /* of arpad.yaml and what it includes */
	struct digest layout; /* zone/layout.h */
	struct manifest_zone *zones;
	size_t zone_count, zone_capacity;
	struct manifest_customer *customers;
	size_t customer_count, customer_capacity;
	bool is_old; /* an earlier arpad wrote it: read, and never printed so */
};

void manifest_init(struct manifest *m);
void manifest_free(struct manifest *m);

/* Add an object, all else in it zero, its texts copied into the arena. NULL when out of memory;
 * sticky, as the arena is: manifest_print() tells. manifest_sort() after the last. */
struct manifest_zone *manifest_add_zone(struct manifest *m, const char *name);
struct manifest_customer *manifest_add_customer(
        struct manifest *m, const char *name, const char *file);

/* Put both lists in order. */
void manifest_sort(struct manifest *m);

/* By name, in lists that are in order; NULL: there is none. */
struct manifest_zone *manifest_find_zone(const struct manifest *m, const char *name);
struct manifest_customer *manifest_find_customer(const struct manifest *m, const char *name);

/* Read a manifest; no more of octets[0..size) than that may be looked at. Returns OK, and *out is
 * to be freed; ERR_CORRUPT for anything that manifest_print() does not print; ERR_MEMORY. */
MUST_USE enum err manifest_parse(struct manifest *out, const void *octets, size_t size);

/* Its text, malloc'd, with a NUL behind it that does not count. Returns OK; ERR_RANGE when it could
 * not be read again (lists not in order, an object twice, an apex that is not as name_to_text()
 * writes it, an empty text, a time before 1970); ERR_LONG over MANIFEST_OCTETS_MAX; ERR_MEMORY,
 * also when an object could not be added. */
MUST_USE enum err manifest_print(const struct manifest *m, char **octets, size_t *size);

#endif
