/* SPDX-License-Identifier: ISC */
#include "server/server.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "server/load.h"
#include "server/log.h"
#include "server/socket.h"
#include "server/worker.h"
#include "zone/publish.h"

#define UDP_SIZE  1232 /* RFC 9715 */
#define SPARE_FDS 64   /* of files: arpad.yaml and what it names, the log, epoll */

struct server {
	const char *path;
	struct listen_address *listen; /* owned copy, as it was at the start */
	size_t listen_count;
	unsigned asked_workers, workers; /* as written; as there are */
	struct answer_config answer;
	struct sockets sockets;
	struct worker *crew; /* owned */
	unsigned opened, started;
	int stop;                  /* eventfd: all workers end when it is written to */
	struct snapshot *snapshot; /* the published one */
	struct history history;    /* what it came from */
};

enum exit_status server_check(const char *path)
{
	struct load l;
	char text[LOAD_TEXT_MAX];
	enum err e = load_read(&l, path, NULL, NULL);
	size_t errors = l.config.diags.errors, warnings = l.config.diags.warnings;

	diag_print(&l.config.diags, stderr);
	if (e != OK && errors == 0)
		fprintf(stderr, "%s: error: %s\n", path, err_text(e));
	printf("%s: %s%s%zu error%s, %zu warning%s\n", path, e == OK ? load_text(text, &l) : "",
	        e == OK ? ", " : "", errors, errors == 1 ? "" : "s", warnings,
	        warnings == 1 ? "" : "s");
	load_free(&l);
	return e == OK && errors == 0 ? EXIT_FINE : EXIT_REFUSED;
}

/* One a core that this process may use, unless the operator says how many. */
static unsigned count_workers(const struct config *c)
{
	cpu_set_t cores;

	if (c->workers)
		return c->workers;
	unsigned n =
	        sched_getaffinity(0, sizeof cores, &cores) == 0 ? (unsigned)CPU_COUNT(&cores) : 1;
	return n > WORKERS_MAX ? WORKERS_MAX : n;
}

/* Each worker's part of the connections, as many as there are file descriptors for. */
static struct tcp_limits tcp_limits(const struct server *s)
{
	struct rlimit limit;
	rlim_t fixed = SPARE_FDS + (rlim_t)s->workers * (1 + 2 * s->sockets.count);
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
	        .connections = (uint32_t)(connections + s->workers - 1) / s->workers,
	        .a_client = (TCP_A_CLIENT_MAX + s->workers - 1) / s->workers,
	        .idle_ms = TCP_IDLE_MS,
	};
}

/* Sockets and workers, still without threads. */
static enum err open_all(struct server *s, struct config *c)
{
	s->asked_workers = c->workers;
	s->workers = count_workers(c);
	s->listen_count = c->listen_count;
	s->listen = malloc((c->listen_count + 1) * sizeof *s->listen);
	s->crew = calloc(s->workers, sizeof *s->crew);
	if (!s->listen || !s->crew)
		return ERR_MEMORY;
	memcpy(s->listen, c->listen, c->listen_count * sizeof *s->listen);
	enum err e = sockets_open(&s->sockets, c, s->workers, &c->diags);
	if (e != OK)
		return e;
	s->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->stop < 0)
		return ERR_IO;
	struct tcp_limits limits = tcp_limits(s);
	while (s->opened < s->workers) {
		unsigned w = s->opened++;
		e = worker_open(&s->crew[w], sockets_of(&s->sockets, w), s->sockets.count, s->stop,
		        &limits, &s->answer);
		if (e != OK)
			return e;
	}
	return OK;
}

static void publish(struct server *s, struct load *l)
{
	s->snapshot = l->snapshot;
	l->snapshot = NULL; /* the reference is the published one's now */
	struct history last = s->history;
	s->history = l->history;
	l->history = last;
	snapshot_unref(publish_swap(s->snapshot));
}

static enum err start_workers(struct server *s)
{
	while (s->started < s->workers) {
		enum err e = worker_start(&s->crew[s->started]);
		if (e != OK)
			return e;
		s->started++;
	}
	return OK;
}

static void tell_failure(const struct server *s, const struct config *c, enum err e)
{
	if (c->diags.errors == 0 || e == ERR_MEMORY)
		log_error("%s: error: %s%s%s", s->path, err_text(e), e == ERR_IO ? ": " : "",
		        e == ERR_IO ? strerror(errno) : "");
}

/* False, and all is told, when arpad cannot serve. */
static bool start(struct server *s)
{
	struct load l;
	char text[LOAD_TEXT_MAX];
	enum err e = load_read(&l, s->path, NULL, NULL);

	if (e == OK)
		e = open_all(s, &l.config);
	int why = errno;
	log_diags(&l.config.diags);
	if (e == OK) {
		uint64_t generation = l.snapshot->generation;
		publish(s, &l);
		e = start_workers(s);
		why = errno;
		if (e == OK)
			log_notice("ready: %s, generation %llu, read in %lu ms; %u worker%s at %u "
			           "address%s",
			        load_text(text, &l), (unsigned long long)generation, l.took_ms,
			        s->workers, s->workers == 1 ? "" : "s", s->sockets.count,
			        s->sockets.count == 1 ? "" : "es");
	}
	errno = why;
	if (e != OK)
		tell_failure(s, &l.config, e);
	load_free(&l);
	return e == OK;
}

static bool is_same_listen(const struct server *s, const struct config *c)
{
	if (s->listen_count != c->listen_count)
		return false;
	for (size_t i = 0; i < s->listen_count; i++)
		if (addr_compare(&s->listen[i].addr, &c->listen[i].addr) != 0 ||
		        s->listen[i].port != c->listen[i].port)
			return false;
	return true;
}

static void reload(struct server *s)
{
	struct load l;
	char text[LOAD_TEXT_MAX];
	enum err e = load_read(&l, s->path, s->snapshot, &s->history);

	log_diags(&l.config.diags);
	if (e == OK) {
		if (!is_same_listen(s, &l.config))
			log_warning("`listen` has changed: that takes a restart; serving goes on "
			            "at the addresses of the start");
		if (s->asked_workers != l.config.workers)
			log_warning("`workers` has changed: that takes a restart");
		publish(s, &l);
		log_notice("reloaded: %s, generation %llu, read in %lu ms", load_text(text, &l),
		        (unsigned long long)s->snapshot->generation, l.took_ms);
	} else {
		tell_failure(s, &l.config, e);
		log_error("not reloaded: generation %llu goes on being served",
		        (unsigned long long)s->snapshot->generation);
	}
	load_free(&l);
}

/* Signals wait while one is worked on, and any number of SIGHUP waits as one: so what was asked for
 * during a reload leads to one more. Of several that wait sigwait takes the lowest number, SIGHUP,
 * so whether it is time to end is asked before each reload. */
static void wait_for_signals(struct server *s, const sigset_t *signals)
{
	static const struct timespec now = {0, 0};
	sigset_t ends = *signals;
	int number, end = -1;

	sigdelset(&ends, SIGHUP);
	while (sigwait(signals, &number) == 0 && number == SIGHUP &&
	        (end = sigtimedwait(&ends, NULL, &now)) < 0)
		reload(s);
	log_notice("stopping: %s", (end < 0 ? number : end) == SIGINT ? "SIGINT" : "SIGTERM");
}

static void stop(struct server *s)
{
	struct counters sum = {0};
	uint64_t one = 1;

	if (s->started && write(s->stop, &one, sizeof one) < 0)
		log_error("eventfd: %s", strerror(errno)); /* cannot be: it is written to once */
	for (unsigned i = 0; i < s->started; i++) {
		worker_join(&s->crew[i]);
		counters_add(&sum, &s->crew[i].counters);
	}
	for (unsigned i = 0; i < s->opened; i++)
		worker_close(&s->crew[i]);
	if (s->started)
		counters_log(&sum);
	snapshot_unref(publish_swap(NULL));
	sockets_close(&s->sockets);
	if (s->stop >= 0)
		close(s->stop);
	history_free(&s->history);
	free(s->crew);
	free(s->listen);
}

enum exit_status server_run(const char *path)
{
	struct server s = {.path = path, .answer.udp_size = UDP_SIZE, .stop = -1};
	sigset_t signals;

	/* Blocked before there are threads, which inherit that: the main thread takes them with
	 * sigwait. A log that nobody reads any more is no reason to die. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	bool is_started = start(&s);
	if (is_started)
		wait_for_signals(&s, &signals);
	stop(&s);
	return is_started ? EXIT_FINE : EXIT_REFUSED;
}
