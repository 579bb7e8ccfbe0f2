/* SPDX-License-Identifier: ISC */
/* The last word between two arpads: whatever comes first, both know the same. */
#include "server/handover.h"

#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/unit.h"

/* The new one's end of a line; the old one's is *line. */
static void begin(struct handover *h, int *line)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	handover_init(h);
	h->line = pair[0];
	*line = pair[1];
}

static void taken_is_taken(void **state)
{
	static struct handover h;
	int line;
	(void)state;

	begin(&h, &line);
	assert_int_equal(handover_taken(&h), OK);
	assert_true(handover_is_taken(line));
	handover_close(&h);
	close(line);
	/* the new one has closed its end already, as it does */
	begin(&h, &line);
	assert_int_equal(handover_taken(&h), OK);
	handover_close(&h);
	assert_true(handover_is_taken(line));
	close(line);
}

/* The old one has lost its patience in the same moment. */
static void taken_counts_beside_a_word_that_was_not_read(void **state)
{
	static struct handover h;
	static struct message m;
	int line;
	(void)state;

	begin(&h, &line);
	assert_int_equal(handover_taken(&h), OK);
	message_begin(&m, MESSAGE_LATE);
	assert_int_equal(message_send(line, &m), OK);
	handover_close(&h); /* with that word in it: the line is reset */
	assert_true(handover_is_taken(line));
	close(line);
}

static void who_is_late_is_told(void **state)
{
	static struct handover h;
	int line;
	(void)state;

	begin(&h, &line);
	assert_false(handover_is_taken(line));
	assert_int_equal(handover_taken(&h), ERR_REFUSED);
	close(line);
	handover_close(&h);
	begin(&h, &line);
	assert_false(handover_is_taken(line));
	close(line);
	assert_int_equal(handover_taken(&h), ERR_REFUSED);
	handover_close(&h);
}

static void who_is_gone_hands_over(void **state)
{
	static struct handover h;
	int line;
	(void)state;

	begin(&h, &line);
	close(line); /* killed */
	assert_int_equal(handover_taken(&h), OK);
	handover_close(&h);
	begin(&h, &line);
	handover_close(&h); /* the new one is gone */
	assert_false(handover_is_taken(line));
	close(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(taken_is_taken),
	        cmocka_unit_test(taken_counts_beside_a_word_that_was_not_read),
	        cmocka_unit_test(who_is_late_is_told),
	        cmocka_unit_test(who_is_gone_hands_over),
	};

	return cmocka_run_group_tests_name("server/handover", tests, NULL, NULL);
}
