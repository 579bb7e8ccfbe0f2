/* SPDX-License-Identifier: ISC */
#include "zone/cut_name.h"

#include <stdio.h>
#include <string.h>

bool prefix_is_below_octet(const struct prefix *p)
{
	return p->addr.len == 4 && p->bits > 24 && p->bits < 32;
}

/* The names of single addresses. */
static bool is_octet(const char *label, size_t n)
{
	unsigned value = 0;

	for (size_t i = 0; i < n; i++) {
		if (label[i] < '0' || label[i] > '9' || n > 3)
			return false;
		value = value * 10 + (unsigned)(label[i] - '0');
	}
	return value < 256;
}

enum err name_from_cut(
        struct name *out, const struct prefix *p, enum cut_style style, const char *label, size_t n)
{
	struct prefix octet = {.addr = p->addr, .bits = 24};
	unsigned first = p->addr.octets[3], last = first + (1U << (32 - p->bits)) - 1;
	uint8_t wire[1 + LABEL_MAX_OCTETS];
	char text[16];
	struct name parent, name;

	if (style == CUT_DASH)
		snprintf(text, sizeof text, "%u-%u", first, last);
	else
		snprintf(text, sizeof text, style == CUT_SLASH ? "%u/%u" : "%u-%u", first, p->bits);
	if (style != CUT_OWN) {
		label = text;
		n = strlen(text);
	}
	if (n == 0 || n > LABEL_MAX_OCTETS || is_octet(label, n))
		return ERR_RANGE;
	octet.addr.octets[3] = 0;
	wire[0] = (uint8_t)n;
	memcpy(wire + 1, label, n);
	enum err e = name_from_addr(&parent, &octet.addr, octet.bits);
	if (e == OK)
		e = name_join(&name, wire, n + 1, parent.wire);
	if (e != OK)
		return e;
	name_lower(&name);
	*out = name;
	return OK;
}
