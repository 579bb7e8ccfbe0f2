/* SPDX-License-Identifier: ISC */
/* tools/why.h - what is served for a name or an address, and which line decided.
 *
 *     config_load, compile_plan -> why_init
 *     why_address(&w, &addr), why_name(&w, wire)
 *     why_print(&w, stdout) or why_print_json(&w, stdout)
 *
 * The images say what is served, so that this cannot differ from the server; the plan, searched
 * from end to end, says where it was written. A report is a list of facts in the order of
 * reasoning. */
#ifndef TOOLS_WHY_H
#define TOOLS_WHY_H

#include "conf/config.h"
#include "zone/layers.h"
#include "zone/snapshot.h"

/* One fact. */
struct why_fact {
	const char *kind; /* a word that programs can look for: "record", "range", "nothing" */
	const char *text;
	struct place place; /* where it was written; .file NULL: nowhere */
};

struct why {
	const struct config *config;
	const struct snapshot *snapshot;
	struct layers layers; /* of what is served */
	struct arena arena;
	struct why_fact *facts;
	size_t fact_count, fact_capacity;
	bool is_served; /* there is a record to answer with */
};

/* Both must outlive *w. */
void why_init(struct why *w, const struct config *config, const struct snapshot *snapshot);
void why_free(struct why *w);

/* Explain an address: its owner, its PTR records, and where they lead. */
void why_address(struct why *w, const struct addr *a);

/* Explain a name, lower-case wire form: its records, and what is in the way of them. */
void why_name(struct why *w, const uint8_t *name);

/* `TEXT  (FILE:LINE:COLUMN)`, a line each. */
void why_print(const struct why *w, FILE *out);

/* {"served": BOOL, "facts": [{"kind", "text", "file", "line", "column"}]} */
void why_print_json(const struct why *w, FILE *out);

/* Add a fact; for the files of why alone. */
__attribute__((format(printf, 4, 5))) void why_add(
        struct why *w, const char *kind, struct place place, const char *format, ...);

/* Where a record of the snapshot was written, as a fact: for hosts, ranges and delegations the line
 * in a customer's file, for others that in arpad.yaml or a records-file. `zone` is a number in the
 * plan. */
void why_add_record(struct why *w, const char *kind, uint32_t zone, const uint8_t *owner,
        uint16_t type, uint32_t ttl_s, const uint8_t *rdata, size_t n);

#endif
