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

size_t message_query(uint8_t out[MESSAGE_QUERY_MAX], uint16_t id, const char *name, uint16_t type)
{
	struct name n;

	if (name_from_text(&n, name, strlen(name)) != OK) {
		fprintf(stderr, "message: %s\n", name);
		abort();
	}
	memset(out, 0, 12);
	put16(out, id);
	put16(out + 4, 1);
	memcpy(out + 12, n.wire, n.len);
	put16(out + 12 + n.len, type);
	put16(out + 14 + n.len, CLASS_IN);
	return 16U + n.len;
}

size_t message_tcp_query(
        uint8_t out[2 + MESSAGE_QUERY_MAX], uint16_t id, const char *name, uint16_t type)
{
	size_t n = message_query(out + 2, id, name, type);

	put16(out, n);
	return 2 + n;
}
