/* SPDX-License-Identifier: ISC */
/* Random file operations in a small tree of folders and links, against an oracle that looks: what
 * each path of the set led to before and after. What it sees must be told; what is told without
 * need is counted. */
#include "server/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/help/files.h"
#include "tests/help/random.h"
#include "tests/unit/unit.h"

#define ROUNDS 300
#define STEPS  40
#define PATHS  6
#define DEEP   64 /* octets of a path */

/* What a path leads to. */
struct sight {
	int error; /* of open(2) */
	ino_t inode;
	mode_t mode;
	ssize_t n;
	char text[16];
	char link[DEEP]; /* where the path itself leads, when it is a link */
};

static struct {
	char path[PATHS][DEEP];
	struct sight sight[PATHS]; /* when it was added, which is before it is read */
	unsigned count;
} set;

static unsigned seen, told, told_in_vain, quiet;

static struct sight look(const char *path)
{
	struct sight s;
	struct stat st;

	memset(&s, 0, sizeof s);
	if (readlink(path, s.link, sizeof s.link - 1) < 0)
		s.link[0] = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		s.error = errno;
		return s;
	}
	assert_int_equal(fstat(fd, &st), 0);
	s.inode = st.st_ino;
	s.mode = st.st_mode;
	s.n = read(fd, s.text, sizeof s.text);
	close(fd);
	return s;
}

static bool differs(const struct sight *a, const struct sight *b)
{
	return a->error != b->error || a->inode != b->inode || a->mode != b->mode || a->n != b->n ||
	       memcmp(a->text, b->text, sizeof a->text) != 0 || strcmp(a->link, b->link) != 0;
}

/* A path of one to three components of few names. */
static void random_path(char out[DEEP])
{
	static const char *const names[] = {"a", "b", "f", "l", "a", "b", "..", ".", "/"};
	unsigned count = 1 + random_below(3);

	out[0] = 0;
	for (unsigned i = 0; i < count; i++) {
		strcat(out, i ? "/" : "");
		strcat(out, names[random_below(i + 1 == count ? 4 : ARRAY_LENGTH(names))]);
	}
	if (out[0] == '/')
		out[0] = '.';
}

static void write_file(const char *path, int flags)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);

	if (fd < 0)
		return;
	char text = (char)('0' + random_below(10));
	assert_int_equal(write(fd, &text, 1), 1);
	close(fd);
}

/* One operation; many fail, which is all right. */
static void disturb(void)
{
	char path[DEEP], other[DEEP];

	random_path(path);
	random_path(other);
	switch (random_below(14)) {
	case 0:
		return write_file(path, O_TRUNC);
	case 1:
		return write_file(path, O_APPEND);
	case 2:
		write_file("t", O_TRUNC);
		(void)!rename("t", path);
		return;
	case 3:
		(void)!symlink(other, path);
		return;
	case 4:
		(void)!unlink("s");
		(void)!symlink(other, "s");
		(void)!rename("s", path);
		return;
	case 5:
		write_file("t", O_TRUNC);
		(void)!link("t", path);
		(void)!unlink("t");
		return;
	case 6:
		(void)!renameat2(AT_FDCWD, path, AT_FDCWD, other, RENAME_EXCHANGE);
		return;
	case 7:
		(void)!chmod(path, random_below(2) ? 0700 : 0750);
		return;
	case 8:
		(void)!remove(path);
		return;
	case 9:
	case 10:
		(void)!rename(path, other);
		return;
	default:
		(void)!mkdir(path, 0700);
	}
}

static void add_path(struct watch *w, unsigned i)
{
	watch_add(w, set.path[i]);
	set.sight[i] = look(set.path[i]);
	if (random_below(8) == 0)
		disturb();
}

/* Begin again, as the owner does; sometimes with other files, sometimes given up half-way. */
static void reload(struct watch *w)
{
	bool is_new = !set.count || random_below(4) == 0;
	bool is_given_up = !is_new && random_below(4) == 0;

	watch_begin(w);
	if (is_given_up) /* of the others the way may have changed, unseen by the watch */
		set.count = 1 + random_below(set.count);
	else if (is_new)
		set.count = 1 + random_below(PATHS);
	for (unsigned i = 0; i < set.count; i++) {
		if (is_new)
			random_path(set.path[i]);
		add_path(w, i);
	}
	if (is_given_up)
		watch_abandon(w);
	else
		assert_int_equal(watch_end(w), OK);
}

static void check(struct watch *w)
{
	const char *changed = NULL;

	for (unsigned i = 0; i < set.count; i++) {
		struct sight now = look(set.path[i]);
		if (differs(&now, &set.sight[i]))
			changed = set.path[i];
		set.sight[i] = now;
	}
	bool is_told = watch_read(w);
	seen += changed != NULL;
	told += is_told;
	told_in_vain += is_told && !changed;
	quiet += !is_told;
	if (changed && !is_told)
		fail_msg("%s changed, and was not told", changed);
	if (is_told)
		reload(w);
}

static void what_changes_is_told(void **state)
{
	struct watch *w;

	(void)state;
	assert_int_equal(watch_open(&w), OK);
	for (unsigned round = 0; round < ROUNDS; round++) {
		files_begin();
		random_seed(round);
		for (unsigned i = 0; i < 20; i++)
			disturb();
		set.count = 0;
		reload(w);
		for (unsigned step = 0; step < STEPS; step++) {
			for (unsigned i = random_below(4); i; i--)
				disturb();
			check(w);
		}
		files_end();
	}
	watch_close(w);
}

/* Such as a chmod and one back, or a folder that is made on the way to nothing. */
static void little_is_told_in_vain(void **state)
{
	(void)state;
	if (getenv("WATCH_COUNTS"))
		print_message("%u seen, %u told, %u in vain, %u quiet\n", seen, told, told_in_vain,
		        quiet);
	assert_true(seen > ROUNDS);
	assert_true(quiet > ROUNDS * STEPS / 4);
	assert_true(told_in_vain < ROUNDS * STEPS / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_changes_is_told),
	        cmocka_unit_test(little_is_told_in_vain),
	};

	return cmocka_run_group_tests_name("server/watch", tests, NULL, NULL);
}
