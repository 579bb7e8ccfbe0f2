/* SPDX-License-Identifier: ISC */
/* server/version.h - the version of this release (https://semver.org). */
#ifndef SERVER_VERSION_H
#define SERVER_VERSION_H

#define ARPAD_VERSION "0.1.0"

#endif
