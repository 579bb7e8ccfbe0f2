/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "tools/why_layers.h"
#include "zone/lookup.h"

/* Digits of {host}, as pattern_format() writes them. */
static unsigned host_width(const struct pattern *p)
{
	return p->host_bits ? (p->host_bits + 3U) / 4 : 1;
}

/* What is left of a label, and the label as a range would spell it. */
struct speller {
	const uint8_t *at, *end;
	uint8_t *out; /* room for LABEL_MAX_OCTETS */
	unsigned n;
};

static bool put(struct speller *s, uint8_t octet)
{
	if (s->n == LABEL_MAX_OCTETS)
		return false;
	s->out[s->n++] = octet;
	return true;
}

static bool is_digit(uint8_t c, bool is_hex)
{
	return (c >= '0' && c <= '9') || (is_hex && c >= 'a' && c <= 'f');
}

/* A number of as many digits as are there becomes one of `width`, 0: without leading zeros. */
static bool spell_number(struct speller *s, unsigned width, bool is_hex)
{
	const uint8_t *from = s->at;

	while (s->at < s->end && is_digit(*s->at, is_hex))
		s->at++;
	const uint8_t *to = s->at;
	if (from == to)
		return false;
	while (from < to - 1 && *from == '0')
		from++;
	for (unsigned n = (unsigned)(to - from); n < width; n++)
		if (!put(s, '0'))
			return false;
	while (from < to)
		if (!put(s, *from++))
			return false;
	return true;
}

static bool spell_literal(struct speller *s, const uint8_t *literal, unsigned n)
{
	for (; n; n--, literal++, s->at++)
		if (s->at == s->end || *s->at != *literal || !put(s, *literal))
			return false;
	return true;
}

static bool spell_part(struct speller *s, const struct pattern *p, uint8_t part)
{
	switch (part) {
	case PART_GROUPS:
		for (unsigned i = 0; i < 8; i++)
			if ((i && !spell_literal(s, (const uint8_t *)"-", 1)) ||
			        !spell_number(s, 4, true))
				return false;
		return true;
	case PART_HEX:
		return spell_number(s, p->addr_len * 2U, true);
	case PART_HOST:
		return spell_number(s, host_width(p), true);
	default:
		return spell_number(s, 0, false);
	}
}

/* The label that is meant by one whose numbers have too few or too many zeros. Lower-case. */
static bool spell(uint8_t out[1 + LABEL_MAX_OCTETS], const struct pattern *p, const uint8_t *label)
{
	struct speller s = {label + 1, label + 1 + *label, out + 1, 0};
	const uint8_t *shape = p->shape, *end = shape + p->shape_octets;

	while (shape < end) {
		uint8_t part = *shape++;
		if (part >= PART_OCTET ? !spell_part(&s, p, part) : !spell_literal(&s, shape, part))
			return false;
		shape += part >= PART_OCTET ? 0 : part;
	}
	out[0] = (uint8_t)s.n;
	return s.at == s.end;
}

/* The PTR of the address that leads to the name. */
static void add_reverse(struct why *w, const struct plan_range *r, const struct addr *a)
{
	const struct plan *p = &w->config->plan;
	uint32_t zone = plan_find_reverse_zone(p, a);
	uint8_t at[NAME_MAX_LABELS + 1];
	struct name name, reverse;
	struct trie_key key;
	struct lookup found;

	if (zone == ZONE_NONE || !why_range_name(&name, r, a))
		return;
	plan_name_of_addr(&reverse, &p->zones[zone], a);
	trie_key_from_name(&key, reverse.wire);
	unsigned labels = name_find_labels(at, reverse.wire);
	lookup_name(&found, w->snapshot->images[zone], &key, reverse.wire, at, labels);
	if (found.kind == LOOKUP_MADE)
		why_add_record(w, "reverse", zone, reverse.wire, RR_PTR, found.rule->ttl_s,
		        name.wire, name.len);
}

/* What has the address, of which the range would make the name. */
static void add_taker(struct why *w, const struct addr *a, const struct span *s)
{
	const struct plan_source *source;
	const struct pair *host = why_find_host(w, a, &source);
	char addr[ADDR_TEXT_MAX], text[NAME_TEXT_MAX];
	struct name name;

	addr_to_text(addr, a);
	if (host) {
		name_to_text(text, host->name);
		why_add(w, "taken", pair_place(source, host), "but a host has %s: %s", addr, text);
	} else if (s->delegation) {
		why_add(w, "delegation", delegation_place(s->source, s->delegation),
		        "but %s has %s", why_delegation_text(w, s->source, s->delegation), addr);
	} else if (why_range_name(&name, s->range, a)) {
		name_to_text(text, name.wire);
		why_add(w, "range", range_place(s->source, s->range),
		        "but %s decides about %s and makes %s",
		        why_range_text(w, s->source, s->range), addr, text);
	} else {
		why_add(w, "hole", range_place(s->source, s->range), "but %s has %s: no name there",
		        why_range_text(w, s->source, s->range), addr);
	}
}

/* The range spells an address of its own so. */
static void add_match(struct why *w, const struct plan_source *source, const struct plan_range *r,
        const struct addr *a, const char *name)
{
	const struct span *s = cover_find(&w->layers.cover, a);
	const char *who = why_range_text(w, source, r);
	const struct place place = range_place(source, r);
	const struct plan_source *of_host;
	char addr[ADDR_TEXT_MAX];

	addr_to_text(addr, a);
	if (!source_is_served(source)) {
		why_add(w, "refused-line", place, "%s is not served: the file has mistakes", who);
		return;
	}
	if (s && s->range == r && !why_find_host(w, a, &of_host)) {
		why_add(w, "range", place, "%s makes %s of %s", who, name, addr);
		if (r->forward_zone == ZONE_NONE)
			why_add(w, "external", place,
			        "others answer for %s; it must lead back to %s there", name, addr);
		add_reverse(w, r, a);
		return;
	}
	why_add(w, "taken", place, "%s would make %s of %s,", who, name, addr);
	if (s)
		add_taker(w, a, s);
}

static void add_range(struct why *w, const struct plan_source *source, const struct plan_range *r,
        const uint8_t *name)
{
	struct addr a = {.len = r->pattern.addr_len};
	uint8_t label[1 + LABEL_MAX_OCTETS];
	char text[NAME_TEXT_MAX], meant[NAME_TEXT_MAX], addr[ADDR_TEXT_MAX];
	struct name right;

	name_to_text(text, name);
	if (pattern_match(a.octets, &r->pattern, name)) {
		add_match(w, source, r, &a, text);
		return;
	}
	if (!spell(label, &r->pattern, name) || !pattern_match(a.octets, &r->pattern, label) ||
	        !why_range_name(&right, r, &a))
		return;
	name_to_text(meant, right.wire);
	addr_to_text(addr, &a);
	why_add(w, "spelling", range_place(source, r), "%s spells the name of %s as %s",
	        why_range_text(w, source, r), addr, meant);
}

void why_add_ranges_of_name(struct why *w, const uint8_t *name)
{
	const struct plan *p = &w->config->plan;

	for (size_t i = 0; *name && i < p->source_count; i++) {
		const struct plan_source *s = &p->sources[i];
		for (size_t k = 0; k < s->range_count; k++) {
			const struct plan_range *r = &s->ranges[k];
			if (r->pattern.shape && name_equal(r->owner, name + 1 + *name))
				add_range(w, s, r, name);
		}
	}
}
