/* SPDX-License-Identifier: ISC */
#include "zone/image_check.h"

#include <string.h>

/* Reads what an entry holds; sticky: once something was out of bounds, it stays so. */
struct reader {
	const uint8_t *at, *end;
	bool failed;
};

static const uint8_t *take(struct reader *r, size_t n)
{
	static const uint8_t none[16];

	if (r->failed || (size_t)(r->end - r->at) < n) {
		r->failed = true;
		return none;
	}
	r->at += n;
	return r->at - n;
}

static uint16_t take16(struct reader *r)
{
	uint16_t value;

	memcpy(&value, take(r, 2), sizeof value);
	return value;
}

/* A whole wire name; returns its octets, 0 on failure. */
static size_t take_name(struct reader *r)
{
	struct name name;

	if (r->failed || name_from_wire(&name, r->at, (size_t)(r->end - r->at)) != OK) {
		r->failed = true;
		return 0;
	}
	r->at += name.len;
	return name.len;
}

static bool is_lower(const uint8_t *octets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (octets[i] != octet_lower(octets[i]))
			return false;
	return true;
}

static bool template_is_sound(const struct image *image, const uint8_t *at, const uint8_t *end)
{
	const struct image_template *t = (const struct image_template *)(const void *)at;

	if ((size_t)(end - at) < sizeof *t || t->cut > IMAGE_CUT_DNAME ||
	        (size_t)(end - at) - sizeof *t < t->head_count * sizeof *t->heads)
		return false;
	const struct prefix *p = &image->prefix;
	if (t->address_octets &&
	        (p->bits >= 8 * p->addr.len || t->address_octets != p->addr.len - p->bits / 8))
		return false;
	for (unsigned i = 0; i < t->head_count; i++)
		if (t->heads[i].count == 0 || (i && t->heads[i].type <= t->heads[i - 1].type))
			return false;
	return true;
}

static size_t template_size(const uint8_t *at)
{
	const struct image_template *t = (const struct image_template *)(const void *)at;

	return sizeof *t + t->head_count * sizeof *t->heads;
}

/* Templates, suffixes and entries each lie one behind the other without a gap, as they are written:
 * so nothing is looked at twice, and the proof takes as long as the image is, whoever made it. */
static bool templates_are_sound(const struct image *image, const struct image_header *h)
{
	size_t size = h->sections[SECTION_TEMPLATES].size, next = 0;

	if (image->template_count == 0 || image->template_count > IMAGE_TEMPLATE_MAX + 1)
		return false;
	for (uint32_t i = 1; i < image->template_count; i++) {
		const uint8_t *at = image->templates + next;
		if (image->template_index[i] != next || next >= size ||
		        !template_is_sound(image, at, image->templates + size))
			return false;
		next += template_size(at);
	}
	return next == size;
}

static bool suffixes_are_sound(const struct image *image, const struct image_header *h)
{
	struct reader r = {
	        .at = image->suffixes, .end = image->suffixes + h->sections[SECTION_SUFFIXES].size};

	if (image->suffix_count == 0 || image->suffix_count > IMAGE_SUFFIX_MAX + 1)
		return false;
	for (uint32_t i = 1; i < image->suffix_count; i++) {
		if (image->suffix_index[i] != (size_t)(r.at - image->suffixes))
			return false;
		take_name(&r);
	}
	return !r.failed && r.at == r.end;
}

/* The apex of a zone by RFC 2317 is one label below the name of the /24. */
static bool cut_is_sound(const struct image *image, const uint8_t *apex)
{
	struct addr octet = image->cut.addr;
	struct prefix parent;

	octet.octets[3] = 0;
	return *apex && image->cut.bits > 24 && image->cut.bits < 32 &&
	       (image->cut.addr.octets[3] & (0xff >> (image->cut.bits - 24))) == 0 &&
	       prefix_from_name(&parent, apex + 1 + *apex) == OK && parent.addr.len == 4 &&
	       parent.bits == 24 && addr_compare(&parent.addr, &octet) == 0;
}

static bool apex_is_sound(struct image *image, const struct image_header *h)
{
	struct name apex;
	struct trie_key key;
	struct prefix p;
	size_t size = h->sections[SECTION_APEX].size;

	if (name_from_wire(&apex, image->apex, size) != OK || !is_lower(image->apex, apex.len))
		return false;
	trie_key_from_name(&key, apex.wire);
	image->apex_len = apex.len;
	image->apex_labels = (uint16_t)name_count_labels(apex.wire);
	image->apex_key_len = key.len;
	if (image->cut.addr.len)
		return cut_is_sound(image, apex.wire);
	if (image->prefix.addr.len == 0)
		return true;
	return prefix_from_name(&p, apex.wire) == OK && p.bits == image->prefix.bits &&
	       addr_compare(&p.addr, &image->prefix.addr) == 0;
}

/* A record with names in its rdata: they are whole, and of a SOA nothing but the numbers is
 * behind them. */
static void check_rdata(struct reader *r, uint16_t type)
{
	uint16_t size = take16(r);
	struct reader rdata = {.at = r->at, .end = r->at + size};
	struct rr_shape shape = rr_shape(type);

	take(r, size);
	if (r->failed)
		return;
	take(&rdata, shape.before);
	for (unsigned i = 0; i < shape.names; i++)
		take_name(&rdata);
	if (type == RR_SOA)
		take(&rdata, 20);
	if (rdata.failed || (shape.names && rdata.at != rdata.end))
		r->failed = true;
}

static void check_target(const struct image *image, struct reader *r)
{
	uint16_t suffix = take16(r);

	if (!suffix) {
		take_name(r);
		return;
	}
	uint8_t n = *take(r, 1);
	take(r, n);
	if (n == 0 || n > LABEL_MAX_OCTETS || suffix >= image->suffix_count ||
	        1U + n + name_length(image->suffixes + image->suffix_index[suffix]) >
	                NAME_MAX_OCTETS)
		r->failed = true;
}

static void check_records(
        const struct image *image, struct reader *r, const struct image_head *head)
{
	for (unsigned i = 0; i < head->count && !r->failed; i++) {
		if (head->type == RR_A)
			take(r, 4);
		else if (head->type == RR_AAAA)
			take(r, 16);
		else if (rr_is_one_name(head->type))
			check_target(image, r);
		else
			check_rdata(r, head->type);
	}
}

/* The labels of an owner: whole, lower-case, and not too long before the apex. */
static void check_labels(const struct image *image, struct reader *r)
{
	const uint8_t *labels = r->at;
	size_t n = take_name(r);

	if (n + image->apex_len - 1 > NAME_MAX_OCTETS || !is_lower(labels, n))
		r->failed = true;
}

static bool has_type(const struct image_template *t, uint16_t type, uint16_t *count)
{
	for (unsigned i = 0; i < t->head_count; i++) {
		if (t->heads[i].type == type) {
			*count = t->heads[i].count;
			return true;
		}
	}
	return false;
}

/* Everything that image_entry() and those behind it will touch. *next is where the entry must
 * begin, and then where the one behind it must. */
static bool entry_is_sound(const struct image *image, uint32_t leaf, bool is_apex, size_t *next)
{
	const struct trie_node *node = &image->nodes[leaf];
	uint32_t number = node->high & 0xffff;
	const uint8_t *end = image->entries + image->entries_size;
	size_t begin = number ? *next : (*next + 3) & ~(size_t)3;
	uint16_t count;

	if (node->ref != begin || begin >= image->entries_size || (node->high & 0x7fff0000) ||
	        number >= image->template_count)
		return false;
	if (!number && !template_is_sound(image, image->entries + begin, end))
		return false;
	const struct image_template *t =
	        number ? (const void *)(image->templates + image->template_index[number])
	               : (const void *)(image->entries + node->ref);
	size_t inline_size = number ? 0 : template_size(image->entries + begin);
	struct reader r = {.at = image->entries + begin + inline_size, .end = end};
	if (t->address_octets)
		take(&r, t->address_octets);
	else
		check_labels(image, &r);
	for (unsigned i = 0; i < t->head_count && !r.failed; i++)
		check_records(image, &r, &t->heads[i]);
	*next = (size_t)(r.at - image->entries);
	enum image_cut cut = !is_apex && has_type(t, RR_NS, &count) ? IMAGE_CUT_NS
	                     : has_type(t, RR_DNAME, &count)        ? IMAGE_CUT_DNAME
	                                                            : IMAGE_CUT_NONE;
	return !r.failed && t->cut == cut;
}

/* The first leaf: SOA, one, and NS; what the header says of the SOA. */
static bool apex_entry_is_sound(struct image *image, const struct image_header *h, uint32_t leaf)
{
	struct entry e = image_entry(image, leaf);
	struct rrset soa, ns;

	if (e.template->address_octets || *e.owner || !image_find_rrset(&e, RR_NS, &ns) ||
	        !image_find_rrset(&e, RR_SOA, &soa) || soa.count != 1)
		return false;
	const uint8_t *end = soa.records + image_record_size(RR_SOA, soa.records);
	const uint8_t *serial = end - 20, *minimum = end - 4;
	uint32_t minimum_s = (uint32_t)minimum[0] << 24 | (uint32_t)minimum[1] << 16 |
	                     (uint32_t)minimum[2] << 8 | minimum[3];
	uint32_t serial_here = (uint32_t)serial[0] << 24 | (uint32_t)serial[1] << 16 |
	                       (uint32_t)serial[2] << 8 | serial[3];
	image->apex_leaf = leaf;
	image->soa.ttl_s = soa.ttl_s < minimum_s ? soa.ttl_s : minimum_s;
	return serial_here == h->serial && h->serial_at == (size_t)(serial - image->octets);
}

/* A key from the apex down. */
static bool begins_with(const struct trie_key *key, const struct trie_key *first)
{
	return key->len >= first->len && memcmp(key->symbols, first->symbols, first->len) == 0;
}

/* Symbols end labels with 0 and no key is the beginning of another within a label, so comparing
 * symbols and then lengths is the canonical order. */
static bool ascends(const struct trie_key *before, const struct trie_key *key)
{
	size_t n = before->len < key->len ? before->len : key->len;
	int difference = memcmp(before->symbols, key->symbols, n);

	return difference < 0 || (difference == 0 && before->len < key->len);
}

/* The leaf, as the walk finds it and with the cut that is due. */
static bool leaf_is_in_place(struct image *image, uint32_t leaf, const struct trie_key *key,
        struct trie_key *cut_key, uint32_t *cut)
{
	struct entry e = image_entry(image, leaf);

	if (trie_walk(image->nodes, key, 0) != leaf)
		return false;
	if (*cut && !begins_with(key, cut_key))
		*cut = 0;
	if (!*cut && e.template->cut) {
		image->has_cuts = true;
		*cut = leaf + 1;
		*cut_key = *key;
	}
	return image->nodes[leaf].low == *cut;
}

/* A wildcard may be an empty non-terminal (RFC 4592 4.9), so any label counts. */
static bool has_asterisk(const uint8_t *labels, size_t n)
{
	for (size_t i = 0; i < n; i += 1 + (size_t)labels[i])
		if (labels[i] == 1 && labels[i + 1] == '*')
			return true;
	return false;
}

static bool leaves_are_sound(struct image *image, const struct image_header *h)
{
	struct trie_cursor cursor;
	struct trie_key keys[2], cut_key;
	uint32_t leaf, cut = 0, number = 0;
	size_t next = 0;

	trie_cursor_init(&cursor, image->nodes, image->node_count);
	for (; trie_next(&cursor, &leaf); number++) {
		struct trie_key *key = &keys[number % 2];
		uint8_t labels[NAME_MAX_OCTETS];
		if (!entry_is_sound(image, leaf, number == 0, &next))
			return false;
		struct entry e = image_entry(image, leaf);
		size_t n = image_owner_labels(image, &e, labels);
		key->len = (uint16_t)trie_key_from_labels(key->symbols, labels, n);
		key->symbols[key->len] = 0;
		image->has_wildcards |= has_asterisk(labels, n);
		if (number == 0 ? !apex_entry_is_sound(image, h, leaf)
		                : !ascends(&keys[(number + 1) % 2], key))
			return false;
		if (!leaf_is_in_place(image, leaf, key, &cut_key, &cut))
			return false;
	}
	return next == image->entries_size;
}

bool image_check(struct image *image, const struct image_header *h)
{
	static const uint8_t zeros[12];

	if (h->cut_bits && (h->prefix_octets || memcmp(h->prefix + 4, zeros, sizeof zeros) != 0))
		return false;
	if ((h->prefix_octets != 0 && h->prefix_octets != 4 && h->prefix_octets != 16) ||
	        h->prefix_bits > 8 * h->prefix_octets ||
	        h->prefix_bits % (h->prefix_octets == 16 ? 4 : 8))
		return false;
	return apex_is_sound(image, h) && templates_are_sound(image, h) &&
	       suffixes_are_sound(image, h) &&
	       trie_is_sound(image->nodes, image->node_count, image->leaf_count,
	               TRIE_KEY_MAX - image->apex_key_len) &&
	       leaves_are_sound(image, h) && image_check_rules(image, h);
}
