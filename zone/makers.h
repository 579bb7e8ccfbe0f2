/* SPDX-License-Identifier: ISC */
/* zone/makers.h - which range of which file makes a name.
 *
 * For the checks: what a file's ranges make is judged by that file alone, so that no other file
 * decides whether it is sound. An image has the same question to answer in its own way
 * (zone/image_rules.h), for all files together. */
#ifndef ZONE_MAKERS_H
#define ZONE_MAKERS_H

#include "zone/cover.h"
#include "zone/owners.h"

/* So many patterns may begin alike at one owner: each may have to be asked. */
#define MAKERS_ALIKE_MAX 16
/* So many answers are given. */
#define MADE_MAX 32

/* A pattern of a file; of those of one file that share a shape which is whole, the first. */
struct making {
	const struct plan_range *range;
	uint32_t file; /* in `files` */
};

/* A pattern that is asked for labels; one for all files that share a shape which is whole, for the
 * label tells the address, and that whose it may be. */
struct maker {
	uint32_t next;                  /* 1 + the next one to ask, before this one; 0: none */
	uint32_t first, count;          /* in `makings`, by file */
	const struct plan_range *range; /* of the first of them */
};

struct maker_file {
	const struct plan_source *source;
	struct cover cover; /* of this source alone */
};

struct makers {
	struct maker *items; /* owned; by owner, then by the literal octets the labels begin with */
	uint32_t count;
	struct making *makings; /* owned */
	uint32_t *file_of;      /* owned; of each customer; UINT32_MAX: none */
	const struct owners *prefixes;
	struct maker_file *files; /* owned */
	size_t file_count;
	const uint8_t **owners; /* owned; those that differ */
	uint32_t *begin;        /* owned; items of owner i are from begin[i] to begin[i + 1] */
	struct zone_index index;
};

/* What makes a name. */
struct made {
	const struct plan_source *source;
	const struct plan_range *range;
	struct addr addr; /* of this address */
};

/* Of those of sources[0..count), one a customer, that are served and have ranges; the prefixes of
 * `owners` outlive *out. Returns OK, and makers_free() frees *out; ERR_MEMORY. */
MUST_USE enum err makers_build(struct makers *out, const struct plan *p,
        const struct owners *owners, const struct plan_source *const *sources, size_t count);
void makers_free(struct makers *m);

/* Whatever makes the name, but for hosts that take it away. Returns how many were written. */
size_t makers_find(const struct makers *m, const uint8_t *name, struct made out[MADE_MAX]);

#endif
