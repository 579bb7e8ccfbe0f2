/* SPDX-License-Identifier: ISC */
/* tools/pair_forward.h - whether the name of a pair leads back to its address here. */
#ifndef TOOLS_PAIR_FORWARD_H
#define TOOLS_PAIR_FORWARD_H

#include "zone/plan.h"

enum pair_forward {
	FORWARD_SERVED,   /* its A or AAAA is in a zone served here */
	FORWARD_EXTERNAL, /* the name lies in no zone served here; others answer for it */
	FORWARD_NO        /* it lies in one, and the writer wants the PTR alone */
};

static inline enum pair_forward pair_forward(const struct plan *plan, const struct pair *pair)
{
	if (pair->forward_zone != ZONE_NONE)
		return FORWARD_SERVED;
	if (!(pair->flags & PAIR_FORWARD_NO) || plan_find_zone(plan, pair->name) == ZONE_NONE)
		return FORWARD_EXTERNAL;
	return FORWARD_NO;
}

#endif
