/* SPDX-License-Identifier: ISC */
#include "tools/status_text.h"

#include <time.h>

#include "tests/unit/unit.h"

static json_t *parse(const char *text)
{
	json_t *json = json_loads(text, 0, NULL);

	assert_non_null(json);
	return json;
}

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
	free(s->text);
}

static int use_utc(void **state)
{
	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	return 0;
}

#define CUSTOMERS                                                                                  \
	"\"customers\":[{\"name\":\"acme\",\"file\":\"customers/acme.yaml\",\"state\":\"good\","   \
	"\"since\":1,\"pairs\":10},{\"name\":\"bakery\",\"file\":\"customers/bakery.yaml\","       \
	"\"state\":\"refused\",\"since\":1795521791,\"pairs\":3,\"layers\":0},{\"name\":\"new\","  \
	"\"file\":"                                                                                \
	"\"customers/new.yaml\",\"state\":\"missing\",\"since\":1795521791,\"pairs\":0}]"
#define LAST                                                                                       \
	"{\"result\":\"published\",\"at\":1795522201,\"took_ms\":35,\"generation\":17,"            \
	"\"files_read\":300,\"files_parsed\":1,\"zones_merged\":2,\"zones_compiled\":0,"           \
	"\"changed\":[{\"zone\":\"a.\",\"was\":1,\"serial\":2},{\"zone\":\"b.\",\"was\":null,"     \
	"\"serial\":3},{\"zone\":\"c.\",\"was\":4,\"serial\":null}],\"diagnostics\":[{\"file\":"   \
	"\"customers/bakery.yaml\",\"line\":4,\"column\":3,\"severity\":\"error\",\"text\":"       \
	"\"192.0.3.7 is outside\",\"rule\":\"scope\"},{\"file\":null,\"line\":0,\"column\":0,"     \
	"\"severity\":\"warning\",\"text\":\"x\",\"rule\":\"r\"}]}"

static void status_reads_like_a_report(void **state)
{
	json_t *json = parse(
	        "{\"ok\":true,\"version\":\"0.1\",\"pid\":1234,\"started\":1795248000,"
	        "\"now\":1795522213,\"generation\":17,\"published\":1795522201,\"pairs\":3188,"
	        "\"state\":\"/etc/arpad/state\",\"zones\":[{\"name\":\"2.0.192.in-addr.arpa.\","
	        "\"serial\":1795511363,\"names\":120,\"changed\":1795522201},{\"name\":\"a.\","
	        "\"serial\":1,\"names\":1,\"changed\":1795500000}]," CUSTOMERS
	        ",\"reload\":{\"running\":true,\"waiting\":true,\"last\":" LAST "}}");
	struct sheet sheet;
	(void)state;

	status_text_print(json, begin(&sheet));
	end(&sheet,
	        "arpad 0.1, process 1234, up 3 days 4 h, generation 17, published 12 s ago\n"
	        "3188 pairs in 2 zones; state in /etc/arpad/state\n"
	        "zones:\n"
	        "  2.0.192.in-addr.arpa.   serial 1795511363      120 names   changed 12 s ago\n"
	        "  a.                      serial 1                 1 name    changed 6 h 10 min "
	        "ago\n"
	        "customers: 1 good, 1 refused, 1 missing\n"
	        "  bakery   refused since 2026-11-24 12:03:11, its last 3 pairs stay served   "
	        "customers/bakery.yaml\n"
	        "  new      missing since 2026-11-24 12:03:11, nothing of it is served   "
	        "customers/new.yaml\n"
	        "a reload is under way, and another one is asked for\n"
	        "last reload: 2026-11-24 12:10:01, 35 ms: published generation 17; 1 of 300 files "
	        "parsed; 2 zones merged\n"
	        "  customers/bakery.yaml:4:3: error: 192.0.3.7 is outside [scope]\n"
	        "  warning: x [r]\n");
	json_decref(json);
}

static void what_stays_served_is_counted(void **state)
{
	static const struct {
		int pairs, layers;
		const char *words;
	} cases[] = {
	        {0, 0, ", nothing of it is served   "},
	        {1, 0, ", its last pair stays served   "},
	        {2, 0, ", its last 2 pairs stay served   "},
	        {0, 1, ", its last range or delegation stays served   "},
	        {0, 2, ", its last 2 ranges or delegations stay served   "},
	        {1, 1, ", its last pair and 1 range or delegation stay served   "},
	        {3, 2, ", its last 3 pairs and 2 ranges or delegations stay served   "},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		json_t *json = json_pack("{s:s,s:[{s:s,s:i,s:i}]}", "result", "x", "customers",
		        "state", "refused", "pairs", cases[i].pairs, "layers", cases[i].layers);
		struct sheet sheet;
		assert_non_null(json);
		status_text_print(json, begin(&sheet));
		assert_int_equal(fclose(sheet.out), 0);
		assert_non_null(strstr(sheet.text, cases[i].words));
		free(sheet.text);
		json_decref(json);
	}
}

static void status_lists_some_zones_and_zones_all(void **state)
{
	json_t *json = json_object(), *zones = json_array();
	struct sheet sheet;
	unsigned lines = 0;
	(void)state;

	for (unsigned i = 0; i < STATUS_ZONES_MOST + 3; i++)
		json_array_append_new(zones, json_pack("{s:s,s:i}", "name", "z.", "serial", i));
	json_object_set_new(json, "zones", zones);
	status_text_print(json, begin(&sheet));
	assert_int_equal(fclose(sheet.out), 0);
	assert_non_null(strstr(sheet.text, "serial 19 "));
	assert_null(strstr(sheet.text, "serial 20 "));
	assert_non_null(strstr(sheet.text, "\n  and 3 more: arpa zones\n"));
	free(sheet.text);
	status_text_print_zones(json, begin(&sheet));
	assert_int_equal(fclose(sheet.out), 0);
	for (const char *p = sheet.text; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, STATUS_ZONES_MOST + 3);
	free(sheet.text);
	json_decref(json);
}

static void health_is_a_line_and_a_verdict(void **state)
{
	static const struct {
		const char *json, *line;
		bool is_healthy;
	} cases[] = {
	        {"{\"generation\":1,\"pairs\":2,\"zones\":[{}],\"reload\":{\"last\":null}}",
	                "healthy: generation 1, 2 pairs in 1 zones\n", true},
	        {"{\"reload\":{\"last\":{\"result\":\"unchanged\"}},\"customers\":[{\"state\":"
	         "\"missing\"}]}",
	                "healthy: generation 0, 0 pairs in 0 zones\n", true},
	        {"{\"reload\":{\"last\":{\"result\":\"refused\"}}}",
	                "not healthy: last reload refused, for arpad.yaml has mistakes\n", false},
	        {"{\"reload\":{\"last\":{\"result\":\"failed\",\"error\":\"disk full\"}},"
	         "\"customers\":[{\"state\":\"refused\"}]}",
	                "not healthy: last reload failed: disk full; 1 of the customers' files "
	                "refused\n",
	                false},
	        {"{\"reload\":{\"last\":{\"result\":\"published\"}},\"customers\":[{\"state\":"
	         "\"refused\"},{\"state\":\"vanished\"},{\"state\":\"vanished\"}]}",
	                "not healthy: 1 of the customers' files refused; 2 of the customers' files "
	                "vanished\n",
	                false},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		json_t *json = parse(cases[i].json);
		struct sheet sheet;
		status_text_print_health(json, begin(&sheet));
		end(&sheet, cases[i].line);
		assert_int_equal(status_is_healthy(json), cases[i].is_healthy);
		json_decref(json);
	}
}

static void a_reload_tells_serials_apart_from_mistakes(void **state)
{
	json_t *json = parse("{\"ok\":true,\"reload\":" LAST "," CUSTOMERS "}");
	struct sheet out, wrong;
	(void)state;

	status_text_print_reload(json, begin(&out), begin(&wrong));
	end(&out, "a.: serial 1 -> 2\nb.: new, serial 3\nc.: gone, was serial 4\n"
	          "published generation 17; 1 of 300 files parsed; 2 zones merged; 35 ms\n");
	end(&wrong, "customers/bakery.yaml:4:3: error: 192.0.3.7 is outside [scope]\n"
	            "warning: x [r]\n"
	            "  bakery   refused since 2026-11-24 12:03:11, its last 3 pairs stay served   "
	            "customers/bakery.yaml\n"
	            "  new      missing since 2026-11-24 12:03:11, nothing of it is served   "
	            "customers/new.yaml\n");
	assert_false(status_is_reload_good(json));
	json_decref(json);
	json = parse("{\"reload\":{\"result\":\"unchanged\"},\"customers\":[]}");
	assert_true(status_is_reload_good(json));
	json_decref(json);
	json = parse("{\"reload\":{\"result\":\"failed\"},\"customers\":[]}");
	assert_false(status_is_reload_good(json));
	json_decref(json);
}

static void stats_are_lines_of_counts(void **state)
{
	json_t *json = parse("{\"queries\":{\"udp\":12,\"tcp\":3},\"answers\":{\"none\":1},"
	                     "\"types\":{\"PTR\":2,\"A\":1},\"rcodes\":{},\"unsent\":4,"
	                     "\"connections\":5,\"turned_away\":6}");
	struct sheet sheet;
	(void)state;

	status_text_print_stats(json, begin(&sheet));
	end(&sheet, "queries: udp 12, tcp 3\nanswers: none 1\ntypes: PTR 2, A 1\nrcodes: none\n"
	            "UDP answers unsent: 4\nTCP connections: 5, turned away 6\n");
	json_decref(json);
}

static void nothing_in_an_answer_commands_the_terminal(void **state)
{
#define EVIL "\"\\u001b[2J\\u009b\\u007f\\n\\r\""
	json_t *json =
	        parse("{\"version\":" EVIL ",\"state\":" EVIL ",\"zones\":[{\"name\":" EVIL "}],"
	              "\"customers\":[{\"name\":" EVIL ",\"state\":" EVIL ",\"file\":" EVIL "}],"
	              "\"now\":9223372036854775807,\"started\":-9223372036854775807,"
	              "\"reload\":{\"last\":{\"result\":" EVIL ",\"error\":" EVIL ",\"at\":"
	              "9223372036854775807,\"diagnostics\":[{\"file\":" EVIL ",\"severity\":" EVIL
	              ",\"text\":" EVIL ",\"rule\":" EVIL "}],\"changed\":[{\"zone\":" EVIL "}]}},"
	              "\"types\":{" EVIL ":1}}");
	json_t *reload = json_pack(
	        "{s:O}", "reload", json_object_get(json_object_get(json, "reload"), "last"));
	struct sheet sheet;
	(void)state;

	FILE *out = begin(&sheet);
	status_text_print(json, out);
	status_text_print_health(json, out);
	status_text_print_zones(json, out);
	status_text_print_stats(json, out);
	status_text_print_reload(reload, out, out);
	assert_int_equal(fclose(out), 0);
	assert_non_null(strstr(sheet.text, "\\x1b[2J\\xc2\\x9b\\x7f\\x0a\\x0d"));
	for (const char *p = sheet.text; *p; p++)
		assert_true(*p == '\n' || ((unsigned char)*p >= ' ' && *p != 0x7f));
	assert_null(strstr(sheet.text, "\xc2\x9b"));
	free(sheet.text);
	json_decref(reload);
	json_decref(json);
}

static void what_is_not_there_or_of_another_type_does_no_harm(void **state)
{
	static const char *const answers[] = {"{}", "{\"zones\":1,\"customers\":{},\"reload\":[]}",
	        "{\"zones\":[1,null],\"customers\":[\"x\"],\"reload\":{\"last\":{}},\"now\":\"x\"}",
	        "{\"queries\":[],\"types\":7,\"reload\":{\"changed\":[[]],\"diagnostics\":[3]}}"};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(answers); i++) {
		json_t *json = parse(answers[i]);
		struct sheet sheet;
		FILE *out = begin(&sheet);
		status_text_print(json, out);
		status_text_print_health(json, out);
		status_text_print_zones(json, out);
		status_text_print_stats(json, out);
		status_text_print_reload(json, out, out);
		assert_int_equal(fclose(out), 0);
		free(sheet.text);
		json_decref(json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(status_reads_like_a_report),
	        cmocka_unit_test(what_stays_served_is_counted),
	        cmocka_unit_test(status_lists_some_zones_and_zones_all),
	        cmocka_unit_test(health_is_a_line_and_a_verdict),
	        cmocka_unit_test(a_reload_tells_serials_apart_from_mistakes),
	        cmocka_unit_test(stats_are_lines_of_counts),
	        cmocka_unit_test(nothing_in_an_answer_commands_the_terminal),
	        cmocka_unit_test(what_is_not_there_or_of_another_type_does_no_harm),
	};

	return cmocka_run_group_tests(tests, use_utc, NULL);
}
