/* SPDX-License-Identifier: ISC */
#include "zone/mail_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool has_generic_word(const char *text)
{
	static const char *const words[] = {"dyn", "dynamic", "dhcp", "pool", "dsl", "adsl", "vdsl",
	        "sdsl", "xdsl", "ppp", "pppoe", "dialup", "dialin"};

	for (size_t n; *text; text += n + (text[n] != 0)) {
		n = strcspn(text, ".-_0123456789");
		for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
			if (strlen(words[i]) == n && memcmp(words[i], text, n) == 0)
				return true;
	}
	return false;
}

/* The four octets as runs of digits behind each other, leading zeros or not. */
static bool has_decimal_octets(const char *text, const uint8_t *octets)
{
	unsigned forwards = 0, backwards = 0;

	while (*text) {
		if (!is_digit(*text)) {
			text++;
			continue;
		}
		size_t n = strspn(text, "0123456789");
		unsigned long value = n > 3 ? 256 : strtoul(text, NULL, 10);
		forwards = value == octets[forwards] ? forwards + 1 : value == octets[0];
		backwards = value == octets[3 - backwards] ? backwards + 1 : value == octets[3];
		if (forwards == 4 || backwards == 4)
			return true;
		text += n;
	}
	return false;
}

static bool has_hex(const char *text, const struct addr *a)
{
	char hex[33], bare[NAME_TEXT_MAX];
	size_t n = 0;

	for (unsigned i = 0; i < a->len; i++)
		snprintf(hex + 2 * (size_t)i, 3, "%02x", a->octets[i]);
	for (; *text; text++)
		if (*text != '-' && *text != '.')
			bare[n++] = *text;
	bare[n] = 0;
	return strstr(bare, hex);
}

bool mail_name_is_generic(const uint8_t *wire, const struct addr *a)
{
	struct name lower;
	char text[NAME_TEXT_MAX];

	name_copy(&lower, wire);
	name_lower(&lower);
	name_to_text(text, lower.wire);
	return has_generic_word(text) || (a->len == 4 && has_decimal_octets(text, a->octets)) ||
	       has_hex(text, a);
}
