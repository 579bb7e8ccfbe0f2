/* SPDX-License-Identifier: ISC */
#include "tools/emit_zone.h"

#include <string.h>

#include "tools/emit_made.h"
#include "tools/rdata_text.h"
#include "zone/lookup.h"

/* What is being printed. */
struct emitter {
	const struct snapshot *snapshot;
	const struct image *image;
	const struct filter *filter;
	uint32_t zone;
	FILE *out;
};

/* One owner of the zone. */
struct owner {
	struct entry entry;
	struct name name;
	char text[NAME_TEXT_MAX]; /* relative to the apex */
	struct prefix address;    /* that it stands for; addr.len 0: none */
};

static void read_owner(struct owner *o, const struct image *image, uint32_t leaf)
{
	uint8_t labels[NAME_MAX_OCTETS + 1];

	o->entry = image_entry(image, leaf);
	size_t n = image_owner_labels(image, &o->entry, labels);
	/* an image holds no owner that is too long */
	if (name_join(&o->name, labels, n, image->apex) != OK)
		name_copy(&o->name, image->apex);
	labels[n] = 0;
	size_t text = name_to_text(o->text, labels);
	if (n)
		o->text[text - 1] = 0; /* the last dot */
	else
		memcpy(o->text, "@", 2);
	if (prefix_from_name(&o->address, o->name.wire) != OK ||
	        o->address.bits != 8 * o->address.addr.len)
		o->address.addr.len = 0;
}

static struct addr record_addr(uint16_t type, const uint8_t *record)
{
	struct addr a = {.len = type == RR_A ? 4 : 16};

	memcpy(a.octets, record, a.len);
	return a;
}

/* Whether a record is one that the filter may leave out, and does. */
static bool is_unwanted(
        const struct emitter *e, const struct owner *o, uint16_t type, const uint8_t *record)
{
	struct addr a;

	if (filter_has_zone(e->filter, e->zone))
		return false;
	switch (type) {
	case RR_PTR:
		return !o->address.addr.len || !filter_has_addr(e->filter, &o->address.addr);
	case RR_A:
	case RR_AAAA:
		a = record_addr(type, record);
		return !filter_has_addr(e->filter, &a);
	default:
		return false;
	}
}

static bool is_pair_type(uint16_t type)
{
	return type == RR_PTR || type == RR_A || type == RR_AAAA;
}

bool emit_zone_is_wanted(const struct snapshot *s, uint32_t zone, const struct filter *f)
{
	const struct emitter e = {s, s->images[zone], f, zone, NULL};
	struct trie_cursor c;
	struct owner o;
	uint32_t leaf;

	if (filter_has_zone(f, zone))
		return true;
	trie_cursor_init(&c, e.image->nodes, e.image->node_count);
	while (trie_next(&c, &leaf)) {
		read_owner(&o, e.image, leaf);
		for (unsigned i = 0; i < o.entry.template->head_count; i++) {
			struct rrset set = image_rrset(&o.entry, i);
			const uint8_t *record = set.records;
			for (unsigned k = 0; is_pair_type(set.type) && k < set.count; k++) {
				if (!is_unwanted(&e, &o, set.type, record))
					return true;
				record += image_record_size(set.type, record);
			}
		}
	}
	return emit_made_is_wanted(s, zone, f);
}

/* The mark of a PTR from an address to a name; NULL when the name leads back. */
static const char *mark_of(const struct emitter *e, const struct addr *a, const uint8_t *name)
{
	uint8_t at[NAME_MAX_LABELS + 1];
	struct trie_key key;
	struct lookup found;
	struct rrset set;

	trie_key_from_name(&key, name);
	uint32_t zone = zone_index_find(&e->snapshot->index, &key);
	if (zone == ZONE_NONE)
		return "external";
	unsigned labels = name_find_labels(at, name);
	lookup_name(&found, e->snapshot->images[zone], &key, name, at, labels);
	if (found.kind == LOOKUP_MADE && !found.is_reverse && found.rule->addr_len == a->len &&
	        memcmp(found.address, a->octets, a->len) == 0)
		return NULL;
	uint16_t type = a->len == 4 ? RR_A : RR_AAAA;
	if (found.kind != LOOKUP_OWNER || !image_find_rrset(&found.entry, type, &set))
		return "no forward";
	for (unsigned i = 0; i < set.count; i++)
		if (memcmp(set.records + (size_t)i * a->len, a->octets, a->len) == 0)
			return NULL;
	return "no forward";
}

static void print_mark(const struct emitter *e, const struct owner *o, const uint8_t *record)
{
	struct name name;

	name.len = (uint8_t)image_target(e->image, record, name.wire);
	const char *mark = o->address.addr.len ? mark_of(e, &o->address.addr, name.wire) : NULL;
	if (mark)
		fprintf(e->out, "\t; %s", mark);
}

static void print_rrset(const struct emitter *e, const struct owner *o, const struct rrset *set)
{
	const uint8_t *record = set->records;
	uint8_t rdata[65535];

	for (unsigned i = 0; i < set->count; i++) {
		if (!is_unwanted(e, o, set->type, record)) {
			fprintf(e->out, "%s\t%u\tIN\t", o->text, set->ttl_s);
			rdata_print(e->out, set->type, rdata,
			        image_rdata(e->image, set->type, record, rdata));
			if (set->type == RR_PTR)
				print_mark(e, o, record);
			putc('\n', e->out);
		}
		record += image_record_size(set->type, record);
	}
}

void emit_zone(const struct snapshot *s, uint32_t zone, const struct filter *f, FILE *out)
{
	const struct emitter e = {s, s->images[zone], f, zone, out};
	char apex[NAME_TEXT_MAX];
	struct trie_cursor c;
	struct rrset set;
	struct owner o;
	uint32_t leaf;

	name_to_text(apex, e.image->apex);
	fprintf(out, "; zone %s\n$ORIGIN %s\n", apex, apex);
	/* the SOA comes first: not every reader takes it anywhere else */
	read_owner(&o, e.image, e.image->apex_leaf);
	if (image_find_rrset(&o.entry, RR_SOA, &set))
		print_rrset(&e, &o, &set);
	trie_cursor_init(&c, e.image->nodes, e.image->node_count);
	while (trie_next(&c, &leaf)) {
		read_owner(&o, e.image, leaf);
		for (unsigned i = 0; i < o.entry.template->head_count; i++) {
			set = image_rrset(&o.entry, i);
			if (set.type != RR_SOA)
				print_rrset(&e, &o, &set);
		}
	}
	emit_made(s, zone, f, out);
}
