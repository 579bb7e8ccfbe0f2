/* SPDX-License-Identifier: ISC */
/* tests/fuzz/fuzz_zone_file.c - octets as a master file: every record that comes out of it is
 * whole, every entry with a mistake is told. */
#include <stdlib.h>
#include <string.h>

#include "tests/help/files.h"
#include "tests/help/fuzz.h"
#include "tests/help/must.h"
#include "conf/zone_file.h"
#include "zone/plan.h"
#include "zone/rr.h"

static const char included[] = "@ 60 A 192.0.2.1\n"
                               "sub 60 PTR a\n";

/* Names in the rdata are whole, as far as an image looks into it. */
static void check_rdata(const struct zone_record *r)
{
	struct rr_shape shape = rr_shape(r->type);
	size_t at = shape.before;

	must(r->rdata_octets <= 65535, "rdata have a length");
	must(r->type != RR_A || r->rdata_octets == 4, "A has four octets");
	must(r->type != RR_AAAA || r->rdata_octets == 16, "AAAA has sixteen octets");
	for (unsigned i = 0; i < shape.names; i++) {
		struct name name;
		must(at <= r->rdata_octets, "rdata are as long as their type");
		must(name_from_wire(&name, r->rdata + at, r->rdata_octets - at) == OK,
		        "a name in rdata is whole");
		at += name.len;
	}
	must(r->type != RR_SOA || r->rdata_octets == at + 20, "a SOA ends with its numbers");
}

static void check_record(const struct zone_record *r)
{
	struct name owner, lower;

	must(r->place.file && r->place.line && r->text, "a record says where it stands");
	must(name_from_wire(&owner, r->owner, name_length(r->owner)) == OK, "an owner is whole");
	lower = owner;
	name_lower(&lower);
	must(memcmp(lower.wire, owner.wire, owner.len) == 0, "an owner is lower-case");
	must(r->ttl_s <= TTL_MAX, "a TTL has 31 bits");
	check_rdata(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	static bool is_ready;
	struct zone_file f;
	struct zone_record record;
	struct arena arena;
	struct diag_list diags;

	if (!is_ready) {
		files_begin();
		atexit(files_end);
		files_write("included", included);
		is_ready = true;
	}
	files_write_octets("acme.example.zone", octets, size);
	arena_init(&arena);
	diag_init(&diags);
	must(zone_file_open(&f, "acme.example.zone", INPUT_FILE, NULL, &arena, &diags) == OK,
	        "a file opens");
	while (zone_file_next(&f, &record))
		check_record(&record);
	must(f.refused == diags.errors, "each entry with a mistake has one diagnostic");
	must(zone_file_close(&f) == OK, "memory suffices");
	diag_free(&diags);
	arena_free(&arena);
	return 0;
}

FUZZ_MAIN("zone_file", 20000)
