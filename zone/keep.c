/* SPDX-License-Identifier: ISC */
#include "zone/keep.h"

#include <string.h>

#include "zone/check_layers.h"

struct keep {
	struct plan *plan;
	const struct owners *owners;
	const struct barriers *barriers;
	const struct history *history;
	struct diag_list *diags;
};

static void tell_lost(const struct past *past, const struct plan_source *s, struct diag_list *diags)
{
	diag_error(diags, ((struct place){s->file, 0, 0}), "state",
	        "what customer %s published last is lost or damaged in the state folder; mend or "
	        "touch up this file, so that it can be served without it",
	        past->customer);
}

/* Open the past of a source; say so when it is lost. */
static enum err open_past(const struct history *h, struct past *past, const struct plan_source *s,
        struct diag_list *diags)
{
	enum err e = history_open(h, past);

	if (e == ERR_IO || e == ERR_CORRUPT)
		tell_lost(past, s, diags);
	return e;
}

/* Today's zone for a pair, or false when today's arpad.yaml does not allow it. */
static bool find_forward_zone(const struct keep *k, uint32_t customer, struct pair *pair)
{
	struct trie_key key;

	if (pair->flags & PAIR_FORWARD_NO)
		return true;
	trie_key_from_name(&key, pair->name);
	if (plan_find_forward(k->plan, k->barriers, pair, &key))
		return false;
	if (pair->forward_zone == ZONE_NONE)
		return true;
	uint32_t domain = owners_find_name(k->owners, &key);
	return domain != UINT32_MAX && owners_has_domain(k->owners, domain, customer);
}

static bool is_allowed(const struct keep *k, uint32_t customer, struct pair *pair)
{
	const struct addr a = pair_addr(pair);
	const struct owned_prefix *block = owners_find_addr(k->owners, &a);
	uint32_t zone = plan_find_reverse_zone(k->plan, &a);

	return block && block->customer == customer && zone != ZONE_NONE &&
	       !plan_find_in_way(k->plan, k->barriers, zone, &a) &&
	       find_forward_zone(k, customer, pair);
}

void source_tell_dropped(struct plan_source *s, size_t count, struct diag_list *diags)
{
	s->is_whole = false;
	memset(&s->digest, 0, sizeof s->digest);
	diag_warning(diags, ((struct place){s->file, 0, 0}), "kept-dropped",
	        "%zu of the entries that this file published last are served no more: zones, "
	        "records, prefixes or domains of arpad.yaml have changed",
	        count);
}

/* Returns how many ranges and delegations are left out. */
static size_t filter_layers(const struct layer_check *check, struct plan_source *s)
{
	size_t ranges = 0, delegations = 0, all = s->range_count + s->delegation_count;

	for (size_t i = 0; i < s->range_count; i++) {
		struct plan_range r = s->ranges[i];
		if (!range_is_allowed(check, s, &r))
			continue;
		r.line = r.column = 0;
		s->ranges[ranges++] = r;
	}
	for (size_t i = 0; i < s->delegation_count; i++) {
		struct plan_delegation d = s->delegations[i];
		if (!delegation_is_allowed(check, s, &d))
			continue;
		d.line = d.column = 0;
		s->delegations[delegations++] = d;
	}
	s->range_count = ranges;
	s->delegation_count = delegations;
	return all - ranges - delegations;
}

/* Leave out what is not allowed any more. What lies in a delegation that is left out comes to
 * light. The places are those of a file that is no more. */
static enum err filter(const struct keep *k, struct plan_source *s)
{
	const struct layer_check check = {k->plan, k->owners, k->barriers, NULL};
	size_t kept = 0;
	bool differs = false;

	for (size_t i = 0; i < s->pair_count; i++) {
		struct pair pair = s->pairs[i];
		if (!is_allowed(k, s->customer, &pair))
			continue;
		pair.line = pair.column = 0;
		s->pairs[kept++] = pair;
	}
	size_t dropped = s->pair_count - kept + filter_layers(&check, s);
	s->pair_count = kept;
	enum err e = source_find_shadows(&differs, &check, s);
	if (e == OK)
		e = source_drop_made(&check, k->plan, s, &dropped);
	s->is_whole = dropped == 0 && !differs;
	if (dropped)
		source_tell_dropped(s, dropped, k->diags);
	return e;
}

static enum err keep_source(const struct keep *k, struct plan_source *s, struct past *past)
{
	enum err e = open_past(k->history, past, s, k->diags);

	if (e != OK)
		return e;
	arena_free(&s->arena); /* what a refused file said */
	e = fragment_take(&past->fragment, s);
	if (e != OK)
		return e;
	if (s->state == SOURCE_MISSING) {
		s->is_vanished = true;
		diag_error(k->diags, ((struct place){s->file, 0, 0}), "vanished",
		        "the file is gone; its last pairs stay served: to remove them, remove the "
		        "customer from arpad.yaml");
	}
	s->state = SOURCE_KEPT;
	s->digest = past->source;
	return filter(k, s);
}

enum err plan_keep(struct plan *p, const struct owners *owners, const struct barriers *barriers,
        const struct history *h, struct diag_list *diags)
{
	const struct keep k = {p, owners, barriers, h, diags};
	enum err e = OK;

	for (size_t i = 0; i < p->source_count && e == OK; i++) {
		struct plan_source *s = &p->sources[i];
		struct past *past = source_is_served(s)
		                            ? NULL
		                            : history_find(h, p->customers[s->customer].name);
		if (past)
			e = keep_source(&k, s, past);
	}
	return e;
}

/* Find the zones of what ranges make; false when a record is in the way. */
static bool find_range_zones(
        const struct plan *p, const struct barriers *barriers, struct plan_source *s)
{
	for (size_t i = 0; i < s->range_count; i++)
		if (plan_find_range_zone(p, barriers, &s->ranges[i]))
			return false;
	return true;
}

enum err plan_recall_past(const struct plan *p, struct plan_source *out, struct past *past,
        const struct barriers *barriers, const struct history *h, struct diag_list *diags)
{
	struct trie_key key;

	enum err e = open_past(h, past, out, diags);
	if (e == OK)
		e = fragment_take(&past->fragment, out);
	for (size_t i = 0; e == OK && i < out->pair_count; i++) {
		struct pair *pair = &out->pairs[i];
		if (pair->flags & PAIR_FORWARD_NO)
			continue;
		trie_key_from_name(&key, pair->name);
		if (!plan_find_forward(p, barriers, pair, &key))
			continue;
		e = ERR_CORRUPT; /* it was checked under this very arpad.yaml */
		tell_lost(past, out, diags);
	}
	if (e == OK && !find_range_zones(p, barriers, out)) {
		e = ERR_CORRUPT; /* likewise */
		tell_lost(past, out, diags);
	}
	return e;
}

enum err plan_recall(const struct plan *p, struct plan_source *out, const struct barriers *barriers,
        const struct history *h, struct diag_list *diags)
{
	struct past *past = history_find(h, p->customers[out->customer].name);

	return past ? plan_recall_past(p, out, past, barriers, h, diags) : OK;
}

enum err plan_recall_all(struct plan *p, const struct barriers *barriers, const struct history *h,
        struct diag_list *diags)
{
	enum err e = OK;

	for (size_t i = 0; i < p->source_count && e == OK; i++) {
		struct plan_source *s = &p->sources[i];
		if (!s->is_same || s->is_loaded)
			continue;
		e = plan_recall(p, s, barriers, h, diags);
		s->is_loaded = e == OK;
	}
	return e;
}

enum err plan_recall_layers(struct plan *p, const struct barriers *barriers,
        const struct history *h, struct diag_list *diags)
{
	enum err e = OK;

	for (size_t i = 0; i < p->source_count && e == OK; i++) {
		struct plan_source *s = &p->sources[i];
		struct past *past = s->is_same && !s->is_loaded && !s->has_layers
		                            ? history_find(h, p->customers[s->customer].name)
		                            : NULL;
		if (!past || !past->has_layers)
			continue;
		e = open_past(h, past, s, diags);
		if (e == OK)
			e = fragment_take_layers(&past->fragment, s);
		s->has_layers = e == OK;
		if (e == OK && !find_range_zones(p, barriers, s)) {
			e = ERR_CORRUPT;
			tell_lost(past, s, diags);
		}
	}
	return e;
}
