/* SPDX-License-Identifier: ISC */
#include "tools/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zone/layers.h"

void filter_free(struct filter *f)
{
	free(f->prefixes);
	free(f->zones);
}

/* An address is the prefix that holds it alone. */
static enum err read_prefix(struct prefix *out, const char *text, struct prefix *nearest)
{
	struct addr a;

	nearest->addr.len = 0;
	enum err e = addr_from_text(&a, text, strlen(text));
	if (e != OK)
		return prefix_from_text(out, text, strlen(text), nearest);
	*out = (struct prefix){a, (uint8_t)(8 * a.len)};
	return OK;
}

/* True when a range or delegation makes something of an address in the prefix. */
static bool is_made(const struct layers *layers, const struct prefix *prefix)
{
	const struct cover *c = &layers->cover;
	struct addr last;

	prefix_last(&last, prefix);
	for (size_t i = cover_seek(c, &prefix->addr); i < c->count; i++) {
		const struct span *s = &c->spans[i];
		if (s->addr_len != prefix->addr.len || memcmp(s->first, last.octets, 16) > 0)
			return false;
		if (s->range ? s->range->pattern.shape != NULL : s->delegation->target != NULL)
			return true;
	}
	return false;
}

static bool is_anyones(
        const struct plan *plan, const struct layers *layers, const struct prefix *prefix)
{
	if (is_made(layers, prefix))
		return true;
	for (size_t i = 0; i < plan->source_count; i++) {
		const struct plan_source *source = &plan->sources[i];
		for (size_t k = 0; source_is_served(source) && k < source->pair_count; k++) {
			struct addr a = pair_addr(&source->pairs[k]);
			if (!(source->pairs[k].flags & PAIR_SHADOWED) &&
			        prefix_has_addr(prefix, &a))
				return true;
		}
	}
	return false;
}

/* What the arguments are read against. */
struct filter_reader {
	const struct plan *plan;
	struct layers layers;
	const char *command; /* for mistakes */
};

static enum err add_prefix(struct filter *f, const struct filter_reader *r, const char *text,
        const struct prefix *prefix)
{
	const struct plan *plan = r->plan;
	bool is_zone = false;

	for (size_t i = 0; i < plan->zone_count; i++) {
		const struct plan_zone *zone = &plan->zones[i];
		if (zone->is_reverse && prefix_compare(&zone->prefix, prefix) == 0)
			f->zones[i] = is_zone = f->has_zones = true;
	}
	f->prefixes[f->prefix_count++] = *prefix;
	if (is_zone || is_anyones(plan, &r->layers, prefix))
		return OK;
	fprintf(stderr, "%s: nothing is served for %s\n", r->command, text);
	return ERR_REFUSED;
}

static enum err add_zone(struct filter *f, const struct filter_reader *r, const char *text)
{
	const struct plan *plan = r->plan;
	struct name name;

	if (name_from_text(&name, text, strlen(text)) != OK) {
		fprintf(stderr, "%s: %s is neither an address, a prefix nor the name of a zone\n",
		        r->command, text);
		return ERR_SYNTAX;
	}
	uint32_t zone = plan_find_zone(plan, name.wire);
	if (zone != ZONE_NONE && name_equal(plan->zones[zone].apex, name.wire)) {
		f->zones[zone] = f->has_zones = true;
		return OK;
	}
	fprintf(stderr, "%s: no zone %s is served; give the name or the prefix of one that is\n",
	        r->command, text);
	return ERR_REFUSED;
}

static enum err add(struct filter *f, const struct filter_reader *r, const char *text)
{
	struct prefix prefix, nearest;
	char fitting[PREFIX_TEXT_MAX];

	switch (read_prefix(&prefix, text, &nearest)) {
	case OK:
		return add_prefix(f, r, text, &prefix);
	case ERR_RANGE:
		if (nearest.addr.len) {
			prefix_to_text(fitting, &nearest);
			fprintf(stderr, "%s: %s has bits set beyond its length; %s?\n", r->command,
			        text, fitting);
		} else {
			fprintf(stderr, "%s: %s is an IPv4-mapped address\n", r->command, text);
		}
		return ERR_SYNTAX;
	case ERR_SYNTAX:
	case ERR_MEMORY:
	case ERR_LONG:
	case ERR_IO:
	case ERR_CORRUPT:
	case ERR_REFUSED:
		break;
	}
	return add_zone(f, r, text);
}

enum err filter_read(
        struct filter *f, const struct plan *plan, const char *command, char **arguments, int count)
{
	struct filter_reader r = {.plan = plan, .command = command};

	f->prefix_count = 0;
	f->is_open = count == 0;
	f->has_zones = false;
	f->prefixes = calloc((size_t)count + 1, sizeof *f->prefixes);
	f->zones = calloc(plan->zone_count + 1, sizeof *f->zones);
	if (!f->prefixes || !f->zones)
		return ERR_MEMORY;
	if (count == 0)
		return OK;
	enum err result = layers_of_plan(&r.layers, plan);
	if (result != OK)
		return result;
	for (int i = 0; i < count; i++) {
		enum err e = add(f, &r, arguments[i]);
		if (e == ERR_SYNTAX || result == OK)
			result = e;
	}
	layers_free(&r.layers);
	return result;
}

bool filter_has_zone(const struct filter *f, uint32_t zone)
{
	return f->is_open || f->zones[zone];
}

bool filter_has_addr(const struct filter *f, const struct addr *a)
{
	if (f->is_open)
		return true;
	for (size_t i = 0; i < f->prefix_count; i++)
		if (prefix_has_addr(&f->prefixes[i], a))
			return true;
	return false;
}

bool filter_next_run(const struct filter *f, const struct addr *from, const struct addr *to,
        struct addr *first, struct addr *last)
{
	bool is_found = f->is_open;
	struct addr begin, end;

	*first = *from;
	*last = *to;
	for (size_t i = 0; !f->is_open && i < f->prefix_count; i++) {
		begin = f->prefixes[i].addr;
		prefix_last(&end, &f->prefixes[i]);
		if (addr_compare(&begin, from) < 0)
			begin = *from;
		if (addr_compare(&end, to) > 0)
			end = *to;
		if (begin.len != from->len || end.len != from->len ||
		        addr_compare(&begin, &end) > 0)
			continue;
		int order = is_found ? addr_compare(&begin, first) : -1;
		if (order < 0 || (order == 0 && addr_compare(&end, last) > 0)) {
			*first = begin;
			*last = end;
		}
		is_found = true;
	}
	return is_found;
}
