/* SPDX-License-Identifier: ISC */
/* tests/help/must.h - what must hold outside of cmocka's tests: in fuzz targets and helpers. */
#ifndef TESTS_HELP_MUST_H
#define TESTS_HELP_MUST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* End the program, and say so, when it does not. */
static inline void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "must hold, and does not: %s\n", what);
	abort();
}

#endif
