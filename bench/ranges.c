/* SPDX-License-Identifier: ISC */
/* bench/ranges.c - what ranges cost: octets for one of any size, time to load many, and time of an
 * answer among many, as a ratio to one among ten.
 *
 *     ranges [--ranges N] [--queries N] [--rounds N]
 *
 * Files are written to a scratch folder and go through everything that arpad does with them, but
 * for sockets and processes. Of the rounds the best counts, and rounds with few and many ranges
 * take turns. Random addresses, so that with many ranges the cache does not know them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf/config.h"
#include "server/answer.h"
#include "tests/help/files.h"
#include "tests/help/must.h"
#include "zone/compile.h"

#define QUERY_MAX 300

struct question {
	uint8_t octets[QUERY_MAX];
	uint16_t len;
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* How the names of many ranges are told apart. */
enum kind { ONE_SHAPE, LETTERS, OWNERS, IPV6, KINDS };

static const char *const kind_names[KINDS] = {
        "h-{ip}.pool", "cN-{ip}.pool", "h{n}.cN.pool", "{ip}.pool, IPv6"};

static void write_config(void)
{
	files_write("arpad.yaml",
	        "version: 1\n"
	        "defaults: {ns: [ns1.test, ns2.test], hostmaster: hm@test}\n"
	        "zones: [10.0.0.0/8, 2001:db8::/32, pool.example]\n"
	        "customers:\n"
	        "  isp: {prefixes: [10.0.0.0/8, 2001:db8::/32], domains: [pool.example]}\n");
}

/* Range i of n: a /25 of 10.0.0.0/8, or a /56 of 2001:db8::/32. */
static uint32_t place_of(uint32_t i, uint32_t n)
{
	return (uint32_t)((uint64_t)i * (1U << 17) / n);
}

static void write_ranges(enum kind kind, uint32_t n)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	must(f != NULL, "memory");
	fputs("version: 1\ncustomer: isp\nranges:\n", f);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = place_of(i, n);
		if (kind == IPV6) {
			fprintf(f, "  2001:db8:%x:%x00::/56: '{ip}.pool.example'\n",
			        at >> 8 & 0xffff, at & 0xff);
			continue;
		}
		fprintf(f, "  10.%u.%u.%u/25: '", at >> 9, at >> 1 & 255, (at & 1) * 128);
		if (kind == ONE_SHAPE)
			fputs("h-{ip}.pool.example'\n", f);
		else if (kind == LETTERS)
			fprintf(f, "c%u-{ip}.pool.example'\n", i);
		else
			fprintf(f, "h{n}.c%u.pool.example'\n", i);
	}
	must(fclose(f) == 0, "memory");
	files_write("customers/isp.yaml", text);
	free(text);
}

/* Load, compile; seconds of both. */
static struct snapshot *load(double *seconds)
{
	struct snapshot *s;
	struct config c;

	double begin = now_s();
	config_init(&c);
	must(config_load(&c, "arpad.yaml", NULL, NULL) == OK && c.diags.errors == 0, "load");
	must(compile_plan(&s, &c.plan, NULL, 1) == OK, "compile");
	*seconds = now_s() - begin;
	config_free(&c);
	return s;
}

static size_t octets_of(const struct snapshot *s)
{
	size_t sum = 0;

	for (uint32_t i = 0; i < s->count; i++)
		sum += s->images[i]->size;
	return sum;
}

/* The PTR of a random address of a random range; or (is_name) the address of its name. */
static void ask(struct question *q, enum kind kind, uint32_t n, bool is_name)
{
	static const uint8_t header[12] = {0, 1, 0, 0, 0, 1};
	uint32_t i = (uint32_t)random() % n, at = place_of(i, n), host = (uint32_t)random() & 127;
	struct addr a = {.len = kind == IPV6 ? 16 : 4};
	char text[NAME_TEXT_MAX];
	struct name name;

	if (kind == IPV6) {
		memcpy(a.octets, "\x20\x01\x0d\xb8", 4);
		a.octets[4] = (uint8_t)(at >> 16);
		a.octets[5] = (uint8_t)(at >> 8);
		a.octets[6] = (uint8_t)at;
		a.octets[15] = (uint8_t)host;
	} else {
		host += (at & 1) * 128;
		memcpy(a.octets,
		        (uint8_t[]){10, (uint8_t)(at >> 9), (uint8_t)(at >> 1), (uint8_t)host}, 4);
	}
	must(name_from_addr(&name, &a, 8U * a.len) == OK, "address");
	if (is_name && kind == IPV6)
		snprintf(text, sizeof text,
		        "2001-0db8-%02x%02x-%02x00-0000-0000-0000-%04x.pool.example", a.octets[4],
		        a.octets[5], a.octets[6], host);
	else if (is_name && kind == OWNERS)
		snprintf(text, sizeof text, "h%u.c%u.pool.example", host & 127, i);
	else if (is_name && kind == LETTERS)
		snprintf(text, sizeof text, "c%u-10-%u-%u-%u.pool.example", i, a.octets[1],
		        a.octets[2], a.octets[3]);
	else if (is_name)
		snprintf(text, sizeof text, "h-10-%u-%u-%u.pool.example", a.octets[1], a.octets[2],
		        a.octets[3]);
	if (is_name)
		must(name_from_text(&name, text, strlen(text)) == OK, "name");
	memcpy(q->octets, header, sizeof header);
	memcpy(q->octets + sizeof header, name.wire, name.len);
	uint16_t type = !is_name ? 12 : kind == IPV6 ? 28 : 1;
	memcpy(q->octets + sizeof header + name.len, (uint8_t[]){0, (uint8_t)type, 0, 1}, 4);
	q->len = (uint16_t)(sizeof header + name.len + 4);
}

/* Nanoseconds an answer. */
static double answer_all(const struct snapshot *s, const struct question *questions, uint32_t count)
{
	static const struct answer_config config = {.udp_size = 1232};
	static uint8_t room[ANSWER_BATCH_MAX][ANSWER_UDP_MAX];
	struct query queries[ANSWER_BATCH_MAX];
	struct response responses[ANSWER_BATCH_MAX];

	double begin = now_s();
	for (uint32_t i = 0; i + 16 <= count; i += 16) {
		for (unsigned k = 0; k < 16; k++) {
			queries[k] = (struct query){
			        questions[i + k].octets, questions[i + k].len, TRANSPORT_UDP};
			responses[k] =
			        (struct response){.octets = room[k], .capacity = ANSWER_UDP_MAX};
		}
		answer_batch(s, &config, queries, responses, 16);
		for (unsigned k = 0; k < 16; k++)
			must(responses[k].kind == ANSWER_POSITIVE, "an answer");
	}
	return (now_s() - begin) * 1e9 / count;
}

struct side {
	uint32_t ranges;
	struct snapshot *snapshot;
	struct question *questions;
	double load_s, best_ns;
};

static void fill(struct side *side, enum kind kind, bool is_name, uint32_t count)
{
	side->best_ns = 1e9;
	for (uint32_t i = 0; i < count; i++)
		ask(&side->questions[i], kind, side->ranges, is_name);
}

static void compare(enum kind kind, uint32_t ranges, uint32_t count, unsigned rounds)
{
	struct side sides[2] = {{.ranges = 10}, {.ranges = ranges}};

	for (unsigned i = 0; i < 2; i++) {
		write_ranges(kind, sides[i].ranges);
		sides[i].snapshot = load(&sides[i].load_s);
		sides[i].questions = malloc(count * sizeof *sides[i].questions);
		must(sides[i].questions != NULL, "memory");
	}
	printf("%-16s loaded in %.2f s, %.1f octets a range\n", kind_names[kind], sides[1].load_s,
	        (double)octets_of(sides[1].snapshot) / ranges);
	for (unsigned is_name = 0; is_name < 2; is_name++) {
		fill(&sides[0], kind, is_name, count);
		fill(&sides[1], kind, is_name, count);
		for (unsigned r = 0; r < 2 * rounds; r++) {
			struct side *side = &sides[r % 2];
			double ns = answer_all(side->snapshot, side->questions, count);
			side->best_ns = ns < side->best_ns ? ns : side->best_ns;
		}
		printf("%-16s %s: %.1f ns among %u, %.1f ns among %u: %.2f times\n", "",
		        is_name ? "name to address" : "address to name", sides[0].best_ns,
		        sides[0].ranges, sides[1].best_ns, sides[1].ranges,
		        sides[1].best_ns / sides[0].best_ns);
	}
	for (unsigned i = 0; i < 2; i++) {
		snapshot_unref(sides[i].snapshot);
		free(sides[i].questions);
	}
}

/* What one range adds to the images, whatever its size. */
static void measure_sizes(void)
{
	static const char *const blocks[] = {
	        "10.0.0.0/30", "10.0.0.0/8", "2001:db8::/126", "2001:db8::/32"};
	char text[200];
	double seconds;

	files_write("customers/isp.yaml", "version: 1\ncustomer: isp\n");
	struct snapshot *none = load(&seconds);
	for (unsigned i = 0; i < sizeof blocks / sizeof *blocks; i++) {
		snprintf(text, sizeof text,
		        "version: 1\ncustomer: isp\nranges:\n  %s: '{ip}.pool.example'\n",
		        blocks[i]);
		files_write("customers/isp.yaml", text);
		struct snapshot *one = load(&seconds);
		printf("one range %-16s %zu octets more in the images, loaded in %.2f ms\n",
		        blocks[i], octets_of(one) - octets_of(none), seconds * 1e3);
		snapshot_unref(one);
	}
	snapshot_unref(none);
}

int main(int argc, char **argv)
{
	uint32_t ranges = 100000, count = 1U << 18;
	unsigned rounds = 7;

	for (int i = 1; i + 1 < argc; i += 2) {
		uint32_t number = (uint32_t)strtoul(argv[i + 1], NULL, 10);
		if (strcmp(argv[i], "--ranges") == 0)
			ranges = number;
		else if (strcmp(argv[i], "--queries") == 0)
			count = number;
		else if (strcmp(argv[i], "--rounds") == 0)
			rounds = number;
	}
	if (argc % 2 == 0 || ranges < 10 || ranges > 1U << 17 || count < 16 || rounds == 0) {
		fputs("usage: ranges [--ranges N] [--queries N] [--rounds N]\n", stderr);
		return 2;
	}
	srandom(1);
	files_begin();
	write_config();
	measure_sizes();
	for (unsigned kind = 0; kind < KINDS; kind++)
		compare((enum kind)kind, ranges, count, rounds);
	files_end();
	return 0;
}
