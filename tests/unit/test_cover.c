/* SPDX-License-Identifier: ISC */
#include "zone/cover.h"

#include <sys/resource.h>

#include "tests/help/random.h"
#include "tests/unit/unit.h"

#define CUSTOMERS 3U
#define LAYERS    24U

/* Customers with blocks, ranges (without names) and delegations, and nothing else. */
struct rig {
	struct plan plan;
	struct plan_customer customers[CUSTOMERS];
	struct plan_source sources[CUSTOMERS];
	struct plan_block blocks[CUSTOMERS][LAYERS];
	struct plan_range ranges[CUSTOMERS][LAYERS];
	struct plan_delegation delegations[CUSTOMERS][LAYERS];
};

static void rig_init(struct rig *r)
{
	memset(r, 0, sizeof *r);
	for (uint32_t i = 0; i < CUSTOMERS; i++) {
		r->customers[i].blocks = r->blocks[i];
		r->sources[i] = (struct plan_source){
		        .customer = i, .ranges = r->ranges[i], .delegations = r->delegations[i]};
	}
	r->plan.customers = r->customers;
	r->plan.customer_count = CUSTOMERS;
	r->plan.sources = r->sources;
	r->plan.source_count = CUSTOMERS;
}

static void add_block(struct rig *r, uint32_t customer, const struct prefix *p)
{
	struct plan_customer *c = &r->customers[customer];

	c->blocks[c->block_count++].prefix = *p;
}

/* The line of each is its number, from 1. */
static void add_range(
        struct rig *r, uint32_t customer, const struct addr *first, const struct addr *last)
{
	struct plan_source *s = &r->sources[customer];
	struct plan_range *range = &s->ranges[s->range_count++];

	pattern_init(&range->pattern, NULL, 0, first, last);
	range->line = (uint32_t)s->range_count;
}

static void add_delegation(
        struct rig *r, uint32_t customer, const struct addr *first, const struct addr *last)
{
	struct plan_source *s = &r->sources[customer];
	struct plan_delegation *d = &s->delegations[s->delegation_count++];

	d->first = *first;
	d->last = *last;
	d->line = (uint32_t)s->delegation_count;
}

/* PREFIX or FIRST-LAST. */
static void read_ends(const char *text, struct addr *first, struct addr *last)
{
	const char *dash = strchr(text, '-');
	struct prefix p;

	if (dash) {
		assert_int_equal(addr_from_text(first, text, (size_t)(dash - text)), OK);
		assert_int_equal(addr_from_text(last, dash + 1, strlen(dash + 1)), OK);
		return;
	}
	assert_int_equal(prefix_from_text(&p, text, strlen(text), NULL), OK);
	*first = p.addr;
	prefix_last(last, &p);
}

/* Words `CUSTOMER KIND ADDRESSES`: 0 block 10.0.0.0/8; 0 range ..., 0 delegate .... */
static void rig_read(struct rig *r, const char *text)
{
	char kind[10], ends[100];
	struct addr first, last;
	struct prefix block;
	unsigned customer;
	int n;

	rig_init(r);
	for (; sscanf(text, "%u %9s %99s%n", &customer, kind, ends, &n) == 3; text += n) {
		read_ends(ends, &first, &last);
		if (*kind == 'r')
			add_range(r, customer, &first, &last);
		else if (*kind == 'd')
			add_delegation(r, customer, &first, &last);
		else if (prefix_from_ends(&block, &first, &last))
			add_block(r, customer, &block);
	}
	assert_true(text[strspn(text, " ")] == 0);
}

static enum err build(struct cover *c, const struct rig *r)
{
	const struct plan_source *sources[CUSTOMERS];

	for (unsigned i = 0; i < CUSTOMERS; i++)
		sources[i] = &r->sources[i];
	return cover_build(c, &r->plan, sources, CUSTOMERS);
}

/* A line a span: its addresses, the customer, r or d and the number of what decides. */
static char *dump(const struct cover *c)
{
	char *out = NULL, text[ADDR_RANGE_TEXT_MAX];
	size_t size;
	FILE *f = open_memstream(&out, &size);

	for (size_t i = 0; i < c->count; i++) {
		const struct span *s = &c->spans[i];
		struct addr first = {.len = s->addr_len}, last = first;
		memcpy(first.octets, s->first, 16);
		memcpy(last.octets, s->last, 16);
		addr_range_to_text(text, &first, &last);
		fprintf(f, "%s %u%c%u\n", text, s->source->customer, s->range ? 'r' : 'd',
		        s->range ? s->range->line : s->delegation->line);
	}
	fclose(f);
	return out;
}

static void the_stronger_one_decides(void **state)
{
	static const struct {
		const char *layers, *cover;
	} cases[] = {
	        {"", ""},
	        {"0 block 10.0.0.0/8", ""},
	        /* the smallest range */
	        {"0 block 10.0.0.0/8 0 range 10.0.0.0/24 0 range 10.0.0.64/26 0 range 10.0.0.64/32",
	                "10.0.0.0/26 0r1\n10.0.0.64/32 0r3\n10.0.0.65-10.0.0.127 0r2\n"
	                "10.0.0.128/25 0r1\n"},
	        /* ... where they overlap without nesting, too: 11 addresses before 12 */
	        {"0 block 10.0.0.0/8 0 range 10.0.0.0-10.0.0.11 0 range 10.0.0.10-10.0.0.20",
	                "10.0.0.0-10.0.0.9 0r1\n10.0.0.10-10.0.0.20 0r2\n"},
	        {"0 block 10.0.0.0/8 0 range 10.0.0.0-10.0.0.10 0 range 10.0.0.10-10.0.0.21",
	                "10.0.0.0-10.0.0.10 0r1\n10.0.0.11-10.0.0.21 0r2\n"},
	        {"0 block 10.0.0.0/8 0 range 10.0.0.0-10.0.0.9 0 range 10.0.0.4-10.0.0.8 0 range "
	         "10.0.0.8-10.0.0.18",
	                "10.0.0.0/30 0r1\n10.0.0.4-10.0.0.8 0r2\n10.0.0.9/32 0r1\n"
	                "10.0.0.10-10.0.0.18 0r3\n"},
	        /* a delegation before all */
	        {"0 block 10.0.0.0/8 0 range 10.0.0.7/32 0 delegate 10.0.0.0/24 0 range "
	         "10.0.0.0/16",
	                "10.0.0.0/24 0d1\n10.0.1.0-10.0.255.255 0r2\n"},
	        {"0 block 10.0.0.0/8 1 block 10.0.0.0/24 1 range 10.0.0.0/24 0 delegate "
	         "10.0.0.0/24",
	                "10.0.0.0/24 0d1\n"},
	        {"0 block 10.0.0.0/8 1 block 10.0.0.0/24 0 range 10.0.0.1/32 1 delegate "
	         "10.0.0.0/31",
	                "10.0.0.0/31 1d1\n"},
	        /* the closest customer, however large his range is */
	        {"0 block 10.0.0.0/8 1 block 10.0.0.0/24 0 range 10.0.0.7/32 1 range 10.0.0.0/24",
	                "10.0.0.0/24 1r1\n"},
	        /* what he leaves open the outer one fills */
	        {"0 block 10.0.0.0/8 1 block 10.0.0.0/24 0 range 10.0.0.0/23 1 range 10.0.0.4/30",
	                "10.0.0.0/30 0r1\n10.0.0.4/30 1r1\n10.0.0.8-10.0.1.255 0r1\n"},
	        {"0 block 10.0.0.0/8 1 block 10.0.0.0/16 2 block 10.0.0.0/24 0 range 10.0.0.0/8 "
	         "1 range 10.0.0.0/20 2 range 10.0.0.128/25",
	                "10.0.0.0/25 1r1\n10.0.0.128/25 2r1\n10.0.1.0-10.0.15.255 1r1\n"
	                "10.0.16.0-10.255.255.255 0r1\n"},
	        /* own blocks in own blocks, another customer's between: closest is closest */
	        {"0 block 10.0.0.0/16 0 block 10.0.0.16/28 1 block 10.0.0.0/24 0 range "
	         "10.0.0.0/16 1 range 10.0.0.0/24",
	                "10.0.0.0/28 1r1\n10.0.0.16/28 0r1\n10.0.0.32-10.0.0.255 1r1\n"
	                "10.0.1.0-10.0.255.255 0r1\n"},
	        {"0 block 10.0.0.0/16 0 block 10.0.0.16/28 1 block 10.0.0.0/24 0 range "
	         "10.0.0.0/17 0 range 10.0.0.0-10.0.0.19 1 range 10.0.0.18-10.0.0.40",
	                "10.0.0.0-10.0.0.19 0r2\n10.0.0.20-10.0.0.31 0r1\n10.0.0.32-10.0.0.40 "
	                "1r1\n10.0.0.41-10.0.127.255 0r1\n"},
	        /* of one range what lies side by side is one span, whatever blocks it is of */
	        {"0 block 10.0.0.0/25 0 block 10.0.0.128/26 0 block 10.0.0.192/26 0 range "
	         "10.0.0.0/24",
	                "10.0.0.0/24 0r1\n"},
	        {"0 block 10.0.0.0/8 0 block 10.0.0.16/28 0 range 10.0.0.0/24",
	                "10.0.0.0/24 0r1\n"},
	        /* ... but of two ranges there are two */
	        {"0 block 10.0.0.0/8 0 range 10.0.0.0/25 0 range 10.0.0.128/25",
	                "10.0.0.0/25 0r1\n10.0.0.128/25 0r2\n"},
	        /* what lies outside his blocks is not his */
	        {"0 block 10.0.0.0/30 0 block 10.0.0.8/30 0 range 10.0.0.0/24",
	                "10.0.0.0/30 0r1\n10.0.0.8/30 0r1\n"},
	        {"0 block 2001:db8::/32 0 range 0.0.0.0/0", ""},
	        /* the ends of both families */
	        {"0 block 0.0.0.0/0 0 block ::/0 0 range 0.0.0.0/0 0 range ::/0 0 range "
	         "255.255.255.255/32 0 range 0.0.0.0/32 0 range ::/128 0 range "
	         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
	                "0.0.0.0/32 0r4\n0.0.0.1-255.255.255.254 0r1\n255.255.255.255/32 0r3\n"
	                "::/128 0r5\n::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe 0r2\n"
	                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128 0r6\n"},
	        {"0 block 0.0.0.0/0 1 block ::/0 0 range 255.255.255.0/24 1 range ::/120 0 "
	         "delegate 255.255.255.255/32 1 delegate ::/128",
	                "255.255.255.0-255.255.255.254 0r1\n255.255.255.255/32 0d1\n::/128 1d1\n"
	                "::1-::ff 1r1\n"},
	        {"0 block 0.0.0.0/0 0 delegate 0.0.0.0/0 0 range 0.0.0.0/0", "0.0.0.0/0 0d1\n"},
	};
	static struct rig r;
	struct cover c;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		rig_read(&r, cases[i].layers);
		assert_int_equal(build(&c, &r), OK);
		char *got = dump(&c);
		if (strcmp(got, cases[i].cover) != 0)
			print_message("%s\n", cases[i].layers);
		assert_string_equal(got, cases[i].cover);
		free(got);
		cover_free(&c);
	}
}

static void what_is_not_served_decides_about_nothing(void **state)
{
	static const enum source_state states[] = {SOURCE_REFUSED, SOURCE_MISSING};
	static struct rig r;
	struct cover c;
	(void)state;

	for (unsigned i = 0; i < 2; i++) {
		rig_read(&r, "0 block 10.0.0.0/8 1 block 10.0.0.0/24 0 range 10.0.0.0/16 1 range "
		             "10.0.0.0/24 1 delegate 10.0.0.0/32");
		r.sources[1].state = states[i];
		assert_int_equal(build(&c, &r), OK);
		char *got = dump(&c);
		assert_string_equal(got, "10.0.0.0/16 0r1\n");
		free(got);
		cover_free(&c);
	}
}

/* Networks of 256 addresses, those at the ends of their families among them. */
static struct addr random_base(void)
{
	struct addr a = {.len = random_below(2) ? 4 : 16};

	switch (random_below(3)) {
	case 0:
		memset(a.octets, 0xff, a.len);
		break;
	case 1:
		memset(a.octets, 0, a.len);
		break;
	default:
		a.octets[0] = 10;
	}
	a.octets[a.len - 1] = 0;
	return a;
}

static struct addr at(const struct addr *base, unsigned number)
{
	struct addr a = *base;

	a.octets[a.len - 1] = (uint8_t)number;
	return a;
}

static bool has_block(const struct rig *r, const struct prefix *p)
{
	for (unsigned i = 0; i < CUSTOMERS; i++)
		for (size_t k = 0; k < r->customers[i].block_count; k++)
			if (prefix_compare(&r->customers[i].blocks[k].prefix, p) == 0)
				return true;
	return false;
}

static unsigned last_octet(const uint8_t *octets, unsigned len)
{
	return octets[len - 1];
}

/* True when another range of the customer has its size: two such that overlap are a mistake. */
static bool has_size(const struct plan_source *s, unsigned size, unsigned len)
{
	for (size_t i = 0; i < s->range_count; i++)
		if (last_octet(s->ranges[i].pattern.last, len) -
		                last_octet(s->ranges[i].pattern.first, len) ==
		        size)
			return true;
	return false;
}

static bool is_delegated(const struct rig *r, unsigned first, unsigned last, unsigned len)
{
	for (unsigned i = 0; i < CUSTOMERS; i++)
		for (size_t k = 0; k < r->sources[i].delegation_count; k++) {
			const struct plan_delegation *d = &r->sources[i].delegations[k];
			if (first <= last_octet(d->last.octets, len) &&
			        last >= last_octet(d->first.octets, len))
				return true;
		}
	return false;
}

static void fill(struct rig *r, const struct addr *base)
{
	unsigned len = base->len, count = 1 + random_below(8);

	rig_init(r);
	for (unsigned i = 0; i < count; i++) {
		unsigned bits = random_below(9), number = random_below(256) >> bits << bits;
		struct prefix p = {at(base, number), (uint8_t)(8 * len - bits)};
		if (!has_block(r, &p))
			add_block(r, random_below(CUSTOMERS), &p);
	}
	count = random_below(12);
	for (unsigned i = 0; i < count; i++) {
		uint32_t customer = random_below(CUSTOMERS);
		unsigned a = random_below(256), b = random_below(256);
		struct addr first = at(base, a < b ? a : b), last = at(base, a < b ? b : a);
		unsigned size = a < b ? b - a : a - b;
		if (random_below(6) == 0) {
			if (!is_delegated(r, a < b ? a : b, a < b ? b : a, len))
				add_delegation(r, customer, &first, &last);
		} else if (!has_size(&r->sources[customer], size, len)) {
			add_range(r, customer, &first, &last);
		}
	}
}

/* The smallest range of a customer around an address; NULL: none. */
static const struct plan_range *naive_range(const struct plan_source *s, const struct addr *a)
{
	const struct plan_range *best = NULL;
	unsigned smallest = 256;

	for (size_t i = 0; i < s->range_count; i++) {
		const struct plan_range *range = &s->ranges[i];
		unsigned size = last_octet(range->pattern.last, a->len) -
		                last_octet(range->pattern.first, a->len);
		if (!pattern_has(&range->pattern, a->octets) || size >= smallest)
			continue;
		smallest = size;
		best = range;
	}
	return best;
}

/* From the closest block outwards. */
static const void *naive(const struct rig *r, const struct addr *a)
{
	for (unsigned i = 0; i < CUSTOMERS; i++)
		for (size_t k = 0; k < r->sources[i].delegation_count; k++) {
			const struct plan_delegation *d = &r->sources[i].delegations[k];
			if (addr_compare(&d->first, a) <= 0 && addr_compare(&d->last, a) >= 0)
				return d;
		}
	for (int bits = 8 * a->len; bits >= 0; bits--)
		for (unsigned i = 0; i < CUSTOMERS; i++)
			for (size_t k = 0; k < r->customers[i].block_count; k++) {
				const struct prefix *p = &r->customers[i].blocks[k].prefix;
				const struct plan_range *found =
				        p->bits == bits && prefix_has_addr(p, a)
				                ? naive_range(&r->sources[i], a)
				                : NULL;
				if (found)
					return found;
			}
	return NULL;
}

static void assert_in_order(const struct cover *c)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct span *s = &c->spans[i], *before = i ? s - 1 : NULL;
		assert_true(memcmp(s->first, s->last, 16) <= 0);
		assert_true(!s->range != !s->delegation);
		if (!before)
			continue;
		assert_true(memcmp(before->last, s->first, 16) < 0);
		uint8_t behind[16];
		memcpy(behind, before->last, 16);
		octets_step(behind, before->addr_len);
		assert_false(memcmp(behind, s->first, 16) == 0 && before->range == s->range &&
		             before->delegation == s->delegation);
	}
}

static void each_address_is_decided_as_if_alone(void **state)
{
	static struct rig r;
	struct cover c;
	(void)state;

	for (unsigned round = 0; round < 3000; round++) {
		random_seed(round);
		const struct addr base = random_base();
		fill(&r, &base);
		assert_int_equal(build(&c, &r), OK);
		assert_in_order(&c);
		for (unsigned i = 0; i < 256; i++) {
			struct addr a = at(&base, i);
			const struct span *s = cover_find(&c, &a);
			const void *got = !s         ? NULL
			                  : s->range ? (const void *)s->range
			                             : (const void *)s->delegation;
			if (got != naive(&r, &a))
				print_message("round %u, address %u\n", round, i);
			assert_ptr_equal(got, naive(&r, &a));
			size_t at_seek = cover_seek(&c, &a);
			assert_true(at_seek == c.count ||
			            memcmp(c.spans[at_seek].last, a.octets, 16) >= 0);
			assert_true(at_seek == 0 ||
			            memcmp(c.spans[at_seek - 1].last, a.octets, 16) < 0);
		}
		cover_free(&c);
	}
}

/* Memory that was used at the most, in MiB. */
static long peak_mib(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss / 1024;
}

/* As parts they would be 2000 times 2000, and as many octets again as 400 MiB. */
static void many_ranges_over_many_blocks_are_no_more_than_both(void **state)
{
	enum { COUNT = 2000 };
	static struct plan_block blocks[COUNT];
	static struct plan_range ranges[COUNT];
	static struct plan_customer customer = {.blocks = blocks, .block_count = COUNT};
	static struct plan_source source = {.ranges = ranges, .range_count = COUNT};
	static const struct plan plan = {.customers = &customer, .customer_count = 1};
	const struct plan_source *one = &source;
	struct cover c;
	long before = peak_mib();
	(void)state;

	for (unsigned i = 0; i < COUNT; i++) {
		struct addr first = {.len = 4, .octets = {10}}, last = first;
		blocks[i].prefix = (struct prefix){first, 24};
		blocks[i].prefix.addr.octets[1] = (uint8_t)(i >> 8);
		blocks[i].prefix.addr.octets[2] = (uint8_t)i;
		ipv4_octets(first.octets, 0x0a000000U + i);
		ipv4_octets(last.octets, 0x0a000000U + COUNT * 256U - 1 - i);
		pattern_init(&ranges[i].pattern, NULL, 0, &first, &last);
	}
	assert_int_equal(cover_build(&c, &plan, &one, 1), OK);
	assert_int_equal(c.count, 2 * COUNT - 1);
	assert_true(peak_mib() < before + 100);
	cover_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_stronger_one_decides),
	        cmocka_unit_test(what_is_not_served_decides_about_nothing),
	        cmocka_unit_test(each_address_is_decided_as_if_alone),
	        cmocka_unit_test(many_ranges_over_many_blocks_are_no_more_than_both),
	};

	return cmocka_run_group_tests_name("zone/cover", tests, NULL, NULL);
}
