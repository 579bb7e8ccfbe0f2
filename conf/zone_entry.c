/* SPDX-License-Identifier: ISC */
#include "conf/zone_entry.h"

#include <stdlib.h>
#include <string.h>

/* Each costs a second look at what lies behind it. */
#define UNCLOSED_MAX 20

void zone_entry_init(struct zone_entry *e)
{
	memset(e, 0, sizeof *e);
}

void zone_entry_free(struct zone_entry *e)
{
	free(e->text);
	zone_entry_init(e);
}

static void put(struct zone_entry *e, char c)
{
	if (e->len + 2 > e->capacity) {
		size_t capacity = e->capacity ? e->capacity * 2 : 256;
		char *text = realloc(e->text, capacity);
		if (!text) {
			e->failed = true;
			return;
		}
		e->text = text;
		e->capacity = capacity;
	}
	e->text[e->len++] = c;
	e->text[e->len] = 0;
}

/* Forget the last entry. */
static void begin_entry(struct zone_entry *e)
{
	e->len = 0;
	put(e, 0); /* so that there is a text even if nothing follows */
	e->len = 0;
	e->mistake = NULL;
}

/* A space, but not as the first and not after another. */
static void put_space(struct zone_entry *e)
{
	if (e->len && e->text[e->len - 1] != ' ')
		put(e, ' ');
}

/* The next octet, -1 at the end. */
static int next(struct zone_text *t)
{
	if (t->at == t->size)
		return -1;
	int c = (unsigned char)t->octets[t->at++];
	t->line += c == '\n';
	return c;
}

static bool is_end_of_line(const struct zone_text *t)
{
	return t->at == t->size || t->octets[t->at] == '\n' ||
	       (t->octets[t->at] == '\r' && t->at + 1 < t->size && t->octets[t->at + 1] == '\n');
}

/* Copy an escape, its backslash already taken. */
static void read_escape(struct zone_entry *e, struct zone_text *t)
{
	put(e, '\\');
	if (is_end_of_line(t))
		e->mistake = "a backslash at the end of a line";
	else
		put(e, (char)next(t));
}

/* Copy quoted text, its first quote already taken. */
static void read_quoted(struct zone_entry *e, struct zone_text *t)
{
	put(e, '"');
	while (!is_end_of_line(t)) {
		int c = next(t);
		if (c == '\\') {
			read_escape(e, t);
			continue;
		}
		put(e, (char)c);
		if (c == 0)
			e->mistake = "a NUL octet";
		if (c == '"')
			return;
	}
	e->mistake = "a quote that is not closed on its line";
}

/* Copy one entry; its depth of parentheses at the end, 0 unless the file ended in them. */
static unsigned read_entry(struct zone_entry *e, struct zone_text *t)
{
	unsigned depth = 0;
	int c;

	while ((c = next(t)) != -1 && !(c == '\n' && depth == 0)) {
		switch (c) {
		case ';':
			while (!is_end_of_line(t))
				next(t);
			break;
		case '(':
			depth++;
			put_space(e);
			break;
		case ')':
			if (depth)
				depth--;
			else
				e->mistake = "a closing parenthesis without an opening one";
			put_space(e);
			break;
		case '"':
			read_quoted(e, t);
			break;
		case '\\':
			read_escape(e, t);
			break;
		case 0:
			e->mistake = "a NUL octet";
			break;
		case ' ':
		case '\t':
		case '\r':
		case '\n':
		case '\f':
		case '\v':
			put_space(e);
			break;
		default:
			put(e, (char)c);
		}
	}
	return depth;
}

/* Go on behind the first line of an entry that began at `begin`. */
static void go_back(struct zone_text *t, size_t begin, uint32_t line)
{
	const char *end = memchr(t->octets + begin, '\n', t->size - begin);

	t->at = end ? (size_t)(end - t->octets) + 1 : t->size;
	t->line = line + 1;
}

bool zone_entry_read(struct zone_entry *e, struct zone_text *t)
{
	while (t->at < t->size && !e->failed) {
		size_t begin = t->at;
		begin_entry(e);
		e->line = t->line;
		e->begins_blank = t->octets[begin] == ' ' || t->octets[begin] == '\t';
		if (read_entry(e, t)) {
			e->mistake = "a parenthesis that is never closed";
			if (t->unclosed++ < UNCLOSED_MAX)
				go_back(t, begin, e->line);
		}
		/* an escaped space at the end is part of a token */
		if (e->len && e->text[e->len - 1] == ' ' &&
		        !(e->len > 1 && e->text[e->len - 2] == '\\'))
			e->text[--e->len] = 0;
		if (e->len || e->mistake)
			return !e->failed;
	}
	return false;
}

const char *zone_entry_token(const char **text, size_t *n)
{
	const char *begin = *text, *p = begin;
	bool quoted = false;

	if (!*p)
		return NULL;
	for (; *p && (quoted || *p != ' '); p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '"')
			quoted = !quoted;
	}
	*n = (size_t)(p - begin);
	*text = *p ? p + 1 : p;
	return begin;
}
