/* SPDX-License-Identifier: ISC */
/* zone/pattern.h - one rule that makes labels of addresses, and addresses of labels.
 *
 *     192.0.2.64/27        h-{ip}      192.0.2.65        <->  h-192-0-2-65
 *     2001:db8:1::/64      {host}      2001:db8:1::a:b   <->  00000000000a000b
 *     10.0.0.0/23          c{n}        10.0.1.0          <->  c256
 *
 *     {ip}           four decimal octets, or eight groups of four hex digits, dashes between
 *     {hex}          8 or 32 hex digits
 *     {host}         the bits below the prefix that all addresses of the range share, in hex, of
 *                    fixed width
 *     {a} to {d}     an octet of IPv4, decimal
 *     {n}            the index in the range, from 0, decimal
 *
 * A shape is a pattern's label as octets, so that equal shapes are equal octets:
 *     1 to 63        so many literal octets follow: a-z 0-9 -
 *     0x80 and up    enum pattern_part
 * {ip} of IPv4 is written as {a}-{b}-{c}-{d}; literals that follow each other are one.
 *
 * Decimals never touch a digit or another placeholder, so a label is read from left to right in
 * one way only. Whether a label and an address belong together is decided by making the label
 * again: what is not spelled as pattern_format() spells it (letter case aside) is no label of the
 * range.
 *
 * Pure functions, no allocation, safe from any thread. */
#ifndef ZONE_PATTERN_H
#define ZONE_PATTERN_H

#include "zone/addr.h"

enum pattern_part {
	PART_OCTET = 0x80,  /* {a}; {b} {c} {d} follow it */
	PART_GROUPS = 0x84, /* {ip} of IPv6 */
	PART_HEX = 0x85,
	PART_HOST = 0x86,
	PART_INDEX = 0x87
};

#define SHAPE_PARTS_MAX 32  /* decimals with something between them fill a label with as many */
#define SHAPE_MAX       128 /* octets: parts, literals and the lengths of their runs */
#define SHAPE_TEXT_MAX  256 /* as people write it, and a NUL */

/* What is wrong with a pattern. */
enum pattern_fault {
	PATTERN_FINE,
	PATTERN_NO_PLACEHOLDER,
	PATTERN_UNKNOWN,   /* a placeholder that there is not */
	PATTERN_BRACE,     /* { or } without the other */
	PATTERN_FAMILY,    /* {a} to {d} in a range of IPv6 */
	PATTERN_TOUCH,     /* a decimal beside a digit or another placeholder */
	PATTERN_CHARACTER, /* a literal that is no letter, digit or hyphen */
	PATTERN_IDN,       /* an octet that is not ASCII */
	PATTERN_HYPHEN,    /* the label begins or ends with one */
	PATTERN_INVERT,    /* two addresses of the range would make one label */
	PATTERN_LONG       /* a label over 63 octets at the widest, or too many placeholders */
};

/* A range of addresses and the shape of their labels. */
struct pattern {
	const uint8_t *shape; /* borrowed; NULL: none, and then only the addresses mean anything */
	uint8_t shape_octets;
	uint8_t addr_len;            /* 4 or 16 */
	uint8_t host_bits;           /* below the prefix that first and last share */
	uint8_t first[16], last[16]; /* both belong to the range; network order, the rest zero */
};

/* True when all addresses of the range have the same first `bits` bits. */
static inline bool pattern_shares(const struct pattern *p, unsigned bits)
{
	return bits + p->host_bits <= 8U * p->addr_len;
}

/* Read a pattern's label, text[0..n) without a dot, for addresses of addr_len octets.
 *   shape    room for SHAPE_MAX; written, with *octets, only when the result is PATTERN_FINE
 * Capitals become small letters. */
enum pattern_fault shape_from_text(
        uint8_t *shape, uint8_t *octets, const char *text, size_t n, uint8_t addr_len);

/* Write a shape as people do, and a NUL; {ip} for what it stands for. Returns the length. */
size_t shape_to_text(char out[SHAPE_TEXT_MAX], const uint8_t *shape, uint8_t octets);

/* True when octets[0..n) of unknown origin are a shape as shape_from_text() writes one. */
bool shape_is_sound(const uint8_t *octets, size_t n, uint8_t addr_len);

/* True when a shape spells every bit of an address, so that the address is known without the range:
 * {ip}, {hex}, or all of {a} to {d}. With {host} it is not, for its width is the range's. */
bool shape_is_whole(const uint8_t *shape, uint8_t octets);

/* The literal octets before the first placeholder; *n may be 0. */
const uint8_t *shape_prefix(const uint8_t *shape, uint8_t *n);

/* Set a pattern up; first <= last, of one family. `shape` may be NULL. */
void pattern_init(struct pattern *p, const uint8_t *shape, uint8_t octets, const struct addr *first,
        const struct addr *last);

/* PATTERN_INVERT, PATTERN_LONG or PATTERN_FINE, decided from the shape and the range's two ends. An
 * octet that varies must be there, even where first and last are so odd that no label is made twice
 * (192.0.2.254 to 192.0.3.1 by {d}). */
enum pattern_fault pattern_check(const struct pattern *p);

/* Octets of the longest label of the range, the length octet not counted; may be over 63. */
unsigned pattern_widest(const struct pattern *p);

/* Write the label of an address of the range, its length octet first; pattern_check() was
 * PATTERN_FINE. Returns octets written, 2 to 64. */
size_t pattern_format(
        uint8_t out[1 + LABEL_MAX_OCTETS], const struct pattern *p, const uint8_t *address);

/* The only address that could have this label (length octet first, letters of any case) if it is
 * in the range; whether it is, and whether its label is this one, is for the caller to ask. With a
 * shape that is whole the range does not matter. Writes all of out[0..16). False when no address
 * has the label, whatever the range's ends. */
bool pattern_parse(uint8_t out[16], const struct pattern *p, const uint8_t *label);

/* True when the address is one of the range. */
bool pattern_has(const struct pattern *p, const uint8_t *address);

/* True when the label (length octet first, letters of any case) is that of an address of the range,
 * which is then in out. */
bool pattern_match(uint8_t out[16], const struct pattern *p, const uint8_t *label);

/* False when no label can fit both, which is decided by their shapes; true when one may. */
bool pattern_may_meet(const struct pattern *a, const struct pattern *b);

#endif
