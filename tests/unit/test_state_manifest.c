/* SPDX-License-Identifier: ISC */
/* Whenever the machine stops, and whatever is damaged: which manifest is read, which files stay. */
#include "tests/unit/state_rig.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#define OF(text) (text), strlen(text)

/* All of a file; malloc'd. */
static char *read_path(const char *path, size_t *size)
{
	FILE *f = fopen(path, "re");
	char *octets = malloc(65536);

	assert_non_null(f);
	assert_non_null(octets);
	*size = fread(octets, 1, 65536, f);
	fclose(f);
	return octets;
}

static void copy_path(const char *to, const char *from)
{
	size_t size;
	char *octets = read_path(from, &size);

	files_write_octets(to, octets, size);
	free(octets);
}

/* One zone and one customer of this generation. */
static void make_manifest(struct manifest *m, uint64_t generation)
{
	manifest_init(m);
	m->generation = generation;
	struct manifest_zone *zone = manifest_add_zone(m, "example.");
	struct manifest_customer *customer = manifest_add_customer(m, "acme", "acme.yaml");
	assert_non_null(zone);
	assert_non_null(customer);
	zone->serial = (uint32_t)(100 + generation);
	customer->fragment = digest_of(&generation, sizeof generation);
}

static enum err write_generation(struct state *s, uint64_t generation)
{
	struct manifest m;

	make_manifest(&m, generation);
	enum err e = state_write_manifest(s, &m);
	int why = errno;
	manifest_free(&m);
	errno = why;
	return e;
}

/* What is read is this generation, and what is said about it has these words (NULL: nothing). */
static void expect_generation(struct state *s, uint64_t generation, const char *words)
{
	struct manifest m;
	bool is_new = true;
	char *said = NULL;

	assert_int_equal(state_read_manifest(s, &m, &is_new, &said), OK);
	assert_false(is_new);
	assert_int_equal(m.generation, generation);
	assert_int_equal(manifest_find_zone(&m, "example.")->serial, 100 + generation);
	if (!words)
		assert_null(said);
	else if (!said || !strstr(said, words))
		fail_msg("%s", said ? said : "nothing was said");
	free(said);
	manifest_free(&m);
}

static void expect_corrupt(struct state *s, const char *words)
{
	struct manifest m;
	bool is_new;
	char *said = NULL;

	assert_int_equal(state_read_manifest(s, &m, &is_new, &said), ERR_CORRUPT);
	assert_non_null(said);
	if (!strstr(said, words))
		fail_msg("%s", said);
	free(said);
}

static void expect_new(struct state *s)
{
	struct manifest m;
	bool is_new = false;
	char *said = NULL;

	assert_int_equal(state_read_manifest(s, &m, &is_new, &said), OK);
	assert_true(is_new);
	assert_null(said);
	assert_int_equal(m.zone_count + m.customer_count, 0);
	manifest_free(&m);
}

/* Open a state folder that has this generation, whole. */
static void open_with(struct state *s, uint64_t generation)
{
	open_state(s);
	expect_new(s);
	assert_int_equal(write_generation(s, generation), OK);
}

static void what_is_written_is_read_again(void **state)
{
	struct state s;
	size_t size, copy_size;
	(void)state;

	open_with(&s, 1);
	expect_generation(&s, 1, NULL);
	assert_int_equal(write_generation(&s, 2), OK);
	expect_generation(&s, 2, NULL);
	char *octets = read_path("state/manifest", &size),
	     *copy = read_path("state/manifest.copy", &copy_size);
	assert_int_equal(size, copy_size);
	assert_memory_equal(octets, copy, size);
	free(octets);
	free(copy);
	state_close(&s);
	open_state(&s);
	expect_generation(&s, 2, NULL);
	state_close(&s);
}

/* The copy is one step ahead: what a stop between the two writes leaves. */
static void open_torn(struct state *s)
{
	open_with(s, 1);
	copy_path("old", "state/manifest");
	assert_int_equal(write_generation(s, 2), OK);
	copy_path("state/manifest", "old");
	state_close(s);
	open_state(s);
}

static void of_two_copies_the_younger_is_taken(void **state)
{
	struct state s;
	(void)state;

	open_torn(&s);
	expect_generation(&s, 2, NULL);
	copy_path("state/manifest", "state/manifest.copy");
	copy_path("state/manifest.copy", "old");
	expect_generation(&s, 2, NULL);
	state_close(&s);
}

static void of_one_generation_the_later_write_is_taken(void **state)
{
	struct state s;
	struct manifest m, read;
	bool is_new;
	char *said;
	(void)state;

	open_with(&s, 1);
	copy_path("old", "state/manifest");
	make_manifest(&m, 1);
	m.zones[0].image = digest_of("image", 5);
	assert_int_equal(state_write_manifest(&s, &m), OK);
	copy_path("state/manifest", "old");
	assert_int_equal(state_read_manifest(&s, &read, &is_new, &said), OK);
	assert_null(said);
	assert_true(digest_equal(&read.zones[0].image, &m.zones[0].image));
	manifest_free(&read);
	manifest_free(&m);
	state_close(&s);
}

static void a_write_after_a_torn_one_is_the_youngest(void **state)
{
	struct state s;
	(void)state;

	open_torn(&s);
	expect_generation(&s, 2, NULL);
	copy_path("torn", "state/manifest.copy");
	assert_int_equal(write_generation(&s, 3), OK);
	expect_generation(&s, 3, NULL);
	copy_path("state/manifest", "torn");
	expect_generation(&s, 3, NULL);
	state_close(&s);
}

static void a_damaged_younger_copy_leaves_the_older_one(void **state)
{
	struct state s;
	(void)state;

	open_torn(&s);
	files_write("state/manifest.copy", "x");
	expect_generation(&s, 1, "state/manifest.copy: damaged; manifest is used");
	assert_int_equal(write_generation(&s, 2), OK);
	expect_generation(&s, 2, NULL);
	state_close(&s);
}

static void a_manifest_that_is_damaged_anywhere_is_read_from_its_copy(void **state)
{
	struct state s;
	size_t size;
	(void)state;

	open_with(&s, 7);
	char *octets = read_path("state/manifest", &size);
	for (size_t i = 0; i < size; i++) {
		octets[i] ^= (char)(1 << i % 8);
		files_write_octets("state/manifest", octets, size);
		expect_generation(&s, 7, "state/manifest: damaged; manifest.copy is used");
		octets[i] ^= (char)(1 << i % 8);
	}
	for (size_t n = 0; n < size; n++) {
		files_write_octets("state/manifest", octets, n);
		expect_generation(&s, 7, "state/manifest: damaged; manifest.copy is used");
	}
	files_remove("state/manifest");
	expect_generation(&s, 7, "state/manifest: missing; manifest.copy is used");
	assert_int_equal(symlink("manifest.copy", "state/manifest"), 0);
	expect_generation(&s, 7, "state/manifest: damaged");
	files_remove("state/manifest");
	mkdir("state/manifest", 0700);
	expect_generation(&s, 7, "state/manifest: damaged");
	free(octets);
	state_close(&s);
}

static void without_a_sound_copy_nothing_is_made_up(void **state)
{
	struct state s;
	(void)state;

	open_with(&s, 7);
	files_write("state/manifest", "x");
	files_write("state/manifest.copy", "");
	expect_corrupt(&s, "manifest: damaged; manifest.copy: damaged");
	files_remove("state/manifest");
	expect_corrupt(&s, "manifest: missing; manifest.copy: damaged");
	assert_int_equal(write_generation(&s, 8), OK); /* when that is what is wanted */
	expect_generation(&s, 8, NULL);
	files_remove("state/manifest");
	files_remove("state/manifest.copy");
	expect_new(&s);
	state_close(&s);
}

/* The second write fails: a folder with something in it stands where the manifest is to go. */
static void a_write_that_ends_between_the_copies_is_told_and_read(void **state)
{
	struct state s;
	(void)state;

	open_with(&s, 1);
	files_remove("state/manifest");
	mkdir("state/manifest", 0700);
	mkdir("state/manifest/notes", 0700);
	assert_int_equal(write_generation(&s, 2), ERR_IO);
	assert_int_equal(errno, EISDIR);
	assert_false(s.is_whole);
	expect_generation(&s, 2, "damaged");
	files_remove("state/manifest/notes");
	assert_int_equal(write_generation(&s, 3), OK); /* over an empty one */
	expect_generation(&s, 3, NULL);
	state_close(&s);
}

static void a_manifest_that_could_not_be_read_is_not_written(void **state)
{
	struct state s;
	struct manifest m;
	(void)state;

	open_with(&s, 1);
	make_manifest(&m, 2);
	assert_non_null(manifest_add_zone(&m, "example."));
	assert_int_equal(state_write_manifest(&s, &m), ERR_RANGE);
	manifest_free(&m);
	expect_generation(&s, 1, NULL);
	state_close(&s);
}

static void what_the_manifest_does_not_name_is_swept(void **state)
{
	struct state s;
	struct manifest m;
	struct digest kept[2], gone[2];
	char path[64];
	(void)state;

	open_state(&s);
	expect_new(&s);
	make_manifest(&m, 1);
	assert_int_equal(state_write(&s, STATE_FRAGMENTS, OF("a"), &kept[0]), OK);
	assert_int_equal(state_write(&s, STATE_IMAGES, OF("b"), &kept[1]), OK);
	assert_int_equal(state_write(&s, STATE_FRAGMENTS, OF("b"), &gone[0]), OK);
	assert_int_equal(state_write(&s, STATE_IMAGES, OF("a"), &gone[1]), OK);
	m.customers[0].fragment = kept[0];
	m.zones[0].image = kept[1];
	files_write("state/.new-1", "torn");
	files_write("state/images/.new-2", "torn");
	files_write("state/images/note", "");
	files_write("state/note", "");
	mkdir("state/images/folder", 0700);
	state_sweep(&s, &m); /* not before the manifest is on disk */
	assert_true(is_there("state/images/.new-2"));
	assert_int_equal(state_write_manifest(&s, &m), OK);
	state_sweep(&s, &m);
	for (size_t kind = 0; kind < STATE_KINDS; kind++) {
		path_of(path, (enum state_kind)kind, &kept[kind]);
		assert_true(is_there(path));
		path_of(path, (enum state_kind)kind, &gone[kind]);
		assert_false(is_there(path));
	}
	assert_int_equal(count_files("state", ".new-"), 0);
	assert_int_equal(count_files("state", ""), 6); /* 2 manifests, 2 folders, lock, note */
	assert_int_equal(count_files("state/fragments", ""), 1);
	assert_int_equal(count_files("state/images", ""), 2);
	expect_generation(&s, 1, NULL);
	manifest_free(&m);
	state_close(&s);
}

static void while_the_copies_differ_nothing_is_swept(void **state)
{
	struct state s;
	struct manifest m;
	struct digest d;
	char path[64];
	(void)state;

	open_torn(&s);
	assert_int_equal(state_write(&s, STATE_IMAGES, OF("old"), &d), OK);
	path_of(path, STATE_IMAGES, &d);
	expect_generation(&s, 2, NULL);
	make_manifest(&m, 2);
	state_sweep(&s, &m);
	assert_true(is_there(path));
	files_remove("state/manifest");
	expect_generation(&s, 2, "missing");
	state_sweep(&s, &m);
	assert_true(is_there(path));
	assert_int_equal(state_write_manifest(&s, &m), OK);
	state_sweep(&s, &m);
	assert_false(is_there(path));
	manifest_free(&m);
	state_close(&s);
}

static void what_a_crash_left_unfinished_is_in_nobodys_way(void **state)
{
	struct state s;
	struct digest d;
	char name[64];
	(void)state;

	open_with(&s, 1);
	sprintf(name, "state/.new-%ld", (long)gettid());
	files_write(name, "torn, and longer than what is written next time, by a good deal");
	assert_int_equal(write_generation(&s, 2), OK);
	expect_generation(&s, 2, NULL);
	sprintf(name, "state/images/.new-%ld", (long)gettid());
	assert_int_equal(symlink("../lock", name), 0);
	assert_int_equal(state_write(&s, STATE_IMAGES, OF("image"), &d), OK);
	state_close(&s);
}

/* No file may grow over `octets`: as a full disk, in the middle of a write. */
static void limit_files(rlim_t octets)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = octets;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_leaves_the_last_state(void **state)
{
	struct state s;
	struct digest d = {{7}}, before = d;
	static const char large[64];
	(void)state;

	signal(SIGXFSZ, SIG_IGN);
	open_with(&s, 1);
	for (rlim_t octets = 0; octets < 64; octets += 21) {
		limit_files(octets);
		enum err manifest = write_generation(&s, 2);
		int why = errno;
		enum err image = state_write(&s, STATE_IMAGES, large, sizeof large, &d);
		int image_why = errno;
		limit_files(RLIM_INFINITY); /* before cmocka has something to say */
		assert_int_equal(manifest, ERR_IO);
		assert_int_equal(why, EFBIG);
		assert_int_equal(image, ERR_IO);
		assert_int_equal(image_why, EFBIG);
		assert_true(digest_equal(&d, &before));
		assert_int_equal(count_files("state", ".new-"), 0);
		assert_int_equal(count_files("state/images", ""), 0);
		expect_generation(&s, 1, NULL);
	}
	assert_int_equal(write_generation(&s, 2), OK);
	expect_generation(&s, 2, NULL);
	state_close(&s);
}

/* Which is no damage: serials go on. */
static void what_an_earlier_arpad_wrote_is_told_and_read(void **state)
{
	static const char old[] = "arpad-manifest 1\nsequence 5\ngeneration 1\npublished 0\n"
	                          "config -\nlayout -\nzone example. 101 0 - 0 served\n";
	char octets[sizeof old + 64], text[DIGEST_TEXT_MAX];
	struct digest d = digest_of(OF(old));
	struct state s;
	(void)state;

	int n = sprintf(octets, "%sdigest %s\n", old, digest_to_text(text, &d));
	open_with(&s, 1);
	files_write_octets("state/manifest", octets, (size_t)n);
	files_write_octets("state/manifest.copy", octets, (size_t)n);
	expect_generation(&s, 1, "an earlier arpad wrote it: all files are read anew");
	assert_int_equal(write_generation(&s, 2), OK);
	expect_generation(&s, 2, NULL);
	state_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        IN_FOLDER(what_is_written_is_read_again),
	        IN_FOLDER(of_two_copies_the_younger_is_taken),
	        IN_FOLDER(of_one_generation_the_later_write_is_taken),
	        IN_FOLDER(a_write_after_a_torn_one_is_the_youngest),
	        IN_FOLDER(a_damaged_younger_copy_leaves_the_older_one),
	        IN_FOLDER(a_manifest_that_is_damaged_anywhere_is_read_from_its_copy),
	        IN_FOLDER(without_a_sound_copy_nothing_is_made_up),
	        IN_FOLDER(a_write_that_ends_between_the_copies_is_told_and_read),
	        IN_FOLDER(a_manifest_that_could_not_be_read_is_not_written),
	        IN_FOLDER(what_the_manifest_does_not_name_is_swept),
	        IN_FOLDER(while_the_copies_differ_nothing_is_swept),
	        IN_FOLDER(what_a_crash_left_unfinished_is_in_nobodys_way),
	        IN_FOLDER(a_full_disk_leaves_the_last_state),
	        IN_FOLDER(what_an_earlier_arpad_wrote_is_told_and_read),
	};

	return cmocka_run_group_tests_name("server/state_manifest", tests, NULL, NULL);
}
