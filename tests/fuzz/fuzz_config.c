/* SPDX-License-Identifier: ISC */
/* tests/fuzz/fuzz_config.c - octets as an arpad.yaml, beside a customer's file that is good. */
#include <stdlib.h>

#include "tests/help/files.h"
#include "tests/help/fuzz.h"
#include "tests/help/load.h"

static const char customer[] = "version: 1\n"
                               "customer: acme\n"
                               "hosts:\n"
                               "  192.0.2.25: mail.acme.example\n"
                               "  192.0.2.26: [a.acme.example, b.acme.example]\n"
                               "  2001:db8:42::25: {name: mail.acme.example, ttl: 5m}\n";

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	static bool is_ready;
	struct config c;

	if (!is_ready) {
		files_begin();
		atexit(files_end);
		files_write("customers/acme.yaml", customer);
		is_ready = true;
	}
	files_write_octets("arpad.yaml", octets, size);
	struct generation g = load_twice(&c, NULL);
	config_free(&c);
	generation_free(&g);
	return 0;
}

FUZZ_MAIN("config", 3000)
