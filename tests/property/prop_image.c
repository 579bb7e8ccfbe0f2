/* SPDX-License-Identifier: ISC */
/* tests/property/prop_image.c - images of random networks: they hold what the plan says and nothing
 * else, do not depend on the order of the plan, and survive being copied and damaged. */
#include "tests/help/image_walk.h"
#include "tests/help/random.h"
#include "tests/help/random_records.h"
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"
#include "zone/rr.h"

#define ROUNDS      150U
#define PAIRS_MAX   300U
#define ZONES_MAX   10U
#define RECORDS_MAX 100U
#define DAMAGES     400U /* to each image of a round */

struct random_pair {
	struct addr addr;
	struct name name;
	uint32_t ttl_s;
	uint8_t flags;
};

struct world {
	char zones[ZONES_MAX][NAME_TEXT_MAX];
	struct name apexes[ZONES_MAX];
	unsigned zone_count;
	struct random_pair pairs[PAIRS_MAX];
	unsigned pair_count;
	struct random_record records[RECORDS_MAX];
	unsigned record_count;
};

static struct world world;

static void add_zone(const char *text)
{
	for (unsigned i = 0; i < world.zone_count; i++)
		if (strcmp(world.zones[i], text) == 0)
			return;
	struct name *apex = &world.apexes[world.zone_count];
	struct prefix prefix;
	if (prefix_from_text(&prefix, text, strlen(text), NULL) == OK)
		assert_int_equal(name_from_addr(apex, &prefix.addr, prefix.bits), OK);
	else
		assert_int_equal(name_from_text(apex, text, strlen(text)), OK);
	snprintf(world.zones[world.zone_count++], NAME_TEXT_MAX, "%s", text);
}

/* The same for the same seed. Forward zones are one inside the other, as far as they go. */
static void make_world(void)
{
	static const char *const prefixes[] = {"10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24",
	        "2001:db8::/32", "2001:db8:0:10::/60", "0.0.0.0/0", "."};
	static const uint8_t *const bases[] = {
	        (const uint8_t *)"\1a", (const uint8_t *)"\1b\1a", (const uint8_t *)"\4else"};
	struct name name;
	char text[NAME_TEXT_MAX];

	world.zone_count = world.pair_count = world.record_count = 0;
	add_zone("a.");
	for (unsigned i = random_below(5); i; i--)
		add_zone(prefixes[random_below(ARRAY_LENGTH(prefixes))]);
	for (unsigned i = random_below(4); i; i--) {
		random_name(&name, bases[random_below(2)], 2);
		name_lower(&name);
		name_to_text(text, name.wire);
		add_zone(text);
	}
	for (unsigned i = random_below(PAIRS_MAX); i; i--) {
		struct random_pair *p = &world.pairs[world.pair_count++];
		random_addr(&p->addr);
		random_name(&p->name, bases[random_below(3)], 4);
		name_lower(&p->name);
		p->ttl_s = random_below(3) * 60;
		p->flags = random_below(8) ? 0 : PAIR_FORWARD_NO;
	}
	if (random_below(4))
		world.record_count = (unsigned)random_records(world.records,
		        1 + random_below(RECORDS_MAX), world.apexes, world.zone_count);
}

static void shuffle(unsigned *order, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		unsigned at = random_below(i + 1);
		order[i] = i;
		order[i] = order[at];
		order[at] = i;
	}
}

/* Compile the world, its zones and pairs in random order. */
static struct snapshot *compile_shuffled(void)
{
	unsigned zones[ZONES_MAX], pairs[PAIRS_MAX], records[RECORDS_MAX];
	struct small_plan s;

	shuffle(zones, world.zone_count);
	shuffle(pairs, world.pair_count);
	shuffle(records, world.record_count);
	small_plan_init(&s);
	for (unsigned i = 0; i < world.zone_count; i++)
		small_plan_zone(&s, world.zones[zones[i]]);
	for (unsigned i = 0; i < world.pair_count; i++) {
		const struct random_pair *p = &world.pairs[pairs[i]];
		small_plan_pair_wire(&s, &p->addr, p->name.wire, p->ttl_s, p->flags);
	}
	for (unsigned i = 0; i < world.record_count; i++) {
		const struct random_record *r = &world.records[records[i]];
		small_plan_record_wire(
		        &s, r->owner.wire, r->type, r->ttl_s, r->rdata, r->rdata_octets);
	}
	struct snapshot *snapshot = small_plan_compile(&s, NULL, 1000);
	small_plan_free(&s);
	return snapshot;
}

/* The image of the longest apex at or above a name; snapshot->count when there is none. */
static uint32_t zone_of(const struct snapshot *s, const uint8_t *name)
{
	uint32_t best = s->count;

	for (uint32_t i = 0; i < s->count; i++)
		if (name_is_within(name, s->images[i]->apex, NULL) &&
		        (best == s->count || s->images[i]->apex_len > s->images[best]->apex_len))
			best = i;
	return best;
}

/* Records that one image must hold, as lines; TTLs are put in when all are known. */
struct record {
	char *owner_type, *rdata; /* owned */
	uint32_t ttl_s;
};

struct expected {
	struct record records[4 * PAIRS_MAX];
	unsigned count;
};

static void expect(struct expected *e, const uint8_t *owner, const char *type, const char *rdata,
        uint32_t ttl_s)
{
	char text[NAME_TEXT_MAX + 16];
	struct record *r = &e->records[e->count++];

	assert_true(e->count <= ARRAY_LENGTH(e->records));
	name_to_text(text, owner);
	r->owner_type = malloc(strlen(text) + strlen(type) + 2);
	assert_non_null(r->owner_type);
	sprintf(r->owner_type, "%s %s", text, type);
	r->rdata = strdup(rdata);
	r->ttl_s = ttl_s;
}

static void expect_pair(
        struct expected *e, const struct snapshot *s, uint32_t zone, const struct random_pair *p)
{
	char text[NAME_TEXT_MAX];
	struct name owner;

	assert_int_equal(name_from_addr(&owner, &p->addr, 8U * p->addr.len), OK);
	if (zone_of(s, owner.wire) == zone) {
		name_to_text(text, p->name.wire);
		expect(e, owner.wire, "PTR", text, p->ttl_s);
	}
	if (!(p->flags & PAIR_FORWARD_NO) && zone_of(s, p->name.wire) == zone) {
		for (unsigned i = 0; i < p->addr.len; i++)
			sprintf(text + 2 * (size_t)i, "%02x", p->addr.octets[i]);
		expect(e, p->name.wire, p->addr.len == 4 ? "A" : "AAAA", text, p->ttl_s);
	}
}

static void expect_record(struct expected *e, const struct random_record *r)
{
	char text[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX];

	if (rr_is_one_name(r->type))
		name_to_text(text, r->rdata);
	else
		for (size_t i = 0; i < r->rdata_octets; i++)
			sprintf(text + 2 * i, "%02x", r->rdata[i]);
	expect(e, r->owner.wire, rr_type_text(type, r->type), text, r->ttl_s);
}

static void expect_ns(struct expected *e, const uint8_t *owner)
{
	expect(e, owner, "NS", "ns1.test.", 3600);
	expect(e, owner, "NS", "ns2.test.", 3600);
}

/* Every record of image `zone`: NS of its own and of the zones next below, those of the pairs, and
 * records. */
static void expect_all(struct expected *e, const struct snapshot *s, uint32_t zone)
{
	e->count = 0;
	expect_ns(e, s->images[zone]->apex);
	for (uint32_t i = 0; i < s->count; i++) {
		const uint8_t *apex = s->images[i]->apex;
		if (*apex && zone_of(s, apex + 1 + *apex) == zone)
			expect_ns(e, apex);
	}
	for (unsigned i = 0; i < world.pair_count; i++)
		expect_pair(e, s, zone, &world.pairs[i]);
	for (unsigned i = 0; i < world.record_count; i++)
		if (name_equal(world.apexes[world.records[i].zone].wire, s->images[zone]->apex))
			expect_record(e, &world.records[i]);
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sort lines, drop those that are there twice, and make one text of them. Frees the lines. */
static char *join_sorted(char **lines, size_t count)
{
	char *text = NULL, *last = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	qsort(lines, count, sizeof *lines, compare_text);
	for (size_t i = 0; i < count; i++) {
		if (!last || strcmp(last, lines[i]) != 0)
			fprintf(out, "%s\n", lines[i]);
		free(last);
		last = lines[i];
	}
	free(last);
	fclose(out);
	return text;
}

/* One RRset has one TTL, the smallest (RFC 2181 5.2). */
static char *expected_text(struct expected *e)
{
	static char *lines[4 * PAIRS_MAX];

	for (unsigned i = 0; i < e->count; i++) {
		const struct record *r = &e->records[i];
		uint32_t ttl_s = r->ttl_s;
		for (unsigned k = 0; k < e->count; k++)
			if (strcmp(e->records[k].owner_type, r->owner_type) == 0 &&
			        e->records[k].ttl_s < ttl_s)
				ttl_s = e->records[k].ttl_s;
		char *space = strrchr(r->owner_type, ' ');
		assert_true(asprintf(&lines[i], "%.*s %u %s %s", (int)(space - r->owner_type),
		                    r->owner_type, ttl_s, space + 1, r->rdata) > 0);
	}
	for (unsigned i = 0; i < e->count; i++) {
		free(e->records[i].owner_type);
		free(e->records[i].rdata);
	}
	return join_sorted(lines, e->count);
}

/* The lines of image_dump(), sorted. */
static char *actual_text(const struct image *image)
{
	static char *lines[4 * PAIRS_MAX];
	size_t count = 0;
	char *text = image_dump(image), *rest = text;

	for (char *line; (line = strsep(&rest, "\n")) && *line;) {
		assert_true(count < ARRAY_LENGTH(lines));
		lines[count++] = strdup(line);
	}
	free(text);
	return join_sorted(lines, count);
}

static void an_image_holds_what_the_plan_says(void **state)
{
	static struct expected expected;
	(void)state;

	for (unsigned round = 0; round < ROUNDS; round++) {
		random_seed(round);
		make_world();
		struct snapshot *s = compile_shuffled();
		for (uint32_t i = 0; i < s->count; i++) {
			expect_all(&expected, s, i);
			char *due = expected_text(&expected), *is = actual_text(s->images[i]);
			assert_string_equal(is, due);
			free(due);
			free(is);
		}
		snapshot_unref(s);
	}
}

static void the_order_of_the_plan_does_not_matter(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		random_seed(round);
		make_world();
		struct snapshot *a = compile_shuffled(), *b = compile_shuffled();
		assert_int_equal(a->count, b->count);
		for (uint32_t i = 0; i < a->count; i++) {
			assert_int_equal(a->images[i]->size, b->images[i]->size);
			assert_memory_equal(
			        a->images[i]->octets, b->images[i]->octets, a->images[i]->size);
		}
		snapshot_unref(a);
		snapshot_unref(b);
	}
}

/* Up to four octets of a copy changed, its checksum made right again or not. */
static void damage(const struct image *of, unsigned *refused, unsigned *harmless)
{
	struct image *image;
	uint8_t *octets = malloc(of->size);
	bool is_forged = random_below(8) != 0;

	assert_non_null(octets);
	memcpy(octets, of->octets, of->size);
	for (unsigned i = 1 + random_below(4); i; i--)
		octets[random_below((uint32_t)of->size)] ^= (uint8_t)(1 + random_below(255));
	if (is_forged)
		image_set_serial(octets, of->size, of->serial);
	bool is_same = memcmp(octets, of->octets, of->size) == 0;
	if (image_open(&image, octets, of->size) == OK) {
		assert_true(is_forged || is_same);
		image_use(image);
		image_unref(image);
		++*harmless;
	} else {
		free(octets);
		++*refused;
	}
}

static void a_damaged_image_is_refused_or_harmless(void **state)
{
	unsigned refused = 0, harmless = 0;
	(void)state;

	for (unsigned round = 0; round < ROUNDS / 10; round++) {
		random_seed(round);
		make_world();
		struct snapshot *s = compile_shuffled();
		for (uint32_t i = 0; i < s->count; i++)
			for (unsigned k = 0; k < DAMAGES; k++)
				damage(s->images[i], &refused, &harmless);
		snapshot_unref(s);
	}
	assert_true(refused > harmless && harmless > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_image_holds_what_the_plan_says),
	        cmocka_unit_test(the_order_of_the_plan_does_not_matter),
	        cmocka_unit_test(a_damaged_image_is_refused_or_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
