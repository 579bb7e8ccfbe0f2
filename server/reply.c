/* SPDX-License-Identifier: ISC */
#include "server/reply.h"

/* The name that is looked for now, and the zone that holds it. */
struct stand {
	const struct image *image;
	const uint8_t *name, *at;
	unsigned labels;
	bool is_qname;
	uint8_t at_room[NAME_MAX_LABELS + 1];
};

uint32_t reply_judge_zone(const struct snapshot *snapshot, const struct trie_key *key,
        unsigned labels, uint16_t qtype, uint32_t nearest)
{
	uint32_t zone = zone_index_judge(&snapshot->index, key, nearest);

	if (zone != ZONE_NONE && qtype == RR_DS && snapshot->index.parents[zone] != ZONE_NONE &&
	        labels == snapshot->images[zone]->apex_labels)
		zone = snapshot->index.parents[zone];
	return zone;
}

uint32_t reply_find_zone(const struct snapshot *snapshot, const struct trie_key *key,
        unsigned labels, uint16_t qtype)
{
	const struct zone_index *index = &snapshot->index;

	if (index->count == 0)
		return ZONE_NONE;
	return reply_judge_zone(
	        snapshot, key, labels, qtype, index->nodes[trie_walk(index->nodes, key, 0)].ref);
}

/* The owner of a record, the last `labels` labels of the name. The qname is pointed to. */
static const uint8_t *owner_of(const struct stand *s, unsigned labels)
{
	return s->is_qname ? NULL : s->name + s->at[s->labels - labels];
}

/* Write an RRset; what does not fit is left out and TC is set. */
static bool put(struct reply *r, const struct stand *s, enum section section,
        const struct rrset *set, unsigned labels, uint32_t ttl_s)
{
	if (response_rrset(&r->writer, section, s->image, set, labels, owner_of(s, labels), ttl_s))
		return true;
	r->flags |= FLAG_TC;
	return false;
}

/* Write a record that is in no image at the name itself. */
static bool put_made(
        struct reply *r, const struct stand *s, uint16_t type, uint32_t ttl_s, const uint8_t *rdata)
{
	if (response_made(
	            &r->writer, ANSWER, s->labels, owner_of(s, s->labels), type, ttl_s, rdata))
		return true;
	r->flags |= FLAG_TC;
	return false;
}

/* RFC 2308 3 and 5. */
static void put_negative(struct reply *r, const struct stand *s, enum answer_kind kind)
{
	const struct image *image = s->image;
	struct rrset soa;

	r->kind = kind;
	if (kind == ANSWER_NXDOMAIN)
		r->rcode = RCODE_NXDOMAIN;
	if (s->is_qname) {
		if (!response_soa(&r->writer, image))
			r->flags |= FLAG_TC;
		return;
	}
	struct entry apex = image_entry(image, image->apex_leaf);
	if (image_find_rrset(&apex, RR_SOA, &soa))
		put(r, s, AUTHORITY, &soa, image->apex_labels, image->soa.ttl_s);
}

/* The address record that a range makes at a name, as an additional one. False when it did not fit.
 */
static bool put_made_address(
        struct reply *r, const struct image *image, const struct trie_key *key, const uint8_t *name)
{
	uint8_t at[NAME_MAX_LABELS + 1];
	struct lookup found;

	lookup_name(&found, image, key, name, at, name_find_labels(at, name));
	if (found.kind != LOOKUP_MADE || found.is_reverse || found.rule->kind != RULE_NAME)
		return true;
	return response_made(&r->writer, ADDITIONAL, 0, name,
	        found.rule->addr_len == 4 ? RR_A : RR_AAAA, found.rule->ttl_s, found.address);
}

/* The address records of a name in our zones, glue or not, as additional ones. False when some did
 * not fit. */
static bool put_addresses(struct reply *r, const uint8_t *name)
{
	static const uint16_t types[] = {RR_A, RR_AAAA};
	struct trie_key key;
	struct entry entry;
	struct rrset set;
	bool all = true;

	trie_key_from_name(&key, name);
	uint32_t zone = zone_index_find(&r->snapshot->index, &key);
	if (zone == ZONE_NONE)
		return true;
	const struct image *image = r->snapshot->images[zone];
	bool is_there = lookup_exact(&entry, image, &key, name);
	for (unsigned i = 0; i < 2 && is_there; i++)
		if (image_find_rrset(&entry, types[i], &set) &&
		        !response_rrset(&r->writer, ADDITIONAL, image, &set, 0, name, set.ttl_s))
			all = false;
	if (image->has_patterns && !put_made_address(r, image, &key, name))
		all = false;
	return all;
}

/* The addresses of those of an NS RRset's name servers that lie at or below `cut`, or of those that
 * do not. False when some did not fit. */
static bool put_ns_addresses(struct reply *r, const struct image *image, const struct rrset *ns,
        const uint8_t *cut, bool is_below)
{
	const uint8_t *record = ns->records;
	uint8_t name[NAME_MAX_OCTETS];
	bool all = true;

	for (unsigned i = 0; i < ns->count; i++) {
		image_rdata(image, RR_NS, record, name);
		if (name_is_within(name, cut, NULL) == is_below && !put_addresses(r, name))
			all = false;
		record += image_record_size(RR_NS, record);
	}
	return all;
}

static void put_referral(struct reply *r, const struct stand *s, const struct lookup *found)
{
	const uint8_t *cut = s->name + s->at[s->labels - found->owner_labels];
	struct rrset ns;

	r->kind = ANSWER_REFERRAL;
	if (!image_find_rrset(&found->entry, RR_NS, &ns) ||
	        !put(r, s, AUTHORITY, &ns, found->owner_labels, ns.ttl_s))
		return;
	/* Those below the cut are needed to get there, so they come first: RFC 9471 3.1. */
	if (!put_ns_addresses(r, s->image, &ns, cut, true))
		r->flags |= FLAG_TC;
	(void)put_ns_addresses(r, s->image, &ns, cut, false);
}

/* True when the chain was here before. */
static bool is_circle(const struct reply *r, const struct stand *s, const struct name *target)
{
	const uint8_t *qname = r->writer.request->qname;

	if (s->is_qname)
		return name_equal(target->wire, qname);
	for (unsigned i = 0; i < r->link_count; i++)
		if (name_equal(target->wire, r->links[i].wire))
			return true;
	return name_equal(target->wire, qname);
}

/* Go on with another name. False where the chain ends. */
static bool go_on(struct reply *r, struct stand *s, const struct name *target)
{
	struct trie_key key;

	if (is_circle(r, s, target))
		return false;
	struct name *link = &r->links[r->link_count++];
	name_copy(link, target->wire);
	s->labels = name_find_labels(s->at_room, link->wire);
	trie_key_from_found(&key, link->wire, s->at_room, s->labels);
	uint32_t zone = reply_find_zone(r->snapshot, &key, s->labels, r->qtype);
	if (zone == ZONE_NONE)
		return false;
	s->image = r->snapshot->images[zone];
	s->name = link->wire;
	s->at = s->at_room;
	s->is_qname = false;
	return true;
}

/* RFC 1034 3.6.2. */
static bool follow_cname(struct reply *r, struct stand *s, const struct rrset *cname)
{
	struct name target;

	r->kind = ANSWER_POSITIVE;
	if (r->link_count == REPLY_LINKS_MAX || !put(r, s, ANSWER, cname, s->labels, cname->ttl_s))
		return false;
	target.len = (uint8_t)image_rdata(s->image, RR_CNAME, cname->records, target.wire);
	return go_on(r, s, &target);
}

static bool is_written(const struct reply *r, const struct rrset *dname)
{
	for (unsigned i = 0; i < r->dname_count; i++)
		if (r->dnames[i] == dname->records)
			return true;
	return false;
}

/* Write a DNAME, once however often the chain meets it. */
static bool put_dname(
        struct reply *r, const struct stand *s, const struct rrset *dname, unsigned owner_labels)
{
	if (is_written(r, dname))
		return true;
	r->dnames[r->dname_count++] = dname->records;
	return put(r, s, ANSWER, dname, owner_labels, dname->ttl_s);
}

/* RFC 6672 3.2. A DNAME that leads below itself would go on for ever and ends at once. */
static bool follow_dname(struct reply *r, struct stand *s, const struct lookup *found)
{
	struct rrset dname;
	struct name target, made;

	r->kind = ANSWER_POSITIVE;
	if (r->link_count == REPLY_LINKS_MAX ||
	        !image_find_rrset(&found->entry, RR_DNAME, &dname) ||
	        !put_dname(r, s, &dname, found->owner_labels))
		return false;
	unsigned owner_at = s->at[s->labels - found->owner_labels];
	image_rdata(s->image, RR_DNAME, dname.records, target.wire);
	if (name_join(&made, s->name, owner_at, target.wire) != OK) {
		r->rcode = RCODE_YXDOMAIN;
		return false;
	}
	if (!put_made(r, s, RR_CNAME, dname.ttl_s, made.wire))
		return false;
	/* the CNAME made is what was asked for: BIND, NSD and Knot end here, too */
	if (r->qtype == RR_CNAME || r->qtype == RR_ANY ||
	        name_is_within(target.wire, s->name + owner_at, NULL))
		return false;
	return go_on(r, s, &made);
}

/* What an owner has of the type asked for. ANY gets one RRset, nothing beside it: RFC 8482 4.1. */
static inline bool put_owner(struct reply *r, struct stand *s, const struct entry *entry)
{
	struct rrset set;

	if (r->qtype == RR_ANY) {
		set = image_rrset(entry, 0);
	} else if (!image_find_rrset(entry, r->qtype, &set)) {
		if (image_find_rrset(entry, RR_CNAME, &set))
			return follow_cname(r, s, &set);
		put_negative(r, s, ANSWER_NODATA);
		return false;
	}
	r->kind = ANSWER_POSITIVE;
	if (r->qtype == RR_DNAME && is_written(r, &set))
		return false; /* its own name is where it led */
	if (put(r, s, ANSWER, &set, s->labels, set.ttl_s) && r->qtype == RR_NS) {
		(void)put_ns_addresses(r, s->image, &set, s->name, true);
		(void)put_ns_addresses(r, s->image, &set, s->name, false);
	}
	return false;
}

/* The record that a rule makes at the name. */
static bool put_rule(struct reply *r, struct stand *s, const struct lookup *found)
{
	const struct image_rule *rule = found->rule;
	bool is_any = r->qtype == RR_ANY;
	struct name made;

	if (rule->kind == RULE_CNAME || found->is_reverse)
		image_made_name(&made, s->image, rule, found->address);
	if (rule->kind == RULE_CNAME) {
		r->kind = ANSWER_POSITIVE;
		if (r->link_count == REPLY_LINKS_MAX && r->qtype != RR_CNAME && !is_any)
			return false;
		return put_made(r, s, RR_CNAME, rule->ttl_s, made.wire) && r->qtype != RR_CNAME &&
		       !is_any && go_on(r, s, &made);
	}
	uint16_t type = found->is_reverse ? RR_PTR : rule->addr_len == 4 ? RR_A : RR_AAAA;
	if (r->qtype != type && !is_any) {
		put_negative(r, s, ANSWER_NODATA);
		return false;
	}
	r->kind = ANSWER_POSITIVE;
	(void)put_made(r, s, type, rule->ttl_s, found->is_reverse ? made.wire : found->address);
	return false;
}

/* Nothing is at or below the name; but a wildcard may be beside it. */
static bool put_nothing(struct reply *r, struct stand *s, const struct lookup *found)
{
	struct lookup wildcard;

	if (!lookup_wildcard(
	            &wildcard, s->image, s->name, s->at, s->labels, found->shared_labels)) {
		put_negative(r, s, ANSWER_NXDOMAIN);
		return false;
	}
	if (wildcard.kind != LOOKUP_NON_TERMINAL)
		return put_owner(r, s, &wildcard.entry);
	put_negative(r, s, ANSWER_NODATA);
	return false;
}

/* The DS of a zone that is served here but whose parent is not: the zone above that one only knows
 * the way to the parent, so the zone itself says that it has none (RFC 4035 3.1.4.1). */
static void stay_in_zone(struct reply *r, struct stand *s, struct lookup *found)
{
	struct trie_key key;

	trie_key_from_name(&key, s->name);
	uint32_t zone = zone_index_find(&r->snapshot->index, &key);
	if (r->snapshot->images[zone]->apex_labels != s->labels)
		return;
	s->image = r->snapshot->images[zone];
	lookup_name(found, s->image, &key, s->name, s->at, s->labels);
}

/* One link; true when the chain goes on. */
static inline bool put_found(struct reply *r, struct stand *s, struct lookup *found)
{
	/* The cut's own owner belongs to the parent for DS alone: RFC 4035 3.1.4.1. */
	if (found->kind == LOOKUP_CUT && r->qtype == RR_DS) {
		if (found->owner_labels == s->labels)
			found->kind = LOOKUP_OWNER;
		else
			stay_in_zone(r, s, found);
	}
	/* AA speaks of the first name: RFC 1034 4.1.1. */
	if (found->kind != LOOKUP_CUT)
		r->flags |= FLAG_AA;
	switch (found->kind) {
	case LOOKUP_OWNER:
		return put_owner(r, s, &found->entry);
	case LOOKUP_MADE:
		return put_rule(r, s, found);
	case LOOKUP_DNAME:
		return follow_dname(r, s, found);
	case LOOKUP_NOTHING:
		return put_nothing(r, s, found);
	case LOOKUP_NON_TERMINAL:
		put_negative(r, s, ANSWER_NODATA);
		return false;
	case LOOKUP_CUT:
		put_referral(r, s, found);
		return false;
	}
	return false;
}

/* The links behind the first. */
static void put_links(struct reply *r, struct stand *s, struct lookup *found)
{
	struct trie_key key;

	do {
		trie_key_from_found(&key, s->name, s->at, s->labels);
		lookup_name(found, s->image, &key, s->name, s->at, s->labels);
	} while (put_found(r, s, found));
}

void reply_from_zone(struct reply *r, const struct sought *sought, struct lookup *found)
{
	struct stand s;

	s.image = sought->image;
	s.name = sought->qname;
	s.at = sought->at;
	s.labels = sought->labels;
	s.is_qname = true;
	if (put_found(r, &s, found))
		put_links(r, &s, found);
}
