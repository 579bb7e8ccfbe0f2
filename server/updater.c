/* SPDX-License-Identifier: ISC */
#include "server/updater.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/clock.h"
#include "server/log.h"
#include "server/priority.h"
#include "zone/publish.h"

static void report_init(struct report *r)
{
	*r = (struct report){.status.result = RELOAD_NONE};
	arena_init(&r->arena);
	diag_init(&r->diags);
}

static void report_free(struct report *r)
{
	diag_free(&r->diags);
	arena_free(&r->arena);
	report_init(r);
}

void updater_init(struct updater *u, const char *path)
{
	*u = (struct updater){.path = path};
	config_init(&u->settings);
	generation_init(&u->now);
	reload_init(&u->run);
	report_init(&u->report);
	mistakes_init(&u->mistakes);
	untouched_init(&u->untouched);
}

/* Unpublishes, too: no worker runs any more. */
void updater_close(struct updater *u)
{
	reload_end(&u->run);
	watch_close(u->watch);
	if (updater_is_serving(u))
		publish_swap(NULL);
	generation_free(&u->now);
	if (u->has_state)
		state_close(&u->state);
	report_free(&u->report);
	told_free(&u->told);
	mistakes_free(&u->mistakes);
	untouched_free(&u->untouched);
	config_free(&u->settings);
}

int updater_reload_fd(const struct updater *u)
{
	return u->is_running ? u->run.socket : -1;
}

int updater_watch_fd(const struct updater *u)
{
	return u->watch && u->settings.watch ? watch_fd(u->watch) : -1;
}

static void earliest(uint64_t *due, uint64_t at)
{
	if (at && at < *due)
		*due = at;
}

int updater_timeout_ms(const struct updater *u)
{
	uint64_t due = UINT64_MAX, now = clock_ms();

	if (u->is_running && u->run.is_done) /* it could not begin, and no descriptor tells */
		return 0;
	if (u->is_running)
		earliest(&due, u->run.deadline_ms);
	if (!u->is_paused) {
		earliest(&due, u->settles_ms);
		earliest(&due, u->retry_ms);
	}
	if (due == UINT64_MAX)
		return -1;
	return due <= now ? 0 : due - now > 60000 ? 60000 : (int)(due - now);
}

/* Watching is a help: without it, arpad serves and reloads when it is asked to. */
static void tell_unwatched(struct updater *u)
{
	if (u->watch || !u->has_settings || !u->settings.watch || u->is_unwatched_told)
		return;
	u->is_unwatched_told = true;
	log_warning("files cannot be watched: %s; raise fs.inotify.max_user_instances, or "
	            "write `watch: no` and use `arpa reload`",
	        strerror(u->unwatched_errno));
}

/* Before the first settings nobody knows yet whether it is wanted. */
static void prepare_watch(struct updater *u)
{
	if (!u->watch && (!u->has_settings || u->settings.watch) && watch_open(&u->watch) != OK) {
		u->unwatched_errno = errno;
		u->watch = NULL;
		tell_unwatched(u);
	}
	if (u->watch)
		watch_begin(u->watch);
}

static void end_watch(struct updater *u, bool is_whole)
{
	if (u->watch && u->has_settings && !u->settings.watch) {
		watch_close(u->watch);
		u->watch = NULL;
	}
	if (!u->watch)
		return;
	if (!is_whole)
		watch_abandon(u->watch);
	else if (watch_end(u->watch) != OK)
		log_warning(
		        "not all files can be watched: %s; raise fs.inotify.max_user_watches, or "
		        "use `arpa reload`",
		        strerror(errno));
}

static void begin(struct updater *u)
{
	u->is_wanted = false;
	u->changed_ms = u->settles_ms = u->retry_ms = 0;
	u->is_running = true;
	u->is_quick = !u->is_thorough;
	u->is_thorough = false;
	prepare_watch(u);
	untouched_begin(&u->untouched);
	enum err e = reload_start(&u->run, u->path, u->settings.reload_time_s);
	if (e == OK && updater_is_serving(u))
		priority_of_compiler(u->run.pid);
	(void)e; /* u->run.failure says it, and is_done: the next turn tells */
}

static void request(struct updater *u)
{
	if (u->is_running || u->is_paused)
		u->is_wanted = true;
	else
		begin(u);
}

void updater_request(struct updater *u)
{
	u->is_thorough = true;
	request(u);
}

/* What of the manifest is in the folder still: so much is served at once. */
static void restore(struct updater *u)
{
	char *lost;

	enum err e = generation_restore(&u->now, &u->state, &lost);
	if (e == OK)
		publish_swap(u->now.snapshot);
	else
		log_warning("%s: %s; it is made again before anything is served", u->state.path,
		        lost ? lost : err_text(e));
	free(lost);
}

enum err updater_open_state(struct updater *u, int lock)
{
	const char *why = NULL;
	char *said = NULL;
	bool is_new = true;

	u->has_state = true;
	/* waiting for another arpad is not what a reload may take its time for */
	u->run.deadline_ms = clock_ms() + (uint64_t)u->settings.reload_time_s * 1000;
	enum err e = state_open(&u->state, u->settings.state, lock, &why);
	if (e == OK)
		e = state_read_manifest(&u->state, &u->now.manifest, &is_new, &said);
	if (said)
		log_warning("%s", said);
	free(said);
	if (e == ERR_CORRUPT) { /* as was said; all is read anew */
		manifest_init(&u->now.manifest);
		return OK;
	}
	if (e != OK) {
		if (why)
			log_error("%s", why);
		else
			log_error("%s: %s", u->settings.state,
			        e == ERR_IO ? strerror(errno) : err_text(e));
		return ERR_REFUSED;
	}
	if (!is_new)
		restore(u);
	return OK;
}

void updater_pause(struct updater *u)
{
	u->is_paused = true;
}

void updater_resume(struct updater *u)
{
	uint64_t ours = u->state.sequence;
	struct manifest theirs;
	char *said = NULL;
	bool is_new;

	u->is_paused = false;
	enum err e = state_read_manifest(&u->state, &theirs, &is_new, &said);
	free(said);
	if (e == OK && !is_new && theirs.sequence > ours) {
		/* their serials may have been seen */
		manifest_free(&u->now.manifest);
		u->now.manifest = theirs;
		u->is_foreign = true;
	} else if (e == OK) {
		manifest_free(&theirs);
	}
	updater_request(u);
}

/* Keep the settings of a run as the last ones. */
static enum update take_settings(struct updater *u)
{
	bool is_first = !u->has_settings, was_watching = is_first || u->settings.watch;

	if (!is_first && strcmp(u->settings.state, u->run.settings.state) != 0)
		log_warning("`state` has changed: that takes a restart");
	if (!is_first && strcmp(u->settings.control, u->run.settings.control) != 0)
		log_warning("`control` has changed: that takes a restart");
	config_free(&u->settings);
	u->settings = u->run.settings; /* and all that hangs in its arena */
	config_init(&u->run.settings);
	u->has_settings = true;
	if (!was_watching)
		prepare_watch(u); /* all files are opened from here on, arpad.yaml once more */
	if (!is_first)
		return UPDATE_NOTHING;
	tell_unwatched(u);
	return UPDATE_HAS_SETTINGS;
}

static bool is_unread(const void *context, const char *file)
{
	const struct reload *r = context;

	for (size_t i = 0; i < r->customer_count; i++)
		if (r->customers[i].is_unread && strcmp(r->customers[i].file, file) == 0)
			return true;
	return false;
}

/* What was tried and could not be done, for a reason that is not in the files. */
static void fail(struct updater *u, const char *why)
{
	struct status_reload *s = &u->report.status;

	s->result = RELOAD_FAILED;
	s->error = arena_text(&u->report.arena, why, strlen(why));
	u->retry_wait_ms = u->retry_wait_ms ? 2 * u->retry_wait_ms : UPDATER_RETRY_MS;
	if (u->retry_wait_ms > UPDATER_RETRY_MAX_MS)
		u->retry_wait_ms = UPDATER_RETRY_MAX_MS;
	u->retry_ms = clock_ms() + u->retry_wait_ms;
	log_error("%s: error: %s", u->path, why);
}

static void fail_state(struct updater *u, enum err e)
{
	char why[1000];

	snprintf(why, sizeof why,
	        "the state folder %s cannot be written: %s; what changed is not served, for a "
	        "restart would lose it",
	        u->state.path, e == ERR_IO ? strerror(errno) : err_text(e));
	fail(u, why);
}

static void publish(struct updater *u, struct generation *next)
{
	struct generation last = u->now;

	u->now = *next;
	u->is_foreign = false;
	publish_swap(u->now.snapshot);
	generation_free(&last);
}

/* At a start whose images were lost or out of date, the zones that the manifest on disk has are
 * made again, and can be served whether or not it can be written. */
static enum err write_manifest(
        struct updater *u, struct generation *next, const struct generation_news *news)
{
	enum err e = state_write_manifest(&u->state, &next->manifest);
	int reason = errno;

	if (e == ERR_IO && !news->is_changed && !updater_is_serving(u)) {
		log_warning("the state folder %s cannot be written: %s; what is served is what it "
		            "has",
		        u->state.path, strerror(reason));
		return OK;
	}
	if (e != OK)
		generation_free(next);
	errno = reason;
	return e;
}

/* The result of a run whose files are good enough. */
static void take_result(struct updater *u)
{
	struct reload *r = &u->run;
	struct generation next;
	struct generation_news news;
	const char *why;

	enum err e = generation_build(
	        &next, &u->now, r, &u->state, time(NULL), &u->report.arena, &news, &why);
	if (e == ERR_CORRUPT) {
		fail(u, why ? why : err_text(e));
		return;
	}
	if (e == OK && news.is_told)
		e = write_manifest(u, &next, &news);
	if (e != OK) {
		fail_state(u, e);
		return;
	}
	struct status_reload *s = &u->report.status;
	s->result = news.is_changed ? RELOAD_PUBLISHED : RELOAD_UNCHANGED;
	s->changes = news.changes;
	s->change_count = news.change_count;
	s->zones_merged = news.merged;
	s->zones_compiled = news.compiled;
	u->retry_wait_ms = 0;
	publish(u, &next);
}

static size_t count_bad(const struct manifest *m)
{
	size_t count = 0;

	for (size_t i = 0; i < m->customer_count; i++)
		count += m->customers[i].state == MANIFEST_REFUSED ||
		         m->customers[i].state == MANIFEST_VANISHED;
	return count;
}

const char *updater_figures(const struct updater *u, char out[UPDATER_FIGURES_MAX])
{
	size_t zones = u->now.snapshot ? u->now.snapshot->count : 0;
	uint64_t pairs = updater_pairs(u);

	snprintf(out, UPDATER_FIGURES_MAX, "%zu zone%s, %llu pair%s, generation %llu", zones,
	        zones == 1 ? "" : "s", (unsigned long long)pairs, pairs == 1 ? "" : "s",
	        (unsigned long long)u->now.manifest.generation);
	return out;
}

uint64_t updater_pairs(const struct updater *u)
{
	uint64_t pairs = 0;

	for (size_t i = 0; i < u->now.manifest.customer_count; i++)
		pairs += u->now.manifest.customers[i].pairs;
	return pairs;
}

/* At the start there is nothing to be told beyond that arpad is ready. */
static void tell(struct updater *u, bool was_serving)
{
	const struct status_reload *s = &u->report.status;
	char figures[UPDATER_FIGURES_MAX];
	size_t bad = count_bad(&u->now.manifest);

	if (s->result == RELOAD_REFUSED || s->result == RELOAD_FAILED) {
		if (updater_is_serving(u))
			log_error("not reloaded: generation %llu goes on being served",
			        (unsigned long long)u->now.manifest.generation);
		return;
	}
	if (was_serving)
		log_notice(
		        "%s: %s, read in %lu ms: %u file%s parsed, %u zone%s merged, %u compiled",
		        s->result == RELOAD_PUBLISHED ? "reloaded" : "nothing has changed",
		        updater_figures(u, figures), s->took_ms, s->files_parsed,
		        s->files_parsed == 1 ? "" : "s", s->zones_merged,
		        s->zones_merged == 1 ? "" : "s", s->zones_compiled);
	if (bad && bad != u->bad_told)
		log_warning("%zu customer%s served from what %s last: `arpa status` says why", bad,
		        bad == 1 ? " is" : "s are", bad == 1 ? "he published" : "they published");
	u->bad_told = bad;
}

/* A run has ended well: what good files were read is known. */
static void keep_untouched(struct updater *u)
{
	for (size_t i = 0; i < u->run.customer_count; i++) {
		const struct reload_customer *c = &u->run.customers[i];
		if (c->state == MANIFEST_GOOD)
			untouched_confirm(&u->untouched, c->file, &c->source);
	}
	untouched_end(&u->untouched);
}

/* A run has ended, one way or another. */
static enum update finish(struct updater *u)
{
	struct reload *r = &u->run;
	struct status_reload *s = &u->report.status;

	bool was_serving = updater_is_serving(u);
	report_free(&u->report);
	s->at = time(NULL);
	s->files_read = r->files_read;
	s->files_parsed = r->files_parsed;
	told_log(&u->told, &r->diags, is_unread, r);
	if (r->failure)
		fail(u, r->failure);
	else if (r->result != OK)
		s->result = RELOAD_REFUSED;
	else
		take_result(u);
	if (s->result == RELOAD_PUBLISHED || s->result == RELOAD_UNCHANGED) {
		keep_untouched(u);
		mistakes_renew(&u->mistakes, r);
	}
	end_watch(u, s->result == RELOAD_PUBLISHED || s->result == RELOAD_UNCHANGED);
	s->took_ms = (unsigned long)(clock_ms() - r->began_ms);
	s->generation = u->now.manifest.generation;
	tell(u, was_serving);
	diag_free(&u->report.diags);
	u->report.diags = r->diags; /* with the names in its arena */
	diag_init(&r->diags);
	arena_join(&u->report.arena, &r->arena);
	s->diags = &u->report.diags;
	reload_end(r);
	u->is_running = false;
	return UPDATE_IS_DONE;
}

static void look_at_files(struct updater *u)
{
	uint64_t now = clock_ms();

	if (u->watch && u->settings.watch && watch_read(u->watch)) {
		u->changed_ms = u->changed_ms ? u->changed_ms : now;
		u->settles_ms = now + UPDATER_QUIET_MS;
		if (u->settles_ms > u->changed_ms + UPDATER_SETTLE_MS)
			u->settles_ms = u->changed_ms + UPDATER_SETTLE_MS;
	}
	if (u->settles_ms && now >= u->settles_ms && !u->is_paused) {
		u->changed_ms = u->settles_ms = 0;
		request(u);
	}
	if (u->retry_ms && now >= u->retry_ms && !u->is_running && !u->is_paused)
		updater_request(u);
}

enum update updater_serve(struct updater *u)
{
	const struct reload_desk desk = {u->has_state ? &u->state : NULL, &u->mistakes, u->watch,
	        &u->untouched, u->is_quick};
	enum reload_event event = RELOAD_GOES_ON;

	look_at_files(u);
	if (!u->is_running)
		return UPDATE_NOTHING;
	if (!u->run.is_done)
		event = reload_serve(&u->run, &desk);
	reload_check_time(&u->run, clock_ms());
	if (event == RELOAD_HAS_SETTINGS)
		return take_settings(u);
	if (event == RELOAD_WANTS_LAST)
		reload_answer_last(&u->run, &desk,
		        u->now.manifest.generation ? &u->now.manifest : NULL,
		        updater_is_serving(u) && !u->is_foreign);
	return u->run.is_done ? finish(u) : UPDATE_NOTHING;
}

/* The manifest is also written where its copies differ, after a crash or a failure between the two,
 * or where one is damaged. */
void updater_store(struct updater *u)
{
	bool any = false;
	enum err e = OK;

	if (updater_is_serving(u)) {
		e = generation_store_images(&u->now, &u->state, &any);
		if (e == OK && (any || !u->state.is_whole))
			e = state_write_manifest(&u->state, &u->now.manifest);
	}
	if (e == OK)
		state_sweep(&u->state, &u->now.manifest);
	else
		log_warning("%s: %s: images are not kept; the next start takes longer",
		        u->state.path, e == ERR_IO ? strerror(errno) : err_text(e));
	if (u->is_wanted && !u->is_running && !u->is_paused)
		begin(u);
}
