/* SPDX-License-Identifier: ISC */
#include "tests/help/image_walk.h"
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"

static void a_pair_is_published_in_both_directions(void **state)
{
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, "example.");
	small_plan_zone(&s, "192.0.2.0/24");
	small_plan_zone(&s, "2001:db8::/36");
	small_plan_pair(&s, "192.0.2.25", "Mail.Example.", 3600, 0);
	small_plan_pair(&s, "192.0.2.7", "mail.example.", 60, 0);
	small_plan_pair(&s, "192.0.2.7", "www.example.", 60, 0);
	small_plan_pair(&s, "192.0.2.8", "old.example.", 60, PAIR_FORWARD_NO);
	small_plan_pair(&s, "192.0.2.9", "else.where.", 60, 0);
	small_plan_pair(&s, "2001:db8:0fff::1", "mail.example.", 60, 0);
	small_plan_pair(&s, "198.51.100.1", "lost.example.", 60, 0);
	struct snapshot *snapshot = small_plan_compile(&s, NULL, 1000);
	assert_int_equal(snapshot->count, 3);
	char *reverse = image_dump(snapshot->images[0]);
	assert_string_equal(reverse, "2.0.192.in-addr.arpa. 3600 NS ns1.test.\n"
	                             "2.0.192.in-addr.arpa. 3600 NS ns2.test.\n"
	                             "25.2.0.192.in-addr.arpa. 3600 PTR mail.example.\n"
	                             "7.2.0.192.in-addr.arpa. 60 PTR www.example.\n"
	                             "7.2.0.192.in-addr.arpa. 60 PTR mail.example.\n"
	                             "8.2.0.192.in-addr.arpa. 60 PTR old.example.\n"
	                             "9.2.0.192.in-addr.arpa. 60 PTR else.where.\n");
	char *ipv6 = image_dump(snapshot->images[1]);
	assert_string_equal(ipv6,
	        "0.8.b.d.0.1.0.0.2.ip6.arpa. 3600 NS ns1.test.\n"
	        "0.8.b.d.0.1.0.0.2.ip6.arpa. 3600 NS ns2.test.\n"
	        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.f.f.f.0.8.b.d.0.1.0.0.2.ip6.arpa. 60 PTR "
	        "mail.example.\n");
	char *forward = image_dump(snapshot->images[2]);
	assert_string_equal(forward, "example. 3600 NS ns1.test.\n"
	                             "example. 3600 NS ns2.test.\n"
	                             "lost.example. 60 A c6336401\n"
	                             "mail.example. 60 A c0000207\n"
	                             "mail.example. 60 A c0000219\n"
	                             "mail.example. 60 AAAA 20010db80fff00000000000000000001\n"
	                             "www.example. 60 A c0000207\n");
	free(reverse);
	free(ipv6);
	free(forward);
	snapshot_unref(snapshot);
	small_plan_free(&s);
}

static void a_zone_of_one_address_has_its_ptr_at_the_apex(void **state)
{
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, "192.0.2.7/32");
	small_plan_zone(&s, "2001:db8::7/128");
	small_plan_pair(&s, "192.0.2.7", "a.test.", 60, 0);
	small_plan_pair(&s, "2001:db8::7", "b.test.", 60, 0);
	struct snapshot *snapshot = small_plan_compile(&s, NULL, 1000);
	char *four = image_dump(snapshot->images[0]), *six = image_dump(snapshot->images[1]);
	assert_string_equal(four, "7.2.0.192.in-addr.arpa. 3600 NS ns1.test.\n"
	                          "7.2.0.192.in-addr.arpa. 3600 NS ns2.test.\n"
	                          "7.2.0.192.in-addr.arpa. 60 PTR a.test.\n");
	assert_non_null(strstr(six, ".ip6.arpa. 60 PTR b.test.\n"));
	free(four);
	free(six);
	snapshot_unref(snapshot);
	small_plan_free(&s);
}

static void a_served_zone_below_another_is_a_cut_in_it(void **state)
{
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, "example.");
	small_plan_zone(&s, "sub.example.");
	small_plan_zone(&s, "deep.sub.example.");
	small_plan_pair(&s, "192.0.2.1", "a.deep.sub.example.", 60, 0);
	struct snapshot *snapshot = small_plan_compile(&s, NULL, 1000);
	const struct image *outer = snapshot->images[0];
	char *text = image_dump(outer);
	assert_string_equal(text,
	        "example. 3600 NS ns1.test.\nexample. 3600 NS ns2.test.\n"
	        "sub.example. 3600 NS ns1.test.\nsub.example. 3600 NS ns2.test.\n");
	free(text);
	assert_true(outer->has_cuts);
	struct trie_key key;
	const uint8_t *below = (const uint8_t *)"\1x\4deep\3sub\7example";
	trie_key_from_name(&key, below);
	uint32_t leaf = trie_walk(outer->nodes, &key, outer->apex_key_len);
	assert_int_equal(outer->nodes[leaf].low, leaf + 1);
	text = image_dump(snapshot->images[2]);
	assert_non_null(strstr(text, "a.deep.sub.example. 60 A c0000201\n"));
	free(text);
	snapshot_unref(snapshot);
	small_plan_free(&s);
}

static struct snapshot *compile_in_order(
        const unsigned *order, const struct snapshot *last, time_t now, const char *more)
{
	static const char *const addrs[] = {"10.0.0.1", "10.0.0.2", "10.200.3.4", "10.0.0.1"};
	static const char *const names[] = {
	        "a.example.", "b.a.example.", "a.example.", "c.example."};
	struct small_plan s;

	small_plan_init(&s);
	small_plan_zone(&s, order[0] ? "10.0.0.0/8" : "example.");
	small_plan_zone(&s, order[0] ? "example." : "10.0.0.0/8");
	for (unsigned i = 0; i < 4; i++)
		small_plan_pair(&s, addrs[order[i]], names[order[i]], 300, 0);
	if (more)
		small_plan_pair(&s, "10.9.9.9", more, 300, 0);
	struct snapshot *snapshot = small_plan_compile(&s, last, now);
	small_plan_free(&s);
	return snapshot;
}

static void same_content_in_another_order_gives_the_same_octets(void **state)
{
	static const unsigned forwards[] = {0, 1, 2, 3}, backwards[] = {3, 2, 1, 0};
	struct snapshot *a = compile_in_order(forwards, NULL, 77, NULL);
	struct snapshot *b = compile_in_order(backwards, NULL, 77, NULL);
	(void)state;

	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(a->images[i]->size, b->images[i]->size);
		assert_memory_equal(a->images[i]->octets, b->images[i]->octets, a->images[i]->size);
	}
	snapshot_unref(a);
	snapshot_unref(b);
}

static void a_zone_that_did_not_change_keeps_image_and_serial(void **state)
{
	static const unsigned order[] = {0, 1, 2, 3};
	struct snapshot *first = compile_in_order(order, NULL, 1000, NULL);
	struct snapshot *same = compile_in_order(order, first, 2000, NULL);
	(void)state;

	assert_ptr_equal(same->images[0], first->images[0]);
	assert_ptr_equal(same->images[1], first->images[1]);
	assert_int_equal(same->generation, 2);
	snapshot_unref(first);
	/* an external name: the reverse zone alone changes */
	struct snapshot *changed = compile_in_order(order, same, 2000, "else.where.");
	assert_int_equal(changed->images[0]->serial, 2000);
	assert_ptr_equal(changed->images[1], same->images[1]);
	assert_int_equal(changed->images[1]->serial, 1000);
	snapshot_unref(same);
	/* the clock went back: serials do not */
	struct snapshot *again = compile_in_order(order, changed, 1500, NULL);
	assert_int_equal(again->images[0]->serial, 2001);
	snapshot_unref(changed);
	snapshot_unref(again);
}

/* More templates than there are numbers. */
static void many_ttls_make_many_templates(void **state)
{
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, "10.0.0.0/8");
	for (uint32_t i = 1; i <= 70000; i++) {
		struct addr a = {.len = 4,
		        .octets = {10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i}};
		small_plan_pair_wire(&s, &a, (const uint8_t *)"\1a\4test", i, 0);
	}
	struct snapshot *snapshot = small_plan_compile(&s, NULL, 1);
	const struct image *image = snapshot->images[0];
	assert_int_equal(image->leaf_count, 70001);
	assert_true(image->template_cells >= IMAGE_CELL_MAX);
	assert_true(image->template_cells <= IMAGE_CELL_MAX + 1);
	struct trie_cursor c;
	uint32_t leaf, found = 0;
	trie_cursor_init(&c, image->nodes, image->node_count);
	while (trie_next(&c, &leaf)) {
		struct entry e = image_entry(image, leaf);
		struct rrset set;
		if (!image_find_rrset(&e, RR_PTR, &set))
			continue;
		assert_int_equal(set.ttl_s,
		        (uint32_t)e.owner[0] << 16 | (uint32_t)e.owner[1] << 8 | e.owner[2]);
		found++;
	}
	assert_int_equal(found, 70000);
	snapshot_unref(snapshot);
	small_plan_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_pair_is_published_in_both_directions),
	        cmocka_unit_test(a_zone_of_one_address_has_its_ptr_at_the_apex),
	        cmocka_unit_test(a_served_zone_below_another_is_a_cut_in_it),
	        cmocka_unit_test(same_content_in_another_order_gives_the_same_octets),
	        cmocka_unit_test(a_zone_that_did_not_change_keeps_image_and_serial),
	        cmocka_unit_test(many_ttls_make_many_templates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
