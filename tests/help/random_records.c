/* SPDX-License-Identifier: ISC */
#include "tests/help/random_records.h"

#include <string.h>

#include "tests/help/random.h"
#include "zone/rr.h"

#define ARRAY_LENGTH(a) (sizeof(a) / sizeof(a)[0])

/* What is made so far. */
struct records {
	struct random_record *at;
	size_t count;
	const struct name *apexes;
	unsigned apex_count;
};

unsigned random_zone_of(const struct name *apexes, unsigned apex_count, const uint8_t *name)
{
	unsigned best = ZONE_NONE;

	for (unsigned i = 0; i < apex_count; i++)
		if (name_is_within(name, apexes[i].wire, NULL) &&
		        (best == ZONE_NONE || apexes[i].len > apexes[best].len))
			best = i;
	return best;
}

static bool is_wildcard(const uint8_t *name)
{
	return name[0] == 1 && name[1] == '*';
}

/* An apex, or an owner there is, or one above it. */
static const uint8_t *some_name(const struct records *r)
{
	if (r->count == 0 || random_below(5) == 0)
		return r->apexes[random_below(r->apex_count)].wire;
	const uint8_t *wire = r->at[random_below((uint32_t)r->count)].owner.wire;
	return random_below(3) == 0 && *wire ? wire + 1 + *wire : wire;
}

static void wildcard_at(struct name *out, const uint8_t *above)
{
	if (name_join(out, (const uint8_t *)"\1*", 2, above) != OK)
		name_copy(out, above);
}

/* At, below or beside a name there is; a wildcard now and then, or below one. */
static void random_owner(const struct records *r, struct name *out)
{
	const uint8_t *base = some_name(r);
	struct name wildcard;

	switch (random_below(6)) {
	case 0:
		name_copy(out, base);
		break;
	case 1:
		wildcard_at(out, base);
		break;
	case 2:
		wildcard_at(&wildcard, base);
		random_name(out, wildcard.wire, 2);
		break;
	default:
		random_name(out, base, 2);
		break;
	}
	name_lower(out);
}

/* Where a CNAME or DNAME leads, or an NS or MX. */
static void random_target(const struct records *r, struct name *out)
{
	if (random_below(12) == 0)
		name_copy(out, random_below(2) ? (const uint8_t *)"" : (const uint8_t *)"\4else");
	else if (random_below(3) == 0)
		random_name(out, some_name(r), 2);
	else
		name_copy(out, some_name(r));
	name_lower(out);
}

static bool is_possible(const struct records *r, const struct random_record *new)
{
	bool is_apex = name_equal(new->owner.wire, r->apexes[new->zone].wire);

	if (is_wildcard(new->owner.wire) && (new->type == RR_NS || new->type == RR_DNAME))
		return false;
	if (is_apex && new->type != RR_A &&new->type != RR_AAAA &&new->type != RR_TXT &&new->type !=
	                       RR_MX &&new->type != RR_DNAME)
		return false;
	for (unsigned i = 0; i < r->apex_count; i++)
		if (new->type != RR_DS &&
		        i != new->zone &&name_is_within(r->apexes[i].wire, new->owner.wire, NULL) &&
		        (new->type == RR_DNAME || name_equal(r->apexes[i].wire, new->owner.wire)))
			return false; /* a zone served below a DNAME */
	for (size_t i = 0; i < r->count; i++) {
		const struct random_record *old = &r->at[i];
		if (!name_equal(old->owner.wire, new->owner.wire))
			continue;
		if (old->type == RR_CNAME || new->type == RR_CNAME ||
		        (old->type == RR_DNAME && (new->type == RR_DNAME || new->type == RR_NS)) ||
		        (old->type == RR_NS && new->type == RR_DNAME))
			return false;
	}
	return true;
}

static void put_name(struct random_record *out, const struct name *name)
{
	memcpy(out->rdata + out->rdata_octets, name->wire, name->len);
	out->rdata_octets += name->len;
}

static void random_rdata(const struct records *r, struct random_record *out)
{
	struct name target;
	size_t n = out->type == RR_A ? 4 : out->type == RR_AAAA ? 16 : 1 + random_below(3);

	out->rdata_octets = 0;
	if (rr_is_one_name(out->type) || out->type == RR_MX) {
		random_target(r, &target);
		if (out->type == RR_MX)
			out->rdata[out->rdata_octets++] = 0, out->rdata[out->rdata_octets++] = 1;
		put_name(out, &target);
		return;
	}
	for (size_t i = 0; i < n; i++)
		out->rdata[i] = (uint8_t)random_below(4);
	if (out->type == RR_TXT) /* one string */
		out->rdata[0] = (uint8_t)(n - 1);
	out->rdata_octets = n;
}

/* The addresses of a name server, where they are ours. */
static void put_glue(struct records *r, size_t most, const struct random_record *ns)
{
	static const uint16_t types[] = {RR_A, RR_AAAA};

	for (unsigned i = 0; i < 2 && r->count < most; i++) {
		struct random_record *new = &r->at[r->count];
		name_copy(&new->owner, ns->rdata);
		new->zone = random_zone_of(r->apexes, r->apex_count, ns->rdata);
		new->type = types[i];
		new->ttl_s = 60;
		if (new->zone == ZONE_NONE || random_below(2) || !is_possible(r, new))
			continue;
		random_rdata(r, new);
		r->count++;
	}
}

size_t random_records(
        struct random_record *out, size_t most, const struct name *apexes, unsigned apex_count)
{
	static const uint16_t types[] = {RR_A, RR_AAAA, RR_TXT, RR_MX, RR_PTR, RR_NS, RR_CNAME,
	        RR_CNAME, RR_DNAME, RR_DS, RR_SRV, 65280};
	struct records r = {.at = out, .apexes = apexes, .apex_count = apex_count};

	for (size_t tries = most * 2; tries && r.count < most; tries--) {
		struct random_record *new = &out[r.count];
		random_owner(&r, &new->owner);
		new->type = types[random_below(ARRAY_LENGTH(types))];
		new->ttl_s = random_below(3) * 60;
		new->zone = random_zone_of(apexes, apex_count, new->owner.wire);
		if (new->zone == ZONE_NONE)
			continue;
		const uint8_t *apex = apexes[new->zone].wire;
		if (new->type == RR_DS && name_equal(apex, new->owner.wire) && *apex)
			new->zone = random_zone_of(apexes, apex_count, apex + 1 + *apex);
		if (new->zone == ZONE_NONE || !is_possible(&r, new))
			continue;
		random_rdata(&r, new);
		r.count++;
		if (new->type == RR_NS)
			put_glue(&r, most, new);
	}
	return r.count;
}
