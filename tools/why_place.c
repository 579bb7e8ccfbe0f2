/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "tools/why_layers.h"
#include "zone/rr.h"

/* The pair behind a PTR, A or AAAA record; false when there is none. */
static bool find_pair(const struct why *w, const struct plan_zone *zone, const uint8_t *owner,
        uint16_t type, const uint8_t *rdata, size_t n, struct place *place, uint32_t *ttl_s)
{
	const struct plan *p = &w->config->plan;
	struct addr a = {0};
	const uint8_t *name = type == RR_PTR ? rdata : owner;

	if (type == RR_PTR) {
		if (!plan_addr_of_name(&a, zone, owner))
			return false;
	} else if (type == RR_A || type == RR_AAAA) {
		a.len = (uint8_t)n;
		memcpy(a.octets, rdata, n);
	} else {
		return false;
	}
	for (size_t i = 0; i < p->source_count; i++) {
		const struct plan_source *s = &p->sources[i];
		for (size_t k = 0; source_is_served(s) && k < s->pair_count; k++) {
			const struct pair *pair = &s->pairs[k];
			const struct addr b = pair_addr(pair);
			if ((type != RR_PTR && pair->forward_zone == ZONE_NONE) ||
			        (pair->flags & PAIR_SHADOWED) || addr_compare(&a, &b) != 0 ||
			        !name_equal(pair->name, name))
				continue;
			*place = pair_place(s, pair);
			*ttl_s = pair->ttl_s;
			return true;
		}
	}
	return false;
}

/* The operator's record, whose octets are in the image as they were written. */
static bool find_record(const struct plan_zone *zone, const uint8_t *owner, uint16_t type,
        const uint8_t *rdata, size_t n, struct place *place, uint32_t *ttl_s)
{
	for (size_t i = 0; i < zone->record_count; i++) {
		const struct plan_record *r = &zone->records[i];
		if (r->type != type || r->rdata_octets != n || !name_equal(r->owner, owner) ||
		        (n && memcmp(r->rdata, rdata, n) != 0))
			continue;
		*place = r->place;
		*ttl_s = r->ttl_s;
		return true;
	}
	return false;
}

/* What the zones make by themselves: SOA and NS, the cuts of inner zones, CNAMEs of RFC 2317. */
static struct place find_made(
        const struct why *w, uint32_t zone, const uint8_t *owner, uint16_t type)
{
	const struct plan *p = &w->config->plan;
	struct addr a;

	if (type == RR_CNAME && plan_addr_of_name(&a, &p->zones[zone], owner)) {
		uint32_t cut = plan_find_reverse_zone(p, &a);
		if (cut != ZONE_NONE)
			return p->zones[cut].place;
	}
	uint32_t inner = plan_find_zone(p, owner);
	return p->zones[inner == ZONE_NONE ? zone : inner].place;
}

/* The range whose name or address a record is, or the delegation whose CNAME. */
static bool find_computed(const struct why *w, const struct plan_zone *zone, const uint8_t *owner,
        uint16_t type, const uint8_t *rdata, struct place *place, uint32_t *ttl_s)
{
	const uint8_t *name = type == RR_PTR ? rdata : owner;
	struct addr a = {.len = type == RR_A ? 4 : 16};
	struct name made;

	if (type == RR_A || type == RR_AAAA)
		memcpy(a.octets, rdata, a.len);
	else if ((type != RR_PTR && type != RR_CNAME) || !plan_addr_of_name(&a, zone, owner))
		return false;
	const struct span *s = cover_find(&w->layers.cover, &a);
	if (!s)
		return false;
	if (type == RR_CNAME && s->delegation && s->delegation->target) {
		*place = delegation_place(s->source, s->delegation);
		*ttl_s = s->delegation->ttl_s;
		return true;
	}
	if (type == RR_CNAME || !why_range_name(&made, s->range, &a) ||
	        !name_equal(made.wire, name))
		return false;
	*place = range_place(s->source, s->range);
	*ttl_s = s->range->ttl_s;
	return true;
}

/* True when the delegation cuts at the name. */
static bool is_cut_of(const struct plan_delegation *d, const uint8_t *name)
{
	struct prefix p;

	if (d->target)
		return d->ns_count && name_equal(d->target, name);
	return prefix_from_name(&p, name) == OK && p.addr.len == d->first.len &&
	       p.bits == delegation_cut_bits(d) && addr_compare(&p.addr, &d->first) >= 0 &&
	       addr_compare(&p.addr, &d->last) <= 0;
}

static bool has_glue(
        const struct plan_delegation *d, const uint8_t *owner, const uint8_t *rdata, size_t n)
{
	for (unsigned i = 0; i < d->glue_count; i++)
		if (name_equal(d->glue[i].name, owner) && d->glue[i].addr.len == n &&
		        memcmp(d->glue[i].addr.octets, rdata, n) == 0)
			return true;
	return false;
}

/* The delegation that has the NS, DS or glue. */
static bool find_delegation(const struct why *w, const uint8_t *owner, uint16_t type,
        const uint8_t *rdata, size_t n, struct place *place, uint32_t *ttl_s)
{
	const struct plan *p = &w->config->plan;

	for (size_t i = 0; i < p->source_count; i++) {
		const struct plan_source *s = &p->sources[i];
		for (size_t k = 0; source_is_served(s) && k < s->delegation_count; k++) {
			const struct plan_delegation *d = &s->delegations[k];
			bool is_its = type == RR_NS || type == RR_DS
			                      ? is_cut_of(d, owner)
			                      : (type == RR_A || type == RR_AAAA) &&
			                                has_glue(d, owner, rdata, n);
			if (!is_its || delegation_is_served(p, d))
				continue;
			*place = delegation_place(s, d);
			*ttl_s = d->ttl_s;
			return true;
		}
	}
	return false;
}

void why_find_place(struct place *place, uint32_t *ttl_s, const struct why *w, uint32_t zone,
        const uint8_t *owner, uint16_t type, const uint8_t *rdata, size_t n)
{
	const struct plan_zone *z = &w->config->plan.zones[zone];

	if (!find_record(z, owner, type, rdata, n, place, ttl_s) &&
	        !find_pair(w, z, owner, type, rdata, n, place, ttl_s) &&
	        !find_computed(w, z, owner, type, rdata, place, ttl_s) &&
	        !find_delegation(w, owner, type, rdata, n, place, ttl_s))
		*place = find_made(w, zone, owner, type);
}
