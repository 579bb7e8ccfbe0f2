/* SPDX-License-Identifier: ISC */
#include "tests/help/random.h"
#include "tests/unit/unit.h"
#include "zone/trie.h"
#include "zone/zone_index.h"

static void key_of_text(struct trie_key *key, const char *text)
{
	struct name n;

	assert_int_equal(name_from_text(&n, text, strlen(text)), OK);
	trie_key_from_name(key, n.wire);
}

/* RFC 4034 6.1's own example, in its order. */
/* Symbols, then lengths; a key ends with 0 and so sorts before what goes on. */
static int compare_keys(const struct trie_key *a, const struct trie_key *b)
{
	unsigned n = a->len < b->len ? a->len : b->len;
	int difference = memcmp(a->symbols, b->symbols, n);

	assert_int_equal(a->symbols[a->len], 0);
	assert_int_equal(b->symbols[b->len], 0);
	return difference ? difference : a->len - b->len;
}

static void keys_are_in_canonical_order(void **state)
{
	static const char *const names[] = {"example.", "a.example.", "yljkjljk.a.example.",
	        "Z.a.example.", "zABC.a.EXAMPLE.", "z.example.", "\\001.z.example.", "*.z.example.",
	        "\\200.z.example."};
	(void)state;

	for (unsigned i = 1; i < ARRAY_LENGTH(names); i++) {
		struct trie_key a, b;
		key_of_text(&a, names[i - 1]);
		key_of_text(&b, names[i]);
		assert_true(compare_keys(&a, &b) < 0);
	}
}

static void every_octet_has_its_place_in_order(void **state)
{
	(void)state;
	for (unsigned a = 0; a < 256; a++) {
		for (unsigned b = 0; b < 256; b++) {
			uint8_t wire_a[] = {1, (uint8_t)a, 0}, wire_b[] = {1, (uint8_t)b, 0};
			struct trie_key ka, kb;
			trie_key_from_name(&ka, wire_a);
			trie_key_from_name(&kb, wire_b);
			int expected = name_compare(wire_a, wire_b);
			int difference = compare_keys(&ka, &kb);
			assert_int_equal((expected > 0) - (expected < 0),
			        (difference > 0) - (difference < 0));
			assert_true(ka.symbols[0] < 48 && ka.symbols[1] < 48);
		}
	}
}

static void key_of_an_apex_begins_the_keys_of_its_names(void **state)
{
	struct trie_key apex, name;
	(void)state;

	key_of_text(&apex, "a\\.b.Example.");
	key_of_text(&name, "x.y.A\\.b.example.");
	assert_true(name.len > apex.len);
	assert_memory_equal(apex.symbols, name.symbols, apex.len);
	uint8_t rest[TRIE_KEY_MAX];
	size_t n = trie_key_from_labels(rest, (const uint8_t *)"\1x\1y", 4);
	assert_int_equal(n, name.len - apex.len);
	assert_memory_equal(rest, name.symbols + apex.len, n);
}

/* The key, an octet after the other. */
static void key_by_octets(struct trie_key *key, const uint8_t *wire)
{
	uint8_t at[NAME_MAX_LABELS + 1];
	unsigned count = name_find_labels(at, wire);

	key->len = 0;
	while (count) {
		const uint8_t *label = wire + at[--count];
		for (unsigned i = 1; i <= *label; i++) {
			const uint8_t single[] = {1, label[i]};
			size_t n = trie_key_from_labels(
			        key->symbols + key->len, single, sizeof single);
			key->len = (uint16_t)(key->len + n - 1);
		}
		key->symbols[key->len++] = 0;
	}
	key->symbols[key->len] = 0;
}

/* Labels of every length, at every place; the plain octets, and one that is not. */
static void key_does_not_depend_on_how_it_is_made(void **state)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                            "0123456789-_./`";
	unsigned keys = 0;
	(void)state;

	random_seed(1);
	for (unsigned round = 0; round < 20000; round++) {
		struct trie_key key, expected;
		uint8_t wire[NAME_MAX_OCTETS];
		unsigned n = 0, size = 1 + random_below(NAME_MAX_OCTETS - 1);
		while (n + 2 < size) {
			unsigned most = size - n - 2 < 63 ? size - n - 2 : 63;
			unsigned len =
			        1 + random_below(random_below(4) ? (most < 8 ? most : 8) : most);
			wire[n++] = (uint8_t)len;
			while (len--)
				wire[n++] = (uint8_t)plain[random_below(sizeof plain - 1)];
		}
		wire[n] = 0;
		if (n > 2 && round % 3 == 0) {
			unsigned at = random_below(n), label = 0;
			while (label + 1U + wire[label] <= at)
				label += 1U + wire[label];
			if (at != label)
				wire[at] = (uint8_t)random_below(256);
		}
		/* nothing is read behind the name */
		uint8_t *own = malloc(n + 1);
		assert_non_null(own);
		memcpy(own, wire, n + 1);
		trie_key_from_name(&key, own);
		key_by_octets(&expected, wire);
		assert_int_equal(key.len, expected.len);
		assert_memory_equal(key.symbols, expected.symbols, key.len + 1U);
		keys += key.len > n;
		free(own);
	}
	assert_true(keys > 1000); /* with octets that take two symbols */
}

static void longest_name_fits_a_key(void **state)
{
	struct name n = {.len = 255};
	struct trie_key key;
	(void)state;

	for (unsigned i = 0; i < 254; i += 2) {
		n.wire[i] = 1;
		n.wire[i + 1] = 0xff;
	}
	n.wire[254] = 0;
	trie_key_from_name(&key, n.wire);
	assert_int_equal(key.len, 127 * 3);
	memset(n.wire, 0xfe, 254);
	n.wire[0] = n.wire[64] = n.wire[128] = 63;
	n.wire[192] = 61;
	trie_key_from_name(&key, n.wire);
	assert_int_equal(key.len, 2 * (63 * 3 + 61) + 4);
}

/* Four keys over three symbols; what each walk must end at. */
static void walk_ends_at_the_leaf_that_shares_most(void **state)
{
	static const uint8_t symbols[] = {
	        18, 0, /**/ 18, 0, 19, 0, /**/ 18, 0, 20, 20, 0, /**/ 30, 0};
	static const uint32_t ends[] = {2, 6, 11, 13};
	struct trie_keys keys = {symbols, ends, 4};
	struct trie_node nodes[8];
	(void)state;

	uint32_t count = trie_build(nodes, &keys);
	assert_true(trie_is_sound(nodes, count, 4, TRIE_KEY_MAX));
	for (uint32_t i = 0; i < 4; i++) {
		struct trie_key key = {0};
		uint32_t begin = i ? ends[i - 1] : 0;
		memcpy(key.symbols, symbols + begin, ends[i] - begin);
		key.len = (uint16_t)(ends[i] - begin);
		assert_int_equal(nodes[trie_walk(nodes, &key, 0)].ref, i);
	}
	struct trie_key near = {.len = 5, .symbols = {18, 0, 20, 21, 0}};
	assert_int_equal(nodes[trie_walk(nodes, &near, 0)].ref, 2);
	struct trie_cursor c;
	uint32_t leaf, expected = 0;
	trie_cursor_init(&c, nodes, count);
	while (trie_next(&c, &leaf))
		assert_int_equal(nodes[leaf].ref, expected++);
	assert_int_equal(expected, 4);
}

static void one_key_is_a_tree_of_one_leaf(void **state)
{
	static const uint32_t ends[] = {0}; /* the empty key: a zone's apex */
	struct trie_keys keys = {NULL, ends, 1}, none = {NULL, ends, 0};
	struct trie_node nodes[2];
	(void)state;

	assert_int_equal(trie_build(nodes, &keys), 1);
	assert_true(trie_is_sound(nodes, 1, 1, 1));
	assert_int_equal(trie_build(nodes, &none), 0);
	assert_false(trie_is_sound(nodes, 0, 0, 1));
}

static void a_damaged_tree_is_not_sound(void **state)
{
	static const uint8_t symbols[] = {18, 19, 18, 20, 19, 19};
	static const uint32_t ends[] = {2, 4, 6};
	struct trie_keys keys = {symbols, ends, 3};
	struct trie_node good[6], bad[6];
	(void)state;

	uint32_t count = trie_build(good, &keys);
	assert_int_equal(count, 5);
	assert_false(trie_is_sound(good, count - 1, 3, TRIE_KEY_MAX));
	assert_false(trie_is_sound(good, count, 2, TRIE_KEY_MAX));
	assert_false(trie_is_sound(good, count, 3, 1));
	memcpy(bad, good, sizeof bad);
	bad[0].ref = 0; /* a loop */
	assert_false(trie_is_sound(bad, count, 3, TRIE_KEY_MAX));
	memcpy(bad, good, sizeof bad);
	bad[0].low |= 1; /* a child too many */
	assert_false(trie_is_sound(bad, count, 3, TRIE_KEY_MAX));
	memcpy(bad, good, sizeof bad);
	bad[4].high = 0; /* a branch where a leaf was */
	assert_false(trie_is_sound(bad, count, 3, TRIE_KEY_MAX));
}

static void index_finds_the_zone_with_the_longest_apex(void **state)
{
	static const struct {
		const char *name, *apex;
	} cases[] = {
	        {"example.", "example."},
	        {"x.example.", "example."},
	        {"sub.example.", "sub.example."},
	        {"A.B.Sub.Example.", "sub.example."},
	        {"xsub.example.", "example."},
	        {"1.0.10.in-addr.arpa.", "10.in-addr.arpa."},
	        {"1.1.10.in-addr.arpa.", "1.10.in-addr.arpa."},
	        {"11.in-addr.arpa.", NULL},
	        {"arpa.", NULL},
	        {".", NULL},
	        {"exampl.", NULL},
	        {"examplee.", NULL},
	};
	static const char *const apexes[] = {
	        "10.in-addr.arpa.", "1.10.in-addr.arpa.", "example.", "sub.example."};
	struct name names[ARRAY_LENGTH(apexes)];
	const uint8_t *wires[ARRAY_LENGTH(apexes)];
	struct zone_index index;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(apexes); i++) {
		assert_int_equal(name_from_text(&names[i], apexes[i], strlen(apexes[i])), OK);
		wires[i] = names[i].wire;
	}
	assert_int_equal(zone_index_build(&index, wires, ARRAY_LENGTH(apexes)), OK);
	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct name n;
		struct trie_key key;
		assert_int_equal(name_from_text(&n, cases[i].name, strlen(cases[i].name)), OK);
		trie_key_from_name(&key, n.wire);
		uint32_t zone = zone_index_find(&index, &key);
		if (!cases[i].apex)
			assert_int_equal(zone, ZONE_NONE);
		else
			assert_string_equal(cases[i].apex, apexes[zone]);
	}
	zone_index_free(&index);
	assert_int_equal(zone_index_build(&index, NULL, 0), OK);
	struct trie_key root = {0};
	assert_int_equal(zone_index_find(&index, &root), ZONE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(keys_are_in_canonical_order),
	        cmocka_unit_test(every_octet_has_its_place_in_order),
	        cmocka_unit_test(key_of_an_apex_begins_the_keys_of_its_names),
	        cmocka_unit_test(key_does_not_depend_on_how_it_is_made),
	        cmocka_unit_test(longest_name_fits_a_key),
	        cmocka_unit_test(walk_ends_at_the_leaf_that_shares_most),
	        cmocka_unit_test(one_key_is_a_tree_of_one_leaf),
	        cmocka_unit_test(a_damaged_tree_is_not_sound),
	        cmocka_unit_test(index_finds_the_zone_with_the_longest_apex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
