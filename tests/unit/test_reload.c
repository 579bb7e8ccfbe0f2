/* SPDX-License-Identifier: ISC */
/* A compiler that is not what it should be: this program is started in its place, and plays the
 * part that the name of arpad.yaml says. Whatever it does, arpad is told, and goes on. */
#include "server/reload.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/clock.h"
#include "server/compiler.h"
#include "server/sealed.h"
#include "server/settings.h"
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"

static struct message m;

static void say(void)
{
	if (message_send(COMPILER_FD, &m) != OK)
		_exit(9);
}

static void say_done(enum err result)
{
	message_begin(&m, MESSAGE_DONE);
	message_put32(&m, result);
	message_put_digest(&m, &(struct digest){{1}});
	message_put_digest(&m, &(struct digest){{2}});
	message_put32(&m, 5);
	message_put32(&m, 2);
	message_put64(&m, 7);
	message_put64(&m, 0);
	say();
}

static void say_zone(const char *name, enum renewal how, uint32_t serial, int fd)
{
	message_begin(&m, MESSAGE_ZONE);
	message_put_text(&m, name);
	message_put32(&m, how);
	message_put32(&m, serial);
	m.fd = fd;
	say();
}

/* The image of a small zone, 10.in-addr.arpa. with serial 1000; octet `damage` is another one. */
static int make_image(size_t damage)
{
	struct small_plan s;

	small_plan_init(&s);
	small_plan_zone(&s, "10.0.0.0/8");
	struct snapshot *snapshot = small_plan_compile(&s, NULL, 1000);
	const struct image *image = snapshot->images[0];
	uint8_t *copy = malloc(image->size);
	memcpy(copy, image->octets, image->size);
	if (damage < image->size)
		copy[damage] ^= 1;
	int fd = sealed_make(copy, image->size);
	free(copy);
	snapshot_unref(snapshot);
	small_plan_free(&s);
	return fd;
}

static int play(const char *part)
{
	if (strcmp(part, "crash") == 0)
		raise(SIGXCPU);
	if (strcmp(part, "leave") == 0)
		return 3;
	if (strcmp(part, "hang") == 0)
		pause();
	if (strcmp(part, "close") == 0) {
		close(COMPILER_FD);
		pause();
	}
	if (strcmp(part, "garbage") == 0)
		(void)!send(COMPILER_FD, "garbage", 7, 0);
	if (strcmp(part, "ask-and-crash") == 0) {
		message_begin(&m, MESSAGE_LAST);
		say();
		raise(SIGXCPU);
	}
	if (strcmp(part, "deaf") == 0) {
		message_begin(&m, MESSAGE_OPEN);
		message_put32(&m, INPUT_FILE);
		message_put_text(&m, "/nowhere");
		for (;;)
			say();
	}
	if (strcmp(part, "short") == 0) {
		message_begin(&m, MESSAGE_ZONE);
		say();
	}
	if (strcmp(part, "answer") == 0) {
		message_begin(&m, MESSAGE_FILE);
		say();
	}
	if (strcmp(part, "settings") == 0) {
		message_begin(&m, MESSAGE_SETTINGS);
		message_put_text(&m, "state");
		say();
	}
	if (strcmp(part, "recall") == 0) { /* there is no state folder yet */
		message_begin(&m, MESSAGE_RECALL);
		message_put32(&m, 0);
		message_put_digest(&m, &(struct digest){{1}});
		say();
	}
	if (strcmp(part, "damaged") == 0)
		say_zone("10.in-addr.arpa.", RENEWAL_COMPILED, 1000, make_image(200));
	if (strcmp(part, "other-name") == 0)
		say_zone("11.in-addr.arpa.", RENEWAL_COMPILED, 1000, make_image(SIZE_MAX));
	if (strcmp(part, "other-serial") == 0)
		say_zone("10.in-addr.arpa.", RENEWAL_COMPILED, 1001, make_image(SIZE_MAX));
	if (strcmp(part, "no-image") == 0)
		say_zone("10.in-addr.arpa.", RENEWAL_MERGED, 1000, -1);
	if (strcmp(part, "pipe") == 0) {
		int fds[2];
		(void)!pipe(fds);
		say_zone("10.in-addr.arpa.", RENEWAL_MERGED, 1000, fds[0]);
	}
	if (strcmp(part, "memory") == 0)
		say_done(ERR_MEMORY);
	if (strcmp(part, "unsaid") == 0)
		say_done(ERR_REFUSED); /* and no mistake told */
	if (strcmp(part, "good") == 0) {
		say_zone("10.in-addr.arpa.", RENEWAL_COMPILED, 1000, make_image(SIZE_MAX));
		message_begin(&m, MESSAGE_DIAG);
		message_put32(&m, DIAG_WARNING);
		message_put_text(&m, "a.yaml");
		message_put32(&m, 4);
		message_put32(&m, 2);
		message_put_text(&m, "rule");
		message_put_text(&m, "what is wrong");
		say();
		say_done(OK);
	}
	if (strcmp(part, "file") == 0) { /* asks for one that is there and one that is not */
		message_begin(&m, MESSAGE_OPEN);
		message_put32(&m, INPUT_FILE);
		message_put_text(&m, "/proc/self/exe");
		say();
		if (message_receive(COMPILER_FD, &m, 0) != OK || m.kind != MESSAGE_FILE || m.fd < 0)
			return 4;
		message_begin(&m, MESSAGE_OPEN);
		message_put32(&m, INPUT_FILE);
		message_put_text(&m, "/nowhere");
		say();
		if (message_receive(COMPILER_FD, &m, 0) != OK || m.kind != MESSAGE_NO_FILE)
			return 5;
		say_done(OK);
	}
	pause(); /* until it is ended */
	return 0;
}

/* Let a part be played to its end. Who asks for the manifest gets it when he has ended. */
static void run(struct reload *r, const char *part, uint32_t time_s)
{
	const struct reload_desk desk = {.state = NULL};

	assert_int_equal(reload_start(r, part, time_s), OK);
	while (!r->is_done) {
		uint64_t now = clock_ms();
		int timeout = now < r->deadline_ms ? (int)(r->deadline_ms - now) + 1 : 0;
		poll(&(struct pollfd){.fd = r->socket, .events = POLLIN}, 1, timeout);
		if (reload_serve(r, &desk) == RELOAD_WANTS_LAST) {
			siginfo_t ended;
			waitid(P_PID, (id_t)r->pid, &ended, WEXITED | WNOWAIT);
			reload_answer_last(r, &desk, NULL, false);
		}
		reload_check_time(r, clock_ms());
	}
}

static void what_it_does_wrong_is_told(void **state)
{
	static const struct {
		const char *part, *failure;
	} parts[] = {
	        {"crash", "the compiler was ended by signal 24 (CPU time limit exceeded)"},
	        {"ask-and-crash", "the compiler was ended by signal 24 (CPU time limit exceeded)"},
	        {"deaf", "the compiler does not take answers"},
	        {"leave", "the compiler ended with status 3"},
	        {"close", "the compiler was ended by signal 9 (Killed)"},
	        {"garbage", "the compiler said what makes no sense"},
	        {"short", "the compiler's image of zone"},
	        {"answer", "the compiler answers what nobody asked"},
	        {"settings", "the compiler's settings make no sense"},
	        {"recall", "the compiler asked for nonsense"},
	        {"damaged", "the compiler's image of zone 10.in-addr.arpa. does not verify"},
	        {"other-name", "the compiler's image of zone 11.in-addr.arpa. does not verify"},
	        {"other-serial", "the compiler's image of zone 10.in-addr.arpa. does not verify"},
	        {"no-image", "the compiler's image of zone 10.in-addr.arpa. does not verify"},
	        {"pipe", "the compiler's image of zone 10.in-addr.arpa. does not verify"},
	        {"memory", "the compiler ran out of memory; it may have more with"},
	        {"unsaid", "the compiler: "},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		struct reload r;
		run(&r, parts[i].part, 30);
		if (!r.failure ||
		        strncmp(r.failure, parts[i].failure, strlen(parts[i].failure)) != 0)
			fail_msg("%s: %s", parts[i].part, r.failure ? r.failure : "no failure");
		reload_end(&r);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left of it */
	}
}

static void one_that_hangs_is_ended(void **state)
{
	struct reload r;
	(void)state;

	run(&r, "hang", 1);
	assert_non_null(r.failure);
	assert_non_null(strstr(r.failure, "took longer than 1 s"));
	reload_end(&r);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void one_that_is_not_wanted_any_more_is_not_waited_for(void **state)
{
	struct reload r;
	(void)state;

	assert_int_equal(reload_start(&r, "hang", 30), OK);
	uint64_t began_ms = clock_ms();
	reload_end(&r);
	assert_true(clock_ms() - began_ms < 900);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void what_it_says_arrives(void **state)
{
	struct reload r;
	(void)state;

	run(&r, "good", 30);
	assert_null(r.failure);
	assert_int_equal(r.result, OK);
	assert_int_equal(r.zone_count, 1);
	assert_int_equal(r.zones[0].serial, 1000);
	assert_non_null(r.zones[0].image);
	assert_int_equal(r.diags.count, 1);
	assert_string_equal(r.diags.items[0].text, "what is wrong");
	assert_string_equal(r.diags.items[0].place.file, "a.yaml");
	assert_int_equal(r.files_read, 5);
	assert_int_equal(r.files_parsed, 2);
	reload_end(&r);
	run(&r, "file", 30);
	assert_null(r.failure);
	reload_end(&r);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_it_does_wrong_is_told),
	        cmocka_unit_test(one_that_hangs_is_ended),
	        cmocka_unit_test(one_that_is_not_wanted_any_more_is_not_waited_for),
	        cmocka_unit_test(what_it_says_arrives),
	};

	if (argc == 3 && strcmp(argv[1], COMPILER_OPTION) == 0)
		return play(argv[2]);
	return cmocka_run_group_tests_name("server/reload", tests, NULL, NULL);
}
