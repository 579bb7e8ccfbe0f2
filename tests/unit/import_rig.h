/* SPDX-License-Identifier: ISC */
/* tests/unit/import_rig.h - zone files as text, and the delegation file that they become. */
#ifndef TESTS_UNIT_IMPORT_RIG_H
#define TESTS_UNIT_IMPORT_RIG_H

#include "tests/help/files.h"
#include "tests/unit/unit.h"
#include "tools/import.h"

#define REVERSE "2.0.192.in-addr.arpa"
#define BEGIN   "$TTL 1h\n@ SOA ns.y. h.y. 1 2 3 4 5\n NS ns.y.\n"

static inline void import_files(struct import *im, const char *const *paths, unsigned count)
{
	import_init(im);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(import_read(im, paths[i]), OK);
	assert_int_equal(import_match(im), OK);
	assert_int_equal(import_cut(im), OK);
	assert_int_equal(import_fold(im), OK);
	assert_int_equal(im->refused, 0);
	assert_int_equal(im->not_carried.count, 0);
}

/* The delegation file, without what is in all of them. */
static inline char *print_file(const struct import *im)
{
	static const char begin[] = "version: 1\ncustomer: imported\nttl: 1h\n";
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	import_print_customer(im, 3600, out);
	fclose(out);
	assert_memory_equal(text, begin, sizeof begin - 1);
	size_t skip = sizeof begin - 1;
	skip += text[skip] == '\n';
	memmove(text, text + skip, size + 1 - skip);
	return text;
}

static inline void write_zone(const char *path, const char *records)
{
	char *text = NULL;

	assert_true(asprintf(&text, BEGIN "%s", records) > 0);
	files_write(path, text);
	free(text);
}

/* What a reverse zone and the forward zone y become; NULL: no forward zone. */
static inline char *fold(const char *reverse, const char *forward)
{
	static const char *const paths[] = {REVERSE ".zone", "y.zone"};
	struct import im;

	files_begin();
	write_zone(paths[0], reverse);
	write_zone(paths[1], forward ? forward : "");
	import_files(&im, paths, forward ? 2 : 1);
	char *text = print_file(&im);
	import_free(&im);
	files_end();
	return text;
}

struct row {
	const char *what, *reverse, *forward, *file;
};

static inline void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *text = fold(rows[i].reverse, rows[i].forward);
		if (strcmp(text, rows[i].file) != 0)
			fail_msg("%s:\n%s", rows[i].what, text);
		free(text);
	}
}

#endif
