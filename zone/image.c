/* SPDX-License-Identifier: ISC */
#include "zone/image.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xxhash.h>

#include "zone/image_check.h"
#include "zone/image_rules.h"

static uint16_t get16(const uint8_t *p)
{
	uint16_t value;

	memcpy(&value, p, sizeof value);
	return value;
}

static uint64_t checksum_of(const uint8_t *octets, size_t size)
{
	size_t behind = offsetof(struct image_header, checksum) + sizeof(uint64_t);

	return XXH3_64bits(octets + behind, size - behind);
}

static struct image_spans find_spans(
        const struct image_header *h, const uint8_t *const at[SECTION_COUNT], unsigned section)
{
	uint32_t octets = section == SECTION_PTR_FIRST4 || section == SECTION_NAME_FIRST4 ? 4 : 16;

	return (struct image_spans){
	        at[section], at[section + 1], h->sections[section].size / octets};
}

/* The longest end of a name that is an end of another, too. False where they share nothing. */
static bool shorten(struct image_short_name *out, const uint8_t *name, const uint8_t *other)
{
	size_t at;

	for (size_t i = 0; name[i]; i += 1U + name[i]) {
		if (!name_is_within(other, name + i, &at))
			continue;
		out->own = (uint8_t)i;
		out->at = (uint8_t)at;
		return true;
	}
	out->own = (uint8_t)(name_length(name) - 1);
	out->at = 0;
	return false;
}

static void find_soa(struct image *image)
{
	struct entry apex = image_entry(image, image->apex_leaf);
	struct image_soa *soa = &image->soa;
	struct image_short_name by_mname;
	struct rrset set;

	if (!image_find_rrset(&apex, RR_SOA, &set))
		return; /* image_check() saw it */
	soa->mname = set.records + 2;
	soa->rname = soa->mname + name_length(soa->mname);
	if (shorten(&soa->short_mname, soa->mname, image->apex))
		soa->short_mname.shared_with = IMAGE_SHARED_APEX;
	if (shorten(&soa->short_rname, soa->rname, image->apex))
		soa->short_rname.shared_with = IMAGE_SHARED_APEX;
	/* of the MNAME what is not in the message itself is that of the apex */
	if (shorten(&by_mname, soa->rname, soa->mname) && by_mname.own < soa->short_rname.own &&
	        by_mname.at < soa->short_mname.own) {
		soa->short_rname = by_mname;
		soa->short_rname.shared_with = IMAGE_SHARED_MNAME;
	}
}

static void find_rules(
        struct image *image, const struct image_header *h, const uint8_t *const at[SECTION_COUNT])
{
	image->rules = (const struct image_rule *)(const void *)at[SECTION_RULES];
	image->rule_count = h->sections[SECTION_RULES].size / (uint32_t)sizeof *image->rules;
	image->rule_octets = at[SECTION_RULE_OCTETS];
	image->rule_octets_size = h->sections[SECTION_RULE_OCTETS].size;
	image->ptr4 = find_spans(h, at, SECTION_PTR_FIRST4);
	image->ptr6 = find_spans(h, at, SECTION_PTR_FIRST6);
	image->name4 = find_spans(h, at, SECTION_NAME_FIRST4);
	image->name6 = find_spans(h, at, SECTION_NAME_FIRST6);
	image->taken4 = at[SECTION_TAKEN4];
	image->taken6 = at[SECTION_TAKEN6];
	image->taken4_count = h->sections[SECTION_TAKEN4].size / 4;
	image->taken6_count = h->sections[SECTION_TAKEN6].size / 16;
	image->pattern_nodes = (const struct trie_node *)(const void *)at[SECTION_PATTERN_NODES];
	image->pattern_node_count =
	        h->sections[SECTION_PATTERN_NODES].size / (uint32_t)sizeof(struct trie_node);
	image->patterns = (const struct image_pattern *)(const void *)at[SECTION_PATTERNS];
	image->pattern_count =
	        h->sections[SECTION_PATTERNS].size / (uint32_t)sizeof *image->patterns;
	image->has_patterns = image->pattern_count != 0;
	image->has_rules = image->ptr4.count || image->ptr6.count;
}

static void find_sections(struct image *image, const struct image_header *h)
{
	const uint8_t *at[SECTION_COUNT];

	for (unsigned i = 0; i < SECTION_COUNT; i++)
		at[i] = image->octets + h->sections[i].at;
	/* octets is malloc'd or mapped, and image_check() saw that each place is a multiple of 4 */
	image->apex = at[SECTION_APEX];
	image->nodes = (const struct trie_node *)(const void *)at[SECTION_NODES];
	image->templates = at[SECTION_TEMPLATES];
	image->suffixes = at[SECTION_SUFFIXES];
	image->entries = at[SECTION_ENTRIES];
	image->node_count = h->sections[SECTION_NODES].size / (uint32_t)sizeof(struct trie_node);
	image->template_cells = h->sections[SECTION_TEMPLATES].size / IMAGE_CELL_OCTETS;
	image->suffix_cells = h->sections[SECTION_SUFFIXES].size / IMAGE_CELL_OCTETS;
	image->entries_size = h->sections[SECTION_ENTRIES].size;
	image->leaf_count = h->leaf_count;
	image->serial = h->serial;
	image->prefix.addr.len = h->prefix_octets;
	image->prefix.bits = h->prefix_bits;
	image->cut.addr.len = h->cut_bits ? 4 : 0;
	image->cut.bits = h->cut_bits;
	memcpy(h->cut_bits ? image->cut.addr.octets : image->prefix.addr.octets, h->prefix,
	        sizeof h->prefix);
	find_rules(image, h, at);
}

/* Of what the sections are made. */
static const uint8_t item_octets[SECTION_COUNT] = {
        [SECTION_APEX] = 1,
        [SECTION_NODES] = sizeof(struct trie_node),
        [SECTION_TEMPLATES] = IMAGE_CELL_OCTETS,
        [SECTION_SUFFIXES] = IMAGE_CELL_OCTETS,
        [SECTION_ENTRIES] = 1,
        [SECTION_RULES] = sizeof(struct image_rule),
        [SECTION_RULE_OCTETS] = 1,
        [SECTION_PTR_FIRST4] = 4,
        [SECTION_PTR_SPANS4] = sizeof(struct image_span4),
        [SECTION_PTR_FIRST6] = 16,
        [SECTION_PTR_SPANS6] = sizeof(struct image_span6),
        [SECTION_NAME_FIRST4] = 4,
        [SECTION_NAME_SPANS4] = sizeof(struct image_span4),
        [SECTION_NAME_FIRST6] = 16,
        [SECTION_NAME_SPANS6] = sizeof(struct image_span6),
        [SECTION_TAKEN4] = 4,
        [SECTION_TAKEN6] = 16,
        [SECTION_PATTERN_NODES] = sizeof(struct trie_node),
        [SECTION_PATTERNS] = sizeof(struct image_pattern),
};

/* The header alone: is it ours and whole, and are the sections where they can be. */
static bool header_is_sound(const struct image_header *h, size_t size)
{
	uint64_t end = sizeof *h; /* of the section before */

	if (memcmp(h->magic, IMAGE_MAGIC, sizeof h->magic) != 0 || h->version != IMAGE_VERSION ||
	        h->byte_order != IMAGE_BYTE_ORDER || h->size != size)
		return false;
	for (unsigned i = 0; i < SECTION_COUNT; i++) {
		uint64_t at = h->sections[i].at;
		if (at < end || at % image_section_align(i) || at + h->sections[i].size > size)
			return false;
		end = at + h->sections[i].size;
	}
	for (unsigned i = 0; i < SECTION_COUNT; i++)
		if (h->sections[i].size % item_octets[i])
			return false;
	return true;
}

enum err image_open_digested(struct image **out, uint8_t *octets, size_t size, bool is_mapped)
{
	struct image_header h;

	if (size < sizeof h)
		return ERR_CORRUPT;
	memcpy(&h, octets, sizeof h);
	if (!header_is_sound(&h, size))
		return ERR_CORRUPT;
	struct image *image = aligned_alloc(64, (sizeof *image + 63) / 64 * 64);
	if (!image)
		return ERR_MEMORY;
	memset(image, 0, sizeof *image);
	image->octets = octets;
	image->size = size;
	image->is_mapped = is_mapped;
	find_sections(image, &h);
	if (!image_check(image, &h)) {
		free(image);
		return ERR_CORRUPT;
	}
	find_soa(image);
	atomic_init(&image->references, 1);
	*out = image;
	return OK;
}

static enum err open_undamaged(struct image **out, uint8_t *octets, size_t size, bool is_mapped)
{
	struct image_header h;

	if (size < sizeof h)
		return ERR_CORRUPT;
	memcpy(&h, octets, sizeof h);
	if (h.checksum != checksum_of(octets, size))
		return ERR_CORRUPT;
	return image_open_digested(out, octets, size, is_mapped);
}

enum err image_open(struct image **out, uint8_t *octets, size_t size)
{
	return open_undamaged(out, octets, size, false);
}

enum err image_open_mapped(struct image **out, uint8_t *octets, size_t size)
{
	return open_undamaged(out, octets, size, true);
}

struct image *image_ref(struct image *image)
{
	atomic_fetch_add_explicit(&image->references, 1, memory_order_relaxed);
	return image;
}

void image_unref(struct image *image)
{
	if (!image || atomic_fetch_sub_explicit(&image->references, 1, memory_order_acq_rel) != 1)
		return;
	uint8_t *octets = (uint8_t *)(uintptr_t)image->octets;
	if (image->is_mapped)
		munmap(octets, image->size);
	else
		free(octets);
	free(image);
}

void image_set_serial(uint8_t *octets, size_t size, uint32_t serial)
{
	struct image_header h;
	uint8_t wire[4] = {(uint8_t)(serial >> 24), (uint8_t)(serial >> 16), (uint8_t)(serial >> 8),
	        (uint8_t)serial};

	if (size < sizeof h)
		return;
	memcpy(&h, octets, sizeof h);
	if (h.serial_at >= sizeof h && h.serial_at <= size - sizeof wire) {
		memcpy(octets + h.serial_at, wire, sizeof wire);
		memcpy(octets + offsetof(struct image_header, serial), &serial, sizeof serial);
	}
	h.checksum = checksum_of(octets, size);
	memcpy(octets + offsetof(struct image_header, checksum), &h.checksum, sizeof h.checksum);
}

/* The whole address of an entry's owner. */
static void owner_address(const struct image *image, const struct entry *entry, uint8_t out[16])
{
	unsigned n = entry->template->address_octets, len = image->prefix.addr.len;

	memcpy(out, image->prefix.addr.octets, 16);
	memcpy(out + len - n, entry->owner, n);
}

size_t image_owner_labels(
        const struct image *image, const struct entry *entry, uint8_t out[NAME_MAX_OCTETS])
{
	if (!entry->template->address_octets) {
		size_t n = name_length(entry->owner) - 1;
		memcpy(out, entry->owner, n);
		return n;
	}
	uint8_t octets[16];
	owner_address(image, entry, octets);
	return name_addr_labels(out, octets, image->prefix.addr.len, image->prefix.bits);
}

/* The label that stands for one octet or nibble of an address, as name_addr_labels() writes it. */
static bool is_octet_label(const uint8_t *label, uint8_t value)
{
	if (value < 10)
		return label[0] == 1 && label[1] == '0' + value;
	if (value < 100)
		return label[0] == 2 && label[1] == '0' + value / 10 &&
		       label[2] == '0' + value % 10;
	return label[0] == 3 && label[1] == '0' + value / 100 &&
	       label[2] == '0' + value / 10 % 10 && label[3] == '0' + value % 10;
}

static bool is_nibble_label(const uint8_t *label, uint8_t value)
{
	return label[0] == 1 && octet_lower(label[1]) == (uint8_t) "0123456789abcdef"[value];
}

/* Octet i of the owner's address. */
static uint8_t owner_octet(const struct image *image, const struct entry *entry, unsigned i)
{
	unsigned fixed = image->prefix.addr.len - entry->template->address_octets;

	return i < fixed ? image->prefix.addr.octets[i] : entry->owner[i - fixed];
}

static unsigned count_shared_address(const struct image *image, const struct entry *entry,
        const uint8_t *labels, const uint8_t *at, unsigned count, unsigned *owner_count)
{
	unsigned first = image->prefix.bits / 8, shared = 0;

	if (image->prefix.addr.len == 4) {
		*owner_count = 4 - first;
		unsigned most = count < *owner_count ? count : *owner_count;
		while (shared < most && is_octet_label(labels + at[count - 1 - shared],
		                                owner_octet(image, entry, first + shared)))
			shared++;
		return shared;
	}
	first = image->prefix.bits / 4;
	*owner_count = 32 - first;
	unsigned most = count < *owner_count ? count : *owner_count;
	for (; shared < most; shared++) {
		unsigned i = first + shared;
		uint8_t octet = owner_octet(image, entry, i / 2);
		if (!is_nibble_label(
		            labels + at[count - 1 - shared], i % 2 ? octet & 15 : octet >> 4))
			break;
	}
	return shared;
}

/* Equal, length octets and all; `b` is lower-case. */
static bool is_same_label(const uint8_t *a, const uint8_t *b)
{
	if (*a != *b)
		return false;
	for (unsigned i = 1; i <= *b; i++)
		if (octet_lower(a[i]) != b[i])
			return false;
	return true;
}

unsigned image_count_shared(const struct image *image, const struct entry *entry,
        const uint8_t *labels, const uint8_t *at, unsigned count, unsigned *owner_count)
{
	uint8_t owner_at[NAME_MAX_LABELS + 1];
	unsigned shared = 0;

	if (entry->template->address_octets)
		return count_shared_address(image, entry, labels, at, count, owner_count);
	size_t octets = (size_t)(entry->records - entry->owner) - 1;
	if (octets == at[count] && name_octets_equal(labels, entry->owner, octets)) {
		*owner_count = count;
		return count;
	}
	*owner_count = name_find_labels(owner_at, entry->owner);
	unsigned most = count < *owner_count ? count : *owner_count;
	while (shared < most && is_same_label(labels + at[count - 1 - shared],
	                                entry->owner + owner_at[*owner_count - 1 - shared]))
		shared++;
	return shared;
}

size_t image_record_size(uint16_t type, const uint8_t *record)
{
	if (type == RR_A)
		return 4;
	if (type == RR_AAAA)
		return 16;
	if (!rr_is_one_name(type))
		return 2U + get16(record);
	return get16(record) ? 3U + record[2] : 2U + name_length(record + 2);
}

static const uint8_t *skip_rrset(const struct image_head *head, const uint8_t *records)
{
	for (unsigned k = 0; k < head->count; k++)
		records += image_record_size(head->type, records);
	return records;
}

struct rrset image_rrset(const struct entry *entry, unsigned i)
{
	const struct image_head *head = entry->template->heads;
	const uint8_t *records = entry->records;

	for (; i; i--, head++)
		records = skip_rrset(head, records);
	return (struct rrset){head->type, head->count, head->ttl_s, records};
}

bool image_find_later_rrset(const struct entry *entry, uint16_t type, struct rrset *out)
{
	const struct image_head *head = entry->template->heads;
	const uint8_t *records = entry->records;

	for (unsigned i = 0; i < entry->template->head_count; i++, head++) {
		if (head->type == type) {
			*out = (struct rrset){head->type, head->count, head->ttl_s, records};
			return true;
		}
		records = skip_rrset(head, records);
	}
	return false;
}

size_t image_target(const struct image *image, const uint8_t *record, uint8_t out[NAME_MAX_OCTETS])
{
	uint16_t suffix = get16(record);

	if (!suffix) {
		size_t n = name_length(record + 2);
		memcpy(out, record + 2, n);
		return n;
	}
	const uint8_t *label = record + 2, *cell = image_cell(image->suffixes, suffix);
	memcpy(out, label, 1U + *label);
	memcpy(out + 1 + *label, cell + 1, *cell);
	return 1U + *label + *cell;
}

size_t image_rdata(const struct image *image, uint16_t type, const uint8_t *record, uint8_t *out)
{
	size_t n = 0;

	if (type == RR_A || type == RR_AAAA) {
		n = image_record_size(type, record);
		memcpy(out, record, n);
	} else if (rr_is_one_name(type)) {
		n = image_target(image, record, out);
	} else {
		n = get16(record);
		memcpy(out, record + 2, n);
	}
	return n;
}
