/* SPDX-License-Identifier: ISC */
/* tests/property/prop_lookup.c - answer_batch() against a naive oracle, on random networks.
 *
 * The oracle keeps every record in a list and finds what is due by looking at all of them. Names
 * are hostile: rare octets, one label the beginning of another, up to 255 octets, zones inside
 * zones, names beside, above and below what exists. */
#include "server/answer.h"
#include "tests/help/message.h"
#include "tests/help/random.h"
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"

#define QUERIES   1000000U
#define ROUNDS    100U
#define FACTS_MAX 2000
#define ZONES_MAX 12

/* One record that must be served. */
struct fact {
	unsigned zone;
	struct name owner;
	uint16_t type;
	uint32_t ttl_s;
	uint8_t rdata[NAME_MAX_OCTETS];
	size_t rdata_len; /* 0 for NS and SOA: only that they are there matters */
};

struct world {
	struct small_plan small;
	struct name apexes[ZONES_MAX];
	unsigned zone_count;
	struct fact facts[FACTS_MAX];
	unsigned fact_count;
	struct snapshot *snapshot;
};

static struct world world;

static unsigned oracle_zone(const uint8_t *name)
{
	unsigned best = ZONE_NONE;

	for (unsigned i = 0; i < world.zone_count; i++)
		if (name_is_within(name, world.apexes[i].wire, NULL) &&
		        (best == ZONE_NONE || world.apexes[i].len > world.apexes[best].len))
			best = i;
	return best;
}

static void add_fact(unsigned zone, const uint8_t *owner, uint16_t type, uint32_t ttl_s,
        const uint8_t *rdata, size_t n)
{
	struct fact *f = &world.facts[world.fact_count++];

	assert_true(world.fact_count <= FACTS_MAX);
	f->zone = zone;
	name_copy(&f->owner, owner);
	f->type = type;
	f->ttl_s = ttl_s;
	f->rdata_len = n;
	if (n)
		memcpy(f->rdata, rdata, n);
}

static void add_zone(const char *text)
{
	struct plan *plan = &world.small.plan;

	if (world.zone_count == ZONES_MAX)
		return;
	small_plan_zone(&world.small, text);
	const uint8_t *apex = plan->zones[plan->zone_count - 1].apex;
	for (unsigned i = 0; i < world.zone_count; i++)
		if (name_equal(world.apexes[i].wire, apex)) {
			plan->zone_count--;
			return;
		}
	name_copy(&world.apexes[world.zone_count++], apex);
}

static void random_zones(void)
{
	static const char *const prefixes[] = {"10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24",
	        "192.0.2.0/24", "2001:db8::/32", "2001:db8:0:10::/60", "2001::/16", "0.0.0.0/0",
	        "arpa.", "."};
	char text[NAME_TEXT_MAX];
	struct name apex;

	add_zone(prefixes[random_below(4)]);
	for (unsigned i = random_below(5); i; i--)
		add_zone(prefixes[random_below(ARRAY_LENGTH(prefixes))]);
	for (unsigned i = 1 + random_below(5); i; i--) {
		unsigned above = random_below(world.zone_count + 1);
		random_name(&apex,
		        above == world.zone_count ? (const uint8_t *)"\1a"
		                                  : world.apexes[above].wire,
		        2);
		if (apex.len > 200)
			continue;
		name_to_text(text, apex.wire);
		add_zone(text);
	}
}

static void random_pair(void)
{
	struct addr a;
	struct name name, owner;
	uint32_t ttl_s = random_below(4) * 60;
	uint8_t flags = random_below(8) ? 0 : PAIR_FORWARD_NO;

	random_addr(&a);
	const uint8_t *base = random_below(10) ? world.apexes[random_below(world.zone_count)].wire
	                                       : (const uint8_t *)"\4else";
	random_name(&name, base, 4);
	name_lower(&name);
	small_plan_pair_wire(&world.small, &a, name.wire, ttl_s, flags);
	assert_int_equal(name_from_addr(&owner, &a, 8U * a.len), OK);
	unsigned zone = oracle_zone(owner.wire);
	if (zone != ZONE_NONE)
		add_fact(zone, owner.wire, RR_PTR, ttl_s, name.wire, name.len);
	zone = flags ? ZONE_NONE : oracle_zone(name.wire);
	if (zone != ZONE_NONE)
		add_fact(zone, name.wire, a.len == 4 ? RR_A : RR_AAAA, ttl_s, a.octets, a.len);
}

static void apex_facts(void)
{
	for (unsigned i = 0; i < world.zone_count; i++) {
		const uint8_t *apex = world.apexes[i].wire;
		add_fact(i, apex, RR_SOA, 3600, NULL, 0);
		add_fact(i, apex, RR_NS, 3600, NULL, 0);
		if (*apex == 0)
			continue;
		unsigned outer = oracle_zone(apex + 1 + *apex);
		if (outer != ZONE_NONE) /* the zone is a cut there */
			add_fact(outer, apex, RR_NS, 3600, NULL, 0);
	}
}

static void make_world(void)
{
	small_plan_init(&world.small);
	world.zone_count = world.fact_count = 0;
	random_zones();
	for (unsigned i = random_below(200); i; i--)
		random_pair();
	apex_facts();
	world.snapshot = small_plan_compile(&world.small, NULL, 1000);
}

/* What the oracle expects. */
struct verdict {
	unsigned zone, rcode, count; /* count: records in the answer section */
	uint32_t ttl_s;              /* of the answer */
	struct name source;          /* whose records it has: the name, or a wildcard */
};

/* Facts of (zone, owner, type) that differ in rdata; the TTL is the smallest. */
static unsigned count_facts(unsigned zone, const uint8_t *owner, uint16_t type, uint32_t *ttl_s)
{
	unsigned count = 0;

	*ttl_s = UINT32_MAX;
	for (unsigned i = 0; i < world.fact_count; i++) {
		const struct fact *f = &world.facts[i];
		bool seen = false;
		if (f->zone != zone || f->type != type || !name_equal(f->owner.wire, owner))
			continue;
		for (unsigned k = 0; k < i && !seen; k++) {
			const struct fact *g = &world.facts[k];
			seen = g->zone == zone && g->type == type &&
			       name_equal(g->owner.wire, owner) && g->rdata_len == f->rdata_len &&
			       memcmp(g->rdata, f->rdata, f->rdata_len) == 0;
		}
		count += !seen;
		if (f->ttl_s < *ttl_s)
			*ttl_s = f->ttl_s;
	}
	return count;
}

/* True when a fact of the zone is at or below a name. */
static bool exists(unsigned zone, const uint8_t *name)
{
	for (unsigned i = 0; i < world.fact_count; i++)
		if (world.facts[i].zone == zone &&
		        name_is_within(world.facts[i].owner.wire, name, NULL))
			return true;
	return false;
}

/* RFC 4592 3.3.1: the wildcard below the closest encloser; false when it does not exist. */
static bool find_wildcard(unsigned zone, const uint8_t *name, struct name *out)
{
	while (!exists(zone, name))
		name += 1 + *name;
	return name_join(out, (const uint8_t *)"\1*", 2, name) == OK && exists(zone, out->wire);
}

static struct verdict ask_oracle(const uint8_t *name, uint16_t type)
{
	struct verdict v = {.zone = oracle_zone(name)};

	if (type == RR_DS && *name && v.zone != ZONE_NONE &&
	        name_equal(world.apexes[v.zone].wire, name) &&
	        oracle_zone(name + 1 + *name) != ZONE_NONE)
		v.zone = oracle_zone(name + 1 + *name);
	if (v.zone == ZONE_NONE) {
		v.rcode = 5;
		return v;
	}
	name_copy(&v.source, name);
	if (!exists(v.zone, name) && !find_wildcard(v.zone, name, &v.source))
		v.rcode = 3;
	v.count = count_facts(v.zone, v.source.wire, type, &v.ttl_s);
	if (type == RR_NS && v.count)
		v.count = 2; /* ns1.test. and ns2.test. */
	return v;
}

static bool is_fact(
        unsigned zone, const struct name *owner, uint16_t type, const uint8_t *rdata, size_t n)
{
	for (unsigned i = 0; i < world.fact_count; i++) {
		const struct fact *f = &world.facts[i];
		if (f->zone == zone && f->type == type && name_equal(f->owner.wire, owner->wire) &&
		        (!f->rdata_len || (f->rdata_len == n && memcmp(f->rdata, rdata, n) == 0)))
			return true;
	}
	return false;
}

/* Every record of the answer is a fact, none twice, and there are as many as there should be. */
static void check_response(
        const uint8_t *m, const struct name *name, uint16_t type, const struct verdict *v)
{
	size_t at = 12U + name->len + 4, seen[300];
	unsigned answers = message_get16(m + 6), authority = message_get16(m + 8);

	assert_int_equal(m[3] & 15, v->rcode);
	assert_int_equal(m[2] & 4, v->rcode == 5 ? 0 : 4);
	assert_int_equal(m[2] & 2, 0);
	assert_int_equal(answers, v->count);
	for (unsigned i = 0; i < answers; i++) {
		struct name owner, target;
		at += message_read_name(&owner, m, at);
		assert_true(name_equal(owner.wire, name->wire));
		assert_int_equal(message_get16(m + at), type);
		assert_int_equal(
		        message_get16(m + at + 4) << 16 | message_get16(m + at + 6), v->ttl_s);
		size_t n = message_get16(m + at + 8), rdata_at = at + 10;
		at += 10 + n;
		const uint8_t *rdata = m + rdata_at;
		if (type == RR_PTR) {
			assert_int_equal(message_read_name(&target, m, rdata_at), n);
			name_lower(
			        &target); /* a suffix shared with the qname has the qname's case */
			rdata = target.wire;
			n = target.len;
		}
		assert_true(is_fact(v->zone, &v->source, type, rdata, n));
		for (unsigned k = 0; k < i; k++)
			assert_false(type != RR_PTR && memcmp(m + seen[k], rdata, n) == 0);
		seen[i] = rdata_at;
	}
	assert_int_equal(authority, v->zone != ZONE_NONE && v->count == 0);
	if (authority) {
		struct name owner;
		at += message_read_name(&owner, m, at);
		assert_true(name_equal(owner.wire, world.apexes[v->zone].wire));
		assert_int_equal(message_get16(m + at), RR_SOA);
		assert_int_equal(message_get16(m + at + 4) << 16 | message_get16(m + at + 6), 300);
	}
}

/* A name that exists, one above, beside or below it, or any. */
static void random_qname(struct name *out)
{
	const struct fact *f = &world.facts[random_below(world.fact_count)];
	const uint8_t *wire = f->owner.wire;

	switch (random_below(6)) {
	case 0: /* as it is */
		name_copy(out, wire);
		break;
	case 1: /* above */
		for (unsigned up = random_below(1 + name_count_labels(wire)); up; up--)
			wire += 1 + *wire;
		name_copy(out, wire);
		break;
	case 2: /* below */
		random_name(out, wire, 3);
		break;
	case 3: /* one octet changed */
		name_copy(out, wire);
		if (out->len > 2) {
			unsigned at = 0, label = random_below(name_count_labels(wire));
			for (; label; label--)
				at += 1U + wire[at];
			at += 1 + random_below(wire[at]);
			out->wire[at] = (uint8_t)(out->wire[at] + 1 + random_below(255));
		}
		break;
	case 4: /* beside: one of the labels replaced */
		wire += *wire ? 1 + *wire : 0;
		random_name(out, wire, 1);
		break;
	default:
		random_name(out, world.apexes[random_below(world.zone_count)].wire, 5);
		break;
	}
	for (unsigned i = 0; i < out->len; i++) /* 0x20: letters in any case, lengths untouched */
		if ((uint8_t)((out->wire[i] | 0x20) - 'a') < 26 && out->wire[i] > 63 &&
		        random_below(4) == 0)
			out->wire[i] ^= 0x20;
}

static uint16_t random_type(void)
{
	static const uint16_t types[] = {
	        RR_PTR, RR_A, RR_AAAA, RR_PTR, RR_A, RR_NS, RR_DS, RR_MX, 65280};

	return types[random_below(ARRAY_LENGTH(types))];
}

/* What was asked, and what the zone holds: said before a claim fails. */
static void explain(const struct name *name, uint16_t qtype, unsigned zone)
{
	char text[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX];

	name_to_text(text, name->wire);
	print_message("%s %s\n", text, rr_type_text(type, qtype));
	for (unsigned k = 0; k < world.fact_count; k++) {
		const struct fact *f = &world.facts[k];
		name_to_text(text, f->owner.wire);
		if (f->zone == zone)
			print_message("    %s %s\n", text, rr_type_text(type, f->type));
	}
}

static void run_batch(unsigned n)
{
	static uint8_t in[ANSWER_BATCH_MAX][300], out[ANSWER_BATCH_MAX][65535];
	struct query queries[ANSWER_BATCH_MAX] = {0};
	struct response responses[ANSWER_BATCH_MAX];
	struct name names[ANSWER_BATCH_MAX];
	uint16_t types[ANSWER_BATCH_MAX];
	struct answer_config config = {.udp_size = 1232};

	for (unsigned i = 0; i < n; i++) {
		random_qname(&names[i]);
		types[i] = random_type();
		queries[i] = (struct query){in[i],
		        (uint16_t)message_query_wire(in[i], 0, names[i].wire, types[i]),
		        TRANSPORT_TCP};
		responses[i] = (struct response){.octets = out[i], .capacity = 65535};
	}
	answer_batch(world.snapshot, &config, queries, responses, n);
	for (unsigned i = 0; i < n; i++) {
		struct verdict v = ask_oracle(names[i].wire, types[i]);
		assert_true(responses[i].len > 12);
		if ((out[i][3] & 15) != v.rcode || message_get16(out[i] + 6) != v.count)
			explain(&names[i], types[i], v.zone);
		check_response(out[i], &names[i], types[i], &v);
	}
}

static void answers_are_those_of_a_naive_oracle(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		random_seed(round);
		make_world();
		for (unsigned left = QUERIES / ROUNDS; left;) {
			unsigned n = 1 + random_below(ANSWER_BATCH_MAX);
			n = n < left ? n : left;
			run_batch(n);
			left -= n;
		}
		snapshot_unref(world.snapshot);
		small_plan_free(&world.small);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers_are_those_of_a_naive_oracle)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
