/* SPDX-License-Identifier: ISC */
#include "zone/err.h"

const char *err_text(enum err e)
{
	switch (e) {
	case OK:
		return "no error";
	case ERR_MEMORY:
		return "out of memory";
	case ERR_RANGE:
		return "out of range";
	case ERR_SYNTAX:
		return "malformed";
	case ERR_LONG:
		return "too long";
	case ERR_IO:
		return "system error";
	case ERR_CORRUPT:
		return "damaged image";
	case ERR_REFUSED:
		return "refused";
	}
	return "unknown error";
}
