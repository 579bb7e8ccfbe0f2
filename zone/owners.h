/* SPDX-License-Identifier: ISC */
/* zone/owners.h - which customer an address or a name belongs to.
 *
 * Prefixes and domains nest; the longest match owns. A prefix has one owner; a domain may have
 * several. Read-only once built. */
#ifndef ZONE_OWNERS_H
#define ZONE_OWNERS_H

#include "zone/plan.h"

#define CUSTOMER_NONE UINT32_MAX

struct owned_prefix {
	struct prefix prefix;
	uint32_t customer;
	uint32_t number; /* among his */
	uint32_t outer;  /* the next wider one around it, or UINT32_MAX */
};

struct owners {
	struct owned_prefix *prefixes; /* owned; in order of prefix_compare() */
	size_t prefix_count;
	struct interval
	        *spaces;       /* owned; what each customer's prefixes cover, one after the other */
	uint32_t *space_begin; /* owned; customer i has spaces[begin[i] .. begin[i+1]) */
	const uint8_t **domains; /* owned array; those that differ, in canonical order */
	size_t domain_count;     /* in `customers` */
	uint32_t *begin;         /* owned; domain i belongs to customers[begin[i] .. begin[i+1]) */
	uint32_t *customers;     /* owned; one that has a domain twice stands there twice */
	uint32_t *numbers;       /* owned; customers[i] has it as that of his domains */
	struct zone_index index; /* of the domains */
	bool has_shared;         /* a domain has several owners */
};

/* Returns OK or ERR_MEMORY; owners_free() frees *out. Of equal prefixes any may be found. */
MUST_USE enum err owners_build(struct owners *out, const struct plan *p);
void owners_free(struct owners *o);

/* The same without the domains; nothing of the plan is borrowed. */
MUST_USE enum err owners_build_prefixes(struct owners *out, const struct plan *p);

/* The prefix that owns an address; NULL when none does. */
const struct owned_prefix *owners_find_addr(const struct owners *o, const struct addr *a);

/* The same for addresses that come in runs from one prefix: *near is what was found last for one of
 * this family, NULL before the first, and then what was found now. */
const struct owned_prefix *owners_find_addr_near(
        const struct owners *o, const struct addr *a, const struct owned_prefix **near);

/* The domain that owns a name, as an index in o->domains; UINT32_MAX when none does. */
uint32_t owners_find_name(const struct owners *o, const struct trie_key *key);

/* True when that domain belongs to the customer, among others perhaps. */
bool owners_has_domain(const struct owners *o, uint32_t domain, uint32_t customer);

/* True when it belongs to several. */
static inline bool owners_is_shared(const struct owners *o, uint32_t domain)
{
	return o->customers[o->begin[domain]] != o->customers[o->begin[domain + 1] - 1];
}

#endif
