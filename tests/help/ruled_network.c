/* SPDX-License-Identifier: ISC */
#include "tests/help/ruled_network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/help/files.h"
#include "tests/help/must.h"
#include "zone/compile.h"

#define DIGEST "3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D"

static const char operator_file[] =
        "version: 1\n"
        "defaults: {ns: [ns1.test, ns2.test], hostmaster: h@test, ttl: 1h}\n"
        "zones:\n"
        "  - 10.0.0.0/8\n"
        "  - {prefix: 10.0.0.64/26, style: dash}\n"
        "  - 2001:db8::/32\n"
        "  - {name: example, records: ['*.w TXT wild', 'y CNAME 10-0-4-7.b', 'z DNAME b']}\n"
        "customers:\n"
        "  a: {prefixes: [10.0.0.0/8, 2001:db8::/32], domains: [example], may-delegate: yes}\n"
        "  b: {prefixes: [10.0.4.0/24, 2001:db8:b::/48], domains: [b.example]}\n";

static const char file_of_a[] =
        "version: 1\ncustomer: a\n"
        "hosts:\n"
        "  10.0.0.70: a.example\n"
        "  10.0.1.7: host.example\n"
        "  10.0.1.8: ip-10-0-1-8.example\n"
        "  2001:db8:1::5: host.example\n"
        "ranges:\n"
        "  10.0.0.64/27: '{ip}.cut.example'\n"
        "  10.0.0.0/16: 'ip-{ip}.example'\n"
        "  10.0.1.64/26: {pattern: 'h{host}.example', ttl: 5m}\n"
        "  10.0.1.128-10.0.1.131: none\n"
        "  10.0.2.0-10.0.2.99: 'n-{n}.w.example'\n"
        "  10.0.3.0/24: 'x{hex}.example'\n"
        "  10.0.6.0/24: 'b{a}-{d}x.example'\n"
        "  10.0.8.3-10.0.9.77: 'o-{c}-{d}.longer.owner.example'\n"
        "  2001:db8:1::/64: 'v-{ip}.example'\n"
        "  2001:db8:1::40/122: '{host}.v.example'\n"
        "  2001:db8:2::-2001:db8:2::ffff: 'b-{n}.example'\n"
        "  2001:db8:3::/48: {pattern: '{hex}.v.example', ttl: 1d}\n"
        "  2001:db8:1::10/124: none\n"
        "delegate:\n"
        "  10.1.0.0/16: {ns: [ns1.test, ns.1.10.in-addr.arpa], glue: {ns.1.10.in-addr.arpa: "
        "[10.1.0.1, 2001:db8::1]}, ds: [\"1 13 2 " DIGEST "\"]}\n"
        "  10.32.0.0/14: {ns: [ns1.test, ns2.test]}\n"
        "  10.0.1.192/27: {ns: [ns1.test, ns2.test], style: slash}\n"
        "  10.0.1.224/28: {cname: rev.example}\n"
        "  10.0.1.255/32: {ns: [ns1.test, ns2.test]}\n"
        "  2001:db8:8000::/34: {ns: [ns1.test, ns2.test]}\n"
        "  2001:db8:4::/47: {ns: [ns1.test, ns2.test], ttl: 1m}\n";

static const char file_of_b[] = "version: 1\ncustomer: b\n"
                                "ranges:\n"
                                "  10.0.4.0/25: '{ip}.b.example'\n"
                                "  10.0.4.200/29: none\n"
                                "  2001:db8:b::/64: 'q-{host}.b.example'\n";

struct snapshot *ruled_network(void)
{
	struct snapshot *snapshot;
	struct config c;
	enum err e;

	files_begin();
	files_write("arpad.yaml", operator_file);
	files_write("customers/a.yaml", file_of_a);
	files_write("customers/b.yaml", file_of_b);
	char *said = files_load(&c, NULL, &e);
	if (e != OK || c.diags.errors)
		fputs(said, stderr);
	must(e == OK && c.diags.errors == 0, "the files are good");
	free(said);
	must(compile_plan(&snapshot, &c.plan, NULL, 1000) == OK, "they compile");
	config_free(&c);
	files_end();
	return snapshot;
}

struct image *ruled_image(const struct snapshot *snapshot, const char *apex)
{
	char text[NAME_TEXT_MAX];

	for (uint32_t i = 0; i < snapshot->count; i++) {
		name_to_text(text, snapshot->images[i]->apex);
		if (strcmp(text, apex) == 0)
			return snapshot->images[i];
	}
	must(false, "there is no such zone");
	return NULL;
}
