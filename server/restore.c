/* SPDX-License-Identifier: ISC */
#include "server/restore.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/state_file.h"

#define THREADS_MAX    16
#define ZONES_A_THREAD 8 /* fewer are not worth a thread */

/* The work of restore_images(), for all threads. */
struct restore {
	const struct state *state;
	const struct manifest_zone **zones; /* those that are served */
	struct image **images;              /* of each */
	enum err *results;                  /* likewise */
	size_t count;
	atomic_size_t next; /* nobody has begun with it */
	atomic_bool is_over;
};

static enum err read_image(struct image **out, int fd, const struct digest *d)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return ERR_IO;
	if (!S_ISREG(st.st_mode) || st.st_size <= 0)
		return ERR_CORRUPT;
	size_t size = (size_t)st.st_size;
	uint8_t *octets = malloc(size);
	if (!octets)
		return ERR_MEMORY;
	enum err e = state_file_read_all(fd, octets, size);
	if (e == OK) {
		struct digest found = digest_of(octets, size);
		e = digest_equal(&found, d) ? OK : ERR_CORRUPT;
	}
	if (e == OK)
		e = image_open_digested(out, octets, size, false);
	if (e != OK)
		free(octets);
	return e;
}

static enum err restore_one(
        struct image **out, const struct state *state, const struct manifest_zone *z)
{
	char name[NAME_TEXT_MAX];

	if (digest_is_none(&z->image) || z->image_serial != z->serial)
		return ERR_RANGE;
	int fd = state_open_file(state, STATE_IMAGES, &z->image);
	if (fd < 0)
		return errno == ELOOP ? ERR_CORRUPT : ERR_IO;
	enum err e = read_image(out, fd, &z->image);
	close(fd);
	if (e != OK)
		return e;
	name_to_text(name, (*out)->apex);
	if (strcmp(name, z->name) == 0 && (*out)->serial == z->serial)
		return OK;
	image_unref(*out);
	*out = NULL;
	return ERR_CORRUPT;
}

static void *work(void *argument)
{
	struct restore *r = argument;
	size_t i;

	while (!atomic_load(&r->is_over) && (i = atomic_fetch_add(&r->next, 1)) < r->count) {
		r->results[i] = restore_one(&r->images[i], r->state, r->zones[i]);
		if (r->results[i] != OK)
			atomic_store(&r->is_over, true);
	}
	return NULL;
}

static size_t count_threads(size_t zones)
{
	cpu_set_t cores;
	size_t most = zones / ZONES_A_THREAD + 1, n = 1;

	if (sched_getaffinity(0, sizeof cores, &cores) == 0)
		n = (size_t)CPU_COUNT(&cores);
	n = n < THREADS_MAX ? n : THREADS_MAX;
	return n < most ? n : most;
}

/* This thread is one of them; where another cannot be had, it does that one's part. */
static void work_side_by_side(struct restore *r)
{
	pthread_t threads[THREADS_MAX];
	size_t wanted = count_threads(r->count) - 1, started = 0;

	while (started < wanted && pthread_create(&threads[started], NULL, work, r) == 0)
		started++;
	work(r);
	while (started)
		pthread_join(threads[--started], NULL);
}

/* What the first zone that failed came to. */
static enum err find_lost(const struct restore *r, const struct manifest_zone **lost)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->results[i] == OK)
			continue;
		*lost = r->zones[i];
		return r->results[i];
	}
	return OK;
}

enum err restore_images(struct image **images, uint32_t *count, const struct manifest *m,
        const struct state *state, const struct manifest_zone **lost)
{
	struct restore r = {.state = state,
	        .zones = malloc((m->zone_count + 1) * sizeof *r.zones),
	        .results = calloc(m->zone_count + 1, sizeof *r.results),
	        .images = images};
	enum err e = r.zones && r.results ? OK : ERR_MEMORY;

	for (size_t i = 0; e == OK && i < m->zone_count; i++)
		if (m->zones[i].is_served)
			r.zones[r.count++] = &m->zones[i];
	memset(images, 0, r.count * sizeof(struct image *));
	if (e == OK) {
		work_side_by_side(&r);
		e = find_lost(&r, lost);
	}
	for (size_t i = 0; e != OK && i < r.count; i++)
		image_unref(images[i]);
	*count = e == OK ? (uint32_t)r.count : 0;
	free(r.zones);
	free(r.results);
	return e;
}
