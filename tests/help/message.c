/* SPDX-License-Identifier: ISC */
#include "tests/help/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zone/name.h"
#include "zone/rr.h"

static void put16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

size_t message_query_wire(
        uint8_t out[MESSAGE_QUERY_MAX], uint16_t id, const uint8_t *name, uint16_t type)
{
	size_t n = name_length(name);

	memset(out, 0, 12);
	put16(out, id);
	put16(out + 4, 1);
	memcpy(out + 12, name, n);
	put16(out + 12 + n, type);
	put16(out + 14 + n, CLASS_IN);
	return 16 + n;
}

size_t message_query(uint8_t out[MESSAGE_QUERY_MAX], uint16_t id, const char *name, uint16_t type)
{
	struct name n;

	if (name_from_text(&n, name, strlen(name)) != OK) {
		fprintf(stderr, "message: %s\n", name);
		abort();
	}
	return message_query_wire(out, id, n.wire, type);
}

size_t message_tcp_query(
        uint8_t out[2 + MESSAGE_QUERY_MAX], uint16_t id, const char *name, uint16_t type)
{
	size_t n = message_query(out + 2, id, name, type);

	put16(out, n);
	return 2 + n;
}

size_t message_read_name(struct name *out, const uint8_t *message, size_t at)
{
	size_t begin = at, after = 0;

	out->len = 0;
	for (;;) {
		uint8_t c = message[at];
		if (c >= 0xc0) {
			after = after ? after : at + 2;
			at = message_get16(message + at) & 0x3fff;
			continue;
		}
		memcpy(out->wire + out->len, message + at, 1U + c);
		out->len = (uint8_t)(out->len + 1 + c);
		at += 1U + c;
		if (!c)
			return (after ? after : at) - begin;
	}
}
