/* SPDX-License-Identifier: ISC */
#include "tests/help/oracle.h"

#include <string.h>

#include "server/query.h"
#include "server/reply.h"
#include "tests/help/must.h"
#include "zone/rr.h"

bool oracle_is_at(const struct random_record *f, unsigned zone, const uint8_t *owner, uint16_t type)
{
	return f->zone == zone && f->type == type && name_equal(f->owner.wire, owner);
}

static const struct random_record *find(
        const struct oracle *o, unsigned zone, const uint8_t *owner, uint16_t type)
{
	for (size_t i = 0; i < o->fact_count; i++)
		if (oracle_is_at(&o->facts[i], zone, owner, type))
			return &o->facts[i];
	return NULL;
}

static bool exists(const struct oracle *o, unsigned zone, const uint8_t *name)
{
	for (size_t i = 0; i < o->fact_count; i++)
		if (o->facts[i].zone == zone && name_is_within(o->facts[i].owner.wire, name, NULL))
			return true;
	return false;
}

uint32_t oracle_ttl(const struct oracle *o, unsigned zone, const uint8_t *owner, uint16_t type)
{
	uint32_t ttl_s = UINT32_MAX;

	for (size_t i = 0; i < o->fact_count; i++)
		if (oracle_is_at(&o->facts[i], zone, owner, type) && o->facts[i].ttl_s < ttl_s)
			ttl_s = o->facts[i].ttl_s;
	return ttl_s;
}

bool oracle_same(const struct random_record *a, const struct random_record *b)
{
	return a->type == b->type && name_equal(a->owner.wire, b->owner.wire) &&
	       a->rdata_octets == b->rdata_octets &&
	       memcmp(a->rdata, b->rdata, a->rdata_octets) == 0;
}

/* Each record once. */
static void add_due(struct due *due, const struct random_record *record)
{
	for (unsigned i = 0; i < due->count; i++)
		if (oracle_same(&due->answer[i], record))
			return;
	must(due->count < ORACLE_ANSWER_MAX, "too much is due");
	due->answer[due->count++] = *record;
}

/* The RRset at `source`, in the name of `owner`. False when there is none. */
static bool add_rrset(const struct oracle *o, struct due *due, unsigned zone, const uint8_t *source,
        uint16_t type, const uint8_t *owner)
{
	bool any = false;

	for (size_t i = 0; i < o->fact_count; i++) {
		if (!oracle_is_at(&o->facts[i], zone, source, type))
			continue;
		struct random_record r = o->facts[i];
		name_copy(&r.owner, owner);
		r.ttl_s = oracle_ttl(o, zone, source, type);
		add_due(due, &r);
		any = true;
	}
	return any;
}

enum step { STEP_CUT, STEP_DNAME, STEP_NODE, STEP_NOTHING };

/* RFC 1034 4.3.2 step 3, RFC 6672 3.2, RFC 4592 3.3.1. *node is where it ended: the cut, the DNAME,
 * the name, or the wildcard in its place. */
static enum step match(const struct oracle *o, struct name *node, unsigned zone,
        const uint8_t *name, uint16_t qtype)
{
	uint8_t at[NAME_MAX_LABELS + 1];
	unsigned labels = name_find_labels(at, name);
	unsigned depth = name_count_labels(o->apexes[zone].wire);

	for (unsigned d = depth; d <= labels; d++) {
		const uint8_t *here = name + at[labels - d];
		name_copy(node, here);
		if (d > depth && find(o, zone, here, RR_NS) && !(qtype == RR_DS && d == labels))
			return STEP_CUT;
		if (d == labels)
			return STEP_NODE;
		if (find(o, zone, here, RR_DNAME))
			return STEP_DNAME;
		if (!exists(o, zone, name + at[labels - d - 1])) {
			if (name_join(node, (const uint8_t *)"\1*", 2, here) == OK &&
			        exists(o, zone, node->wire))
				return STEP_NODE;
			return STEP_NOTHING;
		}
	}
	return STEP_NOTHING;
}

/* RFC 4035 3.1.4.1: DS is asked of the parent, where that is ours. */
static unsigned start(const struct oracle *o, const uint8_t *name, uint16_t qtype)
{
	unsigned zone = random_zone_of(o->apexes, o->apex_count, name), outer;
	struct name node;

	if (zone == ZONE_NONE || qtype != RR_DS || !*name ||
	        !name_equal(o->apexes[zone].wire, name))
		return zone;
	outer = random_zone_of(o->apexes, o->apex_count, name + 1 + *name);
	if (outer == ZONE_NONE)
		return zone;
	if (match(o, &node, outer, name, RR_DS) == STEP_CUT)
		return zone;
	return outer;
}

static void negative(struct due *due, unsigned zone, unsigned rcode)
{
	due->rcode = rcode;
	due->soa_zone = zone;
}

/* RFC 6672 2.2. False when the name would be too long. */
static bool substitute(struct name *out, const uint8_t *name, const struct random_record *dname)
{
	size_t before = name_length(name) - dname->owner.len;

	if (name_join(out, name, before, dname->rdata) != OK)
		return false;
	name_lower(out);
	return true;
}

/* One link of the chain; true when `target` is to be asked next. */
static bool ask_one(const struct oracle *o, struct due *due, unsigned zone, const uint8_t *name,
        uint16_t qtype, struct name *target)
{
	struct name node;
	enum step step = match(o, &node, zone, name, qtype);

	if (step == STEP_CUT) {
		due->cut_zone = zone;
		due->cut = name + name_length(name) - node.len;
		return false;
	}
	due->is_aa = true;
	if (step == STEP_NOTHING) {
		negative(due, zone, RCODE_NXDOMAIN);
		return false;
	}
	if (step == STEP_NODE && add_rrset(o, due, zone, node.wire, qtype, name))
		return false;
	uint16_t type = step == STEP_DNAME ? RR_DNAME : RR_CNAME;
	const struct random_record *link = find(o, zone, node.wire, type);
	if (!link) {
		negative(due, zone, RCODE_NOERROR);
		return false;
	}
	if (due->link_count > REPLY_LINKS_MAX)
		return false;
	add_rrset(o, due, zone, node.wire, type, step == STEP_DNAME ? node.wire : name);
	if (step != STEP_DNAME) {
		name_copy(target, link->rdata);
		return true;
	}
	if (!substitute(target, name, link)) {
		due->rcode = RCODE_YXDOMAIN;
		return false;
	}
	struct random_record cname = {.type = RR_CNAME, .ttl_s = link->ttl_s};
	name_copy(&cname.owner, name);
	memcpy(cname.rdata, target->wire, target->len);
	cname.rdata_octets = target->len;
	add_due(due, &cname);
	/* see server/reply.c */
	return qtype != RR_CNAME && !name_is_within(link->rdata, link->owner.wire, NULL);
}

void oracle_ask(struct due *due, const struct oracle *o, const uint8_t *qname, uint16_t qtype)
{
	unsigned zone = start(o, qname, qtype);
	struct name target;

	due->rcode = zone == ZONE_NONE ? RCODE_REFUSED : RCODE_NOERROR;
	due->is_aa = false;
	due->count = 0;
	due->soa_zone = due->cut_zone = ZONE_NONE;
	name_copy(&due->links[0], qname);
	due->link_count = 1;
	while (zone != ZONE_NONE &&
	        ask_one(o, due, zone, due->links[due->link_count - 1].wire, qtype, &target)) {
		for (unsigned i = 0; i < due->link_count; i++)
			if (name_equal(due->links[i].wire, target.wire))
				return;
		name_copy(&due->links[due->link_count++], target.wire);
		zone = start(o, target.wire, qtype);
	}
}
