/* SPDX-License-Identifier: ISC */
/* tools/import_sort.h - the PTRs and the addresses of all zones side by side, for
 * tools/import_match.c alone. */
#ifndef TOOLS_IMPORT_SORT_H
#define TOOLS_IMPORT_SORT_H

#include "tools/import.h"

/* A PTR at the name of an address. */
struct import_ptr {
	const struct import_record *record;
	struct addr addr;
};

/* An A or AAAA of a host name in a forward zone. */
struct import_address {
	const struct import_record *record;
	struct addr addr;
	uint32_t ttl_s; /* of its RRset */
	bool is_carried;
};

struct import_sorted {
	struct import_ptr *ptrs; /* by address, then in the order of reading */
	size_t ptr_count, ptr_capacity;
	struct import_address *addresses; /* by name, then by address */
	size_t address_count, address_capacity;
};

/* Fill *out, in the arena, with what belongs to its zone and is not occluded; what is neither PTR
 * nor address, nor carried by the zone itself, becomes a note. */
void import_sort(struct import *im, struct import_sorted *out);

/* The addresses of a name: *count of them from the one returned on. */
struct import_address *import_find_addresses(
        const struct import_sorted *sorted, const uint8_t *name, size_t *count);

#endif
