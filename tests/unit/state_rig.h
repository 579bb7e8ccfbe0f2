/* SPDX-License-Identifier: ISC */
/* tests/unit/state_rig.h - a state folder, `state`, in a scratch folder of each test. */
#ifndef TESTS_UNIT_STATE_RIG_H
#define TESTS_UNIT_STATE_RIG_H

#include <dirent.h>
#include <sys/stat.h>

#include "server/state.h"
#include "tests/help/files.h"
#include "tests/unit/unit.h"

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, begin, end)

static inline int begin(void **state)
{
	(void)state;
	files_begin();
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	files_end();
	return 0;
}

static inline void open_state(struct state *s)
{
	const char *why = NULL;

	if (state_open(s, "state", -1, &why) != OK)
		fail_msg("%s", why);
}

static inline bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* How many files a folder has whose name begins so. */
static inline unsigned count_files(const char *folder, const char *prefix)
{
	unsigned count = 0;
	DIR *entries = opendir(folder);

	assert_non_null(entries);
	for (struct dirent *entry; (entry = readdir(entries));)
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		         strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
	closedir(entries);
	return count;
}

static inline void path_of(char out[64], enum state_kind kind, const struct digest *d)
{
	char text[DIGEST_TEXT_MAX];

	sprintf(out, "state/%s/%s", kind == STATE_FRAGMENTS ? "fragments" : "images",
	        digest_to_text(text, d));
}

#endif
