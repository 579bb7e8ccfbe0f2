/* SPDX-License-Identifier: ISC */
/* tests/unit/watch_rig.h - what the tests of server/watch share; in a folder of files_begin(). */
#ifndef TESTS_UNIT_WATCH_RIG_H
#define TESTS_UNIT_WATCH_RIG_H

#include "server/watch.h"
#include "tests/help/files.h"
#include "tests/unit/unit.h"

/* For shell(): folders and files to begin with. */
#define TREE "mkdir -p a/b; echo 1 >f; echo 1 >a/f; echo 1 >a/b/f; "

static inline void shell(const char *command)
{
	if (*command && system(command) != 0)
		fail_msg("%s", command);
}

static inline struct watch *open_watch(void)
{
	struct watch *w = NULL;

	assert_int_equal(watch_open(&w), OK);
	return w;
}

/* Add paths that are written with spaces between them. */
static inline void add_all(struct watch *w, const char *paths)
{
	char *copy = strdup(paths), *rest = copy, *path;

	while ((path = strsep(&rest, " ")))
		watch_add(w, path);
	free(copy);
}

static inline void watch_set(struct watch *w, const char *paths)
{
	watch_begin(w);
	add_all(w, paths);
	assert_int_equal(watch_end(w), OK);
}

#endif
