/* SPDX-License-Identifier: ISC */
#include "server/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "zone/version.h"

#define FINISH_MS 200 /* for clients to take their last answers */

void console_init(struct console *c, struct updater *u, struct crew *crew)
{
	*c = (struct console){.updater = u, .crew = crew, .started = time(NULL)};
}

/* What the manifest and the images say, as the status has it. */
struct view {
	struct status_zone *zones;
	struct status_customer *customers;
	size_t zone_count, customer_count;
};

static void view_free(struct view *v)
{
	free(v->zones);
	free(v->customers);
}

static bool view_zones(struct view *v, const struct generation *g)
{
	const struct manifest *m = &g->manifest;
	char name[NAME_TEXT_MAX];

	v->zones = calloc(m->zone_count + 1, sizeof *v->zones);
	for (uint32_t i = 0; v->zones && g->snapshot && i < g->snapshot->count; i++) {
		const struct image *image = g->snapshot->images[i];
		name_to_text(name, image->apex);
		const struct manifest_zone *z = manifest_find_zone(m, name);
		if (z)
			v->zones[v->zone_count++] = (struct status_zone){
			        z->name, z->serial, image->leaf_count, z->changed};
	}
	return v->zones != NULL;
}

static enum status_customer_state state_of(enum manifest_customer_state state)
{
	static const enum status_customer_state states[] = {
	        CUSTOMER_GOOD, CUSTOMER_REFUSED, CUSTOMER_MISSING, CUSTOMER_VANISHED};

	return states[state];
}

static bool view_customers(struct view *v, const struct manifest *m)
{
	v->customers = calloc(m->customer_count + 1, sizeof *v->customers);
	for (size_t i = 0; v->customers && i < m->customer_count; i++) {
		const struct manifest_customer *c = &m->customers[i];
		v->customers[v->customer_count++] = (struct status_customer){
		        c->name, c->file, state_of(c->state), c->since, c->pairs, c->layers};
	}
	return v->customers != NULL;
}

static void print_status(const struct console *c, bool zones_alone, FILE *out)
{
	const struct updater *u = c->updater;
	struct view v = {0};

	if (!view_zones(&v, &u->now) || !view_customers(&v, &u->now.manifest)) {
		status_print_error("out of memory", out);
		view_free(&v);
		return;
	}
	const struct status s = {.version = ARPAD_VERSION,
	        .now = time(NULL),
	        .started = c->started,
	        .published = u->now.manifest.published,
	        .pid = getpid(),
	        .generation = u->now.manifest.generation,
	        .pairs = updater_pairs(u),
	        .state_folder = u->state.path,
	        .zones = v.zones,
	        .zone_count = v.zone_count,
	        .customers = v.customers,
	        .customer_count = v.customer_count,
	        .is_reloading = u->is_running,
	        .is_waiting = u->is_wanted,
	        .reload = &u->report.status};
	if (zones_alone)
		status_print_zones(&s, out);
	else
		status_print(&s, out);
	view_free(&v);
}

static void print_reload(const struct console *c, FILE *out)
{
	struct view v = {0};

	if (view_customers(&v, &c->updater->now.manifest))
		status_print_reload(&c->updater->report.status, v.customers, v.customer_count, out);
	else
		status_print_error("out of memory", out);
	view_free(&v);
}

static void print_stats(const struct console *c, FILE *out)
{
	struct counters sum = {0};

	crew_count(c->crew, &sum);
	status_print_stats(&sum, out);
}

static void print(const struct console *c, enum control_command command, FILE *out)
{
	switch (command) {
	case CONTROL_STATUS:
		print_status(c, false, out);
		break;
	case CONTROL_ZONES:
		print_status(c, true, out);
		break;
	case CONTROL_STATS:
		print_stats(c, out);
		break;
	case CONTROL_RELOAD:
		print_reload(c, out);
		break;
	case CONTROL_QUIT:
	case CONTROL_REPLACE:
		status_print_ok(out);
		break;
	}
}

static void answer(struct console *c, enum control_command command, uint64_t client)
{
	static const char no_memory[] = "{\"ok\":false,\"error\":\"out of memory\"}";
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (out)
		print(c, command, out);
	if (out && fclose(out) == 0)
		control_answer(c->control, client, text, size);
	else
		control_answer(c->control, client, no_memory, sizeof no_memory - 1);
	free(text);
}

/* False when out of memory. */
static bool wait_for(struct waiting *w, uint64_t client)
{
	if (w->count == w->capacity) {
		size_t capacity = w->capacity ? 2 * w->capacity : 8;
		uint64_t *clients = realloc(w->clients, capacity * sizeof *clients);
		if (!clients)
			return false;
		w->clients = clients;
		w->capacity = capacity;
	}
	w->clients[w->count++] = client;
	return true;
}

static void handle(void *context, enum control_command command, uint64_t client)
{
	static const char second[] = "{\"ok\":false,\"error\":\"another one takes over\"}";
	struct console *c = context;

	if (command == CONTROL_RELOAD) {
		/* one that runs may have read the files already */
		struct waiting *w = c->updater->is_running ? &c->next : &c->now;
		updater_request(c->updater);
		if (wait_for(w, client))
			return;
	} else if (command == CONTROL_QUIT) {
		c->is_quit = true;
	} else if (command == CONTROL_REPLACE) {
		if (c->has_successor) /* one that waits for a reload to end, or has gone */
			control_answer(c->control, c->successor, second, sizeof second - 1);
		c->has_successor = true;
		c->successor = client;
		return;
	}
	answer(c, command, client);
}

enum err console_open(struct console *c, int listener, const char **why)
{
	return control_open(&c->control, c->updater->settings.control, listener, handle, c, why);
}

void console_tell_reload(struct console *c)
{
	struct waiting told = c->now;

	for (size_t i = 0; i < told.count && c->control; i++)
		answer(c, CONTROL_RELOAD, told.clients[i]);
	told.count = 0;
	c->now = c->next;
	c->next = told;
}

void console_close(struct console *c, bool keep_path)
{
	if (c->control) {
		control_finish(c->control, FINISH_MS);
		control_close(c->control, keep_path);
	}
	free(c->now.clients);
	free(c->next.clients);
}
