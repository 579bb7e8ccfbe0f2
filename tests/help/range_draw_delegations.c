/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "tests/help/must.h"
#include "tests/help/range_draw.h"

#define ARRAY_LENGTH(a) (sizeof(a) / sizeof(a)[0])

/* What an ordinary cut must not do: cover a zone that is served here. */
static bool covers_zone(const struct draw *d, const struct model_block *b)
{
	for (unsigned i = 0; i < d->m->zone_count; i++)
		if (d->m->zones[i].is_reverse && block_holds(b, &d->m->zones[i].block))
			return true;
	return false;
}

static bool is_free(const struct draw *d, const struct model_delegation *g)
{
	for (unsigned i = 0; i < d->m->delegation_count; i++)
		if (block_meets(&d->m->delegations[i].block, &g->block))
			return false;
	for (unsigned i = 0; i < d->m->customer_count; i++) {
		const struct model_customer *c = &d->m->customers[i];
		for (unsigned k = 0; k < c->block_count; k++)
			if (i != g->customer && block_meets(&c->blocks[k], &g->block) &&
			        !block_holds(&c->blocks[k], &g->block))
				return false;
	}
	if (covers_zone(d, &g->block) ||
	        draw_customer_of(d, g->block.len, g->block.first) != g->customer)
		return false;
	for (unsigned i = draw_index(g->block.first); g->block.len == 4; i++) {
		if (d->closed[i])
			return false;
		if (i == draw_index(g->block.last))
			break;
	}
	return true;
}

/* Less than a /24: RFC 2317. Whatever follows the label is that of the /24. */
static void draw_child(struct draw *d, struct model_delegation *g)
{
	static const char *const styles[] = {"", "dash", "slash", "rfc4183"};
	unsigned first = (unsigned)g->block.first & 255, last = (unsigned)g->block.last & 255;
	unsigned style = random_below(g->is_prefix ? 4 : 2), bits = block_bits(&g->block);
	char above[MODEL_NAME_MAX];

	g->way = WAY_CHILD;
	model_reverse_name(above, g->block.first, 4, 24);
	snprintf(g->style, sizeof g->style, "%s", styles[style]);
	if (one_in(5)) {
		snprintf(g->style, sizeof g->style, "own%u", d->serial++);
		draw_name(g->target, "%s.%s", g->style, above);
	} else {
		draw_name(g->target, style == 2 ? "%u/%u.%s" : "%u-%u.%s", first,
		        style < 2 ? last : bits, above);
	}
}

/* RFC 2317 5.2: into a zone of the customer's, served here or not. */
static void draw_elsewhere(struct draw *d, struct model_delegation *g)
{
	const struct model_customer *c = &d->m->customers[g->customer];

	g->way = WAY_CNAME;
	if (one_in(3))
		draw_name(g->target, "rev.elsewhere.test");
	else
		draw_name(g->target, one_in(2) ? "rev.%s" : "a.b.rev.%s",
		        c->domains[random_below(c->domain_count)]);
}

/* The name of the cut at an address of the delegation. */
static void cut_name(
        const struct model_delegation *g, unsigned __int128 address, char out[MODEL_NAME_MAX])
{
	unsigned step = g->block.len == 4 ? 8 : 4;

	if (g->way == WAY_CHILD)
		draw_name(out, "%s", g->target);
	else
		model_reverse_name(out, address, g->block.len,
		        (block_bits(&g->block) + step - 1) / step * step);
}

static void draw_server(struct draw *d, struct model_delegation *g, unsigned i)
{
	char cut[MODEL_NAME_MAX];
	unsigned kind = random_below(4);
	const struct model_range *r = draw_range(d);

	draw_name(g->ns[i], "ns%u.dns.test", i);
	if (kind == 0)
		draw_name(g->ns[i], "ns%u.f0.example", 1 + i);
	if (kind == 2 && r && strlen(r->owner) < 80) {
		model_label(cut, r, draw_address(&r->block));
		draw_name(g->ns[i], "%s.%s", cut, r->owner);
		for (unsigned k = 0; k < i; k++)
			if (strcmp(g->ns[k], g->ns[i]) == 0)
				draw_name(g->ns[i], "ns%u.dns.test", i);
	}
	if (kind != 1 || strcmp(g->style, "slash") == 0)
		return;
	cut_name(g, draw_address(&g->block), cut);
	draw_name(g->ns[i], "ns%u.%s%s", i, one_in(3) ? "deep." : "", cut);
	unsigned families = 1 + random_below(3);
	if (families & 1)
		snprintf(g->glue[i][0], sizeof g->glue[i][0], "192.0.2.%u", d->serial++ & 255);
	if (families & 2)
		snprintf(g->glue[i][1], sizeof g->glue[i][1], "2001:db8:f::%x", d->serial++);
}

static void draw_servers(struct draw *d, struct model_delegation *g)
{
	unsigned bits = block_bits(&g->block);

	g->ns_count = 1 + random_below(MODEL_NS_MAX);
	for (unsigned i = 0; i < g->ns_count; i++)
		draw_server(d, g, i);
	g->has_ds = one_in(2) && (g->way == WAY_CHILD || bits % (g->block.len == 4 ? 8 : 4) == 0);
	g->ds_octet = (uint8_t)random_below(256);
}

static unsigned draw_bits(uint8_t len, unsigned least)
{
	static const uint8_t ipv4[] = {
	        17, 20, 22, 23, 24, 24, 24, 25, 26, 27, 28, 29, 30, 31, 32, 32};
	static const uint8_t ipv6[] = {33, 36, 46, 48, 49, 52, 56, 62, 64, 64, 127, 128};

	for (;;) {
		unsigned bits = len == 4 ? ipv4[random_below(ARRAY_LENGTH(ipv4))]
		                         : ipv6[random_below(ARRAY_LENGTH(ipv6))];
		if (bits >= least)
			return bits;
	}
}

static void draw_block(struct draw *d, struct model_delegation *g)
{
	const struct model_customer *c = &d->m->customers[g->customer];
	const struct model_block *around = &c->blocks[random_below(c->block_count)];
	unsigned bits = draw_bits(around->len, block_bits(around));

	g->block = block_of(draw_address(around), around->len, bits);
	g->is_prefix = true;
	if (around->len == 16 || bits < 25 || bits > 30 || one_in(2))
		return;
	g->block.first += random_below(2);
	g->block.last -= random_below(2);
	g->is_prefix = false;
}

/* What an operator serves for his customer, the customer may say that he delegates: it is nothing
 * new. */
static void delegate_child(struct draw *d, const struct model_zone *z)
{
	struct model_delegation *g = &d->m->delegations[d->m->delegation_count];

	memset(g, 0, sizeof *g);
	g->customer = draw_customer_of(d, 4, z->block.first);
	g->block = z->block;
	g->is_prefix = g->is_served = true;
	g->way = WAY_CHILD;
	memcpy(g->style, z->style, sizeof g->style);
	memcpy(g->target, z->name, sizeof g->target);
	draw_name(g->ns[0], "ns1.dns.test");
	g->ns_count = 1;
	for (unsigned i = draw_index(z->block.first); i <= draw_index(z->block.last); i++)
		if (d->owner[i] != g->customer)
			return;
	d->m->delegation_count++;
}

void draw_delegations(struct draw *d)
{
	for (unsigned i = 0; i < d->m->zone_count; i++)
		if (d->m->zones[i].is_child && one_in(3))
			delegate_child(d, &d->m->zones[i]);
	for (unsigned tries = random_below(80); tries; tries--) {
		struct model_delegation *g = &d->m->delegations[d->m->delegation_count];
		if (d->m->delegation_count == MODEL_DELEGATIONS_MAX)
			return;
		memset(g, 0, sizeof *g);
		g->customer = random_below(d->m->customer_count);
		draw_block(d, g);
		if (!is_free(d, g))
			continue;
		unsigned bits = block_bits(&g->block);
		if (g->block.len == 4 && bits > 24 && bits < 32 && one_in(3))
			draw_elsewhere(d, g);
		else if (g->block.len == 4 && bits > 24 && bits < 32)
			draw_child(d, g);
		if (g->way != WAY_CNAME)
			draw_servers(d, g);
		g->ttl_s = draw_own_ttl();
		d->m->delegation_count++;
		for (unsigned i = draw_index(g->block.first); g->block.len == 4; i++) {
			d->closed[i] = true;
			if (i == draw_index(g->block.last))
				break;
		}
	}
}
