/* SPDX-License-Identifier: ISC */
#include "server/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "server/clock.h"
#include "server/console.h"
#include "server/handover.h"
#include "server/log.h"
#include "server/priority.h"

#define SUCCESSOR_MS 60000 /* beyond what a reload may take: a successor has failed */

struct server {
	struct updater updater;
	struct crew crew;
	struct console console;
	int signals;       /* signalfd */
	bool is_replacing; /* another arpad, which hands over what it has; */
	struct handover handover;
	int successor;         /* the line to another one, which is to replace this one; -1 */
	uint64_t successor_ms; /* how long it may take */
	bool is_open;          /* sockets are bound, the control socket listens */
	bool is_ready;         /* workers answer */
	bool is_ending;        /* by a signal, by `arpa quit`, by a failure at the start */
	bool is_failed, is_replaced;
};

static void fail(struct server *s)
{
	s->is_failed = s->is_ending = true;
}

static void log_diags_at(const struct server *s, const struct diag_list *diags, enum err e)
{
	int why = errno;

	log_diags(diags);
	if (e != OK && (diags->errors == 0 || e == ERR_MEMORY))
		log_error("%s: error: %s%s%s", s->updater.path, err_text(e),
		        e == ERR_IO ? ": " : "", e == ERR_IO ? strerror(why) : "");
}

/* With --replace: have what the other one has. It may take its time, and nothing is to be finished
 * here yet, so until then a signal ends this one at once. */
static bool ask_for_all(struct server *s)
{
	const char *control = s->updater.settings.control, *why;
	sigset_t ends;

	if (!s->is_replacing)
		return true;
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_UNBLOCK, &ends, NULL);
	enum err e = handover_ask(&s->handover, control, &why);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	if (e != OK)
		log_error("%s: error: %s", control, why);
	return e == OK;
}

/* The workers' sockets, then the control socket: before there are threads, for it needs the
 * umask. */
static enum err open_sockets(struct server *s)
{
	const struct config *settings = &s->updater.settings;
	struct handover *h = &s->handover;
	struct diag_list diags;
	const char *why;

	diag_init(&diags);
	enum err e = crew_open(&s->crew, settings, h->sockets, h->socket_count, &diags);
	log_diags_at(s, &diags, e);
	diag_free(&diags);
	if (e != OK)
		return e;
	int listener = h->listener;
	h->listener = -1;
	e = console_open(&s->console, listener, &why);
	if (e != OK)
		log_error("%s: error: %s", settings->control, e == ERR_IO ? why : err_text(e));
	return e;
}

/* Nothing is served before every socket is bound. */
static void open_all(struct server *s)
{
	int lock = -1;
	enum err e = ask_for_all(s) ? OK : ERR_REFUSED;

	if (e == OK) {
		lock = s->handover.lock;
		s->handover.lock = -1;
		e = updater_open_state(&s->updater, lock);
	}
	if (e == OK)
		e = open_sockets(s);
	s->is_open = e == OK;
	if (e != OK)
		fail(s);
}

/* The other one may go now: nothing is lost any more. */
static void take_over(struct server *s)
{
	if (!s->is_replacing)
		return;
	if (handover_taken(&s->handover) != OK) {
		log_error("the other arpad did not wait any longer, and goes on; this one ends");
		fail(s);
		return;
	}
	log_notice("the other arpad is replaced");
	handover_close(&s->handover);
	s->is_replacing = false;
}

static void start_workers(struct server *s)
{
	const struct status_reload *reload = &s->updater.report.status;
	char figures[UPDATER_FIGURES_MAX], from[64] = "from the state folder";

	if (!s->is_open || s->is_ready || !updater_is_serving(&s->updater))
		return;
	enum err e = crew_start(&s->crew);
	if (e != OK) {
		log_error("a thread cannot be started: %s", strerror(errno));
		fail(s);
		return;
	}
	s->is_ready = true;
	priority_of_updater();
	take_over(s);
	if (s->is_failed)
		return;
	if (reload->result != RELOAD_NONE)
		snprintf(from, sizeof from, "read in %lu ms", reload->took_ms);
	log_notice("ready: %s, %s; %u worker%s at %u address%s",
	        updater_figures(&s->updater, figures), from, s->crew.count,
	        s->crew.count == 1 ? "" : "s", s->crew.sockets.count,
	        s->crew.sockets.count == 1 ? "" : "es");
}

/* A client wants to take this one's place. No reload runs. */
static void hand_over(struct server *s)
{
	int client = control_take(s->console.control, s->console.successor);

	s->console.has_successor = false;
	if (client < 0) {
		updater_resume(&s->updater);
		return;
	}
	s->successor = handover_give(client, &s->crew.sockets, s->crew.listen,
	        control_listener(s->console.control), s->updater.state.lock);
	s->successor_ms =
	        clock_ms() + (uint64_t)s->updater.settings.reload_time_s * 1000 + SUCCESSOR_MS;
	close(client);
	if (s->successor >= 0) {
		log_notice("another arpad takes over");
	} else {
		log_warning("another arpad wanted to take over, and has gone");
		updater_resume(&s->updater);
	}
}

/* The successor said that it serves, or its line has closed, or time is up. */
static void end_hand_over(struct server *s)
{
	bool is_taken = handover_is_taken(s->successor);

	close(s->successor);
	s->successor = -1;
	if (is_taken) {
		log_notice("stopping: replaced");
		s->is_replaced = s->is_ending = true;
	} else {
		log_warning("the other arpad did not take over; this one goes on");
		updater_resume(&s->updater);
	}
}

/* The reload's figures are told by the updater; what cannot take effect yet is told here. */
static void end_reload(struct server *s)
{
	start_workers(s);
	if (!updater_is_serving(&s->updater)) {
		fail(s); /* the first one, and it was told why */
		return;
	}
	if (s->is_open)
		crew_compare(&s->crew, &s->updater.settings);
	console_tell_reload(&s->console);
	updater_store(&s->updater);
}

static void update(struct server *s)
{
	switch (updater_serve(&s->updater)) {
	case UPDATE_HAS_SETTINGS:
		open_all(s);
		start_workers(s);
		break;
	case UPDATE_IS_DONE:
		end_reload(s);
		break;
	case UPDATE_NOTHING:
		break;
	}
	if (s->console.has_successor && s->successor < 0) {
		updater_pause(&s->updater);
		if (!s->updater.is_running)
			hand_over(s);
	}
}

/* Several of one signal that come while arpad is busy are one. */
static void take_signals(struct server *s)
{
	struct signalfd_siginfo signal;

	while (read(s->signals, &signal, sizeof signal) == (ssize_t)sizeof signal) {
		if (signal.ssi_signo == SIGHUP) {
			updater_request(&s->updater);
			continue;
		}
		log_notice("stopping: %s", signal.ssi_signo == SIGINT ? "SIGINT" : "SIGTERM");
		s->is_ending = true;
	}
}

static int timeout_ms(const struct server *s)
{
	int most = updater_timeout_ms(&s->updater);

	return s->successor >= 0 && (most < 0 || most > 1000) ? 1000 : most;
}

static void take_turn(struct server *s)
{
	/* who is handed over has the control socket, too */
	bool is_mine = s->console.control && s->successor < 0;
	struct pollfd fds[] = {{.fd = s->signals, .events = POLLIN},
	        {.fd = is_mine ? control_fd(s->console.control) : -1, .events = POLLIN},
	        {.fd = updater_reload_fd(&s->updater), .events = POLLIN},
	        {.fd = updater_watch_fd(&s->updater), .events = POLLIN},
	        {.fd = s->successor, .events = POLLIN}};

	poll(fds, sizeof fds / sizeof *fds, timeout_ms(s));
	if (fds[0].revents)
		take_signals(s);
	if (fds[1].revents)
		control_serve(s->console.control);
	if (s->console.is_quit && !s->is_ending) {
		log_notice("stopping: `arpa quit`");
		s->is_ending = true;
	}
	if (s->successor >= 0 && (fds[4].revents || clock_ms() > s->successor_ms))
		end_hand_over(s);
	if (!s->is_ending)
		update(s);
}

static bool open_signals(struct server *s)
{
	sigset_t signals;

	/* Blocked before there are threads, which inherit that. A log that nobody reads any more is
	 * no reason to die. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	s->signals = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (s->signals < 0)
		log_error("signalfd: %s", strerror(errno));
	return s->signals >= 0;
}

static void close_all(struct server *s)
{
	/* one that took over, or that goes on, has the control socket's file */
	bool is_others = s->is_replaced || s->is_replacing || s->successor >= 0;

	crew_close(&s->crew, s->is_replaced);
	console_close(&s->console, is_others);
	updater_close(&s->updater);
	handover_close(&s->handover);
	if (s->successor >= 0)
		close(s->successor);
	if (s->signals >= 0)
		close(s->signals);
}

enum exit_status server_run(const char *path, bool is_replacing)
{
	struct server *s = calloc(1, sizeof *s);

	if (!s) {
		log_error("out of memory");
		return EXIT_REFUSED;
	}
	s->signals = s->successor = -1;
	s->is_replacing = is_replacing;
	updater_init(&s->updater, path);
	crew_init(&s->crew);
	console_init(&s->console, &s->updater, &s->crew);
	handover_init(&s->handover);
	if (open_signals(s))
		updater_request(&s->updater);
	else
		fail(s);
	while (!s->is_ending)
		take_turn(s);
	enum exit_status status = s->is_failed ? EXIT_REFUSED : EXIT_FINE;
	close_all(s);
	free(s);
	return status;
}
