/* SPDX-License-Identifier: ISC */
#include "server/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNFINISHED ".new-"

/* A call that was interrupted is made again. arpad blocks its signals, but who is traced or stopped
 * and goes on, and network file systems, see that without one. */
#define UNINTERRUPTED(result, call)                                                                \
	do                                                                                         \
		(result) = (call);                                                                 \
	while ((result) < 0 && errno == EINTR)

static bool write_all(int fd, const uint8_t *octets, size_t size)
{
	while (size) {
		ssize_t n;
		UNINTERRUPTED(n, write(fd, octets, size));
		if (n == 0)
			errno = EIO; /* no disk says so; but a loop without an end is worse */
		if (n <= 0)
			return false;
		octets += n;
		size -= (size_t)n;
	}
	return true;
}

static bool sync_all(int fd)
{
	int result;

	UNINTERRUPTED(result, fsync(fd));
	return result == 0;
}

void state_file_remove(int folder, const char *name)
{
	int result;

	UNINTERRUPTED(result, unlinkat(folder, name, 0));
}

/* Also over an empty folder, which rename(2) does not do. */
static int rename_over(int folder, const char *from, const char *to)
{
	int result;

	UNINTERRUPTED(result, renameat(folder, from, folder, to));
	if (result == 0 || errno != EISDIR)
		return result;
	if (unlinkat(folder, to, AT_REMOVEDIR) != 0) {
		errno = EISDIR;
		return -1;
	}
	UNINTERRUPTED(result, renameat(folder, from, folder, to));
	return result;
}

enum err state_file_write(int folder, const char *name, const void *octets, size_t size)
{
	char unfinished[32];
	int fd, result = -1;

	snprintf(unfinished, sizeof unfinished, UNFINISHED "%ld", (long)gettid());
	/* that of a process that had this number before a crash */
	state_file_remove(folder, unfinished);
	UNINTERRUPTED(fd, openat(folder, unfinished,
	                          O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
	if (fd < 0)
		return ERR_IO;
	bool good = write_all(fd, octets, size) && sync_all(fd);
	int why = errno;
	close(fd); /* after fsync() it has nothing left to report */
	if (good) {
		result = rename_over(folder, unfinished, name);
		why = errno;
	}
	if (result == 0)
		return OK;
	state_file_remove(folder, unfinished);
	errno = why;
	return ERR_IO;
}

int state_file_open(int folder, const char *name)
{
	int fd;

	/* O_NONBLOCK: a pipe that somebody put there does not wait for its writer */
	UNINTERRUPTED(fd, openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
	return fd;
}

enum err state_file_read_all(int fd, uint8_t *octets, size_t size)
{
	while (size) {
		ssize_t n;
		UNINTERRUPTED(n, read(fd, octets, size));
		if (n < 0)
			return ERR_IO;
		if (n == 0)
			return ERR_CORRUPT;
		octets += n;
		size -= (size_t)n;
	}
	return OK;
}

static enum err read_open(int fd, size_t limit, uint8_t **octets, size_t *size)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return ERR_IO;
	if (!S_ISREG(st.st_mode) || (uintmax_t)st.st_size > limit)
		return ERR_CORRUPT;
	uint8_t *all = malloc(st.st_size ? (size_t)st.st_size : 1);
	if (!all)
		return ERR_MEMORY;
	enum err e = state_file_read_all(fd, all, (size_t)st.st_size);
	if (e != OK) {
		free(all);
		return e;
	}
	*octets = all;
	*size = (size_t)st.st_size;
	return OK;
}

enum err state_file_read(int folder, const char *name, size_t limit, uint8_t **octets, size_t *size)
{
	int fd = state_file_open(folder, name);

	if (fd < 0)
		return errno == ELOOP ? ERR_CORRUPT : ERR_IO;
	enum err e = read_open(fd, limit, octets, size);
	int why = errno;
	close(fd);
	errno = why;
	return e;
}

enum err state_file_sync(int folder)
{
	/* EINVAL: a file system that knows no such thing; then it is as durable as it gets */
	return sync_all(folder) || errno == EINVAL ? OK : ERR_IO;
}

bool state_file_is_unfinished(const char *name)
{
	return strncmp(name, UNFINISHED, sizeof UNFINISHED - 1) == 0;
}
