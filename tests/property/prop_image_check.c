/* SPDX-License-Identifier: ISC */
/* tests/property/prop_image_check.c - an image that somebody changed, its checksum made right
 * again, is refused or still is all that lookups take for granted, as a naive oracle sees it: one
 * that compares whole names, walks from the root, and asks every leaf.
 *
 * What each kind of reference, count, order and mark says is changed in turn; some kinds can be no
 * other than they are, and are refused always. */
#include "tests/help/image_walk.h"
#include "tests/help/random.h"
#include "tests/help/random_records.h"
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"
#include "zone/rr.h"

#define ROUNDS      30U
#define PAIRS_MAX   60U
#define RECORDS_MAX 40U
#define FORGERIES   600U /* of each image of a round */
#define PROBES      8U

/* A few zones, one inside another, with pairs and records of all kinds. */
static struct snapshot *random_snapshot(void)
{
	static const char *const zones[] = {
	        "a.", "10.1.0.0/16", "2001:db8::/36", "b.a.", "10.0.0.0/8", "0.0.0.0/0"};
	static const char *const names[] = {"a.", "1.10.in-addr.arpa.",
	        "0.8.b.d.0.1.0.0.2.ip6.arpa.", "b.a.", "10.in-addr.arpa.", "in-addr.arpa."};
	static const uint8_t *const bases[] = {
	        (const uint8_t *)"\1a", (const uint8_t *)"\1b\1a", (const uint8_t *)"\4else"};
	static struct random_record records[RECORDS_MAX];
	struct name apexes[ARRAY_LENGTH(zones)], name;
	struct small_plan s;
	struct addr addr;

	small_plan_init(&s);
	for (unsigned i = 0; i < ARRAY_LENGTH(zones); i++) {
		small_plan_zone(&s, zones[i]);
		assert_int_equal(name_from_text(&apexes[i], names[i], strlen(names[i])), OK);
	}
	for (unsigned i = random_below(PAIRS_MAX); i; i--) {
		random_addr(&addr);
		random_name(&name, bases[random_below(3)], 4);
		name_lower(&name);
		small_plan_pair_wire(&s, &addr, name.wire, 60 * random_below(3), 0);
	}
	size_t count = random_records(
	        records, 1 + random_below(RECORDS_MAX), apexes, ARRAY_LENGTH(apexes));
	for (size_t i = 0; i < count; i++)
		small_plan_record_wire(&s, records[i].owner.wire, records[i].type, records[i].ttl_s,
		        records[i].rdata, records[i].rdata_octets);
	struct snapshot *snapshot = small_plan_compile(&s, NULL, 1000);
	small_plan_free(&s);
	return snapshot;
}

static void owner_of(struct name *out, const struct image *image, uint32_t leaf)
{
	uint8_t labels[NAME_MAX_OCTETS];
	struct entry e = image_entry(image, leaf);
	size_t n = image_owner_labels(image, &e, labels);

	assert_int_equal(name_join(out, labels, n, image->apex), OK);
}

static uint32_t walk_to(const struct image *image, const struct name *name)
{
	struct trie_key key;

	key.len = (uint16_t)trie_key_from_labels(
	        key.symbols, name->wire, name->len - image->apex_len);
	key.symbols[key.len] = 0;
	return trie_walk(image->nodes, &key, 0);
}

/* Labels that two names have in common, from the right. */
static unsigned shared_labels(const struct name *a, const struct name *b)
{
	uint8_t at_a[NAME_MAX_LABELS + 1], at_b[NAME_MAX_LABELS + 1];
	unsigned left_a = name_find_labels(at_a, a->wire), left_b = name_find_labels(at_b, b->wire);
	unsigned shared = 0;

	while (left_a && left_b) {
		const uint8_t *x = a->wire + at_a[--left_a], *y = b->wire + at_b[--left_b];
		if (*x != *y || memcmp(x, y, 1U + *x) != 0)
			break;
		shared++;
	}
	return shared;
}

static bool has_asterisk(const struct image *image, const struct name *owner)
{
	for (size_t i = 0; i < (size_t)owner->len - image->apex_len; i += 1U + owner->wire[i])
		if (owner->wire[i] == 1 && owner->wire[i + 1] == '*')
			return true;
	return false;
}

/* All owners of an image, in the order of the trie. */
struct leaf {
	uint32_t node;
	enum image_cut cut;
	struct name owner;
};

static struct leaf *all_leaves(const struct image *image)
{
	struct leaf *leaves = calloc(image->leaf_count, sizeof *leaves);
	struct trie_cursor cursor;
	uint32_t count = 0;

	assert_non_null(leaves);
	trie_cursor_init(&cursor, image->nodes, image->node_count);
	for (uint32_t node; trie_next(&cursor, &node); count++) {
		assert_true(count < image->leaf_count);
		leaves[count].node = node;
		leaves[count].cut = (enum image_cut)image_entry(image, node).template->cut;
		owner_of(&leaves[count].owner, image, node);
	}
	assert_int_equal(count, image->leaf_count);
	return leaves;
}

/* The walk for a name finds a leaf that has as much of it as any. */
static void assert_walk_finds_closest(
        const struct image *image, const struct leaf *leaves, const struct name *name)
{
	struct name found;
	unsigned most = 0;

	owner_of(&found, image, walk_to(image, name));
	for (uint32_t i = 0; i < image->leaf_count; i++) {
		unsigned shared = shared_labels(&leaves[i].owner, name);
		most = shared > most ? shared : most;
	}
	assert_int_equal(shared_labels(&found, name), most);
}

/* The topmost cut at or above an owner; 0: none. */
static uint32_t cut_above(const struct leaf *leaves, uint32_t at)
{
	for (uint32_t i = 0; i <= at; i++)
		if (leaves[i].cut &&
		        name_is_within(leaves[at].owner.wire, leaves[i].owner.wire, NULL))
			return leaves[i].node + 1;
	return 0;
}

static void assert_is_in_order(const struct image *image)
{
	struct leaf *leaves = all_leaves(image);
	bool has_wildcards = false, has_cuts = false;
	struct name probe;

	for (uint32_t i = 0; i < image->leaf_count; i++) {
		const struct name *owner = &leaves[i].owner;
		struct name lower = *owner;
		name_lower(&lower);
		assert_memory_equal(lower.wire, owner->wire, owner->len);
		assert_true(i == 0 || name_compare(leaves[i - 1].owner.wire, owner->wire) < 0);
		assert_int_equal(walk_to(image, owner), leaves[i].node);
		assert_int_equal(image->nodes[leaves[i].node].low, cut_above(leaves, i));
		has_wildcards |= has_asterisk(image, owner);
		has_cuts |= leaves[i].cut != IMAGE_CUT_NONE;
	}
	assert_true(name_equal(leaves[0].owner.wire, image->apex));
	assert_int_equal(image->apex_leaf, leaves[0].node);
	assert_int_equal(image->has_wildcards, has_wildcards);
	assert_int_equal(image->has_cuts, has_cuts);
	for (unsigned i = 0; i < PROBES; i++) {
		random_name(&probe, leaves[random_below(image->leaf_count)].owner.wire, 2);
		name_lower(&probe);
		assert_walk_finds_closest(image, leaves, &probe);
	}
	free(leaves);
}

static uint32_t get32(const uint8_t *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof value);
	return value;
}

static void put32(uint8_t *p, uint32_t value)
{
	memcpy(p, &value, sizeof value);
}

/* One that differs from `was`: near it, small, large, or any. */
static uint32_t another(uint32_t was)
{
	static const uint32_t near[] = {1, 2, 3, 4, 12, (uint32_t)-1, (uint32_t)-2, (uint32_t)-12};

	switch (random_below(4)) {
	case 0:
		return was + near[random_below(ARRAY_LENGTH(near))];
	case 1:
		return was ^ (uint32_t)1 << random_below(32);
	case 2:
		return was ? 0 : UINT32_MAX;
	default:
		return was + 1 + random_below(1000);
	}
}

/* What is changed in an image; true: whatever it becomes, it cannot be right. */
struct forgery {
	uint8_t *octets;
	struct image_header h;
};

static uint8_t *section(const struct forgery *f, enum image_section number)
{
	return f->octets + f->h.sections[number].at;
}

static uint8_t *random_node(const struct forgery *f)
{
	uint32_t count = f->h.sections[SECTION_NODES].size / (uint32_t)sizeof(struct trie_node);

	return section(f, SECTION_NODES) + random_below(count) * sizeof(struct trie_node);
}

static bool is_leaf(const uint8_t *node)
{
	return get32(node + 4) & TRIE_LEAF;
}

/* Where a leaf's entry or a branch's children begin. */
static bool forge_reference(const struct forgery *f)
{
	uint8_t *node = random_node(f);

	put32(node + 8, another(get32(node + 8)));
	return true;
}

/* Which cut a leaf is below; which symbols a branch has. */
static bool forge_low(const struct forgery *f)
{
	uint8_t *node = random_node(f);

	put32(node, another(get32(node)));
	return true;
}

/* A symbol of a branch becomes another one. */
static bool forge_symbol(const struct forgery *f)
{
	uint8_t *node = random_node(f);
	uint64_t bitmap = (uint64_t)(get32(node + 4) & 0xffff) << 32 | get32(node), bit;

	if (is_leaf(node))
		return false;
	do
		bit = (uint64_t)1 << random_below(48);
	while (!(bitmap & bit));
	bitmap ^= bit;
	do
		bit = (uint64_t)1 << random_below(48);
	while (bitmap & bit);
	uint64_t forged = bitmap | bit;
	bool is_another = forged != ((uint64_t)(get32(node + 4) & 0xffff) << 32 | get32(node));
	put32(node, (uint32_t)forged);
	put32(node + 4, (get32(node + 4) & 0xffff0000) | (uint32_t)(forged >> 32));
	return is_another;
}

/* The offset that a branch asks for. */
static bool forge_offset(const struct forgery *f)
{
	uint8_t *node = random_node(f);
	uint32_t high = get32(node + 4), offset = high >> 16 & 0x7fff;

	if (is_leaf(node))
		return false;
	put32(node + 4, (high & 0x8000ffff) | (another(offset) & 0x7fff) << 16);
	return get32(node + 4) != high;
}

/* The number of a leaf's template, or a bit that must be 0. */
static bool forge_template_number(const struct forgery *f)
{
	uint8_t *node = random_node(f);

	if (is_leaf(node))
		put32(node + 4, another(get32(node + 4)) | TRIE_LEAF);
	return false; /* another may be of the same form */
}

/* Two nodes change places. */
static bool forge_places(const struct forgery *f)
{
	uint8_t *a = random_node(f), *b = random_node(f), swap[sizeof(struct trie_node)];
	bool differs = memcmp(a, b, sizeof swap) != 0;

	memcpy(swap, a, sizeof swap);
	memcpy(a, b, sizeof swap);
	memcpy(b, swap, sizeof swap);
	return differs;
}

static bool forge_octet(const struct forgery *f, enum image_section number)
{
	static const uint8_t ugly[] = {0, 1, 2, 3, '*', '0', 'A', 'a', 'b', 0x3f, 0x40, 0xff};

	if (f->h.sections[number].size == 0)
		return false;
	uint8_t *at = section(f, number) + random_below(f->h.sections[number].size);
	*at = (uint8_t)(random_below(2) ? ugly[random_below(sizeof ugly)]
	                                : *at ^ 1U << random_below(8));
	return false;
}

static bool forge_template(const struct forgery *f)
{
	return forge_octet(f, SECTION_TEMPLATES);
}

static bool forge_suffix(const struct forgery *f)
{
	return forge_octet(f, SECTION_SUFFIXES);
}

static bool forge_entry(const struct forgery *f)
{
	return forge_octet(f, SECTION_ENTRIES);
}

static bool forge_apex(const struct forgery *f)
{
	return forge_octet(f, SECTION_APEX);
}

static bool forge_header(const struct forgery *f)
{
	size_t from = offsetof(struct image_header, serial_at);
	size_t at = from + random_below((uint32_t)(sizeof(struct image_header) - from));

	f->octets[at] ^= (uint8_t)(1U << random_below(8));
	return false;
}

typedef bool forge(const struct forgery *f);

static forge *const kinds[] = {forge_reference, forge_low, forge_symbol, forge_offset,
        forge_template_number, forge_places, forge_template, forge_suffix, forge_entry, forge_entry,
        forge_entry, forge_apex, forge_header};

/* Returns whether it was refused. */
static bool try_forgery(const struct image *image, forge *kind)
{
	struct forgery f = {.octets = malloc(image->size)};
	struct image *opened;

	assert_non_null(f.octets);
	memcpy(f.octets, image->octets, image->size);
	memcpy(&f.h, f.octets, sizeof f.h);
	bool is_wrong = kind(&f);
	image_set_serial(f.octets, image->size, f.h.serial);
	if (image_open(&opened, f.octets, image->size) != OK) {
		free(f.octets);
		return true;
	}
	assert_false(is_wrong);
	assert_is_in_order(opened);
	image_use(opened);
	image_unref(opened);
	return false;
}

static void what_is_forged_is_refused_or_in_order(void **state)
{
	unsigned refused[ARRAY_LENGTH(kinds)] = {0};
	(void)state;

	for (unsigned round = 0; round < ROUNDS; round++) {
		random_seed(round);
		struct snapshot *s = round ? random_snapshot() : small_network();
		for (uint32_t i = 0; i < s->count; i++) {
			assert_is_in_order(s->images[i]);
			for (unsigned k = 0; k < FORGERIES / ARRAY_LENGTH(kinds); k++)
				for (unsigned way = 0; way < ARRAY_LENGTH(kinds); way++)
					refused[way] += try_forgery(s->images[i], kinds[way]);
		}
		snapshot_unref(s);
	}
	for (unsigned way = 0; way < ARRAY_LENGTH(kinds); way++)
		assert_true(refused[way] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_is_forged_is_refused_or_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
