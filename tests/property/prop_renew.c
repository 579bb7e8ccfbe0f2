/* SPDX-License-Identifier: ISC */
/* tests/property/prop_renew.c - files change at random, some of them are broken; what is parsed,
 * merged and compiled because of that gives the same octets as everything read and compiled anew.
 */
#include "tests/help/files.h"
#include "tests/help/image_walk.h"
#include "tests/help/random.h"
#include "tests/help/random_layers.h"
#include "tests/unit/unit.h"
#include "zone/image.h"
#include "zone/renew.h"

#define ROUNDS     130U
#define STEPS      12U
#define CUSTOMERS  6U
#define ZONES_MAX  16U
#define HOSTS_MAX  25U
#define LAYERS_MAX 8U

/* What a customer's file has, an entry a line. */
struct file {
	char hosts[HOSTS_MAX][100];
	char ranges[LAYERS_MAX][RANDOM_ENTRY_MAX], delegations[LAYERS_MAX][RANDOM_ENTRY_MAX];
	unsigned host_count, range_count, delegation_count;
	bool has_ttl;
};

/* What is served: the images, and what the next generation begins from. */
struct world {
	struct image *images[ZONES_MAX];
	uint32_t count;
	struct history history;
	bool is_begun;
	time_t now;
	struct file files[CUSTOMERS];
	uint32_t kinds[CUSTOMERS]; /* how each is broken */
	unsigned round, shuffled;
	unsigned merged, compiled, same, refused, kept, rebuilt, ranges, delegations; /* seen */
};

static void write_config(unsigned round)
{
	static const char *const above[] = {"", "", "  - {name: arpa}\n",
	        "  - {name: in-addr.arpa}\n", "  - {name: .}\n",
	        "  - {name: .}\n  - {name: arpa}\n"};
	char text[4000];
	uint32_t kind = random_below(16);

	snprintf(text, sizeof text,
	        "version: 1\n"
	        "defaults: {ns: [ns1.test, ns2.test], hostmaster: h@test, ttl: %s}\n"
	        "zones:\n%s%s"
	        "  - 10.0.1.0/24\n  - 2001:db8::/32\n"
	        "  - {prefix: 10.0.0.64/26, style: dash}\n"
	        "  - {name: own.example, records: ['@ A 192.0.2.1', 'h1 TXT x', 'h2 A 192.0.2.1',"
	        " 'h3 A 192.0.2.3']}\n"
	        "  - {name: shared.example, records: [h4 TXT y, 'aa-10-0-0-9 TXT y'%s]}\n%s"
	        "customers:\n"
	        "  a: {prefixes: [10.0.0.0/24, 10.0.0.144/29, 2001:db8:a::/48%s],"
	        " domains: [shared.example, test], may-delegate: %s}\n"
	        "  b: {prefixes: [10.0.1.0/24], domains: [own.example, test], may-delegate: yes}\n"
	        "  c: {prefixes: [%s], domains: [shared.example, c.own.example, test],"
	        " may-delegate: yes}\n"
	        "%s"
	        "  e: {prefixes: [10.0.4.0/23],"
	        " domains: [shared.example, r.4.0.10.in-addr.arpa, test], may-delegate: %s}\n"
	        "%s",
	        kind == 1 ? "7m" : "1h", above[round % 6],
	        round % 3 && above[round % 6][0] ? "" : "  - 10.0.0.0/16\n",
	        kind == 7 ? ", '7.dyn TXT z', 'x.dyn NS ns.test'" : "",
	        kind == 2   ? "  - h5.shared.example\n"
	        : kind == 3 ? "  - {name: h6.own.example, records: [x NS y.test]}\n"
	                    : "",
	        kind == 8 ? ", 10.0.2.128/26" : "", kind == 9 ? "no" : "yes",
	        kind == 4 ? "10.0.2.0/25" : "10.0.2.0/24",
	        kind == 10  ? ""
	        : kind == 5 ? "  d: {prefixes: [10.0.3.0/24, 2001:db8:d::/48], domains:"
	                      " [shared.example, own.example, test], may-delegate: yes}\n"
	                    : "  d: {prefixes: [10.0.3.0/24, 2001:db8:d::/48], domains:"
	                      " [shared.example, test], may-delegate: yes}\n",
	        kind == 11 ? "no" : "yes",
	        kind == 12   ? ""
	        : kind == 13 ? "  f: {prefixes: [10.0.0.128/27], domains: [shared.example, test]}\n"
	                     : "  f: {prefixes: [10.0.0.128/26, 2001:db8:a:8000::/49], domains:"
	                       " [shared.example, test], may-delegate: yes}\n");
	files_write("arpad.yaml", kind == 6 ? "version: 1\nzones: [a b]\n" : text);
}

static struct random_site site_of(unsigned customer)
{
	static const char *const owners[CUSTOMERS][4] = {
	        {"shared.example", "dyn.shared.example", "shared.example", "test"},
	        {"own.example", "dyn.own.example", "own.example", "h6.own.example"},
	        {"c.own.example", "dyn.c.own.example", "shared.example", "c.own.example"},
	        {"shared.example", "dyn.shared.example", "d.dyn.shared.example", "test"},
	        {"shared.example", "dyn.shared.example", "h5.shared.example",
	                "r.4.0.10.in-addr.arpa"},
	        {"shared.example", "dyn.shared.example", "f.shared.example", "shared.example"},
	};
	struct random_site site = {
	        .letter = (char)('a' + customer), .owners = owners[customer], .owner_count = 4};
	char text[40];

	sprintf(text,
	        customer == 4   ? "10.0.4.0/23"
	        : customer == 5 ? "10.0.0.128/26"
	                        : "10.0.%u.0/24",
	        customer);
	assert_int_equal(prefix_from_text(&site.ipv4, text, strlen(text), NULL), OK);
	if (customer != 0 && customer != 3 && customer != 5)
		return site;
	sprintf(text, customer == 5 ? "2001:db8:a:8000::/49" : "2001:db8:%c::/48",
	        'a' + (int)customer);
	assert_int_equal(prefix_from_text(&site.ipv6, text, strlen(text), NULL), OK);
	return site;
}

static int write_address(char *out, unsigned customer)
{
	static const uint8_t edges[] = {0, 63, 64, 65, 127, 200, 255};
	uint32_t host = random_below(2) ? edges[random_below(7)] : random_below(30);

	if ((customer == 0 || customer == 3) && random_below(3) == 0)
		return sprintf(
		        out, "2001:db8:%c::%x", 'a' + (int)customer, (unsigned)random_below(20));
	if (customer == 5 && random_below(3) == 0)
		return sprintf(out, "2001:db8:a:8000::%x", (unsigned)random_below(20));
	if (customer == 5)
		return sprintf(out, "10.0.0.%u", 128 + (unsigned)random_below(16));
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
	return sprintf(out, "h%u.%s%s", first + (unsigned)random_below(10),
	        random_below(8) ? "" : "dyn.", domains[random_below(5) == 0 ? 3 : domain]);
}

static void write_host(char *out, unsigned customer, unsigned name_of)
{
	out += sprintf(out, "  ");
	out += write_address(out, customer);
	out += sprintf(out, ": {name: ");
	out += write_name(out, name_of);
	sprintf(out, "%s%s}\n", random_below(4) ? "" : ", ttl: 5m",
	        random_below(6) ? "" : ", forward: no");
}

/* True when another entry has the same key. */
static bool is_there(const char *all, size_t stride, unsigned count, const char *entry)
{
	size_t n = strcspn(entry + 2, " ") + 3;

	for (unsigned i = 0; i < count; i++)
		if (strncmp(all + stride * i, entry, n) == 0)
			return true;
	return false;
}

static void add_host(struct file *f, unsigned customer, unsigned at_of, unsigned name_of)
{
	char entry[100];

	write_host(entry, random_below(50) ? customer : at_of, name_of);
	if (f->host_count < HOSTS_MAX &&
	        (!is_there(f->hosts[0], sizeof *f->hosts, f->host_count, entry) ||
	                random_below(100) == 0))
		strcpy(f->hosts[f->host_count++], entry);
}

static void add_range(struct file *f, unsigned customer)
{
	static const char common[] = "  10.0.0.128/26: \"{ip}.shared.example\"\n";
	const struct random_site site = site_of(customer);

	if (f->range_count == LAYERS_MAX)
		return;
	random_range(f->ranges[f->range_count], &site);
	if ((customer == 0 || customer == 5) && random_below(5) == 0)
		strcpy(f->ranges[f->range_count], common); /* whosever it is */
	f->range_count += !is_there(
	        f->ranges[0], sizeof *f->ranges, f->range_count, f->ranges[f->range_count]);
}

static void add_delegation(struct file *f, unsigned customer)
{
	struct random_site site = site_of(customer);

	if (f->delegation_count == 3)
		return;
	if (customer == 0 && random_below(4))
		site.ipv4.bits = 26; /* without what is another's */
	random_delegation(f->delegations[f->delegation_count], &site);
	f->delegation_count += !is_there(f->delegations[0], sizeof *f->delegations,
	        f->delegation_count, f->delegations[f->delegation_count]);
}

static void remove_any(char *all, size_t stride, unsigned *count)
{
	if (*count == 0)
		return;
	unsigned at = (unsigned)random_below(*count);
	--*count;
	memmove(all + stride * at, all + stride * *count, stride);
}

static void shuffle(char *all, size_t stride, unsigned count)
{
	char swapped[RANDOM_ENTRY_MAX];

	for (unsigned i = count; i > 1; i--) {
		char *a = all + stride * (i - 1), *b = all + stride * random_below(i);
		memcpy(swapped, a, stride);
		memmove(a, b, stride);
		memcpy(b, swapped, stride);
	}
}

static void shuffle_file(struct file *f)
{
	shuffle(f->hosts[0], sizeof *f->hosts, f->host_count);
	shuffle(f->ranges[0], sizeof *f->ranges, f->range_count);
	shuffle(f->delegations[0], sizeof *f->delegations, f->delegation_count);
}

static void fill_file(struct file *f, unsigned customer)
{
	unsigned hosts = (unsigned)random_below(HOSTS_MAX);
	unsigned ranges = random_below(3) ? (unsigned)random_below(5) : 0;
	unsigned delegations = random_below(2) ? (unsigned)random_below(3) : 0;
	uint32_t kind = random_below(30);

	*f = (struct file){.has_ttl = random_below(3) == 0};
	for (unsigned i = 0; i < hosts; i++)
		add_host(f, customer, kind == 1 ? (unsigned)random_below(CUSTOMERS) : customer,
		        kind == 2 ? (unsigned)random_below(CUSTOMERS) : customer);
	for (unsigned i = 0; i < ranges; i++)
		add_range(f, customer);
	for (unsigned i = 0; i < delegations; i++)
		add_delegation(f, customer);
}

/* One entry more, or less, or another one. */
static void edit_file(struct file *f, unsigned customer)
{
	uint32_t kind = random_below(9), what = kind / 3;

	if (what == 0 && kind % 3)
		remove_any(f->hosts[0], sizeof *f->hosts, &f->host_count);
	if (what == 1 && kind % 3)
		remove_any(f->ranges[0], sizeof *f->ranges, &f->range_count);
	if (what == 2 && kind % 3)
		remove_any(f->delegations[0], sizeof *f->delegations, &f->delegation_count);
	if (kind % 3 == 2)
		return;
	if (what == 0)
		add_host(f, customer, customer, customer);
	if (what == 1)
		add_range(f, customer);
	if (what == 2)
		add_delegation(f, customer);
}

static void write_entries(
        FILE *out, const char *key, const char *all, size_t stride, unsigned count)
{
	fprintf(out, count ? "%s:\n" : "%s: {}\n", key);
	for (unsigned i = 0; i < count; i++)
		fputs(all + stride * i, out);
}

/* A customer's file, broken at times. */
static void write_customer(const struct file *f, unsigned customer, uint32_t kind)
{
	char path[32], *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	snprintf(path, sizeof path, "customers/%c.yaml", 'a' + (int)customer);
	fprintf(out, "version: %s\ncustomer: %c\n%s", kind == 0 ? "2" : "1", 'a' + (int)customer,
	        f->has_ttl ? "ttl: 2h\n" : "");
	write_entries(out, "hosts", f->hosts[0], sizeof *f->hosts, f->host_count);
	write_entries(out, "ranges", f->ranges[0], sizeof *f->ranges, f->range_count);
	write_entries(
	        out, "delegate", f->delegations[0], sizeof *f->delegations, f->delegation_count);
	if (kind == 3)
		fprintf(out, "  - broken\n");
	fclose(out);
	if (kind == 4)
		remove(path);
	else
		files_write(path, text);
	free(text);
}

static void change_file(struct world *w, unsigned customer)
{
	struct file *f = &w->files[customer];

	if (!w->is_begun || random_below(4) == 0)
		fill_file(f, customer);
	else
		edit_file(f, customer);
	if (random_below(3) == 0)
		shuffle_file(f);
	w->kinds[customer] = random_below(20);
	write_customer(f, customer, w->kinds[customer]);
}

/* Returns whether that is more than the order of entries. */
static bool change_something(struct world *w)
{
	bool is_new = !w->is_begun || random_below(6) == 0;

	if (w->is_begun && random_below(8) == 0) {
		for (unsigned i = 0; i < CUSTOMERS; i++) {
			shuffle_file(&w->files[i]);
			write_customer(&w->files[i], i, w->kinds[i]);
		}
		return false;
	}
	if (is_new)
		write_config(w->round);
	for (unsigned i = 0; i < CUSTOMERS; i++)
		if (!w->is_begun || random_below(4) == 0)
			change_file(w, i);
	return true;
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

/* Merged is as compiled; else both are shown. */
static void assert_equal_images(const struct world *w, const struct image *a, const struct image *b)
{
	char name[NAME_TEXT_MAX];

	if (a->size == b->size && memcmp(a->octets, b->octets, a->size) == 0)
		return;
	name_to_text(name, a->apex);
	print_message(
	        "round %u, zone %s, serials %u and %u\n", w->round, name, a->serial, b->serial);
	char *one = image_dump(a), *rules = image_dump_rules(a);
	printf("merged:\n%s%s", one, rules);
	free(one);
	free(rules);
	one = image_dump(b);
	rules = image_dump_rules(b);
	printf("compiled:\n%s%s", one, rules);
	fail();
}

/* What is not there any more comes out as it was. */
static void rebuild(struct world *w, struct renew *r, uint32_t zone, const struct image *image)
{
	struct zone_past past = {.is_known = true, .serial = image->serial};
	struct zone_renewal again;

	assert_int_equal(renew_zone(r, zone, &past, w->now, &again), OK);
	struct image *anew;
	assert_int_equal(image_open(&anew, again.octets, again.size), OK);
	assert_equal_images(w, image, anew);
	image_unref(anew);
	w->rebuilt++;
}

/* The images of all zones, from what is in *w and the loaded files. */
static void renew_all(struct world *w, struct config *c, const struct history *h,
        enum sameness sameness, struct image **images)
{
	bool is_same = sameness != SAME_NOTHING;
	struct renew r;

	assert_int_equal(renew_begin(&r, &c->plan, &c->barriers, h, sameness, &c->diags), OK);
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
	for (size_t i = 0; i < a.count; i++) {
		const struct fragment *x = &a.pasts[i].fragment, *y = &b.pasts[i].fragment;
		assert_int_equal(x->pair_count, y->pair_count);
		assert_int_equal(x->range_count, y->range_count);
		assert_int_equal(x->delegation_count, y->delegation_count);
		w->ranges += x->range_count;
		w->delegations += x->delegation_count;
	}
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

/* The order of entries is nothing that is served, and no reason for another serial. */
static void assert_same_image(const struct world *w, const struct image *now)
{
	const struct image *last = find_image(w, now->apex);

	assert_non_null(last);
	assert_equal_images(w, now, last);
}

static void step(struct world *w)
{
	struct image *quick_images[ZONES_MAX], *slow_images[ZONES_MAX];
	struct history none = forgetful(&w->history);
	struct config quick, slow;
	enum err quick_result, slow_result;

	bool is_change = change_something(w);
	free(files_load(&quick, &w->history, &quick_result));
	free(files_load(&slow, &none, &slow_result));
	assert_int_equal(quick_result, slow_result);
	if (quick_result == OK) {
		renew_all(w, &quick, &w->history, config_sameness(&quick), quick_images);
		renew_all(w, &slow, &none, SAME_NOTHING, slow_images);
		uint32_t count = (uint32_t)quick.plan.zone_count;
		for (uint32_t z = 0; z < count; z++) {
			assert_equal_images(w, quick_images[z], slow_images[z]);
			if (!is_change && w->is_begun)
				assert_same_image(w, quick_images[z]);
			image_unref(slow_images[z]);
		}
		w->shuffled += !is_change;
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
		w.round = round;
		files_begin();
		for (unsigned i = 0; i < STEPS; i++)
			step(&w);
		take_images(&w, NULL, 0);
		history_free(&w.history);
		w.is_begun = false;
		files_end();
	}
	print_message("merged %u, compiled %u, same %u, rebuilt %u; refused %u, kept %u; "
	              "ranges %u, delegations %u, shuffled %u\n",
	        w.merged, w.compiled, w.same, w.rebuilt, w.refused, w.kept, w.ranges, w.delegations,
	        w.shuffled);
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
