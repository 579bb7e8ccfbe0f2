/* SPDX-License-Identifier: ISC */
/* tests/help/oracle.h - what is due to a question by RFC 1034 4.3.2, RFC 4592 and RFC 6672, word
 * for word: label by label from the apex down, asking all records at each. */
#ifndef TESTS_HELP_ORACLE_H
#define TESTS_HELP_ORACLE_H

#include "tests/help/random_records.h"

#define ORACLE_ANSWER_MAX 200U

/* What is served; borrowed. SOA and NS of the apexes and of the zones below are among the facts. */
struct oracle {
	const struct name *apexes;
	unsigned apex_count;
	const struct random_record *facts;
	size_t fact_count;
};

/* What is due. */
struct due {
	unsigned rcode;
	bool is_aa;
	unsigned count;
	struct random_record answer[ORACLE_ANSWER_MAX];
	unsigned soa_zone;     /* whose SOA is in the authority section; ZONE_NONE */
	unsigned cut_zone;     /* whose NS at ... are there; ZONE_NONE */
	const uint8_t *cut;    /* ... this name */
	struct name links[20]; /* the chain, the qname first */
	unsigned link_count;
};

void oracle_ask(struct due *due, const struct oracle *o, const uint8_t *qname, uint16_t qtype);

bool oracle_is_at(
        const struct random_record *f, unsigned zone, const uint8_t *owner, uint16_t type);

/* The same owner, type and rdata. */
bool oracle_same(const struct random_record *a, const struct random_record *b);

/* RFC 2181 5.2: one TTL an RRset. */
uint32_t oracle_ttl(const struct oracle *o, unsigned zone, const uint8_t *owner, uint16_t type);

#endif
