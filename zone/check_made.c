/* SPDX-License-Identifier: ISC */
/* Names that are there already, and ranges that would make them. */
#include <stdlib.h>
#include <string.h>

#include "zone/check_layers.h"
#include "zone/makers.h"
#include "zone/rr.h"

struct work {
	const struct layer_check *check;
	struct plan *plan;
	struct makers makers;
	bool is_kept;  /* what is found is dropped, and the files stay */
	bool *dropped; /* owned; of the ranges of the kept source */
	const struct plan_source *hosts_of;
	const struct pair **hosts; /* owned; of that source, by address */
	enum err failed;           /* sticky */
};

/* A range may not make this name. True when that is to be told. */
static bool refuse(struct work *w, const struct made *made)
{
	struct plan_source *source = &w->plan->sources[made->source->customer];

	if (w->is_kept) {
		w->dropped[made->range - source->ranges] = true;
		return false;
	}
	source->state = SOURCE_REFUSED;
	source->refused = source->digest;
	return true;
}

static int compare_addresses(const void *va, const void *vb)
{
	const struct addr a = pair_addr(*(const struct pair *const *)va);
	const struct addr b = pair_addr(*(const struct pair *const *)vb);

	return addr_compare(&a, &b);
}

/* The hosts of a source in order, kept for the next question about the same one. */
static bool sort_hosts(struct work *w, const struct plan_source *s)
{
	if (w->hosts && w->hosts_of == s)
		return true;
	free(w->hosts);
	w->hosts_of = s;
	w->hosts = malloc((s->pair_count + 1) * sizeof *w->hosts);
	if (!w->hosts) {
		w->failed = ERR_MEMORY;
		return false;
	}
	for (size_t i = 0; i < s->pair_count; i++)
		w->hosts[i] = &s->pairs[i];
	qsort(w->hosts, s->pair_count, sizeof *w->hosts, compare_addresses);
	return true;
}

/* A host of the same file takes the range's name away. */
static bool has_host(struct work *w, const struct plan_source *s, const struct addr *a)
{
	struct pair key = {.addr_len = a->len};
	const struct pair *wanted = &key;

	memcpy(key.octets, a->octets, sizeof key.octets);
	return sort_hosts(w, s) && bsearch(&wanted, w->hosts, s->pair_count, sizeof *w->hosts,
	                                   compare_addresses) != NULL;
}

static void tell_record(
        struct work *w, const struct plan_record *r, const struct made *made, const char *where)
{
	char owner[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX], addr[ADDR_TEXT_MAX];

	if (!refuse(w, made))
		return;
	name_to_text(owner, r->owner);
	addr_to_text(addr, &made->addr);
	diag_error(w->check->diags, range_place(made->source, made->range), "record-above",
	        "the operator's %s record at %s (%s:%u) is %s; ask the operator, or write "
	        "`%s/%u: none` in `ranges`",
	        rr_type_text(type, r->type), owner, r->place.file, r->place.line, where, addr,
	        8U * made->addr.len);
}

/* One that is in the way of all names below it. */
static void tell_above(struct work *w, const struct plan_record *r, const struct made *made)
{
	char owner[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX];

	if (!refuse(w, made))
		return;
	name_to_text(owner, r->owner);
	diag_error(w->check->diags, range_place(made->source, made->range), "record-above",
	        "the operator's %s record at %s (%s:%u) is above reverse names of the range; ask "
	        "the operator, or leave these addresses out",
	        rr_type_text(type, r->type), owner, r->place.file, r->place.line);
}

/* The first address of a block to which a file's ranges give a name; false when they give none. */
static bool find_named(const struct maker_file *f, const struct prefix *block, struct made *out)
{
	struct addr last;

	prefix_last(&last, block);
	for (size_t i = cover_seek(&f->cover, &block->addr); i < f->cover.count; i++) {
		const struct span *s = &f->cover.spans[i];
		struct addr first = {.len = s->addr_len};
		memcpy(first.octets, s->first, sizeof first.octets);
		if (addr_compare(&first, &last) > 0)
			return false;
		if (!s->range || !s->range->pattern.shape)
			continue;
		out->source = f->source;
		out->range = s->range;
		out->addr = addr_compare(&first, &block->addr) < 0 ? block->addr : first;
		return true;
	}
	return false;
}

static bool is_barrier(uint16_t type)
{
	return type == RR_NS || type == RR_CNAME || type == RR_DNAME;
}

/* The file of a customer; NULL: it is not one that is asked. */
static const struct maker_file *find_file(const struct work *w, uint32_t customer)
{
	size_t low = 0, high = w->makers.file_count; /* they are in order of customers */

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct maker_file *f = &w->makers.files[middle];
		if (f->source->customer == customer)
			return f;
		if (f->source->customer < customer)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The next wider block around one. */
static const struct owned_prefix *outer_of(const struct owners *o, const struct owned_prefix *block)
{
	return block->outer == UINT32_MAX ? NULL : &o->prefixes[block->outer];
}

/* A record at the reverse name of an address, to which only files of customers who have it in a
 * block can give a name. */
static void check_address(struct work *w, const struct plan_record *r, const struct prefix *address)
{
	const struct owners *o = w->check->owners;
	const struct owned_prefix *closest = owners_find_addr(o, &address->addr), *block = closest;
	struct made made;

	for (; block; block = outer_of(o, block)) {
		const struct maker_file *f = find_file(w, block->customer);
		const struct owned_prefix *before = closest;
		while (before->customer != block->customer)
			before = outer_of(o, before);
		if (!f || before != block || !find_named(f, address, &made))
			continue; /* or told already: he has several around it */
		if (is_barrier(r->type) || !has_host(w, made.source, &made.addr))
			tell_record(w, r, &made, "at the reverse name of an address of the range");
	}
}

/* A record at or above reverse names. */
static void check_reverse(struct work *w, const struct plan_zone *z, const struct plan_record *r)
{
	struct prefix block;
	struct made made;
	struct addr a;

	if (plan_addr_of_name(&a, z, r->owner))
		block = (struct prefix){a, (uint8_t)(8 * a.len)};
	else if (!is_barrier(r->type))
		return;
	else if (z->is_cut_style && name_equal(r->owner, z->apex))
		block = z->prefix; /* a DNAME */
	else if (prefix_from_name(&block, r->owner) != OK)
		return;
	if (block.bits == 8 * block.addr.len) {
		check_address(w, r, &block);
		return;
	}
	for (size_t i = 0; i < w->makers.file_count; i++)
		if (find_named(&w->makers.files[i], &block, &made))
			tell_above(w, r, &made);
}

static void check_forward(struct work *w, const struct plan_record *r)
{
	struct made made[MADE_MAX];
	size_t count = makers_find(&w->makers, r->owner, made);

	for (size_t i = 0; i < count; i++)
		if (made[i].range->forward_zone != ZONE_NONE &&
		        (is_barrier(r->type) || !has_host(w, made[i].source, &made[i].addr)))
			tell_record(w, r, &made[i], "at a name of the range");
}

static void check_records(struct work *w)
{
	for (size_t i = 0; i < w->plan->zone_count; i++) {
		const struct plan_zone *z = &w->plan->zones[i];
		for (size_t k = 0; k < z->record_count; k++) {
			const struct plan_record *r = &z->records[k];
			/* of one owner and type the first says it all */
			if (k && z->records[k - 1].type == r->type &&
			        z->records[k - 1].owner == r->owner)
				continue;
			check_reverse(w, z, r);
			check_forward(w, r);
		}
	}
}

static void check_zones(struct work *w)
{
	struct made made[MADE_MAX];
	char apex[NAME_TEXT_MAX], addr[ADDR_TEXT_MAX];

	for (size_t i = 0; i < w->plan->zone_count; i++) {
		const struct plan_zone *z = &w->plan->zones[i];
		size_t count = makers_find(&w->makers, z->apex, made);
		for (size_t k = 0; k < count; k++) {
			if (made[k].range->forward_zone == ZONE_NONE || !refuse(w, &made[k]))
				continue;
			name_to_text(apex, z->apex);
			addr_to_text(addr, &made[k].addr);
			diag_error(w->check->diags, range_place(made[k].source, made[k].range),
			        "range-zone",
			        "%s is a zone served here (%s:%u), and the range gives that name "
			        "to %s; choose another pattern, or write `%s/%u: none` in `ranges`",
			        apex, z->place.file, z->place.line, addr, addr,
			        8U * made[k].addr.len);
		}
	}
}

static void check_domains(struct work *w)
{
	const struct owners *o = w->check->owners;
	struct made made[MADE_MAX];
	char name[NAME_TEXT_MAX], addr[ADDR_TEXT_MAX];

	for (uint32_t d = 0; d < o->index.count; d++) {
		size_t count = makers_find(&w->makers, o->domains[d], made);
		for (size_t k = 0; k < count; k++) {
			if (made[k].range->forward_zone == ZONE_NONE ||
			        owners_has_domain(o, d, made[k].source->customer) ||
			        !refuse(w, &made[k]))
				continue;
			name_to_text(name, o->domains[d]);
			addr_to_text(addr, &made[k].addr);
			diag_error(w->check->diags, range_place(made[k].source, made[k].range),
			        "scope-name",
			        "%s is a domain of customer %s, and the range gives that name to "
			        "%s; choose another pattern, or write `%s/%u: none` in `ranges`",
			        name, w->plan->customers[o->customers[o->begin[d]]].name, addr,
			        addr, 8U * made[k].addr.len);
		}
	}
}

static void check_all(struct work *w)
{
	check_records(w);
	check_zones(w);
	check_domains(w);
	makers_free(&w->makers);
	free(w->hosts);
}

enum err plan_check_made(const struct layer_check *k, struct plan *p)
{
	struct work w = {.check = k, .plan = p};
	const struct plan_source **sources = malloc((p->source_count + 1) * sizeof *sources);
	size_t count = 0;

	if (!sources)
		return ERR_MEMORY;
	for (size_t i = 0; i < p->source_count; i++)
		if (p->sources[i].state == SOURCE_GOOD && !p->sources[i].is_same &&
		        p->sources[i].range_count)
			sources[count++] = &p->sources[i];
	enum err e = count ? makers_build(&w.makers, p, k->owners, sources, count) : OK;
	if (e == OK && count) {
		check_all(&w);
		e = w.failed;
	}
	free(sources);
	return e;
}

enum err source_drop_made(
        const struct layer_check *k, struct plan *p, struct plan_source *s, size_t *dropped)
{
	const struct plan_source *source = s;
	struct work w = {.check = k, .plan = p, .is_kept = true};
	size_t kept = 0;

	if (s->range_count == 0)
		return OK;
	w.dropped = calloc(s->range_count, sizeof *w.dropped);
	enum err e = w.dropped ? makers_build(&w.makers, p, k->owners, &source, 1) : ERR_MEMORY;
	if (e == OK) {
		check_all(&w);
		e = w.failed;
		for (size_t i = 0; i < s->range_count; i++)
			if (!w.dropped[i])
				s->ranges[kept++] = s->ranges[i];
		*dropped += s->range_count - kept;
		s->range_count = kept;
	}
	free(w.dropped);
	return e;
}
