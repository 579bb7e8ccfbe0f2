/* SPDX-License-Identifier: ISC */
/* tests/help/small_plan.h - plans and snapshots without YAML.
 *
 *     small_plan_init(&s);
 *     small_plan_zone(&s, "192.0.2.0/24");
 *     small_plan_zone(&s, "example.");
 *     small_plan_pair(&s, "192.0.2.1", "a.example.", 3600, 0);
 *     small_plan_records(&s, "example.", "*.a CNAME b\nb DNAME c\n");
 *     struct snapshot *snapshot = small_plan_compile(&s, NULL, 1000);
 *
 * What goes wrong here ends the program: it is the test that is wrong. */
#ifndef TESTS_HELP_SMALL_PLAN_H
#define TESTS_HELP_SMALL_PLAN_H

#include "zone/compile.h"

struct small_plan {
	struct plan plan;
	struct diag_list diags;
};

void small_plan_init(struct small_plan *s);
void small_plan_free(struct small_plan *s);

/* A prefix on a label boundary, or a name. NS ns1.test. and ns2.test., SOA ns1.test. hm.test.,
 * refresh 1, retry 2, expire 3, minimum 300; TTL of NS and SOA 3600. */
void small_plan_zone(struct small_plan *s, const char *text);

/* A pair; flags as enum pair_flag. */
void small_plan_pair(
        struct small_plan *s, const char *addr, const char *name, uint32_t ttl_s, uint8_t flags);
void small_plan_pair_wire(struct small_plan *s, const struct addr *addr, const uint8_t *name,
        uint32_t ttl_s, uint8_t flags);

/* A range, which becomes a block of the customer, and its pattern, such as h-{ip}.pool.example.; an
 * ordinary delegation, or (target) one by RFC 2317, to ns1.test. TTL 3600. */
void small_plan_range(struct small_plan *s, const struct prefix *p, const char *pattern);
void small_plan_delegation(struct small_plan *s, const struct prefix *p, const char *target);

/* A record of the zone that holds its owner, of DS at an apex the zone above. The zones are there
 * already. */
void small_plan_record_wire(struct small_plan *s, const uint8_t *owner, uint16_t type,
        uint32_t ttl_s, const uint8_t *rdata, size_t n);

/* Lines of a master file, relative to `origin`, TTL 3600; SOA and NS at an apex are passed over. */
void small_plan_records(struct small_plan *s, const char *origin, const char *lines);

/* Index, give pairs and ranges their forward zones, compile. */
struct snapshot *small_plan_compile(struct small_plan *s, const struct snapshot *last, time_t now);

/* A small network with everything an image can hold: addresses and labels, cuts, targets by suffix
 * and whole, several records, several RRsets, glue, DS, wildcards, DNAME, CNAME in a circle, rdata
 * of no octets. Its serial is 1000. */
struct snapshot *small_network(void);

#endif
