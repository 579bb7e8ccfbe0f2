/* SPDX-License-Identifier: ISC */
#include "zone/owners.h"

#include <stdlib.h>
#include <string.h>

static int compare_prefixes(const void *a, const void *b)
{
	const struct owned_prefix *pa = a, *pb = b;
	int difference = prefix_compare(&pa->prefix, &pb->prefix);

	if (!difference)
		difference = (pa->customer > pb->customer) - (pa->customer < pb->customer);
	return difference ? difference : (pa->number > pb->number) - (pa->number < pb->number);
}

static enum err collect_prefixes(struct owners *o, const struct plan *p)
{
	size_t count = 0;

	for (size_t i = 0; i < p->customer_count; i++)
		count += p->customers[i].block_count;
	o->prefixes = malloc((count + 1) * sizeof *o->prefixes);
	if (!o->prefixes)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < p->customer_count; i++)
		for (uint32_t k = 0; k < p->customers[i].block_count; k++)
			o->prefixes[o->prefix_count++] = (struct owned_prefix){
			        p->customers[i].blocks[k].prefix, i, k, UINT32_MAX};
	if (count)
		qsort(o->prefixes, count, sizeof *o->prefixes, compare_prefixes);
	/* In this order the next wider one is the one before, or its next wider one, and so on. */
	for (uint32_t i = 0; i < count; i++) {
		uint32_t outer = i ? i - 1 : UINT32_MAX;
		while (outer != UINT32_MAX &&
		        !prefix_has_prefix(&o->prefixes[outer].prefix, &o->prefixes[i].prefix))
			outer = o->prefixes[outer].outer;
		o->prefixes[i].outer = outer;
	}
	return OK;
}

static enum err collect_spaces(struct owners *o, const struct plan *p)
{
	struct prefix *own = malloc((o->prefix_count + 1) * sizeof *own);
	uint32_t used = 0;

	o->spaces = malloc((o->prefix_count + 1) * sizeof *o->spaces);
	o->space_begin = malloc((p->customer_count + 1) * sizeof *o->space_begin);
	if (!own || !o->spaces || !o->space_begin) {
		free(own);
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < p->customer_count; i++) {
		const struct plan_customer *c = &p->customers[i];
		for (size_t k = 0; k < c->block_count; k++)
			own[k] = c->blocks[k].prefix;
		o->space_begin[i] = used;
		used += (uint32_t)intervals_of(o->spaces + used, own, c->block_count);
	}
	o->space_begin[p->customer_count] = used;
	free(own);
	return OK;
}

struct owned_domain {
	const uint8_t *wire;
	uint32_t customer, number;
};

static int compare_domains(const void *a, const void *b)
{
	const struct owned_domain *da = a, *db = b;
	int difference = name_compare(da->wire, db->wire);

	if (!difference)
		difference = (da->customer > db->customer) - (da->customer < db->customer);
	return difference ? difference : (da->number > db->number) - (da->number < db->number);
}

/* Sorted domains, equal ones together. */
static enum err index_domains(struct owners *o, const struct owned_domain *all, uint32_t count)
{
	uint32_t distinct = 0;

	o->domains = malloc((count + 1) * sizeof *o->domains);
	o->begin = malloc((count + 1) * sizeof *o->begin);
	o->customers = malloc((count + 1) * sizeof *o->customers);
	o->numbers = malloc((count + 1) * sizeof *o->numbers);
	if (!o->domains || !o->begin || !o->customers || !o->numbers)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < count; i++) {
		if (distinct && name_equal(o->domains[distinct - 1], all[i].wire)) {
			o->has_shared |= all[i].customer != all[i - 1].customer;
		} else {
			o->domains[distinct] = all[i].wire;
			o->begin[distinct++] = i;
		}
		o->customers[i] = all[i].customer;
		o->numbers[i] = all[i].number;
	}
	o->begin[distinct] = count;
	o->domain_count = count;
	return zone_index_build(&o->index, o->domains, distinct);
}

static enum err collect_domains(struct owners *o, const struct plan *p)
{
	size_t count = 0, at = 0;

	for (size_t i = 0; i < p->customer_count; i++)
		count += p->customers[i].domain_count;
	struct owned_domain *all = malloc((count + 1) * sizeof *all);
	if (!all)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < p->customer_count; i++)
		for (uint32_t k = 0; k < p->customers[i].domain_count; k++)
			all[at++] = (struct owned_domain){p->customers[i].domains[k].name, i, k};
	if (count)
		qsort(all, count, sizeof *all, compare_domains);
	enum err e = index_domains(o, all, (uint32_t)count);
	free(all);
	return e;
}

enum err owners_build(struct owners *out, const struct plan *p)
{
	struct owners o = {0};

	enum err e = collect_prefixes(&o, p);
	if (e == OK)
		e = collect_spaces(&o, p);
	if (e == OK)
		e = collect_domains(&o, p);
	if (e == OK)
		*out = o;
	else
		owners_free(&o);
	return e;
}

enum err owners_build_prefixes(struct owners *out, const struct plan *p)
{
	struct owners o = {0};
	enum err e = collect_prefixes(&o, p);

	if (e == OK)
		*out = o;
	return e;
}

void owners_free(struct owners *o)
{
	free(o->prefixes);
	free(o->spaces);
	free(o->space_begin);
	free(o->domains);
	free(o->begin);
	free(o->customers);
	free(o->numbers);
	zone_index_free(&o->index);
	memset(o, 0, sizeof *o);
}

const struct owned_prefix *owners_find_addr(const struct owners *o, const struct addr *a)
{
	struct prefix whole = {*a, (uint8_t)(8 * a->len)};
	size_t low = 0, high = o->prefix_count; /* those below `low` are not behind the address */

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (prefix_compare(&o->prefixes[middle].prefix, &whole) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	uint32_t at = low ? (uint32_t)low - 1 : UINT32_MAX;
	while (at != UINT32_MAX && !prefix_has_addr(&o->prefixes[at].prefix, a))
		at = o->prefixes[at].outer;
	return at == UINT32_MAX ? NULL : &o->prefixes[at];
}

/* Those inside a prefix follow it, the first one at once. */
const struct owned_prefix *owners_find_addr_near(
        const struct owners *o, const struct addr *a, const struct owned_prefix **near)
{
	const struct owned_prefix *last = *near;
	uint32_t at = last ? (uint32_t)(last - o->prefixes) : 0;

	if (!last || (at + 1 < o->prefix_count && o->prefixes[at + 1].outer == at) ||
	        !prefix_has_addr(&last->prefix, a))
		*near = owners_find_addr(o, a);
	return *near;
}

uint32_t owners_find_name(const struct owners *o, const struct trie_key *key)
{
	return zone_index_find(&o->index, key);
}

bool owners_has_domain(const struct owners *o, uint32_t domain, uint32_t customer)
{
	for (uint32_t i = o->begin[domain]; i < o->begin[domain + 1]; i++)
		if (o->customers[i] == customer)
			return true;
	return false;
}
