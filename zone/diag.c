/* SPDX-License-Identifier: ISC */
#include "zone/diag.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "zone/hash.h"

void diag_init(struct diag_list *list)
{
	memset(list, 0, sizeof *list);
}

void diag_free(struct diag_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].text);
	free(list->items);
	free(list->files);
	free(list->slots);
	diag_init(list);
}

static bool same_file(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* The slot of a file: that with its number, or a free one. */
static uint32_t *find_slot(const struct diag_list *list, const char *name)
{
	const char *text = name ? name : "";
	size_t mask = list->slot_count - 1;
	size_t at = hash_octets(list->seed, (const uint8_t *)text, strlen(text)) & mask;

	while (list->slots[at] && !same_file(list->files[list->slots[at] - 1].name, name))
		at = (at + 1) & mask;
	return &list->slots[at];
}

/* Make room for one more file; the slots are at most half full. */
static bool make_room_for_file(struct diag_list *list)
{
	if (list->file_count < list->file_capacity)
		return true;
	uint32_t capacity = list->file_capacity ? list->file_capacity * 2 : 16;
	struct diag_file *files = realloc(list->files, capacity * sizeof *files);
	if (!files)
		return false;
	list->files = files;
	uint32_t *slots = calloc((size_t)capacity * 2, sizeof *slots);
	if (!slots)
		return false;
	free(list->slots);
	list->slots = slots;
	list->slot_count = (size_t)capacity * 2;
	list->file_capacity = capacity;
	for (uint32_t i = 0; i < list->file_count; i++)
		*find_slot(list, list->files[i].name) = i + 1;
	return true;
}

/* What was said of a file so far; NULL when memory runs out. Most often it is the file of the last
 * mistake. */
static struct diag_file *find_file(struct diag_list *list, const char *name)
{
	if (list->file_count && same_file(list->files[list->last_file].name, name))
		return &list->files[list->last_file];
	if (!list->seed)
		list->seed = hash_seed();
	if (!make_room_for_file(list))
		return NULL;
	uint32_t *slot = find_slot(list, name);
	if (!*slot) {
		list->files[list->file_count++] = (struct diag_file){.name = name};
		*slot = list->file_count;
	}
	list->last_file = *slot - 1;
	return &list->files[list->last_file];
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

static void count(enum severity severity, size_t *errors, size_t *warnings)
{
	if (severity == DIAG_ERROR)
		(*errors)++;
	else
		(*warnings)++;
}

void diag_add(struct diag_list *list, enum severity severity, struct place place, const char *rule,
        const char *format, ...)
{
	struct diag_file *file = find_file(list, place.file);
	char *text = NULL;
	va_list args;

	count(severity, &list->errors, &list->warnings);
	if (file)
		count(severity, &file->errors, &file->warnings);
	if (!file || file->kept == DIAG_MAX_A_FILE || !make_room(list)) {
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
	file->kept++;
	list->items[list->count++] = (struct diag){place, severity, rule, text, list->last_file};
}

/* What was not kept there is not kept here: a list keeps the first ones of a file. */
void diag_join(struct diag_list *list, struct diag_list *from)
{
	for (size_t i = 0; i < from->count; i++) {
		const struct diag *d = &from->items[i];
		diag_add(list, d->severity, d->place, d->rule, "%s", d->text);
		struct diag_file *there = &from->files[d->file];
		if (d->severity == DIAG_ERROR)
			there->errors--;
		else
			there->warnings--;
	}
	list->dropped += from->dropped;
	for (uint32_t i = 0; i < from->file_count; i++) {
		const struct diag_file *there = &from->files[i];
		struct diag_file *file = find_file(list, there->name);
		list->errors += there->errors;
		list->warnings += there->warnings;
		if (!file)
			continue;
		file->errors += there->errors;
		file->warnings += there->warnings;
	}
	diag_free(from);
}

/* Those of one place: the array that is sorted points into the list, in order of discovery. */
static int compare_diags(const void *va, const void *vb)
{
	const struct diag *a = *(const struct diag *const *)va;
	const struct diag *b = *(const struct diag *const *)vb;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	if (a->place.line != b->place.line)
		return a->place.line < b->place.line ? -1 : 1;
	if (a->place.column != b->place.column)
		return a->place.column < b->place.column ? -1 : 1;
	return (a > b) - (a < b);
}

void diag_sort(struct diag_list *list)
{
	const struct diag **sorted = malloc((list->count + 1) * sizeof *sorted);
	struct diag *items = malloc((list->count + 1) * sizeof *items);

	if (sorted && items && list->count) {
		for (size_t i = 0; i < list->count; i++)
			sorted[i] = &list->items[i];
		qsort(sorted, list->count, sizeof *sorted, compare_diags);
		for (size_t i = 0; i < list->count; i++)
			items[i] = *sorted[i];
		memcpy(list->items, items, list->count * sizeof *items);
	}
	free(sorted); /* without memory they stay as they are: told, if not in order */
	free(items);
}

void diag_keep(struct diag_list *list, bool (*is_wanted)(const char *file, const void *context),
        const void *context)
{
	size_t count = 0;

	for (uint32_t i = 0; i < list->file_count; i++) {
		struct diag_file *f = &list->files[i];
		if (is_wanted(f->name, context))
			continue;
		list->errors -= f->errors;
		list->warnings -= f->warnings;
		list->dropped -= f->errors + f->warnings - f->kept;
		f->kept = f->errors = f->warnings = 0;
	}
	for (size_t i = 0; i < list->count; i++) {
		if (list->files[list->items[i].file].kept)
			list->items[count++] = list->items[i];
		else
			free(list->items[i].text);
	}
	list->count = count;
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

/* How many octets stand for themselves. */
static size_t plain_length(const unsigned char *p)
{
	size_t n = 0;

	while (p[n] >= ' ' && p[n] < 0x7f && p[n] != '"' && p[n] != '\\')
		n++;
	return n;
}

void json_print_text(const char *text, FILE *out)
{
	const unsigned char *p = (const unsigned char *)text;

	putc('"', out);
	for (;;) {
		size_t plain = plain_length(p);
		fwrite(p, 1, plain, out);
		p += plain;
		if (!*p)
			break;
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
