/* SPDX-License-Identifier: ISC */
/* zone/rr.h - record types and classes by number (the IANA registry of DNS parameters). */
#ifndef ZONE_RR_H
#define ZONE_RR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rr_type {
	RR_A = 1,      /* RFC 1035 3.4.1 */
	RR_NS = 2,     /* 3.3.11 */
	RR_CNAME = 5,  /* 3.3.1 */
	RR_SOA = 6,    /* 3.3.13 */
	RR_PTR = 12,   /* 3.3.12 */
	RR_MX = 15,    /* 3.3.9 */
	RR_TXT = 16,   /* 3.3.14 */
	RR_AAAA = 28,  /* RFC 3596 2.1 */
	RR_SRV = 33,   /* RFC 2782 */
	RR_DNAME = 39, /* RFC 6672 */
	RR_OPT = 41,   /* RFC 6891 */
	RR_DS = 43,    /* RFC 4034 5 */
	RR_IXFR = 251, /* RFC 1995 */
	RR_AXFR = 252, /* RFC 5936 */
	RR_ANY = 255   /* RFC 1035 3.2.3, RFC 8482 */
};

enum rr_class { CLASS_IN = 1, CLASS_CH = 3, CLASS_ANY = 255 };

/* How the rdata of a type begins: `before` plain octets, then `names` domain names that may be
 * compressed (RFC 3597 4: those of RFC 1035 only), then plain octets. */
struct rr_shape {
	uint8_t before, names;
};

struct rr_shape rr_shape(uint16_t type);

/* True for types whose rdata is one name and nothing else; an image keeps them by suffix. */
static inline bool rr_is_one_name(uint16_t type)
{
	return type == RR_PTR || type == RR_NS || type == RR_CNAME || type == RR_DNAME;
}

/* "PTR", or "TYPE65280" (RFC 3597 5) into the caller's room; returns `out`. */
#define RR_TYPE_TEXT_MAX 12
const char *rr_type_text(char out[RR_TYPE_TEXT_MAX], uint16_t type);

#endif
