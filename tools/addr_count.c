/* SPDX-License-Identifier: ISC */
#include "tools/addr_count.h"

uint64_t addr_count(const struct addr *a, const struct addr *b)
{
	uint8_t difference[16] = {0};
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
