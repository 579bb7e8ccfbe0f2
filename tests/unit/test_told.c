/* SPDX-License-Identifier: ISC */
#include "server/told.h"

#include <fcntl.h>
#include <unistd.h>

#include "tests/help/files.h"
#include "tests/unit/unit.h"

static const char *unread;

static bool is_unread(const void *context, const char *file)
{
	(void)context;
	return unread && strcmp(unread, file) == 0;
}

/* What told_log() logs of these diagnostics, "FILE TEXT" each; standard error is caught. */
static char *log_of(struct told *t, const char *const *said, size_t *spared)
{
	static char text[4000];
	struct diag_list diags;

	diag_init(&diags);
	for (; *said; said += 2)
		diag_error(&diags, ((struct place){said[0], 1, 1}), "rule", "%s", said[1]);
	int kept = dup(STDERR_FILENO);
	int fd = open("log", O_RDWR | O_CREAT | O_TRUNC, 0600);
	dup2(fd, STDERR_FILENO);
	*spared = told_log(t, &diags, is_unread, NULL);
	dup2(kept, STDERR_FILENO);
	close(kept);
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	diag_free(&diags);
	return text;
}

#define LINE(file, what) "arpad: " file ":1:1: error: " what " [rule]\n"

static void a_mistake_is_told_once_and_again_when_it_is_another(void **state)
{
	static const char *const first[] = {"a", "x", "a", "y", "b", "z", NULL},
	                         *const second[] = {"a", "x", "a", "w", "b", "z", NULL},
	                         *const only_b[] = {"b", "z", NULL}, *const nothing[] = {NULL};
	struct told t = {0};
	size_t spared;
	(void)state;

	files_begin();
	assert_string_equal(
	        log_of(&t, first, &spared), LINE("a", "x") LINE("a", "y") LINE("b", "z"));
	assert_int_equal(spared, 0);
	assert_string_equal(log_of(&t, first, &spared), "");
	assert_int_equal(spared, 3);
	assert_string_equal(log_of(&t, second, &spared), LINE("a", "x") LINE("a", "w"));
	/* a was mended, then broken again in the same way */
	assert_string_equal(log_of(&t, only_b, &spared), "");
	assert_string_equal(log_of(&t, second, &spared), LINE("a", "x") LINE("a", "w"));
	/* nobody looked into b: what was told of it holds */
	unread = "b";
	assert_string_equal(log_of(&t, nothing, &spared), "");
	unread = NULL;
	assert_string_equal(log_of(&t, only_b, &spared), "");
	assert_string_equal(log_of(&t, nothing, &spared), "");
	assert_string_equal(log_of(&t, only_b, &spared), LINE("b", "z"));
	told_free(&t);
	files_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_mistake_is_told_once_and_again_when_it_is_another),
	};

	unsetenv("JOURNAL_STREAM");
	return cmocka_run_group_tests_name("server/told", tests, NULL, NULL);
}
