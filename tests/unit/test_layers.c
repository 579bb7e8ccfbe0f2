/* SPDX-License-Identifier: ISC */
#include "zone/layers.h"

#include "tests/help/files.h"
#include "tests/help/image_walk.h"
#include "tests/help/random.h"
#include "tests/help/random_layers.h"
#include "tests/unit/unit.h"
#include "zone/compile.h"

#define CUSTOMERS 3U

static const char operator_file[] =
        "version: 1\ndefaults: {ns: [ns1.test, ns2.test], hostmaster: h@test}\n"
        "zones: [10.0.0.0/8, 10.0.1.0/24, {prefix: 10.0.0.64/26, style: dash}, 2001:db8::/32, "
        "example, dyn.example%s]\n"
        "customers:\n"
        "  a: {prefixes: [10.0.0.0/22, 10.0.1.128/28, 2001:db8:a::/48], domains: [example], "
        "may-delegate: yes}\n"
        "  b: {prefixes: [10.0.1.0/24, 2001:db8:a:8000::/49], domains: [example], may-delegate: "
        "yes}\n"
        "  c: {prefixes: [10.0.4.0/22], domains: [example, dyn.example, c.4.0.10.in-addr.arpa], "
        "may-delegate: yes}\n";

static struct random_site site_of(unsigned customer)
{
	static const char *const owners[] = {
	        "example", "x.example", "dyn.example", "elsewhere.test", "c.4.0.10.in-addr.arpa"};
	static const char *const blocks[] = {"10.0.0.0/22", "10.0.1.0/24", "10.0.4.0/22"};
	struct random_site site = {.letter = (char)('a' + customer),
	        .owners = owners,
	        .owner_count = customer == 2 ? 5 : 2};

	assert_int_equal(
	        prefix_from_text(&site.ipv4, blocks[customer], strlen(blocks[customer]), NULL), OK);
	if (customer < 2)
		assert_int_equal(prefix_from_text(&site.ipv6,
		                         customer ? "2001:db8:a:8000::/49" : "2001:db8:a::/48",
		                         customer ? 20 : 15, NULL),
		        OK);
	return site;
}

/* Few entries, so that most files are good. */
static void write_random(unsigned customer)
{
	const struct random_site site = site_of(customer);
	char path[40], entry[RANDOM_ENTRY_MAX], *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fprintf(out, "version: 1\ncustomer: %c\nranges:\n", site.letter);
	for (unsigned i = (unsigned)random_below(4); i; i--) {
		random_range(entry, &site);
		fputs(entry, out);
	}
	if (random_below(4) == 0) /* by whomever */
		fprintf(out, "  10.0.1.0/24: '{ip}.example'\n");
	else
		fprintf(out, "  10.0.%u.0/30: none\n", customer == 2 ? 5 : customer);
	if (random_below(2)) {
		random_delegation(entry, &site);
		fprintf(out, "delegate:\n%s", entry);
	}
	fclose(out);
	snprintf(path, sizeof path, "customers/%c.yaml", site.letter);
	files_write(path, text);
	free(text);
}

struct version {
	struct config config;
	struct layers layers;
	struct snapshot *snapshot;
};

static void load(struct version *v)
{
	enum err e;

	free(files_load(&v->config, NULL, &e));
	assert_int_equal(e, OK);
	assert_int_equal(layers_of_plan(&v->layers, &v->config.plan), OK);
	assert_int_equal(compile_plan(&v->snapshot, &v->config.plan, NULL, 1000), OK);
}

static void drop(struct version *v)
{
	layers_free(&v->layers);
	snapshot_unref(v->snapshot);
	config_free(&v->config);
}

/* The lines about names, and not about hosts. */
static char *name_spans(const struct image *image)
{
	char *text = image_dump_rules(image), *out = text;

	for (char *line = text, *next; *line; line = next) {
		next = strchr(line, '\n') + 1;
		if (strncmp(line, "name ", 5) != 0)
			continue;
		char *rule = strstr(line, " rule "); /* its number is not the name's */
		size_t head = (size_t)(rule - line), n = (size_t)(next - strstr(rule, " of "));
		memmove(out, line, head);
		memmove(out + head, strstr(rule, " of "), n);
		out += head + n;
	}
	*out = 0;
	return text;
}

static void zones_that_differ_are_touched(void **state)
{
	unsigned differ = 0, touched = 0, same = 0;
	(void)state;

	for (unsigned round = 0; round < 400; round++) {
		bool is_touched[10] = {false}, is_remade[10] = {false};
		static struct version a, b;
		char text[2000];
		random_seed(round);
		snprintf(text, sizeof text, operator_file, round % 3 ? "" : ", arpa");
		files_write("arpad.yaml", text);
		for (unsigned i = 0; i < CUSTOMERS; i++)
			write_random(i);
		load(&a);
		for (unsigned i = 0; i < CUSTOMERS; i++)
			if (random_below(2))
				write_random(i);
		load(&b);
		assert_int_equal(
		        layers_compare(&b.config.plan, &a.layers, &b.layers, is_touched, is_remade),
		        OK);
		for (uint32_t z = 0; z < b.config.plan.zone_count; z++) {
			const struct image *x = a.snapshot->images[z], *y = b.snapshot->images[z];
			char *before = name_spans(x), *after = name_spans(y);
			bool differs =
			        x->size != y->size || memcmp(x->octets, y->octets, x->size) != 0;
			if ((differs && !is_touched[z]) ||
			        (strcmp(before, after) != 0 && !is_remade[z]))
				print_message(
				        "round %u, zone %u\n%s----\n%s", round, z, before, after);
			assert_true(is_touched[z] || !differs);
			assert_true(is_remade[z] || strcmp(before, after) == 0);
			assert_true(!is_remade[z] || is_touched[z]);
			differ += differs;
			touched += is_touched[z];
			same += !is_touched[z];
			free(before);
			free(after);
		}
		drop(&a);
		drop(&b);
	}
	assert_in_range(differ, 300, UINT32_MAX);
	assert_in_range(same, 300, UINT32_MAX);
	assert_in_range(touched, differ / 2, 3 * differ);
}

/* True when a block has addresses of a zone, or a zone's apex is above all addresses. */
static bool concerns(const struct plan_zone *z, const struct addr *first, const struct addr *last)
{
	struct prefix block = {.addr = *first, .bits = (uint8_t)addr_shared_bits(first, last)};

	for (unsigned bit = block.bits; bit < 8U * first->len; bit++)
		block.addr.octets[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	if (z->is_reverse || z->is_cut_style)
		return prefix_has_prefix(&block, &z->prefix) ||
		       prefix_has_prefix(&z->prefix, &block);
	return name_is_within((const uint8_t *)"\4arpa", z->apex, NULL);
}

static bool concerns_source(const struct plan_zone *z, uint32_t number, const struct plan_source *s)
{
	for (size_t i = 0; i < s->range_count; i++) {
		const struct plan_range *r = &s->ranges[i];
		struct addr first = {.len = r->pattern.addr_len}, last = first;
		memcpy(first.octets, r->pattern.first, 16);
		memcpy(last.octets, r->pattern.last, 16);
		if (r->pattern.shape && (r->forward_zone == number || concerns(z, &first, &last)))
			return true;
	}
	for (size_t i = 0; i < s->delegation_count; i++)
		if (concerns(z, &s->delegations[i].first, &s->delegations[i].last))
			return true;
	return false;
}

/* They are found by their names; a look at each zone tells the same. */
static void zones_that_are_concerned_are_touched(void **state)
{
	unsigned touched = 0, all = 0;
	struct config c;
	(void)state;

	for (unsigned round = 0; round < 400; round++) {
		char text[2000];
		random_seed(round);
		snprintf(text, sizeof text, operator_file,
		        round % 3 == 0   ? ", arpa"
		        : round % 3 == 1 ? ", ., {prefix: 10.0.5.64/27, style: slash}, 10.0.4.0/24"
		                         : "");
		files_write("arpad.yaml", text);
		for (unsigned i = 0; i < CUSTOMERS; i++)
			write_random(i);
		free(files_load(&c, NULL, NULL));
		for (unsigned i = 0; i < CUSTOMERS; i++) {
			bool is_touched[16] = {false}, is_remade[16] = {false};
			const struct plan_source *s = &c.plan.sources[i];
			if (!source_is_served(s))
				continue;
			assert_int_equal(layers_touch(&c.plan, s, is_touched, is_remade), OK);
			for (uint32_t z = 0; z < c.plan.zone_count; z++) {
				assert_int_equal(
				        is_touched[z], concerns_source(&c.plan.zones[z], z, s));
				touched += is_touched[z];
				all++;
			}
		}
		config_free(&c);
	}
	assert_in_range(touched, 500, all - 500);
}

static void cuts_have_their_names_and_zones(void **state)
{
	static const struct {
		const char *delegation, *name, *apex;
	} cases[] = {
	        {"10.0.4.0/24: {ns: [n1.test, n2.test]}", "4.0.10.in-addr.arpa.",
	                "10.in-addr.arpa."},
	        {"10.0.4.0/23: {ns: [n1.test, n2.test]}", "4.0.10.in-addr.arpa.",
	                "10.in-addr.arpa."},
	        {"10.0.4.7/32: {ns: [n1.test, n2.test]}", "7.4.0.10.in-addr.arpa.",
	                "10.in-addr.arpa."},
	        {"10.0.4.0/25: {ns: [n1.test, n2.test]}", "0-127.4.0.10.in-addr.arpa.",
	                "10.in-addr.arpa."},
	        {"10.0.4.8/31: {ns: [n1.test, n2.test], style: slash}", "8/31.4.0.10.in-addr.arpa.",
	                "10.in-addr.arpa."},
	        {"10.0.4.8-10.0.4.10: {ns: [n1.test, n2.test]}", "8-10.4.0.10.in-addr.arpa.",
	                "10.in-addr.arpa."},
	        {"10.0.4.0/25: {cname: rev.test}", NULL, NULL},
	};
	char text[2000], name_text[NAME_TEXT_MAX];
	(void)state;

	snprintf(text, sizeof text, operator_file, "");
	files_write("arpad.yaml", text);
	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		static struct version v;
		struct name name;
		snprintf(text, sizeof text, "version: 1\ncustomer: c\ndelegate:\n  %s\n",
		        cases[i].delegation);
		files_write("customers/c.yaml", text);
		load(&v);
		assert_int_equal(v.config.diags.errors, 0);
		const struct plan *p = &v.config.plan;
		assert_int_equal(delegation_cut_name(&name, &p->sources[2].delegations[0]),
		        cases[i].name != NULL);
		assert_int_equal(v.layers.cut_count, cases[i].name != NULL);
		if (cases[i].name) {
			name_to_text(name_text, name.wire);
			assert_string_equal(name_text, cases[i].name);
			uint32_t zone = v.layers.cuts[0].zone;
			name_to_text(name_text, p->zones[zone].apex);
			assert_string_equal(name_text, cases[i].apex);
			assert_int_equal(layers_find_cuts(&v.layers, zone), 0);
			assert_int_equal(layers_find_cuts(&v.layers, zone + 1), 1);
		}
		drop(&v);
	}
}

/* Two customers write one range: who of them it is of is nothing that is served. */
static void a_range_by_two_customers_is_one(void **state)
{
	static struct version a, b;
	char text[2000];
	(void)state;

	snprintf(text, sizeof text, operator_file, "");
	files_write("arpad.yaml", text);
	files_write("customers/a.yaml",
	        "version: 1\ncustomer: a\nranges: {10.0.1.0/24: '{ip}.example'}\n");
	files_write("customers/b.yaml",
	        "version: 1\ncustomer: b\nranges: {10.0.1.0/24: '{ip}.example'}\n");
	load(&a);
	assert_int_equal(a.layers.cover.count, 3); /* a's own block in the middle */
	files_write("customers/a.yaml", "version: 1\ncustomer: a\n");
	load(&b);
	assert_int_equal(b.layers.cover.count, 1);
	for (uint32_t z = 0; z < a.snapshot->count; z++) {
		const struct image *x = a.snapshot->images[z], *y = b.snapshot->images[z];
		assert_int_equal(x->size, y->size);
		assert_memory_equal(x->octets, y->octets, x->size);
	}
	drop(&a);
	drop(&b);
}

/* It makes nothing, its owner is not there, and yet names at others would have to pass it. */
static void a_pattern_whose_addresses_hosts_took_is_asked_nothing(void **state)
{
	struct version v;
	(void)state;

	for (unsigned hosts = 3; hosts <= 4; hosts++) {
		files_write("arpad.yaml",
		        "version: 1\ndefaults: {ns: [ns1.test, ns2.test], hostmaster: h@test}\n"
		        "zones: [10.0.0.0/8, example]\n"
		        "customers:\n  a: {prefixes: [10.0.0.0/22], domains: [example]}\n");
		files_write("customers/a.yaml",
		        hosts == 3 ? "version: 1\ncustomer: a\nranges: {10.0.0.0/30: "
		                     "'h{n}.x.y.example'}\nhosts: {10.0.0.0: a.example, 10.0.0.1: "
		                     "b.example, 10.0.0.2: c.example}\n"
		                   : "version: 1\ncustomer: a\nranges: {10.0.0.0/30: "
		                     "'h{n}.x.y.example'}\nhosts: {10.0.0.0: a.example, 10.0.0.1: "
		                     "b.example, 10.0.0.2: c.example, 10.0.0.3: d.example}\n");
		load(&v);
		size_t zone = plan_seek_zone(&v.config.plan, (const uint8_t *)"\7example");
		assert_int_equal(v.snapshot->images[zone]->pattern_count, hosts == 3);
		drop(&v);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(
	                zones_that_differ_are_touched, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                zones_that_are_concerned_are_touched, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                cuts_have_their_names_and_zones, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                a_range_by_two_customers_is_one, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                a_pattern_whose_addresses_hosts_took_is_asked_nothing, files_set_up,
	                files_tear_down),
	};

	return cmocka_run_group_tests_name("zone/layers", tests, NULL, NULL);
}
