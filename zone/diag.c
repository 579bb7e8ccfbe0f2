/* SPDX-License-Identifier: ISC */
#include "zone/diag.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void diag_init(struct diag_list *list)
{
	memset(list, 0, sizeof *list);
}

void diag_free(struct diag_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].text);
	free(list->items);
	diag_init(list);
}

static bool same_file(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* True when this file has had its share. Files come one after the other, so the count looks
 * back only while the file stays the same. */
static bool is_full(const struct diag_list *list, const char *file)
{
	if (list->count < DIAG_MAX_A_FILE)
		return false;
	for (size_t i = list->count; i > list->count - DIAG_MAX_A_FILE; i--)
		if (!same_file(list->items[i - 1].place.file, file))
			return false;
	return true;
}

static bool make_room(struct diag_list *list)
{
	if (list->count < list->capacity)
		return true;
	size_t capacity = list->capacity ? list->capacity * 2 : 16;
	struct diag *items = realloc(list->items, capacity * sizeof *items);
	if (!items)
		return false;
	list->items = items;
	list->capacity = capacity;
	return true;
}

void diag_add(struct diag_list *list, enum severity severity, struct place place, const char *rule,
        const char *format, ...)
{
	char *text = NULL;
	va_list args;

	if (severity == DIAG_ERROR)
		list->errors++;
	else
		list->warnings++;
	if (is_full(list, place.file) || !make_room(list)) {
		list->dropped++;
		return;
	}
	va_start(args, format);
	int n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0) {
		list->dropped++;
		return;
	}
	list->items[list->count++] = (struct diag){place, severity, rule, text};
}

static int compare_places(const struct diag *a, const struct diag *b)
{
	if (a->place.line != b->place.line)
		return a->place.line < b->place.line ? -1 : 1;
	if (a->place.column != b->place.column)
		return a->place.column < b->place.column ? -1 : 1;
	return 0;
}

void diag_sort(struct diag_list *list)
{
	/* Insertion by file in order of first mention keeps equal places in order of discovery. */
	for (size_t i = 1; i < list->count; i++) {
		struct diag d = list->items[i];
		size_t k = i;
		while (k && same_file(list->items[k - 1].place.file, d.place.file) &&
		        compare_places(&list->items[k - 1], &d) > 0) {
			list->items[k] = list->items[k - 1];
			k--;
		}
		list->items[k] = d;
	}
}

static void print_escaped(const char *text, FILE *out)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		/* U+0080 to U+009F, which terminals obey, are c2 80 to c2 9f in UTF-8 */
		bool is_c1 = *p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0;
		if (is_c1)
			fprintf(out, "\\x%02x\\x%02x", p[0], p[1]);
		else if (*p < ' ' || *p == 0x7f)
			fprintf(out, "\\x%02x", *p);
		else
			putc(*p, out);
		p += is_c1;
	}
}

void diag_print_one(const struct diag *d, FILE *out)
{
	if (d->place.file) {
		print_escaped(d->place.file, out);
		if (d->place.line)
			fprintf(out, ":%u", d->place.line);
		if (d->place.line && d->place.column)
			fprintf(out, ":%u", d->place.column);
		fputs(": ", out);
	}
	fputs(d->severity == DIAG_ERROR ? "error: " : "warning: ", out);
	print_escaped(d->text, out);
	fprintf(out, " [%s]", d->rule);
}

void diag_print(const struct diag_list *list, FILE *out)
{
	for (size_t i = 0; i < list->count; i++) {
		diag_print_one(&list->items[i], out);
		putc('\n', out);
	}
	if (list->dropped)
		fprintf(out, "and %zu more; the first %d of a file are shown\n", list->dropped,
		        DIAG_MAX_A_FILE);
}

/* Octets of the well-formed UTF-8 sequence at p (RFC 3629 4), 0 when there is none. */
static unsigned utf8_length(const unsigned char *p)
{
	unsigned n = *p < 0x80                 ? 1
	             : *p >= 0xc2 && *p < 0xe0 ? 2
	             : (*p & 0xf0) == 0xe0     ? 3
	             : *p >= 0xf0 && *p < 0xf5 ? 4
	                                       : 0;

	for (unsigned i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] >= 0xa0) ||
	        (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] >= 0x90))
		return 0;
	return n;
}

void json_print_text(const char *text, FILE *out)
{
	const unsigned char *p = (const unsigned char *)text;

	putc('"', out);
	while (*p) {
		unsigned n = utf8_length(p);
		if (n == 0) {
			fputs("\\ufffd", out);
			n = 1;
		} else if (*p < ' ' || *p == 0x7f) {
			fprintf(out, "\\u%04x", *p);
		} else {
			if (*p == '"' || *p == '\\')
				putc('\\', out);
			fwrite(p, 1, n, out);
		}
		p += n;
	}
	putc('"', out);
}

void diag_print_json(const struct diag_list *list, FILE *out)
{
	putc('[', out);
	for (size_t i = 0; i < list->count; i++) {
		const struct diag *d = &list->items[i];
		fputs(i ? ",\n {\"file\": " : "\n {\"file\": ", out);
		if (d->place.file)
			json_print_text(d->place.file, out);
		else
			fputs("null", out);
		fprintf(out, ", \"line\": %u, \"column\": %u, \"severity\": \"%s\", \"text\": ",
		        d->place.line, d->place.column,
		        d->severity == DIAG_ERROR ? "error" : "warning");
		json_print_text(d->text, out);
		fputs(", \"rule\": ", out);
		json_print_text(d->rule, out);
		putc('}', out);
	}
	fputs(list->count ? "\n]" : "]", out);
}
