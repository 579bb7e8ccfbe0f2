/* SPDX-License-Identifier: ISC */
#include "server/settings.h"

#include <string.h>

static void put_listen(struct message *m, const struct listen_address *l)
{
	message_put32(m, l->addr.len);
	message_put_octets(m, l->addr.octets, sizeof l->addr.octets);
	message_put32(m, l->port);
	message_put32(m, l->place.file != NULL); /* arpad.yaml is where all of them stand */
	message_put32(m, l->place.line);
	message_put32(m, l->place.column);
}

void settings_put(struct message *m, const struct config *c)
{
	message_put_text(m, c->state);
	message_put_text(m, c->control);
	message_put32(m, c->workers);
	message_put32(m, c->watch);
	message_put32(m, c->reload_time_s);
	message_put32(m, c->reload_memory);
	message_put32(m, (uint32_t)c->listen_count);
	for (size_t i = 0; i < c->listen_count; i++)
		put_listen(m, &c->listen[i]);
}

static bool take_listen(struct message *m, const char *file, struct listen_address *out)
{
	uint32_t len = message_take32(m);

	message_take_octets(m, out->addr.octets, sizeof out->addr.octets);
	uint32_t port = message_take32(m);
	bool has_place = message_take32(m);
	out->place.line = message_take32(m);
	out->place.column = message_take32(m);
	out->place.file = has_place ? file : NULL;
	out->addr.len = (uint8_t)len;
	out->port = (uint16_t)port;
	return (len == 4 || len == 16) && port >= 1 && port <= UINT16_MAX;
}

enum err settings_take(struct message *m, struct config *out)
{
	struct arena *arena = &out->plan.arena;
	const char *state = message_take_text(m), *control = message_take_text(m);

	out->state = arena_text(arena, state, strlen(state));
	out->control = arena_text(arena, control, strlen(control));
	out->workers = message_take32(m);
	out->watch = message_take32(m);
	out->reload_time_s = message_take32(m);
	out->reload_memory = message_take32(m);
	out->listen_count = message_take32(m);
	if (out->listen_count == 0 || out->listen_count > LISTEN_MAX || out->workers > WORKERS_MAX)
		return ERR_SYNTAX;
	out->listen = arena_alloc(arena, out->listen_count * sizeof *out->listen);
	if (arena_failed(arena))
		return ERR_MEMORY;
	for (size_t i = 0; i < out->listen_count; i++)
		if (!take_listen(m, out->file, &out->listen[i]))
			return ERR_SYNTAX;
	return message_is_whole(m) ? OK : ERR_SYNTAX;
}
