/* SPDX-License-Identifier: ISC */
#include "zone/fragment.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

_Static_assert(sizeof(struct fragment_header) == 48, "no gaps");
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

const struct pair **fragment_sort(const struct pair *pairs, size_t count)
{
	const struct pair **sorted = malloc((count + 1) * sizeof *sorted);
	bool is_sorted = true; /* as most files are */

	for (size_t i = 0; sorted && i < count; i++) {
		sorted[i] = &pairs[i];
		is_sorted =
		        is_sorted && (i == 0 || fragment_compare(&pairs[i - 1], &pairs[i]) <= 0);
	}
	if (sorted && !is_sorted)
		qsort(sorted, count, sizeof *sorted, compare_pointers);
	return sorted;
}

static void write_all(uint8_t *octets, size_t size, const char *customer,
        const struct pair *const *sorted, size_t count)
{
	struct fragment_header h = {.magic = FRAGMENT_MAGIC,
	        .version = FRAGMENT_VERSION,
	        .byte_order = FRAGMENT_BYTE_ORDER,
	        .size = size,
	        .customer = hash_of(customer),
	        .pair_count = (uint32_t)count};
	uint8_t *at = octets + sizeof h, *names = at + count * sizeof(struct fragment_pair);

	for (size_t i = 0; i < count; i++) {
		const struct pair *pair = sorted[i];
		size_t n = name_length(pair->name);
		struct fragment_pair out = {.name = h.names_size,
		        .ttl_s = pair->ttl_s,
		        .line = pair->line,
		        .column = pair->column,
		        .addr_len = pair->addr_len,
		        .flags = pair->flags};
		memcpy(out.octets, pair->octets, sizeof out.octets);
		memcpy(at + i * sizeof out, &out, sizeof out);
		memcpy(names + h.names_size, pair->name, n);
		h.names_size += (uint32_t)n;
	}
	memcpy(octets, &h, sizeof h);
	h.checksum = checksum_of(octets, size);
	memcpy(octets, &h, sizeof h);
}

enum err fragment_write(uint8_t **octets, size_t *size, const char *customer,
        const struct pair *pairs, size_t count)
{
	const struct pair **sorted = fragment_sort(pairs, count);
	size_t n = sizeof(struct fragment_header) + count * sizeof(struct fragment_pair);

	if (!sorted)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		n += name_length(pairs[i].name);
	if (n > UINT32_MAX) {
		free(sorted);
		return ERR_LONG;
	}
	uint8_t *out = malloc(n);
	if (out) {
		write_all(out, n, customer, sorted, count);
		*octets = out;
		*size = n;
	}
	free(sorted);
	return out ? OK : ERR_MEMORY;
}

static bool is_lower(const uint8_t *octets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (octets[i] != octet_lower(octets[i]))
			return false;
	return true;
}

/* Names lie one behind the other, in the order of their pairs. */
static bool pair_is_sound(const struct fragment *f, uint32_t i, uint32_t names_size, uint32_t *next)
{
	static const uint8_t zeros[16];
	const struct fragment_pair *p = &f->pairs[i];
	struct name name;

	if ((p->addr_len != 4 && p->addr_len != 16) || p->flags > PAIR_FLAGS ||
	        p->ttl_s > TTL_MAX ||
	        memcmp(p->octets + p->addr_len, zeros, 16U - p->addr_len) != 0)
		return false;
	if (p->name != *next || p->name >= names_size ||
	        name_from_wire(&name, f->names + p->name, names_size - p->name) != OK ||
	        !is_lower(name.wire, name.len))
		return false;
	*next += name.len;
	if (i == 0)
		return true;
	const struct pair a = fragment_pair(f, i - 1), b = fragment_pair(f, i);
	return fragment_compare(&a, &b) < 0;
}

enum err fragment_open(
        struct fragment *out, const char *customer, const uint8_t *octets, size_t size)
{
	struct fragment_header h;
	uint32_t next = 0;

	if (size < sizeof h || size > UINT32_MAX)
		return ERR_CORRUPT;
	memcpy(&h, octets, sizeof h);
	uint64_t pairs = (uint64_t)h.pair_count * sizeof(struct fragment_pair);
	if (memcmp(h.magic, FRAGMENT_MAGIC, sizeof h.magic) != 0 || h.version != FRAGMENT_VERSION ||
	        h.byte_order != FRAGMENT_BYTE_ORDER || h.size != size ||
	        h.checksum != checksum_of(octets, size) || h.customer != hash_of(customer) ||
	        sizeof h + pairs + h.names_size != size)
		return ERR_CORRUPT;
	/* octets are aligned, and so is what stands behind 48 of them */
	struct fragment f = {
	        .pairs = (const struct fragment_pair *)(const void *)(octets + sizeof h),
	        .names = octets + sizeof h + pairs,
	        .pair_count = h.pair_count};
	for (uint32_t i = 0; i < h.pair_count; i++)
		if (!pair_is_sound(&f, i, h.names_size, &next))
			return ERR_CORRUPT;
	if (next != h.names_size)
		return ERR_CORRUPT;
	*out = f;
	return OK;
}

struct pair fragment_pair(const struct fragment *f, uint32_t i)
{
	const struct fragment_pair *p = &f->pairs[i];
	struct pair pair = {.name = f->names + p->name,
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
	return OK;
}
