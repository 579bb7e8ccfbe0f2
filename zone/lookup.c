/* SPDX-License-Identifier: ISC */
#include "zone/lookup.h"

#include <string.h>

/* The cut above or at the qname, or the DNAME above it: it shares all its labels with the qname. */
static bool find_cut(struct lookup *out, const struct image *image, uint32_t leaf,
        const uint8_t *qname, const uint8_t *at, unsigned below)
{
	unsigned cut_labels;

	if (!image->nodes[leaf].low)
		return false;
	struct entry cut = image_entry(image, image->nodes[leaf].low - 1);
	if (image_count_shared(image, &cut, qname, at, below, &cut_labels) < cut_labels)
		return false;
	bool is_dname = cut.template->cut == IMAGE_CUT_DNAME;
	if (is_dname && cut_labels == below)
		return false; /* the DNAME's owner is a name as others are */
	out->kind = is_dname ? LOOKUP_DNAME : LOOKUP_CUT;
	out->entry = cut;
	out->owner_labels = cut_labels + image->apex_labels;
	return true;
}

/* A cut that a rule makes above the qname, or at it. */
static bool find_made_cut(
        struct lookup *out, const struct image *image, const struct image_block *block)
{
	const struct image_rule *rule = image_cut_of_block(image, block);

	if (!rule)
		return false;
	out->kind = LOOKUP_CUT;
	out->entry = image_entry(image, rule->shape);
	out->owner_labels = 2U + rule->bits / (rule->addr_len == 4 ? 8U : 4U);
	return true;
}

/* What a rule makes at the reverse name of an address, above it or below it. */
static void judge_block(struct lookup *out, const struct image *image,
        const struct image_block *block, unsigned labels)
{
	unsigned ruled = image_ruled_labels(image, block);

	if (ruled > out->shared_labels)
		out->shared_labels = ruled;
	if (ruled < labels)
		return;
	out->rule = image_rule_of_block(image, block);
	out->kind = out->rule ? LOOKUP_MADE : LOOKUP_NON_TERMINAL;
	out->is_reverse = true;
	if (out->rule)
		memcpy(out->address, block->first, sizeof out->address);
}

/* The name that a pattern makes at the qname, or above it: then nothing is below that. */
static void judge_made(struct lookup *out, const struct image *image, const struct trie_key *key,
        const uint8_t *qname, const uint8_t *at, unsigned labels)
{
	/* the label of the pattern is the one below the closest encloser, or the qname's first */
	unsigned owner = out->shared_labels < labels ? out->shared_labels : labels - 1;
	const struct image_rule *rule =
	        image_find_made(out->address, image, key, qname + at[labels - owner - 1], owner);

	if (!rule)
		return;
	out->shared_labels = owner + 1;
	if (owner + 1 < labels)
		return;
	out->kind = LOOKUP_MADE;
	out->rule = rule;
	out->is_reverse = false;
}

/* True when an entry is there for names below it alone. */
static bool is_empty(const struct lookup *l)
{
	return l->kind == LOOKUP_OWNER && l->entry.template->head_count == 0;
}

void lookup_judge(struct lookup *out, const struct image *image, uint32_t leaf,
        const struct trie_key *key, const uint8_t *qname, const uint8_t *at, unsigned labels)
{
	unsigned below = labels - image->apex_labels, owner_labels;
	struct image_block block;

	if (image->has_rules)
		image_read_block(&block, image, qname, at, labels);
	out->entry = image_entry(image, leaf);
	unsigned shared = image_count_shared(image, &out->entry, qname, at, below, &owner_labels);
	out->shared_labels = shared + image->apex_labels;
	out->owner_labels = owner_labels + image->apex_labels;
	if ((image->has_cut_rules && find_made_cut(out, image, &block)) ||
	        find_cut(out, image, leaf, qname, at, below))
		return;
	if (shared < below)
		out->kind = LOOKUP_NOTHING;
	else
		out->kind = shared == owner_labels ? LOOKUP_OWNER : LOOKUP_NON_TERMINAL;
	if (out->kind == LOOKUP_OWNER && !is_empty(out))
		return;
	if (is_empty(out))
		out->kind = LOOKUP_NON_TERMINAL;
	if (image->has_rules)
		judge_block(out, image, &block, labels);
	if (image->pattern_count && out->kind != LOOKUP_MADE && below)
		judge_made(out, image, key, qname, at, labels);
}

void lookup_name(struct lookup *out, const struct image *image, const struct trie_key *key,
        const uint8_t *qname, const uint8_t *at, unsigned labels)
{
	lookup_judge(out, image, trie_walk(image->nodes, key->symbols + image->apex_key_len), key,
	        qname, at, labels);
}

bool lookup_wildcard(struct lookup *out, const struct image *image, const uint8_t *qname,
        const uint8_t *at, unsigned labels, unsigned shared_labels)
{
	static const uint8_t asterisk[] = {1, '*'};
	uint8_t wildcard_at[NAME_MAX_LABELS + 1];
	struct trie_key key;
	struct name name;

	if (!image->has_wildcards || name_join(&name, asterisk, sizeof asterisk,
	                                     qname + at[labels - shared_labels]) != OK)
		return false;
	trie_key_from_name(&key, name.wire);
	unsigned count = name_find_labels(wildcard_at, name.wire);
	lookup_name(out, image, &key, name.wire, wildcard_at, count);
	return out->kind == LOOKUP_OWNER || out->kind == LOOKUP_NON_TERMINAL ||
	       (out->kind == LOOKUP_CUT && out->owner_labels == count);
}

bool lookup_exact(struct entry *out, const struct image *image, const struct trie_key *key,
        const uint8_t *name)
{
	uint8_t at[NAME_MAX_LABELS + 1];
	unsigned labels = name_find_labels(at, name), owner_labels;
	struct entry e =
	        image_entry(image, trie_walk(image->nodes, key->symbols + image->apex_key_len));
	unsigned below = labels - image->apex_labels;
	if (image_count_shared(image, &e, name, at, below, &owner_labels) < below ||
	        owner_labels != below)
		return false;
	*out = e;
	return true;
}
