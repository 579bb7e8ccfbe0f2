/* SPDX-License-Identifier: ISC */
/* zone/err.h - what a function that can fail returns.
 *
 * OK is 0. Results go through pointers and are untouched on error. An error that a person must
 * see is a located `diag` (zone/diag.h), made where the mistake is found; the enum only says
 * what kind of failure it was. */
#ifndef ZONE_ERR_H
#define ZONE_ERR_H

#define MUST_USE __attribute__((warn_unused_result))

enum err {
	OK = 0,
	ERR_MEMORY,  /* an allocation failed */
	ERR_RANGE,   /* a number or a length outside what the function takes */
	ERR_SYNTAX,  /* text or wire octets that do not parse */
	ERR_LONG,    /* a name over 255 octets, a label over 63, or a buffer that is full */
	ERR_IO,      /* the system refused; errno says why */
	ERR_CORRUPT, /* an image that does not verify */
	ERR_REFUSED  /* input with mistakes; the diagnostics say which */
};

/* A few English words for `e`, without a full stop; never NULL. */
const char *err_text(enum err e);

#endif
