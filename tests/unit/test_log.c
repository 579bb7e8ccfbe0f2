/* SPDX-License-Identifier: ISC */
#include "server/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static void assert_line(enum log_level level, bool for_journal, const char *message, const char *is)
{
	char out[LOG_LINE_MAX];
	size_t n = log_format(out, level, for_journal, message);

	assert_int_equal(n, strlen(is));
	assert_memory_equal(out, is, n);
}

static void a_person_reads_the_name_and_the_journal_the_level(void **state)
{
	(void)state;
	assert_line(LOG_LEVEL_NOTICE, false, "ready", "arpad: ready\n");
	assert_line(LOG_LEVEL_ERROR, false, "x: error: y", "arpad: x: error: y\n");
	assert_line(LOG_LEVEL_ERROR, true, "x: error: y", "<3>x: error: y\n");
	assert_line(LOG_LEVEL_WARNING, true, "w", "<4>w\n");
	assert_line(LOG_LEVEL_NOTICE, true, "", "<6>\n");
}

static void control_characters_are_escaped_and_others_kept(void **state)
{
	(void)state;
	assert_line(LOG_LEVEL_NOTICE, false, "a\nb\t\x1b[31m\x7f",
	        "arpad: a\\x0ab\\x09\\x1b[31m\\x7f\n");
	assert_line(LOG_LEVEL_NOTICE, false, "\xc3\xbc", "arpad: \xc3\xbc\n");
}

static void a_line_is_never_longer_than_a_pipe_takes_at_once(void **state)
{
	static const char fillers[] = {'a', '\n'};
	char message[2 * LOG_LINE_MAX], out[LOG_LINE_MAX];
	(void)state;

	for (unsigned k = 0; k < ARRAY_LENGTH(fillers); k++)
		for (size_t n = 900; n < sizeof message; n++) {
			memset(message, fillers[k], n);
			message[n] = 0;
			size_t len = log_format(out, LOG_LEVEL_NOTICE, k, message);
			assert_true(len <= LOG_LINE_MAX);
			assert_int_equal(out[len - 1], '\n');
			assert_null(memchr(out, '\n', len - 1));
			if (n > LOG_LINE_MAX)
				assert_memory_equal(out + len - 4, "...\n", 4);
		}
}

static void the_journal_is_known_by_device_and_inode(void **state)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct stat status;
	char value[64];
	(void)state;

	assert_int_equal(fstat(fd, &status), 0);
	snprintf(value, sizeof value, "%llu:%llu", (unsigned long long)status.st_dev,
	        (unsigned long long)status.st_ino);
	assert_true(log_is_journal(value, fd));
	strcat(value, "0");
	assert_false(log_is_journal(value, fd));
	assert_false(log_is_journal(NULL, fd));
	assert_false(log_is_journal("", fd));
	assert_false(log_is_journal("1", fd));
	assert_false(log_is_journal("1:x", fd));
	close(fd);
	assert_false(log_is_journal("1:2", fd));
}

/* What log_diags() and log_line() write to standard error. */
static void diagnostics_are_logged_one_by_one(void **state)
{
	struct diag_list diags;
	int ends[2], before = dup(STDERR_FILENO);
	char got[1024];
	(void)state;

	unsetenv("JOURNAL_STREAM");
	diag_init(&diags);
	diag_error(
	        &diags, ((struct place){"a.yaml", 14, 3}), "scope", "%s is outside", "192.0.3.7");
	diag_warning(&diags, ((struct place){NULL, 0, 0}), "many-ptr", "two\nnames");
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	log_diags(&diags);
	log_error("%d%%", 5);
	dup2(before, STDERR_FILENO);
	close(before);
	close(ends[1]);
	ssize_t n = read(ends[0], got, sizeof got - 1);
	assert_true(n > 0);
	got[n] = 0;
	assert_string_equal(got, "arpad: a.yaml:14:3: error: 192.0.3.7 is outside [scope]\n"
	                         "arpad: warning: two\\x0anames [many-ptr]\n"
	                         "arpad: 5%\n");
	close(ends[0]);
	diag_free(&diags);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_person_reads_the_name_and_the_journal_the_level),
	        cmocka_unit_test(control_characters_are_escaped_and_others_kept),
	        cmocka_unit_test(a_line_is_never_longer_than_a_pipe_takes_at_once),
	        cmocka_unit_test(the_journal_is_known_by_device_and_inode),
	        cmocka_unit_test(diagnostics_are_logged_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
