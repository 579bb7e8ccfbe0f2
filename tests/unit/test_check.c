/* SPDX-License-Identifier: ISC */
/* Files against files, and against what was served before. */
#include "tests/help/files.h"
#include "tests/unit/unit.h"
#include "zone/compile.h"
#include "zone/keep.h"

#define HEAD "version: 1\ndefaults: {ns: [ns1.test, ns2.test], hostmaster: h@test, ttl: 1h}\n"

static const char arpad[] =
        HEAD "zones: [192.0.2.0/24, shared.example, own.example]\n"
             "customers:\n"
             "  a: {prefixes: [192.0.2.0/26], domains: [shared.example]}\n"
             "  b: {prefixes: [192.0.2.64/26], domains: [shared.example]}\n"
             "  c: {prefixes: [192.0.2.128/26], domains: [shared.example, own.example]}\n";

/* A customer's file with these hosts. */
static void write_hosts(const char *customer, const char *hosts)
{
	char path[64], text[1000];

	snprintf(path, sizeof path, "customers/%s.yaml", customer);
	snprintf(text, sizeof text, "version: 1\ncustomer: %s\nhosts: {%s}\n", customer, hosts);
	files_write(path, text);
}

/* Load and compile; what is said; and `ADDRESS NAME [A]` of all that is served, in order. */
struct loaded {
	char *said;
	struct snapshot *snapshot;
	struct history history;
	char *served;
};

static char *list_served(const struct plan *p)
{
	char *text = NULL, addr[ADDR_TEXT_MAX], name[NAME_TEXT_MAX];
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < p->source_count; i++) {
		const struct plan_source *s = &p->sources[i];
		for (size_t k = 0; source_is_served(s) && k < s->pair_count; k++) {
			const struct addr a = pair_addr(&s->pairs[k]);
			addr_to_text(addr, &a);
			name_to_text(name, s->pairs[k].name);
			fprintf(out, "%s %s%s\n", addr, name,
			        s->pairs[k].forward_zone == ZONE_NONE ? "" : " A");
		}
	}
	fclose(out);
	return text;
}

static struct loaded load(const struct loaded *last)
{
	const struct history *h = last ? &last->history : NULL;
	struct loaded l;
	struct config c;
	enum err e;

	l.said = files_load(&c, h, &e);
	assert_int_equal(e, OK);
	assert_int_equal(plan_recall_all(&c.plan, &c.barriers, h, &c.diags), OK);
	l.served = list_served(&c.plan);
	assert_int_equal(
	        compile_plan(&l.snapshot, &c.plan, last ? last->snapshot : NULL, 1000), OK);
	assert_int_equal(history_of_plan(&l.history, &c.plan, &c.digest), OK);
	config_free(&c);
	return l;
}

static void drop(struct loaded *l)
{
	free(l->said);
	free(l->served);
	snapshot_unref(l->snapshot);
	history_free(&l->history);
}

/* Load behind `last`, and see what is said and served. */
static void expect(const struct loaded *last, const char *said, const char *served)
{
	struct loaded l = load(last);

	assert_string_equal(l.said, said);
	assert_string_equal(l.served, served);
	drop(&l);
}

static void the_first_in_arpad_yaml_gets_a_contested_name(void **state)
{
	(void)state;
	files_write("arpad.yaml", arpad);
	write_hosts("a", "192.0.2.1: x.shared.example");
	write_hosts("b", "192.0.2.65: x.shared.example, 192.0.2.66: y.shared.example");
	write_hosts("c", "192.0.2.129: y.shared.example, 192.0.2.130: z.own.example");
	/* b is refused, so y is free for c */
	expect(NULL,
	        "customers/b.yaml:3:9: error: x.shared.example. is published by customer a "
	        "already, at customers/a.yaml:3:9; choose another name [conflict-name]\n",
	        "192.0.2.1 x.shared.example. A\n"
	        "192.0.2.129 y.shared.example. A\n192.0.2.130 z.own.example. A\n");
}

static void who_held_a_name_keeps_it(void **state)
{
	(void)state;
	files_write("arpad.yaml", arpad);
	write_hosts("a", "192.0.2.1: a.shared.example");
	write_hosts("b", "192.0.2.65: x.shared.example");
	write_hosts("c", "");
	struct loaded last = load(NULL);
	assert_string_equal(last.said, "");
	write_hosts("a", "192.0.2.1: x.shared.example, 192.0.2.2: new.shared.example");
	expect(&last,
	        "customers/a.yaml:3:9: error: x.shared.example. is published by customer b "
	        "already, at customers/b.yaml:3:9; choose another name [conflict-name]\n",
	        "192.0.2.1 a.shared.example. A\n192.0.2.65 x.shared.example. A\n");
	/* b gives it up: then a may have it */
	write_hosts("b", "192.0.2.65: other.shared.example");
	expect(&last, "",
	        "192.0.2.1 x.shared.example. A\n192.0.2.2 new.shared.example. A\n"
	        "192.0.2.65 other.shared.example. A\n");
	/* b gives it up in a file that is refused: b keeps it */
	write_hosts("b", "192.0.2.65: other.shared.example, 192.0.3.1: x.test");
	expect(&last,
	        "customers/b.yaml:3:43: error: 192.0.3.1 is outside b's prefixes (192.0.2.64/26) "
	        "[scope]\n"
	        "customers/a.yaml:3:9: error: x.shared.example. is published by customer b "
	        "already, from customers/b.yaml as it was before its mistakes; choose another "
	        "name [conflict-name]\n",
	        "192.0.2.1 a.shared.example. A\n192.0.2.65 x.shared.example. A\n");
	drop(&last);
}

static enum err lose(void *context, struct past *past)
{
	(void)context;
	past->is_lost = true;
	return ERR_IO;
}

static void who_held_a_name_is_told_where_that_is_lost(void **state)
{
	struct config c;
	enum err e;
	(void)state;

	files_write("arpad.yaml", arpad);
	write_hosts("a", "192.0.2.1: a.shared.example");
	write_hosts("b", "192.0.2.65: x.shared.example");
	write_hosts("c", "");
	struct loaded last = load(NULL);
	write_hosts("a", "192.0.2.1: x.shared.example");
	write_hosts("b", "192.0.2.65: x.shared.example, 192.0.2.66: y.shared.example");
	history_find(&last.history, "b")->is_open = false;
	last.history.open = lose;
	char *said = files_load(&c, &last.history, &e);
	last.history.open = NULL;
	assert_int_equal(e, ERR_IO);
	assert_string_equal(said,
	        "customers/b.yaml: error: what customer b published last is lost or damaged in the "
	        "state folder; mend or touch up this file, so that it can be served without it "
	        "[state]\n"
	        "customers/b.yaml:3:9: error: x.shared.example. is published by customer a "
	        "already, at customers/a.yaml:3:9; choose another name [conflict-name]\n");
	free(said);
	config_free(&c);
	drop(&last);
}

/* b yields to a, who held x, and not to c, whose file is refused because of a. */
static void a_file_that_is_refused_takes_no_name_from_others(void **state)
{
	(void)state;
	files_write("arpad.yaml",
	        HEAD "zones: [192.0.2.0/24, shared.example, own.example]\n"
	             "customers:\n"
	             "  c: {prefixes: [192.0.2.128/26], domains: [shared.example]}\n"
	             "  b: {prefixes: [192.0.2.64/26], domains: [shared.example]}\n"
	             "  a: {prefixes: [192.0.2.0/26], domains: [shared.example]}\n");
	write_hosts("a", "192.0.2.1: x.shared.example");
	write_hosts("b", "");
	write_hosts("c", "");
	struct loaded last = load(NULL);
	write_hosts("b", "192.0.2.65: y.shared.example");
	write_hosts("c", "192.0.2.129: x.shared.example, 192.0.2.130: y.shared.example");
	expect(&last,
	        "customers/c.yaml:3:9: error: x.shared.example. is published by customer a "
	        "already, at customers/a.yaml:3:9; choose another name [conflict-name]\n",
	        "192.0.2.65 y.shared.example. A\n192.0.2.1 x.shared.example. A\n");
	drop(&last);
}

/* A name in no zone here was free for all. Once there is a zone, one of them has it. */
static void a_name_that_several_held_goes_to_the_first_in_arpad_yaml(void **state)
{
	static const char conflict[] =
	        "customers/b.yaml: warning: 1 of the entries that this file published last are "
	        "served no more: zones, records, prefixes or domains of arpad.yaml have changed "
	        "[kept-dropped]\n"
	        "customers/b.yaml:3:9: error: x.shared.example. is published by customer a "
	        "already, at customers/a.yaml:3:9; choose another name [conflict-name]\n";
	static const char served[] =
	        "192.0.2.1 x.shared.example. A\n192.0.2.66 b.shared.example. A\n";
	(void)state;

	files_write("arpad.yaml",
	        HEAD "zones: [192.0.2.0/24, own.example]\n"
	             "customers:\n"
	             "  a: {prefixes: [192.0.2.0/26], domains: [shared.example]}\n"
	             "  b: {prefixes: [192.0.2.64/26], domains: [shared.example]}\n"
	             "  c: {prefixes: [192.0.2.128/26], domains: [shared.example]}\n");
	write_hosts("a", "192.0.2.1: x.shared.example");
	write_hosts("b", "192.0.2.65: x.shared.example, 192.0.2.66: b.shared.example");
	write_hosts("c", "");
	struct loaded last = load(NULL);
	assert_string_equal(last.said, "");
	files_write("arpad.yaml", arpad);
	expect(&last, conflict, served);
	struct loaded next = load(&last);
	expect(&next, conflict + strcspn(conflict, "\n") + 1, served); /* dropped once */
	drop(&next);
	/* neither file is good: the same */
	files_write("customers/b.yaml", "version: 2\ncustomer: b\n");
	files_write("customers/a.yaml", "version: 2\ncustomer: a\n");
	next = load(&last);
	assert_string_equal(next.served, served);
	drop(&next);
	drop(&last);
}

static void a_refused_file_keeps_what_it_published(void **state)
{
	(void)state;
	files_write("arpad.yaml", arpad);
	write_hosts("a", "192.0.2.1: a.shared.example, 192.0.2.2: {name: b.shared.example, "
	                 "forward: no}, 192.0.2.3: [e.test, f.test]");
	write_hosts("b", "192.0.2.65: x.shared.example");
	write_hosts("c", "192.0.2.130: z.own.example");
	struct loaded last = load(NULL);
	files_write("customers/a.yaml", "version: 2\ncustomer: a\n");
	files_remove("customers/b.yaml");
	write_hosts("c", "192.0.2.131: new.own.example");
	struct loaded next = load(&last);
	assert_string_equal(next.said,
	        "customers/a.yaml:1:10: error: version 2 is not known; write `version: 1` "
	        "[version]\n"
	        "customers/b.yaml: error: the file is gone; its last pairs stay served: to remove "
	        "them, remove the customer from arpad.yaml [vanished]\n");
	assert_string_equal(next.served,
	        "192.0.2.1 a.shared.example. A\n192.0.2.2 b.shared.example.\n"
	        "192.0.2.3 e.test.\n192.0.2.3 f.test.\n"
	        "192.0.2.65 x.shared.example. A\n192.0.2.131 new.own.example. A\n");
	/* the zone of what did not change keeps its image */
	assert_ptr_equal(next.snapshot->images[2], last.snapshot->images[2]);
	/* today's arpad.yaml decides: a lost the domain, b is gone */
	files_write("arpad.yaml", HEAD "zones: [192.0.2.0/24, shared.example]\ncustomers:\n"
	                               "  a: {prefixes: [192.0.2.0/26]}\n");
	expect(&next,
	        "customers/a.yaml: warning: 1 of the entries that this file published last are "
	        "served no more: zones, records, prefixes or domains of arpad.yaml have changed "
	        "[kept-dropped]\n"
	        "customers/a.yaml:1:10: error: version 2 is not known; write `version: 1` "
	        "[version]\n",
	        "192.0.2.2 b.shared.example.\n192.0.2.3 e.test.\n192.0.2.3 f.test.\n");
	drop(&next);
	drop(&last);
}

static const char whole_block[] =
        HEAD "zones: [192.0.2.0/24, shared.example]\n"
             "customers:\n"
             "  a: {prefixes: [192.0.2.0/25], domains: [shared.example]}\n"
             "  b: {prefixes: [192.0.2.128/25], domains: [shared.example]}\n";

/* A part of a block goes to somebody new: what stood there was not his, and cannot be held against
 * whom it belonged to. */
static void a_new_customer_inherits_nothing(void **state)
{
	(void)state;
	files_write("arpad.yaml", whole_block);
	write_hosts("a", "192.0.2.1: x.shared.example, 192.0.2.17: out.test, 192.0.2.18: "
	                 "y.shared.example");
	write_hosts("b", "");
	struct loaded last = load(NULL);
	files_write("arpad.yaml",
	        HEAD "zones: [192.0.2.0/24, shared.example]\n"
	             "customers:\n"
	             "  new: {prefixes: [192.0.2.16/28], domains: [shared.example]}\n"
	             "  a: {prefixes: [192.0.2.0/25], domains: [shared.example]}\n"
	             "  b: {prefixes: [192.0.2.128/25], domains: [shared.example]}\n");
	/* a's file is as it was, new's is not there yet */
	expect(&last,
	        "customers/a.yaml: warning: 2 of the entries that this file published last are "
	        "served no more: zones, records, prefixes or domains of arpad.yaml have changed "
	        "[kept-dropped]\n"
	        "customers/a.yaml:3:38: error: 192.0.2.17 lies in 192.0.2.16/28, the block of "
	        "customer new; it belongs into that customer's file [scope]\n"
	        "customers/a.yaml:3:60: error: 192.0.2.18 lies in 192.0.2.16/28, the block of "
	        "customer new; it belongs into that customer's file [scope]\n"
	        "customers/new.yaml: warning: there is no such file yet; nothing is served for "
	        "customer new [missing-file]\n",
	        "192.0.2.1 x.shared.example. A\n");
	/* a takes his name along; new's file is bad, but that is new's affair */
	write_hosts("a", "192.0.2.1: x.shared.example, 192.0.2.2: y.shared.example");
	write_hosts("new", "192.0.2.1: z.test");
	expect(&last,
	        "customers/new.yaml:3:9: error: 192.0.2.1 is outside new's prefixes "
	        "(192.0.2.16/28) [scope]\n",
	        "192.0.2.1 x.shared.example. A\n192.0.2.2 y.shared.example. A\n");
	/* the address was a's, so the name is, too */
	write_hosts("new", "192.0.2.18: y.shared.example");
	expect(&last,
	        "customers/new.yaml:3:9: error: y.shared.example. is published by customer a "
	        "already, at customers/a.yaml:3:38; choose another name [conflict-name]\n",
	        "192.0.2.1 x.shared.example. A\n192.0.2.2 y.shared.example. A\n");
	/* unless a gives it up */
	write_hosts("a", "192.0.2.1: x.shared.example");
	expect(&last, "", "192.0.2.18 y.shared.example. A\n192.0.2.1 x.shared.example. A\n");
	drop(&last);
}

static void customers_who_swap_blocks_do_not_swap_names(void **state)
{
	(void)state;
	files_write("arpad.yaml", whole_block);
	write_hosts("a", "192.0.2.1: x.shared.example, 192.0.2.17: out.test");
	write_hosts("b", "192.0.2.129: z.shared.example");
	struct loaded last = load(NULL);
	files_write("arpad.yaml",
	        HEAD "zones: [192.0.2.0/24, shared.example]\n"
	             "customers:\n"
	             "  a: {prefixes: [192.0.2.128/25], domains: [shared.example]}\n"
	             "  b: {prefixes: [192.0.2.0/25], domains: [shared.example]}\n");
	write_hosts("a", "192.0.9.1: x.test");
	write_hosts("b", "192.0.9.1: x.test");
	expect(&last,
	        "customers/a.yaml: warning: 2 of the entries that this file published last are "
	        "served no more: zones, records, prefixes or domains of arpad.yaml have changed "
	        "[kept-dropped]\n"
	        "customers/a.yaml:3:9: error: 192.0.9.1 is outside a's prefixes (192.0.2.128/25) "
	        "[scope]\n"
	        "customers/b.yaml: warning: 1 of the entries that this file published last are "
	        "served no more: zones, records, prefixes or domains of arpad.yaml have changed "
	        "[kept-dropped]\n"
	        "customers/b.yaml:3:9: error: 192.0.9.1 is outside b's prefixes (192.0.2.0/25) "
	        "[scope]\n",
	        "");
	drop(&last);
}

static void a_name_has_as_many_addresses_as_a_message_holds(void **state)
{
	char *hosts = malloc(1 << 20);
	(void)state;

	files_write("arpad.yaml", HEAD "zones: [10.0.0.0/8, big.example]\n"
	                               "customers: {a: {prefixes: [10.0.0.0/8], "
	                               "domains: [big.example]}}\n");
	for (unsigned count = 4000; count <= 4001; count++) {
		char *p = hosts + sprintf(hosts, "version: 1\ncustomer: a\nhosts:\n");
		for (unsigned i = 0; i < count; i++)
			p += sprintf(p, "  10.0.%u.%u: n.big.example\n", i / 256, i % 256);
		files_write("customers/a.yaml", hosts);
		struct loaded l = load(NULL);
		assert_string_equal(l.said,
		        count == 4000 ? ""
		                      : "customers/a.yaml:4004:3: error: n.big.example. has more "
		                        "than 4000 addresses here, and a message of DNS holds no "
		                        "more; use several names [rrset-size]\n");
		drop(&l);
	}
	free(hosts);
}

/* The operator's records are his, at whose address ever. */
static void the_operators_ptr_is_not_kept(void **state)
{
	static const char with[] = HEAD "zones: [{prefix: 192.0.2.0/24, records: [1 PTR Op.else., "
	                                "2 PTR two.else.]}]\n"
	                                "customers: {a: {prefixes: [192.0.2.0/26]}}\n";
	static const char without[] = HEAD "zones: [192.0.2.0/24]\n"
	                                   "customers: {a: {prefixes: [192.0.2.0/26]}}\n";
	(void)state;

	files_write("arpad.yaml", with);
	write_hosts("a", "192.0.2.1: mine.else");
	struct loaded last = load(NULL);
	assert_string_equal(last.served, "192.0.2.1 mine.else.\n");
	files_write("arpad.yaml", without);
	files_write("customers/a.yaml", "version: 2\ncustomer: a\n");
	struct loaded next = load(&last);
	assert_string_equal(next.served, "192.0.2.1 mine.else.\n");
	drop(&next);
	drop(&last);
}

static void a_file_that_was_never_there_is_a_warning(void **state)
{
	(void)state;
	files_write("arpad.yaml", arpad);
	write_hosts("a", "");
	write_hosts("c", "");
	files_remove("customers/a.yaml");
	expect(NULL,
	        "customers/a.yaml: warning: there is no such file yet; nothing is served for "
	        "customer a [missing-file]\n"
	        "customers/b.yaml: warning: there is no such file yet; nothing is served for "
	        "customer b [missing-file]\n",
	        "");
}

static void all_mistakes_of_a_file_are_told_in_one_run(void **state)
{
	(void)state;
	files_write("arpad.yaml", arpad);
	write_hosts("a", "192.0.2.1: -, 192.0.9.9: x.test, 192.0.2.2: y.own.example");
	write_hosts("b", "");
	write_hosts("c", "");
	expect(NULL,
	        "customers/a.yaml:3:20: error: - is not a host name; its labels are letters, "
	        "digits and inner hyphens [name-host]\n"
	        "customers/a.yaml:3:23: error: 192.0.9.9 is outside a's prefixes (192.0.2.0/26) "
	        "[scope]\n"
	        "customers/a.yaml:3:42: error: y.own.example. lies in own.example., a domain of "
	        "customer c and not of a; write `forward: no` for the PTR alone [scope-name]\n",
	        "");
}

/* However many of a customer's pairs do not lead a name here: nobody looks at all of them for each
 * pair of another customer who wants the name. */
static void one_pair_tells_whether_a_name_was_held(void **state)
{
	struct name x, y;
	bool holds;
	(void)state;

	files_write("arpad.yaml", arpad);
	write_hosts("a", "192.0.2.1: {name: x.shared.example, forward: no}, "
	                 "192.0.2.2: {name: x.shared.example, forward: no}, "
	                 "192.0.2.3: x.shared.example, "
	                 "192.0.2.4: {name: y.shared.example, forward: no}");
	write_hosts("b", "");
	write_hosts("c", "");
	struct loaded l = load(NULL);
	struct past *past = history_find(&l.history, "a");
	assert_int_equal(name_from_text(&x, "x.shared.example.", 17), OK);
	assert_int_equal(name_from_text(&y, "y.shared.example.", 17), OK);
	assert_int_equal(past_holds(&holds, &l.history, past, x.wire), OK);
	assert_true(holds);
	assert_int_equal(past_holds(&holds, &l.history, past, y.wire), OK);
	assert_false(holds);
	assert_int_equal(past->by_name[0], 2); /* of all of x, the one that leads it here */
	drop(&l);
}

/* As at the first start: there is no list at all, and bsearch() must not be given one. */
static void an_empty_history_has_nobody(void **state)
{
	const struct history none = {0};
	(void)state;

	assert_null(history_find(&none, "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(the_first_in_arpad_yaml_gets_a_contested_name,
	                files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                who_held_a_name_keeps_it, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                who_held_a_name_is_told_where_that_is_lost, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(a_file_that_is_refused_takes_no_name_from_others,
	                files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                a_name_that_several_held_goes_to_the_first_in_arpad_yaml, files_set_up,
	                files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                a_refused_file_keeps_what_it_published, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                a_new_customer_inherits_nothing, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                customers_who_swap_blocks_do_not_swap_names, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(a_name_has_as_many_addresses_as_a_message_holds,
	                files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                the_operators_ptr_is_not_kept, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                a_file_that_was_never_there_is_a_warning, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                all_mistakes_of_a_file_are_told_in_one_run, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                one_pair_tells_whether_a_name_was_held, files_set_up, files_tear_down),
	        cmocka_unit_test(an_empty_history_has_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
