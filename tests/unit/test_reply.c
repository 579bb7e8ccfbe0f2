/* SPDX-License-Identifier: ISC */
/* Answers from records, first those of the RFCs themselves. */
#include "server/answer.h"
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"

#include <ldns/ldns.h> /* behind what wants bool as C11 has it */

static struct snapshot *snapshot;

static int make_snapshot(void **state)
{
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	/* RFC 4592 2.2.1 */
	small_plan_zone(&s, "example.");
	small_plan_records(&s, "example.",
	        "* 3600 TXT \"this is a wildcard\"\n"
	        "* 3600 MX 10 host1.example.\n"
	        "sub.*.example. 3600 TXT \"this is not a wildcard\"\n"
	        "host1.example. 3600 A 192.0.2.1\n"
	        "_ssh._tcp.host1.example. 3600 SRV 0 0 22 host1\n"
	        "_ssh._tcp.host2.example. 3600 SRV 0 0 22 host2\n"
	        "subdel.example. 3600 NS ns.example.com.\n"
	        "subdel.example. 3600 NS ns.example.net.\n");
	/* RFC 1034 6.2, what of it is not of its time */
	small_plan_zone(&s, "edu.");
	small_plan_records(&s, "edu.",
	        "ucla NS vaxa.isi\nisi NS vaxa.isi\nvaxa.isi A 10.2.0.27\nvaxa.isi A 128.9.0.33\n");
	small_plan_zone(&s, "mil.");
	small_plan_records(&s, "mil.",
	        "sri-nic A 26.0.0.73\nsri-nic A 10.0.0.51\nsri-nic MX 0 sri-nic\n"
	        "usc-isic CNAME c.isi.edu.\n");
	/* RFC 6672 2.2 */
	small_plan_zone(&s, "test.");
	small_plan_records(&s, "test.",
	        "x.y DNAME t\na.t TXT there\n"
	        "c CNAME d\nd CNAME e\ne TXT end\n"
	        "l CNAME m\nm CNAME l\nself CNAME self\n"
	        "out CNAME host1.example.\nfar CNAME nowhere.else.\n"
	        "down CNAME h.cut\ncut NS ns.cut\nns.cut A 192.0.2.53\nh.cut TXT hidden\n"
	        "cut DS 1 13 2 3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D\n"
	        "below DNAME z.below\n*.w CNAME e\n");
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

/* A section as `OWNER TYPE RDATA`, records between slashes. */
static void print_section(FILE *out, const char *name, ldns_rr_list *list)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		ldns_rr *rr = ldns_rr_list_rr(list, i);
		char *owner = ldns_rdf2str(ldns_rr_owner(rr));
		char *type = ldns_rr_type2str(ldns_rr_get_type(rr));
		fprintf(out, " %s%s %s", i ? "/ " : name, owner, type);
		if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_SOA) {
			for (size_t k = 0; k < ldns_rr_rd_count(rr); k++) {
				char *rdf = ldns_rdf2str(ldns_rr_rdf(rr, k));
				fprintf(out, " %.24s", rdf);
				free(rdf);
			}
		}
		free(owner);
		free(type);
	}
}

static char *ask(const char *name, unsigned type)
{
	static const struct answer_config config = {.udp_size = 1232};
	uint8_t query[300] = {0, 1, 0, 0, 0, 1}, octets[65535];
	struct response r = {.octets = octets, .capacity = sizeof octets};
	struct name n;
	char *text = NULL;
	size_t size;

	assert_int_equal(name_from_text(&n, name, strlen(name)), OK);
	memcpy(query + 12, n.wire, n.len);
	memcpy(query + 12 + n.len, (uint8_t[]){(uint8_t)(type >> 8), (uint8_t)type, 0, 1}, 4);
	struct query q = {query, (uint16_t)(16 + n.len), TRANSPORT_TCP};
	answer_batch(snapshot, &config, &q, &r, 1);
	ldns_pkt *packet;
	assert_int_equal(ldns_wire2pkt(&packet, octets, r.len), LDNS_STATUS_OK);
	FILE *out = open_memstream(&text, &size);
	fprintf(out, "%u%s", ldns_pkt_get_rcode(packet), ldns_pkt_aa(packet) ? " aa" : "");
	print_section(out, "", ldns_pkt_answer(packet));
	print_section(out, "| ", ldns_pkt_authority(packet));
	print_section(out, "+ ", ldns_pkt_additional(packet));
	fclose(out);
	ldns_pkt_free(packet);
	return text;
}

struct expected {
	const char *name;
	unsigned type;
	const char *response;
};

static void expect(const struct expected *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *response = ask(cases[i].name, cases[i].type);
		if (strcmp(response, cases[i].response) != 0)
			print_message("%s %u\n", cases[i].name, cases[i].type);
		assert_string_equal(response, cases[i].response);
		free(response);
	}
}

/* The examples of RFC 4592 2.2.1, in its order. */
static void wildcards_as_in_rfc_4592(void **state)
{
	static const struct expected cases[] = {
	        {"host3.example.", RR_MX, "0 aa host3.example. MX 10 host1.example."},
	        {"host3.example.", RR_A, "0 aa | example. SOA"},
	        {"foo.bar.example.", RR_TXT, "0 aa foo.bar.example. TXT \"this is a wildcard\""},
	        {"host1.example.", RR_MX, "0 aa | example. SOA"},
	        {"sub.*.example.", RR_MX, "0 aa | example. SOA"},
	        {"_telnet._tcp.host1.example.", RR_SRV, "3 aa | example. SOA"},
	        {"host.subdel.example.", RR_A,
	                "0 | subdel.example. NS ns.example.com. / subdel.example. NS "
	                "ns.example.net."},
	        {"ghost.*.example.", RR_MX, "3 aa | example. SOA"},
	        /* what is below a host is not the wildcard's, nor is an empty non-terminal */
	        {"x.host1.example.", RR_TXT, "3 aa | example. SOA"},
	        {"host2.example.", RR_TXT, "0 aa | example. SOA"},
	        {"_tcp.host2.example.", RR_TXT, "0 aa | example. SOA"},
	        {"*.example.", RR_TXT, "0 aa *.example. TXT \"this is a wildcard\""},
	};
	(void)state;

	expect(cases, ARRAY_LENGTH(cases));
}

/* RFC 1034 6.2.1 to 6.2.8, minimal. */
static void answers_as_in_rfc_1034(void **state)
{
	static const struct expected cases[] = {
	        {"SRI-NIC.MIL.", RR_A, "0 aa SRI-NIC.MIL. A 10.0.0.51 / SRI-NIC.MIL. A 26.0.0.73"},
	        {"SRI-NIC.MIL.", RR_MX, "0 aa SRI-NIC.MIL. MX 0 SRI-NIC.MIL."},
	        {"SRI-NIC.MIL.", RR_NS, "0 aa | MIL. SOA"},
	        {"SIR-NIC.MIL.", RR_A, "3 aa | MIL. SOA"},
	        {"UCLA.EDU.", RR_A,
	                "0 | UCLA.EDU. NS vaxa.isi.EDU. + vaxa.isi.EDU. A 10.2.0.27 / "
	                "vaxa.isi.EDU. "
	                "A 128.9.0.33"},
	        {"USC-ISIC.MIL.", RR_A,
	                "0 aa USC-ISIC.MIL. CNAME c.isi.edu. | isi.edu. NS vaxa.isi.edu. + "
	                "vaxa.isi.edu. A 10.2.0.27 / vaxa.isi.edu. A 128.9.0.33"},
	        {"USC-ISIC.MIL.", RR_CNAME, "0 aa USC-ISIC.MIL. CNAME c.isi.edu."},
	};
	(void)state;

	expect(cases, ARRAY_LENGTH(cases));
}

static void chains_and_dname(void **state)
{
	static const struct expected cases[] = {
	        {"a.x.y.test.", RR_TXT,
	                "0 aa x.y.test. DNAME t.test. / a.x.y.test. CNAME a.t.test. / a.t.test. "
	                "TXT "
	                "\"there\""},
	        {"b.x.y.test.", RR_TXT,
	                "3 aa x.y.test. DNAME t.test. / b.x.y.test. CNAME b.t.test. | test. SOA"},
	        {"a.x.y.test.", RR_CNAME,
	                "0 aa x.y.test. DNAME t.test. / a.x.y.test. CNAME a.t.test."},
	        {"x.y.test.", RR_DNAME, "0 aa x.y.test. DNAME t.test."},
	        {"x.y.test.", RR_TXT, "0 aa | test. SOA"},
	        {"y.test.", RR_TXT, "0 aa | test. SOA"},
	        {"q.below.test.", RR_A,
	                "0 aa below.test. DNAME z.below.test. / q.below.test. CNAME "
	                "q.z.below.test."},
	        {"c.test.", RR_TXT,
	                "0 aa c.test. CNAME d.test. / d.test. CNAME e.test. / e.test. TXT \"end\""},
	        {"c.test.", RR_A, "0 aa c.test. CNAME d.test. / d.test. CNAME e.test. | test. SOA"},
	        {"l.test.", RR_A, "0 aa l.test. CNAME m.test. / m.test. CNAME l.test."},
	        {"self.test.", RR_A, "0 aa self.test. CNAME self.test."},
	        {"out.test.", RR_A,
	                "0 aa out.test. CNAME host1.example. / host1.example. A 192.0.2.1"},
	        {"far.test.", RR_A, "0 aa far.test. CNAME nowhere.else."},
	        {"q.w.test.", RR_TXT, "0 aa q.w.test. CNAME e.test. / e.test. TXT \"end\""},
	};
	(void)state;

	expect(cases, ARRAY_LENGTH(cases));
}

static void cuts_and_what_is_behind_them(void **state)
{
	static const struct expected cases[] = {
	        {"h.cut.test.", RR_TXT,
	                "0 | cut.test. NS ns.cut.test. + ns.cut.test. A 192.0.2.53"},
	        {"ns.cut.test.", RR_A, "0 | cut.test. NS ns.cut.test. + ns.cut.test. A 192.0.2.53"},
	        {"cut.test.", RR_NS, "0 | cut.test. NS ns.cut.test. + ns.cut.test. A 192.0.2.53"},
	        {"cut.test.", RR_DS, "0 aa cut.test. DS 1 13 2 3490a6806d47f17a34c29e2c"},
	        {"h.cut.test.", RR_DS, "0 | cut.test. NS ns.cut.test. + ns.cut.test. A 192.0.2.53"},
	        {"down.test.", RR_TXT,
	                "0 aa down.test. CNAME h.cut.test. | cut.test. NS ns.cut.test. + "
	                "ns.cut.test. A 192.0.2.53"},
	};
	(void)state;

	expect(cases, ARRAY_LENGTH(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(wildcards_as_in_rfc_4592),
	        cmocka_unit_test(answers_as_in_rfc_1034),
	        cmocka_unit_test(chains_and_dname),
	        cmocka_unit_test(cuts_and_what_is_behind_them),
	};

	return cmocka_run_group_tests(tests, make_snapshot, drop_snapshot);
}
