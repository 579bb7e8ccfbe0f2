/* SPDX-License-Identifier: ISC */
#include "tools/import_guess.h"

#include <stdio.h>
#include <string.h>

#include "tools/addr_count.h"

#define RUNS_MAX  32    /* of digits, with something between them, in a label of 63 */
#define INDEX_MAX 65535 /* the highest {n} */

/* A part of a label that reads as a decimal without leading zeros. */
struct digits {
	unsigned at, n;
	uint32_t value;
};

/* What stands in the place of a part of a label. */
struct spelling {
	unsigned at, n;
	const char *placeholder;
};

struct guesses {
	struct guess *items;
	unsigned count;
	const char *label; /* no NUL behind it */
	unsigned n;
	const struct addr *addr;
	struct digits runs[RUNS_MAX];
	unsigned run_count;
};

void guess_pattern(struct pattern *out, const struct guess *g)
{
	pattern_init(out, g->shape, g->octets, &g->first, &g->last);
}

bool guess_makes(const struct pattern *p, const uint8_t *label, const struct addr *a)
{
	uint8_t made[1 + LABEL_MAX_OCTETS], n;
	const uint8_t *prefix = shape_prefix(p->shape, &n);

	if (n > *label || memcmp(prefix, label + 1, n) != 0)
		return false;
	return p->addr_len == a->len && pattern_has(p, a->octets) &&
	       pattern_format(made, p, a->octets) == 1U + *label &&
	       memcmp(made, label, 1U + *label) == 0;
}

static bool is_there_already(const struct guesses *g, const struct guess *guess)
{
	for (unsigned i = 0; i < g->count; i++)
		if (g->items[i].octets == guess->octets &&
		        memcmp(g->items[i].shape, guess->shape, guess->octets) == 0)
			return true;
	return false;
}

/* Keep a guess: the label with these parts replaced, for the addresses of *guess. */
static void add(
        struct guesses *g, struct guess *guess, const struct spelling *spellings, unsigned count)
{
	char text[SHAPE_TEXT_MAX];
	unsigned at = 0, n = 0;
	struct pattern p;

	for (unsigned i = 0; i < count; i++) {
		const struct spelling *s = &spellings[i];
		n += (unsigned)snprintf(text + n, sizeof text - n, "%.*s%s", (int)(s->at - at),
		        g->label + at, s->placeholder);
		at = s->at + s->n;
	}
	n += (unsigned)snprintf(text + n, sizeof text - n, "%.*s", (int)(g->n - at), g->label + at);
	if (g->count == GUESSES_MAX || n >= sizeof text ||
	        shape_from_text(guess->shape, &guess->octets, text, n, g->addr->len) !=
	                PATTERN_FINE ||
	        is_there_already(g, guess))
		return;
	guess_pattern(&p, guess);
	if (pattern_check(&p) == PATTERN_FINE)
		g->items[g->count++] = *guess;
}

/* A guess at all addresses that share their first `bits` bits with this one. */
static struct guess of_block(const struct guesses *g, unsigned bits)
{
	struct guess guess = {.first = *g->addr};
	struct prefix p = {.bits = (uint8_t)bits};

	for (unsigned i = bits; i < 8U * g->addr->len; i++)
		guess.first.octets[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
	p.addr = guess.first;
	prefix_last(&guess.last, &p);
	return guess;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void find_runs(struct guesses *g)
{
	for (unsigned at = 0, end; at < g->n && g->run_count < RUNS_MAX; at = end) {
		uint32_t value = 0;
		for (end = at; end < g->n && is_digit(g->label[end]); end++)
			if (end - at < 9)
				value = value * 10 + (uint32_t)(g->label[end] - '0');
		unsigned n = end - at;
		if (n && n <= 9 && (n == 1 || g->label[at] != '0'))
			g->runs[g->run_count++] = (struct digits){at, n, value};
		end += n == 0;
	}
}

/* Octets in an order that people write them in. */
struct order {
	const char *octets;
	unsigned bits; /* that have no part in it */
};

/* True when as many runs from `first` on are the octets. */
static bool is_order_at(const struct guesses *g, const struct order *o, unsigned first)
{
	for (unsigned i = 0; o->octets[i]; i++)
		if (g->runs[first + i].value != g->addr->octets[o->octets[i] - 'a'])
			return false;
	return true;
}

static void add_order(struct guesses *g, const struct order *o, unsigned first)
{
	static const char *const placeholders[] = {"{a}", "{b}", "{c}", "{d}"};
	struct spelling spellings[4];
	struct guess guess = of_block(g, o->bits);
	unsigned n = 0;

	for (; o->octets[n]; n++)
		spellings[n] = (struct spelling){g->runs[first + n].at, g->runs[first + n].n,
		        placeholders[o->octets[n] - 'a']};
	add(g, &guess, spellings, n);
}

/* Octets as decimals: where they stand last, and where they stand first. */
static void guess_octets(struct guesses *g)
{
	static const struct order orders[] = {{"abcd", 0}, {"dcba", 0}, {"bcd", 8}, {"dcb", 8},
	        {"cd", 16}, {"dc", 16}, {"d", 24}};

	for (unsigned i = 0; i < sizeof orders / sizeof *orders; i++) {
		unsigned n = (unsigned)strlen(orders[i].octets), first, last;
		if (n > g->run_count)
			continue;
		for (last = g->run_count - n; last && !is_order_at(g, &orders[i], last); last--)
			;
		for (first = 0; first < last && !is_order_at(g, &orders[i], first); first++)
			;
		if (!is_order_at(g, &orders[i], last))
			continue;
		add_order(g, &orders[i], last);
		if (first < last)
			add_order(g, &orders[i], first);
	}
}

/* The address in hex, in groups of so many digits with hyphens between; 0: without. */
static unsigned write_hex(char *out, const struct addr *a, unsigned group)
{
	static const char digits[] = "0123456789abcdef";
	unsigned n = 0;

	for (unsigned i = 0; i < 2U * a->len; i++) {
		if (group && i && i % group == 0)
			out[n++] = '-';
		out[n++] = digits[a->octets[i / 2] >> (i % 2 ? 0 : 4) & 15];
	}
	return n;
}

static void guess_text(struct guesses *g, const char *text, unsigned n, const char *placeholder)
{
	const char *found = memmem(g->label, g->n, text, n);
	struct guess guess = of_block(g, 0);

	if (found)
		add(g, &guess, &(struct spelling){(unsigned)(found - g->label), n, placeholder}, 1);
}

/* The end of the address in hex, where the label has the most of it. */
static void guess_host(struct guesses *g, const char *hex, unsigned n)
{
	static const unsigned widths[] = {1, 2, 3, 4, 6, 8, 16};
	unsigned end = 0, most = 0;

	for (unsigned i = 1; i <= g->n; i++) {
		unsigned same = 0;
		while (same < i && same < n && g->label[i - same - 1] == hex[n - same - 1])
			same++;
		if (same && same >= most) {
			most = same;
			end = i;
		}
	}
	for (unsigned i = 0; i < sizeof widths / sizeof *widths; i++) {
		struct spelling s = {end - widths[i], widths[i], "{host}"};
		if (widths[i] > most || widths[i] >= n)
			break;
		struct guess guess = of_block(g, 4 * (n - widths[i]));
		guess.has_host = true;
		add(g, &guess, &s, 1);
	}
}

/* A number that counts. */
static void guess_index(struct guesses *g)
{
	for (unsigned i = g->run_count; i-- && i + 2 >= g->run_count;) {
		const struct digits *run = &g->runs[i];
		struct guess guess = of_block(g, 0);
		guess.has_index = true;
		if (run->value > INDEX_MAX || !addr_before(&guess.first, g->addr, run->value))
			continue;
		addr_after(&guess.last, &guess.first, INDEX_MAX);
		add(g, &guess, &(struct spelling){run->at, run->n, "{n}"}, 1);
	}
}

unsigned import_guess(struct guess out[GUESSES_MAX], const uint8_t *label, const struct addr *a)
{
	struct guesses g = {.items = out, .label = (const char *)label + 1, .n = *label, .addr = a};
	char text[40];

	find_runs(&g);
	if (a->len == 4)
		guess_octets(&g);
	else
		guess_text(&g, text, write_hex(text, a, 4), "{ip}");
	unsigned n = write_hex(text, a, 0);
	guess_text(&g, text, n, "{hex}");
	guess_host(&g, text, n);
	guess_index(&g);
	return g.count;
}
