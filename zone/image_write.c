/* SPDX-License-Identifier: ISC */
#include "zone/image_write.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "zone/hash.h"
#include "zone/image_write_rules.h"

/* An owner that was written. */
struct leaf {
	uint32_t entry;    /* where it begins */
	uint32_t template; /* its number */
	uint32_t cut;      /* 1 + number of the owner that is the topmost cut; 0: none */
};

static void fail(struct image_writer *w, enum err e)
{
	if (w->failed == OK)
		w->failed = e;
}

static void append(struct image_writer *w, struct buffer *b, const void *octets, size_t n)
{
	buffer_append(b, octets, n, &w->failed);
}

static void append32(struct image_writer *w, struct buffer *b, uint32_t value)
{
	buffer_append32(b, value, &w->failed);
}

static size_t template_size(const uint8_t *octets)
{
	const struct image_template *t = (const struct image_template *)(const void *)octets;

	return sizeof *t + t->head_count * sizeof *t->heads;
}

static size_t suffix_size(const uint8_t *octets)
{
	return 1U + *octets;
}

void image_writer_init(struct image_writer *w, const uint8_t *apex, const struct prefix *prefix)
{
	memset(w, 0, sizeof *w);
	if (prefix)
		w->prefix = *prefix;
	w->apex_len = name_length(apex);
	w->templates.seed = w->suffixes.seed = w->shapes.seed = w->names.seed = w->rules.seed =
	        hash_seed();
	append(w, &w->sections[SECTION_APEX], apex, w->apex_len);
	append32(w, &w->template_index, 0); /* number 0 stands for none */
	append32(w, &w->suffix_index, 0);
	append32(w, &w->shape_index, 0);
	append32(w, &w->name_index, 0);
	append32(w, &w->rule_index, 0);
}

void image_writer_set_cut(struct image_writer *w, const struct prefix *block)
{
	w->cut_block = *block;
}

static struct image_template *current_template(struct image_writer *w)
{
	return (struct image_template *)(void *)w->template.octets;
}

/* The heads of the current template. */
static struct image_head *last_head(struct image_writer *w)
{
	struct image_template *t = current_template(w);

	return &t->heads[t->head_count - 1];
}

static bool key_begins_with_owner(
        const struct image_writer *w, uint32_t owner, const uint8_t *key, size_t key_len)
{
	uint32_t begin = owner ? buffer_at32(&w->key_ends, owner - 1) : 0;
	uint32_t n = buffer_at32(&w->key_ends, owner) - begin;

	return key_len >= n && memcmp(w->symbols.octets + begin, key, n) == 0;
}

/* The number of a template or suffix; 0 when there are no cells left. */
static uint32_t find_or_add_cells(struct image_writer *w, struct seen *seen, struct buffer *index,
        struct buffer *pool, size_t (*size_of)(const uint8_t *), const uint8_t *octets, size_t n)
{
	bool is_full = pool->size / IMAGE_CELL_OCTETS >= IMAGE_CELL_MAX;
	uint32_t i = seen_find_or_add(seen, index, pool, size_of, octets, n,
	        is_full ? seen->used : IMAGE_CELL_MAX, &w->failed);

	buffer_align(pool, IMAGE_CELL_OCTETS, &w->failed);
	return i ? 1 + buffer_at32(index, i) / IMAGE_CELL_OCTETS : 0;
}

/* Put the owner that was begun into the image. */
static void end_owner(struct image_writer *w)
{
	struct buffer *entries = &w->sections[SECTION_ENTRIES];
	struct buffer *templates = &w->sections[SECTION_TEMPLATES];

	if (w->failed != OK || w->template.size == 0)
		return;
	uint32_t owner = w->owner_count - 1;
	if (current_template(w)->cut && !w->cut)
		w->cut = owner + 1;
	struct leaf leaf = {.cut = w->cut};
	leaf.template = find_or_add_cells(w, &w->templates, &w->template_index, templates,
	        template_size, w->template.octets, w->template.size);
	if (!leaf.template)
		buffer_align(entries, 4, &w->failed);
	leaf.entry = (uint32_t)entries->size;
	if (!leaf.template)
		append(w, entries, w->template.octets, w->template.size);
	if (owner == 0)
		w->soa_serial_at += (uint32_t)entries->size;
	append(w, entries, w->records.octets, w->records.size);
	append(w, &w->leaves, &leaf, sizeof leaf);
	w->template.size = w->records.size = 0;
}

void image_writer_owner(struct image_writer *w, const uint8_t *labels, size_t n,
        const uint8_t *address, const uint8_t *key, size_t key_len)
{
	struct image_template t = {0};

	end_owner(w);
	if (w->failed != OK)
		return;
	w->owner_count++;
	append(w, &w->symbols, key, key_len);
	append32(w, &w->key_ends, (uint32_t)w->symbols.size);
	if (w->cut && w->failed == OK && !key_begins_with_owner(w, w->cut - 1, key, key_len))
		w->cut = 0;
	unsigned len = w->prefix.addr.len;
	if (address && w->prefix.bits < 8 * len) {
		t.address_octets = (uint8_t)(len - w->prefix.bits / 8);
		append(w, &w->records, address + len - t.address_octets, t.address_octets);
	} else { /* also the address of a zone that is for one alone: the apex */
		append(w, &w->records, labels ? labels : (const uint8_t *)"", n);
		append(w, &w->records, "", 1);
	}
	append(w, &w->template, &t, sizeof t);
}

void image_writer_rrset(struct image_writer *w, uint16_t type, uint32_t ttl_s)
{
	struct image_head head = {.type = type, .ttl_s = ttl_s};

	append(w, &w->template, &head, sizeof head);
	if (w->failed != OK)
		return;
	struct image_template *t = current_template(w);
	t->head_count++;
	if (type == RR_NS && w->owner_count > 1)
		t->cut = IMAGE_CUT_NS;
	else if (type == RR_DNAME && !t->cut)
		t->cut = IMAGE_CUT_DNAME;
}

static void count_record(struct image_writer *w)
{
	if (w->failed == OK && last_head(w)->count++ == UINT16_MAX)
		fail(w, ERR_LONG);
}

/* The number of a suffix, 0 when there are no numbers left. */
static uint16_t number_of_suffix(struct image_writer *w, const uint8_t *suffix)
{
	struct buffer *pool = &w->sections[SECTION_SUFFIXES];
	uint8_t octets[1 + NAME_MAX_OCTETS];
	size_t n = name_length(suffix);

	if (w->last_suffix) {
		const uint8_t *last = image_cell(pool->octets, w->last_suffix);
		if (*last == n && memcmp(last + 1, suffix, n) == 0)
			return (uint16_t)w->last_suffix;
	}
	octets[0] = (uint8_t)n;
	memcpy(octets + 1, suffix, n);
	w->last_suffix = find_or_add_cells(
	        w, &w->suffixes, &w->suffix_index, pool, suffix_size, octets, 1 + n);
	return (uint16_t)w->last_suffix;
}

void image_writer_name(struct image_writer *w, const uint8_t *name)
{
	uint16_t number = *name ? number_of_suffix(w, name + 1 + *name) : 0;

	append(w, &w->records, &number, sizeof number);
	append(w, &w->records, name, number ? 1U + *name : name_length(name));
	count_record(w);
}

void image_writer_address(struct image_writer *w, const uint8_t *octets, size_t n)
{
	append(w, &w->records, octets, n);
	count_record(w);
}

void image_writer_rdata(struct image_writer *w, const uint8_t *rdata, size_t n)
{
	uint16_t size = (uint16_t)n;

	assert(n <= UINT16_MAX);
	append(w, &w->records, &size, sizeof size);
	append(w, &w->records, rdata, n);
	if (w->failed == OK && last_head(w)->type == RR_SOA && w->owner_count == 1) {
		const uint8_t *serial = rdata + n - 20;
		w->soa_serial_at = (uint32_t)w->records.size - 20;
		w->serial = (uint32_t)serial[0] << 24 | (uint32_t)serial[1] << 16 |
		            (uint32_t)serial[2] << 8 | serial[3];
	}
	count_record(w);
}

void image_writer_record(struct image_writer *w, uint16_t type, const uint8_t *rdata, size_t n)
{
	if (rr_is_one_name(type))
		image_writer_name(w, rdata);
	else if (type == RR_A || type == RR_AAAA)
		image_writer_address(w, rdata, n);
	else
		image_writer_rdata(w, rdata, n);
}

/* The tree over the owners' keys; its leaves get what they hold. */
static void write_nodes(struct image_writer *w)
{
	struct buffer *nodes = &w->sections[SECTION_NODES];
	uint32_t count = w->owner_count;
	size_t room = (size_t)count * 2 * sizeof(struct trie_node);
	struct trie_node *node =
	        (struct trie_node *)(void *)buffer_reserve(nodes, room, &w->failed);
	uint32_t *node_of = malloc(((size_t)count + 1) * sizeof *node_of);

	if (!node || !node_of) {
		fail(w, ERR_MEMORY);
		free(node_of);
		return;
	}
	struct trie_keys keys = {
	        w->symbols.octets, (const uint32_t *)(const void *)w->key_ends.octets, count};
	uint32_t used = trie_build(node, &keys);
	const struct leaf *leaves = (const struct leaf *)(const void *)w->leaves.octets;
	for (uint32_t i = 0; i < used; i++)
		if (trie_is_leaf(&node[i]))
			node_of[node[i].ref] = i;
	for (uint32_t i = 0; i < count; i++) {
		struct trie_node *n = &node[node_of[i]];
		n->low = leaves[i].cut ? node_of[leaves[i].cut - 1] + 1 : 0;
		n->high |= leaves[i].template;
		n->ref = leaves[i].entry;
	}
	nodes->size = (size_t)used * sizeof *node;
	free(node_of);
}

/* The next multiple of a power of two. */
static size_t align(size_t at, size_t octets)
{
	return (at + octets - 1) & ~(octets - 1);
}

/* Lay the sections out behind the header. */
static enum err assemble(struct image_writer *w, uint8_t **octets, size_t *size)
{
	struct image_header h = {.magic = IMAGE_MAGIC,
	        .version = IMAGE_VERSION,
	        .byte_order = IMAGE_BYTE_ORDER,
	        .leaf_count = w->owner_count,
	        .serial = w->serial,
	        .prefix_octets = w->prefix.addr.len,
	        .prefix_bits = w->prefix.bits,
	        .cut_bits = w->cut_block.bits};
	size_t at = sizeof h;

	memcpy(h.prefix, w->cut_block.bits ? w->cut_block.addr.octets : w->prefix.addr.octets,
	        sizeof h.prefix);
	for (unsigned i = 0; i < SECTION_COUNT; i++) {
		at = align(at, image_section_align(i));
		if (at + w->sections[i].size > UINT32_MAX - IMAGE_CELL_OCTETS)
			return ERR_LONG;
		h.sections[i].at = (uint32_t)at;
		h.sections[i].size = (uint32_t)w->sections[i].size;
		at += w->sections[i].size;
	}
	at = align(at, 4);
	h.size = at;
	h.serial_at = h.sections[SECTION_ENTRIES].at + w->soa_serial_at;
	uint8_t *out = calloc(1, at);
	if (!out)
		return ERR_MEMORY;
	memcpy(out, &h, sizeof h);
	for (unsigned i = 0; i < SECTION_COUNT; i++)
		if (w->sections[i].size)
			memcpy(out + h.sections[i].at, w->sections[i].octets, w->sections[i].size);
	image_set_serial(out, at, w->serial);
	*octets = out;
	*size = at;
	return OK;
}

enum err image_writer_finish(struct image_writer *w, uint8_t **octets, size_t *size)
{
	end_owner(w);
	if (w->failed == OK)
		write_nodes(w);
	buffer_free(&w->symbols); /* the image is made beside all that is left */
	buffer_free(&w->key_ends);
	buffer_free(&w->leaves);
	image_writer_finish_rules(w);
	enum err e = w->failed == OK ? assemble(w, octets, size) : w->failed;
	for (unsigned i = 0; i < SECTION_COUNT; i++)
		buffer_free(&w->sections[i]);
	buffer_free(&w->template);
	buffer_free(&w->records);
	buffer_free(&w->template_index);
	buffer_free(&w->suffix_index);
	buffer_free(&w->shape_index);
	buffer_free(&w->name_index);
	buffer_free(&w->rule_index);
	buffer_free(&w->patterns);
	buffer_free(&w->pattern_symbols);
	free(w->templates.slots);
	free(w->suffixes.slots);
	free(w->shapes.slots);
	free(w->names.slots);
	free(w->rules.slots);
	memset(w, 0, sizeof *w);
	return e;
}
