/* SPDX-License-Identifier: ISC */
/* conf/zone_generate.h - $GENERATE, a row of records in one line, as BIND has it; for
 * conf/zone_file.c alone.
 *
 *     $GENERATE 0-62/2 ${64} CNAME $.64-127        64 CNAME 0.64-127
 *                                                  66 CNAME 2.64-127 ...
 *
 *     $GENERATE START-STOP[/STEP] OWNER [TTL] [CLASS] TYPE RDATA
 *     $                          the number: START, START + STEP, ... up to STOP
 *     ${OFFSET[,WIDTH[,BASE]]}   the number and OFFSET, in so many digits at least; BASE d decimal,
 *                                o octal, x X hexadecimal, n N its digits as labels, last first,
 *                                WIDTH then counts digits and dots
 *     $$  \$                     a dollar sign
 *
 * In OWNER and RDATA only. RDATA of several fields stand in quotes, quotes in them behind a
 * backslash: MX "10 mail$", TXT "\"a b\"". Numbers have 31 bits. */
#ifndef CONF_ZONE_GENERATE_H
#define CONF_ZONE_GENERATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GENERATE_LINE_MAX 65536U   /* records of one line */
#define GENERATE_FILE_MAX 1000000U /* of one file and what it includes */

struct zone_generate {
	char *template;       /* owned; what stands behind the range, NUL between its three parts */
	const char *parts[3]; /* in it: OWNER; TTL, class and type; RDATA */
	uint32_t next, step, left; /* of the number; records to come */
	char *line;                /* owned: the record made last, as text with a NUL */
	size_t line_len, line_capacity;
	bool failed; /* out of memory; sticky */
};

/* Begin with what stands behind $GENERATE in an entry. Returns NULL, or what is wrong. */
const char *zone_generate_begin(struct zone_generate *g, const char *text);

/* Make the next record: g->line. False when there is none, or something is wrong, and then *why is
 * what, else NULL. */
bool zone_generate_next(struct zone_generate *g, const char **why);

void zone_generate_free(struct zone_generate *g);

#endif
