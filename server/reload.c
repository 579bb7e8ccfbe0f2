/* SPDX-License-Identifier: ISC */
#include "server/reload_desk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/clock.h"
#include "server/compiler.h"
#include "server/sealed.h"
#include "server/state.h"
#include "server/settings.h"

#define MESSAGES_A_TURN 256
#define LAST_WORDS_MS   1000

extern char **environ;

void reload_init(struct reload *r)
{
	memset(r, 0, sizeof *r);
	r->socket = -1;
	arena_init(&r->arena);
	diag_init(&r->diags);
	config_init(&r->settings);
}

void reload_fail(struct reload *r, const char *why)
{
	if (!r->failure)
		r->failure = why ? why : "out of memory";
	r->is_done = true;
}

/* The program that runs now, even where another has taken its place on disk. Signals are as they
 * are for a new process, but for those that end arpad: they are for it alone. */
static int spawn(pid_t *pid, int socket, const char *path)
{
	char option[] = COMPILER_OPTION, name[] = "arpad";
	char *arguments[] = {name, option, (char *)(uintptr_t)path, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t signals;

	int e = posix_spawn_file_actions_init(&files);
	if (e != 0)
		return e;
	e = posix_spawnattr_init(&attributes);
	if (e == 0) {
		sigemptyset(&signals);
		posix_spawnattr_setsigmask(&attributes, &signals);
		sigaddset(&signals, SIGPIPE);
		posix_spawnattr_setsigdefault(&attributes, &signals);
		/* a group of its own: what a terminal sends is for arpad */
		posix_spawnattr_setflags(&attributes,
		        POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
		e = posix_spawn_file_actions_adddup2(&files, socket, COMPILER_FD);
		if (e == 0)
			e = posix_spawn(
			        pid, "/proc/self/exe", &files, &attributes, arguments, environ);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&files);
	return e;
}

enum err reload_start(struct reload *r, const char *path, uint32_t time_s)
{
	int pair[2];

	reload_init(r);
	r->settings.file = path;
	r->began_ms = clock_ms();
	r->deadline_ms = r->began_ms + (uint64_t)time_s * 1000;
	r->message = malloc(sizeof *r->message);
	if (!r->message) {
		reload_fail(r, NULL);
		return ERR_MEMORY;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		reload_fail(r, arena_format(&r->arena, "socketpair: %s", strerror(errno)));
		return ERR_IO;
	}
	int e = spawn(&r->pid, pair[1], path);
	close(pair[1]);
	r->socket = pair[0];
	/* who asks and does not take the answers holds nobody up */
	if (e == 0 && fcntl(r->socket, F_SETFL, O_NONBLOCK) != 0) {
		reload_fail(r, arena_format(&r->arena, "fcntl: %s", strerror(errno)));
		return ERR_IO;
	}
	if (e == 0)
		return OK;
	r->pid = 0;
	reload_fail(r, arena_format(&r->arena, "the compiler cannot be started: %s", strerror(e)));
	return ERR_IO;
}

/* The process has closed its end without a last word: it is no more, or will not be in a moment. */
void reload_tell_death(struct reload *r)
{
	int status;

	if (!r->pid) {
		reload_fail(r, "the compiler is gone");
		return;
	}
	kill(r->pid, SIGKILL);
	if (waitpid(r->pid, &status, 0) != r->pid)
		reload_fail(r, "the compiler is gone");
	else if (WIFSIGNALED(status))
		reload_fail(r, arena_format(&r->arena, "the compiler was ended by signal %d (%s)",
		                       WTERMSIG(status), strsignal(WTERMSIG(status))));
	else
		reload_fail(r, arena_format(&r->arena, "the compiler ended with status %d",
		                       WEXITSTATUS(status)));
	r->pid = 0;
}

static const char *keep_text(struct reload *r, const char *text)
{
	return arena_text(&r->arena, text, strlen(text));
}

static void take_diag(struct reload *r)
{
	struct message *m = r->message;
	enum severity severity = message_take32(m) == DIAG_ERROR ? DIAG_ERROR : DIAG_WARNING;
	const char *file = message_take_text(m);
	struct place place = {.line = message_take32(m)};

	place.column = message_take32(m);
	const char *rule = keep_text(r, message_take_text(m)), *text = message_take_text(m);
	/* the name of a file comes many times in a row */
	const struct diag *last = r->diags.count ? &r->diags.items[r->diags.count - 1] : NULL;
	if (last && last->place.file && strcmp(last->place.file, file) == 0)
		place.file = last->place.file;
	else if (*file)
		place.file = keep_text(r, file);
	if (!message_is_whole(m) || arena_failed(&r->arena))
		reload_fail(r, "the compiler told a mistake that makes no sense");
	else
		diag_add(&r->diags, severity, place, rule, "%s", text);
}

/* The image that came, verified. */
static bool take_image(struct reload *r, struct reload_zone *z)
{
	char name[NAME_TEXT_MAX];
	uint8_t *octets;
	size_t size;

	if (sealed_map(&octets, &size, r->message->fd) != OK)
		return false;
	if (image_open_mapped(&z->image, octets, size) != OK) {
		munmap(octets, size);
		return false;
	}
	name_to_text(name, z->image->apex);
	return z->image->serial == z->serial && strcmp(name, z->name) == 0;
}

static void take_zone(struct reload *r, const struct reload_desk *desk)
{
	(void)desk; /* as take_customer() */
	struct message *m = r->message;
	struct reload_zone z = {.name = keep_text(r, message_take_text(m))};
	uint32_t how = message_take32(m);

	z.how = how == RENEWAL_SAME || how == RENEWAL_MERGED ? (enum renewal)how : RENEWAL_COMPILED;
	z.serial = message_take32(m);
	struct reload_zone *zones = arena_grow(&r->arena, r->zones, r->zone_count,
	        r->zone_count + 1, &r->zone_capacity, sizeof *zones);
	if (!zones || !z.name) {
		reload_fail(r, NULL);
		return;
	}
	bool has_image = message_is_whole(m) && m->fd >= 0; /* it is for the last */
	bool is_sound = !m->failed && has_image == (z.how != RENEWAL_SAME) &&
	                (!has_image || take_image(r, &z));
	r->zones = zones;
	r->zones[r->zone_count++] = z; /* also the owner of an image that is not sound */
	if (!is_sound)
		reload_fail(r, arena_format(&r->arena,
		                       "the compiler's image of zone %s does not verify", z.name));
}

/* Put the fragment that came into the state folder. False when it is none. */
static bool take_fragment(
        struct reload *r, struct reload_customer *c, const struct reload_desk *desk)
{
	uint8_t *octets;
	size_t size;

	if (!desk->state || sealed_map(&octets, &size, r->message->fd) != OK)
		return false;
	c->has_fragment = true;
	c->written = state_write(desk->state, STATE_FRAGMENTS, octets, size, &c->fragment);
	c->write_errno = errno;
	munmap(octets, size);
	return true;
}

static void take_customer(struct reload *r, const struct reload_desk *desk)
{
	struct message *m = r->message;
	struct reload_customer c = {.name = keep_text(r, message_take_text(m))};

	c.file = keep_text(r, message_take_text(m));
	uint32_t state = message_take32(m);
	c.state =
	        state <= MANIFEST_VANISHED ? (enum manifest_customer_state)state : MANIFEST_REFUSED;
	c.is_same_fragment = message_take32(m);
	c.is_unread = message_take32(m);
	c.is_known_bad = message_take32(m);
	c.source = message_take_digest(m);
	c.refused = message_take_digest(m);
	c.pairs = message_take64(m);
	c.layers = message_take64(m);
	struct reload_customer *customers = arena_grow(&r->arena, r->customers, r->customer_count,
	        r->customer_count + 1, &r->customer_capacity, sizeof *customers);
	if (!customers || !c.name || !c.file) {
		reload_fail(r, NULL);
		return;
	}
	bool has_fragment = message_is_whole(m) && m->fd >= 0;
	if (m->failed || *c.name == 0 || *c.file == 0 ||
	        (has_fragment && !take_fragment(r, &c, desk)))
		reload_fail(r, "the compiler's fragment makes no sense");
	r->customers = customers;
	r->customers[r->customer_count++] = c;
}

static void take_items(struct reload *r, const struct reload_desk *desk,
        void (*take)(struct reload *r, const struct reload_desk *desk))
{
	do
		take(r, desk);
	while (!r->is_done && !message_is_whole(r->message));
}

static void take_done(struct reload *r)
{
	struct message *m = r->message;
	uint32_t result = message_take32(m);

	r->result = result <= ERR_REFUSED ? (enum err)result : ERR_CORRUPT;
	r->config = message_take_digest(m);
	r->layout = message_take_digest(m);
	r->files_read = message_take32(m);
	r->files_parsed = message_take32(m);
	r->pairs = message_take64(m);
	r->diags.dropped = message_take64(m);
	r->is_done = true;
	if (!message_is_whole(m))
		reload_fail(r, "the compiler's end makes no sense");
	else if (r->result == ERR_MEMORY)
		reload_fail(r,
		        "the compiler ran out of memory; it may have more with `reload: {memory: "
		        "MIB}`");
	else if (r->result != OK && r->diags.errors == 0)
		reload_fail(r, arena_format(&r->arena, "the compiler: %s", err_text(r->result)));
}

static void forget_result(struct reload *r)
{
	for (size_t i = 0; i < r->zone_count; i++)
		image_unref(r->zones[i].image);
	r->zone_count = r->customer_count = 0;
}

static enum reload_event take_settings(struct reload *r)
{
	if (r->has_settings || settings_take(r->message, &r->settings) != OK) {
		reload_fail(r, "the compiler's settings make no sense");
		return RELOAD_IS_DONE;
	}
	r->has_settings = true;
	r->deadline_ms = r->began_ms + (uint64_t)r->settings.reload_time_s * 1000;
	return RELOAD_HAS_SETTINGS;
}

static enum reload_event serve_message(struct reload *r, const struct reload_desk *desk)
{
	enum reload_event event = RELOAD_GOES_ON;

	switch (r->message->kind) {
	case MESSAGE_OPEN:
		reload_serve_open(r, desk);
		break;
	case MESSAGE_RECALL:
		reload_serve_recall(r, desk);
		break;
	case MESSAGE_REFUSED:
		reload_serve_refused(r, desk);
		break;
	case MESSAGE_SETTINGS:
		event = take_settings(r);
		break;
	case MESSAGE_LAST:
		event = RELOAD_WANTS_LAST;
		break;
	case MESSAGE_DIAG:
		take_diag(r);
		break;
	case MESSAGE_ANEW:
		forget_result(r);
		break;
	case MESSAGE_ZONE:
		take_items(r, desk, take_zone);
		break;
	case MESSAGE_CUSTOMER:
		take_items(r, desk, take_customer);
		break;
	case MESSAGE_DONE:
		take_done(r);
		break;
	case MESSAGE_FILE:
	case MESSAGE_NO_FILE:
	case MESSAGE_HANDOVER:
	case MESSAGE_SOCKET:
	case MESSAGE_LISTENER:
	case MESSAGE_LOCK:
	case MESSAGE_ALL:
	case MESSAGE_TAKEN:
	case MESSAGE_LATE:
	case MESSAGE_KINDS:
		reload_fail(r, "the compiler answers what nobody asked");
		break;
	}
	return r->is_done ? RELOAD_IS_DONE : event;
}

enum reload_event reload_serve(struct reload *r, const struct reload_desk *desk)
{
	for (unsigned i = 0; i < MESSAGES_A_TURN && !r->is_done; i++) {
		enum err e = message_receive(r->socket, r->message, MSG_DONTWAIT);
		if (e == ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK))
			return RELOAD_GOES_ON;
		if (e == ERR_SYNTAX)
			reload_fail(r, "the compiler said what makes no sense");
		else if (e != OK)
			reload_tell_death(r);
		if (e != OK)
			return RELOAD_IS_DONE;
		int came = r->message->fd;
		enum reload_event event = serve_message(r, desk);
		if (came >= 0)
			close(came);
		if (event != RELOAD_GOES_ON)
			return event;
	}
	return r->is_done ? RELOAD_IS_DONE : RELOAD_GOES_ON;
}

void reload_check_time(struct reload *r, uint64_t now_ms)
{
	if (!r->is_done && now_ms >= r->deadline_ms)
		reload_fail(r, arena_format(&r->arena,
		                       "the compiler took longer than %lu s; it may have more with "
		                       "`reload: "
		                       "{time: TIME}`",
		                       (unsigned long)(r->deadline_ms - r->began_ms) / 1000));
}

void reload_end(struct reload *r)
{
	if (r->pid) {
		/* one that has said all ends by itself, with whatever a checker has to say */
		if (r->is_done && !r->failure)
			poll(&(struct pollfd){.fd = r->socket, .events = POLLIN}, 1, LAST_WORDS_MS);
		kill(r->pid, SIGKILL);
		waitpid(r->pid, NULL, 0);
	}
	if (r->socket >= 0)
		close(r->socket);
	forget_result(r);
	diag_free(&r->diags);
	config_free(&r->settings);
	arena_free(&r->arena);
	free(r->message);
	reload_init(r);
}
