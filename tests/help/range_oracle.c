/* SPDX-License-Identifier: ISC */
#include "tests/help/range_oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/help/must.h"
#include "zone/rr.h"

static void name_of_text(struct name *out, const char *text)
{
	must(name_from_text(out, text, strlen(text)) == OK, text);
	name_lower(out);
}

/* The reverse zone that holds an address's PTR; or, without those of RFC 2317, its CNAME. */
static unsigned reverse_zone(
        const struct model *m, uint8_t len, unsigned __int128 address, bool with_children)
{
	unsigned best = ZONE_NONE;

	for (unsigned i = 0; i < m->zone_count; i++) {
		const struct model_zone *z = &m->zones[i];
		if (!z->is_reverse || (z->is_child && !with_children) ||
		        !block_has(&z->block, len, address))
			continue;
		if (best == ZONE_NONE || block_bits(&z->block) > block_bits(&m->zones[best].block))
			best = i;
	}
	return best;
}

/* The zone that is to hold a name's A or AAAA: none where a zone cut of the operator's is above. */
static unsigned forward_zone(const struct range_oracle *o, const uint8_t *name)
{
	unsigned zone = flat_zone_of(&o->flat, name);
	struct name owner;

	for (unsigned i = 0; zone != ZONE_NONE && i < o->model->record_count; i++) {
		const struct model_record *r = &o->model->records[i];
		if (r->type != RR_NS || r->zone != zone)
			continue;
		name_of_text(&owner, r->owner);
		if (name_is_within(name, owner.wire, NULL))
			return ZONE_NONE;
	}
	return zone;
}

static void join(struct name *out, const char *label, unsigned n, const uint8_t *above)
{
	uint8_t labels[1 + LABEL_MAX_OCTETS];

	must(n <= LABEL_MAX_OCTETS, "a label of 63");
	labels[0] = (uint8_t)n;
	memcpy(labels + 1, label, n);
	must(name_join(out, labels, n + 1U, above) == OK, "a name of 255");
}

/* Where the PTR of an address is. */
static void ptr_owner(const struct range_oracle *o, struct name *out, unsigned zone, uint8_t len,
        unsigned __int128 address)
{
	char text[MODEL_NAME_MAX];

	model_reverse_name(text, address, len, 8U * len);
	if (o->model->zones[zone].is_child)
		join(out, text, (unsigned)strcspn(text, "."), o->flat.apexes[zone].wire);
	else
		name_of_text(out, text);
}

static void add_pair(struct range_oracle *o, unsigned zone, const struct name *owner,
        const struct name *name, unsigned forward, const struct addr *a, uint32_t ttl_s)
{
	flat_add(&o->flat, zone, owner->wire, RR_PTR, name->wire, name->len, ttl_s);
	if (forward != ZONE_NONE)
		flat_add(&o->flat, forward, name->wire, a->len == 4 ? RR_A : RR_AAAA, a->octets,
		        a->len, ttl_s);
}

static void add_host(struct range_oracle *o, const struct model_host *h)
{
	const struct addr a = model_addr(h->address, h->len);
	unsigned zone = reverse_zone(o->model, h->len, h->address, true);
	struct name owner, name;

	ptr_owner(o, &owner, zone, h->len, h->address);
	for (unsigned i = 0; i < h->name_count; i++) {
		name_of_text(&name, h->names[i]);
		add_pair(o, zone, &owner, &name,
		        h->forward_no ? ZONE_NONE : forward_zone(o, name.wire), &a,
		        range_oracle_ttl(o->model, h->customer, h->ttl_s));
	}
}

static void add_range_name(struct range_oracle *o, unsigned number, unsigned __int128 address)
{
	const struct model_range *r = &o->model->ranges[number];
	const struct addr a = model_addr(address, r->block.len);
	unsigned zone = reverse_zone(o->model, r->block.len, address, true);
	char label[MODEL_LABEL_MAX];
	struct name owner, name;

	ptr_owner(o, &owner, zone, r->block.len, address);
	join(&name, label, model_label(label, r, address), o->owners[number].wire);
	add_pair(o, zone, &owner, &name, o->forward_zones[number], &a,
	        range_oracle_ttl(o->model, r->customer, r->ttl_s));
}

static void add_ipv4(struct range_oracle *o)
{
	for (unsigned i = 0; i < 65536; i++) {
		unsigned __int128 address = 0x0a000000U | o->model->net << 16 | i;
		struct fate fate = range_oracle_fate(o->model, 4, address);
		if (fate.host != ORACLE_NOBODY)
			add_host(o, &o->model->hosts[fate.host]);
		else if (fate.range != ORACLE_NOBODY)
			add_range_name(o, fate.range, address);
	}
}

/* The name server records of a cut, and what goes with them. */
static void add_cut(struct range_oracle *o, const struct model_delegation *d, unsigned zone,
        const struct name *cut, uint32_t ttl_s)
{
	uint8_t ds[36] = {12345 >> 8, 12345 & 255, 13, 2};
	struct name ns;
	struct addr a;

	memset(ds + 4, d->ds_octet, 32);
	if (d->has_ds)
		flat_add(&o->flat, zone, cut->wire, RR_DS, ds, sizeof ds, ttl_s);
	for (unsigned i = 0; i < d->ns_count; i++) {
		name_of_text(&ns, d->ns[i]);
		flat_add(&o->flat, zone, cut->wire, RR_NS, ns.wire, ns.len, ttl_s);
		for (unsigned k = 0; k < 2 && name_is_within(ns.wire, cut->wire, NULL); k++) {
			const char *text = d->glue[i][k];
			if (*text && addr_from_text(&a, text, strlen(text)) == OK)
				flat_add(&o->flat, zone, ns.wire, a.len == 4 ? RR_A : RR_AAAA,
				        a.octets, a.len, ttl_s);
		}
	}
}

static void add_cuts(struct range_oracle *o, const struct model_delegation *d, uint32_t ttl_s)
{
	unsigned step = d->block.len == 4 ? 8 : 4;
	unsigned bits = (block_bits(&d->block) + step - 1) / step * step;
	char text[MODEL_NAME_MAX];
	struct name cut;

	for (unsigned __int128 at = d->block.first;;) {
		model_reverse_name(text, at, d->block.len, bits);
		name_of_text(&cut, text);
		add_cut(o, d, reverse_zone(o->model, d->block.len, at, false), &cut, ttl_s);
		at = block_of(at, d->block.len, bits).last;
		if (at == d->block.last)
			return;
		at++;
	}
}

/* RFC 2317 4. */
static void add_cname(
        struct range_oracle *o, unsigned __int128 address, const uint8_t *target, uint32_t ttl_s)
{
	unsigned zone = reverse_zone(o->model, 4, address, false);
	struct name owner, to;
	char text[MODEL_NAME_MAX];

	if (zone == ZONE_NONE)
		return; /* a zone of RFC 2317 whose outer zone is not here */
	model_reverse_name(text, address, 4, 32);
	name_of_text(&owner, text);
	join(&to, text, (unsigned)strcspn(text, "."), target);
	flat_add(&o->flat, zone, owner.wire, RR_CNAME, to.wire, to.len, ttl_s);
}

static void add_delegation(struct range_oracle *o, const struct model_delegation *d)
{
	uint32_t ttl_s = range_oracle_ttl(o->model, d->customer, d->ttl_s);
	struct name target;

	if (d->way == WAY_CUT) {
		add_cuts(o, d, ttl_s);
		return;
	}
	name_of_text(&target, d->target);
	for (unsigned __int128 at = d->block.first; at <= d->block.last; at++)
		add_cname(o, at, target.wire, ttl_s);
	if (d->way == WAY_CHILD)
		add_cut(o, d, reverse_zone(o->model, 4, d->block.first, false), &target, ttl_s);
}

static void add_zone_ns(struct range_oracle *o, unsigned zone, const struct model_zone *of)
{
	struct name apex, ns;

	name_of_text(&apex, of->name);
	for (unsigned i = 0; i < 2; i++) {
		name_of_text(&ns, of->ns[i]);
		flat_add(&o->flat, zone, apex.wire, RR_NS, ns.wire, ns.len, of->ttl_s);
	}
}

/* Its own records, and those in the zone above it. */
static void add_zone(struct range_oracle *o, unsigned number)
{
	const struct model_zone *z = &o->model->zones[number];
	const uint8_t *apex = o->flat.apexes[number].wire;
	unsigned outer = flat_zone_of(&o->flat, apex + 1 + *apex);

	flat_add(&o->flat, number, apex, RR_SOA, NULL, 0, z->ttl_s);
	add_zone_ns(o, number, z);
	if (outer != ZONE_NONE)
		add_zone_ns(o, outer, z);
	for (unsigned __int128 at = z->block.first; z->is_child && at <= z->block.last; at++)
		add_cname(o, at, apex, z->ttl_s);
}

static void add_record(struct range_oracle *o, const struct model_record *r)
{
	uint8_t text[1 + MODEL_NAME_MAX];
	struct name owner, target;
	struct addr a;
	size_t n = strlen(r->rdata);

	name_of_text(&owner, r->owner);
	if (r->type == RR_TXT) {
		text[0] = (uint8_t)n;
		memcpy(text + 1, r->rdata, n);
		flat_add(&o->flat, r->zone, owner.wire, RR_TXT, text, n + 1, r->ttl_s);
	} else if (rr_is_one_name(r->type)) {
		name_of_text(&target, r->rdata);
		flat_add(&o->flat, r->zone, owner.wire, r->type, target.wire, target.len, r->ttl_s);
	} else {
		must(addr_from_text(&a, r->rdata, n) == OK, r->rdata);
		flat_add(&o->flat, r->zone, owner.wire, r->type, a.octets, a.len, r->ttl_s);
	}
}

static int compare_numbers(const void *va, const void *vb)
{
	unsigned __int128 a, b;

	memcpy(&a, va, sizeof a);
	memcpy(&b, vb, sizeof b);
	return (a > b) - (a < b);
}

static void add_edges(unsigned __int128 *edges, unsigned *count, const struct model_block *b)
{
	if (b->len != 16)
		return;
	must(*count + 2 < SPANS_MAX, "few edges");
	edges[(*count)++] = b->first;
	edges[(*count)++] = b->last + 1; /* at the end of all: 0, which does no harm */
}

static void find_spans(struct range_oracle *o)
{
	static unsigned __int128 edges[SPANS_MAX];
	const struct model *m = o->model;
	unsigned count = 0;

	for (unsigned i = 0; i < m->range_count; i++)
		add_edges(edges, &count, &m->ranges[i].block);
	for (unsigned i = 0; i < m->delegation_count; i++)
		add_edges(edges, &count, &m->delegations[i].block);
	for (unsigned i = 0; i < m->host_count; i++)
		add_edges(edges, &count,
		        &(struct model_block){
		                m->hosts[i].address, m->hosts[i].address, m->hosts[i].len});
	for (unsigned i = 0; i < m->customer_count; i++)
		for (unsigned k = 0; k < m->customers[i].block_count; k++)
			add_edges(edges, &count, &m->customers[i].blocks[k]);
	qsort(edges, count, sizeof *edges, compare_numbers);
	for (unsigned i = 0; i + 1 < count; i++) {
		if (edges[i] == edges[i + 1])
			continue;
		struct fate fate = range_oracle_fate(m, 16, edges[i]);
		if (fate.range != ORACLE_NOBODY)
			o->spans[o->span_count++] =
			        (struct span){edges[i], edges[i + 1] - 1, fate.range};
	}
}

static void add_ipv6(struct range_oracle *o)
{
	find_spans(o);
	for (unsigned i = 0; i < o->span_count; i++) {
		unsigned range = o->spans[i].range;
		if (o->forward_zones[range] != ZONE_NONE)
			flat_add(&o->flat, o->forward_zones[range], o->owners[range].wire, 0, NULL,
			        0, 0);
	}
	for (unsigned i = 0; i < o->model->host_count; i++) {
		const struct model_host *h = &o->model->hosts[i];
		if (h->len == 16 && range_oracle_fate(o->model, 16, h->address).host == i)
			add_host(o, h);
	}
}

/* The address, or what is known of it, that a name below ip6.arpa stands for. */
static bool read_nibbles(struct model_block *out, const uint8_t *name)
{
	unsigned __int128 address = 0;
	unsigned n = 0;

	for (; name[0] == 1; name += 2, n++) {
		uint8_t c = name[1];
		if (n == 32 || !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		address = address >> 4 |
		          (unsigned __int128)(unsigned)(c <= '9' ? c - '0' : c - 'a' + 10) << 124;
	}
	if (n == 0 || !name_equal(name, (const uint8_t *)"\3ip6\4arpa"))
		return false;
	*out = block_of(address, 16, 4 * n);
	return true;
}

static enum flat_rule_found make_fact(const struct range_oracle *o, unsigned range, uint16_t type,
        struct flat_fact *out, const uint8_t *owner)
{
	const struct model_range *r = &o->model->ranges[range];

	*out = (struct flat_fact){.owner = owner,
	        .ttl_s = range_oracle_ttl(o->model, r->customer, r->ttl_s),
	        .type = type};
	return RULE_FACT;
}

/* Below ip6.arpa. */
static enum flat_rule_found find_ptr(const struct range_oracle *o, const uint8_t *name,
        struct flat_fact *out, uint8_t room[NAME_MAX_OCTETS])
{
	char label[MODEL_LABEL_MAX];
	struct model_block block;
	struct name target;

	if (!read_nibbles(&block, name))
		return RULE_NOTHING;
	for (unsigned i = 0; i < o->span_count; i++) {
		const struct span *s = &o->spans[i];
		if (s->first > block.last || block.first > s->last)
			continue;
		if (block.first != block.last)
			return RULE_NON_TERMINAL;
		unsigned n = model_label(label, &o->model->ranges[s->range], block.first);
		join(&target, label, n, o->owners[s->range].wire);
		memcpy(room, target.wire, target.len);
		make_fact(o, s->range, RR_PTR, out, name);
		out->rdata = room;
		out->rdata_octets = target.len;
		return RULE_FACT;
	}
	return RULE_NOTHING;
}

/* In a forward zone. */
static enum flat_rule_found find_aaaa(const struct range_oracle *o, unsigned zone,
        const uint8_t *name, struct flat_fact *out, uint8_t room[NAME_MAX_OCTETS])
{
	unsigned __int128 address;

	for (unsigned i = 0; i < o->span_count; i++) {
		const struct span *s = &o->spans[i];
		const struct model_range *r = &o->model->ranges[s->range];
		if (o->forward_zones[s->range] != zone || !*name ||
		        !name_equal(name + 1 + *name, o->owners[s->range].wire) ||
		        !model_read_label(&address, r, (const char *)name + 1, *name) ||
		        s->first > address || address > s->last)
			continue;
		const struct addr a = model_addr(address, 16);
		memcpy(room, a.octets, 16);
		make_fact(o, s->range, RR_AAAA, out, name);
		out->rdata = room;
		out->rdata_octets = 16;
		return RULE_FACT;
	}
	return RULE_NOTHING;
}

static enum flat_rule_found find_by_rule(const void *context, unsigned zone, const uint8_t *name,
        struct flat_fact *out, uint8_t room[NAME_MAX_OCTETS])
{
	const struct range_oracle *o = context;
	const struct model_zone *z = &o->model->zones[zone];

	enum flat_rule_found found = RULE_NOTHING;

	if (z->is_reverse && z->block.len == 16)
		found = find_ptr(o, name, out, room);
	return found != RULE_NOTHING ? found : find_aaaa(o, zone, name, out, room);
}

void range_oracle_build(struct range_oracle *o, const struct model *m)
{
	struct name apex;

	memset(o, 0, sizeof *o);
	o->model = m;
	flat_init(&o->flat);
	for (unsigned i = 0; i < m->zone_count; i++) {
		const struct model_zone *z = &m->zones[i];
		name_of_text(&apex, z->name);
		flat_add_zone(&o->flat, apex.wire,
		        z->ttl_s < z->negative_ttl_s ? z->ttl_s : z->negative_ttl_s);
	}
	for (unsigned i = 0; i < m->range_count; i++) {
		o->forward_zones[i] = ZONE_NONE;
		if (!*m->ranges[i].shape)
			continue;
		name_of_text(&o->owners[i], m->ranges[i].owner);
		o->forward_zones[i] = forward_zone(o, o->owners[i].wire);
	}
	for (unsigned i = 0; i < m->zone_count; i++)
		add_zone(o, i);
	for (unsigned i = 0; i < m->record_count; i++)
		add_record(o, &m->records[i]);
	for (unsigned i = 0; i < m->delegation_count; i++)
		if (!m->delegations[i].is_served)
			add_delegation(o, &m->delegations[i]);
	add_ipv4(o);
	add_ipv6(o);
	if (o->span_count) {
		o->flat.rule = find_by_rule;
		o->flat.rule_context = o;
	}
}

void range_oracle_free(struct range_oracle *o)
{
	flat_free(&o->flat);
}
