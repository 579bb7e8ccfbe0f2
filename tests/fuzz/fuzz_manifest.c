/* SPDX-License-Identifier: ISC */
/* tests/fuzz/fuzz_manifest.c - octets as a manifest, as they are and with a last line that is
 * right, so that what is before it is tried: refused, or it prints as the very octets, unless it is
 * of an earlier arpad. */
#include <string.h>

#include "server/manifest.h"
#include "tests/help/fuzz.h"
#include "tests/help/must.h"

#define SEAL_OCTETS 40 /* "digest ", 32 digits, a newline */

static void read_manifest(const char *octets, size_t size)
{
	struct manifest m;
	char *printed;
	size_t printed_size;

	if (manifest_parse(&m, octets, size) != OK)
		return;
	must(manifest_print(&m, &printed, &printed_size) == OK, "what is read can be printed");
	must(m.is_old || (printed_size == size && memcmp(printed, octets, size) == 0),
	        "as the very octets");
	for (size_t i = 0; i < m.zone_count; i++)
		must(manifest_find_zone(&m, m.zones[i].name) == &m.zones[i], "a zone is found");
	for (size_t i = 0; i < m.customer_count; i++)
		must(manifest_find_customer(&m, m.customers[i].name) == &m.customers[i],
		        "a customer is found");
	free(printed);
	manifest_free(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	size_t n = size < SEAL_OCTETS ? 0 : size - SEAL_OCTETS;
	char *forged = malloc(n + SEAL_OCTETS + 1), text[DIGEST_TEXT_MAX];

	must(forged != NULL, "out of memory");
	read_manifest((const char *)octets, size);
	if (n)
		memcpy(forged, octets, n);
	struct digest d = digest_of(forged, n);
	sprintf(forged + n, "digest %s\n", digest_to_text(text, &d));
	read_manifest(forged, n + SEAL_OCTETS);
	free(forged);
	return 0;
}

FUZZ_MAIN("manifest", 60000)
