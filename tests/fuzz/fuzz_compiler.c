/* SPDX-License-Identifier: ISC */
/* tests/fuzz/fuzz_compiler.c - octets as what a compiler says that is not ours any more: messages
 * of a kind (one octet), a length (two) and so many octets; the high bit of the kind sends a file
 * along. Whatever it is, arpad takes it or says that it makes no sense. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/reload.h"
#include "server/sealed.h"
#include "tests/help/fuzz.h"
#include "tests/help/must.h"

#define MESSAGES_MAX 64
#define SENT_MAX     8192

/* Send the first message of octets[0..size); returns how many octets it was. */
static size_t send_one(int socket, const uint8_t *octets, size_t size)
{
	static struct message m;
	size_t n = octets[1] | (size_t)octets[2] << 8;

	n = n > size - 3 ? size - 3 : n;
	n = n > SENT_MAX ? SENT_MAX : n;
	message_begin(&m, (enum message_kind)(octets[0] & 127) % MESSAGE_KINDS);
	message_put_octets(&m, octets + 3, n);
	if (octets[0] & 128)
		m.fd = sealed_make(octets + 3, n);
	must(message_send(socket, &m) == OK, "it is sent");
	if (m.fd >= 0)
		close(m.fd);
	return 3 + n;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	const struct reload_desk desk = {.state = NULL};
	static const uint32_t large = 1 << 20;
	struct reload r;
	int pair[2];

	reload_init(&r);
	r.message = malloc(sizeof *r.message);
	must(r.message && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0,
	        "a socket");
	setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &large, sizeof large);
	r.socket = pair[0];
	r.settings.file = "arpad.yaml";
	for (size_t i = 0, at = 0; i < MESSAGES_MAX && size - at >= 3 && !r.is_done; i++) {
		at += send_one(pair[1], octets + at, size - at);
		while (reload_serve(&r, &desk) != RELOAD_GOES_ON && !r.is_done)
			;
	}
	close(pair[1]);
	reload_end(&r);
	return 0;
}

FUZZ_MAIN("compiler", 20000)
