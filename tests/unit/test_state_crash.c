/* SPDX-License-Identifier: ISC */
/* A reload ends at every place where it changes the disk: what is left can be served, whichever
 * copy of the manifest is damaged then, and no serial goes back. */
#include "tests/unit/state_rig.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENDED 77 /* exit status of a process that ended where it should */

static unsigned calls, end_at; /* the call at which the process ends; 0: none */
static char trace[256];        /* w: write, f: fsync of a file, F: of a folder, r: rename */
static size_t traced;

/* In place of libc's. True: this is where the process ends. */
static bool is_the_end(char what)
{
	if (traced + 1 < sizeof trace)
		trace[traced++] = what;
	return ++calls == end_at;
}

/* Half of it is written then. */
ssize_t write(int fd, const void *octets, size_t size)
{
	bool ends = is_the_end('w');
	ssize_t n = syscall(SYS_write, fd, octets, ends ? size / 2 : size);

	if (ends)
		_exit(ENDED);
	return n;
}

int fsync(int fd)
{
	struct stat st;

	if (is_the_end(fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) ? 'F' : 'f'))
		_exit(ENDED);
	return (int)syscall(SYS_fsync, fd);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	if (is_the_end('r'))
		_exit(ENDED);
	return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
}

int unlinkat(int folder, const char *path, int flags)
{
	if (is_the_end('u'))
		_exit(ENDED);
	return (int)syscall(SYS_unlinkat, folder, path, flags);
}

/* What is in the state folder of a generation. */
static void put(struct state *s, enum state_kind kind, unsigned generation, struct digest *d)
{
	char octets[64];
	int n = sprintf(octets, "kind %d, generation %u", (int)kind, generation);

	assert_int_equal(state_write(s, kind, octets, (size_t)n, d), OK);
	assert_int_equal(state_sync(s, kind), OK);
}

/* As server/state.h has it. `published` is where a client sees the serial. */
static void reload(struct state *s, struct manifest *m, unsigned generation, uint32_t *published)
{
	struct manifest_zone *zone = manifest_find_zone(m, "example.");
	struct manifest_customer *customer = manifest_find_customer(m, "acme");

	m->generation = generation;
	put(s, STATE_FRAGMENTS, generation, &customer->fragment);
	zone->serial++;
	assert_int_equal(state_write_manifest(s, m), OK);
	*published = zone->serial;
	put(s, STATE_IMAGES, generation, &zone->image);
	zone->image_serial = zone->serial;
	assert_int_equal(state_write_manifest(s, m), OK);
	state_sweep(s, m);
}

static void read_sound(struct state *s, struct manifest *m)
{
	bool is_new = true;
	char *said = NULL;

	assert_int_equal(state_read_manifest(s, m, &is_new, &said), OK);
	assert_false(is_new);
	free(said);
}

/* A state folder with the first generation. */
static void make_first(uint32_t *published)
{
	struct state s;
	struct manifest m;
	bool is_new;
	char *said;

	open_state(&s);
	assert_int_equal(state_read_manifest(&s, &m, &is_new, &said), OK);
	assert_non_null(manifest_add_zone(&m, "example."));
	assert_non_null(manifest_add_customer(&m, "acme", "acme.yaml"));
	reload(&s, &m, 1, published);
	manifest_free(&m);
	state_close(&s);
}

/* The second generation, up to a certain call. True when it came to its end. */
static bool reload_until(unsigned call, uint32_t *published)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct state s;
		struct manifest m;
		open_state(&s);
		read_sound(&s, &m);
		calls = 0;
		end_at = call;
		reload(&s, &m, 2, published);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(
	        WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == ENDED));
	return WEXITSTATUS(status) == 0;
}

static void expect_file(const struct state *s, enum state_kind kind, const struct digest *d)
{
	uint8_t *octets;
	size_t size;

	assert_int_equal(state_read(s, kind, d, &octets, &size), OK);
	free(octets);
}

/* What a restart finds; `damaged` is a copy of the manifest, or NULL. */
static void expect_servable(const char *damaged, uint32_t published)
{
	struct state s;
	struct manifest m;

	if (damaged) {
		assert_int_equal(rename(damaged, "aside"), 0);
		files_write(damaged, "x");
	}
	open_state(&s);
	read_sound(&s, &m);
	const struct manifest_zone *zone = manifest_find_zone(&m, "example.");
	assert_true(m.generation == 1 || m.generation == 2);
	assert_int_equal(zone->serial, m.generation);
	assert_true(zone->serial >= published);
	assert_true(zone->image_serial <= zone->serial);
	expect_file(&s, STATE_FRAGMENTS, &m.customers[0].fragment);
	expect_file(&s, STATE_IMAGES, &zone->image);
	manifest_free(&m);
	state_close(&s);
	if (damaged)
		assert_int_equal(rename("aside", damaged), 0);
}

/* And the next reload leaves one whole generation and nothing else. */
static void expect_mended(uint32_t *published)
{
	struct state s;
	struct manifest m;
	uint32_t before = *published;

	open_state(&s);
	read_sound(&s, &m);
	reload(&s, &m, 3, published);
	assert_true(*published > before);
	assert_int_equal(count_files("state", ""), 5); /* 2 manifests, 2 folders, lock */
	assert_int_equal(count_files("state/fragments", ""), 1);
	assert_int_equal(count_files("state/images", ""), 1);
	manifest_free(&m);
	state_close(&s);
}

static void a_reload_that_ends_anywhere_leaves_what_can_be_served(void **state)
{
	uint32_t *published = mmap(
	        NULL, sizeof *published, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool is_done = false;
	unsigned call = 0;
	(void)state;

	assert_ptr_not_equal(published, MAP_FAILED);
	while (!is_done) {
		files_begin();
		make_first(published);
		is_done = reload_until(++call, published);
		expect_servable(NULL, *published);
		expect_servable("state/manifest", *published);
		expect_servable("state/manifest.copy", *published);
		expect_mended(published);
		files_end();
	}
	assert_true(call > 30); /* it was tried at each */
	munmap(published, sizeof *published);
}

/* What must be on the disk before what: a power cut takes what was not yet synchronised. */
static void each_file_is_durable_before_it_has_its_name(void **state)
{
	struct state s;
	struct manifest m;
	struct digest d;
	bool is_new;
	char *said;
	(void)state;

	open_state(&s);
	assert_int_equal(state_read_manifest(&s, &m, &is_new, &said), OK);
	traced = 0;
	assert_int_equal(state_write_manifest(&s, &m), OK);
	trace[traced] = 0;
	assert_string_equal(trace, "uwfrFuwfrF");
	traced = 0;
	assert_int_equal(state_write(&s, STATE_IMAGES, "image", 5, &d), OK);
	assert_int_equal(state_sync(&s, STATE_IMAGES), OK);
	trace[traced] = 0;
	assert_string_equal(trace, "uwfrF");
	manifest_free(&m);
	state_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_reload_that_ends_anywhere_leaves_what_can_be_served),
	        IN_FOLDER(each_file_is_durable_before_it_has_its_name),
	};

	return cmocka_run_group_tests_name("server/state, crashes", tests, NULL, NULL);
}
