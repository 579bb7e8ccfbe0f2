/* SPDX-License-Identifier: ISC */
/* The hosts, and the operator's own records. */
#include <stdio.h>
#include <string.h>

#include "tests/help/must.h"
#include "tests/help/range_draw.h"
#include "zone/rr.h"

static bool has_host(const struct draw *d, uint8_t len, unsigned __int128 address)
{
	for (unsigned i = 0; i < d->m->host_count; i++)
		if (d->m->hosts[i].len == len && d->m->hosts[i].address == address)
			return true;
	return false;
}

static bool is_external(const struct draw *d, const char *owner)
{
	for (unsigned i = 0; i < d->owner_count; i++)
		if (strcmp(d->owners[i].name, owner) == 0)
			return d->owners[i].is_external;
	return false;
}

/* True when two customers' ranges hang there. */
static bool is_shared(const struct draw *d, const char *owner)
{
	for (unsigned i = 0; i < d->owner_count; i++)
		if (strcmp(d->owners[i].name, owner) == 0)
			return (d->owners[i].customers & (d->owners[i].customers - 1)) != 0;
	return false;
}

/* The name that a range gives an address, "before" before it. */
static void range_name(char out[MODEL_NAME_MAX], const char *before, const struct model_range *r,
        unsigned __int128 address)
{
	char label[MODEL_LABEL_MAX];

	model_label(label, r, address);
	draw_name(out, "%s%s.%s", before, label, r->owner);
}

/* The name of a range around the host: the pair says what the range would. */
static bool draw_own_name(const struct draw *d, const struct model_host *h, char *out)
{
	for (unsigned tries = 20; tries; tries--) {
		const struct model_range *r = draw_range(d);
		if (!r || !block_has(&r->block, h->len, h->address) ||
		        (r->customer != h->customer && !is_external(d, r->owner)))
			continue;
		range_name(out, "", r, h->address);
		return true;
	}
	return false;
}

/* Almost the name of a range, or below one. */
static bool draw_near_name(const struct draw *d, const struct model_host *h, char *out)
{
	const struct model_range *r = draw_range(d);
	char label[MODEL_LABEL_MAX];

	if (!r || r->customer != h->customer)
		return false;
	unsigned __int128 address = draw_address(&r->block);
	const char *brace = strchr(r->shape, '{');
	if (one_in(2) || brace == r->shape || !strchr("abcdn", brace[1])) {
		range_name(out, one_in(2) ? "www." : "x.y.", r, address);
		return true;
	}
	unsigned before = (unsigned)(brace - r->shape);
	model_label(label, r, address);
	draw_name(out, "%.*s0%s.%s", (int)before, label, label + before, r->owner);
	return true;
}

/* True when another range of the file that hangs there spells addresses as this one does, and has
 * the address. */
static bool is_given(const struct draw *d, const struct model_range *r, unsigned __int128 address)
{
	for (unsigned i = 0; i < d->m->range_count; i++) {
		const struct model_range *other = &d->m->ranges[i];
		if (other != r && strcmp(other->owner, r->owner) == 0 &&
		        strcmp(other->shape, r->shape) == 0 &&
		        block_has(&other->block, r->block.len, address))
			return true;
	}
	return false;
}

/* The label that a range of the same file would give an address that it does not have: a
 * smaller range has it, or a hole, or it is delegated. */
static bool draw_lost_name(const struct draw *d, struct model_host *h, char *out)
{
	const struct model_range *r = draw_range(d);

	if (!r || r->customer != h->customer || is_shared(d, r->owner))
		return false;
	unsigned __int128 address = draw_address(&r->block);
	bool is_made = true;
	for (unsigned i = 0; i < d->m->range_count && is_made; i++) {
		const struct model_range *other = &d->m->ranges[i];
		is_made = other->customer != r->customer ||
		          !block_has(&other->block, r->block.len, address) ||
		          other->block.last - other->block.first >= r->block.last - r->block.first;
	}
	for (unsigned i = 0; i < d->m->delegation_count; i++)
		is_made &= d->m->delegations[i].customer != r->customer ||
		           d->m->delegations[i].is_served ||
		           !block_has(&d->m->delegations[i].block, r->block.len, address);
	if (is_made || is_given(d, r, address))
		return false;
	range_name(out, "", r, address);
	if (strcspn(out, ".") > LABEL_MAX_OCTETS)
		return false;
	h->has_lost_name = true;
	return true;
}

static bool draw_host_name(struct draw *d, struct model_host *h, char *out)
{
	const struct model_customer *c = &d->m->customers[h->customer];
	const char *domain = c->domains[random_below(c->domain_count)];

	switch (random_below(10)) {
	case 7:
		return draw_lost_name(d, h, out);
	case 0:
		draw_name(out, "srv%u.x.y.%s", d->serial++, domain);
		return true;
	case 1:
		draw_name(out, "srv%u.elsewhere.test", d->serial++);
		return true;
	case 2:
	case 3:
		return draw_own_name(d, h, out);
	case 4:
		return draw_near_name(d, h, out);
	case 5:
		if (d->m->host_count == 0 || d->m->hosts[d->m->host_count - 1].forward_no ||
		        d->m->hosts[d->m->host_count - 1].customer != h->customer)
			return false;
		draw_name(out, "%s", d->m->hosts[d->m->host_count - 1].names[0]);
		return strstr(out, "srv") != NULL;
	case 6:
		draw_name(out, "srv.%s%s", one_in(2) ? "pool." : "", domain);
		return strcmp(domain, "s.f1.example") != 0;
	default:
		draw_name(out, "srv%u.%s", d->serial++, domain);
		return true;
	}
}

static void draw_names(struct draw *d, struct model_host *h)
{
	unsigned most = one_in(5) ? 1 + random_below(MODEL_NAMES_MAX) : 1;

	if (one_in(8)) { /* the PTR alone may have any name */
		const struct model_range *r = draw_range(d);
		h->forward_no = true;
		h->name_count = 1;
		if (r && one_in(2))
			range_name(h->names[0], "", r, r->block.first);
		else
			draw_name(h->names[0], "mail.f0.example");
		return;
	}
	while (h->name_count < most) {
		char *name = h->names[h->name_count];
		bool is_there = !draw_host_name(d, h, name);
		for (unsigned i = 0; i < h->name_count; i++)
			is_there |= strcmp(h->names[i], name) == 0;
		h->name_count += !is_there;
	}
}

void draw_hosts(struct draw *d)
{
	for (unsigned i = 0; i < d->m->customer_count; i++) {
		const struct model_customer *c = &d->m->customers[i];
		for (unsigned n = 5 + random_below(50); n; n--) {
			struct model_host *h = &d->m->hosts[d->m->host_count];
			const struct model_range *r = draw_range(d);
			const struct model_block *b = &c->blocks[random_below(c->block_count)];
			if (r && r->customer == i && one_in(2))
				b = &r->block;
			*h = (struct model_host){.customer = i,
			        .address = draw_address(b),
			        .len = b->len,
			        .ttl_s = draw_own_ttl()};
			if (draw_customer_of(d, h->len, h->address) != i ||
			        has_host(d, h->len, h->address))
				continue;
			draw_names(d, h);
			d->m->host_count++;
		}
	}
}

/* The zone with the longest name above. */
static int zone_of(const struct draw *d, const char *name)
{
	size_t n = strlen(name), longest = 0;
	int best = -1;

	for (unsigned i = 0; i < d->m->zone_count; i++) {
		const char *apex = d->m->zones[i].name;
		size_t k = strlen(apex);
		if (k > n || k < longest || strcmp(name + n - k, apex) != 0 ||
		        (k < n && name[n - k - 1] != '.'))
			continue;
		longest = k;
		best = (int)i;
	}
	return best;
}

/* Left out when no zone holds the owner. */
static void add_record(struct draw *d, const char *owner, uint16_t type, const char *rdata)
{
	int zone = zone_of(d, owner);

	if (zone < 0)
		return;
	struct model_record *r = &d->m->records[d->m->record_count++];
	must(d->m->record_count <= MODEL_RECORDS_MAX, "few records");
	*r = (struct model_record){.zone = (unsigned)zone, .type = type, .ttl_s = draw_ttl()};
	draw_name(r->owner, "%s", owner);
	draw_name(r->rdata, "%s", rdata);
}

/* Somewhere that a CNAME may lead. */
static void draw_target(const struct draw *d, char out[MODEL_NAME_MAX])
{
	const struct model_range *r = draw_range(d);

	draw_name(out, "nowhere.f0.example");
	if (r && one_in(2))
		range_name(out, "", r, draw_address(&r->block));
	else if (one_in(2))
		model_reverse_name(out, draw_address(&d->m->customers[0].blocks[0]), 4, 32);
	else if (d->m->host_count)
		draw_name(out, "%s", d->m->hosts[random_below(d->m->host_count)].names[0]);
}

static void add_wildcard(struct draw *d, const char *above)
{
	char name[MODEL_NAME_MAX], target[MODEL_NAME_MAX];

	draw_name(name, "*.%s", above);
	draw_target(d, target);
	switch (random_below(4)) {
	case 0:
		add_record(d, name, RR_CNAME, target);
		break;
	case 1:
		add_record(d, name, RR_A, "192.0.2.99");
		add_record(d, name, RR_PTR, "wild.test");
		break;
	default:
		add_record(d, name, RR_TXT, "wild");
		break;
	}
}

/* At, beside, above and below the names of ranges. */
static void draw_forward_records(struct draw *d)
{
	char name[MODEL_NAME_MAX];

	for (unsigned i = 0; i < d->owner_count; i++) {
		const struct draw_owner *o = &d->owners[i];
		if (o->is_external || strncmp(o->name, "sub.", 4) == 0)
			continue;
		if (one_in(3))
			add_wildcard(d, o->name);
		if (one_in(4))
			add_record(d, o->name, RR_TXT, "owner");
		draw_name(name, "p.%s", o->name);
		if (one_in(4))
			add_record(d, name, RR_AAAA, "2001:db8:ffff::1");
	}
	for (unsigned i = random_below(12); i; i--) {
		const struct model_range *r = draw_range(d);
		if (!r || is_external(d, r->owner))
			continue;
		range_name(name, "below.", r, draw_address(&r->block));
		if (one_in(3))
			add_wildcard(d, strchr(name, '.') + 1);
		else
			add_record(d, name, RR_TXT, "below");
	}
}

static void draw_zone_records(struct draw *d)
{
	char name[MODEL_NAME_MAX], target[MODEL_NAME_MAX];

	for (unsigned i = 0; i < d->m->zone_count; i++) {
		const struct model_zone *z = &d->m->zones[i];
		if (z->is_reverse)
			continue;
		for (unsigned n = random_below(4); n; n--) {
			draw_name(name, "link%u.%s", n, z->name);
			draw_target(d, target);
			add_record(d, name, RR_CNAME, target);
		}
		if (one_in(2)) {
			draw_name(name, "lead.%s", z->name);
			add_record(d, name, RR_DNAME,
			        one_in(3) ? d->m->zones[0].name
			                  : d->owners[random_below(d->owner_count)].name);
		}
		if (one_in(2)) {
			draw_name(name, "cut.%s", z->name);
			draw_name(target, "ns.cut.%s", z->name);
			add_record(d, name, RR_NS, target);
			add_record(d, target, RR_A, "192.0.2.53");
		}
	}
	for (unsigned i = 1; i < 3; i++) {
		draw_name(name, "ns%u.f0.example", i);
		add_record(d, name, RR_A, i == 1 ? "192.0.2.1" : "192.0.2.2");
		if (one_in(2))
			add_record(d, name, RR_AAAA, "2001:db8::53");
	}
}

/* Each file is judged alone: what stands at a host's name stands in the way of another file's
 * range. */
static bool is_ranged_by_others(const struct draw *d, const struct model_host *h)
{
	for (unsigned i = 0; i < d->m->range_count; i++) {
		const struct model_range *r = &d->m->ranges[i];
		if (r->customer != h->customer && *r->shape &&
		        block_has(&r->block, h->len, h->address))
			return true;
	}
	return false;
}

/* Beside a host's own. */
static void draw_host_records(struct draw *d)
{
	char name[MODEL_NAME_MAX];

	for (unsigned i = 0; i < d->m->host_count; i++) {
		struct model_host *h = &d->m->hosts[i];
		bool is_closed = h->len == 4 && d->closed[draw_index(h->address)];
		if (is_closed || h->forward_no || !one_in(12))
			continue;
		if (strncmp(h->names[0], "srv", 3) == 0)
			add_record(d, h->names[0], one_in(2) ? RR_A : RR_TXT, "192.0.2.77");
		if (h->len == 16 || h->has_lost_name || is_ranged_by_others(d, h))
			continue;
		model_reverse_name(name, h->address, 4, 32);
		add_record(d, name, RR_TXT, "host");
		h->has_record = true;
	}
}

/* The targets of CNAMEs that lead into a zone here. */
static void draw_targets(struct draw *d)
{
	char name[MODEL_NAME_MAX], target[MODEL_NAME_MAX];

	for (unsigned i = 0; i < d->m->delegation_count; i++) {
		const struct model_delegation *g = &d->m->delegations[i];
		if (g->way != WAY_CNAME || one_in(4))
			continue;
		for (unsigned n = 1 + random_below(4); n; n--) {
			unsigned __int128 address = draw_address(&g->block);
			draw_name(name, "%u.%s", (unsigned)address & 255, g->target);
			draw_target(d, target);
			bool is_there = false;
			for (unsigned k = 0; k < d->m->record_count; k++)
				is_there |= strcmp(d->m->records[k].owner, name) == 0;
			if (!is_there)
				add_record(d, name, one_in(4) ? RR_CNAME : RR_PTR, target);
		}
	}
}

static bool is_open(const struct draw *d, unsigned third)
{
	for (unsigned i = 0; i < 256; i++)
		if (d->closed[third << 8 | i])
			return false;
	return true;
}

static void draw_reverse_records(struct draw *d)
{
	static const char *const odd[] = {"01", "x", "256", "1.2", "00", "0-127", "a.b.c"};
	unsigned __int128 net = 0x0a000000U | d->m->net << 16;
	char above[MODEL_NAME_MAX], name[MODEL_NAME_MAX];

	if (one_in(3))
		add_wildcard(d, d->m->zones[0].name);
	for (unsigned i = random_below(10); i; i--) {
		unsigned third = random_below(256);
		if (!is_open(d, third))
			continue;
		model_reverse_name(above, net | third << 8, 4, 24);
		if (one_in(2))
			add_wildcard(d, above);
		if (!d->is_zone[third] && one_in(2))
			add_record(d, above, RR_TXT, "net");
		draw_name(name, "%s.%s", odd[random_below(7)], above);
		add_record(d, name, RR_TXT, "odd");
		model_reverse_name(above, net | third << 8 | random_below(256), 4, 32);
		draw_name(name, "below.%s", above);
		add_record(d, name, RR_TXT, "below");
	}
	if (!d->has_ipv6)
		return;
	draw_name(name, "3.2.1.8.b.d.0.1.0.0.2.ip6.arpa");
	add_record(d, name, RR_TXT, "nibbles");
	if (one_in(2))
		add_wildcard(d, name);
	if (one_in(2))
		add_wildcard(d, "8.b.d.0.1.0.0.2.ip6.arpa");
}

/* RFC 1034 3.6.2: an owner of a CNAME has nothing else. The first stays. */
static void drop_beside_cnames(struct model *m)
{
	unsigned count = 0;

	for (unsigned i = 0; i < m->record_count; i++) {
		const struct model_record *r = &m->records[i];
		bool is_beside = false;
		for (unsigned k = 0; k < count; k++)
			is_beside |= strcmp(r->owner, m->records[k].owner) == 0 &&
			             (r->type == RR_CNAME || m->records[k].type == RR_CNAME);
		if (!is_beside)
			m->records[count++] = *r;
	}
	m->record_count = count;
}

void draw_records(struct draw *d)
{
	draw_zone_records(d);
	draw_forward_records(d);
	draw_targets(d);
	draw_reverse_records(d);
	draw_host_records(d);
	drop_beside_cnames(d->m);
}
