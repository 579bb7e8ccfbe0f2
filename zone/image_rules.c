/* SPDX-License-Identifier: ISC */
#include "zone/image_rules.h"

#include <string.h>

#define ARPA_LABELS 2 /* in-addr.arpa, ip6.arpa */

/* Where reading begins: at the apex that is a block's name, else at in-addr.arpa or ip6.arpa.
 * Returns the labels of that, 0 where there is none. */
static unsigned begin_block(struct prefix *p, const struct image *image, const uint8_t *qname,
        const uint8_t *at, unsigned labels)
{
	static const uint8_t arpa[] = "\4arpa";
	const uint8_t *rest;

	*p = image->prefix;
	if (p->addr.len)
		return image->apex_labels;
	if (labels < ARPA_LABELS)
		return 0;
	rest = qname + at[labels - ARPA_LABELS];
	if (!name_equal(rest + 1 + *rest, arpa) || image->apex_labels > ARPA_LABELS)
		return 0;
	if (name_equal(rest, (const uint8_t *)"\7in-addr\4arpa"))
		p->addr.len = 4;
	else if (name_equal(rest, (const uint8_t *)"\3ip6\4arpa"))
		p->addr.len = 16;
	else
		return 0;
	return ARPA_LABELS;
}

static void set_block(struct image_block *out, const struct prefix *p, unsigned labels)
{
	unsigned octets = p->bits / 8;

	memcpy(out->first, p->addr.octets, 16);
	memcpy(out->last, p->addr.octets, 16);
	if (p->bits % 8) /* half an octet */
		out->last[octets++] |= 15;
	memset(out->last + octets, 0xff, p->addr.len - octets);
	out->addr_len = p->addr.len;
	out->labels = (uint8_t)labels;
	out->is_address = p->bits == 8 * p->addr.len;
}

/* N.64-127.113.0.203.in-addr.arpa */
static void read_cut_block(struct image_block *out, const struct image *image, const uint8_t *qname,
        const uint8_t *at, unsigned labels)
{
	struct prefix p = {.addr = image->cut.addr, .bits = 24};

	p.addr.octets[3] = 0;
	if (labels > image->apex_labels &&
	        prefix_take_label(&p, qname + at[labels - image->apex_labels - 1]) &&
	        prefix_has_addr(&image->cut, &p.addr))
		set_block(out, &p, image->apex_labels + 1U);
}

void image_read_block(struct image_block *out, const struct image *image, const uint8_t *qname,
        const uint8_t *at, unsigned labels)
{
	struct prefix p;

	out->addr_len = 0;
	if (image->cut.addr.len) {
		read_cut_block(out, image, qname, at, labels);
		return;
	}
	unsigned taken = begin_block(&p, image, qname, at, labels);
	if (taken == 0)
		return;
	while (taken < labels && prefix_take_label(&p, qname + at[labels - taken - 1]))
		taken++;
	set_block(out, &p, taken);
}

struct pattern image_rule_pattern(const struct image *image, const struct image_rule *rule)
{
	const uint8_t *shape = image->rule_octets + rule->shape;
	struct pattern p = {.shape = shape + 1,
	        .shape_octets = *shape,
	        .addr_len = rule->addr_len,
	        .host_bits = rule->bits};

	memcpy(p.first, rule->first, 16);
	memcpy(p.last, rule->last, 16);
	return p;
}

void image_made_name(struct name *out, const struct image *image, const struct image_rule *rule,
        const uint8_t *address)
{
	const uint8_t *rest = image_rule_name(image, rule);
	size_t n;

	if (rule->kind == RULE_NAME) {
		struct pattern p = image_rule_pattern(image, rule);
		n = pattern_format(out->wire, &p, address);
	} else {
		n = name_addr_labels(out->wire, address, 4, 24);
	}
	size_t rest_octets = name_length(rest);
	memcpy(out->wire + n, rest, rest_octets);
	out->len = (uint8_t)(n + rest_octets);
}
