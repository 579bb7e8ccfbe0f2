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

/* Read plan->sources[source].file: begin and end, one after the other. What it holds goes into the
 * source's arena. Mistakes go to diags, all of the file's in one run, and make the source
 * SOURCE_REFUSED; a file that does not exist makes it SOURCE_MISSING, which plan_check() judges.
 * Other sources and the plan's other parts are not touched. A file that is what its customer
 * published last is not parsed: it is_same, or, where arpad.yaml has changed, its pairs are taken
 * from there. */
void delegation_read(struct plan *plan, uint32_t source, const struct delegation_context *c,
        struct diag_list *diags);

/* Have the file's octets, and see whether they are known. True when they are to be parsed: they are
 * the caller's then, who gives them to delegation_parse(). */
bool delegation_open(struct plan *plan, uint32_t source, const struct delegation_context *c,
        struct diag_list *diags, struct input *out);

/* Parse them and free them. Several sources of a plan may be parsed side by side. `ttl_s` is that
 * of the context. */
void delegation_parse(struct plan *plan, uint32_t source, struct input *in, uint32_t ttl_s,
        struct diag_list *diags);

#endif
