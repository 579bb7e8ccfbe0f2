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

#define HEX_DIGITS 16

/* A branch on the way to where the traversal stands. */
struct branch {
	uint64_t left;  /* symbols of children that are yet to be visited */
	uint32_t child; /* the node of the one that is */
	uint16_t offset;
	uint8_t symbol; /* of that child */
};

/* The owner of a leaf that is labels. */
struct labels {
	const uint8_t *octets; /* NULL: it was an address */
	uint8_t at[NAME_MAX_LABELS + 1];
	unsigned count;
};

struct leaves {
	struct image *image;
	size_t next;      /* where the next entry must begin */
	unsigned depth;   /* branches on the way */
	uint32_t cut;     /* 1 + the leaf of the cut that is above or at hand; 0: none */
	size_t cut_len;   /* symbols of its key */
	size_t len;       /* of the last key; zeros behind it */
	size_t different; /* the first symbol of it that the one before does not have */
	uint8_t digits[HEX_DIGITS];
	uint16_t ends[NAME_MAX_LABELS + 1]; /* symbols of the first k labels of the last key */
	struct labels labels[2], *last, *now;
	uint8_t key[TRIE_KEY_MAX + 8], tail[TRIE_KEY_MAX + 8];
	struct branch branches[TRIE_KEY_MAX + 1];
};

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

static size_t put_decimal(uint8_t *out, const uint8_t *digits, unsigned value)
{
	uint8_t *p = out;

	if (value >= 100)
		*p++ = digits[value / 100];
	if (value >= 10)
		*p++ = digits[value / 10 % 10];
	*p++ = digits[value % 10];
	*p++ = 0;
	return (size_t)(p - out);
}

/* An owner that is an address, of which the zone's prefix fixes the first octets. */
static void take_address(struct leaves *l, const uint8_t *octets, size_t n)
{
	const struct prefix *prefix = &l->image->prefix;
	uint8_t *p = l->tail;

	if (prefix->addr.len == 4) {
		for (size_t i = 0; i < n; i++)
			p += put_decimal(p, l->digits, octets[i]);
	} else {
		for (size_t i = prefix->bits / 4 % 2; i < 2 * n; i++) {
			*p++ = l->digits[i % 2 ? octets[i / 2] & 15 : octets[i / 2] >> 4];
			*p++ = 0;
		}
	}
	l->last->octets = NULL;
	take_tail(l, 0, (size_t)(p - l->tail));
}

static bool is_same_label(const uint8_t *a, const uint8_t *b)
{
	if (*a != *b)
		return false;
	for (unsigned i = 1; i <= *a; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

/* A label that the name before does not have. A wildcard may be an empty non-terminal (RFC 4592
 * 4.9), so an asterisk counts in any. */
static bool label_is_sound(struct image *image, const uint8_t *label)
{
	bool has_capital = false;

	image->has_wildcards |= label[0] == 1 && label[1] == '*';
	for (unsigned i = 1; i <= *label; i++)
		has_capital |= (uint8_t)(label[i] - 'A') < 26;
	return !has_capital;
}

/* An owner that is labels: lower-case, and not too long before the apex. */
static bool take_labels(struct leaves *l, const uint8_t *octets, size_t n)
{
	const struct labels *last = l->last;
	struct labels *now = l->now;
	unsigned shared = 0, most;

	if (n + l->image->apex_len - 1 > NAME_MAX_OCTETS)
		return false;
	now->octets = octets;
	now->count = name_find_labels(now->at, octets);
	most = last->octets ? last->count : 0;
	most = now->count < most ? now->count : most;
	while (shared < most && is_same_label(octets + now->at[now->count - 1 - shared],
	                                last->octets + last->at[last->count - 1 - shared]))
		shared++;
	size_t begin = l->ends[shared], end = begin;
	for (unsigned i = now->count - shared; i--;) {
		const uint8_t *label = octets + now->at[i];
		if (!label_is_sound(l->image, label))
			return false;
		end += trie_key_from_labels(l->tail + (end - begin), label, 1U + *label);
		l->ends[now->count - i] = (uint16_t)end;
	}
	take_tail(l, begin, end - begin);
	l->now = l->last;
	l->last = now;
	return true;
}

/* Branches from `fresh` on were entered, or a child of theirs, since the leaf before. */
static bool key_is_in_place(const struct leaves *l, unsigned fresh, bool is_first)
{
	if (!is_first && l->different != l->branches[fresh].offset)
		return false;
	for (unsigned i = fresh; i < l->depth; i++)
		if (l->key[l->branches[i].offset] != l->branches[i].symbol)
			return false;
	return true;
}

/* The topmost cut that the leaf is at or below. */
static bool cut_is_due(struct leaves *l, uint32_t leaf, const struct image_template *t)
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
	image->negative_ttl_s = soa.ttl_s < minimum_s ? soa.ttl_s : minimum_s;
	return serial_here == h->serial && h->serial_at == (size_t)(serial - image->octets);
}

static bool leaf_is_sound(struct leaves *l, uint32_t leaf, unsigned fresh, bool is_first)
{
	struct checked_entry e;

	if (!image_check_entry(&e, l->image, leaf, is_first, &l->next))
		return false;
	if (e.template->address_octets)
		take_address(l, e.owner, e.owner_octets);
	else if (!take_labels(l, e.owner, e.owner_octets))
		return false;
	return key_is_in_place(l, fresh, is_first) && cut_is_due(l, leaf, e.template);
}

/* Take the next child of the branch on top. */
static uint32_t take_child(struct branch *b)
{
	b->symbol = (uint8_t)__builtin_ctzll(b->left);
	b->left &= b->left - 1;
	return b->child++;
}

/* Go down to the first leaf at or below a node. Offsets ascend on the way, so it has no more
 * branches than there are offsets. */
static uint32_t descend(struct leaves *l, uint32_t at)
{
	const struct trie_node *nodes = l->image->nodes;

	while (!trie_is_leaf(&nodes[at])) {
		struct branch *b = &l->branches[l->depth++];
		*b = (struct branch){.left = trie_bitmap(&nodes[at]),
		        .child = nodes[at].ref,
		        .offset = (uint16_t)trie_offset(&nodes[at])};
		at = take_child(b);
	}
	return at;
}

static void begin(struct leaves *l, struct image *image)
{
	static const char digits[HEX_DIGITS + 1] = "0123456789abcdef";

	memset(l, 0, offsetof(struct leaves, branches));
	l->image = image;
	l->last = &l->labels[0];
	l->now = &l->labels[1];
	for (unsigned i = 0; i < HEX_DIGITS; i++) {
		uint8_t label[2] = {1, (uint8_t)digits[i]}, symbols[4];
		trie_key_from_labels(symbols, label, sizeof label);
		l->digits[i] = symbols[0];
	}
}

bool image_check_leaves(struct image *image, const struct image_header *h)
{
	struct leaves l;

	begin(&l, image);
	uint32_t leaf = descend(&l, 0);
	if (!leaf_is_sound(&l, leaf, 0, true) || !apex_is_sound(image, h, leaf))
		return false;
	for (;;) {
		while (l.depth && l.branches[l.depth - 1].left == 0)
			l.depth--;
		if (l.depth == 0)
			return l.next == image->entries_size;
		unsigned fresh = l.depth - 1;
		leaf = descend(&l, take_child(&l.branches[fresh]));
		if (!leaf_is_sound(&l, leaf, fresh, false))
			return false;
	}
}
