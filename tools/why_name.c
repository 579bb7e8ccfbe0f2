/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "tools/why_layers.h"
#include "zone/lookup.h"
#include "zone/rr.h"

#define LINKS_MAX 16 /* as the server follows them */

static const struct place nowhere = {NULL, 0, 0};

/* The name that is looked at, and the zone that holds it. */
struct stand {
	struct name name;
	uint8_t at[NAME_MAX_LABELS + 1];
	unsigned labels;
	uint32_t zone;
	const struct image *image;
};

/* False where the name lies in no zone. */
static bool enter(struct why *w, struct stand *s, const uint8_t *name)
{
	struct trie_key key;

	name_copy(&s->name, name);
	s->labels = name_find_labels(s->at, s->name.wire);
	trie_key_from_name(&key, s->name.wire);
	s->zone = zone_index_find(&w->snapshot->index, &key);
	s->image = s->zone == ZONE_NONE ? NULL : w->snapshot->images[s->zone];
	return s->image != NULL;
}

/* The last `labels` labels of the name. */
static const uint8_t *suffix(const struct stand *s, unsigned labels)
{
	return s->name.wire + s->at[s->labels - labels];
}

/* Every record of an RRset, as facts. */
static void add_rrset(struct why *w, const char *kind, const struct stand *s, const uint8_t *owner,
        const struct rrset *set)
{
	const uint8_t *record = set->records;
	uint8_t rdata[UINT16_MAX];

	for (unsigned i = 0; i < set->count; i++) {
		size_t n = image_rdata(s->image, set->type, record, rdata);
		why_add_record(w, kind, s->zone, owner, set->type, set->ttl_s, rdata, n);
		record += image_record_size(set->type, record);
	}
	w->is_served = true;
}

/* All that an entry has. True, and *next is its target, when that is a CNAME. */
static bool add_entry(struct why *w, const struct stand *s, const uint8_t *owner,
        const struct entry *entry, struct name *next)
{
	struct rrset cname;

	for (unsigned i = 0; i < entry->template->head_count; i++) {
		struct rrset set = image_rrset(entry, i);
		add_rrset(w, set.type == RR_CNAME ? "cname" : "record", s, owner, &set);
	}
	if (!image_find_rrset(entry, RR_CNAME, &cname))
		return false;
	next->len = (uint8_t)image_rdata(s->image, RR_CNAME, cname.records, next->wire);
	name_lower(next);
	return true;
}

static bool explain_dname(
        struct why *w, const struct stand *s, const struct lookup *found, struct name *next)
{
	const uint8_t *owner = suffix(s, found->owner_labels);
	char from[NAME_TEXT_MAX], to[NAME_TEXT_MAX];
	struct rrset dname;
	uint8_t target[NAME_MAX_OCTETS];

	if (!image_find_rrset(&found->entry, RR_DNAME, &dname))
		return false;
	add_rrset(w, "dname", s, owner, &dname);
	image_rdata(s->image, RR_DNAME, dname.records, target);
	name_to_text(from, s->name.wire);
	if (name_join(next, s->name.wire, s->at[s->labels - found->owner_labels], target) != OK) {
		why_add(w, "too-long", nowhere, "%s would become too long a name: YXDOMAIN", from);
		return false;
	}
	name_lower(next);
	name_to_text(to, next->wire);
	why_add(w, "made-cname", nowhere, "so %s is a CNAME for %s", from, to);
	return !name_is_within(target, owner, NULL);
}

/* Records that stand behind a cut at or above their name. */
static void add_occluded(struct why *w, const struct stand *s)
{
	const struct plan_zone *zone = &w->config->plan.zones[s->zone];
	char name[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX];

	name_to_text(name, s->name.wire);
	for (size_t i = 0; i < zone->record_count; i++) {
		const struct plan_record *r = &zone->records[i];
		if (name_equal(r->owner, s->name.wire) && r->type != RR_NS && r->type != RR_DS)
			why_add(w, "occluded", r->place, "%s %s is occluded by the zone cut", name,
			        rr_type_text(type, r->type));
	}
}

static void explain_cut(struct why *w, const struct stand *s, const struct lookup *found)
{
	const uint8_t *owner = suffix(s, found->owner_labels);
	char name[NAME_TEXT_MAX], cut[NAME_TEXT_MAX];
	struct rrset set;

	name_to_text(name, s->name.wire);
	name_to_text(cut, owner);
	why_add(w, "cut", nowhere, "%s is at or below the zone cut at %s: a referral to", name,
	        cut);
	if (image_find_rrset(&found->entry, RR_NS, &set))
		add_rrset(w, "ns", s, owner, &set);
	if (found->owner_labels == s->labels && image_find_rrset(&found->entry, RR_DS, &set))
		add_rrset(w, "record", s, owner, &set);
	add_occluded(w, s);
}

/* An empty non-terminal: the walk ended at a name below it. */
static void explain_non_terminal(struct why *w, const struct stand *s, const struct entry *below)
{
	uint8_t labels[NAME_MAX_OCTETS];
	char name[NAME_TEXT_MAX], text[NAME_TEXT_MAX];
	struct name owner;

	size_t n = image_owner_labels(s->image, below, labels), at;
	if (name_join(&owner, labels, n, s->image->apex) != OK)
		return;
	name_to_text(name, s->name.wire);
	name_to_text(text, owner.wire);
	if (!below->template->head_count || !name_is_within(owner.wire, s->name.wire, &at) || !at) {
		why_add(w, "non-terminal", nowhere,
		        "nothing is at %s, but ranges or delegations make names below it: NODATA "
		        "for every type",
		        name);
		return;
	}
	why_add(w, "non-terminal", nowhere,
	        "nothing is at %s, but below it, such as %s: NODATA for every type", name, text);
}

/* Nothing is there: a wildcard, or NXDOMAIN. True when that is a CNAME. */
static bool explain_nothing(
        struct why *w, const struct stand *s, const struct lookup *found, struct name *next)
{
	const uint8_t *encloser = suffix(s, found->shared_labels);
	char name[NAME_TEXT_MAX], text[NAME_TEXT_MAX];
	struct lookup wildcard;
	struct name source;

	name_to_text(name, s->name.wire);
	if (!lookup_wildcard(
	            &wildcard, s->image, s->name.wire, s->at, s->labels, found->shared_labels)) {
		name_to_text(text, encloser);
		why_add(w, "nothing", nowhere,
		        "nothing is at or below %s; the closest name that exists is %s: NXDOMAIN",
		        name, text);
		return false;
	}
	if (name_join(&source, (const uint8_t *)"\1*", 2, encloser) != OK)
		return false;
	name_to_text(text, source.wire);
	why_add(w, "wildcard", nowhere, "%s is answered from the wildcard %s", name, text);
	return wildcard.kind != LOOKUP_NON_TERMINAL &&
	       add_entry(w, s, source.wire, &wildcard.entry, next);
}

/* The record that a rule makes; true when that is a CNAME, which leads to *next. */
static bool explain_made(
        struct why *w, const struct stand *s, const struct lookup *found, struct name *next)
{
	const struct image_rule *rule = found->rule;
	uint16_t type = rule->kind == RULE_CNAME ? RR_CNAME
	                : found->is_reverse      ? RR_PTR
	                : rule->addr_len == 4    ? RR_A
	                                         : RR_AAAA;

	w->is_served = true;
	if (type == RR_A || type == RR_AAAA) {
		why_add_record(w, "record", s->zone, s->name.wire, type, rule->ttl_s,
		        found->address, rule->addr_len);
		return false;
	}
	image_made_name(next, s->image, rule, found->address);
	why_add_record(w, type == RR_CNAME ? "cname" : "record", s->zone, s->name.wire, type,
	        rule->ttl_s, next->wire, next->len);
	return type == RR_CNAME;
}

/* One link of the chain; true when it goes on with *next. */
static bool explain(struct why *w, const struct stand *s, struct name *next)
{
	struct trie_key key;
	struct lookup found;

	trie_key_from_name(&key, s->name.wire);
	lookup_name(&found, s->image, &key, s->name.wire, s->at, s->labels);
	switch (found.kind) {
	case LOOKUP_OWNER:
		return add_entry(w, s, s->name.wire, &found.entry, next);
	case LOOKUP_MADE:
		return explain_made(w, s, &found, next);
	case LOOKUP_DNAME:
		return explain_dname(w, s, &found, next);
	case LOOKUP_NOTHING:
		return explain_nothing(w, s, &found, next);
	case LOOKUP_NON_TERMINAL:
		explain_non_terminal(w, s, &found.entry);
		return false;
	case LOOKUP_CUT:
		explain_cut(w, s, &found);
		return false;
	}
	return false;
}

/* Lines of customers that name it without effect. */
static void add_without_effect(struct why *w, const uint8_t *name)
{
	const struct plan *p = &w->config->plan;
	char text[NAME_TEXT_MAX], addr[ADDR_TEXT_MAX];

	name_to_text(text, name);
	for (size_t i = 0; i < p->source_count; i++) {
		const struct plan_source *s = &p->sources[i];
		for (size_t k = 0; k < s->pair_count; k++) {
			const struct pair *pair = &s->pairs[k];
			const struct addr a = pair_addr(pair);
			if (!name_equal(pair->name, name))
				continue;
			addr_to_text(addr, &a);
			if (!source_is_served(s))
				why_add(w, "refused-file", pair_place(s, pair),
				        "%s for %s is not served: the file has mistakes", text,
				        addr);
			else if (pair->flags & PAIR_SHADOWED)
				why_add(w, "shadowed", pair_place(s, pair),
				        "%s for %s is not served: the address is delegated", text,
				        addr);
			else if (pair->flags & PAIR_FORWARD_NO)
				why_add(w, "forward-no", pair_place(s, pair),
				        "%s has this name with `forward: no`: no address record",
				        addr);
			else if (pair->forward_zone == ZONE_NONE)
				why_add(w, "external", pair_place(s, pair),
				        "%s has this name, for which others answer", addr);
		}
	}
}

void why_add_chain(struct why *w, const uint8_t *name)
{
	char text[NAME_TEXT_MAX], apex[NAME_TEXT_MAX];
	struct stand s;
	struct name next;

	name_to_text(text, name);
	if (!enter(w, &s, name)) {
		why_add(w, "no-zone", nowhere, "%s lies in no zone served here: REFUSED", text);
		return;
	}
	name_to_text(apex, s.image->apex);
	why_add(w, "zone", w->config->plan.zones[s.zone].place, "%s lies in the zone %s", text,
	        apex);
	for (unsigned links = 0; explain(w, &s, &next); links++) {
		name_to_text(text, next.wire);
		if (links == LINKS_MAX) {
			why_add(w, "long-chain", nowhere, "the chain is longer than %d links",
			        links);
			break;
		}
		if (name_equal(next.wire, s.name.wire) || name_equal(next.wire, name)) {
			why_add(w, "circle", nowhere, "the chain runs in a circle");
			break;
		}
		if (!enter(w, &s, next.wire)) {
			why_add(w, "leaves", nowhere,
			        "%s lies in no zone served here: the chain ends", text);
			break;
		}
	}
}

void why_name(struct why *w, const uint8_t *name)
{
	uint32_t zone = plan_find_zone(&w->config->plan, name);
	struct addr a;

	why_add_chain(w, name);
	if (zone != ZONE_NONE && plan_addr_of_name(&a, &w->config->plan.zones[zone], name)) {
		why_add_decider(w, &a);
		why_add_losers(w, &a);
	}
	why_add_ranges_of_name(w, name);
	add_without_effect(w, name);
}
