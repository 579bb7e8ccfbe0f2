/* SPDX-License-Identifier: ISC */
/* conf/delegation.h - a customer's delegation file. */
#ifndef CONF_DELEGATION_H
#define CONF_DELEGATION_H

#include "zone/plan.h"

#define DELEGATION_MAX_OCTETS ((size_t)64 << 20) /* max-file-size */

/* Read plan->sources[source].file. Pairs go into the source's arena; those without a TTL get that
 * of the file, else `ttl_s`. Mistakes go to diags, all of the file's in one run, and make the
 * source SOURCE_REFUSED; a file that does not exist makes it SOURCE_MISSING, which plan_check()
 * judges. Other sources and the plan's other parts are not touched. */
void delegation_read(struct plan *plan, uint32_t source, uint32_t ttl_s, struct diag_list *diags);

#endif
