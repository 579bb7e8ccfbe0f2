/* SPDX-License-Identifier: ISC */
#include "zone/check.h"

#include <stdlib.h>
#include <string.h>

#include "zone/check_layers.h"
#include "zone/check_names.h"
#include "zone/conflict.h"
#include "zone/mail_name.h"
#include "zone/rr.h"

static const struct place nowhere = {NULL, 0, 0};

/* True when a zone holds the block, or a part of it. */
static bool has_zone(const struct plan *p, const struct prefix *block)
{
	if (plan_find_reverse_zone(p, &block->addr) != ZONE_NONE)
		return true;
	for (size_t i = 0; i < p->zone_count; i++)
		if (p->zones[i].is_reverse && prefix_has_prefix(block, &p->zones[i].prefix))
			return true;
	return false;
}

static void check_blocks(const struct plan *p, const struct owners *o, struct diag_list *diags)
{
	char text[PREFIX_TEXT_MAX];

	for (size_t i = 0; i < o->prefix_count; i++) {
		const struct owned_prefix *block = &o->prefixes[i];
		struct place place = p->customers[block->customer].blocks[block->number].place;
		prefix_to_text(text, &block->prefix);
		if (i && prefix_compare(&block[-1].prefix, &block->prefix) == 0) {
			const struct plan_customer *other = &p->customers[block[-1].customer];
			diag_error(diags, place, "prefix-duplicate",
			        "%s belongs to customer %s already, on line %u; a block has one "
			        "owner: remove one of the two",
			        text, other->name, other->blocks[block[-1].number].place.line);
		} else if (!has_zone(p, &block->prefix)) {
			diag_warning(diags, place, "no-zone",
			        "%s lies in no zone served here; add it to `zones`", text);
		}
	}
}

static void check_domains_once(
        const struct plan *p, const struct owners *o, struct diag_list *diags)
{
	for (uint32_t i = 1; i < o->domain_count; i++) {
		const struct plan_domain *domains = p->customers[o->customers[i]].domains;
		const struct plan_domain *domain = &domains[o->numbers[i]];
		if (o->customers[i] != o->customers[i - 1] ||
		        !name_equal(domain->name, domains[o->numbers[i - 1]].name))
			continue;
		diag_error(diags, domain->place, "duplicate",
		        "the customer has this domain already, on line %u; remove one",
		        domains[o->numbers[i - 1]].place.line);
	}
}

void plan_check_customers(const struct plan *p, struct diag_list *diags)
{
	struct owners o;

	if (owners_build(&o, p) != OK) {
		diag_error(diags, nowhere, "memory", "out of memory");
		return;
	}
	check_blocks(p, &o, diags);
	check_domains_once(p, &o, diags);
	owners_free(&o);
}

/* Where the name was found that was looked for last. What lies within `within` lies there, too. */
struct near_name {
	const uint8_t *within; /* the longer one of the zone's apex and the domain; NULL: unknown */
	size_t octets;         /* of it */
	uint32_t zone, domain;
};

/* The work of plan_check(). */
struct check {
	struct plan *plan;
	struct owners owners;
	const struct barriers *barriers;
	struct diag_list *diags;
	struct plan_source *source; /* the one being checked */
	uint32_t near[2];           /* reverse zones found last, of IPv4 and of IPv6; likewise: */
	const struct owned_prefix *near_blocks[2];
	struct near_name near_name;
};

static void list_prefixes(char *out, size_t size, const struct plan_customer *c)
{
	char text[PREFIX_TEXT_MAX];
	size_t n = 0;

	for (size_t i = 0; i < c->block_count && i < 4 && n < size; i++) {
		prefix_to_text(text, &c->blocks[i].prefix);
		n += (size_t)snprintf(
		        out + n, size - n, "%s%s", i ? ", " : "", i < 3 ? text : "...");
	}
}

/* A record of the operator is in the way of a pair. */
static void tell_in_way(
        struct check *k, const struct pair *pair, const char *what, const struct plan_record *r)
{
	char owner[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX];

	name_to_text(owner, r->owner);
	diag_error(k->diags, pair_place(k->source, pair), "record-above",
	        "the operator's %s record at %s (%s:%u) is in the way of %s; ask the operator, or "
	        "leave it out",
	        rr_type_text(type, r->type), owner, r->place.file, r->place.line, what);
}

/* In the customer's own block: is there a zone, and room in it. */
static void check_own_address(struct check *k, const struct pair *pair, const struct addr *a)
{
	uint32_t zone = plan_find_reverse_zone_near(k->plan, a, &k->near[a->len == 16]);
	char text[ADDR_TEXT_MAX];

	if (zone == ZONE_NONE) {
		addr_to_text(text, a);
		diag_error(k->diags, pair_place(k->source, pair), "no-zone",
		        "%s lies in no zone served here; ask the operator to add one", text);
		return;
	}
	const struct plan_record *r = plan_find_in_way(k->plan, k->barriers, zone, a);
	if (!r)
		return;
	addr_to_text(text, a);
	tell_in_way(k, pair, text, r);
}

static void check_address(struct check *k, const struct pair *pair)
{
	const struct addr a = pair_addr(pair);
	const struct owned_prefix *block =
	        owners_find_addr_near(&k->owners, &a, &k->near_blocks[a.len == 16]);
	const struct plan_customer *own = &k->plan->customers[k->source->customer];
	char text[ADDR_TEXT_MAX], prefix[PREFIX_TEXT_MAX], prefixes[4 * PREFIX_TEXT_MAX];

	if (block && block->customer == k->source->customer) {
		check_own_address(k, pair, &a);
		return;
	}
	addr_to_text(text, &a);
	for (size_t i = 0; i < own->block_count; i++) {
		if (!block || !prefix_has_addr(&own->blocks[i].prefix, &a))
			continue;
		prefix_to_text(prefix, &block->prefix);
		diag_error(k->diags, pair_place(k->source, pair), "scope",
		        "%s lies in %s, the block of customer %s; it belongs into that "
		        "customer's file",
		        text, prefix, k->plan->customers[block->customer].name);
		return;
	}
	list_prefixes(prefixes, sizeof prefixes, own);
	diag_error(k->diags, pair_place(k->source, pair), "scope",
	        "%s is outside %s's prefixes (%s)", text, own->name, prefixes);
}

/* Names are lower-case. */
static bool ends_with(const uint8_t *name, const uint8_t *end, size_t octets)
{
	size_t n = name_length(name), at = 0;

	if (n < octets)
		return false;
	while (at < n - octets)
		at += 1 + (size_t)name[at];
	return at == n - octets && memcmp(name + at, end, octets) == 0;
}

/* Most names of a file lie in one domain. Where neither a zone nor a domain lies below it, and
 * records of the operator are in nobody's way, all names there are found alike. */
static void remember_name(struct check *k, uint32_t zone, uint32_t domain)
{
	const struct zone_index *zones = &k->plan->index, *domains = &k->owners.index;

	k->near_name.within = NULL;
	if (zone == ZONE_NONE || domain == UINT32_MAX || k->barriers->index.count ||
	        zones->has_inner[zone] || domains->has_inner[domain])
		return;
	size_t apex = name_length(zones->apexes[zone]), own = name_length(domains->apexes[domain]);
	k->near_name = (struct near_name){
	        .within = apex > own ? zones->apexes[zone] : domains->apexes[domain],
	        .octets = apex > own ? apex : own,
	        .zone = zone,
	        .domain = domain};
}

/* The domain that owns a pair's name, and the pair's forward zone; tells of what is in the way. */
static uint32_t find_name(struct check *k, struct pair *pair)
{
	const struct near_name *near = &k->near_name;
	char name[NAME_TEXT_MAX];
	struct trie_key key;

	if (near->within && ends_with(pair->name, near->within, near->octets)) {
		pair->forward_zone = near->zone;
		return near->domain;
	}
	trie_key_from_name(&key, pair->name);
	const struct plan_record *r = plan_find_forward(k->plan, k->barriers, pair, &key);
	if (r) {
		name_to_text(name, pair->name);
		tell_in_way(k, pair, name, r);
	}
	uint32_t domain = owners_find_name(&k->owners, &key);
	remember_name(k, pair->forward_zone, domain);
	return domain;
}

/* Find the zone that gets the pair's address record, and see that the customer may write there. */
static void check_name(struct check *k, struct pair *pair)
{
	const struct plan_customer *own = &k->plan->customers[k->source->customer];
	char name[NAME_TEXT_MAX], domain_text[NAME_TEXT_MAX];

	if (pair->flags & PAIR_FORWARD_NO)
		return;
	uint32_t domain = find_name(k, pair);
	if (pair->forward_zone == ZONE_NONE)
		return;
	if (domain != UINT32_MAX && owners_has_domain(&k->owners, domain, k->source->customer))
		return;
	name_to_text(name, pair->name);
	if (domain != UINT32_MAX && own->domain_count) {
		name_to_text(domain_text, k->owners.domains[domain]);
		diag_error(k->diags, pair_place(k->source, pair), "scope-name",
		        "%s lies in %s, a domain of customer %s and not of %s; write `forward: no` "
		        "for the PTR alone",
		        name, domain_text,
		        k->plan->customers[k->owners.customers[k->owners.begin[domain]]].name,
		        own->name);
		return;
	}
	name_to_text(domain_text, k->plan->zones[pair->forward_zone].apex);
	diag_error(k->diags, pair_place(k->source, pair), "scope-name",
	        "%s lies in zone %s, which is served here, and in no domain of %s; ask the "
	        "operator, or write `forward: no` for the PTR alone",
	        name, domain_text, own->name);
}

static void check_mail(struct check *k, const struct pair *pair)
{
	const struct addr a = pair_addr(pair);
	char name[NAME_TEXT_MAX];

	if (!(pair->flags & PAIR_ROLE_MAIL) || !mail_name_is_generic(pair->name, &a))
		return;
	name_to_text(name, pair->name);
	diag_warning(k->diags, pair_place(k->source, pair), "mail-generic",
	        "%s looks generated (dyn, dhcp, pool, dsl, ppp or the address in it); receivers "
	        "refuse mail from such names",
	        name);
}

static bool is_same_entry(const struct pair *a, const struct pair *b)
{
	return a->line == b->line && a->column == b->column;
}

static int compare_pairs(const void *va, const void *vb)
{
	const struct pair *a = *(const struct pair *const *)va,
	                  *b = *(const struct pair *const *)vb;
	const struct addr aa = pair_addr(a), ab = pair_addr(b);
	int difference = addr_compare(&aa, &ab);

	return difference ? difference : (a > b) - (a < b); /* of one address: as in the file */
}

/* Pairs by address, each entry of the file together; NULL when out of memory. */
static const struct pair **sort_pairs(const struct plan_source *s)
{
	const struct pair **sorted = malloc((s->pair_count + 1) * sizeof *sorted);

	for (size_t i = 0; sorted && i < s->pair_count; i++)
		sorted[i] = &s->pairs[i];
	if (sorted)
		qsort(sorted, s->pair_count, sizeof *sorted, compare_pairs);
	return sorted;
}

/* True when the addresses of each family ascend, as they do in most files. */
static bool is_sorted(const struct plan_source *s)
{
	const struct pair *last[2] = {NULL, NULL};

	for (size_t i = 0; i < s->pair_count; i++) {
		const struct pair *pair = &s->pairs[i], **before = &last[pair->addr_len == 16];
		if (*before && memcmp((*before)->octets, pair->octets, sizeof pair->octets) >= 0)
			return false;
		*before = pair;
	}
	return true;
}

/* An address twice by value; several names at one. */
static enum err check_addresses_once(struct check *k)
{
	const struct plan_source *s = k->source;
	char text[ADDR_TEXT_MAX];

	if (is_sorted(s))
		return OK;
	const struct pair **sorted = sort_pairs(s);
	if (!sorted)
		return ERR_MEMORY;
	for (size_t i = 1, first = 0; i < s->pair_count; i++) {
		const struct addr a = pair_addr(sorted[first]), b = pair_addr(sorted[i]);
		if (addr_compare(&a, &b) != 0) {
			first = i;
			continue;
		}
		addr_to_text(text, &a);
		if (is_same_entry(sorted[i], sorted[i - 1])) {
			if (i == first + 1)
				diag_warning(k->diags, pair_place(s, sorted[i]), "many-ptr",
				        "several names at %s; receivers look at the first they "
				        "get",
				        text);
		} else {
			diag_error(k->diags, pair_place(s, sorted[i]), "duplicate",
			        "%s is there already, on line %u; write its names as one list",
			        text, sorted[first]->line);
		}
	}
	free(sorted);
	return OK;
}

static struct layer_check layer_check(const struct check *k)
{
	return (struct layer_check){k->plan, &k->owners, k->barriers, k->diags};
}

static enum err check_source(struct check *k, struct plan_source *s)
{
	const struct layer_check layers = layer_check(k);
	size_t errors = k->diags->errors;

	k->source = s;
	for (size_t i = 0; i < s->pair_count; i++) {
		check_address(k, &s->pairs[i]);
		check_name(k, &s->pairs[i]);
		check_mail(k, &s->pairs[i]);
	}
	enum err e = check_addresses_once(k);
	if (e == OK)
		e = source_check_sizes(s, k->diags);
	if (e == OK)
		e = source_check_delegations(&layers, s); /* first: it tells what is shadowed */
	if (e == OK)
		e = source_check_ranges(&layers, s);
	if (k->diags->errors != errors)
		s->state = SOURCE_REFUSED;
	if (s->state == SOURCE_REFUSED)
		s->refused = s->digest;
	return e;
}

static void tell_missing(struct check *k)
{
	for (size_t i = 0; i < k->plan->source_count; i++) {
		const struct plan_source *s = &k->plan->sources[i];
		if (s->state == SOURCE_MISSING)
			diag_warning(k->diags, ((struct place){s->file, 0, 0}), "missing-file",
			        "there is no such file yet; nothing is served for customer %s",
			        k->plan->customers[s->customer].name);
	}
}

enum err plan_check(struct plan *p, const struct barriers *barriers, const struct history *h,
        struct diag_list *diags)
{
	struct check k = {
	        .plan = p, .barriers = barriers, .diags = diags, .near = {ZONE_NONE, ZONE_NONE}};
	enum err e = owners_build(&k.owners, p);

	/* Also what is refused already: all mistakes of a file are told in one run. */
	for (size_t i = 0; e == OK && i < p->source_count; i++)
		if (!p->sources[i].is_same && !p->sources[i].is_known_bad)
			e = check_source(&k, &p->sources[i]);
	const struct layer_check layers = layer_check(&k);
	if (e == OK)
		e = plan_check_made(&layers, p);
	if (e == OK)
		e = plan_keep(p, &k.owners, barriers, h, diags);
	if (e == OK)
		e = plan_settle_conflicts(p, &k.owners, barriers, h, diags);
	for (size_t i = 0; e == OK && i < p->source_count; i++)
		if (p->sources[i].state == SOURCE_GOOD && !p->sources[i].is_same)
			e = source_check_ttls(&p->sources[i], diags);
	if (e == OK)
		e = plan_check_joined_ttls(p, diags);
	if (e == OK)
		tell_missing(&k);
	owners_free(&k.owners);
	return e;
}
