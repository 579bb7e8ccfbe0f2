/* SPDX-License-Identifier: ISC */
/* zone/conflict.h - one name, two customers.
 *
 * Where several customers own one domain, two files can claim one name in it. Who held the name in
 * the last generation keeps it, else the first in arpad.yaml; the other file is refused, and may be
 * SOURCE_KEPT then, which can take a name from a third: so it is looked at again until nothing
 * changes. What is kept is never refused: those names were nobody else's, or they were external,
 * in no zone served here. Of several who held such a name the first in arpad.yaml keeps it, and
 * what is kept of the others goes on without it. */
#ifndef ZONE_CONFLICT_H
#define ZONE_CONFLICT_H

#include "zone/keep.h"

/* Refuse the losers among the good sources, with a diagnostic [conflict-name] for each name at the
 * loser's place, and keep what they published last. Wants each pair's forward_zone. Returns as
 * plan_keep(). */
MUST_USE enum err plan_settle_conflicts(struct plan *p, const struct owners *owners,
        const struct barriers *barriers, const struct history *h, struct diag_list *diags);

#endif
