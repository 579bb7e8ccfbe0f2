/* SPDX-License-Identifier: ISC */
/* conf/zone_include.h - opens the files that a zone is read from; for conf/zone_file.c alone. */
#ifndef CONF_ZONE_INCLUDE_H
#define CONF_ZONE_INCLUDE_H

#include "conf/zone_file.h"

/* What is said of a file that is larger than ZONE_FILE_MAX_OCTETS. */
extern const char zone_too_long[];

/* Open the top file as the first frame, with the origin that its name gives. Returns OK; ERR_IO,
 * and *why says why; ERR_LONG; ERR_MEMORY. */
MUST_USE enum err zone_open_top(
        struct zone_file *f, const char *path, enum input_kind kind, const char **why);

/* Open what $INCLUDE names as the next frame. Returns NULL, or what is wrong. */
const char *zone_open_include(
        struct zone_file *f, const char *path, size_t n, const struct name *origin);

#endif
