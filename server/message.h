/* SPDX-License-Identifier: ISC */
/* server/message.h - what processes of arpad say to each other: a kind, some fields, perhaps an
 * open file; one packet of a unix socket (SOCK_SEQPACKET) each.
 *
 *     message_begin(&m, MESSAGE_ZONE);            message_receive(fd, &m, 0)
 *     message_put_text(&m, "a.example.");         name = message_take_text(&m);
 *     message_put32(&m, serial);                  serial = message_take32(&m);
 *     m.fd = image;                               if (message_is_whole(&m)) ...
 *     message_send(fd, &m)
 *
 * Both are sticky: a message that became too long is not sent, and what is taken from one that is
 * too short is 0 or "", so each side asks once, at the end. */
#ifndef SERVER_MESSAGE_H
#define SERVER_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zone/digest.h"
#include "zone/err.h"

#define MESSAGE_MAX 65536 /* octets; the buffer of a socket holds one (socket(7)) */

enum message_kind {
	/* from the compiler */
	MESSAGE_OPEN,     /* wants a file: kind, path */
	MESSAGE_RECALL,   /* wants a file of the state folder: kind, digest */
	MESSAGE_SETTINGS, /* `server` of arpad.yaml: server/settings.h */
	MESSAGE_LAST,     /* wants the manifest */
	MESSAGE_REFUSED,  /* are this customer's octets known to be refused? name, digest */
	MESSAGE_DIAG,     /* severity, file, line, column, rule, text */
	/* one or more zones: name, how, serial; file: the image of the last */
	MESSAGE_ZONE,
	/* one or more customers: name, file, state, how, source, refused, pairs, layers; file: the
	 * fragment of the last */
	MESSAGE_CUSTOMER,
	MESSAGE_DONE, /* enum err, config, layout, files read and parsed, pairs, dropped */
	/* to the compiler */
	MESSAGE_FILE,    /* file: what was wanted */
	MESSAGE_NO_FILE, /* errno, why */
	/* from one arpad to the next: server/handover.h */
	MESSAGE_HANDOVER, /* version, workers */
	MESSAGE_SOCKET,   /* address, port, UDP or TCP, worker; file: the socket */
	MESSAGE_LISTENER, /* file: the control socket */
	MESSAGE_LOCK,     /* file: the lock of the state folder */
	MESSAGE_ALL,      /* that was all */
	MESSAGE_TAKEN,    /* back: all of it is in use */
	/* from the compiler; here, so that the numbers of the others stay */
	MESSAGE_ANEW, /* zones and customers that were told are to be forgotten */
	MESSAGE_LATE, /* to the next arpad: this one goes on */
	MESSAGE_KINDS
};

struct message {
	enum message_kind kind;
	int fd; /* goes along, or came along; -1: none. Whoever receives it owns it */
	bool failed;
	size_t size, at;
	uint8_t octets[MESSAGE_MAX];
};

void message_begin(struct message *m, enum message_kind kind);
void message_put32(struct message *m, uint32_t value);
void message_put64(struct message *m, uint64_t value);
void message_put_text(struct message *m, const char *text); /* cut where it is too long */
void message_put_octets(struct message *m, const void *octets, size_t n);
void message_put_digest(struct message *m, const struct digest *d);

/* Send it, and wait until it is sent. Returns OK; ERR_LONG; ERR_IO. m->fd stays the caller's. */
MUST_USE enum err message_send(int socket, const struct message *m);

/* Receive one; flags as recvmsg(2). Returns OK; ERR_IO, with errno 0 when the other side has
 * closed, or EAGAIN; ERR_SYNTAX for what is no message. */
MUST_USE enum err message_receive(int socket, struct message *m, int flags);

uint32_t message_take32(struct message *m);
uint64_t message_take64(struct message *m);
const char *message_take_text(struct message *m); /* valid as long as the message */
void message_take_octets(struct message *m, void *out, size_t n);
struct digest message_take_digest(struct message *m);

/* True when all was taken, and nothing was missing. */
bool message_is_whole(const struct message *m);

#endif
