/* SPDX-License-Identifier: ISC */
/* Files are parsed and zones compiled side by side, and what comes of it is what one thread makes:
 * the same mistakes in the same order, the same octets. */
#include "server/hands.h"

#include <sched.h>
#include <stdatomic.h>

#include "tests/help/files.h"
#include "tests/help/must.h"
#include "tests/unit/unit.h"
#include "zone/renew.h"

#define ERRANDS   2000
#define CUSTOMERS 150
#define HOSTS     40

struct count {
	struct errand errand;
	atomic_uint *all;
	unsigned times;
	pthread_t by;
};

static void count_one(struct errand *e)
{
	struct count *c = (struct count *)(void *)e;

	c->times++;
	c->by = pthread_self();
	atomic_fetch_add(c->all, 1);
	if (atomic_load(c->all) % 7 == 0)
		sched_yield();
}

/* Returns how many were run by others. */
static unsigned run_errands(unsigned threads, unsigned given)
{
	static struct count counts[ERRANDS];
	struct hands h;
	atomic_uint all = 0;
	unsigned others = 0;

	hands_init(&h, threads);
	for (unsigned i = 0; i < given; i++) {
		counts[i] = (struct count){.errand.run = count_one, .all = &all};
		errands_begin(&h.errands, &counts[i].errand);
		if (i % 3 == 0)
			errands_await(&h.errands, &counts[i / 2].errand);
	}
	for (unsigned i = 0; i < given; i++) {
		errands_await(&h.errands, &counts[i].errand);
		assert_int_equal(counts[i].times, 1);
		others += !pthread_equal(counts[i].by, pthread_self());
	}
	assert_int_equal(all, given);
	hands_close(&h);
	return others;
}

static void each_errand_is_run_once(void **state)
{
	(void)state;
	assert_int_equal(run_errands(0, ERRANDS), 0);
	assert_int_equal(run_errands(3, 0), 0);
	assert_int_equal(run_errands(3, 5), 0); /* not worth a thread */
	for (unsigned threads = 1; threads <= 5; threads++) {
		unsigned others = 0;
		for (unsigned i = 0; i < 10; i++)
			others += run_errands(threads, ERRANDS);
		assert_true(others > 0);
	}
}

static void write_customer(unsigned i)
{
	char path[40], text[HOSTS * 100], *at = text;

	at += sprintf(at, "version: 1\ncustomer: c%u\nhosts:\n", i);
	for (unsigned k = 0; k < HOSTS; k++)
		at += sprintf(at, "  10.0.%u.%u: h%u.c%u.example%s\n", i, k, k * 7 % HOSTS, i,
		        i % 11 == 3 && k % 9 == 1 ? " oops" : "");
	if (i % 10 == 0)
		at += sprintf(at, "ranges: {10.0.%u.0/24: 'p-{ip}.c%u.example'}\n", i, i);
	if (i % 13 == 5)
		at += sprintf(at, "hosts: {}\n");
	if (i % 17 == 4)
		at += sprintf(at, "what: *is\n");
	sprintf(path, "customers/c%u.yaml", i);
	if (i % 19 != 7)
		files_write(path, text);
}

static void write_files(void)
{
	static char text[CUSTOMERS * 200];
	char *at = text;

	at += sprintf(at, "version: 1\ndefaults: {ns: [ns1.test, ns2.test], hostmaster: h@test}\n"
	                  "zones:\n  - 10.0.0.0/8\n");
	for (unsigned i = 0; i < CUSTOMERS; i++)
		at += sprintf(at, "  - c%u.example\n", i);
	at += sprintf(at, "customers:\n");
	for (unsigned i = 0; i < CUSTOMERS; i++)
		at += sprintf(
		        at, "  c%u: {prefixes: [10.0.%u.0/24], domains: [c%u.example]}\n", i, i, i);
	files_write("arpad.yaml", text);
	for (unsigned i = 0; i < CUSTOMERS; i++)
		write_customer(i);
}

struct zone_errand {
	struct errand errand;
	struct renew *renew;
	uint32_t zone;
	struct zone_renewal out;
	enum err e;
};

static void renew_one(struct errand *e)
{
	static const struct zone_past none;
	struct zone_errand *z = (struct zone_errand *)(void *)e;

	z->e = renew_zone(z->renew, z->zone, &none, 1000, &z->out);
}

/* All images one behind the other, with the mistakes before them. */
static size_t load(char **out, const struct errands *errands)
{
	static struct zone_errand zones[CUSTOMERS + 1];
	bool is_side_by_side;
	struct config c;
	struct renew r;
	size_t size;

	FILE *f = open_memstream(out, &size);
	must(f != NULL, "memory");
	config_init(&c);
	c.errands = errands;
	assert_int_equal(config_load(&c, "arpad.yaml", NULL, NULL), OK);
	diag_print(&c.diags, f);
	fprintf(f, "%zu %zu %zu\n", c.diags.errors, c.diags.warnings, c.diags.dropped);
	assert_int_equal(renew_begin(&r, &c.plan, &c.barriers, NULL, SAME_NOTHING, &c.diags), OK);
	assert_int_equal(renew_prepare(&r, &is_side_by_side), OK);
	assert_true(is_side_by_side);
	uint32_t count = (uint32_t)c.plan.zone_count;
	assert_int_equal(count, CUSTOMERS + 1);
	for (uint32_t i = 0; i < count; i++) {
		zones[i] = (struct zone_errand){.errand.run = renew_one, .renew = &r, .zone = i};
		errands_begin(errands, &zones[i].errand);
	}
	for (uint32_t i = 0; i < count; i++) {
		errands_await(errands, &zones[i].errand);
		assert_int_equal(zones[i].e, OK);
		renew_leave(&r, i + 1); /* while those behind it are compiled */
		fwrite(zones[i].out.octets, 1, zones[i].out.size, f);
		free(zones[i].out.octets);
	}
	renew_end(&r);
	config_free(&c);
	fclose(f);
	return size;
}

static void files_and_zones_are_as_one_thread_makes_them(void **state)
{
	char *alone, *together;
	(void)state;

	write_files();
	size_t size = load(&alone, NULL);
	assert_non_null(strstr(alone, "oops"));
	assert_non_null(strstr(alone, "customers/c7.yaml"));
	for (unsigned threads = 0; threads < 5; threads++) {
		struct hands h;
		hands_init(&h, threads);
		for (unsigned i = 0; i < 3; i++) {
			assert_int_equal(load(&together, &h.errands), size);
			assert_memory_equal(together, alone, size);
			free(together);
		}
		hands_close(&h);
	}
	free(alone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(each_errand_is_run_once),
	        cmocka_unit_test_setup_teardown(files_and_zones_are_as_one_thread_makes_them,
	                files_set_up, files_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
