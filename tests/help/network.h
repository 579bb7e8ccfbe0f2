/* SPDX-License-Identifier: ISC */
/* tests/help/network.h - a made-up network of as many pairs as wanted, the same at every run.
 *
 *     customer c    its own block of 10.0.0.0/8 and what follows, 2001:db8:C::/48,
 *                   forward zone custC.example
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
	unsigned ipv6_percent; /* of the pairs; at most 50 */
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

/* The reverse zones of IPv4: /16 each, the first at 10.0.0.0. Their number. */
uint32_t network_zone_count(const struct network *n);
void network_zone(uint32_t zone, struct prefix *out);

#endif
