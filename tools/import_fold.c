/* SPDX-License-Identifier: ISC */
#include "tools/import_fold.h"

#include <stdlib.h>
#include <string.h>

#include "tools/addr_count.h"
#include "tools/import_guess.h"
#include "zone/hash.h"
#include "zone/makers.h"
#include "zone/rr.h"

#define KEYS_AN_OWNER_MAX 1024 /* accepted; of those that begin alike MAKERS_ALIKE_MAX */

static const uint8_t *label_of(const struct fold *f, size_t host)
{
	return f->im->hosts[host].names[0];
}

/* The slot of a table at which a search begins. */
static size_t slot_of(const struct fold *f, const uint8_t *octets, size_t n)
{
	return hash_octets(f->seed, octets, n) & (f->slot_count - 1);
}

/* The slot that holds the owner, or is free for it. */
static uint32_t *find_owner_slot(const struct fold *f, const uint8_t *name)
{
	size_t i = slot_of(f, name, name_length(name));

	while (f->owner_slots[i] != FOLD_NONE &&
	        !name_equal(f->owners[f->owner_slots[i]].name, name))
		i = (i + 1) & (f->slot_count - 1);
	return &f->owner_slots[i];
}

uint32_t fold_find_owner(const struct fold *f, const uint8_t *name)
{
	return *find_owner_slot(f, name);
}

/* At or above the name, up to the zone's apex, there is a CNAME. */
static bool is_below_cname(const struct import_zone *zone, const uint8_t *name)
{
	size_t count, apex = name_length(name) - name_length(zone->apex);

	for (size_t i = 0; i <= apex; i += 1 + (size_t)name[i]) {
		struct import_record **at = import_find_owner(zone, name + i, &count);
		for (size_t k = 0; k < count; k++)
			if (at[k]->type == RR_CNAME && at[k]->fate != FATE_LEFT)
				return true;
		if (!name[i])
			break;
	}
	return false;
}

/* The number of an owner, with the zone that holds the names below it. */
static uint32_t keep_owner(struct fold *f, const uint8_t *name)
{
	uint32_t *slot = find_owner_slot(f, name);
	struct import *im = f->im;

	if (*slot != FOLD_NONE)
		return *slot;
	struct fold_owner *owners = arena_grow(&im->arena, f->owners, f->owner_count,
	        f->owner_count + 1, &f->owner_capacity, sizeof *owners);
	if (!owners)
		return FOLD_NONE;
	f->owners = owners;
	uint32_t zone = import_find_zone(im, name);
	if (zone != ZONE_NONE && import_is_delegated(&im->zones[zone], name))
		zone = ZONE_NONE;
	owners[f->owner_count] = (struct fold_owner){.name = name,
	        .zone = zone,
	        .first = FOLD_NONE,
	        .has_no_room = zone != ZONE_NONE && is_below_cname(&im->zones[zone], name)};
	*slot = f->owner_count++;
	return *slot;
}

/* The owner of a host's name; FOLD_NONE when no range may make the name. */
static uint32_t owner_of_host(struct fold *f, const struct import_host *host)
{
	const uint8_t *name = host->names[0], *parent = name + 1 + *name;
	bool is_fine = host->name_count == 1 && !host->forward_no && host->ptr->is_alone &&
	               (!host->address || host->address->is_alone) &&
	               f->im->zones[host->zone].is_reverse && *parent;

	if (!is_fine)
		return FOLD_NONE;
	uint32_t owner = keep_owner(f, parent);
	/* a name that is a cut itself, or the apex of a zone, is none of its parent's zone */
	if (owner == FOLD_NONE || f->owners[owner].has_no_room ||
	        (f->owners[owner].zone == ZONE_NONE) != !host->address)
		return FOLD_NONE;
	return owner;
}

/* What is between two hosts of one family, without either. */
static void measure_gap(struct fold_host *to, struct fold_gap *gap, const struct addr *before,
        const struct addr *behind)
{
	struct addr first, last;

	if (!addr_after(&first, before, 1))
		return;
	fold_gap_begin(gap, &first, behind);
	while (fold_gap_next(gap, &first, &last)) {
		uint64_t count = addr_count(&first, &last);
		to->lines++;
		to->empty += count < UINT64_MAX - to->empty ? count + 1 : UINT64_MAX - to->empty;
	}
}

static void find_owners(struct fold *f)
{
	struct import *im = f->im;
	struct fold_gap gap = {.im = im};

	for (size_t i = 0; i < im->host_count; i++) {
		const struct import_host *host = &im->hosts[i];
		struct fold_host *to = &f->hosts[i];
		*to = (struct fold_host){
		        .key = FOLD_NONE, .prefix = import_find_prefix(im, &host->addr)};
		if (i && host[-1].addr.len == host->addr.len) {
			to->lines = to[-1].lines;
			to->empty = to[-1].empty;
			to->follows = addr_count(&host[-1].addr, &host->addr) == 1 &&
			              to->prefix == to[-1].prefix;
			measure_gap(to, &gap, &host[-1].addr, &host->addr);
		}
		to->owner = fold_has_cname(f, &host->addr, &host->addr) ? FOLD_NONE
		                                                        : owner_of_host(f, host);
	}
}

/* True when a key could make the name of a host. */
static bool is_made(
        const struct fold *f, size_t host, uint32_t owner, uint32_t ttl_s, const struct pattern *p)
{
	return f->hosts[host].owner == owner && f->im->hosts[host].ttl_s == ttl_s &&
	       guess_makes(p, label_of(f, host), &f->im->hosts[host].addr);
}

static bool is_same_key(const struct fold_key *a, const struct fold_key *b)
{
	return a->owner == b->owner && a->ttl_s == b->ttl_s &&
	       a->pattern.shape_octets == b->pattern.shape_octets &&
	       memcmp(a->pattern.shape, b->pattern.shape, a->pattern.shape_octets) == 0 &&
	       memcmp(a->pattern.first, b->pattern.first, sizeof a->pattern.first) == 0 &&
	       memcmp(a->pattern.last, b->pattern.last, sizeof a->pattern.last) == 0;
}

static size_t key_slot(const struct fold *f, const struct fold_key *key)
{
	uint8_t octets[SHAPE_MAX + 40];
	size_t n = key->pattern.shape_octets;

	memcpy(octets, key->pattern.shape, n);
	memcpy(octets + n, key->pattern.first, 16);
	memcpy(octets + n + 16, &key->owner, sizeof key->owner);
	memcpy(octets + n + 20, &key->ttl_s, sizeof key->ttl_s);
	return slot_of(f, octets, n + 24);
}

static uint32_t keep_key(struct fold *f, const struct fold_key *key)
{
	struct import *im = f->im;
	size_t i = key_slot(f, key);

	for (; f->key_slots[i] != FOLD_NONE; i = (i + 1) & (f->slot_count - 1))
		if (is_same_key(&f->keys[f->key_slots[i]], key))
			return f->key_slots[i];
	struct fold_key *keys = arena_grow(&im->arena, f->keys, f->key_count, f->key_count + 1,
	        &f->key_capacity, sizeof *keys);
	const uint8_t *shape =
	        arena_copy(&im->arena, key->pattern.shape, key->pattern.shape_octets);
	if (!keys || !shape)
		return FOLD_NONE;
	f->keys = keys;
	keys[f->key_count] = *key;
	keys[f->key_count].pattern.shape = shape;
	f->key_slots[i] = f->key_count;
	return f->key_count++;
}

/* The longest row from a host on whose names one guess makes: how many, and *best. */
static size_t find_row(const struct fold *f, size_t host, struct guess *best)
{
	struct guess guesses[GUESSES_MAX];
	const struct import_host *hosts = f->im->hosts;
	unsigned count = import_guess(guesses, label_of(f, host), &hosts[host].addr);
	size_t most = 0;

	for (unsigned i = 0; i < count; i++) {
		struct pattern p;
		size_t end = host + 1;
		guess_pattern(&p, &guesses[i]);
		while (end < f->im->host_count && f->hosts[end].follows &&
		        is_made(f, end, f->hosts[host].owner, hosts[host].ttl_s, &p))
			end++;
		if (end - host > most) {
			most = end - host;
			*best = guesses[i];
		}
	}
	return most;
}

static void find_seeds(struct fold *f)
{
	struct guess guess;

	for (size_t i = 0, n; i < f->im->host_count; i += n) {
		n = f->hosts[i].owner == FOLD_NONE ? 1 : find_row(f, i, &guess);
		if (n < SEED_MIN) {
			n = 1;
			continue;
		}
		struct fold_key key = {.owner = f->hosts[i].owner,
		        .ttl_s = f->im->hosts[i].ttl_s,
		        .next = FOLD_NONE,
		        .open = FOLD_NONE,
		        .has_index = guess.has_index,
		        .has_host = guess.has_host,
		        .is_whole = shape_is_whole(guess.shape, guess.octets)};
		guess_pattern(&key.pattern, &guess);
		uint32_t number = keep_key(f, &key);
		if (number == FOLD_NONE)
			return;
		f->keys[number].seeds += n;
		for (size_t k = i; k < i + n; k++)
			f->hosts[k].key = number;
	}
}

/* True when no label fits both, seen by how they begin. */
static bool differ(const struct pattern *a, const struct pattern *b)
{
	uint8_t na, nb;
	const uint8_t *pa = shape_prefix(a->shape, &na), *pb = shape_prefix(b->shape, &nb);

	return memcmp(pa, pb, na < nb ? na : nb) != 0;
}

static bool is_same_shape(const struct fold_key *a, const struct fold_key *b)
{
	return a->pattern.shape_octets == b->pattern.shape_octets &&
	       memcmp(a->pattern.shape, b->pattern.shape, a->pattern.shape_octets) == 0;
}

static void accept(struct fold *f, uint32_t number)
{
	struct fold_key *key = &f->keys[number];
	struct fold_owner *owner = &f->owners[key->owner];
	unsigned count = 0;
	bool is_known = false; /* its shape, and that is whole */

	for (uint32_t i = owner->first; i != FOLD_NONE; i = f->keys[i].next) {
		const struct fold_key *other = &f->keys[i];
		if (++count == KEYS_AN_OWNER_MAX)
			return;
		is_known |= key->is_whole && is_same_shape(other, key);
	}
	for (uint32_t i = owner->first; !is_known && i != FOLD_NONE; i = f->keys[i].next) {
		const struct fold_key *other = &f->keys[i];
		if (differ(&other->pattern, &key->pattern))
			continue;
		if (++key->alike == MAKERS_ALIKE_MAX || other->alike + 1 == MAKERS_ALIKE_MAX ||
		        pattern_may_meet(&other->pattern, &key->pattern))
			return;
	}
	for (uint32_t i = owner->first; !is_known && i != FOLD_NONE; i = f->keys[i].next)
		f->keys[i].alike += !differ(&f->keys[i].pattern, &key->pattern);
	key->is_accepted = true;
	key->next = owner->first;
	owner->first = number;
}

/* Where they cannot stand beside each other, that with the most hosts comes first. */
static int compare_keys(const void *va, const void *vb, void *of)
{
	const struct fold *f = of;
	uint32_t ia = *(const uint32_t *)va, ib = *(const uint32_t *)vb;
	const struct fold_key *a = &f->keys[ia], *b = &f->keys[ib];

	if (a->seeds != b->seeds)
		return a->seeds > b->seeds ? -1 : 1;
	return (ia > ib) - (ia < ib);
}

static void accept_keys(struct fold *f)
{
	uint32_t *order = arena_alloc(&f->im->arena, (f->key_count + 1) * sizeof *order);

	if (!order)
		return;
	for (uint32_t i = 0; i < f->key_count; i++)
		order[i] = i;
	if (f->key_count)
		qsort_r(order, f->key_count, sizeof *order, compare_keys, f);
	for (uint32_t i = 0; i < f->key_count; i++)
		accept(f, order[i]);
}

/* Those whose names an accepted key makes are its members, seed or not. */
static void find_members(struct fold *f)
{
	for (size_t i = 0; i < f->im->host_count; i++) {
		struct fold_host *host = &f->hosts[i];
		if (host->owner == FOLD_NONE ||
		        (host->key != FOLD_NONE && f->keys[host->key].is_accepted))
			continue;
		host->key = FOLD_NONE;
		uint32_t k = f->owners[host->owner].first;
		while (k != FOLD_NONE &&
		        !is_made(f, i, host->owner, f->keys[k].ttl_s, &f->keys[k].pattern))
			k = f->keys[k].next;
		host->key = k;
	}
}

static enum err make_tables(struct fold *f)
{
	struct arena *arena = &f->im->arena;
	size_t count = f->im->host_count;

	f->slot_count = 16;
	while (f->slot_count < 2 * count)
		f->slot_count *= 2;
	f->hosts = arena_alloc(arena, (count + 1) * sizeof *f->hosts);
	f->owner_slots = arena_alloc(arena, f->slot_count * sizeof *f->owner_slots);
	f->key_slots = arena_alloc(arena, f->slot_count * sizeof *f->key_slots);
	if (arena_failed(arena))
		return ERR_MEMORY;
	memset(f->owner_slots, 0xff, f->slot_count * sizeof *f->owner_slots);
	memset(f->key_slots, 0xff, f->slot_count * sizeof *f->key_slots);
	return OK;
}

enum err import_fold(struct import *im)
{
	struct fold f = {.im = im, .seed = hash_seed()};

	if (make_tables(&f) != OK)
		return ERR_MEMORY;
	fold_find_cnames(&f);
	find_owners(&f);
	find_seeds(&f);
	accept_keys(&f);
	find_members(&f);
	if (!arena_failed(&im->arena) && f.key_count) {
		fold_block(&f);
		fold_nest(&f);
	}
	return arena_failed(&im->arena) ? ERR_MEMORY : OK;
}
