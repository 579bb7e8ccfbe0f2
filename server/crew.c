/* SPDX-License-Identifier: ISC */
#include "server/crew.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/hands.h"
#include "server/log.h"

#define UDP_SIZE  1232 /* RFC 9715 */
#define SPARE_FDS 320  /* of files: the state folder, the control socket, a reload, the log */

void crew_init(struct crew *crew)
{
	*crew = (struct crew){.stop = -1, .answer.udp_size = UDP_SIZE};
}

/* One a core that this process may use, unless the operator says how many. */
static unsigned count_workers(const struct config *c)
{
	if (c->workers)
		return c->workers;
	unsigned n = hands_processors();
	return n > WORKERS_MAX ? WORKERS_MAX : n;
}

/* Each worker's part of the connections, as many as there are file descriptors for. */
static struct tcp_limits tcp_limits(const struct crew *s)
{
	struct rlimit limit;
	rlim_t fixed = SPARE_FDS + (rlim_t)s->count * (1 + 2 * s->sockets.count);
	rlim_t wanted = fixed + TCP_CONNECTIONS_MAX, connections = TCP_CONNECTIONS_MAX;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted) {
		limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
		if (setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted)
			connections = limit.rlim_cur > fixed ? limit.rlim_cur - fixed : 1;
	}
	if (connections < TCP_CONNECTIONS_MAX)
		log_warning("the limit of open files allows %lu TCP connections, not %d; raise it "
		            "(LimitNOFILE=, ulimit -n)",
		        (unsigned long)connections, TCP_CONNECTIONS_MAX);
	return (struct tcp_limits){
	        .connections = (uint32_t)(connections + s->count - 1) / s->count,
	        .a_client = (TCP_A_CLIENT_MAX + s->count - 1) / s->count,
	        .idle_ms = TCP_IDLE_MS,
	};
}

/* A socket that is closed loses what waits in it: so whoever takes over takes all of them. */
static unsigned enough_workers(unsigned wanted, const struct handed *handed, size_t handed_count)
{
	unsigned count = wanted;

	for (size_t i = 0; i < handed_count; i++)
		if (handed[i].worker >= count && handed[i].worker < WORKERS_MAX)
			count = handed[i].worker + 1;
	if (count != wanted)
		log_warning("%u workers instead of %u, as many as were taken over from: a restart "
		            "without --replace has fewer",
		        count, wanted);
	return count;
}

enum err crew_open(struct crew *crew, const struct config *settings, struct handed *handed,
        size_t handed_count, struct diag_list *diags)
{
	crew->asked_workers = settings->workers;
	crew->count = enough_workers(count_workers(settings), handed, handed_count);
	crew->listen_count = settings->listen_count;
	crew->listen = malloc((settings->listen_count + 1) * sizeof *crew->listen);
	crew->workers = calloc(crew->count, sizeof *crew->workers);
	if (!crew->listen || !crew->workers)
		return ERR_MEMORY;
	memcpy(crew->listen, settings->listen, settings->listen_count * sizeof *crew->listen);
	enum err e =
	        sockets_open(&crew->sockets, settings, crew->count, handed, handed_count, diags);
	if (e != OK)
		return e;
	crew->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (crew->stop < 0)
		return ERR_IO;
	struct tcp_limits limits = tcp_limits(crew);
	while (crew->opened < crew->count) {
		unsigned w = crew->opened++;
		e = worker_open(&crew->workers[w], sockets_of(&crew->sockets, w),
		        crew->sockets.count, crew->stop, &limits, &crew->answer);
		if (e != OK)
			return e;
	}
	return OK;
}

enum err crew_start(struct crew *crew)
{
	while (crew->started < crew->count) {
		enum err e = worker_start(&crew->workers[crew->started]);
		if (e != OK)
			return e;
		crew->started++;
	}
	return OK;
}

static bool is_same_listen(const struct crew *s, const struct config *c)
{
	if (s->listen_count != c->listen_count)
		return false;
	for (size_t i = 0; i < s->listen_count; i++)
		if (addr_compare(&s->listen[i].addr, &c->listen[i].addr) != 0 ||
		        s->listen[i].port != c->listen[i].port)
			return false;
	return true;
}

void crew_compare(const struct crew *crew, const struct config *settings)
{
	if (!is_same_listen(crew, settings))
		log_warning("`listen` has changed: that takes a restart; serving goes on at the "
		            "addresses of the start");
	if (crew->asked_workers != settings->workers)
		log_warning("`workers` has changed: that takes a restart");
}

void crew_count(const struct crew *crew, struct counters *sum)
{
	for (unsigned i = 0; i < crew->opened; i++)
		counters_add(sum, &crew->workers[i].counters);
}

void crew_close(struct crew *crew, bool has_successor)
{
	struct counters sum = {0};
	uint64_t one = 1;

	for (unsigned i = 0; i < crew->started; i++)
		atomic_store(&crew->workers[i].has_successor, has_successor);
	if (crew->started && write(crew->stop, &one, sizeof one) < 0)
		log_error("eventfd: %s", strerror(errno)); /* cannot be: it is written to once */
	for (unsigned i = 0; i < crew->started; i++)
		worker_join(&crew->workers[i]);
	if (crew->started) {
		crew_count(crew, &sum);
		counters_log(&sum);
	}
	for (unsigned i = 0; i < crew->opened; i++)
		worker_close(&crew->workers[i]);
	sockets_close(&crew->sockets);
	if (crew->stop >= 0)
		close(crew->stop);
	free(crew->workers);
	free(crew->listen);
	crew_init(crew);
}
