/* SPDX-License-Identifier: ISC */
/* bench/micro.c - what a pair costs in memory and an answer in time, without YAML and sockets.
 *
 *     micro [--pairs N] [--customers N] [--ipv6 PERCENT] [--rules PERCENT] [--queries N]
 *           [--rounds N] [--only CASE] [--kind KIND] [--count 1]
 *
 * A made-up network (tests/help/network.h) becomes a plan and is compiled. Then random queries are
 * taken through the stages of an answer, each with those before it: what a stage costs is the
 * difference. Printed is the best round: what disturbs only makes slower.
 *
 *     ptr, a        a pair, by its address and by its name
 *     miss          a name beside that of a pair
 *     range-ptr, range-a, referral, rfc2317
 *                   with --rules: what a range makes, a zone cut, a CNAME into one
 *
 * --only and --kind run one case. --count 1, under `valgrind --tool=callgrind --instr-atstart=no`:
 * each case once, its instructions dumped under the name CASE:KIND; the loop around the queries is
 * counted, too. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined __has_include && __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS_AT(name) ((void)(name))
#endif

#include "server/answer.h"
#include "server/query.h"
#include "tests/help/must.h"
#include "tests/help/network.h"
#include "tests/help/small_plan.h"
#include "zone/lookup.h"

#define QUERY_MAX   300
#define NOINLINE    __attribute__((noinline))
#define CONST_STAGE static inline __attribute__((always_inline))

enum kind { PTR, ADDRESS, MISS, RANGE_PTR, RANGE_ADDRESS, REFERRAL, CNAME, KINDS };

static const char *const kinds[KINDS] = {
        "ptr", "a", "miss", "range-ptr", "range-a", "referral", "rfc2317"};

struct bench {
	struct network network;
	const struct snapshot *snapshot;
	uint32_t count; /* queries of each kind */
	unsigned rounds;
	bool is_counted;
	const char *only, *only_kind; /* NULL: all */
	struct query *queries;        /* of the kind that is measured now */
	unsigned batch;
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void make_rules(struct small_plan *s, const struct network *n)
{
	char text[NAME_TEXT_MAX];
	struct prefix p;

	for (uint32_t i = 0; i < network_rules_count(n); i++) {
		network_rule(i, NETWORK_RANGE, &p);
		snprintf(text, sizeof text, "h-{ip}.pool.cust%u.example",
		        network_rules_customer(n, i));
		small_plan_range(s, &p, text);
		network_rule(i, NETWORK_REFERRAL, &p);
		small_plan_delegation(s, &p, NULL);
		network_rule(i, NETWORK_CNAMES, &p);
		const uint8_t *o = p.addr.octets;
		snprintf(text, sizeof text, "0-127.%u.%u.%u.in-addr.arpa", o[2], o[1], o[0]);
		small_plan_delegation(s, &p, text);
	}
}

/* The plan, without YAML: zones as bench/gen writes them, and all pairs in one source. */
static void make_plan(struct small_plan *s, const struct network *n)
{
	char text[NAME_TEXT_MAX];
	struct prefix p;
	struct addr a;
	struct name name;

	small_plan_init(s);
	for (uint32_t i = 0; i < network_zone_count(n); i++) {
		network_zone(n, i, &p);
		prefix_to_text(text, &p);
		small_plan_zone(s, text);
	}
	small_plan_zone(s, "2001:db8::/32");
	for (uint32_t i = 0; i < n->customers; i++) {
		snprintf(text, sizeof text, "cust%u.example", i);
		small_plan_zone(s, text);
	}
	for (uint32_t i = 0; i < n->pairs; i++) {
		network_addr(n, i, &a);
		network_name(n, i, text);
		must(name_from_text(&name, text, strlen(text)) == OK, text);
		small_plan_pair_wire(s, &a, name.wire, 3600, 0);
	}
	make_rules(s, n);
}

/* Octets in all images, by section, and in all a pair. */
static void print_sizes(const struct bench *b)
{
	/* the last: all that is computed */
	static const char *const names[] = {
	        "apex", "templates", "nodes", "suffixes", "entries", "rules"};
	uint64_t sections[2][SECTION_RULES + 1] = {{0}}, sums[2] = {0};
	_Static_assert(sizeof names / sizeof *names == SECTION_RULES + 1, "a name each");
	double pairs = b->network.pairs;

	for (uint32_t i = 0; i < b->snapshot->count; i++) {
		const struct image *image = b->snapshot->images[i];
		struct image_header h;
		unsigned is_forward = image->prefix.addr.len == 0;
		memcpy(&h, image->octets, sizeof h);
		for (unsigned k = 0; k < SECTION_COUNT; k++)
			sections[is_forward][k < SECTION_RULES ? k : SECTION_RULES] +=
			        h.sections[k].size;
		sums[is_forward] += image->size;
	}
	puts("octets a pair      reverse   forward      both");
	for (unsigned k = 0; k <= SECTION_RULES; k++)
		printf("%-16s %9.2f %9.2f %9.2f\n", names[k], (double)sections[0][k] / pairs,
		        (double)sections[1][k] / pairs,
		        (double)(sections[0][k] + sections[1][k]) / pairs);
	printf("%-16s %9.2f %9.2f %9.2f\n\n", "image", (double)sums[0] / pairs,
	        (double)sums[1] / pairs, (double)(sums[0] + sums[1]) / pairs);
}

/* Copy every image and open the copies. */
static void print_open_time(const struct bench *b)
{
	double s = 0;
	uint64_t octets = 0;

	for (uint32_t i = 0; i < b->snapshot->count; i++) {
		const struct image *image = b->snapshot->images[i];
		struct image *again;
		uint8_t *copy = malloc(image->size);
		must(copy != NULL, "out of memory");
		memcpy(copy, image->octets, image->size);
		octets += image->size;
		double begin = now_s();
		must(image_open(&again, copy, image->size) == OK, "it opens again");
		s += now_s() - begin;
		image_unref(again);
	}
	printf("image_open         %.3f s for %.1f MB in %u images\n\n", s, (double)octets / 1e6,
	        b->snapshot->count);
}

/* What a random query of a kind asks for: the PTR of *a, or (true) the address of the name. */
static bool choose(const struct network *n, enum kind kind, struct addr *a, char *text)
{
	static const enum network_rule rules[KINDS] = {[RANGE_PTR] = NETWORK_RANGE,
	        [RANGE_ADDRESS] = NETWORK_RANGE,
	        [REFERRAL] = NETWORK_REFERRAL,
	        [CNAME] = NETWORK_CNAMES};

	if (kind >= RANGE_PTR) {
		network_rule_addr(n, rules[kind], a);
		network_range_name(n, a, text);
		return kind == RANGE_ADDRESS;
	}
	uint32_t pair = (uint32_t)random() % n->pairs;
	network_addr(n, pair, a);
	if (kind == MISS) /* before a name: one that is not there */
		*text++ = 'x';
	network_name(n, pair, text);
	return kind != PTR;
}

/* A random query of a kind; returns its octets. */
static size_t make_query(const struct bench *b, enum kind kind, uint8_t *out)
{
	char text[NETWORK_NAME_MAX + 1];
	struct addr a;
	struct name name;

	bool is_name = choose(&b->network, kind, &a, text);
	if (is_name)
		must(name_from_text(&name, text, strlen(text)) == OK, text);
	else
		must(name_from_addr(&name, &a, 8U * a.len) == OK, "an address has a name");
	uint16_t type = !is_name ? RR_PTR : a.len == 4 ? RR_A : RR_AAAA;
	memset(out, 0, HEADER_OCTETS);
	out[5] = 1;
	memcpy(out + HEADER_OCTETS, name.wire, name.len);
	const uint8_t tail[] = {(uint8_t)(type >> 8), (uint8_t)type, 0, CLASS_IN};
	memcpy(out + HEADER_OCTETS + name.len, tail, sizeof tail);
	return HEADER_OCTETS + (size_t)name.len + sizeof tail;
}

static struct query *make_queries(const struct bench *b, enum kind kind)
{
	struct query *queries = malloc(b->count * sizeof *queries);
	uint8_t *room = malloc((size_t)b->count * QUERY_MAX), *at = room;

	must(queries && room, "out of memory");
	for (uint32_t i = 0; i < b->count; i++) {
		size_t n = make_query(b, kind, at);
		queries[i] = (struct query){at, (uint16_t)n, TRANSPORT_UDP};
		at += n;
	}
	return queries;
}

enum stage { READ, KEY, ZONE, WALK, JUDGE };

/* Every query as far as `last`, one after the other. */
CONST_STAGE uint64_t go_as_far_as(const struct bench *b, enum stage last)
{
	uint64_t sum = 0; /* of what was found, so that it is not left out */

	for (uint32_t i = 0; i < b->count; i++) {
		struct request request;
		struct trie_key key;
		struct lookup found;
		query_read(&request, b->queries[i].octets, b->queries[i].len);
		sum += request.labels;
		if (last == READ)
			continue;
		trie_key_from_name(&key, request.qname);
		sum += key.symbols[0];
		if (last == KEY)
			continue;
		uint32_t zone = zone_index_find(&b->snapshot->index, &key);
		sum += zone;
		if (last == ZONE)
			continue;
		const struct image *image = b->snapshot->images[zone];
		uint32_t leaf = trie_walk(image->nodes, &key, image->apex_key_len);
		sum += leaf;
		if (last == WALK)
			continue;
		lookup_judge(&found,
		        &(struct sought){image, &key, request.qname, request.at, request.labels},
		        leaf);
		sum += found.kind;
	}
	return sum;
}

NOINLINE static uint64_t bench_read(const struct bench *b)
{
	return go_as_far_as(b, READ);
}

NOINLINE static uint64_t bench_key(const struct bench *b)
{
	return go_as_far_as(b, KEY);
}

NOINLINE static uint64_t bench_zone(const struct bench *b)
{
	return go_as_far_as(b, ZONE);
}

NOINLINE static uint64_t bench_walk(const struct bench *b)
{
	return go_as_far_as(b, WALK);
}

NOINLINE static uint64_t bench_judge(const struct bench *b)
{
	return go_as_far_as(b, JUDGE);
}

NOINLINE static uint64_t bench_answer(const struct bench *b)
{
	static uint8_t room[ANSWER_BATCH_MAX][ANSWER_UDP_MAX];
	static const struct answer_config config = {.udp_size = 1232};
	struct response responses[ANSWER_BATCH_MAX];
	uint64_t sum = 0;

	for (unsigned i = 0; i < ANSWER_BATCH_MAX; i++)
		responses[i] = (struct response){.octets = room[i], .capacity = ANSWER_UDP_MAX};
	for (uint32_t i = 0; i < b->count; i += b->batch) {
		uint32_t n = b->count - i < b->batch ? b->count - i : b->batch;
		answer_batch(b->snapshot, &config, b->queries + i, responses, n);
		sum += responses[0].len;
	}
	return sum;
}

static const struct {
	const char *name;
	unsigned batch;
	uint64_t (*run)(const struct bench *b);
} cases[] = {
        {"read", 0, bench_read},
        {"key", 0, bench_key},
        {"zone", 0, bench_zone},
        {"walk", 0, bench_walk},
        {"judge", 0, bench_judge},
        {"answer-1", 1, bench_answer},
        {"answer-16", 16, bench_answer},
        {"answer-64", 64, bench_answer},
};
#define CASES (sizeof cases / sizeof *cases)

/* What is measured must be what its name says. */
static void check_answers(const struct bench *b, enum kind kind)
{
	static const uint8_t due[KINDS] = {[PTR] = ANSWER_POSITIVE,
	        [ADDRESS] = ANSWER_POSITIVE,
	        [MISS] = ANSWER_NXDOMAIN,
	        [RANGE_PTR] = ANSWER_POSITIVE,
	        [RANGE_ADDRESS] = ANSWER_POSITIVE,
	        [REFERRAL] = ANSWER_REFERRAL,
	        [CNAME] = ANSWER_REFERRAL}; /* behind the CNAME */
	static const struct answer_config config = {.udp_size = 1232};
	uint8_t room[ANSWER_UDP_MAX];

	for (uint32_t i = 0; i < b->count; i++) {
		struct response r = {.octets = room, .capacity = sizeof room};
		answer_batch(b->snapshot, &config, &b->queries[i], &r, 1);
		must(r.kind == due[kind] && (kind != CNAME || room[7] == 1), kinds[kind]);
	}
}

/* Nanoseconds a query in the best round. */
static double measure(struct bench *b, unsigned number)
{
	double best = 1e9;
	uint64_t sum = 0;

	for (unsigned i = 0; i < b->rounds; i++) {
		double begin = now_s();
		sum += cases[number].run(b);
		double ns = (now_s() - begin) * 1e9 / b->count;
		best = ns < best ? ns : best;
	}
	must(sum != 0, "something was found");
	return best;
}

/* The instructions of one case. */
static void count(const struct bench *b, unsigned number, unsigned kind)
{
	char name[64];

	snprintf(name, sizeof name, "%s:%s", cases[number].name, kinds[kind]);
	CALLGRIND_START_INSTRUMENTATION;
	CALLGRIND_ZERO_STATS;
	uint64_t sum = cases[number].run(b);
	CALLGRIND_DUMP_STATS_AT(name);
	CALLGRIND_STOP_INSTRUMENTATION;
	must(sum != 0, "something was found");
}

static bool is_wanted(const struct bench *b, unsigned kind)
{
	if (kind >= RANGE_PTR && !b->network.rules_percent)
		return false;
	return !b->only_kind || strcmp(b->only_kind, kinds[kind]) == 0;
}

static void print_times(struct bench *b)
{
	struct query *queries[KINDS] = {NULL};

	srandom(1);
	printf("%-12s", "ns a query");
	for (unsigned kind = 0; kind < KINDS; kind++) {
		if (!is_wanted(b, kind))
			continue;
		queries[kind] = make_queries(b, kind);
		b->queries = queries[kind];
		check_answers(b, kind);
		printf(" %9s", kinds[kind]);
	}
	putchar('\n');
	for (unsigned i = 0; i < CASES; i++) {
		if (b->only && strcmp(b->only, cases[i].name) != 0)
			continue;
		printf("%-12s", cases[i].name);
		b->batch = cases[i].batch;
		for (unsigned kind = 0; kind < KINDS; kind++) {
			if (!queries[kind])
				continue;
			b->queries = queries[kind];
			if (b->is_counted)
				count(b, i, kind);
			else
				printf(" %9.1f", measure(b, i));
		}
		putchar('\n');
	}
}

static bool read_options(struct bench *b, int argc, char **argv)
{
	for (int i = 1; i < argc; i += 2) {
		if (i + 1 == argc)
			return false;
		uint32_t number = (uint32_t)strtoul(argv[i + 1], NULL, 10);
		if (strcmp(argv[i], "--pairs") == 0)
			b->network.pairs = number;
		else if (strcmp(argv[i], "--ipv6") == 0)
			b->network.ipv6_percent = number;
		else if (strcmp(argv[i], "--customers") == 0)
			b->network.customers = number;
		else if (strcmp(argv[i], "--rules") == 0)
			b->network.rules_percent = number;
		else if (strcmp(argv[i], "--count") == 0)
			b->is_counted = number != 0;
		else if (strcmp(argv[i], "--queries") == 0)
			b->count = number;
		else if (strcmp(argv[i], "--rounds") == 0)
			b->rounds = number;
		else if (strcmp(argv[i], "--only") == 0)
			b->only = argv[i + 1];
		else if (strcmp(argv[i], "--kind") == 0)
			b->only_kind = argv[i + 1];
		else
			return false;
	}
	const struct network *n = &b->network;
	return n->customers >= 1 && n->customers <= 65535 && n->pairs >= n->customers &&
	       n->ipv6_percent <= 50 && n->rules_percent <= 100 && b->count > 0;
}

int main(int argc, char **argv)
{
	struct bench b = {.network = {.pairs = 1000000, .customers = 20, .seed = 1},
	        .count = 1U << 18,
	        .rounds = 5};
	struct small_plan plan;

	if (!read_options(&b, argc, argv)) {
		fputs("usage: micro [--pairs N] [--customers N] [--ipv6 PERCENT] [--rules "
		      "PERCENT]\n"
		      "             [--queries N] [--rounds N] [--only CASE] [--kind KIND]\n"
		      "             [--count 1]\n",
		        stderr);
		return 2;
	}
	make_plan(&plan, &b.network);
	double begin = now_s();
	struct snapshot *snapshot = small_plan_compile(&plan, NULL, 1000);
	double compile_s = now_s() - begin;
	small_plan_free(&plan);
	b.snapshot = snapshot;
	if (!b.only) {
		printf("%u pairs, %u%% of them IPv6\n\n", b.network.pairs, b.network.ipv6_percent);
		print_sizes(&b);
		printf("compile            %.3f s, from plan to verified images\n", compile_s);
		print_open_time(&b);
	}
	print_times(&b);
	snapshot_unref(snapshot);
	return 0;
}
