/* SPDX-License-Identifier: ISC */
#include "server/message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/sealed.h"
#include "server/settings.h"
#include "tests/unit/unit.h"

static int pair[2];
static struct message out, in;

static int begin(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

static int end(void **state)
{
	(void)state;
	close(pair[0]);
	close(pair[1]);
	return 0;
}

static void what_is_put_is_taken(void **state)
{
	struct digest d = digest_of("x", 1);
	(void)state;

	message_begin(&out, MESSAGE_ZONE);
	message_put32(&out, 7);
	message_put_text(&out, "a.example.");
	message_put64(&out, UINT64_MAX);
	message_put_digest(&out, &d);
	message_put_text(&out, "");
	out.fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(message_send(pair[0], &out), OK);
	close(out.fd);
	assert_int_equal(message_receive(pair[1], &in, 0), OK);
	assert_int_equal(in.kind, MESSAGE_ZONE);
	assert_int_equal(message_take32(&in), 7);
	assert_string_equal(message_take_text(&in), "a.example.");
	assert_true(message_take64(&in) == UINT64_MAX);
	struct digest got = message_take_digest(&in);
	assert_true(digest_equal(&got, &d));
	assert_false(message_is_whole(&in)); /* not yet */
	assert_string_equal(message_take_text(&in), "");
	assert_true(message_is_whole(&in));
	assert_true(fcntl(in.fd, F_GETFD) & FD_CLOEXEC);
	close(in.fd);
}

static void too_short_and_too_long_are_remembered(void **state)
{
	static char text[MESSAGE_MAX];
	(void)state;

	message_begin(&out, MESSAGE_DIAG);
	message_put32(&out, 100); /* claims a text of which nothing is there */
	assert_int_equal(message_send(pair[0], &out), OK);
	assert_int_equal(message_receive(pair[1], &in, 0), OK);
	assert_string_equal(message_take_text(&in), "");
	assert_int_equal(message_take64(&in), 0);
	assert_false(message_is_whole(&in));

	memset(text, 'x', sizeof text - 1);
	message_begin(&out, MESSAGE_DIAG);
	for (unsigned i = 0; i < 4; i++)
		message_put_text(&out, text); /* each is cut */
	assert_int_equal(message_send(pair[0], &out), ERR_LONG);
	message_begin(&out, MESSAGE_DIAG);
	message_put_text(&out, text);
	assert_int_equal(message_send(pair[0], &out), OK);
	assert_int_equal(message_receive(pair[1], &in, 0), OK);
	assert_int_equal(strlen(message_take_text(&in)), 20000);
	assert_true(message_is_whole(&in));
}

static void a_text_without_its_end_is_none(void **state)
{
	(void)state;
	message_begin(&out, MESSAGE_DIAG);
	message_put32(&out, 3);
	message_put_octets(&out, "abcd", 4);
	assert_int_equal(message_send(pair[0], &out), OK);
	assert_int_equal(message_receive(pair[1], &in, 0), OK);
	assert_string_equal(message_take_text(&in), "");
	assert_true(in.failed);
}

static void what_is_no_message_is_refused(void **state)
{
	static const uint32_t kind = MESSAGE_KINDS;
	(void)state;

	assert_int_equal(message_receive(pair[1], &in, MSG_DONTWAIT), ERR_IO);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(send(pair[0], "x", 1, 0), 1);
	assert_int_equal(message_receive(pair[1], &in, 0), ERR_SYNTAX);
	assert_int_equal(send(pair[0], &kind, sizeof kind, 0), sizeof kind);
	assert_int_equal(message_receive(pair[1], &in, 0), ERR_SYNTAX);
	shutdown(pair[0], SHUT_RDWR);
	assert_int_equal(message_receive(pair[1], &in, 0), ERR_IO);
	assert_int_equal(errno, 0);
}

static void settings_arrive_as_they_were(void **state)
{
	struct listen_address listen[] = {
	        {.addr = {.len = 4, .octets = {127, 0, 0, 1}}, .port = 5300, .place = {"x", 3, 9}},
	        {.addr = {.len = 16, .octets = {[15] = 1}}, .port = 53}};
	struct config from, to;
	(void)state;

	config_init(&from);
	config_init(&to);
	from.state = "a/state";
	from.control = "a/control.sock";
	from.listen = listen;
	from.listen_count = 2;
	from.workers = 3;
	from.watch = false;
	from.reload_time_s = 9;
	from.reload_memory = 99;
	to.file = "arpad.yaml";
	message_begin(&out, MESSAGE_SETTINGS);
	settings_put(&out, &from);
	assert_int_equal(message_send(pair[0], &out), OK);
	assert_int_equal(message_receive(pair[1], &in, 0), OK);
	assert_int_equal(settings_take(&in, &to), OK);
	assert_string_equal(to.state, from.state);
	assert_string_equal(to.control, from.control);
	assert_int_equal(to.workers, 3);
	assert_false(to.watch);
	assert_int_equal(to.reload_time_s, 9);
	assert_int_equal(to.reload_memory, 99);
	assert_int_equal(to.listen_count, 2);
	assert_int_equal(addr_compare(&to.listen[0].addr, &listen[0].addr), 0);
	assert_int_equal(to.listen[0].port, 5300);
	assert_string_equal(to.listen[0].place.file, "arpad.yaml");
	assert_int_equal(to.listen[0].place.line, 3);
	assert_null(to.listen[1].place.file);
	assert_int_equal(to.listen[1].addr.octets[15], 1);
	config_free(&to);
	/* cut anywhere: no settings */
	for (size_t n = 0; n < in.size; n++) {
		struct config cut;
		config_init(&cut);
		message_begin(&out, MESSAGE_SETTINGS);
		message_put_octets(&out, in.octets, n);
		assert_int_equal(settings_take(&out, &cut), ERR_SYNTAX);
		config_free(&cut);
	}
	config_free(&from);
}

static void sealed_octets_cannot_be_changed(void **state)
{
	uint8_t *octets;
	size_t size;
	(void)state;

	int fd = sealed_make("abc", 3);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), -1);
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_ptr_equal(mmap(NULL, 3, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
	assert_int_equal(sealed_map(&octets, &size, fd), OK);
	assert_int_equal(size, 3);
	assert_memory_equal(octets, "abc", 3);
	munmap(octets, size);
	close(fd);
}

static void what_is_not_sealed_is_refused(void **state)
{
	uint8_t *octets;
	size_t size;
	(void)state;

	int fd = memfd_create("open", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_int_equal(write(fd, "abc", 3), 3);
	assert_int_equal(sealed_map(&octets, &size, fd), ERR_CORRUPT);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), 0);
	assert_int_equal(sealed_map(&octets, &size, fd), ERR_CORRUPT); /* can be written */
	close(fd);
	fd = sealed_make("", 0);
	assert_int_equal(sealed_map(&octets, &size, fd), ERR_CORRUPT);
	close(fd);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(sealed_map(&octets, &size, fd), ERR_CORRUPT);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(what_is_put_is_taken, begin, end),
	        cmocka_unit_test_setup_teardown(too_short_and_too_long_are_remembered, begin, end),
	        cmocka_unit_test_setup_teardown(a_text_without_its_end_is_none, begin, end),
	        cmocka_unit_test_setup_teardown(what_is_no_message_is_refused, begin, end),
	        cmocka_unit_test_setup_teardown(settings_arrive_as_they_were, begin, end),
	        cmocka_unit_test(sealed_octets_cannot_be_changed),
	        cmocka_unit_test(what_is_not_sealed_is_refused),
	};

	return cmocka_run_group_tests_name("server/message", tests, NULL, NULL);
}
