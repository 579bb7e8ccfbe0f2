/* SPDX-License-Identifier: ISC */
#include "conf/zone_include.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* All of an open file, which may be a pipe. Returns OK and malloc'd octets; ERR_IO; ERR_MEMORY. */
static enum err read_all(int fd, char **octets, size_t *size)
{
	size_t n = 0, capacity = 65536;
	char *all = malloc(capacity);

	while (all) {
		ssize_t got = read(fd, all + n, capacity - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0) {
			*octets = all;
			*size = n;
			return OK;
		}
		n += got > 0 ? (size_t)got : 0;
		if (got < 0 || n > ZONE_FILE_MAX_OCTETS) {
			if (got > 0)
				errno = EFBIG;
			free(all);
			return ERR_IO;
		}
		if (n == capacity) {
			char *grown = realloc(all, capacity *= 2);
			if (!grown)
				free(all);
			all = grown;
		}
	}
	return ERR_MEMORY;
}

/* Take an open file as the next frame. Closes fd. */
static enum err push(struct zone_file *f, int fd, const struct stat *s, const char *file,
        const struct name *origin)
{
	struct zone_frame *frame = &f->frames[f->depth];

	*frame = (struct zone_frame){
	        .file = file, .origin = *origin, .device = s->st_dev, .inode = s->st_ino};
	enum err e = read_all(fd, &frame->octets, &frame->text.size);
	int why = errno;
	close(fd);
	errno = why;
	if (e != OK)
		return e;
	frame->text.octets = frame->octets;
	frame->text.line = 1;
	f->depth++;
	return OK;
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

enum err zone_open_top(struct zone_file *f, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash == path ? 1 : slash ? (size_t)(slash - path) : 0;
	struct name origin;
	struct stat s;

	f->folder_text = n ? arena_text(f->arena, path, n) : ".";
	if (!f->folder_text)
		return ERR_MEMORY;
	f->folder = realpath(f->folder_text, NULL);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &s) != 0 || !f->folder) {
		int why = errno;
		if (fd >= 0)
			close(fd);
		errno = why;
		return ERR_IO;
	}
	origin_of(&origin, path);
	return push(f, fd, &s, path, &origin);
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
	struct stat s;
	/* O_NONBLOCK: a pipe does not wait for its writer, and is then refused */
	int fd = open(real, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return strerror(errno);
	const char *why = NULL;
	if (fstat(fd, &s) != 0)
		why = strerror(errno);
	else if (!S_ISREG(s.st_mode))
		why = "not a regular file";
	for (unsigned i = 0; !why && i < f->depth; i++)
		if (f->frames[i].device == s.st_dev && f->frames[i].inode == s.st_ino)
			why = "it includes itself";
	if (why) {
		close(fd);
		return why;
	}
	enum err e = push(f, fd, &s, file, origin);
	if (e == ERR_MEMORY)
		f->failed = true;
	return e == OK ? NULL : e == ERR_MEMORY ? "out of memory" : strerror(errno);
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
