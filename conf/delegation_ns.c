/* SPDX-License-Identifier: ISC */
/* The name servers of an entry of `delegate`: `ns`, `ds`, `glue`. */
#include <string.h>

#include "conf/delegation_draft.h"
#include "conf/ds.h"

static void read_name_server(struct yaml *y, void *to)
{
	struct delegate *g = to;
	uint16_t count = g->out.ns_count;
	struct name name;

	if (!value_read_host(y, &name))
		return;
	for (unsigned i = 0; i < count; i++) {
		if (!name_equal(g->ns[i], name.wire))
			continue;
		yaml_error(y, y->key_place, "duplicate", "the same name server twice; remove one");
		return;
	}
	if (count == NS_MAX_A_ZONE) {
		yaml_error(y, y->key_place, "many-ns", "more than %d name servers; remove some",
		        NS_MAX_A_ZONE);
		return;
	}
	g->ns[count] = arena_copy(&g->source->arena, name.wire, name.len);
	g->ns_places[count] = y->key_place;
	if (g->ns[count])
		g->out.ns_count++;
}

static void tell_empty(
        struct yaml *y, const struct delegate *g, uint16_t count, size_t errors, const char *rule)
{
	if (count == 0 && y->diags->errors == errors && !y->failed &&
	        !arena_failed(&g->source->arena))
		yaml_error(y, y->key_place, rule, "an empty list; write something, or remove it");
}

void delegate_read_ns(struct yaml *y, void *to)
{
	struct delegate *g = to;
	size_t errors = y->diags->errors;

	g->ns_place = y->key_place;
	value_each(y, "a list of name servers", read_name_server, to);
	tell_empty(y, g, g->out.ns_count, errors, "delegate");
}

static void read_one_ds(struct yaml *y, void *to)
{
	struct delegate *g = to;
	uint16_t count = g->out.ds_count, octets;
	uint8_t rdata[DS_MAX_OCTETS];
	struct yaml_text t;

	if (!yaml_text(y, &t, "a DS record") || !ds_from_text(y, &t, rdata, &octets))
		return;
	for (unsigned i = 0; i < count; i++) {
		if (g->ds[i].octets != octets || memcmp(g->ds[i].rdata, rdata, octets) != 0)
			continue;
		yaml_error(y, t.place, "duplicate", "the same DS record twice; remove one");
		return;
	}
	if (count == DS_MAX_A_CUT) {
		yaml_error(y, t.place, "many-ds", "more than %d DS records; remove some",
		        DS_MAX_A_CUT);
		return;
	}
	g->ds[count] = (struct plan_ds){arena_copy(&g->source->arena, rdata, octets), octets};
	if (g->ds[count].rdata)
		g->out.ds_count++;
}

void delegate_read_ds(struct yaml *y, void *to)
{
	struct delegate *g = to;
	size_t errors = y->diags->errors;

	g->ds_place = y->key_place;
	value_each(y, "a list of DS records", read_one_ds, to);
	tell_empty(y, g, g->out.ds_count, errors, "ds");
}

static void read_glue_addr(struct yaml *y, void *to)
{
	struct delegate *g = to;
	uint16_t count = g->out.glue_count;
	struct yaml_text t;
	struct addr a;

	if (!yaml_text(y, &t, "an address") || !value_addr(y, &t, &a))
		return;
	for (unsigned i = 0; i < count; i++) {
		if (addr_compare(&g->glue[i].addr, &a) != 0 ||
		        !name_equal(g->glue[i].name, g->glue_name.wire))
			continue;
		yaml_error(
		        y, t.place, "duplicate", "the same address twice at one name; remove one");
		return;
	}
	if (count == GLUE_MAX_A_CUT) {
		yaml_error(y, t.place, "many-glue", "more than %d addresses of glue; remove some",
		        GLUE_MAX_A_CUT);
		return;
	}
	g->glue[count] = (struct plan_glue){
	        arena_copy(&g->source->arena, g->glue_name.wire, g->glue_name.len), a};
	g->glue_places[count] = g->glue_name_place;
	if (g->glue[count].name)
		g->out.glue_count++;
}

static bool has_glue(const struct delegate *g, const uint8_t *name)
{
	for (unsigned i = 0; i < g->out.glue_count; i++)
		if (name_equal(g->glue[i].name, name))
			return true;
	return false;
}

void delegate_read_glue(struct yaml *y, void *to)
{
	struct delegate *g = to;
	struct yaml_text key;

	g->glue_place = y->key_place;
	if (!yaml_enter_map(y, "a map of name servers and addresses"))
		return;
	while (yaml_key(y, &key)) {
		if (!value_host(y, &key, &g->glue_name)) {
			yaml_skip(y);
			continue;
		}
		if (has_glue(g, g->glue_name.wire)) {
			yaml_error(y, key.place, "duplicate",
			        "%.*s is there already; write its addresses as one list",
			        TEXT_ARGS(&key));
			yaml_skip(y);
			continue;
		}
		size_t errors = y->diags->errors;
		uint16_t before = g->out.glue_count;
		g->glue_name_place = key.place;
		value_each(y, "an address or a list of addresses", read_glue_addr, g);
		y->key_place = g->glue_name_place;
		tell_empty(y, g, (uint16_t)(g->out.glue_count - before), errors, "glue");
	}
}

/* True when a name is at or below the arpa name of a block that is cut out, or below that of an
 * address in it: its rightmost labels tell. */
static bool is_below_blocks(const struct plan_delegation *d, const uint8_t *name)
{
	struct prefix shared = {d->first, (uint8_t)addr_shared_bits(&d->first, &d->last)}, p;

	while (*name && prefix_from_name(&p, name) != OK)
		name += 1 + *name;
	return *name && p.bits >= delegation_cut_bits(d) && prefix_has_addr(&shared, &p.addr);
}

static bool is_below_cut(const struct plan_delegation *d, const uint8_t *name)
{
	return d->target ? name_is_within(name, d->target, NULL) : is_below_blocks(d, name);
}

static bool is_name_server(const struct delegate *g, const uint8_t *name)
{
	for (unsigned i = 0; i < g->out.ns_count; i++)
		if (name_equal(g->ns[i], name))
			return true;
	return false;
}

void delegate_check_glue(struct yaml *y, const struct delegate *g)
{
	char name[NAME_TEXT_MAX];

	for (unsigned i = 0; i < g->out.ns_count; i++) {
		if (!is_below_cut(&g->out, g->ns[i]) || has_glue(g, g->ns[i]))
			continue;
		name_to_text(name, g->ns[i]);
		yaml_error(y, g->ns_places[i], "glue-missing",
		        "%s lies in the very block that it answers for, where nobody finds it; "
		        "write `glue: {%s: ADDRESS}`",
		        name, name);
	}
	for (unsigned i = 0; i < g->out.glue_count; i++) {
		if (i && name_equal(g->glue[i].name, g->glue[i - 1].name))
			continue;
		name_to_text(name, g->glue[i].name);
		if (!is_name_server(g, g->glue[i].name))
			yaml_error(y, g->glue_places[i], "glue",
			        "%s is none of the name servers here; write it into `ns`, or "
			        "remove it",
			        name);
		else if (!is_below_cut(&g->out, g->glue[i].name))
			yaml_error(y, g->glue_places[i], "glue",
			        "%s lies outside of what is delegated, and its own zone answers "
			        "for its addresses; remove it",
			        name);
	}
}
