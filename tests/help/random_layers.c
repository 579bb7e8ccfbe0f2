/* SPDX-License-Identifier: ISC */
#include "tests/help/random_layers.h"

#include <stdio.h>
#include <string.h>

#include "tests/help/must.h"
#include "tests/help/random.h"

#define DIGEST "3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D"

static const char *pick(const char *const *all, unsigned count)
{
	return all[random_below(count)];
}

static void clear_from(struct addr *a, unsigned bits)
{
	for (unsigned bit = bits; bit < 8U * a->len; bit++)
		a->octets[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
}

/* One of the site; of IPv6 there are few, so that they meet. */
static struct addr random_own(const struct prefix *site)
{
	static const uint8_t edges[] = {0, 1, 15, 16, 63, 64, 127, 128, 191, 192, 255};
	struct addr a = site->addr;
	unsigned from = site->bits / 8;

	if (a.len == 4) {
		for (unsigned i = from; i < 4; i++) {
			uint8_t value = random_below(2) ? edges[random_below(sizeof edges)]
			                                : (uint8_t)random_below(256);
			uint8_t kept = (uint8_t)(i == from ? 0xff00 >> site->bits % 8 : 0);
			a.octets[i] = (uint8_t)((a.octets[i] & kept) | (value & ~kept));
		}
		return a;
	}
	for (unsigned i = from; i < 16; i++) {
		uint8_t value = i == 15                         ? (uint8_t)random_below(20)
		                : i < 8 && random_below(3) == 0 ? edges[random_below(sizeof edges)]
		                                                : 0;
		uint8_t kept = (uint8_t)(i == from ? 0xff00 >> site->bits % 8 : 0);
		a.octets[i] = (uint8_t)((a.octets[i] & kept) | (value & ~kept));
	}
	return a;
}

/* A block of the site, and its text. */
static struct prefix random_block(char *text, const struct prefix *site)
{
	static const uint8_t steps[] = {4, 8, 12, 16, 20, 48, 64, 72, 76, 79, 80};
	struct prefix p = {.addr = random_own(site)};
	unsigned bits = site->bits;

	bits += p.addr.len == 4 ? random_below(33 - bits) : steps[random_below(sizeof steps)];
	if (random_below(8) == 0)
		bits = site->bits;
	p.bits = (uint8_t)(bits > 8U * p.addr.len ? 8U * p.addr.len : bits);
	clear_from(&p.addr, p.bits);
	prefix_to_text(text, &p);
	return p;
}

static const struct prefix *random_family(const struct random_site *site)
{
	return site->ipv6.addr.len && random_below(3) == 0 ? &site->ipv6 : &site->ipv4;
}

/* A block, or from one address to another. */
static void random_key(char *text, const struct prefix *site)
{
	struct addr a = random_own(site), b = random_own(site);
	char first[ADDR_TEXT_MAX], last[ADDR_TEXT_MAX];

	if (random_below(4)) {
		random_block(text, site);
		return;
	}
	bool is_less = addr_compare(&a, &b) <= 0;
	addr_to_text(first, is_less ? &a : &b);
	addr_to_text(last, is_less ? &b : &a);
	sprintf(text, "%s-%s", first, last);
}

void random_range(char out[RANDOM_ENTRY_MAX], const struct random_site *site)
{
	static const char *const shapes4[] = {
	        "{ip}", "{ip}", "{hex}", "{host}", "{n}", "{d}", "{c}x{d}"};
	static const char *const shapes6[] = {"{ip}", "{hex}", "{host}", "{n}"};
	const struct prefix *family = random_family(site);
	char key[ADDR_RANGE_TEXT_MAX], begin[8] = "";

	random_key(key, family);
	if (random_below(5) == 0) {
		sprintf(out, "  %s: none\n", key);
		return;
	}
	unsigned i = random_below(12);
	const char *shape = family->addr.len == 4 ? shapes4[i % 7] : shapes6[i % 4];
	if (i % 7 > 2 || random_below(2))
		sprintf(begin, "%c%c-", site->letter, 'a' + (int)random_below(8));
	sprintf(out, "  %s: {pattern: \"%s%s.%s\"%s}\n", key, begin, shape,
	        pick(site->owners, site->owner_count), random_below(4) ? "" : ", ttl: 5m");
}

/* Name servers below the cut, with their addresses. */
static int write_glue(char *out, const struct prefix *p)
{
	struct name cut;
	char text[NAME_TEXT_MAX], label[20] = "", addr[ADDR_TEXT_MAX];
	bool is_part = p->addr.len == 4 && p->bits > 24 && p->bits < 32;

	must(name_from_addr(&cut, &p->addr, is_part ? 24 : p->bits) == OK, "on a label boundary");
	name_to_text(text, cut.wire);
	addr_to_text(addr, &p->addr);
	if (is_part)
		sprintf(label, "%u-%u.", p->addr.octets[3],
		        p->addr.octets[3] + (1U << (32 - p->bits)) - 1);
	return sprintf(out, "ns: [n.%s%s, ns1.test], glue: {n.%s%s: [%s, 2001:db8::%x]}", label,
	        text, label, text, addr, (unsigned)random_below(3));
}

void random_delegation(char out[RANDOM_ENTRY_MAX], const struct random_site *site)
{
	static const char *const servers[] = {
	        "ns1.test, ns2.test", "ns.shared.example, ns1.test", "ns2.test, ns3.test"};
	static const char *const styles[] = {"", "", ", style: slash", ", style: rfc4183"};
	char key[PREFIX_TEXT_MAX], *p = out;
	struct prefix block = random_block(key, random_family(site));
	bool is_part = block.addr.len == 4 && block.bits > 24 && block.bits < 32;
	bool is_one = is_part || block.bits % (block.addr.len == 4 ? 8 : 4) == 0;

	p += sprintf(p, "  %s: {", key);
	if (is_part && random_below(4) == 0) {
		p += sprintf(p, "cname: rev%u.%s", (unsigned)random_below(3),
		        random_below(2) ? "test" : pick(site->owners, site->owner_count));
	} else if (is_one && random_below(3) == 0) {
		p += write_glue(p, &block);
	} else {
		p += sprintf(p, "ns: [%s]", pick(servers, 3));
		if (is_part && random_below(4) == 0)
			p += sprintf(p, ", style: part%u", (unsigned)random_below(3));
		else if (is_part)
			p += sprintf(p, "%s", pick(styles, 4));
		if (is_one && random_below(3) == 0)
			p += sprintf(
			        p, ", ds: [\"%u 13 2 " DIGEST "\"]", (unsigned)random_below(3));
	}
	sprintf(p, "%s}\n", random_below(4) ? "" : ", ttl: 7m");
}
