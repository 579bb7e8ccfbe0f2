/* SPDX-License-Identifier: ISC */
/* server/manifest_form.h - the form of a manifest, for who reads and who prints it alone:
 * server/manifest.c and server/manifest_print.c. */
#ifndef SERVER_MANIFEST_FORM_H
#define SERVER_MANIFEST_FORM_H

#include "server/manifest.h"

#define MANIFEST_FIRST_LINE "arpad-manifest 2\n"
#define MANIFEST_SEAL       "digest " /* how the last line begins */
#define MANIFEST_STATES     4

extern const char *const manifest_state_words[MANIFEST_STATES];

static inline bool manifest_is_visible(char c)
{
	return c > ' ' && c < 0x7f;
}

/* What the text of a manifest cannot show to be so: asked after reading and before writing, so that
 * nothing is written that would not be read again. */
bool manifest_is_sound(const struct manifest *m);

#endif
