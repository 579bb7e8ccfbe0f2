/* SPDX-License-Identifier: ISC */
/* tools/cmd.h - what the subcommands of `arpa` share.
 *
 *     arpa COMMAND [-h] [-c ARPAD.YAML] ...
 *
 * Each command is one function, with argv[0] as it is to call itself in messages ("arpa check")
 * and its own options from argv[1] on. It returns one of the exit statuses below. What was asked
 * for goes to stdout, what is wrong goes to stderr.
 *
 *     -c FILE   arpad.yaml; CONFIG_DEFAULT_FILE (conf/config.h) unless given
 *     -h        say how to use it, on stdout */
#ifndef TOOLS_CMD_H
#define TOOLS_CMD_H

#include <stddef.h>

enum exit_status {
	EXIT_FINE = 0,     /* warnings are fine, too, unless a command is told to be strict */
	EXIT_MISTAKES = 1, /* errors were found, or something was refused */
	EXIT_USAGE = 2,    /* the command line makes no sense */
	EXIT_UNDECIDED = 3 /* could not be determined: no memory, output that cannot be
	                    * written, no server to ask */
};

int cmd_check(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_pairs(int argc, char **argv);
int cmd_quit(int argc, char **argv);
int cmd_reload(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_why(int argc, char **argv);
int cmd_zones(int argc, char **argv);

/* Print how to use a command, on stderr; returns EXIT_USAGE. */
int cmd_usage(const char *usage);

/* Print it because it was asked for, on stdout; returns what cmd_end() says. */
int cmd_help(const char *usage);

/* Flush stdout. Returns `status`, or EXIT_UNDECIDED, with a message, when it took not all that was
 * written. Every command ends with it. */
int cmd_end(const char *command, int status);

/* Say on stderr that memory ran out; returns EXIT_UNDECIDED. */
int cmd_no_memory(const char *command);

#endif
