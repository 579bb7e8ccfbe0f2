/* SPDX-License-Identifier: ISC */
/* arpa - the tool beside arpad: a table of subcommands. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "conf/standard_files.h"
#include "tools/cmd.h"
#include "zone/version.h"

static const struct command {
	const char *name, *help;
	int (*run)(int argc, char **argv);
} commands[] = {
        {"check", "say what is wrong in arpad.yaml and the customers' files", cmd_check},
        {"pairs", "print the pairs, as zone files, YAML, JSON or CSV", cmd_pairs},
        {"why", "say what is served for an address or a name, and which line decided", cmd_why},
        {"import", "make arpad.yaml and a customer's file from zone files", cmd_import},
        {"status", "say how the running arpad is, or with --healthy whether it is well",
                cmd_status},
        {"reload", "have it read its files again, and say what that changed", cmd_reload},
        {"zones", "list the zones that it serves", cmd_zones},
        {"stats", "say what it has answered so far", cmd_stats},
        {"quit", "end it", cmd_quit},
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static void print_usage(FILE *out)
{
	fputs("usage: arpa COMMAND [OPTION...] [ARGUMENT...]\n"
	      "       arpa -h | -V\n\n",
	        out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].help);
	fputs("\n`arpa COMMAND -h` tells more. Exit status: 0 fine, 1 mistakes found, 2 usage,\n"
	      "3 could not be determined.\n",
	        out);
}

static int run(const struct command *command, int argc, char **argv)
{
	char title[32];

	snprintf(title, sizeof title, "arpa %s", command->name);
	argv[0] = title;
	optind = 0; /* getopt_long(3): start afresh */
	return command->run(argc, argv);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"help", no_argument, NULL, 'h'},
	        {"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0}};

	standard_files_hold();
	switch (getopt_long(argc, argv, "+hV", options, NULL)) {
	case 'h':
		print_usage(stdout);
		return cmd_end("arpa", EXIT_FINE);
	case 'V':
		puts("arpa " ARPAD_VERSION);
		return cmd_end("arpa", EXIT_FINE);
	case -1:
		break;
	default:
		print_usage(stderr);
		return EXIT_USAGE;
	}
	for (size_t i = 0; optind < argc && i < COMMAND_COUNT; i++)
		if (strcmp(argv[optind], commands[i].name) == 0)
			return run(&commands[i], argc - optind, argv + optind);
	if (optind < argc)
		fprintf(stderr, "arpa: there is no command %s\n", argv[optind]);
	print_usage(stderr);
	return EXIT_USAGE;
}
