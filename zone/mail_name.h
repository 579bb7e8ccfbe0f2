/* SPDX-License-Identifier: ISC */
/* zone/mail_name.h - would a receiver of mail take a name for that of a dial-up line. */
#ifndef ZONE_MAIL_NAME_H
#define ZONE_MAIL_NAME_H

#include "zone/addr.h"

/* True when a part of the name, cut at dots, hyphens and digits, is dyn, dhcp, pool, dsl, ppp or
 * the like, or when the address is in it: its octets in decimal, in either order, or in hex. */
bool mail_name_is_generic(const uint8_t *wire, const struct addr *a);

#endif
