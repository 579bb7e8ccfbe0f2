/* SPDX-License-Identifier: ISC */
/* server/restore.h - the images of a start, from the state folder into memory; for
 * server/generation.c alone.
 *
 * Nothing else is on the way to the first answer, so it is done by as many threads as there are
 * cores for this process, each image by one of them: read, compared with its digest, proved. */
#ifndef SERVER_RESTORE_H
#define SERVER_RESTORE_H

#include "server/state.h"
#include "zone/image.h"

/* Open the images of all zones of a manifest that are served, in its order; images[] has room for
 * as many as it has zones. Returns OK and *count; otherwise no image is open, and *lost is the
 * first zone whose image cannot be used: ERR_RANGE, it is out of date; ERR_IO, missing;
 * ERR_CORRUPT, damaged or of another version. ERR_MEMORY. */
MUST_USE enum err restore_images(struct image **images, uint32_t *count, const struct manifest *m,
        const struct state *state, const struct manifest_zone **lost);

#endif
