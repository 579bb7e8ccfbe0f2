/* SPDX-License-Identifier: ISC */
#include "zone/lookup.h"

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

void lookup_judge(struct lookup *out, const struct image *image, uint32_t leaf,
        const uint8_t *qname, const uint8_t *at, unsigned labels)
{
	unsigned below = labels - image->apex_labels, owner_labels;

	out->entry = image_entry(image, leaf);
	unsigned shared = image_count_shared(image, &out->entry, qname, at, below, &owner_labels);
	out->shared_labels = shared + image->apex_labels;
	out->owner_labels = owner_labels + image->apex_labels;
	if (find_cut(out, image, leaf, qname, at, below))
		return;
	if (shared < below)
		out->kind = LOOKUP_NOTHING;
	else
		out->kind = shared == owner_labels ? LOOKUP_OWNER : LOOKUP_NON_TERMINAL;
}

void lookup_name(struct lookup *out, const struct image *image, const struct trie_key *key,
        const uint8_t *qname, const uint8_t *at, unsigned labels)
{
	lookup_judge(out, image, trie_walk(image->nodes, key->symbols + image->apex_key_len), qname,
	        at, labels);
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
