/* SPDX-License-Identifier: ISC */
/* tools/json_member.h - members of a JSON object that another program wrote: what is not there, or
 * is of another type, is the empty text, 0, false or NULL, which jansson's calls take for an empty
 * array. And such texts on a terminal. */
#ifndef TOOLS_JSON_MEMBER_H
#define TOOLS_JSON_MEMBER_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

static inline const char *json_member_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static inline json_int_t json_member_number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static inline bool json_member_is_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

static inline bool json_member_is(const json_t *object, const char *key, const char *text)
{
	const char *has = json_string_value(json_object_get(object, key));

	return has && strcmp(has, text) == 0;
}

/* Print UTF-8 with control characters, which a terminal would obey, as \xXX. */
void json_print_plain(const char *text, FILE *out);

#endif
