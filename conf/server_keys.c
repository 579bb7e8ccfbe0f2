/* SPDX-License-Identifier: ISC */
/* The `server` part of arpad.yaml. */
#include <stdlib.h>
#include <string.h>

#include "conf/draft.h"

static void read_workers(struct yaml *y, void *to)
{
	struct draft *d = to;
	struct yaml_text t;
	char *end;

	if (!yaml_text(y, &t, "`auto` or a number"))
		return;
	if (yaml_is_word(&t, "auto")) {
		d->config->workers = 0;
		return;
	}
	unsigned long n = t.text[0] >= '1' && t.text[0] <= '9' ? strtoul(t.text, &end, 10) : 0;
	if (n == 0 || end != t.text + t.len || n > WORKERS_MAX)
		yaml_error(y, t.place, "workers",
		        "%.*s is neither `auto` nor a number from 1 to %d", TEXT_ARGS(&t),
		        WORKERS_MAX);
	else
		d->config->workers = (unsigned)n;
}

static void read_state(struct yaml *y, void *to)
{
	struct draft *d = to;

	draft_read_path(y, d, &d->config->state);
}

static void read_control(struct yaml *y, void *to)
{
	struct draft *d = to;

	draft_read_path(y, d, &d->config->control);
}

/* ADDRESS or ADDRESS@PORT; false when it is neither. */
static bool parse_listen(const struct yaml_text *t, struct listen_address *out)
{
	const char *at = memchr(t->text, '@', t->len);
	size_t n = at ? (size_t)(at - t->text) : t->len;
	unsigned long port = LISTEN_PORT;
	char *end;

	if (at) {
		if (at[1] < '1' || at[1] > '9')
			return false;
		port = strtoul(at + 1, &end, 10);
		if (end != t->text + t->len || port > UINT16_MAX)
			return false;
	}
	out->port = (uint16_t)port;
	out->place = t->place;
	return addr_from_text(&out->addr, t->text, n) == OK;
}

static void add_listen(struct config *c, const struct listen_address *l)
{
	struct listen_address *listen = arena_grow(&c->plan.arena, c->listen, c->listen_count,
	        c->listen_count + 1, &c->listen_capacity, sizeof *listen);

	if (!listen)
		return;
	c->listen = listen;
	c->listen[c->listen_count++] = *l;
}

static void read_listen_address(struct yaml *y, void *to)
{
	struct config *c = ((struct draft *)to)->config;
	struct yaml_text t;
	struct listen_address l;

	if (!yaml_text(y, &t, "an address"))
		return;
	if (!parse_listen(&t, &l)) {
		yaml_error(y, t.place, "listen",
		        "%.*s is no address to listen on; write 192.0.2.1@53, or \"::1@53\" in "
		        "quotes",
		        TEXT_ARGS(&t));
		return;
	}
	if (c->listen_count == LISTEN_MAX) {
		yaml_error(y, t.place, "listen", "more than %d addresses to listen on; remove some",
		        LISTEN_MAX);
		return;
	}
	for (size_t i = 0; i < c->listen_count; i++)
		if (c->listen[i].port == l.port && addr_compare(&c->listen[i].addr, &l.addr) == 0)
			yaml_error(y, t.place, "listen", "%.*s is there already; remove one",
			        TEXT_ARGS(&t));
	add_listen(c, &l);
}

static void read_listen(struct yaml *y, void *to)
{
	struct config *c = ((struct draft *)to)->config;
	size_t errors = y->diags->errors;

	value_each(y, "a list of addresses", read_listen_address, to);
	if (c->listen_count == 0 && y->diags->errors == errors && !y->failed)
		yaml_error(y, y->key_place, "listen",
		        "no address to listen on; write one, or remove the key for all addresses");
}

static void read_watch(struct yaml *y, void *to)
{
	value_read_yes(y, &((struct draft *)to)->config->watch);
}

static void read_reload_time(struct yaml *y, void *to)
{
	struct config *c = ((struct draft *)to)->config;
	struct place place = yaml_place(y);

	if (value_read_time(y, &c->reload_time_s) && c->reload_time_s == 0)
		yaml_error(y, place, "number", "no time at all; write 1s or more");
}

static void read_reload_memory(struct yaml *y, void *to)
{
	value_read_number(
	        y, RELOAD_MEMORY_LEAST, UINT32_MAX, &((struct draft *)to)->config->reload_memory);
}

static const struct yaml_field reload_fields[] = {
        {"time", read_reload_time, false},
        {"memory", read_reload_memory, false},
};

static void read_reload(struct yaml *y, void *to)
{
	yaml_fields(y, reload_fields, "`reload`", to);
}

static const struct yaml_field server_fields[] = {
        {"listen", read_listen, false},
        {"workers", read_workers, false},
        {"state", read_state, false},
        {"control", read_control, false},
        {"watch", read_watch, false},
        {"reload", read_reload, false},
        {"user", NULL, false},
        {"rrl", NULL, false},
        {"amplification", NULL, false},
        {"udp-size", NULL, false},
        {"cookie-secret-file", NULL, false},
        {"nsid", NULL, false},
        {"chaos", NULL, false},
        {"tcp", NULL, false},
        {"max-hosts", NULL, false},
        {"max-file-size", NULL, false},
        {"max-change", NULL, false},
};

void draft_read_server(struct yaml *y, void *to)
{
	struct draft *d = to;
	size_t errors = y->diags->errors;

	yaml_fields(y, server_fields, "`server`", to);
	d->server_errors += y->diags->errors - errors;
}

void draft_set_server_defaults(struct draft *d)
{
	struct config *c = d->config;

	if (!c->state)
		c->state = draft_join_path(d, "state");
	if (!c->control && c->state)
		c->control = arena_format(&c->plan.arena, "%s/control.sock", c->state);
	if (c->listen_count == 0) {
		add_listen(c, &(struct listen_address){.addr = {.len = 4}, .port = LISTEN_PORT});
		add_listen(c, &(struct listen_address){.addr = {.len = 16}, .port = LISTEN_PORT});
	}
}
