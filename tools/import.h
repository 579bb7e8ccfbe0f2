/* SPDX-License-Identifier: ISC */
/* tools/import.h - from zone files to what arpad reads.
 *
 *     zone files --import_read--> zones, records
 *                --import_match-> hosts         (address and names, forward or not)
 *                             +-> mismatches    (PTRs whose name does not lead back)
 *                             +-> not carried   (what arpad cannot serve)
 *                --import_cut --> delegations   (CNAMEs and NS by RFC 2317)
 *                --import_fold--> ranges        (hosts whose names one pattern makes)
 *                --import_write-> DIR/arpad.yaml, DIR/customers/imported.yaml,
 *                                 DIR/zones/ZONE.records, and lists where they have something to
 *                                 say: DIR/mismatches.txt, DIR/ttls.txt, DIR/not-carried.txt
 *
 * The result answers as a server with the zone files does. What can be a pair becomes one:
 *
 *   PTR, its name has A or AAAA with this address and TTL   a host
 *   PTR, its name lies in no zone that was given            a host; its forward is external
 *   PTR, its name lies in one and does not lead back so     a host with `forward: no`
 *   several PTRs at one address                             one host with a list of names
 *   eight hosts in a row and more, names by one pattern     a range; import_fold.h
 *   CNAMEs of a block below one label, with its NS          a delegation
 *   CNAMEs of a block below one name                        likewise
 *   SOA, NS at the apex                                     the zone in arpad.yaml
 *   everything else                                         a line in the zone's records
 *
 * Everything else: PTRs at owners that are no addresses, to names that are no host names, below a
 * cut or DNAME, and where there are more than a host may have; addresses without a PTR.
 *
 * A record belongs to the zone with the longest apex. What an outer zone has at or below an inner
 * apex is never seen; arpad makes the cut by itself, so it is left out, and told where the inner
 * zone has no such record. DS stays. An RRset with several TTLs has the smallest.
 *
 * All of it hangs in one arena. Mistakes in the files are diagnostics. */
#ifndef TOOLS_IMPORT_H
#define TOOLS_IMPORT_H

#include "conf/zone_file.h"
#include "zone/addr.h"
#include "zone/zone_index.h"

/* What becomes of a record. */
enum import_fate {
	FATE_RECORD, /* a line in the zone's records */
	FATE_PAIR,   /* PTR or address of a host */
	FATE_CUT,    /* of a delegation */
	FATE_ZONE,   /* SOA or NS in arpad.yaml */
	FATE_LEFT    /* out: it is there twice, the zone has it by itself, or it is not carried */
};

struct import_record {
	struct place place;
	const char *text;     /* as written */
	const uint8_t *owner; /* lower-case wire name */
	const uint8_t *rdata; /* wire form; a name is in lower case */
	size_t rdata_octets;
	uint32_t number; /* in the order of reading */
	uint32_t ttl_s;  /* by import_sort(): of its RRset */
	uint16_t type;
	bool is_alone; /* by import_match(): nothing else is at its owner, nothing below it */
	enum import_fate fate;
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
	bool has_odd_ns; /* some are no host names: then NS are records, and not in arpad.yaml */
	struct import_record *records;
	size_t record_count, record_capacity;
	struct import_record **sorted; /* by import_sort(): by owner, type and rdata */
	size_t sorted_count;
	const uint8_t **cuts; /* owners of NS below the apex, sorted; and of DNAME */
	const uint8_t **dnames;
	size_t cut_count, cut_capacity, dname_count, dname_capacity;
};

struct import_host {
	struct addr addr;
	const uint8_t *names[10]; /* PTR_MAX_AN_ADDRESS */
	uint32_t ttl_s;
	uint8_t name_count;
	bool is_in_range;                          /* a range makes its name; it is no host then */
	uint16_t forward_no;                       /* bit i: of name i */
	uint32_t zone;                             /* that holds its PTRs */
	const struct import_record *ptr, *address; /* of the first name; address NULL: external, or
	                                            * `forward: no` */
};

/* Addresses whose names one pattern makes, or that have none. */
struct import_range {
	struct addr first, last;
	const uint8_t *shape; /* NULL: none */
	uint8_t shape_octets;
	const uint8_t *owner; /* below which the labels stand */
	uint32_t ttl_s;
};

/* Addresses of a /24 that are handed on. */
struct import_cut {
	struct addr first, last;
	const uint8_t *target; /* below which the CNAMEs lead */
	uint32_t ttl_s;
	/* The records at the target and below it: NS, DS, glue. None: nothing is cut. */
	struct import_record *const *records;
	size_t record_count;
};

/* A record, and what is to be said of it. */
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
	struct prefix *prefixes; /* of the reverse zones, in order, none inside another; neighbours
	                          * are joined */
	size_t prefix_count;
	struct import_host *hosts; /* by address */
	size_t host_count, host_capacity;
	size_t name_count, external_count, forward_no_count; /* names of hosts */
	struct import_range *ranges; /* by address, a wider one before those inside it */
	size_t range_count, range_capacity, pattern_count;
	size_t in_range_count;   /* hosts */
	struct import_cut *cuts; /* by address */
	size_t cut_count, cut_capacity;
	struct import_notes mismatches;  /* PTRs of hosts that do not lead back, or not so */
	struct import_notes ttls;        /* RRsets with several TTLs */
	struct import_notes not_carried; /* records that arpad does not serve */
	size_t refused; /* entries with a mistake, and records of files that are no zones */
	uint32_t record_count;
};

void import_init(struct import *im);
void import_free(struct import *im);

/* Read one file. One that is no zone is refused whole. Returns OK or ERR_MEMORY. */
MUST_USE enum err import_read(struct import *im, const char *path);

/* After all files are read: decide what becomes of each record. Returns OK or ERR_MEMORY. */
MUST_USE enum err import_match(struct import *im);

/* After that: make delegations of the records that are some, then ranges of the hosts. Returns OK
 * or ERR_MEMORY. */
MUST_USE enum err import_cut(struct import *im);
MUST_USE enum err import_fold(struct import *im);

/* Write the files; the ones of that name are replaced, arpad.yaml last. Returns OK; ERR_IO, with a
 * message on stderr; ERR_MEMORY. */
MUST_USE enum err import_write(const struct import *im, const char *folder);

/* For the files of import alone. */

__attribute__((format(printf, 4, 5))) void import_note(struct import *im,
        struct import_notes *notes, const struct import_record *record, const char *format, ...);

/* Print a note as a line: `FILE:LINE: RECORD ; WHY`. */
void import_print_note(const struct import_note *note, FILE *out);

/* Refuse a record that was read. */
void import_refuse(struct import *im, struct place place, const char *rule, const char *what);

/* The number of the zone that a name belongs to, ZONE_NONE when it lies in none. */
uint32_t import_find_zone(const struct import *im, const uint8_t *name);

/* The cut at or above a name, or the DNAME above it, that occludes it in its zone; NULL: none. */
const uint8_t *import_find_cut(const struct import_zone *zone, const uint8_t *name);

/* The name is at or below a zone cut, so that others answer for it. */
bool import_is_delegated(const struct import_zone *zone, const uint8_t *name);

/* Find the prefixes. Returns OK or ERR_MEMORY. */
MUST_USE enum err import_find_prefixes(struct import *im);

/* The number of the prefix that holds an address; UINT32_MAX when none does. */
uint32_t import_find_prefix(const struct import *im, const struct addr *a);

/* Write the prefix of a zone. False when it has none that people write: IPv4 in IPv6 form. */
bool import_write_prefix(char out[PREFIX_TEXT_MAX], const struct import_zone *zone);

/* Put the zones and the records of each in order, give each RRset one TTL, drop what is there
 * twice, refuse what cannot stand beside other records, and decide what the zones themselves
 * carry or leave out. Returns OK or ERR_MEMORY. */
MUST_USE enum err import_sort(struct import *im);

/* The records of an owner in its zone, by type and rdata: *count of them from the one returned on.
 */
struct import_record **import_find_owner(
        const struct import_zone *zone, const uint8_t *name, size_t *count);

/* True when a zone has a line in its records. */
bool import_has_records(const struct import_zone *zone);

/* The TTL that most hosts and delegations have, of equals the smallest. Returns OK or ERR_MEMORY.
 */
MUST_USE enum err import_find_common_ttl(const struct import *im, uint32_t *out);

/* Print arpad.yaml; the delegation file; a zone's records. */
void import_print_config(const struct import *im, FILE *out);
void import_print_customer(const struct import *im, uint32_t common_ttl_s, FILE *out);
void import_print_records(const struct import_zone *zone, FILE *out);

/* True when there is something for a delegation file: a reverse zone or a host. */
bool import_has_customer(const struct import *im);

/* Print a name as a scalar; a time as people write it. */
void import_print_name(const uint8_t *wire, bool in_flow, FILE *out);
void import_print_time(uint32_t seconds, FILE *out);

#endif
