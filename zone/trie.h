/* SPDX-License-Identifier: ISC */
/* zone/trie.h - a static qp-trie keyed by domain names.
 *
 *     key of www.acme.example        e x a m p l e 0 a c m e 0 w w w 0
 *
 *     node (12 octets)   branch:  48-bit bitmap | offset of the symbol it asks for | first child
 *                        leaf:    three words of its owner's choosing
 *
 * Key. Labels from the right, lower-cased, one small symbol an octet; rare octets take two; the
 * lowest symbol, 0, ends each label and also stands for everything beyond the key's end. So the
 * order of keys is the canonical order of names (RFC 4034 6.1), a label is a run of symbols, and
 * the key of a zone's apex is a prefix of the key of every name in the zone.
 *
 * Nodes. The children of a branch are packed side by side, in order of their symbols; behind them
 * come all nodes below the first of them, then those below the second, and so on. So a walk comes
 * soon to where all that is yet to come lies close together, in a page or two, and it ends,
 * whatever the octets say, for children lie behind their branch. Who visits the branches in order
 * and finds the children of each where those of the one before end, knows that every node hangs in
 * the tree exactly once.
 *
 * Walk. At each branch the child of the key's symbol is taken; where there is none, the first
 * child, and so on down. The leaf at the end shares the longest prefix with the key of all leaves
 * (a symbol that differs is found at the first branch that asks for one where they differ, and
 * below a branch all keys share what lies before its offset). Whoever asks compares its owner.
 *
 * Immutable once built: no insert and no delete. Any number of threads may walk. */
#ifndef ZONE_TRIE_H
#define ZONE_TRIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zone/err.h"
#include "zone/name.h"
#include "zone/sanitized.h"

/* Every octet of a name takes at most two symbols. */
#define TRIE_KEY_MAX 512

struct trie_key {
	uint16_t len;
	uint8_t symbols[TRIE_KEY_MAX + 1]; /* a zero at `len`; anything behind it */
};

struct trie_node {
	uint32_t low;  /* branch: bits 0-31 of the bitmap */
	uint32_t high; /* branch: bits 32-47, then 15 bits of key offset; leaf: bit 31 set */
	uint32_t ref;  /* branch: index of the first child */
};

#define TRIE_LEAF 0x80000000U

/* A function that walks. The compiler's way to count bits for any processor is a call and eight
 * loads; where the processor has an instruction for it, a second copy of the function uses that.
 * Which one is called is decided when the program starts. */
#if defined __x86_64__ && defined __GLIBC__ && !IS_SANITIZED
#define TRIE_WALKER __attribute__((target_clones("popcnt", "default")))
#else
#define TRIE_WALKER
#endif

/* Of each octet the symbol, which is not 0, and in the high half the second one or 0: for who makes
 * keys of many labels at a time. */
const uint16_t *trie_symbols(void);

/* Put the symbols of a wire name, any case, into *key. */
void trie_key_from_name(struct trie_key *key, const uint8_t *wire);

/* The same where it is known that at[0..count) is where its labels begin (name_find_labels()). */
void trie_key_from_found(
        struct trie_key *key, const uint8_t *wire, const uint8_t *at, unsigned count);

/* The same for labels without a root, written from the front of `out` (room for TRIE_KEY_MAX);
 * returns the number of symbols. `labels[0..n)` are whole labels of at most a name. */
size_t trie_key_from_labels(uint8_t *out, const uint8_t *labels, size_t n);

/* Keys to build from: key i is symbols[ends[i-1] .. ends[i]), from 0 for the first. They ascend
 * strictly. */
struct trie_keys {
	const uint8_t *symbols;
	const uint32_t *ends;
	uint32_t count;
};

/* Build into nodes[0..2 * count), which the caller owns. Leaves come out with the index of their
 * key in `ref`, TRIE_LEAF in `high` and 0 in `low`; the caller writes what it wants into low, the
 * other 31 bits of high, and ref. Returns the number of nodes used, 0 only for no keys. */
uint32_t trie_build(struct trie_node *nodes, const struct trie_keys *keys);

static inline bool trie_is_leaf(const struct trie_node *node)
{
	return node->high & TRIE_LEAF;
}

/* `low` and `high` in one. */
static inline uint64_t trie_word(const struct trie_node *node)
{
	return (uint64_t)node->high << 32 | node->low;
}

static inline uint64_t trie_bitmap(const struct trie_node *node)
{
	return trie_word(node) & 0xffffffffffffU;
}

static inline unsigned trie_offset(const struct trie_node *node)
{
	return node->high >> 16 & 0x7fff;
}

/* One step of a walk from a branch: the index of the child for symbols[0..count), behind which is a
 * zero, which stands for zeros without end. */
static inline uint32_t trie_step(
        const struct trie_node *node, const uint8_t *symbols, unsigned count)
{
	uint64_t word = trie_word(node);
	unsigned at = (unsigned)(word >> 48);
	unsigned symbol = symbols[at < count ? at : count];
	/* the symbol's bit is the highest, those of the symbols before it are below */
	uint64_t until = word << (63 - symbol);

	return node->ref + ((int64_t)until < 0 ? (uint32_t)__builtin_popcountll(until) - 1 : 0);
}

/* The index of the leaf that shares the longest prefix with the key from symbol `from` on. */
static inline uint32_t trie_walk(
        const struct trie_node *nodes, const struct trie_key *key, unsigned from)
{
	uint32_t at = 0;

	while (!trie_is_leaf(&nodes[at]))
		at = trie_step(&nodes[at], key->symbols + from, key->len - from);
	return at;
}

/* True when the nodes are such a tree: every branch has at least two children, which lie where they
 * must; offsets ascend and are below `offset_limit`; there are `leaf_count` leaves, at least one.
 * Says nothing about what the leaves hold. */
bool trie_is_sound(
        const struct trie_node *nodes, uint32_t count, uint32_t leaf_count, unsigned offset_limit);

/* Leaves in order: start with trie_cursor_init(), then call trie_next() until it returns false.
 * For sound tries only. */
struct trie_cursor {
	const struct trie_node *nodes;
	uint32_t stack[TRIE_KEY_MAX + 1]; /* next child to visit at each depth */
	uint32_t end[TRIE_KEY_MAX + 1];
	unsigned depth;
};

void trie_cursor_init(struct trie_cursor *c, const struct trie_node *nodes, uint32_t count);
bool trie_next(struct trie_cursor *c, uint32_t *leaf);

#endif
