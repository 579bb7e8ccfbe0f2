/* SPDX-License-Identifier: ISC */
#include "zone/carry.h"

#include <string.h>

void carry_begin(struct carry *c, const struct image *image)
{
	c->image = image;
	trie_cursor_init(&c->cursor, image->nodes, image->node_count);
	carry_next(c);
}

void carry_next(struct carry *c)
{
	uint32_t leaf;

	do {
		c->has_owner = trie_next(&c->cursor, &leaf);
		if (!c->has_owner)
			return;
		c->entry = image_entry(c->image, leaf);
	} while (c->entry.template->head_count == 0);
	c->label_octets = image_owner_labels(c->image, &c->entry, c->labels);
	c->key_len = trie_key_from_labels(c->key, c->labels, c->label_octets);
}

/* The whole address of the owner, in out; NULL when it is written as labels. */
static const uint8_t *carry_address(const struct carry *c, uint8_t out[16])
{
	unsigned n = c->entry.template->address_octets, len = c->image->prefix.addr.len;

	if (n == 0)
		return NULL;
	memcpy(out, c->image->prefix.addr.octets, 16);
	memcpy(out + len - n, c->entry.owner, n);
	return out;
}

void carry_write(struct carry *c, struct image_writer *w)
{
	uint8_t address[16];

	image_writer_owner(
	        w, c->labels, c->label_octets, carry_address(c, address), c->key, c->key_len);
	for (unsigned i = 0; i < c->entry.template->head_count; i++) {
		struct rrset set = image_rrset(&c->entry, i);
		const uint8_t *record = set.records;
		image_writer_rrset(w, set.type, set.ttl_s);
		for (unsigned k = 0; k < set.count; k++) {
			size_t n = image_rdata(c->image, set.type, record, c->rdata);
			image_writer_record(w, set.type, c->rdata, n);
			record += image_record_size(set.type, record);
		}
	}
}
