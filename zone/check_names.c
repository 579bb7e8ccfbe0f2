/* SPDX-License-Identifier: ISC */
#include "zone/check_names.h"

#include <stdlib.h>

#include "zone/hash.h"

#define BUCKETS 65536U

/* One RRset: pairs of one name and family, in the order of the file. */
typedef void judge(const struct plan_source *s, const struct pair *const *set, size_t count,
        struct diag_list *diags);

static int compare_names(const void *va, const void *vb)
{
	const struct pair *a = *(const struct pair *const *)va,
	                  *b = *(const struct pair *const *)vb;
	int difference = name_compare(a->name, b->name);

	if (!difference)
		difference = a->addr_len - b->addr_len;
	return difference ? difference : (a > b) - (a < b);
}

static enum err judge_each(const struct plan_source *s, judge *judge_it, struct diag_list *diags)
{
	const struct pair **sorted = malloc((s->pair_count + 1) * sizeof *sorted);
	size_t count = 0, first = 0;

	if (!sorted)
		return ERR_MEMORY;
	for (size_t i = 0; i < s->pair_count; i++)
		if (s->pairs[i].forward_zone != ZONE_NONE)
			sorted[count++] = &s->pairs[i];
	if (count)
		qsort(sorted, count, sizeof *sorted, compare_names);
	for (size_t i = 1; i <= count; i++) {
		if (i < count && sorted[i]->addr_len == sorted[first]->addr_len &&
		        name_equal(sorted[i]->name, sorted[first]->name))
			continue;
		judge_it(s, sorted + first, i - first, diags);
		first = i;
	}
	free(sorted);
	return OK;
}

static void judge_size(const struct plan_source *s, const struct pair *const *set, size_t count,
        struct diag_list *diags)
{
	unsigned most = (*set)->addr_len == 4 ? RRSET_MAX_A : RRSET_MAX_AAAA;
	char name[NAME_TEXT_MAX];

	if (count <= most)
		return;
	name_to_text(name, (*set)->name);
	diag_error(diags, pair_place(s, set[most]), "rrset-size",
	        "%s has more than %u addresses here, and a message of DNS holds no more; use "
	        "several "
	        "names",
	        name, most);
}

/* Few files have that many addresses at a name: count by hash first, and look only if so. */
enum err source_check_sizes(const struct plan_source *s, struct diag_list *diags)
{
	uint32_t most = 0;

	if (s->pair_count <= RRSET_MAX_AAAA)
		return OK;
	uint32_t *counts = calloc(BUCKETS, sizeof *counts);
	if (!counts)
		return ERR_MEMORY;
	uint64_t seed = hash_seed();
	for (size_t i = 0; i < s->pair_count; i++) {
		const uint8_t *name = s->pairs[i].name;
		uint32_t *n = &counts[hash_octets(seed, name, name_length(name)) % BUCKETS];
		if (s->pairs[i].forward_zone != ZONE_NONE && ++*n > most)
			most = *n;
	}
	free(counts);
	return most <= RRSET_MAX_AAAA ? OK : judge_each(s, judge_size, diags);
}

static void judge_ttls(const struct plan_source *s, const struct pair *const *set, size_t count,
        struct diag_list *diags)
{
	uint32_t least = set[0]->ttl_s;
	char name[NAME_TEXT_MAX];

	for (size_t i = 1; i < count; i++) {
		if (set[i]->ttl_s == least)
			continue;
		name_to_text(name, set[i]->name);
		diag_warning(diags, pair_place(s, set[i]), "ttl-mixed",
		        "%s has TTL %u here and %u on line %u; one RRset has one: the smallest is "
		        "served",
		        name, set[i]->ttl_s, least, set[0]->line);
		return;
	}
}

enum err source_check_ttls(const struct plan_source *s, struct diag_list *diags)
{
	for (size_t i = 1; i < s->pair_count; i++)
		if (s->pairs[i].ttl_s != s->pairs[0].ttl_s)
			return judge_each(s, judge_ttls, diags);
	return OK; /* most files have one TTL */
}
