/* SPDX-License-Identifier: ISC */
/* tests/fuzz/fuzz_delegation.c - octets as a customer's file, at first start and after a good one:
 * whatever it is, the operator's file and the other customer's are served. */
#include <stdlib.h>

#include "tests/help/files.h"
#include "tests/help/fuzz.h"
#include "tests/help/load.h"
#include "tests/help/must.h"

static const char operator[] =
        "version: 1\n"
        "server: {listen: [127.0.0.1@5300]}\n"
        "defaults: {ns: [ns1.isp.example, ns2.isp.example], hostmaster: hm@isp.example}\n"
        "zones: [192.0.2.0/24, 2001:db8::/32, acme.example, isp.example]\n"
        "customers:\n"
        "  other: {prefixes: [192.0.2.0/24], domains: [acme.example, isp.example]}\n"
        "  acme: {prefixes: [192.0.2.16/28, 2001:db8:42::/48], domains: [acme.example], "
        "may-delegate: yes}\n";
static const char other[] = "version: 1\n"
                            "customer: other\n"
                            "hosts:\n"
                            "  192.0.2.1: gw.isp.example\n"
                            "  192.0.2.2: www.acme.example\n"
                            "ranges: {192.0.2.0/24: '{ip}.isp.example'}\n";
static const char good[] = "version: 1\n"
                           "customer: acme\n"
                           "hosts:\n"
                           "  192.0.2.25: mail.acme.example\n"
                           "  2001:db8:42::25: mail.acme.example\n"
                           "ranges: {192.0.2.16/29: 'h-{n}.acme.example'}\n"
                           "delegate: {'2001:db8:42:8000::/50': {ns: [n1.test, n2.test]}}\n";

/* Its place in arpad.yaml: the first, so that a name which both want is its from the start. */
#define OTHER 0

static struct generation begin(void)
{
	struct config c;

	files_begin();
	atexit(files_end);
	files_write("arpad.yaml", operator);
	files_write("customers/other.yaml", other);
	files_write("customers/acme.yaml", good);
	struct generation first = load_files(&c, NULL);
	must(first.snapshot && c.diags.errors == 0, "what is good is accepted");
	config_free(&c);
	return first;
}

static void load_on(const struct generation *last)
{
	struct config c;
	struct generation next = load_twice(&c, last);

	must(next.snapshot != NULL, "a customer's file does not stop the operator's");
	must(c.plan.sources[OTHER].state == SOURCE_GOOD, "nor the other customer's");
	must(c.plan.sources[OTHER].pair_count == 2, "which is whole");
	config_free(&c);
	generation_free(&next);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	static struct generation last;

	if (!last.snapshot)
		last = begin();
	files_write_octets("customers/acme.yaml", octets, size);
	load_on(NULL);
	load_on(&last);
	return 0;
}

FUZZ_MAIN("delegation", 2000)
