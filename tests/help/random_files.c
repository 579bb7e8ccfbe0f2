/* SPDX-License-Identifier: ISC */
#include "tests/help/random_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/help/files.h"
#include "tests/help/must.h"
#include "tests/help/random.h"

void random_operator_write(unsigned round)
{
	static const char *const above[] = {"", "", "  - {name: arpa}\n",
	        "  - {name: in-addr.arpa}\n", "  - {name: .}\n",
	        "  - {name: .}\n  - {name: arpa}\n"};
	char text[4000];
	uint32_t kind = random_below(16);

	snprintf(text, sizeof text,
	        "version: 1\n"
	        "defaults: {ns: [ns1.test, ns2.test], hostmaster: h@test, ttl: %s}\n"
	        "zones:\n%s%s"
	        "  - 10.0.1.0/24\n  - 10.0.4.0/24\n  - 2001:db8::/32\n"
	        "%s"
	        "  - {name: own.example, records: ['@ A 192.0.2.1', 'h1 TXT x', 'h2 A 192.0.2.1',"
	        " 'h3 A 192.0.2.3']}\n"
	        "  - {name: shared.example, records: [h4 TXT y, 'aa-10-0-0-9 TXT y'%s]}\n%s"
	        "customers:\n"
	        "  a: {prefixes: [10.0.0.0/24, 10.0.0.144/29, 2001:db8:a::/48%s],"
	        " domains: [shared.example, test], may-delegate: %s}\n"
	        "  b: {prefixes: [10.0.1.0/24], domains: [own.example, test, 4.0.10.in-addr.arpa], "
	        "may-delegate: yes}\n"
	        "  c: {prefixes: [%s], domains: [shared.example, c.own.example, test],"
	        " may-delegate: yes}\n"
	        "%s"
	        "  e: {prefixes: [10.0.4.0/22],"
	        " domains: [shared.example, r.4.0.10.in-addr.arpa, test], may-delegate: %s}\n"
	        "%s",
	        kind == 1 ? "7m" : "1h", above[round % 6],
	        round % 3 && above[round % 6][0] ? "" : "  - 10.0.0.0/16\n",
	        kind == 14 ? "" : "  - {prefix: 10.0.0.64/26, style: dash}\n",
	        kind == 7 ? ", '7.dyn TXT z', 'x.dyn NS ns.test'" : "",
	        kind == 2   ? "  - h5.shared.example\n"
	        : kind == 3 ? "  - {name: h6.own.example, records: [x NS y.test]}\n"
	                    : "",
	        kind == 8 ? ", 10.0.2.128/26" : "", kind == 9 ? "no" : "yes",
	        kind == 4 ? "10.0.2.0/25" : "10.0.2.0/24",
	        kind == 10  ? ""
	        : kind == 5 ? "  d: {prefixes: [10.0.3.0/24, 2001:db8:d::/48], domains:"
	                      " [shared.example, own.example, test], may-delegate: yes}\n"
	                    : "  d: {prefixes: [10.0.3.0/24, 2001:db8:d::/48], domains:"
	                      " [shared.example, test], may-delegate: yes}\n",
	        kind == 11 ? "no" : "yes",
	        kind == 12   ? ""
	        : kind == 13 ? "  f: {prefixes: [10.0.0.128/27], domains: [shared.example, test]}\n"
	                     : "  f: {prefixes: [10.0.0.128/26, 2001:db8:a:8000::/49], domains:"
	                       " [shared.example, test], may-delegate: yes}\n");
	files_write("arpad.yaml", kind == 6 ? "version: 1\nzones: [a b]\n" : text);
}

static struct random_site site_of(unsigned customer)
{
	static const char *const owners[RANDOM_CUSTOMERS][4] = {
	        {"shared.example", "dyn.shared.example", "shared.example", "test"},
	        {"own.example", "dyn.own.example", "own.example", "h6.own.example"},
	        {"c.own.example", "dyn.c.own.example", "shared.example", "c.own.example"},
	        {"shared.example", "dyn.shared.example", "d.dyn.shared.example", "test"},
	        {"shared.example", "dyn.shared.example", "h5.shared.example",
	                "r.4.0.10.in-addr.arpa"},
	        {"shared.example", "dyn.shared.example", "f.shared.example", "shared.example"},
	};
	struct random_site site = {
	        .letter = (char)('a' + customer), .owners = owners[customer], .owner_count = 4};
	char text[40];

	sprintf(text,
	        customer == 4   ? "10.0.4.0/22"
	        : customer == 5 ? "10.0.0.128/26"
	                        : "10.0.%u.0/24",
	        customer);
	must(prefix_from_text(&site.ipv4, text, strlen(text), NULL) == OK, text);
	if (customer != 0 && customer != 3 && customer != 5)
		return site;
	sprintf(text, customer == 5 ? "2001:db8:a:8000::/49" : "2001:db8:%c::/48",
	        'a' + (int)customer);
	must(prefix_from_text(&site.ipv6, text, strlen(text), NULL) == OK, text);
	return site;
}

static int write_address(char *out, unsigned customer)
{
	static const uint8_t edges[] = {0, 63, 64, 65, 127, 200, 255};
	uint32_t host = random_below(2) ? edges[random_below(7)] : random_below(30);

	if ((customer == 0 || customer == 3) && random_below(3) == 0)
		return sprintf(
		        out, "2001:db8:%c::%x", 'a' + (int)customer, (unsigned)random_below(20));
	if (customer == 5 && random_below(3) == 0)
		return sprintf(out, "2001:db8:a:8000::%x", (unsigned)random_below(20));
	if (customer == 5)
		return sprintf(out, "10.0.0.%u", 128 + (unsigned)random_below(16));
	return sprintf(out, "10.0.%u.%u", customer, (unsigned)host);
}

static int write_name(char *out, unsigned customer)
{
	static const char *const domains[] = {
	        "shared.example", "own.example", "c.own.example", "test"};
	static const char *const at_cuts[] = {"part0", "part1", "n.0-127", "x.part1"};
	unsigned domain = customer == 1 ? 1 : customer == 2 && random_below(2) ? 2 : 0;

	if (random_below(20) == 0)
		return sprintf(out, "%s", domains[domain]);
	if (customer == 1 && random_below(4) == 0)
		return sprintf(out, "%s.4.0.10.in-addr.arpa", at_cuts[random_below(4)]);
	/* names of other customers, and of the operator's, now and then */
	unsigned first = random_below(60) ? 10 * (customer + 1) : 0;
	return sprintf(out, "h%u.%s%s", first + (unsigned)random_below(10),
	        random_below(8) ? "" : "dyn.", domains[random_below(5) == 0 ? 3 : domain]);
}

static void write_host(char *out, unsigned customer, unsigned name_of)
{
	out += sprintf(out, "  ");
	out += write_address(out, customer);
	out += sprintf(out, ": {name: ");
	out += write_name(out, name_of);
	sprintf(out, "%s%s}\n", random_below(4) ? "" : ", ttl: 5m",
	        random_below(6) ? "" : ", forward: no");
}

/* True when another entry has the same key. */
static bool is_there(const char *all, size_t stride, unsigned count, const char *entry)
{
	size_t n = strcspn(entry + 2, " ") + 3;

	for (unsigned i = 0; i < count; i++)
		if (strncmp(all + stride * i, entry, n) == 0)
			return true;
	return false;
}

static void add_host(struct random_file *f, unsigned customer, unsigned at_of, unsigned name_of)
{
	char entry[100];

	write_host(entry, random_below(50) ? customer : at_of, name_of);
	if (f->host_count < RANDOM_HOSTS_MAX &&
	        (!is_there(f->hosts[0], sizeof *f->hosts, f->host_count, entry) ||
	                random_below(100) == 0))
		strcpy(f->hosts[f->host_count++], entry);
}

static void add_range(struct random_file *f, unsigned customer)
{
	static const char common[] = "  10.0.0.128/26: \"{ip}.shared.example\"\n";
	const struct random_site site = site_of(customer);

	if (f->range_count == RANDOM_LAYERS_MAX)
		return;
	random_range(f->ranges[f->range_count], &site);
	if ((customer == 0 || customer == 5) && random_below(5) == 0)
		strcpy(f->ranges[f->range_count], common); /* whosever it is */
	f->range_count += !is_there(
	        f->ranges[0], sizeof *f->ranges, f->range_count, f->ranges[f->range_count]);
}

static void add_delegation(struct random_file *f, unsigned customer)
{
	static const char served[] = "  10.0.0.64/26: {ns: [ns1.test, ns2.test]}\n";
	struct random_site site = site_of(customer);

	if (f->delegation_count == 3)
		return;
	if (customer == 0 && random_below(4))
		site.ipv4.bits = 26; /* without what is another's */
	random_delegation(f->delegations[f->delegation_count], &site);
	if (customer == 0 && random_below(5) == 0)
		strcpy(f->delegations[f->delegation_count], served);
	f->delegation_count += !is_there(f->delegations[0], sizeof *f->delegations,
	        f->delegation_count, f->delegations[f->delegation_count]);
}

static void remove_any(char *all, size_t stride, unsigned *count)
{
	if (*count == 0)
		return;
	unsigned at = (unsigned)random_below(*count);
	--*count;
	memmove(all + stride * at, all + stride * *count, stride);
}

static void shuffle(char *all, size_t stride, unsigned count)
{
	char swapped[RANDOM_ENTRY_MAX];

	for (unsigned i = count; i > 1; i--) {
		char *a = all + stride * (i - 1), *b = all + stride * random_below(i);
		memcpy(swapped, a, stride);
		memmove(a, b, stride);
		memcpy(b, swapped, stride);
	}
}

void random_file_shuffle(struct random_file *f)
{
	shuffle(f->hosts[0], sizeof *f->hosts, f->host_count);
	shuffle(f->ranges[0], sizeof *f->ranges, f->range_count);
	shuffle(f->delegations[0], sizeof *f->delegations, f->delegation_count);
}

void random_file_fill(struct random_file *f, unsigned customer)
{
	unsigned hosts = (unsigned)random_below(RANDOM_HOSTS_MAX);
	unsigned ranges = random_below(3) ? (unsigned)random_below(5) : 0;
	unsigned delegations = random_below(2) ? (unsigned)random_below(3) : 0;
	uint32_t kind = random_below(30);

	*f = (struct random_file){.has_ttl = random_below(3) == 0};
	for (unsigned i = 0; i < hosts; i++)
		add_host(f, customer,
		        kind == 1 ? (unsigned)random_below(RANDOM_CUSTOMERS) : customer,
		        kind == 2 ? (unsigned)random_below(RANDOM_CUSTOMERS) : customer);
	for (unsigned i = 0; i < ranges; i++)
		add_range(f, customer);
	for (unsigned i = 0; i < delegations; i++)
		add_delegation(f, customer);
}

void random_file_edit(struct random_file *f, unsigned customer)
{
	uint32_t kind = random_below(9), what = kind / 3;

	if (what == 0 && kind % 3)
		remove_any(f->hosts[0], sizeof *f->hosts, &f->host_count);
	if (what == 1 && kind % 3)
		remove_any(f->ranges[0], sizeof *f->ranges, &f->range_count);
	if (what == 2 && kind % 3)
		remove_any(f->delegations[0], sizeof *f->delegations, &f->delegation_count);
	if (kind % 3 == 2)
		return;
	if (what == 0)
		add_host(f, customer, customer, customer);
	if (what == 1)
		add_range(f, customer);
	if (what == 2)
		add_delegation(f, customer);
}

static void write_entries(
        FILE *out, const char *key, const char *all, size_t stride, unsigned count)
{
	fprintf(out, count ? "%s:\n" : "%s: {}\n", key);
	for (unsigned i = 0; i < count; i++)
		fputs(all + stride * i, out);
}

void random_file_write(const struct random_file *f, unsigned customer, uint32_t kind)
{
	char path[32], *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	snprintf(path, sizeof path, "customers/%c.yaml", 'a' + (int)customer);
	fprintf(out, "version: %s\ncustomer: %c\n%s", kind == 0 ? "2" : "1", 'a' + (int)customer,
	        f->has_ttl ? "ttl: 2h\n" : "");
	write_entries(out, "hosts", f->hosts[0], sizeof *f->hosts, f->host_count);
	write_entries(out, "ranges", f->ranges[0], sizeof *f->ranges, f->range_count);
	write_entries(
	        out, "delegate", f->delegations[0], sizeof *f->delegations, f->delegation_count);
	if (kind == 3)
		fprintf(out, "  - broken\n");
	fclose(out);
	if (kind == 4)
		remove(path);
	else
		files_write(path, text);
	free(text);
}
