/* SPDX-License-Identifier: ISC */
#include "zone/compile_sort.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "zone/hash.h"

#define FEW 12 /* items that are put in order one by one */

/* Items whose keys are the same before `at`; item->order is their word there. */
struct part {
	size_t begin, count, at;
};

/* The largest of three parts waits first, so half a hundred would be for 2^64 items. */
#define PARTS_MAX 128

struct sort {
	struct items *items;
	struct part waiting[PARTS_MAX];
	unsigned count;
	uint64_t draw;
};

uint64_t item_word(const struct items *items, const struct item *item, size_t at)
{
	size_t left = item->key_len > at ? item->key_len - at : 0;
	uint64_t word;

	if (left == 0)
		return 0;
	memcpy(&word, items->symbols + item->key_at + at, sizeof word);
	word = be64toh(word);
	return left < 8 ? word & UINT64_MAX << (64 - 8 * left) : word;
}

static int compare_records(const void *va, const void *vb)
{
	const struct item *a = va, *b = vb;
	size_t a_len, b_len;

	if (a->type != b->type)
		return a->type - b->type;
	const uint8_t *a_rdata = item_rdata(a, &a_len), *b_rdata = item_rdata(b, &b_len);
	return compare_octets(a_rdata, a_len, b_rdata, b_len);
}

/* Both keys are the same before `at`, and order is their word there. */
static int compare_from(
        const struct items *items, const struct item *a, const struct item *b, size_t at)
{
	size_t longer = a->key_len > b->key_len ? a->key_len : b->key_len;

	while (a->order == b->order && longer > at + 8) {
		at += 8;
		uint64_t x = item_word(items, a, at), y = item_word(items, b, at);
		if (x != y)
			return x < y ? -1 : 1;
	}
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return compare_records(a, b);
}

static void sort_few(struct items *items, const struct part *part)
{
	struct item *all = items->all + part->begin;

	for (size_t i = 1; i < part->count; i++) {
		struct item item = all[i];
		size_t k = i;
		for (; k && compare_from(items, &all[k - 1], &item, part->at) > 0; k--)
			all[k] = all[k - 1];
		all[k] = item;
	}
}

static void swap(struct item *a, struct item *b)
{
	struct item item = *a;

	*a = *b;
	*b = item;
}

static uint64_t draw_pivot(struct sort *s, const struct part *part)
{
	s->draw ^= s->draw << 13; /* xorshift64 */
	s->draw ^= s->draw >> 7;
	s->draw ^= s->draw << 17;
	return s->items->all[part->begin + s->draw % part->count].order;
}

/* Put what is below the pivot first, what is above it last; the three parts. */
static void split(const struct sort *s, const struct part *part, uint64_t pivot, struct part out[3])
{
	struct item *all = s->items->all;
	size_t low = part->begin, i = low, high = low + part->count;

	while (i < high) {
		if (all[i].order == pivot)
			i++;
		else if (all[i].order < pivot)
			swap(&all[low++], &all[i++]);
		else
			swap(&all[i], &all[--high]);
	}
	out[0] = (struct part){part->begin, low - part->begin, part->at};
	out[1] = (struct part){low, high - low, part->at};
	out[2] = (struct part){high, part->begin + part->count - high, part->at};
}

/* Items of one word: those of one owner, or whatever the next word says. That of a key which ends
 * here is 0, and no other's is, for no label is empty. */
static void go_on(struct items *items, struct part *part)
{
	struct item *all = items->all + part->begin;
	bool is_over = true;

	part->at += 8;
	for (size_t i = 0; i < part->count; i++) {
		is_over = is_over && all[i].key_len <= part->at;
		all[i].order = item_word(items, &all[i], part->at);
	}
	if (!is_over)
		return;
	qsort(all, part->count, sizeof *all, compare_records);
	part->count = 0;
}

static void wait(struct sort *s, const struct part *part)
{
	assert(s->count < PARTS_MAX);
	if (part->count > 1)
		s->waiting[s->count++] = *part;
}

/* The smallest is waited for last, so that few wait at a time. */
static void wait_all(struct sort *s, struct part parts[3])
{
	for (unsigned i = 0; i < 2; i++)
		for (unsigned k = 0; k < 2; k++)
			if (parts[k].count < parts[k + 1].count) {
				struct part part = parts[k];
				parts[k] = parts[k + 1];
				parts[k + 1] = part;
			}
	for (unsigned i = 0; i < 3; i++)
		wait(s, &parts[i]);
}

void sort_items(struct items *items)
{
	struct sort s = {.items = items, .draw = hash_seed()};
	struct part parts[3];

	wait(&s, &(struct part){0, items->count, 0});
	while (s.count) {
		const struct part part = s.waiting[--s.count];
		if (part.count <= FEW) {
			sort_few(items, &part);
			continue;
		}
		split(&s, &part, draw_pivot(&s, &part), parts);
		go_on(items, &parts[1]);
		wait_all(&s, parts);
	}
	for (size_t i = 0; i < items->count; i++)
		items->all[i].order = item_word(items, &items->all[i], 0);
}
