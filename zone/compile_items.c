/* SPDX-License-Identifier: ISC */
#include "zone/compile_items.h"

#include <stdlib.h>
#include <string.h>

#include "zone/carry.h"
#include "zone/compile_sort.h"

void items_init(struct items *items, const struct plan_zone *zone)
{
	*items = (struct items){.apex_len = name_length(zone->apex)};
	arena_init(&items->arena);
}

void items_free(struct items *items)
{
	arena_free(&items->arena);
	free(items->all);
	free(items->symbols);
	items->all = NULL;
	items->symbols = NULL;
	items->count = items->capacity = items->symbol_count = items->symbol_capacity = 0;
}

/* Room for one more item and its key. */
static bool make_room(struct items *items)
{
	if (items->count == items->capacity) {
		size_t capacity = items->capacity ? items->capacity * 2 : 64;
		struct item *all = realloc(items->all, capacity * sizeof *all);
		if (!all)
			return false;
		items->all = all;
		items->capacity = capacity;
	}
	if (items->symbol_capacity - items->symbol_count < TRIE_KEY_MAX + SORT_ROOM) {
		size_t capacity = items->symbol_capacity * 2 + 64 * TRIE_KEY_MAX;
		uint8_t *symbols = realloc(items->symbols, capacity);
		if (!symbols)
			return false;
		items->symbols = symbols;
		items->symbol_capacity = capacity;
	}
	return true;
}

void items_add(struct items *items, uint16_t type, const uint8_t *labels, size_t n,
        const struct pair *pair, const struct record *record)
{
	if (items->failed != OK)
		return;
	if (!make_room(items)) {
		items->failed = ERR_MEMORY;
		return;
	}
	if (items->symbol_count > UINT32_MAX - TRIE_KEY_MAX) {
		items->failed = ERR_LONG;
		return;
	}
	uint8_t *key = items->symbols + items->symbol_count;
	size_t key_len = trie_key_from_labels(key, labels, n);
	struct item *item = &items->all[items->count++];
	*item = (struct item){
	        0, (uint32_t)items->symbol_count, (uint16_t)key_len, type, pair, record};
	item->order = item_word(items, item, 0);
	items->symbol_count += key_len;
}

void items_add_record(struct items *items, uint16_t type, const uint8_t *labels, size_t n,
        const uint8_t *rdata, size_t rdata_octets, uint32_t ttl_s)
{
	struct record *r = arena_alloc(&items->arena, sizeof *r);

	if (!r) {
		items->failed = ERR_MEMORY;
		return;
	}
	*r = (struct record){false, labels, n, rdata, rdata_octets, ttl_s};
	items_add(items, type, labels, n, NULL, r);
}

void items_add_above(struct items *items, const uint8_t *labels, size_t n)
{
	struct record *r = arena_alloc(&items->arena, sizeof *r);

	if (!r) {
		items->failed = ERR_MEMORY;
		return;
	}
	*r = (struct record){.is_above = true, .labels = labels, .label_octets = n};
	items_add(items, TYPE_MARK, labels, n, NULL, r);
}

const uint8_t *item_rdata(const struct item *item, size_t *n)
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

static int compare_owners(const struct item *a, const struct item *b, const uint8_t *symbols)
{
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return compare_octets(symbols + a->key_at, a->key_len, symbols + b->key_at, b->key_len);
}

void items_sort(struct items *items)
{
	sort_items(items);
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

static void begin_owner(struct image_writer *w, const struct items *set, const struct item *item)
{
	const uint8_t *key = set->symbols + item->key_at;

	if (item->type == RR_PTR && item->pair) /* an address, whatever else it holds */
		image_writer_owner(w, NULL, 0, item->pair->octets, key, item->key_len);
	else if (item->pair)
		image_writer_owner(w, item->pair->name,
		        name_length(item->pair->name) - set->apex_len, NULL, key, item->key_len);
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
        struct image_writer *w, const struct items *set, const struct item *items, size_t count)
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
	begin_owner(w, set, count ? owner_of_run(items, count) : first);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && items[end].type == items[i].type; end++)
			;
		write_rrset(w, &items[i], end - i);
	}
}

/* Where the items of the owner of items[i] end. */
static size_t end_of_owner(const struct items *set, size_t i)
{
	size_t end = i + 1;

	while (end < set->count && compare_owners(&set->all[i], &set->all[end], set->symbols) == 0)
		end++;
	return end;
}

void items_write(const struct items *set, struct image_writer *w)
{
	for (size_t i = 0, end; i < set->count; i = end) {
		end = end_of_owner(set, i);
		write_owner(w, set, &set->all[i], end - i);
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
void items_merge(const struct items *set, struct image_writer *w, const struct image *last)
{
	struct carry carry, *c = &carry;
	size_t i = 0, end;

	carry_begin(c, last);
	for (; i < set->count; i = end) {
		const struct item *first = &set->all[i];
		const uint8_t *key = set->symbols + first->key_at;
		int order = 1;
		end = end_of_owner(set, i);
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
			write_owner(w, set, first, end - i);
		if (is_there)
			carry_next(c);
	}
	for (; c->has_owner; carry_next(c))
		carry_write(c, w);
}
