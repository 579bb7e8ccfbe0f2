/* SPDX-License-Identifier: ISC */
/* The `ranges` of a delegation file. */
#include <stdlib.h>
#include <string.h>

#include "conf/delegation_draft.h"

/* An entry of `ranges` while it is read. */
struct range_draft {
	struct plan_source *source;
	struct block block;
	size_t errors; /* of all, before this one was read */
	struct plan_range range;
	bool says_pattern, is_none;
	struct place ttl_place; /* line 0: none */
};

static const char *placeholders(const struct range_draft *r)
{
	return r->block.first.len == 4 ? "{ip} {hex} {host} {a} {b} {c} {d} {n}"
	                               : "{ip} {hex} {host} {n}";
}

/* The octets that vary in the range and that the shape does not tell, as {c} and {d}. */
static void list_missing(char out[24], const struct pattern *p)
{
	size_t n = 0;

	*out = 0;
	for (unsigned i = 0; i < 4; i++)
		if (8 * i + 8 + p->host_bits > 32 && p->shape_octets &&
		        !memchr(p->shape, (int)(PART_OCTET + i), p->shape_octets))
			n += (size_t)snprintf(
			        out + n, 24 - n, "%s{%c}", n ? " " : "", (char)('a' + i));
}

/* What only the addresses make wrong. */
static void tell_range_fault(struct yaml *y, const struct range_draft *r, enum pattern_fault fault,
        const struct yaml_text *t)
{
	char missing[24];

	if (fault == PATTERN_LONG) {
		yaml_error(y, t->place, "pattern-long",
		        "the labels of %.*s have %u octets at the range's widest; 63 are the most",
		        TEXT_ARGS(t), pattern_widest(&r->range.pattern));
		return;
	}
	list_missing(missing, &r->range.pattern);
	yaml_error(y, t->place, "pattern-invert",
	        "with %.*s two addresses of the range would make one name, for the range varies "
	        "in %s too; use {ip}",
	        TEXT_ARGS(t), missing);
}

/* What is wrong with the label as it is written. */
static void tell_fault(struct yaml *y, const struct range_draft *r, enum pattern_fault fault,
        const struct yaml_text *t)
{
	struct place at = t->place;

	if (fault == PATTERN_NO_PLACEHOLDER)
		yaml_error(y, at, "pattern-placeholder",
		        "the first label of %.*s has no placeholder, so that all addresses would "
		        "have one name; there are %s",
		        TEXT_ARGS(t), placeholders(r));
	else if (fault == PATTERN_UNKNOWN)
		yaml_error(y, at, "pattern-placeholder",
		        "%.*s has a placeholder that is not known; there are %s", TEXT_ARGS(t),
		        placeholders(r));
	else if (fault == PATTERN_BRACE)
		yaml_error(y, at, "pattern-placeholder",
		        "%.*s has a brace without the other; placeholders are %s", TEXT_ARGS(t),
		        placeholders(r));
	else if (fault == PATTERN_FAMILY)
		yaml_error(y, at, "pattern-family",
		        "{a} to {d} of %.*s are octets of IPv4, and the range is IPv6; there are "
		        "%s",
		        TEXT_ARGS(t), placeholders(r));
	else if (fault == PATTERN_TOUCH)
		yaml_error(y, at, "pattern-digits",
		        "a decimal number of %.*s touches a digit or another placeholder, so that "
		        "nobody sees where it ends; put a hyphen or a letter between",
		        TEXT_ARGS(t));
	else if (fault == PATTERN_CHARACTER)
		yaml_error(y, at, "pattern-letter",
		        "the first label of %.*s is not that of a host; write letters, digits, "
		        "hyphens and placeholders",
		        TEXT_ARGS(t));
	else if (fault == PATTERN_IDN)
		yaml_error(y, at, "pattern-idn",
		        "the first label of %.*s is not ASCII, and with a placeholder in it no "
		        "label can be converted; write it in the letters a to z",
		        TEXT_ARGS(t));
	else if (fault == PATTERN_HYPHEN)
		yaml_error(y, at, "pattern-hyphen",
		        "the first label of %.*s begins or ends with a hyphen; remove it",
		        TEXT_ARGS(t));
	else if (fault == PATTERN_LONG)
		yaml_error(y, at, "pattern-long",
		        "the first label of %.*s is too long; 63 octets are the most",
		        TEXT_ARGS(t));
}

/* Where the first label ends; NULL: nowhere. */
static const char *find_dot(const struct yaml_text *t)
{
	bool is_inside = false;

	for (size_t i = 0; i < t->len; i++) {
		if (t->text[i] == '.' && !is_inside)
			return t->text + i;
		is_inside = t->text[i] == '{' || (is_inside && t->text[i] != '}');
	}
	return NULL;
}

/* The name below which the labels stand. */
static bool read_owner(struct yaml *y, const struct yaml_text *t, const char *dot, struct name *out)
{
	struct yaml_text rest = {dot + 1, t->len - (size_t)(dot + 1 - t->text), t->place};

	if (memchr(rest.text, '{', rest.len) || memchr(rest.text, '}', rest.len)) {
		yaml_error(y, t->place, "pattern",
		        "placeholders all stand in the first label; put hyphens for the dots in "
		        "%.*s",
		        TEXT_ARGS(t));
		return false;
	}
	return value_host(y, &rest, out);
}

/* Join shape and owner to the range's addresses. */
static void take_pattern(struct yaml *y, struct range_draft *r, const struct yaml_text *t,
        const uint8_t *shape, uint8_t octets, const struct name *owner)
{
	struct plan_range *range = &r->range;

	pattern_init(&range->pattern, shape, octets, &r->block.first, &r->block.last);
	enum pattern_fault fault = pattern_check(&range->pattern);
	if (fault != PATTERN_FINE) {
		tell_range_fault(y, r, fault, t);
		return;
	}
	unsigned widest = pattern_widest(&range->pattern);
	if (1U + widest + owner->len > NAME_MAX_OCTETS) {
		yaml_error(y, t->place, "name-long",
		        "the names of %.*s have %u octets at the range's widest; 255 are the most",
		        TEXT_ARGS(t), 1U + widest + owner->len);
		return;
	}
	range->pattern.shape = arena_copy(&r->source->arena, shape, octets);
	range->owner = arena_copy(&r->source->arena, owner->wire, owner->len);
}

/* YAML may give up right behind it, at the brace of an unquoted h-{ip}; that is the mistake then.
 */
static void tell_no_domain(struct yaml *y, const struct yaml_text *t)
{
	struct place place = t->place;
	char text[81];

	snprintf(text, sizeof text, "%.*s", TEXT_ARGS(t)); /* is gone once we look ahead */
	yaml_peek(y);
	if (y->failed)
		return;
	if (*text)
		yaml_error(y, place, "pattern",
		        "%s has no domain; a pattern is a host name below one, such as "
		        "h-{ip}.example.net",
		        text);
	else
		yaml_error(y, place, "pattern", "an empty pattern; write one, or `none`");
}

static void parse_pattern(struct yaml *y, struct range_draft *r, const struct yaml_text *t)
{
	const char *dot = find_dot(t);
	uint8_t shape[SHAPE_MAX], octets = 0;
	struct name owner = {0};

	if (!memchr(t->text, '.', t->len) || (dot && dot + 1 == t->text + t->len)) {
		tell_no_domain(y, t);
		return;
	}
	if (dot && !read_owner(y, t, dot, &owner))
		return;
	size_t n = dot ? (size_t)(dot - t->text) : t->len; /* else a brace is open */
	enum pattern_fault fault = shape_from_text(shape, &octets, t->text, n, r->block.first.len);
	if (fault != PATTERN_FINE)
		tell_fault(y, r, fault, t);
	else if (dot)
		take_pattern(y, r, t, shape, octets, &owner);
}

/* A pattern, or `none`. */
static void read_pattern(struct yaml *y, void *to)
{
	struct range_draft *r = to;
	struct yaml_text t;

	r->says_pattern = true;
	if (yaml_peek(y) == YAML_MAP)
		yaml_tell_quotes(y);
	else if (!yaml_text(y, &t, "a pattern or `none`"))
		return;
	else if (yaml_is_word(&t, "none"))
		r->is_none = true;
	else
		parse_pattern(y, r, &t);
}

static void read_ttl(struct yaml *y, void *to)
{
	struct range_draft *r = to;

	r->ttl_place = y->key_place;
	value_read_time(y, &r->range.ttl_s);
}

static const struct yaml_field range_fields[] = {
        {"pattern", read_pattern, false},
        {"ttl", read_ttl, false},
};

static void read_map(struct yaml *y, struct range_draft *r)
{
	yaml_fields(y, range_fields, "a range", r);
	if (y->failed)
		return;
	if (!r->says_pattern && y->diags->errors == r->errors)
		yaml_error(y, r->block.place, "missing-key",
		        "a range wants the key `pattern`; write one, or `none`");
	else if (r->is_none && r->ttl_place.line)
		yaml_error(y, r->ttl_place, "ttl",
		        "a range without names has nothing that a TTL is for; remove it");
}

static void add_range(struct yaml *y, struct range_draft *r)
{
	struct plan_source *s = r->source;

	if (y->failed || y->diags->errors != r->errors)
		return;
	struct plan_range *ranges = arena_grow(&s->arena, s->ranges, s->range_count,
	        s->range_count + 1, &s->range_capacity, sizeof *ranges);
	if (!ranges)
		return;
	s->ranges = ranges;
	ranges[s->range_count++] = r->range;
}

static void read_range(struct yaml *y, struct plan_source *s, const struct block *block)
{
	struct range_draft r = {.source = s,
	        .block = *block,
	        .errors = y->diags->errors,
	        .range = {.ttl_s = TTL_UNSET,
	                .line = block->place.line,
	                .column = clip_column(block->place.column),
	                .forward_zone = ZONE_NONE}};

	pattern_init(&r.range.pattern, NULL, 0, &block->first, &block->last);
	if (yaml_peek(y) == YAML_MAP)
		read_map(y, &r);
	else
		read_pattern(y, &r);
	add_range(y, &r);
}

/* The addresses of a range, as a block. */
static struct block block_of(const struct plan_source *s, const struct plan_range *r)
{
	struct block b = {.first = {.len = r->pattern.addr_len},
	        .last = {.len = r->pattern.addr_len},
	        .place = range_place(s, r)};

	memcpy(b.first.octets, r->pattern.first, sizeof b.first.octets);
	memcpy(b.last.octets, r->pattern.last, sizeof b.last.octets);
	return b;
}

static void check_twice(struct yaml *y, struct plan_source *s)
{
	struct block *blocks = malloc((s->range_count + 1) * sizeof *blocks);

	if (!blocks) {
		s->arena.failed = true;
		return;
	}
	for (size_t i = 0; i < s->range_count; i++)
		blocks[i] = block_of(s, &s->ranges[i]);
	block_tell_twice(y, blocks, s->range_count);
	free(blocks);
}

void delegation_read_ranges(struct yaml *y, void *to)
{
	struct plan_source *s = ((struct delegation *)to)->source;
	struct yaml_text key;
	struct block block;

	if (!yaml_enter_map(y, "a map of blocks and patterns"))
		return;
	while (yaml_key(y, &key)) {
		if (block_from_key(y, &key, "range", &block))
			read_range(y, s, &block);
		else
			yaml_skip(y);
	}
	check_twice(y, s);
}
