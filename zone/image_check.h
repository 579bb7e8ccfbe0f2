/* SPDX-License-Identifier: ISC */
/* zone/image_check.h - the proof that an image can be trusted; for image_open() alone.
 *
 * What many leaves share is looked at once: templates and suffixes, before any entry. Then the
 * leaves are taken in the order of the trie, which is the order of their entries. */
#ifndef ZONE_IMAGE_CHECK_H
#define ZONE_IMAGE_CHECK_H

#include "zone/image.h"

/* Check everything behind the header, of which sizes, sections and checksum are right, and fill
 * what is derived: apex_len, apex_labels, apex_key_len, apex_leaf, soa.ttl_s, has_cuts,
 * has_wildcards, has_cut_rules. */
MUST_USE bool image_check(struct image *image, const struct image_header *h);

/* Numbers of cells that templates and suffixes begin with: a bit each. */
#define IMAGE_CELLS_OCTETS ((IMAGE_CELL_MAX + 1) / 8)

struct image_cells {
	uint8_t templates[IMAGE_CELLS_OCTETS], suffixes[IMAGE_CELLS_OCTETS];
};

static inline bool image_is_cell(const uint8_t *cells, uint32_t number)
{
	return cells[number / 8] >> number % 8 & 1;
}

/* The parts of it; for image_check() alone, in this order. */
MUST_USE bool image_check_leaves(
        struct image *image, const struct image_header *h, const struct image_cells *cells);
MUST_USE bool image_check_rules(struct image *image, const struct image_header *h);

/* A template that begins at `at` and must not go on behind `end`. */
MUST_USE bool image_check_template(
        const struct image *image, const uint8_t *at, const uint8_t *end);

/* Octets of a template that was checked. */
static inline size_t image_template_size(const uint8_t *at)
{
	const struct image_template *t = (const struct image_template *)(const void *)at;

	return sizeof *t + t->head_count * sizeof *t->heads;
}

/* What image_check_entry() found. */
struct checked_entry {
	const struct image_template *template;
	const uint8_t *owner;                  /* as the entry writes it; NULL: there is none */
	size_t owner_octets;                   /* of labels: with the zero octet */
	unsigned label_count;                  /* 0 when it is written as an address */
	uint8_t label_at[NAME_MAX_LABELS + 1]; /* where they begin in `owner` */
};

/* Everything that image_entry() and those behind it will touch of a leaf's entry, where templates
 * and suffixes are sound. *next is where the entry must begin, counted from the first, and then
 * where the one behind it must. */
MUST_USE bool image_check_entry(struct checked_entry *out, const struct image *image,
        const struct image_cells *cells, uint32_t leaf, bool is_apex, size_t *next);

#endif
