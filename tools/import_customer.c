/* SPDX-License-Identifier: ISC */
/* The delegation file. */
#include <stdlib.h>
#include <string.h>

#include "tools/import.h"
#include "tools/yaml_text.h"
#include "zone/cut_name.h"
#include "zone/pattern.h"
#include "zone/plan.h"
#include "zone/rr.h"

static int compare_ttls(const void *va, const void *vb)
{
	const uint32_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

enum err import_find_common_ttl(const struct import *im, uint32_t *out)
{
	uint32_t *ttls = malloc((im->host_count + im->cut_count + 1) * sizeof *ttls);
	size_t count = 0, best = 0;

	if (!ttls)
		return ERR_MEMORY;
	for (size_t i = 0; i < im->host_count; i++)
		ttls[count++] = im->hosts[i].ttl_s;
	for (size_t i = 0; i < im->cut_count; i++)
		ttls[count++] = im->cuts[i].ttl_s;
	qsort(ttls, count, sizeof *ttls, compare_ttls);
	*out = TTL_DEFAULT;
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && ttls[end] == ttls[i]; end++)
			;
		if (end - i > best) {
			best = end - i;
			*out = ttls[i];
		}
	}
	free(ttls);
	return OK;
}

/* A list of names; `forward: no` stands in it where it does not hold for all. */
static void print_host_names(const struct import_host *host, bool all_forward_no, FILE *out)
{
	putc('[', out);
	for (unsigned i = 0; i < host->name_count; i++) {
		bool is_map = !all_forward_no && host->forward_no >> i & 1;
		fputs(i ? ", " : "", out);
		fputs(is_map ? "{name: " : "", out);
		import_print_name(host->names[i], true, out);
		fputs(is_map ? ", forward: no}" : "", out);
	}
	putc(']', out);
}

static void print_host(const struct import_host *host, uint32_t common_ttl_s, FILE *out)
{
	char addr[ADDR_TEXT_MAX];
	bool all_forward_no = host->forward_no == (1U << host->name_count) - 1;
	bool is_map = all_forward_no || host->ttl_s != common_ttl_s;

	addr_to_text(addr, &host->addr);
	fputs("  ", out);
	yaml_print_text(addr, false, out);
	fputs(": ", out);
	if (is_map)
		fputs(host->name_count > 1 ? "{names: " : "{name: ", out);
	if (host->name_count > 1)
		print_host_names(host, all_forward_no, out);
	else
		import_print_name(host->names[0], is_map, out);
	if (host->ttl_s != common_ttl_s) {
		fputs(", ttl: ", out);
		import_print_time(host->ttl_s, out);
	}
	fputs(all_forward_no ? ", forward: no" : "", out);
	fputs(is_map ? "}\n" : "\n", out);
}

/* Addresses from first to last as a key. */
static void print_block(const struct addr *first, const struct addr *last, FILE *out)
{
	char text[ADDR_RANGE_TEXT_MAX];

	addr_range_to_text(text, first, last);
	fputs("  ", out);
	if (first->len == 4)
		fputs(text, out); /* no reader takes two addresses for a number */
	else
		yaml_print_text(text, false, out);
	fputs(": ", out);
}

static void print_ttl(uint32_t ttl_s, uint32_t common_ttl_s, FILE *out)
{
	if (ttl_s == common_ttl_s)
		return;
	fputs(", ttl: ", out);
	import_print_time(ttl_s, out);
}

static void print_range(const struct import_range *range, uint32_t common_ttl_s, FILE *out)
{
	char label[SHAPE_TEXT_MAX], owner[NAME_TEXT_MAX];
	bool is_map = range->shape && range->ttl_s != common_ttl_s;

	print_block(&range->first, &range->last, out);
	if (!range->shape) {
		fputs("none\n", out);
		return;
	}
	shape_to_text(label, range->shape, range->shape_octets);
	owner[name_to_text(owner, range->owner) - 1] = 0; /* the last dot */
	fprintf(out, "%s\"%s.%s\"", is_map ? "{pattern: " : "", label, owner);
	print_ttl(range->ttl_s, common_ttl_s, out);
	fputs(is_map ? "}\n" : "\n", out);
}

/* Print the style that gives the target its label. */
static void print_style(const struct import_cut *cut, FILE *out)
{
	static const char *const styles[] = {"", ", style: slash", ", style: rfc4183"};
	char label[LABEL_MAX_OCTETS + 1];
	struct prefix p = {.bits = 0};
	struct name name;

	bool is_prefix = prefix_from_ends(&p, &cut->first, &cut->last);
	for (unsigned i = 0; i < sizeof styles / sizeof *styles; i++) {
		enum err e = is_prefix ? name_from_cut(&name, &p, (enum cut_style)i, NULL, 0)
		                       : name_from_cut_range(&name, &cut->first, &cut->last,
		                                 (enum cut_style)i, NULL, 0);
		if (e == OK && name_equal(name.wire, cut->target)) {
			fputs(styles[i], out);
			return;
		}
	}
	memcpy(label, cut->target + 1, *cut->target);
	label[*cut->target] = 0;
	fputs(", style: ", out);
	yaml_print_text(label, true, out);
}

static void print_ns(const struct import_cut *cut, FILE *out)
{
	const char *before = "ns: [";

	for (size_t i = 0; i < cut->record_count; i++) {
		if (cut->records[i]->type != RR_NS)
			continue;
		fputs(before, out);
		import_print_name(cut->records[i]->rdata, true, out);
		before = ", ";
	}
	putc(']', out);
}

static void print_ds(const struct import_cut *cut, FILE *out)
{
	bool is_first = true;

	for (size_t i = 0; i < cut->record_count; i++) {
		const struct import_record *r = cut->records[i];
		if (r->type != RR_DS)
			continue;
		unsigned tag = (unsigned)r->rdata[0] << 8 | r->rdata[1];
		fprintf(out, "%s\"%u %u %u ", is_first ? ", ds: [" : ", ", tag, r->rdata[2],
		        r->rdata[3]);
		for (size_t k = 4; k < r->rdata_octets; k++)
			fprintf(out, "%02X", r->rdata[k]);
		putc('"', out);
		is_first = false;
	}
	fputs(is_first ? "" : "]", out);
}

/* The addresses of a name stand together, for the records are sorted. */
static void print_glue(const struct import_cut *cut, FILE *out)
{
	const uint8_t *name = NULL;
	char text[ADDR_TEXT_MAX];

	for (size_t i = 0; i < cut->record_count; i++) {
		const struct import_record *r = cut->records[i];
		if (r->type != RR_A && r->type != RR_AAAA)
			continue;
		if (name && name_equal(name, r->owner)) {
			fputs(", ", out);
		} else {
			fputs(name ? "], " : ", glue: {", out);
			import_print_name(r->owner, true, out);
			fputs(": [", out);
		}
		name = r->owner;
		struct addr a = {.len = (uint8_t)r->rdata_octets};
		memcpy(a.octets, r->rdata, a.len);
		addr_to_text(text, &a);
		yaml_print_text(text, true, out);
	}
	fputs(name ? "]}" : "", out);
}

static void print_cut(const struct import_cut *cut, uint32_t common_ttl_s, FILE *out)
{
	print_block(&cut->first, &cut->last, out);
	putc('{', out);
	if (cut->record_count) {
		print_ns(cut, out);
		print_style(cut, out);
		print_ds(cut, out);
		print_glue(cut, out);
	} else {
		fputs("cname: ", out);
		import_print_name(cut->target, true, out);
	}
	print_ttl(cut->ttl_s, common_ttl_s, out);
	fputs("}\n", out);
}

void import_print_customer(const struct import *im, uint32_t common_ttl_s, FILE *out)
{
	fputs("version: 1\ncustomer: imported\nttl: ", out);
	import_print_time(common_ttl_s, out);
	fputs(im->host_count > im->in_range_count ? "\n\nhosts:\n" : "\n", out);
	for (size_t i = 0; i < im->host_count; i++)
		if (!im->hosts[i].is_in_range)
			print_host(&im->hosts[i], common_ttl_s, out);
	fputs(im->range_count ? "\nranges:\n" : "", out);
	for (size_t i = 0; i < im->range_count; i++)
		print_range(&im->ranges[i], common_ttl_s, out);
	fputs(im->cut_count ? "\ndelegate:\n" : "", out);
	for (size_t i = 0; i < im->cut_count; i++)
		print_cut(&im->cuts[i], common_ttl_s, out);
}
