/* SPDX-License-Identifier: ISC */
/* zone/image_rules.h - records that an image does not hold, but computes.
 *
 *     rule        makes of an address                      where
 *     RULE_NAME   a PTR that leads to a pattern's name     at the address's reverse name
 *                 an A or AAAA                             at that name
 *     RULE_CNAME  a CNAME to N.target (RFC 2317)           at the address's reverse name
 *     RULE_CUT    a zone cut, the NS of which stand once   at the reverse name of the block
 *
 * Two sets of spans say which rule an address has: `ptr` in the zone that holds its reverse name,
 * `name` in the zone that holds the pattern's names, without the addresses in `taken`: those of
 * hosts. Both are cut out of one cover (zone/cover.h), so the directions agree.
 *
 * From a name to its address. In a reverse zone the labels are the address. Elsewhere a second trie
 * has a key for each pattern: its owner and the literal octets with which its labels begin. All
 * patterns that could have made a label lie on the way to it, so they are linked: from the leaf at
 * which the walk ends to those whose key is a beginning of its key. Each is asked for the address;
 * its rule is looked up; and the name is there if that rule makes this very name of it
 * (zone/image_search.h). */
#ifndef ZONE_IMAGE_RULES_H
#define ZONE_IMAGE_RULES_H

#include "zone/image.h"
#include "zone/pattern.h"

enum image_rule_kind { RULE_NAME, RULE_CNAME, RULE_CUT };

/* In the image and in memory alike. */
struct image_rule {
	uint8_t kind; /* enum image_rule_kind */
	uint8_t addr_len;
	uint8_t bits;         /* RULE_NAME: pattern.host_bits; RULE_CUT: of the names of the cuts */
	uint8_t owner_labels; /* RULE_NAME: of `name` */
	uint32_t ttl_s;
	uint32_t shape; /* RULE_NAME: its length octet in the rule octets;
	                 * RULE_CUT: the leaf of the first cut, which holds the NS of all */
	uint32_t name;  /* RULE_NAME: the owner, RULE_CNAME: the target; in the rule octets */
	/* of the whole range; of all addresses, where the labels say all and nothing of the range
	 */
	uint8_t first[16], last[16];
};

/* How a span of struct image_spans ends. */
struct image_span4 {
	uint32_t last, rule;
};

struct image_span6 {
	uint8_t last[16];
	uint32_t rule;
};

/* A leaf of the trie of patterns is a run of these: `ref` is the last, `low` how many. */
struct image_pattern {
	uint32_t rule; /* of this pattern, or of one of those that share its shape */
	uint32_t next; /* 1 + the next pattern to ask, which lies before this one; 0: none */
};

/* What stands at names of addresses: as much of a name as is a block of them. */
struct image_block {
	uint8_t first[16], last[16];
	uint8_t addr_len; /* 0: the name is none, and below none */
	uint8_t labels;   /* of the name that is the block's, those of the apex counted */
	bool is_address;  /* it is one address */
};

/* The longest part of a qname, counted from the apex down, that is the reverse name of a block. The
 * qname lies in the zone; at[0..labels) is where its labels begin. */
void image_read_block(struct image_block *out, const struct image *image, const uint8_t *qname,
        const uint8_t *at, unsigned labels);

/* The name that a RULE_NAME or RULE_CNAME makes of an address. */
void image_made_name(struct name *out, const struct image *image, const struct image_rule *rule,
        const uint8_t *address);

/* The pattern of a RULE_NAME, borrowed from the image. */
struct pattern image_rule_pattern(const struct image *image, const struct image_rule *rule);

static inline const uint8_t *image_rule_name(
        const struct image *image, const struct image_rule *rule)
{
	return image->rule_octets + rule->name;
}

#endif
