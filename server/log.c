/* SPDX-License-Identifier: ISC */
#include "server/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ESCAPED_OCTETS 4 /* \x1b */

/* JOURNAL_STREAM is "DEVICE:INODE" of the stream that leads to the journal: sd-daemon(3). */
bool log_is_journal(const char *value, int fd)
{
	uint64_t device, inode;
	int end = 0;
	struct stat status;

	if (!value || sscanf(value, "%" SCNu64 ":%" SCNu64 "%n", &device, &inode, &end) != 2 ||
	        value[end])
		return false;
	return fstat(fd, &status) == 0 && status.st_dev == device && status.st_ino == inode;
}

size_t log_format(
        char out[LOG_LINE_MAX], enum log_level level, bool for_journal, const char *message)
{
	static const char cut[] = "...\n";
	int prefix = for_journal ? sprintf(out, "<%d>", (int)level) : sprintf(out, "arpad: ");
	size_t len = (size_t)prefix;

	for (const unsigned char *p = (const unsigned char *)message; *p; p++) {
		if (len + ESCAPED_OCTETS + sizeof cut > LOG_LINE_MAX) {
			memcpy(out + len, cut, sizeof cut - 1);
			return len + sizeof cut - 1;
		}
		if (*p < ' ' || *p == 0x7f)
			len += (size_t)sprintf(out + len, "\\x%02x", *p);
		else
			out[len++] = (char)*p;
	}
	out[len++] = '\n';
	return len;
}

void log_line(enum log_level level, const char *format, ...)
{
	char message[LOG_LINE_MAX], line[LOG_LINE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	bool for_journal = log_is_journal(getenv("JOURNAL_STREAM"), STDERR_FILENO);
	size_t len = log_format(line, level, for_journal, message);
	if (write(STDERR_FILENO, line, len) < 0)
		return; /* nobody is left to tell */
}

void log_diag(const struct diag *d)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	diag_print_one(d, out);
	if (fclose(out) == 0)
		log_line(d->severity == DIAG_ERROR ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, "%s",
		        text);
	free(text);
}

void log_diags(const struct diag_list *diags)
{
	for (size_t i = 0; i < diags->count; i++)
		log_diag(&diags->items[i]);
	log_dropped(diags);
}

void log_dropped(const struct diag_list *diags)
{
	if (diags->dropped)
		log_warning("and %zu more; the first %d of a file are shown", diags->dropped,
		        DIAG_MAX_A_FILE);
}
