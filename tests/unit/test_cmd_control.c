/* SPDX-License-Identifier: ISC */
/* The commands that ask a running arpad, and a process that answers as one would. */
#include "tools/cmd.h"

#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/control.h"
#include "tests/help/files.h"
#include "tests/unit/unit.h"
#include "tools/control_client.h"

#define PATH "control.sock"

/* How the other process answers each command; NULL: not at all, "": it closes the connection. */
struct answers {
	struct control *control;
	const char *line;
};

static void handle(void *context, enum control_command command, uint64_t client)
{
	const struct answers *a = context;

	if (command == CONTROL_REPLACE || !a->line)
		return;
	if (*a->line)
		control_answer(a->control, client, a->line, strlen(a->line));
	else
		close(control_take(a->control, client));
}

/* The socket is there when it returns. */
static pid_t answer_with(const char *path, const char *line)
{
	struct answers a = {.line = line};
	const char *why = "";

	assert_int_equal(control_open(&a.control, path, -1, handle, &a, &why), OK);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct pollfd p = {.fd = control_fd(a.control), .events = POLLIN};
		while (poll(&p, 1, 60000) == 1)
			control_serve(a.control);
		_exit(0);
	}
	control_close(a.control, true);
	return child;
}

static void end_it(pid_t child, const char *path)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	unlink(path);
}

static int to_file(int fd, const char *path)
{
	int before = dup(fd), file = open(path, O_CREAT | O_TRUNC | O_RDWR, 0600);

	assert_true(before >= 0 && file >= 0);
	dup2(file, fd);
	close(file);
	return before;
}

static void back(int fd, int before)
{
	dup2(before, fd);
	close(before);
}

static void assert_file(const char *path, const char *text, bool is_whole)
{
	char got[2048];
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	size_t n = fread(got, 1, sizeof got - 1, f);
	fclose(f);
	got[n] = 0;
	if (is_whole)
		assert_string_equal(got, text);
	else if (!strstr(got, text))
		fail_msg("`%s` is not in `%s`", text, got);
}

/* Run a command: its exit status, all its standard output, and what is in its standard error. */
static void assert_run(
        int (*run)(int, char **), char **argv, int status, const char *out, const char *wrong)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	fflush(stdout);
	int stdout_before = to_file(STDOUT_FILENO, "out"),
	    stderr_before = to_file(STDERR_FILENO, "err");
	optind = 0;
	int got = run(argc, argv);
	fflush(stdout);
	back(STDOUT_FILENO, stdout_before);
	back(STDERR_FILENO, stderr_before);
	assert_file("out", out, true);
	assert_file("err", wrong, false);
	assert_int_equal(got, status);
}

#define ARGS(...) ((char *[]){(char *)"arpa x", __VA_ARGS__, NULL})
#define AT        (char *)"-s", (char *)PATH
#define JSON      (char *)"--json"

#define HEALTHY "{\"ok\":true,\"generation\":3,\"pairs\":2,\"zones\":[],\"reload\":{\"last\":null}}"

static void an_answer_is_printed_as_it_came_or_for_people(void **state)
{
	(void)state;
	files_begin();
	pid_t child = answer_with(PATH, HEALTHY);
	assert_run(cmd_status, ARGS(AT, JSON), EXIT_FINE, HEALTHY "\n", "");
	assert_run(cmd_zones, ARGS(JSON, AT), EXIT_FINE, HEALTHY "\n", "");
	assert_run(cmd_stats, ARGS(JSON, AT), EXIT_FINE, HEALTHY "\n", "");
	assert_run(cmd_status, ARGS(AT, (char *)"--healthy"), EXIT_FINE,
	        "healthy: generation 3, 2 pairs in 0 zones\n", "");
	assert_run(cmd_quit, ARGS(AT), EXIT_FINE, "arpad ends\n", "");
	end_it(child, PATH);
	files_end();
}

static void mistakes_in_the_rest_of_arpad_yaml_are_not_in_the_way(void **state)
{
	(void)state;
	files_begin();
	files_write("sub/arpad.yaml", "version: 1\nserver: {control: here.sock}\nzones: 7\n");
	pid_t child = answer_with("sub/here.sock", HEALTHY);
	assert_run(cmd_status, ARGS((char *)"-c", (char *)"sub/arpad.yaml", JSON), EXIT_FINE,
	        HEALTHY "\n", "");
	end_it(child, "sub/here.sock");
	assert_run(cmd_status, ARGS((char *)"-c", (char *)"sub/arpad.yaml"), EXIT_UNDECIDED, "",
	        "sub/here.sock: no arpad answers there");
	assert_run(cmd_status, ARGS((char *)"-c", (char *)"none.yaml"), EXIT_UNDECIDED, "",
	        "name it with -s");
	files_end();
}

static void what_is_not_well_is_the_exit_status(void **state)
{
#define REFUSED                                                                                    \
	"{\"ok\":false,\"reload\":{\"result\":\"refused\",\"took_ms\":4,\"last\":"                 \
	"{\"result\":\"refused\"}},\"customers\":[]}"
	(void)state;
	files_begin();
	pid_t child = answer_with(PATH, REFUSED);
	assert_run(cmd_reload, ARGS(AT), EXIT_MISTAKES,
	        "refused, for arpad.yaml has mistakes; 4 ms\n", "");
	assert_run(cmd_reload, ARGS(AT, JSON), EXIT_MISTAKES, REFUSED "\n", "");
	assert_run(cmd_status, ARGS(AT, (char *)"--healthy"), EXIT_MISTAKES,
	        "not healthy: last reload refused, for arpad.yaml has mistakes\n", "");
	assert_run(
	        cmd_status, ARGS(AT, (char *)"--healthy", JSON), EXIT_MISTAKES, REFUSED "\n", "");
	end_it(child, PATH);
	child = answer_with(PATH, "{\"ok\":true,\"reload\":{\"result\":\"published\"},"
	                          "\"customers\":[{\"state\":\"refused\"}]}");
	assert_run(cmd_reload, ARGS(AT), EXIT_MISTAKES, "published generation 0; 0 ms\n",
	        "refused since");
	end_it(child, PATH);
	files_end();
}

static void without_a_good_answer_nothing_is_decided(void **state)
{
	static const struct {
		const char *line, *wrong;
	} cases[] = {
	        {"", "closed without an answer"},
	        {"not json", "the answer is not arpad's"},
	        {"[]", "the answer is not arpad's"},
	        {"{\"ok\":false,\"error\":\"no\\u001b\"}", "arpad says: no\\x1b"},
	};
	(void)state;

	files_begin();
	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		pid_t child = answer_with(PATH, cases[i].line);
		assert_run(cmd_status, ARGS(AT), EXIT_UNDECIDED, "", cases[i].wrong);
		assert_run(cmd_reload, ARGS(AT), EXIT_UNDECIDED, "", cases[i].wrong);
		end_it(child, PATH);
	}
	assert_run(cmd_quit, ARGS(AT), EXIT_UNDECIDED, "", "no arpad answers there");
	char long_path[200];
	memset(long_path, 'p', sizeof long_path - 1);
	long_path[sizeof long_path - 1] = 0;
	assert_run(cmd_quit, ARGS((char *)"-s", long_path), EXIT_UNDECIDED, "", "at most 107");
	files_end();
}

static int ask_in_a_hurry(int argc, char **argv)
{
	struct control_reply r;
	struct control_question q = {argv[0], NULL, PATH, "status", 10};
	(void)argc;

	return control_ask(&r, &q);
}

static void a_server_that_hangs_is_not_waited_for(void **state)
{
	(void)state;
	files_begin();
	pid_t child = answer_with(PATH, NULL);
	assert_run(ask_in_a_hurry, ARGS(NULL), EXIT_UNDECIDED, "", "arpad does not answer");
	end_it(child, PATH);
	files_end();
}

static void a_large_answer_comes_whole(void **state)
{
	enum { SIZE = 3 << 20 };
	char *line = malloc(SIZE + 1);
	struct control_reply r;
	struct control_question q = {"arpa x", NULL, PATH, "status", -1};
	(void)state;

	assert_non_null(line);
	memset(line, ' ', SIZE);
	line[0] = '{';
	line[SIZE - 1] = '}';
	line[SIZE] = 0;
	files_begin();
	pid_t child = answer_with(PATH, line);
	assert_int_equal(control_ask(&r, &q), EXIT_FINE);
	assert_int_equal(r.n, SIZE);
	control_reply_free(&r);
	end_it(child, PATH);
	files_end();
	free(line);
}

static void an_odd_command_line_is_told_how_it_is_used(void **state)
{
	(void)state;
	files_begin();
	assert_run(cmd_status, ARGS((char *)"extra"), EXIT_USAGE, "", "usage: arpa status");
	assert_run(cmd_quit, ARGS(JSON), EXIT_USAGE, "", "usage: arpa quit");
	assert_run(cmd_reload, ARGS((char *)"--healthy"), EXIT_USAGE, "", "usage: arpa reload");
	files_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_answer_is_printed_as_it_came_or_for_people),
	        cmocka_unit_test(mistakes_in_the_rest_of_arpad_yaml_are_not_in_the_way),
	        cmocka_unit_test(what_is_not_well_is_the_exit_status),
	        cmocka_unit_test(without_a_good_answer_nothing_is_decided),
	        cmocka_unit_test(a_server_that_hangs_is_not_waited_for),
	        cmocka_unit_test(a_large_answer_comes_whole),
	        cmocka_unit_test(an_odd_command_line_is_told_how_it_is_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
