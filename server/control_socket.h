/* SPDX-License-Identifier: ISC */
/* server/control_socket.h - the file behind the control socket, for server/control.c. */
#ifndef SERVER_CONTROL_SOCKET_H
#define SERVER_CONTROL_SOCKET_H

#include <stdbool.h>
#include <sys/types.h>

#include "zone/err.h"

/* Which file it is, so that one that came to its place is not taken for it. */
struct control_file {
	dev_t device;
	ino_t inode; /* 0: none */
};

/* A listening, nonblocking unix socket at `path`, mode 0600. The umask, which belongs to the whole
 * process, is another for a moment: there are no other threads yet that make files. Returns OK; or
 * ERR_IO and *why as control_open() says. */
MUST_USE enum err control_socket_open(int *out, const char *path, const char **why);

/* What lies at the path now. */
struct control_file control_socket_file(const char *path);

/* Remove the path, if it is that file still. */
void control_socket_remove(const char *path, struct control_file file);

/* True when root or this process's own user is at the other end. */
bool control_socket_is_ours(int fd);

#endif
