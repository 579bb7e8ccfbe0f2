/* SPDX-License-Identifier: ISC */
/* bench/load.c - as many questions as a server answers, over UDP.
 *
 *     load ADDRESS@PORT [--seconds N] [--window N] < questions        a line: NAME TYPE
 *
 * One socket, one thread, `window` questions under way. What does not come back within 20 ms is
 * lost, and told. Prints answers a second. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "tests/help/must.h"
#include "tests/help/peer.h"

#define BATCH     64
#define ROOM      2048
#define LOST_MS   20
#define SOCK_ROOM (4 << 20)

/* Questions, packed one behind the other. */
struct list {
	uint8_t *octets;
	size_t *begin; /* count + 1 */
	size_t count;
};

static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void read_questions(struct list *l)
{
	size_t capacity = 0, room = 0, used = 0;
	char line[PEER_LINE_MAX];

	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\r\n")] = 0;
		if (l->count + 2 > capacity) {
			capacity = capacity ? 2 * capacity : 1024;
			l->begin = realloc(l->begin, capacity * sizeof *l->begin);
		}
		if (room - used < PEER_QUERY_MAX) {
			room = 2 * room + PEER_QUERY_MAX;
			l->octets = realloc(l->octets, room);
		}
		must(l->begin && l->octets, "out of memory");
		size_t n = peer_question(l->octets + used, (uint16_t)l->count, line);
		must(n > 0, line);
		l->begin[l->count++] = used;
		used += n;
		l->begin[l->count] = used;
	}
}

/* Send up to n questions from number *next on, round and round; returns how many. */
static unsigned send_some(int fd, const struct list *l, size_t *next, unsigned n)
{
	n = n < BATCH ? n : BATCH;
	for (unsigned i = 0; i < n; i++) {
		size_t at = (*next + i) % l->count;
		vectors[i] =
		        (struct iovec){l->octets + l->begin[at], l->begin[at + 1] - l->begin[at]};
		messages[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
	}
	int sent = sendmmsg(fd, messages, n, 0);
	must(sent > 0 || errno == ECONNREFUSED || errno == EAGAIN, "sendmmsg");
	*next += sent > 0 ? (unsigned)sent : 0;
	return sent > 0 ? (unsigned)sent : 0;
}

static unsigned receive_some(int fd)
{
	static uint8_t room[BATCH][ROOM];

	for (unsigned i = 0; i < BATCH; i++) {
		vectors[i] = (struct iovec){room[i], ROOM};
		messages[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
	}
	int got = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
	return got > 0 ? (unsigned)got : 0;
}

static void run(int fd, const struct list *l, double seconds, unsigned window)
{
	unsigned under_way = 0;
	unsigned long long answers = 0, lost = 0;
	size_t next = 0;
	double begin = now_s();

	while (now_s() - begin < seconds) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		while (under_way < window) {
			unsigned sent = send_some(fd, l, &next, window - under_way);
			if (!sent)
				break;
			under_way += sent;
		}
		if (poll(&p, 1, LOST_MS) == 0) {
			lost += under_way;
			under_way = 0;
			continue;
		}
		for (unsigned got; (got = receive_some(fd)) > 0;) {
			answers += got;
			under_way -= got < under_way ? got : under_way;
		}
	}
	printf("%.0f answers/s, %llu lost\n", (double)answers / (now_s() - begin), lost);
}

int main(int argc, char **argv)
{
	double seconds = 3;
	unsigned window = 256;
	struct list list = {.count = 0};
	struct peer peer;
	int size = SOCK_ROOM;

	for (int i = 2; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--seconds") == 0)
			seconds = strtod(argv[i + 1], NULL);
		else if (strcmp(argv[i], "--window") == 0)
			window = (unsigned)strtoul(argv[i + 1], NULL, 10);
	}
	if (argc < 2 || argc % 2 || window == 0 || !peer_open(&peer, argv[1], false)) {
		fputs("usage: load ADDRESS@PORT [--seconds N] [--window N] < questions\n", stderr);
		return 2;
	}
	setsockopt(peer.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	read_questions(&list);
	must(list.count > 0, "there are questions");
	run(peer.fd, &list, seconds, window);
	free(list.octets);
	free(list.begin);
	peer_close(&peer);
	return 0;
}
