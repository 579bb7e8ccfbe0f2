/* SPDX-License-Identifier: ISC */
/* tests/help/ruled_network.h - a network with every kind of range and delegation. */
#ifndef TESTS_HELP_RULED_NETWORK_H
#define TESTS_HELP_RULED_NETWORK_H

#include "zone/snapshot.h"

/* Zones example, 10.in-addr.arpa, one by RFC 2317 (10.0.0.64/26) and one of IPv6. Goes through
 * files of a scratch folder. Its serial is 1000. */
struct snapshot *ruled_network(void);

/* The image of a zone, borrowed; apex with its last dot. */
struct image *ruled_image(const struct snapshot *snapshot, const char *apex);

#endif
