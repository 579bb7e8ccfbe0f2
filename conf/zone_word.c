/* SPDX-License-Identifier: ISC */
#include "conf/zone_word.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "zone/plan.h"

enum err zone_ttl_from_text(uint32_t *out, const char *text, size_t n)
{
	static const char units[] = "wdhms";
	static const uint32_t seconds[] = {604800, 86400, 3600, 60, 1};
	uint64_t total = 0;

	for (size_t i = 0; i < n;) {
		uint64_t number = 0;
		if (text[i] < '0' || text[i] > '9')
			return ERR_SYNTAX;
		for (; i < n && text[i] >= '0' && text[i] <= '9'; i++)
			if (number <= TTL_MAX)
				number = number * 10 + (uint64_t)(text[i] - '0');
		const char *unit = i < n ? strchr(units, text[i] | 0x20) : units + 4;
		if (!unit || !*unit)
			return ERR_SYNTAX;
		i += i < n;
		total += number * seconds[unit - units];
		if (total > TTL_MAX)
			return ERR_RANGE;
	}
	if (n == 0)
		return ERR_SYNTAX;
	*out = (uint32_t)total;
	return OK;
}

/* True when a name ends with a dot that is not escaped. */
static bool is_absolute(const char *text, size_t n)
{
	size_t slashes = 0;

	if (n == 0 || text[n - 1] != '.')
		return false;
	while (slashes + 1 < n && text[n - 2 - slashes] == '\\')
		slashes++;
	return slashes % 2 == 0;
}

enum err zone_name_from_text(
        struct name *out, const char *text, size_t n, const struct name *origin)
{
	struct name name;
	enum err e = OK;

	if (n == 1 && text[0] == '@') {
		if (!origin->len)
			return ERR_RANGE;
		*out = *origin;
		return OK;
	}
	e = name_from_text(&name, text, n);
	if (e == OK && !is_absolute(text, n))
		e = origin->len ? name_join(&name, name.wire, name.len - 1U, origin->wire)
		                : ERR_RANGE;
	if (e != OK)
		return e;
	name_lower(&name);
	*out = name;
	return OK;
}

unsigned zone_class_from_text(const char *text, size_t n)
{
	static const char *const names[] = {"", "IN", "CS", "CH", "HS"};

	for (unsigned i = 1; i < sizeof names / sizeof *names; i++)
		if (n == 2 && strncasecmp(text, names[i], n) == 0)
			return i;
	if (n > 5 && n < 11 && strncasecmp(text, "CLASS", 5) == 0)
		return (unsigned)strtoul(text + 5, NULL, 10);
	return 0;
}
