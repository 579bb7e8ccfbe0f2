/* SPDX-License-Identifier: ISC */
/* A model as the files that people write. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/help/files.h"
#include "tests/help/must.h"
#include "tests/help/range_model.h"
#include "zone/rr.h"

/* A file while it is written. */
struct sheet {
	FILE *out;
	char *text;
	size_t size;
};

static void sheet_begin(struct sheet *s)
{
	s->out = open_memstream(&s->text, &s->size);
	must(s->out != NULL, "memory");
}

static void sheet_end(struct sheet *s, const char *path)
{
	must(fclose(s->out) == 0, "memory");
	files_write(path, s->text);
	free(s->text);
}

static void write_address(FILE *out, unsigned __int128 address, uint8_t len)
{
	const struct addr a = model_addr(address, len);
	char text[ADDR_TEXT_MAX];

	addr_to_text(text, &a);
	fputs(text, out);
}

static void write_block(FILE *out, const struct model_block *b, bool is_prefix)
{
	write_address(out, b->first, b->len);
	fputc(is_prefix ? '/' : '-', out);
	if (is_prefix)
		fprintf(out, "%u", block_bits(b));
	else
		write_address(out, b->last, b->len);
}

static void write_records(FILE *out, const struct model *m, unsigned zone)
{
	char type[RR_TYPE_TEXT_MAX];
	bool any = false;

	for (unsigned i = 0; i < m->record_count; i++) {
		const struct model_record *r = &m->records[i];
		if (r->zone != zone)
			continue;
		fprintf(out, "%s      - '%s. %u %s %s%s'\n", any ? "" : "    records:\n", r->owner,
		        r->ttl_s, rr_type_text(type, r->type), r->rdata,
		        rr_is_one_name(r->type) ? "." : "");
		any = true;
	}
}

static void write_zones(FILE *out, const struct model *m)
{
	fputs("zones:\n", out);
	for (unsigned i = 0; i < m->zone_count; i++) {
		const struct model_zone *z = &m->zones[i];
		bool by_prefix = z->is_reverse && block_bits(&z->block);
		fputs(by_prefix ? "  - prefix: \"" : "  - name: \"", out);
		if (by_prefix)
			write_block(out, &z->block, true);
		else
			fputs(z->name, out);
		fprintf(out, "\"\n    ttl: %u\n    negative-ttl: %u\n    ns: [%s, %s]\n", z->ttl_s,
		        z->negative_ttl_s, z->ns[0], z->ns[1]);
		if (z->is_child)
			fprintf(out, "    style: %s\n", z->style);
		write_records(out, m, i);
	}
}

static void write_customers(FILE *out, const struct model *m)
{
	fputs("customers:\n", out);
	for (unsigned i = 0; i < m->customer_count; i++) {
		const struct model_customer *c = &m->customers[i];
		fprintf(out, "  %s:\n    may-delegate: yes\n    prefixes:\n", c->name);
		for (unsigned k = 0; k < c->block_count; k++) {
			fputs("      - \"", out);
			write_block(out, &c->blocks[k], true);
			fputs("\"\n", out);
		}
		fputs("    domains: [", out);
		for (unsigned k = 0; k < c->domain_count; k++)
			fprintf(out, "%s%s", k ? ", " : "", c->domains[k]);
		fputs("]\n", out);
	}
}

static void write_ttl(FILE *out, uint32_t ttl_s)
{
	if (ttl_s)
		fprintf(out, ", ttl: %u", ttl_s);
	fputs("}\n", out);
}

static void write_hosts(FILE *out, const struct model *m, unsigned customer)
{
	bool any = false;

	for (unsigned i = 0; i < m->host_count; i++) {
		const struct model_host *h = &m->hosts[i];
		if (h->customer != customer)
			continue;
		fputs(any ? "  \"" : "hosts:\n  \"", out);
		any = true;
		write_address(out, h->address, h->len);
		fputs("\": {names: [", out);
		for (unsigned k = 0; k < h->name_count; k++)
			fprintf(out, "%s%s", k ? ", " : "", h->names[k]);
		fprintf(out, "]%s", h->forward_no ? ", forward: no" : "");
		write_ttl(out, h->ttl_s);
	}
}

static void write_ranges(FILE *out, const struct model *m, unsigned customer)
{
	bool any = false;

	for (unsigned i = 0; i < m->range_count; i++) {
		const struct model_range *r = &m->ranges[i];
		if (r->customer != customer)
			continue;
		fputs(any ? "  \"" : "ranges:\n  \"", out);
		any = true;
		write_block(out, &r->block, r->is_prefix);
		if (!*r->shape) {
			fputs("\": none\n", out);
		} else if (!r->ttl_s) {
			fprintf(out, "\": \"%s.%s\"\n", r->shape, r->owner);
		} else {
			fprintf(out, "\": {pattern: \"%s.%s\"", r->shape, r->owner);
			write_ttl(out, r->ttl_s);
		}
	}
}

static void write_glue(FILE *out, const struct model_delegation *d)
{
	bool any = false;

	for (unsigned i = 0; i < d->ns_count; i++) {
		if (!*d->glue[i][0] && !*d->glue[i][1])
			continue;
		bool both = *d->glue[i][0] && *d->glue[i][1];
		fprintf(out, "%s%s: [\"%s%s%s\"]", any ? ", " : ", glue: {", d->ns[i],
		        d->glue[i][0], both ? "\", \"" : "", d->glue[i][1]);
		any = true;
	}
	if (any)
		fputs("}", out);
}

static void write_delegation(FILE *out, const struct model_delegation *d)
{
	write_block(out, &d->block, d->is_prefix);
	if (d->way == WAY_CNAME)
		fprintf(out, "\": {cname: %s", d->target);
	else
		fputs("\": {ns: [", out);
	for (unsigned i = 0; i < d->ns_count; i++)
		fprintf(out, "%s%s%s", i ? ", " : "", d->ns[i], i + 1 == d->ns_count ? "]" : "");
	if (*d->style)
		fprintf(out, ", style: %s", d->style);
	if (d->has_ds) {
		fputs(", ds: [\"12345 13 2 ", out);
		for (unsigned i = 0; i < 32; i++)
			fprintf(out, "%02x", d->ds_octet);
		fputs("\"]", out);
	}
	write_glue(out, d);
	write_ttl(out, d->ttl_s);
}

static void write_delegations(FILE *out, const struct model *m, unsigned customer)
{
	bool any = false;

	for (unsigned i = 0; i < m->delegation_count; i++) {
		if (m->delegations[i].customer != customer)
			continue;
		fputs(any ? "  \"" : "delegate:\n  \"", out);
		any = true;
		write_delegation(out, &m->delegations[i]);
	}
}

void model_write(const struct model *m)
{
	struct sheet s;
	char path[80];

	sheet_begin(&s);
	fprintf(s.out,
	        "version: 1\n"
	        "defaults: {ns: [ns1.isp.test, ns2.isp.test], hostmaster: h@isp.test, ttl: %u}\n",
	        m->ttl_s);
	write_zones(s.out, m);
	write_customers(s.out, m);
	sheet_end(&s, "arpad.yaml");
	for (unsigned i = 0; i < m->customer_count; i++) {
		const struct model_customer *c = &m->customers[i];
		sheet_begin(&s);
		fprintf(s.out, "version: 1\ncustomer: %s\n", c->name);
		if (c->ttl_s)
			fprintf(s.out, "ttl: %u\n", c->ttl_s);
		write_hosts(s.out, m, i);
		write_ranges(s.out, m, i);
		write_delegations(s.out, m, i);
		snprintf(path, sizeof path, "customers/%s.yaml", c->name);
		sheet_end(&s, path);
	}
}
