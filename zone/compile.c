/* SPDX-License-Identifier: ISC */
#include "zone/compile.h"

#include <stdlib.h>
#include <string.h>

#include "zone/authors.h"
#include "zone/image_write.h"
#include "zone/share.h"

/* A record that is not one of a pair's: SOA, NS. */
struct record {
	const uint8_t *labels; /* of the owner, before the apex */
	size_t label_octets;
	const uint8_t *rdata; /* a wire name for types that are one name */
	size_t rdata_octets;
	uint32_t ttl_s;
};

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
	enum err failed;
};

static void job_free(struct job *job)
{
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
	*r = (struct record){labels, n, rdata, rdata_octets, ttl_s};
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

/* Of each address in the block of a zone by RFC 2317 a CNAME leads there (RFC 2317 4). */
static void add_cnames(struct job *job, const struct plan_zone *cut)
{
	struct addr a = cut->prefix.addr;
	unsigned count = 1U << (32 - cut->prefix.bits), first = a.octets[3];
	struct name owner, target;

	for (unsigned i = 0; i < count && job->failed == OK; i++) {
		a.octets[3] = (uint8_t)(first + i);
		if (name_from_addr(&owner, &a, 32) != OK)
			continue; /* cannot be */
		plan_name_of_addr(&target, cut, &a);
		uint8_t *copy = arena_octets(&job->arena, (size_t)owner.len + target.len);
		if (!copy) {
			job->failed = ERR_MEMORY;
			return;
		}
		memcpy(copy, owner.wire, owner.len);
		memcpy(copy + owner.len, target.wire, target.len);
		add_record(job, RR_CNAME, copy, owner.len - job->apex_len, copy + owner.len,
		        target.len, cut->ttl_s);
	}
}

/* Zones by RFC 2317 whose CNAMEs stand in this one. */
static void add_cut_zones(struct job *job, const struct plan *plan, uint32_t number)
{
	struct name owner;

	for (size_t i = 0; i < plan->cut_zone_count; i++) {
		const struct plan_zone *cut = &plan->zones[plan->cut_zones[i]];
		if (name_from_addr(&owner, &cut->prefix.addr, 32) == OK &&
		        plan_find_zone(plan, owner.wire) == number)
			add_cnames(job, cut);
	}
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
static void add_ptr(struct job *job, const struct pair *pair)
{
	const struct addr a = pair_addr(pair);
	uint8_t labels[64];

	if (job->zone->is_reverse) {
		size_t n = name_addr_labels(
		        labels, pair->octets, pair->addr_len, job->zone->prefix.bits);
		add_item(job, RR_PTR, labels, n, pair, NULL);
	} else {
		struct name owner;
		plan_name_of_addr(&owner, job->zone, &a);
		const uint8_t *copy = arena_copy(&job->arena, owner.wire, owner.len);
		if (copy)
			add_record(job, RR_PTR, copy, owner.len - job->apex_len, pair->name,
			        name_length(pair->name), pair->ttl_s);
		else
			job->failed = ERR_MEMORY;
	}
}

static void add_address(struct job *job, const struct pair *pair)
{
	add_item(job, pair->addr_len == 4 ? RR_A : RR_AAAA, pair->name,
	        name_length(pair->name) - job->apex_len, pair, NULL);
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
	int difference = memcmp(a, b, a_len < b_len ? a_len : b_len);

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
		if (rr_is_one_name(items->type))
			image_writer_name(w, rdata);
		else if (items->type == RR_A || items->type == RR_AAAA)
			image_writer_address(w, rdata, n);
		else
			image_writer_rdata(w, rdata, n);
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

static enum err write_image(const struct job *job, uint8_t **octets, size_t *size)
{
	struct image_writer w;
	const struct plan_zone *zone = job->zone;

	image_writer_init(&w, zone->apex, zone->is_reverse ? &zone->prefix : NULL);
	for (size_t i = 0, end; i < job->item_count; i = end) {
		const struct item *first = &job->items[i];
		for (end = i + 1; end < job->item_count &&
		                  compare_owners(first, &job->items[end], job->symbols) == 0;
		        end++)
			;
		begin_owner(&w, job, owner_of_run(first, end - i));
		for (size_t k = i, type_end; k < end; k = type_end) {
			for (type_end = k + 1;
			        type_end < end && job->items[type_end].type == job->items[k].type;
			        type_end++)
				;
			write_rrset(&w, &job->items[k], type_end - k);
		}
	}
	return image_writer_finish(&w, octets, size);
}

/* The image of one zone, with the serial that its SOA gets. */
static enum err compile_zone(const struct plan *plan, const struct share shares[DIRECTIONS],
        uint32_t number, uint32_t serial, uint8_t **octets, size_t *size)
{
	struct job job = {.zone = &plan->zones[number]};

	arena_init(&job.arena);
	job.apex_len = name_length(job.zone->apex);
	add_soa(&job, serial);
	add_ns(&job, job.zone);
	add_cuts(&job, plan, number);
	add_cut_zones(&job, plan, number);
	add_plan_records(&job);
	const struct share *share = &shares[REVERSE];
	for (size_t i = share->begin[number]; i < share->begin[number + 1]; i++)
		add_ptr(&job, share->at[i]);
	share = &shares[FORWARD];
	for (size_t i = share->begin[number]; i < share->begin[number + 1]; i++)
		add_address(&job, share->at[i]);
	enum err e = job.failed;
	if (e == OK) {
		qsort_r(job.items, job.item_count, sizeof *job.items, compare_items, job.symbols);
		e = write_image(&job, octets, size);
	}
	job_free(&job);
	return e;
}

static struct image *find_last(const struct snapshot *last, const uint8_t *apex)
{
	struct trie_key key;

	if (!last)
		return NULL;
	trie_key_from_name(&key, apex);
	uint32_t zone = zone_index_find(&last->index, &key, apex);
	if (zone == ZONE_NONE || !name_equal(last->images[zone]->apex, apex))
		return NULL;
	return last->images[zone];
}

static uint32_t next_serial(const struct plan_zone *zone, const struct image *last, time_t now)
{
	if (!last)
		return zone->soa.has_serial ? zone->soa.serial : (uint32_t)now;
	return last->serial + 1 > (uint32_t)now ? last->serial + 1 : (uint32_t)now;
}

/* The image that is served from now on: the last one where nothing changed. */
static enum err renew_zone(struct image **out, const struct plan *plan,
        const struct share shares[DIRECTIONS], uint32_t number,
        const struct snapshot *last_snapshot, time_t now)
{
	const struct plan_zone *zone = &plan->zones[number];
	struct image *last = find_last(last_snapshot, zone->apex);
	uint32_t serial = last ? last->serial : next_serial(zone, NULL, now);
	uint8_t *octets;
	size_t size;

	enum err e = compile_zone(plan, shares, number, serial, &octets, &size);
	if (e != OK)
		return e;
	if (last && last->size == size && memcmp(last->octets, octets, size) == 0) {
		free(octets);
		*out = image_ref(last);
		return OK;
	}
	if (last)
		image_set_serial(octets, size, next_serial(zone, last, now));
	e = image_open(out, octets, size);
	if (e != OK)
		free(octets);
	return e;
}

enum err compile_plan(
        struct snapshot **out, const struct plan *plan, const struct snapshot *last, time_t now)
{
	struct share shares[DIRECTIONS] = {{NULL, NULL}, {NULL, NULL}};
	uint32_t count = (uint32_t)plan->zone_count, done = 0;
	struct image **images = calloc((size_t)count + 1, sizeof *images);
	struct authors *authors = NULL;

	if (!images)
		return ERR_MEMORY;
	enum err e = authors_build(&authors, plan);
	if (e == OK)
		e = share_pairs(&shares[REVERSE], plan, REVERSE);
	if (e == OK)
		e = share_pairs(&shares[FORWARD], plan, FORWARD);
	while (e == OK && done < count) {
		e = renew_zone(&images[done], plan, shares, done, last, now);
		done += e == OK;
	}
	share_free(&shares[REVERSE]);
	share_free(&shares[FORWARD]);
	if (e == OK) {
		e = snapshot_build(out, images, count, last ? last->generation + 1 : 1);
	} else {
		for (uint32_t i = 0; i < done; i++)
			image_unref(images[i]);
	}
	free(images);
	if (e == OK)
		(*out)->authors = authors;
	else
		authors_free(authors);
	return e;
}
