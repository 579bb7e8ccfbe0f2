/* SPDX-License-Identifier: ISC */
/* tests/shim/fault.c - make system calls that write fail, in a program that is not changed for it.
 *
 *     LD_PRELOAD=build/tests/shim/fault.so FAULT_FILE=control FAULT_UNDER=state FAULT_COUNT=count \
 *             build/arpad ...
 *     echo 'enospc 3' >control          the third call from now on has no space
 *
 *     FAULT_UNDER   a folder: only calls on regular files and folders in it, at any depth, and on
 *                   its own descriptor count and can fail; never sockets, pipes, the log
 *     FAULT_FILE    the control file, outside of that folder: `none` or `KIND N`, read anew at each
 *                   such call. The Nth since the file changed, or the program began, has the fault;
 *                   when N is 0, each
 *     FAULT_COUNT   a file that is told how many there were since then; may be left out
 *
 *     enospc eio eintr    the call does nothing, and fails so
 *     short               a write writes half, at least one octet; other calls are done
 *     kill kill-after     SIGKILL ends the program just before the call, just after it
 *
 * The calls: write, writev, pwrite, fsync, fdatasync, ftruncate, rename, link, unlink and mkdir
 * with their ...at forms, and open, openat and creat when they may make a file. What the C library
 * calls by itself is not seen: stdio, mkstemp(3), remove(3).
 *
 * Own system calls are made by syscall(2), so nothing here recurses. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define CONTROL_MAX 64
#define PARTS_MAX   1024 /* IOV_MAX */

enum fault {
	FAULT_NONE,
	FAULT_ENOSPC,
	FAULT_EIO,
	FAULT_EINTR,
	FAULT_SHORT,
	FAULT_KILL,
	FAULT_KILL_AFTER,
};

static const char *const fault_names[] = {
        "none", "enospc", "eio", "eintr", "short", "kill", "kill-after"};

/* By what a change of the control file is known. */
struct control {
	uint64_t inode;
	struct timespec changed;
	char text[CONTROL_MAX];
};

/* The calls of a program are counted together, whatever thread makes them. */
static struct {
	pthread_mutex_t lock;
	struct control control;
	unsigned long count;
} shim = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void stop(const char *why, const char *what)
{
	char line[256];
	int n = snprintf(line, sizeof line, "fault shim: %s: %s\n", why, what);

	(void)syscall(SYS_write, 2, line, n);
	abort();
}

static int open_raw(int folder, const char *path, int flags)
{
	return (int)syscall(SYS_openat, folder, path, flags | O_CLOEXEC, 0600);
}

static bool fd_path(int fd, char path[PATH_MAX])
{
	char link[64];

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	long n = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
	if (n < 0)
		return false;
	path[n] = 0;
	return true;
}

/* The true path of a folder. */
static bool folder_path(int folder, const char *name, char path[PATH_MAX])
{
	int fd = open_raw(folder, name, O_PATH | O_DIRECTORY);
	bool is_known = fd >= 0 && fd_path(fd, path);

	if (fd >= 0)
		syscall(SYS_close, fd);
	return is_known;
}

/* True for the folder FAULT_UNDER and all that is in it. */
static bool is_under(const char *path)
{
	const char *name = getenv("FAULT_UNDER");
	char under[PATH_MAX];

	if (!name || !folder_path(AT_FDCWD, name, under))
		return false;
	size_t n = strlen(under);
	return strncmp(path, under, n) == 0 && (path[n] == 0 || path[n] == '/');
}

static bool is_fd_under(int fd)
{
	char path[PATH_MAX];
	struct stat st;

	return fd_path(fd, path) && is_under(path) && fstat(fd, &st) == 0 &&
	       (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
}

/* A name counts by the folder it stands in. */
static bool is_name_under(int folder, const char *name)
{
	char parent[PATH_MAX], path[PATH_MAX];
	size_t n = strlen(name);

	while (n && name[n - 1] == '/')
		n--;
	while (n && name[n - 1] != '/')
		n--;
	if (n >= sizeof parent)
		return false;
	memcpy(parent, name, n);
	parent[n] = 0;
	return folder_path(folder, n ? parent : ".", path) && is_under(path);
}

static void read_control(struct control *c)
{
	const char *name = getenv("FAULT_FILE");
	int fd = name ? open_raw(AT_FDCWD, name, O_RDONLY) : -1;
	struct stat st;

	memset(c, 0, sizeof *c);
	if (fd < 0)
		return;
	(void)syscall(SYS_read, fd, c->text, sizeof c->text - 1);
	if (fstat(fd, &st) == 0) {
		c->inode = st.st_ino;
		c->changed = st.st_ctim;
	}
	syscall(SYS_close, fd);
}

static bool is_same(const struct control *a, const struct control *b)
{
	return a->inode == b->inode && a->changed.tv_sec == b->changed.tv_sec &&
	       a->changed.tv_nsec == b->changed.tv_nsec && strcmp(a->text, b->text) == 0;
}

/* The fault of call number `count`. An empty file is one that is just being written. */
static enum fault fault_of(const char *text, unsigned long count)
{
	char kind[16];
	unsigned long number = 0;
	int fields = sscanf(text, "%15s %lu", kind, &number);

	if (fields < 1 || strcmp(kind, "none") == 0)
		return FAULT_NONE;
	for (size_t i = 1; i < sizeof fault_names / sizeof *fault_names; i++)
		if (fields == 2 && strcmp(kind, fault_names[i]) == 0)
			return number == 0 || number == count ? (enum fault)i : FAULT_NONE;
	stop("not a fault", text);
	return FAULT_NONE;
}

/* In place, so that who reads it just now finds a number. */
static void write_count(unsigned long count)
{
	const char *name = getenv("FAULT_COUNT");
	char text[32];

	if (!name)
		return;
	int fd = open_raw(AT_FDCWD, name, O_WRONLY | O_CREAT);
	if (fd < 0)
		stop("cannot write", name);
	int n = snprintf(text, sizeof text, "%lu\n", count);
	(void)syscall(SYS_pwrite64, fd, text, n, 0L);
	(void)syscall(SYS_ftruncate, fd, (long)n);
	syscall(SYS_close, fd);
}

/* Count a call that is of the kind to be counted. Leaves errno alone. */
static enum fault next_fault(bool is_counted)
{
	int before = errno;
	struct control now;

	if (!is_counted)
		return FAULT_NONE;
	pthread_mutex_lock(&shim.lock);
	read_control(&now);
	if (!is_same(&now, &shim.control)) {
		shim.control = now;
		shim.count = 0;
	}
	shim.count++;
	write_count(shim.count);
	enum fault fault = fault_of(now.text, shim.count);
	pthread_mutex_unlock(&shim.lock);
	errno = before;
	return fault;
}

static void end_program(void)
{
	kill(getpid(), SIGKILL);
	for (;;) /* until it arrives */
		pause();
}

/* Before the call: true when it is not to be made. */
static bool fails(enum fault fault)
{
	static const int errors[] = {
	        [FAULT_ENOSPC] = ENOSPC, [FAULT_EIO] = EIO, [FAULT_EINTR] = EINTR};

	if (fault == FAULT_KILL)
		end_program();
	if (fault != FAULT_ENOSPC && fault != FAULT_EIO && fault != FAULT_EINTR)
		return false;
	errno = errors[fault];
	return true;
}

/* After it. */
static long done(enum fault fault, long result)
{
	if (fault == FAULT_KILL_AFTER)
		end_program();
	return result;
}

/* The result of a system call that may have a fault. */
#define WITH_FAULT(fault, ...) (fails(fault) ? -1 : done(fault, syscall(__VA_ARGS__)))

static size_t part_of(enum fault fault, size_t n)
{
	return fault == FAULT_SHORT && n > 1 ? n / 2 : n;
}

ssize_t write(int fd, const void *octets, size_t n)
{
	enum fault fault = next_fault(is_fd_under(fd));

	return WITH_FAULT(fault, SYS_write, fd, octets, part_of(fault, n));
}

ssize_t pwrite(int fd, const void *octets, size_t n, off_t offset)
{
	enum fault fault = next_fault(is_fd_under(fd));

	return WITH_FAULT(fault, SYS_pwrite64, fd, octets, part_of(fault, n), offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	enum fault fault = next_fault(is_fd_under(fd));
	struct iovec some[PARTS_MAX];
	size_t left = 0;
	int used = 0;

	if (fault != FAULT_SHORT || count < 0 || count > PARTS_MAX)
		return WITH_FAULT(fault, SYS_writev, fd, parts, count);
	for (int i = 0; i < count; i++)
		left += parts[i].iov_len;
	for (left = part_of(fault, left); left && used < count; used++) {
		some[used] = parts[used];
		if (some[used].iov_len > left)
			some[used].iov_len = left;
		left -= some[used].iov_len;
	}
	return syscall(SYS_writev, fd, some, used);
}

int fsync(int fd)
{
	enum fault fault = next_fault(is_fd_under(fd));

	return (int)WITH_FAULT(fault, SYS_fsync, fd);
}

int fdatasync(int fd)
{
	enum fault fault = next_fault(is_fd_under(fd));

	return (int)WITH_FAULT(fault, SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t n)
{
	enum fault fault = next_fault(is_fd_under(fd));

	return (int)WITH_FAULT(fault, SYS_ftruncate, fd, n);
}

int renameat2(int folder, const char *from, int other, const char *to, unsigned flags)
{
	enum fault fault = next_fault(is_name_under(folder, from) || is_name_under(other, to));

	return (int)WITH_FAULT(fault, SYS_renameat2, folder, from, other, to, flags);
}

int renameat(int folder, const char *from, int other, const char *to)
{
	return renameat2(folder, from, other, to, 0);
}

int rename(const char *from, const char *to)
{
	return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int linkat(int folder, const char *from, int other, const char *to, int flags)
{
	enum fault fault = next_fault(is_name_under(other, to));

	return (int)WITH_FAULT(fault, SYS_linkat, folder, from, other, to, flags);
}

int link(const char *from, const char *to)
{
	return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlinkat(int folder, const char *name, int flags)
{
	enum fault fault = next_fault(is_name_under(folder, name));

	return (int)WITH_FAULT(fault, SYS_unlinkat, folder, name, flags);
}

int unlink(const char *name)
{
	return unlinkat(AT_FDCWD, name, 0);
}

int mkdirat(int folder, const char *name, mode_t mode)
{
	enum fault fault = next_fault(is_name_under(folder, name));

	return (int)WITH_FAULT(fault, SYS_mkdirat, folder, name, mode);
}

int mkdir(const char *name, mode_t mode)
{
	return mkdirat(AT_FDCWD, name, mode);
}

static bool is_unnamed(int flags)
{
	return (flags & O_TMPFILE) == O_TMPFILE;
}

/* Only who may make a file says a mode. */
static mode_t mode_from(int flags, va_list rest)
{
	return flags & O_CREAT || is_unnamed(flags) ? va_arg(rest, mode_t) : 0;
}

static bool makes_file_under(int folder, const char *name, int flags)
{
	char path[PATH_MAX];

	if (is_unnamed(flags))
		return folder_path(folder, name, path) && is_under(path);
	return flags & O_CREAT && is_name_under(folder, name);
}

static int open_at(int folder, const char *name, int flags, mode_t mode)
{
	enum fault fault = next_fault(makes_file_under(folder, name, flags));

	return (int)WITH_FAULT(fault, SYS_openat, folder, name, flags, mode);
}

int openat(int folder, const char *name, int flags, ...)
{
	va_list rest;

	va_start(rest, flags);
	mode_t mode = mode_from(flags, rest);
	va_end(rest);
	return open_at(folder, name, flags, mode);
}

int open(const char *name, int flags, ...)
{
	va_list rest;

	va_start(rest, flags);
	mode_t mode = mode_from(flags, rest);
	va_end(rest);
	return open_at(AT_FDCWD, name, flags, mode);
}

int creat(const char *name, mode_t mode)
{
	return open_at(AT_FDCWD, name, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

/* The names the C library has for 64 bits of offset, which is what off_t has here. */
_Static_assert(sizeof(off_t) == 8, "a 64-bit system");

#define ALIAS(name) __attribute__((alias(name)))
ssize_t pwrite64(int fd, const void *octets, size_t n, off64_t offset) ALIAS("pwrite");
int ftruncate64(int fd, off64_t n) ALIAS("ftruncate");
int open64(const char *name, int flags, ...) ALIAS("open");
int openat64(int folder, const char *name, int flags, ...) ALIAS("openat");
int creat64(const char *name, mode_t mode) ALIAS("creat");
