/* SPDX-License-Identifier: ISC */
/* zone/digest.h - 128 bits that stand for octets: by them a file that did not change is known, and
 * under them the files of the state folder are kept.
 *
 * XXH3, which is fast and no secret: whoever makes two files of his own with one digest has only
 * himself to thank that the second is not read. */
#ifndef ZONE_DIGEST_H
#define ZONE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define DIGEST_TEXT_MAX 33 /* 32 hex digits and a NUL */

struct digest {
	uint8_t octets[16]; /* all zero: of nothing */
};

struct digest digest_of(const void *octets, size_t n);

/* Of a digest and what follows it: so one digest stands for many pieces, in their order. */
struct digest digest_chain(const struct digest *before, const void *octets, size_t n);

static inline bool digest_equal(const struct digest *a, const struct digest *b)
{
	return memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

static inline bool digest_is_none(const struct digest *d)
{
	static const struct digest none;

	return digest_equal(d, &none);
}

/* 32 lower-case hex digits and a NUL into the caller's room; returns it. */
const char *digest_to_text(char out[DIGEST_TEXT_MAX], const struct digest *d);

/* The inverse, of text[0..n). False, and *out unchanged, for anything but 32 such digits. */
bool digest_from_text(struct digest *out, const char *text, size_t n);

#endif
