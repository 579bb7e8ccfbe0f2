/* SPDX-License-Identifier: ISC */
/* zone/conflict_draft.h - one round of zone/conflict_layers.h, shared by its files and for them
 * alone. */
#ifndef ZONE_CONFLICT_DRAFT_H
#define ZONE_CONFLICT_DRAFT_H

#include "zone/keep.h"
#include "zone/makers.h"

/* What one of two claims: a host, a range or a delegation. */
struct side {
	uint32_t source;
	const struct pair *pair;
	const struct plan_range *range;
	const struct plan_delegation *delegation;
};

/* Two that cannot both be served; the first in arpad.yaml first. */
struct clash {
	struct side sides[2];
	const uint8_t *name; /* the host's, the owner of the patterns, the zone */
	size_t number;       /* in the order in which they were found */
};

/* Of a source in this round. */
struct standing {
	bool is_recalled;       /* `was` is there */
	struct plan_source was; /* its ranges and delegations as it published them last */
	const struct plan_delegation **targets; /* owned; of `was`, by target */
	size_t target_count;
	bool *dropped[3]; /* owned; of its pairs, ranges, delegations; NULL: none is dropped */
};

struct contest {
	struct plan *plan;
	const struct history *history;
	struct diag_list *diags;
	struct standing *standings; /* owned; one a source */
	struct clash *clashes;      /* owned */
	size_t count, capacity;
	bool has_changed;
	enum err failed; /* sticky */
};

/* zone/conflict_holders.c */

MUST_USE enum err standings_init(struct contest *c);
void standings_free(struct contest *c);

/* True when what a side claims is what its customer published last. */
bool contest_holds(struct contest *c, const struct side *side);

/* True when the side is served, as far as this round is now. */
bool contest_is_served(const struct contest *c, const struct side *side);

/* What is kept goes on without it, once contest_drop_marked() was called: until then nothing moves.
 */
void contest_drop(struct contest *c, const struct side *side);
void contest_drop_marked(struct contest *c);

/* zone/conflict_layers.c */

void contest_add(
        struct contest *c, const struct side *a, const struct side *b, const uint8_t *name);

/* zone/conflict_ranges.c: ranges against each other. */

/* Those of which a label could be either's. */
void contest_find_ranges(struct contest *c, const struct makers *m);

/* No more patterns of all files together may begin alike than those of one: MAKERS_ALIKE_MAX. What
 * is held goes first, then what is first in arpad.yaml; what finds no room is refused. */
void contest_find_crowds(struct contest *c, const struct makers *m);

#endif
