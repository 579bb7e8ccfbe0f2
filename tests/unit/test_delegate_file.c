/* SPDX-License-Identifier: ISC */
/* The `delegate` of a customer's file, as conf/delegations.c reads it. */
#include "conf/delegation.h"
#include "tests/help/files.h"
#include "tests/unit/unit.h"

#define FILE_NAME "customers/acme.yaml"
#define OPERATOR                                                                                   \
	"version: 1\n"                                                                             \
	"defaults: {ns: [ns1.test, ns2.test], hostmaster: h@test}\n"                               \
	"zones: [192.0.2.0/24, 2001:db8::/32, acme.example]\n"                                     \
	"customers: {acme: {prefixes: [192.0.2.0/24, 2001:db8::/32], domains: [acme.example], "    \
	"may-delegate: yes}}\n"

/* The file alone is read: what other files make of it is for others to test. */
static char *read_file(struct plan *p, const char *text)
{
	static struct plan_customer acme = {.name = "acme"};
	static struct plan_source source;
	const struct delegation_context c = {.ttl_s = 10800};
	struct diag_list diags;
	char *said = NULL;
	size_t size;

	files_write(FILE_NAME, text);
	source = (struct plan_source){.file = FILE_NAME};
	*p = (struct plan){
	        .customers = &acme, .customer_count = 1, .sources = &source, .source_count = 1};
	diag_init(&diags);
	delegation_read(p, 0, &c, &diags);
	diag_sort(&diags);
	FILE *out = open_memstream(&said, &size);
	diag_print(&diags, out);
	fclose(out);
	diag_free(&diags);
	return said;
}

/* What is said of the entries, of which the first is on line 4; "" when the file is good. */
static void expect(const char *entries, const char *expected)
{
	char text[9000], *got = NULL;
	struct plan p;
	size_t size;

	snprintf(text, sizeof text, "version: 1\ncustomer: acme\ndelegate:\n%s", entries);
	char *said = read_file(&p, text);
	FILE *out = open_memstream(&got, &size);
	for (char *line = said, *next; *line; line = next) {
		next = strchr(line, '\n') + 1;
		fwrite(line + sizeof FILE_NAME - 1, 1,
		        (size_t)(next - line) - (sizeof FILE_NAME - 1), out);
	}
	fclose(out);
	if (strcmp(got, expected) != 0)
		print_message("%s----\n%s", text, got);
	assert_string_equal(got, expected);
	assert_int_equal(
	        p.sources[0].state, strstr(got, ": error: ") ? SOURCE_REFUSED : SOURCE_GOOD);
	arena_free(&p.sources[0].arena);
	free(got);
	free(said);
}

struct wanted {
	const char *block, *target;
	unsigned ns, ds, glue, cut_bits;
	uint32_t ttl_s;
};

static void expect_one(const struct plan_delegation *d, const struct wanted *w)
{
	char text[NAME_TEXT_MAX], last[ADDR_TEXT_MAX];
	size_t n = addr_to_text(text, &d->first);

	addr_to_text(last, &d->last);
	snprintf(text + n, sizeof text - n, "-%s", last);
	assert_string_equal(text, w->block);
	assert_int_equal(!d->target, !w->target);
	if (d->target) {
		name_to_text(text, d->target);
		assert_string_equal(text, w->target);
	}
	assert_int_equal(d->ns_count, w->ns);
	assert_int_equal(d->ds_count, w->ds);
	assert_int_equal(d->glue_count, w->glue);
	assert_int_equal(delegation_cut_bits(d), w->cut_bits);
	assert_int_equal(d->ttl_s, w->ttl_s);
	assert_int_equal(d->is_ttl_inherited, w->ttl_s == 10800);
	assert_int_equal(d->column, 3);
}

#define NS2    "{ns: [a.test, b.test]"
#define DIGEST "3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D"

static void delegations_in_all_forms(void **state)
{
	static const struct wanted all[] = {
	        {"192.0.2.128-192.0.2.255", "128-255.2.0.192.in-addr.arpa.", 2, 0, 0, 32, 10800},
	        {"192.0.2.0-192.0.2.63", "0/26.2.0.192.in-addr.arpa.", 2, 0, 0, 32, 10800},
	        {"192.0.2.64-192.0.2.95", "64-27.2.0.192.in-addr.arpa.", 2, 0, 0, 32, 10800},
	        {"192.0.2.96-192.0.2.97", "our_lab/x-1.2.0.192.in-addr.arpa.", 2, 0, 0, 32, 10800},
	        {"192.0.2.98-192.0.2.100", "98-100.2.0.192.in-addr.arpa.", 2, 0, 0, 32, 10800},
	        {"192.0.2.101-192.0.2.103", "256.2.0.192.in-addr.arpa.", 2, 0, 0, 32, 10800},
	        {"192.0.2.104-192.0.2.107", "104/30.2.0.192.in-addr.arpa.", 2, 0, 0, 32, 10800},
	        {"192.0.2.112-192.0.2.127", "rev.acme.example.", 0, 0, 0, 32, 10800},
	        {"192.0.2.5-192.0.2.5", "a_b.acme.example.", 0, 0, 0, 32, 60},
	        {"192.0.3.0-192.0.3.255", "rev.acme.example.", 0, 0, 0, 24, 10800},
	        {"192.0.4.3-192.0.4.5", "rev.acme.example.", 0, 0, 0, 32, 10800},
	        {"192.0.2.110-192.0.2.110", NULL, 2, 0, 0, 32, 10800},
	        {"10.1.0.0-10.1.127.255", NULL, 2, 0, 0, 24, 10800},
	        {"128.0.0.0-255.255.255.255", NULL, 2, 0, 0, 8, 10800},
	        {"10.2.3.0-10.2.3.255", NULL, 2, 1, 0, 24, 10800},
	        {"2001:db8:42:8000::-2001:db8:42:8fff:ffff:ffff:ffff:ffff", NULL, 2, 1, 0, 52,
	                10800},
	        {"2001:db8:42::-2001:db8:42:1:ffff:ffff:ffff:ffff", NULL, 2, 0, 0, 64, 10800},
	        {"2001:db8:42::1-2001:db8:42::1", NULL, 2, 0, 0, 128, 10800},
	        {"2001:db8:43::-2001:db8:43:ffff:ffff:ffff:ffff:ffff", NULL, 2, 0, 3, 48, 10800},
	};
	struct plan p;
	(void)state;

	char *said = read_file(&p,
	        "version: 1\ncustomer: acme\ndelegate:\n"
	        "  192.0.2.128/25: " NS2 "}\n"
	        "  192.0.2.0/26: " NS2 ", style: slash}\n"
	        "  192.0.2.64/27: " NS2 ", style: rfc4183}\n"
	        "  192.0.2.96/31: " NS2 ", style: Our_Lab/x-1}\n"
	        "  192.0.2.98-192.0.2.100: " NS2 "}\n"
	        "  192.0.2.101-192.0.2.103: " NS2 ", style: 256}\n"
	        "  192.0.2.104-192.0.2.107: " NS2 ", style: slash}\n"
	        "  192.0.2.112/28: {cname: Rev.acme.example}\n"
	        "  192.0.2.5/32: {cname: a_b.acme.example, ttl: 60}\n"
	        "  192.0.3.0/24: {cname: rev.acme.example}\n"
	        "  192.0.4.3-192.0.4.5: {cname: rev.acme.example}\n"
	        "  192.0.2.110/32: " NS2 "}\n"
	        "  10.1.0.0/17: " NS2 "}\n"
	        "  128.0.0.0/1: " NS2 "}\n"
	        "  10.2.3.0/24: " NS2 ", ds: 12345 13 2 " DIGEST "}\n"
	        "  2001:db8:42:8000::/52: " NS2 ", ds: [12345 13 2 " DIGEST "]}\n"
	        "  2001:db8:42::/63: " NS2 "}\n"
	        "  2001:db8:42::1/128: " NS2 "}\n"
	        "  2001:db8:43::/48:\n"
	        "    glue:\n"
	        "      N1.3.4.0.0.8.b.d.0.1.0.0.2.ip6.arpa: [192.0.2.1, 2001:db8::1]\n"
	        "      n2.x.3.4.0.0.8.b.d.0.1.0.0.2.ip6.arpa: 192.0.2.1\n"
	        "    ns: [n1.3.4.0.0.8.b.d.0.1.0.0.2.ip6.arpa,\n"
	        "         n2.x.3.4.0.0.8.b.d.0.1.0.0.2.ip6.arpa.]\n");
	assert_string_equal(said, "");
	struct plan_source *s = &p.sources[0];
	assert_int_equal(s->state, SOURCE_GOOD);
	assert_int_equal(s->delegation_count, ARRAY_LENGTH(all));
	for (unsigned i = 0; i < ARRAY_LENGTH(all); i++)
		expect_one(&s->delegations[i], &all[i]);
	for (unsigned i = 0; i < ARRAY_LENGTH(all); i++)
		assert_int_equal(s->delegations[i].line, 4 + i);
	arena_free(&s->arena);
	free(said);
}

static void name_servers_digests_and_glue_are_kept_as_on_the_wire(void **state)
{
	static const uint8_t rdata[] =
	        "\x30\x39\x0d\x02\x34\x90\xa6\x80\x6d\x47\xf1\x7a\x34\xc2\x9e"
	        "\x2c\xe8\x0e\x8a\x99\x9f\xfb\xe4\xbe\x41\xa2\xa2\xa8\xa5\xd9"
	        "\xc6\xd1\xc0\xfb\x5e\x2d";
	char text[NAME_TEXT_MAX];
	struct plan p;
	(void)state;

	char *said = read_file(&p,
	        "version: 1\ncustomer: acme\nttl: 7\ndelegate:\n  192.0.2.128/25:\n"
	        "    ns: [NS1.Acme.example., a.128-255.2.0.192.in-addr.arpa]\n"
	        "    ds: [\"12345 13 2 3490a680 6D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0"
	        "FB5E 2D\", 0 5 1 0123456789abcdef0123456789abcdef01234567, 65535 16 4 " DIGEST
	        "0123456789abcdef0123456789abcdef]\n"
	        "    glue: {A.128-255.2.0.192.in-addr.arpa: [192.0.2.1, 2001:db8::1]}\n");
	assert_string_equal(said, "");
	const struct plan_delegation *d = p.sources[0].delegations;
	assert_int_equal(p.sources[0].delegation_count, 1);
	assert_int_equal(d->ttl_s, 7);
	assert_false(d->is_ttl_inherited);
	assert_int_equal(d->ns_count, 2);
	name_to_text(text, d->ns[0]);
	assert_string_equal(text, "ns1.acme.example.");
	name_to_text(text, d->ns[1]);
	assert_string_equal(text, "a.128-255.2.0.192.in-addr.arpa.");
	assert_int_equal(d->ds_count, 3);
	assert_int_equal(d->ds[0].octets, 36);
	assert_memory_equal(d->ds[0].rdata, rdata, 36);
	assert_int_equal(d->ds[1].octets, 24);
	assert_memory_equal(d->ds[1].rdata, "\0\0\5\1\x01\x23", 6);
	assert_int_equal(d->ds[2].octets, 52);
	assert_memory_equal(d->ds[2].rdata, "\xff\xff\x10\4\x34", 5);
	assert_int_equal(d->glue_count, 2);
	name_to_text(text, d->glue[1].name);
	assert_string_equal(text, "a.128-255.2.0.192.in-addr.arpa.");
	addr_to_text(text, &d->glue[0].addr);
	assert_string_equal(text, "192.0.2.1");
	addr_to_text(text, &d->glue[1].addr);
	assert_string_equal(text, "2001:db8::1");
	arena_free(&p.sources[0].arena);
	free(said);
}

/* RFC 4034 5.1.2: those that no resolver looks into are none. */
static void algorithms_are_those_in_use(void **state)
{
	char entry[300];
	struct plan p;
	(void)state;

	for (unsigned i = 0; i <= 256; i++) {
		snprintf(entry, sizeof entry,
		        "version: 1\ncustomer: acme\ndelegate: {192.0.2.0/24: " NS2
		        ", ds: 1 %u 2 " DIGEST "}}\n",
		        i);
		free(read_file(&p, entry));
		bool is_used = i == 5 || i == 7 || i == 8 || i == 10 || (i >= 13 && i <= 16);
		assert_int_equal(p.sources[0].state, is_used ? SOURCE_GOOD : SOURCE_REFUSED);
		arena_free(&p.sources[0].arena);
	}
}

struct mistake {
	const char *entries, *said;
};

static void ns_or_cname_and_what_goes_with_it(void **state)
{
	static const struct mistake mistakes[] = {
	        {"  192.0.2.0/26: {}\n"
	         "  192.0.2.1/32: {ns: [a.test, b.test], cname: x.test}\n"
	         "  192.0.2.2/32: {style: dash}\n"
	         "  192.0.2.3/32: {cname: x.test, style: dash, ds: 1 13 2 "
	         "3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D, glue: {a.test: "
	         "192.0.2.1}}\n",
	                ":4:3: error: a delegation wants one of the keys `ns` and `cname` "
	                "[missing-key]\n"
	                ":5:40: error: both `ns` and `cname`; a delegation wants one of the two "
	                "[missing-key]\n"
	                ":6:3: error: a delegation wants one of the keys `ns` and `cname` "
	                "[missing-key]\n"
	                ":7:33: error: `style` goes with `ns`; a cname leads into a zone that is "
	                "there already; remove it [delegate-style]\n"
	                ":7:46: error: `ds` goes with `ns`; a cname leads into a zone that is "
	                "there already; remove it [ds]\n"
	                ":7:123: error: `glue` goes with `ns`; a cname leads into a zone that is "
	                "there already; remove it [glue]\n"},
	        {"  192.0.2.4/32: {ns: [a.test, A.test.]}\n"
	         "  192.0.2.5/32: {ns: []}\n"
	         "  192.0.2.6/32: {ns: [a_b.test]}\n"
	         "  192.0.2.7/32: {ns: }\n"
	         "  192.0.2.8/32: {ns: {a.test: 192.0.2.1}}\n"
	         "  192.0.2.9/32: {ns: a.test, ttl: 5w}\n"
	         "  192.0.2.10/32: {names: a.test}\n",
	                ":4:31: error: the same name server twice; remove one [duplicate]\n"
	                ":5:18: error: an empty list; write something, or remove it [delegate]\n"
	                ":6:23: error: a_b.test is not a host name; its labels are letters, digits "
	                "and inner hyphens [name-host]\n"
	                ":7:18: error: there is no value here; write a host name, or remove it "
	                "[null-value]\n"
	                ":8:22: error: a list of name servers is wanted here, not a map "
	                "[wrong-type]\n"
	                ":9:35: error: 5w is not a time; write 30s, 5m, 1h, 1d or seconds, at most "
	                "2147483647 [ttl]\n"
	                ":10:19: error: unknown key `names`; a delegation takes: ns, style, ds, "
	                "glue, cname, ttl [unknown-key]\n"},
	        {"  192.0.2.6/32: {ns: a.test}\n", ":4:3: warning: the block has only one name "
	                                           "server; RFC 2182 wants two [one-ns]\n"},
	        {"  192.0.2.48/30: [a.test]\n"
	         "  192.0.2.52/30: a.test\n"
	         "  192.0.2.56/30:\n",
	                ":4:18: error: a map with the keys ns, style, ds, glue, cname, ttl is "
	                "wanted here, not a list [wrong-type]\n"
	                ":5:18: error: a map with the keys ns, style, ds, glue, cname, ttl is "
	                "wanted here, not a single value [wrong-type]\n"
	                ":6:3: error: there is no value here; write a map with the keys ns, style, "
	                "ds, glue, cname, ttl, or remove it [null-value]\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(mistakes); i++)
		expect(mistakes[i].entries, mistakes[i].said);
}

static void what_is_no_block_to_hand_on_is_refused(void **state)
{
	static const struct mistake mistakes[] = {
	        {"  192.0.2.8: {ns: [a.test, b.test]}\n"
	         "  192.0.2.9-192.0.2.5: {ns: [a.test, b.test]}\n"
	         "  0.0.0.0/0: {ns: [a.test, b.test]}\n"
	         "  \"::/0\": {ns: [a.test, b.test]}\n"
	         "  192.0.2.1/24: {ns: [a.test, b.test]}\n"
	         "  192.0.2.1-192.0.2.x: {ns: [a.test, b.test]}\n",
	                ":4:3: error: 192.0.2.8 is a single address; write 192.0.2.8/32 "
	                "[delegate]\n"
	                ":5:3: error: 192.0.2.9-192.0.2.5 is backwards; write 192.0.2.5-192.0.2.9 "
	                "[delegate]\n"
	                ":6:3: error: 0.0.0.0/0 is every address there is; write the blocks that "
	                "are yours [delegate]\n"
	                ":7:3: error: ::/0 is every address there is; write the blocks that are "
	                "yours [delegate]\n"
	                ":8:3: error: 192.0.2.1/24 has bits set behind its length; the block is "
	                "192.0.2.0/24 [prefix]\n"
	                ":9:3: error: 192.0.2.x is not an address; write 192.0.2.1 or 2001:db8::1 "
	                "[address]\n"},
	        {"  192.0.2.128-192.0.3.127: {ns: [a.test, b.test]}\n"
	         "  192.0.2.0-192.0.2.255: {ns: [a.test, b.test]}\n"
	         "  192.0.2.10-192.0.2.10: {ns: [a.test, b.test]}\n"
	         "  2001:db8::-2001:db8::f: {ns: [a.test, b.test]}\n"
	         "  2001:db8::1-2001:db8::f: {ns: [a.test, b.test], style: dash}\n",
	                ":4:3: error: only inside one /24 of IPv4 can a block be no prefix; write "
	                "the prefixes that it is made of [delegate]\n"
	                ":5:3: error: only inside one /24 of IPv4 can a block be no prefix; write "
	                "192.0.2.0/24 [delegate]\n"
	                ":6:3: error: only inside one /24 of IPv4 can a block be no prefix; write "
	                "192.0.2.10/32 [delegate]\n"
	                ":7:3: error: only inside one /24 of IPv4 can a block be no prefix; write "
	                "2001:db8::/124 [delegate]\n"
	                ":8:3: error: only inside one /24 of IPv4 can a block be no prefix; write "
	                "the prefixes that it is made of [delegate]\n"
	                ":8:51: error: a style is for less than a /24 of IPv4, and this block has "
	                "names of its own; remove it [delegate-style]\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(mistakes); i++)
		expect(mistakes[i].entries, mistakes[i].said);
}

static void styles_are_for_less_than_a_24(void **state)
{
	static const struct mistake mistakes[] = {
	        {"  192.0.2.9-192.0.2.20: {ns: [a.test, b.test], style: slash}\n"
	         "  192.0.2.9-192.0.2.21: {style: rfc4183, ns: [a.test, b.test]}\n",
	                ":4:48: error: the block is no prefix, whose length this style tells; "
	                "write dash or a label of your own [delegate-style]\n"
	                ":5:26: error: the block is no prefix, whose length this style tells; "
	                "write dash or a label of your own [delegate-style]\n"},
	        {"  192.0.2.7/32: {ns: [a.test, b.test], style: dash}\n"
	         "  192.0.2.0/24: {ns: [a.test, b.test], style: x}\n"
	         "  192.0.0.0/17: {ns: [a.test, b.test], style: slash}\n"
	         "  2001:db8::/64: {ns: [a.test, b.test], style: x}\n",
	                ":4:40: error: a style is for less than a /24 of IPv4, and this block has "
	                "names of its own; remove it [delegate-style]\n"
	                ":5:40: error: a style is for less than a /24 of IPv4, and this block has "
	                "names of its own; remove it [delegate-style]\n"
	                ":6:40: error: a style is for less than a /24 of IPv4, and this block has "
	                "names of its own; remove it [delegate-style]\n"
	                ":7:41: error: a style is for less than a /24 of IPv4, and this block has "
	                "names of its own; remove it [delegate-style]\n"},
	        {"  192.0.2.32/30: {ns: [a.test, b.test], style: 36}\n"
	         "  192.0.2.36/30: {ns: [a.test, b.test], style: a.b}\n"
	         "  192.0.2.40/30: {ns: [a.test, b.test], style: "
	         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}\n"
	         "  192.0.2.44/30: {ns: [a.test, b.test], style: [x]}\n"
	         "  192.0.2.48/30: {ns: [a.test, b.test], style: \"\"}\n"
	         "  192.0.2.52/30: {ns: [a.test, b.test], style: \"255\"}\n"
	         "  192.0.2.56/30: {ns: [a.test, b.test], style: \"a b\"}\n"
	         "  192.0.2.60/30: {ns: [a.test, b.test], style: 007}\n",
	                ":4:48: error: 36 is the name of an address; write a label that is no "
	                "number from 0 to 255 [delegate-label]\n"
	                ":5:48: error: a.b can be no label; write dash, slash, rfc4183, or "
	                "letters, digits, - _ and /, at most 63 [delegate-label]\n"
	                ":6:48: error: "
	                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa can be "
	                "no label; write dash, slash, rfc4183, or letters, digits, - _ and /, at "
	                "most 63 [delegate-label]\n"
	                ":7:48: error: a style is wanted here, not a list [wrong-type]\n"
	                ":8:48: error:  can be no label; write dash, slash, rfc4183, or letters, "
	                "digits, - _ and /, at most 63 [delegate-label]\n"
	                ":9:48: error: 255 is the name of an address; write a label that is no "
	                "number from 0 to 255 [delegate-label]\n"
	                ":10:48: error: a b can be no label; write dash, slash, rfc4183, or "
	                "letters, digits, - _ and /, at most 63 [delegate-label]\n"
	                ":11:48: error: 007 is the name of an address; write a label that is no "
	                "number from 0 to 255 [delegate-label]\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(mistakes); i++)
		expect(mistakes[i].entries, mistakes[i].said);
}

static void cnames_are_for_one_24(void **state)
{
	static const struct mistake mistakes[] = {
	        {"  2001:db8:1::/64: {cname: a.test}\n"
	         "  2001:db8:1::1/128: {cname: a.test}\n"
	         "  192.0.0.0/16: {cname: a.test}\n"
	         "  192.0.2.255-192.0.3.0: {cname: a.test}\n",
	                ":4:21: error: a cname is for addresses inside one /24 of IPv4; hand these "
	                "on with `ns` [delegate-cname]\n"
	                ":5:23: error: a cname is for addresses inside one /24 of IPv4; hand these "
	                "on with `ns` [delegate-cname]\n"
	                ":6:18: error: a cname is for addresses inside one /24 of IPv4; hand these "
	                "on with `ns` [delegate-cname]\n"
	                ":7:27: error: a cname is for addresses inside one /24 of IPv4; hand these "
	                "on with `ns` [delegate-cname]\n"},
	        {"  192.0.2.60/30: {cname: 2.0.192.in-addr.arpa}\n"
	         "  192.0.2.64/30: {cname: a..b}\n"
	         "  192.0.2.68/30: {cname: [a]}\n",
	                ":4:19: error: the addresses have their names there already, which would "
	                "lead to themselves; write the name of another zone [delegate-cname]\n"
	                ":5:26: error: a..b is not a domain name; write labels with dots between "
	                "them, such as mail.example.net [name]\n"
	                ":6:26: error: a domain name is wanted here, not a list [wrong-type]\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(mistakes); i++)
		expect(mistakes[i].entries, mistakes[i].said);
}

static void what_is_no_ds_record_is_refused(void **state)
{
	static const struct mistake mistakes[] = {
	        {"  192.0.2.0/25:\n"
	         "    ns: [a.test, b.test]\n"
	         "    ds:\n"
	         "    - 65536 13 2 "
	         "3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D\n"
	         "    - 1 3 2 3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D\n"
	         "    - 1 13 3 3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D\n"
	         "    - 1 13 2 3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D00\n"
	         "    - 1 13 2 3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D0\n"
	         "    - 1 13 1 3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D\n"
	         "    - 1 13 4 3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D\n"
	         "    - 1 13 2 3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2Dx\n"
	         "    - 1 13 2\n"
	         "    - -1 13 2 3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D\n"
	         "    - 1 13 2 3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D\n"
	         "    - \"1 13  2 3490a680 "
	         "6D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D\"\n"
	         "    - \"\"\n"
	         "    - {a: b}\n",
	                ":7:7: error: `65536 13 2 "
	                "3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D` is no "
	                "DS record; write KEYTAG ALGORITHM DIGESTTYPE HEX, such as 12345 13 2 "
	                "3490A6... [ds]\n"
	                ":8:7: error: algorithm 3 signs no zone that resolvers look into; there "
	                "are 5, 7, 8, 10, 13, 14, 15 and 16 [ds]\n"
	                ":9:7: error: digest type 3 is not known; there are 1 (of 20 octets), 2 "
	                "(32) and 4 (48) [ds]\n"
	                ":10:7: error: a digest of type 2 has 32 octets, 64 hex digits; here are "
	                "66 [ds]\n"
	                ":11:7: error: a digest of type 2 has 32 octets, 64 hex digits; here are "
	                "65 [ds]\n"
	                ":12:7: error: a digest of type 1 has 20 octets, 40 hex digits; here are "
	                "64 [ds]\n"
	                ":13:7: error: a digest of type 4 has 48 octets, 96 hex digits; here are "
	                "64 [ds]\n"
	                ":14:7: error: `1 13 2 "
	                "3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2Dx` is no "
	                "DS record; write KEYTAG ALGORITHM DIGESTTYPE HEX, such as 12345 13 2 "
	                "3490A6... [ds]\n"
	                ":15:7: error: `1 13 2` is no DS record; write KEYTAG ALGORITHM DIGESTTYPE "
	                "HEX, such as 12345 13 2 3490A6... [ds]\n"
	                ":16:7: error: `-1 13 2 "
	                "3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D` is no "
	                "DS record; write KEYTAG ALGORITHM DIGESTTYPE HEX, such as 12345 13 2 "
	                "3490A6... [ds]\n"
	                ":18:7: error: the same DS record twice; remove one [duplicate]\n"
	                ":19:7: error: `` is no DS record; write KEYTAG ALGORITHM DIGESTTYPE HEX, "
	                "such as 12345 13 2 3490A6... [ds]\n"
	                ":20:7: error: a DS record is wanted here, not a map [wrong-type]\n"},
	        {"  192.0.2.128/25: {ns: [a.test, b.test], ds: []}\n",
	                ":4:42: error: an empty list; write something, or remove it [ds]\n"},
	        {"  10.0.0.0/17: {ns: [a.test, b.test], ds: 1 13 2 "
	         "3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D}\n"
	         "  10.0.0.0/7: {ns: [a.test, b.test], ds: 1 13 2 "
	         "3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D}\n"
	         "  2001:db8::/33: {ds: 1 13 2 "
	         "3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D, ns: [a.test, "
	         "b.test]}\n",
	                ":4:39: error: the block is several zones, and a digest covers the name of "
	                "one; delegate each /24 by itself [ds]\n"
	                ":5:38: error: the block is several zones, and a digest covers the name of "
	                "one; delegate each /8 by itself [ds]\n"
	                ":6:19: error: the block is several zones, and a digest covers the name of "
	                "one; delegate each /36 by itself [ds]\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(mistakes); i++)
		expect(mistakes[i].entries, mistakes[i].said);
}

static void glue_is_there_where_it_must_be_and_nowhere_else(void **state)
{
	static const struct mistake mistakes[] = {
	        {"  192.0.2.0/24:\n"
	         "    ns: [ns1.5.2.0.192.in-addr.arpa, 2.0.192.in-addr.arpa, "
	         "c.3.0.192.in-addr.arpa]\n"
	         "    glue:\n"
	         "      ns1.5.2.0.192.in-addr.arpa: [192.0.2.5, 2001:db8::5]\n"
	         "      c.3.0.192.in-addr.arpa: 192.0.3.1\n"
	         "      y.example: [192.0.3.1, 192.0.3.2]\n",
	                ":5:38: error: 2.0.192.in-addr.arpa. lies in the very block that it "
	                "answers for, where nobody finds it; write `glue: {2.0.192.in-addr.arpa.: "
	                "ADDRESS}` [glue-missing]\n"
	                ":8:7: error: c.3.0.192.in-addr.arpa. lies outside of what is delegated, "
	                "and its own zone answers for its addresses; remove it [glue]\n"
	                ":9:7: error: y.example. is none of the name servers here; write it into "
	                "`ns`, or remove it [glue]\n"},
	        {"  192.0.2.0/24:\n"
	         "    ns: [ns1.2.0.192.in-addr.arpa, b.test]\n"
	         "    glue:\n"
	         "      ns1.2.0.192.in-addr.arpa: [192.0.2.5, 2001:db8::5, 192.0.2.5]\n"
	         "      NS1.2.0.192.in-addr.arpa.: 192.0.3.1\n"
	         "      x.example: []\n"
	         "      a_b: 1.2.3.4\n"
	         "      z.example: 1.2.3\n"
	         "      w.example:\n",
	                ":7:58: error: the same address twice at one name; remove one [duplicate]\n"
	                ":8:7: error: NS1.2.0.192.in-addr.arpa. is there already; write its "
	                "addresses as one list [duplicate]\n"
	                ":9:7: error: an empty list; write something, or remove it [glue]\n"
	                ":10:7: error: a_b is not a host name; its labels are letters, digits and "
	                "inner hyphens [name-host]\n"
	                ":11:18: error: 1.2.3 is not an address; write 192.0.2.1 or 2001:db8::1 "
	                "[address]\n"
	                ":12:7: error: there is no value here; write an address, or remove it "
	                "[null-value]\n"},
	        {"  192.0.2.64/26:\n"
	         "    ns: [a.64-127.2.0.192.in-addr.arpa, b.2.0.192.in-addr.arpa, "
	         "64-127.2.0.192.in-addr.arpa]\n",
	                ":5:10: error: a.64-127.2.0.192.in-addr.arpa. lies in the very block that "
	                "it answers for, where nobody finds it; write `glue: "
	                "{a.64-127.2.0.192.in-addr.arpa.: ADDRESS}` [glue-missing]\n"
	                ":5:65: error: 64-127.2.0.192.in-addr.arpa. lies in the very block that it "
	                "answers for, where nobody finds it; write `glue: "
	                "{64-127.2.0.192.in-addr.arpa.: ADDRESS}` [glue-missing]\n"},
	        {"  10.0.0.0/17:\n"
	         "    ns: [ns.127.0.10.in-addr.arpa, ns.128.0.10.in-addr.arpa, "
	         "ns.0.10.in-addr.arpa, 1.2.3.0.10.in-addr.arpa]\n",
	                ":5:10: error: ns.127.0.10.in-addr.arpa. lies in the very block that it "
	                "answers for, where nobody finds it; write `glue: "
	                "{ns.127.0.10.in-addr.arpa.: ADDRESS}` [glue-missing]\n"
	                ":5:84: error: 1.2.3.0.10.in-addr.arpa. lies in the very block that it "
	                "answers for, where nobody finds it; write `glue: "
	                "{1.2.3.0.10.in-addr.arpa.: ADDRESS}` [glue-missing]\n"},
	        {"  2001:db8::/33:\n"
	         "    ns: [ns.7.8.b.d.0.1.0.0.2.ip6.arpa, ns.8.8.b.d.0.1.0.0.2.ip6.arpa, "
	         "ns.10.in-addr.arpa]\n"
	         "    glue: {ns.8.8.b.d.0.1.0.0.2.ip6.arpa: 192.0.2.1}\n",
	                ":5:10: error: ns.7.8.b.d.0.1.0.0.2.ip6.arpa. lies in the very block that "
	                "it answers for, where nobody finds it; write `glue: "
	                "{ns.7.8.b.d.0.1.0.0.2.ip6.arpa.: ADDRESS}` [glue-missing]\n"
	                ":6:12: error: ns.8.8.b.d.0.1.0.0.2.ip6.arpa. lies outside of what is "
	                "delegated, and its own zone answers for its addresses; remove it "
	                "[glue]\n"},
	        {"  192.0.2.9/32:\n"
	         "    ns: [ns.9.2.0.192.in-addr.arpa, ns.2.0.192.in-addr.arpa, "
	         "ns.10.2.0.192.in-addr.arpa]\n",
	                ":5:10: error: ns.9.2.0.192.in-addr.arpa. lies in the very block that it "
	                "answers for, where nobody finds it; write `glue: "
	                "{ns.9.2.0.192.in-addr.arpa.: ADDRESS}` [glue-missing]\n"},
	        {"  192.0.2.128/25: {ns: [a.test, b.test], glue: [a.test]}\n",
	                ":4:48: error: a map of name servers and addresses is wanted here, not a "
	                "list [wrong-type]\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(mistakes); i++)
		expect(mistakes[i].entries, mistakes[i].said);
}

static void a_block_is_there_once_however_it_is_written(void **state)
{
	static const struct mistake mistakes[] = {
	        {"  192.0.2.128/25: {ns: [a.test, b.test]}\n"
	         "  192.0.2.0/25: {ns: [a.test, b.test]}\n"
	         "  192.0.2.128-192.0.2.255: {cname: a.test}\n",
	                ":6:3: error: 192.0.2.128/25 is there already, on line 4; remove one of "
	                "the two [duplicate]\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(mistakes); i++)
		expect(mistakes[i].entries, mistakes[i].said);
}

/* Add so many numbered items to a list. */
static void add_items(char *out, const char *format, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		out += sprintf(out, format, i);
}

static void so_many_and_no_more(void **state)
{
	char text[9000];
	(void)state;

	for (unsigned over = 0; over < 2; over++) {
		strcpy(text, "  192.0.2.0/24:\n    ns:\n");
		add_items(text + strlen(text), "    - n%u.test\n", NS_MAX_A_ZONE + over);
		expect(text, over ? ":106:7: error: more than 100 name servers; remove some "
		                    "[many-ns]\n"
		                  : "");
		strcpy(text, "  192.0.2.0/24:\n    ns: [a.test, b.test]\n    ds:\n");
		add_items(text + strlen(text), "    - %u 13 2 " DIGEST "\n", DS_MAX_A_CUT + over);
		expect(text, over ? ":23:7: error: more than 16 DS records; remove some [many-ds]\n"
		                  : "");
		strcpy(text,
		        "  192.0.2.0/24:\n    ns: [a.2.0.192.in-addr.arpa, b.test]\n    glue:\n"
		        "     a.2.0.192.in-addr.arpa:\n");
		add_items(text + strlen(text), "     - 192.0.2.%u\n", GLUE_MAX_A_CUT + over);
		expect(text, over ? ":208:8: error: more than 200 addresses of glue; remove some "
		                    "[many-glue]\n"
		                  : "");
	}
}

/* The label of the last address and the target, to the octet. */
static void names_below_a_cname_have_255_octets_and_no_more(void **state)
{
	char entries[600], target[260] = "bbb";
	(void)state;

	for (unsigned i = 0; i < 123; i++)
		strcat(target, ".a"); /* 251 octets with the root */
	snprintf(entries, sizeof entries, "  192.0.2.0-192.0.2.255: {cname: %s}\n", target);
	expect(entries, "");
	snprintf(entries, sizeof entries, "  192.0.2.0-192.0.2.99: {cname: b%s}\n", target);
	expect(entries, "");
	snprintf(entries, sizeof entries, "  192.0.2.0-192.0.2.100: {cname: b%s}\n", target);
	expect(entries, ":4:27: error: the names below it would have 256 octets; 255 are the most "
	                "[name-long]\n");
	snprintf(entries, sizeof entries, "  192.0.2.0-192.0.2.9: {cname: bb%s}\n", target);
	expect(entries, "");
}

static void delegations_are_read_by_config_load(void **state)
{
	struct config c;
	(void)state;

	files_write("arpad.yaml", OPERATOR);
	files_write(
	        FILE_NAME, "version: 1\ncustomer: acme\ndelegate: {192.0.2.128/25: " NS2 "}}\n");
	free(files_load(&c, NULL, NULL));
	assert_true(c.plan.customers[0].may_delegate);
	assert_int_equal(c.plan.sources[0].delegation_count, 1);
	assert_int_equal(c.plan.sources[0].delegations[0].ttl_s, TTL_DEFAULT);
	config_free(&c);
	files_write("arpad.yaml",
	        "version: 1\nzones: []\ncustomers: {acme: {prefixes: [192.0.2.0/24], "
	        "may-delegate: no}, b: {prefixes: [192.0.3.0/24]}}\n");
	free(files_load(&c, NULL, NULL));
	assert_false(c.plan.customers[0].may_delegate);
	assert_false(c.plan.customers[1].may_delegate);
	config_free(&c);
	files_write("arpad.yaml", "version: 1\nzones: []\ncustomers: {acme: {prefixes: "
	                          "[192.0.2.0/24], may-delegate: maybe}}\n");
	char *said = files_load(&c, NULL, NULL);
	assert_non_null(strstr(said, "arpad.yaml:3:60: error: maybe is neither yes nor no; write "
	                             "`yes` or `no` [yes-no]\n"));
	free(said);
	config_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(
	                delegations_in_all_forms, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                name_servers_digests_and_glue_are_kept_as_on_the_wire, files_set_up,
	                files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                algorithms_are_those_in_use, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                ns_or_cname_and_what_goes_with_it, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                what_is_no_block_to_hand_on_is_refused, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                styles_are_for_less_than_a_24, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                cnames_are_for_one_24, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                what_is_no_ds_record_is_refused, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(glue_is_there_where_it_must_be_and_nowhere_else,
	                files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                a_block_is_there_once_however_it_is_written, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(so_many_and_no_more, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(names_below_a_cname_have_255_octets_and_no_more,
	                files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                delegations_are_read_by_config_load, files_set_up, files_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
