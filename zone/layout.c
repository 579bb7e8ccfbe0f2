/* SPDX-License-Identifier: ISC */
#include "zone/layout.h"

#include "zone/version.h"

static void add_name(struct digest *d, const uint8_t *wire)
{
	*d = digest_chain(d, wire, name_length(wire));
}

static void add_numbers(struct digest *d, const uint32_t *numbers, size_t count)
{
	*d = digest_chain(d, numbers, count * sizeof *numbers);
}

static void add_record(struct digest *d, const struct plan_record *r)
{
	const uint32_t numbers[] = {r->type, r->ttl_s};

	add_name(d, r->owner);
	add_numbers(d, numbers, 2);
	*d = digest_chain(d, r->rdata, r->rdata_octets);
}

/* The first serial does not count: it is for zones that are new. */
static void add_zone(struct digest *d, const struct plan_zone *z)
{
	const struct plan_soa *soa = &z->soa;
	const uint32_t numbers[] = {z->is_cut_style, z->is_cut_style ? z->prefix.bits : 0, z->ttl_s,
	        z->ns_ttl_s, (uint32_t)z->ns_count, soa->refresh_s, soa->retry_s, soa->expire_s,
	        soa->minimum_s, soa->ttl_s, (uint32_t)z->record_count};

	add_name(d, z->apex);
	add_numbers(d, numbers, sizeof numbers / sizeof *numbers);
	if (z->is_cut_style)
		*d = digest_chain(d, z->prefix.addr.octets, sizeof z->prefix.addr.octets);
	add_name(d, soa->mname);
	add_name(d, soa->rname);
	for (size_t i = 0; i < z->ns_count; i++)
		add_name(d, z->ns[i]);
	for (size_t i = 0; i < z->record_count; i++)
		add_record(d, &z->records[i]);
}

struct digest layout_of(const struct plan *p)
{
	static const char version[] = ARPAD_VERSION;
	struct digest d = digest_of(version, sizeof version);

	for (size_t i = 0; i < p->zone_count; i++)
		add_zone(&d, &p->zones[i]);
	return d;
}
