/* SPDX-License-Identifier: ISC */
#include "zone/conflict.h"

#include <stdlib.h>
#include <string.h>

#include "zone/conflict_layers.h"
#include "zone/hash.h"

/* Who has a name so far. */
struct claim {
	const struct pair *pair; /* NULL: the slot is free */
	uint32_t source;
};

/* Claims of names, open addressing, at most half full. */
struct contest {
	struct plan *plan;
	const struct owners *owners;
	const struct history *history;
	struct diag_list *diags;
	struct claim *slots;
	size_t mask;
	uint64_t seed;    /* of the slots */
	bool has_refused; /* in this round */
	enum err failed;  /* sticky */
};

/* True for a pair whose name somebody else could claim, too. */
static bool is_contestable(const struct contest *c, const struct pair *pair)
{
	struct trie_key key;

	if (pair->forward_zone == ZONE_NONE)
		return false;
	trie_key_from_name(&key, pair->name);
	uint32_t domain = owners_find_name(c->owners, &key);
	return domain != UINT32_MAX && owners_is_shared(c->owners, domain);
}

/* The slot of a name: that of its claim, or a free one. */
static struct claim *find_slot(const struct contest *c, const uint8_t *name)
{
	size_t n = name_length(name), at = hash_octets(c->seed, name, n) & c->mask;

	while (c->slots[at].pair && (name_length(c->slots[at].pair->name) != n ||
	                                    memcmp(c->slots[at].pair->name, name, n) != 0))
		at = (at + 1) & c->mask;
	return &c->slots[at];
}

static void refuse(struct contest *c, uint32_t loser, const struct pair *at, uint32_t winner,
        const struct pair *there)
{
	struct plan_source *source = &c->plan->sources[loser];
	const struct plan_source *other = &c->plan->sources[winner];
	char name[NAME_TEXT_MAX];

	name_to_text(name, at->name);
	if (there->line)
		diag_error(c->diags, pair_place(source, at), "conflict-name",
		        "%s is published by customer %s already, at %s:%u:%u; choose another name",
		        name, c->plan->customers[other->customer].name, other->file, there->line,
		        there->column);
	else
		diag_error(c->diags, pair_place(source, at), "conflict-name",
		        "%s is published by customer %s already, from %s as it was before its "
		        "mistakes; choose another name",
		        name, c->plan->customers[other->customer].name, other->file);
	source->state = SOURCE_REFUSED;
	c->has_refused = true;
}

/* True when a source's customer published the name last: then he holds it. What is lost speaks for
 * nobody: who is refused then, and cannot be kept, is told with his file. */
static bool holds(struct contest *c, const struct claim *claim)
{
	const struct plan_source *s = &c->plan->sources[claim->source];
	bool holds = s->state == SOURCE_KEPT;
	struct past *past = history_find(c->history, c->plan->customers[s->customer].name);

	if (holds || !past || c->failed != OK)
		return holds;
	enum err e = past_holds(&holds, c->history, past, claim->pair->name);
	if (e != OK && e != ERR_IO && e != ERR_CORRUPT)
		c->failed = e;
	return e == OK && holds;
}

/* Each name to the first who holds it, else to the first. Returns whether one has several claims.
 */
static bool place_claims(struct contest *c)
{
	bool is_contested = false;

	for (uint32_t i = 0; i < c->plan->source_count; i++) {
		const struct plan_source *s = &c->plan->sources[i];
		for (size_t k = 0; source_is_served(s) && k < s->pair_count; k++) {
			const struct claim claim = {&s->pairs[k], i};
			if (!is_contestable(c, claim.pair))
				continue;
			struct claim *slot = find_slot(c, claim.pair->name);
			bool is_other = slot->pair && slot->source != i;
			if (!slot->pair || (is_other && !holds(c, slot) && holds(c, &claim)))
				*slot = claim;
			is_contested |= is_other;
		}
	}
	return is_contested;
}

/* The claim of another who holds the pair's name before this source; NULL when there is none. */
static const struct claim *find_holder(struct contest *c, uint32_t number, const struct pair *pair)
{
	const struct claim *slot = is_contestable(c, pair) ? find_slot(c, pair->name) : NULL;

	return slot && slot->pair && slot->source != number && holds(c, slot) ? slot : NULL;
}

/* Two hold one name when it was in no zone here, or below a cut: what is kept goes without it. The
 * pairs that are claims stay where they are. */
static void drop_held(struct contest *c, uint32_t number)
{
	struct plan_source *s = &c->plan->sources[number];
	size_t count = 0;

	for (size_t i = 0; i < s->pair_count; i++)
		count += find_holder(c, number, &s->pairs[i]) == NULL;
	if (count == s->pair_count)
		return;
	struct pair *pairs = arena_alloc(&s->arena, (count + 1) * sizeof *pairs);
	if (!pairs) {
		c->failed = ERR_MEMORY;
		return;
	}
	count = 0;
	for (size_t i = 0; i < s->pair_count; i++)
		if (!find_holder(c, number, &s->pairs[i]))
			pairs[count++] = s->pairs[i];
	size_t dropped = s->pair_count - count;
	s->pairs = pairs;
	s->pair_count = s->pair_capacity = count;
	source_tell_dropped(s, dropped, c->diags);
}

static void yield_to_holders(struct contest *c)
{
	for (uint32_t i = 0; i < c->plan->source_count; i++) {
		const struct plan_source *s = &c->plan->sources[i];
		if (s->state == SOURCE_KEPT)
			drop_held(c, i);
		if (s->state != SOURCE_GOOD)
			continue;
		for (size_t k = 0; k < s->pair_count; k++) {
			const struct claim *holder = find_holder(c, i, &s->pairs[k]);
			if (holder)
				refuse(c, i, &s->pairs[k], holder->source, holder->pair);
		}
	}
}

/* A good source against what is claimed already; it claims its own names only if it stays good. */
static void contest_in_order(struct contest *c, uint32_t number)
{
	struct plan_source *s = &c->plan->sources[number];

	for (size_t i = 0; s->state != SOURCE_KEPT && i < s->pair_count; i++) {
		const struct claim *slot =
		        is_contestable(c, &s->pairs[i]) ? find_slot(c, s->pairs[i].name) : NULL;
		if (slot && slot->pair && slot->source != number)
			refuse(c, number, &s->pairs[i], slot->source, slot->pair);
	}
	if (!source_is_served(s))
		return;
	for (size_t i = 0; i < s->pair_count; i++)
		if (is_contestable(c, &s->pairs[i]))
			*find_slot(c, s->pairs[i].name) = (struct claim){&s->pairs[i], number};
}

static void go_in_order(struct contest *c)
{
	static const enum source_state order[] = {SOURCE_KEPT, SOURCE_GOOD};

	memset(c->slots, 0, (c->mask + 1) * sizeof *c->slots);
	for (unsigned k = 0; k < 2; k++)
		for (uint32_t i = 0; i < c->plan->source_count; i++)
			if (c->plan->sources[i].state == order[k])
				contest_in_order(c, i);
}

/* Only when nobody has to yield to a holder it goes by order: a file that is refused itself takes
 * no name from others. */
static enum err run_round(struct contest *c)
{
	size_t claims = 0, size = 64;

	for (size_t i = 0; i < c->plan->source_count; i++)
		if (source_is_served(&c->plan->sources[i]))
			claims += c->plan->sources[i].pair_count;
	while (size < claims * 2)
		size *= 2;
	c->slots = calloc(size, sizeof *c->slots);
	if (!c->slots)
		return ERR_MEMORY;
	c->mask = size - 1;
	c->has_refused = false;
	if (place_claims(c)) {
		yield_to_holders(c);
		if (!c->has_refused)
			go_in_order(c);
	}
	free(c->slots);
	return c->failed;
}

/* What did not change must be there to be claimed against, where its customer shares a domain. */
static enum err recall_sharers(struct plan *p, const struct owners *owners,
        const struct barriers *barriers, const struct history *h, struct diag_list *diags)
{
	bool *shares = calloc(p->customer_count + 1, sizeof *shares);
	enum err e = shares ? OK : ERR_MEMORY;

	uint32_t distinct = e == OK ? owners->index.count : 0;
	for (uint32_t d = 0; d < distinct; d++)
		for (uint32_t i = owners->begin[d]; i < owners->begin[d + 1]; i++)
			shares[owners->customers[i]] |= owners_is_shared(owners, d);
	for (size_t i = 0; e == OK && i < p->source_count; i++)
		if (shares[p->sources[i].customer] && p->sources[i].is_same &&
		        !p->sources[i].is_loaded) {
			e = plan_recall(p, &p->sources[i], barriers, h, diags);
			p->sources[i].is_loaded = e == OK;
		}
	free(shares);
	return e;
}

enum err plan_settle_conflicts(struct plan *p, const struct owners *owners,
        const struct barriers *barriers, const struct history *h, struct diag_list *diags)
{
	struct contest c = {
	        .plan = p, .owners = owners, .history = h, .diags = diags, .seed = hash_seed()};

	enum err e = plan_recall_layers(p, barriers, h, diags);
	if (e == OK && owners->has_shared)
		e = recall_sharers(p, owners, barriers, h, diags);
	while (e == OK) {
		c.has_refused = false;
		if (owners->has_shared)
			e = run_round(&c);
		if (e == OK && !c.has_refused)
			e = plan_contest_layers(p, owners, h, diags, &c.has_refused);
		if (e != OK || !c.has_refused)
			break;
		e = plan_keep(p, owners, barriers, h, diags);
	}
	return e;
}
