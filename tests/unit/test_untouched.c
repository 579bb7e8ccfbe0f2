/* SPDX-License-Identifier: ISC */
/* Whatever is done to a file, it is read again; and what nobody touched is not. */
#include "server/untouched.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/help/files.h"
#include "tests/unit/unit.h"

#define LATER 10 /* seconds: how much later it is than the files say */

static const struct digest one = {{1}}, two = {{2}};
static bool is_local_here;
static time_t later;

static bool is_local(int fd)
{
	(void)fd;
	return is_local_here;
}

static time_t now(void)
{
	return time(NULL) + later;
}

static int begin(void **state)
{
	struct untouched *s = malloc(sizeof *s);

	assert_non_null(s);
	files_begin();
	is_local_here = true;
	later = LATER;
	untouched_init(s);
	s->is_local = is_local;
	s->now = now;
	*state = s;
	return 0;
}

static int end(void **state)
{
	untouched_free(*state);
	free(*state);
	files_end();
	return 0;
}

/* A run in which a file is read, and is what it should be. */
static void read_file(struct untouched *s, const char *path, const struct digest *digest)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	untouched_begin(s);
	untouched_note(s, path, fd);
	if (fd >= 0)
		close(fd);
	untouched_confirm(s, path, digest);
	untouched_end(s);
}

static bool is_same(struct untouched *s, const char *path, const struct digest *digest)
{
	untouched_begin(s);
	bool is = untouched_is(s, path, digest);
	untouched_end(s);
	return is;
}

static void what_nobody_touched_is_the_same(void **state)
{
	struct untouched *s = *state;

	files_write("a", "text");
	assert_false(is_same(s, "a", &one)); /* never read */
	read_file(s, "a", &one);
	assert_true(is_same(s, "a", &one));
	assert_true(is_same(s, "a", &one)); /* and goes on to be */
	assert_false(is_same(s, "a", &two));
	assert_false(is_same(s, "b", &one));
	read_file(s, "a", &two); /* what was read last counts */
	assert_true(is_same(s, "a", &two));
}

/* Until the clock that files are stamped by goes on. */
static void await_tick(void)
{
	struct stat a, tick;

	assert_int_equal(stat("a", &a), 0);
	do {
		files_write("tick", "");
		assert_int_equal(stat("tick", &tick), 0);
	} while (tick.st_ctim.tv_sec == a.st_ctim.tv_sec &&
	         tick.st_ctim.tv_nsec == a.st_ctim.tv_nsec);
}

static void touch(void)
{
	assert_int_equal(utimensat(AT_FDCWD, "a", NULL, 0), 0);
}

static void rewrite_alike(void)
{
	files_write("a", "next");
}

static void rewrite_with_its_time(void)
{
	struct stat st;

	assert_int_equal(stat("a", &st), 0);
	files_write("a", "next");
	const struct timespec times[2] = {st.st_atim, st.st_mtim};
	assert_int_equal(utimensat(AT_FDCWD, "a", times, 0), 0);
}

static void append(void)
{
	FILE *f = fopen("a", "ae");
	assert_non_null(f);
	fputs("more", f);
	fclose(f);
}

static void rename_over(void)
{
	files_write("b", "next");
	assert_int_equal(rename("b", "a"), 0);
}

/* As cp -p and mv: size and time are those of the file before. */
static void rename_over_with_its_time(void)
{
	struct stat st;

	assert_int_equal(stat("a", &st), 0);
	files_write("b", "next");
	const struct timespec times[2] = {st.st_atim, st.st_mtim};
	assert_int_equal(utimensat(AT_FDCWD, "b", times, 0), 0);
	assert_int_equal(rename("b", "a"), 0);
}

static void take_away(void)
{
	assert_int_equal(unlink("a"), 0);
}

static void take_rights(void)
{
	assert_int_equal(chmod("a", 0), 0);
}

static void put_folder(void)
{
	take_away();
	assert_int_equal(mkdir("a", 0700), 0);
}

static void put_link(void)
{
	files_write("b", "next");
	take_away();
	assert_int_equal(symlink("b", "a"), 0);
}

static void what_was_touched_is_not(void **state)
{
	static void (*const ways[])(void) = {touch, rewrite_alike, rewrite_with_its_time, append,
	        rename_over, rename_over_with_its_time, take_rights, put_link, take_away,
	        put_folder};
	struct untouched *s = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(ways); i++) {
		files_write("a", "text");
		read_file(s, "a", &one);
		assert_true(is_same(s, "a", &one));
		await_tick();
		ways[i]();
		assert_false(is_same(s, "a", &one));
		chmod("a", 0600);
		unlink("b");
	}
}

static void a_link_to_another_file_is_another(void **state)
{
	struct untouched *s = *state;

	files_write("a", "text");
	files_write("b", "next");
	assert_int_equal(symlink("a", "link"), 0);
	read_file(s, "link", &one);
	assert_true(is_same(s, "link", &one));
	assert_int_equal(unlink("link"), 0);
	assert_int_equal(symlink("b", "link"), 0);
	assert_false(is_same(s, "link", &one));
}

/* Another change could have the same time. */
static void what_changed_a_moment_ago_is_doubtful(void **state)
{
	struct untouched *s = *state;

	files_write("a", "text");
	for (later = -2; later < UNTOUCHED_RACY_S; later++) {
		read_file(s, "a", &one);
		assert_false(is_same(s, "a", &one));
	}
	later = LATER;
	assert_false(is_same(s, "a", &one)); /* it was doubtful when it was read */
	read_file(s, "a", &one);
	assert_true(is_same(s, "a", &one));
	const struct timespec times[2] = {{.tv_sec = time(NULL)}, {.tv_sec = time(NULL) + 100000}};
	assert_int_equal(utimensat(AT_FDCWD, "a", times, 0), 0);
	read_file(s, "a", &one); /* from the future */
	assert_false(is_same(s, "a", &one));
}

static void on_a_file_system_of_others_all_is_doubtful(void **state)
{
	struct untouched *s = *state;

	is_local_here = false;
	files_write("a", "text");
	read_file(s, "a", &one);
	assert_false(is_same(s, "a", &one));
}

static void only_what_was_confirmed_is_known(void **state)
{
	struct untouched *s = *state;
	int fd;

	files_write("a", "text");
	read_file(s, "a", &one);
	fd = open("a", O_RDONLY | O_CLOEXEC);
	untouched_begin(s); /* a run that fails */
	untouched_note(s, "a", fd);
	assert_false(is_same(s, "a", &one));
	untouched_begin(s);
	untouched_note(s, "a", fd);
	untouched_begin(s); /* the next one has not opened it */
	untouched_confirm(s, "a", &one);
	assert_false(is_same(s, "a", &one));
	close(fd);
	read_file(s, "a", &one);
	untouched_begin(s);
	untouched_note(s, "a", -1); /* it could not be opened */
	untouched_end(s);
	assert_false(is_same(s, "a", &one));
}

static void a_run_forgets_what_it_did_not_ask_for(void **state)
{
	struct untouched *s = *state;
	char path[20];

	for (unsigned i = 0; i < 300; i++) {
		snprintf(path, sizeof path, "f%u", i);
		files_write(path, path);
	}
	for (unsigned round = 0; round < 2; round++) {
		untouched_begin(s);
		for (unsigned i = 0; i < 300; i++) {
			snprintf(path, sizeof path, "f%u", i);
			int fd = open(path, O_RDONLY | O_CLOEXEC);
			untouched_note(s, path, fd);
			untouched_confirm(s, path, &one);
			close(fd);
		}
		untouched_end(s);
		assert_int_equal(s->count, 300);
	}
	untouched_begin(s);
	for (unsigned i = 0; i < 300; i += 3) {
		snprintf(path, sizeof path, "f%u", i);
		assert_true(untouched_is(s, path, &one));
	}
	untouched_end(s);
	assert_int_equal(s->count, 100);
	assert_false(is_same(s, "f1", &one));
}

/* The clock cannot be set here: another descriptor says that it was. */
static void a_clock_that_is_set_makes_all_doubtful(void **state)
{
	struct untouched *s = *state;
	int clock = s->clock, set = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);

	assert_true(clock >= 0);
	files_write("a", "text");
	read_file(s, "a", &one);
	s->clock = set;
	assert_false(is_same(s, "a", &one));
	assert_int_equal(s->count, 0);
	assert_int_equal(s->clock, -1); /* an eventfd is no timer: from now on all is doubtful */
	read_file(s, "a", &one);
	assert_false(is_same(s, "a", &one));
	s->clock = clock;
	read_file(s, "a", &one);
	assert_true(is_same(s, "a", &one));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        IN_FOLDER(what_nobody_touched_is_the_same),
	        IN_FOLDER(what_was_touched_is_not),
	        IN_FOLDER(a_link_to_another_file_is_another),
	        IN_FOLDER(what_changed_a_moment_ago_is_doubtful),
	        IN_FOLDER(on_a_file_system_of_others_all_is_doubtful),
	        IN_FOLDER(only_what_was_confirmed_is_known),
	        IN_FOLDER(a_run_forgets_what_it_did_not_ask_for),
	        IN_FOLDER(a_clock_that_is_set_makes_all_doubtful),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
