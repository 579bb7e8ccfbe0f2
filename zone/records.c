/* SPDX-License-Identifier: ISC */
#include "zone/records.h"

#include <stdlib.h>
#include <string.h>

#include "zone/rr.h"

/* Records of one zone in order, and what is wrong with them. */
struct work {
	const struct plan *plan;
	const struct plan_zone *zone;
	uint32_t number;
	const struct plan_record **sorted;
	size_t count;
	struct diag_list *diags;
};

static int compare_rdata(const struct plan_record *a, const struct plan_record *b)
{
	size_t n = a->rdata_octets < b->rdata_octets ? a->rdata_octets : b->rdata_octets;
	int difference = n ? memcmp(a->rdata, b->rdata, n) : 0;

	return difference ? difference : a->rdata_octets - b->rdata_octets;
}

static int compare_records(const void *va, const void *vb)
{
	const struct plan_record *a = *(const struct plan_record *const *)va;
	const struct plan_record *b = *(const struct plan_record *const *)vb;
	int difference = name_compare(a->owner, b->owner);

	if (!difference)
		difference = a->type - b->type;
	return difference ? difference : (a > b) - (a < b); /* as they were written */
}

static bool same_rrset(const struct plan_record *a, const struct plan_record *b)
{
	return a->type == b->type && name_equal(a->owner, b->owner);
}

/* RRSIG and NSEC may stand beside a CNAME: RFC 4034 3 and 4. */
static bool may_join_cname(uint16_t type)
{
	return type == 46 || type == 47;
}

static void tell(struct work *w, const struct plan_record *r, const char *rule, const char *what)
{
	char owner[NAME_TEXT_MAX];

	name_to_text(owner, r->owner);
	diag_error(w->diags, r->place, rule, "%s %s", owner, what);
}

/* Octets of an RRset in a message, its owner a pointer: what goes before and behind it may take the
 * rest. */
#define RRSET_MAX_OCTETS 65000U

/* An RRset while it grows. */
struct size {
	size_t records, octets;
};

/* Compressed names may yet fit, so what looks too large is a warning; other servers take it, too.
 */
static void check_size(
        struct work *w, const struct plan_record *r, bool is_first, struct size *size)
{
	char owner[NAME_TEXT_MAX];

	if (is_first)
		*size = (struct size){0, 0};
	size_t before = size->octets;
	size->octets += 12U + r->rdata_octets;
	if (++size->records == UINT16_MAX + 1U)
		tell(w, r, "record-size",
		        "has more than 65535 records of this type; use several "
		        "names");
	if (before > RRSET_MAX_OCTETS || size->octets <= RRSET_MAX_OCTETS)
		return;
	name_to_text(owner, r->owner);
	diag_warning(w->diags, r->place, "record-size",
	        "%s has more records of this type than a message of DNS may hold; use several "
	        "names",
	        owner);
}

/* sorted[first .. end) are the records of one owner. */
static void check_owner(struct work *w, size_t first, size_t end)
{
	const struct plan_record *cname = NULL, *other = NULL;
	bool is_apex = name_equal(w->sorted[first]->owner, w->zone->apex);
	struct size size = {0, 0};

	for (size_t i = first; i < end; i++) {
		const struct plan_record *r = w->sorted[i];
		const struct plan_record *before = i > first ? w->sorted[i - 1] : NULL;
		bool is_second = before && before->type == r->type && compare_rdata(before, r) != 0;
		check_size(w, r, !before || before->type != r->type, &size);
		if (r->type == RR_CNAME && is_second)
			tell(w, r, "record-cname", "has two CNAME records; remove one");
		else if (r->type == RR_DNAME && is_second)
			tell(w, r, "record-dname", "has two DNAME records; remove one");
		if (r->type == RR_CNAME)
			cname = r;
		else if (!may_join_cname(r->type))
			other = r;
		if (before && before->type == r->type && before->ttl_s != r->ttl_s) {
			char text[RR_TYPE_TEXT_MAX], owner[NAME_TEXT_MAX];
			name_to_text(owner, r->owner);
			diag_warning(w->diags, r->place, "ttl-mixed",
			        "%s %s has TTL %u here and %u on line %u; one RRset has one: the "
			        "smallest is served",
			        owner, rr_type_text(text, r->type), r->ttl_s, before->ttl_s,
			        before->place.line);
		}
	}
	if (cname && is_apex)
		tell(w, cname, "record-cname",
		        "is the zone's apex, where SOA and NS are; a CNAME stands alone");
	else if (cname && other)
		tell(w, cname, "record-cname",
		        "has other records, too; a CNAME stands alone: remove one or the others");
}

/* What of another zone a record would say. DS at its apex is the parent's: RFC 4035 2.4. */
static void check_place(struct work *w, const struct plan_record *r)
{
	char owner[NAME_TEXT_MAX], apex[NAME_TEXT_MAX];
	uint32_t zone = plan_find_zone(w->plan, r->owner);
	struct addr a;

	name_to_text(owner, r->owner);
	if (zone != w->number) {
		const struct plan_zone *inner = &w->plan->zones[zone];
		if (r->type == RR_DS && name_equal(r->owner, inner->apex))
			return;
		name_to_text(apex, inner->apex);
		diag_error(w->diags, r->place, "record-zone",
		        "%s belongs to the zone %s, which is served here, on line %u; write it "
		        "there",
		        owner, apex, inner->place.line);
		return;
	}
	if (!w->zone->is_reverse || !plan_addr_of_name(&a, w->zone, r->owner))
		return;
	zone = plan_find_reverse_zone(w->plan, &a);
	if (zone == ZONE_NONE || !w->plan->zones[zone].is_cut_style)
		return;
	name_to_text(apex, w->plan->zones[zone].apex);
	diag_error(w->diags, r->place, "record-cut",
	        "a CNAME leads from %s to the zone %s, which is served here; write it there", owner,
	        apex);
}

/* In canonical order what is below a DNAME comes behind it. */
static void check_below_dname(struct work *w)
{
	const struct plan_record *dname = NULL;
	char owner[NAME_TEXT_MAX], text[NAME_TEXT_MAX];

	for (size_t i = 0; i < w->count; i++) {
		const struct plan_record *r = w->sorted[i];
		if (dname && !name_is_within(r->owner, dname->owner, NULL))
			dname = NULL;
		if (dname && !name_equal(r->owner, dname->owner)) {
			name_to_text(owner, r->owner);
			name_to_text(text, dname->owner);
			diag_error(w->diags, r->place, "record-dname",
			        "%s is below the DNAME at %s (line %u), which leads it elsewhere; "
			        "remove one of the two",
			        owner, text, dname->place.line);
		} else if (!dname && r->type == RR_DNAME) {
			dname = r;
		}
	}
}

static enum err check_zone(struct work *w)
{
	w->count = w->zone->record_count;
	if (w->count == 0)
		return OK;
	w->sorted = malloc(w->count * sizeof *w->sorted);
	if (!w->sorted)
		return ERR_MEMORY;
	for (size_t i = 0; i < w->count; i++)
		w->sorted[i] = &w->zone->records[i];
	qsort(w->sorted, w->count, sizeof *w->sorted, compare_records);
	for (size_t i = 0, end; i < w->count; i = end) {
		for (end = i + 1;
		        end < w->count && name_equal(w->sorted[i]->owner, w->sorted[end]->owner);
		        end++)
			;
		check_owner(w, i, end);
		for (size_t k = i; k < end; k++)
			if (k == i || !same_rrset(w->sorted[k], w->sorted[k - 1]))
				check_place(w, w->sorted[k]);
	}
	check_below_dname(w);
	free(w->sorted);
	return OK;
}

enum err plan_check_records(const struct plan *p, struct diag_list *diags)
{
	enum err e = OK;

	for (uint32_t i = 0; e == OK && i < p->zone_count; i++) {
		struct work w = {.plan = p, .zone = &p->zones[i], .number = i, .diags = diags};
		e = check_zone(&w);
	}
	return e;
}

static bool is_barrier(const struct plan_record *r)
{
	return r->type == RR_CNAME || r->type == RR_DNAME || r->type == RR_NS;
}

static size_t count_barriers(const struct plan *p)
{
	size_t count = 0;

	for (size_t z = 0; z < p->zone_count; z++)
		for (size_t i = 0; i < p->zones[z].record_count; i++)
			count += is_barrier(&p->zones[z].records[i]);
	return count;
}

static enum err collect_barriers(struct barriers *b, const struct plan *p, size_t count)
{
	size_t at = 0, distinct = 0;

	for (size_t z = 0; z < p->zone_count; z++)
		for (size_t i = 0; i < p->zones[z].record_count; i++)
			if (is_barrier(&p->zones[z].records[i]))
				b->records[at++] = &p->zones[z].records[i];
	if (count)
		qsort(b->records, count, sizeof *b->records, compare_records);
	for (size_t i = 0; i < count; i++) {
		if (i && name_equal(b->records[i]->owner, b->records[i - 1]->owner))
			continue;
		b->owners[distinct] = b->records[i]->owner;
		b->first[distinct] = (uint32_t)i;
		b->zones[distinct++] = plan_find_zone(p, b->records[i]->owner);
	}
	return zone_index_build(&b->index, b->owners, (uint32_t)distinct);
}

/* All records of all zones, sorted by owner when somebody asks for the first time: most of the time
 * nobody does. */
struct all_records {
	const struct plan *plan;
	bool is_sorted;
	size_t count;
	const struct plan_record *sorted[];
};

static struct all_records *alloc_all(const struct plan *p)
{
	struct all_records *all;
	size_t count = 0;

	for (size_t z = 0; z < p->zone_count; z++)
		count += p->zones[z].record_count;
	all = malloc(sizeof *all + count * sizeof *all->sorted);
	if (!all)
		return NULL;
	all->plan = p;
	all->is_sorted = false;
	all->count = 0;
	return all;
}

static void sort_all(struct all_records *all)
{
	const struct plan *p = all->plan;

	for (size_t z = 0; z < p->zone_count; z++)
		for (size_t i = 0; i < p->zones[z].record_count; i++)
			all->sorted[all->count++] = &p->zones[z].records[i];
	if (all->count)
		qsort(all->sorted, all->count, sizeof *all->sorted, compare_records);
	all->is_sorted = true;
}

enum err barriers_build(struct barriers *out, const struct plan *p)
{
	size_t count = count_barriers(p);
	struct barriers b = {.records = malloc((count + 1) * sizeof *b.records),
	        .owners = malloc((count + 1) * sizeof *b.owners),
	        .first = malloc((count + 1) * sizeof *b.first),
	        .zones = malloc((count + 1) * sizeof *b.zones),
	        .all = alloc_all(p)};
	enum err e = ERR_MEMORY;

	if (b.records && b.owners && b.first && b.zones && b.all)
		e = collect_barriers(&b, p, count);
	if (e == OK)
		*out = b;
	else
		barriers_free(&b);
	return e;
}

void barriers_free(struct barriers *b)
{
	free(b->records);
	free(b->owners);
	free(b->first);
	free(b->zones);
	free(b->all);
	zone_index_free(&b->index);
	memset(b, 0, sizeof *b);
}

const struct plan_record *barriers_find(
        const struct barriers *b, uint32_t zone, const struct trie_key *key, const uint8_t *name)
{
	const struct plan_record *topmost = NULL;
	uint32_t at = b->index.count ? zone_index_find(&b->index, key) : ZONE_NONE;

	for (; at != ZONE_NONE; at = b->index.parents[at]) {
		const struct plan_record *r = b->records[b->first[at]];
		bool is_at = name_equal(r->owner, name);
		if (b->zones[at] != zone)
			continue;
		/* of one owner's records the first has the smallest type: NS, CNAME, DNAME */
		if (r->type == RR_NS || (r->type == RR_CNAME ? is_at : !is_at))
			topmost = r;
	}
	return topmost;
}

/* The first of all records within a name that does not lie before it, or (is_behind) at it. */
static const struct plan_record *find_within(
        const struct barriers *b, const uint8_t *name, bool is_behind)
{
	size_t low = 0, high;

	if (!b->all->is_sorted)
		sort_all(b->all);
	for (high = b->all->count; low < high;) {
		size_t middle = low + (high - low) / 2;
		if (name_compare(b->all->sorted[middle]->owner, name) < (is_behind ? 1 : 0))
			low = middle + 1;
		else
			high = middle;
	}
	const struct plan_record *r = low < b->all->count ? b->all->sorted[low] : NULL;
	return r && name_is_within(r->owner, name, NULL) ? r : NULL;
}

const struct plan_record *barriers_find_within(const struct barriers *b, const uint8_t *name)
{
	return find_within(b, name, false);
}

const struct plan_record *barriers_find_below(const struct barriers *b, const uint8_t *name)
{
	return find_within(b, name, true);
}

const struct plan_record *plan_find_forward(const struct plan *p, const struct barriers *b,
        struct pair *pair, const struct trie_key *key)
{
	uint32_t zone = zone_index_find(&p->index, key);
	const struct plan_record *r =
	        zone == ZONE_NONE ? NULL : barriers_find(b, zone, key, pair->name);

	pair->forward_zone = r ? ZONE_NONE : zone;
	return r && r->type != RR_NS ? r : NULL;
}

const struct plan_record *plan_find_range_zone(
        const struct plan *p, const struct barriers *b, struct plan_range *r)
{
	static const uint8_t any_label[] = {1, '!'}; /* that no record has */
	const struct plan_record *above = NULL;
	struct trie_key key;
	struct name name;

	r->forward_zone = ZONE_NONE;
	if (!r->owner || name_join(&name, any_label, sizeof any_label, r->owner) != OK)
		return NULL;
	trie_key_from_name(&key, name.wire);
	uint32_t zone = zone_index_find(&p->index, &key);
	if (zone != ZONE_NONE)
		above = barriers_find(b, zone, &key, name.wire);
	if (!above)
		r->forward_zone = zone;
	return above && above->type != RR_NS ? above : NULL;
}

const struct plan_record *plan_find_in_way(
        const struct plan *p, const struct barriers *b, uint32_t zone, const struct addr *a)
{
	struct trie_key key;
	struct name name;

	if (b->index.count == 0)
		return NULL;
	plan_name_of_addr(&name, &p->zones[zone], a);
	trie_key_from_name(&key, name.wire);
	return barriers_find(b, zone, &key, name.wire);
}

/* A and AAAA records of all zones, in order. Returns their number. */
static size_t collect_addresses(const struct plan *p, const struct plan_record **out)
{
	size_t count = 0;

	for (size_t z = 0; z < p->zone_count; z++) {
		for (size_t i = 0; i < p->zones[z].record_count; i++) {
			const struct plan_record *r = &p->zones[z].records[i];
			if (r->type != RR_A && r->type != RR_AAAA)
				continue;
			if (out)
				out[count] = r;
			count++;
		}
	}
	if (out && count)
		qsort(out, count, sizeof *out, compare_records);
	return count;
}

static int compare_owner_and_type(const void *va, const void *vb)
{
	const struct plan_record *a = *(const struct plan_record *const *)va;
	const struct plan_record *b = *(const struct plan_record *const *)vb;
	int difference = name_compare(a->owner, b->owner);

	return difference ? difference : a->type - b->type;
}

static void check_joined_ttl(const struct plan_source *s, const struct pair *pair,
        const struct plan_record *const *sorted, size_t count, struct diag_list *diags)
{
	struct plan_record key = {
	        .owner = pair->name, .type = pair->addr_len == 4 ? RR_A : RR_AAAA};
	const struct plan_record *wanted = &key;
	char name[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX];

	const struct plan_record *const *found =
	        bsearch(&wanted, sorted, count, sizeof *sorted, compare_owner_and_type);
	if (!found || (*found)->ttl_s == pair->ttl_s)
		return;
	name_to_text(name, pair->name);
	diag_warning(diags, pair_place(s, pair), "ttl-mixed",
	        "%s %s has TTL %u here and %u in the operator's records (%s:%u); one RRset has "
	        "one: the smallest is served",
	        name, rr_type_text(type, key.type), pair->ttl_s, (*found)->ttl_s,
	        (*found)->place.file, (*found)->place.line);
}

enum err plan_check_joined_ttls(const struct plan *p, struct diag_list *diags)
{
	size_t count = collect_addresses(p, NULL);

	if (count == 0)
		return OK;
	const struct plan_record **sorted = malloc(count * sizeof *sorted);
	if (!sorted)
		return ERR_MEMORY;
	collect_addresses(p, sorted);
	for (size_t i = 0; i < p->source_count; i++) {
		const struct plan_source *s = &p->sources[i];
		for (size_t k = 0; s->state == SOURCE_GOOD && !s->is_same && k < s->pair_count; k++)
			if (s->pairs[k].forward_zone != ZONE_NONE)
				check_joined_ttl(s, &s->pairs[k], sorted, count, diags);
	}
	free(sorted);
	return OK;
}
