/* SPDX-License-Identifier: ISC */
/* tests/property/prop_renew.c - files change at random, some of them are broken; what is parsed,
 * merged and compiled because of that gives the same octets as everything read and compiled anew.
 */
#include "tests/help/files.h"
#include "tests/help/random.h"
#include "tests/unit/unit.h"
#include "zone/image.h"
#include "zone/renew.h"

#define ROUNDS    60U
#define STEPS     12U
#define CUSTOMERS 5U
#define ZONES_MAX 16U
#define HOSTS_MAX 25U

/* What is served: the images, and what the next generation begins from. */
struct world {
	struct image *images[ZONES_MAX];
	uint32_t count;
	struct history history;
	bool is_begun;
	time_t now;
	unsigned merged, compiled, same, refused, kept, rebuilt; /* that the test saw */
};

static void write_config(void)
{
	char text[4000];
	uint32_t kind = random_below(12);

	snprintf(text, sizeof text,
	        "version: 1\n"
	        "defaults: {ns: [ns1.test, ns2.test], hostmaster: h@test, ttl: %s}\n"
	        "zones:\n"
	        "  - 10.0.0.0/16\n  - 10.0.1.0/24\n  - 2001:db8::/32\n"
	        "  - {prefix: 10.0.0.64/26, style: dash}\n"
	        "  - {name: own.example, records: ['@ A 192.0.2.1', 'h1 TXT x', 'h2 A 192.0.2.1',"
	        " 'h3 A 192.0.2.3']}\n"
	        "  - {name: shared.example, records: [h4 TXT y]}\n%s"
	        "customers:\n"
	        "  a: {prefixes: [10.0.0.0/24, 2001:db8:a::/48], domains: [shared.example]}\n"
	        "  b: {prefixes: [10.0.1.0/24], domains: [own.example]}\n"
	        "  c: {prefixes: [%s], domains: [shared.example, c.own.example]}\n"
	        "  d: {prefixes: [10.0.3.0/24, 2001:db8:d::/48], domains: [%s]}\n"
	        "  e: {prefixes: [10.0.4.0/24], domains: [shared.example]}\n",
	        kind == 1 ? "7m" : "1h",
	        kind == 2   ? "  - h5.shared.example\n"
	        : kind == 3 ? "  - {name: h6.own.example, records: [x NS y.test]}\n"
	                    : "",
	        kind == 4 ? "10.0.2.0/25" : "10.0.2.0/24",
	        kind == 5 ? "shared.example, own.example" : "shared.example");
	files_write("arpad.yaml", kind == 6 ? "version: 1\nzones: [a b]\n" : text);
}

static int write_address(char *out, unsigned customer)
{
	static const uint8_t edges[] = {0, 63, 64, 65, 127, 128, 255};
	uint32_t host = random_below(2) ? edges[random_below(7)] : random_below(30);

	if ((customer == 0 || customer == 3) && random_below(3) == 0)
		return sprintf(
		        out, "2001:db8:%c::%x", 'a' + (int)customer, (unsigned)random_below(20));
	return sprintf(out, "10.0.%u.%u", customer, (unsigned)host);
}

static int write_name(char *out, unsigned customer)
{
	static const char *const domains[] = {
	        "shared.example", "own.example", "c.own.example", "test"};
	unsigned domain = customer == 1 ? 1 : customer == 2 && random_below(2) ? 2 : 0;

	if (random_below(20) == 0)
		return sprintf(out, "%s", domains[domain]);
	/* names of other customers, and of the operator's, now and then */
	unsigned first = random_below(60) ? 10 * (customer + 1) : 0;
	return sprintf(out, "h%u.%s", first + (unsigned)random_below(10),
	        domains[random_below(5) == 0 ? 3 : domain]);
}

/* A customer's file, broken at times. */
static void write_customer(unsigned customer)
{
	char path[32], text[8000], *p = text;
	uint32_t hosts = random_below(HOSTS_MAX), kind = random_below(14);

	snprintf(path, sizeof path, "customers/%c.yaml", 'a' + (int)customer);
	p += sprintf(p, "version: %s\ncustomer: %c\n%s%s\n", kind == 0 ? "2" : "1",
	        'a' + (int)customer, random_below(3) ? "" : "ttl: 2h\n",
	        hosts ? "hosts:" : "hosts: {}");
	for (uint32_t i = 0; i < hosts; i++) {
		char address[40], line[50];
		write_address(address, kind == 1 ? (unsigned)random_below(CUSTOMERS) : customer);
		sprintf(line, "\n  %s:", address);
		if (strstr(text, line) && random_below(50))
			continue;
		p += sprintf(p, "  %s: {name: ", address);
		p += write_name(p, kind == 2 ? (unsigned)random_below(CUSTOMERS) : customer);
		p += sprintf(p, "%s%s}\n", random_below(4) ? "" : ", ttl: 5m",
		        random_below(6) ? "" : ", forward: no");
	}
	if (kind == 3)
		sprintf(p, "  - broken\n");
	if (kind == 4)
		remove(path);
	else
		files_write(path, text);
}

static void change_something(bool is_first)
{
	if (is_first || random_below(6) == 0)
		write_config();
	for (unsigned i = 0; i < CUSTOMERS; i++)
		if (is_first || random_below(4) == 0)
			write_customer(i);
}

static struct image *find_image(const struct world *w, const uint8_t *apex)
{
	for (uint32_t i = 0; i < w->count; i++)
		if (name_equal(w->images[i]->apex, apex))
			return w->images[i];
	return NULL;
}

static struct zone_past past_of(const struct world *w, const uint8_t *apex)
{
	struct image *image = find_image(w, apex);

	return (struct zone_past){.is_known = image != NULL,
	        .serial = image ? image->serial : 0,
	        .is_served = image != NULL,
	        .image = image};
}

/* What is not there any more comes out as it was. */
static void rebuild(struct world *w, struct renew *r, uint32_t zone, const struct image *image)
{
	struct zone_past past = {.is_known = true, .serial = image->serial};
	struct zone_renewal again;

	assert_int_equal(renew_zone(r, zone, &past, w->now, &again), OK);
	assert_int_equal(again.size, image->size);
	assert_memory_equal(again.octets, image->octets, image->size);
	free(again.octets);
	w->rebuilt++;
}

/* The images of all zones, from what is in *w and the loaded files. */
static void renew_all(struct world *w, struct config *c, const struct history *h, bool is_same,
        struct image **images)
{
	struct renew r;

	assert_int_equal(renew_begin(&r, &c->plan, &c->barriers, h, is_same, &c->diags), OK);
	for (uint32_t z = 0; z < c->plan.zone_count; z++) {
		struct zone_past past = past_of(w, c->plan.zones[z].apex);
		struct zone_renewal out;
		assert_int_equal(renew_zone(&r, z, &past, w->now, &out), OK);
		if (out.octets)
			assert_int_equal(image_open(&images[z], out.octets, out.size), OK);
		else
			images[z] = image_ref(find_image(w, c->plan.zones[z].apex));
		assert_int_equal(images[z]->serial, out.serial);
		if (is_same && !r.is_touched[z] && random_below(4) == 0)
			rebuild(w, &r, z, images[z]);
		w->merged += out.how == RENEWAL_MERGED;
		w->compiled += is_same && out.how == RENEWAL_COMPILED;
		w->same += out.how == RENEWAL_SAME;
	}
	renew_end(&r);
}

/* A history that says what was published, and nothing of which files that came from. */
static struct history forgetful(const struct history *h)
{
	struct history f = *h;

	memset(&f.config, 0, sizeof f.config);
	memset(&f.layout, 0, sizeof f.layout);
	f.pasts = calloc(h->count + 1, sizeof *f.pasts);
	assert_non_null(f.pasts);
	for (size_t i = 0; i < h->count; i++) {
		f.pasts[i] = h->pasts[i];
		f.pasts[i].by_name = NULL;
		memset(&f.pasts[i].source, 0, sizeof f.pasts[i].source);
	}
	return f;
}

static void forget(struct history *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->pasts[i].by_name);
	free(f->pasts);
}

static void compare(struct world *w, struct config *quick, struct config *slow)
{
	for (size_t i = 0; i < quick->plan.source_count; i++) {
		assert_int_equal(quick->plan.sources[i].state, slow->plan.sources[i].state);
		w->refused += quick->plan.sources[i].state == SOURCE_REFUSED;
		w->kept += quick->plan.sources[i].state == SOURCE_KEPT;
	}
	struct history a, b;
	assert_int_equal(history_of_plan(&a, &quick->plan, &quick->digest), OK);
	assert_int_equal(history_of_plan(&b, &slow->plan, &slow->digest), OK);
	assert_int_equal(a.count, b.count);
	for (size_t i = 0; i < a.count; i++)
		assert_int_equal(a.pasts[i].fragment.pair_count, b.pasts[i].fragment.pair_count);
	history_free(&b);
	history_free(&w->history);
	w->history = a;
}

static void take_images(struct world *w, struct image **images, uint32_t count)
{
	for (uint32_t i = 0; i < w->count; i++)
		image_unref(w->images[i]);
	if (count)
		memcpy(w->images, images, count * sizeof *images);
	w->count = count;
}

static void step(struct world *w)
{
	struct image *quick_images[ZONES_MAX], *slow_images[ZONES_MAX];
	struct history none = forgetful(&w->history);
	struct config quick, slow;
	enum err quick_result, slow_result;

	change_something(!w->is_begun);
	free(files_load(&quick, &w->history, &quick_result));
	free(files_load(&slow, &none, &slow_result));
	assert_int_equal(quick_result, slow_result);
	if (quick_result == OK) {
		renew_all(w, &quick, &w->history, quick.are_zones_same, quick_images);
		renew_all(w, &slow, &none, false, slow_images);
		uint32_t count = (uint32_t)quick.plan.zone_count;
		for (uint32_t z = 0; z < count; z++) {
			assert_int_equal(quick_images[z]->size, slow_images[z]->size);
			assert_memory_equal(quick_images[z]->octets, slow_images[z]->octets,
			        quick_images[z]->size);
			image_unref(slow_images[z]);
		}
		take_images(w, quick_images, count);
		assert_int_equal(
		        plan_recall_all(&quick.plan, &quick.barriers, &w->history, &quick.diags),
		        OK);
	}
	forget(&none);
	if (quick_result == OK) {
		struct history before = w->history;
		memset(&w->history, 0, sizeof w->history);
		compare(w, &quick, &slow);
		w->is_begun = true;
		config_free(&quick);
		history_free(&before);
	} else {
		config_free(&quick);
	}
	config_free(&slow);
	w->now += random_below(3);
}

static void what_changed_gives_the_same_octets_as_everything(void **state)
{
	struct world w = {.now = 1000};
	(void)state;

	for (unsigned round = 0; round < ROUNDS; round++) {
		random_seed(round);
		files_begin();
		for (unsigned i = 0; i < STEPS; i++)
			step(&w);
		take_images(&w, NULL, 0);
		history_free(&w.history);
		w.is_begun = false;
		files_end();
	}
	print_message("merged %u, compiled %u, same %u, rebuilt %u; refused %u, kept %u\n",
	        w.merged, w.compiled, w.same, w.rebuilt, w.refused, w.kept);
	assert_in_range(w.merged, 500, UINT32_MAX);
	assert_in_range(w.same, 500, UINT32_MAX);
	assert_in_range(w.rebuilt, 100, UINT32_MAX);
	assert_in_range(w.refused, 20, UINT32_MAX);
	assert_in_range(w.kept, 100, UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_changed_gives_the_same_octets_as_everything),
	};

	return cmocka_run_group_tests_name("zone/renew", tests, NULL, NULL);
}
