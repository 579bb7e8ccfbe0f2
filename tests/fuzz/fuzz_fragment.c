/* SPDX-License-Identifier: ISC */
/* tests/fuzz/fuzz_fragment.c - octets as a fragment whose size and checksum are right, so that what
 * is behind them is tried: refused, or what it has gives the very octets. */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "tests/help/fuzz.h"
#include "tests/help/must.h"
#include "zone/fragment.h"

/* With a head that is right as far as it does not say what is behind it. */
static void forge(uint8_t *octets, size_t size)
{
	size_t behind = offsetof(struct fragment_header, checksum) + sizeof(uint64_t);
	struct fragment_header h;

	if (size < sizeof h)
		return;
	memcpy(&h, octets, sizeof h);
	memcpy(h.magic, FRAGMENT_MAGIC, sizeof h.magic);
	h.version = FRAGMENT_VERSION;
	h.byte_order = FRAGMENT_BYTE_ORDER;
	h.size = size;
	h.customer = XXH3_64bits("a", 1);
	uint64_t arrays = (uint64_t)h.pair_count * sizeof(struct fragment_pair) +
	                  (uint64_t)h.range_count * sizeof(struct fragment_range) +
	                  (uint64_t)h.delegation_count * sizeof(struct fragment_delegation);
	if (arrays <= size - sizeof h)
		h.pool_size = (uint32_t)(size - sizeof h - arrays);
	memcpy(octets, &h, sizeof h);
	h.checksum = XXH3_64bits(octets + behind, size - behind);
	memcpy(octets, &h, sizeof h);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	uint8_t *forged = malloc(size ? size : 1), *again;
	struct plan_source s = {0};
	struct fragment f;
	size_t again_size;

	must(forged != NULL, "out of memory");
	if (size)
		memcpy(forged, octets, size);
	forge(forged, size);
	if (fragment_open(&f, "a", forged, size) == OK) {
		arena_init(&s.arena);
		must(fragment_take(&f, &s) == OK, "it is taken");
		must(fragment_write(&again, &again_size, "a", &s) == OK, "and written");
		must(again_size == size && memcmp(again, forged, size) == 0, "as the same octets");
		must(fragment_same_layers(&f, &s), "of the same ranges and delegations");
		free(again);
		arena_free(&s.arena);
	}
	free(forged);
	return 0;
}

FUZZ_MAIN("fragment", 60000)
