/* SPDX-License-Identifier: ISC */
/* tests/tools/compare.c - asks two servers the same questions and tells where they differ.
 *
 *     compare ADDRESS@PORT ADDRESS@PORT [--ttl] [--tcp] [--all] < questions    a line: NAME TYPE
 *
 * Compared are the RCODE, AA, TC, the answer section as a set of records (owner, type, rdata;
 * names in lower case), owners and types of the authority section, and the glue of a referral: the
 * addresses in the additional section whose owners are at or below that of NS records in the
 * authority section. With --ttl their TTLs, too.
 * The first SHOWN differences are printed, with --all each. With TC in both, the sections do not
 * count (RFC 2181 9). WINDOW questions are under way at a time; what is lost is asked again. The
 * last line is `N asked, N same, N different`; exit status 0 only when something was asked and
 * nothing differs. */
#include <errno.h>
#include <inttypes.h>
#include <ldns/ldns.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/help/peer.h"

#define WINDOW       64
#define RETRY_MS     500
#define TRIES        6
#define SHOWN        20  /* differences printed in full */
#define SILENT_LIMIT 256 /* questions without an answer, after which it is given up */

/* A question under way. */
struct slot {
	bool used;
	uint16_t id;
	char text[PEER_LINE_MAX];
	uint8_t query[PEER_QUERY_MAX];
	size_t query_len;
	uint8_t *answers[2]; /* owned; NULL: not yet */
	size_t lens[2];
	int64_t again_ms; /* when to ask again */
	unsigned tries;
};

static struct slot slots[WINDOW];
static struct peer peers[2];
static bool with_ttl, show_all;
static uint64_t asked, same, different, silent;

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A section as sorted lines, each once. */
struct lines {
	char **at;
	size_t count;
};

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *record_line(ldns_rr *rr, bool with_rdata)
{
	char *line = NULL;

	ldns_rr2canonical(rr);
	ldns_dname2canonical(ldns_rr_owner(rr));
	if (!with_ttl)
		ldns_rr_set_ttl(rr, 0);
	if (with_rdata)
		return ldns_rr2str(rr);
	char *owner = ldns_rdf2str(ldns_rr_owner(rr)),
	     *type = ldns_rr_type2str(ldns_rr_get_type(rr));
	if (asprintf(&line, "%s\t%" PRIu32 "\t%s\n", owner, ldns_rr_ttl(rr), type) < 0)
		line = NULL;
	free(owner);
	free(type);
	return line;
}

static void read_section(struct lines *out, const ldns_rr_list *section, bool with_rdata)
{
	size_t count = section ? ldns_rr_list_rr_count(section) : 0, kept = 0;

	out->at = calloc(count + 1, sizeof *out->at);
	for (size_t i = 0; i < count; i++)
		out->at[i] = record_line(ldns_rr_list_rr(section, i), with_rdata);
	qsort(out->at, count, sizeof *out->at, compare_lines);
	for (size_t i = 0; i < count; i++) {
		if (kept && strcmp(out->at[kept - 1], out->at[i]) == 0)
			free(out->at[i]);
		else
			out->at[kept++] = out->at[i];
	}
	out->count = kept;
}

static void free_lines(struct lines *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->at[i]);
	free(l->at);
}

static bool lines_equal(const struct lines *a, const struct lines *b)
{
	bool equal = a->count == b->count;

	for (size_t i = 0; equal && i < a->count; i++)
		equal = strcmp(a->at[i], b->at[i]) == 0;
	return equal;
}

/* What counts of a response. */
struct view {
	bool is_whole; /* it parses */
	unsigned rcode;
	bool aa, tc;
	struct lines answer, authority, glue;
};

static bool is_below_ns(const ldns_rr *rr, const ldns_rr_list *authority)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(authority); i++) {
		const ldns_rr *ns = ldns_rr_list_rr(authority, i);
		if (ldns_rr_get_type(ns) == LDNS_RR_TYPE_NS &&
		        (ldns_dname_compare(ldns_rr_owner(rr), ldns_rr_owner(ns)) == 0 ||
		                ldns_dname_is_subdomain(ldns_rr_owner(rr), ldns_rr_owner(ns))))
			return true;
	}
	return false;
}

/* RFC 9471 2.1: what a referral must have. Other additional records are as the server likes. */
static void read_glue(struct view *v, ldns_pkt *packet)
{
	ldns_rr_list *additional = ldns_pkt_additional(packet), *glue = ldns_rr_list_new();

	for (size_t i = 0; additional && i < ldns_rr_list_rr_count(additional); i++) {
		ldns_rr *rr = ldns_rr_list_rr(additional, i);
		if ((ldns_rr_get_type(rr) == LDNS_RR_TYPE_A ||
		            ldns_rr_get_type(rr) == LDNS_RR_TYPE_AAAA) &&
		        is_below_ns(rr, ldns_pkt_authority(packet)))
			ldns_rr_list_push_rr(glue, rr);
	}
	read_section(&v->glue, glue, true);
	ldns_rr_list_free(glue); /* the list alone */
}

static void view_init(struct view *v, const uint8_t *octets, size_t len)
{
	ldns_pkt *packet = NULL;

	memset(v, 0, sizeof *v);
	if (!octets || ldns_wire2pkt(&packet, octets, len) != LDNS_STATUS_OK)
		return;
	v->is_whole = true;
	v->rcode = ldns_pkt_get_rcode(packet);
	v->aa = ldns_pkt_aa(packet);
	v->tc = ldns_pkt_tc(packet);
	read_glue(v, packet);
	read_section(&v->answer, ldns_pkt_answer(packet), true);
	read_section(&v->authority, ldns_pkt_authority(packet), false);
	ldns_pkt_free(packet);
}

static void view_free(struct view *v)
{
	free_lines(&v->answer);
	free_lines(&v->authority);
	free_lines(&v->glue);
}

static bool views_equal(const struct view *a, const struct view *b)
{
	return a->is_whole && b->is_whole && a->rcode == b->rcode && a->aa == b->aa &&
	       a->tc == b->tc &&
	       (a->tc || (lines_equal(&a->answer, &b->answer) &&
	                         lines_equal(&a->authority, &b->authority) &&
	                         lines_equal(&a->glue, &b->glue)));
}

static void print_view(const struct view *v, const struct peer *peer, bool answered)
{
	printf("  %s: ", peer->text);
	if (!v->is_whole) {
		puts(answered ? "an answer that does not parse" : "no answer");
		return;
	}
	printf("rcode %u%s%s\n", v->rcode, v->aa ? ", AA" : "", v->tc ? ", TC" : "");
	for (size_t i = 0; i < v->answer.count; i++)
		printf("    answer     %s", v->answer.at[i]);
	for (size_t i = 0; i < v->authority.count; i++)
		printf("    authority  %s", v->authority.at[i]);
	for (size_t i = 0; i < v->glue.count; i++)
		printf("    glue       %s", v->glue.at[i]);
}

/* Both have answered, or will not: tell, and free the slot. */
static void settle(struct slot *s)
{
	struct view views[2];

	asked++;
	bool equal = s->answers[0] && s->answers[1] && s->lens[0] == s->lens[1] &&
	             memcmp(s->answers[0], s->answers[1], s->lens[0]) == 0;
	if (!equal) {
		for (unsigned i = 0; i < 2; i++)
			view_init(&views[i], s->answers[i], s->lens[i]);
		equal = views_equal(&views[0], &views[1]);
		if (!equal && (show_all || different < SHOWN)) {
			printf("%s\n", s->text);
			for (unsigned i = 0; i < 2; i++)
				print_view(&views[i], &peers[i], s->answers[i] != NULL);
		}
		view_free(&views[0]);
		view_free(&views[1]);
	}
	*(equal ? &same : &different) += 1;
	if (!s->answers[0] || !s->answers[1])
		silent++;
	free(s->answers[0]);
	free(s->answers[1]);
	memset(s, 0, sizeof *s);
}

static void ask(struct slot *s)
{
	s->tries++;
	s->again_ms = now_ms() + RETRY_MS;
	for (unsigned i = 0; i < 2; i++)
		if (!s->answers[i])
			peer_send(&peers[i], s->query, s->query_len);
}

/* The next line of standard input that is a question becomes one. False at the end. */
static bool fill(struct slot *s)
{
	static uint16_t id;
	char line[PEER_LINE_MAX];

	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\r\n")] = 0;
		if (!*line || *line == '#')
			continue;
		s->query_len = peer_question(s->query, ++id, line);
		if (!s->query_len) {
			fprintf(stderr, "compare: not a question: %s\n", line);
			exit(2);
		}
		s->used = true;
		s->id = id;
		memcpy(s->text, line, sizeof line);
		ask(s);
		return true;
	}
	return false;
}

/* Take what has arrived from a peer. */
static void receive(unsigned which)
{
	static uint8_t octets[65536];
	size_t n;

	while ((n = peer_receive(&peers[which], octets, sizeof octets)) >= 12) {
		uint16_t id = (uint16_t)(octets[0] << 8 | octets[1]);
		struct slot *s = &slots[id % WINDOW];
		/* late or foreign: another id or question */
		if (!s->used || s->id != id || s->answers[which] || n < s->query_len ||
		        memcmp(octets + 12, s->query + 12, s->query_len - 12) != 0)
			continue;
		s->answers[which] = malloc(n);
		if (!s->answers[which])
			abort();
		memcpy(s->answers[which], octets, n);
		s->lens[which] = n;
		if (s->answers[0] && s->answers[1])
			settle(s);
	}
}

/* Ask again what is late; give up on what was asked often. */
static void hurry(void)
{
	int64_t now = now_ms();

	for (unsigned i = 0; i < WINDOW; i++) {
		struct slot *s = &slots[i];
		if (!s->used || s->again_ms > now)
			continue;
		if (s->tries >= TRIES)
			settle(s);
		else
			ask(s);
	}
}

/* Until all questions are settled, or the servers are silent. Ids ascend and slots are taken in
 * turn, so an id says where its slot is. */
static void run(void)
{
	bool more = true, used = true;
	unsigned next = 1;

	while (used && silent < SILENT_LIMIT) {
		while (more && !slots[next % WINDOW].used) {
			more = fill(&slots[next % WINDOW]);
			next += more ? 1 : 0;
		}
		struct pollfd fds[2] = {{.fd = peers[0].fd, .events = POLLIN},
		        {.fd = peers[1].fd, .events = POLLIN}};
		poll(fds, 2, RETRY_MS / 10);
		for (unsigned i = 0; i < 2; i++)
			if (fds[i].revents)
				receive(i);
		hurry();
		used = more;
		for (unsigned i = 0; i < WINDOW; i++)
			used |= slots[i].used;
	}
	if (used)
		printf("given up: %" PRIu64 " questions without an answer\n", silent);
}

static int usage(void)
{
	fputs("usage: compare ADDRESS@PORT ADDRESS@PORT [--ttl] [--tcp] [--all] < questions\n",
	        stderr);
	return 2;
}

int main(int argc, char **argv)
{
	bool tcp = false;

	if (argc < 3)
		return usage();
	for (int i = 3; i < argc; i++) {
		if (strcmp(argv[i], "--ttl") == 0)
			with_ttl = true;
		else if (strcmp(argv[i], "--tcp") == 0)
			tcp = true;
		else if (strcmp(argv[i], "--all") == 0)
			show_all = true;
		else
			return usage();
	}
	for (unsigned i = 0; i < 2; i++) {
		if (!peer_open(&peers[i], argv[1 + i], tcp)) {
			fprintf(stderr, "compare: %s: %s\n", argv[1 + i], strerror(errno));
			return 2;
		}
	}
	run();
	printf("%" PRIu64 " asked, %" PRIu64 " same, %" PRIu64 " different\n", asked, same,
	        different);
	return asked && !different ? 0 : 1;
}
