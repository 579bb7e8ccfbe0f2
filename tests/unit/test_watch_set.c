/* SPDX-License-Identifier: ISC */
#include "server/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/watch_rig.h"

/* How many inotify watches there are. */
static unsigned count_watches(const struct watch *w)
{
	char path[64], line[256];
	unsigned count = 0;

	snprintf(path, sizeof path, "/proc/self/fdinfo/%d", watch_fd(w));
	FILE *f = fopen(path, "re");
	assert_non_null(f);
	while (fgets(line, sizeof line, f))
		count += strncmp(line, "inotify ", 8) == 0;
	fclose(f);
	return count;
}

static void what_is_not_added_again_is_forgotten(void **state)
{
	struct watch *w = open_watch();

	(void)state;
	files_begin();
	shell(TREE);
	watch_set(w, "a/f a/b/f");
	assert_int_equal(count_watches(w), 3);
	shell("echo 2 >a/b/f");
	watch_set(w, "a/f");
	assert_int_equal(count_watches(w), 2);
	assert_false(watch_read(w)); /* nor is what is still in the queue */
	shell("echo 3 >a/b/f");
	assert_false(watch_read(w));
	watch_set(w, "a/b/f");
	shell("echo 2 >a/f");
	assert_false(watch_read(w));
	shell("echo 4 >a/b/f");
	assert_true(watch_read(w));
	watch_begin(w);
	assert_int_equal(watch_end(w), OK);
	assert_int_equal(count_watches(w), 0);
	assert_false(watch_read(w));
	watch_close(w);
	watch_close(NULL);
	files_end();
}

static void a_change_while_a_set_begins_is_not_lost(void **state)
{
	struct watch *w = open_watch();

	(void)state;
	files_begin();
	shell(TREE);
	watch_set(w, "f a/f");
	watch_begin(w);
	watch_add(w, "f");
	shell("echo 2 >f");
	watch_add(w, "a/f");
	assert_int_equal(watch_end(w), OK);
	assert_true(watch_read(w));
	watch_begin(w);
	shell("echo 3 >a/f"); /* of the old set: it is added only now */
	watch_add(w, "a/f");
	assert_int_equal(watch_end(w), OK);
	assert_true(watch_read(w));
	watch_close(w);
	files_end();
}

static void an_abandoned_set_adds_to_the_old_one(void **state)
{
	struct watch *w = open_watch();

	(void)state;
	files_begin();
	shell(TREE);
	watch_set(w, "f");
	watch_begin(w);
	watch_add(w, "a/f");
	watch_abandon(w);
	shell("echo 2 >f");
	assert_true(watch_read(w));
	shell("echo 2 >a/f");
	assert_true(watch_read(w));
	watch_set(w, "a/b/f");
	shell("echo 3 >f; echo 3 >a/f");
	assert_false(watch_read(w));
	watch_close(w);
	files_end();
}

static void who_still_writes_a_replaced_file_changes_nothing(void **state)
{
	struct watch *w = open_watch();

	(void)state;
	files_begin();
	files_write("f", "1");
	files_write("t", "2");
	int fd = open("f", O_WRONLY | O_CLOEXEC);
	watch_set(w, "f");
	assert_int_equal(rename("t", "f"), 0);
	assert_true(watch_read(w));
	watch_set(w, "f");
	assert_int_equal(write(fd, "3", 1), 1);
	assert_int_equal(close(fd), 0);
	assert_false(watch_read(w));
	watch_close(w);
	files_end();
}

/* Nobody watches a name for the working folder: only the folder itself tells. */
static void the_working_folder_moves_and_its_parent_is_another(void **state)
{
	struct watch *w = open_watch();

	(void)state;
	files_begin();
	shell(TREE "mkdir c");
	assert_int_equal(chdir("a/b"), 0);
	watch_set(w, "../f");
	shell("mv ../../a/b ../../c/b");
	assert_true(watch_read(w));
	watch_set(w, "../f");
	files_write("../f", "2");
	assert_true(watch_read(w));
	watch_close(w);
	files_end();
}

/* A folder that was removed and made again has another watch, under the same name. */
static void a_folder_that_comes_back_is_watched(void **state)
{
	struct watch *w = open_watch();

	(void)state;
	files_begin();
	for (unsigned i = 0; i < 20; i++) {
		files_write("a/b/f", "1");
		watch_set(w, "a/b/f");
		(void)watch_read(w);
		files_write("a/b/f", "2");
		assert_true(watch_read(w));
		files_remove("a/b/f");
		assert_int_equal(rmdir("a/b") | rmdir("a"), 0);
		assert_true(watch_read(w));
		if (i % 2)
			watch_set(w, "a/b/f"); /* a reload that came in time, or too late */
		files_write("a/b/f", "3");
		assert_true(watch_read(w));
	}
	watch_close(w);
	files_end();
}

static void one_folder_by_two_paths_is_one_watch(void **state)
{
	struct watch *w = open_watch();

	(void)state;
	files_begin();
	shell(TREE "ln -s a l");
	watch_set(w, "a/f l/f a/b/../f l/./g");
	assert_int_equal(count_watches(w), 3); /* . a a/b */
	watch_set(w, "l/f");
	assert_int_equal(count_watches(w), 2);
	shell("echo 2 >a/f");
	assert_true(watch_read(w));
	watch_close(w);
	files_end();
}

static void an_overflow_is_a_change(void **state)
{
	unsigned long most = 0;
	FILE *f = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
	struct watch *w = open_watch();

	(void)state;
	if (!f || fscanf(f, "%lu", &most) != 1 || most > 200000)
		most = 0;
	if (f)
		fclose(f);
	if (!most) {
		watch_close(w);
		skip();
	}
	files_begin();
	files_write("x", "");
	watch_set(w, "f");
	for (unsigned long i = 0; i < most / 4; i++) /* two events each */
		assert_int_equal(rename("x", "y") | rename("y", "x"), 0);
	assert_false(watch_read(w));
	for (unsigned long i = 0; i < most / 4 + 1; i++)
		assert_int_equal(rename("x", "y") | rename("y", "x"), 0);
	assert_true(watch_read(w));
	assert_false(watch_read(w));
	watch_close(w);
	files_end();
}

static void ten_thousand_files_are_cheap(void **state)
{
	struct watch *w = open_watch();
	char path[64];

	(void)state;
	files_begin();
	shell("mkdir -p conf/customers");
	for (unsigned round = 0; round < 3; round++) {
		clock_t begin = clock();
		watch_begin(w);
		for (unsigned i = 0; i < 10000; i++) {
			snprintf(path, sizeof path, "conf/customers/customer%u.yaml", i);
			watch_add(w, path);
		}
		assert_int_equal(watch_end(w), OK);
		double ms = (double)(clock() - begin) * 1e3 / CLOCKS_PER_SEC;
		if (getenv("WATCH_TIMES"))
			print_message("10,000 files: %.1f ms\n", ms);
		assert_true(ms < 1000); /* 15 where it was written; no build makes it that slow */
	}
	assert_int_equal(count_watches(w), 3);
	files_write("conf/customers/customer9999.yaml", "");
	assert_true(watch_read(w));
	files_write("conf/customers/customer10000.yaml", "");
	assert_false(watch_read(w));
	watch_close(w);
	files_end();
}

static void long_paths_and_names(void **state)
{
	struct watch *w = open_watch();
	char path[6000], longest[256];

	(void)state;
	files_begin();
	memset(path, 'x', sizeof path - 1); /* over PATH_MAX: no such file can be */
	path[sizeof path - 1] = 0;
	memset(longest, 'y', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	watch_begin(w);
	watch_add(w, path);
	path[4000] = 0; /* a component over NAME_MAX */
	watch_add(w, path);
	add_all(w, ". / ./ ../../../../../../../../../../..");
	watch_add(w, "");
	watch_add(w, longest);
	assert_int_equal(watch_end(w), OK);
	files_write(longest, "");
	assert_true(watch_read(w));
	watch_close(w);
	files_end();
}

/* Links may make a path longer than there is room for; then that is said. */
static void a_path_that_links_make_too_long_is_an_error(void **state)
{
	struct watch *w = open_watch();
	char link[4001], path[202];

	(void)state;
	for (size_t i = 0; i < sizeof link - 1; i++)
		link[i] = "./"[i % 2];
	link[sizeof link - 1] = 0;
	memcpy(path, "l/", 2);
	memcpy(path + 2, link, sizeof path - 4);
	memcpy(path + sizeof path - 2, "f", 2);
	files_begin();
	assert_int_equal(symlink(link, "l"), 0);
	watch_set(w, "l/f");
	files_write("f", "1");
	assert_true(watch_read(w));
	assert_int_equal(access(path, F_OK), 0);
	watch_begin(w);
	watch_add(w, path);
	assert_int_equal(watch_end(w), ERR_IO);
	assert_int_equal(errno, ENAMETOOLONG);
	watch_close(w);
	files_end();
}

/* Who may search a folder but not read it may open its files and not watch them. */
static void a_folder_that_cannot_be_watched_is_an_error(void **state)
{
	struct watch *w = open_watch();
	uid_t before = geteuid();

	(void)state;
	files_begin();
	shell("chmod 755 .; mkdir -p a/b; : >a/b/f; chmod 311 a; mkdir -p c; : >c/f; chmod 0 c");
	if (before == 0)
		assert_int_equal(seteuid(65534), 0);
	watch_begin(w);
	watch_add(w, "a/b/f");
	enum err e = watch_end(w);
	int reason = errno;
	watch_begin(w);
	watch_add(w, "c/f"); /* which nobody can open: nothing is missed */
	enum err closed = watch_end(w);
	assert_int_equal(seteuid(before), 0);
	assert_int_equal(e, ERR_IO);
	assert_int_equal(reason, EACCES);
	assert_int_equal(closed, OK);
	assert_int_equal(chmod("c", 0755), 0);
	assert_true(watch_read(w));
	assert_int_equal(chmod("a", 0755), 0);
	watch_set(w, "a/b/f c/f"); /* an error is of its set alone */
	files_write("a/b/f", "2");
	assert_true(watch_read(w));
	watch_close(w);
	files_end();
}

/* In a user namespace that may have two watches. Its exit status: 77 when that cannot be tried. */
static int with_two_watches(void)
{
	struct watch *w;
	int fd;

	if (unshare(CLONE_NEWUSER) != 0 ||
	        (fd = open("/proc/sys/user/max_inotify_watches", O_WRONLY | O_CLOEXEC)) < 0 ||
	        write(fd, "2", 1) != 1)
		return 77;
	if (watch_open(&w) != OK)
		return 77;
	watch_begin(w);
	watch_add(w, "a/b/f"); /* . a */
	errno = 0;
	if (watch_end(w) != ERR_IO || errno != ENOSPC)
		return 1;
	if (chmod("a/b", 0711) != 0 || !watch_read(w)) /* what can be watched is */
		return 2;
	watch_begin(w);
	watch_add(w, "a/f");
	return watch_end(w) == OK ? 0 : 3;
}

static void too_many_watches_are_an_error(void **state)
{
	int status;

	(void)state;
	files_begin();
	shell(TREE);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(with_two_watches());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	files_end();
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_is_not_added_again_is_forgotten),
	        cmocka_unit_test(a_change_while_a_set_begins_is_not_lost),
	        cmocka_unit_test(an_abandoned_set_adds_to_the_old_one),
	        cmocka_unit_test(who_still_writes_a_replaced_file_changes_nothing),
	        cmocka_unit_test(the_working_folder_moves_and_its_parent_is_another),
	        cmocka_unit_test(a_folder_that_comes_back_is_watched),
	        cmocka_unit_test(one_folder_by_two_paths_is_one_watch),
	        cmocka_unit_test(an_overflow_is_a_change),
	        cmocka_unit_test(ten_thousand_files_are_cheap),
	        cmocka_unit_test(long_paths_and_names),
	        cmocka_unit_test(a_path_that_links_make_too_long_is_an_error),
	        cmocka_unit_test(a_folder_that_cannot_be_watched_is_an_error),
	        cmocka_unit_test(too_many_watches_are_an_error),
	};

	return cmocka_run_group_tests_name("server/watch: sets", tests, NULL, NULL);
}
