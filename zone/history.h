/* SPDX-License-Identifier: ISC */
/* zone/history.h - what each customer's file published last.
 *
 * A customer's name is what stays the same from one arpad.yaml to the next: blocks go from one
 * customer to another, files get other names. The fragments are opened when somebody asks for
 * them, for most of the time few are needed. */
#ifndef ZONE_HISTORY_H
#define ZONE_HISTORY_H

#include "zone/digest.h"
#include "zone/fragment.h"

/* Of one customer. */
struct past {
	const char *customer;
	struct digest source; /* of the file that it is of; none: of no file as it stands */
	bool is_good;         /* that file was good as it stood; else what it has was kept */
	bool is_open;         /* `fragment` may be looked at */
	bool is_lost;         /* there is no such fragment any more */
	bool has_layers;      /* it has ranges or delegations; known without opening it */
	struct fragment fragment;
	/* owned; its pairs in order of their names, those that lead a name here first, once
	 * past_holds() was asked */
	uint32_t *by_name;
};

struct history {
	struct past *pasts; /* owned array, sorted by customer */
	size_t count;
	struct digest config; /* of arpad.yaml and all it includes */
	struct digest layout; /* zone/layout.h */
	/* Open past->fragment and set is_open. Returns OK; ERR_IO or ERR_CORRUPT when there is no
	 * such fragment any more, and then it sets is_lost; ERR_MEMORY. */
	enum err (*open)(void *context, struct past *past);
	/* True when these octets of a customer's file were refused already, for mistakes of their
	 * own under the same arpad.yaml, which need not be told again. NULL: of none that is known.
	 */
	bool (*is_refused)(void *context, const char *customer, const struct digest *file);
	/* True when the file is known to hold the octets that past->source is of, so that it need
	 * not be read. NULL: of none that is known. */
	bool (*is_untouched)(void *context, const struct past *past, const char *file);
	void *context;
};

void history_free(struct history *h);

/* What a plan's sources publish, for the plan that comes behind it; wants a checked plan, all of
 * its pairs there. Returns OK, and history_free() frees *out, which borrows nothing; ERR_MEMORY. */
MUST_USE enum err history_of_plan(
        struct history *out, const struct plan *p, const struct digest *config);

/* That of a customer; NULL when he has published nothing, or h is NULL. */
struct past *history_find(const struct history *h, const char *customer);

/* Have past->fragment open. Returns as `open`. */
MUST_USE enum err history_open(const struct history *h, struct past *past);

/* True in *out when the customer published that name and led it to one of his addresses. Returns OK
 * or as history_open(). */
MUST_USE enum err past_holds(
        bool *out, const struct history *h, struct past *past, const uint8_t *name);

#endif
