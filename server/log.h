/* SPDX-License-Identifier: ISC */
/* server/log.h - what the server tells its operator, a line at a time, on standard error.
 *
 *     arpad: ready: 3 zones, 1200 pairs, generation 1, ...       a terminal, a file, a pipe
 *     <6>ready: 3 zones, 1200 pairs, generation 1, ...           the journal: sd-daemon(3)
 *
 * Stateless: where standard error leads is looked up for each line, for lines are rare. Nothing on
 * the query path logs. One write(2) a line, so lines of several threads do not mix; a line longer
 * than a pipe takes in one piece is cut. Control characters are escaped. */
#ifndef SERVER_LOG_H
#define SERVER_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "zone/diag.h"

#define LOG_LINE_MAX 4096 /* octets with the newline: PIPE_BUF, which write(2) does not split */

/* Syslog's numbers: RFC 5424 6.2.1. */
enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_NOTICE = 6 };

__attribute__((format(printf, 2, 3))) void log_line(enum log_level level, const char *format, ...);

#define log_error(...)   log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)  log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)

/* One line each. */
void log_diag(const struct diag *d);
void log_diags(const struct diag_list *diags);

/* How many there were more, if there were. */
void log_dropped(const struct diag_list *diags);

/* Write the line of a message, newline included, no NUL; returns its octets. */
size_t log_format(
        char out[LOG_LINE_MAX], enum log_level level, bool for_journal, const char *message);

/* True when `value`, that of JOURNAL_STREAM (may be NULL), names the file behind fd. */
bool log_is_journal(const char *value, int fd);

#endif
