/* SPDX-License-Identifier: ISC */
#include "zone/rr.h"

#include <stdio.h>

struct rr_shape rr_shape(uint16_t type)
{
	switch (type) {
	case RR_NS:
	case RR_CNAME:
	case RR_PTR:
		return (struct rr_shape){0, 1};
	case RR_SOA:
		return (struct rr_shape){0, 2};
	case RR_MX:
		return (struct rr_shape){2, 1};
	default:
		return (struct rr_shape){0, 0};
	}
}

const char *rr_type_text(char out[RR_TYPE_TEXT_MAX], uint16_t type)
{
	static const struct {
		uint16_t type;
		const char *text;
	} known[] = {{RR_A, "A"}, {RR_NS, "NS"}, {RR_CNAME, "CNAME"}, {RR_SOA, "SOA"},
	        {RR_PTR, "PTR"}, {RR_MX, "MX"}, {RR_TXT, "TXT"}, {RR_AAAA, "AAAA"}, {RR_SRV, "SRV"},
	        {RR_DNAME, "DNAME"}, {RR_DS, "DS"}};

	for (unsigned i = 0; i < sizeof known / sizeof *known; i++) {
		if (known[i].type == type) {
			snprintf(out, RR_TYPE_TEXT_MAX, "%s", known[i].text);
			return out;
		}
	}
	snprintf(out, RR_TYPE_TEXT_MAX, "TYPE%u", type);
	return out;
}
