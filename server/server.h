/* SPDX-License-Identifier: ISC */
/* server/server.h - the life of arpad.
 *
 *     settings -> state folder -> bind every socket -> publish what is in it -> workers answer
 *              -> the files' generation is published -> ... reload ... reload ... -> stop
 *
 * Nothing is published before every socket is bound, and nothing is replaced before the new is
 * whole: what was served last goes on being served after any mistake. The main thread waits for
 * signals, the control socket, the compiler and changes of files; it reads no file that a person
 * wrote. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>

/* Exit status of both: as arpad(8) says. */
enum exit_status { EXIT_FINE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

/* Serve until SIGTERM, SIGINT or `arpa quit`; SIGHUP reads everything again. `path` is that of
 * arpad.yaml. is_replacing: take over from the arpad that runs with the same control socket. */
enum exit_status server_run(const char *path, bool is_replacing);

/* Read, check and compile, print what is wrong to standard error and a summary to standard output;
 * needs no rights and opens no socket. */
enum exit_status server_check(const char *path);

#endif
