/* SPDX-License-Identifier: ISC */
/* tests/property/prop_pairs.c - what `arpa pairs` prints of random operators with ranges and
 * delegations, against a naive oracle: as zone files every record that there is, once, with its
 * TTL, and no other; as a list each address with what has it. Ranges of IPv6 are rules in both. */
#include "conf/zone_file.h"
#include "tests/help/files.h"
#include "tests/help/load.h"
#include "tests/help/range_draw.h"
#include "tests/help/range_oracle.h"
#include "tests/unit/unit.h"
#include "tools/emit_pairs.h"
#include "tools/emit_zone.h"
#include "zone/hash.h"
#include "zone/rr.h"
#include "zone/sanitized.h"

#define ROUNDS      (IS_SANITIZED ? 4U : 12U)
#define RRSET_MOST  300U
#define LINE_OCTETS 2048U

static struct model model;
static struct range_oracle oracle;

/* Records in any order: how many, and the sum of their hashes. */
struct bag {
	uint64_t sum;
	size_t count;
};

static void bag_add(struct bag *bag, unsigned zone, const uint8_t *owner, uint16_t type,
        const uint8_t *rdata, size_t n)
{
	uint8_t octets[4 + NAME_MAX_OCTETS + 1024];
	size_t owner_octets = name_length(owner);

	assert_true(n <= 1024);
	memcpy(octets, (uint8_t[]){(uint8_t)zone, (uint8_t)(type >> 8), (uint8_t)type, 0}, 4);
	memcpy(octets + 4, owner, owner_octets);
	memcpy(octets + 4 + owner_octets, rdata, n);
	bag->sum += hash_octets(1, octets, 4 + owner_octets + n);
	bag->count++;
}

static bool has_record(unsigned zone, const struct zone_record *r, const uint8_t *rdata)
{
	static struct random_record set[RRSET_MOST];
	unsigned n = flat_rrset(set, RRSET_MOST, &oracle.flat, zone, r->owner, r->type);

	for (unsigned i = 0; i < n; i++)
		if (set[i].rdata_octets == r->rdata_octets && set[i].ttl_s == r->ttl_s &&
		        memcmp(set[i].rdata, rdata, r->rdata_octets) == 0)
			return true;
	return false;
}

static void take_record(struct bag *bag, unsigned zone, const struct zone_record *r)
{
	char owner[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX];
	struct name name;
	const uint8_t *rdata = r->rdata;

	if (rr_is_one_name(r->type)) {
		name_copy(&name, r->rdata);
		name_lower(&name);
		rdata = name.wire;
	}
	if (!has_record(zone, r, rdata)) {
		name_to_text(owner, r->owner);
		printf("not to be there: %s %u %s %s\n", owner, r->ttl_s,
		        rr_type_text(type, r->type), r->text);
		fail();
	}
	bag_add(bag, zone, r->owner, r->type, rdata, r->rdata_octets);
}

/* Read what was printed of a zone. */
static void take_zone(struct bag *bag, struct config *c, const struct snapshot *s, uint32_t number,
        const struct filter *filter)
{
	const uint8_t *apex = s->images[number]->apex;
	unsigned zone = flat_zone_of(&oracle.flat, apex);
	struct zone_record r;
	struct zone_file f;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	emit_zone(s, number, filter, out);
	assert_int_equal(fclose(out), 0);
	zone_file_open_text(
	        &f, text, size, (struct place){"zone", 1, 0}, &c->plan.arena, &c->diags);
	zone_file_set(&f, apex, 1);
	while (zone_file_next(&f, &r))
		if (r.type != RR_SOA)
			take_record(bag, zone, &r);
	assert_int_equal(zone_file_close(&f), OK);
	free(text);
}

static void check_zones(struct config *c, const struct snapshot *s, const struct filter *filter)
{
	struct bag printed = {0, 0}, due = {0, 0};

	for (uint32_t i = 0; i < s->count; i++)
		take_zone(&printed, c, s, i, filter);
	for (size_t i = 0; i < oracle.flat.fact_count; i++) {
		const struct flat_fact *fact = oracle.flat.facts[i];
		if (fact->type && fact->type != RR_SOA)
			bag_add(&due, fact->zone, fact->owner, fact->type, fact->rdata,
			        fact->rdata_octets);
	}
	assert_int_equal(c->diags.errors, 0);
	assert_int_equal(printed.count, due.count);
	assert_true(printed.sum == due.sum);
}

/* The next line of the list is of this address; its name is in `name`. */
static void read_entry(FILE *in, const char *address, char name[MODEL_NAME_MAX])
{
	char line[LINE_OCTETS];

	assert_non_null(fgets(line, sizeof line, in));
	char *comma = strchr(line, ',');
	assert_non_null(comma);
	*comma = 0;
	assert_string_equal(line, address);
	char *end = strchr(comma + 1, ',');
	assert_non_null(end);
	*end = 0;
	snprintf(name, MODEL_NAME_MAX, "%.*s", MODEL_NAME_MAX - 1, comma + 1);
}

static bool host_has_name(const struct model_host *h, const char *name)
{
	for (unsigned i = 0; i < h->name_count; i++)
		if (strcmp(h->names[i], name) == 0)
			return true;
	return false;
}

static void check_list(const struct plan *plan, const struct filter *filter)
{
	char address[ADDR_TEXT_MAX], name[MODEL_NAME_MAX];
	char label[MODEL_LABEL_MAX], due[MODEL_LABEL_MAX + MODEL_NAME_MAX + 2], line[LINE_OCTETS];
	FILE *list = tmpfile();

	assert_non_null(list);
	assert_int_equal(emit_pairs(plan, filter, PAIRS_CSV, list), OK);
	rewind(list);
	assert_non_null(fgets(line, sizeof line, list)); /* the header */
	for (unsigned i = 0; i < 65536; i++) {
		unsigned __int128 number = 0x0a000000U | model.net << 16 | i;
		struct fate fate = range_oracle_fate(&model, 4, number);
		struct addr a = model_addr(number, 4);
		addr_to_text(address, &a);
		if (fate.host != ORACLE_NOBODY) {
			const struct model_host *h = &model.hosts[fate.host];
			for (unsigned k = 0; k < h->name_count; k++) {
				read_entry(list, address, name);
				assert_true(host_has_name(h, name));
			}
		} else if (fate.range != ORACLE_NOBODY) {
			const struct model_range *r = &model.ranges[fate.range];
			model_label(label, r, number);
			snprintf(due, sizeof due, "%s.%s", label, r->owner);
			read_entry(list, address, name);
			assert_string_equal(name, due);
		}
	}
	while (fgets(line, sizeof line, list))
		assert_non_null(memchr(line, ':', strcspn(line, ","))); /* IPv6 */
	fclose(list);
}

static void run_round(unsigned seed)
{
	struct config config;
	struct filter filter;

	printf("SEED=%u\n", seed);
	range_draw(&model, seed);
	model_write(&model);
	struct generation g = load_files(&config, NULL);
	range_oracle_build(&oracle, &model);
	assert_int_equal(filter_read(&filter, &config.plan, "test", NULL, 0), OK);
	check_zones(&config, g.snapshot, &filter);
	check_list(&config.plan, &filter);
	filter_free(&filter);
	range_oracle_free(&oracle);
	config_free(&config);
	generation_free(&g);
}

static void what_is_printed_is_what_there_is(void **state)
{
	const char *seed = getenv("SEED"); /* one round alone */
	(void)state;

	files_begin();
	for (unsigned i = 0; i < ROUNDS && !seed; i++)
		run_round(i);
	if (seed)
		run_round((unsigned)strtoul(seed, NULL, 10));
	files_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_printed_is_what_there_is)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
