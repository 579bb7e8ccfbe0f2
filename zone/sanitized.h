/* SPDX-License-Identifier: ISC */
/* zone/sanitized.h - whether this build has a sanitizer in it: gcc says so by macros, clang by
 * __has_feature(). They bring their own malloc and map terabytes of which they use little. */
#ifndef ZONE_SANITIZED_H
#define ZONE_SANITIZED_H

#include <stdbool.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED true
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED false
#endif

#endif
