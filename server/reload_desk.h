/* SPDX-License-Identifier: ISC */
/* server/reload_desk.h - what the compiler asks for, and is given; for server/reload.c alone. */
#ifndef SERVER_RELOAD_DESK_H
#define SERVER_RELOAD_DESK_H

#include "server/reload.h"

/* The run has failed; `why` lives as long as *r, NULL stands for no memory. */
void reload_fail(struct reload *r, const char *why);

/* The process has closed its end without a last word. */
void reload_tell_death(struct reload *r);

/* Answer what r->message asks. */
void reload_serve_open(struct reload *r, const struct reload_desk *desk);
void reload_serve_recall(struct reload *r, const struct reload_desk *desk);
void reload_serve_refused(struct reload *r, const struct reload_desk *desk);

#endif
