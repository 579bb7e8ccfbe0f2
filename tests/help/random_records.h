/* SPDX-License-Identifier: ISC */
/* tests/help/random_records.h - random records of zones, such as plan_check_records() lets pass.
 *
 * Cuts with and without glue, occluded data, DS, wildcards at every depth, empty non-terminals,
 * CNAME and DNAME to names that are there, beside them, in other zones, in none and back. Owners
 * meet often: each is likely to be above, below or beside one before. Names are as hostile as those
 * of tests/help/random.h. */
#ifndef TESTS_HELP_RANDOM_RECORDS_H
#define TESTS_HELP_RANDOM_RECORDS_H

#include "tests/help/small_plan.h"

#define RANDOM_RDATA_MAX 260

struct random_record {
	unsigned zone; /* index in `apexes` */
	struct name owner;
	uint16_t type;
	uint32_t ttl_s;
	uint8_t rdata[RANDOM_RDATA_MAX];
	size_t rdata_octets;
};

/* The longest apex at or above a name; ZONE_NONE. */
unsigned random_zone_of(const struct name *apexes, unsigned apex_count, const uint8_t *name);

/* Write up to `most` records of zones that have these apexes, lower-case; returns how many. CNAME
 * and DNAME have their owners to themselves, so far as they must; nothing at the apexes but
 * addresses, TXT, MX and DNAME; no NS and no DNAME at a wildcard. */
size_t random_records(
        struct random_record *out, size_t most, const struct name *apexes, unsigned apex_count);

#endif
