/* SPDX-License-Identifier: ISC */
#include "tests/unit/state_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Opening refuses, and says both. */
static void expect_refusal(const char *path, int lock_fd, const char *what, const char *remedy)
{
	struct state s;
	const char *why = NULL;

	assert_int_equal(state_open(&s, path, lock_fd, &why), ERR_IO);
	assert_non_null(why);
	if (strncmp(why, path, strlen(path)) != 0 || !strstr(why, what) || !strstr(why, remedy))
		fail_msg("%s", why);
	state_close(&s);
}

static void a_missing_folder_is_made_for_its_owner_alone(void **state)
{
	static const char *const folders[] = {"state", "state/fragments", "state/images"};
	struct state s;
	struct stat st;
	char line[32] = "";
	(void)state;

	open_state(&s);
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
		assert_int_equal(stat(folders[i], &st), 0);
		assert_int_equal(st.st_mode, S_IFDIR | 0700);
	}
	FILE *f = fopen("state/lock", "re");
	assert_non_null(fgets(line, sizeof line, f));
	fclose(f);
	assert_int_equal(strtol(line, NULL, 10), getpid());
	state_close(&s);
	open_state(&s); /* and is taken as it is then */
	state_close(&s);
}

static void a_folder_that_cannot_be_used_is_refused_with_a_remedy(void **state)
{
	(void)state;
	files_write("file", "");
	expect_refusal("file", -1, "Not a directory", "name another folder");
	expect_refusal("no/state", -1, "No such file", "mkdir -p");
	mkdir("a", 0700);
	files_write("a/images", "");
	expect_refusal("a", -1, "a/images: Not a directory", "remove what is there");
	mkdir("b", 0700);
	mkdir("b/lock", 0700);
	expect_refusal("b", -1, "b/lock: Is a directory", "remove what is there");
	mkdir("c", 0700);
	assert_int_equal(symlink("..", "c/fragments"), 0);
	expect_refusal("c", -1, "c/fragments: ", "remove what is there");
	mkdir("d", 0700);
	assert_int_equal(symlink("../file", "d/lock"), 0);
	expect_refusal("d", -1, "d/lock: ", "in place of the symbolic link");
}

static void a_folder_that_others_may_write_is_refused(void **state)
{
	static const mode_t modes[] = {0770, 0702, 0777, 01777};
	(void)state;

	mkdir("state", 0700);
	for (size_t i = 0; i < ARRAY_LENGTH(modes); i++) {
		assert_int_equal(chmod("state", modes[i]), 0);
		expect_refusal("state", -1, "others may write", "chmod 700");
	}
	assert_int_equal(chmod("state", 0500), 0);
	expect_refusal("state", -1, "may not write", "chmod 700");
	assert_int_equal(chmod("state", 0755), 0);
	struct state s;
	open_state(&s);
	state_close(&s);
	assert_int_equal(chmod("state/images", 0777), 0);
	expect_refusal("state", -1, "state/images: its group or others", "chmod 700");
}

static void a_folder_of_somebody_else_is_refused(void **state)
{
	(void)state;
	mkdir("state", 0700);
	if (chown("state", 12345, (gid_t)-1) != 0)
		skip();
	expect_refusal("state", -1, "belongs to user 12345", "chown");
}

static void a_link_to_the_folder_is_followed(void **state)
{
	struct state s;
	(void)state;

	mkdir("elsewhere", 0700);
	assert_int_equal(symlink("elsewhere", "state"), 0);
	open_state(&s);
	state_close(&s);
	assert_true(is_there("elsewhere/images"));
}

static void a_second_process_is_refused_and_told_which_has_it(void **state)
{
	struct state s;
	char words[64];
	(void)state;

	open_state(&s);
	sprintf(words, "in use by process %ld", (long)getpid());
	expect_refusal("state", -1, words, "stop that one first");
	expect_refusal("state", -1, words, "stop that one first"); /* still */
	assert_int_equal(truncate("state/lock", 0), 0);
	expect_refusal("state", -1, "another process has it", "stop that one first");
	state_close(&s);
	open_state(&s);
	state_close(&s);
}

/* In a new process: the lock is handed over; `told` and `go` are pipes. */
static void be_successor(int lock, int told, int go)
{
	struct state s;
	const char *why;
	char octet = state_open(&s, "state", lock, &why) == OK ? 'y' : 'n';

	(void)!write(told, &octet, 1);
	(void)!read(go, &octet, 1); /* until our maker closes it */
	_exit(0);
}

static void the_lock_is_handed_over_without_a_gap(void **state)
{
	struct state s;
	int told[2], go[2], status;
	char words[64], octet = 0;
	(void)state;

	open_state(&s);
	assert_int_equal(pipe(told), 0);
	assert_int_equal(pipe(go), 0);
	pid_t successor = fork();
	if (successor == 0) {
		close(go[1]);
		be_successor(s.lock, told[1], go[0]);
	}
	assert_int_equal(read(told[0], &octet, 1), 1);
	assert_int_equal(octet, 'y');
	state_close(&s);
	sprintf(words, "in use by process %ld", (long)successor);
	expect_refusal("state", -1, words, "stop that one first");
	close(go[1]);
	assert_int_equal(waitpid(successor, &status, 0), successor);
	close(go[0]), close(told[0]), close(told[1]);
	open_state(&s);
	state_close(&s);
}

static void a_descriptor_that_is_not_the_lock_is_refused(void **state)
{
	struct state s, t;
	const char *why;
	(void)state;

	files_write("file", "");
	expect_refusal("state", open("file", O_RDWR | O_CLOEXEC), "not the file", "it uses");
	open_state(&s);
	/* the right file, but not what its holder has open */
	expect_refusal("state", open("state/lock", O_RDWR | O_CLOEXEC), "in use", "stop");
	int handed = dup(s.lock); /* without close-on-exec */
	assert_int_equal(state_open(&t, "state", handed, &why), OK);
	assert_int_equal(fcntl(t.lock, F_GETFD), FD_CLOEXEC);
	state_close(&s);
	expect_refusal("state", -1, "in use", "stop");
	state_close(&t);
	open_state(&s);
	state_close(&s);
}

static void a_file_is_kept_under_its_digest(void **state)
{
	struct state s;
	struct digest d, wanted = digest_of("fragment", 8), other = digest_of("other", 5);
	uint8_t *octets;
	size_t size;
	char path[64];
	(void)state;

	open_state(&s);
	for (size_t kind = 0; kind < STATE_KINDS; kind++) {
		assert_int_equal(state_write(&s, (enum state_kind)kind, "fragment", 8, &d), OK);
		assert_int_equal(state_sync(&s, (enum state_kind)kind), OK);
		assert_true(digest_equal(&d, &wanted));
		path_of(path, (enum state_kind)kind, &d);
		assert_true(is_there(path));
		assert_int_equal(state_read(&s, (enum state_kind)kind, &d, &octets, &size), OK);
		assert_int_equal(size, 8);
		assert_memory_equal(octets, "fragment", 8);
		free(octets);
	}
	int fd = state_open_file(&s, STATE_IMAGES, &d);
	assert_true(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	close(fd);
	assert_int_equal(state_open_file(&s, STATE_IMAGES, &other), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(state_read(&s, STATE_IMAGES, &other, &octets, &size), ERR_IO);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(state_write(&s, STATE_IMAGES, "", 0, &d), OK);
	assert_int_equal(state_read(&s, STATE_IMAGES, &d, &octets, &size), OK);
	assert_int_equal(size, 0);
	free(octets);
	assert_int_equal(count_files("state/images", "."), 0);
	state_close(&s);
}

static ino_t inode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_ino;
}

static void what_is_there_is_not_written_again(void **state)
{
	struct state s;
	struct digest d;
	char path[64];
	(void)state;

	open_state(&s);
	assert_int_equal(state_write(&s, STATE_IMAGES, "image", 5, &d), OK);
	path_of(path, STATE_IMAGES, &d);
	ino_t before = inode_of(path);
	assert_int_equal(link(path, "pin"), 0); /* so that the number is not given again */
	assert_int_equal(state_write(&s, STATE_IMAGES, "image", 5, &d), OK);
	assert_int_equal(inode_of(path), before);
	files_remove("pin");
	state_close(&s);
}

static void a_damaged_file_is_not_read_and_is_written_again(void **state)
{
	static const char *const damaged[] = {"imagE", "imag", "image2", ""};
	struct state s;
	struct digest d;
	uint8_t *octets;
	size_t size;
	char path[64];
	(void)state;

	open_state(&s);
	assert_int_equal(state_write(&s, STATE_IMAGES, "image", 5, &d), OK);
	path_of(path, STATE_IMAGES, &d);
	for (size_t i = 0; i < ARRAY_LENGTH(damaged); i++) {
		files_write(path, damaged[i]);
		assert_int_equal(state_read(&s, STATE_IMAGES, &d, &octets, &size), ERR_CORRUPT);
		assert_int_equal(state_write(&s, STATE_IMAGES, "image", 5, &d), OK);
		assert_int_equal(state_read(&s, STATE_IMAGES, &d, &octets, &size), OK);
		free(octets);
	}
	files_write("elsewhere", "image");
	files_remove(path);
	assert_int_equal(symlink("../../elsewhere", path), 0);
	assert_int_equal(state_open_file(&s, STATE_IMAGES, &d), -1);
	assert_int_equal(state_read(&s, STATE_IMAGES, &d, &octets, &size), ERR_CORRUPT);
	assert_int_equal(state_write(&s, STATE_IMAGES, "image", 5, &d), OK);
	assert_int_equal(state_read(&s, STATE_IMAGES, &d, &octets, &size), OK);
	free(octets);
	state_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        IN_FOLDER(a_missing_folder_is_made_for_its_owner_alone),
	        IN_FOLDER(a_folder_that_cannot_be_used_is_refused_with_a_remedy),
	        IN_FOLDER(a_folder_that_others_may_write_is_refused),
	        IN_FOLDER(a_folder_of_somebody_else_is_refused),
	        IN_FOLDER(a_link_to_the_folder_is_followed),
	        IN_FOLDER(a_second_process_is_refused_and_told_which_has_it),
	        IN_FOLDER(the_lock_is_handed_over_without_a_gap),
	        IN_FOLDER(a_descriptor_that_is_not_the_lock_is_refused),
	        IN_FOLDER(a_file_is_kept_under_its_digest),
	        IN_FOLDER(what_is_there_is_not_written_again),
	        IN_FOLDER(a_damaged_file_is_not_read_and_is_written_again),
	};

	return cmocka_run_group_tests_name("server/state", tests, NULL, NULL);
}
