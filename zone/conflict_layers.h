/* SPDX-License-Identifier: ISC */
/* zone/conflict_layers.h - ranges and delegations of one customer against those and the hosts of
 * another; for zone/conflict.c alone.
 *
 *     a host's name that another's range makes, for another address
 *     a label that ranges of two customers at one owner could both make
 *     more patterns at one owner that begin alike than can be asked for each name
 *     one zone by RFC 2317 that two customers would give to their blocks
 *
 * Who loses is decided as for names: what is kept stays; who held it last keeps it; else the first
 * in arpad.yaml. */
#ifndef ZONE_CONFLICT_LAYERS_H
#define ZONE_CONFLICT_LAYERS_H

#include "zone/keep.h"

/* One round: refuse, or drop from what is kept, and set *has_changed when that happened: then there
 * is to be another one, behind plan_keep(). Wants the layers of all sources, and the pairs of those
 * whose customers share a domain. Returns OK; ERR_MEMORY; as history_open() but for what is lost.
 */
MUST_USE enum err plan_contest_layers(struct plan *p, const struct owners *owners,
        const struct history *h, struct diag_list *diags, bool *has_changed);

#endif
