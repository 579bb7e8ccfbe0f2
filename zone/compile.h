/* SPDX-License-Identifier: ISC */
/* zone/compile.h - from a checked plan to a snapshot.
 *
 * A pure function of the plan, the last snapshot and the time: the same input gives the same
 * octets. PTR and A or AAAA come from the plan's pairs and from nowhere else. */
#ifndef ZONE_COMPILE_H
#define ZONE_COMPILE_H

#include <time.h>

#include "zone/plan.h"
#include "zone/snapshot.h"

/* Compile every zone of a plan that plan_index_zones() and plan_check() went over; refused and
 * missing sources are left out.
 *   last   what is served now, or NULL. A zone with the same content keeps its image and serial.
 *   now    Unix time. A changed zone's serial is max(last + 1, now); a first one is its soa.serial,
 *          else now.
 * One RRset has one TTL, the smallest of its pairs'.
 * Returns OK and a snapshot with one reference; ERR_MEMORY; ERR_LONG for a zone beyond an image's
 * 4 GiB. */
MUST_USE enum err compile_plan(
        struct snapshot **out, const struct plan *plan, const struct snapshot *last, time_t now);

/* The serial of a zone whose content changed; `last` is the highest that it ever had, NULL when it
 * is a new one. */
uint32_t zone_next_serial(const struct plan_zone *zone, const uint32_t *last, time_t now);

#endif
