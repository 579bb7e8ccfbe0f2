/* SPDX-License-Identifier: ISC */
/* bench/gen.c - writes a made-up network (tests/help/network.h) as files that arpad loads.
 *
 *     gen DIR [--pairs N] [--customers N] [--ipv6 PERCENT] [--rules PERCENT] [--seed N]
 *             [--queries FILE] [--count N] [--misses PERCENT]
 *             [--range-queries FILE] [--referral-queries FILE]
 *
 * DIR/arpad.yaml and DIR/customers/custN.yaml; --rules: of the customers, have a range and
 * delegations. FILE: questions in the form of dnsperf, in random order: PTR and address records in
 * equal parts, and names beside those that exist; the same of ranges; addresses that are
 * delegated. Zone files of the same data: `arpa pairs -c DIR/arpad.yaml -o ZONES`. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/help/network.h"

struct task {
	const char *folder, *queries, *range_queries, *referral_queries;
	struct network network;
	uint32_t count;
	unsigned misses_percent;
};

static FILE *create(const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f) {
		fprintf(stderr, "gen: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	return f;
}

static void finish(FILE *f, const char *path)
{
	if (ferror(f) || fclose(f) != 0) {
		fprintf(stderr, "gen: %s: %s\n", path, strerror(errno));
		exit(1);
	}
}

static void write_rules(FILE *f, uint32_t customer, uint32_t rules)
{
	char range[PREFIX_TEXT_MAX], cut[PREFIX_TEXT_MAX], cnames[PREFIX_TEXT_MAX];
	struct prefix p;

	network_rule(rules, NETWORK_RANGE, &p);
	prefix_to_text(range, &p);
	network_rule(rules, NETWORK_REFERRAL, &p);
	prefix_to_text(cut, &p);
	network_rule(rules, NETWORK_CNAMES, &p);
	prefix_to_text(cnames, &p);
	fprintf(f,
	        "ranges:\n"
	        "  %s: h-{ip}.pool.cust%u.example\n"
	        "delegate:\n"
	        "  %s: {ns: [" NETWORK_NS1 ", " NETWORK_NS2 "]}\n"
	        "  %s: {ns: [" NETWORK_NS1 ", " NETWORK_NS2 "]}\n",
	        range, customer, cut, cnames);
}

static void write_customer(const struct task *t, uint32_t customer)
{
	const struct network *n = &t->network;
	char path[4096], addr[ADDR_TEXT_MAX], name[NETWORK_NAME_MAX];
	struct addr a;

	snprintf(path, sizeof path, "%s/customers/cust%u.yaml", t->folder, customer);
	FILE *f = create(path);
	fprintf(f, "version: 1\ncustomer: cust%u\nttl: 1h\nhosts:\n", customer);
	uint32_t end = network_first_pair(n, customer + 1);
	for (uint32_t i = network_first_pair(n, customer); i < end; i++) {
		network_addr(n, i, &a);
		addr_to_text(addr, &a);
		network_name(n, i, name);
		fprintf(f, "  %s: %s\n", addr, name);
	}
	uint32_t rules;
	if (network_rules_of(n, customer, &rules))
		write_rules(f, customer, rules);
	finish(f, path);
}

/* His line of arpad.yaml. */
static void write_registration(FILE *f, const struct network *n, uint32_t customer)
{
	char prefix[PREFIX_TEXT_MAX];
	uint32_t rules;
	struct prefix p;

	network_prefix(n, customer, &p);
	prefix_to_text(prefix, &p);
	fprintf(f, "  cust%u: {prefixes: [%s, ", customer, prefix);
	network_prefix6(customer, &p);
	prefix_to_text(prefix, &p);
	fprintf(f, "\"%s\"", prefix);
	bool has_rules = network_rules_of(n, customer, &rules);
	if (has_rules) {
		network_rule(rules, NETWORK_RULES, &p);
		prefix_to_text(prefix, &p);
		fprintf(f, ", %s", prefix);
	}
	fprintf(f, "], domains: [cust%u.example]%s}\n", customer,
	        has_rules ? ", may-delegate: yes" : "");
}

static void write_operator(const struct task *t)
{
	const struct network *n = &t->network;
	char path[4096], prefix[PREFIX_TEXT_MAX];
	struct prefix p;

	snprintf(path, sizeof path, "%s/arpad.yaml", t->folder);
	FILE *f = create(path);
	fputs("version: 1\n"
	      "server: {listen: [127.0.0.1@5300]}\n"
	      "defaults: {ns: [ns1.isp.example, ns2.isp.example], hostmaster: "
	      "hostmaster@isp.example}\n"
	      "zones:\n",
	        f);
	for (uint32_t i = 0; i < network_zone_count(n); i++) {
		network_zone(n, i, &p);
		prefix_to_text(prefix, &p);
		fprintf(f, "  - %s\n", prefix);
	}
	fputs("  - 2001:db8::/32\n", f);
	for (uint32_t i = 0; i < n->customers; i++)
		fprintf(f, "  - cust%u.example\n", i);
	fputs("customers:\n", f);
	for (uint32_t i = 0; i < n->customers; i++)
		write_registration(f, n, i);
	finish(f, path);
}

/* A question for the PTR of an address (name NULL), or for the address of a name. */
static void write_query(FILE *f, const char *beside, const struct addr *a, const char *name)
{
	char arpa[NAME_TEXT_MAX];
	struct name owner;

	if (name) {
		fprintf(f, "%s%s %s\n", beside, name, a->len == 4 ? "A" : "AAAA");
	} else if (name_from_addr(&owner, a, 8U * a->len) == OK) {
		name_to_text(arpa, owner.wire);
		fprintf(f, "%s%s PTR\n", beside, arpa);
	}
}

static void write_queries(const struct task *t)
{
	const struct network *n = &t->network;
	char name[NETWORK_NAME_MAX];
	struct addr a;

	FILE *f = create(t->queries);
	srandom((unsigned)n->seed + 1);
	for (uint32_t i = 0; i < t->count; i++) {
		uint32_t pair = (uint32_t)random() % n->pairs;
		const char *beside = (unsigned)random() % 100 < t->misses_percent ? "x" : "";
		network_addr(n, pair, &a);
		network_name(n, pair, name);
		write_query(f, beside, &a, random() & 1 ? name : NULL);
	}
	finish(f, t->queries);
}

/* Of a range as many addresses as names. */
static void write_rule_queries(const struct task *t, const char *path, enum network_rule rule)
{
	const struct network *n = &t->network;
	char name[NETWORK_NAME_MAX];
	struct addr a;

	FILE *f = create(path);
	srandom((unsigned)n->seed + 2);
	for (uint32_t i = 0; i < t->count; i++) {
		network_rule_addr(n, rule, &a);
		network_range_name(n, &a, name);
		write_query(f, "", &a, rule == NETWORK_RANGE && random() & 1 ? name : NULL);
	}
	finish(f, path);
}

static int usage(void)
{
	fputs("usage: gen DIR [--pairs N] [--customers N] [--ipv6 PERCENT] [--rules PERCENT]\n"
	      "           [--seed N] [--queries FILE] [--count N] [--misses PERCENT]\n"
	      "           [--range-queries FILE] [--referral-queries FILE]\n",
	        stderr);
	return 2;
}

/* False when an option is not known, has no value or one out of range. */
static bool read_options(struct task *t, int argc, char **argv)
{
	for (int i = 2; i < argc; i += 2) {
		if (i + 1 == argc)
			return false;
		const char *option = argv[i], *value = argv[i + 1];
		uint32_t number = (uint32_t)strtoul(value, NULL, 10);
		if (strcmp(option, "--pairs") == 0)
			t->network.pairs = number;
		else if (strcmp(option, "--customers") == 0)
			t->network.customers = number;
		else if (strcmp(option, "--ipv6") == 0)
			t->network.ipv6_percent = number;
		else if (strcmp(option, "--rules") == 0)
			t->network.rules_percent = number;
		else if (strcmp(option, "--seed") == 0)
			t->network.seed = number;
		else if (strcmp(option, "--queries") == 0)
			t->queries = value;
		else if (strcmp(option, "--range-queries") == 0)
			t->range_queries = value;
		else if (strcmp(option, "--referral-queries") == 0)
			t->referral_queries = value;
		else if (strcmp(option, "--count") == 0)
			t->count = number;
		else if (strcmp(option, "--misses") == 0)
			t->misses_percent = number;
		else
			return false;
	}
	/* 10.0.0.0 to 127.255.255.255 holds twice 2^29 pairs, rounded up to a power of two each */
	const struct network *n = &t->network;
	return n->pairs >= 1 && n->pairs <= 1U << 29 && n->customers >= 1 &&
	       n->customers <= n->pairs && n->customers <= 65535 && n->ipv6_percent <= 50 &&
	       n->rules_percent <= 100 &&
	       (n->rules_percent || !(t->range_queries || t->referral_queries));
}

int main(int argc, char **argv)
{
	struct task t = {.network = {.pairs = 1000000, .customers = 20, .seed = 1},
	        .count = 1000000,
	        .misses_percent = 10};
	char path[4096];

	if (argc < 2 || *argv[1] == '-' || !read_options(&t, argc, argv))
		return usage();
	t.folder = argv[1];
	mkdir(t.folder, 0755); /* it may be there */
	snprintf(path, sizeof path, "%s/customers", t.folder);
	mkdir(path, 0755);
	write_operator(&t);
	for (uint32_t i = 0; i < t.network.customers; i++)
		write_customer(&t, i);
	if (t.queries)
		write_queries(&t);
	if (t.range_queries)
		write_rule_queries(&t, t.range_queries, NETWORK_RANGE);
	if (t.referral_queries)
		write_rule_queries(&t, t.referral_queries, NETWORK_REFERRAL);
	return 0;
}
