/* SPDX-License-Identifier: ISC */
#include "tools/emit_zone.h"

#include <string.h>

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
	return false;
}

/* The mark of a PTR from an address to a name; NULL when the name leads back. */
static const char *mark_of(const struct emitter *e, const struct addr *a, const uint8_t *name)
{
	uint8_t at[NAME_MAX_LABELS + 1];
	struct trie_key key;
	struct lookup found;
	struct rrset set;

	trie_key_from_name(&key, name);
	uint32_t zone = zone_index_find(&e->snapshot->index, &key, name);
	if (zone == ZONE_NONE)
		return "external";
	unsigned labels = name_find_labels(at, name);
	lookup_name(&found, e->snapshot->images[zone], &key, name, at, labels);
	uint16_t type = a->len == 4 ? RR_A : RR_AAAA;
	if (found.kind != LOOKUP_OWNER || !image_find_rrset(&found.entry, type, &set))
		return "no forward";
	for (unsigned i = 0; i < set.count; i++)
		if (memcmp(set.records + (size_t)i * a->len, a->octets, a->len) == 0)
			return NULL;
	return "no forward";
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void print_soa(const uint8_t *rdata, FILE *out)
{
	char text[NAME_TEXT_MAX];

	for (unsigned i = 0; i < 2; i++) {
		name_to_text(text, rdata);
		fprintf(out, i ? " %s" : "%s", text);
		rdata += name_length(rdata);
	}
	for (unsigned i = 0; i < 5; i++)
		fprintf(out, " %u", get32(rdata + (size_t)4 * i));
}

/* Types without a form of their own here are written as RFC 3597 5 has it. */
static void print_rdata(const struct emitter *e, uint16_t type, const uint8_t *record)
{
	uint8_t rdata[65535];
	char text[NAME_TEXT_MAX];
	size_t n = image_rdata(e->image, type, record, rdata);

	if (rr_is_one_name(type)) {
		name_to_text(text, rdata);
		fputs(text, e->out);
	} else if (type == RR_A || type == RR_AAAA) {
		struct addr a = record_addr(type, rdata);
		addr_to_text(text, &a);
		fputs(text, e->out);
	} else if (type == RR_SOA) {
		print_soa(rdata, e->out);
	} else {
		fprintf(e->out, "\\# %zu ", n);
		for (size_t i = 0; i < n; i++)
			fprintf(e->out, "%02x", rdata[i]);
	}
}

static void print_mark(const struct emitter *e, const struct owner *o, const uint8_t *record)
{
	struct name name;
	struct image_target target = image_target(e->image, record);
	const uint8_t *label = target.label ? target.label : (const uint8_t *)"";

	if (name_join(&name, label, target.label ? 1U + *label : 0, target.rest) != OK)
		return;
	const char *mark = o->address.addr.len ? mark_of(e, &o->address.addr, name.wire) : NULL;
	if (mark)
		fprintf(e->out, "\t; %s", mark);
}

static void print_rrset(const struct emitter *e, const struct owner *o, const struct rrset *set)
{
	char type[RR_TYPE_TEXT_MAX];
	const uint8_t *record = set->records;

	rr_type_text(type, set->type);
	for (unsigned i = 0; i < set->count; i++) {
		if (!is_unwanted(e, o, set->type, record)) {
			fprintf(e->out, "%s\t%u\tIN\t%s\t", o->text, set->ttl_s, type);
			print_rdata(e, set->type, record);
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
}

void emit_zone_file_name(char out[EMIT_ZONE_FILE_MAX], const uint8_t *apex)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-_",
	                  hex[] = "0123456789ABCDEF";
	bool is_label_root = name_equal(apex, (const uint8_t *)"\4root");
	char *p = out;

	for (const uint8_t *label = apex; *label; label += 1 + *label) {
		if (label != apex)
			*p++ = '.';
		for (unsigned i = 1; i <= *label; i++) {
			uint8_t c = octet_lower(label[i]);
			if (c && strchr(plain, c) && !is_label_root) {
				*p++ = (char)c;
				continue;
			}
			*p++ = '%';
			*p++ = hex[c >> 4];
			*p++ = hex[c & 15];
		}
	}
	snprintf(p, 10, "%s", p == out ? "root.zone" : ".zone");
}
