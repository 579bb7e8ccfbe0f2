/* SPDX-License-Identifier: ISC */
#include "zone/keep.h"

#include <stdlib.h>
#include <string.h>

#include "zone/authors.h"
#include "zone/lookup.h"

/* What a snapshot has at a name; false when it lies in no zone or nothing is there. *is_ours says
 * whether it lies in a zone. */
static bool find_owner(const struct snapshot *s, const uint8_t *name, struct entry *out,
        const struct image **image, bool *is_ours)
{
	uint8_t at[NAME_MAX_LABELS + 1];
	struct trie_key key;
	struct lookup found;

	trie_key_from_name(&key, name);
	uint32_t zone = zone_index_find(&s->index, &key, name);
	*is_ours = zone != ZONE_NONE;
	if (!*is_ours)
		return false;
	*image = s->images[zone];
	lookup_name(&found, *image, &key, name, at, name_find_labels(at, name));
	*out = found.entry;
	return found.kind == LOOKUP_OWNER;
}

static uint16_t address_type(const struct addr *a)
{
	return a->len == 4 ? RR_A : RR_AAAA;
}

/* The customer of today who had an address in a snapshot. */
static uint32_t find_author(const struct snapshot *s, const uint32_t *today, const struct addr *a)
{
	uint32_t author = authors_find(s->authors, a);

	return author == CUSTOMER_NONE ? CUSTOMER_NONE : today[author];
}

uint32_t keep_find_holder(const struct snapshot *last, const uint32_t *today, const uint8_t *name)
{
	static const uint8_t lengths[] = {4, 16};
	const struct image *image;
	struct entry entry;
	struct rrset set;
	bool is_ours;

	if (!last || !find_owner(last, name, &entry, &image, &is_ours))
		return CUSTOMER_NONE;
	for (unsigned i = 0; i < 2; i++) {
		struct addr a = {.len = lengths[i]};
		if (!image_find_rrset(&entry, address_type(&a), &set))
			continue;
		memcpy(a.octets, set.records, a.len);
		return find_author(last, today, &a);
	}
	return CUSTOMER_NONE;
}

/* True when the snapshot leads from the name to the address; *is_ours as above. */
static bool leads_back(
        const struct snapshot *s, const uint8_t *name, const struct addr *a, bool *is_ours)
{
	const struct image *image;
	struct entry entry;
	struct rrset set;

	if (!find_owner(s, name, &entry, &image, is_ours) ||
	        !image_find_rrset(&entry, address_type(a), &set))
		return false;
	for (unsigned i = 0; i < set.count; i++)
		if (memcmp(set.records + (size_t)i * a->len, a->octets, a->len) == 0)
			return true;
	return false;
}

/* The work of plan_keep(). */
struct keep {
	struct plan *plan;
	const struct owners *owners;
	const struct barriers *barriers;
	const struct snapshot *last;
	struct diag_list *diags;
	size_t dropped;
	bool *wanted;    /* a source each */
	uint32_t *today; /* of each author of `last`: his number now */
};

/* Today's zone for a pair, or false when today's arpad.yaml does not allow it. */
static bool find_forward_zone(const struct keep *k, uint32_t source, struct pair *pair)
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
	return domain != UINT32_MAX &&
	       owners_has_domain(k->owners, domain, k->plan->sources[source].customer);
}

/* Take back one PTR record, unless it was the operator's. */
static enum err keep_pair(struct keep *k, uint32_t source, const struct addr *a,
        const uint8_t *owner, const struct image *image, const struct rrset *set,
        const uint8_t *record)
{
	struct plan_source *s = &k->plan->sources[source];
	uint8_t rdata[NAME_MAX_OCTETS];
	bool is_ours;

	size_t n = image_rdata(image, RR_PTR, record, rdata);
	if (authors_has_ptr(k->last->authors, owner, rdata))
		return OK;
	struct pair pair = {
	        .addr_len = a->len, .ttl_s = set->ttl_s, .forward_zone = ZONE_NONE, .name = rdata};
	memcpy(pair.octets, a->octets, sizeof pair.octets);
	if (!leads_back(k->last, rdata, a, &is_ours) && is_ours)
		pair.flags = PAIR_FORWARD_NO;
	uint32_t zone = plan_find_reverse_zone(k->plan, a);
	if (!find_forward_zone(k, source, &pair) || zone == ZONE_NONE ||
	        plan_find_in_way(k->plan, k->barriers, zone, a)) {
		k->dropped++;
		return OK;
	}
	pair.name = arena_copy(&s->arena, rdata, n);
	struct pair *pairs = arena_grow(&s->arena, s->pairs, s->pair_count, s->pair_count + 1,
	        &s->pair_capacity, sizeof *pairs);
	if (!pair.name || !pairs)
		return ERR_MEMORY;
	s->pairs = pairs;
	s->pairs[s->pair_count++] = pair;
	return OK;
}

/* Take back what an owner has, if it is an address of a source that wants it. */
static enum err keep_owner(struct keep *k, const struct image *image, const struct plan_zone *zone,
        const struct entry *entry)
{
	uint8_t labels[NAME_MAX_OCTETS];
	struct name owner;
	struct addr a;
	struct rrset set;
	enum err e = OK;

	if (!image_find_rrset(entry, RR_PTR, &set))
		return OK;
	size_t n = image_owner_labels(image, entry, labels);
	if (name_join(&owner, labels, n, image->apex) != OK ||
	        !plan_addr_of_name(&a, zone, owner.wire))
		return OK;
	uint32_t author = find_author(k->last, k->today, &a);
	if (author == CUSTOMER_NONE || !k->wanted[author])
		return OK;
	const struct owned_prefix *block = owners_find_addr(k->owners, &a);
	if (!block || block->customer != author) {
		k->dropped += set.count;
		return OK;
	}
	const uint8_t *record = set.records;
	for (unsigned i = 0; i < set.count && e == OK; i++) {
		e = keep_pair(k, author, &a, owner.wire, image, &set, record);
		record += image_record_size(RR_PTR, record);
	}
	return e;
}

/* Today's zone of this apex; where there is none, one without any block. */
static const struct plan_zone *zone_of(const struct keep *k, const struct image *image)
{
	static const struct plan_zone none;
	uint32_t zone = plan_find_zone(k->plan, image->apex);

	if (zone == ZONE_NONE || !name_equal(k->plan->zones[zone].apex, image->apex))
		return &none;
	return &k->plan->zones[zone];
}

static enum err keep_all(struct keep *k)
{
	enum err e = OK;

	for (uint32_t i = 0; i < k->last->count; i++) {
		const struct image *image = k->last->images[i];
		const struct plan_zone *zone = zone_of(k, image);
		struct trie_cursor c;
		uint32_t leaf;
		trie_cursor_init(&c, image->nodes, image->node_count);
		while (e == OK && trie_next(&c, &leaf)) {
			struct entry entry = image_entry(image, leaf);
			e = keep_owner(k, image, zone, &entry);
		}
	}
	return e;
}

/* Forget what a refused file said. */
static bool clear_unserved(struct keep *k)
{
	bool any = false;

	for (size_t i = 0; i < k->plan->source_count; i++) {
		struct plan_source *s = &k->plan->sources[i];
		if (source_is_served(s))
			continue;
		any = k->wanted[i] = true;
		s->pairs = NULL;
		s->pair_count = s->pair_capacity = 0;
		arena_free(&s->arena);
	}
	return any;
}

static void tell_kept(struct keep *k)
{
	for (size_t i = 0; i < k->plan->source_count; i++) {
		struct plan_source *s = &k->plan->sources[i];
		if (!k->wanted[i] || s->pair_count == 0)
			continue;
		if (s->state == SOURCE_MISSING)
			diag_error(k->diags, ((struct place){s->file, 0, 0}), "vanished",
			        "the file is gone; its last pairs stay served: to remove them, "
			        "remove the customer from arpad.yaml");
		s->state = SOURCE_KEPT;
	}
}

enum err plan_keep(struct plan *p, const struct owners *owners, const struct barriers *barriers,
        const struct snapshot *last, struct diag_list *diags)
{
	struct keep k = {.plan = p,
	        .owners = owners,
	        .barriers = barriers,
	        .last = last,
	        .diags = diags,
	        .wanted = calloc(p->source_count + 1, sizeof *k.wanted)};
	enum err e = k.wanted ? OK : ERR_MEMORY;

	if (e == OK && last && clear_unserved(&k))
		e = authors_today(&k.today, last->authors, p);
	if (e == OK && k.today)
		e = keep_all(&k);
	if (e == OK)
		tell_kept(&k);
	if (k.dropped)
		diag_warning(diags, ((struct place){NULL, 0, 0}), "kept-dropped",
		        "%zu pairs of refused files are served no more: zones, prefixes or "
		        "domains in arpad.yaml have changed",
		        k.dropped);
	free(k.wanted);
	free(k.today);
	return e;
}
