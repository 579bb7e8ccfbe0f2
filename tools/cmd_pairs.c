/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "conf/config.h"
#include "tools/cmd.h"
#include "tools/emit_pairs.h"
#include "tools/emit_zone.h"
#include "tools/output_file.h"
#include "tools/zone_file_name.h"
#include "zone/compile.h"

static const char usage[] =
        "usage: arpa pairs [-c ARPAD.YAML] [--format zone|yaml|json|csv] [-o DIR]\n"
        "                  [ADDRESS|PREFIX|ZONE...]\n\n"
        "Print the pairs of address and name that are served: all, or those asked for.\n\n"
        "  -c FILE          arpad.yaml (default " CONFIG_DEFAULT_FILE ")\n"
        "  --format FORMAT  zone (the default): zone files; yaml, json, csv: a list\n"
        "  -o DIR           zone files into DIR, ZONE.zone for each\n";

struct options {
	const char *command, *file, *folder;
	bool is_list; /* in this format: */
	enum pairs_format format;
};

static enum err write_zone(
        const struct snapshot *s, uint32_t zone, const struct filter *f, const char *folder)
{
	char file[ZONE_FILE_NAME_MAX];
	struct output o;

	zone_file_name(file, s->images[zone]->apex, ".zone");
	enum err e = output_open(&o, folder, file);
	if (e == OK) {
		emit_zone(s, zone, f, o.stream);
		e = output_commit(&o);
	}
	if (e == ERR_IO)
		fprintf(stderr, "%s/%s: %s\n", folder, file, strerror(errno));
	return e;
}

static enum err write_zones(
        const struct snapshot *s, const struct filter *f, const struct options *o)
{
	enum err e = OK;

	if (o->folder) {
		e = output_make_folder(o->folder);
		if (e == ERR_IO)
			fprintf(stderr, "%s: %s\n", o->folder, strerror(errno));
	}
	for (uint32_t i = 0; e == OK && i < s->count; i++) {
		if (!emit_zone_is_wanted(s, i, f))
			continue;
		if (o->folder)
			e = write_zone(s, i, f, o->folder);
		else
			emit_zone(s, i, f, stdout);
	}
	return e;
}

static enum err print(const struct plan *plan, const struct filter *f, const struct options *o)
{
	struct snapshot *s;

	if (o->is_list)
		return emit_pairs(plan, f, o->format, stdout);
	enum err e = compile_plan(&s, plan, NULL, time(NULL));
	if (e != OK)
		return e;
	e = write_zones(s, f, o);
	snapshot_unref(s);
	return e;
}

static int exit_status_of(enum err e, const struct options *o, bool is_good)
{
	switch (e) {
	case OK:
		return cmd_end(o->command, is_good ? EXIT_FINE : EXIT_MISTAKES);
	case ERR_REFUSED:
		return EXIT_MISTAKES;
	case ERR_SYNTAX:
		return EXIT_USAGE;
	case ERR_MEMORY:
		return cmd_no_memory(o->command);
	case ERR_IO: /* was told */
		return EXIT_UNDECIDED;
	case ERR_RANGE:
	case ERR_LONG:
	case ERR_CORRUPT:
		break;
	}
	fprintf(stderr, "%s: %s\n", o->command, err_text(e));
	return EXIT_UNDECIDED;
}

static int pairs(const struct options *o, char **arguments, int count)
{
	struct filter f;
	struct config c;

	config_init(&c);
	enum err e = config_load(&c, o->file, NULL, NULL);
	bool is_good = c.diags.errors == 0;
	diag_print(&c.diags, stderr);
	if (e == OK) {
		e = filter_read(&f, &c.plan, o->command, arguments, count);
		if (e == OK)
			e = print(&c.plan, &f, o);
		filter_free(&f);
	} else if (e == ERR_IO) {
		e = ERR_REFUSED; /* a diagnostic told it */
	}
	config_free(&c);
	return exit_status_of(e, o, is_good);
}

static bool read_format(struct options *o, const char *text)
{
	static const struct {
		const char *text;
		bool is_list;
		enum pairs_format format;
	} formats[] = {{"zone", false, PAIRS_JSON}, {"yaml", true, PAIRS_YAML},
	        {"json", true, PAIRS_JSON}, {"csv", true, PAIRS_CSV}};

	for (unsigned i = 0; i < sizeof formats / sizeof *formats; i++) {
		if (strcmp(text, formats[i].text) == 0) {
			o->is_list = formats[i].is_list;
			o->format = formats[i].format;
			return true;
		}
	}
	fprintf(stderr, "%s: there is no format %s\n", o->command, text);
	return false;
}

int cmd_pairs(int argc, char **argv)
{
	static const struct option long_options[] = {{"help", no_argument, NULL, 'h'},
	        {"format", required_argument, NULL, 'f'}, {NULL, 0, NULL, 0}};
	struct options o = {.command = argv[0], .file = CONFIG_DEFAULT_FILE};
	int option;

	while ((option = getopt_long(argc, argv, "c:ho:", long_options, NULL)) != -1) {
		switch (option) {
		case 'c':
			o.file = optarg;
			break;
		case 'f':
			if (!read_format(&o, optarg))
				return cmd_usage(usage);
			break;
		case 'o':
			if (!*optarg)
				return cmd_usage(usage);
			o.folder = optarg;
			break;
		case 'h':
			return cmd_help(usage);
		default:
			return cmd_usage(usage);
		}
	}
	if (o.folder && o.is_list) {
		fprintf(stderr, "%s: -o is for zone files\n", o.command);
		return cmd_usage(usage);
	}
	return pairs(&o, argv + optind, argc - optind);
}
