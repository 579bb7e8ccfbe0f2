/* SPDX-License-Identifier: ISC */
/* The zones, the customers and their ranges. */
#include "tests/help/range_draw.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/help/must.h"

#define ARRAY_LENGTH(a) (sizeof(a) / sizeof(a)[0])
#define IPV6_NET        ((unsigned __int128)0x20010db8U << 96) /* 2001:db8::/32 */

enum { INFRA, A, B, C };

void draw_name(char out[MODEL_NAME_MAX], const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int n = vsnprintf(out, MODEL_NAME_MAX, format, arguments);
	va_end(arguments);
	must(n < MODEL_NAME_MAX, "a short name");
}

unsigned __int128 draw_address(const struct model_block *b)
{
	unsigned __int128 size = b->last - b->first + 1, value = 0;

	if (one_in(8))
		return one_in(2) ? b->first : b->last;
	for (unsigned i = 0; i < 5; i++)
		value = value << 28 | random_below(1U << 28);
	return b->first + value % size;
}

const struct model_range *draw_range(const struct draw *d)
{
	for (unsigned tries = 20; tries && d->m->range_count; tries--) {
		const struct model_range *r = &d->m->ranges[random_below(d->m->range_count)];
		if (*r->shape)
			return r;
	}
	return NULL;
}

unsigned draw_customer_of(const struct draw *d, uint8_t len, unsigned __int128 address)
{
	unsigned best = INFRA, longest = 0;

	for (unsigned i = 0; i < d->m->customer_count; i++) {
		const struct model_customer *c = &d->m->customers[i];
		for (unsigned k = 0; k < c->block_count; k++) {
			if (!block_has(&c->blocks[k], len, address) ||
			        block_bits(&c->blocks[k]) < longest)
				continue;
			longest = block_bits(&c->blocks[k]);
			best = i;
		}
	}
	return best;
}

static struct model_zone *add_zone(struct draw *d, const char *name)
{
	static const char *const servers[] = {
	        "ns1.isp.test", "ns2.isp.test", "ns1.f0.example", "ns2.f0.example", "ns3.isp.test"};
	struct model_zone *z = &d->m->zones[d->m->zone_count++];
	unsigned first = random_below(ARRAY_LENGTH(servers));

	must(d->m->zone_count <= MODEL_ZONES_MAX, "few zones");
	memset(z, 0, sizeof *z);
	draw_name(z->name, "%s", name);
	z->ttl_s = draw_ttl();
	z->negative_ttl_s = draw_ttl();
	draw_name(z->ns[0], "%s", servers[first]);
	draw_name(z->ns[1], "%s", servers[(first + 1) % ARRAY_LENGTH(servers)]);
	return z;
}

static void add_reverse_zone(struct draw *d, unsigned __int128 address, uint8_t len, unsigned bits)
{
	char name[MODEL_NAME_MAX];

	model_reverse_name(name, address, len, bits);
	struct model_zone *z = add_zone(d, name);
	z->is_reverse = true;
	z->block = block_of(address, len, bits);
	if (bits == 24)
		d->is_zone[address >> 8 & 0xff] = true;
}

/* A zone that RFC 2317 gives to less than a /24. */
static void add_child_zone(struct draw *d)
{
	unsigned __int128 net = 0x0a000000U | d->m->net << 16;
	unsigned bits = 25 + random_below(4);
	struct model_block b = block_of(net | random_below(65536), 4, bits);
	char above[MODEL_NAME_MAX], name[MODEL_NAME_MAX];
	unsigned first = (unsigned)b.first & 255, last = (unsigned)b.last & 255;
	static const char *const styles[] = {"dash", "slash", "rfc4183", "kid"};
	unsigned style = random_below(4);

	if (d->closed[draw_index(b.first)] || d->closed[draw_index(b.last)])
		return;
	model_reverse_name(above, b.first, 4, 24);
	if (style == 3)
		draw_name(name, "kid%u.%s", first, above);
	else
		draw_name(name, style == 1 ? "%u/%u.%s" : "%u-%u.%s", first,
		        style == 0 ? last : bits, above);
	struct model_zone *z = add_zone(d, name);
	z->is_reverse = z->is_child = true;
	z->block = b;
	draw_name(name, style == 3 ? "kid%u" : styles[style], first);
	snprintf(z->style, sizeof z->style, "%.15s", name);
	for (unsigned i = draw_index(b.first); i <= draw_index(b.last); i++)
		d->closed[i] = true;
}

/* One above that of the /16. */
static void add_outer_zone(struct draw *d)
{
	if (one_in(2)) {
		add_reverse_zone(d, 0x0a000000U, 4, 8);
		return;
	}
	struct model_zone *z = add_zone(d, one_in(2) ? "in-addr.arpa" : "arpa");
	z->is_reverse = true;
	z->block = block_of(0, 4, 0);
}

static void draw_zones(struct draw *d)
{
	unsigned __int128 net = 0x0a000000U | d->m->net << 16;

	d->is_scattered = one_in(4);
	if (!d->is_scattered && one_in(3))
		add_outer_zone(d);
	if (!d->is_scattered && (d->m->zone_count == 0 || one_in(2)))
		add_reverse_zone(d, net, 4, 16);
	for (unsigned i = random_below(4) + 2 * d->is_scattered; i;) {
		unsigned third = random_below(256);
		if (d->is_zone[third])
			continue;
		add_reverse_zone(d, net | third << 8, 4, 24);
		i--;
	}
	for (unsigned i = random_below(3); i; i--)
		add_child_zone(d);
	add_zone(d, "f0.example");
	add_zone(d, "f1.example");
	if (one_in(2))
		add_zone(d, "f2.example");
	if (one_in(2))
		add_zone(d, "sub.f1.example");
	d->has_ipv6 = one_in(2);
	if (d->has_ipv6)
		add_reverse_zone(d, IPV6_NET, 16, 32);
	if (d->has_ipv6 && one_in(2))
		add_reverse_zone(d, IPV6_NET | (unsigned __int128)0x12 << 88, 16, 40);
}

static bool is_free(const struct draw *d, const struct model_block *b, unsigned customer)
{
	for (unsigned i = draw_index(b->first); i <= draw_index(b->last); i++)
		if (d->owner[i] != customer)
			return false;
	return true;
}

/* A block inside one of another customer. */
static void add_block(struct draw *d, unsigned customer, unsigned outer)
{
	const struct model_customer *o = &d->m->customers[outer];
	struct model_customer *c = &d->m->customers[customer];
	const struct model_block *around = &o->blocks[random_below(o->block_count)];
	unsigned least = block_bits(around), most = outer != INFRA ? 31 : least < 24 ? 26 : 29;

	if (around->len != 4 || least >= most)
		return;
	unsigned bits = least + 1 + random_below(most - least);
	bits = bits < 19 ? 19 : bits;
	struct model_block b = block_of(draw_address(around), 4, bits);
	if (!is_free(d, &b, outer))
		return;
	c->blocks[c->block_count++] = b;
	memset(d->owner + draw_index(b.first), (int)customer,
	        draw_index(b.last) - draw_index(b.first) + 1U);
}

static struct model_customer *add_customer(
        struct draw *d, const char *name, unsigned outer, unsigned most)
{
	unsigned number = d->m->customer_count++;
	struct model_customer *c = &d->m->customers[number];

	*c = (struct model_customer){.name = name, .ttl_s = draw_own_ttl()};
	if (number)
		while (c->block_count == 0)
			for (unsigned i = 1 + random_below(most); i; i--)
				add_block(d, number, outer);
	return c;
}

static void add_domain(struct model_customer *c, const char *name)
{
	draw_name(c->domains[c->domain_count++], "%s", name);
}

/* True when a zone of RFC 2317 has the zone above it here. */
static bool lies_in_zone(const struct draw *d, unsigned zone)
{
	for (unsigned i = 0; i < d->m->zone_count; i++)
		if (i != zone && d->m->zones[i].is_reverse &&
		        block_holds(&d->m->zones[i].block, &d->m->zones[zone].block))
			return true;
	return false;
}

static void draw_customers(struct draw *d)
{
	bool is_shared = one_in(2), has_f2 = false;
	char name[MODEL_NAME_MAX];
	struct model_customer *infra = add_customer(d, "infra", 0, 0), *a, *b, *c;

	for (unsigned i = 0; i < d->m->zone_count; i++)
		has_f2 |= strcmp(d->m->zones[i].name, "f2.example") == 0;
	for (unsigned i = 0; i < d->m->zone_count && d->is_scattered; i++)
		if (d->m->zones[i].is_reverse && d->m->zones[i].block.len == 4 &&
		        !lies_in_zone(d, i))
			infra->blocks[infra->block_count++] = d->m->zones[i].block;
	if (!d->is_scattered)
		infra->blocks[infra->block_count++] =
		        block_of(0x0a000000U | d->m->net << 16, 4, 16);
	a = add_customer(d, "a", INFRA, 3);
	b = add_customer(d, "b", INFRA, 3);
	c = add_customer(d, "c", A, 2);
	if (one_in(2))
		add_block(d, INFRA, A); /* his own again, inside another's */
	add_domain(infra, "f0.example");
	if (!d->m->zones[0].is_child) { /* names below in-addr.arpa */
		draw_name(name, "x.%s", d->m->zones[0].name);
		add_domain(infra, name);
	}
	add_domain(a, "a.f0.example");
	add_domain(a, "f1.example");
	add_domain(b, has_f2 ? "f2.example" : "b.f1.example");
	add_domain(c, "c.f1.example");
	if (is_shared) {
		add_domain(a, "s.f1.example");
		add_domain(b, "s.f1.example");
	}
	if (!d->has_ipv6)
		return;
	infra->blocks[infra->block_count++] = block_of(IPV6_NET, 16, 32);
	a->blocks[a->block_count++] =
	        block_of(IPV6_NET | (unsigned __int128)0xa << 80, 16, 45 + random_below(4));
	b->blocks[b->block_count++] =
	        block_of(IPV6_NET | (unsigned __int128)0x1234 << 80, 16, 41 + random_below(8));
	c->blocks[c->block_count++] =
	        block_of(IPV6_NET | (unsigned __int128)0xa000c << 64, 16, 60 + random_below(6));
}

static void add_owner(struct draw *d, const char *name, unsigned customers, bool is_external)
{
	struct draw_owner *o = &d->owners[d->owner_count++];

	must(d->owner_count <= DRAW_OWNERS_MAX, "few owners");
	*o = (struct draw_owner){
	        .customers = customers, .is_external = is_external, .is_backwards = one_in(3)};
	draw_name(o->name, "%s", name);
}

static void draw_owners(struct draw *d)
{
	char name[MODEL_NAME_MAX];

	for (unsigned i = 0; i < d->m->customer_count; i++) {
		const struct model_customer *c = &d->m->customers[i];
		for (unsigned k = 0; k < c->domain_count; k++) {
			if (strcmp(c->domains[k], "s.f1.example") == 0)
				continue;
			add_owner(d, c->domains[k], 1U << i, false);
			draw_name(name, "pool.%s", c->domains[k]);
			add_owner(d, name, 1U << i, false);
			draw_name(name, "x.y.%s", c->domains[k]);
			add_owner(d, name, 1U << i, false);
		}
		draw_name(name, "%s.ext.test", c->name);
		add_owner(d, name, 1U << i, true);
	}
	add_owner(d, "sub.f1.example", 1U << A, false);
	add_owner(d, "r.cut.f1.example", 1U << A, false); /* below a cut, if there is one */
	if (d->m->customers[A].domain_count == 3)
		add_owner(d, "w.s.f1.example", 1U << A | 1U << B, false);
}

/* A label that spells the whole address. No two of these shapes at an owner fit one label. */
static const char *whole_shape(const struct draw_owner *o, uint8_t len)
{
	static const char *const all4[] = {"{ip}", "h-{ip}", "{hex}", "x{hex}", "c{c}d{d}a{a}b{b}",
	        "{ip}-dyn", "{a}-{b}-{c}-{d}z"};
	static const char *const all6[] = {"{ip}", "v-{ip}", "{hex}", "y{hex}z", "{ip}-dyn"};

	if (len == 16)
		return all6[random_below(ARRAY_LENGTH(all6))];
	const char *shape = all4[random_below(ARRAY_LENGTH(all4))];
	return o->is_backwards && *shape == '{' && shape[1] == 'i' ? "{d}-{c}-{b}-{a}" : shape;
}

/* A label that no other range's can be, but for the whole shapes: it begins or ends as none does.
 */
static void draw_own_shape(struct draw *d, struct model_range *r)
{
	static const char *const any[] = {"{n}", "{hex}", "{ip}", "{n}", "{n}-x"};
	static const char *const many[] = {"{host}", "{n}-{host}", "{host}y{n}", "{hex}{host}"};
	static const char *const four[] = {"{c}-{d}", "{d}-{c}", "{b}-{c}-{d}x"};
	static const char *const net[] = {"{d}", "{d}-{d}", "{d}x", "{d}-{n}"};
	const char *shape = any[random_below(ARRAY_LENGTH(any))];

	if (r->block.first != r->block.last && one_in(3))
		shape = many[random_below(ARRAY_LENGTH(many))];
	else if (r->block.len == 4 && one_in(2))
		shape = four[random_below(ARRAY_LENGTH(four))];
	if (r->block.len == 4 && r->block.first >> 8 == r->block.last >> 8 && one_in(2))
		shape = net[random_below(ARRAY_LENGTH(net))];
	if (one_in(3))
		snprintf(r->shape, sizeof r->shape, "k-%s-s%u", shape, d->serial++);
	else
		snprintf(r->shape, sizeof r->shape, one_in(2) ? "p%u-%s" : "q%ux%s", d->serial++,
		        shape);
}

/* Below the name that another range of the customer's makes. */
static bool draw_below(struct draw *d, struct model_range *r)
{
	const struct model_range *above = draw_range(d);
	char label[MODEL_LABEL_MAX];

	if (!above || above->customer != r->customer || strlen(above->owner) > 60)
		return false;
	model_label(label, above, draw_address(&above->block));
	draw_name(r->owner, "%s.%s", label, above->owner);
	draw_own_shape(d, r);
	return true;
}

static void draw_pattern(struct draw *d, struct model_range *r)
{
	for (;;) {
		const struct draw_owner *o = &d->owners[random_below(d->owner_count)];
		if (!(o->customers >> r->customer & 1))
			continue;
		draw_name(r->owner, "%s", o->name);
		if (one_in(12) && draw_below(d, r))
			return;
		if (one_in(2))
			snprintf(r->shape, sizeof r->shape, "%s", whole_shape(o, r->block.len));
		else
			draw_own_shape(d, r);
		return;
	}
}

/* Ranges of one file that overlap differ in size. */
static bool is_tied(const struct draw *d, const struct model_range *new)
{
	for (unsigned i = 0; i < d->m->range_count; i++) {
		const struct model_range *r = &d->m->ranges[i];
		if (r->customer == new->customer && block_meets(&r->block, &new->block) &&
		        r->block.last - r->block.first == new->block.last - new->block.first)
			return true;
	}
	return false;
}

/* Inside a block of the customer, or inside a range of his. */
static struct model_block block_around(const struct draw *d, unsigned customer)
{
	const struct model_customer *c = &d->m->customers[customer];

	for (unsigned tries = 4; tries && d->m->range_count && one_in(2); tries--) {
		const struct model_range *r = &d->m->ranges[random_below(d->m->range_count)];
		if (r->customer == customer)
			return r->block;
	}
	return c->blocks[random_below(c->block_count)];
}

static void draw_block(const struct draw *d, struct model_range *r)
{
	const struct model_block around = block_around(d, r->customer);
	unsigned least = block_bits(&around), width = 8U * around.len;

	r->block = one_in(12) ? around
	                      : block_of(draw_address(&around), around.len,
	                                least + random_below(width + 1 - least));
	if (r->block.first < around.first || r->block.last > around.last)
		r->block = around;
	r->is_prefix = one_in(3) == false;
	if (!r->is_prefix) {
		unsigned __int128 first = draw_address(&r->block), last = draw_address(&r->block);
		r->block.first = first < last ? first : last;
		r->block.last = first < last ? last : first;
	}
	struct model_block whole = block_of(r->block.first, around.len, block_bits(&r->block));
	if (whole.first != r->block.first || whole.last != r->block.last)
		r->is_prefix = false;
}

static void draw_ranges(struct draw *d)
{
	for (unsigned i = 0; i < d->m->customer_count; i++) {
		for (unsigned n = 1 + random_below(15); n; n--) {
			struct model_range *r = &d->m->ranges[d->m->range_count];
			*r = (struct model_range){.customer = i, .ttl_s = draw_own_ttl()};
			draw_block(d, r);
			if (is_tied(d, r))
				continue;
			if (!one_in(5))
				draw_pattern(d, r);
			d->m->range_count++;
		}
	}
}

void range_draw(struct model *m, unsigned seed)
{
	static struct draw d;

	memset(&d, 0, sizeof d);
	memset(m, 0, sizeof *m);
	d.m = m;
	random_seed(seed);
	m->net = random_below(256);
	m->ttl_s = draw_ttl();
	draw_zones(&d);
	draw_customers(&d);
	draw_owners(&d);
	draw_ranges(&d);
	draw_delegations(&d);
	draw_hosts(&d);
	draw_records(&d);
}
