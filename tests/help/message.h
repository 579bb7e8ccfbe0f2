/* SPDX-License-Identifier: ISC */
/* tests/help/message.h - queries as octets. */
#ifndef TESTS_HELP_MESSAGE_H
#define TESTS_HELP_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#define MESSAGE_QUERY_MAX 300

/* Write a query for a name in presentation form, class IN, nothing set but the id; returns its
 * octets. A bad name ends the program. */
size_t message_query(uint8_t out[MESSAGE_QUERY_MAX], uint16_t id, const char *name, uint16_t type);

/* The same for a wire name. */
size_t message_query_wire(
        uint8_t out[MESSAGE_QUERY_MAX], uint16_t id, const uint8_t *name, uint16_t type);

/* The same behind the two octets of its length, as over TCP. */
size_t message_tcp_query(
        uint8_t out[2 + MESSAGE_QUERY_MAX], uint16_t id, const char *name, uint16_t type);

struct name;

/* Read the name at message[at..], pointers followed, letters as they are; returns the octets that
 * it takes there. For messages that are sound. */
size_t message_read_name(struct name *out, const uint8_t *message, size_t at);

static inline unsigned message_get16(const uint8_t *p)
{
	return (unsigned)(p[0] << 8 | p[1]);
}

#endif
