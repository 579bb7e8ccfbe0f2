/* SPDX-License-Identifier: ISC */
#include "tools/yaml_text.h"

#include <string.h>
#include <strings.h>

#include "zone/addr.h"
#include "zone/diag.h"

static bool is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

#define WORD_MAX 5 /* false */

/* What YAML 1.1 or 1.2 readers resolve to null or a truth value. */
static bool is_word(const char *text)
{
	static const char *const words[] = {
	        "null", "true", "false", "yes", "no", "on", "off", "y", "n"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcasecmp(text, words[i]) == 0)
			return true;
	return false;
}

/* Might be a number, in base 60, or a date. An IPv4 address is not, to those who read it here. */
static bool is_like_number(const char *text)
{
	struct addr a;

	if (text[0] == '0' && (text[1] | 0x20) >= 'a')
		return true; /* 0x1f, 0o17 */
	if (strspn(text, "0123456789_:.-eE") != strlen(text))
		return false;
	return addr_from_text(&a, text, strlen(text)) != OK || strchr(text, ':');
}

bool yaml_is_plain(const char *text, bool in_flow)
{
	size_t n = strlen(text);

	if (n == 0 || !is_letter_or_digit(text[0]) || text[n - 1] == ':')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_letter_or_digit(text[i]) && !strchr("-._/@:", text[i]))
			return false;
	return !(in_flow && strchr(text, ':')) && !(n <= WORD_MAX && is_word(text)) &&
	       !is_like_number(text);
}

void yaml_print_text(const char *text, bool in_flow, FILE *out)
{
	if (yaml_is_plain(text, in_flow))
		fputs(text, out);
	else
		json_print_text(text, out);
}
