/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "zone/check_layers.h"
#include "zone/layers.h"
#include "zone/rr.h"

static void delegation_text(char out[ADDR_RANGE_TEXT_MAX], const struct plan_delegation *d)
{
	addr_range_to_text(out, &d->first, &d->last);
}

/* Another customer's block in a delegation. */
static const struct owned_prefix *find_inner(
        const struct owners *o, uint32_t customer, const struct plan_delegation *d)
{
	const struct owned_prefix *block = owners_find_addr(o, &d->first);
	size_t low = 0, high = o->prefix_count;

	if (block && block->customer != customer)
		return block;
	while (low < high) { /* those before `low` do not begin behind d->first */
		size_t middle = low + (high - low) / 2;
		if (addr_compare(&o->prefixes[middle].prefix.addr, &d->first) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	/* of those that begin at its first address the closest is `block`; wider ones are around */
	for (; low < o->prefix_count; low++) {
		const struct owned_prefix *inner = &o->prefixes[low];
		if (addr_compare(&inner->prefix.addr, &d->last) > 0)
			return NULL;
		if (inner->customer != customer)
			return inner;
	}
	return NULL;
}

static bool check_scope(
        const struct layer_check *k, const struct plan_source *s, const struct plan_delegation *d)
{
	const struct owned_prefix *inner = find_inner(k->owners, s->customer, d);
	char text[ADDR_RANGE_TEXT_MAX], block[PREFIX_TEXT_MAX];
	struct addr outside;

	if (!owners_hold_all(k->owners, s->customer, &d->first, &d->last, &outside)) {
		tell_scope(k, s, delegation_place(s, d), &d->first, &d->last, &outside);
		return false;
	}
	if (!inner)
		return true;
	delegation_text(text, d);
	prefix_to_text(block, &inner->prefix);
	if (k->diags)
		diag_error(k->diags, delegation_place(s, d), "scope",
		        "%s has addresses of %s, the block of customer %s; delegate what is left "
		        "around it",
		        text, block, k->plan->customers[inner->customer].name);
	return false;
}

static bool tell_zone(const struct layer_check *k, const struct plan_source *s,
        const struct plan_delegation *d, const struct plan_zone *z, const char *remedy)
{
	char apex[NAME_TEXT_MAX];

	name_to_text(apex, z->apex);
	if (k->diags)
		diag_error(k->diags, delegation_place(s, d), "delegate-zone",
		        "the zone %s is served here (%s:%u): %s", apex, z->place.file,
		        z->place.line, remedy);
	return false;
}

/* The first zone at or below a name; NULL: none. In canonical order they follow each other. */
static const struct plan_zone *find_zone_below(const struct plan *p, const uint8_t *name)
{
	size_t low = plan_seek_zone(p, name);

	return low < p->zone_count && name_is_within(p->zones[low].apex, name, NULL)
	               ? &p->zones[low]
	               : NULL;
}

/* A zone by RFC 2317 whose block has addresses of the delegation. Blocks do not overlap. */
static const struct plan_zone *find_cut_zone(const struct plan *p, const struct plan_delegation *d)
{
	size_t low = 0, high = p->cut_zone_count;
	struct addr last;

	while (low < high) { /* those before `low` end before the delegation */
		size_t middle = low + (high - low) / 2;
		prefix_last(&last, &p->zones[p->cut_zones[middle]].prefix);
		if (addr_compare(&last, &d->first) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	const struct plan_zone *z = low < p->cut_zone_count ? &p->zones[p->cut_zones[low]] : NULL;
	return z && addr_compare(&z->prefix.addr, &d->last) <= 0 ? z : NULL;
}

/* The names at which something is put for a delegation: of the cuts, or of the addresses. */
struct names {
	struct addr at, last;
	unsigned bits;
	bool is_done;
};

static struct names names_of(const struct plan_delegation *d)
{
	unsigned bits = d->target ? 8U * d->first.len : delegation_cut_bits(d);

	return (struct names){.at = d->first, .last = d->last, .bits = bits};
}

static bool next_name(struct names *n, struct name *out)
{
	struct prefix block = {n->at, (uint8_t)n->bits};

	if (n->is_done || name_from_addr(out, &n->at, n->bits) != OK)
		return false;
	prefix_last(&n->at, &block);
	n->is_done = addr_compare(&n->at, &n->last) >= 0 || !octets_step(n->at.octets, n->at.len);
	return true;
}

/* The name above all of them; false: it is one of them. */
static bool name_above(struct name *out, const struct plan_delegation *d)
{
	unsigned step = d->first.len == 4 ? 8 : 4, bits = addr_shared_bits(&d->first, &d->last);
	struct names names = names_of(d);

	return bits / step * step < names.bits &&
	       name_from_addr(out, &d->first, bits / step * step) == OK;
}

/* False when all the names need not be asked for one after the other. */
static bool has_zone_below(const struct plan *p, const struct plan_delegation *d)
{
	struct name above;

	if (!name_above(&above, d))
		return true;
	size_t i = plan_seek_zone(p, above.wire);
	if (i < p->zone_count && name_equal(p->zones[i].apex, above.wire))
		i++;
	return i < p->zone_count && name_is_within(p->zones[i].apex, above.wire, NULL);
}

static bool check_zones(
        const struct layer_check *k, const struct plan_source *s, const struct plan_delegation *d)
{
	const struct plan_zone *z = find_cut_zone(k->plan, d);
	struct names names = names_of(d);
	struct prefix block;
	struct name name;

	if (z && delegation_is_served(k->plan, d) && name_equal(z->apex, d->target))
		return (prefix_from_ends(&block, &d->first, &d->last) &&
		               prefix_compare(&block, &z->prefix) == 0) ||
		       tell_zone(k, s, d, z, "delegate the very block that it is for");
	if (z)
		return tell_zone(k, s, d, z,
		        "its addresses have names there; remove the delegation, or ask the "
		        "operator");
	while (has_zone_below(k->plan, d) && next_name(&names, &name)) {
		z = find_zone_below(k->plan, name.wire);
		if (z)
			return tell_zone(
			        k, s, d, z, "it lies in what is delegated; ask the operator");
	}
	z = d->target && d->ns_count ? find_zone_below(k->plan, d->target) : NULL;
	return !z ||
	       tell_zone(k, s, d, z,
	               "for hosts in it the operator writes it as {prefix, style} in `zones`");
}

/* Records of the operator in the way: above a name, at it or, where it is a cut, below it. */
static const struct plan_record *find_record(
        const struct layer_check *k, const uint8_t *name, bool is_cut)
{
	uint32_t zone = plan_find_zone(k->plan, name);
	struct trie_key key;

	if (zone == ZONE_NONE || k->plan->zones[zone].record_count == 0)
		return NULL;
	trie_key_from_name(&key, name);
	const struct plan_record *r = barriers_find(k->barriers, zone, &key, name);
	if (r)
		return r;
	r = barriers_find_within(k->barriers, name);
	return r && (is_cut || name_equal(r->owner, name)) ? r : NULL;
}

/* With no record below the one above them, what is in the way of one is in the way of all: all of
 * them are in one zone, for check_zones() found none at a name. */
static bool names_differ(const struct layer_check *k, const struct plan_delegation *d)
{
	struct name above;

	return !name_above(&above, d) || barriers_find_below(k->barriers, above.wire);
}

static bool check_records(
        const struct layer_check *k, const struct plan_source *s, const struct plan_delegation *d)
{
	const struct plan_record *r = NULL;
	struct names names = names_of(d);
	char owner[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX];
	struct name name;
	bool is_served = delegation_is_served(k->plan, d);

	bool are_alike = is_served || !names_differ(k, d);
	while (!r && !is_served && next_name(&names, &name)) {
		r = find_record(k, name.wire, !d->target);
		if (are_alike)
			break;
	}
	if (!r && !is_served && d->target && d->ns_count)
		r = find_record(k, d->target, true);
	if (!r)
		return true;
	name_to_text(owner, r->owner);
	if (k->diags)
		diag_error(k->diags, delegation_place(s, d), "record-above",
		        "the operator's %s record at %s (%s:%u) is in the way of the delegation; "
		        "ask the operator",
		        rr_type_text(type, r->type), owner, r->place.file, r->place.line);
	return false;
}

bool delegation_is_allowed(
        const struct layer_check *k, const struct plan_source *s, const struct plan_delegation *d)
{
	const struct plan_customer *own = &k->plan->customers[s->customer];
	struct addr outside;

	if (!own->may_delegate) {
		if (k->diags)
			diag_error(k->diags, delegation_place(s, d), "may-delegate",
			        "customer %s may not delegate; ask the operator for `may-delegate: "
			        "yes`",
			        own->name);
		return false;
	}
	if (!check_scope(k, s, d))
		return false;
	if (!plan_has_zones(k->plan, &d->first, &d->last, &outside)) {
		tell_no_zone(k, delegation_place(s, d), &d->first, &d->last, &outside);
		return false;
	}
	return check_zones(k, s, d) && check_records(k, s, d);
}

static int compare_blocks(const void *va, const void *vb)
{
	const struct plan_delegation *a = *(const struct plan_delegation *const *)va;
	const struct plan_delegation *b = *(const struct plan_delegation *const *)vb;
	int difference = addr_compare(&a->first, &b->first);

	return difference ? difference : (a > b) - (a < b);
}

static int compare_targets(const void *va, const void *vb)
{
	const struct plan_delegation *a = *(const struct plan_delegation *const *)va;
	const struct plan_delegation *b = *(const struct plan_delegation *const *)vb;
	int difference = name_compare(a->target, b->target);

	return difference ? difference : (a > b) - (a < b);
}

/* sorted[0..count) by first address. */
static void check_overlaps(const struct layer_check *k, const struct plan_source *s,
        const struct plan_delegation *const *sorted, size_t count)
{
	const struct plan_delegation *widest =
	        NULL; /* of those so far that which reaches farthest */
	char text[ADDR_RANGE_TEXT_MAX];

	for (size_t i = 0; i < count; i++) {
		const struct plan_delegation *d = sorted[i];
		if (widest && addr_compare(&d->first, &widest->last) <= 0) {
			const struct plan_delegation *later = d > widest ? d : widest;
			const struct plan_delegation *earlier = d > widest ? widest : d;
			delegation_text(text, earlier);
			diag_error(k->diags, delegation_place(s, later), "delegate-overlap",
			        "it overlaps the delegation of %s on line %u; an address goes to "
			        "one",
			        text, earlier->line);
		}
		if (!widest || addr_compare(&d->last, &widest->last) > 0)
			widest = d;
	}
}

static void check_targets(const struct layer_check *k, const struct plan_source *s,
        const struct plan_delegation **sorted, size_t count)
{
	char text[NAME_TEXT_MAX];
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (sorted[i]->target && sorted[i]->ns_count)
			sorted[kept++] = sorted[i];
	if (kept)
		qsort(sorted, kept, sizeof *sorted, compare_targets);
	for (size_t i = 1; i < kept; i++) {
		if (!name_equal(sorted[i]->target, sorted[i - 1]->target))
			continue;
		name_to_text(text, sorted[i]->target);
		diag_error(k->diags, delegation_place(s, sorted[i]), "delegate-label",
		        "%s is the zone of line %u already; give each block a label of its own",
		        text, sorted[i - 1]->line);
	}
}

static const struct plan_delegation *find_shadow(const struct plan *p,
        const struct plan_delegation *const *sorted, size_t count, const struct addr *a)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (addr_compare(&sorted[middle]->first, a) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || addr_compare(&sorted[low - 1]->last, a) < 0 ||
	        delegation_is_served(p, sorted[low - 1]))
		return NULL;
	return sorted[low - 1];
}

static void tell_shadowed(const struct layer_check *k, struct place place, const char *what,
        const struct plan_delegation *d, const char *remedy)
{
	char text[ADDR_RANGE_TEXT_MAX];

	if (!k->diags)
		return;
	delegation_text(text, d);
	diag_warning(k->diags, place, "shadowed",
	        "%s lies in %s, which line %u delegates, so it is not served here; %s", what, text,
	        d->line, remedy);
}

/* What lies in a delegation is not served. Returns whether any of that is new. */
static bool shadow(const struct layer_check *k, struct plan_source *s,
        const struct plan_delegation *const *sorted, size_t count)
{
	char what[ADDR_RANGE_TEXT_MAX];
	bool differs = false;

	for (size_t i = 0; i < s->pair_count; i++) {
		const struct addr a = pair_addr(&s->pairs[i]);
		const struct plan_delegation *d = find_shadow(k->plan, sorted, count, &a);
		differs |= !d == !!(s->pairs[i].flags & PAIR_SHADOWED);
		s->pairs[i].flags &= (uint8_t)~PAIR_SHADOWED;
		if (!d)
			continue;
		s->pairs[i].flags |= PAIR_SHADOWED;
		addr_to_text(what, &a);
		tell_shadowed(
		        k, pair_place(s, &s->pairs[i]), what, d, "move it to the servers there");
	}
	for (size_t i = 0; i < s->range_count; i++) {
		struct plan_range *r = &s->ranges[i];
		struct addr first = {.len = r->pattern.addr_len}, last = first;
		memcpy(first.octets, r->pattern.first, sizeof first.octets);
		memcpy(last.octets, r->pattern.last, sizeof last.octets);
		const struct plan_delegation *d = find_shadow(k->plan, sorted, count, &first);
		bool is_shadowed = d && addr_compare(&last, &d->last) <= 0;
		differs |= is_shadowed != r->is_shadowed;
		r->is_shadowed = is_shadowed;
		addr_range_to_text(what, &first, &last);
		if (r->is_shadowed)
			tell_shadowed(k, range_place(s, r), what, d, "remove it");
	}
	return differs;
}

/* Delegations by first address; NULL when out of memory. */
static const struct plan_delegation **sort_delegations(const struct plan_source *s)
{
	size_t count = s->delegation_count;
	const struct plan_delegation **sorted = malloc((count + 1) * sizeof *sorted);

	if (!sorted)
		return NULL;
	for (size_t i = 0; i < count; i++)
		sorted[i] = &s->delegations[i];
	qsort(sorted, count, sizeof *sorted, compare_blocks);
	return sorted;
}

enum err source_find_shadows(bool *differs, const struct layer_check *k, struct plan_source *s)
{
	const struct plan_delegation **sorted = sort_delegations(s);

	if (!sorted)
		return ERR_MEMORY;
	*differs = shadow(k, s, sorted, s->delegation_count);
	free(sorted);
	return OK;
}

enum err source_check_delegations(const struct layer_check *k, struct plan_source *s)
{
	const struct plan_delegation **sorted = sort_delegations(s);
	size_t count = s->delegation_count;

	if (!sorted)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		(void)delegation_is_allowed(k, s, sorted[i]);
	check_overlaps(k, s, sorted, count);
	(void)shadow(k, s, sorted, count);
	check_targets(k, s, sorted, count);
	free(sorted);
	return OK;
}
