/* SPDX-License-Identifier: ISC */
/* zone/image_write_rules.h - writes into an image what it computes (zone/image_rules.h).
 *
 *     rule = image_writer_name_rule(&w, &pattern, owner, ttl_s);
 *     image_writer_span(&w, WRITE_PTR, 4, first, last, rule);      reverse names
 *     image_writer_pattern(&w, rule);                              forward names: the pattern once,
 *     image_writer_span(&w, WRITE_NAME, 4, first, last, rule);     ... its spans,
 *     image_writer_taken(&w, 4, octets);                           ... without these addresses
 *
 * Spans and addresses of one kind come in order. Behind the last owner. Sticky as the writer is. */
#ifndef ZONE_IMAGE_WRITE_RULES_H
#define ZONE_IMAGE_WRITE_RULES_H

#include "zone/image_write.h"

enum write_spans { WRITE_PTR, WRITE_NAME };

/* Each returns the number of the rule. */
uint32_t image_writer_name_rule(
        struct image_writer *w, const struct pattern *p, const uint8_t *owner, uint32_t ttl_s);
uint32_t image_writer_cname_rule(struct image_writer *w, const uint8_t *first, const uint8_t *last,
        const uint8_t *target, uint32_t ttl_s);

/* Cuts at the names of the blocks of cut_bits; the NS are those of the owner that is the name of
 * the first. */
uint32_t image_writer_cut_rule(struct image_writer *w, uint8_t addr_len, const uint8_t *first,
        const uint8_t *last, unsigned cut_bits);

void image_writer_span(struct image_writer *w, enum write_spans kind, uint8_t addr_len,
        const uint8_t *first, const uint8_t *last, uint32_t rule);

/* Labels below the owner of a rule's pattern are read by it. Those that share one shape which is
 * whole are read by the first of them. */
void image_writer_pattern(struct image_writer *w, uint32_t rule);

void image_writer_taken(struct image_writer *w, uint8_t addr_len, const uint8_t *octets);

/* For image_writer_finish() alone: the nodes are there. */
void image_writer_finish_rules(struct image_writer *w);

#endif
