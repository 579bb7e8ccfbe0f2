/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/import.h"
#include "tools/output_file.h"
#include "tools/yaml_text.h"
#include "zone/plan.h"
#include "zone/rr.h"

/* The keys that `defaults` can hold, too. */
struct values {
	const struct import_zone *zone; /* for its ns */
	const uint8_t *rname;
	uint32_t ttl_s, negative_ttl_s;
};

/* The numbers of a SOA behind its names. */
struct soa {
	const uint8_t *mname, *rname;
	uint32_t serial, refresh_s, retry_s, expire_s, minimum_s;
};

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* RFC 2181 8: a time has 31 bits. */
static uint32_t get_time(const uint8_t *p)
{
	uint32_t time = get32(p);

	return time < TTL_MAX ? time : TTL_MAX;
}

static struct soa read_soa(const struct import_zone *zone)
{
	const uint8_t *mname = zone->soa->rdata, *rname = mname + name_length(mname);
	const uint8_t *p = rname + name_length(rname);

	return (struct soa){mname, rname, get32(p), get_time(p + 4), get_time(p + 8),
	        get_time(p + 12), get_time(p + 16)};
}

static struct values values_of(const struct import_zone *zone)
{
	struct soa soa = read_soa(zone);

	return (struct values){zone, soa.rname, zone->ns_ttl_s, soa.minimum_s};
}

static void print_name(const uint8_t *wire, bool in_flow, FILE *out)
{
	char text[NAME_TEXT_MAX];
	struct addr a;
	size_t n = name_to_text(text, wire);

	/* with its dot, a name like 192.0.2.1 is not taken for an address */
	if (n > 1 && addr_from_text(&a, text, n - 1) != OK)
		text[n - 1] = 0;
	yaml_print_text(text, in_flow, out);
}

/* A name in which no @ is seen, for one would make a mail address of it. */
static void print_name_without_at(const uint8_t *wire, FILE *out)
{
	char text[NAME_TEXT_MAX], escaped[2 * NAME_TEXT_MAX];
	size_t n = 0;

	name_to_text(text, wire);
	for (const char *p = text; *p; p++) {
		if (*p == '@') { /* its backslash is there */
			memcpy(escaped + n, "064", 3);
			n += 3;
		} else {
			escaped[n++] = *p;
		}
	}
	escaped[n] = 0;
	yaml_print_text(escaped, false, out);
}

/* RFC 1035 8: the first label is what stands before the @; as a name where that is not plain. */
static void print_hostmaster(const uint8_t *rname, FILE *out)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                            "0123456789-_+.";
	char text[LABEL_MAX_OCTETS + 1 + NAME_TEXT_MAX];
	size_t n = *rname;

	memcpy(text, rname + 1, n);
	text[n] = 0;
	if (n == 0 || strlen(text) != n || strspn(text, plain) != n || !rname[1 + n]) {
		print_name_without_at(rname, out);
		return;
	}
	text[n++] = '@';
	n += name_to_text(text + n, rname + *rname + 1);
	text[n - 1] = 0;
	yaml_print_text(text, false, out);
}

/* A time as people write it. */
static void print_time(uint32_t seconds, FILE *out)
{
	static const struct {
		uint32_t seconds;
		char unit;
	} units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}};

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (seconds && seconds % units[i].seconds == 0) {
			fprintf(out, "%u%c", seconds / units[i].seconds, units[i].unit);
			return;
		}
	}
	fprintf(out, "%u", seconds);
}

static void print_names(const uint8_t *const *names, size_t count, FILE *out)
{
	putc('[', out);
	for (size_t i = 0; i < count; i++) {
		fputs(i ? ", " : "", out);
		print_name(names[i], true, out);
	}
	putc(']', out);
}

static bool has_same_ns(const struct import_zone *a, const struct import_zone *b)
{
	if (a->ns_count != b->ns_count)
		return false;
	for (size_t i = 0; i < a->ns_count; i++)
		if (!name_equal(a->ns[i], b->ns[i]))
			return false;
	return true;
}

/* Print those that are not as they are in `defaults`; all, when `defaults` is NULL. */
static void print_values(
        const struct values *v, const struct values *defaults, const char *indent, FILE *out)
{
	if (!defaults || !has_same_ns(v->zone, defaults->zone)) {
		fprintf(out, "%sns: ", indent);
		print_names(v->zone->ns, v->zone->ns_count, out);
		putc('\n', out);
	}
	if (!defaults || !name_equal(v->rname, defaults->rname)) {
		fprintf(out, "%shostmaster: ", indent);
		print_hostmaster(v->rname, out);
		putc('\n', out);
	}
	if (!defaults || v->ttl_s != defaults->ttl_s) {
		fprintf(out, "%sttl: ", indent);
		print_time(v->ttl_s, out);
		putc('\n', out);
	}
	if (!defaults || v->negative_ttl_s != defaults->negative_ttl_s) {
		fprintf(out, "%snegative-ttl: ", indent);
		print_time(v->negative_ttl_s, out);
		putc('\n', out);
	}
}

/* What of the SOA is not said by `ns`, `hostmaster`, `ttl` and `negative-ttl`. */
static void print_soa(const struct import_zone *zone, FILE *out)
{
	struct soa soa = read_soa(zone);

	fputs("    soa: {", out);
	if (!name_equal(soa.mname, zone->ns[0])) {
		fputs("mname: ", out);
		print_name(soa.mname, true, out);
		fputs(", ", out);
	}
	fprintf(out, "serial: %u, refresh: ", soa.serial);
	print_time(soa.refresh_s, out);
	fputs(", retry: ", out);
	print_time(soa.retry_s, out);
	fputs(", expire: ", out);
	print_time(soa.expire_s, out);
	if (zone->soa->ttl_s != zone->ns_ttl_s) {
		fputs(", ttl: ", out);
		print_time(zone->soa->ttl_s, out);
	}
	fputs("}\n", out);
}

static void print_zone(const struct import_zone *zone, const struct values *defaults, FILE *out)
{
	struct values values = values_of(zone);
	char prefix[PREFIX_TEXT_MAX];

	if (zone->is_reverse) {
		prefix_to_text(prefix, &zone->prefix);
		fputs("  - prefix: ", out);
		yaml_print_text(prefix, false, out);
	} else {
		fputs("  - name: ", out);
		print_name(zone->apex, false, out);
	}
	putc('\n', out);
	print_values(&values, defaults, "    ", out);
	print_soa(zone, out);
}

/* True when a zone of the same kind above it says all that this one would say about scope. */
static bool is_covered(const struct import *im, size_t number)
{
	uint32_t up = im->index.parents[number];

	while (up != ZONE_NONE && im->zones[up].is_reverse != im->zones[number].is_reverse)
		up = im->index.parents[up];
	return up != ZONE_NONE;
}

static bool has_prefix_for(const struct import *im, const struct addr *a)
{
	for (size_t i = 0; i < im->zone_count; i++)
		if (im->zones[i].is_reverse && prefix_has_addr(&im->zones[i].prefix, a))
			return true;
	return false;
}

/* Prefixes of the zones, and all addresses of a kind that lie in a zone above them: in arpa. or
 * the root. */
static void print_prefixes(const struct import *im, FILE *out)
{
	static const char *const all[] = {"0.0.0.0/0", "::/0"};
	bool wants_all[2] = {false, false};
	char prefix[PREFIX_TEXT_MAX];

	fputs("    prefixes:\n", out);
	for (size_t i = 0; i < im->host_count; i++)
		if (!wants_all[im->hosts[i].addr.len == 16])
			wants_all[im->hosts[i].addr.len == 16] =
			        !has_prefix_for(im, &im->hosts[i].addr);
	for (size_t i = 0; i < im->zone_count; i++) {
		const struct import_zone *zone = &im->zones[i];
		if (!zone->is_reverse || is_covered(im, i) ||
		        wants_all[zone->prefix.addr.len == 16])
			continue;
		prefix_to_text(prefix, &zone->prefix);
		fputs("      - ", out);
		yaml_print_text(prefix, false, out);
		putc('\n', out);
	}
	for (unsigned i = 0; i < 2; i++)
		if (wants_all[i])
			fprintf(out, "      - \"%s\"\n", all[i]);
}

static void print_domains(const struct import *im, FILE *out)
{
	bool is_first = true;

	for (size_t i = 0; i < im->zone_count; i++) {
		if (im->zones[i].is_reverse || is_covered(im, i))
			continue;
		fputs(is_first ? "    domains:\n      - " : "      - ", out);
		print_name(im->zones[i].apex, false, out);
		putc('\n', out);
		is_first = false;
	}
}

/* A customer wants a prefix: without reverse zones there is none, and no host either. */
static bool has_customer(const struct import *im)
{
	for (size_t i = 0; i < im->zone_count; i++)
		if (im->zones[i].is_reverse)
			return true;
	return im->host_count != 0;
}

static void print_config(const struct import *im, FILE *out)
{
	struct values defaults = values_of(&im->zones[0]);

	fputs("version: 1\n\n"
	      "server:\n"
	      "  listen: [127.0.0.1@5300]\n\n"
	      "defaults:\n",
	        out);
	print_values(&defaults, NULL, "  ", out);
	fputs("\nzones:\n", out);
	for (size_t i = 0; i < im->zone_count; i++)
		print_zone(&im->zones[i], &defaults, out);
	if (!has_customer(im))
		return;
	fputs("\ncustomers:\n  imported:\n", out);
	print_prefixes(im, out);
	print_domains(im, out);
}

static int compare_ttls(const void *va, const void *vb)
{
	const uint32_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/* The TTL that most hosts have, of equals the smallest. Returns OK or ERR_MEMORY. */
static enum err find_common_ttl(const struct import *im, uint32_t *out)
{
	uint32_t *ttls = malloc((im->host_count + 1) * sizeof *ttls);
	size_t best = 0;

	if (!ttls)
		return ERR_MEMORY;
	for (size_t i = 0; i < im->host_count; i++)
		ttls[i] = im->hosts[i].ttl_s;
	qsort(ttls, im->host_count, sizeof *ttls, compare_ttls);
	*out = TTL_DEFAULT;
	for (size_t i = 0, end; i < im->host_count; i = end) {
		for (end = i + 1; end < im->host_count && ttls[end] == ttls[i]; end++)
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
		print_name(host->names[i], true, out);
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
		print_name(host->names[0], is_map, out);
	if (host->ttl_s != common_ttl_s) {
		fputs(", ttl: ", out);
		print_time(host->ttl_s, out);
	}
	fputs(all_forward_no ? ", forward: no" : "", out);
	fputs(is_map ? "}\n" : "\n", out);
}

static void print_customer(const struct import *im, uint32_t common_ttl_s, FILE *out)
{
	fputs("version: 1\ncustomer: imported\nttl: ", out);
	print_time(common_ttl_s, out);
	fputs(im->host_count ? "\n\nhosts:\n" : "\n", out);
	for (size_t i = 0; i < im->host_count; i++)
		print_host(&im->hosts[i], common_ttl_s, out);
}

static void print_notes(const struct import_notes *notes, FILE *out)
{
	for (size_t i = 0; i < notes->count; i++)
		import_print_note(&notes->items[i], out);
}

/* The files, in the order of writing. */
enum { NOT_CARRIED, MISMATCHES, CUSTOMER, CONFIG, FILE_COUNT };

static void print_file(const struct import *im, unsigned file, uint32_t common_ttl_s, FILE *out)
{
	switch (file) {
	case NOT_CARRIED:
		diag_print(&im->diags, out);
		print_notes(&im->not_carried, out);
		break;
	case MISMATCHES:
		print_notes(&im->mismatches, out);
		break;
	case CUSTOMER:
		print_customer(im, common_ttl_s, out);
		break;
	default:
		print_config(im, out);
	}
}

static enum err write_file(
        const struct import *im, const char *folder, unsigned file, uint32_t common_ttl_s)
{
	static const char *const names[FILE_COUNT] = {
	        "not-carried.txt", "mismatches.txt", "customers/imported.yaml", "arpad.yaml"};
	struct output o;

	enum err e = output_open(&o, folder, names[file]);
	if (e == OK) {
		print_file(im, file, common_ttl_s, o.stream);
		e = output_commit(&o);
	}
	if (e == ERR_IO)
		fprintf(stderr, "%s/%s: %s\n", folder, names[file], strerror(errno));
	return e;
}

enum err import_write(const struct import *im, const char *folder)
{
	uint32_t common_ttl_s;
	char *customers = NULL;

	if (asprintf(&customers, "%s/customers", folder) < 0)
		return ERR_MEMORY;
	enum err e = output_make_folder(customers);
	if (e == ERR_IO)
		fprintf(stderr, "%s: %s\n", customers, strerror(errno));
	free(customers);
	if (e == OK)
		e = find_common_ttl(im, &common_ttl_s);
	for (unsigned i = 0; e == OK && i < FILE_COUNT; i++)
		if (i != CUSTOMER || has_customer(im))
			e = write_file(im, folder, i, common_ttl_s);
	return e;
}
