/* SPDX-License-Identifier: ISC */
/* zone/name.h - domain names in wire form (RFC 1035 3.1).
 *
 *     www.example.  ->  03 w w w 07 e x a m p l e 00        len = 13
 *
 * A name is the uncompressed octets, length octet before each label, the root label last; 1 to
 * 255 octets, at most 127 labels before the root. Case is kept unless a function says otherwise;
 * comparisons ignore it (RFC 4343: ASCII letters only).
 *
 * Two shapes are used. `struct name` holds the octets inside itself, for the stack. Where
 * thousands of names are kept, a plain `const uint8_t *` to valid wire octets is enough, for a
 * name says where it ends.
 *
 * Pure functions, no allocation, safe from any thread. */
#ifndef ZONE_NAME_H
#define ZONE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zone/err.h"

#define NAME_MAX_OCTETS  255  /* RFC 1035 2.3.4 */
#define LABEL_MAX_OCTETS 63   /* RFC 1035 2.3.4 */
#define NAME_MAX_LABELS  127  /* of one octet each, and the root */
#define NAME_TEXT_MAX    1024 /* presentation form: every octet as \DDD, dots, and a NUL */

struct name {
	uint8_t len; /* octets used, root label included; 0 only before it is set */
	uint8_t wire[NAME_MAX_OCTETS];
};

/* The lower-case form of an octet, ASCII letters only (RFC 4343 3). */
static inline uint8_t octet_lower(uint8_t c)
{
	return (uint8_t)(c - 'A') < 26 ? (uint8_t)(c | 0x20) : c;
}

/* Read presentation form (RFC 1035 5.1: \DDD and \X escapes) from text[0..n).
 * The trailing dot is optional: every name is absolute. "." is the root.
 * Returns OK; ERR_SYNTAX for an empty name, an empty label or a bad escape; ERR_LONG for a label
 * over 63 or a name over 255 octets. */
MUST_USE enum err name_from_text(struct name *out, const char *text, size_t n);

/* The same for the name of a host, as name_is_host() has it, without escapes; lower-case then.
 * False for anything else, whatever it is: name_from_text() tells; *out is nothing then. */
bool name_from_host_text(struct name *out, const char *text, size_t n);

/* Write the presentation form with the trailing dot and a NUL. Octets other than letters,
 * digits, '-', '_', '/' and '*' are escaped. Returns its length without the NUL. */
size_t name_to_text(char out[NAME_TEXT_MAX], const uint8_t *wire);

/* Take a name from untrusted octets: `wire[0..n)` must begin with an uncompressed name.
 * Returns OK; ERR_SYNTAX for a pointer, a reserved label type or a cut-off name; ERR_LONG over
 * 255 octets. */
MUST_USE enum err name_from_wire(struct name *out, const uint8_t *wire, size_t n);

/* Copy a valid wire name. */
void name_copy(struct name *out, const uint8_t *wire);

/* Octets of a valid wire name, the root label included. */
size_t name_length(const uint8_t *wire);

/* Labels of a valid wire name, the root not counted. */
unsigned name_count_labels(const uint8_t *wire);

/* Where each label of a valid wire name begins: offsets[i] is the offset of label i, leftmost
 * first; offsets[count] is that of the root label. Returns count (without the root). */
unsigned name_find_labels(uint8_t offsets[NAME_MAX_LABELS + 1], const uint8_t *wire);

/* Lower-case the letters in place (RFC 4034 6.2). */
void name_lower(struct name *n);

/* Equal, letter case aside. */
/* Equal in n octets, letter case aside. Length octets stand for themselves, so whole labels are
 * equal that begin at the same place. */
bool name_octets_equal(const uint8_t *a, const uint8_t *b, size_t n);

bool name_equal(const uint8_t *a, const uint8_t *b);

/* Canonical order, RFC 4034 6.1: by labels from the right, lower-case octets, a shorter label
 * first. Negative, zero or positive. */
int name_compare(const uint8_t *a, const uint8_t *b);

/* True when `wire` is `ancestor` or below it, by whole labels, case aside. Then, if `at` is not
 * NULL, *at is the offset in `wire` at which the ancestor begins. */
bool name_is_within(const uint8_t *wire, const uint8_t *ancestor, size_t *at);

/* Put `prefix[0..n)`, whole labels without a root, before `suffix`, a valid wire name.
 * Returns OK or ERR_LONG. */
MUST_USE enum err name_join(
        struct name *out, const uint8_t *prefix, size_t n, const uint8_t *suffix);

/* A host name (RFC 952, RFC 1123 2.1): labels of letters, digits and inner hyphens only, at least
 * one label, and the last is no number, so that no address passes for a name. */
bool name_is_host(const uint8_t *wire);

#endif
