/* SPDX-License-Identifier: ISC */
/* bench/echo.c - sends every UDP datagram back with the QR bit set: what the system and the machine
 * allow a server that does nothing, in batches as arpad's workers take them.
 *
 *     echo ADDRESS@PORT        until it is killed */
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BATCH     64
#define ROOM      2048
#define SOCK_ROOM (4 << 20) /* of the socket's buffers */

static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];
static struct sockaddr_in clients[BATCH];
static uint8_t room[BATCH][ROOM];

static int open_socket(const char *text)
{
	struct sockaddr_in here = {.sin_family = AF_INET};
	const char *at = strrchr(text, '@');
	int fd = socket(AF_INET, SOCK_DGRAM, 0), size = SOCK_ROOM;

	if (!at || fd < 0)
		return -1;
	here.sin_port = htons((uint16_t)strtoul(at + 1, NULL, 10));
	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	return bind(fd, (const struct sockaddr *)&here, sizeof here) == 0 ? fd : -1;
}

static void prepare(unsigned i)
{
	vectors[i] = (struct iovec){room[i], ROOM};
	messages[i].msg_hdr = (struct msghdr){.msg_name = &clients[i],
	        .msg_namelen = sizeof clients[i],
	        .msg_iov = &vectors[i],
	        .msg_iovlen = 1};
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open_socket(argv[1]) : -1;

	if (fd < 0) {
		fprintf(stderr, "usage: echo 127.0.0.1@PORT (%s)\n", strerror(errno));
		return 2;
	}
	for (;;) {
		for (unsigned i = 0; i < BATCH; i++)
			prepare(i);
		int n = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
		for (int i = 0; i < n; i++) {
			vectors[i].iov_len = messages[i].msg_len;
			room[i][2] |= 0x80;
		}
		for (int sent = 0, now; sent < n; sent += now) {
			now = sendmmsg(fd, messages + sent, (unsigned)(n - sent), 0);
			if (now <= 0)
				break;
		}
	}
}
