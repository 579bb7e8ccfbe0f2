/* SPDX-License-Identifier: ISC */
#include "zone/compile_zone.h"

#include <stdlib.h>
#include <string.h>

#include "zone/compile_items.h"
#include "zone/compile_rules.h"

/* The work on one zone. */
struct job {
	const struct plan_zone *zone;
	struct items items;
	struct zone_rules rules;
	bool is_merge; /* items are those of changed sources; the rest is in the last image */
};

static void put32(uint8_t *out, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* RFC 1035 3.3.13. */
static void add_soa(struct job *job, uint32_t serial)
{
	const struct plan_soa *soa = &job->zone->soa;
	size_t mname = name_length(soa->mname), rname = name_length(soa->rname);
	uint8_t *rdata = arena_octets(&job->items.arena, mname + rname + 20);
	const uint32_t numbers[] = {
	        serial, soa->refresh_s, soa->retry_s, soa->expire_s, soa->minimum_s};

	if (!rdata) {
		job->items.failed = ERR_MEMORY;
		return;
	}
	memcpy(rdata, soa->mname, mname);
	memcpy(rdata + mname, soa->rname, rname);
	for (unsigned i = 0; i < 5; i++)
		put32(rdata + mname + rname + (size_t)4 * i, numbers[i]);
	items_add_record(
	        &job->items, RR_SOA, (const uint8_t *)"", 0, rdata, mname + rname + 20, soa->ttl_s);
}

static void add_ns(struct job *job, const struct plan_zone *of)
{
	size_t n = name_length(of->apex) - job->items.apex_len;

	for (size_t i = 0; i < of->ns_count; i++)
		items_add_record(&job->items, RR_NS, of->apex, n, of->ns[i], name_length(of->ns[i]),
		        of->ns_ttl_s);
}

/* A zone served below this one, with none between, is a cut in it. */
static void add_cuts(struct job *job, const struct plan *plan, uint32_t number)
{
	for (uint32_t i = 0; i < plan->index.count; i++)
		if (plan->index.parents[i] == number)
			add_ns(job, &plan->zones[i]);
}

/* A name of the zone, as the labels before its apex; NULL, and no length, when it is none. */
static const uint8_t *labels_of(const struct job *job, const uint8_t *name, size_t *n)
{
	*n = 0;
	if (!name_is_within(name, job->zone->apex, NULL))
		return NULL;
	*n = name_length(name) - job->items.apex_len;
	return name;
}

/* What stands at a delegation's cut and below it; or (is_mark) that something stood there. */
static void add_cut(struct job *job, const struct plan_delegation *d, bool is_mark)
{
	struct name cut;
	size_t n;

	if (!delegation_cut_name(&cut, d))
		return;
	const uint8_t *copy = arena_copy(&job->items.arena, cut.wire, cut.len);
	if (!copy) {
		job->items.failed = ERR_MEMORY;
		return;
	}
	const uint8_t *labels = labels_of(job, copy, &n);
	if (!labels)
		return;
	if (is_mark)
		items_add_record(&job->items, TYPE_MARK, labels, n, NULL, 0, 0);
	for (unsigned i = 0; !is_mark && i < d->ns_count; i++)
		items_add_record(
		        &job->items, RR_NS, labels, n, d->ns[i], name_length(d->ns[i]), d->ttl_s);
	for (unsigned i = 0; !is_mark && i < d->ds_count; i++)
		items_add_record(
		        &job->items, RR_DS, labels, n, d->ds[i].rdata, d->ds[i].octets, d->ttl_s);
	for (unsigned i = 0; i < d->glue_count; i++) {
		const struct plan_glue *glue = &d->glue[i];
		labels = labels_of(job, glue->name, &n);
		if (!labels)
			continue;
		if (is_mark)
			items_add_record(&job->items, TYPE_MARK, labels, n, NULL, 0, 0);
		else
			items_add_record(&job->items, glue->addr.len == 4 ? RR_A : RR_AAAA, labels,
			        n, glue->addr.octets, glue->addr.len, d->ttl_s);
	}
}

static void add_delegations(struct job *job, const struct layers *l, uint32_t number)
{
	for (size_t i = layers_find_cuts(l, number); i < l->cut_count && l->cuts[i].zone == number;
	        i++)
		add_cut(job, l->cuts[i].delegation, false);
}

/* Where changed sources cut, and where they did. */
static void mark_delegations(struct job *job, const struct plan_source *sources, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; source_is_served(&sources[i]) && k < sources[i].delegation_count;
		        k++)
			add_cut(job, &sources[i].delegations[k], true);
}

/* An owner below which names hang that are computed. */
static void add_above(struct job *job, const uint8_t *name)
{
	size_t n;
	const uint8_t *labels = labels_of(job, name, &n);

	if (labels)
		items_add_above(&job->items, labels, n);
}

/* Of a zone above in-addr.arpa and ip6.arpa the names of addresses are no owners' either. */
static void add_all_above(struct job *job)
{
	const struct zone_rules *r = &job->rules;

	for (size_t i = 0; i < r->owner_count; i++)
		add_above(job, r->owners[i]);
	if (job->zone->is_reverse || job->zone->is_cut_style)
		return;
	if (zone_rules_has(r, 4))
		add_above(job, (const uint8_t *)"\7in-addr\4arpa");
	if (zone_rules_has(r, 16))
		add_above(job, (const uint8_t *)"\3ip6\4arpa");
}

static void add_plan_records(struct job *job)
{
	for (size_t i = 0; i < job->zone->record_count; i++) {
		const struct plan_record *r = &job->zone->records[i];
		items_add_record(&job->items, r->type, r->owner,
		        name_length(r->owner) - job->items.apex_len, r->rdata, r->rdata_octets,
		        r->ttl_s);
	}
}

/* The PTR of a pair. In a zone above in-addr.arpa or ip6.arpa, or by RFC 2317, its owner is written
 * as labels. */
static void add_ptr(struct job *job, const struct pair *pair, uint16_t type)
{
	const struct addr a = pair_addr(pair);
	uint8_t labels[64];

	if (job->zone->is_reverse) {
		size_t n = name_addr_labels(
		        labels, pair->octets, pair->addr_len, job->zone->prefix.bits);
		items_add(&job->items, type, labels, n, pair, NULL);
		return;
	}
	struct name owner;
	plan_name_of_addr(&owner, job->zone, &a);
	size_t n = owner.len - job->items.apex_len;
	const uint8_t *copy = arena_copy(&job->items.arena, owner.wire, owner.len);
	if (!copy)
		job->items.failed = ERR_MEMORY;
	else if (type == RR_PTR)
		items_add_record(&job->items, RR_PTR, copy, n, pair->name, name_length(pair->name),
		        pair->ttl_s);
	if (copy && (type == TYPE_MARK || job->is_merge))
		items_add(&job->items, TYPE_MARK, copy, n, pair, NULL);
}

static void add_address(struct job *job, const struct pair *pair, uint16_t type)
{
	items_add(&job->items, type, pair->name, name_length(pair->name) - job->items.apex_len,
	        pair, NULL);
}

static void add_pairs(
        struct job *job, const struct share shares[DIRECTIONS], uint32_t number, bool is_mark)
{
	const struct share *share = &shares[REVERSE];

	for (size_t i = share->begin[number]; i < share->begin[number + 1]; i++)
		add_ptr(job, share->at[i], is_mark ? TYPE_MARK : RR_PTR);
	share = &shares[FORWARD];
	for (size_t i = share->begin[number]; i < share->begin[number + 1]; i++)
		add_address(job, share->at[i],
		        is_mark                       ? TYPE_MARK
		        : share->at[i]->addr_len == 4 ? RR_A
		                                      : RR_AAAA);
	share = &shares[TAKEN];
	for (size_t i = share->begin[number]; i < share->begin[number + 1]; i++)
		(is_mark ? zone_rules_drop : zone_rules_take)(
		        &job->rules, share->at[i]->octets, share->at[i]->addr_len);
}

/* Everything but the pairs. */
static void begin_job(struct job *job, const struct zone_input *in, uint32_t serial)
{
	job->zone = &in->plan->zones[in->zone];
	items_init(&job->items, job->zone);
	zone_rules_begin(&job->rules, in->plan, in->zone, in->layers);
	add_soa(job, serial);
	add_ns(job, job->zone);
	add_cuts(job, in->plan, in->zone);
	add_delegations(job, in->layers, in->zone);
	add_plan_records(job);
}

static enum err write_job(struct job *job, const struct image *last, uint8_t **octets, size_t *size)
{
	const struct plan_zone *z = job->zone;
	struct image_writer w;

	items_sort(&job->items);
	image_writer_init(&w, z->apex, z->is_reverse ? &z->prefix : NULL);
	if (z->is_cut_style)
		image_writer_set_cut(&w, &z->prefix);
	if (last)
		items_merge(&job->items, &w, last);
	else
		items_write(&job->items, &w);
	items_free(&job->items); /* the writer has all of them, and will make as much again */
	enum err e = zone_rules_write(&job->rules, &w);
	enum err written = image_writer_finish(&w, octets, size);
	if (e != OK && written == OK)
		free(*octets);
	return e == OK ? written : e;
}

static enum err end_job(struct job *job, const struct image *last, uint8_t **octets, size_t *size)
{
	zone_rules_settle(&job->rules);
	add_all_above(job);
	enum err e = job->items.failed == OK ? job->rules.failed : job->items.failed;
	if (e == OK)
		e = write_job(job, last, octets, size);
	zone_rules_end(&job->rules);
	items_free(&job->items);
	return e;
}

enum err compile_zone(uint8_t **octets, size_t *size, const struct zone_input *in,
        const struct share pairs[DIRECTIONS], uint32_t serial)
{
	struct job job = {.is_merge = false};

	begin_job(&job, in, serial);
	add_pairs(&job, pairs, in->zone, false);
	return end_job(&job, NULL, octets, size);
}

enum err merge_zone(uint8_t **octets, size_t *size, const struct zone_input *in,
        const struct zone_change *now, const struct zone_change *before, const struct image *last)
{
	struct job job = {.is_merge = true};

	begin_job(&job, in, last->serial);
	zone_rules_carry(&job.rules, last);
	mark_delegations(&job, before->sources, before->count);
	mark_delegations(&job, now->sources, now->count);
	add_pairs(&job, before->pairs, in->zone, true);
	add_pairs(&job, now->pairs, in->zone, false);
	return end_job(&job, last, octets, size);
}
