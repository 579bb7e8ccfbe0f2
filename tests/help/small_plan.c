/* SPDX-License-Identifier: ISC */
#include "tests/help/small_plan.h"

#include <string.h>

#include "tests/help/must.h"

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
	memset(p->sources, 0, sizeof *p->sources);
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
	struct snapshot *snapshot = small_plan_compile(&s, NULL, 1000);
	small_plan_free(&s);
	return snapshot;
}
