/* SPDX-License-Identifier: ISC */
#include "server/control.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server/control_stream.h"
#include "tests/help/files.h"
#include "tests/unit/unit.h"

#define PATH       "control.sock"
#define QUEUE_MOST 16

/* An owner who notes each command and, unless told to wait, answers with its number. */
struct rig {
	struct control *control;
	bool waits, takes;
	int taken;
	unsigned asked;
	enum control_command commands[QUEUE_MOST];
	uint64_t clients[QUEUE_MOST];
};

static void handle(void *context, enum control_command command, uint64_t client)
{
	struct rig *r = context;
	char line[20];

	assert_true(r->asked < QUEUE_MOST);
	r->commands[r->asked] = command;
	r->clients[r->asked++] = client;
	if (r->takes)
		r->taken = control_take(r->control, client);
	else if (!r->waits)
		control_answer(r->control, client, line,
		        (size_t)snprintf(line, sizeof line, "%d", (int)command));
}

static void set_up(struct rig *r)
{
	const char *why = NULL;

	memset(r, 0, sizeof *r);
	r->taken = -1;
	files_begin();
	assert_int_equal(control_open(&r->control, PATH, -1, handle, r, &why), OK);
}

static void tear_down(struct rig *r)
{
	control_close(r->control, false);
	assert_int_equal(access(PATH, F_OK), -1);
	files_end();
}

static bool is_readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

/* Serve until nothing is left to do. */
static void serve(struct rig *r)
{
	for (unsigned turns = 0; is_readable(control_fd(r->control)); turns++) {
		assert_true(turns < 10000);
		control_serve(r->control);
	}
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	strncpy(address.sun_path, path, sizeof address.sun_path - 1);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* What has come, all of it; "-" behind it when the connection is closed. */
static const char *hear(int fd)
{
	static char text[8192];
	size_t len = 0;
	ssize_t n;

	while ((n = recv(fd, text + len, sizeof text - 2 - len, 0)) > 0)
		len += (size_t)n;
	if (n == 0 || errno != EAGAIN)
		text[len++] = '-';
	text[len] = 0;
	return text;
}

static void assert_answer(struct rig *r, int fd, const char *said, const char *heard)
{
	say(fd, said);
	serve(r);
	assert_string_equal(hear(fd), heard);
}

static void answer(struct rig *r, unsigned i, const char *line)
{
	control_answer(r->control, r->clients[i], line, strlen(line));
}

static void the_socket_is_its_owners_alone(void **state)
{
	struct stat status;
	struct rig r;
	(void)state;

	set_up(&r);
	assert_int_equal(stat(PATH, &status), 0);
	assert_true(S_ISSOCK(status.st_mode));
	assert_int_equal(status.st_mode & 07777, 0600);
	mode_t mask = umask(022);
	umask(mask);
	assert_int_not_equal(mask, 0177);
	tear_down(&r);
}

static void each_command_is_known_and_answered_in_order(void **state)
{
	struct rig r;
	(void)state;

	set_up(&r);
	int fd = connect_to(PATH);
	assert_answer(
	        &r, fd, "status\nreload\nstats\nzones\nquit\nreplace\n", "0\n1\n2\n3\n4\n5\n");
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(r.commands[i], i);
	assert_answer(&r, fd, "sta", "");
	assert_answer(&r, fd, "ts\nzon", "2\n");
	assert_answer(&r, fd, "es\n", "3\n");
	close(fd);
	serve(&r);
	tear_down(&r);
}

static void an_answer_may_come_late_and_holds_the_next_command_back(void **state)
{
	struct rig r;
	(void)state;

	set_up(&r);
	r.waits = true;
	int a = connect_to(PATH), b = connect_to(PATH);
	assert_answer(&r, a, "reload\nstatus\n", "");
	assert_answer(&r, b, "stats\n", "");
	assert_int_equal(r.asked, 2);
	answer(&r, 1, "b");
	answer(&r, 1, "once more"); /* one a command */
	serve(&r);
	assert_string_equal(hear(b), "b\n");
	assert_string_equal(hear(a), "");
	answer(&r, 0, "a1");
	assert_int_equal(r.asked, 2); /* the handler is called by control_serve() alone */
	serve(&r);
	assert_int_equal(r.asked, 3);
	answer(&r, 2, "a2");
	assert_string_equal(hear(a), "a1\na2\n");
	close(a);
	close(b);
	tear_down(&r);
}

static void what_is_no_command_is_told_which_there_are(void **state)
{
	static const char *const words[] = {"\n", "stat\n", "status \n", "STATUS\n", "status\r\n"};
	struct rig r;
	(void)state;

	set_up(&r);
	int fd = connect_to(PATH);
	for (unsigned i = 0; i < ARRAY_LENGTH(words); i++) {
		say(fd, words[i]);
		serve(&r);
		assert_string_equal(hear(fd),
		        "{\"ok\":false,\"error\":\"there is no such command; there are status, "
		        "reload, stats, zones, quit and replace\"}\n");
	}
	assert_int_equal(r.asked, 0);
	assert_answer(&r, fd, "status\n", "0\n");
	close(fd);
	tear_down(&r);
}

static void a_long_line_or_a_nul_ends_the_connection(void **state)
{
	static const char refused[] = "{\"ok\":false,\"error\":\"a command is a line of at most "
	                              "1024 octets without NUL\"}\n-";
	char line[CONTROL_LINE_MAX + 2];
	struct rig r;
	(void)state;

	set_up(&r);
	memset(line, 'a', sizeof line);
	line[CONTROL_LINE_MAX] = '\n';
	line[CONTROL_LINE_MAX + 1] = 0;
	int longest = connect_to(PATH);
	say(longest, line);
	serve(&r);
	assert_non_null(strstr(hear(longest), "no such command"));
	line[CONTROL_LINE_MAX] = 'a';
	int too_long = connect_to(PATH);
	assert_answer(&r, too_long, line, refused); /* without waiting for its end */
	int with_nul = connect_to(PATH);
	assert_int_equal(send(with_nul, "status\nst\0tus\nstatus\n", 20, MSG_NOSIGNAL), 20);
	serve(&r);
	assert_memory_equal(hear(with_nul), "0\n{", 3);
	assert_int_equal(r.asked, 1);
	close(longest);
	close(too_long);
	close(with_nul);
	tear_down(&r);
}

static void a_client_that_went_gets_nothing_and_its_place_is_anothers(void **state)
{
	struct rig r;
	(void)state;

	set_up(&r);
	r.waits = true;
	int a = connect_to(PATH);
	assert_answer(&r, a, "reload\nquit\n", "");
	close(a);
	serve(&r);
	int b = connect_to(PATH); /* in the same slot */
	assert_answer(&r, b, "status\n", "");
	assert_int_equal(r.asked, 2);
	assert_int_not_equal(r.clients[0], r.clients[1]);
	answer(&r, 0, "for a");
	assert_int_equal(control_take(r.control, r.clients[0]), -1);
	assert_string_equal(hear(b), "");
	answer(&r, 1, "for b");
	assert_string_equal(hear(b), "for b\n");
	control_answer(r.control, UINT64_MAX, "nobody", 6);
	close(b);
	tear_down(&r);
}

static void who_has_said_all_is_answered_and_then_closed(void **state)
{
	struct rig r;
	(void)state;

	set_up(&r);
	int fd = connect_to(PATH);
	say(fd, "status\nstats\nzon"); /* the last is no line */
	shutdown(fd, SHUT_WR);
	serve(&r);
	assert_string_equal(hear(fd), "0\n2\n-");
	close(fd);
	r.waits = true;
	fd = connect_to(PATH);
	say(fd, "quit\n");
	shutdown(fd, SHUT_WR);
	serve(&r);
	assert_string_equal(hear(fd), "");
	answer(&r, r.asked - 1, "bye");
	serve(&r);
	assert_string_equal(hear(fd), "bye\n-");
	close(fd);
	fd = connect_to(PATH);
	say(fd, "reload\n"); /* and does not wait for the answer: done all the same */
	close(fd);
	unsigned before = r.asked;
	serve(&r);
	assert_int_equal(r.asked, before + 1);
	tear_down(&r);
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void one_too_many_is_closed_unless_another_is_silent(void **state)
{
	int fds[CONTROL_CLIENTS_MAX];
	struct rig r;
	(void)state;

	set_up(&r);
	r.waits = true;
	uint64_t begin = now_ms();
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		fds[i] = connect_to(PATH);
		if (i == 0)
			say(fds[i], "reload\n"); /* outstanding for as long as it takes */
		control_serve_at(r.control, begin + i);
		control_serve_at(r.control, begin + i);
	}
	assert_int_equal(r.asked, 1);
	int more = connect_to(PATH);
	control_serve_at(r.control, begin + CONTROL_SILENT_MS);
	assert_string_equal(hear(more), "-");
	close(more);
	more = connect_to(PATH);
	control_serve_at(r.control, begin + CONTROL_SILENT_MS + 2);
	assert_string_equal(hear(more), "");
	assert_string_equal(hear(fds[0]), "");
	assert_string_equal(hear(fds[1]), "-"); /* the oldest of those that may go */
	assert_string_equal(hear(fds[2]), "");
	assert_answer(&r, more, "status\n", "");
	assert_int_equal(r.asked, 2);
	close(more);
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
		close(fds[i]);
	tear_down(&r);
}

static void large_answers_wait_for_a_slow_reader_and_nobody_else_does(void **state)
{
	enum { SIZE = 5 << 20 };
	char *large = malloc(SIZE), *got = malloc(2 * SIZE + 16);
	size_t len = 0;
	struct rig r;
	(void)state;

	assert_non_null(large);
	assert_non_null(got);
	for (size_t i = 0; i < SIZE; i++)
		large[i] = (char)('a' + i % 23);
	set_up(&r);
	r.waits = true;
	int slow = connect_to(PATH), other = connect_to(PATH);
	say(slow, "status\nzones\n");
	serve(&r);
	control_answer(r.control, r.clients[0], large, SIZE);
	serve(&r);
	assert_int_equal(r.asked, 1); /* not before the answer is written */
	r.waits = false;
	assert_answer(&r, other, "stats\n", "2\n");
	r.waits = true;
	while (len < SIZE + 1) {
		ssize_t n = recv(slow, got + len, 100000, 0);
		assert_true(n > 0);
		len += (size_t)n;
		serve(&r);
	}
	assert_int_equal(len, SIZE + 1);
	assert_memory_equal(got, large, SIZE);
	assert_int_equal(got[SIZE], '\n');
	assert_int_equal(r.asked, 3);
	control_answer(r.control, r.clients[2], "end", 3);
	assert_string_equal(hear(slow), "end\n");
	close(slow);
	close(other);
	tear_down(&r);
	free(large);
	free(got);
}

static void a_client_can_be_taken(void **state)
{
	struct rig r;
	(void)state;

	set_up(&r);
	r.takes = true;
	int fd = connect_to(PATH);
	assert_answer(&r, fd, "replace\nstatus\n", "");
	assert_true(r.taken >= 0);
	assert_int_equal(control_take(r.control, r.clients[0]), -1);
	answer(&r, 0, "not to it");
	assert_int_equal(send(r.taken, "from elsewhere", 14, 0), 14);
	assert_string_equal(hear(fd), "from elsewhere");
	assert_int_equal(r.asked, 1);
	close(r.taken);
	assert_string_equal(hear(fd), "-");
	close(fd);
	tear_down(&r);
}

static void at_the_end_clients_take_their_answers(void **state)
{
	enum { SIZE = 1 << 20 };
	char *large = calloc(1, SIZE);
	struct rig r;
	(void)state;

	assert_non_null(large);
	memset(large, 'x', SIZE);
	set_up(&r);
	r.waits = true;
	int quiet = connect_to(PATH), asking = connect_to(PATH), slow = connect_to(PATH);
	assert_answer(&r, asking, "reload\n", "");
	assert_answer(&r, slow, "status\n", "");
	control_answer(r.control, r.clients[1], large, SIZE);
	control_finish(r.control, 1);
	assert_string_equal(hear(quiet), "-");
	assert_string_equal(hear(asking), "{\"ok\":false,\"error\":\"arpad is ending\"}\n-");
	close(quiet);
	close(asking);
	close(slow);
	control_finish(r.control, 60000); /* does not wait: the slow one has gone */
	tear_down(&r);
	free(large);
}

/* Exit status 0: it connected and was closed without a word. */
static void be_a_stranger(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = PATH};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char octet;

	if (setresuid(65534, 65534, 65534) != 0 || fd < 0 ||
	        connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
		_exit(2);
	_exit(recv(fd, &octet, 1, 0) <= 0 ? 0 : 1);
}

static void another_user_is_closed_at_once(void **state)
{
	struct rig r;
	int status;
	(void)state;

	if (geteuid() != 0)
		skip(); /* nobody else can be played */
	set_up(&r);
	assert_int_equal(chmod(".", 0755), 0);
	assert_int_equal(chmod(PATH, 0666), 0);
	pid_t child = fork();
	if (child == 0)
		be_a_stranger();
	struct pollfd p = {.fd = control_fd(r.control), .events = POLLIN};
	assert_int_equal(poll(&p, 1, 60000), 1);
	serve(&r);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	tear_down(&r);
}

/* control_open() fails and says why. */
static void assert_no_open(const char *path, const char *says)
{
	struct control *c = NULL;
	const char *why = "";

	assert_int_equal(control_open(&c, path, -1, handle, NULL, &why), ERR_IO);
	assert_null(c);
	if (!strstr(why, says))
		fail_msg("%s: %s", path, why);
}

static void what_lies_at_the_path_is_told_apart(void **state)
{
	char long_path[200];
	const char *why;
	struct rig r, next;
	struct control *second;
	(void)state;

	set_up(&r);
	files_write("file", "precious");
	assert_no_open("file", "something else lies");
	assert_int_equal(access("file", F_OK), 0);
	assert_no_open("no/such/folder", "folder is not there");
	assert_no_open(PATH, "another arpad answers");
	memset(long_path, 'p', sizeof long_path);
	long_path[108] = 0;
	assert_no_open(long_path, "at most 107");
	control_close(r.control, true); /* as if it had died */
	assert_int_equal(access(PATH, F_OK), 0);
	memset(&next, 0, sizeof next);
	assert_int_equal(control_open(&next.control, PATH, -1, handle, &next, &why), OK);
	int fd = connect_to(PATH);
	assert_answer(&next, fd, "status\n", "0\n");
	close(fd);
	unlink(PATH);
	assert_int_equal(control_open(&second, PATH, -1, handle, NULL, &why), OK);
	control_close(next.control, false); /* leaves alone what is not its own */
	assert_int_equal(access(PATH, F_OK), 0);
	control_close(second, false);
	assert_int_equal(access(PATH, F_OK), -1);
	files_end();
}

static void a_listener_is_handed_over_with_who_waits_there(void **state)
{
	const char *why;
	struct rig r, next = {.taken = -1};
	(void)state;

	set_up(&r);
	int listener = dup(control_listener(r.control));
	control_close(r.control, true);
	int fd = connect_to(PATH);
	assert_int_equal(control_open(&next.control, PATH, listener, handle, &next, &why), OK);
	assert_int_equal(control_listener(next.control), listener);
	assert_answer(&next, fd, "stats\n", "2\n");
	close(fd);
	tear_down(&next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_socket_is_its_owners_alone),
	        cmocka_unit_test(each_command_is_known_and_answered_in_order),
	        cmocka_unit_test(an_answer_may_come_late_and_holds_the_next_command_back),
	        cmocka_unit_test(what_is_no_command_is_told_which_there_are),
	        cmocka_unit_test(a_long_line_or_a_nul_ends_the_connection),
	        cmocka_unit_test(a_client_that_went_gets_nothing_and_its_place_is_anothers),
	        cmocka_unit_test(who_has_said_all_is_answered_and_then_closed),
	        cmocka_unit_test(one_too_many_is_closed_unless_another_is_silent),
	        cmocka_unit_test(large_answers_wait_for_a_slow_reader_and_nobody_else_does),
	        cmocka_unit_test(a_client_can_be_taken),
	        cmocka_unit_test(at_the_end_clients_take_their_answers),
	        cmocka_unit_test(another_user_is_closed_at_once),
	        cmocka_unit_test(what_lies_at_the_path_is_told_apart),
	        cmocka_unit_test(a_listener_is_handed_over_with_who_waits_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
