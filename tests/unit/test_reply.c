/* SPDX-License-Identifier: ISC */
#include "server/reply.h"

#include <ctype.h>
#include <ldns/ldns.h>

#include "server/answer.h"
#include "tests/help/message.h"
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"

#define TEXT_MAX 20000

/* A question and what is due. A section is its records, sorted, lower-case, without TTL and class,
 * a comma between; of SOA nothing but owner and type. NULL: empty. */
struct row {
	const char *name, *type, *head, *answer, *authority, *additional;
};

static struct snapshot *snapshot;

/* Serve zones[0..count), each `NAME` or a prefix, with records of which the owners are relative to
 * the first. */
static void serve(const char *const *zones, size_t count, const char *records)
{
	struct small_plan s;

	small_plan_init(&s);
	for (size_t i = 0; i < count; i++)
		small_plan_zone(&s, zones[i]);
	small_plan_records(&s, zones[0], records);
	snapshot = small_plan_compile(&s, NULL, 1000);
	small_plan_free(&s);
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *record_text(ldns_rr *rr)
{
	char *text = ldns_rr2str(rr), *rest = text, *fields[5], *out;

	for (unsigned i = 0; i < 5; i++) {
		fields[i] = strsep(&rest, "\t\n");
		assert_non_null(fields[i]);
	}
	bool is_soa = strcmp(fields[3], "SOA") == 0;
	assert_true(asprintf(&out, "%s %s%s%s", fields[0], fields[3], is_soa ? "" : " ",
	                    is_soa ? "" : fields[4]) > 0);
	free(text);
	for (char *p = out; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return out;
}

static void section_text(char *out, ldns_rr_list *section)
{
	size_t count = section ? ldns_rr_list_rr_count(section) : 0;
	char *lines[200], *p = out;

	assert_true(count <= ARRAY_LENGTH(lines));
	for (size_t i = 0; i < count; i++)
		lines[i] = record_text(ldns_rr_list_rr(section, i));
	qsort(lines, count, sizeof *lines, compare_text);
	*out = 0;
	for (size_t i = 0; i < count; i++) {
		p += sprintf(p, "%s%s", i ? ", " : "", lines[i]);
		free(lines[i]);
	}
	assert_true(p < out + TEXT_MAX);
}

static ldns_pkt *ask(const char *name, const char *type, enum transport transport)
{
	static uint8_t octets[65535];
	const struct answer_config config = {.udp_size = 1232};
	uint8_t message[MESSAGE_QUERY_MAX];
	size_t n = message_query(message, 7, name, (uint16_t)ldns_get_rr_type_by_name(type));
	struct query q = {message, (uint16_t)n, (uint8_t)transport};
	struct response r = {.octets = octets,
	        .capacity = transport == TRANSPORT_TCP ? ANSWER_TCP_MAX : ANSWER_UDP_MAX};
	ldns_pkt *packet;

	answer_batch(snapshot, &config, &q, &r, 1);
	assert_int_equal(ldns_wire2pkt(&packet, octets, r.len), LDNS_STATUS_OK);
	return packet;
}

static void head_text(char *out, const ldns_pkt *packet)
{
	static const char *const rcodes[] = {
	        "noerror", "formerr", "servfail", "nxdomain", "notimp", "refused", "yxdomain"};

	sprintf(out, "%s%s%s", rcodes[ldns_pkt_get_rcode(packet)], ldns_pkt_aa(packet) ? " aa" : "",
	        ldns_pkt_tc(packet) ? " tc" : "");
}

static void check(const struct row *row, enum transport transport)
{
	static char text[4][TEXT_MAX];
	const char *const due[] = {row->head, row->answer, row->authority, row->additional};
	ldns_pkt *packet = ask(row->name, row->type, transport);

	head_text(text[0], packet);
	section_text(text[1], ldns_pkt_answer(packet));
	section_text(text[2], ldns_pkt_authority(packet));
	section_text(text[3], ldns_pkt_additional(packet));
	ldns_pkt_free(packet);
	for (unsigned i = 0; i < 4; i++) {
		const char *section = due[i] ? due[i] : "";
		if (strcmp(text[i], section) != 0)
			print_message("%s %s\n", row->name, row->type);
		assert_string_equal(text[i], section);
	}
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(&rows[i], TRANSPORT_UDP);
	snapshot_unref(snapshot);
}

static void wildcards_are_as_in_rfc4592(void **state)
{
	static const char *const zones[] = {"example."}; /* 2.2.1 */
	static const struct row rows[] = {
	        {"host3.example.", "MX", "noerror aa", "host3.example. mx 10 host1.example.", 0, 0},
	        {"host3.example.", "A", "noerror aa", 0, "example. soa", 0},
	        {"foo.bar.example.", "TXT", "noerror aa",
	                "foo.bar.example. txt \"this is a wildcard\"", 0, 0},
	        {"host1.example.", "MX", "noerror aa", 0, "example. soa", 0},
	        {"sub.*.example.", "MX", "noerror aa", 0, "example. soa", 0},
	        {"_telnet._tcp.host1.example.", "SRV", "nxdomain aa", 0, "example. soa", 0},
	        {"host.subdel.example.", "A", "noerror", 0,
	                "subdel.example. ns ns.example.com., subdel.example. ns ns.example.net.",
	                0},
	        {"ghost.*.example.", "MX", "nxdomain aa", 0, "example. soa", 0},
	        /* and what 4.3 and 2.1.1 say: asked for as it is written, one is a name as others
	         */
	        {"*.example.", "TXT", "noerror aa", "*.example. txt \"this is a wildcard\"", 0, 0},
	        {"sub.*.example.", "TXT", "noerror aa",
	                "sub.*.example. txt \"this is not a wildcard\"", 0, 0},
	        {"*.host3.example.", "TXT", "noerror aa",
	                "*.host3.example. txt \"this is a wildcard\"", 0, 0},
	        {"_tcp.host2.example.", "TXT", "noerror aa", 0, "example. soa", 0},
	        {"host2.example.", "TXT", "noerror aa", 0, "example. soa", 0},
	        {"x.host2.example.", "TXT", "nxdomain aa", 0, "example. soa", 0},
	};
	(void)state;

	serve(zones, 1,
	        "* TXT \"this is a wildcard\"\n* MX 10 host1\nsub.* TXT \"this is not a "
	        "wildcard\"\n"
	        "host1 A 192.0.2.1\n_ssh._tcp.host1 SRV 1 2 22 host1\n"
	        "_ssh._tcp.host2 SRV 1 2 22 host1\n"
	        "subdel NS ns.example.com.\nsubdel NS ns.example.net.\n");
	check_rows(rows, ARRAY_LENGTH(rows));
}

static void wildcards_lead_and_lie_empty(void **state)
{
	static const char *const zones[] = {"example."};
	static const struct row rows[] = {
	        /* 4.5: a wildcard may be an empty non-terminal, and answers nothing */
	        {"x.ent.example.", "A", "noerror aa", 0, "example. soa", 0},
	        {"y.x.ent.example.", "A", "noerror aa", 0, "example. soa", 0},
	        {"*.ent.example.", "A", "noerror aa", 0, "example. soa", 0},
	        {"b.*.ent.example.", "A", "noerror aa", "b.*.ent.example. a 192.0.2.2", 0, 0},
	        {"c.*.ent.example.", "A", "nxdomain aa", 0, "example. soa", 0},
	        /* 4.4.2 and 3.3.3: a CNAME */
	        {"q.way.example.", "A", "noerror aa",
	                "q.way.example. cname t.example., t.example. a 192.0.2.1", 0, 0},
	        {"q.way.example.", "CNAME", "noerror aa", "q.way.example. cname t.example.", 0, 0},
	        {"q.way.example.", "ANY", "noerror aa", "q.way.example. cname t.example.", 0, 0},
	        {"q.round.example.", "A", "noerror aa",
	                "q.round.example. cname x.round.example., "
	                "x.round.example. cname x.round.example.",
	                0, 0},
	        {"q.into.example.", "A", "noerror aa", "q.into.example. cname w.cut.example.",
	                "cut.example. ns ns.elsewhere.", 0},
	        /* the closest encloser decides, not a wildcard farther up */
	        {"x.d.way.example.", "A", "nxdomain aa", 0, "example. soa", 0},
	        {"d.way.example.", "TXT", "noerror aa", "d.way.example. txt \"d\"", 0, 0},
	        /* of a DS, and below a cut there is none */
	        {"q.cut.example.", "TXT", "noerror", 0, "cut.example. ns ns.elsewhere.", 0},
	};
	(void)state;

	serve(zones, 1,
	        "b.*.ent A 192.0.2.2\n*.way CNAME t\nt A 192.0.2.1\nd.way TXT d\n"
	        "*.round CNAME x.round\n*.into CNAME w.cut\ncut NS ns.elsewhere.\n"
	        "*.cut TXT occluded\n");
	check_rows(rows, ARRAY_LENGTH(rows));
}

static void queries_are_answered_as_in_rfc1034(void **state)
{
	static const char *const zones[] = {".", "edu."}; /* 6.1, the server C.ISI.EDU */
	static const struct row rows[] = {
	        {"SRI-NIC.ARPA.", "A", "noerror aa",
	                "sri-nic.arpa. a 10.0.0.51, sri-nic.arpa. a 26.0.0.73", 0, 0},
	        /* 6.2.2 has all; RFC 8482 4.1 one RRset */
	        {"SRI-NIC.ARPA.", "ANY", "noerror aa",
	                "sri-nic.arpa. a 10.0.0.51, sri-nic.arpa. a 26.0.0.73", 0, 0},
	        {"SRI-NIC.ARPA.", "MX", "noerror aa", "sri-nic.arpa. mx 0 sri-nic.arpa.", 0, 0},
	        /* 6.2.4 and 6.2.5, with the SOA of RFC 2308 */
	        {"SRI-NIC.ARPA.", "NS", "noerror aa", 0, ". soa", 0},
	        {"SIR-NIC.ARPA.", "A", "nxdomain aa", 0, ". soa", 0},
	        {"BRL.MIL.", "A", "noerror", 0, "mil. ns a.isi.edu., mil. ns sri-nic.arpa.",
	                "a.isi.edu. a 26.3.0.103, sri-nic.arpa. a 10.0.0.51, "
	                "sri-nic.arpa. a 26.0.0.73"},
	        {"USC-ISIC.ARPA.", "A", "noerror aa", "usc-isic.arpa. cname c.isi.edu.",
	                "isi.edu. ns a.isi.edu., isi.edu. ns vaxa.isi.edu., "
	                "isi.edu. ns venera.isi.edu.",
	                "a.isi.edu. a 26.3.0.103, vaxa.isi.edu. a 10.2.0.27, "
	                "vaxa.isi.edu. a 128.9.0.33, venera.isi.edu. a 10.1.0.52, "
	                "venera.isi.edu. a 128.9.0.32"},
	        {"USC-ISIC.ARPA.", "CNAME", "noerror aa", "usc-isic.arpa. cname c.isi.edu.", 0, 0},
	};
	(void)state;

	serve(zones, 2,
	        "MIL NS SRI-NIC.ARPA\nMIL NS A.ISI.EDU\nSRI-NIC.ARPA A 26.0.0.73\n"
	        "SRI-NIC.ARPA A 10.0.0.51\nSRI-NIC.ARPA MX 0 SRI-NIC.ARPA\n"
	        "SRI-NIC.ARPA HINFO DEC-2060 TOPS20\nUSC-ISIC.ARPA CNAME C.ISI.EDU\n"
	        "73.0.0.26.IN-ADDR.ARPA PTR SRI-NIC.ARPA\nISI.EDU NS VAXA.ISI.EDU\n"
	        "ISI.EDU NS A.ISI.EDU\nISI.EDU NS VENERA.ISI.EDU\nVAXA.ISI.EDU A 10.2.0.27\n"
	        "VAXA.ISI.EDU A 128.9.0.33\nVENERA.ISI.EDU A 10.1.0.52\n"
	        "VENERA.ISI.EDU A 128.9.0.32\nA.ISI.EDU A 26.3.0.103\n");
	check_rows(rows, ARRAY_LENGTH(rows));
}

static void dnames_are_as_in_rfc6672(void **state)
{
	static const struct { /* 2.2, table 1 */
		const char *name, *owner, *target, *result;
	} table[] = {
	        {"com.", "example.com.", "example.net.", NULL},
	        {"example.com.", "example.com.", "example.net.", NULL},
	        {"a.example.com.", "example.com.", "example.net.", "a.example.net."},
	        {"a.b.example.com.", "example.com.", "example.net.", "a.b.example.net."},
	        {"ab.example.com.", "b.example.com.", "example.net.", NULL},
	        {"foo.example.com.", "example.com.", "example.net.", "foo.example.net."},
	        {"a.x.example.com.", "x.example.com.", "example.net.", "a.example.net."},
	        {"a.example.com.", "example.com.", "y.example.net.", "a.y.example.net."},
	        {"cyc.example.com.", "example.com.", "example.com.", "cyc.example.com."},
	        {"cyc.example.com.", "example.com.", "c.example.com.", "cyc.c.example.com."},
	        {"shortloop.x.x.", "x.", ".", "shortloop.x."},
	        {"shortloop.x.", "x.", ".", "shortloop."},
	};
	char text[200], due[200];
	(void)state;

	for (unsigned i = 0; i < ARRAY_LENGTH(table); i++) {
		const char *zone = strcmp(table[i].owner, "x.") == 0 ? "x." : "com.";
		snprintf(text, sizeof text, "%s DNAME %s\n", table[i].owner, table[i].target);
		serve(&zone, 1, text);
		ldns_pkt *packet = ask(table[i].name, "A", TRANSPORT_UDP);
		section_text(text, ldns_pkt_answer(packet));
		ldns_pkt_free(packet);
		snprintf(due, sizeof due, "%s cname %s", table[i].name,
		        table[i].result ? table[i].result : "");
		if (table[i].result)
			assert_non_null(strstr(text, due));
		else
			assert_string_equal(text, "");
		snapshot_unref(snapshot);
	}
}

static void dnames_lead_through_zones(void **state)
{
	static const char *const zones[] = {"example.", "other."};
	static const struct row rows[] = {
	        {"d.example.", "DNAME", "noerror aa", "d.example. dname x.other.", 0, 0},
	        {"d.example.", "TXT", "noerror aa", "d.example. txt \"own\"", 0, 0},
	        {"d.example.", "A", "noerror aa", 0, "example. soa", 0},
	        {"a.d.example.", "A", "noerror aa",
	                "a.d.example. cname a.x.other., a.x.other. a 192.0.2.1, "
	                "d.example. dname x.other.",
	                0, 0},
	        {"a.d.example.", "TXT", "noerror aa",
	                "a.d.example. cname a.x.other., d.example. dname x.other.", "other. soa",
	                0},
	        {"b.d.example.", "A", "nxdomain aa",
	                "b.d.example. cname b.x.other., d.example. dname x.other.", "other. soa",
	                0},
	        /* what is asked for is there: BIND, NSD and Knot go no further */
	        {"a.d.example.", "CNAME", "noerror aa",
	                "a.d.example. cname a.x.other., d.example. dname x.other.", 0, 0},
	        {"a.d.example.", "ANY", "noerror aa",
	                "a.d.example. cname a.x.other., d.example. dname x.other.", 0, 0},
	        {"a.d.example.", "DNAME", "noerror aa",
	                "a.d.example. cname a.x.other., d.example. dname x.other.", "other. soa",
	                0},
	        /* a chain that meets one DNAME twice has it once */
	        {"a.e.example.", "A", "noerror aa",
	                "a.d.example. cname a.x.other., a.e.example. cname a.d.example., "
	                "a.x.other. a 192.0.2.1, d.example. dname x.other., "
	                "e.example. dname d.example.",
	                0, 0},
	        {"c.example.", "A", "noerror aa",
	                "a.d.example. cname a.x.other., a.x.other. a 192.0.2.1, "
	                "c.example. cname a.d.example., d.example. dname x.other.",
	                0, 0},
	        {"a.up.example.", "A", "noerror aa",
	                "a.example. a 192.0.2.2, a.up.example. cname a.example., "
	                "up.example. dname example.",
	                0, 0},
	        /* below itself: it ends at once */
	        {"a.down.example.", "A", "noerror aa",
	                "a.down.example. cname a.x.down.example., "
	                "down.example. dname x.down.example.",
	                0, 0},
	        {"a.k1.example.", "A", "noerror aa",
	                "a.k1.example. cname a.k2.example., a.k2.example. cname a.k1.example., "
	                "k1.example. dname k2.example., k2.example. dname k1.example.",
	                0, 0},
	        /* one that leads to its own owner answers for itself, once */
	        {"b.a.back.example.", "DNAME", "noerror aa",
	                "a.back.example. dname back.example., "
	                "b.a.back.example. cname b.back.example.",
	                "example. soa", 0},
	        {"a.a.back.example.", "DNAME", "noerror aa",
	                "a.a.back.example. cname a.back.example., "
	                "a.back.example. dname back.example.",
	                0, 0},
	        {"a.gone.example.", "A", "noerror aa",
	                "a.gone.example. cname a.elsewhere., gone.example. dname elsewhere.", 0, 0},
	        {"a.cut.example.", "A", "noerror aa",
	                "a.cut.example. cname a.c.other., cut.example. dname c.other.",
	                "c.other. ns ns.elsewhere.", 0},
	};
	(void)state;

	serve(zones, 2,
	        "d DNAME x.other.\nd TXT own\na.x.other. A 192.0.2.1\ne DNAME d\nc CNAME a.d\n"
	        "up DNAME @\na A 192.0.2.2\ndown DNAME x.down\nk1 DNAME k2\nk2 DNAME k1\n"
	        "a.back DNAME back\nb.back A 192.0.2.3\ngone DNAME elsewhere.\ncut DNAME "
	        "c.other.\nc.other. NS ns.elsewhere.\n");
	check_rows(rows, ARRAY_LENGTH(rows));
}

/* RFC 6672 2.2: 255 octets are as many as a name can have. */
static void a_dname_that_makes_names_too_long_gives_yxdomain(void **state)
{
	static const char *const zones[] = {"z."};
	char label[64], text[400], name[300];
	(void)state;

	memset(label, 'l', 63);
	label[63] = 0;
	/* the target is of 3 * 64 + 3 octets, d.z. of 5: 59 + 1 more octets fit before it */
	snprintf(text, sizeof text, "d DNAME %s.%s.%s\nc CNAME %.60s.d\n", label, label, label,
	        label);
	serve(zones, 1, text);
	for (unsigned n = 58; n <= 60; n++) {
		snprintf(name, sizeof name, "%.*s.d.z.", (int)n, label);
		ldns_pkt *packet = ask(name, "A", TRANSPORT_TCP);
		assert_int_equal(ldns_pkt_get_rcode(packet),
		        n < 60 ? LDNS_RCODE_NXDOMAIN : LDNS_RCODE_YXDOMAIN);
		assert_true(ldns_pkt_aa(packet));
		assert_int_equal(ldns_pkt_ancount(packet), n < 60 ? 2 : 1);
		assert_int_equal(ldns_pkt_nscount(packet), n < 60);
		ldns_pkt_free(packet);
	}
	ldns_pkt *packet = ask("c.z.", "A", TRANSPORT_TCP);
	assert_int_equal(ldns_pkt_get_rcode(packet), LDNS_RCODE_YXDOMAIN);
	assert_int_equal(ldns_pkt_ancount(packet), 2);
	ldns_pkt_free(packet);
	snapshot_unref(snapshot);
}

static void chains_end_where_they_must(void **state)
{
	static const char *const zones[] = {"z.", "other.", "in.z."};
	static const struct row rows[] = {
	        {"one.z.", "A", "noerror aa", "a.z. a 192.0.2.1, one.z. cname a.z.", 0, 0},
	        {"one.z.", "CNAME", "noerror aa", "one.z. cname a.z.", 0, 0},
	        {"one.z.", "ANY", "noerror aa", "one.z. cname a.z.", 0, 0},
	        {"one.z.", "TXT", "noerror aa", "one.z. cname a.z.", "z. soa", 0},
	        {"none.z.", "A", "nxdomain aa", "none.z. cname b.z.", "z. soa", 0},
	        {"out.z.", "A", "noerror aa", "out.z. cname a.elsewhere.", 0, 0},
	        {"over.z.", "TXT", "noerror aa", "over.z. cname a.other.", "other. soa", 0},
	        {"over.z.", "A", "noerror aa", "a.other. a 192.0.2.3, over.z. cname a.other.", 0,
	                0},
	        {"apex.z.", "SOA", "noerror aa", "apex.z. cname z., z. soa", 0, 0},
	        {"down.z.", "A", "noerror aa", "a.in.z. a 192.0.2.4, down.z. cname a.in.z.", 0, 0},
	        {"cut.z.", "A", "noerror aa", "cut.z. cname x.del.z.", "del.z. ns ns.del.z.",
	                "ns.del.z. a 192.0.2.5"},
	        {"at.z.", "A", "noerror aa", "at.z. cname del.z.", "del.z. ns ns.del.z.",
	                "ns.del.z. a 192.0.2.5"},
	        {"self.z.", "A", "noerror aa", "self.z. cname self.z.", 0, 0},
	        {"p.z.", "A", "noerror aa", "p.z. cname q.z., q.z. cname r.z., r.z. cname q.z.", 0,
	                0},
	        {"q.z.", "A", "noerror aa", "q.z. cname r.z., r.z. cname q.z.", 0, 0},
	        /* RFC 4035 3.1.4.1 for the last name of a chain, too */
	        {"at.z.", "DS", "noerror aa", "at.z. cname del.z.", "z. soa", 0},
	        {"toin.z.", "DS", "noerror aa", "toin.z. cname in.z.", "z. soa", 0},
	};
	(void)state;

	serve(zones, 3,
	        "one CNAME a\na A 192.0.2.1\nnone CNAME b\nout CNAME a.elsewhere.\n"
	        "over CNAME a.other.\na.other. A 192.0.2.3\napex CNAME @\ndown CNAME a.in\n"
	        "a.in A 192.0.2.4\ncut CNAME x.del\nat CNAME del\ndel NS ns.del\n"
	        "ns.del A 192.0.2.5\nself CNAME self\np CNAME q\nq CNAME r\nr CNAME q\n"
	        "toin CNAME in\n");
	check_rows(rows, ARRAY_LENGTH(rows));
}

static void a_chain_has_at_most_sixteen_links(void **state)
{
	static const char *const zones[] = {"z."};
	char text[1000], name[20];
	size_t n = 0;
	(void)state;

	for (unsigned i = 0; i < 20; i++)
		n += (size_t)sprintf(text + n, "c%u CNAME c%u\n", i, i + 1);
	sprintf(text + n, "c20 A 192.0.2.1\n");
	serve(zones, 1, text);
	for (unsigned links = 1; links <= 20; links++) {
		snprintf(name, sizeof name, "c%u.z.", 20 - links);
		ldns_pkt *packet = ask(name, "A", TRANSPORT_TCP);
		assert_int_equal(ldns_pkt_get_rcode(packet), LDNS_RCODE_NOERROR);
		assert_true(ldns_pkt_aa(packet));
		assert_int_equal(ldns_pkt_ancount(packet),
		        links <= REPLY_LINKS_MAX ? links + 1 : REPLY_LINKS_MAX);
		assert_int_equal(ldns_pkt_nscount(packet), 0);
		ldns_pkt_free(packet);
	}
	snapshot_unref(snapshot);
}

static void cuts_refer_and_give_their_glue(void **state)
{
	static const char *const zones[] = {"z.", "in.z.", "deep.mid.z."};
	static const struct row rows[] = {
	        {"cut.z.", "NS", "noerror", 0, "cut.z. ns a.cut.z., cut.z. ns cut.z.",
	                "a.cut.z. a 192.0.2.1, a.cut.z. aaaa 2001:db8::1, cut.z. a 192.0.2.2"},
	        {"cut.z.", "A", "noerror", 0, "cut.z. ns a.cut.z., cut.z. ns cut.z.",
	                "a.cut.z. a 192.0.2.1, a.cut.z. aaaa 2001:db8::1, cut.z. a 192.0.2.2"},
	        {"x.y.cut.z.", "ANY", "noerror", 0, "cut.z. ns a.cut.z., cut.z. ns cut.z.",
	                "a.cut.z. a 192.0.2.1, a.cut.z. aaaa 2001:db8::1, cut.z. a 192.0.2.2"},
	        /* occluded: the upper cut decides, and glue is asked of the zone below */
	        {"a.cut.z.", "A", "noerror", 0, "cut.z. ns a.cut.z., cut.z. ns cut.z.",
	                "a.cut.z. a 192.0.2.1, a.cut.z. aaaa 2001:db8::1, cut.z. a 192.0.2.2"},
	        {"q.b.cut.z.", "DS", "noerror", 0, "cut.z. ns a.cut.z., cut.z. ns cut.z.",
	                "a.cut.z. a 192.0.2.1, a.cut.z. aaaa 2001:db8::1, cut.z. a 192.0.2.2"},
	        /* DS is the parent's, RFC 4035 3.1.4.1 */
	        {"cut.z.", "DS", "noerror aa",
	                "cut.z. ds 1 8 1 "
	                "0123456789012345678901234567890123456789",
	                0, 0},
	        {"bare.z.", "DS", "noerror aa", 0, "z. soa", 0},
	        {"bare.z.", "A", "noerror", 0, "bare.z. ns ns.elsewhere.", 0},
	        /* of another cut */
	        {"sib.z.", "A", "noerror", 0, "sib.z. ns a.cut.z.",
	                "a.cut.z. a 192.0.2.1, a.cut.z. aaaa 2001:db8::1"},
	        /* zones served here are cuts by themselves, and never referred to */
	        {"in.z.", "NS", "noerror aa", "in.z. ns ns1.test., in.z. ns ns2.test.", 0, 0},
	        {"in.z.", "DS", "noerror aa", 0, "z. soa", 0},
	        {"x.in.z.", "DS", "nxdomain aa", 0, "in.z. soa", 0},
	        /* its parent is not ours: it has no DS, and says so itself */
	        {"deep.mid.z.", "DS", "noerror aa", 0, "deep.mid.z. soa", 0},
	        {"mid.z.", "DS", "noerror aa", 0, "z. soa", 0},
	        {"x.mid.z.", "DS", "noerror", 0, "mid.z. ns ns.elsewhere.", 0},
	        {"x.deep.mid.z.", "A", "nxdomain aa", 0, "deep.mid.z. soa", 0},
	        {"todeep.z.", "DS", "noerror aa", "todeep.z. cname deep.mid.z.", "deep.mid.z. soa",
	                0},
	};
	(void)state;

	serve(zones, 3,
	        "cut NS a.cut\ncut NS cut\na.cut A 192.0.2.1\na.cut AAAA 2001:db8::1\n"
	        "cut A 192.0.2.2\nb.cut NS ns.elsewhere.\nc.cut DNAME elsewhere.\n"
	        "cut DS 1 8 1 0123456789012345678901234567890123456789\nbare NS ns.elsewhere.\n"
	        "sib NS a.cut\nmid NS ns.elsewhere.\ntodeep CNAME deep.mid\n");
	check_rows(rows, ARRAY_LENGTH(rows));
}

/* RFC 9471 3.1: what is needed to get there, or TC. */
static void glue_that_does_not_fit_sets_tc(void **state)
{
	static const char *const zones[] = {"z."};
	char text[4000];
	size_t n = 0;
	(void)state;

	for (unsigned i = 0; i < 13; i++)
		n += (size_t)sprintf(text + n,
		        "cut NS n%u.cut\nn%u.cut A 192.0.2.%u\nn%u.cut AAAA 2001:db8::%x\n"
		        "sib NS n%u.cut\n",
		        i, i, i + 1, i, i + 1, i);
	serve(zones, 1, text);
	ldns_pkt *packet = ask("x.cut.z.", "A", TRANSPORT_UDP);
	assert_true(ldns_pkt_tc(packet));
	ldns_pkt_free(packet);
	packet = ask("x.cut.z.", "A", TRANSPORT_TCP);
	assert_false(ldns_pkt_tc(packet));
	assert_int_equal(ldns_pkt_arcount(packet), 26);
	ldns_pkt_free(packet);
	packet = ask("x.sib.z.", "A", TRANSPORT_UDP); /* the resolver can ask for these */
	assert_false(ldns_pkt_tc(packet));
	assert_int_equal(ldns_pkt_nscount(packet), 13);
	ldns_pkt_free(packet);
	snapshot_unref(snapshot);
}

/* Other addresses take no room from it. */
static void glue_comes_before_other_addresses(void **state)
{
	static const char *const zones[] = {"z."};
	static char text[TEXT_MAX];
	size_t n = (size_t)sprintf(text, "server.cut A 192.0.2.1\ncut NS server.cut\n");
	(void)state;

	for (unsigned i = 0; i < 12; i++)
		n += (size_t)sprintf(text + n,
		        "cut NS a%u\na%u A 192.0.2.%u\na%u AAAA 2001:db8::%x\n", i, i, i + 2, i,
		        i + 2);
	serve(zones, 1, text);
	ldns_pkt *packet = ask("x.cut.z.", "A", TRANSPORT_UDP);
	assert_false(ldns_pkt_tc(packet));
	assert_int_equal(ldns_pkt_nscount(packet), 13);
	section_text(text, ldns_pkt_additional(packet));
	assert_non_null(strstr(text, "server.cut.z. a 192.0.2.1"));
	ldns_pkt_free(packet);
	snapshot_unref(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(wildcards_are_as_in_rfc4592),
	        cmocka_unit_test(wildcards_lead_and_lie_empty),
	        cmocka_unit_test(queries_are_answered_as_in_rfc1034),
	        cmocka_unit_test(dnames_are_as_in_rfc6672),
	        cmocka_unit_test(dnames_lead_through_zones),
	        cmocka_unit_test(a_dname_that_makes_names_too_long_gives_yxdomain),
	        cmocka_unit_test(chains_end_where_they_must),
	        cmocka_unit_test(a_chain_has_at_most_sixteen_links),
	        cmocka_unit_test(cuts_refer_and_give_their_glue),
	        cmocka_unit_test(glue_that_does_not_fit_sets_tc),
	        cmocka_unit_test(glue_comes_before_other_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
