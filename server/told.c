/* SPDX-License-Identifier: ISC */
#include "server/told.h"

#include <stdlib.h>
#include <string.h>

#include "server/log.h"

static int compare(const void *va, const void *vb)
{
	return strcmp(((const struct told_file *)va)->name, ((const struct told_file *)vb)->name);
}

static const struct told_file *find(const struct told_file *files, size_t count, const char *name)
{
	struct told_file key = {.name = (char *)(uintptr_t)name};

	return count ? bsearch(&key, files, count, sizeof key, compare) : NULL;
}

static const char *file_of(const struct diag *d)
{
	return d->place.file ? d->place.file : "";
}

/* All that is said of one file. */
static struct digest digest_of_diags(const struct diag *diags, size_t count)
{
	struct digest d = {{0}};

	for (size_t i = 0; i < count; i++) {
		uint32_t numbers[] = {
		        diags[i].severity, diags[i].place.line, diags[i].place.column};
		d = digest_chain(&d, numbers, sizeof numbers);
		d = digest_chain(&d, diags[i].rule, strlen(diags[i].rule));
		d = digest_chain(&d, diags[i].text, strlen(diags[i].text));
	}
	return d;
}

static void log_all(const struct diag *diags, size_t count)
{
	for (size_t i = 0; i < count; i++)
		log_diag(&diags[i]);
}

void told_free(struct told *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->files[i].name);
	free(t->files);
	*t = (struct told){0};
}

/* One more file; false when out of memory. */
static bool add(struct told *t, const char *name, const struct digest *said)
{
	t->files[t->count] = (struct told_file){strdup(name), *said};
	return t->files[t->count].name && ++t->count;
}

size_t told_log(struct told *t, const struct diag_list *diags,
        bool (*is_unread)(const void *context, const char *file), const void *context)
{
	struct told next = {.files = malloc((diags->count + t->count + 1) * sizeof *next.files)};
	size_t spared = 0, mentioned = 0;
	bool good = next.files != NULL;

	for (size_t i = 0, end; i < diags->count; i = end) {
		const char *name = file_of(&diags->items[i]);
		for (end = i + 1;
		        end < diags->count && strcmp(file_of(&diags->items[end]), name) == 0; end++)
			;
		struct digest said = digest_of_diags(&diags->items[i], end - i);
		const struct told_file *last = find(t->files, t->count, name);
		if (last && digest_equal(&last->said, &said))
			spared += end - i;
		else
			log_all(&diags->items[i], end - i);
		good = good && add(&next, name, &said);
	}
	if (diags->count > spared)
		log_dropped(diags);
	mentioned = next.count;
	if (good && mentioned)
		qsort(next.files, mentioned, sizeof *next.files, compare);
	for (size_t i = 0; good && i < t->count; i++)
		if (is_unread(context, t->files[i].name) &&
		        !find(next.files, mentioned, t->files[i].name))
			good = add(&next, t->files[i].name, &t->files[i].said);
	if (good && next.count)
		qsort(next.files, next.count, sizeof *next.files, compare);
	told_free(t);
	if (good)
		*t = next;
	else
		told_free(&next);
	return spared;
}
