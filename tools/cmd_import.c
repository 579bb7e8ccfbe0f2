/* SPDX-License-Identifier: ISC */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tools/cmd.h"
#include "tools/import.h"
#include "tools/rdata_text.h"

#define SHOWN_MAX 10 /* of each list; all are in the files */

static const char usage[] =
        "usage: arpa import [--force] -o DIR ZONEFILE...\n\n"
        "Make DIR/arpad.yaml, DIR/customers/imported.yaml with the pairs of address and name,\n"
        "ranges where one pattern makes the names, and delegations by RFC 2317, and\n"
        "DIR/zones/ZONE.records with everything else from zone files. PTRs that do not lead back\n"
        "are listed in DIR/mismatches.txt, what could not be carried in DIR/not-carried.txt.\n"
        "A file's origin is its $ORIGIN, or its name without .zone or .db.\n\n"
        "  -o DIR      where to; made if it is missing\n"
        "  --force     replace what is there\n";

struct options {
	const char *command, *folder;
	bool force;
};

static int compare_types(const void *va, const void *vb)
{
	const uint16_t *a = va, *b = vb;

	return *a - *b;
}

/* The types of all records in the zones' files; malloc'd, NULL when out of memory. */
static uint16_t *list_types(const struct import *im, size_t *count)
{
	size_t most = 0;

	for (size_t i = 0; i < im->zone_count; i++)
		most += im->zones[i].sorted_count;
	uint16_t *types = malloc((most + 1) * sizeof *types);
	*count = 0;
	for (size_t i = 0; types && i < im->zone_count; i++)
		for (size_t k = 0; k < im->zones[i].sorted_count; k++)
			if (im->zones[i].sorted[k]->fate == FATE_RECORD)
				types[(*count)++] = im->zones[i].sorted[k]->type;
	return types;
}

/* Print `records: 15 (12 A, 3 TXT)`. Returns false when out of memory. */
static bool print_records(const struct import *im)
{
	size_t count;
	uint16_t *types = list_types(im, &count);

	if (!types)
		return false;
	printf("records: %zu", count);
	qsort(types, count, sizeof *types, compare_types);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && types[end] == types[i]; end++)
			;
		printf("%s%zu ", i ? ", " : " (", end - i);
		type_print(stdout, types[i]);
	}
	fputs(count ? ")\n" : "\n", stdout);
	free(types);
	return true;
}

static void print_first(const struct import_notes *notes, const char *folder, const char *file)
{
	for (size_t i = 0; i < notes->count && i < SHOWN_MAX; i++) {
		fputs("  ", stdout);
		import_print_note(&notes->items[i], stdout);
	}
	if (notes->count > SHOWN_MAX)
		printf("  and %zu more, in %s/%s\n", notes->count - SHOWN_MAX, folder, file);
}

/* The first mistakes, on stderr; all are in not-carried.txt. */
static void print_mistakes(const struct diag_list *diags, const char *folder)
{
	struct diag_list first = *diags;

	if (first.count > SHOWN_MAX)
		first.count = SHOWN_MAX;
	first.dropped = 0;
	diag_print(&first, stderr);
	if (diags->errors > first.count)
		fprintf(stderr, "and %zu more, in %s/not-carried.txt\n",
		        diags->errors - first.count, folder);
}

static bool print_summary(const struct import *im, const char *folder)
{
	size_t reverse = 0;

	for (size_t i = 0; i < im->zone_count; i++)
		reverse += im->zones[i].is_reverse;
	printf("zones: %zu (%zu reverse, %zu forward)\n", im->zone_count, reverse,
	        im->zone_count - reverse);
	printf("pairs: %zu names at %zu addresses (%zu lead back, %zu external, %zu `forward: "
	       "no`)\n",
	        im->name_count, im->host_count,
	        im->name_count - im->external_count - im->forward_no_count, im->external_count,
	        im->forward_no_count);
	print_first(&im->mismatches, folder, "mismatches.txt");
	if (im->pattern_count)
		printf("ranges: %zu for %zu of these addresses, %zu of `none` in them\n",
		        im->pattern_count, im->in_range_count, im->range_count - im->pattern_count);
	if (im->cut_count)
		printf("delegations: %zu\n", im->cut_count);
	if (!print_records(im))
		return false;
	if (im->ttls.count)
		printf("RRsets with several TTLs, which have the smallest now: %zu\n",
		        im->ttls.count);
	print_first(&im->ttls, folder, "ttls.txt");
	printf("not carried: %zu\n", im->not_carried.count);
	print_first(&im->not_carried, folder, "not-carried.txt");
	printf("refused: %zu\n", im->refused);
	return true;
}

/* True when there is an arpad.yaml already that is to stay. */
static bool is_in_the_way(const struct options *o)
{
	struct stat s;
	char *path = NULL;

	if (o->force)
		return false;
	if (asprintf(&path, "%s/arpad.yaml", o->folder) < 0) {
		cmd_no_memory(o->command);
		return true;
	}
	bool is_there = lstat(path, &s) == 0;
	if (is_there)
		fprintf(stderr,
		        "%s: %s is there already; choose another folder, or replace it with "
		        "--force\n",
		        o->command, path);
	free(path);
	return is_there;
}

static enum err import_all(struct import *im, const struct options *o, char **paths, int count)
{
	enum err e = OK;

	for (int i = 0; e == OK && i < count; i++)
		e = import_read(im, paths[i]);
	if (e == OK)
		e = import_match(im);
	if (e == OK)
		e = import_cut(im);
	if (e == OK)
		e = import_fold(im);
	if (e != OK)
		return e;
	diag_sort(&im->diags);
	print_mistakes(&im->diags, o->folder);
	if (im->zone_count == 0) {
		fprintf(stderr, "%s: no zone could be read; nothing was written\n", o->command);
		return ERR_REFUSED;
	}
	e = import_write(im, o->folder);
	if (e == OK && !print_summary(im, o->folder))
		e = ERR_MEMORY;
	return e;
}

static int import(const struct options *o, char **paths, int count)
{
	struct import im;

	if (is_in_the_way(o))
		return EXIT_MISTAKES;
	import_init(&im);
	enum err e = import_all(&im, o, paths, count);
	bool is_whole = im.refused == 0 && im.not_carried.count == 0;
	import_free(&im);
	if (e == ERR_REFUSED)
		return EXIT_MISTAKES;
	if (e == ERR_IO)
		return EXIT_UNDECIDED;
	if (e != OK)
		return cmd_no_memory(o->command);
	return cmd_end(o->command, is_whole ? EXIT_FINE : EXIT_MISTAKES);
}

int cmd_import(int argc, char **argv)
{
	static const struct option long_options[] = {{"help", no_argument, NULL, 'h'},
	        {"force", no_argument, NULL, 'f'}, {NULL, 0, NULL, 0}};
	struct options o = {.command = argv[0]};
	int option;

	while ((option = getopt_long(argc, argv, "ho:", long_options, NULL)) != -1) {
		switch (option) {
		case 'o':
			if (!*optarg)
				return cmd_usage(usage);
			o.folder = optarg;
			break;
		case 'f':
			o.force = true;
			break;
		case 'h':
			return cmd_help(usage);
		default:
			return cmd_usage(usage);
		}
	}
	if (!o.folder || optind == argc)
		return cmd_usage(usage);
	return import(&o, argv + optind, argc - optind);
}
