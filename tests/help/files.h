/* SPDX-License-Identifier: ISC */
/* tests/help/files.h - a scratch folder with arpad.yaml and delegation files, and what
 * config_load() says about them.
 *
 *     files_begin();                          the working folder is a new, empty one
 *     files_write("arpad.yaml", "version: 1\n...");
 *     char *said = files_load(&config, NULL);      diagnostics as printed; free() it
 *     files_end();                            removed, and back to where we were
 *
 * What goes wrong here ends the program. */
#ifndef TESTS_HELP_FILES_H
#define TESTS_HELP_FILES_H

#include "conf/config.h"

void files_begin(void);
void files_end(void);

/* The same as what cmocka calls around a test. */
int files_set_up(void **state);
int files_tear_down(void **state);

/* Write a file; folders in its path are made. */
void files_write(const char *path, const char *text);
void files_write_octets(const char *path, const void *octets, size_t n);
void files_remove(const char *path);

/* config_init(), config_load("arpad.yaml") behind a history that may be NULL, and the diagnostics
 * as one text. The result of config_load() goes to *e unless that is NULL. */
char *files_load(struct config *c, const struct history *h, enum err *e);

#endif
