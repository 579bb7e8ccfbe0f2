/* SPDX-License-Identifier: ISC */
/* server/sealed.h - octets in a file without a name that nobody can change any more: how images and
 * fragments get from the compiler to arpad without a copy (memfd_create(2), F_ADD_SEALS). */
#ifndef SERVER_SEALED_H
#define SERVER_SEALED_H

#include <stddef.h>
#include <stdint.h>

#include "zone/err.h"

/* Write octets into a new one and seal it. Returns its descriptor, or -1 and errno. */
int sealed_make(const void *octets, size_t size);

/* Map one for reading. Returns OK, and munmap(2) ends it; ERR_CORRUPT when it is empty, or not
 * sealed against every change; ERR_IO. `fd` stays the caller's. */
MUST_USE enum err sealed_map(uint8_t **octets, size_t *size, int fd);

#endif
