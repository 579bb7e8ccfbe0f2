/* SPDX-License-Identifier: ISC */
#include "server/answer.h"
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"

static struct snapshot *snapshot;
static const struct answer_config config = {.udp_size = 1232};

/* The network of these tests. */
static int make_snapshot(void **state)
{
	static const struct {
		const char *addr, *name;
	} pairs[] = {
	        {"192.0.2.1", "ns1.test."},
	        {"192.0.2.25", "mail.example."},
	        {"192.0.2.26", "a.b.c.example."},
	        {"10.1.2.3", "host.sub.example."},
	        {"2001:db8::25", "mail.example."},
	};
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, "test.");
	small_plan_zone(&s, "example.");
	small_plan_zone(&s, "sub.example.");
	small_plan_zone(&s, "192.0.2.0/24");
	small_plan_zone(&s, "10.0.0.0/8");
	small_plan_zone(&s, "2001:db8::/32");
	for (unsigned i = 0; i < ARRAY_LENGTH(pairs); i++)
		small_plan_pair(&s, pairs[i].addr, pairs[i].name, 60, 0);
	for (unsigned i = 0; i < 100; i++) { /* too many for a small response */
		char addr[20];
		snprintf(addr, sizeof addr, "10.2.0.%u", i);
		small_plan_pair(&s, addr, "many.example.", 60, 0);
	}
	snapshot = small_plan_compile(&s, NULL, 1000);
	small_plan_free(&s);
	return 0;
}

static int drop_snapshot(void **state)
{
	(void)state;
	snapshot_unref(snapshot);
	return 0;
}

struct message {
	uint8_t octets[65535];
	uint16_t len;
};

static void add(struct message *m, const void *octets, size_t n)
{
	memcpy(m->octets + m->len, octets, n);
	m->len = (uint16_t)(m->len + n);
}

static void add16(struct message *m, unsigned value)
{
	uint8_t octets[] = {(uint8_t)(value >> 8), (uint8_t)value};

	add(m, octets, 2);
}

/* A query for a name in presentation form, class IN, RD set. */
static void ask(struct message *m, const char *name, unsigned type)
{
	static const uint8_t header[] = {0x12, 0x34, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0};
	struct name n;

	m->len = 0;
	add(m, header, sizeof header);
	assert_int_equal(name_from_text(&n, name, strlen(name)), OK);
	add(m, n.wire, n.len);
	add16(m, type);
	add16(m, CLASS_IN);
}

static void add_opt(struct message *m, unsigned payload, unsigned version, unsigned flags,
        const void *options, size_t n)
{
	m->octets[11]++;
	add(m, "", 1);
	add16(m, RR_OPT);
	add16(m, payload);
	add16(m, version);
	add16(m, flags);
	add16(m, (unsigned)n);
	add(m, options, n);
}

static struct response answer(const struct message *query, struct message *out, enum transport t)
{
	struct query q = {query->octets, query->len, (uint8_t)t};
	struct response r = {.octets = out->octets,
	        .capacity = t == TRANSPORT_TCP ? ANSWER_TCP_MAX : ANSWER_UDP_MAX};

	answer_batch(snapshot, &config, &q, &r, 1);
	out->len = r.len;
	return r;
}

static unsigned get16(const uint8_t *p)
{
	return (unsigned)(p[0] << 8 | p[1]);
}

/* A name in a response, pointers followed; returns the octets it takes at `at`. */
static size_t print_name(FILE *out, const struct message *m, size_t at)
{
	size_t begin = at, after = 0;
	struct name n = {0};
	char text[NAME_TEXT_MAX];

	for (;;) {
		assert_true(at < m->len);
		uint8_t c = m->octets[at];
		if (c >= 0xc0) {
			after = after ? after : at + 2;
			size_t to = get16(m->octets + at) & 0x3fff;
			assert_true(to < at && to >= 12); /* backwards, never into the header */
			at = to;
			continue;
		}
		assert_true(c <= 63);
		memcpy(n.wire + n.len, m->octets + at, 1U + c);
		n.len = (uint8_t)(n.len + 1 + c);
		at += 1U + c;
		if (!c)
			break;
	}
	name_to_text(text, n.wire);
	fputs(text, out);
	return (after ? after : at) - begin;
}

static size_t print_record(FILE *out, const struct message *m, size_t at)
{
	size_t begin = at;
	char type[RR_TYPE_TEXT_MAX], text[ADDR_TEXT_MAX];

	at += print_name(out, m, at);
	unsigned number = get16(m->octets + at), n = get16(m->octets + at + 8);
	unsigned ttl = get16(m->octets + at + 4) << 16 | get16(m->octets + at + 6);
	if (number == RR_OPT) {
		fprintf(out, " OPT %u %04x%04x ", get16(m->octets + at + 2), ttl >> 16,
		        ttl & 0xffff);
	} else {
		assert_int_equal(get16(m->octets + at + 2), CLASS_IN);
		fprintf(out, " %u %s ", ttl, rr_type_text(type, (uint16_t)number));
	}
	at += 10;
	assert_true(at + n <= m->len);
	if (number == RR_A || number == RR_AAAA) {
		struct addr a = {.len = (uint8_t)n};
		memcpy(a.octets, m->octets + at, n);
		addr_to_text(text, &a);
		fputs(text, out);
	} else if (rr_is_one_name((uint16_t)number)) {
		assert_int_equal(print_name(out, m, at), n);
	} else if (number == RR_SOA) {
		size_t mname = print_name(out, m, at);
		fputc(' ', out);
		size_t rname = print_name(out, m, at + mname);
		assert_int_equal(mname + rname + 20, n);
		const uint8_t *numbers = m->octets + at + mname + rname;
		for (unsigned i = 0; i < 20; i += 4)
			fprintf(out, " %u", get16(numbers + i) << 16 | get16(numbers + i + 2));
	} else {
		for (unsigned i = 0; i < n; i++)
			fprintf(out, "%02x", m->octets[at + i]);
	}
	fputc('\n', out);
	return at + n - begin;
}

/* A response as text: flags and RCODE, then a line for each record, by section. */
static char *print(const struct message *m)
{
	static const char *const sections[] = {"", "auth ", "add "};
	char *text = NULL;
	size_t size, at = 12;
	FILE *out = open_memstream(&text, &size);

	fprintf(out, "%04x qd=%u\n", get16(m->octets + 2), get16(m->octets + 4));
	for (unsigned i = get16(m->octets + 4); i; i--) {
		FILE *nowhere = fopen("/dev/null", "w");
		at += print_name(nowhere, m, at) + 4;
		fclose(nowhere);
	}
	for (unsigned s = 0; s < 3; s++) {
		for (unsigned i = get16(m->octets + 6 + 2 * s); i; i--) {
			fputs(sections[s], out);
			at += print_record(out, m, at);
		}
	}
	assert_int_equal(at, m->len);
	fclose(out);
	return text;
}

static void expect(const struct message *query, enum transport t, const char *expected)
{
	static struct message out;
	struct response r = answer(query, &out, t);

	assert_true(r.len > 0);
	char *text = print(&out);
	assert_string_equal(text, expected);
	free(text);
	assert_memory_equal(out.octets, query->octets, 2);
	if (out.octets[5]) /* the question is copied octet for octet, 0x20 case kept */
		assert_memory_equal(
		        out.octets + 12, query->octets + 12, name_length(query->octets + 12) + 4);
}

#define SOA(apex)        "auth " apex " 300 SOA ns1.test. hm.test. 1000 1 2 3 300\n"
#define NS_AND_ADDRESSES "add ns1.test. 60 A 192.0.2.1\n"

static void hosts_are_answered(void **state)
{
	static const struct {
		const char *name;
		unsigned type;
		const char *expected;
	} cases[] = {
	        /* exact owner and type: AA, RD copied, nothing but the answer */
	        {"25.2.0.192.in-addr.arpa.", RR_PTR,
	                "8500 qd=1\n25.2.0.192.in-addr.arpa. 60 PTR mail.example.\n"},
	        {"25.2.0.192.IN-ADDR.arpa.", RR_PTR,
	                "8500 qd=1\n25.2.0.192.IN-ADDR.arpa. 60 PTR mail.example.\n"},
	        {"MAIL.Example.", RR_A, "8500 qd=1\nMAIL.Example. 60 A 192.0.2.25\n"},
	        {"mail.example.", RR_AAAA, "8500 qd=1\nmail.example. 60 AAAA 2001:db8::25\n"},
	        {"5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6.arpa.",
	                RR_PTR,
	                "8500 qd=1\n"
	                "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6.arpa. "
	                "60 PTR mail.example.\n"},
	        /* NODATA, and types that are not there or not known */
	        {"mail.example.", RR_MX, "8500 qd=1\n" SOA("example.")},
	        {"mail.example.", 65280, "8500 qd=1\n" SOA("example.")},
	        {"25.2.0.192.in-addr.arpa.", RR_A, "8500 qd=1\n" SOA("2.0.192.in-addr.arpa.")},
	        /* empty non-terminals, RFC 8020 */
	        {"b.c.example.", RR_A, "8500 qd=1\n" SOA("example.")},
	        {"c.example.", RR_A, "8500 qd=1\n" SOA("example.")},
	        {"2.1.10.in-addr.arpa.", RR_PTR, "8500 qd=1\n" SOA("10.in-addr.arpa.")},
	        {"0.8.b.d.0.1.0.0.2.ip6.arpa.", RR_PTR,
	                "8500 qd=1\n" SOA("8.b.d.0.1.0.0.2.ip6.arpa.")},
	        /* NXDOMAIN: nothing at or below */
	        {"26.2.0.192.in-addr.arpa.", RR_PTR,
	                "8500 qd=1\n26.2.0.192.in-addr.arpa. 60 PTR a.b.c.example.\n"},
	        {"27.2.0.192.in-addr.arpa.", RR_PTR, "8503 qd=1\n" SOA("2.0.192.in-addr.arpa.")},
	        {"2.2.0.192.in-addr.arpa.", RR_PTR, "8503 qd=1\n" SOA("2.0.192.in-addr.arpa.")},
	        {"025.2.0.192.in-addr.arpa.", RR_PTR, "8503 qd=1\n" SOA("2.0.192.in-addr.arpa.")},
	        {"1.25.2.0.192.in-addr.arpa.", RR_PTR, "8503 qd=1\n" SOA("2.0.192.in-addr.arpa.")},
	        {"x.2.0.192.in-addr.arpa.", RR_PTR, "8503 qd=1\n" SOA("2.0.192.in-addr.arpa.")},
	        {"xmail.example.", RR_A, "8503 qd=1\n" SOA("example.")},
	        {"mai.example.", RR_A, "8503 qd=1\n" SOA("example.")},
	        {"mail\\000.example.", RR_A, "8503 qd=1\n" SOA("example.")},
	        {"\\255.b.c.example.", RR_A, "8503 qd=1\n" SOA("example.")},
	        {"1.8.b.d.0.1.0.0.2.ip6.arpa.", RR_PTR,
	                "8503 qd=1\n" SOA("8.b.d.0.1.0.0.2.ip6.arpa.")},
	        /* apex */
	        {"example.", RR_NS,
	                "8500 qd=1\nexample. 3600 NS ns1.test.\nexample. 3600 NS ns2.test.\n" //
	                NS_AND_ADDRESSES},
	        {"example.", RR_SOA,
	                "8500 qd=1\nexample. 3600 SOA ns1.test. hm.test. 1000 1 2 3 300\n"},
	        {"example.", RR_A, "8500 qd=1\n" SOA("example.")},
	        /* ANY: one RRset, RFC 8482 */
	        {"mail.example.", RR_ANY, "8500 qd=1\nmail.example. 60 A 192.0.2.25\n"},
	        {"c.example.", RR_ANY, "8500 qd=1\n" SOA("example.")},
	        {"example.", RR_ANY,
	                "8500 qd=1\nexample. 3600 NS ns1.test.\n"
	                "example. 3600 NS ns2.test.\n"},
	        /* a zone served below another answers for itself; DS is the parent's */
	        {"host.sub.example.", RR_A, "8500 qd=1\nhost.sub.example. 60 A 10.1.2.3\n"},
	        {"no.sub.example.", RR_A, "8503 qd=1\n" SOA("sub.example.")},
	        {"sub.example.", RR_A, "8500 qd=1\n" SOA("sub.example.")},
	        {"sub.example.", RR_DS, "8500 qd=1\n" SOA("example.")},
	        {"example.", RR_DS, "8500 qd=1\n" SOA("example.")},
	        {"host.sub.example.", RR_DS, "8500 qd=1\n" SOA("sub.example.")},
	        /* no zone of ours; transfers without leave */
	        {"other.", RR_A, "8105 qd=1\n"},
	        {".", RR_NS, "8105 qd=1\n"},
	        {"3.0.192.in-addr.arpa.", RR_PTR, "8105 qd=1\n"},
	        {"example.", RR_AXFR, "8105 qd=1\n"},
	        {"example.", RR_IXFR, "8105 qd=1\n"},
	};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		static struct message q;
		ask(&q, cases[i].name, cases[i].type);
		expect(&q, TRANSPORT_UDP, cases[i].expected);
		expect(&q, TRANSPORT_TCP, cases[i].expected);
	}
}

static void silence_for_what_is_short_or_an_answer(void **state)
{
	static struct message q, out;
	(void)state;

	ask(&q, "mail.example.", RR_A);
	for (q.len = 0; q.len < 12; q.len++)
		assert_int_equal(answer(&q, &out, TRANSPORT_UDP).len, 0);
	ask(&q, "mail.example.", RR_A);
	q.octets[2] |= 0x80;
	assert_int_equal(answer(&q, &out, TRANSPORT_UDP).kind, ANSWER_NONE);
	assert_int_equal(out.len, 0);
}

static void malformed_questions_get_a_header_and_formerr(void **state)
{
	static struct message q;
	(void)state;

	ask(&q, "mail.example.", RR_A);
	for (q.len = 12; q.len < 12 + 14 + 4; q.len++) /* cut short everywhere */
		expect(&q, TRANSPORT_UDP, "8101 qd=0\n");
	ask(&q, "mail.example.", RR_A);
	q.octets[12] = 64; /* a label type that is reserved */
	expect(&q, TRANSPORT_UDP, "8101 qd=0\n");
	ask(&q, "mail.example.", RR_A);
	q.octets[12] = 0xc0; /* a pointer */
	q.octets[13] = 12;
	expect(&q, TRANSPORT_UDP, "8101 qd=0\n");
	ask(&q, "mail.example.", RR_A);
	q.octets[5] = 2; /* RFC 9619 */
	expect(&q, TRANSPORT_UDP, "8101 qd=0\n");
	q.octets[5] = 0;
	expect(&q, TRANSPORT_UDP, "8101 qd=0\n");
	ask(&q, "mail.example.", RR_A);
	q.octets[7] = 1; /* an answer section that is not there */
	expect(&q, TRANSPORT_UDP, "8101 qd=0\n");
	/* a name of 256 octets: four labels of 63 */
	ask(&q, ".", RR_A);
	q.len = 12;
	for (unsigned i = 0; i < 4; i++) {
		add(&q, "\77", 1);
		for (unsigned k = 0; k < 63; k++)
			add(&q, "x", 1);
	}
	add(&q, "\0\0\1\0\1", 5);
	expect(&q, TRANSPORT_UDP, "8101 qd=0\n");
}

static void longest_name_is_answered(void **state)
{
	static struct message q, out;
	(void)state;

	ask(&q, ".", RR_A);
	q.len = 12;
	for (unsigned i = 0; i < 123; i++)
		add(&q, "\1x", 2);
	add(&q, "\7example\0\0\1\0\1", 13); /* 246 + 9 = 255 octets */
	answer(&q, &out, TRANSPORT_UDP);
	assert_int_equal(get16(out.octets + 2), 0x8503);
	char *text = print(&out);
	assert_non_null(strstr(text, SOA("example.")));
	free(text);
}

static void opcodes_and_classes(void **state)
{
	static struct message q;
	(void)state;

	for (unsigned opcode = 1; opcode < 16; opcode++) {
		char expected[32];
		ask(&q, "example.", RR_SOA);
		q.octets[2] = (uint8_t)(opcode << 3 | 1);
		q.octets[3] = 0xff; /* RA, Z, AD, CD and an RCODE: none of them ours to echo */
		if (opcode == 4 || opcode == 5)
			snprintf(expected, sizeof expected, "%04x qd=1\n", 0x8115 | opcode << 11);
		else
			snprintf(expected, sizeof expected, "%04x qd=0\n", 0x8004 | opcode << 11);
		expect(&q, TRANSPORT_UDP, expected);
	}
	static const unsigned classes[] = {0, 2, 3, 4, 254, 255};
	for (unsigned i = 0; i < ARRAY_LENGTH(classes); i++) {
		ask(&q, "mail.example.", RR_A);
		q.octets[q.len - 1] = (uint8_t)classes[i];
		expect(&q, TRANSPORT_UDP, "8105 qd=1\n");
	}
	ask(&q, "mail.example.", RR_A);
	q.octets[3] = 0xff; /* of these CD alone is copied */
	expect(&q, TRANSPORT_UDP, "8510 qd=1\nmail.example. 60 A 192.0.2.25\n");
}

static void edns(void **state)
{
	static struct message q, out;
	static const char unknown[] = "\xff\x00\0\2ab\0\3\0\0"; /* and NSID, RFC 5001 */
	(void)state;

	ask(&q, "mail.example.", RR_A);
	add_opt(&q, 4096, 0, 0, "", 0);
	expect(&q, TRANSPORT_UDP,
	        "8500 qd=1\nmail.example. 60 A 192.0.2.25\nadd . OPT 1232 00000000 \n");
	ask(&q, "mail.example.", RR_A); /* DO is copied, other flags and the RCODE are not */
	add_opt(&q, 4096, 0xab00, 0xffff, unknown, 10);
	expect(&q, TRANSPORT_UDP,
	        "8500 qd=1\nmail.example. 60 A 192.0.2.25\nadd . OPT 1232 00008000 \n");
	ask(&q, "mail.example.", RR_A); /* BADVERS: 16, its high bits in OPT, no answer */
	add_opt(&q, 4096, 1, 0, "", 0);
	expect(&q, TRANSPORT_UDP, "8100 qd=1\nadd . OPT 1232 01000000 \n");
	ask(&q, "mail.example.", RR_A);
	add_opt(&q, 4096, 0, 0, "", 0);
	add_opt(&q, 4096, 0, 0, "", 0);
	expect(&q, TRANSPORT_UDP, "8101 qd=1\nadd . OPT 1232 00000000 \n");
	ask(&q, "mail.example.", RR_A); /* an option beyond the rdata */
	add_opt(&q, 4096, 0, 0, "\0\3\0\1", 4);
	expect(&q, TRANSPORT_UDP, "8101 qd=1\nadd . OPT 1232 00000000 \n");
	ask(&q, "mail.example.", RR_A); /* half an option */
	add_opt(&q, 4096, 0, 0, "\0\3\0", 3);
	expect(&q, TRANSPORT_UDP, "8101 qd=1\nadd . OPT 1232 00000000 \n");
	ask(&q, "mail.example.", RR_A); /* the owner is not the root */
	add_opt(&q, 4096, 0, 0, "", 0);
	memmove(q.octets + q.len - 9, q.octets + q.len - 11, 11);
	memcpy(q.octets + q.len - 11, "\1x", 2);
	q.octets[q.len - 9] = 0;
	q.len = (uint16_t)(q.len + 2);
	answer(&q, &out, TRANSPORT_UDP);
	assert_int_equal(get16(out.octets + 2), 0x8101);
	ask(&q, "mail.example.", RR_A); /* rdata cut short */
	add_opt(&q, 4096, 0, 0, "\0\3\0\0", 4);
	q.len--;
	expect(&q, TRANSPORT_UDP, "8101 qd=0\n");
	ask(&q, ".", RR_A); /* no question, RFC 9619, is answered with OPT all the same */
	q.octets[5] = 0;
	q.len = 12;
	add_opt(&q, 4096, 0, 0x8000, "", 0);
	expect(&q, TRANSPORT_UDP, "8101 qd=0\nadd . OPT 1232 00008000 \n");
	ask(&q, "other.", RR_A); /* EDE 20 */
	add_opt(&q, 4096, 0, 0, "", 0);
	expect(&q, TRANSPORT_UDP, "8105 qd=1\nadd . OPT 1232 00000000 000f00020014\n");
}

static void what_does_not_fit_is_left_out_whole(void **state)
{
	static struct message q, out;
	static const struct {
		unsigned payload; /* 0: no EDNS */
		bool fits;
	} cases[] = {{0, false}, {100, false}, {512, false}, {1232, false}, {65535, false}};
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
		ask(&q, "many.example.", RR_A);
		if (cases[i].payload)
			add_opt(&q, cases[i].payload, 0, 0, "", 0);
		answer(&q, &out, TRANSPORT_UDP);
		assert_int_equal(get16(out.octets + 2), 0x8700); /* QR AA TC RD */
		assert_int_equal(get16(out.octets + 6), 0);
		answer(&q, &out, TRANSPORT_TCP);
		assert_int_equal(get16(out.octets + 2), 0x8500);
		assert_int_equal(get16(out.octets + 6), 100);
		char *text = print(&out);
		assert_non_null(strstr(text, "many.example. 60 A 10.2.0.99\n"));
		free(text);
	}
}

/* The room in octets decides, exactly. */
static void sizes_are_exact(void **state)
{
	static struct message q, out;
	struct answer_config narrow = {.udp_size = 512};
	(void)state;

	ask(&q, "many.example.", RR_A);
	struct query one = {q.octets, q.len, TRANSPORT_TCP};
	uint16_t whole = (uint16_t)(q.len + 100 * 16);
	for (uint16_t capacity = (uint16_t)(whole - 1); capacity <= whole; capacity++) {
		struct response r = {.octets = out.octets, .capacity = capacity};
		answer_batch(snapshot, &narrow, &one, &r, 1);
		assert_int_equal(r.len, capacity == whole ? whole : q.len);
	}
	ask(&q, "mail.example.", RR_A);
	add_opt(&q, 4096, 0, 0, "", 0);
	answer(&q, &out, TRANSPORT_UDP);
	assert_true(out.len <= 1232);
}

static void a_batch_answers_as_one_by_one(void **state)
{
	static struct message queries[ANSWER_BATCH_MAX], singles, outs[ANSWER_BATCH_MAX];
	struct query q[ANSWER_BATCH_MAX];
	struct response r[ANSWER_BATCH_MAX];
	static const char *const names[] = {"mail.example.", "other.", "no.example.",
	        "25.2.0.192.in-addr.arpa.", "host.sub.example.", "many.example.", "ns1.test."};
	(void)state;

	for (unsigned i = 0; i < ANSWER_BATCH_MAX; i++) {
		ask(&queries[i], names[i % ARRAY_LENGTH(names)], i % 3 ? RR_A : RR_PTR);
		if (i % 5 == 0)
			queries[i].len = (uint16_t)(i % 14); /* some that are no queries */
		q[i] = (struct query){
		        queries[i].octets, queries[i].len, i % 4 ? TRANSPORT_UDP : TRANSPORT_TCP};
		r[i] = (struct response){.octets = outs[i].octets, .capacity = 65535};
	}
	answer_batch(snapshot, &config, q, r, ANSWER_BATCH_MAX);
	for (unsigned i = 0; i < ANSWER_BATCH_MAX; i++) {
		struct response one = {.octets = singles.octets, .capacity = 65535};
		answer_batch(snapshot, &config, &q[i], &one, 1);
		assert_int_equal(one.len, r[i].len);
		assert_memory_equal(one.octets, r[i].octets, one.len);
		assert_int_equal(one.kind, r[i].kind);
		assert_int_equal(one.zone, r[i].zone);
	}
}

static void without_a_snapshot_everything_is_refused(void **state)
{
	static struct message q, out;
	(void)state;

	ask(&q, "mail.example.", RR_A);
	struct query one = {q.octets, q.len, TRANSPORT_UDP};
	struct response r = {.octets = out.octets, .capacity = 1400};
	answer_batch(NULL, &config, &one, &r, 1);
	assert_int_equal(get16(out.octets + 2), 0x8105);
	assert_int_equal(r.kind, ANSWER_REFUSED);
}

/* The outer zone alone, as a transfer would give it away: below the cut it refers. */
static void below_a_cut_is_a_referral(void **state)
{
	static struct message q, out;
	struct image *outer[2] = {NULL, NULL};
	struct snapshot *alone;
	(void)state;

	for (uint32_t i = 0; i < snapshot->count; i++) {
		if (name_equal(snapshot->images[i]->apex, (const uint8_t *)"\7example"))
			outer[0] = image_ref(snapshot->images[i]);
		if (name_equal(snapshot->images[i]->apex, (const uint8_t *)"\4test"))
			outer[1] = image_ref(snapshot->images[i]);
	}
	assert_int_equal(snapshot_build(&alone, outer, 2, 1), OK);
	static const char *const names[] = {
	        "sub.example.", "host.sub.example.", "x.y.sub.example."};
	for (unsigned i = 0; i < ARRAY_LENGTH(names); i++) {
		ask(&q, names[i], RR_A);
		struct query one = {q.octets, q.len, TRANSPORT_UDP};
		struct response r = {.octets = out.octets, .capacity = 1400};
		answer_batch(alone, &config, &one, &r, 1);
		out.len = r.len;
		char *text = print(&out);
		assert_string_equal(text, "8100 qd=1\nauth sub.example. 3600 NS ns1.test.\n"
		                          "auth sub.example. 3600 NS ns2.test.\n" NS_AND_ADDRESSES);
		free(text);
		assert_int_equal(r.kind, ANSWER_REFERRAL);
	}
	snapshot_unref(alone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(hosts_are_answered),
	        cmocka_unit_test(silence_for_what_is_short_or_an_answer),
	        cmocka_unit_test(malformed_questions_get_a_header_and_formerr),
	        cmocka_unit_test(longest_name_is_answered),
	        cmocka_unit_test(opcodes_and_classes),
	        cmocka_unit_test(edns),
	        cmocka_unit_test(what_does_not_fit_is_left_out_whole),
	        cmocka_unit_test(sizes_are_exact),
	        cmocka_unit_test(a_batch_answers_as_one_by_one),
	        cmocka_unit_test(without_a_snapshot_everything_is_refused),
	        cmocka_unit_test(below_a_cut_is_a_referral),
	};

	return cmocka_run_group_tests(tests, make_snapshot, drop_snapshot);
}
