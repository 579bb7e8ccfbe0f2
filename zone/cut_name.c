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

/* The label below the name of the /24 in which the address lies. */
static enum err join(struct name *out, const struct addr *a, const char *label, size_t n)
{
	uint8_t wire[1 + LABEL_MAX_OCTETS];
	struct name parent, name;

	if (n == 0 || n > LABEL_MAX_OCTETS || is_octet(label, n))
		return ERR_RANGE;
	wire[0] = (uint8_t)n;
	memcpy(wire + 1, label, n);
	enum err e = name_from_addr(&parent, a, 24);
	if (e == OK)
		e = name_join(&name, wire, n + 1, parent.wire);
	if (e != OK)
		return e;
	name_lower(&name);
	*out = name;
	return OK;
}

enum err name_from_cut(
        struct name *out, const struct prefix *p, enum cut_style style, const char *label, size_t n)
{
	struct addr last;
	char text[16];

	prefix_last(&last, p);
	if (style == CUT_DASH || style == CUT_OWN)
		return name_from_cut_range(out, &p->addr, &last, style, label, n);
	snprintf(text, sizeof text, style == CUT_SLASH ? "%u/%u" : "%u-%u", p->addr.octets[3],
	        p->bits);
	return join(out, &p->addr, text, strlen(text));
}

enum err name_from_cut_range(struct name *out, const struct addr *first, const struct addr *last,
        enum cut_style style, const char *label, size_t n)
{
	char text[16];

	if (style == CUT_OWN)
		return join(out, first, label, n);
	if (style != CUT_DASH)
		return ERR_RANGE;
	snprintf(text, sizeof text, "%u-%u", first->octets[3], last->octets[3]);
	return join(out, first, text, strlen(text));
}
