/* SPDX-License-Identifier: ISC */
#include "zone/lookup.h"

#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"
#include "zone/snapshot.h"

static struct snapshot *snapshot; /* one zone: z. */

static int make_snapshot(void **state)
{
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, "z.");
	small_plan_records(&s, "z.",
	        "a.b.c A 192.0.2.1\n*.w TXT w\nq.*.e TXT e\ncut NS ns.cut\nns.cut A 192.0.2.2\n"
	        "in.cut NS ns.cut\nd.cut DNAME x\ndn DNAME x\ndn A 192.0.2.3\nx.dn TXT occluded\n"
	        "c.x.dn NS ns.cut\naa A 192.0.2.4\n");
	snapshot = small_plan_compile(&s, NULL, 1000);
	small_plan_free(&s);
	return 0;
}

static int drop_snapshot(void **state)
{
	(void)state;
	snapshot_unref(snapshot);
	return 0;
}

/* A name on its way through the zone. */
struct walk {
	struct name name;
	struct trie_key key;
	uint8_t at[NAME_MAX_LABELS + 1];
	unsigned labels;
};

static const struct image *begin(struct walk *w, const char *text)
{
	assert_int_equal(name_from_text(&w->name, text, strlen(text)), OK);
	trie_key_from_name(&w->key, w->name.wire);
	w->labels = name_find_labels(w->at, w->name.wire);
	return snapshot->images[0];
}

static void owner_text(char *out, const struct entry *e)
{
	uint8_t labels[NAME_MAX_OCTETS];
	struct name owner;
	size_t n = image_owner_labels(snapshot->images[0], e, labels);

	assert_int_equal(name_join(&owner, labels, n, snapshot->images[0]->apex), OK);
	name_to_text(out, owner.wire);
}

static void every_name_is_of_one_kind(void **state)
{
	static const struct {
		const char *name;
		enum lookup_kind kind;
		const char *owner; /* the entry's */
		unsigned shared;   /* labels of the closest encloser, of LOOKUP_NOTHING */
	} cases[] = {
	        {"z.", LOOKUP_OWNER, "z.", 1},
	        {"A.b.C.z.", LOOKUP_OWNER, "a.b.c.z.", 4},
	        {"b.c.z.", LOOKUP_NON_TERMINAL, NULL, 3},
	        {"c.z.", LOOKUP_NON_TERMINAL, NULL, 2},
	        {"x.b.c.z.", LOOKUP_NOTHING, NULL, 3},
	        {"x.a.b.c.z.", LOOKUP_NOTHING, NULL, 4},
	        {"x.x.c.z.", LOOKUP_NOTHING, NULL, 2},
	        {"x.z.", LOOKUP_NOTHING, NULL, 1},
	        {"w.z.", LOOKUP_NON_TERMINAL, NULL, 2},
	        {"*.w.z.", LOOKUP_OWNER, "*.w.z.", 3},
	        {"*.e.z.", LOOKUP_NON_TERMINAL, NULL, 3},
	        {"x.e.z.", LOOKUP_NOTHING, NULL, 2},
	        /* the beginning of a label is no label */
	        {"aa.z.", LOOKUP_OWNER, "aa.z.", 2},
	        {"aaa.z.", LOOKUP_NOTHING, NULL, 1},
	        {"a.z.", LOOKUP_NOTHING, NULL, 1},
	        /* the topmost cut decides */
	        {"cut.z.", LOOKUP_CUT, "cut.z.", 0},
	        {"ns.cut.z.", LOOKUP_CUT, "cut.z.", 0},
	        {"in.cut.z.", LOOKUP_CUT, "cut.z.", 0},
	        {"x.in.cut.z.", LOOKUP_CUT, "cut.z.", 0},
	        {"x.d.cut.z.", LOOKUP_CUT, "cut.z.", 0},
	        {"nothing.cut.z.", LOOKUP_CUT, "cut.z.", 0},
	        {"cu.z.", LOOKUP_NOTHING, NULL, 1},
	        {"cutt.z.", LOOKUP_NOTHING, NULL, 1},
	        /* a DNAME's owner is a name as others are */
	        {"dn.z.", LOOKUP_OWNER, "dn.z.", 2},
	        {"y.dn.z.", LOOKUP_DNAME, "dn.z.", 0},
	        {"x.dn.z.", LOOKUP_DNAME, "dn.z.", 0},
	        {"c.x.dn.z.", LOOKUP_DNAME, "dn.z.", 0},
	};
	struct lookup found;
	struct walk w;
	char text[NAME_TEXT_MAX];
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct image *image = begin(&w, cases[i].name);
		lookup_name(&found, image, &w.key, w.name.wire, w.at, w.labels);
		if (found.kind != cases[i].kind)
			print_message("%s\n", cases[i].name);
		assert_int_equal(found.kind, cases[i].kind);
		if (cases[i].owner) {
			owner_text(text, &found.entry);
			assert_string_equal(text, cases[i].owner);
		}
		if (cases[i].kind == LOOKUP_NOTHING)
			assert_int_equal(found.shared_labels, cases[i].shared);
	}
}

/* RFC 4592 3.3.1. */
static void the_source_of_synthesis_is_below_the_closest_encloser(void **state)
{
	static const struct {
		const char *name, *source; /* NULL: there is none */
		enum lookup_kind kind;
	} cases[] = {
	        {"q.w.z.", "*.w.z.", LOOKUP_OWNER},
	        {"r.q.w.z.", "*.w.z.", LOOKUP_OWNER},
	        {"q.*.w.z.", NULL, LOOKUP_OWNER},
	        {"q.e.z.", "", LOOKUP_NON_TERMINAL},
	        {"q.z.", NULL, LOOKUP_OWNER},
	        {"q.b.c.z.", NULL, LOOKUP_OWNER},
	};
	struct lookup found, wildcard;
	struct walk w;
	char text[NAME_TEXT_MAX];
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct image *image = begin(&w, cases[i].name);
		lookup_name(&found, image, &w.key, w.name.wire, w.at, w.labels);
		assert_int_equal(found.kind, LOOKUP_NOTHING);
		bool is_there = lookup_wildcard(
		        &wildcard, image, w.name.wire, w.at, w.labels, found.shared_labels);
		assert_int_equal(is_there, cases[i].source != NULL);
		if (!is_there)
			continue;
		assert_int_equal(wildcard.kind, cases[i].kind);
		if (wildcard.kind == LOOKUP_OWNER) {
			owner_text(text, &wildcard.entry);
			assert_string_equal(text, cases[i].source);
		}
	}
}

/* Two octets more than a name has room for: there can be no such wildcard. */
static void a_wildcard_that_would_be_too_long_is_none(void **state)
{
	struct small_plan s;
	struct lookup found;
	struct walk w;
	struct snapshot *kept = snapshot;
	char label[64], text[NAME_TEXT_MAX];
	(void)state;

	memset(label, 'l', 63);
	label[63] = 0;
	small_plan_init(&s);
	small_plan_zone(&s, "z.");
	snprintf(text, sizeof text, "%s.%s.%s.%.59s A 192.0.2.1\n* TXT w\n", label, label, label,
	        label);
	small_plan_records(&s, "z.", text);
	snapshot = small_plan_compile(&s, NULL, 1000);
	small_plan_free(&s);
	snprintf(text, sizeof text, "%s.%s.%s.%.59s.z.", label, label, label, label);
	const struct image *image = begin(&w, text);
	assert_int_equal(w.name.len, 255);
	lookup_name(&found, image, &w.key, w.name.wire, w.at, w.labels);
	assert_int_equal(found.kind, LOOKUP_OWNER);
	assert_false(lookup_wildcard(&found, image, w.name.wire, w.at, w.labels, w.labels));
	snapshot_unref(snapshot);
	snapshot = kept;
}

static void glue_is_found_exactly_and_occluded_too(void **state)
{
	static const struct {
		const char *name;
		bool is_there;
	} cases[] = {{"ns.cut.z.", true}, {"NS.cut.Z.", true}, {"cut.z.", true}, {"z.", true},
	        {"x.ns.cut.z.", false}, {"n.cut.z.", false}, {"c.z.", false}, {"q.w.z.", false},
	        {"x.dn.z.", true}};
	struct entry entry;
	struct walk w;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct image *image = begin(&w, cases[i].name);
		assert_int_equal(
		        lookup_exact(&entry, image, &w.key, w.name.wire), cases[i].is_there);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_name_is_of_one_kind),
	        cmocka_unit_test(the_source_of_synthesis_is_below_the_closest_encloser),
	        cmocka_unit_test(a_wildcard_that_would_be_too_long_is_none),
	        cmocka_unit_test(glue_is_found_exactly_and_occluded_too),
	};

	return cmocka_run_group_tests(tests, make_snapshot, drop_snapshot);
}
