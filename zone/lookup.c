/* SPDX-License-Identifier: ISC */
#include "zone/lookup.h"

/* The cut above or at the qname, if there is one: it shares all its labels with the qname. */
static bool find_cut(struct lookup *out, const struct image *image, uint32_t leaf,
        const uint8_t *qname, const uint8_t *at, unsigned below)
{
	unsigned cut_labels;

	if (!image->nodes[leaf].low)
		return false;
	struct entry cut = image_entry(image, image->nodes[leaf].low);
	if (image_count_shared(image, &cut, qname, at, below, &cut_labels) < cut_labels)
		return false;
	out->kind = LOOKUP_CUT;
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
