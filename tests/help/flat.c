/* SPDX-License-Identifier: ISC */
#include "tests/help/flat.h"

#include <stdlib.h>
#include <string.h>

#include "server/query.h"
#include "server/reply.h"
#include "tests/help/must.h"
#include "zone/rr.h"

#define TYPE_NONE 0

void flat_init(struct flat *f)
{
	memset(f, 0, sizeof *f);
	arena_init(&f->arena);
	f->mask = (1U << 19) - 1;
	f->nodes = calloc(f->mask + 1, sizeof *f->nodes);
	must(f->nodes != NULL, "memory");
}

void flat_free(struct flat *f)
{
	free(f->nodes);
	free(f->facts);
	arena_free(&f->arena);
}

unsigned flat_add_zone(struct flat *f, const uint8_t *apex, uint32_t negative_ttl_s)
{
	must(f->apex_count < FLAT_ZONES_MAX, "few zones");
	name_copy(&f->apexes[f->apex_count], apex);
	f->negative_ttls[f->apex_count] = negative_ttl_s;
	return f->apex_count++;
}

unsigned flat_zone_of(const struct flat *f, const uint8_t *name)
{
	return random_zone_of(f->apexes, f->apex_count, name);
}

static uint64_t hash_of(unsigned zone, const uint8_t *name, size_t n)
{
	uint64_t hash = 14695981039346656037U + zone; /* FNV-1a */

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ name[i]) * 1099511628211U;
	return hash ^ hash >> 32;
}

/* The node of a name, or the free one where it would be. */
static struct flat_node *find_node(
        const struct flat *f, unsigned zone, const uint8_t *name, uint64_t hash, size_t n)
{
	size_t at = hash & f->mask;

	while (f->nodes[at].name && (f->nodes[at].hash != hash || f->nodes[at].zone != zone ||
	                                    memcmp(f->nodes[at].name, name, n) != 0))
		at = (at + 1) & f->mask;
	return &f->nodes[at];
}

/* The name and all above it exist. Returns the node of the name itself. */
static struct flat_node *make_nodes(struct flat *f, unsigned zone, const uint8_t *name)
{
	struct flat_node *first = NULL;
	const uint8_t *copy = NULL;
	size_t n = name_length(name), apex_len = f->apexes[zone].len;

	must(f->node_count < f->mask / 2, "the table is large enough");
	for (size_t at = 0; n - at >= apex_len; at += 1U + name[at]) {
		uint64_t hash = hash_of(zone, name + at, n - at);
		struct flat_node *node = find_node(f, zone, name + at, hash, n - at);
		bool is_there = node->name != NULL;
		if (!is_there) {
			copy = copy ? copy : arena_copy(&f->arena, name, n);
			must(copy != NULL, "memory");
			*node = (struct flat_node){copy + at, hash, zone, NULL};
			f->node_count++;
		}
		first = first ? first : node;
		if (is_there || n - at == apex_len)
			break;
	}
	return first;
}

void flat_add(struct flat *f, unsigned zone, const uint8_t *owner, uint16_t type,
        const uint8_t *rdata, size_t n, uint32_t ttl_s)
{
	struct flat_node *node = make_nodes(f, zone, owner);

	if (type == TYPE_NONE)
		return;
	for (struct flat_fact *i = node->facts; i; i = i->next) {
		if (i->type != type || i->rdata_octets != n || memcmp(i->rdata, rdata, n) != 0)
			continue;
		i->ttl_s = i->ttl_s < ttl_s ? i->ttl_s : ttl_s;
		return;
	}
	struct flat_fact *fact = arena_alloc(&f->arena, sizeof *fact);
	const uint8_t *copy = arena_copy(&f->arena, n ? rdata : node->name, n ? n : 1);
	if (f->fact_count == f->fact_capacity) {
		f->fact_capacity = f->fact_capacity * 2 + 1024;
		f->facts = realloc(f->facts, f->fact_capacity * sizeof *f->facts);
	}
	must(fact && copy && f->facts, "memory");
	*fact = (struct flat_fact){node->facts, node->name, copy, ttl_s, type, (uint16_t)n, zone};
	node->facts = fact;
	f->facts[f->fact_count++] = fact;
}

/* What is at a name, by the table and by the rule. */
struct view {
	bool exists;
	const struct flat_fact *facts;
	struct flat_fact rule;
	uint8_t room[NAME_MAX_OCTETS];
};

static void look(struct view *v, const struct flat *f, unsigned zone, const uint8_t *name)
{
	size_t n = name_length(name);
	const struct flat_node *node = find_node(f, zone, name, hash_of(zone, name, n), n);
	enum flat_rule_found found = RULE_NOTHING;

	v->facts = node->facts;
	if (f->rule)
		found = f->rule(f->rule_context, zone, name, &v->rule, v->room);
	v->exists = node->name || found != RULE_NOTHING;
	if (found != RULE_FACT)
		return;
	v->rule.next = node->facts;
	v->facts = &v->rule;
}

static const struct flat_fact *fact_of(const struct view *v, uint16_t type)
{
	const struct flat_fact *i = v->facts;

	while (i && i->type != type)
		i = i->next;
	return i;
}

static uint32_t smallest_ttl(const struct view *v, uint16_t type)
{
	uint32_t ttl_s = UINT32_MAX;

	for (const struct flat_fact *i = v->facts; i; i = i->next)
		if (i->type == type && i->ttl_s < ttl_s)
			ttl_s = i->ttl_s;
	return ttl_s;
}

static unsigned copy_rrset(struct random_record *out, unsigned most, const struct view *v,
        const uint8_t *owner, uint16_t type)
{
	uint32_t ttl_s = smallest_ttl(v, type);
	unsigned count = 0;

	for (const struct flat_fact *i = v->facts; i; i = i->next) {
		if (i->type != type)
			continue;
		must(count < most, "room for the RRset");
		struct random_record *r = &out[count++];
		name_copy(&r->owner, owner);
		r->type = type;
		r->ttl_s = ttl_s;
		r->rdata_octets = i->rdata_octets;
		memcpy(r->rdata, i->rdata, i->rdata_octets);
	}
	return count;
}

unsigned flat_rrset(struct random_record *out, unsigned most, const struct flat *f, unsigned zone,
        const uint8_t *owner, uint16_t type)
{
	struct view v;

	look(&v, f, zone, owner);
	return copy_rrset(out, most, &v, owner, type);
}

/* Each record once: a chain may meet a DNAME again. False when there is no such RRset. */
static bool add_rrset(struct due *due, const struct view *v, const uint8_t *owner, uint16_t type)
{
	unsigned before = due->count;
	unsigned count =
	        copy_rrset(due->answer + before, ORACLE_ANSWER_MAX - before, v, owner, type);

	for (unsigned i = before; i < before + count; i++) {
		bool is_there = false;
		for (unsigned k = 0; k < before; k++)
			is_there |= oracle_same(&due->answer[k], &due->answer[i]);
		if (!is_there)
			due->answer[due->count++] = due->answer[i];
	}
	return count > 0;
}

enum step { STEP_CUT, STEP_DNAME, STEP_NODE, STEP_NOTHING };

/* RFC 1034 4.3.2 step 3, RFC 6672 3.2, RFC 4592 3.3.1. *at is where in the name it ended, *v what
 * is there: the cut, the DNAME, the name, or the wildcard in its place. */
static enum step match(const struct flat *f, struct view *v, size_t *at, unsigned zone,
        const uint8_t *name, uint16_t qtype)
{
	uint8_t offsets[NAME_MAX_LABELS + 1];
	unsigned labels = name_find_labels(offsets, name);
	unsigned depth = name_count_labels(f->apexes[zone].wire);
	struct name wildcard;

	for (unsigned d = depth;; d++) {
		*at = offsets[labels - d];
		look(v, f, zone, name + *at);
		if (!v->exists) {
			*at = offsets[labels - d + 1];
			if (name_join(&wildcard, (const uint8_t *)"\1*", 2, name + *at) != OK)
				return STEP_NOTHING;
			look(v, f, zone, wildcard.wire);
			return v->exists ? STEP_NODE : STEP_NOTHING;
		}
		if (d > depth && fact_of(v, RR_NS) && !(qtype == RR_DS && d == labels))
			return STEP_CUT;
		if (d == labels)
			return STEP_NODE;
		if (fact_of(v, RR_DNAME))
			return STEP_DNAME;
	}
}

/* RFC 4035 3.1.4.1: DS is asked of the parent, where that is ours. */
static unsigned start(const struct flat *f, const uint8_t *name, uint16_t qtype)
{
	unsigned zone = flat_zone_of(f, name), outer;
	struct view v;
	size_t at;

	if (zone == ZONE_NONE || qtype != RR_DS || !*name ||
	        !name_equal(f->apexes[zone].wire, name))
		return zone;
	outer = flat_zone_of(f, name + 1 + *name);
	if (outer == ZONE_NONE || match(f, &v, &at, outer, name, RR_DS) == STEP_CUT)
		return zone;
	return outer;
}

static void negative(struct due *due, unsigned zone, unsigned rcode)
{
	due->rcode = rcode;
	due->soa_zone = zone;
}

/* RFC 6672 2.2 and 3.2; `at` is the owner in the name. True when the chain goes on. */
static bool follow_dname(struct due *due, const struct view *v, const uint8_t *name, size_t at,
        uint16_t qtype, struct name *target)
{
	const struct flat_fact *dname = fact_of(v, RR_DNAME);
	struct random_record *cname;

	add_rrset(due, v, name + at, RR_DNAME);
	if (name_join(target, name, at, dname->rdata) != OK) {
		due->rcode = RCODE_YXDOMAIN;
		return false;
	}
	name_lower(target);
	must(due->count < ORACLE_ANSWER_MAX, "too much is due");
	cname = &due->answer[due->count++];
	name_copy(&cname->owner, name);
	cname->type = RR_CNAME;
	cname->ttl_s = dname->ttl_s;
	memcpy(cname->rdata, target->wire, target->len);
	cname->rdata_octets = target->len;
	/* see server/reply.c */
	return qtype != RR_CNAME && qtype != RR_ANY &&
	       !name_is_within(dname->rdata, name + at, NULL);
}

/* One link of the chain; true when `target` is to be asked next. */
static bool ask_one(const struct flat *f, struct due *due, unsigned zone, const uint8_t *name,
        uint16_t qtype, uint16_t any, struct name *target)
{
	struct view v;
	size_t at;
	enum step step = match(f, &v, &at, zone, name, qtype);

	if (step == STEP_CUT) {
		due->cut_zone = zone;
		due->cut = name + at;
		return false;
	}
	due->is_aa = true;
	if (step == STEP_NOTHING) {
		negative(due, zone, RCODE_NXDOMAIN);
		return false;
	}
	if (step == STEP_DNAME)
		return due->link_count <= REPLY_LINKS_MAX &&
		       follow_dname(due, &v, name, at, qtype, target);
	if (qtype == RR_ANY && v.facts)
		qtype = fact_of(&v, any) ? any : v.facts->type;
	if (add_rrset(due, &v, name, qtype))
		return false;
	const struct flat_fact *link = fact_of(&v, RR_CNAME);
	if (!link) {
		negative(due, zone, RCODE_NOERROR);
		return false;
	}
	if (due->link_count > REPLY_LINKS_MAX)
		return false;
	add_rrset(due, &v, name, RR_CNAME);
	name_copy(target, link->rdata);
	return true;
}

void flat_ask(
        struct due *due, const struct flat *f, const uint8_t *qname, uint16_t qtype, uint16_t any)
{
	struct name target, *first = &due->links[0];

	name_copy(first, qname);
	name_lower(first);
	unsigned zone = start(f, first->wire, qtype);
	due->rcode = zone == ZONE_NONE ? RCODE_REFUSED : RCODE_NOERROR;
	due->is_aa = false;
	due->count = 0;
	due->soa_zone = due->cut_zone = ZONE_NONE;
	due->link_count = 1;
	while (zone != ZONE_NONE &&
	        ask_one(f, due, zone, due->links[due->link_count - 1].wire, qtype, any, &target)) {
		for (unsigned i = 0; i < due->link_count; i++)
			if (name_equal(due->links[i].wire, target.wire))
				return;
		name_copy(&due->links[due->link_count++], target.wire);
		zone = start(f, target.wire, qtype);
	}
}
