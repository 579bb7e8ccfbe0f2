/* SPDX-License-Identifier: ISC */
/* zone/expect.h - functions that ask the cache for what will be looked at soon. */
#ifndef ZONE_EXPECT_H
#define ZONE_EXPECT_H

/* To gcc such a function has no effect, and it drops calls of it; where it is inlined in any case,
 * it stays. */
#define EXPECTS static inline __attribute__((always_inline))

#endif
