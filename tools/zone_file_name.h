/* SPDX-License-Identifier: ISC */
/* tools/zone_file_name.h - the name of the file for a zone.
 *
 *     2.0.192.in-addr.arpa.        2.0.192.in-addr.arpa.zone
 *     0/25.2.0.192.in-addr.arpa.   0=2F25.2.0.192.in-addr.arpa.zone
 *     .                            root.zone
 *
 * The apex without its last dot. What is special in a file name, `/` above all, is written as =XX,
 * so different zones have different files, and none is outside its folder. What would be too long
 * for a file system ends with a hash of the whole: `=h` and 16 digits. No %, which name
 * servers expand in the names of zone files. */
#ifndef TOOLS_ZONE_FILE_NAME_H
#define TOOLS_ZONE_FILE_NAME_H

#include "zone/name.h"

#define ZONE_FILE_NAME_MAX 256 /* NAME_MAX of Linux, and a NUL */

/* `suffix` has at most 20 characters, the dot included. */
void zone_file_name(char out[ZONE_FILE_NAME_MAX], const uint8_t *apex, const char *suffix);

#endif
