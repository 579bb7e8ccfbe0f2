/* SPDX-License-Identifier: ISC */
/* tests/property/prop_reply.c - answers from zones with records of every kind, and hosts among
 * them, against an oracle that does what the RFCs say, word for word. */
#include "server/answer.h"
#include "server/query.h"
#include "server/reply.h"
#include "tests/help/message.h"
#include "tests/help/oracle.h"
#include "tests/help/random.h"
#include "tests/unit/unit.h"

#define QUERIES     1000000U
#define ROUNDS      1000U
#define ZONES_MAX   6U
#define RECORDS_MAX 60U
#define PAIRS_MAX   10U
#define FACTS_MAX   (2 * (RECORDS_MAX + PAIRS_MAX))

/* A record that is served. Of a SOA the rdata are not known. */
struct world {
	struct name apexes[ZONES_MAX];
	unsigned apex_count;
	struct random_record facts[FACTS_MAX];
	size_t fact_count;
	struct oracle oracle; /* over these */
	struct snapshot *snapshot;
};

static struct world world;

static unsigned zone_of(const uint8_t *name)
{
	return random_zone_of(world.apexes, world.apex_count, name);
}

static void add_zone(struct small_plan *s, const struct name *apex)
{
	char text[NAME_TEXT_MAX];

	for (unsigned i = 0; i < world.apex_count; i++)
		if (name_equal(world.apexes[i].wire, apex->wire))
			return;
	name_to_text(text, apex->wire);
	small_plan_zone(s, text);
	name_copy(&world.apexes[world.apex_count++], apex->wire);
}

static void random_zones(struct small_plan *s)
{
	struct name apex;

	for (unsigned i = 1 + random_below(ZONES_MAX - 1); i; i--) {
		unsigned above = random_below(world.apex_count + 1);
		const uint8_t *base = above < world.apex_count ? world.apexes[above].wire
		                      : random_below(8)        ? (const uint8_t *)"\1a"
		                                               : (const uint8_t *)"";
		random_name(&apex, base, 2);
		name_lower(&apex);
		if (apex.len < 200)
			add_zone(s, &apex);
	}
	if (world.apex_count == 0 || random_below(3) == 0) {
		name_copy(&apex, (const uint8_t *)"\00210\7in-addr\4arpa");
		add_zone(s, &apex);
	}
}

static void add_fact(
        unsigned zone, const uint8_t *owner, uint16_t type, const uint8_t *rdata, size_t n)
{
	struct random_record *f = &world.facts[world.fact_count++];

	assert_true(world.fact_count <= FACTS_MAX);
	f->zone = zone;
	name_copy(&f->owner, owner);
	f->type = type;
	f->ttl_s = 3600;
	if (n)
		memcpy(f->rdata, rdata, n);
	f->rdata_octets = n;
}

/* A host, unless a CNAME is where it would be. */
static void random_pair(struct small_plan *s)
{
	struct name name, owner;
	struct addr a;

	random_addr(&a);
	random_name(&name, world.facts[random_below((uint32_t)world.fact_count)].owner.wire, 1);
	name_lower(&name);
	assert_int_equal(name_from_addr(&owner, &a, 8U * a.len), OK);
	for (size_t i = 0; i < world.fact_count; i++)
		if (world.facts[i].type == RR_CNAME &&
		        (name_equal(world.facts[i].owner.wire, name.wire) ||
		                name_equal(world.facts[i].owner.wire, owner.wire)))
			return;
	small_plan_pair_wire(s, &a, name.wire, 3600, 0);
	if (zone_of(owner.wire) != ZONE_NONE)
		add_fact(zone_of(owner.wire), owner.wire, RR_PTR, name.wire, name.len);
	if (zone_of(name.wire) != ZONE_NONE)
		add_fact(zone_of(name.wire), name.wire, a.len == 4 ? RR_A : RR_AAAA, a.octets,
		        a.len);
}

static void add_ns_facts(unsigned zone, const uint8_t *owner)
{
	add_fact(zone, owner, RR_NS, (const uint8_t *)"\3ns1\4test", 10);
	add_fact(zone, owner, RR_NS, (const uint8_t *)"\3ns2\4test", 10);
}

static void make_world(void)
{
	struct small_plan s;

	small_plan_init(&s);
	world.apex_count = 0;
	random_zones(&s);
	world.fact_count = random_records(
	        world.facts, 1 + random_below(RECORDS_MAX), world.apexes, world.apex_count);
	for (size_t i = 0; i < world.fact_count; i++) {
		const struct random_record *f = &world.facts[i];
		small_plan_record_wire(
		        &s, f->owner.wire, f->type, f->ttl_s, f->rdata, f->rdata_octets);
	}
	for (unsigned i = world.fact_count ? random_below(PAIRS_MAX) : 0; i; i--)
		random_pair(&s);
	for (unsigned i = 0; i < world.apex_count; i++) {
		const uint8_t *apex = world.apexes[i].wire;
		unsigned outer = *apex ? zone_of(apex + 1 + *apex) : ZONE_NONE;
		add_fact(i, apex, RR_SOA, NULL, 0);
		add_ns_facts(i, apex);
		if (outer != ZONE_NONE)
			add_ns_facts(outer, apex);
	}
	world.oracle =
	        (struct oracle){world.apexes, world.apex_count, world.facts, world.fact_count};
	world.snapshot = small_plan_compile(&s, NULL, 1000);
	small_plan_free(&s);
}

/* The next record of a message. */
static size_t read_record(struct random_record *out, const uint8_t *m, size_t at)
{
	struct name name;

	at += message_read_name(&out->owner, m, at);
	name_lower(&out->owner);
	out->type = (uint16_t)message_get16(m + at);
	out->ttl_s = message_get16(m + at + 4) << 16 | message_get16(m + at + 6);
	size_t n = message_get16(m + at + 8), rdata = at + 10;
	size_t before = out->type == RR_MX ? 2 : 0;
	assert_true(out->type == RR_SOA || n <= RANDOM_RDATA_MAX);
	out->rdata_octets = out->type == RR_SOA ? 0 : n;
	memcpy(out->rdata, m + rdata, out->rdata_octets);
	if (rr_is_one_name(out->type) || out->type == RR_MX) {
		assert_int_equal(message_read_name(&name, m, rdata + before), n - before);
		name_lower(&name);
		memcpy(out->rdata + before, name.wire, name.len);
		out->rdata_octets = before + name.len;
	}
	return rdata + n;
}

static bool is_due(const struct due *due, const struct random_record *r)
{
	for (unsigned i = 0; i < due->count; i++)
		if (oracle_same(&due->answer[i], r))
			return due->answer[i].ttl_s == r->ttl_s;
	return false;
}

/* The records in the authority section are those of `due`: SOA, or the NS of the cut. */
static bool is_due_authority(const struct due *due, const struct random_record *r)
{
	if (due->soa_zone != ZONE_NONE)
		return r->type == RR_SOA && r->ttl_s == 300 &&
		       name_equal(r->owner.wire, world.apexes[due->soa_zone].wire);
	if (due->cut_zone == ZONE_NONE || r->type != RR_NS || !name_equal(r->owner.wire, due->cut))
		return false;
	for (size_t i = 0; i < world.fact_count; i++)
		if (oracle_is_at(&world.facts[i], due->cut_zone, due->cut, RR_NS) &&
		        oracle_same(&world.facts[i], r))
			return r->ttl_s ==
			       oracle_ttl(&world.oracle, due->cut_zone, due->cut, RR_NS);
	return false;
}

static unsigned count_authority(const struct due *due)
{
	unsigned count = 0;

	if (due->soa_zone != ZONE_NONE)
		return 1;
	for (size_t i = 0; due->cut_zone != ZONE_NONE && i < world.fact_count; i++) {
		bool seen = !oracle_is_at(&world.facts[i], due->cut_zone, due->cut, RR_NS);
		for (size_t k = 0; k < i && !seen; k++)
			seen = world.facts[k].zone == due->cut_zone &&
			       oracle_same(&world.facts[k], &world.facts[i]);
		count += !seen;
	}
	return count;
}

/* RFC 9471: every address of a name server at or below the cut is in the additional section. */
static bool has_glue(const struct due *due, const struct random_record *additional, unsigned count)
{
	for (size_t i = 0; due->cut_zone != ZONE_NONE && i < world.fact_count; i++) {
		const struct random_record *ns = &world.facts[i];
		if (!oracle_is_at(ns, due->cut_zone, due->cut, RR_NS) ||
		        !name_is_within(ns->rdata, due->cut, NULL))
			continue;
		for (size_t k = 0; k < world.fact_count; k++) {
			const struct random_record *f = &world.facts[k];
			bool is_there = (f->type != RR_A && f->type != RR_AAAA) ||
			                f->zone != zone_of(ns->rdata) ||
			                !name_equal(f->owner.wire, ns->rdata);
			for (unsigned l = 0; l < count && !is_there; l++)
				is_there = oracle_same(f, &additional[l]);
			if (!is_there)
				return false;
		}
	}
	return true;
}

static bool is_fact(const struct random_record *r)
{
	for (size_t i = 0; i < world.fact_count; i++)
		if (oracle_same(&world.facts[i], r))
			return true;
	return false;
}

/* The response is what is due, no record twice. */
static bool is_right(const uint8_t *m, const struct due *due)
{
	static struct random_record seen[ORACLE_ANSWER_MAX];
	unsigned counts[] = {message_get16(m + 6), message_get16(m + 8), message_get16(m + 10)};
	size_t at = 12U + due->links[0].len + 4;

	if ((m[3] & 15) != (int)due->rcode || !(m[2] & 4) == due->is_aa || (m[2] & 2) ||
	        counts[0] != due->count || counts[1] != count_authority(due) ||
	        counts[2] > ORACLE_ANSWER_MAX)
		return false;
	for (unsigned section = 0; section < 3; section++) {
		for (unsigned i = 0; i < counts[section]; i++) {
			struct random_record *r = &seen[i];
			at = read_record(r, m, at);
			if (section == 0 ? !is_due(due, r)
			        : section == 1
			                ? !is_due_authority(due, r)
			                : !is_fact(r) || (r->type != RR_A && r->type != RR_AAAA))
				return false;
			for (unsigned k = 0; section < 2 && k < i; k++)
				if (r->type != RR_SOA && oracle_same(&seen[k], r))
					return false;
		}
	}
	return has_glue(due, seen, counts[2]);
}

/* A name that is there, one above, beside or below it. */
static void random_qname(struct name *out)
{
	const uint8_t *wire = world.facts[random_below((uint32_t)world.fact_count)].owner.wire;

	switch (random_below(7)) {
	case 0:
		name_copy(out, wire);
		break;
	case 1:
		for (unsigned up = random_below(1 + name_count_labels(wire)); up; up--)
			wire += 1 + *wire;
		name_copy(out, wire);
		break;
	case 2:
		wire += *wire ? 1 + *wire : 0;
		random_name(out, wire, 2);
		break;
	case 3:
		wire += *wire ? 1 + *wire : 0;
		if (name_join(out, (const uint8_t *)"\1*", 2, wire) != OK)
			name_copy(out, wire);
		break;
	case 4: /* so long that a DNAME makes it too long */
		random_name(out, wire, 120);
		break;
	default:
		random_name(out, wire, 3);
		break;
	}
	for (unsigned i = 0; i < out->len; i++) /* 0x20: letters in any case, lengths untouched */
		if ((uint8_t)((out->wire[i] | 0x20) - 'a') < 26 && out->wire[i] > 63 &&
		        random_below(4) == 0)
			out->wire[i] ^= 0x20;
}

static uint16_t random_type(void)
{
	static const uint16_t types[] = {RR_A, RR_A, RR_AAAA, RR_TXT, RR_MX, RR_PTR, RR_NS,
	        RR_CNAME, RR_DNAME, RR_DS, RR_SOA, RR_SRV, 65280, 65281};

	return types[random_below(ARRAY_LENGTH(types))];
}

static void print_record(const struct random_record *r)
{
	char owner[NAME_TEXT_MAX], target[NAME_TEXT_MAX] = "", type[RR_TYPE_TEXT_MAX];

	name_to_text(owner, r->owner.wire);
	if (rr_is_one_name(r->type))
		name_to_text(target, r->rdata);
	print_message("    zone %u: %s %u %s %s\n", r->zone, owner, r->ttl_s,
	        rr_type_text(type, r->type), target);
}

/* What was asked, what is there and what is due: said before a claim fails. */
static void explain(
        const struct name *qname, uint16_t qtype, const struct due *due, const uint8_t *m)
{
	char text[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX];

	name_to_text(text, qname->wire);
	print_message("%s %s\n", text, rr_type_text(type, qtype));
	for (size_t i = 0; i < world.fact_count; i++)
		print_record(&world.facts[i]);
	print_message("due: rcode %u, aa %d, authority %u\n", due->rcode, due->is_aa,
	        count_authority(due));
	for (unsigned i = 0; i < due->count; i++)
		print_record(&due->answer[i]);
	print_message("is: %02x%02x, %u, %u, %u\n", m[2], m[3], message_get16(m + 6),
	        message_get16(m + 8), message_get16(m + 10));
}

/* How often each kind of answer was met: one that never comes is not tested. */
enum {
	MET_CUT,
	MET_LINKS,
	MET_ALL_LINKS,
	MET_YXDOMAIN,
	MET_NXDOMAIN,
	MET_NODATA,
	MET_GLUE,
	MET_COUNT
};

static void count_met(unsigned met[MET_COUNT], const struct due *due, const uint8_t *m)
{
	met[MET_CUT] += due->cut_zone != ZONE_NONE;
	met[MET_GLUE] += due->cut_zone != ZONE_NONE && message_get16(m + 10);
	met[MET_LINKS] += due->link_count > 2;
	met[MET_ALL_LINKS] += due->link_count > REPLY_LINKS_MAX;
	met[MET_YXDOMAIN] += due->rcode == RCODE_YXDOMAIN;
	met[MET_NXDOMAIN] += due->rcode == RCODE_NXDOMAIN;
	met[MET_NODATA] += due->rcode == RCODE_NOERROR && due->soa_zone != ZONE_NONE;
}

static void answers_are_those_of_the_rfcs(void **state)
{
	unsigned met[MET_COUNT] = {0};
	static uint8_t in[ANSWER_BATCH_MAX][300], out[ANSWER_BATCH_MAX][65535];
	static struct due due;
	struct query queries[ANSWER_BATCH_MAX];
	struct response responses[ANSWER_BATCH_MAX];
	struct name names[ANSWER_BATCH_MAX];
	uint16_t types[ANSWER_BATCH_MAX];
	const struct answer_config config = {.udp_size = 1232};
	(void)state;

	for (unsigned round = 0; round < ROUNDS; round++) {
		random_seed(round);
		make_world();
		for (unsigned left = QUERIES / ROUNDS, n; left; left -= n) {
			n = 1 + random_below(ANSWER_BATCH_MAX);
			n = n < left ? n : left;
			for (unsigned i = 0; i < n; i++) {
				random_qname(&names[i]);
				types[i] = random_type();
				queries[i] = (struct query){in[i],
				        (uint16_t)message_query_wire(
				                in[i], 0, names[i].wire, types[i]),
				        TRANSPORT_TCP};
				responses[i] =
				        (struct response){.octets = out[i], .capacity = 65535};
			}
			answer_batch(world.snapshot, &config, queries, responses, n);
			for (unsigned i = 0; i < n; i++) {
				oracle_ask(&due, &world.oracle, names[i].wire, types[i]);
				bool right = responses[i].len > 12 && is_right(out[i], &due);
				if (!right)
					explain(&names[i], types[i], &due, out[i]);
				assert_true(right);
				count_met(met, &due, out[i]);
			}
		}
		snapshot_unref(world.snapshot);
	}
	for (unsigned i = 0; i < MET_COUNT; i++)
		assert_true(met[i] > QUERIES / 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers_are_those_of_the_rfcs)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
