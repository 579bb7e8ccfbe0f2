/* SPDX-License-Identifier: ISC */
#include "zone/compile_zone.h"

#include <stdlib.h>
#include <string.h>

#include "zone/carry.h"
#include "zone/compile_rules.h"

/* A record that is not one of a pair's: SOA, NS. */
struct record {
	bool is_above;         /* it is none */
	const uint8_t *labels; /* of the owner, before the apex */
	size_t label_octets;
	const uint8_t *rdata; /* a wire name for types that are one name */
	size_t rdata_octets;
	uint32_t ttl_s;
};

/* The type of an item that is no record. It marks an owner that a changed source has or had; or,
 * with an `is_above`, one that is there because names hang below it. */
#define TYPE_MARK 0

/* One record on its way into an image: the PTR or the address record of a pair, or a record. */
struct item {
	uint64_t order; /* the first eight symbols of the owner's key */
	uint32_t key_at;
	uint16_t key_len;
	uint16_t type;
	const struct pair *pair;     /* NULL: */
	const struct record *record; /* ... then this one */
};

/* The work on one zone. */
struct job {
	const struct plan_zone *zone;
	struct arena arena; /* records */
	struct item *items;
	size_t item_count, item_capacity;
	uint8_t *symbols; /* all keys, one behind the other */
	size_t symbol_count, symbol_capacity;
	size_t apex_len;
	struct zone_rules rules;
	bool is_merge; /* items are those of changed sources; the rest is in the last image */
	enum err failed;
};

static void job_free(struct job *job)
{
	zone_rules_end(&job->rules);
	arena_free(&job->arena);
	free(job->items);
	free(job->symbols);
}

/* Room for one more item and its key. */
static bool make_room(struct job *job)
{
	if (job->item_count == job->item_capacity) {
		size_t capacity = job->item_capacity ? job->item_capacity * 2 : 64;
		struct item *items = realloc(job->items, capacity * sizeof *items);
		if (!items)
			return false;
		job->items = items;
		job->item_capacity = capacity;
	}
	if (job->symbol_capacity - job->symbol_count < TRIE_KEY_MAX) {
		size_t capacity = job->symbol_capacity * 2 + 64 * TRIE_KEY_MAX;
		uint8_t *symbols = realloc(job->symbols, capacity);
		if (!symbols)
			return false;
		job->symbols = symbols;
		job->symbol_capacity = capacity;
	}
	return true;
}

static void add_item(struct job *job, uint16_t type, const uint8_t *labels, size_t n,
        const struct pair *pair, const struct record *record)
{
	if (job->failed != OK)
		return;
	if (!make_room(job)) {
		job->failed = ERR_MEMORY;
		return;
	}
	if (job->symbol_count > UINT32_MAX - TRIE_KEY_MAX) {
		job->failed = ERR_LONG;
		return;
	}
	uint8_t *key = job->symbols + job->symbol_count;
	size_t key_len = trie_key_from_labels(key, labels, n);
	uint64_t order = 0;
	for (size_t i = 0; i < 8; i++)
		order = order << 8 | (i < key_len ? key[i] : 0);
	job->items[job->item_count++] = (struct item){
	        order, (uint32_t)job->symbol_count, (uint16_t)key_len, type, pair, record};
	job->symbol_count += key_len;
}

static void add_record(struct job *job, uint16_t type, const uint8_t *labels, size_t n,
        const uint8_t *rdata, size_t rdata_octets, uint32_t ttl_s)
{
	struct record *r = arena_alloc(&job->arena, sizeof *r);

	if (!r) {
		job->failed = ERR_MEMORY;
		return;
	}
	*r = (struct record){false, labels, n, rdata, rdata_octets, ttl_s};
	add_item(job, type, labels, n, NULL, r);
}

static void put32(uint8_t *out, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* RFC 1035 3.3.13. */
static void add_soa(struct job *job, uint32_t serial)
{
	const struct plan_soa *soa = &job->zone->soa;
	size_t mname = name_length(soa->mname), rname = name_length(soa->rname);
	uint8_t *rdata = arena_octets(&job->arena, mname + rname + 20);
	const uint32_t numbers[] = {
	        serial, soa->refresh_s, soa->retry_s, soa->expire_s, soa->minimum_s};

	if (!rdata) {
		job->failed = ERR_MEMORY;
		return;
	}
	memcpy(rdata, soa->mname, mname);
	memcpy(rdata + mname, soa->rname, rname);
	for (unsigned i = 0; i < 5; i++)
		put32(rdata + mname + rname + (size_t)4 * i, numbers[i]);
	add_record(job, RR_SOA, (const uint8_t *)"", 0, rdata, mname + rname + 20, soa->ttl_s);
}

static void add_ns(struct job *job, const struct plan_zone *of)
{
	size_t n = name_length(of->apex) - job->apex_len;

	for (size_t i = 0; i < of->ns_count; i++)
		add_record(
		        job, RR_NS, of->apex, n, of->ns[i], name_length(of->ns[i]), of->ns_ttl_s);
}

/* A zone served below this one, with none between, is a cut in it. */
static void add_cuts(struct job *job, const struct plan *plan, uint32_t number)
{
	for (uint32_t i = 0; i < plan->index.count; i++)
		if (plan->index.parents[i] == number)
			add_ns(job, &plan->zones[i]);
}

/* A name of the zone, as the labels before its apex; NULL, and no length, when it is none. */
static const uint8_t *labels_of(const struct job *job, const uint8_t *name, size_t *n)
{
	*n = 0;
	if (!name_is_within(name, job->zone->apex, NULL))
		return NULL;
	*n = name_length(name) - job->apex_len;
	return name;
}

/* What stands at a delegation's cut and below it; or (is_mark) that something stood there. */
static void add_cut(struct job *job, const struct plan_delegation *d, bool is_mark)
{
	struct name cut;
	size_t n;

	if (!delegation_cut_name(&cut, d))
		return;
	const uint8_t *copy = arena_copy(&job->arena, cut.wire, cut.len);
	if (!copy) {
		job->failed = ERR_MEMORY;
		return;
	}
	const uint8_t *labels = labels_of(job, copy, &n);
	if (!labels)
		return;
	if (is_mark)
		add_record(job, TYPE_MARK, labels, n, NULL, 0, 0);
	for (unsigned i = 0; !is_mark && i < d->ns_count; i++)
		add_record(job, RR_NS, labels, n, d->ns[i], name_length(d->ns[i]), d->ttl_s);
	for (unsigned i = 0; !is_mark && i < d->ds_count; i++)
		add_record(job, RR_DS, labels, n, d->ds[i].rdata, d->ds[i].octets, d->ttl_s);
	for (unsigned i = 0; i < d->glue_count; i++) {
		const struct plan_glue *glue = &d->glue[i];
		labels = labels_of(job, glue->name, &n);
		if (!labels)
			continue;
		if (is_mark)
			add_record(job, TYPE_MARK, labels, n, NULL, 0, 0);
		else
			add_record(job, glue->addr.len == 4 ? RR_A : RR_AAAA, labels, n,
			        glue->addr.octets, glue->addr.len, d->ttl_s);
	}
}

static void add_delegations(struct job *job, const struct layers *l, uint32_t number)
{
	for (size_t i = layers_find_cuts(l, number); i < l->cut_count && l->cuts[i].zone == number;
	        i++)
		add_cut(job, l->cuts[i].delegation, false);
}

/* Where changed sources cut, and where they did. */
static void mark_delegations(struct job *job, const struct plan_source *sources, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; source_is_served(&sources[i]) && k < sources[i].delegation_count;
		        k++)
			add_cut(job, &sources[i].delegations[k], true);
}

/* An owner below which names hang that are computed. */
static void add_above(struct job *job, const uint8_t *name)
{
	struct record *r = arena_alloc(&job->arena, sizeof *r);
	size_t n;

	if (!r) {
		job->failed = ERR_MEMORY;
		return;
	}
	const uint8_t *labels = labels_of(job, name, &n);
	*r = (struct record){true, labels, n, NULL, 0, 0};
	if (labels)
		add_item(job, TYPE_MARK, labels, n, NULL, r);
}

/* Of a zone above in-addr.arpa and ip6.arpa the names of addresses are no owners' either. */
static void add_all_above(struct job *job)
{
	const struct zone_rules *r = &job->rules;

	for (size_t i = 0; i < r->owner_count; i++)
		add_above(job, r->owners[i]);
	if (job->zone->is_reverse || job->zone->is_cut_style)
		return;
	if (zone_rules_has(r, 4))
		add_above(job, (const uint8_t *)"\7in-addr\4arpa");
	if (zone_rules_has(r, 16))
		add_above(job, (const uint8_t *)"\3ip6\4arpa");
}

static void add_plan_records(struct job *job)
{
	for (size_t i = 0; i < job->zone->record_count; i++) {
		const struct plan_record *r = &job->zone->records[i];
		add_record(job, r->type, r->owner, name_length(r->owner) - job->apex_len, r->rdata,
		        r->rdata_octets, r->ttl_s);
	}
}

/* The PTR of a pair. In a zone above in-addr.arpa or ip6.arpa, or by RFC 2317, its owner is written
 * as labels. */
static void add_ptr(struct job *job, const struct pair *pair, uint16_t type)
{
	const struct addr a = pair_addr(pair);
	uint8_t labels[64];

	if (job->zone->is_reverse) {
		size_t n = name_addr_labels(
		        labels, pair->octets, pair->addr_len, job->zone->prefix.bits);
		add_item(job, type, labels, n, pair, NULL);
		return;
	}
	struct name owner;
	plan_name_of_addr(&owner, job->zone, &a);
	size_t n = owner.len - job->apex_len;
	const uint8_t *copy = arena_copy(&job->arena, owner.wire, owner.len);
	if (!copy)
		job->failed = ERR_MEMORY;
	else if (type == RR_PTR)
		add_record(job, RR_PTR, copy, n, pair->name, name_length(pair->name), pair->ttl_s);
	if (copy && (type == TYPE_MARK || job->is_merge))
		add_item(job, TYPE_MARK, copy, n, pair, NULL);
}

static void add_address(struct job *job, const struct pair *pair, uint16_t type)
{
	add_item(job, type, pair->name, name_length(pair->name) - job->apex_len, pair, NULL);
}

static void add_pairs(
        struct job *job, const struct share shares[DIRECTIONS], uint32_t number, bool is_mark)
{
	const struct share *share = &shares[REVERSE];

	for (size_t i = share->begin[number]; i < share->begin[number + 1]; i++)
		add_ptr(job, share->at[i], is_mark ? TYPE_MARK : RR_PTR);
	share = &shares[FORWARD];
	for (size_t i = share->begin[number]; i < share->begin[number + 1]; i++)
		add_address(job, share->at[i],
		        is_mark                       ? TYPE_MARK
		        : share->at[i]->addr_len == 4 ? RR_A
		                                      : RR_AAAA);
	share = &shares[TAKEN];
	for (size_t i = share->begin[number]; i < share->begin[number + 1]; i++)
		(is_mark ? zone_rules_drop : zone_rules_take)(
		        &job->rules, share->at[i]->octets, share->at[i]->addr_len);
}

static const uint8_t *item_rdata(const struct item *item, size_t *n)
{
	if (!item->pair) {
		*n = item->record->rdata_octets;
		return item->record->rdata;
	}
	*n = item->type == RR_PTR ? name_length(item->pair->name) : item->pair->addr_len;
	return item->type == RR_PTR ? item->pair->name : item->pair->octets;
}

static uint32_t item_ttl(const struct item *item)
{
	return item->pair ? item->pair->ttl_s : item->record->ttl_s;
}

static int compare_octets(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	size_t n = a_len < b_len ? a_len : b_len;
	int difference = n ? memcmp(a, b, n) : 0; /* a mark has no rdata */

	return difference ? difference : (a_len > b_len) - (a_len < b_len);
}

static int compare_owners(const struct item *a, const struct item *b, const uint8_t *symbols)
{
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return compare_octets(symbols + a->key_at, a->key_len, symbols + b->key_at, b->key_len);
}

/* Owners in canonical order, then types, then rdata: so the octets do not depend on the order in
 * which people wrote. */
static int compare_items(const void *va, const void *vb, void *symbols)
{
	const struct item *a = va, *b = vb;
	int difference = compare_owners(a, b, symbols);

	if (difference || a->type != b->type)
		return difference ? difference : a->type - b->type;
	size_t a_len, b_len;
	const uint8_t *a_rdata = item_rdata(a, &a_len), *b_rdata = item_rdata(b, &b_len);
	return compare_octets(a_rdata, a_len, b_rdata, b_len);
}

/* One RRset has one TTL (RFC 2181 5.2): the smallest. */
static uint32_t smallest_ttl(const struct item *items, size_t count)
{
	uint32_t ttl_s = TTL_MAX;

	for (size_t i = 0; i < count; i++)
		if (item_ttl(&items[i]) < ttl_s)
			ttl_s = item_ttl(&items[i]);
	return ttl_s;
}

static void write_rrset(struct image_writer *w, const struct item *items, size_t count)
{
	const uint8_t *last = NULL;
	size_t last_len = 0;

	image_writer_rrset(w, items->type, smallest_ttl(items, count));
	for (size_t i = 0; i < count; i++) {
		size_t n;
		const uint8_t *rdata = item_rdata(&items[i], &n);
		if (last && compare_octets(last, last_len, rdata, n) == 0)
			continue; /* the same record twice is one (RFC 2181 5) */
		image_writer_record(w, items->type, rdata, n);
		last = rdata;
		last_len = n;
	}
}

static void begin_owner(struct image_writer *w, const struct job *job, const struct item *item)
{
	const uint8_t *key = job->symbols + item->key_at;

	if (item->type == RR_PTR && item->pair) /* an address, whatever else it holds */
		image_writer_owner(w, NULL, 0, item->pair->octets, key, item->key_len);
	else if (item->pair)
		image_writer_owner(w, item->pair->name,
		        name_length(item->pair->name) - job->apex_len, NULL, key, item->key_len);
	else
		image_writer_owner(w, item->record->labels, item->record->label_octets, NULL, key,
		        item->key_len);
}

/* The item of a run that says how its owner is written: one from a PTR's pair if there is. */
static const struct item *owner_of_run(const struct item *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (items[i].type == RR_PTR && items[i].pair)
			return &items[i];
	return items;
}

/* True when names hang below the owner. */
static bool is_above(const struct item *items, size_t count)
{
	for (size_t i = 0; i < count && items[i].type == TYPE_MARK; i++)
		if (items[i].record && items[i].record->is_above)
			return true;
	return false;
}

/* The items of one owner; marks stand first. */
static void write_owner(
        struct image_writer *w, const struct job *job, const struct item *items, size_t count)
{
	const struct item *first = NULL; /* of those that say so */

	while (count && items->type == TYPE_MARK) {
		if (items->record && items->record->is_above)
			first = items;
		items++;
		count--;
	}
	if (count == 0 && !first)
		return;
	begin_owner(w, job, count ? owner_of_run(items, count) : first);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && items[end].type == items[i].type; end++)
			;
		write_rrset(w, &items[i], end - i);
	}
}

/* Where the items of the owner of items[i] end. */
static size_t end_of_owner(const struct job *job, size_t i)
{
	size_t end = i + 1;

	while (end < job->item_count &&
	        compare_owners(&job->items[i], &job->items[end], job->symbols) == 0)
		end++;
	return end;
}

static void write_items(struct image_writer *w, const struct job *job)
{
	for (size_t i = 0, end; i < job->item_count; i = end) {
		end = end_of_owner(job, i);
		write_owner(w, job, &job->items[i], end - i);
	}
}

/* True when a changed source has or had a pair at this owner: then all its pairs there are in the
 * items, for an owner has pairs of one source only. */
static bool is_changed(const struct item *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (items[i].pair || (items[i].type == TYPE_MARK && !items[i].record->is_above))
			return true;
	return false;
}

/* Both in canonical order: what a changed source touches is written anew, the rest is carried. */
static void write_merged(struct image_writer *w, const struct job *job, struct carry *c)
{
	size_t i = 0, end;

	for (; i < job->item_count; i = end) {
		const struct item *first = &job->items[i];
		const uint8_t *key = job->symbols + first->key_at;
		int order = 1;
		end = end_of_owner(job, i);
		bool is_new = is_changed(first, end - i);
		if (!is_new && !is_above(first, end - i))
			continue;
		while (c->has_owner &&
		        (order = compare_octets(c->key, c->key_len, key, first->key_len)) < 0) {
			carry_write(c, w);
			carry_next(c);
		}
		bool is_there = c->has_owner && order == 0;
		if (is_there && !is_new)
			carry_write(c, w);
		else
			write_owner(w, job, first, end - i);
		if (is_there)
			carry_next(c);
	}
	for (; c->has_owner; carry_next(c))
		carry_write(c, w);
}

/* Everything but the pairs. */
static void begin_job(struct job *job, const struct zone_input *in, uint32_t serial)
{
	job->zone = &in->plan->zones[in->zone];
	arena_init(&job->arena);
	job->apex_len = name_length(job->zone->apex);
	zone_rules_begin(&job->rules, in->plan, in->zone, in->layers);
	add_soa(job, serial);
	add_ns(job, job->zone);
	add_cuts(job, in->plan, in->zone);
	add_delegations(job, in->layers, in->zone);
	add_plan_records(job);
}

static enum err write_job(struct job *job, const struct image *last, uint8_t **octets, size_t *size)
{
	const struct plan_zone *z = job->zone;
	struct image_writer w;
	struct carry c;

	qsort_r(job->items, job->item_count, sizeof *job->items, compare_items, job->symbols);
	image_writer_init(&w, z->apex, z->is_reverse ? &z->prefix : NULL);
	if (z->is_cut_style)
		image_writer_set_cut(&w, &z->prefix);
	if (last) {
		carry_begin(&c, last);
		write_merged(&w, job, &c);
	} else {
		write_items(&w, job);
	}
	enum err e = zone_rules_write(&job->rules, &w);
	enum err written = image_writer_finish(&w, octets, size);
	if (e != OK && written == OK)
		free(*octets);
	return e == OK ? written : e;
}

static enum err end_job(struct job *job, const struct image *last, uint8_t **octets, size_t *size)
{
	zone_rules_settle(&job->rules);
	add_all_above(job);
	enum err e = job->failed == OK ? job->rules.failed : job->failed;
	if (e == OK)
		e = write_job(job, last, octets, size);
	job_free(job);
	return e;
}

enum err compile_zone(uint8_t **octets, size_t *size, const struct zone_input *in,
        const struct share pairs[DIRECTIONS], uint32_t serial)
{
	struct job job = {.failed = OK};

	begin_job(&job, in, serial);
	add_pairs(&job, pairs, in->zone, false);
	return end_job(&job, NULL, octets, size);
}

enum err merge_zone(uint8_t **octets, size_t *size, const struct zone_input *in,
        const struct zone_change *now, const struct zone_change *before, const struct image *last)
{
	struct job job = {.is_merge = true};

	begin_job(&job, in, last->serial);
	zone_rules_carry(&job.rules, last);
	mark_delegations(&job, before->sources, before->count);
	mark_delegations(&job, now->sources, now->count);
	add_pairs(&job, before->pairs, in->zone, true);
	add_pairs(&job, now->pairs, in->zone, false);
	return end_job(&job, last, octets, size);
}
