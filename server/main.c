/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/config.h"
#include "conf/standard_files.h"
#include "server/compiler.h"
#include "server/server.h"
#include "zone/version.h"

/* jemalloc(3) reads this: what loading has freed goes back to the system after a second, not when
 * the next allocation comes by, which on the query path is never. */
extern const char *malloc_conf;
const char *malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";

static void usage(FILE *out)
{
	fprintf(out, "usage: arpad [-n] [-c FILE]\n"
	             "       arpad -h | -V\n"
	             "\n"
	             "Serve reverse DNS, in the foreground, as FILE says; log to standard error.\n"
	             "\n"
	             "  -c FILE   the operator's file (default " CONFIG_DEFAULT_FILE ")\n"
	             "  -n        check all files and exit\n"
	             "  -h        show this\n"
	             "  -V        show the version\n"
	             "\n"
	             "SIGHUP: read all files again. SIGTERM, SIGINT: end.\n"
	             "Exit status: 0 fine, 1 errors found or refused, 2 usage.\n");
}

int main(int argc, char **argv)
{
	const char *path = CONFIG_DEFAULT_FILE;
	bool is_check = false;
	int option;

	if (argc == 3 && strcmp(argv[1], COMPILER_OPTION) == 0)
		return compiler_run(argv[2]);
	standard_files_hold();
	while ((option = getopt(argc, argv, "c:nhV")) != -1) {
		switch (option) {
		case 'c':
			path = optarg;
			break;
		case 'n':
			is_check = true;
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
	return (int)(is_check ? server_check(path) : server_run(path));
}
