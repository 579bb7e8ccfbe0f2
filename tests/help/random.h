/* SPDX-License-Identifier: ISC */
/* tests/help/random.h - random numbers that are the same at every run, and random names.
 *
 * One state for the program: random_seed() before each round, so that a round can be run alone. */
#ifndef TESTS_HELP_RANDOM_H
#define TESTS_HELP_RANDOM_H

#include "zone/addr.h"

/* Begin anew; `round` is any number. */
void random_seed(uint64_t round);

/* 0 to n - 1; n is not 0. */
uint32_t random_below(uint32_t n);

/* A label from a small, ugly alphabet, so that names meet often: length octet and octets. */
void random_label(uint8_t label[1 + LABEL_MAX_OCTETS]);

/* Up to `most` random labels before `suffix`, as many as fit. */
void random_name(struct name *out, const uint8_t *suffix, unsigned most);

/* An address of a few small networks: 10.1.2.0/24, 10.1.9.0/24, 10.77.2.0/24, 192.0.2.0/24, and
 * one or two octets in 2001:db8::/32. */
void random_addr(struct addr *a);

#endif
