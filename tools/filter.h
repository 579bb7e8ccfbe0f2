/* SPDX-License-Identifier: ISC */
/* tools/filter.h - the part of what is served that somebody asked for.
 *
 *     192.0.2.0/28   198.51.100.7   pairs with an address in it
 *     acme.example                  all of a zone; a reverse zone by its name or its prefix
 *
 * With several of them, what any one asks for. With none, everything. */
#ifndef TOOLS_FILTER_H
#define TOOLS_FILTER_H

#include "zone/plan.h"

struct filter {
	struct prefix *prefixes; /* owned */
	size_t prefix_count;
	bool *zones; /* owned; by number in the plan */
	bool has_zones;
	bool is_open; /* nothing was asked for in particular */
};

/* Read the arguments against an indexed, checked plan. Mistakes go to stderr, after `command`.
 * Returns OK; ERR_SYNTAX when one is neither address, prefix nor name; ERR_REFUSED when one asks
 * for what is not served; ERR_MEMORY. filter_free() frees *f in any case. */
MUST_USE enum err filter_read(struct filter *f, const struct plan *plan, const char *command,
        char **arguments, int count);

void filter_free(struct filter *f);

bool filter_has_zone(const struct filter *f, uint32_t zone);
bool filter_has_addr(const struct filter *f, const struct addr *a);

/* Of the addresses from `from` to `to`, of one family, the first that filter_has_addr() has, and
 * the last behind which one prefix does not go on. False: it has none of them. */
bool filter_next_run(const struct filter *f, const struct addr *from, const struct addr *to,
        struct addr *first, struct addr *last);

#endif
