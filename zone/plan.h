/* SPDX-License-Identifier: ISC */
/* zone/plan.h - what people want served, checked for form, not yet for sense.
 *
 *     arpad.yaml ---> zones[], customers[]
 *     acme.yaml  ---> sources[].pairs[]       one pair an address and name: PTR, and A or AAAA
 *                     sources[].ranges[]      one rule for many addresses, in both directions
 *                     sources[].delegations[] addresses that other name servers answer for
 *
 * conf/ fills a plan from YAML. zone/check.h decides which sources are sound (scope, conflicts)
 * and marks the others refused. zone/compile.h makes images from what is left. The operator's
 * objects hang in plan.arena, a customer's in its source's own arena, so that sources can be read
 * side by side and dropped one by one. Every object says where it was written.
 *
 * Pairs are kept by the million: struct pair is small, names are wire octets, lower-case. */
#ifndef ZONE_PLAN_H
#define ZONE_PLAN_H

#include <string.h>

#include "zone/addr.h"
#include "zone/arena.h"
#include "zone/diag.h"
#include "zone/digest.h"
#include "zone/interval.h"
#include "zone/name.h"
#include "zone/pattern.h"
#include "zone/zone_index.h"

#define TTL_MAX              2147483647U /* RFC 2181 8 */
#define TTL_DEFAULT          3600U
#define TTL_NEGATIVE_DEFAULT 300U
#define PTR_MAX_AN_ADDRESS   10 /* names at one address in a delegation file */
#define NS_MAX_A_ZONE        100
#define DS_MAX_A_CUT         16
#define GLUE_MAX_A_CUT       200

enum pair_flag {
	PAIR_FORWARD_NO = 1, /* the PTR alone, by the writer's wish */
	PAIR_ROLE_MAIL = 2,
	PAIR_TTL_INHERITED = 4, /* the operator's default, for neither host nor file says one */
	PAIR_SHADOWED = 8, /* set by plan_check(): a delegation of its file holds the address */
	PAIR_FLAGS = 15
};

/* An address and one name for it. A host with three names is three pairs. */
struct pair {
	const uint8_t *name;   /* lower-case wire form */
	uint8_t octets[16];    /* the address, network order; the rest is zero */
	uint8_t addr_len;      /* 4 or 16 */
	uint8_t flags;         /* enum pair_flag */
	uint16_t column;       /* of the address; 65535 for any beyond */
	uint32_t line;         /* of the address in its source's file */
	uint32_t ttl_s;        /* the host's, else its file's, else the operator's default */
	uint32_t forward_zone; /* set by plan_check(): index in plan.zones of the zone that holds
	                        * the name and gets its A or AAAA; ZONE_NONE: none does (an external
	                        * name, or PAIR_FORWARD_NO) */
};

/* Addresses whose names one pattern makes, or that have none. */
struct plan_range {
	struct pattern pattern; /* .shape NULL: no names here, though a wider range covers it */
	const uint8_t *owner;   /* lower-case wire name below which the labels stand; NULL: none */
	uint32_t ttl_s;         /* the range's, else its file's, else the operator's default */
	uint32_t line;          /* of its first address in its source's file */
	uint16_t column;        /* likewise; 65535 for any beyond */
	bool is_ttl_inherited;  /* as PAIR_TTL_INHERITED */
	bool is_shadowed;       /* set by plan_check(): a delegation of its file holds all of it */
	uint32_t forward_zone;  /* likewise: that of the owner; ZONE_NONE: none, or external */
};

/* RFC 4034 5.1. */
struct plan_ds {
	const uint8_t *rdata; /* as on the wire */
	uint16_t octets;
};

struct plan_glue {
	const uint8_t *name; /* lower-case wire form; one of the name servers */
	struct addr addr;
};

/* Addresses that are handed on.
 *
 *     target NULL      zone cuts at the names of the blocks: one where the block ends on a label
 *                      boundary, else the several below the next one (a /17 is 128 times /24)
 *     target, ns       RFC 2317: a CNAME an address leads below the target, which is a zone cut
 *     target, no ns    RFC 2317 5.2: likewise, but nothing is cut here */
struct plan_delegation {
	struct addr first, last; /* both belong to it */
	const uint8_t *target;   /* lower-case wire name */
	const uint8_t **ns;      /* lower-case wire names */
	const struct plan_ds *ds;
	const struct plan_glue *glue;
	uint16_t ns_count, ds_count, glue_count;
	uint16_t column; /* as in struct plan_range */
	uint32_t line;
	uint32_t ttl_s;
	bool is_ttl_inherited;
};

enum source_state {
	SOURCE_GOOD,
	SOURCE_REFUSED, /* the diagnostics say why; nothing of it is served */
	SOURCE_MISSING, /* no such file yet; nothing is served */
	SOURCE_KEPT     /* refused or vanished: the pairs are those it published last */
};

/* One delegation file, read. */
struct plan_source {
	const char *file;  /* as diagnostics name it */
	uint32_t customer; /* index in plan.customers */
	enum source_state state;
	bool is_vanished;  /* it was there once */
	bool is_same;      /* good, and nothing has changed since the last generation, arpad.yaml
	                    * neither: it was checked then; its pairs are there if somebody
	                    * needed them (plan_recall()) */
	bool is_loaded;    /* is_same, and they are there */
	bool has_layers;   /* likewise, its ranges and delegations alone */
	bool is_whole;     /* kept, and it publishes what it did then */
	bool is_known_bad; /* refused, as it was already; its mistakes are not told again */
	bool is_taken;     /* good, and the pairs are those of the last generation */
	bool is_parsed;    /* the file's text was read, for the octets were not known */
	struct digest refused; /* of the octets that have mistakes of their own; none: they have
	                        * none, or only with others, which may change without them */
	struct digest digest;  /* of the file's octets; none: there is no such file, or it is not
	                        * what the pairs are of */
	struct arena arena;    /* the pairs and their names */
	struct pair *pairs;    /* in the order of the file */
	size_t pair_count, pair_capacity;
	struct plan_range *ranges; /* likewise */
	size_t range_count, range_capacity;
	struct plan_delegation *delegations; /* likewise */
	size_t delegation_count, delegation_capacity;
};

/* True when the pairs of a source are served; those of the others are not to be looked at. */
static inline bool source_is_served(const struct plan_source *s)
{
	return s->state == SOURCE_GOOD || s->state == SOURCE_KEPT;
}

struct plan_block {
	struct prefix prefix;
	struct place place;
};

struct plan_domain {
	const uint8_t *name; /* lower-case wire form */
	struct place place;
};

struct plan_customer {
	const char *name;
	const char *file; /* path of the delegation file, the folder of arpad.yaml before it */
	struct plan_block *blocks; /* his prefixes */
	size_t block_count, block_capacity;
	struct plan_domain *domains;
	size_t domain_count, domain_capacity;
	bool may_delegate;
	struct place place, file_place; /* of the name; of `file`, if it is there */
};

/* Numbers of the SOA record (RFC 1035 3.3.13). */
struct plan_soa {
	uint32_t serial; /* the first serial served; meaningful if has_serial */
	bool has_serial;
	uint32_t refresh_s, retry_s, expire_s, minimum_s;
	uint32_t ttl_s;
	const uint8_t *mname, *rname; /* wire names */
};

/* A record that the operator wrote: anything but the pairs. */
struct plan_record {
	const uint8_t *owner; /* lower-case wire name, at or below the zone's apex */
	const uint8_t *rdata; /* wire form, uncompressed, letters as written */
	uint16_t type, rdata_octets;
	uint32_t ttl_s;
	struct place place;
};

/* One zone; `198.18.0.0/15` was already split into its two. */
struct plan_zone {
	const uint8_t *apex;  /* lower-case wire name */
	bool is_reverse;      /* set by plan_index_zones(): the apex stands for a prefix */
	struct prefix prefix; /* likewise, when is_reverse; given, when is_cut_style */
	bool is_cut_style;    /* the zone that RFC 2317 gives a block of less than a /24 */
	const uint8_t **ns;   /* lower-case wire names, the first is MNAME unless soa says else */
	size_t ns_count;
	uint32_t ttl_s; /* of what has none of its own */
	uint32_t ns_ttl_s;
	struct plan_soa soa;
	struct plan_record *records; /* in the order of writing */
	size_t record_count, record_capacity;
	struct place place;
};

struct plan {
	struct arena arena;
	struct plan_zone *zones;
	size_t zone_count, zone_capacity;
	struct plan_customer *customers; /* in the order of arpad.yaml: first come, first served */
	size_t customer_count, customer_capacity;
	struct plan_source *sources; /* one a customer, sources[i].customer == i */
	size_t source_count, source_capacity;
	struct zone_index index; /* of zones, by plan_index_zones() */
	uint32_t *cut_zones;     /* those that are is_cut_style, in order of their prefixes */
	uint32_t *cut_parents; /* of each of those the zone that has the names of its addresses, in
	                        * which they lead to it; ZONE_NONE */
	size_t cut_zone_count;
	struct interval *reverse; /* addresses of the zones that stand for prefixes */
	size_t reverse_count;
};

void plan_init(struct plan *p);
void plan_free(struct plan *p);

/* Sort the zones in canonical order of their apexes, see which are reverse zones, and index them,
 * as the functions below, the checks and the compiler want them. Equal apexes are an error
 * [zone-duplicate] at the later place. Returns OK; ERR_MEMORY; ERR_REFUSED after an error. */
MUST_USE enum err plan_index_zones(struct plan *p, struct diag_list *diags);

/* The zone with the longest apex that holds a name, any valid wire name; ZONE_NONE when none. */
uint32_t plan_find_zone(const struct plan *p, const uint8_t *wire);

/* The number of the first zone that does not lie before a name in canonical order; those at or
 * below the name follow each other from there. */
size_t plan_seek_zone(const struct plan *p, const uint8_t *wire);

/* The zone that holds the PTR of an address: that of RFC 2317 which the address's block has, else
 * the one with the longest apex; ZONE_NONE when none. */
uint32_t plan_find_reverse_zone(const struct plan *p, const struct addr *a);

/* The same for addresses that come in runs from one zone: *near is what was found last for one of
 * this family, ZONE_NONE before the first, and then what was found now. */
uint32_t plan_find_reverse_zone_near(const struct plan *p, const struct addr *a, uint32_t *near);

/* Write the name at which a zone that plan_find_reverse_zone() found holds the PTR. */
void plan_name_of_addr(struct name *out, const struct plan_zone *zone, const struct addr *a);

/* The inverse: the address whose PTR a zone holds at a name. False when the name stands for none.
 */
bool plan_addr_of_name(struct addr *out, const struct plan_zone *zone, const uint8_t *wire);

/* The bits of the names at which an ordinary delegation cuts (d->target NULL): those of the prefix
 * that first and last share, up to the next label boundary. */
unsigned delegation_cut_bits(const struct plan_delegation *d);

/* The place of an object of a source. */
static inline struct place pair_place(const struct plan_source *s, const struct pair *pair)
{
	return (struct place){s->file, pair->line, pair->column};
}

static inline struct place range_place(const struct plan_source *s, const struct plan_range *r)
{
	return (struct place){s->file, r->line, r->column};
}

static inline struct place delegation_place(
        const struct plan_source *s, const struct plan_delegation *d)
{
	return (struct place){s->file, d->line, d->column};
}

static inline struct addr pair_addr(const struct pair *pair)
{
	struct addr a = {.len = pair->addr_len};

	memcpy(a.octets, pair->octets, sizeof a.octets);
	return a;
}

#endif
