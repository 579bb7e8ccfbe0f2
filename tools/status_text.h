/* SPDX-License-Identifier: ISC */
/* tools/status_text.h - what arpad says of itself (server/status.h), for people to read.
 *
 * The object may be anybody's: what is not there is left out or 0, and nothing in it reaches the
 * terminal with its control characters. Times are local. */
#ifndef TOOLS_STATUS_TEXT_H
#define TOOLS_STATUS_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#define STATUS_ZONES_MOST 20 /* that `arpa status` lists */

void status_text_print(const json_t *status, FILE *out);

/* True when the last reload was published or changed nothing, or there was none, and no customer's
 * file is refused or has vanished. */
bool status_is_healthy(const json_t *status);

/* One line: that it is healthy, or why not. */
void status_text_print_health(const json_t *status, FILE *out);

void status_text_print_zones(const json_t *zones, FILE *out);
void status_text_print_stats(const json_t *stats, FILE *out);

/* True when nothing was refused: neither all that was to be loaded nor a customer's file, and no
 * file has vanished. */
bool status_is_reload_good(const json_t *reload);

/* What a reload did: to `wrong` the mistakes and what stays because of them, to `out` what changed.
 */
void status_text_print_reload(const json_t *reload, FILE *out, FILE *wrong);

#endif
