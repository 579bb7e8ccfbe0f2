/* SPDX-License-Identifier: ISC */
/* tools/control_client.h - ask a running arpad over its control socket (server/control.h).
 *
 * Neither a mistake in arpad.yaml nor a customer's file is in the way: only its `server` part is
 * read, and not even that when the socket is named. */
#ifndef TOOLS_CONTROL_CLIENT_H
#define TOOLS_CONTROL_CLIENT_H

#include <stddef.h>

#include <jansson.h>

struct control_question {
	const char *command; /* for messages: "arpa status" */
	const char *file;    /* arpad.yaml */
	const char *socket;  /* NULL: that which `file` names */
	const char *word;    /* of server/control.h */
	int timeout_ms;      /* for the answer; -1: however long it takes */
};

struct control_reply {
	char *line; /* as it came, without the newline */
	size_t n;
	json_t *json; /* an object */
};

/* Ask. Returns EXIT_FINE, and control_reply_free() frees; or, all told on standard error,
 * EXIT_UNDECIDED. */
int control_ask(struct control_reply *out, const struct control_question *q);

void control_reply_free(struct control_reply *r);

#endif
