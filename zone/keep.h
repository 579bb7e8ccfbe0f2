/* SPDX-License-Identifier: ISC */
/* zone/keep.h - pairs taken back from what was published last.
 *
 *     refused, vanished     the last good form of the file stays served (SOURCE_KEPT), as far as
 *                           today's arpad.yaml allows it
 *     good and unchanged    only where somebody needs to look at the pairs */
#ifndef ZONE_KEEP_H
#define ZONE_KEEP_H

#include "zone/history.h"
#include "zone/owners.h"
#include "zone/records.h"

/* Give every source that is SOURCE_REFUSED or SOURCE_MISSING, and has a past, the pairs that it
 * published last, and make it SOURCE_KEPT. Pairs that today's zones, prefixes and domains do not
 * allow any more are dropped, with a warning [kept-dropped]. A source that vanished is an error
 * [vanished]. Returns OK; ERR_MEMORY; as history_open() with an error [state], for then there
 * is nothing to keep. `h` may be NULL: there was nothing. */
MUST_USE enum err plan_keep(struct plan *p, const struct owners *owners,
        const struct barriers *barriers, const struct history *h, struct diag_list *diags);

/* Some of what a kept source had were left out: it is no more what was published last, and a
 * warning [kept-dropped] says so. */
void source_tell_dropped(struct plan_source *s, size_t count, struct diag_list *diags);

/* Put into *out, a source of a plan or a copy of one, without pairs, what its customer published
 * last under the same arpad.yaml; nothing when there is no past. Returns as plan_keep(), and
 * ERR_CORRUPT when that cannot be, with an error [state]. */
MUST_USE enum err plan_recall(const struct plan *p, struct plan_source *out,
        const struct barriers *barriers, const struct history *h, struct diag_list *diags);

/* The same for one whose customer is none of the plan's any more; out->customer means nothing. */
MUST_USE enum err plan_recall_past(const struct plan *p, struct plan_source *out, struct past *past,
        const struct barriers *barriers, const struct history *h, struct diag_list *diags);

/* The same for every source that is_same and not yet loaded. */
MUST_USE enum err plan_recall_all(struct plan *p, const struct barriers *barriers,
        const struct history *h, struct diag_list *diags);

/* The ranges and delegations alone of every source that is_same, not yet loaded, and has some. */
MUST_USE enum err plan_recall_layers(struct plan *p, const struct barriers *barriers,
        const struct history *h, struct diag_list *diags);

#endif
