/* SPDX-License-Identifier: ISC */
#include "server/watch.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "zone/hash.h"

/* IN_CREATE and IN_MOVED_TO are also how links, folders and hard links appear. IN_MODIFY is left
 * out: a file that is being written is not worth reading. IN_EXCL_UNLINK: a writer who closes a
 * file that was replaced meanwhile changes nothing. */
#define FOLDER_EVENTS                                                                              \
	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB |        \
	        IN_DELETE_SELF | IN_MOVE_SELF)
#define FOLDER_MASK (FOLDER_EVENTS | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK)

#define LINKS_MAX     40 /* in one path; path_resolution(7) */
#define BUCKETS_FIRST 64
#define READ_OCTETS   16384

#define UNWATCHED (-1)

/* A name that counts in a folder. The empty name is the folder itself, and is there as long as the
 * folder is watched. */
struct entry {
	struct entry *next; /* in its bucket */
	uint64_t hash;
	uint64_t set; /* the last one it was added to */
	int folder;   /* watch descriptor: one an inode, by whichever path it is reached */
	size_t n;
	char name[];
};

/* How far a walk has come. */
struct position {
	bool is_there;       /* else something on the way is missing, and the walk has ended */
	int folder;          /* or UNWATCHED */
	unsigned links;      /* gone through so far */
	size_t n;            /* octets of path, without the NUL */
	char path[PATH_MAX]; /* a folder, with a slash at its end and no link in it */
};

struct watch {
	int fd;
	uint64_t seed;
	uint64_t set; /* counts watch_begin() */
	bool has_begun;
	enum err failure; /* the first of the set that has begun, */
	int failure_errno;
	struct entry **buckets;
	size_t bucket_count; /* a power of 2 */
	size_t entry_count;
	struct position last; /* where last_folder led: mostly it is the next file's folder too */
	bool has_last;
	size_t last_n;
	char last_folder[PATH_MAX];
};

enum err watch_open(struct watch **out)
{
	struct watch *w = calloc(1, sizeof *w);
	struct entry **buckets = calloc(BUCKETS_FIRST, sizeof(struct entry *));

	if (!w || !buckets) {
		free(w);
		free(buckets);
		return ERR_MEMORY;
	}
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd < 0) {
		free(w);
		free(buckets);
		return ERR_IO;
	}
	w->seed = hash_seed();
	w->buckets = buckets;
	w->bucket_count = BUCKETS_FIRST;
	*out = w;
	return OK;
}

void watch_close(struct watch *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->bucket_count; i++)
		for (struct entry *e = w->buckets[i], *next; e; e = next) {
			next = e->next;
			free(e);
		}
	free(w->buckets);
	close(w->fd);
	free(w);
}

int watch_fd(const struct watch *w)
{
	return w->fd;
}

static void fail(struct watch *w, enum err e, int reason)
{
	if (w->failure)
		return;
	w->failure = e;
	w->failure_errno = reason;
}

static struct entry **bucket_of(const struct watch *w, uint64_t hash)
{
	return &w->buckets[hash & (w->bucket_count - 1)];
}

static uint64_t hash_name(const struct watch *w, int folder, const char *name, size_t n)
{
	return hash_octets(w->seed + (uint64_t)folder, (const uint8_t *)name, n);
}

static struct entry *find(
        const struct watch *w, uint64_t hash, int folder, const char *name, size_t n)
{
	for (struct entry *e = *bucket_of(w, hash); e; e = e->next)
		if (e->hash == hash && e->folder == folder && e->n == n &&
		        memcmp(e->name, name, n) == 0)
			return e;
	return NULL;
}

/* Without memory the buckets stay as they are: slower, and right. */
static void grow(struct watch *w)
{
	size_t old_count = w->bucket_count;
	struct entry **old = w->buckets, **buckets = calloc(old_count * 2, sizeof(struct entry *));

	if (!buckets)
		return;
	w->buckets = buckets;
	w->bucket_count = old_count * 2;
	for (size_t i = 0; i < old_count; i++)
		for (struct entry *e = old[i], *next; e; e = next) {
			struct entry **bucket = bucket_of(w, e->hash);
			next = e->next;
			e->next = *bucket;
			*bucket = e;
		}
	free(old);
}

static void add_name(struct watch *w, int folder, const char *name, size_t n)
{
	uint64_t hash = hash_name(w, folder, name, n);
	struct entry *e = find(w, hash, folder, name, n);

	if (folder == UNWATCHED)
		return;
	if (!e) {
		if (w->entry_count == w->bucket_count)
			grow(w);
		e = malloc(sizeof *e + n);
		if (!e) {
			fail(w, ERR_MEMORY, ENOMEM);
			return;
		}
		struct entry **bucket = bucket_of(w, hash);
		*e = (struct entry){*bucket, hash, 0, folder, n};
		memcpy(e->name, name, n);
		*bucket = e;
		w->entry_count++;
	}
	e->set = w->set;
}

/* Errors with which open(2) fails too. The change that mends them is an event of a name that is
 * watched already. */
static bool is_missing(int reason)
{
	return reason == ENOENT || reason == ENOTDIR || reason == ENAMETOOLONG || reason == ELOOP;
}

/* The walk has come to the folder at->path. */
static void enter(struct watch *w, struct position *at)
{
	at->folder = inotify_add_watch(w->fd, at->path, FOLDER_MASK);
	if (at->folder >= 0) {
		add_name(w, at->folder, "", 0);
		return;
	}
	/* inotify asks for read permission, the way through a folder only for search permission */
	int reason = errno;
	at->is_there = !is_missing(reason) &&
	               (reason != EACCES || faccessat(AT_FDCWD, at->path, X_OK, AT_EACCESS) == 0);
	at->folder = UNWATCHED;
	if (at->is_there)
		fail(w, ERR_IO, reason);
}

static void enter_first(struct watch *w, struct position *at, bool is_absolute)
{
	at->n = is_absolute ? 1 : 2;
	memcpy(at->path, is_absolute ? "/" : "./", at->n + 1);
	enter(w, at);
}

/* False, and the walk has ended, when the path becomes too long. */
static bool append(struct watch *w, struct position *at, const char *text, size_t n)
{
	if (n >= sizeof at->path - at->n) {
		fail(w, ERR_IO, ENAMETOOLONG);
		at->is_there = false;
		return false;
	}
	memcpy(at->path + at->n, text, n);
	at->n += n;
	at->path[at->n] = 0;
	return true;
}

/* What is left to walk. */
struct rest {
	const char *next;
	char path[PATH_MAX];
};

/* The octets of the next component, which begins at rest->next; 0 when nothing is left. */
static size_t find_component(struct rest *rest)
{
	rest->next += strspn(rest->next, "/");
	return strcspn(rest->next, "/");
}

/* The name at the end of at->path, from `folder_n` on, is a link: walk where it leads, then on. */
static void follow(
        struct watch *w, struct position *at, size_t folder_n, struct rest *rest, char *target)
{
	size_t n = strlen(target), left = strlen(rest->next);

	if (++at->links > LINKS_MAX) {
		at->is_there = false; /* as the kernel does */
		return;
	}
	if (n + 1 + left >= sizeof rest->path) {
		fail(w, ERR_IO, ENAMETOOLONG);
		at->is_there = false;
		return;
	}
	memmove(rest->path + n + 1, rest->next, left + 1);
	memcpy(rest->path, target, n);
	rest->path[n] = '/';
	rest->next = rest->path;
	at->n = folder_n;
	at->path[folder_n] = 0;
	if (*target == '/')
		enter_first(w, at, true);
}

/* Walk path[0..n) from where *at is, and through its last component if that is a folder to enter.
 * Each name is watched before it is looked at, so what changes later is an event. */
static void walk(struct watch *w, struct position *at, const char *path, size_t n, bool enter_last)
{
	char target[PATH_MAX];
	struct rest rest;
	size_t name_n;

	memcpy(rest.path, path, n);
	rest.path[n] = 0;
	rest.next = rest.path;
	while (at->is_there && (name_n = find_component(&rest)) != 0) {
		const char *name = rest.next;
		size_t folder_n = at->n;
		rest.next += name_n;
		if (name_n == 1 && *name == '.')
			continue;
		add_name(w, at->folder, name, name_n);
		if (!append(w, at, name, name_n))
			return;
		ssize_t target_n = readlink(at->path, target, sizeof target - 1);
		if (target_n >= 0) {
			target[target_n] = 0;
			follow(w, at, folder_n, &rest, target);
			continue;
		}
		if (errno != EINVAL) { /* which is: not a link */
			at->is_there = false;
			if (!is_missing(errno) && errno != EACCES)
				fail(w, ERR_IO, errno);
			return;
		}
		if (!enter_last && find_component(&rest) == 0)
			return;
		enter(w, at);
		if (at->is_there)
			append(w, at, "/", 1);
	}
}

void watch_begin(struct watch *w)
{
	w->set++;
	w->has_begun = true;
	w->has_last = false;
	w->failure = OK;
}

/* The folder of a path, path[0..n): nothing, or up to its last slash. */
static void find_folder(struct watch *w, const char *path, size_t n)
{
	if (w->has_last && w->last_n == n && memcmp(w->last_folder, path, n) == 0)
		return;
	memcpy(w->last_folder, path, n);
	w->last_n = n;
	w->has_last = true;
	w->last.is_there = true;
	w->last.links = 0;
	enter_first(w, &w->last, *path == '/');
	walk(w, &w->last, path, n, true);
}

void watch_add(struct watch *w, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = strlen(path), folder_n = slash ? (size_t)(slash + 1 - path) : 0;
	struct position at;

	assert(w->has_begun);
	if (n >= PATH_MAX) /* nor can it be opened */
		return;
	find_folder(w, path, folder_n);
	at.is_there = w->last.is_there;
	at.folder = w->last.folder;
	at.links = w->last.links;
	at.n = w->last.n;
	memcpy(at.path, w->last.path, at.n + 1);
	walk(w, &at, path + folder_n, n - folder_n, false);
}

/* Forget what is not of this set. A folder that is gone has lost its watch already. */
static void forget_old(struct watch *w)
{
	for (size_t i = 0; i < w->bucket_count; i++)
		for (struct entry **p = &w->buckets[i]; *p;) {
			struct entry *e = *p;
			if (e->set == w->set) {
				p = &e->next;
				continue;
			}
			*p = e->next;
			if (e->n == 0)
				(void)inotify_rm_watch(w->fd, e->folder);
			free(e);
			w->entry_count--;
		}
}

enum err watch_end(struct watch *w)
{
	assert(w->has_begun);
	forget_old(w);
	w->has_begun = false;
	if (w->failure)
		errno = w->failure_errno;
	return w->failure;
}

void watch_abandon(struct watch *w)
{
	w->has_begun = false;
}

/* An event without a name is one of the folder itself: moved, deleted, unmounted, its permissions
 * changed. IN_IGNORED too, which after our own inotify_rm_watch() finds no entry. */
static bool counts(const struct watch *w, const struct inotify_event *event)
{
	size_t n = event->len ? strnlen(event->name, event->len) : 0;

	if (event->mask & IN_Q_OVERFLOW)
		return true;
	return find(w, hash_name(w, event->wd, event->name, n), event->wd, event->name, n);
}

bool watch_read(struct watch *w)
{
	_Alignas(struct inotify_event) char events[READ_OCTETS];
	bool has_changed = false;
	ssize_t n;

	while ((n = read(w->fd, events, sizeof events)) > 0)
		for (const char *p = events; p < events + n;) {
			const struct inotify_event *event = (const void *)p;
			has_changed = has_changed || counts(w, event);
			p += sizeof *event + event->len;
		}
	return has_changed;
}
