/* SPDX-License-Identifier: ISC */
/* The files, the records of the zones, the lists. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/import.h"
#include "tools/output_file.h"
#include "tools/rdata_text.h"
#include "tools/zone_file_name.h"
#include "zone/plan.h"

bool import_has_records(const struct import_zone *zone)
{
	for (size_t i = 0; i < zone->sorted_count; i++)
		if (zone->sorted[i]->fate == FATE_RECORD)
			return true;
	return false;
}

/* An owner of the zone relative to its apex. */
static void print_owner(const struct import_zone *zone, const uint8_t *owner, FILE *out)
{
	uint8_t labels[NAME_MAX_OCTETS + 1];
	char text[NAME_TEXT_MAX];
	size_t n = name_length(owner) - name_length(zone->apex);

	memcpy(labels, owner, n);
	labels[n] = 0;
	size_t length = name_to_text(text, labels);
	text[n ? length - 1 : 0] = 0; /* the last dot */
	fputs(n ? text : "@", out);
}

void import_print_records(const struct import_zone *zone, FILE *out)
{
	char apex[NAME_TEXT_MAX];

	name_to_text(apex, zone->apex);
	fprintf(out, "; zone %s: what is not a pair\n", apex);
	for (size_t i = 0; i < zone->sorted_count; i++) {
		const struct import_record *r = zone->sorted[i];
		if (r->fate != FATE_RECORD)
			continue;
		print_owner(zone, r->owner, out);
		fprintf(out, "\t%u\tIN\t", r->ttl_s);
		rdata_print(out, r->type, r->rdata, r->rdata_octets);
		putc('\n', out);
	}
}

static void print_notes(const struct import_notes *notes, FILE *out)
{
	for (size_t i = 0; i < notes->count; i++)
		import_print_note(&notes->items[i], out);
}

/* The files, in the order of writing. */
enum { NOT_CARRIED, MISMATCHES, TTLS, CUSTOMER, CONFIG, FILE_COUNT };

/* True when a file has something to say. */
static bool is_wanted(const struct import *im, unsigned file)
{
	switch (file) {
	case NOT_CARRIED:
		return im->diags.errors || im->not_carried.count;
	case MISMATCHES:
		return im->mismatches.count;
	case TTLS:
		return im->ttls.count;
	case CUSTOMER:
		return import_has_customer(im);
	default:
		return true;
	}
}

static void print_file(const struct import *im, unsigned file, uint32_t common_ttl_s, FILE *out)
{
	switch (file) {
	case NOT_CARRIED:
		diag_print(&im->diags, out);
		print_notes(&im->not_carried, out);
		break;
	case MISMATCHES:
		print_notes(&im->mismatches, out);
		break;
	case TTLS:
		print_notes(&im->ttls, out);
		break;
	case CUSTOMER:
		import_print_customer(im, common_ttl_s, out);
		break;
	default:
		import_print_config(im, out);
	}
}

static enum err tell(enum err e, const char *folder, const char *name)
{
	if (e == ERR_IO)
		fprintf(stderr, "%s/%s: %s\n", folder, name, strerror(errno));
	return e;
}

/* One that has nothing to say is not there. */
static enum err write_file(
        const struct import *im, const char *folder, unsigned file, uint32_t common_ttl_s)
{
	static const char *const names[FILE_COUNT] = {"not-carried.txt", "mismatches.txt",
	        "ttls.txt", "customers/imported.yaml", "arpad.yaml"};
	struct output o;

	if (!is_wanted(im, file))
		return tell(output_remove(folder, names[file]), folder, names[file]);
	enum err e = output_open(&o, folder, names[file]);
	if (e == OK) {
		print_file(im, file, common_ttl_s, o.stream);
		e = output_commit(&o);
	}
	return tell(e, folder, names[file]);
}

static enum err write_records(const struct import_zone *zone, const char *folder)
{
	char file[ZONE_FILE_NAME_MAX], name[6 + ZONE_FILE_NAME_MAX];
	struct output o;

	zone_file_name(file, zone->apex, ".records");
	snprintf(name, sizeof name, "zones/%s", file);
	enum err e = output_open(&o, folder, name);
	if (e == OK) {
		import_print_records(zone, o.stream);
		e = output_commit(&o);
	}
	return tell(e, folder, name);
}

static enum err make_folder(const char *folder, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return ERR_MEMORY;
	enum err e = output_make_folder(path);
	free(path);
	return tell(e, folder, name);
}

enum err import_write(const struct import *im, const char *folder)
{
	uint32_t common_ttl_s = TTL_DEFAULT;

	enum err e = make_folder(folder, "customers");
	if (e == OK)
		e = make_folder(folder, "zones");
	if (e == OK)
		e = import_find_common_ttl(im, &common_ttl_s);
	for (size_t i = 0; e == OK && i < im->zone_count; i++)
		if (import_has_records(&im->zones[i]))
			e = write_records(&im->zones[i], folder);
	for (unsigned i = 0; e == OK && i < FILE_COUNT; i++)
		e = write_file(im, folder, i, common_ttl_s);
	return e;
}
