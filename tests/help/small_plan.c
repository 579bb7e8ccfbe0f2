/* SPDX-License-Identifier: ISC */
#include "tests/help/small_plan.h"

#include <string.h>

#include "conf/zone_file.h"
#include "tests/help/must.h"
#include "zone/rr.h"

static const uint8_t *wire_of(struct small_plan *s, const char *text)
{
	struct name n;

	must(name_from_text(&n, text, strlen(text)) == OK, text);
	name_lower(&n);
	const uint8_t *wire = arena_copy(&s->plan.arena, n.wire, n.len);
	must(wire != NULL, "out of memory");
	return wire;
}

void small_plan_init(struct small_plan *s)
{
	plan_init(&s->plan);
	diag_init(&s->diags);
	struct plan *p = &s->plan;
	p->sources = arena_alloc(&p->arena, sizeof *p->sources);
	must(p->sources != NULL, "out of memory");
	p->customers = arena_alloc(&p->arena, sizeof *p->customers);
	must(p->customers != NULL, "out of memory");
	memset(p->sources, 0, sizeof *p->sources);
	memset(p->customers, 0, sizeof *p->customers);
	p->customers->name = "small";
	p->customer_count = p->customer_capacity = 1;
	p->sources->file = "small.yaml";
	p->source_count = p->source_capacity = 1;
}

void small_plan_free(struct small_plan *s)
{
	plan_free(&s->plan);
	diag_free(&s->diags);
}

void small_plan_zone(struct small_plan *s, const char *text)
{
	struct plan *p = &s->plan;
	struct plan_zone z = {.ttl_s = 3600, .ns_ttl_s = 3600, .ns_count = 2};
	struct name apex;
	struct prefix prefix;

	z.ns = arena_alloc(&p->arena, 2 * sizeof *z.ns);
	p->zones = arena_grow(&p->arena, p->zones, p->zone_count, p->zone_count + 1,
	        &p->zone_capacity, sizeof *p->zones);
	must(z.ns && p->zones, "out of memory");
	z.ns[0] = wire_of(s, "ns1.test.");
	z.ns[1] = wire_of(s, "ns2.test.");
	z.soa = (struct plan_soa){.refresh_s = 1,
	        .retry_s = 2,
	        .expire_s = 3,
	        .minimum_s = 300,
	        .ttl_s = 3600,
	        .mname = z.ns[0],
	        .rname = wire_of(s, "hm.test.")};
	if (prefix_from_text(&prefix, text, strlen(text), NULL) == OK) {
		must(name_from_addr(&apex, &prefix.addr, prefix.bits) == OK, text);
		z.apex = arena_copy(&p->arena, apex.wire, apex.len);
	} else {
		z.apex = wire_of(s, text);
	}
	p->zones[p->zone_count++] = z;
}

void small_plan_pair_wire(struct small_plan *s, const struct addr *addr, const uint8_t *name,
        uint32_t ttl_s, uint8_t flags)
{
	struct plan_source *source = s->plan.sources;
	struct pair pair = {.addr_len = addr->len, .flags = flags, .ttl_s = ttl_s};
	struct name lower;

	name_copy(&lower, name);
	name_lower(&lower);
	pair.name = arena_copy(&source->arena, lower.wire, lower.len);
	memcpy(pair.octets, addr->octets, sizeof pair.octets);
	source->pairs = arena_grow(&source->arena, source->pairs, source->pair_count,
	        source->pair_count + 1, &source->pair_capacity, sizeof *source->pairs);
	must(source->pairs && pair.name, "out of memory");
	source->pairs[source->pair_count++] = pair;
}

void small_plan_pair(
        struct small_plan *s, const char *addr, const char *name, uint32_t ttl_s, uint8_t flags)
{
	struct addr a;

	must(addr_from_text(&a, addr, strlen(addr)) == OK, addr);
	small_plan_pair_wire(s, &a, wire_of(s, name), ttl_s, flags);
}

void small_plan_range(struct small_plan *s, const struct prefix *p, const char *pattern)
{
	struct plan_source *source = s->plan.sources;
	const char *dot = strchr(pattern, '.');
	struct plan_range range = {.ttl_s = 3600};
	uint8_t shape[SHAPE_MAX], octets;
	struct addr last;

	prefix_last(&last, p);
	must(dot && shape_from_text(shape, &octets, pattern, (size_t)(dot - pattern), last.len) ==
	                        PATTERN_FINE,
	        pattern);
	const uint8_t *kept = arena_copy(&source->arena, shape, octets);
	source->ranges = arena_grow(&source->arena, source->ranges, source->range_count,
	        source->range_count + 1, &source->range_capacity, sizeof *source->ranges);
	must(source->ranges && kept, "out of memory");
	pattern_init(&range.pattern, kept, octets, &p->addr, &last);
	range.owner = wire_of(s, dot + 1);
	struct plan_customer *customer = &s->plan.customers[source->customer];
	customer->blocks = arena_grow(&s->plan.arena, customer->blocks, customer->block_count,
	        customer->block_count + 1, &customer->block_capacity, sizeof *customer->blocks);
	must(customer->blocks != NULL, "out of memory");
	customer->blocks[customer->block_count++] = (struct plan_block){.prefix = *p};
	source->ranges[source->range_count++] = range;
}

void small_plan_delegation(struct small_plan *s, const struct prefix *p, const char *target)
{
	struct plan_source *source = s->plan.sources;
	struct plan_delegation d = {.first = p->addr, .ns_count = 1, .ttl_s = 3600};

	prefix_last(&d.last, p);
	d.target = target ? wire_of(s, target) : NULL;
	d.ns = arena_alloc(&source->arena, sizeof *d.ns);
	source->delegations = arena_grow(&source->arena, source->delegations,
	        source->delegation_count, source->delegation_count + 1,
	        &source->delegation_capacity, sizeof *source->delegations);
	must(source->delegations && d.ns, "out of memory");
	d.ns[0] = wire_of(s, "ns1.test.");
	source->delegations[source->delegation_count++] = d;
}

/* The zone with the longest apex above a name, or at it unless the record is its parent's. */
static struct plan_zone *zone_of(struct small_plan *s, const uint8_t *owner, bool is_parents)
{
	struct plan_zone *best = NULL;

	for (size_t i = 0; i < s->plan.zone_count; i++) {
		struct plan_zone *z = &s->plan.zones[i];
		if (name_is_within(owner, z->apex, NULL) &&
		        !(is_parents && name_equal(owner, z->apex)) &&
		        (!best || name_length(z->apex) > name_length(best->apex)))
			best = z;
	}
	return best;
}

void small_plan_record_wire(struct small_plan *s, const uint8_t *owner, uint16_t type,
        uint32_t ttl_s, const uint8_t *rdata, size_t n)
{
	struct arena *arena = &s->plan.arena;
	struct plan_zone *z = zone_of(s, owner, type == RR_DS);
	struct name lower;

	must(z != NULL, "no zone holds the record");
	name_copy(&lower, owner);
	name_lower(&lower);
	struct plan_record r = {.owner = arena_copy(arena, lower.wire, lower.len),
	        .rdata = arena_copy(arena, n ? rdata : owner, n ? n : 1),
	        .type = type,
	        .rdata_octets = (uint16_t)n,
	        .ttl_s = ttl_s};
	z->records = arena_grow(arena, z->records, z->record_count, z->record_count + 1,
	        &z->record_capacity, sizeof *z->records);
	must(z->records && r.owner && r.rdata, "out of memory");
	z->records[z->record_count++] = r;
}

void small_plan_records(struct small_plan *s, const char *origin, const char *lines)
{
	const uint8_t *apex = wire_of(s, origin);
	struct zone_file f;
	struct zone_record r;

	zone_file_open_text(
	        &f, lines, strlen(lines), (struct place){"small", 1, 1}, &s->plan.arena, &s->diags);
	zone_file_set(&f, apex, 3600);
	while (zone_file_next(&f, &r)) {
		const struct plan_zone *z = zone_of(s, r.owner, false);
		if (r.type == RR_SOA || (r.type == RR_NS && z && name_equal(z->apex, r.owner)))
			continue;
		small_plan_record_wire(s, r.owner, r.type, r.ttl_s, r.rdata, r.rdata_octets);
	}
	must(zone_file_close(&f) == OK && f.refused == 0, lines);
}

struct snapshot *small_plan_compile(struct small_plan *s, const struct snapshot *last, time_t now)
{
	struct snapshot *snapshot;

	must(plan_index_zones(&s->plan, &s->diags) == OK, "zones do not index");
	struct plan_source *source = s->plan.sources;
	for (size_t i = 0; i < source->pair_count; i++)
		source->pairs[i].forward_zone =
		        source->pairs[i].flags & PAIR_FORWARD_NO
		                ? ZONE_NONE
		                : plan_find_zone(&s->plan, source->pairs[i].name);
	for (size_t i = 0; i < source->range_count; i++)
		source->ranges[i].forward_zone = plan_find_zone(&s->plan, source->ranges[i].owner);
	must(compile_plan(&snapshot, &s->plan, last, now) == OK, "does not compile");
	return snapshot;
}

struct snapshot *small_network(void)
{
	struct small_plan s;

	small_plan_init(&s);
	small_plan_zone(&s, "a.");
	small_plan_zone(&s, "b.a.");
	small_plan_zone(&s, "10.0.0.0/8");
	small_plan_zone(&s, "10.1.0.0/16");
	small_plan_zone(&s, "2001:db8::/36");
	small_plan_pair(&s, "10.0.0.1", "x.a.", 60, 0);
	small_plan_pair(&s, "10.0.0.1", "y.x.a.", 60, 0);
	small_plan_pair(&s, "10.1.0.2", "x.b.a.", 30, 0);
	small_plan_pair(&s, "10.200.0.2", "a.", 60, 0);
	small_plan_pair(&s, "10.200.0.3", ".", 60, 0);
	small_plan_pair(&s, "2001:db8::1", "x.a.", 60, 0);
	small_plan_records(&s, "a.",
	        "cut NS ns.cut\nns.cut A 192.0.2.1\nq.cut DNAME x\ncut DS 1 13 2 00\n"
	        "d DNAME b\nd TXT x\n*.w CNAME q.d\n*.w.w MX 1 x\nq.*.w.w TXT y z\nx TXT q\n"
	        "loop CNAME loop2\nloop2 CNAME loop\nq.loop TYPE65280 \\# 0\n"
	        "q.b.a. CNAME q.d.a.\n*.b.a. TXT w\n10.0.10.in-addr.arpa. DNAME d\n");
	struct snapshot *snapshot = small_plan_compile(&s, NULL, 1000);
	small_plan_free(&s);
	return snapshot;
}
