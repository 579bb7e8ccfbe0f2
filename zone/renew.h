/* SPDX-License-Identifier: ISC */
/* zone/renew.h - the next images from the last generation: work for what changed, and no more.
 *
 *     renew_begin(&r, &plan, &barriers, &history, sameness, &diags);
 *     for each zone of the plan:
 *             renew_zone(&r, zone, &past, now, &out);
 *     renew_end(&r);
 *
 *     layout        sources          zone                image
 *     the same      changed          touched             merged, or compiled where there is no last
 *     the same      ranges changed   has their names     compiled
 *     the same      cuts changed     has customers'      compiled
 *                                    names, too
 *     the same      changed or not   not touched         the last one stays
 *     changed       any              all                 compiled; an equal last one stays
 *
 * A zone is touched by a pair that one of its sources has now and had not then, or had and has not,
 * or has with another TTL; likewise by an address about which another range or delegation decides.
 * Where the customers' blocks may be others than they were that is not known, and all zones of
 * ranges and delegations are touched.
 */
#ifndef ZONE_RENEW_H
#define ZONE_RENEW_H

#include <time.h>

#include "zone/keep.h"
#include "zone/layout.h"
#include "zone/share.h"

struct image;

/* What is known of a zone from before. */
struct zone_past {
	bool is_known;   /* it was served once; */
	uint32_t serial; /* ... this is the highest that it had */
	bool is_served;  /* who asks has its image with that serial, and need not get it again */
	const struct image *image; /* that image, to work from; NULL: it is not at hand */
};

enum renewal { RENEWAL_SAME, RENEWAL_MERGED, RENEWAL_COMPILED };

struct zone_renewal {
	enum renewal how;
	uint8_t *octets; /* owned by the caller: of the image; NULL when it is RENEWAL_SAME */
	size_t size;
	uint32_t serial;
};

struct renew {
	struct plan *plan;
	const struct barriers *barriers;
	const struct history *history;
	struct diag_list *diags;
	enum sameness sameness;
	struct layers layers; /* of all sources */
	bool *is_touched;     /* of each zone; unless SAME_NOTHING: */
	bool *is_remade; /* ... likewise: other ranges make its names, so hosts of any source may
	                  * have taken some */
	struct plan_source *now, *before; /* those that changed: as they are, as they were */
	size_t now_count, before_count;
	struct share changed[DIRECTIONS], gone[DIRECTIONS]; /* of `now`, of `before` */
	struct share all[DIRECTIONS]; /* of all sources, once a zone is compiled whole */
	bool has_all;
	uint32_t *leaving; /* then: numbers of sources, by the zone behind which nobody wants their
	                    * pairs any more */
	size_t left;       /* of them, so many are gone */
};

/* Compare the sources of a checked plan with what they published last. `history` may be NULL: every
 * zone is compiled. All that is given outlives *r. Returns OK; ERR_MEMORY; as plan_recall(). */
MUST_USE enum err renew_begin(struct renew *r, struct plan *plan, const struct barriers *barriers,
        const struct history *history, enum sameness sameness, struct diag_list *diags);
void renew_end(struct renew *r);

/* True when every zone will be compiled: what they are compiled of is there then, and renew_zone()
 * may be called for several zones side by side. Returns as it does. */
MUST_USE enum err renew_prepare(struct renew *r, bool *is_side_by_side);

/* No zone below `end` is asked for again: where all are compiled, give the memory of pairs back
 * that only those had. They are the plan's, and not there afterwards. Others may be
 * compiled meanwhile. */
void renew_leave(struct renew *r, uint32_t end);

/* True when the image of a zone would be of use in `past`. */
bool renew_wants_image(const struct renew *r, uint32_t zone);

/* The image of a zone. Where its content is another one than before the serial is
 * zone_next_serial(). Returns OK; ERR_MEMORY; ERR_LONG; as plan_recall(). */
MUST_USE enum err renew_zone(struct renew *r, uint32_t zone, const struct zone_past *past,
        time_t now, struct zone_renewal *out);

#endif
