/* SPDX-License-Identifier: ISC */
/* zone/fragment_read.c - ranges and delegations of a fragment, verified and taken. */
#include <string.h>

#include "zone/fragment_layers.h"

#define DS_OCTETS_MIN 5 /* RFC 4034 5.1: tag, algorithm, type, and a digest of some sort */

static bool pool_has(const struct fragment *f, uint32_t at, uint32_t n)
{
	return at <= f->pool_size && n <= f->pool_size - at;
}

bool pool_has_name(const struct fragment *f, uint32_t *next)
{
	struct name name;

	if (!pool_has(f, *next, 1) ||
	        name_from_wire(&name, f->pool + *next, f->pool_size - *next) != OK)
		return false;
	for (unsigned i = 0; i < name.len; i++)
		if (name.wire[i] != octet_lower(name.wire[i]))
			return false;
	*next += name.len;
	return true;
}

static bool is_address(const uint8_t octets[16], uint8_t len)
{
	static const uint8_t zeros[16];

	return (len == 4 || len == 16) && memcmp(octets + len, zeros, 16U - len) == 0;
}

static bool are_ends(const uint8_t first[16], const uint8_t last[16], uint8_t len)
{
	return is_address(first, len) && is_address(last, len) && memcmp(first, last, len) <= 0;
}

/* The widest label and the owner are a name. */
static bool shape_fits(const struct fragment *f, uint32_t i, uint32_t *next)
{
	const struct fragment_range *r = &f->ranges[i];
	const uint8_t *shape = f->pool + r->parts;

	if (!pool_has(f, r->parts, r->shape_octets) ||
	        !shape_is_sound(shape, r->shape_octets, r->addr_len))
		return false;
	*next += r->shape_octets;
	const uint8_t *owner = f->pool + *next;
	if (!pool_has_name(f, next))
		return false;
	const struct plan_range range = fragment_range(f, i);
	return pattern_check(&range.pattern) == PATTERN_FINE &&
	       1 + pattern_widest(&range.pattern) + name_length(owner) <= NAME_MAX_OCTETS;
}

static bool range_is_sound(const struct fragment *f, uint32_t i, uint32_t *next)
{
	const struct fragment_range *r = &f->ranges[i];

	if (!are_ends(r->first, r->last, r->addr_len) || r->ttl_s > TTL_MAX ||
	        r->flags > (FRAGMENT_TTL_INHERITED | FRAGMENT_SHADOWED) || r->reserved[0] ||
	        r->reserved[1] || r->reserved[2] || r->shape_octets > SHAPE_MAX ||
	        r->parts != *next)
		return false;
	if (r->shape_octets && !shape_fits(f, i, next))
		return false;
	if (i == 0)
		return true;
	const struct plan_range a = fragment_range(f, i - 1), b = fragment_range(f, i);
	return range_compare(&a, &b) < 0;
}

static bool pool_has_ds(const struct fragment *f, uint32_t *next)
{
	const uint8_t *at = f->pool + *next;

	if (!pool_has(f, *next, 2))
		return false;
	uint32_t octets = (uint32_t)at[0] << 8 | at[1];
	*next += 2;
	if (octets < DS_OCTETS_MIN || !pool_has(f, *next, octets))
		return false;
	*next += octets;
	return true;
}

/* Glue is of one of the name servers, which begin at `ns`. */
static bool pool_has_glue(const struct fragment *f, uint32_t ns, uint32_t ns_count, uint32_t *next)
{
	const uint8_t *name = f->pool + *next, *server = f->pool + ns;

	if (!pool_has_name(f, next) || !pool_has(f, *next, 1))
		return false;
	uint8_t len = f->pool[(*next)++];
	if ((len != 4 && len != 16) || !pool_has(f, *next, len))
		return false;
	*next += len;
	for (; ns_count && !name_equal(server, name); ns_count--)
		server += name_length(server);
	return ns_count > 0;
}

static bool parts_are_sound(
        const struct fragment *f, const struct fragment_delegation *d, uint32_t *next)
{
	if ((d->flags & FRAGMENT_HAS_TARGET) && !pool_has_name(f, next))
		return false;
	uint32_t ns = *next;
	for (unsigned i = 0; i < d->ns_count; i++)
		if (!pool_has_name(f, next))
			return false;
	for (unsigned i = 0; i < d->ds_count; i++)
		if (!pool_has_ds(f, next))
			return false;
	for (unsigned i = 0; i < d->glue_count; i++)
		if (!pool_has_glue(f, ns, d->ns_count, next))
			return false;
	return true;
}

static struct addr address_of(const uint8_t octets[16], uint8_t len)
{
	struct addr a = {.len = len};

	memcpy(a.octets, octets, sizeof a.octets);
	return a;
}

static struct plan_delegation delegation_head(const struct fragment_delegation *d)
{
	return (struct plan_delegation){.first = address_of(d->first, d->addr_len),
	        .last = address_of(d->last, d->addr_len),
	        .ns_count = d->ns_count,
	        .ds_count = d->ds_count,
	        .glue_count = d->glue_count,
	        .column = d->column,
	        .line = d->line,
	        .ttl_s = d->ttl_s,
	        .is_ttl_inherited = (d->flags & FRAGMENT_TTL_INHERITED) != 0};
}

/* Without a target there is a cut; where there is none, nothing hangs at it. */
static bool delegation_is_sound(const struct fragment *f, uint32_t i, uint32_t *next)
{
	const struct fragment_delegation *d = &f->delegations[i];
	bool has_target = d->flags & FRAGMENT_HAS_TARGET;

	if (!are_ends(d->first, d->last, d->addr_len) || d->ttl_s > TTL_MAX ||
	        (d->flags & ~(FRAGMENT_TTL_INHERITED | FRAGMENT_HAS_TARGET)) || d->reserved[0] ||
	        d->reserved[1] || d->ns_count > NS_MAX_A_ZONE || d->ds_count > DS_MAX_A_CUT ||
	        d->glue_count > GLUE_MAX_A_CUT || d->parts != *next)
		return false;
	if (d->ns_count == 0 && (!has_target || d->ds_count || d->glue_count))
		return false;
	if (!parts_are_sound(f, d, next))
		return false;
	if (i == 0)
		return true;
	const struct plan_delegation a = delegation_head(d - 1), b = delegation_head(d);
	return delegation_compare(&a, &b) < 0;
}

bool layers_are_sound(const struct fragment *f, uint32_t *next)
{
	for (uint32_t i = 0; i < f->range_count; i++)
		if (!range_is_sound(f, i, next))
			return false;
	for (uint32_t i = 0; i < f->delegation_count; i++)
		if (!delegation_is_sound(f, i, next))
			return false;
	return true;
}

struct plan_range fragment_range(const struct fragment *f, uint32_t i)
{
	const struct fragment_range *r = &f->ranges[i];
	const struct addr first = address_of(r->first, r->addr_len),
	                  last = address_of(r->last, r->addr_len);
	const uint8_t *shape = r->shape_octets ? f->pool + r->parts : NULL;
	struct plan_range range = {.owner = shape ? shape + r->shape_octets : NULL,
	        .ttl_s = r->ttl_s,
	        .line = r->line,
	        .column = r->column,
	        .is_ttl_inherited = (r->flags & FRAGMENT_TTL_INHERITED) != 0,
	        .is_shadowed = (r->flags & FRAGMENT_SHADOWED) != 0,
	        .forward_zone = ZONE_NONE};

	pattern_init(&range.pattern, shape, r->shape_octets, &first, &last);
	return range;
}

static const uint8_t *take_name(const uint8_t **at)
{
	const uint8_t *name = *at;

	*at += name_length(name);
	return name;
}

static const uint8_t **take_ns(const uint8_t **at, unsigned count, struct arena *arena)
{
	const uint8_t **ns = count ? arena_alloc(arena, count * sizeof *ns) : NULL;

	for (unsigned i = 0; ns && i < count; i++)
		ns[i] = take_name(at);
	return ns;
}

static const struct plan_ds *take_ds(const uint8_t **at, unsigned count, struct arena *arena)
{
	struct plan_ds *ds = count ? arena_alloc(arena, count * sizeof *ds) : NULL;

	for (unsigned i = 0; ds && i < count; i++) {
		ds[i].octets = (uint16_t)((*at)[0] << 8 | (*at)[1]);
		ds[i].rdata = *at + 2;
		*at = ds[i].rdata + ds[i].octets;
	}
	return ds;
}

static const struct plan_glue *take_glue(const uint8_t **at, unsigned count, struct arena *arena)
{
	struct plan_glue *glue = count ? arena_alloc(arena, count * sizeof *glue) : NULL;

	for (unsigned i = 0; glue && i < count; i++) {
		glue[i] = (struct plan_glue){.name = take_name(at)};
		glue[i].addr.len = *(*at)++;
		memcpy(glue[i].addr.octets, *at, glue[i].addr.len);
		*at += glue[i].addr.len;
	}
	return glue;
}

/* False when out of memory. */
static bool take_delegation(struct plan_delegation *out, const struct fragment *f,
        const struct fragment_delegation *d, struct arena *arena)
{
	const uint8_t *at = f->pool + d->parts;

	*out = delegation_head(d);
	if (d->flags & FRAGMENT_HAS_TARGET)
		out->target = take_name(&at);
	out->ns = take_ns(&at, d->ns_count, arena);
	if (!arena_failed(arena))
		out->ds = take_ds(&at, d->ds_count, arena);
	if (!arena_failed(arena))
		out->glue = take_glue(&at, d->glue_count, arena);
	return !arena_failed(arena);
}

enum err fragment_take_layers(const struct fragment *f, struct plan_source *s)
{
	size_t ranges_room = f->range_count + (size_t)1,
	       delegations_room = f->delegation_count + (size_t)1;
	struct plan_range *ranges = arena_alloc(&s->arena, ranges_room * sizeof *ranges);
	struct plan_delegation *delegations =
	        arena_alloc(&s->arena, delegations_room * sizeof *delegations);

	if (!ranges || !delegations)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < f->range_count; i++)
		ranges[i] = fragment_range(f, i);
	for (uint32_t i = 0; i < f->delegation_count; i++)
		if (!take_delegation(&delegations[i], f, &f->delegations[i], &s->arena))
			return ERR_MEMORY;
	s->ranges = ranges;
	s->range_count = f->range_count;
	s->range_capacity = ranges_room;
	s->delegations = delegations;
	s->delegation_count = f->delegation_count;
	s->delegation_capacity = delegations_room;
	return OK;
}
