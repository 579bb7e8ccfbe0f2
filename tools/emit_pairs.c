/* SPDX-License-Identifier: ISC */
#include "tools/emit_pairs.h"

#include <stdlib.h>
#include <string.h>

#include "tools/pair_text.h"
#include "zone/layers.h"

/* The sort index of hosts. */
struct item {
	const struct pair *pair;
	uint32_t customer;
};

static int compare_items(const void *va, const void *vb)
{
	const struct pair *a = ((const struct item *)va)->pair;
	const struct pair *b = ((const struct item *)vb)->pair;

	if (a->addr_len != b->addr_len)
		return a->addr_len - b->addr_len;
	int difference = memcmp(a->octets, b->octets, a->addr_len);
	return difference ? difference : name_compare(a->name, b->name);
}

/* The served pairs of all sources, in order. NULL when out of memory. */
static struct item *sort_pairs(const struct plan *plan, size_t *count)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->source_count; i++)
		if (source_is_served(&plan->sources[i]))
			n += plan->sources[i].pair_count;
	struct item *items = calloc(n + 1, sizeof *items);
	if (!items)
		return NULL;
	n = 0;
	for (size_t i = 0; i < plan->source_count; i++) {
		const struct plan_source *s = &plan->sources[i];
		for (size_t k = 0; source_is_served(s) && k < s->pair_count; k++)
			if (!(s->pairs[k].flags & PAIR_SHADOWED))
				items[n++] = (struct item){&s->pairs[k], s->customer};
	}
	*count = n;
	qsort(items, n, sizeof *items, compare_items);
	return items;
}

/* What is being printed. */
struct lister {
	const struct plan *plan;
	const struct filter *filter;
	enum pairs_format format;
	FILE *out;
	struct item *items; /* owned; the hosts */
	size_t count, next; /* the first of them that was not looked at */
	bool is_empty;
	struct pair_text host, range;
};

static void print_entry(struct lister *l, const struct pair_text *t)
{
	pair_text_print(t, l->format, l->is_empty, l->out);
	l->is_empty = false;
}

static bool is_wanted(
        const struct filter *f, const struct addr *a, uint32_t reverse, uint32_t forward)
{
	return filter_has_addr(f, a) || (reverse != ZONE_NONE && filter_has_zone(f, reverse)) ||
	       (forward != ZONE_NONE && filter_has_zone(f, forward));
}

/* The order of the next host and an address; behind all when there is none. */
static int compare_next(const struct lister *l, const struct addr *a)
{
	if (l->next == l->count)
		return 1;
	const struct pair *pair = l->items[l->next].pair;
	return pair->addr_len != a->len ? pair->addr_len - a->len
	                                : memcmp(pair->octets, a->octets, a->len);
}

static void list_host(struct lister *l)
{
	const struct item *item = &l->items[l->next++];
	const struct addr a = pair_addr(item->pair);
	uint32_t reverse = plan_find_reverse_zone(l->plan, &a);

	if (!is_wanted(l->filter, &a, reverse, item->pair->forward_zone))
		return;
	pair_text_of_host(&l->host, l->plan, item->customer, item->pair, reverse);
	print_entry(l, &l->host);
}

/* The addresses from *first to *last, of a span of IPv4, and the hosts before and among them. */
static void list_run(
        struct lister *l, const struct span *s, const struct addr *first, const struct addr *last)
{
	uint32_t forward = s->range->forward_zone, shown = ZONE_NONE;
	struct addr a = *first;

	for (;;) {
		while (compare_next(l, &a) < 0)
			list_host(l);
		bool is_host = compare_next(l, &a) == 0;
		uint32_t reverse = is_host ? shown : plan_find_reverse_zone(l->plan, &a);
		if (!is_host && is_wanted(l->filter, &a, reverse, forward)) {
			if (reverse != shown)
				pair_text_set_reverse(&l->range, l->plan, reverse);
			shown = reverse;
			pair_text_of_addr(&l->range, s, &a);
			print_entry(l, &l->range);
		}
		if (memcmp(a.octets, last->octets, 4) == 0)
			return;
		(void)octets_step(a.octets, 4);
	}
}

/* The next addresses of the span from *at on among which are some that are wanted. */
static bool find_run(const struct lister *l, const struct span *s, const struct addr *at,
        struct addr *first, struct addr *last)
{
	struct addr end = {.len = s->addr_len};

	memcpy(end.octets, s->last, 16);
	*first = *at;
	*last = end;
	return l->filter->has_zones || filter_next_run(l->filter, at, &end, first, last);
}

/* True when the filter may want a rule, though not every address of it. */
static bool is_rule_wanted(const struct lister *l, const struct span *s)
{
	struct addr a = {.len = s->addr_len}, first, last;
	uint32_t forward = s->range->forward_zone;

	memcpy(a.octets, s->first, 16);
	memcpy(last.octets, s->last, 16);
	last.len = s->addr_len;
	return is_wanted(l->filter, &a, plan_find_reverse_zone(l->plan, &a), forward) ||
	       is_wanted(l->filter, &last, plan_find_reverse_zone(l->plan, &last), forward) ||
	       filter_next_run(l->filter, &a, &last, &first, &last);
}

static void list_span(struct lister *l, const struct span *s)
{
	struct addr at = {.len = s->addr_len}, first, last;

	memcpy(at.octets, s->first, 16);
	if (s->addr_len == 16) {
		while (compare_next(l, &at) < 0)
			list_host(l);
		if (is_rule_wanted(l, s)) {
			pair_text_of_rule(&l->range, l->plan, s);
			print_entry(l, &l->range);
		}
		return;
	}
	pair_text_of_span(&l->range, l->plan, s);
	while (find_run(l, s, &at, &first, &last)) {
		list_run(l, s, &first, &last);
		at = last;
		if (memcmp(last.octets, s->last, 4) == 0 || !octets_step(at.octets, 4))
			return;
	}
}

enum err emit_pairs(
        const struct plan *plan, const struct filter *f, enum pairs_format format, FILE *out)
{
	struct lister l = {
	        .plan = plan, .filter = f, .format = format, .out = out, .is_empty = true};
	struct layers layers;

	enum err e = layers_of_plan(&layers, plan);
	if (e != OK)
		return e;
	l.items = sort_pairs(plan, &l.count);
	if (l.items) {
		pair_text_print_begin(format, out);
		for (size_t i = 0; i < layers.cover.count; i++) {
			const struct span *s = &layers.cover.spans[i];
			if (s->range && s->range->pattern.shape)
				list_span(&l, s);
		}
		while (l.next < l.count)
			list_host(&l);
		pair_text_print_end(format, l.is_empty, out);
	}
	e = l.items ? OK : ERR_MEMORY;
	free(l.items);
	layers_free(&layers);
	return e;
}
