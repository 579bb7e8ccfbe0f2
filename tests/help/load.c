/* SPDX-License-Identifier: ISC */
#include "tests/help/load.h"

#include "tests/help/files.h"
#include "tests/help/image_walk.h"
#include "tests/help/must.h"
#include "zone/compile.h"

#define NOW 1000

static void print_json_nowhere(const struct diag_list *diags)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	must(out != NULL, "out of memory");
	diag_print_json(diags, out);
	fclose(out);
	free(text);
}

struct snapshot *load_files(struct config *c, const struct snapshot *last)
{
	struct snapshot *snapshot = NULL;
	enum err e;

	char *said = files_load(c, last, &e);
	must((*said != 0) == (c->diags.count > 0), "a mistake is printed");
	free(said);
	print_json_nowhere(&c->diags);
	must(e == OK || (e == ERR_REFUSED && c->diags.errors), "what is refused is told why");
	if (e != OK)
		return NULL;
	must(compile_plan(&snapshot, &c->plan, last, NOW) == OK, "what is accepted compiles");
	return snapshot;
}

struct snapshot *load_twice(struct config *c, const struct snapshot *last)
{
	struct snapshot *first = load_files(c, last);
	struct config again;

	if (!first)
		return NULL;
	for (uint32_t i = 0; i < first->count; i++) {
		free(image_dump(first->images[i]));
		image_use(first->images[i]);
	}
	struct snapshot *second = load_files(&again, first);
	must(second && second->count == first->count, "it is accepted again");
	for (uint32_t i = 0; i < first->count; i++)
		must(second->images[i] == first->images[i], "and nothing changes");
	must(again.diags.errors == c->diags.errors, "and the mistakes are the same");
	config_free(&again);
	snapshot_unref(second);
	return first;
}
