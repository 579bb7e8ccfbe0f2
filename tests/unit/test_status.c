/* SPDX-License-Identifier: ISC */
#include "server/status.h"

#include "tests/unit/unit.h"
#include "zone/rr.h"

/* What was written; free() it. */
struct sheet {
	char *text;
	size_t n;
	FILE *out;
};

static FILE *begin(struct sheet *s)
{
	s->out = open_memstream(&s->text, &s->n);
	assert_non_null(s->out);
	return s->out;
}

static void end(struct sheet *s, const char *is)
{
	assert_int_equal(fclose(s->out), 0);
	assert_string_equal(s->text, is);
	assert_null(strchr(s->text, '\n'));
	free(s->text);
}

static const struct status_zone zones[] = {
        {"2.0.192.in-addr.arpa.", 4294967295U, 120, 1795511363},
        {"acme.example.", 7, 3, 0},
};

static const struct status_customer customers[] = {
        {"acme", "customers/acme.yaml", CUSTOMER_GOOD, 5, 10, 4},
        {"bad \"one\"\n", "customers/\xff.yaml", CUSTOMER_REFUSED, 1795511364, 3, 0},
        {"later", "customers/later.yaml", CUSTOMER_MISSING, 6, 0, 0},
        {"gone", "customers/gone.yaml", CUSTOMER_VANISHED, 7, 1, 2},
};

static const struct status_change changes[] = {
        {"a.", true, true, 1, 2},
        {"b.", false, true, 0, 3},
        {"c.", true, false, 4, 0},
};

#define ZONES                                                                                      \
	"[{\"name\":\"2.0.192.in-addr.arpa.\",\"serial\":4294967295,\"names\":120,"                \
	"\"changed\":1795511363},{\"name\":\"acme.example.\",\"serial\":7,\"names\":3,"            \
	"\"changed\":0}]"
#define GOOD                                                                                       \
	"{\"name\":\"acme\",\"file\":\"customers/acme.yaml\",\"state\":\"good\",\"since\":5,"      \
	"\"pairs\":10,\"layers\":4},"
#define NOT_GOOD                                                                                   \
	"{\"name\":\"bad \\\"one\\\"\\u000a\",\"file\":\"customers/\\ufffd.yaml\","                \
	"\"state\":\"refused\",\"since\":1795511364,\"pairs\":3,\"layers\":0},"                    \
	"{\"name\":\"later\",\"file\":\"customers/later.yaml\",\"state\":\"missing\",\"since\":6," \
	"\"pairs\":0,\"layers\":0},{\"name\":\"gone\",\"file\":\"customers/gone.yaml\","           \
	"\"state\":\"vanished\",\"since\":7,\"pairs\":1,\"layers\":2}"

static void status_says_everything(void **state)
{
	struct status s = {.version = "0.1",
	        .now = 1795511400,
	        .started = 1795511300,
	        .published = 1795511363,
	        .pid = 42,
	        .generation = 7,
	        .pairs = 14,
	        .state_folder = "/etc/arpad/state",
	        .zones = zones,
	        .zone_count = ARRAY_LENGTH(zones),
	        .customers = customers,
	        .customer_count = ARRAY_LENGTH(customers),
	        .is_waiting = true};
	struct sheet sheet;
	(void)state;

	status_print(&s, begin(&sheet));
	end(&sheet,
	        "{\"ok\":true,\"version\":\"0.1\",\"pid\":42,\"started\":1795511300,"
	        "\"now\":1795511400,\"generation\":7,\"published\":1795511363,\"pairs\":14,"
	        "\"state\":\"/etc/arpad/state\",\"zones\":" ZONES ",\"customers\":[" GOOD NOT_GOOD
	        "],\"reload\":{\"running\":false,\"waiting\":true,\"last\":null}}");
	s.reload = &(struct status_reload){.result = RELOAD_UNCHANGED, .at = 9, .took_ms = 1};
	s.is_reloading = true;
	s.is_waiting = false;
	s.zone_count = s.customer_count = 0;
	status_print(&s, begin(&sheet));
	end(&sheet, "{\"ok\":true,\"version\":\"0.1\",\"pid\":42,\"started\":1795511300,"
	            "\"now\":1795511400,\"generation\":7,\"published\":1795511363,\"pairs\":14,"
	            "\"state\":\"/etc/arpad/state\",\"zones\":[],\"customers\":[],"
	            "\"reload\":{\"running\":true,\"waiting\":false,\"last\":{\"result\":"
	            "\"unchanged\",\"at\":9,\"took_ms\":1,\"generation\":0,\"files_read\":0,"
	            "\"files_parsed\":0,\"zones_merged\":0,\"zones_compiled\":0,\"changed\":[],"
	            "\"diagnostics\":[]}}}");
}

static void zones_are_those_of_status(void **state)
{
	struct status s = {.zones = zones, .zone_count = ARRAY_LENGTH(zones)};
	struct sheet sheet;
	(void)state;

	status_print_zones(&s, begin(&sheet));
	end(&sheet, "{\"ok\":true,\"zones\":" ZONES "}");
}

static void a_reload_says_what_changed_and_what_is_wrong(void **state)
{
	struct diag_list diags;
	struct status_reload r = {.result = RELOAD_PUBLISHED,
	        .at = 1795511363,
	        .took_ms = 35,
	        .generation = 8,
	        .files_read = 300,
	        .files_parsed = 1,
	        .zones_merged = 2,
	        .zones_compiled = 3,
	        .changes = changes,
	        .change_count = ARRAY_LENGTH(changes),
	        .diags = &diags};
	struct sheet sheet;
	(void)state;

	diag_init(&diags);
	diag_error(&diags, ((struct place){"b.yaml", 4, 3}), "scope", "two\nlines");
	diag_warning(&diags, ((struct place){NULL, 0, 0}), "many-ptr", "x");
	status_print_reload(&r, customers, ARRAY_LENGTH(customers), begin(&sheet));
	end(&sheet,
	        "{\"ok\":true,\"reload\":{\"result\":\"published\",\"at\":1795511363,"
	        "\"took_ms\":35,\"generation\":8,\"files_read\":300,\"files_parsed\":1,"
	        "\"zones_merged\":2,\"zones_compiled\":3,\"changed\":["
	        "{\"zone\":\"a.\",\"was\":1,\"serial\":2},{\"zone\":\"b.\",\"was\":null,\"serial\":"
	        "3},{\"zone\":\"c.\",\"was\":4,\"serial\":null}],\"diagnostics\":["
	        " {\"file\": \"b.yaml\", \"line\": 4, \"column\": 3, \"severity\": \"error\", "
	        "\"text\": \"two\\u000alines\", \"rule\": \"scope\"},"
	        " {\"file\": null, \"line\": 0, \"column\": 0, \"severity\": \"warning\", "
	        "\"text\": \"x\", \"rule\": \"many-ptr\"}]},\"customers\":[" NOT_GOOD "]}");
	diag_free(&diags);
}

static void a_reload_that_changed_nothing_says_why(void **state)
{
	static const struct {
		enum status_result result;
		const char *error, *is;
	} cases[] = {
	        {RELOAD_REFUSED, NULL, "{\"ok\":false,\"reload\":{\"result\":\"refused\""},
	        {RELOAD_FAILED, "disk \"full\"", "{\"ok\":false,\"reload\":{\"result\":\"failed\""},
	};
	char all[400];
	struct sheet sheet;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct status_reload r = {.result = cases[i].result, .error = cases[i].error};
		snprintf(all, sizeof all,
		        "%s,\"at\":0,\"took_ms\":0,\"generation\":0%s,\"files_read\":0,"
		        "\"files_parsed\":0,\"zones_merged\":0,\"zones_compiled\":0,\"changed\":[],"
		        "\"diagnostics\":[]},\"customers\":[]}",
		        cases[i].is, cases[i].error ? ",\"error\":\"disk \\\"full\\\"\"" : "");
		status_print_reload(&r, NULL, 0, begin(&sheet));
		end(&sheet, all);
	}
}

static void stats_leave_out_types_and_rcodes_that_did_not_come(void **state)
{
	struct counters c = {0};
	struct sheet sheet;
	(void)state;

	status_print_stats(&c, begin(&sheet));
	end(&sheet, "{\"ok\":true,\"queries\":{\"udp\":0,\"tcp\":0},\"answers\":{\"positive\":0,"
	            "\"nodata\":0,\"nxdomain\":0,\"referral\":0,\"refused\":0,\"error\":0,"
	            "\"none\":0},\"types\":{},\"rcodes\":{},\"unsent\":0,\"connections\":0,"
	            "\"turned_away\":0}");
	counter_add(&c.queries[TRANSPORT_UDP], UINT64_MAX);
	counter_add(&c.queries[TRANSPORT_TCP], 2);
	for (unsigned i = 0; i <= ANSWER_ERROR; i++)
		counter_add(&c.answers[i], i + 10);
	counter_add(&c.types[RR_PTR], 3);
	counter_add(&c.types[1], 4);
	counter_add(&c.types[200], 5);
	counter_add(&c.types[COUNTERS_TYPE_OTHER], 6);
	counter_add(&c.rcodes[0], 7);
	counter_add(&c.rcodes[3], 8);
	counter_add(&c.rcodes[16], 9);
	counter_add(&c.unsent, 20);
	counter_add(&c.connections, 21);
	counter_add(&c.turned_away, 22);
	status_print_stats(&c, begin(&sheet));
	end(&sheet, "{\"ok\":true,\"queries\":{\"udp\":18446744073709551615,\"tcp\":2},"
	            "\"answers\":{\"positive\":11,\"nodata\":12,\"nxdomain\":13,\"referral\":14,"
	            "\"refused\":15,\"error\":16,\"none\":10},\"types\":{\"A\":4,\"PTR\":3,"
	            "\"TYPE200\":5,\"other\":6},\"rcodes\":{\"NOERROR\":7,\"NXDOMAIN\":8,"
	            "\"BADVERS\":9},\"unsent\":20,\"connections\":21,\"turned_away\":22}");
}

static void the_short_answers(void **state)
{
	struct sheet sheet;
	(void)state;

	status_print_ok(begin(&sheet));
	end(&sheet, "{\"ok\":true}");
	status_print_error("no \\ room\n", begin(&sheet));
	end(&sheet, "{\"ok\":false,\"error\":\"no \\\\ room\\u000a\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(status_says_everything),
	        cmocka_unit_test(zones_are_those_of_status),
	        cmocka_unit_test(a_reload_says_what_changed_and_what_is_wrong),
	        cmocka_unit_test(a_reload_that_changed_nothing_says_why),
	        cmocka_unit_test(stats_leave_out_types_and_rcodes_that_did_not_come),
	        cmocka_unit_test(the_short_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
