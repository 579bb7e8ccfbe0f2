/* SPDX-License-Identifier: ISC */
/* server/server.h - the life of arpad.
 *
 *     read arpad.yaml -> compile -> bind every socket -> publish -> workers answer ... -> stop
 *                                                            SIGHUP: read, compile, publish
 *
 * Nothing is published before every socket is bound, and nothing is replaced before the new is
 * whole: what was served last goes on being served after any mistake. Reading and compiling are
 * done by the thread that called, while the workers answer. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

/* Exit status of both: as format.md and arpad(8) say. */
enum exit_status { EXIT_FINE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

/* Serve until SIGTERM or SIGINT; SIGHUP reads everything again. `path` is that of arpad.yaml. */
enum exit_status server_run(const char *path);

/* Read, check and compile, print what is wrong to standard error and a summary to standard output;
 * needs no rights and opens no socket. */
enum exit_status server_check(const char *path);

#endif
