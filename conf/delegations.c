/* SPDX-License-Identifier: ISC */
/* The `delegate` of a delegation file. */
#include <stdlib.h>
#include <string.h>

#include "conf/delegation_draft.h"

/* A label of one's own: what stands in names of RFC 2317, and no dots. */
static bool is_label(const struct yaml_text *t)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "0123456789-_/";

	return t->len && t->len <= LABEL_MAX_OCTETS && strspn(t->text, allowed) == t->len;
}

static void read_style(struct yaml *y, void *to)
{
	static const char *const styles[] = {"dash", "slash", "rfc4183"}; /* enum cut_style */
	static const struct addr any = {.len = 4};
	struct delegate *g = to;
	struct yaml_text t;
	struct name name;

	g->style_place = y->key_place;
	if (!yaml_text(y, &t, "a style"))
		return;
	for (unsigned i = 0; i < sizeof styles / sizeof *styles; i++) {
		if (yaml_is_word(&t, styles[i])) {
			g->style = (enum cut_style)i;
			return;
		}
	}
	g->style = CUT_OWN;
	if (!is_label(&t)) {
		yaml_error(y, t.place, "delegate-label",
		        "%.*s can be no label; write dash, slash, rfc4183, or letters, digits, "
		        "- _ and /, at most 63",
		        TEXT_ARGS(&t));
	} else if (name_from_cut_range(&name, &any, &any, CUT_OWN, t.text, t.len) != OK) {
		yaml_error(y, t.place, "delegate-label",
		        "%.*s is the name of an address; write a label that is no number from 0 "
		        "to 255",
		        TEXT_ARGS(&t));
	} else {
		memcpy(g->label, t.text, t.len);
		g->label_octets = t.len;
	}
}

static void read_cname(struct yaml *y, void *to)
{
	struct delegate *g = to;
	struct name name;

	g->cname_place = y->key_place;
	if (value_read_domain(y, &name))
		g->cname = arena_copy(&g->source->arena, name.wire, name.len);
}

static void read_ttl(struct yaml *y, void *to)
{
	value_read_time(y, &((struct delegate *)to)->out.ttl_s);
}

static const struct yaml_field delegation_fields[] = {
        {"ns", delegate_read_ns, false},
        {"style", read_style, false},
        {"ds", delegate_read_ds, false},
        {"glue", delegate_read_glue, false},
        {"cname", read_cname, false},
        {"ttl", read_ttl, false},
};

/* True for addresses of one /24 of IPv4. */
static bool is_inside_24(const struct block *b)
{
	return b->first.len == 4 && addr_shared_bits(&b->first, &b->last) >= 24;
}

/* True for what has no label boundary of its own: less than a /24 and more than an address. */
static bool is_below_octet(const struct block *b)
{
	unsigned count = 1U + b->last.octets[3] - b->first.octets[3];

	return is_inside_24(b) && count > 1 && count < 256;
}

/* The zone that RFC 2317 gives to the block. */
static void set_target(struct yaml *y, struct delegate *g)
{
	struct name name;
	struct prefix p;
	enum err e;

	if (g->style == CUT_OWN && g->label_octets == 0)
		return; /* that was told */
	if (block_prefix(&p, &g->block))
		e = name_from_cut(&name, &p, g->style, g->label, g->label_octets);
	else
		e = name_from_cut_range(&name, &g->block.first, &g->block.last, g->style, g->label,
		        g->label_octets);
	if (e == OK)
		g->out.target = arena_copy(&g->source->arena, name.wire, name.len);
	else
		yaml_error(y, g->style_place, "delegate-style",
		        "the block is no prefix, whose length this style tells; write dash or a "
		        "label of your own");
}

/* RFC 4034 5.1.4: the digest is of the owner, too, so it is for one cut alone. */
static void check_ds(struct yaml *y, const struct delegate *g)
{
	unsigned bits = delegation_cut_bits(&g->out);

	if (g->ds_place.line && bits > addr_shared_bits(&g->block.first, &g->block.last))
		yaml_error(y, g->ds_place, "ds",
		        "the block is several zones, and a digest covers the name of one; "
		        "delegate each /%u by itself",
		        bits);
}

/* A zone cut at the block's own name, or several below it. */
static void check_ordinary(struct yaml *y, const struct delegate *g)
{
	char text[BLOCK_TEXT_MAX];
	struct prefix p;

	if (!g->block.is_prefix) {
		block_to_text(text, &g->block);
		yaml_error(y, g->block.place, "delegate",
		        "only inside one /24 of IPv4 can a block be no prefix; write %s",
		        block_prefix(&p, &g->block) ? text : "the prefixes that it is made of");
	} else {
		check_ds(y, g);
	}
	if (g->style_place.line)
		yaml_error(y, g->style_place, "delegate-style",
		        "a style is for less than a /24 of IPv4, and this block has names of its "
		        "own; remove it");
}

static void check_ns(struct yaml *y, struct delegate *g)
{
	if (is_below_octet(&g->block))
		set_target(y, g);
	else
		check_ordinary(y, g);
	if (y->diags->errors != g->errors)
		return;
	delegate_check_glue(y, g);
	if (g->out.ns_count == 1 && y->diags->errors == g->errors)
		diag_warning(y->diags, g->block.place, "one-ns",
		        "the block has only one name server; RFC 2182 wants two");
}

/* Keys that say something of name servers. */
static void check_no_ns(struct yaml *y, const struct delegate *g)
{
	static const char remedy[] =
	        "goes with `ns`; a cname leads into a zone that is there already; remove it";

	if (g->style_place.line)
		yaml_error(y, g->style_place, "delegate-style", "`style` %s", remedy);
	if (g->ds_place.line)
		yaml_error(y, g->ds_place, "ds", "`ds` %s", remedy);
	if (g->glue_place.line)
		yaml_error(y, g->glue_place, "glue", "`glue` %s", remedy);
}

/* RFC 2317 5.2: each address's name leads to the label of its last octet below the target. */
static void check_cname(struct yaml *y, struct delegate *g)
{
	const struct block *b = &g->block;
	unsigned last = b->last.octets[3], label = 1U + (last > 99 ? 3 : last > 9 ? 2 : 1);
	struct name parent;

	check_no_ns(y, g);
	if (!is_inside_24(b)) {
		yaml_error(y, g->cname_place, "delegate-cname",
		        "a cname is for addresses inside one /24 of IPv4; hand these on with `ns`");
		return;
	}
	if (!g->cname)
		return;
	if (name_length(g->cname) + label > NAME_MAX_OCTETS)
		yaml_error(y, g->cname_place, "name-long",
		        "the names below it would have %zu octets; 255 are the most",
		        name_length(g->cname) + label);
	else if (name_from_addr(&parent, &b->first, 24) == OK && name_equal(parent.wire, g->cname))
		yaml_error(y, g->cname_place, "delegate-cname",
		        "the addresses have their names there already, which would lead to "
		        "themselves; write the name of another zone");
	g->out.target = g->cname;
}

/* Give the plan's delegation what waited in the draft. */
static void add_delegation(struct delegate *g)
{
	struct plan_source *s = g->source;
	struct plan_delegation *d = &g->out;

	d->ns = arena_alloc(&s->arena, (d->ns_count + 1U) * sizeof *d->ns);
	d->ds = arena_copy(&s->arena, g->ds, d->ds_count * sizeof *d->ds);
	d->glue = arena_copy(&s->arena, g->glue, d->glue_count * sizeof *d->glue);
	struct plan_delegation *all = arena_grow(&s->arena, s->delegations, s->delegation_count,
	        s->delegation_count + 1, &s->delegation_capacity, sizeof *all);
	if (!all || !d->ns)
		return;
	memcpy(d->ns, g->ns, d->ns_count * sizeof *d->ns);
	s->delegations = all;
	all[s->delegation_count++] = *d;
}

static void read_delegation(struct yaml *y, struct delegate *g)
{
	yaml_fields(y, delegation_fields, "a delegation", g);
	if (y->failed)
		return;
	bool has_ns = g->ns_place.line, has_cname = g->cname_place.line;
	if (has_ns && has_cname)
		yaml_error(y, g->cname_place, "missing-key",
		        "both `ns` and `cname`; a delegation wants one of the two");
	else if (has_ns)
		check_ns(y, g);
	else if (has_cname)
		check_cname(y, g);
	else if (y->diags->errors == g->errors)
		yaml_error(y, g->block.place, "missing-key",
		        "a delegation wants one of the keys `ns` and `cname`");
	if (y->diags->errors == g->errors)
		add_delegation(g);
}

static void check_twice(struct yaml *y, struct plan_source *s)
{
	struct block *blocks = malloc((s->delegation_count + 1) * sizeof *blocks);

	if (!blocks) {
		s->arena.failed = true;
		return;
	}
	for (size_t i = 0; i < s->delegation_count; i++) {
		const struct plan_delegation *d = &s->delegations[i];
		blocks[i] = (struct block){
		        .first = d->first, .last = d->last, .place = delegation_place(s, d)};
	}
	block_tell_twice(y, blocks, s->delegation_count);
	free(blocks);
}

void delegation_read_delegations(struct yaml *y, void *to)
{
	struct delegate g = {.source = ((struct delegation *)to)->source};
	struct yaml_text key;

	if (!yaml_enter_map(y, "a map of blocks and name servers"))
		return;
	while (yaml_key(y, &key)) {
		if (!block_from_key(y, &key, "delegate", &g.block)) {
			yaml_skip(y);
			continue;
		}
		g.errors = y->diags->errors;
		g.out = (struct plan_delegation){.first = g.block.first,
		        .last = g.block.last,
		        .line = g.block.place.line,
		        .column = clip_column(g.block.place.column),
		        .ttl_s = TTL_UNSET};
		g.ns_place = g.style_place = g.ds_place = g.glue_place = g.cname_place =
		        (struct place){0};
		g.style = CUT_DASH;
		g.label_octets = 0;
		g.cname = NULL;
		read_delegation(y, &g);
	}
	check_twice(y, g.source);
}
