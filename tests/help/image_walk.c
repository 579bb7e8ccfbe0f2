/* SPDX-License-Identifier: ISC */
#include "tests/help/image_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/answer.h"
#include "tests/help/message.h"
#include "tests/help/must.h"
#include "zone/image_rules.h"
#include "zone/snapshot.h"

static void print_rdata(
        FILE *out, const struct image *image, const struct rrset *set, const uint8_t *record)
{
	uint8_t rdata[65535];
	char text[NAME_TEXT_MAX];
	size_t n = image_rdata(image, set->type, record, rdata);

	if (rr_is_one_name(set->type)) {
		name_to_text(text, rdata);
		fputs(text, out);
		return;
	}
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%02x", rdata[i]);
}

char *image_dump(const struct image *image)
{
	char *text = NULL, owner_text[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX];
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct trie_cursor c;
	uint32_t leaf;

	trie_cursor_init(&c, image->nodes, image->node_count);
	while (trie_next(&c, &leaf)) {
		struct entry e = image_entry(image, leaf);
		uint8_t labels[NAME_MAX_OCTETS];
		struct name owner;
		size_t n = image_owner_labels(image, &e, labels);
		must(name_join(&owner, labels, n, image->apex) == OK, "an owner is too long");
		name_to_text(owner_text, owner.wire);
		for (unsigned i = 0; i < e.template->head_count; i++) {
			struct rrset set = image_rrset(&e, i);
			const uint8_t *record = set.records;
			for (unsigned k = 0; k < set.count; k++) {
				if (set.type == RR_SOA)
					continue;
				fprintf(out, "%s %u %s ", owner_text, set.ttl_s,
				        rr_type_text(type, set.type));
				print_rdata(out, image, &set, record);
				fputc('\n', out);
				record += image_record_size(set.type, record);
			}
		}
	}
	fclose(out);
	return text;
}

static void print_rule(FILE *out, const struct image *image, uint32_t number)
{
	const struct image_rule *rule = &image->rules[number];
	struct addr first = {.len = rule->addr_len}, last = first;
	char addrs[ADDR_RANGE_TEXT_MAX], name[NAME_TEXT_MAX], shape[SHAPE_TEXT_MAX];

	memcpy(first.octets, rule->first, 16);
	memcpy(last.octets, rule->last, 16);
	addr_range_to_text(addrs, &first, &last);
	fprintf(out, " rule %u of %s", number, addrs);
	if (rule->kind == RULE_CUT) {
		fprintf(out, " cuts at %u bits\n", rule->bits);
		return;
	}
	name_to_text(name, image_rule_name(image, rule));
	if (rule->kind == RULE_NAME) {
		struct pattern p = image_rule_pattern(image, rule);
		shape_to_text(shape, p.shape, p.shape_octets);
	}
	fprintf(out, " %u %s%s%s\n", rule->ttl_s, rule->kind == RULE_NAME ? shape : "CNAME",
	        rule->kind == RULE_NAME ? "." : " ", name);
}

static void print_spans(FILE *out, const struct image *image, const char *kind,
        const struct image_spans *spans, uint8_t addr_len)
{
	const struct image_span4 *span4 = spans->spans;
	const struct image_span6 *span6 = spans->spans;

	for (uint32_t i = 0; i < spans->count; i++) {
		struct addr first = {.len = addr_len}, last = first;
		char text[ADDR_RANGE_TEXT_MAX];
		if (addr_len == 4) {
			ipv4_octets(first.octets, ((const uint32_t *)spans->first)[i]);
			ipv4_octets(last.octets, span4[i].last);
		} else {
			memcpy(first.octets, (const uint8_t *)spans->first + (size_t)i * 16, 16);
			memcpy(last.octets, span6[i].last, 16);
		}
		addr_range_to_text(text, &first, &last);
		fprintf(out, "%s %s", kind, text);
		print_rule(out, image, addr_len == 4 ? span4[i].rule : span6[i].rule);
	}
}

char *image_dump_rules(const struct image *image)
{
	char *text = NULL, addr[ADDR_TEXT_MAX];
	size_t size;
	FILE *out = open_memstream(&text, &size);

	print_spans(out, image, "ptr", &image->ptr4, 4);
	print_spans(out, image, "ptr", &image->ptr6, 16);
	print_spans(out, image, "name", &image->name4, 4);
	print_spans(out, image, "name", &image->name6, 16);
	for (uint32_t i = 0; i < image->taken4_count; i++) {
		struct addr a = {.len = 4};
		ipv4_octets(a.octets, ((const uint32_t *)image->taken4)[i]);
		addr_to_text(addr, &a);
		fprintf(out, "taken %s\n", addr);
	}
	for (uint32_t i = 0; i < image->taken6_count; i++) {
		struct addr a = {.len = 16};
		memcpy(a.octets, (const uint8_t *)image->taken6 + (size_t)i * 16, 16);
		addr_to_text(addr, &a);
		fprintf(out, "taken %s\n", addr);
	}
	for (uint32_t i = 0; i < image->pattern_count; i++) {
		fprintf(out, "pattern %u next %u", i + 1, image->patterns[i].next);
		print_rule(out, image, image->patterns[i].rule);
	}
	fclose(out);
	return text;
}

/* Ask for a name and type, over UDP and TCP. */
static void use_name(const struct snapshot *snapshot, const struct name *name, uint16_t type)
{
	static uint8_t response[65535];
	const struct answer_config config = {.udp_size = 1232};
	uint8_t message[MESSAGE_QUERY_MAX];
	size_t n = message_query_wire(message, 0, name->wire, type);

	for (unsigned i = 0; i < 2; i++) {
		struct query q = {
		        message, (uint16_t)n, (uint8_t)(i ? TRANSPORT_TCP : TRANSPORT_UDP)};
		struct response r = {
		        .octets = response, .capacity = i ? ANSWER_TCP_MAX : ANSWER_UDP_MAX};
		answer_batch(snapshot, &config, &q, &r, 1);
		must(r.len >= 12, "no answer");
	}
}

/* Ask for a name, two beside and one below it. */
static void use_names(const struct snapshot *snapshot, const struct name *owner, uint16_t type)
{
	struct name name = *owner;

	for (unsigned changed = 0; changed < 3; changed++) {
		if (changed && name.len > 1)
			name.wire[1] ^= (uint8_t)changed;
		use_name(snapshot, &name, type);
	}
	if (name_join(&name, (const uint8_t *)"\1q", 2, owner->wire) == OK)
		use_name(snapshot, &name, type);
}

/* What a span's rule makes of an address: ask for the name of the address, of some blocks around
 * it, and for the name that it makes, each with its neighbours. */
static void use_address(const struct snapshot *snapshot, const struct image *image,
        const struct image_rule *rule, const uint8_t *octets, unsigned addr_len)
{
	unsigned step = addr_len == 4 ? 8 : 4;
	struct addr a = {.len = (uint8_t)addr_len};
	struct name name;

	memcpy(a.octets, octets, addr_len);
	for (unsigned bits = 8 * addr_len; bits; bits = bits * 3 / 5 / step * step)
		if (name_from_addr(&name, &a, bits) == OK)
			use_names(snapshot, &name, RR_PTR);
	if (image->cut.addr.len) {
		uint8_t label[64];
		size_t n = name_addr_labels(label, octets, addr_len, step * (addr_len - 1));
		if (addr_len == 4 && name_join(&name, label, n, image->apex) == OK)
			use_names(snapshot, &name, RR_PTR);
	}
	if (rule->kind == RULE_CUT || memcmp(octets, rule->first, 16) < 0 ||
	        memcmp(octets, rule->last, 16) > 0)
		return;
	image_made_name(&name, image, rule, octets);
	use_names(snapshot, &name, addr_len == 4 ? RR_A : RR_AAAA);
}

/* The addresses at both ends of each span, and beyond. */
static void use_spans(const struct snapshot *snapshot, const struct image *image,
        const struct image_spans *spans, unsigned addr_len)
{
	const struct image_span4 *span4 = spans->spans;
	const struct image_span6 *span6 = spans->spans;

	for (uint32_t i = 0; i < spans->count; i++) {
		const struct image_rule *rule =
		        &image->rules[addr_len == 4 ? span4[i].rule : span6[i].rule];
		uint8_t ends[4][16] = {{0}};
		if (addr_len == 4) {
			ipv4_octets(ends[0], ((const uint32_t *)spans->first)[i]);
			ipv4_octets(ends[1], span4[i].last);
		} else {
			memcpy(ends[0], (const uint8_t *)spans->first + (size_t)i * 16, 16);
			memcpy(ends[1], span6[i].last, 16);
		}
		memcpy(ends[2], ends[0], 16);
		(void)octets_step_back(ends[2], addr_len);
		memcpy(ends[3], ends[1], 16);
		(void)octets_step(ends[3], addr_len);
		for (unsigned k = 0; k < 4; k++)
			use_address(snapshot, image, rule, ends[k], addr_len);
	}
}

void image_use(const struct image *image)
{
	static uint8_t rdata[65535];
	struct image *images[] = {image_ref((struct image *)(uintptr_t)image)};
	struct snapshot *snapshot;
	struct trie_cursor c;
	uint32_t leaf;

	must(snapshot_build(&snapshot, images, 1, 1) == OK, "out of memory");
	trie_cursor_init(&c, image->nodes, image->node_count);
	while (trie_next(&c, &leaf)) {
		struct entry e = image_entry(image, leaf);
		uint8_t labels[NAME_MAX_OCTETS];
		struct name owner;
		size_t n = image_owner_labels(image, &e, labels);
		must(name_join(&owner, labels, n, image->apex) == OK, "an owner is too long");
		for (unsigned i = 0; i < e.template->head_count; i++) {
			struct rrset set = image_rrset(&e, i);
			const uint8_t *record = set.records;
			for (unsigned k = 0; k < set.count; k++) {
				image_rdata(image, set.type, record, rdata);
				record += image_record_size(set.type, record);
			}
			use_names(snapshot, &owner, set.type);
		}
		use_names(snapshot, &owner, RR_DS);
		use_names(snapshot, &owner, RR_SRV);
	}
	use_spans(snapshot, image, &image->ptr4, 4);
	use_spans(snapshot, image, &image->ptr6, 16);
	use_spans(snapshot, image, &image->name4, 4);
	use_spans(snapshot, image, &image->name6, 16);
	snapshot_unref(snapshot);
}
