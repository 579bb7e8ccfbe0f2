/* SPDX-License-Identifier: ISC */
#include "tests/help/random.h"

#include <string.h>

#define ARRAY_LENGTH(a) (sizeof(a) / sizeof(a)[0])

static uint64_t random_state = 1;

void random_seed(uint64_t round)
{
	random_state = 0x9e3779b97f4a7c15U * (round + 1);
	if (random_state == 0)
		random_state = 1;
}

uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13; /* xorshift64 */
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 33) % n;
}

void random_label(uint8_t label[1 + LABEL_MAX_OCTETS])
{
	static const uint8_t octets[] = {'a', 'b', 'z', '-', '0', '9', '_', '*', '.', 0, 1, 0x2c,
	        '@', '[', '`', '{', 0x7f, 0xa9, 0xaa, 0xd8, 0xd9, 0xff};
	unsigned n = random_below(40) ? 1 + random_below(3) : 1 + random_below(63);

	label[0] = (uint8_t)n;
	for (unsigned i = 1; i <= n; i++)
		label[i] = random_below(3) ? octets[random_below(2)]
		                           : octets[random_below(ARRAY_LENGTH(octets))];
}

void random_name(struct name *out, const uint8_t *suffix, unsigned most)
{
	name_copy(out, suffix);
	for (unsigned i = random_below(most + 1); i; i--) {
		uint8_t label[64];
		struct name longer;
		random_label(label);
		if (name_join(&longer, label, 1U + label[0], out->wire) != OK)
			return;
		*out = longer;
	}
}

void random_addr(struct addr *a)
{
	static const uint8_t ipv4[][3] = {{10, 1, 2}, {10, 1, 9}, {10, 77, 2}, {192, 0, 2}};

	memset(a, 0, sizeof *a);
	if (random_below(2)) {
		a->len = 4;
		memcpy(a->octets, ipv4[random_below(ARRAY_LENGTH(ipv4))], 3);
		a->octets[3] = (uint8_t)random_below(256);
		return;
	}
	a->len = 16;
	memcpy(a->octets, "\x20\x01\x0d\xb8", 4);
	a->octets[6 + random_below(10)] = (uint8_t)random_below(256);
	a->octets[7] |= (uint8_t)(random_below(2) << 4);
}
