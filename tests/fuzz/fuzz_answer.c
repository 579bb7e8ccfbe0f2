/* SPDX-License-Identifier: ISC */
/* tests/fuzz/fuzz_answer.c - octets as a query to small networks: what comes back is a whole
 * response to it, within its limits, and the same alone and in a batch. */
#include <string.h>

#include "server/answer.h"
#include "server/query.h"
#include "tests/help/fuzz.h"
#include "tests/help/must.h"
#include "tests/help/ruled_network.h"
#include "tests/help/small_plan.h"

#define UDP_SIZE   1232
#define SMALL_ROOM 600 /* of a response over TCP that is cut */

static unsigned get16(const uint8_t *p)
{
	return (unsigned)(p[0] << 8 | p[1]);
}

/* Zones in zones, several records, RRsets beyond 512 and beyond 1232 octets; cuts with glue that
 * fits and that does not, wildcards, chains and circles of CNAME and DNAME, names that grow too
 * long. */
static struct snapshot *make_network(void)
{
	struct small_plan s;
	char addr[ADDR_TEXT_MAX], name[80];

	small_plan_init(&s);
	small_plan_zone(&s, "a.");
	small_plan_zone(&s, "b.a.");
	small_plan_zone(&s, "10.0.0.0/8");
	small_plan_zone(&s, "10.1.0.0/16");
	small_plan_zone(&s, "2001:db8::/36");
	small_plan_pair(&s, "10.0.0.1", "x.a.", 60, 0);
	small_plan_pair(&s, "10.1.0.1", "y.x.b.a.", 60, 0);
	small_plan_pair(&s, "10.0.0.2", ".", 60, 0);
	small_plan_records(&s, "a.",
	        "c CNAME x\nl CNAME m\nm CNAME l\nk CNAME many.b\no CNAME x.else.\n"
	        "d DNAME b.a.\nr DNAME s.r\nq DNAME d\n*.w TXT w\n*.v CNAME h.s\ne.*.u A "
	        "192.0.2.1\n"
	        "s NS n.s\ns NS forty\nn.s A 192.0.2.1\nh.s TXT hidden\n"
	        "s DS 1 13 2 3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D\n");
	small_plan_records(&s, "10.in-addr.arpa.", "7.7.7 CNAME x.a.\n7 DNAME b.a.\n");
	small_plan_pair(&s, "2001:db8::1", "x.a.", 60, 0);
	for (unsigned i = 0; i < 100; i++) {
		snprintf(addr, sizeof addr, "10.9.0.%u", i);
		small_plan_pair(&s, addr, i < 40 ? "forty.a." : "sixty.a.", 60, 0);
		small_plan_pair(&s, addr, "many.b.a.", 60, 0);
		snprintf(name, sizeof name, "n%u.several-names-at-one-address-%u.a.", i, i);
		small_plan_pair(&s, i < 10 ? "10.8.0.1" : "10.8.0.2", name, 60, 0);
	}
	small_plan_records(&s, "a.",
	        "cut NS ns.cut\ncut NS ns.b\nns.cut A 192.0.2.1\nq.cut DNAME x\n"
	        "cut DS 1 13 2 00\nd DNAME b\nd TXT x\ne DNAME x.f\nf DNAME x.e\n"
	        "*.w CNAME q.d\n*.w.w MX 1 x\nq.*.w.w TXT y z\n* CNAME w.w\n"
	        "l1 CNAME l2\nl2 CNAME l3\nl3 CNAME q.l4\n*.l4 CNAME l1\nself CNAME self\n"
	        "out CNAME elsewhere.\nin CNAME q.cut\nfar CNAME 1.0.0.10.in-addr.arpa.\n"
	        "n TYPE65280 \\# 0\n*.b CNAME many.b\nq.b CNAME 1.0.1.10.in-addr.arpa.\n"
	        "7.0.0.10.in-addr.arpa. DNAME d\n*.1.10.in-addr.arpa. CNAME sixty\n");
	for (unsigned i = 0; i < 20; i++) {
		snprintf(name, sizeof name, "c%u CNAME c%u\nfull NS n%u.full\n", i, i + 1, i);
		small_plan_records(&s, "a.", name);
		snprintf(name, sizeof name, "n%u.full AAAA 2001:db8::%x\n", i, i);
		small_plan_records(&s, "a.", name);
	}
	struct snapshot *snapshot = small_plan_compile(&s, NULL, 1000);
	small_plan_free(&s);
	return snapshot;
}

/* Step over a name, whose pointers lead backwards; returns where it ends. */
static size_t skip_name(const uint8_t *m, size_t len, size_t at)
{
	size_t end = 0, octets = 1;

	for (;;) {
		must(at < len, "a name ends in the response");
		if (m[at] >= 0xc0) {
			must(at + 1 < len, "a pointer is whole");
			size_t to = get16(m + at) & 0x3fff;
			must(to < at && to >= HEADER_OCTETS, "a pointer leads backwards");
			end = end ? end : at + 2;
			at = to;
			continue;
		}
		must(m[at] <= LABEL_MAX_OCTETS, "a label has at most 63 octets");
		if (m[at] == 0)
			return end ? end : at + 1;
		octets += 1U + m[at];
		must(octets <= NAME_MAX_OCTETS, "a name has at most 255 octets");
		at += 1U + m[at];
	}
}

/* All records that the counts promise, and nothing behind them. Returns the number of OPTs. */
static unsigned walk_records(const uint8_t *m, size_t len, size_t at)
{
	unsigned opts = 0, counts[3] = {get16(m + 6), get16(m + 8), get16(m + 10)};

	for (unsigned section = 0; section < 3; section++) {
		for (unsigned i = 0; i < counts[section]; i++) {
			bool is_root = at < len && m[at] == 0;
			at = skip_name(m, len, at);
			must(at + 10 <= len, "a record is whole");
			unsigned type = get16(m + at), n = get16(m + at + 8);
			size_t rdata = at + 10;
			at = rdata + n;
			must(at <= len, "rdata are whole");
			if (type == RR_PTR || type == RR_NS || type == RR_CNAME || type == RR_DNAME)
				must(skip_name(m, len, rdata) == at, "rdata are one name");
			must(type != RR_A || n == 4, "A has four octets");
			must(type != RR_AAAA || n == 16, "AAAA has sixteen octets");
			must(type != RR_OPT || (section == 2 && is_root), "OPT is additional");
			opts += type == RR_OPT;
		}
	}
	must(at == len, "nothing is behind the records");
	return opts;
}

static void check_header(const uint8_t *q, const struct response *r)
{
	const uint8_t *m = r->octets;
	unsigned asked = get16(q + 2), flags = get16(m + 2), rcode = flags & 15;
	unsigned copied = rcode == RCODE_NOTIMP ? 0 : FLAG_RD | FLAG_CD;

	must(memcmp(m, q, 2) == 0, "the id is copied");
	must(flags & FLAG_QR, "QR is set");
	must((flags & FLAG_OPCODE_MASK) == (asked & FLAG_OPCODE_MASK), "the opcode is copied");
	must((flags & (FLAG_RD | FLAG_CD)) == (asked & copied), "RD and CD are copied");
	must((flags & 0x00e0) == 0, "RA, Z and AD are 0");
	must(rcode == r->rcode, "the RCODE is told");
	must(!(flags & FLAG_AA) || r->zone != ZONE_NONE, "AA is for what is ours");
	must(get16(m + 4) <= 1, "at most one question");
}

/* One response to q[0..n). */
static void check_response(const uint8_t *q, size_t n, bool is_udp, const struct response *r)
{
	struct request request;

	query_read(&request, q, n);
	if (n < HEADER_OCTETS || q[2] & 0x80) {
		must(r->len == 0 && r->kind == ANSWER_NONE, "silence");
		return;
	}
	size_t limit = r->capacity;
	if (is_udp)
		limit = !request.has_edns            ? 512
		        : request.payload < UDP_SIZE ? request.payload
		                                     : UDP_SIZE;
	must(r->len >= HEADER_OCTETS && r->len <= limit, "the response keeps to its limit");
	check_header(q, r);
	must(is_udp || r->capacity < ANSWER_TCP_MAX || !(r->octets[2] & 2), "no TC over TCP");
	size_t at = HEADER_OCTETS;
	if (get16(r->octets + 4)) {
		at = skip_name(r->octets, r->len, at) + 4;
		must(at <= r->len && at <= n && memcmp(r->octets + 12, q + 12, at - 12) == 0,
		        "the question is copied, octet for octet");
	}
	must(walk_records(r->octets, r->len, at) == request.has_edns, "OPT answers OPT");
}

static void ask(const struct snapshot *snapshot, const uint8_t *octets, uint16_t n)
{
	static uint8_t udp[ANSWER_UDP_MAX], tcp[ANSWER_TCP_MAX], alone[ANSWER_UDP_MAX];
	const struct answer_config config = {.udp_size = UDP_SIZE};

	uint8_t *small = malloc(SMALL_ROOM); /* exact, so that ASan sees what is written behind */
	must(small != NULL, "out of memory");
	struct query queries[] = {
	        {octets, n, TRANSPORT_UDP}, {octets, n, TRANSPORT_TCP}, {octets, n, TRANSPORT_TCP}};
	struct response responses[] = {{.octets = udp, .capacity = sizeof udp},
	        {.octets = tcp, .capacity = ANSWER_TCP_MAX},
	        {.octets = small, .capacity = SMALL_ROOM}};
	struct response single = {.octets = alone, .capacity = sizeof alone};
	answer_batch(snapshot, &config, queries, responses, 3);
	for (unsigned i = 0; i < 3; i++)
		check_response(octets, n, i == 0, &responses[i]);
	answer_batch(snapshot, &config, queries, &single, 1);
	must(single.len == responses[0].len && memcmp(alone, udp, single.len) == 0 &&
	                single.kind == responses[0].kind && single.zone == responses[0].zone,
	        "alone as in a batch");
	answer_batch(NULL, &config, queries, &single, 1);
	must(single.zone == ZONE_NONE, "nothing is served yet");
	free(small);
}

/* Where names are records, and where they are computed. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	static struct snapshot *networks[2];
	uint16_t n = (uint16_t)(size < 65535 ? size : 65535);

	if (!networks[0]) {
		networks[0] = make_network();
		networks[1] = ruled_network();
	}
	for (unsigned i = 0; i < 2; i++)
		ask(networks[i], octets, n);
	return 0;
}

FUZZ_MAIN("answer", 60000)
