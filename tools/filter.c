/* SPDX-License-Identifier: ISC */
#include "tools/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static bool is_anyones(const struct plan *plan, const struct prefix *prefix)
{
	for (size_t i = 0; i < plan->source_count; i++) {
		const struct plan_source *source = &plan->sources[i];
		for (size_t k = 0; source_is_served(source) && k < source->pair_count; k++) {
			struct addr a = pair_addr(&source->pairs[k]);
			if (prefix_has_addr(prefix, &a))
				return true;
		}
	}
	return false;
}

static enum err add_prefix(struct filter *f, const struct plan *plan, const char *command,
        const char *text, const struct prefix *prefix)
{
	bool is_zone = false;

	for (size_t i = 0; i < plan->zone_count; i++) {
		const struct plan_zone *zone = &plan->zones[i];
		if (zone->is_reverse && prefix_compare(&zone->prefix, prefix) == 0)
			f->zones[i] = is_zone = true;
	}
	f->prefixes[f->prefix_count++] = *prefix;
	if (is_zone || is_anyones(plan, prefix))
		return OK;
	fprintf(stderr, "%s: nothing is served for %s\n", command, text);
	return ERR_REFUSED;
}

static enum err add_zone(
        struct filter *f, const struct plan *plan, const char *command, const char *text)
{
	struct name name;

	if (name_from_text(&name, text, strlen(text)) != OK) {
		fprintf(stderr, "%s: %s is neither an address, a prefix nor the name of a zone\n",
		        command, text);
		return ERR_SYNTAX;
	}
	uint32_t zone = plan_find_zone(plan, name.wire);
	if (zone != ZONE_NONE && name_equal(plan->zones[zone].apex, name.wire)) {
		f->zones[zone] = true;
		return OK;
	}
	fprintf(stderr, "%s: no zone %s is served; give the name or the prefix of one that is\n",
	        command, text);
	return ERR_REFUSED;
}

static enum err add(
        struct filter *f, const struct plan *plan, const char *command, const char *text)
{
	struct prefix prefix, nearest;
	char fitting[PREFIX_TEXT_MAX];

	switch (read_prefix(&prefix, text, &nearest)) {
	case OK:
		return add_prefix(f, plan, command, text, &prefix);
	case ERR_RANGE:
		if (nearest.addr.len) {
			prefix_to_text(fitting, &nearest);
			fprintf(stderr, "%s: %s has bits set beyond its length; %s?\n", command,
			        text, fitting);
		} else {
			fprintf(stderr, "%s: %s is an IPv4-mapped address\n", command, text);
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
	return add_zone(f, plan, command, text);
}

enum err filter_read(
        struct filter *f, const struct plan *plan, const char *command, char **arguments, int count)
{
	enum err result = OK;

	f->prefix_count = 0;
	f->is_open = count == 0;
	f->prefixes = calloc((size_t)count + 1, sizeof *f->prefixes);
	f->zones = calloc(plan->zone_count + 1, sizeof *f->zones);
	if (!f->prefixes || !f->zones)
		return ERR_MEMORY;
	for (int i = 0; i < count; i++) {
		enum err e = add(f, plan, command, arguments[i]);
		if (e == ERR_SYNTAX || result == OK)
			result = e;
	}
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
