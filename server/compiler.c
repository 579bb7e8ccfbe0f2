/* SPDX-License-Identifier: ISC */
#include "server/compiler.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server/compiler_files.h"
#include "server/hands.h"
#include "server/sealed.h"
#include "server/settings.h"
#include "zone/renew.h"
#include "zone/sanitized.h"

/* So many zones are compiled, or wait until all before them are. */
#define RENEWALS 8

/* Zones, or customers, are said many at a time: once they have so many octets, and when one brings
 * a file, which is for the last of them. */
#define ITEMS_OCTETS (MESSAGE_MAX / 4)

struct compiler {
	int socket;
	struct message message;
	struct message items; /* not said yet */
	struct compiler_files files;
	struct config config;
	struct hands hands;
	uint32_t parsed; /* files */
	uint64_t pairs;  /* served */
};

/* Say what is in the message. Its file is closed. */
static enum err say(struct compiler *c)
{
	enum err e = message_send(c->socket, &c->message);

	if (c->message.fd >= 0)
		close(c->message.fd);
	return e;
}

static enum err say_items(struct compiler *c)
{
	struct message *m = &c->items;
	enum err e = m->size || m->failed ? message_send(c->socket, m) : OK;

	if (m->fd >= 0)
		close(m->fd);
	message_begin(m, m->kind);
	return e;
}

static enum err begin_item(struct compiler *c, enum message_kind kind)
{
	bool has_room = c->items.kind == kind && c->items.size < ITEMS_OCTETS;
	enum err e = has_room ? OK : say_items(c);

	if (!has_room)
		message_begin(&c->items, kind);
	return e;
}

static enum err end_item(struct compiler *c)
{
	return c->items.fd >= 0 ? say_items(c) : OK;
}

static enum err say_diags(struct compiler *c, const struct diag_list *diags)
{
	struct message *m = &c->message;
	enum err e = OK;

	for (size_t i = 0; i < diags->count && e == OK; i++) {
		const struct diag *d = &diags->items[i];
		message_begin(m, MESSAGE_DIAG);
		message_put32(m, d->severity);
		message_put_text(m, d->place.file ? d->place.file : "");
		message_put32(m, d->place.line);
		message_put32(m, d->place.column);
		message_put_text(m, d->rule);
		message_put_text(m, d->text);
		e = say(c);
	}
	return e;
}

static enum err say_done(struct compiler *c, enum err result)
{
	struct message *m = &c->message;

	message_begin(m, MESSAGE_DONE);
	message_put32(m, result);
	message_put_digest(m, &c->config.digest);
	message_put_digest(m, &c->config.layout);
	message_put32(m, (uint32_t)c->config.plan.source_count);
	message_put32(m, c->parsed);
	message_put64(m, c->pairs);
	message_put64(m, c->config.diags.dropped);
	return say(c);
}

/* What is more than the operator allows is no memory. */
static void limit_memory(const struct config *settings)
{
	rlim_t octets = (rlim_t)settings->reload_memory << 20;

	if (!IS_SANITIZED)
		setrlimit(RLIMIT_AS, &(struct rlimit){octets, octets});
}

/* Returns what reading them came to; *said is whether arpad got it. */
static enum err say_settings(struct compiler *c, const char *path, enum err *said)
{
	struct config settings;

	config_init(&settings);
	enum err e = config_load_settings(&settings, path, &c->files.door);
	if (e == OK) {
		message_begin(&c->message, MESSAGE_SETTINGS);
		settings_put(&c->message, &settings);
		*said = say(c);
		limit_memory(&settings);
	} else {
		*said = say_diags(c, &settings.diags);
	}
	config_free(&settings);
	return e;
}

/* A zone that is being renewed. */
struct renewing {
	struct errand errand;
	struct renew *renew;
	uint32_t zone;
	time_t now;
	struct zone_past past;
	struct image *image; /* of the past */
	bool is_begun;
	enum err result;
	struct zone_renewal renewal; /* without its octets: */
	int fd;                      /* ... they are here; -1 */
};

/* Images are handed over as files, so that is what waits, and no copy of it. */
static void run_renewal(struct errand *e)
{
	struct renewing *z = (struct renewing *)(void *)e;

	z->result = renew_zone(z->renew, z->zone, &z->past, z->now, &z->renewal);
	if (z->result != OK || !z->renewal.octets)
		return;
	z->fd = sealed_make(z->renewal.octets, z->renewal.size);
	if (z->fd < 0)
		z->result = errno == ENOMEM ? ERR_MEMORY : ERR_IO;
	free(z->renewal.octets);
}

static void begin_renewal(struct compiler *c, struct renewing *z, const struct errands *errands)
{
	char name[NAME_TEXT_MAX];

	name_to_text(name, c->config.plan.zones[z->zone].apex);
	const struct manifest_zone *last = manifest_find_zone(&c->files.last, name);
	if (last) {
		z->past.is_known = true;
		z->past.serial = last->serial;
		z->past.is_served = last->is_served && c->files.is_served;
		if (renew_wants_image(z->renew, z->zone))
			z->result = files_open_image(&c->files, last, &z->image);
		z->past.image = z->image;
	}
	z->is_begun = z->result == OK;
	if (z->is_begun)
		errands_begin(errands, &z->errand);
}

static enum err say_zone(struct compiler *c, const struct renewing *z)
{
	struct message *m = &c->items;
	char name[NAME_TEXT_MAX];

	name_to_text(name, c->config.plan.zones[z->zone].apex);
	enum err e = begin_item(c, MESSAGE_ZONE);
	if (e != OK) {
		if (z->fd >= 0)
			close(z->fd);
		return e;
	}
	message_put_text(m, name);
	message_put32(m, z->renewal.how);
	message_put32(m, z->renewal.serial);
	m->fd = z->fd;
	return end_item(c);
}

/* Zones are said in their order, whoever was ready first; none behind one that failed. */
static enum err end_renewal(
        struct compiler *c, struct renewing *z, const struct errands *errands, bool is_wanted)
{
	if (z->is_begun)
		errands_await(errands, &z->errand);
	image_unref(z->image);
	if (z->result == OK && is_wanted)
		return say_zone(c, z);
	if (z->fd >= 0)
		close(z->fd);
	return z->result;
}

static enum err renew_each(struct compiler *c, struct renew *r, const struct errands *errands)
{
	uint32_t count = (uint32_t)c->config.plan.zone_count, begun = 0, ended = 0;
	uint32_t ahead = errands ? RENEWALS : 1;
	struct renewing all[RENEWALS];
	time_t now = time(NULL);
	enum err e = OK;

	while (ended < begun || (e == OK && begun < count)) {
		struct renewing *z = &all[begun % ahead];
		if (e == OK && begun < count && begun - ended < ahead) {
			*z = (struct renewing){.errand.run = run_renewal,
			        .renew = r,
			        .zone = begun++,
			        .now = now,
			        .fd = -1};
			begin_renewal(c, z, errands);
			continue;
		}
		enum err result = end_renewal(c, &all[ended % ahead], errands, e == OK);
		e = e == OK ? result : e;
		renew_leave(r, ++ended);
	}
	return e;
}

static enum err renew_zones(struct compiler *c)
{
	struct config *config = &c->config;
	bool is_side_by_side = false;
	struct renew r;

	enum err e = renew_begin(&r, &config->plan, &config->barriers, &c->files.history,
	        config_sameness(config), &config->diags);
	if (e == OK)
		e = renew_prepare(&r, &is_side_by_side);
	if (e == OK)
		e = renew_each(c, &r, is_side_by_side ? config->errands : NULL);
	renew_end(&r);
	return e == OK ? say_items(c) : e;
}

static enum manifest_customer_state state_of(const struct plan_source *s)
{
	if (s->is_vanished)
		return MANIFEST_VANISHED;
	if (s->state == SOURCE_MISSING)
		return MANIFEST_MISSING;
	return s->state == SOURCE_GOOD ? MANIFEST_GOOD : MANIFEST_REFUSED;
}

/* Put the fragment into the message, unless it is the last one, and that is still there. */
static enum err put_fragment(struct compiler *c, const char *name, const struct plan_source *s,
        const struct manifest_customer *last, bool *is_same)
{
	const struct past *past = last ? history_find(&c->files.history, last->name) : NULL;
	uint8_t *octets;
	size_t size;

	*is_same = s->is_same || s->is_whole;
	if (*is_same || !source_is_served(s))
		return OK;
	enum err e = fragment_write(&octets, &size, name, s);
	if (e != OK)
		return e;
	struct digest d = digest_of(octets, size);
	*is_same = last && digest_equal(&d, &last->fragment) && !(past && past->is_lost);
	if (!*is_same) {
		c->items.fd = sealed_make(octets, size);
		if (c->items.fd < 0)
			e = errno == ENOMEM ? ERR_MEMORY : ERR_IO;
	}
	free(octets);
	return e;
}

static enum err say_customer(struct compiler *c, const struct plan_source *s)
{
	const char *name = c->config.plan.customers[s->customer].name;
	const struct manifest_customer *last = manifest_find_customer(&c->files.last, name);
	uint64_t pairs = 0, layers = 0;
	struct message *m = &c->items;
	bool is_same;

	if (s->is_same && last) {
		pairs = last->pairs;
		layers = last->layers;
	} else if (source_is_served(s)) {
		pairs = s->pair_count;
		layers = s->range_count + s->delegation_count;
	}
	enum err e = begin_item(c, MESSAGE_CUSTOMER);
	if (e == OK)
		e = put_fragment(c, name, s, last, &is_same);
	if (e != OK)
		return e;
	message_put_text(m, name);
	message_put_text(m, s->file);
	message_put32(m, state_of(s));
	message_put32(m, is_same);
	message_put32(m, s->is_same || s->is_known_bad);
	message_put32(m, s->is_known_bad);
	message_put_digest(m, &s->digest);
	message_put_digest(m, &s->refused);
	message_put64(m, pairs);
	message_put64(m, layers);
	c->pairs += pairs;
	c->parsed += s->is_parsed;
	return end_item(c);
}

static enum err say_customers(struct compiler *c)
{
	const struct plan *p = &c->config.plan;
	enum err e = OK;

	for (size_t i = 0; i < p->source_count && e == OK; i++)
		e = say_customer(c, &p->sources[i]);
	return e == OK ? say_items(c) : e;
}

/* Customers first: their fragments are made of pairs that need not stay until the last zone. */
static enum err read_and_renew(struct compiler *c, const char *path)
{
	enum err e = config_load(&c->config, path, &c->files.door, &c->files.history);

	if (e == OK)
		e = say_customers(c);
	return e == OK ? renew_zones(c) : e;
}

/* Until something is served all processors are there to make it ready; then they are for answers.
 */
static void begin_hands(struct compiler *c)
{
	unsigned others = c->files.is_served ? 0 : hands_processors() - 1;

	hands_init(&c->hands, others);
	c->config.errands = others ? &c->hands.errands : NULL;
}

static enum err read_once_or_twice(struct compiler *c, const char *path)
{
	const struct errands *errands = c->config.errands;

	enum err e = read_and_renew(c, path);
	if ((e != ERR_IO && e != ERR_CORRUPT) || !c->files.has_lost ||
	        (!c->config.is_same && !c->config.are_zones_same))
		return e;
	config_free(&c->config);
	config_init(&c->config);
	c->config.errands = errands;
	message_begin(&c->items, MESSAGE_ZONE); /* they are forgotten unsaid, too */
	e = files_begin_anew(&c->files);
	return e == OK ? read_and_renew(c, path) : e;
}

/* Returns how the reload ends; *said is whether arpad could be told. */
static enum err compile(struct compiler *c, const char *path, enum err *said)
{
	enum err e = say_settings(c, path, said);

	if (e == OK && *said == OK)
		e = files_recall(&c->files);
	if (e != OK || *said != OK)
		return e;
	begin_hands(c);
	e = read_once_or_twice(c, path);
	hands_close(&c->hands);
	*said = say_diags(c, &c->config.diags);
	return e;
}

int compiler_run(const char *path)
{
	struct compiler *c = calloc(1, sizeof *c);
	enum err said = OK;

	prctl(PR_SET_NAME,
	        "arpad-compiler");        /* what ps(1) shows; it was started as /proc/self/exe */
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* without arpad there is nobody to work for */
	if (!c || getsockopt(COMPILER_FD, SOL_SOCKET, SO_TYPE, &(int){0},
	                  &(socklen_t){sizeof(int)}) != 0) {
		fprintf(stderr, "arpad: %s is for arpad's own use\n", COMPILER_OPTION);
		free(c);
		return 2;
	}
	c->socket = COMPILER_FD;
	message_begin(&c->items, MESSAGE_ZONE);
	config_init(&c->config);
	files_init(&c->files, c->socket, &c->message);
	enum err e = compile(c, path, &said);
	if (said == OK && !c->files.failed)
		said = say_done(c, e);
	bool is_told = said == OK && !c->files.failed;
	if (IS_SANITIZED) { /* elsewhere the system is quicker */
		config_free(&c->config);
		files_free(&c->files);
		free(c);
	}
	return is_told ? 0 : 1;
}
