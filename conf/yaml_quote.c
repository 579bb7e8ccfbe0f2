/* SPDX-License-Identifier: ISC */
#include "conf/yaml_quote.h"

#include <string.h>

/* The line of the file with this number, from 0. */
static const char *find_line(const char *octets, size_t size, size_t number, size_t *len)
{
	const char *p = octets, *end = octets + size, *newline;

	for (; number && (newline = memchr(p, '\n', (size_t)(end - p))); number--)
		p = newline + 1;
	newline = memchr(p, '\n', (size_t)(end - p));
	*len = (size_t)((newline ? newline : end) - p);
	return p;
}

/* What people put in braces at the start of a value is a placeholder, and short; a hostile line has
 * a million of them. */
#define BRACES_MAX 80

/* True when a value begins at text[i] that YAML takes for something else: `@ MX`, `%...`, a brace
 * with text behind it, `::1` in a list. */
static bool is_for_quotes(const char *text, size_t len, size_t i)
{
	if (strchr("@`%", text[i]))
		return true;
	if (text[i] == ':')
		return i + 1 < len && text[i + 1] == ':';
	if (text[i] != '{')
		return false;
	size_t n = len - i < BRACES_MAX ? len - i : BRACES_MAX;
	const char *close = memchr(text + i, '}', n);
	return close && close + 1 < text + len && !strchr(" \t\r,]}#", close[1]);
}

/* True when a line holds a value that wants quotes. */
static bool line_is_for_quotes(const char *text, size_t len)
{
	bool at_value = true;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\0')
			return false;
		if (at_value && text[i] != ' ' && is_for_quotes(text, len, i))
			return true;
		if (text[i] != ' ')
			at_value = strchr("[{,", text[i]);
		else if (i && strchr(":-", text[i - 1]))
			at_value = true;
	}
	return false;
}

bool yaml_quotes_are_missing(const char *octets, size_t size, size_t first, size_t last)
{
	for (size_t i = first, len; i <= last; i++) {
		const char *line = find_line(octets, size, i, &len);
		if (line_is_for_quotes(line, len))
			return true;
	}
	return false;
}
