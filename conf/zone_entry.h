/* SPDX-License-Identifier: ISC */
/* conf/zone_entry.h - a master file, entry by entry (RFC 1035 5.1): the lexical half.
 *
 *     @   IN  SOA   VENERA   Action\.domains (
 *                        20     ; SERIAL                   ->  @ IN SOA VENERA Action\.domains 20
 *                        7200 ) ; REFRESH                      7200
 *
 * An entry is a line, or several where a parenthesis is open. Comments go, runs of blanks become
 * one space, quoted text and escapes stay as they are. Lines end with LF or CR LF, the last one
 * perhaps with nothing. An entry with a mistake is read to its end, so that the next one is
 * sound; one whose parenthesis is never closed ends with its first line. */
#ifndef CONF_ZONE_ENTRY_H
#define CONF_ZONE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file in memory and how far it was read. */
struct zone_text {
	const char *octets; /* borrowed */
	size_t size, at;
	uint32_t line;     /* of the octet at `at`, from 1 */
	unsigned unclosed; /* parentheses so far */
};

struct zone_entry {
	char *text; /* owned, with a NUL */
	size_t len, capacity;
	uint32_t line;       /* where it begins */
	bool begins_blank;   /* its owner is that of the entry before */
	const char *mistake; /* NULL, or what is wrong with it */
	bool failed;         /* out of memory; sticky */
};

void zone_entry_init(struct zone_entry *e);
void zone_entry_free(struct zone_entry *e);

/* Read the next entry that is not empty; false at the end, or when memory ran out. */
bool zone_entry_read(struct zone_entry *e, struct zone_text *t);

/* The token at *text: *n octets of it, quotes and escapes as they are written. Moves *text behind
 * it and the space after. NULL at the end. */
const char *zone_entry_token(const char **text, size_t *n);

#endif
