/* SPDX-License-Identifier: ISC */
/* server/generation.h - what is served and what the state folder says of it.
 *
 *     generation_restore()         at the start: from the state folder, without a source read
 *     generation_build()           what the compiler returned, behind the last generation
 *     generation_store_images()    afterwards, so that the next start has them */
#ifndef SERVER_GENERATION_H
#define SERVER_GENERATION_H

#include "server/reload.h"
#include "server/state.h"
#include "server/status.h"
#include "zone/snapshot.h"

struct generation {
	struct manifest manifest;
	struct snapshot *snapshot; /* counted; NULL: nothing is served */
};

void generation_init(struct generation *g);
void generation_free(struct generation *g);

/* Open the images that g->manifest names. Returns OK; ERR_CORRUPT, and *why says in words of which
 * zone the image is missing, out of date or damaged (malloc'd; NULL for want of memory). */
MUST_USE enum err generation_restore(struct generation *g, const struct state *state, char **why);

/* What came of a build. */
struct generation_news {
	struct status_change *changes; /* in the arena that was given */
	size_t change_count;
	uint32_t merged, compiled; /* zones */
	bool is_changed;           /* what is served is another */
	bool is_told;              /* the manifest says something else */
};

/* Make the next generation of what the compiler returned; takes its images. New fragments are in
 * the state folder afterwards, and durable. Returns OK, and generation_free() frees *next; ERR_IO
 * with errno when the folder cannot be written; ERR_CORRUPT when what the compiler says cannot be
 * behind the last generation, *why in words; ERR_MEMORY. */
MUST_USE enum err generation_build(struct generation *next, const struct generation *last,
        struct reload *r, const struct state *state, int64_t now, struct arena *arena,
        struct generation_news *news, const char **why);

/* Write images that the state folder does not have yet, and name them in g->manifest. Returns OK;
 * ERR_IO with errno; ERR_MEMORY. *any is whether the manifest is another one. */
MUST_USE enum err generation_store_images(
        struct generation *g, const struct state *state, bool *any);

#endif
