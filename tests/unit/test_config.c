/* SPDX-License-Identifier: ISC */
#include <sys/stat.h>
#include <unistd.h>

#include "tests/help/files.h"
#include "tests/unit/unit.h"

#define ZONE "defaults: {ns: [ns1.test, ns2.test], hostmaster: h@test}\n"

static void a_whole_file_is_read(void **state)
{
	struct config c;
	enum err e;
	(void)state;

	files_write("arpad.yaml",
	        "version: 1\n"
	        "server:\n"
	        "  listen: [127.0.0.1@5300, \"::1@5301\", 192.0.2.9]\n"
	        "  workers: 3\n"
	        "  state: /var/lib/arpad\n"
	        "  reload: {time: 2m, memory: 512}\n"
	        "zones:\n"
	        "  - 198.18.0.0/15\n"
	        "  - name: Test.\n"
	        "    ns: ns.else\n"
	        "    hostmaster: first.last@else\n"
	        "    soa: {mname: m.test, serial: 7, refresh: 1m, retry: 2, expire: 1d, ttl: 9}\n"
	        "    negative-ttl: 10m\n"
	        "  - {prefix: 2001:db8:8000::/35, ttl: 5m}\n"
	        "defaults:\n"
	        "  ns: [ns1.test, ns2.test]\n"
	        "  hostmaster: hostmaster.test\n"
	        "  ttl: 2h\n"
	        "customers:\n"
	        "  a: {prefixes: [198.18.0.0/16], domains: test, file: a.yaml}\n"
	        "  b: {prefixes: 2001:db8:8000::/48}\n");
	files_write("a.yaml", "version: 1\ncustomer: a\n");
	char *said = files_load(&c, NULL, &e);
	assert_string_equal(said,
	        "arpad.yaml:9:5: warning: the zone has only one name server; RFC 2182 wants two "
	        "[one-ns]\n"
	        "customers/b.yaml: warning: there is no such file yet; nothing is served for "
	        "customer b [missing-file]\n");
	assert_int_equal(e, OK);
	assert_int_equal(c.listen_count, 3);
	assert_int_equal(c.listen[1].addr.len, 16);
	assert_int_equal(c.listen[1].port, 5301);
	assert_int_equal(c.listen[2].port, 53);
	assert_int_equal(c.workers, 3);
	assert_string_equal(c.state, "/var/lib/arpad");
	assert_string_equal(c.control, "/var/lib/arpad/control.sock");
	assert_true(c.watch);
	assert_int_equal(c.reload_time_s, 120);
	assert_int_equal(c.reload_memory, 512);
	static const char *const apexes[] = {
	        "18.198.in-addr.arpa.", "19.198.in-addr.arpa.", NULL, NULL, "test."};
	assert_int_equal(c.plan.zone_count, 5);
	for (unsigned i = 0; i < 5; i++) {
		char text[NAME_TEXT_MAX];
		name_to_text(text, c.plan.zones[i].apex);
		if (apexes[i])
			assert_string_equal(text, apexes[i]);
	}
	const struct plan_zone *z = &c.plan.zones[4];
	char rname[NAME_TEXT_MAX];
	name_to_text(rname, z->soa.rname);
	assert_string_equal(rname, "first\\.last.else.");
	assert_int_equal(z->soa.serial, 7);
	assert_true(z->soa.has_serial);
	assert_int_equal(z->soa.refresh_s, 60);
	assert_int_equal(z->soa.minimum_s, 600);
	assert_int_equal(z->soa.ttl_s, 9);
	assert_int_equal(z->ttl_s, 7200);
	assert_int_equal(c.plan.zones[2].ttl_s, 300);
	assert_int_equal(c.plan.zones[2].ns_count, 2);
	assert_int_equal(c.plan.customers[0].domain_count, 1);
	free(said);
	config_free(&c);
}

/* What is said of arpad.yaml; each line of it is `arpad.yaml:` and one of these. */
struct mistake {
	const char *text, *said;
};

static void expect(const struct mistake *m)
{
	struct config c;
	enum err e;

	files_write("arpad.yaml", m->text);
	char *said = files_load(&c, NULL, &e), *got = NULL;
	size_t size;
	FILE *out = open_memstream(&got, &size);
	for (char *line = said, *next; *line; line = next) {
		next = strchr(line, '\n') + 1;
		const char *rule = next - 2;
		while (*rule != '[')
			rule--;
		int place = (int)strspn(line + strlen("arpad.yaml"), ":0123456789");
		fprintf(out, "%.*s%.*s\n", place, line + strlen("arpad.yaml"),
		        (int)(next - 1 - rule), rule);
	}
	fclose(out);
	if (strcmp(got, m->said) != 0)
		print_message("%s----\n%s", m->text, said);
	assert_string_equal(got, m->said);
	assert_int_equal(e, m->said[0] ? ERR_REFUSED : OK);
	free(got);
	free(said);
	config_free(&c);
}

static void mistakes_have_a_place_and_a_rule(void **state)
{
	static const struct mistake mistakes[] = {
	        {"version: 1\nzones: []\n", ""},
	        {"", ":[yaml-empty]\n"},
	        {"# nothing\n", ":[yaml-empty]\n"},
	        {"- a\n", ":1:1:[wrong-type]\n"},
	        {"version: 2\nzones: []\n", ":1:10:[version]\n"},
	        {"zones: []\n", ":1:1:[missing-key]\n"},
	        {"version: 1\n", ":1:1:[missing-key]\n"},
	        {"version: 1\nzones: []\nzones: []\n", ":3:1:[duplicate-key]\n"},
	        {"version: 1\nzones: []\nfoo: {a: [b]}\nbar: 1\n",
	                ":3:1:[unknown-key]\n:4:1:[unknown-key]\n"},
	        {"version: 1\nzones:\n", ":2:1:[null-value]\n"},
	        {"version: 1\nzones: ~\n", ":2:1:[null-value]\n"},
	        {"version: 1\nzones: {a: b}\n", ":2:8:[wrong-type]\n"},
	        {"version: &v 1\nzones: []\n", ":1:10:[yaml-alias]\n"},
	        {"version: 1\nzones: *v\n", ":2:8:[yaml-alias]\n"},
	        {"version: !!int 1\nzones: []\n", ":1:10:[yaml-tag]\n"},
	        {"%TAG !a! tag:a,1:\n---\nversion: 1\nzones: []\n", ":1:1:[yaml-tag]\n"},
	        {"version: 1\nzones: []\n...\r%TAG !a! b\n---\na\n", ":3:5:[yaml-tag]\n"},
	        {"%YAML 1.1\n---\nversion: 1 # %TAG\nzones: [\"%TAG\", \"\xc3\xa9%TAG\"]\n",
	                ":4:9:[zone-ns]\n:4:9:[zone-hostmaster]\n:4:17:[name-idn]\n"},
	        {"version: 1\nzones: []\n---\nversion: 1\n", ":3:1:[yaml-documents]\n"},
	        {"version: 1\nzones: [\n", ":3:1:[yaml-syntax]\n"},
	        {"version: 1\n zones: []\n", ":1:10:[version]\n:2:7:[yaml-syntax]\n"},
	        {"version: 1\nserver: {listen: [::1@53]}\nzones: []\n", ":2:19:[yaml-quote]\n"},
	        {"version: 1\nzones:\n  - @a\n", ":3:5:[yaml-quote]\n"},
	        {"version: 1\nzones:\n  - {ip}.example\n", ":3:6:[yaml-quote]\n"},
	        {"version: 1\nzones:\n - \"\xc3\x28\"\n", ":3:6:[yaml-encoding]\n"},
	        {"version: 1\nzones: [\"a\001b\"]\n", ":2:11:[yaml-encoding]\n"},
	        {"version: 1\nzones: [[[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]]\n",
	                ":2:9:[wrong-type]\n:2:23:[yaml-deep]\n"},
	        {"version: 1\nserver: {watch: on, user: arpad, workers: 0, state: \"\"}\nzones: "
	         "[]\n",
	                ":2:17:[yes-no]\n:2:21:[not-yet]\n:2:43:[workers]\n:2:53:[path]\n"},
	        {"version: 1\nserver: {reload: {time: 0, memory: 63, size: 1}}\nzones: []\n",
	                ":2:25:[number]\n:2:36:[number]\n:2:40:[unknown-key]\n"},
	        {"version: 1\nserver: {workers: 257, listen: [127.0.0.1@0, 1.2.3@5, "
	         "127.0.0.1@66000, 127.0.0.1@53x, 10.0.0.1, 10.0.0.1@53]}\nzones: []\n",
	                ":2:19:[workers]\n:2:33:[listen]\n:2:46:[listen]\n:2:55:[listen]\n"
	                ":2:72:[listen]\n:2:97:[listen]\n"},
	        {"version: \"1\\0\"\nserver: {workers: \"4\\0x\", state: \"a\\0b\"}\nzones: []\n",
	                ":1:10:[version]\n:2:19:[workers]\n:2:34:[path]\n"},
	        {"\xef\xbb\xbfversion: 1\nzones: []\n", ""},
	        {"\xef\xbb\xbfversion: 1\nzones: []\nx: 1\n", ":3:1:[unknown-key]\n"},
	        {"\xef\xbb\xbf", ":[yaml-empty]\n"},
	        {"version: 1\nserver:\nzones: [{name: a, soa: x}]\n",
	                ":2:1:[null-value]\n:3:9:[zone-ns]\n:3:9:[zone-hostmaster]\n"
	                ":3:24:[wrong-type]\n"},
	        {"version: 1\ndefaults: {ns: [], hostmaster: a@b@c}\nserver: {listen: []}\n"
	         "zones: [a.test, {name: a b}, \"a\\\\032b\"]\n",
	                ":2:12:[zone-ns]\n:2:32:[hostmaster]\n:3:10:[listen]\n:4:24:[name]\n"},
	        {"version: 1\nzones: [a.test]\n", ":2:9:[zone-ns]\n:2:9:[zone-hostmaster]\n"},
	        {"version: 1\n" ZONE "zones:\n"
	         "  - 192.0.2.1/24\n  - 192.0.2.0/33\n  - 010.0.0.0/8\n  - ::ffff:1.2.3.0/120\n"
	         "  - 192.0.2.64/26\n  - {prefix: 192.0.2.64/26}\n  - 192.0.2.1\n  - a..b\n"
	         "  - {}\n  - {name: a, prefix: 10.0.0.0/8}\n  - {style: dash, prefix: "
	         "10.0.0.0/8}\n",
	                ":4:5:[prefix]\n:5:5:[prefix]\n:6:5:[prefix]\n:7:5:[prefix]\n"
	                ":8:5:[zone-style]\n:9:5:[zone-style]\n:10:5:[zone]\n:11:5:[name]\n"
	                ":12:5:[missing-key]\n:13:5:[missing-key]\n:14:13:[zone-style]\n"},
	        {"version: 1\n" ZONE "zones: [a.test, b.test, A.test.]\n",
	                ":3:25:[zone-duplicate]\n"},
	        {"version: 1\n" ZONE "zones: [10.0.0.0/15, 10.1.0.0/16]\n",
	                ":3:22:[zone-duplicate]\n"},
	        {"version: 1\ndefaults: {ns: [a_b, -a.test, \"\\xe4.test\", n.test, n.test], "
	         "hostmaster: \"@x\", ttl: 1w, negative-ttl: -1}\nzones: []\n",
	                ":2:17:[name-host]\n:2:22:[name-host]\n:2:52:[duplicate]\n"
	                ":2:73:[hostmaster]\n:2:84:[ttl]\n:2:102:[ttl]\n"},
	        {"version: 1\n" ZONE "zones:\n"
	         "  - {name: a, ttl: 2147483648, soa: {serial: 4294967296, refresh: 01, x: 1}}\n",
	                ":4:20:[ttl]\n:4:46:[number]\n:4:67:[ttl]\n:4:71:[unknown-key]\n"},
	        {"version: 1\nzones: []\ncustomers:\n  a/b: {prefixes: 10.0.0.0/8}\n"
	         "  .c: {prefixes: 10.0.0.0/8}\n  d: {domains: a}\n  e: {prefixes: []}\n"
	         "  f: {prefixes: [10.0.0.0/8], may-delegate: yes, domains: [x, X]}\n"
	         "  g: {prefixes: [11.0.0.0/8]}\n  g: {prefixes: [12.0.0.0/8]}\n",
	                ":4:3:[customer-name]\n:5:3:[customer-name]\n:6:6:[missing-key]\n"
	                ":7:7:[missing-key]\n:8:18:[no-zone]\n"
	                ":8:63:[duplicate]\n:9:18:[no-zone]\n:10:3:[duplicate-key]\n"
	                ":10:18:[no-zone]\n"},
	        {"version: 1\n" ZONE "zones: [10.0.0.0/8]\ncustomers:\n"
	         "  a: {prefixes: 10.1.0.0/16, file: customers/b.yaml}\n"
	         "  b: {prefixes: 10.2.0.0/16}\n"
	         "  c: {prefixes: 10.3.0.0/16, file: ./x}\n"
	         "  d: {prefixes: 10.4.0.0/16, file: ./x}\n",
	                ":6:3:[duplicate]\n:8:36:[duplicate]\n"},
	        {"version: 1\n" ZONE "zones: [10.0.0.0/8]\ncustomers:\n"
	         "  a: {prefixes: [10.0.0.0/8]}\n  b:\n   prefixes:\n    - 10.1.0.0/16\n"
	         "    - 10.0.0.0/8\n    - 10.1.0.0/16\n",
	                ":9:7:[prefix-duplicate]\n:10:7:[prefix-duplicate]\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(mistakes); i++)
		expect(&mistakes[i]);
}

static void long_values_and_names_are_refused(void **state)
{
	char text[9000], name[300] = "";
	struct mistake m = {text, NULL};
	(void)state;

	snprintf(text, sizeof text, "version: 1\n" ZONE "zones: [\"%05000d\"]\n", 1);
	m.said = ":3:9:[yaml-long]\n";
	expect(&m);
	snprintf(text, sizeof text, "version: 1\n" ZONE "zones: [%064d.test]\n", 1);
	m.said = ":3:9:[name-long]\n";
	expect(&m);
	for (unsigned i = 0; i < 64; i++)
		strcat(name, "abc.");
	snprintf(text, sizeof text, "version: 1\n" ZONE "zones: [%s]\n", name);
	expect(&m);
}

/* Lists that are looked through for each of their items. */
static void long_lists_are_refused(void **state)
{
	static char text[20000];
	struct mistake m = {text, NULL};
	(void)state;

	char *p = text + sprintf(text, "version: 1\ndefaults: {hostmaster: h@test, ns: [n.test");
	for (unsigned i = 1; i < 101; i++)
		p += sprintf(p, ", n%u.test", i);
	p += sprintf(p, "]}\nserver: {listen: [10.0.0.1");
	for (unsigned i = 1; i < 257; i++)
		p += sprintf(p, ", 10.0.0.1@%u", 1000 + i);
	p += sprintf(p, "]}\nzones:\n  - name: a.test\n    records:\n");
	for (unsigned i = 0; i < 102; i++)
		p += sprintf(p, "      - \"@ NS n%u\"\n", i % 101);
	m.said = ":2:1026:[many-ns]\n:3:3854:[listen]\n:107:9:[many-ns]\n";
	expect(&m);
}

static void a_file_that_cannot_be_read_is_said(void **state)
{
	struct config c;
	enum err e;
	(void)state;

	char *said = files_load(&c, NULL, &e);
	assert_string_equal(said, "arpad.yaml: error: there is no such file; name the operator's "
	                          "file with -c [io]\n");
	assert_int_equal(e, ERR_IO);
	free(said);
	config_free(&c);
	files_write("arpad.yaml/x", "");
	said = files_load(&c, NULL, &e);
	assert_string_equal(said, "arpad.yaml: error: is a directory; name a file [io]\n");
	assert_int_equal(e, ERR_IO);
	free(said);
	config_free(&c);
	files_remove("arpad.yaml/x");
	files_remove("arpad.yaml");
	assert_int_equal(symlink("nowhere", "arpad.yaml"), 0);
	said = files_load(&c, NULL, &e);
	assert_string_equal(said, "arpad.yaml: error: is a symbolic link that leads nowhere; mend "
	                          "or remove it [io]\n");
	assert_int_equal(e, ERR_IO);
	free(said);
	config_free(&c);
	files_remove("arpad.yaml");
}

/* It would wait for a writer, or never end. */
static void records_are_read_from_files_alone(void **state)
{
	struct config c;
	enum err e;
	(void)state;

	files_write("arpad.yaml", "version: 1\n" ZONE "zones:\n  - {name: a.test, records-file: "
	                          "pipe}\n  - {name: b.test, records-file: /dev/zero}\n");
	assert_int_equal(mkfifo("pipe", 0600), 0);
	char *said = files_load(&c, NULL, &e);
	assert_string_equal(said, "pipe: error: is not a regular file; name a file [zone-file]\n"
	                          "/dev/zero: error: is not a regular file; name a file "
	                          "[zone-file]\n");
	assert_int_equal(e, ERR_REFUSED);
	free(said);
	config_free(&c);
	files_remove("pipe");
}

static void a_name_in_unicode_is_converted(void **state)
{
	struct config c;
	char text[NAME_TEXT_MAX];
	(void)state;

	files_write("arpad.yaml", "version: 1\n" ZONE "zones: [\"B\xc3\xbc"
	                          "cher.example\", \"\xc3\x9f.example\"]\n");
	char *said = files_load(&c, NULL, NULL);
	assert_string_equal(said, "");
	name_to_text(text, c.plan.zones[0].apex);
	assert_string_equal(text, "xn--bcher-kva.example.");
	name_to_text(text, c.plan.zones[1].apex);
	assert_string_equal(text, "xn--zca.example.");
	free(said);
	config_free(&c);
	struct mistake m = {"version: 1\n" ZONE "zones: [\"\xe2\x98\x83\xe2\x80\x8b.a\"]\n",
	        ":3:9:[name-idn]\n"};
	expect(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(
	                a_whole_file_is_read, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                mistakes_have_a_place_and_a_rule, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                long_values_and_names_are_refused, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                long_lists_are_refused, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                a_file_that_cannot_be_read_is_said, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                records_are_read_from_files_alone, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                a_name_in_unicode_is_converted, files_set_up, files_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
