/* SPDX-License-Identifier: ISC */
/* zone/version.h - the version of this release (https://semver.org). */
#ifndef ZONE_VERSION_H
#define ZONE_VERSION_H

#define ARPAD_VERSION "0.1.0"

#endif
