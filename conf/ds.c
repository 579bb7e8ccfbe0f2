/* SPDX-License-Identifier: ISC */
#include "conf/ds.h"

#include <string.h>

/* Step over blanks and a word; its length. */
static size_t next_word(const char **at, const char *end, const char **word)
{
	const char *p = *at;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	*word = p;
	while (p < end && *p != ' ' && *p != '\t')
		p++;
	*at = p;
	return (size_t)(p - *word);
}

/* The next word as a decimal number; UINT32_MAX when it is none, or over 65535. */
static uint32_t next_number(const char **at, const char *end)
{
	const char *word;
	size_t n = next_word(at, end, &word);
	uint32_t value = 0;

	if (n == 0 || n > 5)
		return UINT32_MAX;
	for (size_t i = 0; i < n; i++) {
		if (word[i] < '0' || word[i] > '9')
			return UINT32_MAX;
		value = value * 10 + (uint32_t)(word[i] - '0');
	}
	return value <= UINT16_MAX ? value : UINT32_MAX;
}

static bool is_algorithm(uint32_t number)
{
	return number < 17 && strchr("\5\7\10\12\15\16\17\20", (int)number) && number;
}

/* Octets of a digest; 0 for a type that is not known (RFC 4034, RFC 4509, RFC 6605). */
static unsigned digest_octets(uint32_t type)
{
	return type == 1 ? 20 : type == 2 ? 32 : type == 4 ? 48 : 0;
}

static int digit_of(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? (int)((found - digits) % 16) : -1;
}

/* The digits, blanks between them allowed; at most `most` octets are written. Returns how many
 * digits there are, or -1 when something is no digit. */
static long read_hex(uint8_t *out, size_t most, const char *at, const char *end)
{
	long count = 0;

	for (; at < end; at++) {
		int digit = digit_of(*at);
		if (*at == ' ' || *at == '\t')
			continue;
		if (digit < 0)
			return -1;
		if ((size_t)count / 2 < most)
			out[count / 2] = (uint8_t)(count % 2 ? out[count / 2] | digit : digit << 4);
		count++;
	}
	return count;
}

bool ds_from_text(
        struct yaml *y, const struct yaml_text *t, uint8_t rdata[DS_MAX_OCTETS], uint16_t *octets)
{
	const char *at = t->text, *end = t->text + t->len;
	uint32_t tag = next_number(&at, end), algorithm = next_number(&at, end);
	uint32_t type = next_number(&at, end);
	unsigned wanted = digest_octets(type);
	long digits = read_hex(rdata + 4, wanted, at, end);

	if (tag == UINT32_MAX || algorithm == UINT32_MAX || type == UINT32_MAX || digits <= 0) {
		yaml_error(y, t->place, "ds",
		        "`%.*s` is no DS record; write KEYTAG ALGORITHM DIGESTTYPE HEX, such as "
		        "12345 13 2 3490A6...",
		        TEXT_ARGS(t));
	} else if (!is_algorithm(algorithm)) {
		yaml_error(y, t->place, "ds",
		        "algorithm %u signs no zone that resolvers look into; there are 5, 7, 8, "
		        "10, 13, 14, 15 and 16",
		        algorithm);
	} else if (!wanted) {
		yaml_error(y, t->place, "ds",
		        "digest type %u is not known; there are 1 (of 20 octets), 2 (32) and 4 "
		        "(48)",
		        type);
	} else if (digits != 2L * wanted) {
		yaml_error(y, t->place, "ds",
		        "a digest of type %u has %u octets, %u hex digits; here are %ld", type,
		        wanted, 2 * wanted, digits);
	} else {
		rdata[0] = (uint8_t)(tag >> 8);
		rdata[1] = (uint8_t)tag;
		rdata[2] = (uint8_t)algorithm;
		rdata[3] = (uint8_t)type;
		*octets = (uint16_t)(4 + wanted);
		return true;
	}
	return false;
}
