/* SPDX-License-Identifier: ISC */
/* server/status.h - what a running arpad says of itself over the control socket, as JSON.
 *
 *     status   {"ok":true,"version":"0.1",...,"zones":[...],"customers":[...],"reload":{...}}
 *     zones    {"ok":true,"zones":[...]}
 *     reload   {"ok":true,"reload":{...},"customers":[...]}   the customers that are not good
 *     stats    {"ok":true,"queries":{...},"answers":{...},...}
 *     quit     {"ok":true}
 *     failed   {"ok":false,"error":"..."}
 *
 * The owner fills plain structs, all borrowed; each function writes one object, in one line and
 * without its newline. Times are Unix times in seconds. */
#ifndef SERVER_STATUS_H
#define SERVER_STATUS_H

#include <stdbool.h>
#include <stdio.h>

#include "server/counters.h"
#include "zone/diag.h"

struct status_zone {
	const char *name;
	uint32_t serial;
	uint32_t names;  /* owners in the zone */
	int64_t changed; /* when its content last did */
};

enum status_customer_state {
	CUSTOMER_GOOD,
	CUSTOMER_REFUSED, /* its file has mistakes */
	CUSTOMER_MISSING, /* there is no file yet */
	CUSTOMER_VANISHED /* there was a file */
};

struct status_customer {
	const char *name, *file;
	enum status_customer_state state;
	int64_t since;
	uint64_t pairs, layers; /* served; layers: ranges and delegations */
};

/* A zone that came has no `was`, one that went no `now`. */
struct status_change {
	const char *zone;
	bool has_was, has_now;
	uint32_t was, now; /* serials */
};

enum status_result {
	RELOAD_NONE, /* there was none yet */
	RELOAD_PUBLISHED,
	RELOAD_UNCHANGED,
	RELOAD_REFUSED, /* arpad.yaml has mistakes: nothing changed */
	RELOAD_FAILED   /* it could not be done: the compiler died, the disk is full */
};

struct status_reload {
	enum status_result result;
	int64_t at;
	unsigned long took_ms;
	uint64_t generation; /* served afterwards */
	const char *error;   /* NULL: none */
	uint32_t files_read, files_parsed, zones_merged, zones_compiled;
	const struct status_change *changes;
	size_t change_count;
	const struct diag_list *diags; /* NULL: none */
};

struct status {
	const char *version;
	int64_t now, started, published;
	long pid;
	uint64_t generation;
	uint64_t pairs;
	const char *state_folder;
	const struct status_zone *zones;
	size_t zone_count;
	const struct status_customer *customers;
	size_t customer_count;
	bool is_reloading, is_waiting;      /* a reload is under way; another is asked for */
	const struct status_reload *reload; /* the last one; NULL or RELOAD_NONE: none */
};

void status_print(const struct status *s, FILE *out);
void status_print_zones(const struct status *s, FILE *out);
void status_print_reload(const struct status_reload *r, const struct status_customer *customers,
        size_t customer_count, FILE *out);
void status_print_stats(const struct counters *sum, FILE *out);
void status_print_ok(FILE *out);
void status_print_error(const char *text, FILE *out);

#endif
