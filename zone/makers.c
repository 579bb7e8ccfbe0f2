/* SPDX-License-Identifier: ISC */
#include "zone/makers.h"

#include <stdlib.h>
#include <string.h>

static int compare_octets(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	size_t n = a_len < b_len ? a_len : b_len;
	int difference = n ? memcmp(a, b, n) : 0;

	return difference ? difference : (a_len > b_len) - (a_len < b_len);
}

static int compare_shapes(const struct pattern *a, const struct pattern *b)
{
	if (a->addr_len != b->addr_len)
		return a->addr_len - b->addr_len;
	return compare_octets(a->shape, a->shape_octets, b->shape, b->shape_octets);
}

static int compare_makers(const void *va, const void *vb)
{
	const struct maker *a = va, *b = vb;
	int difference = name_compare(a->range->owner, b->range->owner);
	uint8_t a_len, b_len;

	if (difference)
		return difference;
	const uint8_t *pa = shape_prefix(a->range->pattern.shape, &a_len);
	const uint8_t *pb = shape_prefix(b->range->pattern.shape, &b_len);
	difference = compare_octets(pa, a_len, pb, b_len);
	if (!difference)
		difference = compare_shapes(&a->range->pattern, &b->range->pattern);
	if (!difference)
		difference = (a->file > b->file) - (a->file < b->file);
	if (!difference) /* as they stand in the file */
		difference = (a->range > b->range) - (a->range < b->range);
	return difference;
}

static bool share_whole_shape(const struct maker *a, const struct maker *b)
{
	const struct pattern *p = &a->range->pattern;

	return a->file == b->file && compare_shapes(p, &b->range->pattern) == 0 &&
	       shape_is_whole(p->shape, p->shape_octets) &&
	       name_equal(a->range->owner, b->range->owner);
}

static enum err collect(struct makers *m, const struct plan *p,
        const struct plan_source *const *sources, size_t count)
{
	size_t all = 0;
	enum err e = OK;

	for (size_t i = 0; i < count; i++)
		all += sources[i]->range_count;
	m->items = malloc((all + 1) * sizeof *m->items);
	m->files = calloc(count + 1, sizeof *m->files);
	m->owners = malloc((all + 1) * sizeof *m->owners);
	m->begin = malloc((all + 2) * sizeof *m->begin);
	if (!m->items || !m->files || !m->owners || !m->begin)
		return ERR_MEMORY;
	for (size_t i = 0; e == OK && i < count; i++) {
		const struct plan_source *s = sources[i];
		if (!source_is_served(s) || s->range_count == 0)
			continue;
		for (size_t k = 0; k < s->range_count; k++)
			if (s->ranges[k].pattern.shape)
				m->items[m->count++] =
				        (struct maker){(uint32_t)m->file_count, 0, &s->ranges[k]};
		m->files[m->file_count].source = s;
		e = cover_build(&m->files[m->file_count++].cover, p, &s, 1);
	}
	return e;
}

/* Drop those for which another reads, and link each to what it may be mistaken for. */
static void link_all(struct makers *m)
{
	uint32_t kept = 0, owners = 0;

	for (uint32_t i = 0; i < m->count; i++) {
		struct maker item = m->items[i];
		if (kept && share_whole_shape(&m->items[kept - 1], &item))
			continue;
		bool is_first =
		        !kept || !name_equal(m->items[kept - 1].range->owner, item.range->owner);
		if (is_first) {
			m->owners[owners] = item.range->owner;
			m->begin[owners++] = kept;
		}
		item.next = is_first ? 0 : kept;
		uint8_t n, up_n;
		const uint8_t *prefix = shape_prefix(item.range->pattern.shape, &n);
		while (item.next) {
			const struct maker *up = &m->items[item.next - 1];
			const uint8_t *up_prefix = shape_prefix(up->range->pattern.shape, &up_n);
			if (up_n <= n && memcmp(up_prefix, prefix, up_n) == 0)
				break;
			item.next = up->next;
		}
		m->items[kept++] = item;
	}
	m->count = kept;
	m->begin[owners] = kept;
	m->index.count = owners;
}

enum err makers_build(struct makers *out, const struct plan *p,
        const struct plan_source *const *sources, size_t count)
{
	struct makers m = {.count = 0};

	enum err e = collect(&m, p, sources, count);
	if (e == OK) {
		qsort(m.items, m.count, sizeof *m.items, compare_makers);
		link_all(&m);
		e = zone_index_build(&m.index, m.owners, m.index.count);
	}
	if (e == OK)
		*out = m;
	else
		makers_free(&m);
	return e;
}

void makers_free(struct makers *m)
{
	for (size_t i = 0; i < m->file_count; i++)
		cover_free(&m->files[i].cover);
	free(m->files);
	free(m->items);
	free(m->owners);
	free(m->begin);
	zone_index_free(&m->index);
	*m = (struct makers){.count = 0};
}

/* The number of the owner that is the name without its first label; ZONE_NONE. */
static uint32_t find_owner(const struct makers *m, const uint8_t *name)
{
	const uint8_t *parent = name + 1 + *name;
	struct trie_key key;

	if (m->index.count == 0 || *name == 0)
		return ZONE_NONE;
	trie_key_from_name(&key, parent);
	uint32_t owner = zone_index_find(&m->index, &key);
	return owner != ZONE_NONE && name_equal(m->owners[owner], parent) ? owner : ZONE_NONE;
}

/* True when the file's own ranges give the address this very name. */
static bool is_made(const struct maker_file *f, const struct addr *a, const uint8_t *name,
        const struct plan_range **range)
{
	const struct span *s = cover_find(&f->cover, a);
	uint8_t label[1 + LABEL_MAX_OCTETS];

	if (!s || !s->range || !s->range->pattern.shape ||
	        !name_equal(s->range->owner, name + 1 + *name))
		return false;
	pattern_format(label, &s->range->pattern, a->octets);
	*range = s->range;
	return label[0] == name[0] && memcmp(label + 1, name + 1, label[0]) == 0;
}

size_t makers_find(const struct makers *m, const uint8_t *name, struct made out[MADE_MAX])
{
	uint32_t owner = find_owner(m, name);
	size_t count = 0;

	if (owner == ZONE_NONE)
		return 0;
	uint32_t low = m->begin[owner], high = m->begin[owner + 1];
	while (low < high) { /* those before `low` begin with nothing behind the label */
		uint32_t middle = low + (high - low) / 2;
		uint8_t n;
		const uint8_t *prefix = shape_prefix(m->items[middle].range->pattern.shape, &n);
		if (compare_octets(prefix, n, name + 1, *name) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	uint32_t i = low > m->begin[owner] ? low : 0;
	for (; i && count < MADE_MAX; i = m->items[i - 1].next) {
		const struct maker *item = &m->items[i - 1];
		struct made *made = &out[count];
		made->addr = (struct addr){.len = item->range->pattern.addr_len};
		if (!pattern_parse(made->addr.octets, &item->range->pattern, name) ||
		        !is_made(&m->files[item->file], &made->addr, name, &made->range))
			continue;
		made->source = m->files[item->file].source;
		count++;
	}
	return count;
}
