/* SPDX-License-Identifier: ISC */
/* server/settings.h - `server` of arpad.yaml on its way from the compiler: where to listen, how
 * many workers, which folder and socket, what a reload may take. */
#ifndef SERVER_SETTINGS_H
#define SERVER_SETTINGS_H

#include "conf/config.h"
#include "server/message.h"

/* Write them into a message that was begun. */
void settings_put(struct message *m, const struct config *c);

/* Read them; text goes into the arena of *out, which config_init() made. Returns OK; ERR_SYNTAX for
 * what no compiler says; ERR_MEMORY. */
MUST_USE enum err settings_take(struct message *m, struct config *out);

#endif
