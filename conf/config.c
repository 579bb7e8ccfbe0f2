/* SPDX-License-Identifier: ISC */
#include "conf/config.h"

#include <errno.h>
#include <string.h>

#include "conf/delegation.h"
#include "conf/draft.h"
#include "zone/check.h"
#include "zone/layout.h"
#include "zone/version.h"

#define CONFIG_MAX_OCTETS ((size_t)64 << 20)

void config_init(struct config *c)
{
	memset(c, 0, sizeof *c);
	c->watch = true;
	c->reload_time_s = RELOAD_TIME_S;
	c->reload_memory = RELOAD_MEMORY;
	plan_init(&c->plan);
	diag_init(&c->diags);
}

void config_free(struct config *c)
{
	barriers_free(&c->barriers);
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

static enum err open_config(struct yaml *y, struct draft *d, struct input_door *door)
{
	struct config *c = d->config;

	c->folder = folder_of(&c->plan.arena, c->file);
	if (!c->folder)
		return ERR_MEMORY;
	enum err e = yaml_open(y, c->file, CONFIG_MAX_OCTETS, door, &c->diags);
	if (e == ERR_IO && errno == ENOENT)
		diag_error(&c->diags, ((struct place){c->file, 0, 0}), "io",
		        "there is no such file; name the operator's file with -c");
	return e;
}

/* Read arpad.yaml alone. OK may come with mistakes. */
static enum err read_config(struct draft *d)
{
	struct yaml y;

	enum err e = open_config(&y, d, &d->door);
	if (e != OK)
		return e;
	yaml_fields(&y, file_fields, "arpad.yaml", d);
	yaml_end(&y);
	bool is_whole = !y.failed;
	yaml_close(&y);
	if (!is_whole)
		return ERR_REFUSED;
	draft_set_server_defaults(d);
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

/* So many files may be read, and not yet told of. */
#define READINGS 64

/* A file that is being read. */
struct reading {
	struct errand errand;
	bool is_begun;
	struct plan *plan;
	uint32_t source, ttl_s;
	struct input in;
	struct diag_list diags; /* joined in the order of files */
};

static void parse_one(struct errand *e)
{
	struct reading *r = (struct reading *)(void *)e;

	delegation_parse(r->plan, r->source, &r->in, r->ttl_s, &r->diags);
}

static void begin_reading(struct reading *r, const struct errands *errands, struct plan *p,
        uint32_t source, const struct delegation_context *context)
{
	*r = (struct reading){
	        .errand.run = parse_one, .plan = p, .source = source, .ttl_s = context->ttl_s};
	diag_init(&r->diags);
	r->is_begun = delegation_open(p, source, context, &r->diags, &r->in);
	if (r->is_begun)
		errands_begin(errands, &r->errand);
}

static void end_reading(struct reading *r, const struct errands *errands, struct diag_list *diags)
{
	if (r->is_begun)
		errands_await(errands, &r->errand);
	diag_join(diags, &r->diags);
}

/* Files are opened here, one after the other, and parsed by whoever has time. */
static enum err read_all(struct config *c, const struct delegation_context *context)
{
	uint32_t count = (uint32_t)c->plan.source_count;
	struct reading *all = malloc(READINGS * sizeof *all);

	if (!all)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < count; i++) {
		if (i >= READINGS)
			end_reading(&all[i % READINGS], c->errands, &c->diags);
		begin_reading(&all[i % READINGS], c->errands, &c->plan, i, context);
	}
	for (uint32_t i = count > READINGS ? count - READINGS : 0; i < count; i++)
		end_reading(&all[i % READINGS], c->errands, &c->diags);
	free(all);
	return OK;
}

static enum err read_sources(struct draft *d, const struct delegation_context *context)
{
	struct plan *p = &d->config->plan;
	size_t count = p->customer_count;

	p->sources = arena_alloc(&p->arena, (count + 1) * sizeof *p->sources);
	if (!p->sources)
		return ERR_MEMORY;
	p->source_count = p->source_capacity = count;
	for (uint32_t i = 0; i < count; i++) {
		p->sources[i] = (struct plan_source){.file = p->customers[i].file, .customer = i};
		arena_init(&p->sources[i].arena);
	}
	return read_all(d->config, context);
}

/* What arpad.yaml stands for is also what this version makes of it. */
static struct digest first_digest(void)
{
	static const char version[] = ARPAD_VERSION;

	return digest_of(version, sizeof version);
}

/* A file that could not be read for want of memory is not one with mistakes. */
static bool is_out_of_memory(const struct config *c)
{
	for (size_t i = 0; i < c->diags.count; i++)
		if (strcmp(c->diags.items[i].rule, "memory") == 0)
			return true;
	for (size_t i = 0; i < c->plan.source_count; i++)
		if (arena_failed(&c->plan.sources[i].arena))
			return true;
	return arena_failed(&c->plan.arena);
}

static enum err load(struct draft *d, struct input_door *door, const struct history *h)
{
	struct config *c = d->config;

	c->digest = first_digest();
	d->door.digest = &c->digest;
	enum err e = read_config(d);
	if (e == OK)
		e = check_config(c);
	if (e == OK)
		e = barriers_build(&c->barriers, &c->plan);
	if (e != OK)
		return arena_failed(&c->plan.arena) ? ERR_MEMORY : e;
	c->layout = layout_of(&c->plan);
	c->is_same = h && digest_equal(&h->config, &c->digest);
	c->are_zones_same = h && digest_equal(&h->layout, &c->layout);
	const struct delegation_context context = {.ttl_s = d->defaults.ttl_s,
	        .door = door,
	        .history = h,
	        .is_config_same = c->is_same};
	e = read_sources(d, &context);
	if (is_out_of_memory(c))
		return ERR_MEMORY;
	if (e == OK)
		e = plan_check(&c->plan, &c->barriers, h, &c->diags);
	return is_out_of_memory(c) ? ERR_MEMORY : e;
}

enum err config_load(
        struct config *c, const char *path, struct input_door *door, const struct history *h)
{
	struct draft d = {.config = c,
	        .defaults = {.ttl_s = TTL_DEFAULT, .negative_ttl_s = TTL_NEGATIVE_DEFAULT}};

	c->file = path;
	if (door)
		d.door = *door;
	enum err e = load(&d, door, h);
	if (e == ERR_MEMORY)
		diag_error(&c->diags, ((struct place){path, 0, 0}), "memory", "out of memory");
	diag_sort(&c->diags);
	return e;
}

/* `server` among keys of any kind; what is behind it is for config_load(). */
static bool find_server(struct yaml *y, struct draft *d)
{
	struct yaml_text key;

	if (!yaml_enter_map(y, "a map"))
		return false;
	while (yaml_key(y, &key)) {
		if (yaml_is_word(&key, "server")) {
			draft_read_server(y, d);
			return !y->failed;
		}
		yaml_skip(y);
	}
	return !y->failed;
}

enum err config_load_settings(struct config *c, const char *path, struct input_door *door)
{
	struct draft d = {.config = c};
	struct yaml y;

	c->file = path;
	enum err e = open_config(&y, &d, door);
	if (e == OK) {
		bool is_known = find_server(&y, &d);
		yaml_close(&y);
		draft_set_server_defaults(&d);
		/* a mistake elsewhere is for config_load() to tell */
		if (!is_known || d.server_errors)
			e = ERR_REFUSED;
	}
	if (arena_failed(&c->plan.arena))
		e = ERR_MEMORY;
	diag_sort(&c->diags);
	return e;
}
