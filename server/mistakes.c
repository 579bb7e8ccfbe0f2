/* SPDX-License-Identifier: ISC */
#include "server/mistakes.h"

#include <stdlib.h>
#include <string.h>

#include "server/reload.h"

void mistakes_init(struct mistakes *m)
{
	memset(m, 0, sizeof *m);
	arena_init(&m->arena);
	diag_init(&m->diags);
}

void mistakes_free(struct mistakes *m)
{
	diag_free(&m->diags);
	arena_free(&m->arena);
	mistakes_init(m);
}

static int compare_customers(const void *va, const void *vb)
{
	return strcmp(((const struct mistakes_file *)va)->customer,
	        ((const struct mistakes_file *)vb)->customer);
}

static int compare_files(const void *va, const void *vb)
{
	return strcmp(
	        ((const struct mistakes_file *)va)->file, ((const struct mistakes_file *)vb)->file);
}

static struct mistakes_file *find(const struct mistakes *m, const char *customer, const char *file)
{
	struct mistakes_file key = {.customer = customer, .file = file};

	if (m->count == 0)
		return NULL;
	return bsearch(
	        &key, m->files, m->count, sizeof key, customer ? compare_customers : compare_files);
}

bool mistakes_has(const struct mistakes *m, const char *customer, const struct digest *digest)
{
	const struct mistakes_file *f = find(m, customer, NULL);

	return f && digest_equal(&f->digest, digest);
}

static const char *keep_text(struct arena *arena, const char *text)
{
	return arena_text(arena, text, strlen(text));
}

/* Add one to a list whose texts live in an arena. */
static void add_diag(
        struct diag_list *to, struct arena *arena, const char *file, const struct diag *d)
{
	struct place place = {file, d->place.line, d->place.column};
	const char *rule = keep_text(arena, d->rule);

	if (rule)
		diag_add(to, d->severity, place, rule, "%s", d->text);
}

/* What the reload did not say, for it is known here. */
static void remind(const struct mistakes *m, struct reload *r)
{
	for (size_t i = 0; i < r->customer_count; i++) {
		const struct reload_customer *c = &r->customers[i];
		const struct mistakes_file *f = c->is_known_bad ? find(m, c->name, NULL) : NULL;
		for (size_t k = 0; f && k < f->count; k++)
			add_diag(&r->diags, &r->arena, c->file, &m->diags.items[f->first + k]);
	}
}

/* The files that are refused now, sorted by their names. */
static void list_files(struct mistakes *m, const struct reload *r)
{
	m->files = arena_alloc(&m->arena, (r->customer_count + 1) * sizeof *m->files);
	for (size_t i = 0; m->files && i < r->customer_count; i++) {
		const struct reload_customer *c = &r->customers[i];
		if (!digest_is_none(&c->refused))
			m->files[m->count++] = (struct mistakes_file){keep_text(&m->arena, c->name),
			        keep_text(&m->arena, c->file), c->refused, 0, 0};
	}
	if (!arena_failed(&m->arena) && m->count)
		qsort(m->files, m->count, sizeof *m->files, compare_files);
}

static bool is_same_file(const struct diag *a, const struct diag *b)
{
	return a->place.file && b->place.file && strcmp(a->place.file, b->place.file) == 0;
}

/* Diagnostics of one file stand together. */
static void keep_diags(struct mistakes *m, const struct diag_list *diags)
{
	for (size_t i = 0, end; i < diags->count; i = end) {
		const struct diag *d = &diags->items[i];
		for (end = i + 1; end < diags->count && is_same_file(d, &diags->items[end]); end++)
			;
		struct mistakes_file *f = d->place.file ? find(m, NULL, d->place.file) : NULL;
		if (!f || f->count)
			continue;
		f->first = m->diags.count;
		for (size_t k = i; k < end; k++)
			add_diag(&m->diags, &m->arena, f->file, &diags->items[k]);
		f->count = m->diags.count - f->first;
	}
}

void mistakes_renew(struct mistakes *m, struct reload *r)
{
	struct mistakes next;
	size_t kept = 0;

	remind(m, r);
	mistakes_init(&next);
	list_files(&next, r);
	if (!arena_failed(&next.arena))
		keep_diags(&next, &r->diags);
	/* whose mistakes cannot be told again is read again */
	for (size_t i = 0; i < next.count; i++)
		if (next.files[i].count)
			next.files[kept++] = next.files[i];
	next.count = kept;
	if (kept)
		qsort(next.files, kept, sizeof *next.files, compare_customers);
	mistakes_free(m);
	*m = next;
	if (arena_failed(&m->arena))
		mistakes_free(m);
}
