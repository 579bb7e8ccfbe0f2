/* SPDX-License-Identifier: ISC */
/* tests/property/prop_pattern.c - patterns against a naive oracle, on random ranges.
 *
 * The oracle writes labels from the pattern's text, with printf, and finds an address by writing
 * the label of every address of a small range. */
#include "tests/help/random.h"
#include "tests/unit/unit.h"
#include "zone/pattern.h"

#define ROUNDS     10000U
#define SMALL      1024U /* addresses of a small range, at most */
#define LABEL_ROOM 640U  /* 32 placeholders of the widest fit what random_text() makes */
#define TEXT_ROOM  128U
#define SAMPLES    20U

struct range {
	struct addr first, last;
};

static struct {
	char text[TEXT_ROOM];
	struct range range;
	uint8_t shape[SHAPE_MAX], octets;
	struct pattern pattern;
	unsigned count;
	char labels[SMALL][LABEL_ROOM];
	uint8_t addresses[SMALL][16];
} worlds[2], *const world = &worlds[0], *const other = &worlds[1];

static unsigned __int128 number_of(const struct addr *a)
{
	unsigned __int128 n = 0;

	for (unsigned i = 0; i < a->len; i++)
		n = n << 8 | a->octets[i];
	return n;
}

static struct addr addr_of(unsigned __int128 n, uint8_t len)
{
	struct addr a = {.len = len};

	for (unsigned i = len; i--; n >>= 8)
		a.octets[i] = (uint8_t)n;
	return a;
}

static unsigned naive_host_bits(const struct range *r)
{
	unsigned bits = 0;

	while (bits < 8U * r->first.len &&
	        number_of(&r->first) >> bits != number_of(&r->last) >> bits)
		bits++;
	return bits;
}

static size_t put_decimal(char *out, unsigned __int128 n)
{
	char digits[40];
	size_t count = 0;

	do
		digits[count++] = (char)('0' + (int)(n % 10));
	while (n /= 10);
	for (size_t i = 0; i < count; i++)
		out[i] = digits[count - 1 - i];
	return count;
}

static size_t put_hex(char *out, unsigned __int128 n, unsigned width)
{
	for (unsigned i = width; i--; n >>= 4)
		out[i] = "0123456789abcdef"[(unsigned)n & 15];
	return width;
}

/* The value of a placeholder; two letters tell it from the others. */
static size_t put_value(char *out, const char *name, const struct range *r, const struct addr *a)
{
	unsigned __int128 n = number_of(a);
	const uint8_t *o = a->octets;
	unsigned bits = naive_host_bits(r);
	size_t at = 0;

	if (name[0] >= 'a' && name[0] <= 'd')
		return put_decimal(out, o[name[0] - 'a']);
	if (name[0] == 'n')
		return put_decimal(out, n - number_of(&r->first));
	if (name[1] == 'e')
		return put_hex(out, n, 2U * a->len);
	if (name[1] == 'o') {
		unsigned __int128 one = 1, mask = bits == 128 ? ~(one - one) : (one << bits) - 1;
		return put_hex(out, n & mask, bits ? (bits + 3) / 4 : 1);
	}
	if (a->len == 4)
		return (size_t)sprintf(out, "%u-%u-%u-%u", o[0], o[1], o[2], o[3]);
	for (unsigned i = 0; i < 16; i += 2)
		at += (size_t)sprintf(
		        out + at, i ? "-%04x" : "%04x", (unsigned)(o[i] << 8 | o[i + 1]));
	return at;
}

static void naive_format(
        char out[LABEL_ROOM], const char *text, const struct range *r, const struct addr *a)
{
	size_t n = 0;

	for (; *text; text++) {
		if (*text == '{') {
			n += put_value(out + n, text + 1, r, a);
			text = strchr(text, '}');
		} else {
			out[n++] = *text >= 'A' && *text <= 'Z' ? (char)(*text + 32) : *text;
		}
	}
	out[n] = 0;
}

/* One that ends on powers of ten and two more often than others do. */
static struct addr random_address(uint8_t len)
{
	static const uint8_t octets[] = {0, 1, 9, 10, 11, 99, 100, 127, 128, 254, 255};
	struct addr a = {.len = len};

	for (unsigned i = 0; i < len; i++)
		a.octets[i] = random_below(4) ? octets[random_below(ARRAY_LENGTH(octets))]
		                              : (uint8_t)random_below(256);
	return a;
}

/* Any address from first to last. */
static struct addr random_within(const struct range *r)
{
	unsigned __int128 first = number_of(&r->first), count = number_of(&r->last) - first;
	struct addr any = random_address(16);

	return addr_of(first + (count + 1 ? number_of(&any) % (count + 1) : number_of(&any)),
	        r->first.len);
}

/* A prefix; or two addresses of one. */
static void random_range(struct range *r, uint8_t len, unsigned bits, bool is_prefix)
{
	unsigned __int128 one = 1, mask = bits == 128 ? ~(one - one) : (one << bits) - 1;
	struct addr a = random_address(len);

	r->first = addr_of(number_of(&a) & ~mask, len);
	r->last = addr_of(number_of(&a) | mask, len);
	if (is_prefix)
		return;
	struct addr x = random_within(r), y = random_within(r);
	r->first = addr_compare(&x, &y) < 0 ? x : y;
	r->last = addr_compare(&x, &y) < 0 ? y : x;
}

static void add(char text[TEXT_ROOM], const char *piece)
{
	strcat(text, piece);
}

/* Mostly well made. */
static void random_text(char text[TEXT_ROOM], uint8_t len)
{
	static const char *const placeholders[] = {"{ip}", "{hex}", "{host}", "{n}", "{a}", "{b}",
	        "{c}", "{d}", "{c}-{d}", "{b}-{c}-{d}", "{d}", "{n}"};
	static const char *const literals[] = {
	        "-", "x", "h", "f", "-", "0", "1a", "Host-", "a--b", "dyn", "p"};
	static const char *const bad[] = {"{", "}", "{q}", "_", "{IPv4}", "\xc3\xa4", ".", "-"};

	text[0] = 0;
	for (unsigned pieces = 1 + random_below(4); pieces; pieces--) {
		if (random_below(3) == 0)
			add(text, literals[random_below(ARRAY_LENGTH(literals))]);
		add(text, placeholders[random_below(len == 4 ? ARRAY_LENGTH(placeholders) : 4)]);
		if (pieces > 1 && random_below(8))
			add(text, literals[random_below(5)]);
	}
	if (random_below(6) == 0)
		add(text, literals[random_below(ARRAY_LENGTH(literals))]);
	if (random_below(40) == 0)
		add(text, bad[random_below(ARRAY_LENGTH(bad))]);
}

/* What the text makes of the range; PATTERN_FINE is not promised. */
static enum pattern_fault set_pattern(unsigned k)
{
	char again[SHAPE_TEXT_MAX];
	uint8_t shape[SHAPE_MAX], octets, len = worlds[k].range.first.len;
	enum pattern_fault fault = shape_from_text(
	        worlds[k].shape, &worlds[k].octets, worlds[k].text, strlen(worlds[k].text), len);

	if (fault != PATTERN_FINE)
		return fault;
	assert_true(shape_is_sound(worlds[k].shape, worlds[k].octets, len));
	size_t n = shape_to_text(again, worlds[k].shape, worlds[k].octets);
	assert_int_equal(n, strlen(again));
	assert_int_equal(shape_from_text(shape, &octets, again, n, len), PATTERN_FINE);
	assert_int_equal(octets, worlds[k].octets);
	assert_memory_equal(shape, worlds[k].shape, octets);
	pattern_init(&worlds[k].pattern, worlds[k].shape, octets, &worlds[k].range.first,
	        &worlds[k].range.last);
	assert_int_equal(worlds[k].pattern.host_bits, naive_host_bits(&worlds[k].range));
	return pattern_check(&worlds[k].pattern);
}

/* Write the label of every address of a small range. */
static void enumerate(unsigned k)
{
	const struct range *r = &worlds[k].range;
	unsigned __int128 first = number_of(&r->first), last = number_of(&r->last);

	worlds[k].count = 0;
	for (unsigned __int128 n = first;; n++) {
		struct addr a = addr_of(n, r->first.len);
		assert_true(worlds[k].count < SMALL);
		memcpy(worlds[k].addresses[worlds[k].count], a.octets, 16);
		naive_format(worlds[k].labels[worlds[k].count++], worlds[k].text, r, &a);
		if (n == last)
			return;
	}
}

static void tell(unsigned k)
{
	char first[ADDR_TEXT_MAX], last[ADDR_TEXT_MAX];

	addr_to_text(first, &worlds[k].range.first);
	addr_to_text(last, &worlds[k].range.last);
	print_message("%s of %s to %s\n", worlds[k].text, first, last);
}

static void wire_from_text(uint8_t label[1 + LABEL_MAX_OCTETS], const char *text)
{
	assert_true(strlen(text) <= LABEL_MAX_OCTETS);
	label[0] = (uint8_t)strlen(text);
	memcpy(label + 1, text, label[0]);
}

/* The label of an address, both ways. */
static void check_pair(const uint8_t *address, const char *text)
{
	uint8_t label[1 + LABEL_MAX_OCTETS], made[1 + LABEL_MAX_OCTETS], found[16];

	wire_from_text(label, text);
	assert_int_equal(pattern_format(made, &world->pattern, address), 1U + label[0]);
	assert_memory_equal(made, label, 1U + label[0]);
	for (unsigned i = 1; i <= label[0]; i++)
		if (random_below(4) == 0 && label[i] >= 'a' && label[i] <= 'z')
			label[i] ^= 0x20;
	assert_true(pattern_match(found, &world->pattern, label));
	assert_memory_equal(found, address, 16);
	assert_true(label[0] <= pattern_widest(&world->pattern));
}

/* Change a label a little; it stays within 63 octets. */
static void spoil(uint8_t label[1 + LABEL_MAX_OCTETS])
{
	static const uint8_t octets[] = {'0', '1', '9', 'a', 'f', 'g', '-', 'F', 'H', 0, '.', 0xff};
	unsigned at = 1 + random_below(label[0]);
	uint8_t octet = octets[random_below(ARRAY_LENGTH(octets))];

	switch (random_below(4)) {
	case 0:
		label[at] = octet;
		break;
	case 1:
		memmove(label + at, label + at + 1, label[0]-- - at);
		break;
	case 2: /* a leading zero among them */
		if (label[0] == LABEL_MAX_OCTETS)
			break;
		memmove(label + at + 1, label + at, ++label[0] - at);
		label[at] = octet;
		break;
	default:
		label[at] = (uint8_t)(label[at] + (random_below(2) ? 1 : -1));
		break;
	}
}

/* The address of a label; SMALL when no address of the range has it. */
static unsigned ask_oracle(const uint8_t *label)
{
	char text[1 + LABEL_MAX_OCTETS];

	for (unsigned i = 0; i < label[0]; i++)
		text[i] = (char)octet_lower(label[1 + i]);
	text[label[0]] = 0;
	if (strlen(text) != label[0])
		return SMALL;
	for (unsigned i = 0; i < world->count; i++)
		if (strcmp(world->labels[i], text) == 0)
			return i;
	return SMALL;
}

static void check_near_miss(const char *text)
{
	uint8_t label[1 + LABEL_MAX_OCTETS], found[16];

	wire_from_text(label, text);
	for (unsigned times = 1 + random_below(2); times && label[0]; times--)
		spoil(label);
	unsigned i = ask_oracle(label);
	bool is_label = pattern_match(found, &world->pattern, label);
	if (is_label != (i < SMALL))
		print_message("%.*s beside %s\n", label[0], (const char *)label + 1, text);
	assert_int_equal(is_label, i < SMALL);
	if (is_label)
		assert_memory_equal(found, world->addresses[i], 16);
}

static int compare_labels(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Puts the labels in order, so that nobody can ask for their addresses any more. */
static bool is_made_twice(void)
{
	qsort(world->labels, world->count, LABEL_ROOM, compare_labels);
	for (unsigned i = 1; i < world->count; i++)
		if (strcmp(world->labels[i - 1], world->labels[i]) == 0)
			return true;
	return false;
}

static void check_small(bool is_prefix, enum pattern_fault fault)
{
	size_t widest = 0;

	enumerate(0);
	for (unsigned i = 0; i < world->count; i++) {
		size_t n = strlen(world->labels[i]);
		widest = n > widest ? n : widest;
		if (fault == PATTERN_FINE && (i % 16 == 0 || i + 1 == world->count))
			check_pair(world->addresses[i], world->labels[i]);
	}
	assert_int_equal(pattern_widest(&world->pattern), widest);
	assert_int_equal(fault == PATTERN_LONG, widest > 63 && fault != PATTERN_INVERT);
	for (unsigned i = 0; fault == PATTERN_FINE && i < SAMPLES; i++)
		check_near_miss(world->labels[random_below(world->count)]);
	bool twice = is_made_twice();
	if (twice != (fault == PATTERN_INVERT))
		assert_true(!twice && fault == PATTERN_INVERT && !is_prefix);
}

static void labels_of_small_ranges_are_those_of_a_naive_oracle(void **state)
{
	unsigned faults[PATTERN_LONG + 1] = {0};
	(void)state;

	for (unsigned round = 0; round < ROUNDS; round++) {
		random_seed(round);
		uint8_t len = random_below(3) ? 4 : 16;
		bool is_prefix = random_below(2);
		unsigned bits = random_below(10) ? random_below(7) : random_below(11);
		random_range(&world->range, len, bits, is_prefix);
		random_text(world->text, len);
		enum pattern_fault fault = set_pattern(0);
		faults[fault]++;
		if (fault != PATTERN_FINE && fault != PATTERN_INVERT && fault != PATTERN_LONG)
			continue;
		check_small(is_prefix, fault);
	}
	for (unsigned i = 0; i <= PATTERN_LONG; i++)
		assert_true(faults[i] > 0 || i == PATTERN_NO_PLACEHOLDER || i == PATTERN_FAMILY);
	assert_true(faults[PATTERN_FINE] > ROUNDS / 4);
}

static void labels_of_any_range_are_those_of_a_naive_oracle(void **state)
{
	char text[LABEL_ROOM];
	uint8_t label[1 + LABEL_MAX_OCTETS], found[16];
	(void)state;

	for (unsigned round = 0; round < ROUNDS; round++) {
		random_seed(round);
		uint8_t len = random_below(2) ? 4 : 16;
		random_range(&world->range, len, random_below(8U * len + 1), random_below(2));
		random_text(world->text, len);
		if (set_pattern(0) != PATTERN_FINE)
			continue;
		for (unsigned i = 0; i < SAMPLES; i++) {
			struct addr a = i == 0   ? world->range.first
			                : i == 1 ? world->range.last
			                         : random_within(&world->range);
			naive_format(text, world->text, &world->range, &a);
			check_pair(a.octets, text);
			wire_from_text(label, text);
			spoil(label);
			if (!pattern_match(found, &world->pattern, label))
				continue;
			a = (struct addr){.len = len};
			memcpy(a.octets, found, 16);
			naive_format(text, world->text, &world->range, &a);
			assert_int_equal(strlen(text), label[0]);
			assert_int_equal(strncasecmp(text, (const char *)label + 1, label[0]), 0);
		}
	}
}

/* The same range, or one near it; the same text, or one that is like it. */
static void random_neighbour(void)
{
	uint8_t len = world->range.first.len;
	unsigned bits = random_below(6);

	random_range(&other->range, random_below(8) ? len : 20 - len, bits, random_below(2));
	if (random_below(4) && other->range.first.len == len) {
		unsigned __int128 count =
		        number_of(&other->range.last) - number_of(&other->range.first);
		unsigned __int128 first = number_of(&world->range.first) + random_below(70);
		other->range.first = addr_of(first, len);
		other->range.last = addr_of(first + count, len);
		if (addr_compare(&other->range.first, &other->range.last) > 0)
			other->range = world->range;
	}
	if (random_below(2))
		random_text(other->text, other->range.first.len);
	else
		memcpy(other->text, world->text, TEXT_ROOM);
	if (random_below(4) == 0 && other->text[0] != '{')
		other->text[0] = "h0f1"[random_below(4)];
}

static bool is_label_common(void)
{
	for (unsigned i = 0; i < world->count; i++)
		for (unsigned k = 0; k < other->count; k++)
			if (strcmp(world->labels[i], other->labels[k]) == 0)
				return true;
	return false;
}

static void patterns_that_do_not_meet_have_no_label_in_common(void **state)
{
	unsigned apart = 0, common = 0, claimed = 0;
	(void)state;

	for (unsigned round = 0; round < ROUNDS; round++) {
		random_seed(round);
		uint8_t len = random_below(2) ? 4 : 16;
		random_range(&world->range, len, random_below(6), random_below(2));
		random_text(world->text, len);
		random_neighbour();
		if (set_pattern(0) != PATTERN_FINE || set_pattern(1) != PATTERN_FINE)
			continue;
		enumerate(0);
		enumerate(1);
		bool may = pattern_may_meet(&world->pattern, &other->pattern);
		bool is_common = is_label_common();
		if (is_common && !may) {
			tell(0);
			tell(1);
		}
		assert_true(may || !is_common);
		assert_int_equal(may, pattern_may_meet(&other->pattern, &world->pattern));
		apart += !may;
		common += is_common;
		claimed += may && !is_common;
	}
	print_message(
	        "%u apart, %u with a common label, %u only may meet\n", apart, common, claimed);
	assert_true(apart > ROUNDS / 20 && common > ROUNDS / 40);
}

/* Octets that are sound are what their text gives. */
static void octets_are_sound_when_text_gives_them(void **state)
{
	unsigned sound = 0;
	(void)state;

	for (unsigned round = 0; round < 20 * ROUNDS; round++) {
		char text[SHAPE_TEXT_MAX];
		uint8_t octets[24], shape[SHAPE_MAX], used = 0, n = 0;
		random_seed(round);
		uint8_t len = random_below(2) ? 4 : 16;
		for (unsigned pieces = 1 + random_below(4); pieces; pieces--) {
			if (random_below(2)) {
				octets[n++] = (uint8_t)(PART_OCTET + random_below(9));
				continue;
			}
			octets[n] = (uint8_t)random_below(4);
			for (unsigned left = octets[n++]; left; left--)
				octets[n++] = (uint8_t) "ax-0-xyA"[random_below(8)];
		}
		if (!shape_is_sound(octets, n, len))
			continue;
		sound++;
		size_t written = shape_to_text(text, octets, n);
		assert_int_equal(shape_from_text(shape, &used, text, written, len), PATTERN_FINE);
		assert_int_equal(used, n);
		assert_memory_equal(shape, octets, n);
	}
	assert_true(sound > ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(labels_of_small_ranges_are_those_of_a_naive_oracle),
	        cmocka_unit_test(labels_of_any_range_are_those_of_a_naive_oracle),
	        cmocka_unit_test(patterns_that_do_not_meet_have_no_label_in_common),
	        cmocka_unit_test(octets_are_sound_when_text_gives_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
