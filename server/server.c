/* SPDX-License-Identifier: ISC */
#include "server/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "server/console.h"
#include "server/log.h"

struct server {
	struct updater updater;
	struct crew crew;
	struct console console;
	int signals;    /* signalfd */
	bool is_open;   /* sockets are bound, the control socket listens */
	bool is_ready;  /* workers answer */
	bool is_ending; /* by a signal, by `arpa quit`, by a failure at the start */
	bool is_failed;
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

/* Nothing is served before every socket is bound. The control socket comes before there are
 * threads, for it needs the umask. */
static void open_all(struct server *s)
{
	const struct config *settings = &s->updater.settings;
	struct diag_list diags;
	const char *why;

	diag_init(&diags);
	enum err e = crew_open(&s->crew, settings, &diags);
	log_diags_at(s, &diags, e);
	diag_free(&diags);
	if (e == OK) {
		e = console_open(&s->console, -1, &why);
		if (e != OK)
			log_error("%s: error: %s", settings->control, e == ERR_IO ? why : err_text(e));
	}
	s->is_open = e == OK;
	if (e != OK)
		fail(s);
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
	if (reload->result != RELOAD_NONE)
		snprintf(from, sizeof from, "read in %lu ms", reload->took_ms);
	log_notice("ready: %s, %s; %u worker%s at %u address%s",
	        updater_figures(&s->updater, figures), from, s->crew.count,
	        s->crew.count == 1 ? "" : "s", s->crew.sockets.count,
	        s->crew.sockets.count == 1 ? "" : "es");
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

static void take_turn(struct server *s)
{
	struct pollfd fds[] = {{.fd = s->signals, .events = POLLIN},
	        {.fd = s->console.control ? control_fd(s->console.control) : -1, .events = POLLIN},
	        {.fd = updater_reload_fd(&s->updater), .events = POLLIN},
	        {.fd = updater_watch_fd(&s->updater), .events = POLLIN}};

	poll(fds, sizeof fds / sizeof *fds, updater_timeout_ms(&s->updater));
	if (fds[0].revents)
		take_signals(s);
	if (fds[1].revents)
		control_serve(s->console.control);
	if (s->console.is_quit && !s->is_ending) {
		log_notice("stopping: `arpa quit`");
		s->is_ending = true;
	}
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

enum exit_status server_run(const char *path)
{
	struct server s = {.signals = -1};

	updater_init(&s.updater, path, -1);
	crew_init(&s.crew);
	console_init(&s.console, &s.updater, &s.crew);
	if (open_signals(&s))
		updater_request(&s.updater);
	else
		fail(&s);
	while (!s.is_ending)
		take_turn(&s);
	crew_close(&s.crew);
	console_close(&s.console, false);
	updater_close(&s.updater);
	if (s.signals >= 0)
		close(s.signals);
	return s.is_failed ? EXIT_REFUSED : EXIT_FINE;
}
