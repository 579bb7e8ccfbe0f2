/* SPDX-License-Identifier: ISC */
#include <glob.h>
#include <stdio.h>

#include "tests/help/image_walk.h"
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"
#include "zone/image_write.h"

static uint8_t *copy_of(const uint8_t *octets, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	memcpy(copy, octets, n);
	return copy;
}

static void an_image_survives_being_opened_again(void **state)
{
	struct snapshot *s = small_network();
	(void)state;

	for (uint32_t i = 0; i < s->count; i++) {
		struct image *again;
		uint8_t *octets = copy_of(s->images[i]->octets, s->images[i]->size);
		assert_int_equal(image_open(&again, octets, s->images[i]->size), OK);
		assert_int_equal(again->serial, 1000);
		assert_int_equal(again->leaf_count, s->images[i]->leaf_count);
		assert_true(name_equal(again->apex, s->images[i]->apex));
		image_use(again);
		image_unref(again);
	}
	snapshot_unref(s);
}

/* The checksum alone tells any single octet that changed, and any cut. */
static void every_damage_is_refused(void **state)
{
	struct snapshot *s = small_network();
	(void)state;

	for (uint32_t i = 0; i < s->count; i++) {
		struct image *never;
		size_t size = s->images[i]->size;
		uint8_t *octets = copy_of(s->images[i]->octets, size);
		for (size_t at = 0; at < size; at++) {
			for (unsigned bit = 0; bit < 8; bit++) {
				octets[at] ^= (uint8_t)(1U << bit);
				assert_int_equal(image_open(&never, octets, size), ERR_CORRUPT);
				octets[at] ^= (uint8_t)(1U << bit);
			}
			uint8_t *cut =
			        copy_of(octets, at); /* exact, so that ASan sees a read behind */
			assert_int_equal(image_open(&never, cut, at), ERR_CORRUPT);
			free(cut);
		}
		free(octets);
	}
	snapshot_unref(s);
}

/* Behind a checksum that was made right again: refused, or harmless to use. */
static void a_forged_image_is_refused_or_harmless(void **state)
{
	struct snapshot *s = small_network();
	unsigned refused = 0, harmless = 0;
	(void)state;

	for (uint32_t i = 0; i < s->count; i++) {
		size_t size = s->images[i]->size;
		for (size_t at = 0; at < size; at++) {
			for (unsigned way = 0; way < 10; way++) {
				struct image *image;
				uint8_t *octets = copy_of(s->images[i]->octets, size);
				if (way < 8)
					octets[at] ^= (uint8_t)(1U << way);
				else
					octets[at] = way == 8 ? 0 : 0xff;
				image_set_serial(octets, size, 1000);
				if (image_open(&image, octets, size) == OK) {
					image_use(image);
					image_unref(image);
					harmless++;
				} else {
					free(octets);
					refused++;
				}
			}
		}
	}
	assert_true(refused > harmless && harmless > 0);
	snapshot_unref(s);
}

static void a_serial_can_be_put_into_an_image(void **state)
{
	struct snapshot *s = small_network();
	struct image *image;
	size_t size = s->images[0]->size;
	uint8_t *octets = copy_of(s->images[0]->octets, size), rdata[600];
	(void)state;

	image_set_serial(octets, size, 0xfedcba98);
	assert_int_equal(image_open(&image, octets, size), OK);
	assert_int_equal(image->serial, 0xfedcba98);
	struct entry apex = image_entry(image, image->apex_leaf);
	struct rrset soa;
	assert_true(image_find_rrset(&apex, RR_SOA, &soa));
	size_t n = image_rdata(image, RR_SOA, soa.records, rdata);
	assert_memory_equal(rdata + n - 20, "\xfe\xdc\xba\x98", 4);
	image_unref(image);
	snapshot_unref(s);
}

/* More suffixes than numbers: the names beyond them are written whole. */
static void names_beyond_the_numbered_suffixes_are_whole(void **state)
{
	struct image_writer w;
	struct image *image;
	uint8_t *octets, soa[2 + 20] = {0};
	size_t size;
	(void)state;

	image_writer_init(&w, (const uint8_t *)"\1a", NULL);
	image_writer_owner(&w, NULL, 0, NULL, NULL, 0);
	image_writer_rrset(&w, RR_NS, 1);
	for (unsigned i = 0; i < 65535; i++) {
		uint8_t name[8] = {1, 'x', 3, (uint8_t)(i >> 8), (uint8_t)i, 'y', 0};
		image_writer_name(&w, name);
	}
	image_writer_rrset(&w, RR_SOA, 1);
	image_writer_rdata(&w, soa, sizeof soa);
	image_writer_owner(&w, (const uint8_t *)"\1b", 2, NULL, (const uint8_t *)"\23", 2);
	image_writer_rrset(&w, RR_PTR, 1);
	image_writer_name(&w, (const uint8_t *)"\3two\5first\4name");
	image_writer_name(&w, (const uint8_t *)"\5other\6second\4name");
	image_writer_name(&w, (const uint8_t *)"");
	assert_int_equal(image_writer_finish(&w, &octets, &size), OK);
	assert_int_equal(image_open(&image, octets, size), OK);
	assert_int_equal(image->suffix_cells, IMAGE_CELL_MAX);
	struct trie_key key = {.len = 2, .symbols = {19, 0}};
	struct entry e = image_entry(image, trie_walk(image->nodes, &key, 0));
	struct rrset set;
	uint8_t rdata[NAME_MAX_OCTETS];
	assert_true(image_find_rrset(&e, RR_PTR, &set));
	assert_int_equal(image_rdata(image, RR_PTR, set.records, rdata), 16);
	assert_memory_equal(rdata, "\3two\5first\4name", 16);
	const uint8_t *second = set.records + image_record_size(RR_PTR, set.records);
	assert_int_equal(image_rdata(image, RR_PTR, second, rdata), 19);
	assert_memory_equal(rdata, "\5other\6second\4name", 19);
	second += image_record_size(RR_PTR, second);
	assert_int_equal(image_rdata(image, RR_PTR, second, rdata), 1);
	image_unref(image);
}

/* What a zone cannot be: the writer writes it, the proof refuses it. */
static void a_zone_without_soa_or_ns_is_refused(void **state)
{
	static const uint8_t soa[22];
	(void)state;

	for (unsigned without = 0; without < 3; without++) {
		struct image_writer w;
		struct image *image;
		uint8_t *octets;
		size_t size;
		image_writer_init(&w, (const uint8_t *)"\1a", NULL);
		image_writer_owner(&w, NULL, 0, NULL, NULL, 0);
		if (without != 1) {
			image_writer_rrset(&w, RR_NS, 1);
			image_writer_name(&w, (const uint8_t *)"\1a");
		}
		if (without != 2) {
			image_writer_rrset(&w, RR_SOA, 1);
			image_writer_rdata(&w, soa, sizeof soa);
		}
		assert_int_equal(image_writer_finish(&w, &octets, &size), OK);
		enum err e = image_open(&image, octets, size);
		assert_int_equal(e, without ? ERR_CORRUPT : OK);
		if (e == OK)
			image_unref(image);
		else
			free(octets);
	}
}

/* Three owners with a template each. The entry of `c` is written twice: where it belongs, and
 * within the one before it. The first template and the first suffix fill two cells each, and what
 * is in the second one looks as if something began there. */
static uint8_t *write_twofold(size_t *size)
{
	static const uint8_t soa[22], within[] = {1, 'c', 0, 0, 0};
	static const uint8_t two_cells[] = "\1p\022abcdefghijklmn\3\1y\0";
	struct image_writer w;
	uint8_t *octets;

	image_writer_init(&w, (const uint8_t *)"\1a", NULL);
	image_writer_owner(&w, NULL, 0, NULL, NULL, 0);
	image_writer_rrset(&w, RR_NS, 1);
	image_writer_name(&w, two_cells);
	image_writer_name(&w, (const uint8_t *)"\1q\1z");
	image_writer_rrset(&w, RR_SOA, 1);
	image_writer_rdata(&w, soa, sizeof soa);
	image_writer_owner(&w, (const uint8_t *)"\1b", 2, NULL, (const uint8_t *)"\23", 2);
	image_writer_rrset(&w, RR_TXT, 1);
	image_writer_rdata(&w, within, sizeof within);
	image_writer_owner(&w, (const uint8_t *)"\1c", 2, NULL, (const uint8_t *)"\24", 2);
	image_writer_rrset(&w, RR_TXT, 2);
	image_writer_rdata(&w, NULL, 0);
	assert_int_equal(image_writer_finish(&w, &octets, size), OK);
	return octets;
}

/* Parts that lie within others would let a small image take long to prove. */
static void parts_that_overlap_are_refused(void **state)
{
	static const struct {
		enum image_section section;
		uint32_t number; /* of the 32-bit word in it */
		int32_t more;
	} cases[] = {
	        {SECTION_APEX, 0, 0},         /* nothing changes */
	        {SECTION_NODES, 7, -1},       /* b: the second cell of a template */
	        {SECTION_ENTRIES, 0, 1 << 8}, /* the second cell of a suffix */
	        {SECTION_NODES, 11, -5},      /* within the record of b */
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct image *image;
		struct image_header h;
		size_t size;
		uint32_t word;
		uint8_t *octets = write_twofold(&size);
		memcpy(&h, octets, sizeof h);
		uint8_t *at = octets + h.sections[cases[i].section].at + cases[i].number * 4;
		memcpy(&word, at, sizeof word);
		word += (uint32_t)cases[i].more;
		memcpy(at, &word, sizeof word);
		image_set_serial(octets, size, 0);
		assert_int_equal(image_open(&image, octets, size), i ? ERR_CORRUPT : OK);
		if (i)
			free(octets);
		else
			image_unref(image);
	}
}

/* The fuzzer begins with images that are right, so it must be told when there is another version.
 */
static void the_fuzzers_images_can_be_opened(void **state)
{
	static uint8_t octets[1 << 16];
	struct image *image;
	unsigned count = 0;
	glob_t files;
	(void)state;

	assert_int_equal(glob("tests/fuzz/corpus/image/*-[0-9]", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		FILE *f = fopen(files.gl_pathv[i], "r");
		assert_non_null(f);
		size_t n = fread(octets, 1, sizeof octets, f);
		fclose(f);
		assert_int_equal(image_open(&image, copy_of(octets, n), n), OK);
		image_unref(image);
		count++;
	}
	globfree(&files);
	assert_true(count >= 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_image_survives_being_opened_again),
	        cmocka_unit_test(every_damage_is_refused),
	        cmocka_unit_test(a_forged_image_is_refused_or_harmless),
	        cmocka_unit_test(a_serial_can_be_put_into_an_image),
	        cmocka_unit_test(names_beyond_the_numbered_suffixes_are_whole),
	        cmocka_unit_test(a_zone_without_soa_or_ns_is_refused),
	        cmocka_unit_test(parts_that_overlap_are_refused),
	        cmocka_unit_test(the_fuzzers_images_can_be_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
