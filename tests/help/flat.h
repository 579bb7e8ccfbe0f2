/* SPDX-License-Identifier: ISC */
/* tests/help/flat.h - every record of every zone in one flat table, and what is due to a question:
 * RFC 1034 4.3.2, RFC 4592 and RFC 6672, word for word, label by label from the apex down.
 *
 * As tests/help/oracle.h, but for millions of records: names are found by hash. What nobody can
 * write down, a /64 of names, comes from a rule, which is asked for one name at a time. */
#ifndef TESTS_HELP_FLAT_H
#define TESTS_HELP_FLAT_H

#include "tests/help/oracle.h"
#include "zone/arena.h"

#define FLAT_ZONES_MAX 24U

struct flat_fact {
	struct flat_fact *next; /* of the same owner */
	const uint8_t *owner;   /* lower-case wire name */
	const uint8_t *rdata;   /* names in it lower-case */
	uint32_t ttl_s;
	uint16_t type, rdata_octets;
	unsigned zone;
};

/* A name that exists, for something is at or below it. */
struct flat_node {
	const uint8_t *name;
	uint64_t hash;
	unsigned zone;
	struct flat_fact *facts;
};

enum flat_rule_found { RULE_NOTHING, RULE_NON_TERMINAL, RULE_FACT };

/* What a rule has at a name of a zone: with RULE_FACT it sets the type, TTL and rdata of *out; the
 * latter may point into room[0..255). */
typedef enum flat_rule_found flat_rule(const void *context, unsigned zone, const uint8_t *name,
        struct flat_fact *out, uint8_t room[NAME_MAX_OCTETS]);

struct flat {
	struct name apexes[FLAT_ZONES_MAX];
	uint32_t negative_ttls[FLAT_ZONES_MAX]; /* RFC 2308 3 */
	unsigned apex_count;
	struct arena arena;
	struct flat_node *nodes; /* open addressing; name NULL: free */
	size_t node_count, mask;
	struct flat_fact **facts; /* all, in the order of adding */
	size_t fact_count, fact_capacity;
	flat_rule *rule; /* NULL: none */
	const void *rule_context;
};

void flat_init(struct flat *f);
void flat_free(struct flat *f);

/* Returns the zone's number. */
unsigned flat_add_zone(struct flat *f, const uint8_t *apex, uint32_t negative_ttl_s);

/* The zone with the longest apex at or above a name; ZONE_NONE. */
unsigned flat_zone_of(const struct flat *f, const uint8_t *name);

/* Add a record; the same twice is one (RFC 2181 5), with the smaller TTL. All names above it exist
 * then, up to the apex. A type of 0 adds the name alone. Names are lower-case. */
void flat_add(struct flat *f, unsigned zone, const uint8_t *owner, uint16_t type,
        const uint8_t *rdata, size_t n, uint32_t ttl_s);

/* What is due. Of ANY (RFC 8482 4.1) it is the RRset of type `any`, where there is one; else some
 * other. */
void flat_ask(
        struct due *due, const struct flat *f, const uint8_t *qname, uint16_t qtype, uint16_t any);

/* Write up to `most` records of one owner and type, the smallest TTL on each; returns how many. */
unsigned flat_rrset(struct random_record *out, unsigned most, const struct flat *f, unsigned zone,
        const uint8_t *owner, uint16_t type);

#endif
