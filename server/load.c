/* SPDX-License-Identifier: ISC */
#include "server/load.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "zone/compile.h"
#include "zone/keep.h"

static unsigned long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long)t.tv_sec * 1000 + (unsigned long)t.tv_nsec / 1000000;
}

enum err load_read(struct load *out, const char *path, const struct snapshot *last,
        const struct history *h)
{
	unsigned long begin_ms = now_ms();
	const struct plan *plan = &out->config.plan;

	out->snapshot = NULL;
	out->zones = out->pairs = 0;
	config_init(&out->config);
	enum err e = config_load(&out->config, path, NULL, h);
	memset(&out->history, 0, sizeof out->history);
	if (e == OK)
		e = plan_recall_all(&out->config.plan, &out->config.barriers, h, &out->config.diags);
	if (e == OK)
		e = history_of_plan(&out->history, plan, &out->config.digest);
	if (e == OK) {
		e = compile_plan(&out->snapshot, plan, last, time(NULL));
		out->zones = plan->zone_count;
		for (size_t i = 0; i < plan->source_count; i++)
			if (source_is_served(&plan->sources[i]))
				out->pairs += plan->sources[i].pair_count;
	}
	out->took_ms = now_ms() - begin_ms;
	return e;
}

void load_free(struct load *l)
{
	snapshot_unref(l->snapshot);
	history_free(&l->history);
	config_free(&l->config);
}

const char *load_text(char out[LOAD_TEXT_MAX], const struct load *l)
{
	snprintf(out, LOAD_TEXT_MAX, "%zu zone%s, %zu pair%s", l->zones, l->zones == 1 ? "" : "s",
	        l->pairs, l->pairs == 1 ? "" : "s");
	return out;
}
