/* SPDX-License-Identifier: ISC */
/* zone/image.h - one zone, compiled: octets with 32-bit offsets and no pointers.
 *
 *     header | apex | nodes (zone/trie.h) | templates | suffixes | entries
 *
 * Node. A leaf is one owner: `low` is the leaf's index of the topmost zone cut at or above the
 *   owner, 0 when there is none (node 0 is never a cut: it is the root of the tree or the apex);
 *   `high` holds the template's number; `ref` is where its entry begins.
 * Template. What many owners share: how the owner is written, and for each RRset its type, the
 *   number of its records and its TTL. Template 0 stands in the entry itself, for the rare ones.
 * Entry. The owner, then the records of its RRsets one behind the other.
 *   owner   the last octets of an address (those that the zone's prefix does not fix), or labels
 *           relative to the apex and a zero octet
 *   A AAAA  4 or 16 octets
 *   PTR NS CNAME   a name: 16-bit number of a suffix, then one label; or number 0, a whole name
 *   others  16-bit length, then the rdata as on the wire, uncompressed
 * Suffixes. Wire names, each once: the parents of the names that entries lead to.
 *
 * Numbers are in the machine's own byte order; a mark in the header tells. An image is checked
 * once, by image_open(), and trusted from then on: lookups have no bounds checks. */
#ifndef ZONE_IMAGE_H
#define ZONE_IMAGE_H

#include <stdatomic.h>

#include "zone/addr.h"
#include "zone/rr.h"
#include "zone/trie.h"

#define IMAGE_VERSION	  1U
#define IMAGE_TEMPLATE_MAX 0x7fffU /* templates an image can number; 0 is "in the entry" */

enum image_owner { OWNER_LABELS = 0 }; /* else: octets of address */

/* One kind of RRset in a template. */
struct image_head {
	uint16_t type;
	uint16_t count; /* records, at least 1 */
	uint32_t ttl_s;
};

/* In the image and in memory alike: 4 octets, then the heads. */
struct image_template {
	uint8_t owner;	    /* enum image_owner, or octets of address */
	uint8_t is_cut;	    /* an NS RRset below the apex */
	uint16_t head_count;
	struct image_head heads[];
};

/* An image that was verified, and where its parts are. */
struct image {
	const uint8_t *octets;
	size_t size;
	const struct trie_node *nodes;
	const uint32_t *templates; /* where each begins, from template_base; [0] is not used */
	const uint8_t *template_base;
	const uint32_t *suffixes; /* where each begins, from suffix_base; [0] is the root */
	const uint8_t *suffix_base;
	const uint8_t *entries;
	const uint8_t *apex;	  /* lower-case wire name */
	uint32_t node_count, leaf_count, entry_size;
	uint32_t apex_leaf;	  /* node index of the apex */
	uint32_t serial;
	uint32_t negative_ttl_s;  /* of the SOA in negative answers (RFC 2308 3, 5) */
	uint16_t apex_len;	  /* octets of the apex's wire form */
	uint16_t apex_labels;
	uint16_t apex_key_len;	  /* symbols of the apex's key */
	struct prefix prefix;	  /* of a reverse zone; addr.len 0: none */
	bool has_cuts;
	atomic_uint references;
};

/* Verify `octets[0..size)` and open it: every offset in bounds, every name and count valid, owners
 * in strictly ascending canonical order, each found by the walk, the apex with SOA and NS, the
 * checksum. Takes the octets over (malloc'd) when OK. Returns OK and an image with one reference;
 * ERR_CORRUPT; ERR_MEMORY. */
MUST_USE enum err image_open(struct image **out, uint8_t *octets, size_t size);

struct image *image_ref(struct image *image);
void image_unref(struct image *image);

/* Put another serial into an image's octets that are not opened yet, and the checksum right. */
void image_set_serial(uint8_t *octets, size_t size, uint32_t serial);

/* One owner, unpacked. Everything is borrowed from the image. */
struct entry {
	const struct image_template *template;
	const uint8_t *owner;	/* as written in the entry */
	const uint8_t *records; /* of the first RRset */
};

/* One RRset of an entry: `at` is its first record as the image writes it. */
struct rrset {
	uint16_t type, count;
	uint32_t ttl_s;
	const uint8_t *at;
};

void image_entry(const struct image *image, uint32_t leaf, struct entry *out);

/* The owner of an entry as a whole wire name. */
void image_owner(const struct image *image, const struct entry *entry, struct name *out);

/* Labels that the owner of an entry has below the apex. */
unsigned image_owner_labels(const struct image *image, const struct entry *entry);

/* The RRset of a type; false when the owner has none. */
bool image_find_rrset(const struct image *image, const struct entry *entry, uint16_t type,
	struct rrset *out);

/* RRset number i of an entry; i < entry->template->head_count. */
void image_rrset(const struct image *image, const struct entry *entry, unsigned i,
	struct rrset *out);

/* The record behind this one of an RRset's type. */
const uint8_t *image_skip_record(const struct image *image, uint16_t type, const uint8_t *at);

/* The rdata of a record in uncompressed wire form; returns its octets, at most 65535. `out` has
 * room for them. */
size_t image_rdata(const struct image *image, uint16_t type, const uint8_t *at, uint8_t *out);

#endif
