/* SPDX-License-Identifier: ISC */
#include "tools/addr_count.h"

#include <string.h>

uint64_t addr_count(const struct addr *a, const struct addr *b)
{
	uint8_t difference[16];
	uint64_t count = 0;
	int borrow = 0;

	for (unsigned i = a->len; i--;) {
		int d = b->octets[i] - a->octets[i] - borrow;
		borrow = d < 0;
		difference[i] = (uint8_t)d;
	}
	for (unsigned i = 0; i < a->len; i++) {
		if (count >> 56)
			return UINT64_MAX;
		count = count << 8 | difference[i];
	}
	return count;
}

bool addr_after(struct addr *out, const struct addr *a, uint64_t n)
{
	struct addr sum = *a;
	unsigned carry = 0;

	for (unsigned i = a->len; i--; n >>= 8) {
		carry += sum.octets[i] + (unsigned)(n & 0xff);
		sum.octets[i] = (uint8_t)carry;
		carry >>= 8;
	}
	if (n || carry)
		return false;
	*out = sum;
	return true;
}

bool addr_before(struct addr *out, const struct addr *a, uint64_t n)
{
	struct addr rest = *a;
	int borrow = 0;

	for (unsigned i = a->len; i--; n >>= 8) {
		int d = rest.octets[i] - (int)(n & 0xff) - borrow;
		borrow = d < 0;
		rest.octets[i] = (uint8_t)d;
	}
	if (n || borrow)
		return false;
	*out = rest;
	return true;
}

void addr_block(struct addr *first, struct addr *last, const struct addr *a, unsigned bits)
{
	struct addr low = *a, high = *a;

	for (unsigned i = 0; i < a->len; i++) {
		unsigned fixed = bits > 8 * i ? bits - 8 * i : 0;
		uint8_t free = fixed >= 8 ? 0 : (uint8_t)(0xff >> fixed);
		low.octets[i] = (uint8_t)(low.octets[i] & ~free);
		high.octets[i] |= free;
	}
	if (first)
		*first = low;
	*last = high;
}

bool addr_is_prefix(struct prefix *out, const struct addr *first, const struct addr *last)
{
	struct addr low, high;
	unsigned bits = 0;

	while (bits < 8U * first->len &&
	        !((first->octets[bits / 8] ^ last->octets[bits / 8]) & 0x80 >> bits % 8))
		bits++;
	addr_block(&low, &high, first, bits);
	if (addr_compare(&low, first) != 0 || addr_compare(&high, last) != 0)
		return false;
	*out = (struct prefix){*first, (uint8_t)bits};
	return true;
}
