/* SPDX-License-Identifier: ISC */
#include "tests/help/image_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/answer.h"
#include "tests/help/must.h"
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

void image_use(const struct image *image)
{
	static uint8_t rdata[65535], response[65535];
	struct image *images[] = {image_ref((struct image *)(uintptr_t)image)};
	struct snapshot *snapshot;
	struct trie_cursor c;
	uint32_t leaf;

	must(snapshot_build(&snapshot, images, 1, 1) == OK, "out of memory");
	trie_cursor_init(&c, image->nodes, image->node_count);
	while (trie_next(&c, &leaf)) {
		struct entry e = image_entry(image, leaf);
		uint8_t labels[NAME_MAX_OCTETS], message[12 + 255 + 4] = {0, 0, 0, 0, 0, 1};
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
			memcpy(message + 12, owner.wire, owner.len);
			const uint8_t tail[] = {(uint8_t)(set.type >> 8), (uint8_t)set.type, 0, 1};
			for (unsigned changed = 0; changed < 3; changed++) {
				struct query q = {
				        message, (uint16_t)(16 + owner.len), TRANSPORT_TCP};
				struct response r = {.octets = response, .capacity = 65535};
				struct answer_config config = {.udp_size = 1232};
				memcpy(message + 12 + owner.len, tail, 4);
				if (changed && owner.len > 1)
					message[13] ^= (uint8_t)changed;
				answer_batch(snapshot, &config, &q, &r, 1);
				must(r.len >= 12, "no answer");
			}
		}
	}
	snapshot_unref(snapshot);
}
