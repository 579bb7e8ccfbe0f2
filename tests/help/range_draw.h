/* SPDX-License-Identifier: ISC */
/* tests/help/range_draw.h - random models: what range_draw() and its parts share.
 *
 * All that is drawn is legal, and close to what is not: ranges lie in, across and on the edges of
 * each other and of what is delegated, names look like those of ranges. */
#ifndef TESTS_HELP_RANGE_DRAW_H
#define TESTS_HELP_RANGE_DRAW_H

#include "tests/help/random.h"
#include "tests/help/range_model.h"

#define DRAW_OWNERS_MAX 40

/* A name below which ranges hang. */
struct draw_owner {
	char name[MODEL_NAME_MAX];
	unsigned customers; /* bits: those whose ranges may */
	bool is_external;
	bool is_backwards; /* those that spell an address of IPv4 do so from its end */
};

struct draw {
	struct model *m;
	bool has_ipv6;
	bool is_scattered;    /* no zone holds all of the /16 */
	uint8_t owner[65536]; /* customer of 10.NET.x.y */
	bool closed[65536];   /* delegated, or in a zone of RFC 2317 that is served here */
	bool is_zone[256];    /* 10.NET.x.0/24 is a zone */
	struct draw_owner owners[DRAW_OWNERS_MAX];
	unsigned owner_count;
	unsigned serial; /* makes names that nobody else has */
};

/* A random model; its random numbers begin anew with the seed. */
void range_draw(struct model *m, unsigned seed);

/* The same without some of what a few of the customers have, and with other TTLs. */
void range_draw_less(struct model *less, const struct model *m);

void draw_delegations(struct draw *d);
void draw_hosts(struct draw *d);
void draw_records(struct draw *d);

static inline bool one_in(unsigned n)
{
	return random_below(n) == 0;
}

static inline uint32_t draw_ttl(void)
{
	return 60 * (1 + random_below(5));
}

/* Like draw_ttl(), but 0, none, every other time. */
static inline uint32_t draw_own_ttl(void)
{
	return random_below(2) * draw_ttl();
}

/* A random address of a block. */
unsigned __int128 draw_address(const struct model_block *b);

/* One of the model's ranges that has a pattern, or NULL after some tries. */
const struct model_range *draw_range(const struct draw *d);

/* The customer with the longest prefix around an address. */
unsigned draw_customer_of(const struct draw *d, uint8_t len, unsigned __int128 address);

/* The number of 10.NET.x.y, for the tables above. */
static inline unsigned draw_index(unsigned __int128 address)
{
	return (unsigned)address & 0xffff;
}

__attribute__((format(printf, 2, 3))) void draw_name(
        char out[MODEL_NAME_MAX], const char *format, ...);

#endif
