/* SPDX-License-Identifier: ISC */
#include "zone/image_check.h"

#include <string.h>

static bool is_lower(const uint8_t *octets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (octets[i] != octet_lower(octets[i]))
			return false;
	return true;
}

bool image_check_template(const struct image *image, const uint8_t *at, const uint8_t *end)
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
		        !image_check_template(image, at, image->templates + size))
			return false;
		next += image_template_size(at);
	}
	return next == size;
}

static bool suffixes_are_sound(const struct image *image, const struct image_header *h)
{
	size_t size = h->sections[SECTION_SUFFIXES].size, next = 0;
	struct name name;

	if (image->suffix_count == 0 || image->suffix_count > IMAGE_SUFFIX_MAX + 1)
		return false;
	for (uint32_t i = 1; i < image->suffix_count; i++) {
		if (image->suffix_index[i] != next ||
		        name_from_wire(&name, image->suffixes + next, size - next) != OK)
			return false;
		next += name.len;
	}
	return next == size;
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
	       trie_is_tree(image->nodes, image->node_count, image->leaf_count) &&
	       image_check_leaves(image, h) && image_check_rules(image, h);
}
