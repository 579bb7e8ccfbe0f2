/* SPDX-License-Identifier: ISC */
/* bench/latency.c - how long answers take, over UDP, when questions come at their own pace.
 *
 *     latency ADDRESS@PORT [--seconds N] [--every US] [--core N] [--slow US] < questions
 *
 * A question is due every so many microseconds (100), whether or not those before are answered, and
 * its time is from when it was due to its answer: who cannot send in time because the machine is
 * held up counts that. Questions go out of 16 sockets in turn, so that all workers get some. It
 * stands for clients on other machines, so it must not wait for a core: it asks for SCHED_FIFO, and
 * tells when it may not have it. --core: it stays on that one. Until SIGTERM without --seconds.
 *
 * Prints how many, how many were lost (no answer within a second after the last question), and
 * microseconds: median, 99 and 99.9 of 100, longest. --slow: also a line for each answer that took
 * longer, `slow MONOTONIC_US US`. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

#include "tests/help/must.h"
#include "tests/help/peer.h"

#define SOCKETS     16
#define IDS         65536
#define LAST_US     1000000
#define EVERY_US    100
#define LONGEST_S   3600
#define SOCKET_ROOM (1 << 20)
#define CLASSES     200000 /* of 1 us; what takes longer is in the last */

/* Questions, packed one behind the other. */
struct list {
	uint8_t *octets;
	size_t *begin; /* count + 1 */
	size_t count;
};

struct measure {
	struct peer peers[SOCKETS];
	struct list list;
	uint64_t due_us[IDS]; /* of the question with this number; 0: answered, or none */
	uint64_t asked, answered, longest_us, slow_us;
	uint32_t counts[CLASSES];
};

static struct measure measure; /* large, and there is one */
static volatile sig_atomic_t is_over;

static void end(int number)
{
	(void)number;
	is_over = 1;
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
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
		size_t n = peer_question(l->octets + used, 0, line);
		must(n > 0, line);
		l->begin[l->count++] = used;
		used += n;
		l->begin[l->count] = used;
	}
	must(l->count > 0, "there are questions");
}

static void ask(struct measure *m, uint64_t due)
{
	const struct list *l = &m->list;
	size_t at = m->asked % l->count, id = m->asked % IDS;
	uint8_t *question = l->octets + l->begin[at];

	question[0] = (uint8_t)(id >> 8);
	question[1] = (uint8_t)id;
	m->due_us[id] = due; /* one that is still under way after so many more is lost */
	peer_send(&m->peers[id % SOCKETS], question, l->begin[at + 1] - l->begin[at]);
	m->asked++;
}

static void count_answer(struct measure *m, const uint8_t *answer)
{
	size_t id = (size_t)answer[0] << 8 | answer[1];
	uint64_t now = now_us(), due = m->due_us[id];

	if (!due)
		return;
	m->due_us[id] = 0;
	m->answered++;
	uint64_t took = now > due ? now - due : 0;
	m->counts[took < CLASSES ? took : CLASSES - 1]++;
	m->longest_us = took > m->longest_us ? took : m->longest_us;
	if (m->slow_us && took > m->slow_us)
		printf("slow %llu %llu\n", (unsigned long long)now, (unsigned long long)took);
}

/* Wait for answers, for so long at most, and take them. */
static void take_answers(struct measure *m, uint64_t most_us)
{
	static uint8_t room[PEER_IN_MAX];
	struct timespec wait = {(time_t)(most_us / 1000000), (long)(most_us % 1000000) * 1000};
	struct pollfd fds[SOCKETS];

	for (unsigned i = 0; i < SOCKETS; i++)
		fds[i] = (struct pollfd){.fd = m->peers[i].fd, .events = POLLIN};
	if (ppoll(fds, SOCKETS, &wait, NULL) <= 0)
		return;
	for (unsigned i = 0; i < SOCKETS; i++)
		while (fds[i].revents && peer_receive(&m->peers[i], room, sizeof room) >= 12)
			count_answer(m, room);
}

static void run(struct measure *m, double seconds, uint64_t every_us)
{
	uint64_t begin = now_us(), due = begin, now = begin,
	         stop = begin + (uint64_t)(seconds * 1e6);

	while (!is_over && due < stop) {
		for (; due <= now && due < stop; due += every_us)
			ask(m, due);
		take_answers(m, due > now ? due - now : 0);
		now = now_us();
	}
	for (stop = now + LAST_US; m->answered < m->asked && now < stop; now = now_us())
		take_answers(m, stop - now);
}

/* The least time that so many of all answers did not exceed. */
static uint64_t quantile(const struct measure *m, double part)
{
	uint64_t sum = 0, wanted = (uint64_t)(part * (double)m->answered);

	for (uint64_t us = 0; us < CLASSES - 1; us++) {
		sum += m->counts[us];
		if (sum > wanted)
			return us;
	}
	return m->longest_us;
}

static void tell(const struct measure *m)
{
	printf("%llu asked, %llu lost; us: median %llu, 99%% %llu, 99.9%% %llu, longest %llu\n",
	        (unsigned long long)m->asked, (unsigned long long)(m->asked - m->answered),
	        (unsigned long long)quantile(m, 0.5), (unsigned long long)quantile(m, 0.99),
	        (unsigned long long)quantile(m, 0.999), (unsigned long long)m->longest_us);
}

static void be_prompt(long core)
{
	cpu_set_t cores;

	CPU_ZERO(&cores);
	if (core >= 0) {
		CPU_SET((size_t)core, &cores);
		must(sched_setaffinity(0, sizeof cores, &cores) == 0, "this core may be had");
	}
	if (sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 50}) != 0)
		fputs("latency: no SCHED_FIFO: waiting for a core is in the times\n", stderr);
	(void)!mlockall(MCL_CURRENT);
}

int main(int argc, char **argv)
{
	double seconds = LONGEST_S;
	uint64_t every_us = EVERY_US;
	struct measure *m = &measure;
	int size = SOCKET_ROOM;
	long core = -1;

	for (int i = 2; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--seconds") == 0)
			seconds = strtod(argv[i + 1], NULL);
		else if (strcmp(argv[i], "--every") == 0)
			every_us = strtoul(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--core") == 0)
			core = strtol(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--slow") == 0)
			m->slow_us = strtoul(argv[i + 1], NULL, 10);
	}
	if (argc < 2 || argc % 2 || every_us == 0) {
		fputs("usage: latency ADDRESS@PORT [--seconds N] [--every US] [--core N] [--slow "
		      "US] "
		      "< questions\n",
		        stderr);
		return 2;
	}
	read_questions(&m->list);
	for (unsigned i = 0; i < SOCKETS; i++) {
		must(peer_open(&m->peers[i], argv[1], false), "the server can be reached");
		setsockopt(m->peers[i].fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	}
	signal(SIGTERM, end);
	signal(SIGINT, end);
	be_prompt(core);
	run(m, seconds, every_us);
	tell(m);
	for (unsigned i = 0; i < SOCKETS; i++)
		peer_close(&m->peers[i]);
	free(m->list.octets);
	free(m->list.begin);
	return 0;
}
