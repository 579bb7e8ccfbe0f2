/* SPDX-License-Identifier: ISC */
#include "zone/makers.h"

#include "tests/help/random.h"
#include "tests/unit/unit.h"

#define FILES      3U
#define RANGES_MAX 8U

/* Files of customers who all have 10.0.0.0/24 and 2001:db8::/120. */
struct rig {
	struct plan plan;
	struct plan_customer customers[FILES];
	struct plan_source sources[FILES];
	struct plan_block blocks[2];
	struct plan_range ranges[FILES][RANGES_MAX];
	uint8_t shapes[FILES][RANGES_MAX][SHAPE_MAX];
	struct name owners[FILES][RANGES_MAX];
	struct owners prefixes; /* once something was built */
};

static void rig_init(struct rig *r)
{
	memset(r, 0, sizeof *r);
	assert_int_equal(prefix_from_text(&r->blocks[0].prefix, "10.0.0.0/24", 11, NULL), OK);
	assert_int_equal(prefix_from_text(&r->blocks[1].prefix, "2001:db8::/120", 14, NULL), OK);
	for (uint32_t i = 0; i < FILES; i++) {
		r->customers[i] = (struct plan_customer){.blocks = r->blocks, .block_count = 2};
		r->sources[i] = (struct plan_source){.customer = i, .ranges = r->ranges[i]};
	}
	r->plan.customers = r->customers;
	r->plan.customer_count = FILES;
	r->plan.sources = r->sources;
	r->plan.source_count = FILES;
}

static struct addr number(unsigned i)
{
	struct addr a = {.len = i < 256 ? 4 : 16, .octets = {10}};

	if (i >= 256)
		memcpy(a.octets, "\x20\x01\x0d\xb8", 4);
	a.octets[a.len - 1] = (uint8_t)i;
	return a;
}

/* `label` NULL: a hole. Whether the pattern is sound. */
static bool add_range(struct rig *r, unsigned file, unsigned first, unsigned last,
        const char *label, const char *owner)
{
	struct plan_source *s = &r->sources[file];
	size_t i = s->range_count;
	struct plan_range *range = &s->ranges[i];
	const struct addr a = number(first), b = number(last);
	uint8_t octets = 0;

	*range = (struct plan_range){.line = (uint32_t)i + 1};
	if (label && shape_from_text(r->shapes[file][i], &octets, label, strlen(label), a.len) !=
	                     PATTERN_FINE)
		return false;
	pattern_init(&range->pattern, label ? r->shapes[file][i] : NULL, octets, &a, &b);
	if (label && pattern_check(&range->pattern) != PATTERN_FINE)
		return false;
	if (label) {
		assert_int_equal(name_from_text(&r->owners[file][i], owner, strlen(owner)), OK);
		range->owner = r->owners[file][i].wire;
	}
	s->range_count++;
	return true;
}

static enum err build(struct makers *m, struct rig *r)
{
	const struct plan_source *sources[FILES];

	for (unsigned i = 0; i < FILES; i++)
		sources[i] = &r->sources[i];
	assert_int_equal(owners_build_prefixes(&r->prefixes, &r->plan), OK);
	return makers_build(m, &r->plan, &r->prefixes, sources, FILES);
}

static void unbuild(struct makers *m, struct rig *r)
{
	makers_free(m);
	owners_free(&r->prefixes);
}

/* Words FILE/LINE/ADDRESS of what makes a name, in order of files. */
static char *find(const struct makers *m, const struct rig *r, const char *text)
{
	struct made made[MADE_MAX];
	char *out = NULL, addr[ADDR_TEXT_MAX];
	struct name name;
	size_t size;

	assert_int_equal(name_from_text(&name, text, strlen(text)), OK);
	size_t count = makers_find(m, name.wire, made);
	FILE *f = open_memstream(&out, &size);
	for (unsigned file = 0; file < FILES; file++)
		for (size_t i = 0; i < count; i++) {
			if (made[i].source != &r->sources[file])
				continue;
			addr_to_text(addr, &made[i].addr);
			fprintf(f, "%s%u/%u/%s", ftell(f) ? " " : "", file, made[i].range->line,
			        addr);
		}
	fclose(f);
	return out;
}

static void who_makes_a_name_is_found(void **state)
{
	static const struct {
		const char *name, *made;
	} cases[] = {
	        {"10-0-0-1.example.", "0/1/10.0.0.1"},
	        {"10-0-0-64.example.", "0/2/10.0.0.64"},
	        {"10-0-0-70.example.", ""},  /* a hole of the same file */
	        {"10-0-0-200.example.", ""}, /* in no range */
	        {"010-0-0-1.example.", ""},  /* not as it is spelled */
	        {"10-0-0-1.b.example.", "1/1/10.0.0.1"},
	        {"h-1.b.example.", "1/2/10.0.0.129"},
	        {"h-60.b.example.", "1/2/10.0.0.188 2/1/10.0.0.60"}, /* two files may */
	        {"h-64.b.example.", "2/1/10.0.0.64"},
	        {"b-1.example.", "2/2/10.0.0.1"},
	        {"b.example.", ""},
	        {"example.", ""},
	        {".", ""},
	        {"x.10-0-0-1.example.", ""},
	        {"2001-0db8-0000-0000-0000-0000-0000-0007.example.", "0/4/2001:db8::7"},
	        {"2001-db8-0-0-0-0-0-7.example.", ""},
	};
	static struct rig r;
	struct makers m;
	(void)state;

	rig_init(&r);
	assert_true(add_range(&r, 0, 0, 63, "{ip}", "example."));
	assert_true(add_range(&r, 0, 64, 127, "{ip}", "example."));
	assert_true(add_range(&r, 0, 70, 71, NULL, NULL));
	assert_true(add_range(&r, 0, 256, 511, "{ip}", "example."));
	assert_true(add_range(&r, 1, 0, 127, "{ip}", "b.example."));
	assert_true(add_range(&r, 1, 128, 191, "h-{n}", "b.example."));
	assert_true(add_range(&r, 2, 0, 127, "h-{d}", "b.example."));
	assert_true(add_range(&r, 2, 0, 31, "b-{d}", "example."));
	assert_int_equal(build(&m, &r), OK);
	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		char *got = find(&m, &r, cases[i].name);
		assert_string_equal(got, cases[i].made);
		free(got);
	}
	unbuild(&m, &r);
}

static void nothing_makes_nothing(void **state)
{
	static struct rig r;
	struct makers m;
	(void)state;

	rig_init(&r);
	assert_int_equal(build(&m, &r), OK);
	char *got = find(&m, &r, "10-0-0-1.example.");
	assert_string_equal(got, "");
	free(got);
	unbuild(&m, &r);
	assert_true(add_range(&r, 0, 0, 63, "{ip}", "example."));
	r.sources[0].state = SOURCE_REFUSED;
	assert_int_equal(build(&m, &r), OK);
	got = find(&m, &r, "10-0-0-1.example.");
	assert_string_equal(got, "");
	free(got);
	unbuild(&m, &r);
}

/* True when the ranges of a file alone give the address this name. */
static bool naive(const struct rig *r, unsigned file, const struct addr *a, const uint8_t *name)
{
	const struct plan_source *s = &r->sources[file];
	const struct plan_range *best = NULL;
	uint8_t label[1 + LABEL_MAX_OCTETS];
	unsigned smallest = 512;

	for (size_t i = 0; i < s->range_count; i++) {
		const struct pattern *p = &s->ranges[i].pattern;
		unsigned size = (unsigned)(p->last[a->len - 1] - p->first[a->len - 1]);
		if (p->addr_len != a->len || !pattern_has(p, a->octets) || size >= smallest)
			continue;
		smallest = size;
		best = &s->ranges[i];
	}
	if (!best || !best->pattern.shape || !name_equal(best->owner, name + 1 + *name))
		return false;
	pattern_format(label, &best->pattern, a->octets);
	return *label == *name && memcmp(label, name, 1U + *label) == 0;
}

static bool is_in(
        const struct made *made, size_t count, const struct plan_source *s, const struct addr *a)
{
	for (size_t i = 0; i < count; i++)
		if (made[i].source == s && addr_compare(&made[i].addr, a) == 0)
			return true;
	return false;
}

static bool has_size(const struct rig *r, unsigned file, unsigned size, bool is_six)
{
	for (size_t i = 0; i < r->sources[file].range_count; i++) {
		const struct pattern *p = &r->sources[file].ranges[i].pattern;
		unsigned len = is_six ? 16 : 4;
		if (p->addr_len == len && (unsigned)(p->last[len - 1] - p->first[len - 1]) == size)
			return true;
	}
	return false;
}

static void fill(struct rig *r)
{
	static const char *const labels[] = {"{ip}", "{hex}", "x-{ip}", "x-{n}", "xy-{n}", "x-{d}",
	        "{n}", "{host}", "x{host}", "x-{c}-{d}", "{d}-x"};
	static const char *const owners[] = {"example.", "b.example.", "x.example.", "."};

	rig_init(r);
	for (unsigned file = 0; file < FILES; file++)
		for (unsigned i = random_below(RANGES_MAX); i; i--) {
			unsigned a = random_below(256), b = random_below(256);
			bool is_six = random_below(4) == 0;
			unsigned size = a < b ? b - a : a - b;
			if (has_size(r, file, size, is_six))
				continue;
			(void)add_range(r, file, (a < b ? a : b) + (is_six ? 256 : 0),
			        (a < b ? b : a) + (is_six ? 256 : 0),
			        random_below(6) ? labels[random_below(11)] : NULL,
			        owners[random_below(4)]);
		}
}

/* Each label that a pattern could make: all who make it, in whatever files, and no others. */
static void check_name(const struct makers *m, const struct rig *r, const struct name *name)
{
	struct made made[MADE_MAX];
	size_t count = makers_find(m, name->wire, made), expected = 0, distinct = 0;

	for (size_t i = 0; i < count; i++) /* mistaken patterns may both read it */
		distinct += !is_in(made, i, made[i].source, &made[i].addr);

	for (unsigned file = 0; file < FILES; file++)
		for (unsigned i = 0; i < 512; i++) {
			const struct addr a = number(i);
			bool makes = naive(r, file, &a, name->wire);
			expected += makes;
			assert_int_equal(is_in(made, count, &r->sources[file], &a), makes);
		}
	assert_int_equal(distinct, expected);
}

static void they_are_found_as_if_each_address_were_asked(void **state)
{
	static struct rig r;
	struct makers m;
	(void)state;

	for (unsigned round = 0; round < 150; round++) {
		random_seed(round);
		fill(&r);
		assert_int_equal(build(&m, &r), OK);
		for (unsigned file = 0; file < FILES; file++)
			for (size_t k = 0; k < r.sources[file].range_count; k++) {
				const struct plan_range *range = &r.ranges[file][k];
				struct addr a = {.len = range->pattern.addr_len};
				uint8_t label[1 + LABEL_MAX_OCTETS];
				struct name name;
				memcpy(a.octets, range->pattern.first, 16);
				unsigned at = a.len - 1U;
				unsigned size = (unsigned)(range->pattern.last[at] - a.octets[at]);
				a.octets[at] = (uint8_t)(a.octets[at] + random_below(1 + size));
				if (!range->pattern.shape)
					continue;
				size_t n = pattern_format(label, &range->pattern, a.octets);
				assert_int_equal(name_join(&name, label, n, range->owner), OK);
				check_name(&m, &r, &name);
			}
		unbuild(&m, &r);
	}
}

/* A label of a shape that says all of the address is no question to each of its customers. */
static void files_that_share_a_whole_shape_are_one(void **state)
{
	static struct rig r;
	struct makers m;
	(void)state;

	rig_init(&r);
	for (unsigned file = 0; file < FILES; file++) {
		assert_true(add_range(&r, file, 0, 63, "h-{ip}", "example."));
		assert_true(add_range(&r, file, 64, 127, "h-{ip}", "example."));
		assert_true(add_range(&r, file, 128, 191, "h-x{d}", "example."));
	}
	assert_int_equal(build(&m, &r), OK);
	assert_int_equal(m.count, 1 + FILES);
	assert_int_equal(m.items[0].count, FILES);
	assert_int_equal(m.items[0].next, 0);
	char *got = find(&m, &r, "h-10-0-0-70.example.");
	assert_string_equal(got, "0/2/10.0.0.70 1/2/10.0.0.70 2/2/10.0.0.70");
	free(got);
	unbuild(&m, &r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(who_makes_a_name_is_found),
	        cmocka_unit_test(nothing_makes_nothing),
	        cmocka_unit_test(they_are_found_as_if_each_address_were_asked),
	        cmocka_unit_test(files_that_share_a_whole_shape_are_one),
	};

	return cmocka_run_group_tests_name("zone/makers", tests, NULL, NULL);
}
