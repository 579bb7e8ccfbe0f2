/* SPDX-License-Identifier: ISC */
/* conf/standard_files.h - file descriptors 0, 1 and 2 are open. */
#ifndef CONF_STANDARD_FILES_H
#define CONF_STANDARD_FILES_H

/* Hold those of them that whoever started the program had closed, so that no file or socket opened
 * later gets the number, and messages with it. Reading and writing there still fails. */
void standard_files_hold(void);

#endif
