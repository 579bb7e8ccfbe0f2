/* SPDX-License-Identifier: ISC */
#include "zone/trie.h"

#include <assert.h>
#include <string.h>

/* The symbol of an octet in the low half; in the high half a second one for octets that share
 * their first. What host names, numbers and RFC 2317 labels are written with takes one.
 *
 *      0 end of label    1 escape 00-2c    2 -   3 .   4 /   5-14 digits   15 escape 3a-40, 5b-5e
 *     16 _   17 `   18-43 letters   44 escape 7b-a9   45 escape aa-d8   46 escape d9-ff
 *
 * An escape stands at the place of the octets it stands for, so order is kept. A second symbol is
 * 1 to 47, so it is never taken for the end of a label. Capitals count as small letters. */
#define ESCAPE(symbol, c, base) ((symbol) | (((c) - (base) + 1) & 0xff) << 8)
#define SYMBOL(c)                                                                                  \
	((uint16_t)((c) < '-'    ? ESCAPE(1, c, 0)                                                 \
	            : (c) <= '9' ? (c) - '-' + 2                                                   \
	            : (c) < 'A'  ? ESCAPE(15, c, ':')                                              \
	            : (c) <= 'Z' ? (c) - 'A' + 18                                                  \
	            : (c) < '_'  ? ESCAPE(15, c, '[' - 7)                                          \
	            : (c) <= '`' ? (c) - '_' + 16                                                  \
	            : (c) <= 'z' ? (c) - 'a' + 18                                                  \
	            : (c) < 0xaa ? ESCAPE(44, c, 0x7b)                                             \
	            : (c) < 0xd9 ? ESCAPE(45, c, 0xaa)                                             \
	                         : ESCAPE(46, c, 0xd9)))
#define FOUR(c)    SYMBOL(c), SYMBOL((c) + 1), SYMBOL((c) + 2), SYMBOL((c) + 3)
#define SIXTEEN(c) FOUR(c), FOUR((c) + 4), FOUR((c) + 8), FOUR((c) + 12)
#define ROWS(c)    SIXTEEN(c), SIXTEEN((c) + 16), SIXTEEN((c) + 32), SIXTEEN((c) + 48)

static const uint16_t symbols_of[256] = {ROWS(0), ROWS(64), ROWS(128), ROWS(192)};

/* Sixteen octets at once. */
typedef uint8_t octets16 __attribute__((vector_size(16)));

#define RARE           0x80 /* at the place of an octet that takes two symbols */
#define NIBBLES_OCTETS 64   /* names at least as long may be of nibbles: RFC 3596 2.5 */

static inline octets16 load(const uint8_t *p)
{
	octets16 v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline void store(uint8_t *p, octets16 v)
{
	memcpy(p, &v, sizeof v);
}

/* The first n octets of sixteen, zeros behind them. */
static inline octets16 keep_first(octets16 v, unsigned n)
{
	static const uint8_t ones[32] = {
	        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

	return v & load(ones + 16 - n);
}

/* symbols_of[] in arithmetic; RARE where there are two. */
static inline octets16 convert(octets16 c)
{
	octets16 is_capital = (octets16)(c - 'A' < 26);
	octets16 number = c - '-', letter = (c | (is_capital & 0x20)) - '_';
	octets16 is_number = (octets16)(number < 13), is_letter = (octets16)(letter < 28);

	return (is_number & (number + 2)) | (is_letter & (letter + 16)) |
	       (~(is_number | is_letter) & RARE);
}

static inline bool has_rare(octets16 v)
{
	uint64_t halves[2];

	memcpy(halves, &v, sizeof v);
	return (halves[0] | halves[1]) & 0x8080808080808080U;
}

/* The symbols of a label that stand at `in`, up to 15 others behind them; adds to *seen what there
 * are. May write 15 octets too many. */
static inline void copy_label(uint8_t *out, const uint8_t *in, unsigned n, octets16 *seen)
{
	octets16 v;

	for (; n > 16; n -= 16, in += 16, out += 16) {
		v = load(in);
		*seen |= v;
		store(out, v);
	}
	v = keep_first(load(in), n);
	*seen |= v;
	store(out, v);
	out[n] = 0;
}

/* The symbols of eight labels of one octet each, which stand at `in` with their length octets, the
 * last label first. */
static void copy_eight(uint8_t *out, const uint8_t *in, octets16 *seen)
{
	uint64_t halves[2];
	octets16 v = load(in);

	v = (octets16){0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255} & v;
	*seen |= v;
	memcpy(halves, &v, sizeof v);
	const uint64_t turned[2] = {__builtin_bswap64(halves[1]), __builtin_bswap64(halves[0])};
	memcpy(out, turned, sizeof turned);
}

/* How many labels, leftmost first, have one octet each, in eights: the nibbles of an IPv6 address
 * (RFC 3596 2.5). Looked for in long names alone. */
static unsigned count_nibbles(
        const uint8_t *labels, size_t octets, const uint8_t *at, unsigned count)
{
	unsigned n = 0;

	if (octets < NIBBLES_OCTETS)
		return 0;
	while (n + 8 <= count && at[n + 7] == 2 * (n + 7) && labels[at[n + 7]] == 1)
		n += 8;
	return n;
}

/* put_labels() for `octets` octets of labels, 16 at least. False where an octet is rare. What is
 * written is no more than the labels and 16 octets. */
static bool put_plain_labels(
        uint8_t *out, const uint8_t *labels, size_t octets, const uint8_t *at, unsigned count)
{
	uint8_t converted[NAME_MAX_OCTETS + 16]; /* length octets among them, which mean nothing */
	octets16 seen = {0};

	for (size_t i = 0; i < octets - 16; i += 16)
		store(converted + i, convert(load(labels + i)));
	store(converted + octets - 16, convert(load(labels + octets - 16)));
	unsigned nibbles = count_nibbles(labels, octets, at, count);
	while (count > nibbles) {
		unsigned begin = at[--count], n = labels[begin];
		copy_label(out, converted + begin + 1, n, &seen);
		out += n + 1;
	}
	while (count) {
		count -= 8;
		copy_eight(out, converted + at[count], &seen);
		out += 16;
	}
	return !has_rare(seen);
}

const uint16_t *trie_symbols(void)
{
	return symbols_of;
}

static size_t put_label(uint8_t *out, const uint8_t *label)
{
	uint8_t *p = out;

	for (unsigned i = 1; i <= *label; i++) {
		uint16_t s = symbols_of[label[i]];
		*p++ = (uint8_t)s;
		*p = (uint8_t)(s >> 8); /* overwritten when there is no second one */
		p += s > 0xff;
	}
	*p++ = 0;
	return (size_t)(p - out);
}

static size_t put_labels(
        uint8_t *out, const uint8_t *labels, size_t octets, const uint8_t *at, unsigned count)
{
	size_t n = 0;

	/* an octet a symbol: the length octets stand for the ends of the labels */
	if (octets >= 16 && put_plain_labels(out, labels, octets, at, count))
		return octets;
	while (count)
		n += put_label(out + n, labels + at[--count]);
	return n;
}

void trie_key_from_found(
        struct trie_key *key, const uint8_t *wire, const uint8_t *at, unsigned count)
{
	key->len = (uint16_t)put_labels(key->symbols, wire, at[count], at, count);
	key->symbols[key->len] = 0;
}

void trie_key_from_name(struct trie_key *key, const uint8_t *wire)
{
	uint8_t at[NAME_MAX_LABELS + 1];

	trie_key_from_found(key, wire, at, name_find_labels(at, wire));
}

size_t trie_key_from_labels(uint8_t *out, const uint8_t *labels, size_t n)
{
	uint8_t at[NAME_MAX_LABELS + 1];
	unsigned count = 0;

	for (size_t i = 0; i < n; i += 1 + (size_t)labels[i])
		at[count++] = (uint8_t)i;
	return put_labels(out, labels, n, at, count);
}

/* A key while building: symbols, and zero beyond its end. */
static inline uint8_t symbol_at(const struct trie_keys *keys, uint32_t key, unsigned offset)
{
	uint32_t begin = key ? keys->ends[key - 1] : 0;

	return offset < keys->ends[key] - begin ? keys->symbols[begin + offset] : 0;
}

/* The first offset, from `from` on, at which two different keys differ. All keys between them in
 * order share what lies before it. */
static unsigned find_difference(const struct trie_keys *keys, uint32_t a, uint32_t b, unsigned from)
{
	while (symbol_at(keys, a, from) == symbol_at(keys, b, from))
		from++;
	return from;
}

/* The first key in [low, high) whose symbol at `offset` is not that of key `low`. Nearby first:
 * most runs are short. */
static uint32_t find_run_end(
        const struct trie_keys *keys, uint32_t low, uint32_t high, unsigned offset)
{
	uint8_t symbol = symbol_at(keys, low, offset);
	uint32_t step = 1, same = low;

	while (high - same > step && symbol_at(keys, same + step, offset) == symbol) {
		same += step;
		step *= 2;
	}
	if (high - same > step)
		high = same + step;
	while (high - same > 1) { /* same: equal; high: not, or the end */
		uint32_t middle = same + (high - same) / 2;
		if (symbol_at(keys, middle, offset) == symbol)
			same = middle;
		else
			high = middle;
	}
	return high;
}

/* A node that waits for its turn holds its range of keys: low = first, ref = behind the last,
 * high = how many symbols they surely share. */
static struct trie_node waiting(uint32_t first, uint32_t end, unsigned shared)
{
	return (struct trie_node){first, shared, end};
}

/* Take the next node that is to be visited; false when there is none. */
static inline bool visit(struct trie_cursor *c, uint32_t *at)
{
	while (c->depth && c->stack[c->depth - 1] == c->end[c->depth - 1])
		c->depth--;
	if (c->depth == 0)
		return false;
	*at = c->stack[c->depth - 1]++;
	return true;
}

/* Its children are next. Offsets ascend on the way down, so that there are at most TRIE_KEY_MAX
 * branches. */
static inline void enter(struct trie_cursor *c, uint32_t first, uint32_t end)
{
	c->stack[c->depth] = first;
	c->end[c->depth++] = end;
}

/* Make node i, which waits, what it is; its children wait in nodes[used...]. Returns how many nodes
 * are used then. */
static uint32_t build_node(
        struct trie_node *nodes, uint32_t i, uint32_t used, const struct trie_keys *keys)
{
	uint32_t low = nodes[i].low, end = nodes[i].ref, first_child = used;
	uint64_t bitmap = 0;

	if (end - low == 1) {
		nodes[i] = (struct trie_node){0, TRIE_LEAF, low};
		return used;
	}
	unsigned offset = find_difference(keys, low, end - 1, nodes[i].high);
	assert(offset < TRIE_KEY_MAX);
	while (low < end) {
		uint32_t run_end = find_run_end(keys, low, end, offset);
		bitmap |= (uint64_t)1 << symbol_at(keys, low, offset);
		nodes[used++] = waiting(low, run_end, offset + 1);
		low = run_end;
	}
	nodes[i] = (struct trie_node){
	        (uint32_t)bitmap, (uint32_t)(bitmap >> 32) | (uint32_t)offset << 16, first_child};
	return used;
}

uint32_t trie_build(struct trie_node *nodes, const struct trie_keys *keys)
{
	struct trie_cursor c;
	uint32_t used = keys->count != 0;

	if (keys->count)
		nodes[0] = waiting(0, keys->count, 0);
	trie_cursor_init(&c, nodes, keys->count);
	for (uint32_t at; visit(&c, &at);) {
		uint32_t first_child = used;
		used = build_node(nodes, at, used, keys);
		if (used > first_child)
			enter(&c, first_child, used);
	}
	return used;
}

bool trie_is_sound(
        const struct trie_node *nodes, uint32_t count, uint32_t leaf_count, unsigned offset_limit)
{
	unsigned least[TRIE_KEY_MAX + 1] = {0}; /* offset of a branch, for each depth */
	struct trie_cursor c;
	uint32_t used = 1, leaves = 0;

	trie_cursor_init(&c, nodes, count);
	for (uint32_t at; visit(&c, &at);) {
		const struct trie_node *node = &nodes[at];
		if (trie_is_leaf(node)) {
			leaves++;
			continue;
		}
		unsigned offset = trie_offset(node);
		uint32_t children = (uint32_t)__builtin_popcountll(trie_bitmap(node));
		if (offset < least[c.depth - 1] || offset >= offset_limit ||
		        offset >= TRIE_KEY_MAX || children < 2 || node->ref != used ||
		        children > count - used)
			return false;
		used += children;
		least[c.depth] = offset + 1;
		enter(&c, node->ref, used);
	}
	return used == count && leaves == leaf_count;
}

void trie_cursor_init(struct trie_cursor *c, const struct trie_node *nodes, uint32_t count)
{
	c->nodes = nodes;
	c->depth = count ? 1 : 0;
	c->stack[0] = 0;
	c->end[0] = 1;
}

bool trie_next(struct trie_cursor *c, uint32_t *leaf)
{
	while (visit(c, leaf)) {
		const struct trie_node *node = &c->nodes[*leaf];
		if (trie_is_leaf(node))
			return true;
		enter(c, node->ref, node->ref + (uint32_t)__builtin_popcountll(trie_bitmap(node)));
	}
	return false;
}
