/* SPDX-License-Identifier: ISC */
/* zone/records.h - the operator's records, checked among each other and against the pairs.
 *
 *     record-cname    a CNAME beside other data, or two of them       RFC 1034 3.6.2, RFC 2181 10.1
 *     record-dname    two DNAMEs, or anything below one               RFC 6672 2.4
 *     record-size     (warning) an RRset that a message may not hold  RFC 1035 4.2.2
 *                     (error) more than 65535 records in it
 *     record-zone     data at or below the apex of another zone that is served here
 *     record-cut      data at an address that has a zone by RFC 2317 served here
 *     ttl-mixed       (warning) one RRset, several TTLs; the smallest is served   RFC 2181 5.2
 *
 * What stands in the way of a pair: at a CNAME, at or below a zone cut, below a DNAME there is no
 * room for another record. The operator's records outrank the customers' pairs. */
#ifndef ZONE_RECORDS_H
#define ZONE_RECORDS_H

#include "zone/plan.h"

/* Check the records of every zone. Wants indexed zones. Returns OK or ERR_MEMORY; mistakes are in
 * diags. */
MUST_USE enum err plan_check_records(const struct plan *p, struct diag_list *diags);

/* The records of all zones; those that stand in the way of names apart. */
struct barriers {
	const struct plan_record **records; /* owned; sorted by owner */
	const uint8_t **owners;             /* owned; those that differ, in canonical order */
	uint32_t *first;                    /* owned; of each owner, in `records` */
	uint32_t *zones;                    /* owned; in which the owner lies */
	struct zone_index index;            /* of the owners */
	struct all_records *all;            /* owned; of its own */
};

/* Returns OK or ERR_MEMORY; barriers_free() frees *out. */
MUST_USE enum err barriers_build(struct barriers *out, const struct plan *p);
void barriers_free(struct barriers *b);

/* The topmost record of a zone that stands in the way of a name in it; NULL when none does. */
const struct plan_record *barriers_find(
        const struct barriers *b, uint32_t zone, const struct trie_key *key, const uint8_t *name);

/* The first record at a name or below it, of whatever zone; NULL when there is none. */
const struct plan_record *barriers_find_within(const struct barriers *b, const uint8_t *name);

/* The same, but not at the name itself. */
const struct plan_record *barriers_find_below(const struct barriers *b, const uint8_t *name);

/* Find the zone that gets a pair's A or AAAA: set its forward_zone. Where a cut is in the way the
 * name is external. Returns NULL, or the CNAME or DNAME that is in the way. */
MUST_USE const struct plan_record *plan_find_forward(const struct plan *p, const struct barriers *b,
        struct pair *pair, const struct trie_key *key);

/* The same for the names that a range makes: its forward_zone. */
MUST_USE const struct plan_record *plan_find_range_zone(
        const struct plan *p, const struct barriers *b, struct plan_range *r);

/* What is in the way of an address's PTR in its zone; NULL when nothing is. */
MUST_USE const struct plan_record *plan_find_in_way(
        const struct plan *p, const struct barriers *b, uint32_t zone, const struct addr *a);

/* Warn [ttl-mixed] where a served pair and an A or AAAA record of the operator join in one RRset
 * with different TTLs. Wants each pair's forward_zone. Returns OK or ERR_MEMORY. */
MUST_USE enum err plan_check_joined_ttls(const struct plan *p, struct diag_list *diags);

#endif
