/* SPDX-License-Identifier: ISC */
#include "zone/fragment.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "zone/fragment_layers.h"

_Static_assert(sizeof(struct fragment_header) == 56, "no gaps");
_Static_assert(sizeof(struct fragment_pair) == 32, "no gaps");

static uint64_t checksum_of(const uint8_t *octets, size_t size)
{
	size_t behind = offsetof(struct fragment_header, checksum) + sizeof(uint64_t);

	return XXH3_64bits(octets + behind, size - behind);
}

static uint64_t hash_of(const char *customer)
{
	return XXH3_64bits(customer, strlen(customer));
}

int fragment_compare(const struct pair *a, const struct pair *b)
{
	int difference = a->addr_len - b->addr_len;

	if (!difference)
		difference = memcmp(a->octets, b->octets, sizeof a->octets);
	if (difference)
		return difference;
	size_t a_len = name_length(a->name), b_len = name_length(b->name);
	difference = memcmp(a->name, b->name, a_len < b_len ? a_len : b_len);
	return difference ? difference : (a_len > b_len) - (a_len < b_len);
}

static int compare_pointers(const void *va, const void *vb)
{
	return fragment_compare(*(const struct pair *const *)va, *(const struct pair *const *)vb);
}

/* Most files have each family in order. */
const struct pair **fragment_sort(const struct pair *pairs, size_t count)
{
	const struct pair **sorted = malloc((count + 1) * sizeof *sorted);
	size_t ipv4 = 0, next[2];
	bool is_sorted = true;

	if (!sorted)
		return NULL;
	for (size_t i = 0; i < count; i++)
		ipv4 += pairs[i].addr_len == 4;
	next[0] = 0;
	next[1] = ipv4;
	for (size_t i = 0; i < count; i++)
		sorted[next[pairs[i].addr_len == 16]++] = &pairs[i];
	for (size_t i = 1; i < count && is_sorted; i++)
		is_sorted = fragment_compare(sorted[i - 1], sorted[i]) <= 0;
	if (!is_sorted)
		qsort(sorted, count, sizeof *sorted, compare_pointers);
	return sorted;
}

static void put_pairs(
        const struct pair *const *sorted, size_t count, uint8_t *at, struct pool *pool)
{
	for (size_t i = 0; i < count; i++) {
		const struct pair *pair = sorted[i];
		struct fragment_pair out = {.name = (uint32_t)pool->size,
		        .ttl_s = pair->ttl_s,
		        .line = pair->line,
		        .column = pair->column,
		        .addr_len = pair->addr_len,
		        .flags = pair->flags};
		memcpy(out.octets, pair->octets, sizeof out.octets);
		if (at)
			memcpy(at + i * sizeof out, &out, sizeof out);
		pool_put(pool, pair->name, name_length(pair->name));
	}
}

static void write_all(uint8_t *octets, size_t size, const char *customer,
        const struct pair *const *sorted, size_t count, const struct layer_order *layers)
{
	struct fragment_header h = {.magic = FRAGMENT_MAGIC,
	        .version = FRAGMENT_VERSION,
	        .byte_order = FRAGMENT_BYTE_ORDER,
	        .size = size,
	        .customer = hash_of(customer),
	        .pair_count = (uint32_t)count,
	        .range_count = (uint32_t)layers->range_count,
	        .delegation_count = (uint32_t)layers->delegation_count};
	uint8_t *pairs = octets + sizeof h, *behind = pairs + count * sizeof(struct fragment_pair);
	struct pool pool = {.octets = behind + layer_order_size(layers)};

	put_pairs(sorted, count, pairs, &pool);
	layer_order_put(layers, behind, &pool);
	h.pool_size = (uint32_t)pool.size;
	memcpy(octets, &h, sizeof h);
	h.checksum = checksum_of(octets, size);
	memcpy(octets, &h, sizeof h);
}

static enum err write_sorted(uint8_t **octets, size_t *size, const char *customer,
        const struct pair *const *sorted, size_t count, const struct layer_order *layers)
{
	struct pool pool = {.octets = NULL};

	put_pairs(sorted, count, NULL, &pool);
	layer_order_put(layers, NULL, &pool);
	size_t n = sizeof(struct fragment_header) + count * sizeof(struct fragment_pair) +
	           layer_order_size(layers) + pool.size;
	if (n > UINT32_MAX)
		return ERR_LONG;
	uint8_t *out = malloc(n);
	if (!out)
		return ERR_MEMORY;
	write_all(out, n, customer, sorted, count, layers);
	*octets = out;
	*size = n;
	return OK;
}

enum err fragment_write(
        uint8_t **octets, size_t *size, const char *customer, const struct plan_source *s)
{
	const struct pair **sorted = fragment_sort(s->pairs, s->pair_count);
	struct layer_order layers;

	enum err e = layer_order_init(&layers, s);
	if (e == OK)
		e = sorted ? write_sorted(octets, size, customer, sorted, s->pair_count, &layers)
		           : ERR_MEMORY;
	layer_order_free(&layers);
	free(sorted);
	return e;
}

static bool pair_is_sound(const struct fragment *f, uint32_t i, uint32_t *next)
{
	static const uint8_t zeros[16];
	const struct fragment_pair *p = &f->pairs[i];

	if ((p->addr_len != 4 && p->addr_len != 16) || p->flags > PAIR_FLAGS ||
	        p->ttl_s > TTL_MAX ||
	        memcmp(p->octets + p->addr_len, zeros, 16U - p->addr_len) != 0)
		return false;
	if (p->name != *next || !pool_has_name(f, next))
		return false;
	if (i == 0)
		return true;
	const struct pair a = fragment_pair(f, i - 1), b = fragment_pair(f, i);
	return fragment_compare(&a, &b) < 0;
}

/* Where everything is, by a header that is right; false when it does not fill `size`. */
static bool lay_out(struct fragment *f, const struct fragment_header *h, const uint8_t *octets)
{
	/* below 2^40 each */
	uint64_t pairs = (uint64_t)h->pair_count * sizeof *f->pairs,
	         ranges = (uint64_t)h->range_count * sizeof *f->ranges,
	         delegations = (uint64_t)h->delegation_count * sizeof *f->delegations;

	if (sizeof *h + pairs + ranges + delegations + h->pool_size != h->size)
		return false;
	/* octets are aligned, and so is what stands behind the header; what follows by fours */
	const uint8_t *at = octets + sizeof *h;
	f->pairs = (const struct fragment_pair *)(const void *)at;
	f->ranges = (const struct fragment_range *)(const void *)(at + pairs);
	f->delegations = (const struct fragment_delegation *)(const void *)(at + pairs + ranges);
	f->pool = at + pairs + ranges + delegations;
	f->pair_count = h->pair_count;
	f->range_count = h->range_count;
	f->delegation_count = h->delegation_count;
	f->pool_size = h->pool_size;
	return true;
}

enum err fragment_open(
        struct fragment *out, const char *customer, const uint8_t *octets, size_t size)
{
	struct fragment_header h;
	struct fragment f;
	uint32_t next = 0;

	if (size < sizeof h || size > UINT32_MAX)
		return ERR_CORRUPT;
	memcpy(&h, octets, sizeof h);
	if (memcmp(h.magic, FRAGMENT_MAGIC, sizeof h.magic) != 0 || h.version != FRAGMENT_VERSION ||
	        h.byte_order != FRAGMENT_BYTE_ORDER || h.size != size ||
	        h.checksum != checksum_of(octets, size) || h.customer != hash_of(customer) ||
	        !lay_out(&f, &h, octets))
		return ERR_CORRUPT;
	for (uint32_t i = 0; i < f.pair_count; i++)
		if (!pair_is_sound(&f, i, &next))
			return ERR_CORRUPT;
	if (!layers_are_sound(&f, &next) || next != f.pool_size)
		return ERR_CORRUPT;
	*out = f;
	return OK;
}

struct pair fragment_pair(const struct fragment *f, uint32_t i)
{
	const struct fragment_pair *p = &f->pairs[i];
	struct pair pair = {.name = f->pool + p->name,
	        .addr_len = p->addr_len,
	        .flags = p->flags,
	        .column = p->column,
	        .line = p->line,
	        .ttl_s = p->ttl_s,
	        .forward_zone = ZONE_NONE};

	memcpy(pair.octets, p->octets, sizeof pair.octets);
	return pair;
}

enum err fragment_take(const struct fragment *f, struct plan_source *s)
{
	struct pair *pairs = arena_alloc(&s->arena, (f->pair_count + (size_t)1) * sizeof *pairs);

	if (!pairs)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < f->pair_count; i++)
		pairs[i] = fragment_pair(f, i);
	s->pairs = pairs;
	s->pair_count = f->pair_count;
	s->pair_capacity = f->pair_count + (size_t)1;
	return fragment_take_layers(f, s);
}
