/* SPDX-License-Identifier: ISC */
/* arpad.yaml. */
#include <string.h>

#include "tools/import.h"
#include "tools/yaml_text.h"
#include "tools/zone_file_name.h"
#include "zone/plan.h"

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

void import_print_name(const uint8_t *wire, bool in_flow, FILE *out)
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
void import_print_time(uint32_t seconds, FILE *out)
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
		import_print_name(names[i], true, out);
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
	if (!v->zone->has_odd_ns && (!defaults || !has_same_ns(v->zone, defaults->zone))) {
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
		import_print_time(v->ttl_s, out);
		putc('\n', out);
	}
	if (!defaults || v->negative_ttl_s != defaults->negative_ttl_s) {
		fprintf(out, "%snegative-ttl: ", indent);
		import_print_time(v->negative_ttl_s, out);
		putc('\n', out);
	}
}

/* What of the SOA is not said by `ns`, `hostmaster`, `ttl` and `negative-ttl`. */
static void print_soa(const struct import_zone *zone, FILE *out)
{
	struct soa soa = read_soa(zone);

	fputs("    soa: {", out);
	if (zone->has_odd_ns || !name_equal(soa.mname, zone->ns[0])) {
		fputs("mname: ", out);
		import_print_name(soa.mname, true, out);
		fputs(", ", out);
	}
	fprintf(out, "serial: %u, refresh: ", soa.serial);
	import_print_time(soa.refresh_s, out);
	fputs(", retry: ", out);
	import_print_time(soa.retry_s, out);
	fputs(", expire: ", out);
	import_print_time(soa.expire_s, out);
	if (zone->soa->ttl_s != zone->ns_ttl_s) {
		fputs(", ttl: ", out);
		import_print_time(zone->soa->ttl_s, out);
	}
	fputs("}\n", out);
}

static void print_zone(const struct import_zone *zone, const struct values *defaults, FILE *out)
{
	struct values values = values_of(zone);
	char prefix[PREFIX_TEXT_MAX], file[ZONE_FILE_NAME_MAX], path[6 + ZONE_FILE_NAME_MAX];

	if (import_write_prefix(prefix, zone)) {
		fputs("  - prefix: ", out);
		yaml_print_text(prefix, false, out);
	} else {
		fputs("  - name: ", out);
		import_print_name(zone->apex, false, out);
	}
	putc('\n', out);
	print_values(&values, defaults, "    ", out);
	print_soa(zone, out);
	if (import_has_records(zone)) {
		zone_file_name(file, zone->apex, ".records");
		snprintf(path, sizeof path, "zones/%s", file);
		fputs("    records-file: ", out);
		yaml_print_text(path, false, out);
		putc('\n', out);
	}
}

/* True when a zone of the same kind above it says all that this one would say about scope. */
static bool is_covered(const struct import *im, size_t number)
{
	uint32_t up = im->index.parents[number];

	while (up != ZONE_NONE && im->zones[up].is_reverse != im->zones[number].is_reverse)
		up = im->index.parents[up];
	return up != ZONE_NONE;
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
			        import_find_prefix(im, &im->hosts[i].addr) == UINT32_MAX;
	for (size_t i = 0; i < im->prefix_count; i++) {
		if (wants_all[im->prefixes[i].addr.len == 16])
			continue;
		prefix_to_text(prefix, &im->prefixes[i]);
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
		import_print_name(im->zones[i].apex, false, out);
		putc('\n', out);
		is_first = false;
	}
}

/* A customer wants a prefix: without reverse zones there is none, and no host either. */
bool import_has_customer(const struct import *im)
{
	return im->prefix_count || im->host_count;
}

/* The zone whose values are the defaults: the first whose name servers arpad.yaml can hold. */
static const struct import_zone *find_default(const struct import *im)
{
	for (size_t i = 0; i < im->zone_count; i++)
		if (!im->zones[i].has_odd_ns)
			return &im->zones[i];
	return im->zones;
}

void import_print_config(const struct import *im, FILE *out)
{
	struct values defaults = values_of(find_default(im));

	fputs("version: 1\n\n"
	      "server:\n"
	      "  listen: [127.0.0.1@5300]\n\n"
	      "defaults:\n",
	        out);
	print_values(&defaults, NULL, "  ", out);
	fputs("\nzones:\n", out);
	for (size_t i = 0; i < im->zone_count; i++)
		print_zone(&im->zones[i], &defaults, out);
	if (!import_has_customer(im))
		return;
	fputs("\ncustomers:\n  imported:\n", out);
	print_prefixes(im, out);
	print_domains(im, out);
	if (im->cut_count)
		fputs("    may-delegate: yes\n", out);
}
