/* SPDX-License-Identifier: ISC */
/* zone/image.h - one zone, compiled: octets with 32-bit offsets and no pointers.
 *
 *     header | apex | templates | nodes (zone/trie.h) | suffixes | entries
 *            | what is computed (zone/image_rules.h)
 *
 * Node. A leaf is one owner: `low` is 1 + the index of the leaf of the topmost zone cut or DNAME at
 *   or above the owner, 0 when there is none; the low half of `high` is the template's number;
 *   `ref` is where the entry begins.
 * Template. What many owners share: how the owner is written, and for each RRset, by ascending
 *   type, the number of its records and its TTL. An owner without any is one below which the names
 *   of a pattern hang. Number 0 says that the template stands in the entry itself: for the rare
 *   ones, should there be more than cells.
 * Entry. The owner, then the records of its RRsets, one behind the other.
 *   owner      the last octets of an address, those that the zone's prefix does not fix; or labels
 *              relative to the apex and a zero octet
 *   A, AAAA    4 or 16 octets
 *   one name   (PTR NS CNAME DNAME) 16-bit number of a suffix and one label before it; or number 0
 *              and a whole name
 *   others     16-bit length, then the rdata as on the wire, uncompressed
 * Suffix. The parent of names that records lead to, once: how many octets it has, and the wire
 * name. Cells. Templates and suffixes lie in cells of 16 octets, as many as they fill; their
 * numbers are those of their first cells, from 1. So nothing has to be looked up to know where they
 * are, and most lie in one line of the cache.
 *
 * Numbers are in the machine's own byte order, which a mark in the header tells; 16-bit ones are
 * not aligned. An image is checked once, by image_open(), and trusted from then on: the other
 * functions here do not check. All of them may be called from any thread. */
#ifndef ZONE_IMAGE_H
#define ZONE_IMAGE_H

#include <stdatomic.h>
#include <string.h>

#include "zone/addr.h"
#include "zone/expect.h"
#include "zone/rr.h"
#include "zone/trie.h"

#define IMAGE_VERSION     4U
#define IMAGE_CELL_OCTETS 16U
#define IMAGE_CELL_MAX    0xffffU /* the largest number of a template or suffix */

/* One kind of RRset in a template. */
struct image_head {
	uint16_t type;
	uint16_t count; /* records, at least 1 */
	uint32_t ttl_s;
};

/* What is below the owner: names of this zone; of another, for it has NS and is not the apex; names
 * that its DNAME leads elsewhere. */
enum image_cut { IMAGE_CUT_NONE, IMAGE_CUT_NS, IMAGE_CUT_DNAME };

/* In the image and in memory alike; its place is a multiple of 4. */
struct image_template {
	uint8_t address_octets; /* the owner's, when it is written as such; 0: labels */
	uint8_t cut;            /* enum image_cut */
	uint16_t head_count;
	struct image_head heads[];
};

enum image_section {
	SECTION_APEX,
	SECTION_TEMPLATES,
	SECTION_NODES,
	SECTION_SUFFIXES,
	SECTION_ENTRIES,
	SECTION_RULES,       /* struct image_rule */
	SECTION_RULE_OCTETS, /* shapes behind their length, and wire names */
	SECTION_PTR_FIRST4,  /* which rule makes the records at the names of addresses: */
	SECTION_PTR_SPANS4,  /* ... in struct image_spans */
	SECTION_PTR_FIRST6,
	SECTION_PTR_SPANS6,
	SECTION_NAME_FIRST4, /* which rule makes the names below owners of patterns: */
	SECTION_NAME_SPANS4, /* ... likewise */
	SECTION_NAME_FIRST6,
	SECTION_NAME_SPANS6,
	SECTION_TAKEN4, /* addresses whose names hosts have taken, in order */
	SECTION_TAKEN6,
	SECTION_PATTERN_NODES, /* a trie over owners of patterns and the first octets of their
	                          labels */
	SECTION_PATTERNS,      /* struct image_pattern */
	SECTION_COUNT
};

/* Of where a section begins, in octets, this is a divisor. */
static inline uint32_t image_section_align(unsigned section)
{
	return section == SECTION_TEMPLATES || section == SECTION_SUFFIXES ? IMAGE_CELL_OCTETS : 4;
}

/* How an image begins. */
struct image_header {
	char magic[8];       /* "arpadimg" */
	uint32_t version;    /* IMAGE_VERSION */
	uint32_t byte_order; /* IMAGE_BYTE_ORDER as the writer's machine writes it */
	uint64_t size;       /* octets in all */
	uint64_t checksum;   /* XXH3, 64 bits, of all octets behind it */
	uint32_t serial;     /* the SOA's */
	uint32_t serial_at;  /* where it stands in the SOA's rdata, from the image's first octet */
	uint32_t leaf_count;
	uint8_t prefix_octets; /* a reverse zone's prefix: 4 or 16; 0: not of whole labels */
	uint8_t prefix_bits;
	uint8_t cut_bits; /* of the block that a zone by RFC 2317 is for; 0: it is none */
	uint8_t unused;
	uint8_t prefix[16]; /* the addresses of either */
	struct {
		uint32_t at, size; /* octets; `at` is a multiple of 4, of cells of their octets */
	} sections[SECTION_COUNT];
};

#define IMAGE_MAGIC      "arpadimg"
#define IMAGE_BYTE_ORDER 0x01020304U

/* How a name is written below a qname of the zone: its first octets, then a pointer. */
struct image_short_name {
	uint8_t own;         /* the octets before what is shared; whole labels */
	uint8_t shared_with; /* enum image_shared_with */
	uint8_t at;          /* where, in octets from the first one of that name */
};

enum image_shared_with { IMAGE_SHARED_NONE, IMAGE_SHARED_APEX, IMAGE_SHARED_MNAME };

/* The SOA as negative answers have it. */
struct image_soa {
	const uint8_t *mname, *rname; /* behind it 20 octets; in the image */
	struct image_short_name short_mname, short_rname;
	uint32_t ttl_s; /* RFC 2308 5: min(SOA's TTL, MINIMUM) */
};

struct image_rule;
struct image_pattern;

/* Addresses of one family in spans that do not overlap, in order: span i begins at first[i], and
 * spans[i] says where it ends and which rule it has. IPv4 is in 32-bit numbers, IPv6 in octets. */
struct image_spans {
	const void *first, *spans;
	uint32_t count;
};

/* An image that was verified, and where its parts are. What every query looks at comes first, in
 * one line of the cache. */
struct image {
	const struct trie_node *nodes;
	const uint8_t *entries;
	const uint8_t *templates, *suffixes;          /* cells */
	uint16_t apex_len, apex_labels, apex_key_len; /* octets, labels, symbols */
	struct prefix prefix;                         /* addr.len 0: none */
	bool has_cuts, has_wildcards;
	bool has_rules, has_cut_rules; /* some that make records at the names of addresses; cuts */
	bool has_patterns;
	/* what negative answers look at: */
	struct image_soa soa;
	uint32_t serial, apex_leaf;
	const uint8_t *apex; /* lower-case wire name */
	struct prefix cut;   /* the block of a zone by RFC 2317; addr.len 0: none */
	const struct image_rule *rules;
	const uint8_t *rule_octets;
	struct image_spans ptr4, ptr6, name4, name6;
	const void *taken4, *taken6;
	const struct trie_node *pattern_nodes;
	const struct image_pattern *patterns;
	uint32_t rule_count, rule_octets_size, taken4_count, taken6_count;
	uint32_t pattern_node_count, pattern_count;
	uint32_t node_count, leaf_count, template_cells, suffix_cells, entries_size;
	const uint8_t *octets; /* owned */
	size_t size;
	bool is_mapped; /* by mmap(2), not malloc(3) */
	atomic_uint references;
};

_Static_assert(offsetof(struct image, soa) == 64, "what every query looks at fills a line");

/* Verify octets[0..size) and open it: every place in bounds, every name, count and order right,
 * the checksum, the apex with one SOA and NS. `octets` is malloc'd memory and is the image's when
 * the result is OK, the caller's otherwise. Returns OK and an image with one reference;
 * ERR_CORRUPT; ERR_MEMORY. */
MUST_USE enum err image_open(struct image **out, uint8_t *octets, size_t size);

/* The same for octets that are mapped, and are unmapped in the end. Nobody may be able to write to
 * them any more. */
MUST_USE enum err image_open_mapped(struct image **out, uint8_t *octets, size_t size);

/* Either, without a look at the checksum: for octets that the caller has compared with a digest of
 * all of them, and so knows to be undamaged. What they say is verified all the same. */
MUST_USE enum err image_open_digested(
        struct image **out, uint8_t *octets, size_t size, bool is_mapped);

struct image *image_ref(struct image *image);
void image_unref(struct image *image);

/* Put another serial into the octets of an image that is not opened yet, and set its checksum.
 * Nothing but the checksum changes where header and size contradict each other. */
void image_set_serial(uint8_t *octets, size_t size, uint32_t serial);

/* The template or suffix with a number, in its section. There is none with 0, but what is before
 * the section is in the image, too. */
static inline const uint8_t *image_cell(const uint8_t *section, uint32_t number)
{
	return section + IMAGE_CELL_OCTETS * ((size_t)number - 1);
}

static inline uint32_t image_template_number(const struct trie_node *leaf)
{
	return leaf->high & 0xffff;
}

/* Ask the cache for what a query of a batch will look at, other work in between: the image's
 * places; what a leaf refers to. */
EXPECTS void image_expect(const struct image *image)
{
	__builtin_prefetch(image);
}

EXPECTS void image_expect_entry(const struct image *image, const struct trie_node *leaf)
{
	const uint8_t *entry = image->entries + leaf->ref;

	__builtin_prefetch(entry);
	__builtin_prefetch(entry + 24); /* the next line, if it goes on there */
	__builtin_prefetch(image_cell(image->templates, image_template_number(leaf)));
}

/* One owner, unpacked; borrowed from the image. */
struct entry {
	const struct image_template *template;
	const uint8_t *owner;   /* as the entry writes it */
	const uint8_t *records; /* the first record of the first RRset */
};

/* One RRset of an entry. */
struct rrset {
	uint16_t type, count;
	uint32_t ttl_s;
	const uint8_t *records; /* the first, as the image writes it */
};

static inline struct entry image_entry(const struct image *image, uint32_t leaf)
{
	const struct trie_node *node = &image->nodes[leaf];
	const uint8_t *at = image->entries + node->ref;
	uint32_t number = image_template_number(node);
	struct entry e;

	if (number) {
		e.template = (const struct image_template *)(const void *)image_cell(
		        image->templates, number);
	} else {
		e.template = (const struct image_template *)(const void *)at;
		at += sizeof *e.template + e.template->head_count * sizeof(struct image_head);
	}
	e.owner = e.records = at;
	if (e.template->address_octets) {
		e.records += e.template->address_octets;
		return e;
	}
	while (*e.records) /* labels relative to the apex */
		e.records += 1 + *e.records;
	e.records++;
	return e;
}

/* Ask the cache for the suffix of the name that the entry's first record leads to, if it does. */
EXPECTS void image_expect_suffix(const struct image *image, const struct entry *entry)
{
	const struct image_template *t = entry->template;
	uint16_t number;

	if (t->head_count == 0 || !rr_is_one_name(t->heads[0].type))
		return;
	memcpy(&number, entry->records, sizeof number);
	__builtin_prefetch(image_cell(image->suffixes, number));
}

/* The owner of an entry, as labels before the apex, without a root label; returns their octets. */
size_t image_owner_labels(
        const struct image *image, const struct entry *entry, uint8_t out[NAME_MAX_OCTETS]);

/* How many labels, counted from the apex down, the owner of an entry shares with `labels`, a
 * qname's labels before the apex; at[0..count) are where they begin, leftmost first, and at[count]
 * is where the apex does. *owner_count
 * is set to the number of labels of the owner before the apex. Letter case does not matter. */
unsigned image_count_shared(const struct image *image, const struct entry *entry,
        const uint8_t *labels, const uint8_t *at, unsigned count, unsigned *owner_count);

/* RRset number i of an entry; i < entry->template->head_count. */
struct rrset image_rrset(const struct entry *entry, unsigned i);

/* Find the RRset of a type behind the first; false when the owner has none. */
bool image_find_later_rrset(const struct entry *entry, uint16_t type, struct rrset *out);

/* Find the RRset of a type; false when the owner has none. */
static inline bool image_find_rrset(const struct entry *entry, uint16_t type, struct rrset *out)
{
	const struct image_head *head = entry->template->heads;

	if (entry->template->head_count == 0 || head->type != type)
		return image_find_later_rrset(entry, type, out);
	*out = (struct rrset){type, head->count, head->ttl_s, entry->records};
	return true;
}

/* Octets of a record of this type as the image writes it. */
size_t image_record_size(uint16_t type, const uint8_t *record);

/* The wire name that a record leads to, for types that are one name (rr_is_one_name()); returns its
 * octets. */
size_t image_target(const struct image *image, const uint8_t *record, uint8_t out[NAME_MAX_OCTETS]);

/* The rdata of a record in uncompressed wire form. `out` has room for 65535 octets; returns how
 * many were written. */
size_t image_rdata(const struct image *image, uint16_t type, const uint8_t *record, uint8_t *out);

#endif
