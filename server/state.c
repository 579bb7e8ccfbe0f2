/* SPDX-License-Identifier: ISC */
#include "server/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/state_file.h"

/* How long a lock may outlast the process that took it. */
#define LOCK_TURNS   200
#define LOCK_TURN_MS 10

static const char *const kind_names[STATE_KINDS] = {
        [STATE_FRAGMENTS] = "fragments", [STATE_IMAGES] = "images"};

static const char *remedy(int why)
{
	switch (why) {
	case EACCES:
	case EPERM:
		return "this user may not; `chown` and `chmod 700` the folder, or name another one";
	case ENOENT:
		return "make the folder it lies in first (`mkdir -p`)";
	case ENOTDIR:
	case EISDIR:
		return "remove what is there, or name another folder";
	case ELOOP:
		return "put a plain file or folder in place of the symbolic link";
	case EROFS:
		return "name a folder that can be written (systemd: StateDirectory=, "
		       "ReadWritePaths=)";
	case ENOSPC:
	case EDQUOT:
		return "make room on the disk, or name a folder on another one";
	case ENOLCK:
	case EOPNOTSUPP:
		return "this file system has no locks; name a folder on a local disk";
	default:
		return "mend the disk, or name another folder";
	}
}

/* Keep `PATH[/NAME]: WHAT; REMEDY` for the user. Returns ERR_IO, or ERR_MEMORY when it cannot. */
static enum err tell(struct state *s, const char *name, const char *what, const char *then)
{
	if (asprintf(&s->why, "%s%s%s: %s; %s", s->path, name ? "/" : "", name ? name : "", what,
	            then) >= 0)
		return ERR_IO;
	s->why = NULL;
	return ERR_MEMORY;
}

static enum err tell_errno(struct state *s, const char *name)
{
	int why = errno;

	return tell(s, name, strerror(why), remedy(why));
}

/* Nobody else may put files there: what lies there is served. */
static enum err check_owner(struct state *s, int fd, const char *name)
{
	char what[64];
	struct stat st;

	if (fstat(fd, &st) != 0)
		return tell_errno(s, name);
	if (st.st_uid != geteuid()) {
		snprintf(what, sizeof what, "belongs to user %lu, and arpad runs as %lu",
		        (unsigned long)st.st_uid, (unsigned long)geteuid());
		return tell(s, name, what,
		        "`chown` it, start arpad as its owner, or name another folder");
	}
	if ((st.st_mode & S_IRWXU) != S_IRWXU)
		return tell(s, name, "its owner may not write it", "`chmod 700` it");
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return tell(s, name, "its group or others may write it", "`chmod 700` it");
	return OK;
}

/* Open the state folder (`name` NULL) or one in it; made where it is missing. */
static enum err open_folder(struct state *s, const char *name, int *fd)
{
	int at = name ? s->folder : AT_FDCWD;
	/* the operator's own path may lead over links, what is in his folder may not */
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (name ? O_NOFOLLOW : 0);
	const char *path = name ? name : s->path;

	*fd = openat(at, path, flags);
	if (*fd < 0 && errno == ENOENT && (mkdirat(at, path, 0700) == 0 || errno == EEXIST))
		*fd = openat(at, path, flags);
	return *fd < 0 ? tell_errno(s, name) : check_owner(s, *fd, name);
}

/* The number of the process that has the lock, or had it last; 0: not known. */
static long lock_owner(const struct state *s)
{
	char digits[16] = "";
	ssize_t n = pread(s->lock, digits, sizeof digits - 1, 0);

	return n > 0 ? strtol(digits, NULL, 10) : 0;
}

/* Whoever has the lock got it from a process that is no more: one that was killed while it started
 * its compiler, which lets go of it in a moment. */
static bool is_left_behind(const struct state *s)
{
	long process = lock_owner(s);

	return process > 0 &&
	       (process == getpid() || (kill((pid_t)process, 0) != 0 && errno == ESRCH));
}

static enum err tell_locked(struct state *s)
{
	char what[64] = "another process has it";
	long process = lock_owner(s);

	if (process > 0)
		snprintf(what, sizeof what, "in use by process %ld", process);
	return tell(s, NULL, what, "stop that one first, or name another folder");
}

/* The descriptor that was handed over is one of this folder's lock. */
static bool is_same_file(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* flock() and not fcntl(): it is the open file's, not the process's, so it can be handed over. */
static enum err take_lock(struct state *s)
{
	unsigned turns = LOCK_TURNS;
	int fd = openat(s->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return tell_errno(s, "lock");
	if (s->lock >= 0) {
		bool is_same = is_same_file(s->lock, fd);
		close(fd);
		if (!is_same)
			return tell(s, "lock", "not the file that the running arpad has locked",
			        "name the folder that it uses, or stop it first");
		if (fcntl(s->lock, F_SETFD, FD_CLOEXEC) != 0)
			return tell_errno(s, "lock");
	} else {
		s->lock = fd;
	}
	while (flock(s->lock, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return tell_errno(s, "lock");
		if (!turns-- || !is_left_behind(s))
			return tell_locked(s);
		poll(NULL, 0, LOCK_TURN_MS);
	}
	/* for tell_locked(); a full disk does not stop anybody */
	if (ftruncate(s->lock, 0) == 0) {
		char line[24];
		int n = snprintf(line, sizeof line, "%ld\n", (long)getpid());
		(void)!pwrite(s->lock, line, (size_t)n, 0);
	}
	return OK;
}

/* Folders that were just made must not be gone after a crash, with what is in them. The one above
 * may be closed to this user: then it was not made here. */
static enum err sync_folders(struct state *s)
{
	int above = openat(s->folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (above >= 0) {
		(void)!fsync(above);
		close(above);
	}
	return state_file_sync(s->folder) == OK ? OK : tell_errno(s, NULL);
}

enum err state_open(struct state *s, const char *path, int lock_fd, const char **why)
{
	*s = (struct state){.path = strdup(path),
	        .folder = -1,
	        .folders = {-1, -1},
	        .lock = lock_fd < 0 ? -1 : lock_fd};
	if (!s->path)
		return ERR_MEMORY;
	enum err e = open_folder(s, NULL, &s->folder);
	if (e == OK)
		e = take_lock(s);
	for (size_t kind = 0; e == OK && kind < STATE_KINDS; kind++)
		e = open_folder(s, kind_names[kind], &s->folders[kind]);
	if (e == OK)
		e = sync_folders(s);
	if (e == ERR_IO)
		*why = s->why;
	return e;
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void state_close(struct state *s)
{
	for (size_t kind = 0; kind < STATE_KINDS; kind++)
		close_one(&s->folders[kind]);
	close_one(&s->folder);
	close_one(&s->lock); /* no LOCK_UN: that would take it from who got it */
	free(s->path);
	free(s->why);
	s->path = s->why = NULL;
}

enum err state_write(const struct state *s, enum state_kind kind, const void *octets, size_t size,
        struct digest *out)
{
	struct digest d = digest_of(octets, size);
	char name[DIGEST_TEXT_MAX];
	uint8_t *there;
	size_t there_size;

	if (state_read(s, kind, &d, &there, &there_size) == OK) {
		free(there);
		if (there_size == size) {
			*out = d;
			return OK;
		}
	}
	enum err e = state_file_write(s->folders[kind], digest_to_text(name, &d), octets, size);
	if (e == OK)
		*out = d;
	return e;
}

enum err state_sync(const struct state *s, enum state_kind kind)
{
	return state_file_sync(s->folders[kind]);
}

int state_open_file(const struct state *s, enum state_kind kind, const struct digest *d)
{
	char name[DIGEST_TEXT_MAX];

	return state_file_open(s->folders[kind], digest_to_text(name, d));
}

enum err state_read(const struct state *s, enum state_kind kind, const struct digest *d,
        uint8_t **octets, size_t *size)
{
	char name[DIGEST_TEXT_MAX];
	uint8_t *all;
	size_t n;
	enum err e =
	        state_file_read(s->folders[kind], digest_to_text(name, d), SIZE_MAX / 2, &all, &n);

	if (e != OK)
		return e;
	struct digest found = digest_of(all, n);
	if (!digest_equal(&found, d)) {
		free(all);
		return ERR_CORRUPT;
	}
	*octets = all;
	*size = n;
	return OK;
}

static int compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct digest));
}

/* The digests of one kind that a manifest names, in order; malloc'd. NULL when out of memory. */
static struct digest *named_digests(const struct manifest *m, enum state_kind kind, size_t *count)
{
	size_t n = kind == STATE_FRAGMENTS ? m->customer_count : m->zone_count;
	struct digest *named = malloc((n + 1) * sizeof *named);

	if (!named)
		return NULL;
	for (size_t i = 0; i < n; i++)
		named[i] = kind == STATE_FRAGMENTS ? m->customers[i].fragment : m->zones[i].image;
	if (n)
		qsort(named, n, sizeof *named, compare_digests);
	*count = n;
	return named;
}

static bool is_named(const char *name, const struct digest *named, size_t count)
{
	struct digest d;

	return digest_from_text(&d, name, strlen(name)) && count &&
	       bsearch(&d, named, count, sizeof d, compare_digests) != NULL;
}

/* Remove the files of a folder but those that are named; `named` NULL: only those that were not
 * finished. Folders stay, and so `.` and `..`. */
static void sweep_folder(int folder, const struct digest *named, size_t count)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);

	if (!entries) {
		close_one(&fd);
		return;
	}
	for (struct dirent *entry; (entry = readdir(entries));) {
		const char *name = entry->d_name;
		if (named ? !is_named(name, named, count) : state_file_is_unfinished(name))
			state_file_remove(folder, name);
	}
	closedir(entries);
}

void state_sweep(const struct state *s, const struct manifest *m)
{
	if (!s->is_whole)
		return;
	sweep_folder(s->folder, NULL, 0);
	for (size_t kind = 0; kind < STATE_KINDS; kind++) {
		size_t count;
		struct digest *named = named_digests(m, (enum state_kind)kind, &count);
		if (named)
			sweep_folder(s->folders[kind], named, count);
		free(named);
	}
}
