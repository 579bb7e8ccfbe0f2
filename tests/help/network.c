/* SPDX-License-Identifier: ISC */
#include "tests/help/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_LENGTH(a) ((uint32_t)(sizeof(a) / sizeof(a)[0]))
#define FIRST_IPV4      0x0a000000U /* 10.0.0.0 */
#define FIRST_RULE      0xac100000U /* 172.16.0.0 */
#define ZONE_BITS       16
#define RULES_BITS      10 /* a /22 for one who has some */

/* Any number from any number: the last steps of splitmix64. */
static uint32_t scramble(const struct network *n, uint64_t x)
{
	x += n->seed * 0x9e3779b97f4a7c15U;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
	x = (x ^ x >> 27) * 0x94d049bb133111ebU;
	return (uint32_t)(x >> 32);
}

static uint32_t pairs_a_customer(const struct network *n)
{
	return (n->pairs + n->customers - 1) / n->customers;
}

uint32_t network_customer(const struct network *n, uint32_t pair)
{
	return pair / pairs_a_customer(n);
}

uint32_t network_first_pair(const struct network *n, uint32_t customer)
{
	uint64_t first = (uint64_t)customer * pairs_a_customer(n);

	return first < n->pairs ? (uint32_t)first : n->pairs;
}

/* Bits of host part that hold all pairs of a customer. */
static unsigned host_bits(const struct network *n)
{
	unsigned bits = 0;

	while ((uint64_t)1 << bits < pairs_a_customer(n))
		bits++;
	return bits;
}

/* IPv6 pairs are spread evenly, so that each has an IPv4 pair before it. */
static bool is_ipv6(const struct network *n, uint32_t pair)
{
	return ((uint64_t)pair + 1) * n->ipv6_percent / 100 !=
	       (uint64_t)pair * n->ipv6_percent / 100;
}

/* A second address of the host before, which is the same customer's. */
static bool has_host_before(const struct network *n, uint32_t pair)
{
	return is_ipv6(n, pair) && pair &&
	       network_customer(n, pair - 1) == network_customer(n, pair);
}

static void put32(uint8_t *out, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void put_ipv6(struct addr *out, uint32_t customer)
{
	memset(out, 0, sizeof *out);
	out->len = 16;
	memcpy(out->octets, "\x20\x01\x0d\xb8", 4);
	out->octets[4] = (uint8_t)(customer >> 8);
	out->octets[5] = (uint8_t)customer;
}

static void put_ipv4(struct addr *out, uint32_t value)
{
	memset(out, 0, sizeof *out);
	out->len = 4;
	put32(out->octets, value);
}

void network_addr(const struct network *n, uint32_t pair, struct addr *out)
{
	uint32_t customer = network_customer(n, pair);
	uint32_t host = pair - network_first_pair(n, customer);

	if (is_ipv6(n, pair)) { /* subnets of up to 200 hosts */
		put_ipv6(out, customer);
		out->octets[6] = (uint8_t)(host / 200 >> 8);
		out->octets[7] = (uint8_t)(host / 200);
		put32(out->octets + 12, host % 200 + 1);
	} else {
		put_ipv4(out, FIRST_IPV4 + (customer << host_bits(n)) + host);
	}
}

void network_name(const struct network *n, uint32_t pair, char out[NETWORK_NAME_MAX])
{
	static const char *const sites[] = {"fra", "ams", "muc", "dus"};
	static const char *const roles[] = {
	        "srv", "db", "cp", "mw", "cache", "search", "storage", "ms-be", "lvs", "analytics"};
	static const char *const mgmt[] = {"", ".mgmt"};
	static const char *const hosts[] = {
	        "mail", "www", "ns1", "ns2", "vpn", "smtp", "shop", "gw"};
	uint32_t host = has_host_before(n, pair) ? pair - 1 : pair;
	uint32_t customer = network_customer(n, host),
	         number = host - network_first_pair(n, customer);
	/* A run of pairs is a rack, or a small domain with a name for each of its hosts. */
	uint32_t run = scramble(n, host / ARRAY_LENGTH(hosts));

	if (run % 8 == 0) {
		snprintf(out, NETWORK_NAME_MAX, "%s.shop%u.cust%u.example",
		        hosts[number % ARRAY_LENGTH(hosts)], number / ARRAY_LENGTH(hosts),
		        customer);
		return;
	}
	snprintf(out, NETWORK_NAME_MAX, "%s%u%s.%s.cust%u.example",
	        roles[run / 8 % ARRAY_LENGTH(roles)], number, mgmt[run / 128 % 2],
	        sites[run / 256 % ARRAY_LENGTH(sites)], customer);
}

void network_prefix(const struct network *n, uint32_t customer, struct prefix *out)
{
	out->bits = (uint8_t)(32 - host_bits(n));
	put_ipv4(&out->addr, FIRST_IPV4 + (customer << host_bits(n)));
}

void network_prefix6(uint32_t customer, struct prefix *out)
{
	out->bits = 48;
	put_ipv6(&out->addr, customer);
}

/* Zones of the pairs; those of the rules come behind. */
static uint32_t pair_zone_count(const struct network *n)
{
	uint64_t end = (uint64_t)n->customers << host_bits(n);

	return (uint32_t)((end + (1U << ZONE_BITS) - 1) >> ZONE_BITS);
}

uint32_t network_zone_count(const struct network *n)
{
	uint32_t end = network_rules_count(n) << RULES_BITS;

	return pair_zone_count(n) + ((end + (1U << ZONE_BITS) - 1) >> ZONE_BITS);
}

void network_zone(const struct network *n, uint32_t zone, struct prefix *out)
{
	uint32_t of_pairs = pair_zone_count(n);

	out->bits = 32 - ZONE_BITS;
	if (zone < of_pairs)
		put_ipv4(&out->addr, FIRST_IPV4 + (zone << ZONE_BITS));
	else
		put_ipv4(&out->addr, FIRST_RULE + ((zone - of_pairs) << ZONE_BITS));
}

uint32_t network_rules_count(const struct network *n)
{
	uint32_t count = (uint32_t)(((uint64_t)n->customers * n->rules_percent + 99) / 100);

	return count < NETWORK_RULES_MAX ? count : NETWORK_RULES_MAX;
}

uint32_t network_rules_customer(const struct network *n, uint32_t rules)
{
	return (uint32_t)((uint64_t)rules * n->customers / network_rules_count(n));
}

bool network_rules_of(const struct network *n, uint32_t customer, uint32_t *rules)
{
	uint32_t count = network_rules_count(n);
	uint64_t number = ((uint64_t)customer * count + n->customers - 1) / n->customers;

	if (number >= count || network_rules_customer(n, (uint32_t)number) != customer)
		return false;
	*rules = (uint32_t)number;
	return true;
}

void network_rule(uint32_t rules, enum network_rule rule, struct prefix *out)
{
	static const uint8_t bits[] = {24, 24, 25, 32 - RULES_BITS};
	uint32_t part = rule == NETWORK_RULES ? 0 : rule;

	out->bits = bits[rule];
	put_ipv4(&out->addr, FIRST_RULE + (rules << RULES_BITS) + (part << 8));
}

void network_rule_addr(const struct network *n, enum network_rule rule, struct addr *out)
{
	struct prefix p;

	network_rule((uint32_t)random() % network_rules_count(n), rule, &p);
	*out = p.addr;
	out->octets[3] = (uint8_t)(random() & 127);
}

void network_range_name(const struct network *n, const struct addr *a, char out[NETWORK_NAME_MAX])
{
	const uint8_t *o = a->octets;
	uint32_t rules = (((uint32_t)o[1] << 16 | (uint32_t)o[2] << 8) - (FIRST_RULE & 0xffffff)) >>
	                 RULES_BITS;

	snprintf(out, NETWORK_NAME_MAX, "h-%u-%u-%u-%u.pool.cust%u.example", o[0], o[1], o[2], o[3],
	        network_rules_customer(n, rules));
}
