/* SPDX-License-Identifier: ISC */
/* tests/property/prop_sort.c - items are in the order of names, types and rdata, and none is lost:
 * few and many, of owners that begin alike or are one, with symbols of every kind. */
#include <string.h>

#include "tests/help/random.h"
#include "tests/unit/unit.h"
#include "zone/compile_items.h"
#include "zone/rr.h"

#define ROUNDS 400U

static const uint8_t root[1];

/* Labels before the root: few that meet often, or long ones that differ late. */
static void random_labels(struct name *out, unsigned kind)
{
	static const uint8_t begin[] = "\12aaaaaaaaaa\12bbbbbbbbbb";

	random_name(out, kind == 1 ? begin : root, kind == 2 ? 1 : 4);
	if (kind == 3 && out->len > 2)
		out->wire[1] = (uint8_t)random_below(256);
	name_lower(out);
}

/* Order as the records have it, from their names. */
static int compare(const struct item *a, const struct item *b)
{
	const struct record *ra = a->record, *rb = b->record;
	struct name x, y;

	assert_int_equal(name_join(&x, ra->labels, ra->label_octets, root), OK);
	assert_int_equal(name_join(&y, rb->labels, rb->label_octets, root), OK);
	int difference = name_compare(x.wire, y.wire);
	if (difference || a->type != b->type)
		return difference ? difference : a->type - b->type;
	size_t n = ra->rdata_octets < rb->rdata_octets ? ra->rdata_octets : rb->rdata_octets;
	difference = memcmp(ra->rdata, rb->rdata, n);
	return difference ? difference : (int)ra->rdata_octets - (int)rb->rdata_octets;
}

static void run(unsigned round)
{
	static const uint16_t types[] = {RR_A, RR_TXT, RR_AAAA};
	struct plan_zone zone = {.apex = root};
	unsigned kind = round % 5, count = random_below(round % 7 ? 100 : 3000);
	struct items items;
	uint64_t sum = 0;

	items_init(&items, &zone);
	for (unsigned i = 0; i < count; i++) {
		struct name name = {.len = 1};
		if (kind != 4 || random_below(3))
			random_labels(&name, kind);
		uint8_t *labels = arena_copy(&items.arena, name.wire, name.len);
		uint8_t *rdata = arena_octets(&items.arena, 4);
		uint32_t n = random_below(5);
		for (unsigned k = 0; k < 4; k++)
			rdata[k] = (uint8_t)random_below(3);
		items_add_record(
		        &items, types[random_below(3)], labels, name.len - 1U, rdata, n, i);
		sum += i;
	}
	assert_int_equal(items.failed, OK);
	items_sort(&items);
	assert_int_equal(items.count, count);
	for (unsigned i = 0; i < count; i++) {
		if (i)
			assert_true(compare(&items.all[i - 1], &items.all[i]) <= 0);
		sum -= items.all[i].record->ttl_s;
	}
	assert_int_equal(sum, 0);
	items_free(&items);
}

static void items_are_in_order(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		random_seed(round);
		run(round);
	}
}

/* Names that are in order already, or backwards, or one name: nothing takes longer. */
static void a_hundred_thousand_in_order_take_no_longer(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < 3; kind++) {
		struct plan_zone zone = {.apex = root};
		struct items items;
		items_init(&items, &zone);
		for (unsigned i = 0; i < 100000; i++) {
			char text[32];
			int n = snprintf(text, sizeof text, "%c%cprefix-%06u", 14, 'a',
			        kind == 0   ? i
			        : kind == 1 ? 100000 - i
			                    : 7);
			uint8_t *labels = arena_copy(&items.arena, text, (size_t)n);
			items_add_record(&items, RR_A, labels, 15, labels, 4, i);
		}
		items_sort(&items);
		for (unsigned i = 1; i < items.count; i++)
			assert_true(compare(&items.all[i - 1], &items.all[i]) <= 0);
		items_free(&items);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(items_are_in_order),
	        cmocka_unit_test(a_hundred_thousand_in_order_take_no_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
