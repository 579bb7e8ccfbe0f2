/* SPDX-License-Identifier: ISC */
#include "server/untouched.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "zone/hash.h"

#define BUCKETS_FIRST 64

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342
#endif

struct untouched_file {
	struct untouched_file *next; /* in its bucket */
	uint64_t hash, run;          /* run: the last that had to do with it */
	bool is_doubtful;
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec written, changed;
	struct digest digest; /* none: not confirmed */
	char path[];
};

/* Where the kernel that we ask is the one that makes every change, and stamps it. */
static bool is_on_local(int fd)
{
	static const unsigned long local[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC,
	        F2FS_SUPER_MAGIC, TMPFS_MAGIC};
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0)
		return false;
	for (size_t i = 0; i < sizeof local / sizeof *local; i++)
		if ((unsigned long)fs.f_type == local[i])
			return true;
	return false;
}

static time_t real_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec;
}

/* A timer that does not run off, but is cancelled when the clock is set. */
static void watch_clock(struct untouched *s)
{
	struct itimerspec never = {.it_value.tv_sec = INT32_MAX};

	if (s->clock >= 0 && timerfd_settime(s->clock, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
	                             &never, NULL) == 0)
		return;
	if (s->clock >= 0)
		close(s->clock);
	s->clock = -1;
}

void untouched_init(struct untouched *s)
{
	*s = (struct untouched){.seed = hash_seed(), .is_local = is_on_local, .now = real_time};
	s->clock = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	watch_clock(s);
}

/* Forget all, or all that was not of this run. */
static void forget(struct untouched *s, bool is_all)
{
	for (size_t i = 0; i < s->bucket_count; i++)
		for (struct untouched_file **p = &s->buckets[i]; *p;) {
			struct untouched_file *f = *p;
			if (!is_all && f->run == s->run) {
				p = &f->next;
				continue;
			}
			*p = f->next;
			free(f);
			s->count--;
		}
}

void untouched_free(struct untouched *s)
{
	forget(s, true);
	free(s->buckets);
	if (s->clock >= 0)
		close(s->clock);
	s->buckets = NULL;
	s->bucket_count = 0;
	s->clock = -1;
}

void untouched_begin(struct untouched *s)
{
	uint64_t times;

	s->run++;
	if (s->clock >= 0 && read(s->clock, &times, sizeof times) < 0 && errno == EAGAIN)
		return;
	forget(s, true);
	watch_clock(s);
}

/* Without memory the buckets stay as they are: slower, and right. */
static void grow(struct untouched *s)
{
	size_t count = s->bucket_count ? 2 * s->bucket_count : BUCKETS_FIRST;
	struct untouched_file **buckets = calloc(count, sizeof(struct untouched_file *));

	if (!buckets)
		return;
	for (size_t i = 0; i < s->bucket_count; i++)
		for (struct untouched_file *f = s->buckets[i], *next; f; f = next) {
			next = f->next;
			f->next = buckets[f->hash & (count - 1)];
			buckets[f->hash & (count - 1)] = f;
		}
	free(s->buckets);
	s->buckets = buckets;
	s->bucket_count = count;
}

static struct untouched_file *find(const struct untouched *s, const char *path)
{
	uint64_t hash = hash_octets(s->seed, (const uint8_t *)path, strlen(path));

	if (s->bucket_count == 0)
		return NULL;
	for (struct untouched_file *f = s->buckets[hash & (s->bucket_count - 1)]; f; f = f->next)
		if (f->hash == hash && strcmp(f->path, path) == 0)
			return f;
	return NULL;
}

static struct untouched_file *add(struct untouched *s, const char *path)
{
	size_t n = strlen(path);

	if (s->count >= s->bucket_count)
		grow(s);
	struct untouched_file *f = s->bucket_count ? malloc(sizeof *f + n + 1) : NULL;
	if (!f)
		return NULL;
	memset(f, 0, sizeof *f);
	memcpy(f->path, path, n + 1);
	f->hash = hash_octets(s->seed, (const uint8_t *)path, n);
	struct untouched_file **bucket = &s->buckets[f->hash & (s->bucket_count - 1)];
	f->next = *bucket;
	*bucket = f;
	s->count++;
	return f;
}

void untouched_note(struct untouched *s, const char *path, int fd)
{
	struct untouched_file *f = find(s, path);
	struct stat st;

	if (!f && fd >= 0)
		f = add(s, path);
	if (!f)
		return;
	f->run = s->run;
	f->digest = (struct digest){0};
	f->is_doubtful = true;
	if (fd < 0 || s->clock < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	        !s->is_local(fd))
		return;
	time_t racy = s->now() - UNTOUCHED_RACY_S;
	f->is_doubtful = st.st_mtim.tv_sec >= racy || st.st_ctim.tv_sec >= racy;
	f->device = st.st_dev;
	f->inode = st.st_ino;
	f->size = st.st_size;
	f->written = st.st_mtim;
	f->changed = st.st_ctim;
}

static bool is_same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool untouched_is(struct untouched *s, const char *path, const struct digest *digest)
{
	struct untouched_file *f = find(s, path);
	struct stat st;

	if (!f)
		return false;
	f->run = s->run;
	return !f->is_doubtful && !digest_is_none(&f->digest) && digest_equal(&f->digest, digest) &&
	       stat(path, &st) == 0 && st.st_dev == f->device && st.st_ino == f->inode &&
	       st.st_size == f->size && S_ISREG(st.st_mode) &&
	       is_same_time(&st.st_mtim, &f->written) && is_same_time(&st.st_ctim, &f->changed);
}

void untouched_confirm(struct untouched *s, const char *path, const struct digest *digest)
{
	struct untouched_file *f = find(s, path);

	if (f && f->run == s->run)
		f->digest = *digest;
}

void untouched_end(struct untouched *s)
{
	forget(s, false);
}
