/* SPDX-License-Identifier: ISC */
/* server/room.h - memory for many images that are read at a time.
 *
 *     chunk    | image        | image | image ...            |  huge pages where the system has
 * them page           page    page
 *
 * An image in a chunk has pages of its own, so it goes back with munmap(2) when nobody wants it any
 * more, as if it had been mapped alone. The chunk is mapped with few large pages: one by one they
 * take longer than reading what is in them, and lookups find their way in fewer steps. */
#ifndef SERVER_ROOM_H
#define SERVER_ROOM_H

#include <stddef.h>
#include <stdint.h>

#define ROOM_LEAST  ((size_t)16 << 10) /* what is smaller would waste much of its last page */
#define ROOM_OCTETS ((size_t)32 << 20) /* of a chunk, or what is larger alone */

struct room {
	uint8_t *begin, *at, *end; /* of the chunk that has room left; NULL: none */
};

void room_init(struct room *r);

/* Pages for `size` octets, ROOM_LEAST at least; NULL when out of memory. They belong to the caller,
 * who gives them back with munmap(2), all or a part. */
uint8_t *room_take(struct room *r, size_t size);

/* Give back what was not taken, and let nobody write to what was. */
void room_close(struct room *r);

#endif
