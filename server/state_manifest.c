/* SPDX-License-Identifier: ISC */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/state.h"
#include "server/state_file.h"

/* The second copy is written first: either may be behind, but no more than by one write. */
#define COPIES 2
static const char *const copy_names[COPIES] = {"manifest", "manifest.copy"};

struct copy {
	enum err e; /* OK: sound */
	int why;    /* of ERR_IO */
	struct manifest manifest;
};

static void read_copy(const struct state *s, const char *name, struct copy *out)
{
	uint8_t *octets = NULL;
	size_t size = 0;

	manifest_init(&out->manifest);
	out->e = state_file_read(s->folder, name, MANIFEST_OCTETS_MAX, &octets, &size);
	out->why = errno;
	if (out->e == OK)
		out->e = manifest_parse(&out->manifest, octets, size);
	free(octets);
}

static bool is_missing(const struct copy *c)
{
	return c->e == ERR_IO && c->why == ENOENT;
}

/* What is the matter with one that is not sound. */
static const char *matter(const struct copy *c)
{
	if (c->e == ERR_IO)
		return is_missing(c) ? "missing" : strerror(c->why);
	return "damaged";
}

/* The line for the log; false when out of memory. `used` is the sound copy's number, COPIES: none
 * is. */
static bool tell(const struct state *s, const struct copy copies[COPIES], size_t used, char **said)
{
	if (used < COPIES) {
		const struct copy *other = &copies[1 - used];
		if (copies[used].manifest.is_old)
			return asprintf(said,
			               "%s: an earlier arpad wrote it: all files are read anew, "
			               "and serials go on",
			               s->path) >= 0;
		return other->e == OK ||
		       asprintf(said, "%s/%s: %s; %s is used instead, and the next reload mends it",
		               s->path, copy_names[1 - used], matter(other), copy_names[used]) >= 0;
	}
	return asprintf(said,
	               "%s: no manifest can be used (manifest: %s; manifest.copy: %s): all is "
	               "read anew, and serials begin at the time",
	               s->path, matter(&copies[0]), matter(&copies[1])) >= 0;
}

/* The number of the copy to use: the younger, of equal ones the first; COPIES: none is sound. */
static size_t choose(const struct copy copies[COPIES])
{
	if (copies[0].e != OK)
		return copies[1].e == OK ? 1 : COPIES;
	if (copies[1].e != OK)
		return 0;
	return copies[1].manifest.sequence > copies[0].manifest.sequence ? 1 : 0;
}

/* The result when no copy is sound. */
static enum err failure_of(const struct copy copies[COPIES])
{
	for (size_t i = 0; i < COPIES; i++) {
		if (copies[i].e != ERR_IO || is_missing(&copies[i]))
			continue;
		errno = copies[i].why;
		return ERR_IO;
	}
	return ERR_CORRUPT;
}

enum err state_read_manifest(struct state *s, struct manifest *out, bool *is_new, char **said)
{
	struct copy copies[COPIES];
	char *line = NULL;

	for (size_t i = 0; i < COPIES; i++)
		read_copy(s, copy_names[i], &copies[i]);
	size_t used = choose(copies);
	bool none = is_missing(&copies[0]) && is_missing(&copies[1]);
	enum err e = used < COPIES || none ? OK : failure_of(copies);
	int why = errno;
	if (copies[0].e == ERR_MEMORY || copies[1].e == ERR_MEMORY ||
	        (!none && !tell(s, copies, used, &line)))
		e = ERR_MEMORY;
	if (e == OK || e == ERR_CORRUPT) {
		s->is_read = true;
		if (used < COPIES && copies[used].manifest.sequence > s->sequence)
			s->sequence = copies[used].manifest.sequence;
		s->is_whole = copies[0].e == OK && copies[1].e == OK &&
		              copies[0].manifest.sequence == copies[1].manifest.sequence;
	}
	if (e == OK) {
		*is_new = none;
		*out = copies[none ? 0 : used].manifest;
	}
	if (e != ERR_MEMORY)
		*said = line;
	for (size_t i = 0; i < COPIES; i++)
		if (e != OK || i != (none ? 0 : used))
			manifest_free(&copies[i].manifest);
	errno = why;
	return e;
}

enum err state_write_manifest(struct state *s, const struct manifest *m)
{
	struct manifest numbered = *m; /* borrows all that m has */
	char *octets;
	size_t size;

	assert(s->is_read);
	numbered.sequence = s->sequence + 1;
	enum err e = manifest_print(&numbered, &octets, &size);
	if (e != OK)
		return e;
	/* also when it fails: a copy may have this number from now on */
	s->sequence = numbered.sequence;
	s->is_whole = false;
	for (size_t i = 0; e == OK && i < COPIES; i++) {
		e = state_file_write(s->folder, copy_names[COPIES - 1 - i], octets, size);
		if (e == OK)
			e = state_file_sync(s->folder);
	}
	int why = errno;
	free(octets);
	s->is_whole = e == OK;
	errno = why;
	return e;
}
