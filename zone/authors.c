/* SPDX-License-Identifier: ISC */
#include "zone/authors.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "zone/rr.h"

struct authors {
	struct owners owners; /* the prefixes alone */
	struct arena arena;   /* the names */
	const char **names;   /* in the arena; of each customer */
	size_t count;
	uint64_t *ptrs; /* owned; hashes of the operator's PTR records, ascending */
	size_t ptr_count;
};

static uint64_t hash_ptr(const uint8_t *owner, const uint8_t *rdata)
{
	return XXH3_64bits_withSeed(
	        owner, name_length(owner), XXH3_64bits(rdata, name_length(rdata)));
}

static int compare_hashes(const void *va, const void *vb)
{
	const uint64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

static enum err take_down_ptrs(struct authors *a, const struct plan *p)
{
	size_t count = 0;

	for (size_t z = 0; z < p->zone_count; z++)
		for (size_t i = 0; i < p->zones[z].record_count; i++)
			count += p->zones[z].records[i].type == RR_PTR;
	a->ptrs = malloc((count + 1) * sizeof *a->ptrs);
	if (!a->ptrs)
		return ERR_MEMORY;
	for (size_t z = 0; z < p->zone_count; z++) {
		for (size_t i = 0; i < p->zones[z].record_count; i++) {
			const struct plan_record *r = &p->zones[z].records[i];
			if (r->type == RR_PTR)
				a->ptrs[a->ptr_count++] = hash_ptr(r->owner, r->rdata);
		}
	}
	qsort(a->ptrs, count, sizeof *a->ptrs, compare_hashes);
	return OK;
}

bool authors_has_ptr(const struct authors *a, const uint8_t *owner, const uint8_t *rdata)
{
	uint64_t hash = hash_ptr(owner, rdata);

	return a && bsearch(&hash, a->ptrs, a->ptr_count, sizeof hash, compare_hashes);
}

enum err authors_build(struct authors **out, const struct plan *p)
{
	struct authors *a = calloc(1, sizeof *a);

	if (!a)
		return ERR_MEMORY;
	arena_init(&a->arena);
	a->count = p->customer_count;
	a->names = arena_alloc(&a->arena, (a->count + 1) * sizeof *a->names);
	for (size_t i = 0; a->names && i < a->count; i++) {
		const char *name = p->customers[i].name;
		a->names[i] = arena_text(&a->arena, name, strlen(name));
	}
	if (arena_failed(&a->arena) || owners_build_prefixes(&a->owners, p) != OK ||
	        take_down_ptrs(a, p) != OK) {
		authors_free(a);
		return ERR_MEMORY;
	}
	*out = a;
	return OK;
}

void authors_free(struct authors *a)
{
	if (!a)
		return;
	owners_free(&a->owners);
	arena_free(&a->arena);
	free(a->ptrs);
	free(a);
}

uint32_t authors_find(const struct authors *a, const struct addr *addr)
{
	const struct owned_prefix *block = a ? owners_find_addr(&a->owners, addr) : NULL;

	return block ? block->customer : CUSTOMER_NONE;
}

/* The customer of this name. The search begins at `from`, for the order seldom changes. */
static uint32_t find_customer(const struct plan *p, const char *name, size_t from)
{
	for (size_t i = 0; i < p->customer_count; i++) {
		size_t at = (from + i) % p->customer_count;
		if (strcmp(p->customers[at].name, name) == 0)
			return (uint32_t)at;
	}
	return CUSTOMER_NONE;
}

enum err authors_today(uint32_t **out, const struct authors *a, const struct plan *p)
{
	size_t from = 0;

	*out = NULL;
	if (!a)
		return OK;
	uint32_t *today = malloc((a->count + 1) * sizeof *today);
	if (!today)
		return ERR_MEMORY;
	for (size_t i = 0; i < a->count; i++) {
		today[i] = find_customer(p, a->names[i], from);
		from = today[i] == CUSTOMER_NONE ? from : today[i] + 1;
	}
	*out = today;
	return OK;
}
