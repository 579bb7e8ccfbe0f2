/* SPDX-License-Identifier: ISC */
/* Ranges of the hosts whose names one key makes. */
#include <stdlib.h>
#include <string.h>

#include "tools/addr_count.h"
#include "tools/import_fold.h"
#include "tools/import_guess.h"

#define LEAD_MAX 16 /* addresses before the first host of a range that counts from 0 */

/* Neighbours that are members of one key. */
struct piece {
	uint32_t key;
	size_t first, last; /* hosts */
};

struct nested {
	uint32_t key;
	struct addr first, last;
	size_t first_host, last_host; /* that are members */
	size_t members;
	size_t skipped; /* members behind it so far, which would be hosts */
	size_t lines;   /* of `none` in it */
	size_t depth;   /* on the stack */
	size_t seeds;   /* of the ranges on the stack, up to this one: those with a seed */
	bool has_seed;
};

/* Those on the stack may go on; when one does, those above it end, for they are inside it. */
struct nest {
	struct fold *f;
	struct nested *ranges;
	size_t count, capacity;
	size_t *stack; /* in ranges */
	size_t depth, stack_capacity;
};

static const struct addr *addr_of(const struct nest *n, size_t host)
{
	return &n->f->im->hosts[host].addr;
}

static size_t length_of(const struct piece *p)
{
	return p->last + 1 - p->first;
}

static struct nested *open_range(const struct nest *n, uint32_t key)
{
	uint32_t open = n->f->keys[key].open;

	return open == FOLD_NONE ? NULL : &n->ranges[open];
}

static const struct nested *top_range(const struct nest *n)
{
	return n->depth ? &n->ranges[n->stack[n->depth - 1]] : NULL;
}

/* True when a range goes on over the gap before a piece: it takes fewer lines so. */
static bool goes_on(const struct nest *n, const struct nested *r, const struct piece *p)
{
	const struct fold_host *hosts = n->f->hosts;
	size_t length = length_of(p);
	uint64_t empty = hosts[p->first].empty - hosts[r->last_host].empty;
	size_t lines = hosts[p->first].lines - hosts[r->last_host].lines;
	bool is_seed = length >= SEED_MIN;

	if (hosts[p->first].prefix != hosts[r->last_host].prefix ||
	        (!is_seed && top_range(n)->seeds > r->seeds) ||
	        fold_is_blocked(n->f, &n->f->keys[r->key], &r->last, addr_of(n, p->first)))
		return false;
	/* without it there would be another range, or hosts behind the gap or before it */
	size_t saved = is_seed ? 1 : length, before = r->members - r->lines;
	if (!r->has_seed && (is_seed || before < saved))
		saved = before;
	saved += r->skipped;
	if (lines == saved && lines) /* a small gap is one range with a hole, a wide one are two */
		return r->has_seed && is_seed && empty <= length / 4;
	return lines < saved && (lines == 0 || empty <= r->members + r->skipped + length);
}

static void close_above(struct nest *n, const struct nested *r)
{
	while (n->depth > r->depth + 1)
		n->f->keys[n->ranges[n->stack[--n->depth]].key].open = FOLD_NONE;
}

static void go_on(struct nest *n, struct nested *r, const struct piece *p)
{
	const struct fold_host *hosts = n->f->hosts;
	bool is_seed = length_of(p) >= SEED_MIN;

	close_above(n, r);
	r->lines += hosts[p->first].lines - hosts[r->last_host].lines;
	r->members += r->skipped + length_of(p);
	r->skipped = 0;
	r->last_host = p->last;
	r->last = *addr_of(n, p->last);
	r->seeds += is_seed && !r->has_seed;
	r->has_seed |= is_seed;
}

/* Where a range that counts begins: before its first host, when nothing is there but hosts of their
 * own. False when it cannot. */
static bool find_lead(const struct nest *n, const struct piece *p, struct addr *first)
{
	const struct fold *f = n->f;
	const struct fold_key *key = &f->keys[p->key];
	struct addr base = {.len = key->pattern.addr_len};
	size_t i = p->first;

	memcpy(base.octets, key->pattern.first, sizeof base.octets);
	if (addr_count(&base, first) > LEAD_MAX ||
	        import_find_prefix(f->im, &base) != f->hosts[p->first].prefix ||
	        fold_is_blocked(f, key, &base, first))
		return false;
	while (i && addr_of(n, i - 1)->len == base.len &&
	        addr_compare(addr_of(n, i - 1), &base) >= 0)
		if (f->hosts[--i].key != FOLD_NONE)
			return false;
	*first = base;
	return true;
}

static void begin_range(struct nest *n, const struct piece *p)
{
	struct arena *arena = &n->f->im->arena;
	struct nested r = {.key = p->key,
	        .first = *addr_of(n, p->first),
	        .last = *addr_of(n, p->last),
	        .first_host = p->first,
	        .last_host = p->last,
	        .members = length_of(p),
	        .depth = n->depth,
	        .has_seed = length_of(p) >= SEED_MIN};

	if (n->f->keys[p->key].has_index && !find_lead(n, p, &r.first))
		return;
	r.seeds = (n->depth ? top_range(n)->seeds : 0) + r.has_seed;
	struct nested *ranges =
	        arena_grow(arena, n->ranges, n->count, n->count + 1, &n->capacity, sizeof *ranges);
	size_t *stack = arena_grow(
	        arena, n->stack, n->depth, n->depth + 1, &n->stack_capacity, sizeof *stack);
	if (!ranges || !stack)
		return;
	n->ranges = ranges;
	n->stack = stack;
	n->f->keys[p->key].open = (uint32_t)n->count;
	stack[n->depth++] = n->count;
	ranges[n->count++] = r;
}

static void take_piece(struct nest *n, const struct piece *p)
{
	struct nested *r = open_range(n, p->key);

	if (r && goes_on(n, r, p))
		go_on(n, r, p);
	else if (r && r->has_seed && length_of(p) < SEED_MIN)
		r->skipped += length_of(p);
	else
		begin_range(n, p);
}

static void take_pieces(struct nest *n)
{
	const struct fold *f = n->f;

	for (size_t i = 0, end; i < f->im->host_count; i = end) {
		struct piece p = {.key = f->hosts[i].key, .first = i};
		for (end = i + 1; end < f->im->host_count && f->hosts[end].key == p.key &&
		                  f->hosts[end].follows;
		        end++)
			;
		p.last = end - 1;
		if (p.key != FOLD_NONE)
			take_piece(n, &p);
	}
}

/* True when the range can be written: what was tried over all addresses holds for these. */
static bool is_sound(const struct nest *n, const struct nested *r)
{
	const struct fold_key *key = &n->f->keys[r->key];
	struct pattern p;

	pattern_init(&p, key->pattern.shape, key->pattern.shape_octets, &r->first, &r->last);
	return r->has_seed && pattern_check(&p) == PATTERN_FINE &&
	       1 + pattern_widest(&p) + name_length(n->f->owners[key->owner].name) <=
	               NAME_MAX_OCTETS &&
	       guess_makes(&p, n->f->im->hosts[r->first_host].names[0],
	               addr_of(n, r->first_host)); /* {host} has its width */
}

/* By address, the outer before the inner. */
static int compare_ends(const struct addr *a_first, const struct addr *a_last,
        const struct addr *b_first, const struct addr *b_last)
{
	int difference = addr_compare(a_first, b_first);

	return difference ? difference : addr_compare(b_last, a_last);
}

static int compare_nested(const void *va, const void *vb)
{
	const struct nested *a = va, *b = vb;

	return compare_ends(&a->first, &a->last, &b->first, &b->last);
}

/* Keep the ranges that will be: of a shape that does not spell the whole address one, the largest.
 */
static void choose(struct nest *n)
{
	struct fold_key *keys = n->f->keys;
	size_t kept = 0;

	for (uint32_t i = 0; i < n->f->key_count; i++)
		keys[i].open = FOLD_NONE;
	for (uint32_t i = 0; i < n->count; i++) {
		struct nested *r = &n->ranges[i];
		uint32_t *best = &keys[r->key].open;
		if (is_sound(n, r) && (*best == FOLD_NONE || r->members > n->ranges[*best].members))
			*best = i;
	}
	for (uint32_t i = 0; i < n->count; i++) {
		const struct fold_key *key = &keys[n->ranges[i].key];
		if (is_sound(n, &n->ranges[i]) && (key->is_whole || key->open == i))
			n->ranges[kept++] = n->ranges[i];
	}
	n->count = kept;
	if (kept)
		qsort(n->ranges, kept, sizeof *n->ranges, compare_nested);
}

static void add_range(struct import *im, struct import_range range)
{
	struct import_range *ranges = arena_grow(&im->arena, im->ranges, im->range_count,
	        im->range_count + 1, &im->range_capacity, sizeof *ranges);

	if (!ranges)
		return;
	im->ranges = ranges;
	ranges[im->range_count++] = range;
}

/* The hosts that the innermost range around them makes. */
static void mark_hosts(struct nest *n)
{
	struct import *im = n->f->im;
	size_t next = 0, depth = 0;

	/* the stack is done with; it has room for as many as there were */
	for (size_t i = 0; i < im->host_count; i++) {
		struct import_host *host = &im->hosts[i];
		for (; next < n->count && addr_compare(&n->ranges[next].first, &host->addr) <= 0;
		        next++) {
			while (depth && addr_compare(&n->ranges[n->stack[depth - 1]].last,
			                        &n->ranges[next].first) < 0)
				depth--;
			n->stack[depth++] = next;
		}
		while (depth && addr_compare(&n->ranges[n->stack[depth - 1]].last, &host->addr) < 0)
			depth--;
		host->is_in_range =
		        depth && n->ranges[n->stack[depth - 1]].key == n->f->hosts[i].key;
		im->in_range_count += host->is_in_range;
	}
}

/* No names from first to last. No such line goes across the beginning of a range: ranges[*next] is
 * the first that may begin behind first. */
static void add_none(
        struct nest *n, const struct addr *first, const struct addr *last, size_t *next)
{
	struct import_range none = {.first = *first};

	for (; *next < n->count && addr_compare(&n->ranges[*next].first, last) <= 0; ++*next) {
		const struct addr *start = &n->ranges[*next].first;
		if (addr_compare(start, &none.first) <= 0)
			continue;
		addr_before(&none.last, start, 1);
		add_range(n->f->im, none);
		none.first = *start;
	}
	none.last = *last;
	add_range(n->f->im, none);
}

/* Between the hosts of each outermost range. */
static void add_nones(struct nest *n)
{
	const struct import *im = n->f->im;
	struct fold_gap gap = {.im = im};
	size_t host = 0, next = 0;

	for (size_t i = 0, end; i < n->count; i = end) {
		struct addr want = n->ranges[i].first, first, last;
		for (end = i + 1; end < n->count &&
		                  addr_compare(&n->ranges[end].first, &n->ranges[i].last) <= 0;
		        end++)
			;
		while (addr_compare(&im->hosts[host].addr, &want) < 0)
			host++;
		for (; host <= n->ranges[i].last_host; host++) {
			fold_gap_begin(&gap, &want, &im->hosts[host].addr);
			while (fold_gap_next(&gap, &first, &last))
				add_none(n, &first, &last, &next);
			want = im->hosts[host].addr;
			addr_after(&want, &want, 1);
		}
	}
}

static int compare_ranges(const void *va, const void *vb)
{
	const struct import_range *a = va, *b = vb;

	return compare_ends(&a->first, &a->last, &b->first, &b->last);
}

void fold_nest(struct fold *f)
{
	struct nest n = {.f = f};
	struct import *im = f->im;

	take_pieces(&n);
	if (arena_failed(&im->arena))
		return;
	choose(&n);
	mark_hosts(&n);
	add_nones(&n);
	for (size_t i = 0; i < n.count; i++) {
		const struct fold_key *key = &f->keys[n.ranges[i].key];
		add_range(im, (struct import_range){.first = n.ranges[i].first,
		                      .last = n.ranges[i].last,
		                      .shape = key->pattern.shape,
		                      .shape_octets = key->pattern.shape_octets,
		                      .owner = f->owners[key->owner].name,
		                      .ttl_s = key->ttl_s});
	}
	im->pattern_count = n.count;
	if (im->range_count)
		qsort(im->ranges, im->range_count, sizeof *im->ranges, compare_ranges);
}
