/* SPDX-License-Identifier: ISC */
#include "server/udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "zone/publish.h"

/* Buffers 4096 octets apart would all compete for the same few lines of the nearest cache. */
#define QUERY_STRIDE   (UDP_QUERY_MAX + 64)
#define CONTROL_OCTETS CMSG_SPACE(sizeof(struct in6_pktinfo)) /* the larger of the two families */

/* What belongs to one message of a batch: where it came from, and at which of our addresses. */
struct peer {
	struct sockaddr_in6 address; /* or a struct sockaddr_in */
	_Alignas(struct cmsghdr) uint8_t control[CONTROL_OCTETS];
};

struct udp {
	const struct answer_config *config;
	struct counters *counters;
	struct mmsghdr in[ANSWER_BATCH_MAX], out[ANSWER_BATCH_MAX];
	unsigned used;    /* of `in` by the last batch: the others are as it found them */
	bool is_wildcard; /* that they are ready for */
	struct iovec in_octets[ANSWER_BATCH_MAX], out_octets[ANSWER_BATCH_MAX];
	struct peer peers[ANSWER_BATCH_MAX];
	struct query queries[ANSWER_BATCH_MAX];
	struct response responses[ANSWER_BATCH_MAX];
	uint8_t asker[ANSWER_BATCH_MAX]; /* of each query: the number of its message in `in` */
	uint8_t query_octets[ANSWER_BATCH_MAX][QUERY_STRIDE];
	uint8_t response_octets[ANSWER_BATCH_MAX][ANSWER_UDP_MAX];
};

_Static_assert(ANSWER_BATCH_MAX <= UINT8_MAX + 1, "struct udp keeps numbers of messages in octets");

enum err udp_open(struct udp **out, const struct answer_config *config, struct counters *counters)
{
	struct udp *u = calloc(1, sizeof *u);

	if (!u)
		return ERR_MEMORY;
	u->config = config;
	u->counters = counters;
	for (unsigned i = 0; i < ANSWER_BATCH_MAX; i++) {
		u->in_octets[i] = (struct iovec){u->query_octets[i], UDP_QUERY_MAX};
		u->in[i].msg_hdr.msg_name = &u->peers[i].address;
		u->in[i].msg_hdr.msg_iov = &u->in_octets[i];
		u->in[i].msg_hdr.msg_iovlen = 1;
		u->out[i].msg_hdr.msg_iov = &u->out_octets[i];
		u->out[i].msg_hdr.msg_iovlen = 1;
		u->responses[i].octets = u->response_octets[i];
		u->responses[i].capacity = ANSWER_UDP_MAX;
	}
	u->used = ANSWER_BATCH_MAX; /* none is ready */
	*out = u;
	return OK;
}

void udp_close(struct udp *u)
{
	free(u);
}

/* Have messages [0, n) as recvmmsg(2) wants them; it writes over some of that. */
static void make_ready(struct udp *u, unsigned n, bool is_wildcard)
{
	for (unsigned i = 0; i < n; i++) {
		struct msghdr *m = &u->in[i].msg_hdr;
		m->msg_namelen = sizeof u->peers[i].address;
		m->msg_control = is_wildcard ? u->peers[i].control : NULL;
		m->msg_controllen = is_wildcard ? CONTROL_OCTETS : 0;
	}
}

static unsigned receive(struct udp *u, int fd, bool is_wildcard)
{
	if (u->is_wildcard != is_wildcard)
		u->used = ANSWER_BATCH_MAX;
	make_ready(u, u->used, is_wildcard);
	int n = recvmmsg(fd, u->in, ANSWER_BATCH_MAX, MSG_DONTWAIT, NULL);
	u->used = n > 0 ? (unsigned)n : 0;
	u->is_wildcard = is_wildcard;
	return u->used;
}

/* sin_port and sin6_port lie at the same place. */
static bool has_port(const struct peer *peer)
{
	return peer->address.sin6_port != 0;
}

/* Pick the messages that are to be answered. One from port 0 is not: nothing listens there, and
 * whoever forged it only wants the answer sent. */
static unsigned pick_queries(struct udp *u, unsigned received)
{
	unsigned n = 0;

	for (unsigned i = 0; i < received; i++) {
		if (u->in[i].msg_hdr.msg_flags & MSG_TRUNC || !has_port(&u->peers[i])) {
			counters_count_dropped(u->counters, TRANSPORT_UDP);
			continue;
		}
		u->queries[n] = (struct query){
		        u->query_octets[i], (uint16_t)u->in[i].msg_len, TRANSPORT_UDP};
		u->asker[n++] = (uint8_t)i;
	}
	return n;
}

/* What came with a query says at which address it was asked; with the interface taken out, so that
 * the way back is the kernel's choice, it says from where the answer leaves: ip(7), ipv6(7). */
static void turn_control(struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);

	if (!c)
		return;
	if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
		struct in_pktinfo at;
		memcpy(&at, CMSG_DATA(c), sizeof at);
		at.ipi_ifindex = 0; /* ipi_spec_dst is the address already */
		memcpy(CMSG_DATA(c), &at, sizeof at);
	} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
		struct in6_pktinfo at;
		memcpy(&at, CMSG_DATA(c), sizeof at);
		at.ipi6_ifindex = 0;
		memcpy(CMSG_DATA(c), &at, sizeof at);
	}
}

/* Line up the answers to n queries; returns how many there are to send. */
static unsigned line_up(struct udp *u, unsigned n)
{
	unsigned lined_up = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct response *r = &u->responses[i];
		counters_count(u->counters, TRANSPORT_UDP, r);
		if (r->len == 0)
			continue;
		const struct msghdr *in = &u->in[u->asker[i]].msg_hdr;
		struct msghdr *out = &u->out[lined_up].msg_hdr;
		u->out_octets[lined_up++] = (struct iovec){r->octets, r->len};
		out->msg_name = in->msg_name;
		out->msg_namelen = in->msg_namelen;
		out->msg_control = in->msg_controllen ? in->msg_control : NULL;
		out->msg_controllen = in->msg_controllen;
		if (out->msg_controllen)
			turn_control(out);
	}
	return lined_up;
}

/* sendmmsg stops at the first message that the system will not take: a full buffer (EAGAIN,
 * ENOBUFS), a packet filter (EPERM), no way there (ENETUNREACH), an error left behind by an earlier
 * one (ECONNREFUSED). That message is lost, as any datagram may be; the others are not. */
static void send_all(struct udp *u, int fd, unsigned n)
{
	for (unsigned i = 0; i < n;) {
		int sent = sendmmsg(fd, u->out + i, n - i, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent > 0) {
			i += (unsigned)sent;
		} else {
			counter_add(&u->counters->unsent, 1);
			i++;
		}
	}
}

unsigned udp_serve(struct udp *u, int fd, bool is_wildcard)
{
	unsigned received = receive(u, fd, is_wildcard), n = pick_queries(u, received);

	if (n) {
		const struct snapshot *snapshot = publish_read();
		answer_batch(snapshot, u->config, u->queries, u->responses, n);
		publish_rest();
		send_all(u, fd, line_up(u, n));
	}
	return received;
}
