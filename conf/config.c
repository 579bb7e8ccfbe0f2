/* SPDX-License-Identifier: ISC */
#include "conf/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/delegation.h"
#include "conf/draft.h"
#include "zone/check.h"
#include "zone/records.h"

#define CONFIG_MAX_OCTETS ((size_t)64 << 20)

void config_init(struct config *c)
{
	memset(c, 0, sizeof *c);
	plan_init(&c->plan);
	diag_init(&c->diags);
}

void config_free(struct config *c)
{
	plan_free(&c->plan);
	diag_free(&c->diags);
	config_init(c);
}

const uint8_t *draft_keep_name(struct draft *d, const struct name *name)
{
	uint8_t *wire = arena_octets(&d->config->plan.arena, name->len);

	return wire ? memcpy(wire, name->wire, name->len) : NULL;
}

const char *draft_join_path(const struct draft *d, const char *path)
{
	const struct config *c = d->config;

	if (*path == '/' || strcmp(c->folder, ".") == 0)
		return arena_text(&d->config->plan.arena, path, strlen(path));
	return arena_format(&d->config->plan.arena, "%s/%s", c->folder, path);
}

bool draft_read_path(struct yaml *y, struct draft *d, const char **out)
{
	struct yaml_text t;

	if (!yaml_text(y, &t, "a path"))
		return false;
	if (t.len == 0 || strlen(t.text) != t.len) {
		yaml_error(y, t.place, "path", "not a path; write the name of a file");
		return false;
	}
	*out = draft_join_path(d, t.text);
	return *out != NULL;
}

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

static const struct yaml_field server_fields[] = {
        {"listen", read_listen, false},
        {"workers", read_workers, false},
        {"state", read_state, false},
        {"control", read_control, false},
        {"watch", NULL, false},
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
	yaml_fields(y, server_fields, "`server`", to);
}

static const struct yaml_field file_fields[] = {
        {"version", value_read_version, true},
        {"server", draft_read_server, false},
        {"defaults", draft_read_defaults, false},
        {"zones", draft_read_zones, true},
        {"customers", draft_read_customers, false},
};

/* The folder of a path, as text in the arena. */
static const char *folder_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return arena_text(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

static void set_defaults(struct draft *d)
{
	struct config *c = d->config;

	if (!c->state)
		c->state = draft_join_path(d, "state");
	if (!c->control)
		c->control = draft_join_path(d, "state/control.sock");
	if (c->listen_count == 0) {
		add_listen(c, &(struct listen_address){.addr = {.len = 4}, .port = LISTEN_PORT});
		add_listen(c, &(struct listen_address){.addr = {.len = 16}, .port = LISTEN_PORT});
	}
}

/* Read arpad.yaml alone. OK may come with mistakes. */
static enum err read_config(struct draft *d)
{
	struct config *c = d->config;
	struct yaml y;

	c->folder = folder_of(&c->plan.arena, c->file);
	enum err e = c->folder ? yaml_open(&y, c->file, CONFIG_MAX_OCTETS, &c->diags) : ERR_MEMORY;
	if (e == ERR_IO && errno == ENOENT)
		diag_error(&c->diags, ((struct place){c->file, 0, 0}), "io",
		        "there is no such file; name the operator's file with -c");
	if (e != OK)
		return e;
	yaml_fields(&y, file_fields, "arpad.yaml", d);
	yaml_end(&y);
	bool is_whole = !y.failed;
	yaml_close(&y);
	if (!is_whole)
		return ERR_REFUSED;
	set_defaults(d);
	draft_finish_zones(d);
	return OK;
}

/* The zones and customers among each other, also behind mistakes: all are told in one run. */
static enum err check_config(struct config *c)
{
	enum err e = plan_index_zones(&c->plan, &c->diags);

	if (e == OK)
		e = plan_check_records(&c->plan, &c->diags);
	if (e == OK)
		plan_check_customers(&c->plan, &c->diags);
	return e == OK && c->diags.errors ? ERR_REFUSED : e;
}

static enum err read_sources(struct draft *d)
{
	struct plan *p = &d->config->plan;
	size_t count = p->customer_count;
	uint32_t ttl_s = d->defaults.ttl_s;

	p->sources = arena_alloc(&p->arena, (count + 1) * sizeof *p->sources);
	if (!p->sources)
		return ERR_MEMORY;
	p->source_count = p->source_capacity = count;
	for (uint32_t i = 0; i < count; i++) {
		p->sources[i] = (struct plan_source){.file = p->customers[i].file, .customer = i};
		arena_init(&p->sources[i].arena);
		delegation_read(p, i, ttl_s, &d->config->diags);
	}
	return OK;
}

static enum err load(struct draft *d, const struct snapshot *last)
{
	struct config *c = d->config;
	enum err e = read_config(d);

	if (e == OK)
		e = check_config(c);
	if (e == OK)
		e = read_sources(d);
	if (e == OK)
		e = plan_check(&c->plan, last, &c->diags);
	return arena_failed(&c->plan.arena) ? ERR_MEMORY : e;
}

enum err config_load(struct config *c, const char *path, const struct snapshot *last)
{
	struct draft d = {.config = c,
	        .defaults = {.ttl_s = TTL_DEFAULT, .negative_ttl_s = TTL_NEGATIVE_DEFAULT}};

	c->file = path;
	enum err e = load(&d, last);
	if (e == ERR_MEMORY)
		diag_error(&c->diags, ((struct place){path, 0, 0}), "memory", "out of memory");
	diag_sort(&c->diags);
	return e;
}
