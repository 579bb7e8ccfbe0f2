/* SPDX-License-Identifier: ISC */
#include "tests/help/answer_check.h"

#include <stdio.h>
#include <string.h>

#include "tests/help/message.h"
#include "tests/help/must.h"
#include "zone/rr.h"

size_t answer_read_record(struct random_record *out, const uint8_t *m, size_t at)
{
	struct name name;

	at += message_read_name(&out->owner, m, at);
	name_lower(&out->owner);
	out->type = (uint16_t)message_get16(m + at);
	out->ttl_s = message_get16(m + at + 4) << 16 | message_get16(m + at + 6);
	size_t n = message_get16(m + at + 8), rdata = at + 10;
	must(out->type == RR_SOA || n <= RANDOM_RDATA_MAX, "few octets");
	out->rdata_octets = out->type == RR_SOA ? 0 : n;
	memcpy(out->rdata, m + rdata, out->rdata_octets);
	if (rr_is_one_name(out->type)) {
		must(message_read_name(&name, m, rdata) == n, "rdata is a name");
		name_lower(&name);
		memcpy(out->rdata, name.wire, name.len);
		out->rdata_octets = name.len;
	}
	return rdata + n;
}

static bool is_among(const struct random_record *all, unsigned count, const struct random_record *r)
{
	for (unsigned i = 0; i < count; i++)
		if (oracle_same(&all[i], r))
			return all[i].ttl_s == r->ttl_s;
	return false;
}

/* Records of the zones that are served, as additional ones. */
static bool is_address_of_ours(const struct flat *f, const struct random_record *r)
{
	static struct random_record set[ORACLE_ANSWER_MAX];
	unsigned zone = flat_zone_of(f, r->owner.wire);

	if (zone == ZONE_NONE || (r->type != RR_A && r->type != RR_AAAA))
		return false;
	return is_among(
	        set, flat_rrset(set, ORACLE_ANSWER_MAX, f, zone, r->owner.wire, r->type), r);
}

/* RFC 9471 and more: every address that is served here of a name server is additional. */
static bool has_addresses(const struct flat *f, const struct random_record *ns, unsigned ns_count,
        const struct random_record *additional, unsigned count)
{
	static const uint16_t types[] = {RR_A, RR_AAAA};
	static struct random_record set[ORACLE_ANSWER_MAX];

	for (unsigned i = 0; i < ns_count; i++) {
		unsigned zone = ns[i].type == RR_NS ? flat_zone_of(f, ns[i].rdata) : ZONE_NONE;
		for (unsigned k = 0; k < 2 && zone != ZONE_NONE; k++) {
			unsigned n =
			        flat_rrset(set, ORACLE_ANSWER_MAX, f, zone, ns[i].rdata, types[k]);
			while (n)
				if (!is_among(additional, count, &set[--n]))
					return false;
		}
	}
	return true;
}

/* The authority section that is due. */
static unsigned due_authority(
        struct random_record *out, const struct flat *f, const struct due *due)
{
	if (due->cut_zone != ZONE_NONE)
		return flat_rrset(out, ORACLE_ANSWER_MAX, f, due->cut_zone, due->cut, RR_NS);
	if (due->soa_zone == ZONE_NONE)
		return 0;
	name_copy(&out->owner, f->apexes[due->soa_zone].wire);
	out->type = RR_SOA;
	out->ttl_s = f->negative_ttls[due->soa_zone];
	out->rdata_octets = 0;
	return 1;
}

/* The response is what is due, no record twice. */
bool answer_is_right(const uint8_t *m, const struct due *due, const struct flat *f)
{
	static struct random_record seen[3][ORACLE_ANSWER_MAX], authority[ORACLE_ANSWER_MAX];
	unsigned counts[] = {message_get16(m + 6), message_get16(m + 8), message_get16(m + 10)};
	unsigned authority_count = due_authority(authority, f, due);
	size_t at = 12U + due->links[0].len + 4;

	if ((m[3] & 15) != (int)due->rcode || !(m[2] & 4) == due->is_aa || (m[2] & 2) ||
	        counts[0] != due->count || counts[1] != authority_count ||
	        counts[2] > ORACLE_ANSWER_MAX)
		return false;
	for (unsigned section = 0; section < 3; section++) {
		for (unsigned i = 0; i < counts[section]; i++) {
			struct random_record *r = &seen[section][i];
			at = answer_read_record(r, m, at);
			if (section == 0       ? !is_among(due->answer, due->count, r)
			        : section == 1 ? !is_among(authority, authority_count, r)
			                       : !is_address_of_ours(f, r))
				return false;
			for (unsigned k = 0; k < i; k++)
				if (oracle_same(&seen[section][k], r))
					return false;
		}
	}
	unsigned qtype = message_get16(m + 12 + due->links[0].len); /* of ANY one RRset is all */
	return (qtype != RR_NS || has_addresses(f, seen[0], counts[0], seen[2], counts[2])) &&
	       has_addresses(f, seen[1], counts[1], seen[2], counts[2]);
}

static void print_record(const char *where, const struct random_record *r)
{
	char owner[NAME_TEXT_MAX], target[NAME_TEXT_MAX] = "", type[RR_TYPE_TEXT_MAX];

	name_to_text(owner, r->owner.wire);
	if (rr_is_one_name(r->type))
		name_to_text(target, r->rdata);
	for (size_t i = 0; !*target && i < r->rdata_octets; i++)
		printf("%s%02x", i ? "" : "    rdata ", r->rdata[i]);
	printf("    %s: %s %u %s %s\n", where, owner, r->ttl_s, rr_type_text(type, r->type),
	        target);
}

void answer_explain(const uint8_t *m, size_t len, const struct due *due, const struct flat *f)
{
	static struct random_record authority[ORACLE_ANSWER_MAX];
	static const char *const sections[] = {"answer", "authority", "additional"};
	size_t at = 12U + due->links[0].len + 4;

	printf("due: rcode %u, aa %d\n", due->rcode, due->is_aa);
	for (unsigned i = 0; i < due->count; i++)
		print_record("answer", &due->answer[i]);
	for (unsigned i = 0, n = due_authority(authority, f, due); i < n; i++)
		print_record("authority", &authority[i]);
	if (len < 12) {
		printf("is: nothing\n");
		return;
	}
	printf("is: rcode %u, aa %d, tc %d\n", m[3] & 15, !!(m[2] & 4), !!(m[2] & 2));
	for (unsigned section = 0; section < 3; section++) {
		for (unsigned n = message_get16(m + 6 + 2 * section); n; n--) {
			struct random_record r;
			at = answer_read_record(&r, m, at);
			print_record(sections[section], &r);
		}
	}
}
