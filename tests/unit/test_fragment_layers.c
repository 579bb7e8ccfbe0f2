/* SPDX-License-Identifier: ISC */
/* tests/unit/test_fragment_layers.c - ranges and delegations in a fragment. */
#include "tests/help/random.h"
#include "tests/unit/unit.h"
#include "zone/fragment.h"

static const char *const texts[] = {
        "h-{ip}", "{ip}", "x{hex}", "{host}z", "c{n}", "{a}-{b}-{c}-{d}-e", NULL};

static const uint8_t *random_wire(struct arena *arena)
{
	struct name name;

	random_name(&name, (const uint8_t *)"\4test", 3);
	name_lower(&name);
	return arena_copy(arena, name.wire, name.len);
}

/* The addresses of some prefix, or only some of them. */
static void random_ends(struct addr *first, struct addr *last)
{
	random_addr(first);
	*last = *first;
	for (unsigned bit = 8U * first->len - random_below(12); bit < 8U * first->len; bit++) {
		first->octets[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
		last->octets[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	}
	if (random_below(2) && memcmp(first->octets, last->octets, first->len) != 0)
		first->octets[first->len - 1] |= 1;
}

static bool random_range(struct plan_range *out, struct arena *arena)
{
	const char *text = texts[random_below(ARRAY_LENGTH(texts))];
	uint8_t shape[SHAPE_MAX], octets = 0;
	struct addr first, last;

	random_ends(&first, &last);
	if (text && shape_from_text(shape, &octets, text, strlen(text), first.len) != PATTERN_FINE)
		return false;
	*out = (struct plan_range){.owner = text ? random_wire(arena) : NULL,
	        .ttl_s = random_below(3),
	        .line = random_below(1000),
	        .column = (uint16_t)random_below(65536),
	        .is_ttl_inherited = random_below(2),
	        .is_shadowed = random_below(4) == 0,
	        .forward_zone = ZONE_NONE};
	pattern_init(&out->pattern, text ? arena_copy(arena, shape, octets) : NULL, octets, &first,
	        &last);
	return !text || pattern_check(&out->pattern) == PATTERN_FINE;
}

static void random_glue(struct plan_delegation *d, struct arena *arena)
{
	struct plan_glue *glue = arena_alloc(arena, 3 * sizeof *glue);

	d->glue_count = (uint16_t)random_below(4);
	for (unsigned i = 0; i < d->glue_count; i++) {
		glue[i].name = d->ns[random_below(d->ns_count)];
		random_addr(&glue[i].addr);
	}
	d->glue = d->glue_count ? glue : NULL;
}

static void random_parts(struct plan_delegation *d, struct arena *arena)
{
	const uint8_t **ns = arena_alloc(arena, 3 * sizeof *ns);
	struct plan_ds *ds = arena_alloc(arena, 3 * sizeof *ds);

	d->ns = ns;
	d->ns_count = (uint16_t)(1 + random_below(3));
	for (unsigned i = 0; i < d->ns_count; i++)
		ns[i] = random_wire(arena);
	d->ds_count = (uint16_t)random_below(3);
	for (unsigned i = 0; i < d->ds_count; i++) {
		ds[i].octets = (uint16_t)(5 + random_below(300));
		uint8_t *rdata = arena_octets(arena, ds[i].octets);
		for (unsigned k = 0; k < ds[i].octets; k++)
			rdata[k] = (uint8_t)random_below(256);
		ds[i].rdata = rdata;
	}
	d->ds = d->ds_count ? ds : NULL;
	random_glue(d, arena);
}

static void random_delegation(struct plan_delegation *out, struct arena *arena)
{
	*out = (struct plan_delegation){.target = random_below(2) ? random_wire(arena) : NULL,
	        .ttl_s = random_below(TTL_MAX),
	        .line = random_below(1000),
	        .column = (uint16_t)random_below(65536),
	        .is_ttl_inherited = random_below(2)};
	random_ends(&out->first, &out->last);
	if (!out->target || random_below(2))
		random_parts(out, arena);
}

static bool is_delegation_new(const struct plan_source *s, const struct plan_delegation *d)
{
	for (size_t i = 0; i < s->delegation_count; i++)
		if (addr_compare(&s->delegations[i].first, &d->first) == 0 &&
		        addr_compare(&s->delegations[i].last, &d->last) == 0)
			return false;
	return true;
}

static bool is_range_new(const struct plan_source *s, const struct plan_range *r)
{
	for (size_t i = 0; i < s->range_count; i++)
		if (memcmp(s->ranges[i].pattern.first, r->pattern.first, 16) == 0 &&
		        memcmp(s->ranges[i].pattern.last, r->pattern.last, 16) == 0)
			return false;
	return true;
}

static void make_source(struct plan_source *s, unsigned ranges, unsigned delegations)
{
	memset(s, 0, sizeof *s);
	arena_init(&s->arena);
	s->pairs = arena_alloc(&s->arena, sizeof *s->pairs);
	s->ranges = arena_alloc(&s->arena, (ranges + 1) * sizeof *s->ranges);
	s->delegations = arena_alloc(&s->arena, (delegations + 1) * sizeof *s->delegations);
	s->pairs[s->pair_count++] = (struct pair){.name = random_wire(&s->arena),
	        .addr_len = 4,
	        .flags = PAIR_SHADOWED,
	        .forward_zone = ZONE_NONE};
	while (s->range_count < ranges) {
		struct plan_range *r = &s->ranges[s->range_count];
		s->range_count += random_range(r, &s->arena) && is_range_new(s, r);
	}
	while (s->delegation_count < delegations) {
		struct plan_delegation *d = &s->delegations[s->delegation_count];
		random_delegation(d, &s->arena);
		s->delegation_count += is_delegation_new(s, d);
	}
}

static void write_source(uint8_t **octets, size_t *size, const struct plan_source *s)
{
	assert_int_equal(fragment_write(octets, size, "a", s), OK);
}

static void shuffle(struct plan_source *s)
{
	for (size_t i = 1; i < s->range_count; i++) {
		size_t k = random_below((uint32_t)i + 1);
		struct plan_range range = s->ranges[i];
		s->ranges[i] = s->ranges[k];
		s->ranges[k] = range;
	}
	for (size_t i = 1; i < s->delegation_count; i++) {
		size_t k = random_below((uint32_t)i + 1);
		struct plan_delegation d = s->delegations[i];
		s->delegations[i] = s->delegations[k];
		s->delegations[k] = d;
	}
}

static void expect_range(const struct plan_range *a, const struct plan_range *b)
{
	const struct pattern *x = &a->pattern, *y = &b->pattern;

	assert_int_equal(x->addr_len, y->addr_len);
	assert_memory_equal(x->first, y->first, 16);
	assert_memory_equal(x->last, y->last, 16);
	assert_int_equal(x->host_bits, y->host_bits);
	assert_int_equal(!x->shape, !y->shape);
	assert_int_equal(!a->owner, !b->owner);
	if (x->shape) {
		assert_int_equal(x->shape_octets, y->shape_octets);
		assert_memory_equal(x->shape, y->shape, x->shape_octets);
		assert_true(name_equal(a->owner, b->owner));
	}
	assert_int_equal(a->ttl_s, b->ttl_s);
	assert_int_equal(a->line, b->line);
	assert_int_equal(a->column, b->column);
	assert_int_equal(a->is_ttl_inherited, b->is_ttl_inherited);
	assert_int_equal(a->is_shadowed, b->is_shadowed);
	assert_int_equal(b->forward_zone, ZONE_NONE);
}

static void expect_parts(const struct plan_delegation *a, const struct plan_delegation *b)
{
	assert_int_equal(a->ns_count, b->ns_count);
	for (unsigned i = 0; i < a->ns_count; i++)
		assert_true(name_equal(a->ns[i], b->ns[i]));
	assert_int_equal(a->ds_count, b->ds_count);
	for (unsigned i = 0; i < a->ds_count; i++) {
		assert_int_equal(a->ds[i].octets, b->ds[i].octets);
		assert_memory_equal(a->ds[i].rdata, b->ds[i].rdata, a->ds[i].octets);
	}
	assert_int_equal(a->glue_count, b->glue_count);
	for (unsigned i = 0; i < a->glue_count; i++) {
		assert_true(name_equal(a->glue[i].name, b->glue[i].name));
		assert_int_equal(addr_compare(&a->glue[i].addr, &b->glue[i].addr), 0);
	}
}

static void expect_delegation(const struct plan_delegation *a, const struct plan_delegation *b)
{
	assert_int_equal(addr_compare(&a->first, &b->first), 0);
	assert_int_equal(addr_compare(&a->last, &b->last), 0);
	assert_int_equal(!a->target, !b->target);
	if (a->target)
		assert_true(name_equal(a->target, b->target));
	assert_int_equal(a->ttl_s, b->ttl_s);
	assert_int_equal(a->line, b->line);
	assert_int_equal(a->column, b->column);
	assert_int_equal(a->is_ttl_inherited, b->is_ttl_inherited);
	expect_parts(a, b);
}

static int compare_ranges(const void *va, const void *vb)
{
	const struct pattern *a = &((const struct plan_range *)va)->pattern,
	                     *b = &((const struct plan_range *)vb)->pattern;
	int difference = a->addr_len - b->addr_len;

	if (!difference)
		difference = memcmp(a->first, b->first, 16);
	return difference ? difference : memcmp(a->last, b->last, 16);
}

static int compare_delegations(const void *va, const void *vb)
{
	const struct plan_delegation *a = va, *b = vb;
	int difference = addr_compare(&a->first, &b->first);

	return difference ? difference : addr_compare(&a->last, &b->last);
}

static void expect_back(struct plan_source *s, const uint8_t *octets, size_t size)
{
	struct plan_source back = {0}, layers = {.pair_count = 7};
	struct fragment f;

	assert_int_equal(fragment_open(&f, "a", octets, size), OK);
	assert_int_equal(fragment_has_layers(&f), s->range_count || s->delegation_count);
	assert_true(fragment_same_layers(&f, s));
	arena_init(&back.arena);
	arena_init(&layers.arena);
	assert_int_equal(fragment_take(&f, &back), OK);
	assert_int_equal(back.pair_count, s->pair_count);
	assert_int_equal(back.pairs[0].flags, PAIR_SHADOWED);
	assert_int_equal(back.range_count, s->range_count);
	qsort(s->ranges, s->range_count, sizeof *s->ranges, compare_ranges);
	for (size_t i = 0; i < s->range_count; i++)
		expect_range(&s->ranges[i], &back.ranges[i]);
	assert_int_equal(back.delegation_count, s->delegation_count);
	qsort(s->delegations, s->delegation_count, sizeof *s->delegations, compare_delegations);
	for (size_t i = 0; i < s->delegation_count; i++)
		expect_delegation(&s->delegations[i], &back.delegations[i]);
	assert_true(fragment_same_layers(&f, &back));
	assert_int_equal(fragment_take_layers(&f, &layers), OK);
	assert_int_equal(layers.pair_count, 7);
	assert_null(layers.pairs);
	assert_true(fragment_same_layers(&f, &layers));
	arena_free(&layers.arena);
	arena_free(&back.arena);
}

static void what_was_written_is_read_in_any_order(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 60; round++) {
		struct plan_source s;
		uint8_t *octets, *again;
		size_t size, again_size;
		random_seed(round);
		make_source(&s, round % 3 == 1 ? 0 : round, round % 3 == 2 ? 0 : round / 2);
		write_source(&octets, &size, &s);
		shuffle(&s);
		expect_back(&s, octets, size);
		shuffle(&s);
		write_source(&again, &again_size, &s);
		assert_int_equal(size, again_size);
		assert_memory_equal(octets, again, size);
		free(octets);
		free(again);
		arena_free(&s.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_was_written_is_read_in_any_order),
	};

	return cmocka_run_group_tests_name("zone/fragment_layers", tests, NULL, NULL);
}
