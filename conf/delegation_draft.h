/* SPDX-License-Identifier: ISC */
/* conf/delegation_draft.h - a delegation file while it is read; for the files of conf/ alone.
 *
 *     delegation.c     the file, its hosts
 *     ranges.c         its ranges
 *     delegations.c    what it hands on; delegation_ns.c: to which name servers */
#ifndef CONF_DELEGATION_DRAFT_H
#define CONF_DELEGATION_DRAFT_H

#include "conf/block.h"
#include "conf/value.h"
#include "zone/cut_name.h"
#include "zone/plan.h"

#define TTL_UNSET UINT32_MAX

/* A file while it is read. */
struct delegation {
	struct plan_source *source;
	const char *customer; /* whose file it must be */
	uint32_t ttl_s;       /* of the file */
	/* the host being read: */
	struct addr addr;
	struct place place; /* of its address */
	size_t first;       /* of its pairs */
	uint32_t host_ttl_s;
	uint8_t flags;
};

/* An entry of `delegate` while it is read. Places are those of the keys; line 0: not there. */
struct delegate {
	struct plan_source *source;
	struct block block;
	size_t errors;              /* of all, before this one was read */
	struct plan_delegation out; /* counts ns, ds and glue, which wait here: */
	const uint8_t *ns[NS_MAX_A_ZONE];
	struct place ns_places[NS_MAX_A_ZONE];
	struct plan_ds ds[DS_MAX_A_CUT];
	struct plan_glue glue[GLUE_MAX_A_CUT];
	struct place glue_places[GLUE_MAX_A_CUT]; /* of the names */
	struct name glue_name;                    /* the one whose addresses are read */
	struct place glue_name_place;
	struct place ns_place, style_place, ds_place, glue_place, cname_place;
	enum cut_style style;
	char label[LABEL_MAX_OCTETS]; /* of CUT_OWN */
	size_t label_octets;          /* 0: it had a mistake */
	const uint8_t *cname;
};

/* Readers of the file's parts; `to` is the struct delegation. */
void delegation_read_ranges(struct yaml *y, void *to);
void delegation_read_delegations(struct yaml *y, void *to);

/* Readers of an entry's name servers; `to` is the struct delegate. */
void delegate_read_ns(struct yaml *y, void *to);
void delegate_read_ds(struct yaml *y, void *to);
void delegate_read_glue(struct yaml *y, void *to);

/* Glue is there for the name servers that are at or below a cut, and for no other. [glue]
 * [glue-missing] */
void delegate_check_glue(struct yaml *y, const struct delegate *g);

/* Columns as the plan's objects hold them. */
static inline uint16_t clip_column(uint32_t column)
{
	return (uint16_t)(column < UINT16_MAX ? column : UINT16_MAX);
}

#endif
