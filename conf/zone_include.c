/* SPDX-License-Identifier: ISC */
#include "conf/zone_include.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char zone_too_long[] = "is larger than the 1 GiB that a zone file may have";

/* Take what was read as the next frame. */
static void push(
        struct zone_file *f, const struct input *in, const char *file, const struct name *origin)
{
	f->frames[f->depth++] = (struct zone_frame){.file = file,
	        .octets = in->octets,
	        .text = {.octets = in->octets, .size = in->size, .line = 1},
	        .origin = *origin,
	        .device = in->device,
	        .inode = in->inode};
}

/* The origin that a file's name gives. */
static void origin_of(struct name *origin, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t n = strlen(name);

	if (n > 3 && strncmp(name, "db.", 3) == 0) {
		name += 3;
		n -= 3;
	}
	if (n > 5 && strcmp(name + n - 5, ".zone") == 0)
		n -= 5;
	else if (n > 3 && strcmp(name + n - 3, ".db") == 0)
		n -= 3;
	origin->len = 0;
	if (name_from_text(origin, name, n) == OK)
		name_lower(origin);
}

enum err zone_open_top(
        struct zone_file *f, const char *path, enum input_kind kind, const char **why)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash == path ? 1 : slash ? (size_t)(slash - path) : 0;
	struct name origin;
	struct input in;

	f->folder_text = n ? arena_text(f->arena, path, n) : ".";
	if (!f->folder_text)
		return ERR_MEMORY;
	f->folder = realpath(f->folder_text, NULL);
	if (!f->folder) {
		*why = strerror(errno);
		return errno == ENOMEM ? ERR_MEMORY : ERR_IO;
	}
	enum err e = input_read(&in, path, ZONE_FILE_MAX_OCTETS, kind, f->door, why);
	if (e != OK)
		return e;
	origin_of(&origin, path);
	push(f, &in, path, &origin);
	return OK;
}

/* True when `..` is among the parts of a path. */
static bool goes_up(const char *path)
{
	for (const char *part = path; part; part = strchr(part, '/')) {
		part += *part == '/';
		size_t n = strcspn(part, "/");
		if (n == 2 && part[0] == '.' && part[1] == '.')
			return true;
	}
	return false;
}

static bool is_in_folder(const char *real, const char *folder)
{
	size_t n = strlen(folder);

	if (strcmp(folder, "/") == 0)
		return true;
	return strncmp(real, folder, n) == 0 && real[n] == '/';
}

/* Open a real path that is known to lie in the folder. */
static const char *push_include(
        struct zone_file *f, const char *real, const char *file, const struct name *origin)
{
	struct input in;
	const char *why;

	enum err e = input_read(&in, real, ZONE_FILE_MAX_OCTETS, INPUT_NO_LINK, f->door, &why);
	if (e == ERR_MEMORY) {
		f->failed = true;
		return "out of memory";
	}
	if (e != OK)
		return e == ERR_LONG ? zone_too_long : why;
	for (unsigned i = 0; i < f->depth; i++) {
		if (f->frames[i].device != in.device || f->frames[i].inode != in.inode)
			continue;
		free(in.octets);
		return "it includes itself";
	}
	push(f, &in, file, origin);
	return NULL;
}

const char *zone_open_include(
        struct zone_file *f, const char *path, size_t n, const struct name *origin)
{
	const char *file, *why;

	if (n && path[0] == '"') {
		path++;
		n -= n > 1 && path[n - 2] == '"' ? 2 : 1;
	}
	if (f->depth > ZONE_INCLUDE_DEPTH_MAX)
		return "too many files that include each other";
	const char *named = arena_text(f->arena, path, n);
	file = !named            ? NULL
	       : named[0] == '/' ? named
	                         : arena_format(f->arena, "%s/%s", f->folder_text, named);
	if (!file) {
		f->failed = true;
		return "out of memory";
	}
	if (goes_up(named))
		return "`..` is not allowed in it";
	char *real = realpath(file, NULL);
	if (!real)
		return strerror(errno);
	why = is_in_folder(real, f->folder) ? push_include(f, real, file, origin)
	                                    : "it lies outside the folder of the zone file";
	free(real);
	return why;
}
