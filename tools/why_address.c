/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "tools/pair_forward.h"
#include "tools/why_layers.h"
#include "zone/lookup.h"
#include "zone/rr.h"

static const struct place nowhere = {NULL, 0, 0};

/* The customers' blocks that hold an address, the widest first. Returns the number of the customer
 * who owns it, UINT32_MAX: nobody. */
static uint32_t add_blocks(struct why *w, const struct addr *a)
{
	const struct plan *p = &w->config->plan;
	char addr[ADDR_TEXT_MAX], text[PREFIX_TEXT_MAX];
	uint32_t owner = UINT32_MAX;

	addr_to_text(addr, a);
	for (unsigned bits = 0; bits <= 8U * a->len; bits++) {
		for (uint32_t i = 0; i < p->customer_count; i++) {
			const struct plan_customer *c = &p->customers[i];
			for (size_t k = 0; k < c->block_count; k++) {
				if (c->blocks[k].prefix.bits != bits ||
				        !prefix_has_addr(&c->blocks[k].prefix, a))
					continue;
				owner = i;
				prefix_to_text(text, &c->blocks[k].prefix);
				why_add(w, "block", c->blocks[k].place,
				        "%s lies in %s, a block of customer %s", addr, text,
				        c->name);
			}
		}
	}
	if (owner == UINT32_MAX)
		why_add(w, "no-block", nowhere, "%s lies in no customer's block", addr);
	return owner;
}

/* Whether one name of the address leads back. */
static void add_forward(struct why *w, const struct plan_source *s, const struct pair *pair)
{
	const struct plan *p = &w->config->plan;
	const struct addr a = pair_addr(pair);
	const struct snapshot *snapshot = w->snapshot;
	char name[NAME_TEXT_MAX], addr[ADDR_TEXT_MAX];
	struct trie_key key;
	struct entry entry;
	struct rrset set;

	name_to_text(name, pair->name);
	addr_to_text(addr, &a);
	switch (pair_forward(p, pair)) {
	case FORWARD_SERVED:
		trie_key_from_name(&key, pair->name);
		uint16_t type = a.len == 4 ? RR_A : RR_AAAA;
		if (lookup_exact(&entry, snapshot->images[pair->forward_zone], &key, pair->name) &&
		        image_find_rrset(&entry, type, &set))
			why_add_record(w, "forward", pair->forward_zone, pair->name, type,
			        set.ttl_s, a.octets, a.len);
		break;
	case FORWARD_EXTERNAL:
		why_add(w, "external", pair_place(s, pair),
		        "others answer for %s; it must lead back to %s there", name, addr);
		break;
	case FORWARD_NO:
		why_add(w, "forward-no", pair_place(s, pair),
		        "%s gets no address record: `forward: no`", name);
		break;
	}
}

/* What the customer's file says of the address. */
static void add_pairs(struct why *w, uint32_t owner, const struct addr *a)
{
	const struct plan_source *s = &w->config->plan.sources[owner];
	char name[NAME_TEXT_MAX], addr[ADDR_TEXT_MAX];

	addr_to_text(addr, a);
	for (size_t i = 0; i < s->pair_count; i++) {
		const struct addr b = pair_addr(&s->pairs[i]);
		if (addr_compare(a, &b) != 0)
			continue;
		bool is_shadowed = s->pairs[i].flags & PAIR_SHADOWED;
		if (source_is_served(s) && !is_shadowed) {
			add_forward(w, s, &s->pairs[i]);
			continue;
		}
		name_to_text(name, s->pairs[i].name);
		why_add(w, source_is_served(s) ? "shadowed" : "refused-line",
		        pair_place(s, &s->pairs[i]), "%s for %s is not served: %s", name, addr,
		        source_is_served(s) ? "the address is delegated" : "the file has mistakes");
	}
}

/* Why the customer's file is not served as it is. */
static void add_state(struct why *w, uint32_t owner)
{
	const struct plan_source *s = &w->config->plan.sources[owner];
	const struct diag_list *diags = &w->config->diags;
	const struct place file = {s->file, 0, 0};

	if (s->state == SOURCE_MISSING)
		why_add(w, "missing-file", file, "the customer's file is not there");
	if (s->state != SOURCE_REFUSED)
		return;
	why_add(w, "refused-file", file, "the customer's file is refused: nothing of it is served");
	for (size_t i = 0; i < diags->count; i++)
		if (diags->items[i].severity == DIAG_ERROR && diags->items[i].place.file &&
		        strcmp(diags->items[i].place.file, s->file) == 0)
			why_add(w, "mistake", diags->items[i].place, "%s [%s]",
			        diags->items[i].text, diags->items[i].rule);
}

void why_address(struct why *w, const struct addr *a)
{
	const struct plan *p = &w->config->plan;
	uint32_t owner = add_blocks(w, a), zone = plan_find_reverse_zone(p, a);
	char addr[ADDR_TEXT_MAX];
	struct name name;

	addr_to_text(addr, a);
	why_add_decider(w, a);
	if (zone == ZONE_NONE) {
		why_add(w, "no-zone", nowhere, "%s lies in no zone served here: REFUSED", addr);
	} else {
		/* where the zone around a block by RFC 2317 is not ours, the name in the block's */
		if (name_from_addr(&name, a, 8U * a->len) != OK ||
		        plan_find_zone(p, name.wire) == ZONE_NONE)
			plan_name_of_addr(&name, &p->zones[zone], a);
		why_add_chain(w, name.wire);
	}
	if (owner != UINT32_MAX)
		add_pairs(w, owner, a);
	why_add_range_forward(w, a);
	why_add_losers(w, a);
	if (owner != UINT32_MAX)
		add_state(w, owner);
}
