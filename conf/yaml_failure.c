/* SPDX-License-Identifier: ISC */
#include "conf/yaml_failure.h"

#include <string.h>

/* The place of an octet that libyaml's reader did not like: it tells no line. */
static struct place place_of_octet(const struct yaml *y, size_t at)
{
	struct place p = {y->file, 1, 1};

	for (size_t i = 0; i < at && i < y->size; i++) {
		if (y->octets[i] == '\n') {
			p.line++;
			p.column = 1;
		} else if ((y->octets[i] & 0xc0) != 0x80) {
			p.column++;
		}
	}
	return p;
}

/* The line of the file with this number, from 0. */
static const char *find_line(const struct yaml *y, size_t number, size_t *len)
{
	const char *p = y->octets, *end = y->octets + y->size, *newline;

	for (; number && (newline = memchr(p, '\n', (size_t)(end - p))); number--)
		p = newline + 1;
	newline = memchr(p, '\n', (size_t)(end - p));
	*len = (size_t)((newline ? newline : end) - p);
	return p;
}

/* What people put in braces at the start of a value is a placeholder, and short; a hostile line has
 * a million of them. */
#define BRACES_MAX 80

/* True when a value begins at text[i] that YAML takes for something else: `@ MX`, `*.example`, a
 * brace with text behind it, `::1` in a list. */
static bool is_for_quotes(const char *text, size_t len, size_t i)
{
	if (strchr("@`%*&", text[i]))
		return true;
	if (text[i] == ':')
		return i + 1 < len && text[i + 1] == ':';
	if (text[i] != '{')
		return false;
	size_t n = len - i < BRACES_MAX ? len - i : BRACES_MAX;
	const char *close = memchr(text + i, '}', n);
	return close && close + 1 < text + len && !strchr(" \t\r,]}#", close[1]);
}

/* True where a placeholder stands inside a value, `h-{ip}.example`: in a map in braces YAML takes
 * it for a map, too. */
static bool is_placeholder(const char *text, size_t len, size_t i)
{
	size_t n = len - i < BRACES_MAX ? len - i : BRACES_MAX;

	return text[i] == '{' && i && !strchr(" \t[{,:", text[i - 1]) && memchr(text + i, '}', n);
}

/* True when a line holds a value that wants quotes. */
static bool line_is_for_quotes(const char *text, size_t len)
{
	bool at_value = true, is_quoted = false;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\0')
			return false;
		if (at_value && text[i] != ' ' && is_for_quotes(text, len, i))
			return true;
		is_quoted |= text[i] == '"' || text[i] == '\'';
		if (!is_quoted && is_placeholder(text, len, i))
			return true;
		if (text[i] != ' ')
			at_value = strchr("[{,", text[i]);
		else if (i && strchr(":-", text[i - 1]))
			at_value = true;
	}
	return false;
}

/* True where a line begins, by the line breaks of YAML 1.1 5.4. */
static bool is_line_start(const struct yaml *y, size_t at)
{
	const char *p = y->octets + at;

	return at == 0 || p[-1] == '\n' || p[-1] == '\r' ||
	       (at >= 2 && memcmp(p - 2, "\xc2\x85", 2) == 0) ||
	       (at >= 3 && (memcmp(p - 3, "\xe2\x80\xa8", 3) == 0 ||
	                           memcmp(p - 3, "\xe2\x80\xa9", 3) == 0));
}

bool yaml_tell_tag_directive(struct yaml *y)
{
	const char *end = y->octets + y->size, *p = y->octets;

	for (; (p = memchr(p, '%', (size_t)(end - p))); p++) {
		size_t at = (size_t)(p - y->octets);
		if (strncmp(p, "%TAG", 4) != 0 || !is_line_start(y, at))
			continue;
		yaml_error(y, place_of_octet(y, at), "yaml-tag",
		        "tags (%%TAG) are not allowed; remove the line, or put the value in "
		        "quotes");
		return true;
	}
	return false;
}

/* Where libyaml gave up, or where what it could not finish began. */
static bool is_quotes_missing(const struct yaml *y)
{
	size_t last = y->parser.problem_mark.line, first = y->parser.context_mark.line, len;

	if (!y->parser.context || first + 1 < last || first > last)
		first = last ? last - 1 : 0;
	for (size_t i = first; i <= last; i++) {
		const char *line = find_line(y, i, &len);
		if (line_is_for_quotes(line, len))
			return true;
	}
	return false;
}

/* True when a line is indented with tabs. */
static bool is_tab_at(const struct yaml *y, size_t number)
{
	size_t len;
	const char *line = find_line(y, number, &len);

	while (len && *line == ' ') {
		line++;
		len--;
	}
	return len && *line == '\t';
}

/* What libyaml says, and what people can look at. */
static void tell_syntax(struct yaml *y)
{
	const yaml_parser_t *p = &y->parser;
	struct place place = {
	        y->file, (uint32_t)p->problem_mark.line + 1, (uint32_t)p->problem_mark.column + 1};
	const char *problem = p->problem ? p->problem : "malformed";
	char from[48] = "";

	if (is_quotes_missing(y)) {
		if (y->quotes_line == place.line)
			return;
		yaml_error(y, place, "yaml-quote",
		        "YAML takes a character here for its own; if it belongs to a value, put it "
		        "in quotes: \"...\"");
		return;
	}
	if (is_tab_at(y, p->problem_mark.line)) {
		yaml_error(y, place, "yaml-syntax",
		        "not YAML: a tab stands before the text of the line; indent with spaces");
		return;
	}
	if (p->context && p->context_mark.line < p->problem_mark.line)
		snprintf(from, sizeof from, " that begins on line %zu", p->context_mark.line + 1);
	yaml_error(y, place, "yaml-syntax",
	        "not YAML: %s%s%s%s; look at the indentation, the colons, quotes and brackets",
	        problem, p->context ? " " : "", p->context ? p->context : "", from);
}

void yaml_tell_failure(struct yaml *y)
{
	const yaml_parser_t *p = &y->parser;

	if (p->error == YAML_MEMORY_ERROR)
		yaml_error(y, ((struct place){y->file, 0, 0}), "memory", "out of memory");
	else if (p->error == YAML_READER_ERROR)
		yaml_error(y, place_of_octet(y, p->problem_offset), "yaml-encoding",
		        "%s; a file is plain text in UTF-8", p->problem ? p->problem : "not text");
	else
		tell_syntax(y);
}
