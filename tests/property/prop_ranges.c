/* SPDX-License-Identifier: ISC */
/* tests/property/prop_ranges.c - ranges, delegations, hosts and records of random operators, from
 * their files to the answers, against a naive oracle: every address of the /16, every name that
 * was made, and names that are almost there. */
#include "server/answer.h"
#include "server/query.h"
#include "tests/help/answer_check.h"
#include "tests/help/files.h"
#include "tests/help/load.h"
#include "tests/help/message.h"
#include "tests/help/random.h"
#include "tests/help/range_draw.h"
#include "tests/help/range_oracle.h"
#include "tests/unit/unit.h"
#include "zone/rr.h"
#include "zone/sanitized.h"

#define ROUNDS      30U
#define NEAR_MISSES 50000U                   /* a round */
#define STEP        (IS_SANITIZED ? 5U : 1U) /* of all these one in so many is asked */

static struct model model;
static struct range_oracle oracle;

/* How often each kind of answer was met: one that never comes is not tested. */
enum {
	MET_PTR,
	MET_ADDRESS,
	MET_CUT,
	MET_ADDITIONAL,
	MET_DS,
	MET_LINKS,
	MET_NXDOMAIN,
	MET_NODATA,
	MET_COUNT
};

static unsigned met[MET_COUNT];

/* Questions that are asked together. */
struct batch {
	const struct snapshot *snapshot;
	unsigned seed, count;
	struct name names[ANSWER_BATCH_MAX];
	uint16_t types[ANSWER_BATCH_MAX];
};

static void count_met(const struct due *due, const uint8_t *m)
{
	met[MET_ADDITIONAL] += due->cut_zone != ZONE_NONE && message_get16(m + 10);
	met[MET_CUT] += due->cut_zone != ZONE_NONE;
	met[MET_LINKS] += due->link_count > 1;
	met[MET_NXDOMAIN] += due->rcode == RCODE_NXDOMAIN;
	met[MET_NODATA] += due->rcode == RCODE_NOERROR && due->soa_zone != ZONE_NONE;
	if (due->count == 0)
		return;
	uint16_t type = due->answer[due->count - 1].type;
	met[MET_PTR] += type == RR_PTR;
	met[MET_ADDRESS] += type == RR_A || type == RR_AAAA;
	met[MET_DS] += type == RR_DS;
}

/* Said before a claim fails. */
static void explain(
        const struct batch *b, unsigned i, const struct due *due, const uint8_t *m, size_t len)
{
	char text[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX];

	name_to_text(text, b->names[i].wire);
	printf("SEED=%u: %s %s\n", b->seed, text, rr_type_text(type, b->types[i]));
	answer_explain(m, len, due, &oracle.flat);
}

static void ask_all(struct batch *b)
{
	static uint8_t in[ANSWER_BATCH_MAX][MESSAGE_QUERY_MAX], out[ANSWER_BATCH_MAX][65535];
	static struct due due;
	const struct answer_config config = {.udp_size = 1232};
	struct query queries[ANSWER_BATCH_MAX];
	struct response responses[ANSWER_BATCH_MAX];
	struct random_record first;

	for (unsigned i = 0; i < b->count; i++) {
		queries[i] = (struct query){in[i],
		        (uint16_t)message_query_wire(in[i], 0, b->names[i].wire, b->types[i]),
		        TRANSPORT_TCP};
		responses[i] = (struct response){.octets = out[i], .capacity = 65535};
	}
	answer_batch(b->snapshot, &config, queries, responses, b->count);
	for (unsigned i = 0; i < b->count; i++) {
		first.type = 0;
		if (b->types[i] == RR_ANY && responses[i].len > 12 && message_get16(out[i] + 6))
			answer_read_record(&first, out[i], 12U + b->names[i].len + 4);
		flat_ask(&due, &oracle.flat, b->names[i].wire, b->types[i], first.type);
		bool right = responses[i].len > 12 && answer_is_right(out[i], &due, &oracle.flat);
		if (!right)
			explain(b, i, &due, out[i], responses[i].len);
		assert_true(right);
		count_met(&due, out[i]);
	}
	b->count = 0;
}

static void ask(struct batch *b, const struct name *name, uint16_t type)
{
	b->names[b->count] = *name;
	b->types[b->count++] = type;
	if (b->count == ANSWER_BATCH_MAX)
		ask_all(b);
}

static void name_of_text(struct name *out, const char *text)
{
	assert_int_equal(name_from_text(out, text, strlen(text)), OK);
}

static uint16_t random_type(void)
{
	static const uint16_t types[] = {RR_A, RR_A, RR_A, RR_PTR, RR_PTR, RR_PTR, RR_AAAA, RR_AAAA,
	        RR_TXT, RR_NS, RR_DS, RR_CNAME, RR_ANY, RR_SOA, RR_DNAME};

	return types[random_below(ARRAY_LENGTH(types))];
}

static void ask_addresses(struct batch *b, unsigned step)
{
	char text[MODEL_NAME_MAX];
	struct name name;

	for (unsigned i = random_below(step); i < 65536; i += step) {
		model_reverse_name(text, 0x0a000000U | model.net << 16 | i, 4, 32);
		name_of_text(&name, text);
		ask(b, &name, random_below(16) ? RR_PTR : random_type());
	}
}

static void ask_facts(struct batch *b, unsigned step)
{
	struct name name;

	for (size_t i = random_below(step); i < oracle.flat.fact_count; i += step) {
		const struct flat_fact *fact = oracle.flat.facts[i];
		if (fact->type == RR_PTR && random_below(8))
			continue; /* its address was asked for */
		name_copy(&name, fact->owner);
		ask(b, &name, random_below(32) ? fact->type : random_type());
		if (fact->type == RR_NS)
			ask(b, &name, RR_DS);
	}
}

/* An address of a range, or one beside it. */
static unsigned __int128 address_near(const struct model_block *b)
{
	switch (random_below(6)) {
	case 0:
		return b->first - 1;
	case 1:
		return b->first;
	case 2:
		return b->last;
	case 3:
		return b->last + 1;
	default:
		return draw_address(b);
	}
}

static const struct model_block *random_block(void)
{
	const struct model_customer *c = &model.customers[random_below(model.customer_count)];

	switch (random_below(3)) {
	case 0:
		return &c->blocks[random_below(c->block_count)];
	case 1:
		if (model.delegation_count)
			return &model.delegations[random_below(model.delegation_count)].block;
		/* fall through */
	default:
		return &model.ranges[random_below(model.range_count)].block;
	}
}

/* A name that is there, or was to be there, or leads somewhere. */
static void random_base(struct name *out)
{
	const struct model_range *r = &model.ranges[random_below(model.range_count)];
	const struct flat_fact *fact =
	        oracle.flat.facts[random_below((uint32_t)oracle.flat.fact_count)];
	const struct model_block *b = random_block();
	char label[MODEL_LABEL_MAX], text[MODEL_NAME_MAX];

	switch (random_below(8)) {
	case 0:
	case 1:
		if (rr_is_one_name(fact->type) && random_below(2))
			name_copy(out, fact->rdata);
		else
			name_copy(out, fact->owner);
		return;
	case 2:
	case 3:
	case 4:
		if (*r->shape &&
		        model_label(label, r, address_near(&r->block)) <= LABEL_MAX_OCTETS) {
			snprintf(text, sizeof text, "%s.%s", label, r->owner);
			break;
		}
		/* fall through */
	default:
		model_reverse_name(text, address_near(b), b->len, 8U * b->len);
		break;
	}
	name_of_text(out, text);
}

static void random_case(struct name *n)
{
	for (unsigned i = 0; i < n->len; i++) /* 0x20: letters in any case, lengths untouched */
		if ((uint8_t)((n->wire[i] | 0x20) - 'a') < 26 && n->wire[i] > 63 &&
		        random_below(2) == 0)
			n->wire[i] ^= 0x20;
}

static void put_before(struct name *n, const char *label)
{
	uint8_t wire[1 + LABEL_MAX_OCTETS];
	struct name longer;

	wire[0] = (uint8_t)strlen(label);
	memcpy(wire + 1, label, wire[0]);
	if (name_join(&longer, wire, 1U + wire[0], n->wire) == OK)
		*n = longer;
}

static void drop_label(struct name *n)
{
	struct name shorter;

	if (n->wire[0] == 0)
		return;
	name_copy(&shorter, n->wire + 1 + n->wire[0]);
	*n = shorter;
}

/* Put an octet into the first label, or take one away, or another in its place. */
static void change_label(struct name *n)
{
	static const char octets[] = "0123456789abcdefghpqvxz-";
	char label[1 + LABEL_MAX_OCTETS];
	unsigned len = n->wire[0], at = len ? random_below(len) : 0;
	char c = octets[random_below(sizeof octets - 1)];

	if (len == 0 || len == LABEL_MAX_OCTETS)
		return;
	memcpy(label, n->wire + 1, len);
	switch (random_below(4)) {
	case 0:
		label[at] = c;
		break;
	case 1: /* leading zeros */
		c = '0';
		/* fall through */
	case 2:
		memmove(label + at + 1, label + at, len - at);
		label[at] = c;
		len++;
		break;
	default:
		memmove(label + at, label + at + 1, len - at - 1);
		len--;
		break;
	}
	label[len] = 0;
	drop_label(n);
	if (len)
		put_before(n, label);
}

static void random_qname(struct name *out)
{
	static const char *const labels[] = {"*", "0", "1", "255", "256", "x", "www", "below", "a",
	        "f", "0-127", "01", "p.q", "rev", "lead"};

	random_base(out);
	for (unsigned i = random_below(4); i; i--) {
		switch (random_below(5)) {
		case 0:
			put_before(out, labels[random_below(ARRAY_LENGTH(labels))]);
			break;
		case 1:
			drop_label(out);
			break;
		case 2:
			drop_label(out);
			put_before(out, labels[random_below(ARRAY_LENGTH(labels))]);
			break;
		case 3:
			change_label(out);
			break;
		default:
			random_case(out);
			break;
		}
	}
	if (random_below(20) == 0 && model.record_count) { /* below a DNAME or a cut */
		const struct model_record *r = &model.records[random_below(model.record_count)];
		struct name above, longer;
		name_of_text(&above, r->owner);
		if (name_join(&longer, out->wire, *out->wire ? 1U + *out->wire : 0, above.wire) ==
		        OK)
			*out = longer;
	}
}

/* Load the model behind `last` (may be NULL), and ask: of what is there, one in `step`. */
static struct generation run_model(
        struct config *c, const struct generation *last, unsigned seed, unsigned step)
{
	static struct batch b;
	struct generation g;
	struct name name;

	model_write(&model);
	g = last ? load_merged(c, last) : load_files(c, NULL);
	if (c->diags.errors) {
		printf("SEED=%u\n", seed);
		diag_print(&c->diags, stdout);
	}
	assert_int_equal(c->diags.errors, 0);
	range_oracle_build(&oracle, &model);
	b = (struct batch){.snapshot = g.snapshot, .seed = seed};
	ask_addresses(&b, step);
	ask_facts(&b, step);
	for (unsigned i = 0; i < NEAR_MISSES / step; i++) {
		random_qname(&name);
		ask(&b, &name, random_type());
	}
	ask_all(&b);
	range_oracle_free(&oracle);
	return g;
}

/* All of it behind a part, and a part behind all: images are merged, both ways. */
static void run_round(unsigned seed)
{
	static struct model all;
	struct config config;
	struct generation first, second, third;

	range_draw(&all, seed);
	range_draw_less(&model, &all);
	first = run_model(&config, NULL, seed, 16 * STEP);
	config_free(&config);
	model = all;
	second = run_model(&config, &first, seed, STEP);
	config_free(&config);
	range_draw_less(&model, &all);
	third = run_model(&config, &second, seed, 4 * STEP);
	config_free(&config);
	generation_free(&third);
	generation_free(&second);
	generation_free(&first);
}

static void ranges_and_delegations_answer_as_the_oracle(void **state)
{
	const char *seed = getenv("SEED"); /* one round alone */
	(void)state;

	files_begin();
	for (unsigned i = 0; i < ROUNDS && !seed; i++)
		run_round(i);
	if (seed)
		run_round((unsigned)strtoul(seed, NULL, 10));
	files_end();
	for (unsigned i = 0; i < MET_COUNT && !seed; i++)
		assert_true(met[i] > NEAR_MISSES / STEP / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(ranges_and_delegations_answer_as_the_oracle)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
