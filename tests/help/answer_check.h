/* SPDX-License-Identifier: ISC */
/* tests/help/answer_check.h - whether a response is what tests/help/flat.h says is due. */
#ifndef TESTS_HELP_ANSWER_CHECK_H
#define TESTS_HELP_ANSWER_CHECK_H

#include "tests/help/flat.h"

/* Read the record at m[at..] of a sound message; names in it become lower-case, and of a SOA there
 * are no rdata. Returns where the next one is. */
size_t answer_read_record(struct random_record *out, const uint8_t *m, size_t at);

/* True when the rcode, AA and the records of all sections are due, none twice: RRsets whole, the
 * SOA or the NS in the authority section, the addresses of name servers that are served here, glue
 * (RFC 9471) or not, and nothing additional but such. */
bool answer_is_right(const uint8_t *m, const struct due *due, const struct flat *f);

/* Print what is due, and what came in m[0..len). */
void answer_explain(const uint8_t *m, size_t len, const struct due *due, const struct flat *f);

#endif
