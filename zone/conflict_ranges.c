/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "zone/conflict_draft.h"

static struct side side_of(const struct makers *m, const struct making *making)
{
	return (struct side){
	        .source = m->files[making->file].source->customer, .range = making->range};
}

/* Of those who share a pattern him who speaks for them: the first who holds it, else the first. */
static struct side speaker(struct contest *c, const struct makers *m, const struct maker *item)
{
	for (uint32_t i = 0; item->count > 1 && i < item->count; i++) {
		const struct side side = side_of(m, &m->makings[item->first + i]);
		if (contest_holds(c, &side))
			return side;
	}
	return side_of(m, &m->makings[item->first]);
}

/* All who have one pattern against him who speaks for the other; but not `spoken`, who was. */
static void set_against(struct contest *c, const struct makers *m, const struct maker *item,
        const struct side *other, uint32_t spoken)
{
	for (uint32_t i = 0; i < item->count; i++) {
		const struct side side = side_of(m, &m->makings[item->first + i]);
		if (side.source != other->source && side.source != spoken)
			contest_add(c, &side, other, item->range->owner);
	}
}

void contest_find_ranges(struct contest *c, const struct makers *m)
{
	for (uint32_t i = 0; i < m->count; i++) {
		const struct maker *item = &m->items[i];
		for (uint32_t up = item->next; up; up = m->items[up - 1].next) {
			const struct maker *other = &m->items[up - 1];
			if (item->range->forward_zone == ZONE_NONE ||
			        !pattern_may_meet(&item->range->pattern, &other->range->pattern))
				continue;
			const struct side a = speaker(c, m, item), b = speaker(c, m, other);
			set_against(c, m, item, &b, UINT32_MAX);
			set_against(c, m, other, &a, b.source);
		}
	}
}

/* Patterns at one owner that begin with the same octets: how many of them have found room, and at
 * the most how many of those that begin with more octets and may have to be asked for one label. */
struct crowd {
	uint32_t up; /* 1 + that which begins with fewer; 0: none */
	uint8_t count, below;
	uint32_t with[MAKERS_ALIKE_MAX + 1]; /* those right below it, by what they come to */
};

struct crowds {
	struct contest *contest;
	const struct makers *makers;
	struct crowd *crowds;  /* owned */
	uint32_t *crowd_of;    /* owned; of each pattern */
	uint32_t *pattern_of;  /* owned; of each making, where patterns are too many; UINT32_MAX */
	bool *is_in, *is_held; /* owned; patterns that have found room; makings that held some */
	uint32_t *by_file;     /* owned; makings, file after file */
	uint32_t *begin;       /* owned; those of each file in by_file */
	uint32_t *added;       /* owned; patterns that the file at hand has brought */
	uint32_t added_count;
};

static bool begin_equally(const struct maker *a, const struct maker *b)
{
	uint8_t n, m;
	const uint8_t *x = shape_prefix(a->range->pattern.shape, &n);
	const uint8_t *y = shape_prefix(b->range->pattern.shape, &m);

	return n == m && memcmp(x, y, n) == 0;
}

/* One more or one less in a crowd, and what comes of it in those above. */
static void count_in(struct crowds *w, uint32_t number, int change)
{
	struct crowd *crowd = &w->crowds[number];
	unsigned before = crowd->count + crowd->below, now;

	crowd->count = (uint8_t)(crowd->count + change);
	while (crowd->up && before != (now = crowd->count + crowd->below)) {
		struct crowd *up = &w->crowds[crowd->up - 1];
		unsigned most = MAKERS_ALIKE_MAX;
		up->with[before]--; /* of 0 the number means nothing */
		up->with[now]++;
		while (most && up->with[most] == 0)
			most--;
		before = up->count + up->below;
		up->below = (uint8_t)most;
		crowd = up;
	}
}

/* False when there is no room for the pattern. */
static bool let_in(struct crowds *w, uint32_t pattern)
{
	uint32_t number = w->crowd_of[pattern];
	unsigned all = 1U + w->crowds[number].below;

	if (w->is_in[pattern])
		return true;
	for (uint32_t up = number + 1; up; up = w->crowds[up - 1].up)
		all += w->crowds[up - 1].count;
	if (all > MAKERS_ALIKE_MAX)
		return false;
	w->is_in[pattern] = true;
	w->added[w->added_count++] = pattern;
	count_in(w, number, 1);
	return true;
}

static void refuse(struct crowds *w, const struct making *making)
{
	const struct side side = side_of(w->makers, making);
	struct plan_source *s = &w->contest->plan->sources[side.source];
	char owner[NAME_TEXT_MAX];

	if (s->state == SOURCE_KEPT) {
		contest_drop(w->contest, &side);
		return;
	}
	name_to_text(owner, making->range->owner);
	diag_error(w->contest->diags, range_place(s, making->range), "range-alike",
	        "patterns of other customers below %s begin alike, and with this one they are more "
	        "than %d; begin it with letters of its own, or choose another domain",
	        owner, MAKERS_ALIKE_MAX);
	s->state = SOURCE_REFUSED;
	w->contest->has_changed = true;
}

/* What a file held, or else what is new in it; of a file that is refused nothing new stays in. */
static void let_file_in(struct crowds *w, uint32_t file, bool is_held)
{
	const struct plan_source *s = w->makers->files[file].source;

	w->added_count = 0;
	for (uint32_t i = w->begin[file]; i < w->begin[file + 1] && source_is_served(s); i++) {
		uint32_t number = w->by_file[i];
		const struct making *making = &w->makers->makings[number];
		const struct side side = side_of(w->makers, making);
		if (is_held)
			w->is_held[number] = contest_holds(w->contest, &side);
		if (w->is_held[number] == is_held && !let_in(w, w->pattern_of[number]))
			refuse(w, making);
	}
	if (is_held || source_is_served(s))
		return;
	for (uint32_t i = 0; i < w->added_count; i++) {
		w->is_in[w->added[i]] = false;
		count_in(w, w->crowd_of[w->added[i]], -1);
	}
}

/* Makings of patterns at owners where too many begin alike. Returns how many. */
static uint32_t find_patterns(struct crowds *w, uint32_t *depths)
{
	const struct makers *m = w->makers;
	uint32_t count = 0;

	for (uint32_t owner = 0; owner < m->index.count; owner++) {
		uint32_t deepest = 0;
		for (uint32_t i = m->begin[owner]; i < m->begin[owner + 1]; i++) {
			uint32_t up = m->items[i].next;
			depths[i] = up ? depths[up - 1] + 1 : 1;
			deepest = depths[i] > deepest ? depths[i] : deepest;
		}
		bool is_over = deepest > MAKERS_ALIKE_MAX &&
		               m->items[m->begin[owner]].range->forward_zone != ZONE_NONE;
		for (uint32_t i = m->begin[owner]; i < m->begin[owner + 1]; i++)
			for (uint32_t k = 0; k < m->items[i].count; k++) {
				w->pattern_of[m->items[i].first + k] = is_over ? i : UINT32_MAX;
				count += is_over;
			}
	}
	return count;
}

static void find_crowds(struct crowds *w)
{
	const struct makers *m = w->makers;
	uint32_t count = 0;

	for (uint32_t i = 0; i < m->count; i++) {
		uint32_t up = m->items[i].next;
		if (up && begin_equally(&m->items[i], &m->items[up - 1])) {
			w->crowd_of[i] = w->crowd_of[up - 1];
			continue;
		}
		w->crowds[count] = (struct crowd){.up = up ? w->crowd_of[up - 1] + 1 : 0};
		w->crowd_of[i] = count++;
	}
}

static void sort_by_file(struct crowds *w, uint32_t makings)
{
	const struct makers *m = w->makers;

	for (uint32_t i = 0; i < makings; i++)
		if (w->pattern_of[i] != UINT32_MAX)
			w->begin[m->makings[i].file + 2]++;
	for (size_t i = 2; i < m->file_count + 2; i++)
		w->begin[i] += w->begin[i - 1];
	for (uint32_t i = 0; i < makings; i++)
		if (w->pattern_of[i] != UINT32_MAX)
			w->by_file[w->begin[m->makings[i].file + 1]++] = i;
}

static void let_all_in(struct crowds *w, uint32_t makings)
{
	const struct makers *m = w->makers;

	find_crowds(w);
	sort_by_file(w, makings);
	for (unsigned k = 0; k < 2; k++)
		for (uint32_t file = 0; file < m->file_count; file++)
			let_file_in(w, file, k == 0);
}

void contest_find_crowds(struct contest *c, const struct makers *m)
{
	const struct maker *last = m->count ? &m->items[m->count - 1] : NULL;
	uint32_t makings = last ? last->first + last->count : 0;
	struct crowds w = {.contest = c,
	        .makers = m,
	        .pattern_of = malloc((makings + 1) * sizeof(uint32_t)),
	        .added = malloc((m->count + 1) * sizeof(uint32_t))};

	if (!w.pattern_of || !w.added) {
		c->failed = ERR_MEMORY;
	} else if (find_patterns(&w, w.added)) {
		w.crowds = malloc((m->count + 1) * sizeof *w.crowds);
		w.crowd_of = malloc((m->count + 1) * sizeof *w.crowd_of);
		w.is_in = calloc(m->count + 1, sizeof *w.is_in);
		w.is_held = calloc(makings + 1, sizeof *w.is_held);
		w.by_file = malloc((makings + 1) * sizeof *w.by_file);
		w.begin = calloc(m->file_count + 2, sizeof *w.begin);
		if (w.crowds && w.crowd_of && w.is_in && w.is_held && w.by_file && w.begin)
			let_all_in(&w, makings);
		else
			c->failed = ERR_MEMORY;
	}
	free(w.crowds);
	free(w.crowd_of);
	free(w.pattern_of);
	free(w.is_in);
	free(w.is_held);
	free(w.by_file);
	free(w.begin);
	free(w.added);
}
