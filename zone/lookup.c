/* SPDX-License-Identifier: ISC */
#include "zone/lookup.h"

#include <string.h>

/* The cut above or at the qname, or the DNAME above it: it shares all its labels with the qname. */
static bool find_cut(struct lookup *out, const struct image *image, uint32_t leaf,
        const uint8_t *qname, const uint8_t *at, unsigned below)
{
	unsigned cut_labels;

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
static bool find_made_cut(struct lookup *out, const struct image *image)
{
	const struct image_rule *rule = image_cut_of_block(&out->search);

	if (!rule)
		return false;
	out->kind = LOOKUP_CUT;
	out->entry = image_entry(image, rule->shape);
	out->owner_labels = 2U + rule->bits / (rule->addr_len == 4 ? 8U : 4U);
	return true;
}

/* What a rule makes at the reverse name of an address, above it or below it. */
static void judge_block(struct lookup *out, unsigned labels)
{
	unsigned ruled = image_ruled_labels(&out->search);

	if (ruled > out->shared_labels)
		out->shared_labels = ruled;
	if (ruled < labels)
		return;
	out->rule = image_rule_of_block(&out->search);
	out->kind = out->rule ? LOOKUP_MADE : LOOKUP_NON_TERMINAL;
	out->is_reverse = true;
	if (out->rule)
		memcpy(out->address, out->block.first, sizeof out->address);
}

/* The owner of the pattern that may have made the name, or one above it: its label is the one below
 * the closest encloser, or the qname's first. */
static unsigned pattern_owner(const struct lookup *l, unsigned labels)
{
	return l->shared_labels < labels ? l->shared_labels : labels - 1;
}

static void begin_made(struct lookup *out, const struct sought *n)
{
	unsigned owner = pattern_owner(out, n->labels);

	image_search_made(
	        &out->search, n->image, n->key, n->qname + n->at[n->labels - owner - 1], owner);
	out->is_open = true;
}

/* Nothing is below a name that a pattern makes. */
static void judge_made(struct lookup *out, unsigned labels)
{
	unsigned owner = pattern_owner(out, labels);

	if (!out->search.rule)
		return;
	out->shared_labels = owner + 1;
	if (owner + 1 < labels)
		return;
	out->kind = LOOKUP_MADE;
	out->rule = out->search.rule;
	out->is_reverse = false;
	memcpy(out->address, out->search.address, sizeof out->address);
}

/* True where rules may yet make something. */
static bool is_undecided(const struct lookup *l)
{
	return l->kind == LOOKUP_NOTHING || l->kind == LOOKUP_NON_TERMINAL;
}

/* Where the names of addresses are read and none of them is made, a pattern may have made it. */
static void go_on_with_patterns(struct lookup *out, const struct sought *n)
{
	if (n->image->has_patterns && is_undecided(out) && n->labels > n->image->apex_labels)
		begin_made(out, n);
}

void lookup_judge(struct lookup *out, const struct sought *n, uint32_t leaf)
{
	const struct image *image = n->image;
	unsigned below = n->labels - image->apex_labels, owner_labels;

	out->is_open = false;
	out->entry = image_entry(image, leaf);
	unsigned shared =
	        image_count_shared(image, &out->entry, n->qname, n->at, below, &owner_labels);
	out->shared_labels = shared + image->apex_labels;
	out->owner_labels = owner_labels + image->apex_labels;
	bool is_cut = image->nodes[leaf].low && find_cut(out, image, leaf, n->qname, n->at, below);
	if (!is_cut && (shared < below || shared < owner_labels))
		out->kind = shared < below ? LOOKUP_NOTHING : LOOKUP_NON_TERMINAL;
	else if (!is_cut) /* an owner without records is there for names below it */
		out->kind = out->entry.template->head_count ? LOOKUP_OWNER : LOOKUP_NON_TERMINAL;
	if (!is_undecided(out) && !image->has_cut_rules)
		return;
	if (!image->has_rules) {
		go_on_with_patterns(out, n);
		return;
	}
	image_read_block(&out->block, image, n->qname, n->at, n->labels);
	image_search_block(&out->search, image, &out->block);
	out->is_open = true;
}

bool lookup_step(struct lookup *out, const struct sought *n)
{
	if (image_search_step(&out->search))
		return true;
	out->is_open = false;
	if (!out->search.is_reverse) {
		judge_made(out, n->labels);
	} else if (!find_made_cut(out, n->image) && is_undecided(out)) {
		judge_block(out, n->labels);
		go_on_with_patterns(out, n);
	}
	return out->is_open;
}

void lookup_name(struct lookup *out, const struct image *image, const struct trie_key *key,
        const uint8_t *qname, const uint8_t *at, unsigned labels)
{
	const struct sought n = {image, key, qname, at, labels};

	lookup_judge(out, &n, trie_walk(image->nodes, key, image->apex_key_len));
	while (out->is_open)
		(void)lookup_step(out, &n);
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
	struct entry e = image_entry(image, trie_walk(image->nodes, key, image->apex_key_len));
	unsigned below = labels - image->apex_labels;
	if (image_count_shared(image, &e, name, at, below, &owner_labels) < below ||
	        owner_labels != below)
		return false;
	*out = e;
	return true;
}
