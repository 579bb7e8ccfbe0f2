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

static int compare_makings(const void *va, const void *vb)
{
	const struct making *a = va, *b = vb;
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

static bool is_whole(const struct plan_range *r)
{
	return shape_is_whole(r->pattern.shape, r->pattern.shape_octets);
}

static bool share_whole_shape(const struct plan_range *a, const struct plan_range *b)
{
	return compare_shapes(&a->pattern, &b->pattern) == 0 && is_whole(a) &&
	       name_equal(a->owner, b->owner);
}

static enum err add_file(
        struct makers *m, const struct plan *p, const struct plan_source *s, uint32_t *makings)
{
	for (size_t k = 0; k < s->range_count; k++)
		if (s->ranges[k].pattern.shape)
			m->makings[(*makings)++] =
			        (struct making){&s->ranges[k], (uint32_t)m->file_count};
	m->files[m->file_count].source = s;
	m->file_of[s->customer] = (uint32_t)m->file_count;
	return cover_build(&m->files[m->file_count++].cover, p, &s, 1);
}

static enum err collect(struct makers *m, const struct plan *p,
        const struct plan_source *const *sources, size_t count, uint32_t *makings)
{
	size_t all = 0;
	enum err e = OK;

	for (size_t i = 0; i < count; i++)
		all += sources[i]->range_count;
	m->makings = malloc((all + 1) * sizeof *m->makings);
	m->items = malloc((all + 1) * sizeof *m->items);
	m->files = calloc(count + 1, sizeof *m->files);
	m->file_of = malloc((p->customer_count + 1) * sizeof *m->file_of);
	m->owners = malloc((all + 1) * sizeof *m->owners);
	m->begin = malloc((all + 2) * sizeof *m->begin);
	if (!m->makings || !m->items || !m->files || !m->file_of || !m->owners || !m->begin)
		return ERR_MEMORY;
	memset(m->file_of, 0xff, (p->customer_count + 1) * sizeof *m->file_of);
	for (size_t i = 0; e == OK && i < count; i++)
		if (source_is_served(sources[i]) && sources[i]->range_count)
			e = add_file(m, p, sources[i], makings);
	return e;
}

/* True for a making that goes with the last item: then it counts there, unless it is one more of
 * its file. */
static bool join_last(struct makers *m, const struct making *making, uint32_t *kept)
{
	struct maker *last = m->count ? &m->items[m->count - 1] : NULL;

	if (!last || !share_whole_shape(last->range, making->range))
		return false;
	if (m->makings[*kept - 1].file != making->file) {
		m->makings[(*kept)++] = *making;
		last->count++;
	}
	return true;
}

/* Drop those for which another reads, and link each to what it may be mistaken for. */
static void link_all(struct makers *m, uint32_t makings)
{
	uint32_t kept = 0, owners = 0;

	for (uint32_t i = 0; i < makings; i++) {
		struct making making = m->makings[i];
		if (join_last(m, &making, &kept))
			continue;
		struct maker item = {.first = kept, .count = 1, .range = making.range};
		bool is_first = !m->count ||
		                !name_equal(m->items[m->count - 1].range->owner, item.range->owner);
		if (is_first) {
			m->owners[owners] = item.range->owner;
			m->begin[owners++] = m->count;
		}
		item.next = is_first ? 0 : m->count;
		uint8_t n, up_n;
		const uint8_t *prefix = shape_prefix(item.range->pattern.shape, &n);
		while (item.next) {
			const struct maker *up = &m->items[item.next - 1];
			const uint8_t *up_prefix = shape_prefix(up->range->pattern.shape, &up_n);
			if (up_n <= n && memcmp(up_prefix, prefix, up_n) == 0)
				break;
			item.next = up->next;
		}
		m->items[m->count++] = item;
		m->makings[kept++] = making;
	}
	m->begin[owners] = m->count;
	m->index.count = owners;
}

enum err makers_build(struct makers *out, const struct plan *p, const struct owners *owners,
        const struct plan_source *const *sources, size_t count)
{
	struct makers m = {.prefixes = owners};
	uint32_t makings = 0;

	enum err e = collect(&m, p, sources, count, &makings);
	if (e == OK) {
		qsort(m.makings, makings, sizeof *m.makings, compare_makings);
		link_all(&m, makings);
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
	free(m->makings);
	free(m->file_of);
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

/* Add what makes the name, when the file's own ranges give it to the address. */
static bool add_made(
        struct made *out, const struct maker_file *f, const struct addr *a, const uint8_t *name)
{
	const struct span *s = cover_find(&f->cover, a);
	uint8_t label[1 + LABEL_MAX_OCTETS];

	if (!s || !s->range || !s->range->pattern.shape ||
	        !name_equal(s->range->owner, name + 1 + *name))
		return false;
	pattern_format(label, &s->range->pattern, a->octets);
	if (label[0] != name[0] || memcmp(label + 1, name + 1, label[0]) != 0)
		return false;
	*out = (struct made){f->source, s->range, *a};
	return true;
}

/* Files of those whose blocks are around the address; fewer than one for each length of a prefix.
 */
static size_t add_around(const struct makers *m, const struct addr *a, const uint8_t *name,
        struct made *out, size_t room)
{
	const struct owned_prefix *block = owners_find_addr(m->prefixes, a);
	size_t count = 0;

	while (block && count < room) {
		uint32_t file = m->file_of[block->customer];
		bool is_there = false;
		for (size_t i = 0; i < count; i++)
			is_there |= file != UINT32_MAX && out[i].source == m->files[file].source;
		if (file != UINT32_MAX && !is_there)
			count += add_made(&out[count], &m->files[file], a, name);
		block = block->outer == UINT32_MAX ? NULL : &m->prefixes->prefixes[block->outer];
	}
	return count;
}

/* The last pattern at the owner that begins with no more than the label does, 1 + its number. */
static uint32_t find_last(const struct makers *m, uint32_t owner, const uint8_t *label)
{
	uint32_t low = m->begin[owner], high = m->begin[owner + 1];

	while (low < high) { /* those before `low` begin with nothing behind the label */
		uint32_t middle = low + (high - low) / 2;
		uint8_t n;
		const uint8_t *prefix = shape_prefix(m->items[middle].range->pattern.shape, &n);
		if (compare_octets(prefix, n, label + 1, *label) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > m->begin[owner] ? low : 0;
}

size_t makers_find(const struct makers *m, const uint8_t *name, struct made out[MADE_MAX])
{
	uint32_t owner = find_owner(m, name);
	size_t count = 0;

	if (owner == ZONE_NONE)
		return 0;
	for (uint32_t i = find_last(m, owner, name); i && count < MADE_MAX;
	        i = m->items[i - 1].next) {
		const struct maker *item = &m->items[i - 1];
		struct addr a = {.len = item->range->pattern.addr_len};
		if (!pattern_parse(a.octets, &item->range->pattern, name))
			continue;
		if (is_whole(item->range))
			count += add_around(m, &a, name, &out[count], MADE_MAX - count);
		else
			count += add_made(
			        &out[count], &m->files[m->makings[item->first].file], &a, name);
	}
	return count;
}
