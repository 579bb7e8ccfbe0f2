/* SPDX-License-Identifier: ISC */
#include "conf/delegation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/delegation_draft.h"

static void read_customer(struct yaml *y, void *to)
{
	const struct delegation *d = to;
	struct yaml_text t;

	if (yaml_text(y, &t, "a customer") && !yaml_is_word(&t, d->customer))
		yaml_error(y, t.place, "customer",
		        "this is the file of customer %s, not of %.*s; write `customer: %s`",
		        d->customer, TEXT_ARGS(&t), d->customer);
}

static void read_ttl(struct yaml *y, void *to)
{
	struct delegation *d = to;

	value_read_time(y, &d->ttl_s);
}

/* Add one more name at the host's address. */
static void add_pair(struct yaml *y, struct delegation *d, const struct name *name, uint8_t flags)
{
	struct plan_source *s = d->source;

	if (s->pair_count - d->first == PTR_MAX_AN_ADDRESS) {
		yaml_error(y, d->place, "many-ptr",
		        "more than %d names at one address; receivers look at the first",
		        PTR_MAX_AN_ADDRESS);
		return;
	}
	for (size_t i = d->first; i < s->pair_count; i++)
		if (name_equal(s->pairs[i].name, name->wire))
			yaml_error(y, y->key_place, "duplicate",
			        "the same name twice at one address; remove one");
	struct pair *pairs = arena_grow(&s->arena, s->pairs, s->pair_count, s->pair_count + 1,
	        &s->pair_capacity, sizeof *pairs);
	uint8_t *wire = arena_octets(&s->arena, name->len);
	if (!pairs || !wire)
		return;
	memcpy(wire, name->wire, name->len);
	s->pairs = pairs;
	pairs[s->pair_count++] = (struct pair){.name = wire,
	        .line = d->place.line,
	        .column = clip_column(d->place.column),
	        .addr_len = d->addr.len,
	        .flags = flags,
	        .forward_zone = ZONE_NONE};
	memcpy(pairs[s->pair_count - 1].octets, d->addr.octets, sizeof d->addr.octets);
}

static void read_name(struct yaml *y, void *to)
{
	struct name name;

	if (value_read_host(y, &name))
		add_pair(y, to, &name, 0);
}

static void read_role(struct yaml *y, uint8_t *flags)
{
	struct yaml_text t;

	if (!yaml_text(y, &t, "a role"))
		return;
	if (yaml_is_word(&t, "mail"))
		*flags |= PAIR_ROLE_MAIL;
	else
		yaml_error(y, t.place, "role",
		        "role %.*s is not known; write `role: mail`, or no role", TEXT_ARGS(&t));
}

static void read_forward(struct yaml *y, uint8_t *flags)
{
	bool forward;

	if (value_read_yes(y, &forward) && !forward)
		*flags |= PAIR_FORWARD_NO;
}

/* One of several names, with what holds for it alone. */
struct item {
	struct name name;
	uint8_t flags;
};

static void read_item_name(struct yaml *y, void *to)
{
	struct item *item = to;

	if (!value_read_host(y, &item->name))
		item->name.len = 0;
}

static void read_item_role(struct yaml *y, void *to)
{
	read_role(y, &((struct item *)to)->flags);
}

static void read_item_forward(struct yaml *y, void *to)
{
	read_forward(y, &((struct item *)to)->flags);
}

static const struct yaml_field item_fields[] = {
        {"name", read_item_name, true},
        {"role", read_item_role, false},
        {"forward", read_item_forward, false},
};

/* A name in a list, plain or as a map. */
static void read_item(struct yaml *y, void *to)
{
	struct item item = {0};
	struct place place = y->key_place;

	if (yaml_peek(y) != YAML_MAP) {
		read_name(y, to);
		return;
	}
	yaml_fields(y, item_fields, "a name in a list", &item);
	y->key_place = place;
	if (item.name.len)
		add_pair(y, to, &item.name, item.flags);
}

/* `name` and `names` of a map are two ways to say one thing. */
static bool is_second_way(struct yaml *y, const struct delegation *d)
{
	if (d->source->pair_count == d->first)
		return false;
	yaml_error(
	        y, y->key_place, "duplicate-key", "both `name` and `names`; put all into `names`");
	yaml_skip(y);
	return true;
}

static void read_names(struct yaml *y, void *to)
{
	if (!is_second_way(y, to))
		value_each(y, "a list of host names", read_item, to);
}

static void read_one_name(struct yaml *y, void *to)
{
	if (!is_second_way(y, to))
		read_name(y, to);
}

static void read_host_ttl(struct yaml *y, void *to)
{
	struct delegation *d = to;

	value_read_time(y, &d->host_ttl_s);
}

static void read_host_role(struct yaml *y, void *to)
{
	read_role(y, &((struct delegation *)to)->flags);
}

static void read_host_forward(struct yaml *y, void *to)
{
	read_forward(y, &((struct delegation *)to)->flags);
}

static const struct yaml_field host_fields[] = {
        {"name", read_one_name, false},
        {"names", read_names, false},
        {"ttl", read_host_ttl, false},
        {"role", read_host_role, false},
        {"forward", read_host_forward, false},
};

static void read_host(struct yaml *y, struct delegation *d)
{
	size_t errors = y->diags->errors;

	d->first = d->source->pair_count;
	d->host_ttl_s = TTL_UNSET;
	d->flags = 0;
	if (yaml_peek(y) == YAML_MAP)
		yaml_fields(y, host_fields, "a host", d);
	else
		value_each(y, "a name, a list of names or a map", read_item, d);
	if (d->source->pair_count == d->first && y->diags->errors == errors && !y->failed &&
	        !arena_failed(&d->source->arena))
		yaml_error(y, d->place, "missing-key",
		        "an address without a name; write one, or remove the address");
	for (size_t i = d->first; i < d->source->pair_count; i++) {
		d->source->pairs[i].ttl_s = d->host_ttl_s;
		d->source->pairs[i].flags |= d->flags;
	}
}

static void read_hosts(struct yaml *y, void *to)
{
	struct delegation *d = to;
	struct yaml_text key;

	if (!yaml_enter_map(y, "a map of addresses and names"))
		return;
	while (yaml_key(y, &key)) {
		if (!value_addr(y, &key, &d->addr)) {
			yaml_skip(y);
			continue;
		}
		d->place = key.place;
		read_host(y, d);
	}
}

static const struct yaml_field file_fields[] = {
        {"version", value_read_version, true},
        {"customer", read_customer, true},
        {"ttl", read_ttl, false},
        {"hosts", read_hosts, false},
        {"ranges", delegation_read_ranges, false},
        {"delegate", delegation_read_delegations, false},
};

static void set_ttl(
        uint32_t *ttl_s, bool *is_inherited, const struct delegation *d, uint32_t default_ttl_s)
{
	if (*ttl_s != TTL_UNSET)
		return;
	*is_inherited = d->ttl_s == TTL_UNSET;
	*ttl_s = *is_inherited ? default_ttl_s : d->ttl_s;
}

/* The file's TTL may stand behind its hosts; where it has none, it is the operator's. */
static void set_ttls(struct plan_source *s, const struct delegation *d, uint32_t default_ttl_s)
{
	bool is_inherited = d->ttl_s == TTL_UNSET;

	for (size_t i = 0; i < s->pair_count; i++) {
		struct pair *pair = &s->pairs[i];
		if (pair->ttl_s != TTL_UNSET)
			continue;
		pair->ttl_s = is_inherited ? default_ttl_s : d->ttl_s;
		pair->flags |= is_inherited ? PAIR_TTL_INHERITED : 0;
	}
	for (size_t i = 0; i < s->range_count; i++)
		set_ttl(&s->ranges[i].ttl_s, &s->ranges[i].is_ttl_inherited, d, default_ttl_s);
	for (size_t i = 0; i < s->delegation_count; i++)
		set_ttl(&s->delegations[i].ttl_s, &s->delegations[i].is_ttl_inherited, d,
		        default_ttl_s);
}

/* An inherited TTL is the operator's of today. */
static void renew_ttl(struct plan_source *s, uint32_t *ttl_s, bool is_inherited, uint32_t ttl_now_s)
{
	if (!is_inherited || *ttl_s == ttl_now_s)
		return;
	*ttl_s = ttl_now_s;
	s->is_taken = false;
}

/* What the same octets gave last, with the operator's TTL of today. */
static void take_past(struct plan_source *s, const struct past *past, uint32_t default_ttl_s,
        struct diag_list *diags)
{
	if (fragment_take(&past->fragment, s) != OK) {
		diag_error(diags, ((struct place){s->file, 0, 0}), "memory", "out of memory");
		return;
	}
	s->is_taken = past->is_good;
	for (size_t i = 0; i < s->pair_count; i++) {
		struct pair *pair = &s->pairs[i];
		renew_ttl(s, &pair->ttl_s, pair->flags & PAIR_TTL_INHERITED, default_ttl_s);
	}
	for (size_t i = 0; i < s->range_count; i++) {
		struct plan_range *r = &s->ranges[i];
		renew_ttl(s, &r->ttl_s, r->is_ttl_inherited, default_ttl_s);
	}
	for (size_t i = 0; i < s->delegation_count; i++) {
		struct plan_delegation *one = &s->delegations[i];
		renew_ttl(s, &one->ttl_s, one->is_ttl_inherited, default_ttl_s);
	}
	s->state = SOURCE_GOOD;
}

/* Hosts stay for long, and by the million: keep them without the room that their array grew into.
 * Ranges and delegations are few, and point into the arena. */
static void settle(struct plan_source *s)
{
	size_t room = s->pair_count * sizeof *s->pairs;
	struct arena tight;

	if (arena_failed(&s->arena) || s->range_count || s->delegation_count || !s->pair_count)
		return;
	for (size_t i = 0; i < s->pair_count; i++)
		room += name_length(s->pairs[i].name);
	arena_init(&tight);
	struct pair *pairs = arena_alloc(&tight, room);
	if (!pairs) {
		s->arena.failed = true;
		return;
	}
	uint8_t *name = (uint8_t *)(pairs + s->pair_count);
	for (size_t i = 0; i < s->pair_count; i++) {
		size_t n = name_length(s->pairs[i].name);
		pairs[i] = s->pairs[i];
		pairs[i].name = memcpy(name, s->pairs[i].name, n);
		name += n;
	}
	arena_free(&s->arena);
	s->arena = tight;
	s->pairs = pairs;
	s->pair_capacity = s->pair_count;
}

void delegation_parse(struct plan *plan, uint32_t source, struct input *in, uint32_t ttl_s,
        struct diag_list *diags)
{
	struct plan_source *s = &plan->sources[source];
	struct delegation d = {
	        .source = s, .customer = plan->customers[s->customer].name, .ttl_s = TTL_UNSET};
	size_t errors = diags->errors;
	struct yaml y;

	s->is_parsed = true;
	enum err e = yaml_open_input(&y, s->file, in, diags);
	if (e == OK) {
		yaml_fields(&y, file_fields, "a delegation file", &d);
		yaml_end(&y);
		yaml_close(&y);
		set_ttls(s, &d, ttl_s);
		settle(s);
	}
	if (e == ERR_MEMORY || arena_failed(&s->arena))
		diag_error(diags, ((struct place){s->file, 0, 0}), "memory", "out of memory");
	else if (e == OK && diags->errors == errors)
		s->state = SOURCE_GOOD;
}

/* The file is as it was, under the same arpad.yaml, and nobody needs to look into it. */
static bool is_untouched(
        const struct plan_source *s, const struct past *past, const struct delegation_context *c)
{
	return past && past->is_good && c->is_config_same && !digest_is_none(&past->source) &&
	       c->history->is_untouched &&
	       c->history->is_untouched(c->history->context, past, s->file);
}

bool delegation_open(struct plan *plan, uint32_t source, const struct delegation_context *c,
        struct diag_list *diags, struct input *out)
{
	struct plan_source *s = &plan->sources[source];
	struct past *past = history_find(c->history, plan->customers[s->customer].name);
	struct input in;

	if (is_untouched(s, past, c)) {
		s->digest = past->source;
		s->state = SOURCE_GOOD;
		s->is_same = true;
		return false;
	}
	s->state = SOURCE_REFUSED;
	enum err e = yaml_read_input(&in, s->file, DELEGATION_MAX_OCTETS, c->door, diags);
	if (e == ERR_IO && errno == ENOENT)
		s->state = SOURCE_MISSING;
	else if (e == ERR_MEMORY)
		diag_error(diags, ((struct place){s->file, 0, 0}), "memory", "out of memory");
	if (e != OK)
		return false;
	s->digest = digest_of(in.octets, in.size);
	bool is_known =
	        past && !digest_is_none(&past->source) && digest_equal(&past->source, &s->digest);
	if (is_known && past->is_good && c->is_config_same) {
		s->state = SOURCE_GOOD;
		s->is_same = true;
	} else if (c->is_config_same && c->history->is_refused &&
	           c->history->is_refused(
	                   c->history->context, plan->customers[s->customer].name, &s->digest)) {
		s->refused = s->digest;
		s->is_known_bad = true;
	} else if (is_known && history_open(c->history, past) == OK) {
		take_past(s, past, c->ttl_s, diags);
	} else {
		*out = in;
		return true;
	}
	free(in.octets);
	return false;
}

void delegation_read(struct plan *plan, uint32_t source, const struct delegation_context *c,
        struct diag_list *diags)
{
	struct input in;

	if (delegation_open(plan, source, c, diags, &in))
		delegation_parse(plan, source, &in, c->ttl_s, diags);
}
