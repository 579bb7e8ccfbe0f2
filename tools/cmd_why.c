/* SPDX-License-Identifier: ISC */
#include <getopt.h>
#include <idn2.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tools/cmd.h"
#include "tools/why.h"
#include "zone/compile.h"

static const char usage[] =
        "usage: arpa why [-c ARPAD.YAML] [--json] ADDRESS|NAME\n\n"
        "Say what is served for an address or a name, and which file and line decided.\n\n"
        "  -c FILE  arpad.yaml (default " CONFIG_DEFAULT_FILE ")\n"
        "  --json   for programs\n\n"
        "Exit status: 0 something is served, 1 nothing is.\n";

struct options {
	const char *command, *file, *what;
	bool json;
};

static bool read_options(struct options *o, int argc, char **argv, int *status)
{
	static const struct option names[] = {{"help", no_argument, NULL, 'h'},
	        {"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};
	int option;

	*o = (struct options){.command = argv[0], .file = CONFIG_DEFAULT_FILE};
	while ((option = getopt_long(argc, argv, "c:h", names, NULL)) != -1) {
		if (option == 'c') {
			o->file = optarg;
		} else if (option == 'j') {
			o->json = true;
		} else {
			*status = option == 'h' ? cmd_help(usage) : cmd_usage(usage);
			return false;
		}
	}
	if (optind + 1 != argc) {
		*status = cmd_usage(usage);
		return false;
	}
	o->what = argv[optind];
	return true;
}

/* A name as people type it, Unicode included. */
static enum err parse_name(struct name *out, const char *text)
{
	char *ascii = NULL;
	bool is_ascii = true;

	for (const char *p = text; *p; p++)
		is_ascii &= (unsigned char)*p < 0x80;
	if (!is_ascii &&
	        idn2_to_ascii_8z(text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
		return ERR_SYNTAX;
	const char *from = ascii ? ascii : text;
	enum err e = name_from_text(out, from, strlen(from));
	idn2_free(ascii);
	if (e == OK)
		name_lower(out);
	return e;
}

static int explain(const struct options *o, const struct config *c, const struct snapshot *snapshot)
{
	struct addr a;
	struct name name;
	struct why w;

	why_init(&w, c, snapshot);
	if (addr_from_text(&a, o->what, strlen(o->what)) == OK) {
		why_address(&w, &a);
	} else if (parse_name(&name, o->what) == OK) {
		why_name(&w, name.wire);
	} else {
		fprintf(stderr, "%s: %s is neither an address nor a name\n", o->command, o->what);
		why_free(&w);
		return EXIT_USAGE;
	}
	if (o->json)
		why_print_json(&w, stdout);
	else
		why_print(&w, stdout);
	int status = arena_failed(&w.arena) ? cmd_no_memory(o->command)
	             : w.is_served          ? EXIT_FINE
	                                    : EXIT_MISTAKES;
	why_free(&w);
	return status;
}

int cmd_why(int argc, char **argv)
{
	struct options o;
	struct config c;
	struct snapshot *snapshot = NULL;
	int status;

	if (!read_options(&o, argc, argv, &status))
		return status;
	config_init(&c);
	enum err e = config_load(&c, o.file, NULL, NULL);
	if (e == OK)
		e = compile_plan(&snapshot, &c.plan, NULL, time(NULL));
	if (e == OK) {
		status = explain(&o, &c, snapshot);
		snapshot_unref(snapshot);
	} else {
		diag_print(&c.diags, stderr);
		status = e == ERR_MEMORY ? cmd_no_memory(o.command) : EXIT_UNDECIDED;
	}
	config_free(&c);
	return cmd_end(o.command, status);
}
