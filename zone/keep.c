/* SPDX-License-Identifier: ISC */
#include "zone/keep.h"

#include <string.h>

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
	uint32_t domain = owners_find_name(k->owners, &key, pair->name);
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
	        "%zu of the pairs that this file published last are served no more: zones, "
	        "records, prefixes or domains of arpad.yaml have changed",
	        count);
}

/* Leave out what is not allowed any more. The places are those of a file that is no more. */
static void filter(const struct keep *k, struct plan_source *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->pair_count; i++) {
		struct pair pair = s->pairs[i];
		if (!is_allowed(k, s->customer, &pair))
			continue;
		pair.line = pair.column = 0;
		s->pairs[kept++] = pair;
	}
	s->is_whole = kept == s->pair_count;
	if (!s->is_whole)
		source_tell_dropped(s, s->pair_count - kept, k->diags);
	s->pair_count = kept;
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
	filter(k, s);
	return OK;
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
