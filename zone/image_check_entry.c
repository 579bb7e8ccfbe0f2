/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "zone/image_check.h"

/* Reads what an entry holds; sticky: once something was out of bounds, it stays so. */
struct reader {
	const uint8_t *at, *end;
	bool failed;
};

static inline const uint8_t *take(struct reader *r, size_t n)
{
	static const uint8_t none[16];

	if (r->failed || (size_t)(r->end - r->at) < n) {
		r->failed = true;
		return none;
	}
	r->at += n;
	return r->at - n;
}

static inline uint16_t take16(struct reader *r)
{
	uint16_t value;

	memcpy(&value, take(r, 2), sizeof value);
	return value;
}

/* A whole wire name; returns its octets, 0 on failure. */
static size_t take_name(struct reader *r)
{
	size_t n = 0, most = (size_t)(r->end - r->at);

	if (r->failed)
		return 0;
	most = most < NAME_MAX_OCTETS ? most : NAME_MAX_OCTETS;
	while (n < most && r->at[n] && r->at[n] <= LABEL_MAX_OCTETS)
		n += 1 + (size_t)r->at[n];
	if (n >= most || r->at[n]) {
		r->failed = true;
		return 0;
	}
	r->at += n + 1;
	return n + 1;
}

/* The owner's labels, likewise. */
static void take_owner_labels(struct reader *r, struct checked_entry *out)
{
	size_t n = 0, most = (size_t)(r->end - r->at);
	unsigned count = 0;

	most = most < NAME_MAX_OCTETS ? most : NAME_MAX_OCTETS;
	while (n < most && r->at[n] && r->at[n] <= LABEL_MAX_OCTETS) {
		out->label_at[count++] = (uint8_t)n;
		n += 1 + (size_t)r->at[n];
	}
	r->failed |= n >= most || r->at[n];
	out->label_count = count;
	out->owner_octets = n + 1;
	if (!r->failed)
		r->at += n + 1;
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

/* A number that is not 0 is that of a suffix, and a label of n octets may stand before it. */
static inline bool suffix_fits(
        const struct image *image, const struct image_cells *cells, uint16_t number, unsigned n)
{
	return number <= image->suffix_cells && image_is_cell(cells->suffixes, number) &&
	       1U + n + *image_cell(image->suffixes, number) <= NAME_MAX_OCTETS;
}

static inline void check_target(
        const struct image *image, const struct image_cells *cells, struct reader *r)
{
	uint16_t suffix = take16(r);

	if (!suffix) {
		take_name(r);
		return;
	}
	uint8_t n = *take(r, 1);
	take(r, n);
	if (n == 0 || n > LABEL_MAX_OCTETS || !suffix_fits(image, cells, suffix, n))
		r->failed = true;
}

static inline void check_records(const struct image *image, const struct image_cells *cells,
        struct reader *r, const struct image_head *head)
{
	for (unsigned i = 0; i < head->count && !r->failed; i++) {
		if (head->type == RR_A)
			take(r, 4);
		else if (head->type == RR_AAAA)
			take(r, 16);
		else if (rr_is_one_name(head->type))
			check_target(image, cells, r);
		else
			check_rdata(r, head->type);
	}
}

/* An entry of one record, as nearly all are: an address, or a name by its suffix. Returns where it
 * ends; NULL: it is of another kind, or not sound. */
static const uint8_t *check_plain(struct checked_entry *out, const struct image *image,
        const struct image_cells *cells, const uint8_t *at, const uint8_t *end)
{
	const struct image_template *t = out->template;
	const struct image_head *head = t->heads;
	uint16_t suffix;

	if (t->head_count != 1 || head->count != 1 || t->cut)
		return NULL;
	out->owner_octets = t->address_octets;
	out->label_count = 0;
	if (!t->address_octets) {
		struct reader r = {at, end, false};
		take_owner_labels(&r, out);
		if (r.failed)
			return NULL;
	}
	if ((size_t)(end - at) < out->owner_octets + 16 + LABEL_MAX_OCTETS)
		return NULL; /* near the end each octet is counted */
	at += out->owner_octets;
	if (head->type == RR_A)
		return at + 4;
	if (head->type == RR_AAAA)
		return at + 16;
	if (head->type != RR_PTR)
		return NULL;
	memcpy(&suffix, at, sizeof suffix);
	unsigned n = at[2];
	if (suffix == 0 || n == 0 || n > LABEL_MAX_OCTETS || !suffix_fits(image, cells, suffix, n))
		return NULL;
	return at + 3 + n;
}

static bool check_any(struct checked_entry *out, const struct image *image,
        const struct image_cells *cells, bool is_apex, struct reader *r)
{
	const struct image_template *t = out->template;
	bool has_ns = false, has_dname = false;

	out->owner_octets = t->address_octets;
	out->label_count = 0;
	if (t->address_octets)
		take(r, t->address_octets);
	else
		take_owner_labels(r, out);
	for (unsigned i = 0; i < t->head_count && !r->failed; i++) {
		has_ns |= t->heads[i].type == RR_NS;
		has_dname |= t->heads[i].type == RR_DNAME;
		check_records(image, cells, r, &t->heads[i]);
	}
	enum image_cut cut = has_ns && !is_apex ? IMAGE_CUT_NS
	                     : has_dname        ? IMAGE_CUT_DNAME
	                                        : IMAGE_CUT_NONE;
	return !r->failed && t->cut == cut;
}

bool image_check_entry(struct checked_entry *out, const struct image *image,
        const struct image_cells *cells, uint32_t leaf, bool is_apex, size_t *next)
{
	const struct trie_node *node = &image->nodes[leaf];
	uint32_t number = image_template_number(node);
	size_t begin = number ? *next : (*next + 3) & ~(size_t)3;
	const uint8_t *at = image->entries + begin, *end = image->entries + image->entries_size;

	if (node->ref != begin || begin >= image->entries_size || (node->high & 0x7fff0000) ||
	        number > image->template_cells ||
	        (number && !image_is_cell(cells->templates, number)))
		return false;
	const uint8_t *template = number ? image_cell(image->templates, number) : at;
	if (!number) {
		if (!image_check_template(image, template, end))
			return false;
		at += image_template_size(template);
	}
	out->template = (const struct image_template *)(const void *)template;
	out->owner = at;
	const uint8_t *behind = check_plain(out, image, cells, at, end);
	if (!behind) {
		struct reader r = {at, end, false};
		if (!check_any(out, image, cells, is_apex, &r))
			return false;
		behind = r.at;
	}
	*next = (size_t)(behind - image->entries);
	return true;
}
