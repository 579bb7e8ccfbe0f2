/* SPDX-License-Identifier: ISC */
#include "zone/digest.h"

#include <xxhash.h>

static struct digest canonical(XXH128_hash_t hash)
{
	XXH128_canonical_t out;
	struct digest d;

	XXH128_canonicalFromHash(&out, hash);
	_Static_assert(sizeof out.digest == sizeof d.octets, "128 bits are 16 octets");
	memcpy(d.octets, out.digest, sizeof d.octets);
	return d;
}

struct digest digest_of(const void *octets, size_t n)
{
	return canonical(XXH3_128bits(octets, n));
}

struct digest digest_chain(const struct digest *before, const void *octets, size_t n)
{
	struct digest both[2] = {*before, digest_of(octets, n)};

	return digest_of(both, sizeof both);
}

const char *digest_to_text(char out[DIGEST_TEXT_MAX], const struct digest *d)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof d->octets; i++) {
		out[2 * i] = digits[d->octets[i] >> 4];
		out[2 * i + 1] = digits[d->octets[i] & 15];
	}
	out[DIGEST_TEXT_MAX - 1] = 0;
	return out;
}

static int value_of(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool digest_from_text(struct digest *out, const char *text, size_t n)
{
	struct digest d;

	if (n != DIGEST_TEXT_MAX - 1)
		return false;
	for (size_t i = 0; i < sizeof d.octets; i++) {
		int high = value_of(text[2 * i]), low = value_of(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		d.octets[i] = (uint8_t)(high << 4 | low);
	}
	*out = d;
	return true;
}
