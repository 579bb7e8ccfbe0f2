/* SPDX-License-Identifier: ISC */
/* conf/delegation.h - a customer's delegation file. */
#ifndef CONF_DELEGATION_H
#define CONF_DELEGATION_H

#include "conf/input.h"
#include "zone/history.h"

#define DELEGATION_MAX_OCTETS ((size_t)64 << 20) /* max-file-size */

/* What holds for all files of one load. */
struct delegation_context {
	uint32_t ttl_s;                /* of pairs that have none, in files that have none */
	struct input_door *door;       /* NULL: files are opened here */
	const struct history *history; /* NULL: nothing was published before */
	bool is_config_same;           /* arpad.yaml is what it was then */
};

/* Read plan->sources[source].file. What it holds goes into the source's arena. Mistakes go to
 * diags, all of the file's in one run, and make the source SOURCE_REFUSED; a file that does not
 * exist makes it SOURCE_MISSING, which plan_check() judges. Other sources and the plan's other
 * parts are not touched. A file that is what its customer published last is not parsed: it is_same,
 * or, where arpad.yaml has changed, its pairs are taken from there. */
void delegation_read(struct plan *plan, uint32_t source, const struct delegation_context *c,
        struct diag_list *diags);

#endif
