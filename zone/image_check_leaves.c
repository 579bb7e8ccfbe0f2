/* SPDX-License-Identifier: ISC */
/* The leaves of an image, one after the other in the order of the trie.
 *
 * Each owner's key is compared with that of the leaf before. Between the two lies one branch, the
 * last that the ways to both have in common: the keys must differ first at the offset that it asks
 * for, and there, and at each branch below it on the way to the leaf, the key must have the symbol
 * of the child that was taken. Then
 *     the keys ascend, for children are in the order of their symbols;
 *     keys below a branch share all before its offset, as trie_walk() takes for granted: so do any
 *         two neighbours, for the branch between them lies at this one or below it;
 *     and so the walk for a leaf's key ends at the leaf, for what is asked above the branch between
 *         was asked of the leaf before already, in a part that both keys share.
 * So nothing is walked from the root, and of a name only the labels are looked at that the name
 * before does not have. */
#include <string.h>

#include "zone/image_check.h"

#define WORD 8                            /* symbols that are compared at a time */
#define EACH UINT64_C(0x0101010101010101) /* times what each octet of a word is to be */

/* A branch on the way to where the traversal stands. */
struct branch {
	uint64_t left;  /* symbols of children that are yet to be visited */
	uint32_t child; /* the node of the one that is */
	uint16_t offset;
	uint8_t symbol; /* of that child */
};

struct leaves {
	struct image *image;
	const struct image_cells *cells;
	const uint8_t *end;      /* of the image */
	const uint16_t *symbols; /* trie_symbols() */
	size_t next;             /* where the next entry must begin */
	uint32_t next_node;      /* where the children of the next branch must */
	uint32_t count;          /* leaves so far */
	unsigned depth;          /* branches on the way */
	uint32_t cut;            /* 1 + the leaf of the cut that is above or at hand; 0: none */
	size_t cut_len;          /* symbols of its key */
	size_t len;              /* of the last key; zeros behind it */
	size_t different;        /* the first symbol of it that the one before does not have */
	uint64_t decimal[256];   /* of a zone of IPv4: symbols of the label, the first lowest */
	uint16_t ends[NAME_MAX_LABELS + 1]; /* symbols of the first k labels of the last key */
	struct checked_entry entries[2], *last, *now;
	uint8_t key[TRIE_KEY_MAX + WORD], tail[TRIE_KEY_MAX + WORD];
	struct branch branches[TRIE_KEY_MAX + 1];
};

/* Symbols as a number, the first lowest, whatever the machine's byte order is. */
static inline uint64_t get_word(const uint8_t *symbols)
{
	uint64_t word;

	memcpy(&word, symbols, sizeof word);
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? word : __builtin_bswap64(word);
}

static inline void put_word(uint8_t *symbols, uint64_t word)
{
	word = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? word : __builtin_bswap64(word);
	memcpy(symbols, &word, sizeof word);
}

/* The first symbol that differs. */
static inline unsigned find_different(uint64_t a, uint64_t b)
{
	return (unsigned)__builtin_ctzll(a ^ b) / 8;
}

/* The key is written up to `len`, with zeros as far as `clean`: those behind it, too. */
static inline void end_key(struct leaves *l, size_t len, size_t clean)
{
	for (; clean < l->len; clean += WORD)
		put_word(l->key + clean, 0);
	l->len = len;
}

/* Put tail[0..n), which is what the key has from `shared` on, in the place of the last key. */
static void take_tail(struct leaves *l, size_t shared, size_t n)
{
	size_t i = 0, most = l->len - shared < n ? l->len - shared : n;
	uint8_t *key = l->key + shared;

	while (i < most && key[i] == l->tail[i])
		i++;
	l->different = shared + i;
	memcpy(key + i, l->tail + i, n - i);
	if (shared + n < l->len)
		memset(key + n, 0, l->len - shared - n);
	l->len = shared + n;
}

static inline unsigned decimal_symbols(unsigned value)
{
	return 2U + (value > 9) + (value > 99);
}

/* An owner of one or two octets of IPv4 is one word. Where the keys are equal as far as both go,
 * what is behind the shorter one's end differs. */
static inline void take_ipv4(struct leaves *l, const uint8_t *octets, size_t n)
{
	uint64_t word = l->decimal[octets[0]], last = get_word(l->key);
	size_t len = decimal_symbols(octets[0]);

	if (n > 1) {
		word |= l->decimal[octets[1]] << 8 * len;
		len += decimal_symbols(octets[1]);
	}
	l->different = word == last ? len : find_different(word, last);
	put_word(l->key, word);
	end_key(l, len, WORD);
}

static void take_long_ipv4(struct leaves *l, const uint8_t *octets, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		put_word(l->tail + len, l->decimal[octets[i]]);
		len += decimal_symbols(octets[i]);
	}
	take_tail(l, 0, len);
}

/* An octet is four symbols, but for the first where the zone's prefix fixes its first half. */
static void take_ipv6(struct leaves *l, const uint8_t *octets, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	size_t same = 0, half = l->image->prefix.bits / 4 % 2;
	uint8_t *p = l->tail;

	while (l->last->template && l->last->template->address_octets && same + 1 < n &&
	        octets[same] == l->last->owner[same])
		same++;
	for (size_t i = same ? 2 * same : half; i < 2 * n; i++) {
		unsigned value = i % 2 ? octets[i / 2] & 15 : octets[i / 2] >> 4;
		*p++ = (uint8_t)l->symbols[(uint8_t)digits[value]];
		*p++ = 0;
	}
	take_tail(l, same ? 4 * same - 2 * half : 0, (size_t)(p - l->tail));
}

static inline bool is_same_label(const struct leaves *l, const uint8_t *a, const uint8_t *b)
{
	if (*a != *b)
		return false;
	if (*a < WORD && l->end - a >= WORD && l->end - b >= WORD)
		return (get_word(a) ^ get_word(b)) << 8 * (WORD - 1U - *a) == 0;
	return memcmp(a, b, 1U + *a) == 0;
}

/* How many labels, from the right, are those of the leaf before. */
static inline unsigned count_shared(const struct leaves *l)
{
	const struct checked_entry *now = l->now, *last = l->last;
	unsigned shared = 0, most = last->label_count;

	most = now->label_count < most ? now->label_count : most;
	while (shared < most &&
	        is_same_label(l, now->owner + now->label_at[now->label_count - 1 - shared],
	                last->owner + last->label_at[last->label_count - 1 - shared]))
		shared++;
	return shared;
}

/* The highest bit of each octet that is a capital letter; of some others, too, but only with that.
 */
static inline uint64_t find_capitals(uint64_t octets)
{
	uint64_t low = octets & 0x7f * EACH;

	return (low + (0x80 - 'A') * EACH) & ~(low + (0x7f - 'Z') * EACH) & ~octets & 0x80 * EACH;
}

/* The symbols of `n` octets, WORD at most, zeros behind them. False when one has two. */
static inline bool word_of(uint64_t *out, const uint16_t *symbols, uint64_t octets, unsigned n)
{
	uint64_t mask = n < WORD ? ((uint64_t)1 << 8 * n) - 1 : UINT64_MAX, o;

	o = (octets & mask) | ('a' * EACH & ~mask);
	uint64_t s0 = symbols[o & 0xff], s1 = symbols[o >> 8 & 0xff], s2 = symbols[o >> 16 & 0xff],
	         s3 = symbols[o >> 24 & 0xff], s4 = symbols[o >> 32 & 0xff],
	         s5 = symbols[o >> 40 & 0xff], s6 = symbols[o >> 48 & 0xff], s7 = symbols[o >> 56];
	*out = (s0 | s1 << 8 | s2 << 16 | s3 << 24 | s4 << 32 | s5 << 40 | s6 << 48 | s7 << 56) &
	       mask;
	return (s0 | s1 | s2 | s3 | s4 | s5 | s6 | s7) <= 0xff;
}

/* put_label() for labels with rare octets, and for the last ones in an image. */
static size_t put_rare_label(struct leaves *l, size_t at, const uint8_t *label)
{
	uint8_t *key = l->key + at;
	size_t i = 0, n = trie_key_from_labels(l->tail, label, 1U + *label);

	while (i < n && key[i] == l->tail[i])
		i++;
	if (l->different == SIZE_MAX)
		l->different = at + i;
	memcpy(key, l->tail, n);
	return at + n;
}

/* Put the symbols of a label, which the name before does not have, at key[at], and remember the
 * first that differs. Returns where they end, and *clean is how far they, or zeros, were written.
 */
static inline size_t put_label(struct leaves *l, size_t at, const uint8_t *label, size_t *clean)
{
	unsigned n = *label;
	uint64_t word;

	if (l->end - label <= 2 * WORD + LABEL_MAX_OCTETS)
		return *clean = put_rare_label(l, at, label);
	for (unsigned i = 0; i <= n; i += WORD) {
		uint8_t *key = l->key + at + i;
		if (!word_of(&word, l->symbols, get_word(label + 1 + i), n - i))
			return *clean = put_rare_label(l, at, label);
		uint64_t last = get_word(key);
		if (word != last && l->different == SIZE_MAX)
			l->different = at + i + find_different(word, last);
		put_word(key, word);
		*clean = at + i + WORD;
	}
	return at + n + 1;
}

/* Lower-case. A wildcard may be an empty non-terminal (RFC 4592 4.9), so an asterisk counts in any.
 */
static inline bool label_is_sound(const struct leaves *l, const uint8_t *label)
{
	uint64_t capitals = 0;

	l->image->has_wildcards |= label[0] == 1 && label[1] == '*';
	if (l->end - label <= 2 * WORD + LABEL_MAX_OCTETS) {
		for (unsigned i = 1; i <= *label; i++)
			capitals |= find_capitals(label[i]);
		return capitals == 0;
	}
	for (unsigned i = 0; i < *label; i += WORD) {
		unsigned n = *label - i;
		uint64_t mask = n < WORD ? ((uint64_t)1 << 8 * n) - 1 : UINT64_MAX;
		capitals |= find_capitals(get_word(label + 1 + i) & mask);
	}
	return capitals == 0;
}

/* An owner that is labels: of those that the leaf before has, too, all is known. */
static bool take_labels(struct leaves *l)
{
	const struct checked_entry *now = l->now;
	unsigned shared = count_shared(l);
	size_t end = l->ends[shared], clean = end;

	if (now->owner_octets + l->image->apex_len - 1 > NAME_MAX_OCTETS)
		return false;
	l->different = SIZE_MAX;
	for (unsigned i = now->label_count - shared; i--;) {
		const uint8_t *label = now->owner + now->label_at[i];
		if (!label_is_sound(l, label))
			return false;
		end = put_label(l, end, label, &clean);
		l->ends[now->label_count - i] = (uint16_t)end;
	}
	/* where the keys are equal as far as both go, what is behind the shorter one's end differs
	 */
	l->different = l->different < end ? l->different : end;
	end_key(l, end, clean);
	return true;
}

/* The same behind an address, whose labels are not at hand: the keys may begin alike. */
static bool take_labels_anew(struct leaves *l)
{
	uint8_t before[sizeof l->key];
	size_t before_len = l->len, i = 0;

	memcpy(before, l->key, sizeof before);
	if (!take_labels(l))
		return false;
	size_t most = before_len < l->len ? before_len : l->len;
	while (i < most && before[i] == l->key[i])
		i++;
	l->different = i;
	return true;
}

/* Branches from `fresh` on were entered, or a child of theirs, since the leaf before. */
static inline bool key_is_in_place(const struct leaves *l, unsigned fresh, bool is_first)
{
	if (!is_first && l->different != l->branches[fresh].offset)
		return false;
	for (unsigned i = fresh; i < l->depth; i++)
		if (l->key[l->branches[i].offset] != l->branches[i].symbol)
			return false;
	return true;
}

/* The topmost cut that the leaf is at or below. */
static inline bool cut_is_due(struct leaves *l, uint32_t leaf, const struct image_template *t)
{
	if (l->cut && l->different < l->cut_len)
		l->cut = 0;
	if (!l->cut && t->cut) {
		l->image->has_cuts = true;
		l->cut = leaf + 1;
		l->cut_len = l->len;
	}
	return l->image->nodes[leaf].low == l->cut;
}

/* The first leaf: SOA, one, and NS; what the header says of the SOA. */
static bool apex_is_sound(struct image *image, const struct image_header *h, uint32_t leaf)
{
	struct entry e = image_entry(image, leaf);
	struct rrset soa, ns;

	if (e.template->address_octets || *e.owner || !image_find_rrset(&e, RR_NS, &ns) ||
	        !image_find_rrset(&e, RR_SOA, &soa) || soa.count != 1)
		return false;
	const uint8_t *end = soa.records + image_record_size(RR_SOA, soa.records);
	const uint8_t *serial = end - 20, *minimum = end - 4;
	uint32_t minimum_s = (uint32_t)minimum[0] << 24 | (uint32_t)minimum[1] << 16 |
	                     (uint32_t)minimum[2] << 8 | minimum[3];
	uint32_t serial_here = (uint32_t)serial[0] << 24 | (uint32_t)serial[1] << 16 |
	                       (uint32_t)serial[2] << 8 | serial[3];
	image->apex_leaf = leaf;
	image->soa.ttl_s = soa.ttl_s < minimum_s ? soa.ttl_s : minimum_s;
	return serial_here == h->serial && h->serial_at == (size_t)(serial - image->octets);
}

static inline bool leaf_is_sound(struct leaves *l, uint32_t leaf, unsigned fresh, bool is_first)
{
	struct checked_entry *now = l->now;

	if (!image_check_entry(now, l->image, l->cells, leaf, is_first, &l->next))
		return false;
	if (!now->template->address_octets) {
		bool is_behind_address = l->last->template && l->last->template->address_octets;
		if (!(is_behind_address ? take_labels_anew(l) : take_labels(l)))
			return false;
	} else if (l->image->prefix.addr.len == 4 && now->owner_octets <= 2) {
		take_ipv4(l, now->owner, now->owner_octets);
	} else if (l->image->prefix.addr.len == 4) {
		take_long_ipv4(l, now->owner, now->owner_octets);
	} else {
		take_ipv6(l, now->owner, now->owner_octets);
	}
	l->now = l->last;
	l->last = now;
	l->count++;
	return key_is_in_place(l, fresh, is_first) && cut_is_due(l, leaf, now->template);
}

/* Take the next child of the branch on top. */
static uint32_t take_child(struct branch *b)
{
	b->symbol = (uint8_t)__builtin_ctzll(b->left);
	b->left &= b->left - 1;
	return b->child++;
}

/* Go down to the first leaf at or below a node. Offsets ascend on the way and end where keys do, so
 * it has no more branches than there are offsets; nodes lie as zone/trie.h says. Returns false
 * where that is not so. */
static inline bool descend(struct leaves *l, uint32_t *at)
{
	const struct trie_node *nodes = l->image->nodes;
	unsigned least = l->depth ? l->branches[l->depth - 1].offset + 1U : 0;

	while (!trie_is_leaf(&nodes[*at])) {
		unsigned offset = trie_offset(&nodes[*at]);
		uint64_t bitmap = trie_bitmap(&nodes[*at]);
		uint32_t children = (uint32_t)__builtin_popcountll(bitmap);
		if (offset < least || offset + l->image->apex_key_len >= TRIE_KEY_MAX ||
		        nodes[*at].ref != l->next_node || children < 2 ||
		        children > l->image->node_count - l->next_node)
			return false;
		l->next_node += children;
		struct branch *b = &l->branches[l->depth++];
		*b = (struct branch){
		        .left = bitmap, .child = nodes[*at].ref, .offset = (uint16_t)offset};
		*at = take_child(b);
		least = offset + 1;
	}
	return true;
}

static void begin(struct leaves *l, struct image *image, const struct image_cells *cells)
{
	memset(l, 0, offsetof(struct leaves, branches));
	l->image = image;
	l->cells = cells;
	l->end = image->octets + image->size;
	l->symbols = trie_symbols();
	l->next_node = 1;
	l->last = &l->entries[0];
	l->now = &l->entries[1];
	for (unsigned i = 0; i < 256 && image->prefix.addr.len == 4; i++) {
		const uint8_t octets[4] = {0, 0, 0, (uint8_t)i};
		uint8_t label[64], symbols[WORD] = {0};
		size_t n = name_addr_labels(label, octets, 4, 24);
		trie_key_from_labels(symbols, label, n);
		l->decimal[i] = get_word(symbols);
	}
}

TRIE_WALKER bool image_check_leaves(
        struct image *image, const struct image_header *h, const struct image_cells *cells)
{
	struct leaves l;
	uint32_t leaf = 0;

	if (image->node_count == 0)
		return false;
	begin(&l, image, cells);
	if (!descend(&l, &leaf) || !leaf_is_sound(&l, leaf, 0, true) ||
	        !apex_is_sound(image, h, leaf))
		return false;
	for (;;) {
		while (l.depth && l.branches[l.depth - 1].left == 0)
			l.depth--;
		if (l.depth == 0)
			return l.next == image->entries_size && l.next_node == image->node_count &&
			       l.count == image->leaf_count;
		unsigned fresh = l.depth - 1;
		leaf = take_child(&l.branches[fresh]);
		if (!descend(&l, &leaf) || !leaf_is_sound(&l, leaf, fresh, false))
			return false;
	}
}
