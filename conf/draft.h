/* SPDX-License-Identifier: ISC */
/* conf/draft.h - arpad.yaml while it is read; for the files of conf/ alone.
 *
 * `defaults` may stand behind what they are for, so zones stay drafts until all is read. */
#ifndef CONF_DRAFT_H
#define CONF_DRAFT_H

#include "conf/config.h"
#include "conf/value.h"
#include "zone/cut_name.h"

/* What `defaults` and each zone may say; what it did not say is 0, NULL or UNSET. */
#define UNSET UINT32_MAX
struct zone_values {
	const uint8_t **ns;
	size_t ns_count, ns_capacity;
	const uint8_t *rname;
	uint32_t ttl_s, negative_ttl_s;
	bool says_ns, says_rname; /* the key is there, perhaps with a mistake */
};

/* An item of `records`. */
struct record_text {
	const char *text;
	size_t len;
	struct place place;
};

struct zone_draft {
	struct place place;
	const uint8_t *apex;  /* NULL: a prefix */
	struct prefix prefix; /* addr.len 0: not given */
	struct zone_values values;
	struct plan_soa soa; /* numbers UNSET, names NULL where not given */
	bool has_style;
	enum cut_style style;
	struct record_text style_text; /* as written; the label of CUT_OWN */
	struct record_text *records;
	size_t record_count, record_capacity;
	const char *records_file; /* NULL: none */
};

struct draft {
	struct config *config;
	struct zone_values defaults;
	struct zone_draft *zones;
	size_t zone_count, zone_capacity;
	struct plan_customer *customer; /* the one being read */
	struct zone_draft *zone;        /* likewise */
	struct input_door door;         /* through which its files are opened */
	size_t server_errors;           /* mistakes in `server` */
};

/* Readers of the parts; `to` is the draft. */
void draft_read_server(struct yaml *y, void *to);
void draft_set_server_defaults(struct draft *d);
void draft_read_defaults(struct yaml *y, void *to);
void draft_read_zones(struct yaml *y, void *to);
void draft_read_customers(struct yaml *y, void *to);

void draft_read_records(struct yaml *y, void *to);
void draft_read_records_file(struct yaml *y, void *to);

/* Read a zone's records into the plan's zone, whose apex and TTL are known. */
void draft_take_records(struct draft *d, const struct zone_draft *z, struct plan_zone *zone);

/* False, after a diagnostic [many-ns], when a zone with so many name servers may have no more. */
bool draft_has_room_for_ns(size_t count, struct place place, struct diag_list *diags);

/* Make the plan's zones of the drafts. Mistakes go to the config's diagnostics. */
void draft_finish_zones(struct draft *d);

/* A copy of a name's wire form in the plan's arena. */
const uint8_t *draft_keep_name(struct draft *d, const struct name *name);

/* A path that counts from the folder of arpad.yaml. */
const char *draft_join_path(const struct draft *d, const char *path);

/* Read a path. [path] */
bool draft_read_path(struct yaml *y, struct draft *d, const char **out);

#endif
