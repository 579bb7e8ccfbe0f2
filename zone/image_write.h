/* SPDX-License-Identifier: ISC */
/* zone/image_write.h - writes the octets of an image, owner by owner.
 *
 *     image_writer_init(&w, apex, prefix);
 *     for each owner in canonical order, the apex first:
 *             image_writer_owner(&w, ...);
 *             for each of its RRsets, by ascending type:
 *                     image_writer_rrset(&w, type, ttl);
 *                     for each record: image_writer_name(), _address() or _rdata()
 *     what is computed: zone/image_write_rules.h
 *     image_writer_finish(&w, &octets, &size);
 *
 * Sticky: what fails is told by image_writer_finish(). The same calls give the same octets. */
#ifndef ZONE_IMAGE_WRITE_H
#define ZONE_IMAGE_WRITE_H

#include "zone/image.h"
#include "zone/image_buffer.h"
#include "zone/pattern.h"

struct image_writer {
	struct buffer sections[SECTION_COUNT];
	struct buffer symbols, key_ends; /* of the owners' keys */
	struct buffer leaves;            /* struct leaf, one an owner */
	struct buffer template;          /* of the owner being written: struct image_template */
	struct buffer records; /* of the owner being written, with its owner before them */
	struct buffer template_index, suffix_index; /* where each begins in its section */
	struct buffer shape_index, name_index;      /* where each begins in SECTION_RULE_OCTETS */
	struct buffer rule_index;                   /* likewise in SECTION_RULES */
	struct buffer patterns, pattern_symbols;    /* what the trie of patterns is made of */
	struct seen templates, suffixes, shapes, names, rules;
	struct prefix prefix, cut_block;
	size_t apex_len;
	uint32_t last_suffix;   /* number of the suffix used last: the next is often the same */
	uint32_t cut;           /* 1 + number of the topmost cut above the owner; 0: none */
	uint32_t soa_serial_at; /* in SECTION_ENTRIES */
	uint32_t owner_count, serial;
	enum err failed;
};

/* `apex` is a lower-case wire name, `prefix` that of a reverse zone or NULL. */
void image_writer_init(struct image_writer *w, const uint8_t *apex, const struct prefix *prefix);

/* The zone is that by RFC 2317 of this block, /25 to /31. */
void image_writer_set_cut(struct image_writer *w, const struct prefix *block);

/* Begin an owner. One without RRsets is there for names that hang below it. `labels[0..n)` are its
 * lower-case labels before the apex; `address` is the whole address that it stands for (all of them
 * or none of a type's owners in one zone may be given so), or NULL; `key` is trie_key_from_labels()
 * of the labels. */
void image_writer_owner(struct image_writer *w, const uint8_t *labels, size_t n,
        const uint8_t *address, const uint8_t *key, size_t key_len);

void image_writer_rrset(struct image_writer *w, uint16_t type, uint32_t ttl_s);

/* One record of the RRset: a wire name for types that are one name; 4 or 16 octets of address;
 * rdata in wire form for the others. */
void image_writer_name(struct image_writer *w, const uint8_t *name);
void image_writer_address(struct image_writer *w, const uint8_t *octets, size_t n);
void image_writer_rdata(struct image_writer *w, const uint8_t *rdata, size_t n);

/* The same for rdata of any type, in uncompressed wire form. */
void image_writer_record(struct image_writer *w, uint16_t type, const uint8_t *rdata, size_t n);

/* End. Returns OK and malloc'd octets, for image_open(); ERR_MEMORY; ERR_LONG when the image would
 * be beyond 4 GiB. Frees the writer in any case. */
MUST_USE enum err image_writer_finish(struct image_writer *w, uint8_t **octets, size_t *size);

#endif
