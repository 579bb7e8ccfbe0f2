/* SPDX-License-Identifier: ISC */
#include "tests/help/range_model.h"

#include <stdio.h>
#include <string.h>

#include "tests/help/must.h"

unsigned block_bits(const struct model_block *b)
{
	unsigned bits = 8U * b->len;

	for (unsigned __int128 x = b->first ^ b->last; x; x >>= 1)
		bits--;
	return bits;
}

struct model_block block_of(unsigned __int128 address, uint8_t len, unsigned bits)
{
	unsigned below = 8U * len - bits;
	unsigned __int128 hosts =
	        below < 128 ? ((unsigned __int128)1 << below) - 1 : ~(unsigned __int128)0;

	return (struct model_block){address & ~hosts, address | hosts, len};
}

struct addr model_addr(unsigned __int128 address, uint8_t len)
{
	struct addr a = {.len = len};

	for (unsigned i = 0; i < len; i++)
		a.octets[i] = (uint8_t)(address >> (8 * (len - 1U - i)));
	return a;
}

/* Label text while it grows. */
struct text {
	char *at;
	unsigned n;
};

static void put(struct text *t, char c)
{
	must(t->n + 1 < MODEL_LABEL_MAX, "a label of few octets");
	t->at[t->n++] = c;
	t->at[t->n] = 0;
}

static void put_decimal(struct text *t, unsigned __int128 value)
{
	char digits[40];
	unsigned n = 0;

	do
		digits[n++] = (char)('0' + (int)(value % 10));
	while ((value /= 10) != 0);
	while (n)
		put(t, digits[--n]);
}

static void put_hex(struct text *t, unsigned __int128 value, unsigned digits)
{
	while (digits--)
		put(t, "0123456789abcdef"[(unsigned)(value >> (4 * digits)) & 15]);
}

static void put_ip(struct text *t, uint8_t len, unsigned __int128 address)
{
	unsigned groups = len == 4 ? 4 : 8;

	for (unsigned i = groups; i--;) {
		if (len == 4)
			put_decimal(t, address >> (8 * i) & 0xff);
		else
			put_hex(t, address >> (16 * i) & 0xffff, 4);
		if (i)
			put(t, '-');
	}
}

static unsigned host_digits(const struct model_range *r)
{
	return (8U * r->block.len - block_bits(&r->block) + 3) / 4;
}

static unsigned __int128 host_of(const struct model_range *r, unsigned __int128 address)
{
	return address ^ block_of(address, r->block.len, block_bits(&r->block)).first;
}

static bool is_word(const char *at, size_t n, const char *word)
{
	return n == strlen(word) && memcmp(at, word, n) == 0;
}

static void put_part(struct text *t, const struct model_range *r, const char *part, size_t n,
        unsigned __int128 address)
{
	if (is_word(part, n, "ip"))
		put_ip(t, r->block.len, address);
	else if (is_word(part, n, "hex"))
		put_hex(t, address, 2U * r->block.len);
	else if (is_word(part, n, "host"))
		put_hex(t, host_of(r, address), host_digits(r));
	else if (is_word(part, n, "n"))
		put_decimal(t, address - r->block.first);
	else
		put_decimal(t, address >> (8 * ('d' - *part)) & 0xff);
}

unsigned model_label(
        char out[MODEL_LABEL_MAX], const struct model_range *r, unsigned __int128 address)
{
	struct text t = {out, 0};

	for (const char *i = r->shape; *i; i++) {
		if (*i != '{') {
			put(&t, *i);
			continue;
		}
		const char *end = strchr(i, '}');
		put_part(&t, r, i + 1, (size_t)(end - i - 1), address);
		i = end;
	}
	return t.n;
}

/* Hex digits with dashes between, as many as there are. */
static unsigned __int128 read_hex(const char *at, const char *end, unsigned digits, unsigned *taken)
{
	unsigned __int128 value = 0;

	for (*taken = 0; digits && at + *taken < end; ++*taken) {
		char c = at[*taken];
		if (c == '-')
			continue;
		value = value << 4 | (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
		digits--;
	}
	return value;
}

static unsigned __int128 read_decimal(const char *at, const char *end, unsigned *taken)
{
	unsigned __int128 value = 0;

	for (*taken = 0; at + *taken < end && *taken < 39; ++*taken) {
		unsigned digit = (unsigned)(at[*taken] - '0');
		if (digit > 9)
			break;
		value = value * 10 + digit;
	}
	return value;
}

/* What a part of a label, at[0..), says of the address; the octets that it takes. */
static unsigned read_part(unsigned __int128 *address, const struct model_range *r, const char *part,
        size_t n, const char *at, const char *end)
{
	unsigned __int128 value;
	unsigned taken;

	if (is_word(part, n, "ip") || is_word(part, n, "hex")) {
		*address = read_hex(at, end, 2U * r->block.len, &taken);
	} else if (is_word(part, n, "host")) {
		value = read_hex(at, end, host_digits(r), &taken);
		*address =
		        block_of(r->block.first, r->block.len, block_bits(&r->block)).first | value;
	} else {
		must(is_word(part, n, "n"), "octets have tables");
		*address = r->block.first + read_decimal(at, end, &taken);
	}
	return taken;
}

/* For IPv6. However the address is guessed, the label must be its own. */
bool model_read_label(
        unsigned __int128 *address, const struct model_range *r, const char *label, unsigned n)
{
	const char *at = label, *end = label + n;
	unsigned __int128 guess = 0;
	char again[MODEL_LABEL_MAX];

	for (const char *i = r->shape; *i && at < end; i++) {
		if (*i != '{') {
			if (*at++ != *i)
				return false;
			continue;
		}
		const char *close = strchr(i, '}');
		at += read_part(&guess, r, i + 1, (size_t)(close - i - 1), at, end);
		i = close;
	}
	if (!block_has(&r->block, r->block.len, guess) || model_label(again, r, guess) != n ||
	        memcmp(again, label, n) != 0)
		return false;
	*address = guess;
	return true;
}

void model_reverse_name(
        char out[MODEL_NAME_MAX], unsigned __int128 address, uint8_t len, unsigned bits)
{
	unsigned step = len == 4 ? 8 : 4, n = 0;

	for (unsigned i = 8U * len - bits; i < 8U * len; i += step) {
		unsigned value = (unsigned)(address >> i) & ((1U << step) - 1);
		n += (unsigned)snprintf(
		        out + n, MODEL_NAME_MAX - n, len == 4 ? "%u." : "%x.", value);
	}
	snprintf(out + n, MODEL_NAME_MAX - n, "%s", len == 4 ? "in-addr.arpa" : "ip6.arpa");
}
