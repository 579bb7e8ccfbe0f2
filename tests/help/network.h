/* SPDX-License-Identifier: ISC */
/* tests/help/network.h - a made-up network of as many pairs as wanted, the same at every run.
 *
 *     customer c    its own block of 10.0.0.0/8 and what follows, 2001:db8:C::/48,
 *                   forward zone custC.example
 *     rules         a /22 of 172.16.0.0/12 for a customer who has some: a range, two delegations
 *     pair i        srv287.mgmt.fra.cust7.example   servers: role, number, perhaps mgmt, site
 *                   mail.shop41.cust7.example       one in eight: a small domain below
 *
 * With a million pairs names are 30 octets of text on average; in a real network of 3,193 PTRs
 * (Wikimedia, 2014), whose numbers are shorter, the mean is 24 and one in ten is over 30. With an
 * IPv6 share every so many pairs one is a second address of the host before. */
#ifndef TESTS_HELP_NETWORK_H
#define TESTS_HELP_NETWORK_H

#include "zone/addr.h"

struct network {
	uint32_t pairs, customers;
	unsigned ipv6_percent;  /* of the pairs; at most 50 */
	unsigned rules_percent; /* of the customers, rounded up, have a range and delegations */
	uint64_t seed;
};

/* Customer of a pair; first pair of a customer (of customer `customers`: the number of pairs). */
uint32_t network_customer(const struct network *n, uint32_t pair);
uint32_t network_first_pair(const struct network *n, uint32_t customer);

/* The address and the name (a NUL behind it, no dot at its end) of a pair. */
#define NETWORK_NAME_MAX 64
void network_addr(const struct network *n, uint32_t pair, struct addr *out);
void network_name(const struct network *n, uint32_t pair, char out[NETWORK_NAME_MAX]);

/* The blocks of a customer, of IPv4 (bits for all of its pairs) and IPv6. */
void network_prefix(const struct network *n, uint32_t customer, struct prefix *out);
void network_prefix6(uint32_t customer, struct prefix *out);

/* The reverse zones of IPv4: /16 each, the first at 10.0.0.0, those of rules behind. Their number.
 */
uint32_t network_zone_count(const struct network *n);
void network_zone(const struct network *n, uint32_t zone, struct prefix *out);

/* How many customers have rules, evenly spread; which one is number `rules`, and the inverse, false
 * when a customer has none. */
#define NETWORK_RULES_MAX 1024
uint32_t network_rules_count(const struct network *n);
uint32_t network_rules_customer(const struct network *n, uint32_t rules);
bool network_rules_of(const struct network *n, uint32_t customer, uint32_t *rules);

enum network_rule {
	NETWORK_RANGE,    /* a /24: h-192-0-2-7.pool.custC.example */
	NETWORK_REFERRAL, /* a /24: a zone cut */
	NETWORK_CNAMES,   /* a /25, as RFC 2317 delegates it: 0-127.2.16.172.in-addr.arpa */
	NETWORK_RULES     /* or none of them: all */
};

/* The block of a rule, and of all three. */
void network_rule(uint32_t rules, enum network_rule rule, struct prefix *out);

/* A random address of that rule, of any customer who has some (random()); the name a range gives
 * it. */
void network_rule_addr(const struct network *n, enum network_rule rule, struct addr *out);
void network_range_name(const struct network *n, const struct addr *a, char out[NETWORK_NAME_MAX]);

/* The name servers of all that is delegated: nobody serves their zone here. */
#define NETWORK_NS1 "ns1.dns.example.net"
#define NETWORK_NS2 "ns2.dns.example.net"

#endif
