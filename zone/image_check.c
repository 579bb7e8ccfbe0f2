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

/* The cells that so many octets fill. */
static uint32_t count_cells(size_t octets)
{
	return (uint32_t)((octets + IMAGE_CELL_OCTETS - 1) / IMAGE_CELL_OCTETS);
}

static void clear_cells(uint8_t cells[IMAGE_CELLS_OCTETS], uint32_t count)
{
	memset(cells, 0, count < IMAGE_CELL_MAX ? count / 8 + 1 : IMAGE_CELLS_OCTETS);
}

/* Something begins with a cell; false where no number says so. */
static bool mark_cell(uint8_t *cells, uint32_t number)
{
	if (number > IMAGE_CELL_MAX)
		return false;
	cells[number / 8] |= (uint8_t)(1U << number % 8);
	return true;
}

/* Templates, suffixes and entries each lie one behind the other without a gap, as they are written:
 * so nothing is looked at twice, and the proof takes as long as the image is, whoever made it. */
static bool templates_are_sound(const struct image *image, uint8_t *cells)
{
	const uint8_t *end = image_cell(image->templates, image->template_cells + 1);

	clear_cells(cells, image->template_cells);
	for (uint32_t i = 1; i <= image->template_cells;) {
		const uint8_t *at = image_cell(image->templates, i);
		if (!image_check_template(image, at, end) || !mark_cell(cells, i))
			return false;
		i += count_cells(image_template_size(at));
	}
	return true;
}

static bool suffixes_are_sound(const struct image *image, uint8_t *cells)
{
	const uint8_t *end = image_cell(image->suffixes, image->suffix_cells + 1);
	struct name name;

	clear_cells(cells, image->suffix_cells);
	for (uint32_t i = 1; i <= image->suffix_cells;) {
		const uint8_t *at = image_cell(image->suffixes, i);
		if (name_from_wire(&name, at + 1, (size_t)(end - at) - 1) != OK ||
		        name.len != *at || !mark_cell(cells, i))
			return false;
		i += count_cells(1U + name.len);
	}
	return true;
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
	struct image_cells cells;

	if (h->cut_bits && (h->prefix_octets || memcmp(h->prefix + 4, zeros, sizeof zeros) != 0))
		return false;
	if ((h->prefix_octets != 0 && h->prefix_octets != 4 && h->prefix_octets != 16) ||
	        h->prefix_bits > 8 * h->prefix_octets ||
	        h->prefix_bits % (h->prefix_octets == 16 ? 4 : 8))
		return false;
	return apex_is_sound(image, h) && templates_are_sound(image, cells.templates) &&
	       suffixes_are_sound(image, cells.suffixes) && image_check_leaves(image, h, &cells) &&
	       image_check_rules(image, h);
}
