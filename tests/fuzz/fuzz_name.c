/* SPDX-License-Identifier: ISC */
/* tests/fuzz/fuzz_name.c - octets as a name, an address and a prefix, in text and on the wire: what
 * is read can be written, and is then read as the same. */
#include <string.h>

#include "tests/help/fuzz.h"
#include "tests/help/must.h"
#include "zone/addr.h"
#include "zone/trie.h"

static void check_labels(const struct name *name)
{
	uint8_t at[NAME_MAX_LABELS + 1];
	unsigned labels = name_find_labels(at, name->wire);

	must(labels == name_count_labels(name->wire) && labels <= NAME_MAX_LABELS, "labels");
	must(at[labels] + 1 == name->len && name_length(name->wire) == name->len, "length");
	for (unsigned i = 0; i < labels; i++) {
		size_t begin;
		const uint8_t *above = name->wire + at[i];
		must(name_is_within(name->wire, above, &begin) && begin == at[i], "an ancestor");
	}
}

/* To text and back: the very octets. */
static void check_name(const struct name *name)
{
	char text[NAME_TEXT_MAX];
	struct name again, lower;

	size_t n = name_to_text(text, name->wire);
	must(n == strlen(text) && n < sizeof text, "the length of the text");
	must(name_from_text(&again, text, n) == OK, "what is written can be read");
	must(again.len == name->len && memcmp(again.wire, name->wire, again.len) == 0, "and is it");
	name_copy(&lower, name->wire);
	name_lower(&lower);
	must(name_equal(lower.wire, name->wire) && name_compare(lower.wire, name->wire) == 0,
	        "letter case does not matter");
	check_labels(name);
}

/* The order of keys is that of names, RFC 4034 6.1. */
static void check_order(const struct name *a, const struct name *b)
{
	struct trie_key ka, kb;

	trie_key_from_name(&ka, a->wire);
	trie_key_from_name(&kb, b->wire);
	must(ka.len <= TRIE_KEY_MAX && kb.len <= TRIE_KEY_MAX, "a key has room");
	int names = name_compare(a->wire, b->wire);
	int keys = memcmp(ka.symbols, kb.symbols, ka.len < kb.len ? ka.len : kb.len);
	keys = keys ? keys : (ka.len > kb.len) - (ka.len < kb.len);
	must((names < 0) == (keys < 0) && (names > 0) == (keys > 0), "keys order as names do");
	must((names == 0) == name_equal(a->wire, b->wire), "equal is equal");
}

static void check_prefix(const struct prefix *p)
{
	char text[PREFIX_TEXT_MAX];
	struct prefix again;
	struct name name;

	size_t n = prefix_to_text(text, p);
	must(prefix_from_text(&again, text, n, NULL) == OK && prefix_compare(p, &again) == 0,
	        "a prefix is read as it was written");
	if (name_from_addr(&name, &p->addr, p->bits) != OK)
		return;
	must(prefix_from_name(&again, name.wire) == OK && prefix_compare(p, &again) == 0,
	        "a prefix stands for its name");
}

static void read_text(const char *text, size_t size)
{
	struct name name;
	struct addr addr, again;
	struct prefix prefix, nearest = {.addr.len = 0};

	if (name_from_text(&name, text, size) == OK)
		check_name(&name);
	if (addr_from_text(&addr, text, size) == OK) {
		char out[ADDR_TEXT_MAX];
		size_t n = addr_to_text(out, &addr);
		must(addr_from_text(&again, out, n) == OK && addr_compare(&addr, &again) == 0,
		        "an address is read as it was written");
		prefix = (struct prefix){addr, (uint8_t)(8 * addr.len)};
		check_prefix(&prefix);
	}
	if (prefix_from_text(&prefix, text, size, &nearest) == OK)
		check_prefix(&prefix);
	else if (nearest.addr.len)
		check_prefix(&nearest);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	struct name first, second;
	struct prefix prefix;

	read_text((const char *)octets, size);
	if (name_from_wire(&first, octets, size) != OK)
		return 0;
	check_name(&first);
	if (prefix_from_name(&prefix, first.wire) == OK)
		check_prefix(&prefix);
	if (name_from_wire(&second, octets + first.len, size - first.len) == OK) {
		check_name(&second);
		check_order(&first, &second);
	}
	return 0;
}

FUZZ_MAIN("name", 100000)
