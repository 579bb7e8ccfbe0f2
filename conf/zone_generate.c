/* SPDX-License-Identifier: ISC */
#include "conf/zone_generate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/zone_entry.h"
#include "conf/zone_word.h"

#define NUMBER_MAX INT32_MAX
#define WIDTH_MAX  127U /* as BIND; no label is longer */

/* Read decimal digits at *text and step behind them. False when there are none or too many. */
static bool read_number(const char **text, uint32_t most, uint32_t *out)
{
	const char *p = *text;
	uint64_t number = 0;

	for (; *p >= '0' && *p <= '9'; p++)
		if (number <= most)
			number = number * 10 + (uint64_t)(*p - '0');
	bool good = p != *text && number <= most;
	*text = p;
	*out = (uint32_t)number;
	return good;
}

/* START-STOP[/STEP] */
static const char *read_range(struct zone_generate *g, const char *token, size_t n)
{
	const char *p = token;
	uint32_t stop, step = 1;

	if (!read_number(&p, NUMBER_MAX, &g->next) || *p++ != '-' ||
	        !read_number(&p, NUMBER_MAX, &stop) ||
	        (*p == '/' && (p++, !read_number(&p, NUMBER_MAX, &step))) || p != token + n ||
	        step == 0)
		return "the range wants numbers, such as 0-255 or 0-254/2";
	if (stop < g->next)
		return "the range ends before it begins";
	g->step = step;
	if ((stop - g->next) / step >= GENERATE_LINE_MAX)
		return "more than 65536 records; write several lines";
	g->left = (stop - g->next) / step + 1;
	return NULL;
}

/* True for a token that is a TTL or a class: those stand before the type. */
static bool is_before_type(const char *token, size_t n)
{
	return (*token >= '0' && *token <= '9') || zone_class_from_text(token, n);
}

/* Put a token behind what the template has already, without the quotes around it. */
static char *put_rdata(char *to, const char *token, size_t n)
{
	bool is_quoted = n > 1 && token[0] == '"' && token[n - 1] == '"';

	for (size_t i = is_quoted; i < n - is_quoted; i++) {
		if (is_quoted && token[i] == '\\' && i + 1 < n - is_quoted) {
			if (token[i + 1] != '"')
				*to++ = token[i];
			i++;
		}
		*to++ = token[i];
	}
	*to++ = 0;
	return to;
}

const char *zone_generate_begin(struct zone_generate *g, const char *text)
{
	const char *token, *middle;
	size_t n;

	g->left = 0;
	token = zone_entry_token(&text, &n);
	const char *why = token ? read_range(g, token, n) : "it wants a range, such as 0-255";
	if (why) {
		g->left = 0;
		return why;
	}
	free(g->template);
	char *to = g->template = malloc(strlen(text) + 3);
	if (!to) {
		g->failed = true;
		g->left = 0;
		return "out of memory";
	}
	token = zone_entry_token(&text, &n);
	g->parts[0] = to;
	if (token) {
		memcpy(to, token, n);
		to += n;
		*to++ = 0;
	}
	middle = text;
	while ((token = zone_entry_token(&text, &n)) && is_before_type(token, n))
		;
	if (token) {
		g->parts[1] = to;
		memcpy(to, middle, (size_t)(token - middle) + n);
		to += (size_t)(token - middle) + n;
		*to++ = 0;
		token = zone_entry_token(&text, &n);
	}
	if (!token || *text) {
		g->left = 0;
		return token ? "rdata of several fields want quotes around them all: MX \"10 "
		               "mail$\""
		             : "it wants a range, an owner, a type and rdata";
	}
	g->parts[2] = to;
	put_rdata(to, token, n);
	return NULL;
}

static void put(struct zone_generate *g, const char *octets, size_t n)
{
	if (g->line_len + n + 1 > g->line_capacity) {
		size_t capacity = 2 * g->line_capacity + n + 128;
		char *line = realloc(g->line, capacity);
		if (!line) {
			g->failed = true;
			return;
		}
		g->line = line;
		g->line_capacity = capacity;
	}
	memcpy(g->line + g->line_len, octets, n);
	g->line_len += n;
	g->line[g->line_len] = 0;
}

/* {OFFSET[,WIDTH[,BASE]]} at *text. */
struct modifier {
	int64_t offset;
	uint32_t width;
	char base;
};

static bool read_modifier(const char **text, struct modifier *m)
{
	const char *p = *text + 1;
	bool is_negative = *p == '-';
	uint32_t offset;

	if (*p == '-' || *p == '+')
		p++;
	if (!read_number(&p, NUMBER_MAX, &offset))
		return false;
	m->offset = is_negative ? -(int64_t)offset : (int64_t)offset;
	if (*p == ',') {
		p++;
		if (!read_number(&p, WIDTH_MAX, &m->width))
			return false;
		if (*p == ',') {
			if (!p[1] || !strchr("doxXnN", p[1]))
				return false;
			m->base = p[1];
			p += 2;
		}
	}
	if (*p != '}')
		return false;
	*text = p + 1;
	return true;
}

/* Hexadecimal digits as labels, the last first. `width` counts the dots, too, so one that is even
 * ends with a dot. */
static void put_nibbles(struct zone_generate *g, uint32_t value, uint32_t width, char base)
{
	const char *digits = base == 'n' ? "0123456789abcdef" : "0123456789ABCDEF";

	do {
		put(g, &digits[value & 15], 1);
		value >>= 4;
		width -= width > 0;
		if (width || value) {
			put(g, ".", 1);
			width -= width > 0;
		}
	} while (value || width);
}

/* Write the number as `$` or `${...}` at *text says. */
static const char *put_number(struct zone_generate *g, const char **text)
{
	struct modifier m = {0, 0, 'd'};
	char digits[WIDTH_MAX + 16];
	int n = 0;

	if (**text == '{' && !read_modifier(text, &m))
		return "${ wants an offset, perhaps a width and one of d o x X n N: ${0,3,d}";
	int64_t number = g->next + m.offset;
	if (number > NUMBER_MAX)
		return "the number has more than 31 bits";
	int value = (int)number, width = (int)m.width;
	switch (m.base) {
	case 'n':
	case 'N':
		put_nibbles(g, (uint32_t)value, m.width, m.base);
		return NULL;
	case 'o':
		n = snprintf(digits, sizeof digits, "%0*o", width, (unsigned)value);
		break;
	case 'x':
		n = snprintf(digits, sizeof digits, "%0*x", width, (unsigned)value);
		break;
	case 'X':
		n = snprintf(digits, sizeof digits, "%0*X", width, (unsigned)value);
		break;
	default:
		n = snprintf(digits, sizeof digits, "%0*d", width, value);
	}
	put(g, digits, (size_t)n);
	return NULL;
}

/* Write OWNER or RDATA with the number in it. */
static const char *put_part(struct zone_generate *g, const char *text)
{
	const char *why = NULL;

	while (*text && !why) {
		if (*text == '\\' && text[1]) {
			put(g, text, 2);
			text += 2;
		} else if (*text == '$' && text[1] == '$') {
			put(g, text, 1);
			text += 2;
		} else if (*text == '$') {
			text++;
			why = put_number(g, &text);
		} else {
			put(g, text++, 1);
		}
	}
	return why;
}

bool zone_generate_next(struct zone_generate *g, const char **why)
{
	*why = NULL;
	if (g->left == 0)
		return false;
	g->line_len = 0;
	*why = put_part(g, g->parts[0]);
	put(g, " ", 1);
	put(g, g->parts[1], strlen(g->parts[1]));
	put(g, " ", 1);
	if (!*why)
		*why = put_part(g, g->parts[2]);
	g->left--;
	g->next += g->step;
	if (*why)
		g->left = 0;
	return !*why && !g->failed;
}

void zone_generate_free(struct zone_generate *g)
{
	free(g->template);
	free(g->line);
	memset(g, 0, sizeof *g);
}
