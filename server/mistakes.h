/* SPDX-License-Identifier: ISC */
/* server/mistakes.h - what is wrong in the files that are refused, so that a file with mistakes
 * that nobody mends is not parsed at every reload, however large it is.
 *
 * Kept in memory alone: the first reload after a start reads such files again. */
#ifndef SERVER_MISTAKES_H
#define SERVER_MISTAKES_H

#include "zone/arena.h"
#include "zone/diag.h"
#include "zone/digest.h"

struct reload;

/* A customer's file. */
struct mistakes_file {
	const char *customer, *file; /* in the arena */
	struct digest digest;        /* of the octets that are refused */
	size_t first, count;         /* in `diags` */
};

struct mistakes {
	struct arena arena;
	struct diag_list diags;
	struct mistakes_file *files; /* in the arena, sorted by customer */
	size_t count;
};

void mistakes_init(struct mistakes *m);
void mistakes_free(struct mistakes *m);

/* True when these octets of a customer's file were refused for mistakes that are known here. */
bool mistakes_has(const struct mistakes *m, const char *customer, const struct digest *digest);

/* A reload has ended well: add to its diagnostics those of files that it did not look into because
 * they are known here, and keep what is wrong now. When memory runs out nothing is known. */
void mistakes_renew(struct mistakes *m, struct reload *r);

#endif
