/* SPDX-License-Identifier: ISC */
#include "conf/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err read_all(struct input *in, int fd, size_t capacity, size_t limit)
{
	for (;;) {
		char *octets = realloc(in->octets, capacity);
		if (!octets)
			return ERR_MEMORY;
		in->octets = octets;
		ssize_t n = read(fd, octets + in->size, capacity - 1 - in->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ERR_IO;
		in->size += (size_t)n;
		octets[in->size] = 0;
		if (n == 0)
			return OK;
		if (in->size > limit)
			return ERR_LONG;
		if (in->size == capacity - 1)
			capacity += capacity / 2;
	}
}

/* The file behind a descriptor. *why stays NULL where errno tells. */
static enum err read_open(
        struct input *in, int fd, size_t limit, enum input_kind kind, const char **why)
{
	size_t capacity = 65536;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return ERR_IO;
	in->device = st.st_dev;
	in->inode = st.st_ino;
	if (S_ISDIR(st.st_mode))
		*why = "is a directory; name a file";
	else if (!S_ISREG(st.st_mode) && kind != INPUT_ANY)
		*why = "is not a regular file; name a file";
	if (*why)
		return ERR_IO;
	if (S_ISREG(st.st_mode) && st.st_size > 0) {
		if ((uintmax_t)st.st_size > limit)
			return ERR_LONG;
		capacity = (size_t)st.st_size + 2; /* the NUL, and room to see the end */
	}
	return read_all(in, fd, capacity, limit);
}

/* Why a file could not be opened. A link that leads nowhere is no file that is yet to come. */
static const char *why_not_open(const char *path, int *reason)
{
	struct stat st;

	if (*reason == ENXIO)
		return "is not a regular file; name a file";
	if (*reason != ENOENT || lstat(path, &st) != 0)
		return strerror(*reason);
	*reason = 0;
	return "is a symbolic link that leads nowhere; mend or remove it";
}

int input_open(const char *path, enum input_kind kind, const char **why)
{
	/* O_NONBLOCK: a pipe does not wait for its writer, and is then refused */
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (kind == INPUT_ANY ? 0 : O_NONBLOCK) |
	            (kind == INPUT_NO_LINK ? O_NOFOLLOW : 0);
	int fd = open(path, flags);

	*why = NULL;
	if (fd < 0) {
		int reason = errno;
		*why = why_not_open(path, &reason);
		errno = reason;
	}
	return fd;
}

enum err input_read(struct input *out, const char *path, size_t limit, enum input_kind kind,
        struct input_door *door, const char **why)
{
	struct input in = {0};
	int fd = door && door->open ? door->open(door->context, path, kind, why)
	                            : input_open(path, kind, why);

	if (fd < 0)
		return ERR_IO;
	*why = NULL;
	enum err e = read_open(&in, fd, limit, kind, why);
	if (e == ERR_IO && !*why)
		*why = strerror(errno);
	close(fd);
	errno = 0;
	if (e == OK && door && door->digest)
		*door->digest = digest_chain(door->digest, in.octets, in.size);
	if (e == OK)
		*out = in;
	else
		free(in.octets);
	return e;
}
