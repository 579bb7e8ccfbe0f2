/* SPDX-License-Identifier: ISC */
/* The images of a start, opened by several threads: all of them, large and small, in their order;
 * and of those that cannot be used the first is named, whichever thread came upon it. */
#include "server/restore.h"

#include <unistd.h>

#include "tests/help/small_plan.h"
#include "tests/unit/state_rig.h"

#define ZONES 60U
#define LARGE 7U   /* every so many has many hosts */
#define HOSTS 900U /* of a large one */

/* Zones 10.0.0.0/16, 10.1.0.0/16, ... in a state folder, and a manifest of them. */
static void make_state(struct state *s, struct manifest *m)
{
	struct small_plan plan;
	char text[NAME_TEXT_MAX];

	small_plan_init(&plan);
	for (unsigned i = 0; i < ZONES; i++) {
		snprintf(text, sizeof text, "10.%u.0.0/16", i);
		small_plan_zone(&plan, text);
		for (unsigned k = 0; k < (i % LARGE ? 1 : HOSTS); k++) {
			char name[64];
			snprintf(text, sizeof text, "10.%u.%u.%u", i, k / 256, k % 256);
			snprintf(name, sizeof name, "host-number-%u.zone-%u.test.", k, i);
			small_plan_pair(&plan, text, name, 60, 0);
		}
	}
	struct snapshot *snapshot = small_plan_compile(&plan, NULL, 1000);
	open_state(s);
	manifest_init(m);
	for (uint32_t i = 0; i < snapshot->count; i++) {
		const struct image *image = snapshot->images[i];
		name_to_text(text, image->apex);
		struct manifest_zone *z = manifest_add_zone(m, text);
		assert_non_null(z);
		z->serial = z->image_serial = image->serial;
		z->is_served = true;
		assert_int_equal(
		        state_write(s, STATE_IMAGES, image->octets, image->size, &z->image), OK);
	}
	manifest_sort(m);
	snapshot_unref(snapshot);
	small_plan_free(&plan);
}

static void all_images_are_opened_in_order(void **state)
{
	struct image *images[ZONES];
	const struct manifest_zone *lost = NULL;
	struct manifest m;
	struct state s;
	uint32_t count = 0;
	size_t large = 0;
	char name[NAME_TEXT_MAX];
	(void)state;

	make_state(&s, &m);
	m.zones[3].is_served = false;
	assert_int_equal(restore_images(images, &count, &m, &s, &lost), OK);
	assert_int_equal(count, ZONES - 1);
	for (uint32_t i = 0; i < count; i++) {
		const struct manifest_zone *z = &m.zones[i + (i >= 3)];
		name_to_text(name, images[i]->apex);
		assert_string_equal(name, z->name);
		struct digest d = digest_of(images[i]->octets, images[i]->size);
		assert_true(digest_equal(&d, &z->image));
		large += images[i]->size > 10000;
	}
	assert_true(large > 3 && large < count);
	for (uint32_t i = 0; i < count; i++) /* each goes alone */
		image_unref(images[(i * 7) % count]);
	manifest_free(&m);
	state_close(&s);
}

static void expect_lost(const struct manifest *m, const struct state *s, size_t zone, enum err e)
{
	struct image *images[ZONES];
	const struct manifest_zone *lost = NULL;
	uint32_t count = 1;

	assert_int_equal(restore_images(images, &count, m, s, &lost), e);
	assert_int_equal(count, 0);
	assert_ptr_equal(lost, &m->zones[zone]);
}

static void damage(const struct digest *d, bool is_removed)
{
	char path[64];

	path_of(path, STATE_IMAGES, d);
	if (is_removed) {
		assert_int_equal(unlink(path), 0);
		return;
	}
	FILE *f = fopen(path, "r+e");
	assert_non_null(f);
	assert_int_equal(fseek(f, -1, SEEK_END), 0);
	int last = getc(f);
	assert_int_equal(fseek(f, -1, SEEK_END), 0);
	assert_int_equal(putc(last ^ 1, f), last ^ 1);
	assert_int_equal(fclose(f), 0);
}

static void what_cannot_be_used_is_named(void **state)
{
	struct manifest m;
	struct state s;
	(void)state;

	make_state(&s, &m);
	damage(&m.zones[50].image, false);
	expect_lost(&m, &s, 50, ERR_CORRUPT);
	damage(&m.zones[49].image, true);
	m.zones[50].is_served = false;
	expect_lost(&m, &s, 49, ERR_IO);
	m.zones[49].is_served = false;
	m.zones[0].image_serial++;
	expect_lost(&m, &s, 0, ERR_RANGE);
	m.zones[0].image_serial--;
	m.zones[7].image = m.zones[8].image; /* another zone's */
	expect_lost(&m, &s, 7, ERR_CORRUPT);
	manifest_free(&m);
	state_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        IN_FOLDER(all_images_are_opened_in_order),
	        IN_FOLDER(what_cannot_be_used_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
