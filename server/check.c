/* SPDX-License-Identifier: ISC */
/* `arpad -n`: what is wrong, before anything is served. */
#include <stdio.h>
#include <time.h>

#include "conf/config.h"
#include "server/server.h"
#include "zone/compile.h"

static size_t count_pairs(const struct plan *p)
{
	size_t count = 0;

	for (size_t i = 0; i < p->source_count; i++)
		count += source_is_served(&p->sources[i]) ? p->sources[i].pair_count : 0;
	return count;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

enum exit_status server_check(const char *path)
{
	struct snapshot *snapshot = NULL;
	struct config c;

	config_init(&c);
	enum err e = config_load(&c, path, NULL, NULL);
	if (e == OK)
		e = compile_plan(&snapshot, &c.plan, NULL, time(NULL));
	size_t errors = c.diags.errors, warnings = c.diags.warnings;
	diag_print(&c.diags, stderr);
	if (e != OK && errors == 0)
		fprintf(stderr, "%s: error: %s\n", path, err_text(e));
	printf("%s: ", path);
	if (e == OK) {
		size_t zones = c.plan.zone_count, pairs = count_pairs(&c.plan);
		printf("%zu zone%s, %zu pair%s, ", zones, plural(zones), pairs, plural(pairs));
	}
	printf("%zu error%s, %zu warning%s\n", errors, plural(errors), warnings, plural(warnings));
	snapshot_unref(snapshot);
	config_free(&c);
	return e == OK && errors == 0 ? EXIT_FINE : EXIT_REFUSED;
}
