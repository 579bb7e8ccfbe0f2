/* SPDX-License-Identifier: ISC */
/* What the rules of zone/check_layers.h say, and what of a kept file they leave. */
#include "tests/help/files.h"
#include "tests/unit/unit.h"
#include "zone/check_layers.h"

/* acme has 192.0.2.0/24, 198.51.100.0/25 and 2001:db8:42::/48; with a file of his own `inner` has
 * 192.0.2.32/28 of it, and 192-0-2-65.acme.example. */
static void write_config(const char *zones, bool has_inner, const char *may_delegate)
{
	char text[4000];
	int n = snprintf(text, sizeof text,
	        "version: 1\n"
	        "defaults: {ns: [ns1.test, ns2.test], hostmaster: h@test}\n"
	        "zones:\n%scustomers:\n"
	        "  acme: {prefixes: [192.0.2.0/24, 198.51.100.0/25, 2001:db8:42::/48],"
	        " domains: [acme.example], may-delegate: yes}\n",
	        zones);

	if (has_inner)
		snprintf(text + n, sizeof text - (size_t)n,
		        "  inner: {prefixes: [192.0.2.32/28], domains: [inner.example,"
		        " 192-0-2-65.acme.example], may-delegate: %s}\n",
		        may_delegate);
	files_write("arpad.yaml", text);
}

static void write_file(const char *customer, const char *entries)
{
	char path[40], text[4000];

	snprintf(path, sizeof path, "customers/%s.yaml", customer);
	snprintf(text, sizeof text, "version: 1\ncustomer: %s\n%s", customer, entries);
	files_write(path, text);
}

/* What is said of arpad.yaml, and of b who has no file, is of no interest here. */
static void leave_out_config(char *said)
{
	char *out = said;

	for (char *line = said, *next; *line; line = next) {
		next = strchr(line, '\n') + 1;
		size_t n = (size_t)(next - line);
		if (strncmp(line, "arpad.yaml:", 11) == 0 || strncmp(line, "customers/b.", 12) == 0)
			continue;
		memmove(out, line, n);
		out += n;
	}
	*out = 0;
}

static void what_breaks_a_rule_is_told_at_its_place(void **state)
{
	static const struct {
		const char *zones, *acme, *inner, *may_delegate, *said;
	} cases[] = {
	        /* the whole of a range lies in his prefixes */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n",
	                "ranges: {192.0.2.0/24: 'h-{ip}.acme.example', 198.51.100.0-198.51.100.7: "
	                "none, 203.0.113.0/30: 'x-{ip}.acme.example'}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:80: error: 203.0.113.0/30 reaches beyond acme's "
	                "prefixes: 203.0.113.0 is in none [scope]\n"},
	        /* delegations likewise */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n",
	                "delegate: {192.0.3.0/24: {ns: [ns1.test, ns2.test]}, "
	                "192.0.2.192-192.0.2.255: {ns: [ns1.test, ns2.test]}, '2001:db8::/32': "
	                "{ns: [ns1.test, ns2.test]}}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:12: error: 192.0.3.0/24 reaches beyond acme's "
	                "prefixes: 192.0.3.0 is in none [scope]\n"
	                "customers/acme.yaml:3:107: error: 2001:db8::/32 reaches beyond acme's "
	                "prefixes: 2001:db8:: is in none [scope]\n"},
	        /* a hole needs no zone, names do */
	        {"  - acme.example\n"
	         "  - {prefix: 192.0.2.64/26, style: dash}\n",
	                "ranges: {192.0.2.0/25: none, 192.0.2.64/27: 'h-{ip}.acme.example', "
	                "192.0.2.32-192.0.2.95: 'x-{ip}.acme.example'}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:68: error: 192.0.2.32-192.0.2.95 reaches beyond the "
	                "zones served here: 192.0.2.32 is in none; ask the operator to add one "
	                "[no-zone]\n"},
	        /* delegations need one */
	        {"  - acme.example\n"
	         "  - 198.51.100.0/24\n",
	                "delegate: {192.0.2.128/25: {ns: [ns1.test, ns2.test]}, "
	                "'2001:db8:42::/48': {ns: [ns1.test, ns2.test]}}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:12: error: 192.0.2.128/25 reaches beyond the zones "
	                "served here: 192.0.2.128 is in none; ask the operator to add one "
	                "[no-zone]\n"
	                "customers/acme.yaml:3:56: error: 2001:db8:42::/48 reaches beyond the "
	                "zones served here: 2001:db8:42:: is in none; ask the operator to add one "
	                "[no-zone]\n"},
	        /* names in domains of others */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n"
	         "  - inner.example\n"
	         "  - free.example\n",
	                "ranges: {192.0.2.0/26: 'a-{ip}.inner.example', 192.0.2.64/26: "
	                "'b-{ip}.free.example', 192.0.2.128/26: 'c-{ip}.elsewhere.example', "
	                "192.0.2.192/26: 'd-{ip}.sub.acme.example'}\n",
	                "hosts: {}\n", "yes",
	                "customers/acme.yaml:3:10: error: names below inner.example. lie in a "
	                "domain of customer inner and not of acme; choose a domain of yours "
	                "[scope-name]\n"
	                "customers/acme.yaml:3:48: error: names below free.example. lie in zone "
	                "free.example., which is served here, and in no domain of acme; ask the "
	                "operator [scope-name]\n"},
	        /* a domain of another that is a range's name */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n",
	                "ranges: {192.0.2.64/26: '{ip}.acme.example', 192.0.2.0/30: "
	                "'x{ip}.acme.example'}\n",
	                "hosts: {}\n", "yes",
	                "customers/acme.yaml:3:10: error: 192-0-2-65.acme.example. is a domain of "
	                "customer inner, and the range gives that name to 192.0.2.65; choose "
	                "another pattern, or write `192.0.2.65/32: none` in `ranges` "
	                "[scope-name]\n"},
	        /* CNAME, DNAME and cut above names */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - {name: acme.example, records: ['c CNAME x', 'd DNAME y.test.', 'n NS "
	         "ns.test.']}\n",
	                "ranges: {192.0.2.0/26: '{ip}.c.acme.example', 192.0.2.64/26: "
	                "'{ip}.d.acme.example', 192.0.2.128/26: '{ip}.n.acme.example', "
	                "192.0.2.192/26: '{ip}.x.d.acme.example'}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:47: error: the operator's DNAME record at "
	                "d.acme.example. (arpad.yaml:7) is in the way of names below "
	                "d.acme.example.; ask the operator, or choose another domain "
	                "[record-above]\n"
	                "customers/acme.yaml:3:124: error: the operator's DNAME record at "
	                "d.acme.example. (arpad.yaml:7) is in the way of names below "
	                "x.d.acme.example.; ask the operator, or choose another domain "
	                "[record-above]\n"},
	        /* records at names */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - {name: acme.example, records: ['192-0-2-5 TXT x', '192-0-2-6 A 192.0.2.6', "
	         "'192-0-2-7 CNAME x', '192-0-2-64 TXT x', '192-0-2-8 NS ns.test.', "
	         "'below.192-0-2-9 TXT x', '192-0-2-010 TXT x']}\n",
	                "ranges: {192.0.2.0/26: '{ip}.acme.example'}\n"
	                "hosts: {192.0.2.5: h5.acme.example, 192.0.2.7: h7.acme.example}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:10: error: the operator's A record at "
	                "192-0-2-6.acme.example. (arpad.yaml:7) is at a name of the range; ask the "
	                "operator, or write `192.0.2.6/32: none` in `ranges` [record-above]\n"
	                "customers/acme.yaml:3:10: error: the operator's CNAME record at "
	                "192-0-2-7.acme.example. (arpad.yaml:7) is at a name of the range; ask the "
	                "operator, or write `192.0.2.7/32: none` in `ranges` [record-above]\n"
	                "customers/acme.yaml:3:10: error: the operator's NS record at "
	                "192-0-2-8.acme.example. (arpad.yaml:7) is at a name of the range; ask the "
	                "operator, or write `192.0.2.8/32: none` in `ranges` [record-above]\n"},
	        /* wildcards are no names */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - {name: acme.example, records: ['* TXT x', '*.dyn CNAME y', '*.192-0-2-9 TXT "
	         "x']}\n",
	                "ranges: {192.0.2.0/26: '{ip}.acme.example', 192.0.2.64/26: "
	                "'{ip}.dyn.acme.example'}\n",
	                NULL, "yes", ""},
	        /* records at reverse names */
	        {"  - {prefix: 192.0.2.0/24, records: ['5 TXT x', '6 TXT x', '7 CNAME y.test.', "
	         "'64 TXT x', '* TXT x', 'x NS ns.test.']}\n"
	         "  - acme.example\n",
	                "ranges: {192.0.2.0/26: '{ip}.acme.example'}\n"
	                "hosts: {192.0.2.6: h6.acme.example, 192.0.2.64: h64.acme.example}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:10: error: the operator's TXT record at "
	                "5.2.0.192.in-addr.arpa. (arpad.yaml:4) is at the reverse name of an "
	                "address of the range; ask the operator, or write `192.0.2.5/32: none` in "
	                "`ranges` [record-above]\n"
	                "customers/acme.yaml:3:10: error: the operator's CNAME record at "
	                "7.2.0.192.in-addr.arpa. (arpad.yaml:4) is at the reverse name of an "
	                "address of the range; ask the operator, or write `192.0.2.7/32: none` in "
	                "`ranges` [record-above]\n"},
	        /* records above reverse names */
	        {"  - {prefix: 192.0.0.0/16, records: ['2 NS ns.test.']}\n"
	         "  - {prefix: 2001:db8::/32, records: ['2.4.0.0 DNAME y.test.', '0.0.0.0 TXT "
	         "x']}\n"
	         "  - acme.example\n",
	                "ranges: {192.0.2.0/26: '{ip}.acme.example', '2001:db8:42:1::/64': "
	                "'x{ip}.acme.example'}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:10: error: the operator's NS record at "
	                "2.0.192.in-addr.arpa. (arpad.yaml:4) is above reverse names of the range; "
	                "ask the operator, or leave these addresses out [record-above]\n"
	                "customers/acme.yaml:3:45: error: the operator's DNAME record at "
	                "2.4.0.0.8.b.d.0.1.0.0.2.ip6.arpa. (arpad.yaml:5) is above reverse names "
	                "of the range; ask the operator, or leave these addresses out "
	                "[record-above]\n"},
	        /* a DNAME at the apex of a zone by RFC 2317 */
	        {"  - {prefix: 192.0.2.64/26, style: dash, records: ['@ DNAME x.test.']}\n"
	         "  - acme.example\n",
	                "ranges: {192.0.2.64/27: '{ip}.acme.example', 192.0.2.96/27: none}\n", NULL,
	                "yes",
	                "customers/acme.yaml:3:10: error: the operator's DNAME record at "
	                "64-127.2.0.192.in-addr.arpa. (arpad.yaml:4) is above reverse names of the "
	                "range; ask the operator, or leave these addresses out [record-above]\n"},
	        /* records above reverse names of none */
	        {"  - {prefix: 192.0.2.0/24, records: ['5 NS ns.test.']}\n"
	         "  - acme.example\n",
	                "ranges: {192.0.2.0/26: '{ip}.acme.example', 192.0.2.4/30: none}\n", NULL,
	                "yes", ""},
	        /* records at cuts */
	        {"  - {prefix: 192.0.2.0/24, records: ['5 TXT x', '130 TXT x', '128-255 TXT x']}\n"
	         "  - {prefix: 2001:db8::/32, records: ['1.7.2.4.0.0 TXT x']}\n"
	         "  - acme.example\n",
	                "delegate: {192.0.2.5/32: {ns: [ns1.test, ns2.test]}, 192.0.2.0/30: {ns: "
	                "[ns1.test, ns2.test]}, 192.0.2.128/25: {ns: [ns1.test, ns2.test]}, "
	                "192.0.2.64/27: {ns: [ns1.test, ns2.test], style: lab}, "
	                "'2001:db8:42:7000::/52': {ns: [ns1.test, ns2.test]}, "
	                "'2001:db8:42:8000::/52': {ns: [ns1.test, ns2.test]}}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:12: error: the operator's TXT record at "
	                "5.2.0.192.in-addr.arpa. (arpad.yaml:4) is in the way of the delegation; "
	                "ask the operator [record-above]\n"
	                "customers/acme.yaml:3:96: error: the operator's TXT record at "
	                "130.2.0.192.in-addr.arpa. (arpad.yaml:4) is in the way of the delegation; "
	                "ask the operator [record-above]\n"
	                "customers/acme.yaml:3:195: error: the operator's TXT record at "
	                "1.7.2.4.0.0.8.b.d.0.1.0.0.2.ip6.arpa. (arpad.yaml:5) is in the way of the "
	                "delegation; ask the operator [record-above]\n"},
	        /* records below a label of its own */
	        {"  - {prefix: 192.0.2.0/24, records: ['x.lab TXT x', '70 CNAME y.test.']}\n"
	         "  - acme.example\n",
	                "delegate: {192.0.2.128/26: {ns: [ns1.test, ns2.test], style: lab}, "
	                "192.0.2.64/27: {cname: rev.test}}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:12: error: the operator's TXT record at "
	                "x.lab.2.0.192.in-addr.arpa. (arpad.yaml:4) is in the way of the "
	                "delegation; ask the operator [record-above]\n"
	                "customers/acme.yaml:3:68: error: the operator's CNAME record at "
	                "70.2.0.192.in-addr.arpa. (arpad.yaml:4) is in the way of the delegation; "
	                "ask the operator [record-above]\n"},
	        /* equal sizes */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n",
	                "ranges:\n"
	                "  192.0.2.0-192.0.2.9: '{ip}.acme.example'\n"
	                "  192.0.2.9-192.0.2.18: none\n"
	                "  192.0.2.10-192.0.2.20: none\n"
	                "  192.0.2.128/25: none\n"
	                "  192.0.2.128-192.0.2.255: none\n",
	                NULL, "yes",
	                "customers/acme.yaml:5:3: error: it overlaps 192.0.2.0-192.0.2.9 on line "
	                "4, a range of the same size, so that nobody knows which one holds; make "
	                "one of them smaller [range-overlap]\n"
	                "customers/acme.yaml:8:3: error: 192.0.2.128/25 is there already, on line "
	                "7; remove one of the two [duplicate]\n"},
	        /* labels that are two ranges' */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n",
	                "ranges:\n"
	                "  192.0.2.0/26: 'a-{d}.acme.example'\n"
	                "  192.0.2.64/26: 'a-{n}.acme.example'\n"
	                "  192.0.2.128/26: 'a-{c}-{d}.acme.example'\n"
	                "  192.0.2.192/26: 'a-{ip}.acme.example'\n"
	                "  '2001:db8:42::/64': '{ip}.acme.example'\n"
	                "  '2001:db8:42:1::/64': '{hex}.acme.example'\n"
	                "  '2001:db8:42:2::/64': '{host}.acme.example'\n",
	                NULL, "yes",
	                "customers/acme.yaml:5:3: error: a label below acme.example. could be of "
	                "this range or of that on line 4; use {ip} or {hex} in both, or letters "
	                "that tell them apart [range-label]\n"},
	        /* too many alike */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n",
	                "ranges:\n"
	                "  192.0.2.0/32: 'p{d}-x.acme.example'\n"
	                "  192.0.2.1/32: 'p{d}-xx.acme.example'\n"
	                "  192.0.2.2/32: 'p{d}-xxx.acme.example'\n"
	                "  192.0.2.3/32: 'p{d}-xxxx.acme.example'\n"
	                "  192.0.2.4/32: 'p{d}-xxxxx.acme.example'\n"
	                "  192.0.2.5/32: 'p{d}-xxxxxx.acme.example'\n"
	                "  192.0.2.6/32: 'p{d}-xxxxxxx.acme.example'\n"
	                "  192.0.2.7/32: 'p{d}-xxxxxxxx.acme.example'\n"
	                "  192.0.2.8/32: 'p{d}-xxxxxxxxx.acme.example'\n"
	                "  192.0.2.9/32: 'p{d}-xxxxxxxxxx.acme.example'\n"
	                "  192.0.2.10/32: 'p{d}-xxxxxxxxxxx.acme.example'\n"
	                "  192.0.2.11/32: 'p{d}-xxxxxxxxxxxx.acme.example'\n"
	                "  192.0.2.12/32: 'p{d}-xxxxxxxxxxxxx.acme.example'\n"
	                "  192.0.2.13/32: 'p{d}-xxxxxxxxxxxxxx.acme.example'\n"
	                "  192.0.2.14/32: 'p{d}-xxxxxxxxxxxxxxx.acme.example'\n"
	                "  192.0.2.15/32: 'p{d}-xxxxxxxxxxxxxxxx.acme.example'\n"
	                "  192.0.2.16/32: 'p{d}-xxxxxxxxxxxxxxxxx.acme.example'\n"
	                "  192.0.2.17/32: 'p{d}-xxxxxxxxxxxxxxxxxx.acme.example'\n",
	                NULL, "yes",
	                "customers/acme.yaml:20:3: error: more than 16 patterns below "
	                "acme.example. begin alike; begin this one with letters of its own, or "
	                "choose another domain [range-alike]\n"
	                "customers/acme.yaml:21:3: error: more than 16 patterns below "
	                "acme.example. begin alike; begin this one with letters of its own, or "
	                "choose another domain [range-alike]\n"},
	        /* a host with another's name */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n",
	                "ranges: {192.0.2.0/26: 'h-{d}.acme.example', 192.0.2.10/32: none, "
	                "192.0.2.16/28: 'q-{d}.acme.example'}\n"
	                "hosts: {192.0.2.1: h-1.acme.example, 192.0.2.2: h-3.acme.example, "
	                "192.0.2.4: h-10.acme.example, 192.0.2.5: h-17.acme.example, 192.0.2.6: "
	                "{name: h-7.acme.example, forward: no}, 192.0.2.7: h-007.acme.example, "
	                "'2001:db8:42::1': h-9.acme.example}\n",
	                NULL, "yes",
	                "customers/acme.yaml:4:38: error: h-3.acme.example. is the name that the "
	                "range on line 3 gives to 192.0.2.3; choose another name [range-host]\n"
	                "customers/acme.yaml:4:208: error: h-9.acme.example. is the name that the "
	                "range on line 3 gives to 192.0.2.9; choose another name [range-host]\n"},
	        /* a zone at a range's name */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n"
	         "  - h-3.acme.example\n"
	         "  - x.h-4.acme.example\n"
	         "  - h-99.acme.example\n",
	                "ranges: {192.0.2.0/26: 'h-{d}.acme.example'}\n"
	                "hosts: {192.0.2.9: h-9.acme.example}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:10: error: h-3.acme.example. is a zone served here "
	                "(arpad.yaml:8), and the range gives that name to 192.0.2.3; choose "
	                "another pattern, or write `192.0.2.3/32: none` in `ranges` "
	                "[range-zone]\n"},
	        /* delegations that overlap */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n",
	                "delegate: {192.0.2.128/25: {ns: [ns1.test, ns2.test], style: a}, "
	                "192.0.2.192/26: {ns: [ns1.test, ns2.test], style: b}, 192.0.2.200/32: "
	                "{ns: [ns1.test, ns2.test]}, 192.0.2.127/32: {ns: [ns1.test, ns2.test]}, "
	                "192.0.2.0/24: {ns: [ns1.test, ns2.test]}}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:208: error: the zone 2.0.192.in-addr.arpa. is "
	                "served here (arpad.yaml:4): it lies in what is delegated; ask the "
	                "operator [delegate-zone]\n"
	                "customers/acme.yaml:3:208: error: it overlaps the delegation of "
	                "192.0.2.127/32 on line 3; an address goes to one [delegate-overlap]\n"
	                "customers/acme.yaml:3:208: error: it overlaps the delegation of "
	                "192.0.2.128/25 on line 3; an address goes to one [delegate-overlap]\n"
	                "customers/acme.yaml:3:208: error: it overlaps the delegation of "
	                "192.0.2.192/26 on line 3; an address goes to one [delegate-overlap]\n"
	                "customers/acme.yaml:3:208: error: it overlaps the delegation of "
	                "192.0.2.200/32 on line 3; an address goes to one [delegate-overlap]\n"},
	        /* two zones of one name */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n",
	                "delegate: {192.0.2.128/26: {ns: [ns1.test, ns2.test], style: lab}, "
	                "192.0.2.64/26: {ns: [ns1.test, ns2.test], style: lab}, 192.0.2.0/27: "
	                "{cname: rev.test}, 192.0.2.32/27: {cname: rev.test}}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:68: error: lab.2.0.192.in-addr.arpa. is the zone of "
	                "line 3 already; give each block a label of its own [delegate-label]\n"},
	        /* zones in the way of a cut */
	        {"  - 192.0.0.0/16\n"
	         "  - 192.0.2.0/24\n"
	         "  - {prefix: 198.51.100.64/26, style: dash}\n"
	         "  - 198.51.100.0/24\n"
	         "  - x.lab.2.0.192.in-addr.arpa\n"
	         "  - 7.2.0.192.in-addr.arpa\n",
	                "delegate: {192.0.2.128/26: {ns: [ns1.test, ns2.test], style: lab}, "
	                "192.0.2.0/29: {ns: [ns1.test, ns2.test]}, 198.51.100.0/25: {ns: "
	                "[ns1.test, ns2.test]}, 198.51.100.64/26: {ns: [ns1.test, ns2.test]}, "
	                "198.51.100.64/27: {ns: [ns1.test, ns2.test], style: 64-127}}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:12: error: the zone x.lab.2.0.192.in-addr.arpa. is "
	                "served here (arpad.yaml:8): for hosts in it the operator writes it as "
	                "{prefix, style} in `zones` [delegate-zone]\n"
	                "customers/acme.yaml:3:68: error: the zone 7.2.0.192.in-addr.arpa. is "
	                "served here (arpad.yaml:9): it lies in what is delegated; ask the "
	                "operator [delegate-zone]\n"
	                "customers/acme.yaml:3:110: error: the zone "
	                "64-127.100.51.198.in-addr.arpa. is served here (arpad.yaml:6): its "
	                "addresses have names there; remove the delegation, or ask the operator "
	                "[delegate-zone]\n"
	                "customers/acme.yaml:3:155: error: it overlaps the delegation of "
	                "198.51.100.0/25 on line 3; an address goes to one [delegate-overlap]\n"
	                "customers/acme.yaml:3:201: error: the zone "
	                "64-127.100.51.198.in-addr.arpa. is served here (arpad.yaml:6): delegate "
	                "the very block that it is for [delegate-zone]\n"
	                "customers/acme.yaml:3:201: error: it overlaps the delegation of "
	                "198.51.100.0/25 on line 3; an address goes to one [delegate-overlap]\n"
	                "customers/acme.yaml:3:201: error: 64-127.100.51.198.in-addr.arpa. is the "
	                "zone of line 3 already; give each block a label of its own "
	                "[delegate-label]\n"},
	        /* a whole zone */
	        {"  - 192.0.2.0/24\n", "delegate: {192.0.2.0/24: {ns: [ns1.test, ns2.test]}}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:12: error: the zone 2.0.192.in-addr.arpa. is served "
	                "here (arpad.yaml:4): it lies in what is delegated; ask the operator "
	                "[delegate-zone]\n"},
	        /* shadowed things */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n",
	                "hosts: {192.0.2.130: a.acme.example, 192.0.2.127: b.acme.example}\n"
	                "ranges: {192.0.2.128/26: '{ip}.acme.example', 192.0.2.64-192.0.2.200: "
	                "'x{ip}.acme.example', 192.0.2.192/26: none}\n"
	                "delegate: {192.0.2.128/25: {ns: [ns1.test, ns2.test]}}\n",
	                NULL, "yes",
	                "customers/acme.yaml:3:9: warning: 192.0.2.130 lies in 192.0.2.128/25, "
	                "which line 5 delegates, so it is not served here; move it to the servers "
	                "there [shadowed]\n"
	                "customers/acme.yaml:4:10: warning: 192.0.2.128/26 lies in 192.0.2.128/25, "
	                "which line 5 delegates, so it is not served here; remove it [shadowed]\n"
	                "customers/acme.yaml:4:93: warning: 192.0.2.192/26 lies in 192.0.2.128/25, "
	                "which line 5 delegates, so it is not served here; remove it [shadowed]\n"},
	        /* around and in an inner customer's block */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n",
	                "hosts: {192.0.2.33: a.acme.example}\n"
	                "ranges: {192.0.2.0/24: '{ip}.acme.example', 192.0.2.32/28: none}\n",
	                "ranges: {192.0.2.32/28: '{ip}.192-0-2-65.acme.example', 192.0.2.40/30: "
	                "none}\n",
	                "yes",
	                "customers/acme.yaml:3:9: error: 192.0.2.33 lies in 192.0.2.32/28, the "
	                "block of customer inner; it belongs into that customer's file [scope]\n"},
	        /* an outer delegation on an inner block */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n",
	                "delegate: {192.0.2.0/25: {ns: [ns1.test, ns2.test]}, 192.0.2.48/28: {ns: "
	                "[ns1.test, ns2.test], style: a}, 192.0.2.36/30: {ns: [ns1.test, "
	                "ns2.test], style: b}}\n",
	                "delegate: {192.0.2.32/28: {ns: [ns1.test, ns2.test]}}\n", "yes",
	                "customers/acme.yaml:3:12: error: 192.0.2.0/25 has addresses of "
	                "192.0.2.32/28, the block of customer inner; delegate what is left around "
	                "it [scope]\n"
	                "customers/acme.yaml:3:54: error: it overlaps the delegation of "
	                "192.0.2.0/25 on line 3; an address goes to one [delegate-overlap]\n"
	                "customers/acme.yaml:3:107: error: 192.0.2.36/30 has addresses of "
	                "192.0.2.32/28, the block of customer inner; delegate what is left around "
	                "it [scope]\n"
	                "customers/acme.yaml:3:107: error: it overlaps the delegation of "
	                "192.0.2.0/25 on line 3; an address goes to one [delegate-overlap]\n"},
	        /* an inner customer around his block */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n",
	                "ranges: {192.0.2.128/25: none}\n",
	                "ranges: {192.0.2.32-192.0.2.48: none}\n", "yes",
	                "customers/inner.yaml:3:10: error: 192.0.2.32-192.0.2.48 reaches beyond "
	                "inner's prefixes: 192.0.2.48 is in none [scope]\n"},
	        /* who may not */
	        {"  - 192.0.2.0/24\n"
	         "  - 198.51.100.0/24\n"
	         "  - 2001:db8::/32\n"
	         "  - acme.example\n",
	                "ranges: {192.0.2.128/25: none}\n",
	                "delegate: {192.0.2.32/29: {ns: [ns1.test, ns2.test]}}\n", "no",
	                "customers/inner.yaml:3:12: error: customer inner may not delegate; ask "
	                "the operator for `may-delegate: yes` [may-delegate]\n"},
	};
	struct config c;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		enum err e;
		write_config(cases[i].zones, cases[i].inner != NULL, cases[i].may_delegate);
		write_file("acme", cases[i].acme);
		if (cases[i].inner)
			write_file("inner", cases[i].inner);
		char *said = files_load(&c, NULL, &e);
		assert_int_equal(e, OK);
		leave_out_config(said);
		if (strcmp(said, cases[i].said) != 0)
			print_message("%u: %s", i, cases[i].acme);
		assert_string_equal(said, cases[i].said);
		for (unsigned k = 0; k < c.plan.source_count; k++) {
			char error[80];
			snprintf(error, sizeof error, "%s:", c.plan.sources[k].file);
			const char *first = strstr(said, error);
			bool is_bad = false;
			for (; first; first = strstr(first + 1, error))
				is_bad |= strncmp(strstr(first, ": ") + 2, "error", 5) == 0;
			assert_int_equal(
			        c.plan.sources[k].state, is_bad ? SOURCE_REFUSED : SOURCE_GOOD);
		}
		free(said);
		config_free(&c);
	}
}

/* What each customer has: a host's address and name, a range and its pattern, a delegation. */
static char *list_entries(const struct plan *p)
{
	char *out = NULL, text[ADDR_RANGE_TEXT_MAX], name[NAME_TEXT_MAX];
	size_t size;
	FILE *f = open_memstream(&out, &size);

	for (size_t i = 0; i < p->source_count; i++) {
		const struct plan_source *s = &p->sources[i];
		for (size_t k = 0; source_is_served(s) && k < s->pair_count; k++) {
			const struct addr a = pair_addr(&s->pairs[k]);
			addr_to_text(text, &a);
			fprintf(f, "%s%s\n", text,
			        s->pairs[k].flags & PAIR_SHADOWED ? " hidden" : "");
		}
		for (size_t k = 0; source_is_served(s) && k < s->range_count; k++) {
			const struct plan_range *r = &s->ranges[k];
			struct addr first = {.len = r->pattern.addr_len}, last = first;
			memcpy(first.octets, r->pattern.first, 16);
			memcpy(last.octets, r->pattern.last, 16);
			addr_range_to_text(text, &first, &last);
			if (r->owner)
				name_to_text(name, r->owner);
			fprintf(f, "%s %s%s\n", text, r->owner ? name : "none",
			        r->is_shadowed ? " hidden" : "");
		}
		for (size_t k = 0; source_is_served(s) && k < s->delegation_count; k++) {
			addr_range_to_text(text, &s->delegations[k].first, &s->delegations[k].last);
			fprintf(f, "%s delegated\n", text);
		}
	}
	fclose(f);
	return out;
}

static void write_operator(const char *zones, const char *prefixes, const char *others)
{
	char text[2000];

	snprintf(text, sizeof text,
	        "version: 1\ndefaults: {ns: [ns1.test, ns2.test], hostmaster: h@test}\n"
	        "zones: [%s]\ncustomers:\n  acme: {prefixes: [%s], domains: [acme.example], %s\n",
	        zones, prefixes, others);
	files_write("arpad.yaml", text);
}

#define BROKEN                                                                                     \
	"customers/acme.yaml:1:10: error: version 2 is not known; write `version: 1` [version]\n"
#define DROPPED                                                                                    \
	"customers/acme.yaml: warning: %u of the entries that this file published last are "       \
	"served no more: zones, records, prefixes or domains of arpad.yaml have changed "          \
	"[kept-dropped]\n"

/* All that acme had, but for what arpad.yaml does not allow any more. */
static void a_kept_file_goes_without_what_is_not_allowed_any_more(void **state)
{
	static const char zones[] = "192.0.2.0/24, acme.example";
	static const struct {
		const char *zones, *prefixes, *others;
		unsigned dropped;
		const char *entries;
	} cases[] = {
	        {zones, "192.0.2.0/24", "may-delegate: yes}", 0,
	                "192.0.2.1\n192.0.2.130 hidden\n192.0.2.0/26 acme.example.\n"
	                "192.0.2.64/30 none\n192.0.2.64-192.0.2.191 dyn.acme.example.\n"
	                "192.0.2.128/27 acme.example. hidden\n192.0.2.128/25 delegated\n"},
	        /* what a delegation hid comes to light without it */
	        {zones, "192.0.2.0/24", "may-delegate: no}", 1,
	                "192.0.2.1\n192.0.2.130\n192.0.2.0/26 acme.example.\n"
	                "192.0.2.64/30 none\n192.0.2.64-192.0.2.191 dyn.acme.example.\n"
	                "192.0.2.128/27 acme.example.\n"},
	        /* a block that is less */
	        {zones, "192.0.2.0/25", "may-delegate: yes}", 4,
	                "192.0.2.1\n192.0.2.0/26 acme.example.\n192.0.2.64/30 none\n"},
	        /* part of it is another customer's: an outer range fills what he leaves open */
	        {zones, "192.0.2.0/24",
	                "may-delegate: yes}\n  b: {prefixes: [192.0.2.0/28, 192.0.2.192/28]}", 2,
	                "192.0.2.130\n192.0.2.0/26 acme.example.\n"
	                "192.0.2.64/30 none\n192.0.2.64-192.0.2.191 dyn.acme.example.\n"
	                "192.0.2.128/27 acme.example.\n"},
	        /* a zone that is no more */
	        {"acme.example, {prefix: 192.0.2.0/26, style: dash}", "192.0.2.0/24",
	                "may-delegate: yes}", 4,
	                "192.0.2.1\n192.0.2.0/26 acme.example.\n192.0.2.64/30 none\n"},
	        /* a domain that is another's */
	        {zones, "192.0.2.0/24",
	                "may-delegate: yes}\n  b: {prefixes: [203.0.113.0/24], domains: "
	                "[dyn.acme.example]}",
	                1,
	                "192.0.2.1\n192.0.2.130 hidden\n192.0.2.0/26 acme.example.\n"
	                "192.0.2.64/30 none\n192.0.2.128/27 acme.example. hidden\n"
	                "192.0.2.128/25 delegated\n"},
	        /* DNAME above names; a zone in what is delegated; records where something is cut */
	        {"192.0.2.0/24, {name: acme.example, records: [dyn DNAME x.test.]}", "192.0.2.0/24",
	                "may-delegate: yes}", 1,
	                "192.0.2.1\n192.0.2.130 hidden\n192.0.2.0/26 acme.example.\n"
	                "192.0.2.64/30 none\n192.0.2.128/27 acme.example. hidden\n"
	                "192.0.2.128/25 delegated\n"},
	        {"192.0.2.0/24, acme.example, {prefix: 192.0.2.192/26, style: dash}",
	                "192.0.2.0/24", "may-delegate: yes}", 1,
	                "192.0.2.1\n192.0.2.130\n192.0.2.0/26 acme.example.\n"
	                "192.0.2.64/30 none\n192.0.2.64-192.0.2.191 dyn.acme.example.\n"
	                "192.0.2.128/27 acme.example.\n"},
	        {"{prefix: 192.0.2.0/24, records: [200 TXT x]}, acme.example", "192.0.2.0/24",
	                "may-delegate: yes}", 1,
	                "192.0.2.1\n192.0.2.130\n192.0.2.0/26 acme.example.\n"
	                "192.0.2.64/30 none\n192.0.2.64-192.0.2.191 dyn.acme.example.\n"
	                "192.0.2.128/27 acme.example.\n"},
	        /* the delegation's zone is served here now, so its hosts are */
	        {"192.0.2.0/24, acme.example, {prefix: 192.0.2.128/25, style: dash}",
	                "192.0.2.0/24", "may-delegate: yes}", 0,
	                "192.0.2.1\n192.0.2.130\n192.0.2.0/26 acme.example.\n"
	                "192.0.2.64/30 none\n192.0.2.64-192.0.2.191 dyn.acme.example.\n"
	                "192.0.2.128/27 acme.example.\n192.0.2.128/25 delegated\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		char said[600] = BROKEN;
		write_operator(zones, "192.0.2.0/24", "may-delegate: yes}");
		write_file("acme",
		        "hosts: {192.0.2.1: a.acme.example, 192.0.2.130: b.acme.example}\n"
		        "ranges: {192.0.2.0/26: 'h-{ip}.acme.example', 192.0.2.64/30: none, "
		        "192.0.2.64-192.0.2.191: 'x-{ip}.dyn.acme.example', 192.0.2.128/27: "
		        "'d-{ip}.acme.example'}\n"
		        "delegate: {192.0.2.128/25: {ns: [ns1.test, ns2.test]}}\n");
		struct config c;
		struct history h;
		enum err e;
		free(files_load(&c, NULL, &e));
		assert_int_equal(e, OK);
		assert_int_equal(c.diags.errors, 0);
		assert_int_equal(history_of_plan(&h, &c.plan, &c.digest), OK);
		config_free(&c);

		write_operator(cases[i].zones, cases[i].prefixes, cases[i].others);
		files_write("customers/acme.yaml", "version: 2\ncustomer: acme\n");
		char *got = files_load(&c, &h, &e);
		assert_int_equal(e, OK);
		leave_out_config(got);
		if (cases[i].dropped)
			snprintf(said, sizeof said, DROPPED BROKEN, cases[i].dropped);
		assert_string_equal(got, said);
		free(got);
		got = list_entries(&c.plan);
		if (strcmp(got, cases[i].entries) != 0)
			print_message("%u\n", i);
		assert_string_equal(got, cases[i].entries);
		free(got);
		assert_int_equal(c.plan.sources[0].state, SOURCE_KEPT);
		config_free(&c);
		history_free(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(
	                what_breaks_a_rule_is_told_at_its_place, files_set_up, files_tear_down),
	        cmocka_unit_test_setup_teardown(
	                a_kept_file_goes_without_what_is_not_allowed_any_more, files_set_up,
	                files_tear_down),

	};

	return cmocka_run_group_tests_name("zone/check_layers", tests, NULL, NULL);
}
