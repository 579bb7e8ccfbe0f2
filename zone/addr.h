/* SPDX-License-Identifier: ISC */
/* zone/addr.h - IP addresses, prefixes, and the names that stand for them under arpa.
 *
 *     192.0.2.7    <->  7.2.0.192.in-addr.arpa           one label an octet    RFC 1035 3.5
 *     2001:db8::1  <->  1.0.0...8.b.d.0.1.0.0.2.ip6.arpa   one label a nibble   RFC 3596 2.5
 *
 * Pure functions, no allocation, safe from any thread. */
#ifndef ZONE_ADDR_H
#define ZONE_ADDR_H

#include "zone/name.h"

struct addr {
	uint8_t len;        /* octets used: 4 or 16 */
	uint8_t octets[16]; /* network order; the rest is zero */
};

struct prefix {
	struct addr addr; /* no bits set beyond `bits` */
	uint8_t bits;     /* 0 to 8 * addr.len */
};

#define ADDR_TEXT_MAX   40 /* IPv6 in full and a NUL */
#define PREFIX_TEXT_MAX 44

/* Read an address as people write it: four plain decimal octets without leading zeros, or IPv6
 * (RFC 4291 2.2). Returns OK; ERR_SYNTAX for anything else, `010` and a zone index (`%eth0`)
 * included; ERR_RANGE for an IPv4-mapped IPv6 address (RFC 4291 2.5.5.2). */
MUST_USE enum err addr_from_text(struct addr *out, const char *text, size_t n);

/* Write the canonical text (RFC 5952) and a NUL; returns its length. */
size_t addr_to_text(char out[ADDR_TEXT_MAX], const struct addr *a);

/* Order: IPv4 before IPv6, then by value. */
int addr_compare(const struct addr *a, const struct addr *b);

/* Read `ADDRESS/BITS`. Returns OK; ERR_SYNTAX; ERR_RANGE when host bits are set or the address is
 * IPv4-mapped, and then, if `nearest` is not NULL, *nearest is the prefix with the host bits
 * cleared (addr.len 0 where there is none). */
MUST_USE enum err prefix_from_text(
        struct prefix *out, const char *text, size_t n, struct prefix *nearest);

/* Write `ADDRESS/BITS` and a NUL; returns its length. */
size_t prefix_to_text(char out[PREFIX_TEXT_MAX], const struct prefix *p);

/* True when the address, or the whole inner prefix, lies inside p. */
bool prefix_has_addr(const struct prefix *p, const struct addr *a);
bool prefix_has_prefix(const struct prefix *p, const struct prefix *inner);

/* The last address of a prefix. */
void prefix_last(struct addr *out, const struct prefix *p);
void prefix_last_octets(uint8_t out[16], const struct prefix *p);

/* IPv4 as a number of the machine, and back. */
static inline uint32_t ipv4_number(const uint8_t *octets)
{
	return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 |
	       octets[3];
}

static inline void ipv4_octets(uint8_t out[4], uint32_t number)
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (uint8_t)(number >> (24 - 8 * i));
}

/* The address behind these octets, and the one before them; false, and all is zeros or ones, where
 * there is none. */
bool octets_step(uint8_t octets[16], unsigned len);
bool octets_step_back(uint8_t octets[16], unsigned len);
/* True, with *out, when the addresses from first to last are a prefix. */
bool prefix_from_ends(struct prefix *out, const struct addr *first, const struct addr *last);

/* Write the addresses from first to last as a prefix where they are one, else as FIRST-LAST, and a
 * NUL; returns the length. */
#define ADDR_RANGE_TEXT_MAX 84
size_t addr_range_to_text(
        char out[ADDR_RANGE_TEXT_MAX], const struct addr *first, const struct addr *last);

/* The bits that two addresses of one family have in common, from the first on. */
unsigned addr_shared_bits(const struct addr *a, const struct addr *b);

/* a - b, as numbers. */
void octets_subtract(uint8_t out[16], const uint8_t *a, const uint8_t *b);

/* Order: by address, a wider prefix before the narrower ones inside it. */
int prefix_compare(const struct prefix *a, const struct prefix *b);

/* Write into *out the arpa name of the first `bits` bits of *a.
 *   bits     a multiple of 8 (IPv4) or 4 (IPv6), at most 8 * a->len
 *   out      caller's; lower-case wire form, at most 74 octets; unchanged on error
 * Returns OK, or ERR_RANGE when bits is not on a label boundary. */
MUST_USE enum err name_from_addr(struct name *out, const struct addr *a, unsigned bits);

/* Write only the labels below the first `skip` bits, `2.7` for 192.0.7.2 and skip 16, without a
 * root label: 8-bit or 4-bit steps as above; skip is on a label boundary. Returns octets written,
 * 0 when skip covers the address. `out` has room for 64 octets. */
size_t name_addr_labels(uint8_t out[64], const uint8_t *octets, unsigned len, unsigned skip);

/* The inverse of name_from_addr: read a name under in-addr.arpa or ip6.arpa as a prefix. Labels
 * must be canonical (no leading zeros, one hex digit of any case). Returns OK with out->bits on a
 * label boundary; ERR_SYNTAX for any other name. */
MUST_USE enum err prefix_from_name(struct prefix *out, const uint8_t *wire);

/* Narrow a prefix on a label boundary by the next label of a name under arpa (length octet first).
 * False, and nothing is changed, when the label is not canonical or the prefix is an address. */
bool prefix_take_label(struct prefix *p, const uint8_t *label);

#endif
