/* SPDX-License-Identifier: ISC */
/* tools/import.h - from zone files to what arpad reads.
 *
 *     zone files --import_read--> zones, records
 *                --import_match-> hosts            (address and names, forward or not)
 *                             +-> not carried      (records that have no place in the result yet)
 *                             +-> mismatches       (PTRs whose name does not lead back)
 *                --import_write-> DIR/arpad.yaml, DIR/customers/imported.yaml,
 *                                 DIR/not-carried.txt, DIR/mismatches.txt
 *
 * The result serves no record that the zone files do not have, and as many of their PTRs as it can:
 *
 *   PTR, its name has A or AAAA with this address             a host; it has one TTL, the smaller
 *   PTR, its name lies in no zone that was given              a host; its forward is external
 *   PTR, its name lies in one and does not lead back so       a host with `forward: no`
 *   several PTRs at one address                               one host with a list of names
 *   everything else, SOA and the apex's NS apart              not carried
 *
 * A record belongs to the zone with the longest apex; what lies below a zone cut or a DNAME is
 * occluded (RFC 2136 7.18) and not carried. An RRset with several TTLs has the smallest.
 *
 * All of it hangs in one arena. Mistakes in the files are diagnostics. */
#ifndef TOOLS_IMPORT_H
#define TOOLS_IMPORT_H

#include "conf/zone_file.h"
#include "zone/addr.h"
#include "zone/zone_index.h"

struct import_record {
	struct place place;
	const char *text;     /* as written */
	const uint8_t *owner; /* lower-case wire name; NULL for a $GENERATE */
	const uint8_t *rdata; /* wire form; a name is in lower case */
	size_t rdata_octets;
	uint32_t number; /* in the order of reading */
	uint32_t ttl_s;
	uint16_t type;
};

struct import_zone {
	const char *file;
	const uint8_t *apex;
	bool is_reverse;
	struct prefix prefix; /* when is_reverse */
	const struct import_record *soa;
	const uint8_t **ns; /* at the apex, in the order of the file, each once */
	size_t ns_count, ns_capacity;
	uint32_t ns_ttl_s;
	struct import_record *records;
	size_t record_count, record_capacity;
	const uint8_t **cuts; /* owners of NS below the apex, sorted; and of DNAME */
	const uint8_t **dnames;
	size_t cut_count, cut_capacity, dname_count, dname_capacity;
};

struct import_host {
	struct addr addr;
	const uint8_t *names[10]; /* PTR_MAX_AN_ADDRESS */
	uint32_t ttl_s;
	uint8_t name_count;
	uint16_t forward_no; /* bit i: of name i */
};

/* A record that is not carried, or a PTR that does not lead back, and why. */
struct import_note {
	const struct import_record *record;
	const char *why;
};

struct import_notes {
	struct import_note *items;
	size_t count, capacity;
};

struct import {
	struct arena arena;
	struct diag_list diags;
	struct import_zone *zones; /* canonical order of apexes, after import_match() */
	size_t zone_count, zone_capacity;
	struct zone_index index;
	struct import_host *hosts; /* by address */
	size_t host_count, host_capacity;
	size_t name_count, external_count, forward_no_count; /* names of hosts */
	struct import_notes not_carried, mismatches;
	size_t refused; /* entries with a mistake, and records of files that are no zones */
	uint32_t record_count;
};

void import_init(struct import *im);
void import_free(struct import *im);

/* Read one file. One that is no zone is refused whole. Returns OK or ERR_MEMORY. */
MUST_USE enum err import_read(struct import *im, const char *path);

/* After all files are read: decide what becomes of each record. Returns OK or ERR_MEMORY. */
MUST_USE enum err import_match(struct import *im);

/* Write the files; the ones of that name are replaced, arpad.yaml last. Returns OK; ERR_IO, with a
 * message on stderr; ERR_MEMORY. */
MUST_USE enum err import_write(const struct import *im, const char *folder);

/* For the files of import alone. */

__attribute__((format(printf, 4, 5))) void import_note(struct import *im,
        struct import_notes *notes, const struct import_record *record, const char *format, ...);

/* Print a note as a line: `FILE:LINE: RECORD ; WHY`. */
void import_print_note(const struct import_note *note, FILE *out);

/* The number of the zone that a name belongs to, ZONE_NONE when it lies in none. */
uint32_t import_find_zone(const struct import *im, const uint8_t *name);

/* The cut at or above a name, or the DNAME above it, that occludes it in its zone; NULL: none. */
const uint8_t *import_find_cut(const struct import_zone *zone, const uint8_t *name);

#endif
