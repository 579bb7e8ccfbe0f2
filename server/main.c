/* SPDX-License-Identifier: ISC */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/config.h"
#include "conf/standard_files.h"
#include "server/compiler.h"
#include "server/server.h"
#include "zone/version.h"

/* jemalloc(3) reads this: what loading has freed goes back to the system a moment later, not when
 * the next allocation comes by, which on the query path is never. */
extern const char *malloc_conf;
const char *malloc_conf = "background_thread:true,dirty_decay_ms:100,muzzy_decay_ms:0";

static void usage(FILE *out)
{
	fprintf(out,
	        "usage: arpad [-n | --replace] [-c FILE]\n"
	        "       arpad -h | -V\n"
	        "\n"
	        "Serve reverse DNS, in the foreground, as FILE says; log to standard error.\n"
	        "\n"
	        "  -c FILE   the operator's file (default " CONFIG_DEFAULT_FILE ")\n"
	        "  -n        check all files and exit\n"
	        "  --replace take over from the arpad that runs with FILE, without a lost query\n"
	        "  -h        show this\n"
	        "  -V        show the version\n"
	        "\n"
	        "A file that changes is read again by itself, and all at SIGHUP and `arpa "
	        "reload`.\n"
	        "SIGTERM, SIGINT, `arpa quit`: end.\n"
	        "Exit status: 0 fine, 1 errors found or refused, 2 usage.\n");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"replace", no_argument, NULL, 'r'},
	        {"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'},
	        {NULL, 0, NULL, 0}};
	const char *path = CONFIG_DEFAULT_FILE;
	bool is_check = false, is_replacing = false;
	int option;

	if (argc == 3 && strcmp(argv[1], COMPILER_OPTION) == 0)
		return compiler_run(argv[2]);
	standard_files_hold();
	while ((option = getopt_long(argc, argv, "c:nhV", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			path = optarg;
			break;
		case 'n':
			is_check = true;
			break;
		case 'r':
			is_replacing = true;
			break;
		case 'h':
			usage(stdout);
			return EXIT_FINE;
		case 'V':
			printf("arpad " ARPAD_VERSION "\n");
			return EXIT_FINE;
		default:
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	if (optind != argc) {
		fprintf(stderr, "arpad: what is `%s`? The file goes behind -c\n", argv[optind]);
		usage(stderr);
		return EXIT_USAGE;
	}
	return (int)(is_check ? server_check(path) : server_run(path, is_replacing));
}
