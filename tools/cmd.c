/* SPDX-License-Identifier: ISC */
#include "tools/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int cmd_usage(const char *usage)
{
	fputs(usage, stderr);
	return EXIT_USAGE;
}

int cmd_help(const char *usage)
{
	fputs(usage, stdout);
	return cmd_end("arpa", EXIT_FINE);
}

int cmd_end(const char *command, int status)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "%s: standard output: %s\n", command,
	        errno ? strerror(errno) : "not all could be written");
	return EXIT_UNDECIDED;
}

int cmd_no_memory(const char *command)
{
	fprintf(stderr, "%s: out of memory\n", command);
	return EXIT_UNDECIDED;
}
