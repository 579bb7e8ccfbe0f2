/* SPDX-License-Identifier: ISC */
#include "tools/zone_file_name.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#define SUFFIX_MAX 20
#define WHOLE_MAX  (ZONE_FILE_NAME_MAX - 1 - SUFFIX_MAX)
#define BEGINNING  180 /* what is kept of a name that is too long */

/* The name without an end, however long it gets; returns its length. */
static size_t write_whole(char *out, const uint8_t *apex)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-_",
	                  hex[] = "0123456789ABCDEF";
	bool is_label_root = name_equal(apex, (const uint8_t *)"\4root");
	char *p = out;

	for (const uint8_t *label = apex; *label; label += 1 + *label) {
		if (label != apex)
			*p++ = '.';
		for (unsigned i = 1; i <= *label; i++) {
			uint8_t c = octet_lower(label[i]);
			if (c && strchr(plain, c) && !is_label_root) {
				*p++ = (char)c;
				continue;
			}
			*p++ = '=';
			*p++ = hex[c >> 4];
			*p++ = hex[c & 15];
		}
	}
	*p = 0;
	return (size_t)(p - out);
}

void zone_file_name(char out[ZONE_FILE_NAME_MAX], const uint8_t *apex, const char *suffix)
{
	char whole[3 * NAME_MAX_OCTETS + 1];
	size_t n = write_whole(whole, apex);

	assert(strlen(suffix) <= SUFFIX_MAX);
	if (n <= WHOLE_MAX)
		snprintf(out, ZONE_FILE_NAME_MAX, "%.*s%s", WHOLE_MAX, n ? whole : "root", suffix);
	else
		snprintf(out, ZONE_FILE_NAME_MAX, "%.*s=h%016llx%s", BEGINNING, whole,
		        (unsigned long long)XXH3_64bits(whole, n), suffix);
}
