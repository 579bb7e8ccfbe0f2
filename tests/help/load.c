/* SPDX-License-Identifier: ISC */
#include "tests/help/load.h"

#include "tests/help/files.h"
#include "tests/help/image_walk.h"
#include "tests/help/must.h"
#include "zone/compile.h"
#include "zone/keep.h"

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

struct generation load_files(struct config *c, const struct generation *last)
{
	const struct history *h = last ? &last->history : NULL;
	struct generation next = {0};
	enum err e;

	char *said = files_load(c, h, &e);
	must((*said != 0) == (c->diags.count > 0), "a mistake is printed");
	free(said);
	print_json_nowhere(&c->diags);
	must(e == OK || (e == ERR_REFUSED && c->diags.errors), "what is refused is told why");
	if (e != OK)
		return next;
	must(plan_recall_all(&c->plan, &c->barriers, h, &c->diags) == OK, "the past is there");
	must(compile_plan(&next.snapshot, &c->plan, last ? last->snapshot : NULL, NOW) == OK,
	        "what is accepted compiles");
	must(history_of_plan(&next.history, &c->plan, &c->digest) == OK, "and is remembered");
	return next;
}

void generation_free(struct generation *g)
{
	snapshot_unref(g->snapshot);
	history_free(&g->history);
	g->snapshot = NULL;
}

static size_t count_refused(const struct config *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->plan.source_count; i++)
		count += c->plan.sources[i].state != SOURCE_GOOD;
	return count;
}

struct generation load_twice(struct config *c, const struct generation *last)
{
	struct generation first = load_files(c, last);
	struct config again;

	if (!first.snapshot)
		return first;
	for (uint32_t i = 0; i < first.snapshot->count; i++) {
		free(image_dump(first.snapshot->images[i]));
		image_use(first.snapshot->images[i]);
	}
	struct generation second = load_files(&again, &first);
	must(second.snapshot && second.snapshot->count == first.snapshot->count,
	        "it is accepted again");
	for (uint32_t i = 0; i < first.snapshot->count; i++)
		must(second.snapshot->images[i] == first.snapshot->images[i],
		        "and nothing changes");
	must(count_refused(&again) == count_refused(c), "and the same files are refused");
	config_free(&again);
	generation_free(&second);
	return first;
}
