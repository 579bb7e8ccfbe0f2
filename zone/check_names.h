/* SPDX-License-Identifier: ISC */
/* zone/check_names.h - the pairs of one file, by name; for zone/check.c alone.
 *
 * A name at several addresses of one family is one RRset. Both want each pair's forward_zone. */
#ifndef ZONE_CHECK_NAMES_H
#define ZONE_CHECK_NAMES_H

#include "zone/plan.h"

/* What a message of 65,535 octets holds beside its question and OPT: 16 octets an A record with a
 * pointer for its owner, 28 an AAAA record (RFC 1035 4.1.3, 4.1.4). */
#define RRSET_MAX_A    4000U
#define RRSET_MAX_AAAA 2300U

/* An RRset that no message holds is an error [rrset-size]. Returns OK or ERR_MEMORY. */
MUST_USE enum err source_check_sizes(const struct plan_source *s, struct diag_list *diags);

/* One RRset has one TTL: others are a warning [ttl-mixed]. Returns OK or ERR_MEMORY. */
MUST_USE enum err source_check_ttls(const struct plan_source *s, struct diag_list *diags);

#endif
