/* SPDX-License-Identifier: ISC */
/* The `defaults` and `zones` of arpad.yaml. */
#include <stdlib.h>
#include <string.h>

#include "conf/draft.h"

/* RFC 1912 2.2 with times that suit zones which change by themselves. */
#define SOA_REFRESH_S 3600U
#define SOA_RETRY_S   900U
#define SOA_EXPIRE_S  1209600U

static struct zone_values *values_of(struct draft *d)
{
	return d->zone ? &d->zone->values : &d->defaults;
}

bool draft_has_room_for_ns(size_t count, struct place place, struct diag_list *diags)
{
	if (count < NS_MAX_A_ZONE)
		return true;
	diag_error(
	        diags, place, "many-ns", "more than %d name servers; remove some", NS_MAX_A_ZONE);
	return false;
}

static void read_name_server(struct yaml *y, void *to)
{
	struct draft *d = to;
	struct zone_values *v = values_of(d);
	struct name name;

	if (!value_read_host(y, &name) ||
	        !draft_has_room_for_ns(v->ns_count, y->key_place, y->diags))
		return;
	for (size_t i = 0; i < v->ns_count; i++)
		if (name_equal(v->ns[i], name.wire))
			yaml_error(y, y->key_place, "duplicate",
			        "the same name server twice; remove one");
	const uint8_t **ns = arena_grow(&d->config->plan.arena, v->ns, v->ns_count, v->ns_count + 1,
	        &v->ns_capacity, sizeof *ns);
	const uint8_t *wire = draft_keep_name(d, &name);
	if (!ns || !wire)
		return;
	v->ns = ns;
	v->ns[v->ns_count++] = wire;
}

static void read_ns(struct yaml *y, void *to)
{
	struct zone_values *v = values_of(to);
	size_t errors = y->diags->errors;

	v->says_ns = true;
	value_each(y, "a list of name servers", read_name_server, to);
	if (v->ns_count == 0 && y->diags->errors == errors && !y->failed)
		yaml_error(y, y->key_place, "zone-ns",
		        "an empty list of name servers; write one, or remove the key");
}

/* True when there is an @ without a backslash. */
static bool has_at(const struct yaml_text *t)
{
	for (size_t i = 0; i < t->len; i++)
		if (t->text[i] == '@' && (i == 0 || t->text[i - 1] != '\\'))
			return true;
	return false;
}

/* hostmaster@example.net as the name hostmaster.example.net, dots before the @ kept inside the
 * first label (RFC 1035 8); without @ a name as it is. */
static bool read_mailbox(struct yaml *y, struct name *out)
{
	struct yaml_text t, domain;
	struct name rest;
	uint8_t label[1 + LABEL_MAX_OCTETS];

	if (!yaml_text(y, &t, "a mail address"))
		return false;
	const char *at = memchr(t.text, '@', t.len);
	if (!at)
		return value_domain(y, &t, out);
	size_t n = (size_t)(at - t.text);
	domain = (struct yaml_text){at + 1, t.len - n - 1, t.place};
	if (n == 0 || n > LABEL_MAX_OCTETS || has_at(&domain)) {
		yaml_error(y, t.place, "hostmaster",
		        "%.*s is not a mail address for a SOA; write hostmaster@example.net, at "
		        "most 63 octets before the @",
		        TEXT_ARGS(&t));
		return false;
	}
	if (!value_domain(y, &domain, &rest))
		return false;
	label[0] = (uint8_t)n;
	memcpy(label + 1, t.text, n);
	if (name_join(out, label, n + 1, rest.wire) == OK)
		return true;
	yaml_error(y, t.place, "name-long", "%.*s is too long; a name has at most 255 octets",
	        TEXT_ARGS(&t));
	return false;
}

static void read_hostmaster(struct yaml *y, void *to)
{
	struct draft *d = to;
	struct name name;

	values_of(d)->says_rname = true;
	if (read_mailbox(y, &name))
		values_of(d)->rname = draft_keep_name(d, &name);
}

static void read_ttl(struct yaml *y, void *to)
{
	value_read_time(y, &values_of(to)->ttl_s);
}

static void read_negative_ttl(struct yaml *y, void *to)
{
	value_read_time(y, &values_of(to)->negative_ttl_s);
}

static const struct yaml_field default_fields[] = {
        {"ns", read_ns, false},
        {"hostmaster", read_hostmaster, false},
        {"ttl", read_ttl, false},
        {"negative-ttl", read_negative_ttl, false},
};

void draft_read_defaults(struct yaml *y, void *to)
{
	((struct draft *)to)->zone = NULL;
	yaml_fields(y, default_fields, "`defaults`", to);
}

static void read_mname(struct yaml *y, void *to)
{
	struct draft *d = to;
	struct name name;

	if (value_read_domain(y, &name))
		d->zone->soa.mname = draft_keep_name(d, &name);
}

static void read_rname(struct yaml *y, void *to)
{
	struct draft *d = to;
	struct name name;

	if (read_mailbox(y, &name))
		d->zone->soa.rname = draft_keep_name(d, &name);
}

static void read_serial(struct yaml *y, void *to)
{
	struct plan_soa *soa = &((struct draft *)to)->zone->soa;

	soa->has_serial = value_read_number(y, 0, UINT32_MAX, &soa->serial);
}

static void read_refresh(struct yaml *y, void *to)
{
	value_read_time(y, &((struct draft *)to)->zone->soa.refresh_s);
}

static void read_retry(struct yaml *y, void *to)
{
	value_read_time(y, &((struct draft *)to)->zone->soa.retry_s);
}

static void read_expire(struct yaml *y, void *to)
{
	value_read_time(y, &((struct draft *)to)->zone->soa.expire_s);
}

static void read_minimum(struct yaml *y, void *to)
{
	value_read_time(y, &((struct draft *)to)->zone->soa.minimum_s);
}

static void read_soa_ttl(struct yaml *y, void *to)
{
	value_read_time(y, &((struct draft *)to)->zone->soa.ttl_s);
}

static const struct yaml_field soa_fields[] = {
        {"mname", read_mname, false},
        {"rname", read_rname, false},
        {"serial", read_serial, false},
        {"refresh", read_refresh, false},
        {"retry", read_retry, false},
        {"expire", read_expire, false},
        {"minimum", read_minimum, false},
        {"ttl", read_soa_ttl, false},
};

static void read_soa(struct yaml *y, void *to)
{
	yaml_fields(y, soa_fields, "`soa`", to);
}

static void take_prefix(struct yaml *y, struct draft *d, const struct yaml_text *t)
{
	value_prefix(y, t, &d->zone->prefix);
}

static void take_name(struct yaml *y, struct draft *d, const struct yaml_text *t)
{
	struct addr address;
	struct name name;

	if (addr_from_text(&address, t->text, t->len) == OK) {
		yaml_error(y, t->place, "zone",
		        "%.*s is an address; a reverse zone is a prefix, such as 192.0.2.0/24",
		        TEXT_ARGS(t));
		return;
	}
	if (value_domain(y, t, &name))
		d->zone->apex = draft_keep_name(d, &name);
}

static void read_prefix(struct yaml *y, void *to)
{
	struct yaml_text t;

	if (yaml_text(y, &t, "a prefix"))
		take_prefix(y, to, &t);
}

static void read_name(struct yaml *y, void *to)
{
	struct yaml_text t;

	if (yaml_text(y, &t, "a domain name"))
		take_name(y, to, &t);
}

static void read_style(struct yaml *y, void *to)
{
	static const char *const styles[] = {"dash", "slash", "rfc4183"}; /* enum cut_style */
	struct draft *d = to;
	struct zone_draft *z = d->zone;
	struct yaml_text t;

	if (!yaml_text(y, &t, "a style"))
		return;
	z->has_style = true;
	z->style = CUT_OWN;
	for (unsigned i = 0; i < sizeof styles / sizeof *styles; i++)
		if (yaml_is_word(&t, styles[i]))
			z->style = (enum cut_style)i;
	z->style_text = (struct record_text){
	        arena_text(&d->config->plan.arena, t.text, t.len), t.len, t.place};
}

static const struct yaml_field zone_fields[] = {
        {"prefix", read_prefix, false},
        {"name", read_name, false},
        {"ns", read_ns, false},
        {"hostmaster", read_hostmaster, false},
        {"ttl", read_ttl, false},
        {"negative-ttl", read_negative_ttl, false},
        {"soa", read_soa, false},
        {"style", read_style, false},
        {"records", draft_read_records, false},
        {"records-file", draft_read_records_file, false},
};

static void read_zone_map(struct yaml *y, struct draft *d)
{
	size_t errors = y->diags->errors;

	yaml_fields(y, zone_fields, "a zone", d);
	if (y->failed || y->diags->errors != errors)
		return;
	if (!d->zone->apex == !d->zone->prefix.addr.len)
		yaml_error(y, d->zone->place, "missing-key",
		        "a zone wants one of the keys `prefix` and `name`");
}

static void read_zone(struct yaml *y, struct draft *d)
{
	struct yaml_text t;

	if (yaml_peek(y) == YAML_MAP)
		read_zone_map(y, d);
	else if (!yaml_text(y, &t, "a prefix, a name or a map"))
		return;
	else if (memchr(t.text, '/', t.len))
		take_prefix(y, d, &t);
	else
		take_name(y, d, &t);
}

void draft_read_zones(struct yaml *y, void *to)
{
	struct draft *d = to;
	struct zone_draft zone;

	if (!yaml_enter_list(y, "a list of zones"))
		return;
	while (yaml_item(y)) {
		zone = (struct zone_draft){.place = y->key_place,
		        .values = {.ttl_s = UNSET, .negative_ttl_s = UNSET},
		        .soa = {.refresh_s = UNSET,
		                .retry_s = UNSET,
		                .expire_s = UNSET,
		                .minimum_s = UNSET,
		                .ttl_s = UNSET}};
		d->zone = &zone;
		read_zone(y, d);
		d->zone = NULL;
		struct zone_draft *zones = arena_grow(&d->config->plan.arena, d->zones,
		        d->zone_count, d->zone_count + 1, &d->zone_capacity, sizeof *zones);
		if (!zones)
			return;
		d->zones = zones;
		d->zones[d->zone_count++] = zone;
	}
}

static uint32_t either(uint32_t value, uint32_t otherwise)
{
	return value == UNSET ? otherwise : value;
}

/* The zone without its apex: what it says, else what `defaults` say. */
static struct plan_zone complete(const struct draft *d, const struct zone_draft *z)
{
	const struct zone_values *own = &z->values, *def = &d->defaults;
	bool has_ns = own->ns_count;
	uint32_t ttl_s = either(own->ttl_s, def->ttl_s);
	uint32_t negative_ttl_s = either(own->negative_ttl_s, def->negative_ttl_s);
	struct plan_zone zone = {.ns = has_ns ? own->ns : def->ns,
	        .ns_count = has_ns ? own->ns_count : def->ns_count,
	        .ttl_s = ttl_s,
	        .ns_ttl_s = ttl_s,
	        .soa = z->soa,
	        .place = z->place};

	zone.soa.refresh_s = either(z->soa.refresh_s, SOA_REFRESH_S);
	zone.soa.retry_s = either(z->soa.retry_s, SOA_RETRY_S);
	zone.soa.expire_s = either(z->soa.expire_s, SOA_EXPIRE_S);
	zone.soa.minimum_s = either(z->soa.minimum_s, negative_ttl_s);
	zone.soa.ttl_s = either(z->soa.ttl_s, ttl_s);
	if (!zone.soa.rname)
		zone.soa.rname = own->rname ? own->rname : def->rname;
	return zone;
}

/* A key with a mistake is not said to be missing, too. */
static void check_zone(
        const struct draft *d, const struct zone_draft *z, const struct plan_zone *zone)
{
	struct diag_list *diags = &d->config->diags;

	if (zone->ns_count == 0 && !z->values.says_ns && !d->defaults.says_ns)
		diag_error(diags, zone->place, "zone-ns",
		        "the zone has no name servers; write `ns` here or in `defaults`");
	else if (zone->ns_count == 1)
		diag_warning(diags, zone->place, "one-ns",
		        "the zone has only one name server; RFC 2182 wants two");
	if (!zone->soa.rname && !z->values.says_rname && !d->defaults.says_rname)
		diag_error(diags, zone->place, "zone-hostmaster",
		        "the zone has no hostmaster; write `hostmaster` here or in `defaults`");
}

static void add_zone(
        struct draft *d, const struct zone_draft *z, struct plan_zone zone, const struct name *apex)
{
	struct plan *p = &d->config->plan;
	struct plan_zone *zones = arena_grow(&p->arena, p->zones, p->zone_count, p->zone_count + 1,
	        &p->zone_capacity, sizeof *zones);

	zone.apex = draft_keep_name(d, apex);
	if (!zones || !zone.apex)
		return;
	p->zones = zones;
	draft_take_records(d, z, &zone);
	check_zone(d, z, &zone);
	if (!zone.soa.mname && zone.ns_count)
		zone.soa.mname = zone.ns[0];
	p->zones[p->zone_count++] = zone;
}

/* A block of less than a /24 has no zone of its own in in-addr.arpa, but one by RFC 2317. */
static void add_cut_zone(struct draft *d, const struct zone_draft *z, struct plan_zone *zone)
{
	struct diag_list *diags = &d->config->diags;
	char text[PREFIX_TEXT_MAX];
	struct name apex;

	if (!z->has_style) {
		prefix_to_text(text, &z->prefix);
		diag_error(diags, z->place, "zone-style",
		        "%s is less than a /24 and has no zone of its own; write {prefix: %s, "
		        "style: dash} for the one that RFC 2317 gives it",
		        text, text);
		return;
	}
	if (name_from_cut(&apex, &z->prefix, z->style, z->style_text.text, z->style_text.len) !=
	        OK) {
		diag_error(diags, z->style_text.place, "zone-style",
		        "%.80s can be no label of such a zone; write dash, slash, rfc4183 or a "
		        "label that is not a number from 0 to 255",
		        z->style_text.text);
		return;
	}
	zone->is_cut_style = true;
	zone->prefix = z->prefix;
	add_zone(d, z, *zone, &apex);
}

/* A prefix between two label boundaries is so many zones: 198.18.0.0/15 its two /16. */
static void add_prefix_zones(
        struct draft *d, const struct zone_draft *z, const struct plan_zone *zone)
{
	const struct prefix *prefix = &z->prefix;
	unsigned step = prefix->addr.len == 4 ? 8 : 4;
	unsigned bits = (prefix->bits + step - 1) / step * step, spare = bits - prefix->bits;
	struct addr a = prefix->addr;
	struct name apex;

	if (spare && (z->record_count || z->records_file)) {
		diag_error(&d->config->diags, z->place, "record-zones",
		        "the prefix stands for %u zones, and records belong to one; write each "
		        "zone that has some as an item of its own",
		        1U << spare);
		return;
	}
	for (unsigned i = 0; i < 1U << spare; i++) {
		if (spare) /* the last bits of the octet that holds the boundary */
			a.octets[(bits - 1) / 8] = (uint8_t)(prefix->addr.octets[(bits - 1) / 8] |
			                                     i << ((8 - bits % 8) % 8));
		if (name_from_addr(&apex, &a, bits) == OK)
			add_zone(d, z, *zone, &apex);
	}
}

static void add_zones(struct draft *d, const struct zone_draft *z)
{
	struct plan_zone zone = complete(d, z);
	struct name apex;

	if (z->has_style && !prefix_is_below_octet(&z->prefix)) {
		diag_error(&d->config->diags, z->style_text.place, "zone-style",
		        "a style is for prefixes of IPv4, /25 to /31; remove it");
	} else if (prefix_is_below_octet(&z->prefix)) {
		add_cut_zone(d, z, &zone);
	} else if (z->prefix.addr.len) {
		add_prefix_zones(d, z, &zone);
	} else if (z->apex) { /* else its mistake was told */
		name_copy(&apex, z->apex);
		add_zone(d, z, zone, &apex);
	}
}

void draft_finish_zones(struct draft *d)
{
	for (size_t i = 0; i < d->zone_count; i++)
		add_zones(d, &d->zones[i]);
}
