/* SPDX-License-Identifier: ISC */
/* tests/property/prop_renew.c - files change at random, some of them are broken; what is parsed,
 * merged and compiled because of that gives the same octets as everything read and compiled anew.
 */
#include "tests/help/files.h"
#include "tests/help/image_walk.h"
#include "tests/help/random.h"
#include "tests/help/random_files.h"
#include "tests/unit/unit.h"
#include "zone/image.h"
#include "zone/renew.h"

#define ROUNDS 130U
#define STEPS  12U

/* What is served: the images, and what the next generation begins from. */
struct world {
	struct image *images[RANDOM_ZONES_MAX];
	uint32_t count;
	struct history history;
	bool is_begun;
	time_t now;
	struct random_file files[RANDOM_CUSTOMERS];
	uint32_t kinds[RANDOM_CUSTOMERS];  /* how each is broken */
	bool is_written[RANDOM_CUSTOMERS]; /* since the last generation */
	unsigned round, shuffled;
	unsigned merged, compiled, same, refused, kept, rebuilt, ranges, delegations; /* seen */
};

static void change_file(struct world *w, unsigned customer)
{
	struct random_file *f = &w->files[customer];

	if (!w->is_begun || random_below(4) == 0)
		random_file_fill(f, customer);
	else
		random_file_edit(f, customer);
	if (random_below(3) == 0)
		random_file_shuffle(f);
	w->kinds[customer] = random_below(20);
	random_file_write(f, customer, w->kinds[customer]);
	w->is_written[customer] = true;
}

/* Returns whether that is more than the order of entries. */
static bool change_something(struct world *w)
{
	bool is_new = !w->is_begun || random_below(6) == 0;

	if (w->is_begun && random_below(8) == 0) {
		for (unsigned i = 0; i < RANDOM_CUSTOMERS; i++) {
			random_file_shuffle(&w->files[i]);
			random_file_write(&w->files[i], i, w->kinds[i]);
			w->is_written[i] = true;
		}
		return false;
	}
	if (is_new)
		random_operator_write(w->round);
	for (unsigned i = 0; i < RANDOM_CUSTOMERS; i++)
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

/* The world whose files is_untouched() is asked about: a history has no room for it. */
static const struct world *asked;
static unsigned untouched; /* files that were not read */

static bool is_untouched(void *context, const struct past *past, const char *file)
{
	unsigned customer = (unsigned)(past->customer[0] - 'a');
	char path[40];
	(void)context;

	snprintf(path, sizeof path, "customers/%s.yaml", past->customer);
	assert_string_equal(file, path);
	untouched += !asked->is_written[customer];
	return !asked->is_written[customer];
}

static void step(struct world *w)
{
	struct image *quick_images[RANDOM_ZONES_MAX], *slow_images[RANDOM_ZONES_MAX];
	struct history none = forgetful(&w->history);
	struct config quick, slow;
	enum err quick_result, slow_result;

	bool is_change = change_something(w);
	asked = w;
	w->history.is_untouched = random_below(4) ? is_untouched : NULL;
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
		memset(w->is_written, 0, sizeof w->is_written);
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
	assert_in_range(untouched, 500, UINT32_MAX);
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
