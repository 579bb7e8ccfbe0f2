/* SPDX-License-Identifier: ISC */
#include "server/udp.h"

#include <arpa/inet.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/query.h"
#include "server/socket.h"
#include "tests/help/message.h"
#include "tests/help/small_plan.h"
#include "tests/unit/unit.h"
#include "zone/publish.h"

#define QNAME "1.0.0.10.in-addr.arpa."

static const struct answer_config config = {.udp_size = 1232};

/* One worker's sockets at one address, its UDP, and a client that waits for at most five seconds.
 * Loopback delivers before sendto() returns, so nothing here waits but for what is missing. */
struct rig {
	struct config config;
	struct listen_address listen;
	struct sockets sockets;
	struct udp *udp;
	struct counters counters;
	int server, client;
};

static int publish_something(void **state)
{
	struct small_plan s;
	(void)state;

	small_plan_init(&s);
	small_plan_zone(&s, "10.0.0.0/8");
	small_plan_pair(&s, "10.0.0.1", "a.test.", 60, 0);
	publish_join();
	assert_null(publish_swap(small_plan_compile(&s, NULL, 1000)));
	small_plan_free(&s);
	return 0;
}

static int publish_nothing(void **state)
{
	(void)state;
	snapshot_unref(publish_swap(NULL));
	publish_leave();
	return 0;
}

static struct sockaddr_in loopback(uint32_t address, uint16_t port)
{
	return (struct sockaddr_in){
	        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
}

static uint16_t free_port(void)
{
	struct sockaddr_in at = loopback(INADDR_ANY, 0);
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	close(fd);
	return ntohs(at.sin_port);
}

static void set_up(struct rig *r, struct addr at)
{
	struct timeval patience = {.tv_sec = 5};
	enum err e = ERR_REFUSED;

	memset(r, 0, sizeof *r);
	config_init(&r->config);
	r->config.listen = &r->listen;
	r->config.listen_count = 1;
	for (unsigned tries = 0; e != OK && tries < 10; tries++) { /* others look for ports, too */
		r->listen = (struct listen_address){at, free_port(), {"udp.yaml", 1, 1}};
		e = sockets_open(&r->sockets, &r->config, 1, NULL, 0, &r->config.diags);
		if (e != OK)
			sockets_close(&r->sockets);
	}
	assert_int_equal(e, OK);
	r->server = sockets_of(&r->sockets, 0)->udp;
	assert_int_equal(udp_open(&r->udp, &config, &r->counters), OK);
	r->client = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(r->client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

static void tear_down(struct rig *r)
{
	close(r->client);
	udp_close(r->udp);
	sockets_close(&r->sockets);
	config_free(&r->config);
}

static unsigned serve(struct rig *r)
{
	return udp_serve(r->udp, r->server, sockets_of(&r->sockets, 0)->is_wildcard);
}

static void ask_at(struct rig *r, uint32_t address, const void *octets, size_t n)
{
	struct sockaddr_in to = loopback(address, r->listen.port);

	assert_int_equal(
	        sendto(r->client, octets, n, 0, (struct sockaddr *)&to, sizeof to), (ssize_t)n);
}

static void ask(struct rig *r, uint16_t id)
{
	uint8_t query[MESSAGE_QUERY_MAX];

	ask_at(r, INADDR_LOOPBACK, query, message_query(query, id, QNAME, RR_PTR));
}

static void assert_answer(struct rig *r, uint16_t id, uint32_t from)
{
	uint8_t got[ANSWER_UDP_MAX];
	struct sockaddr_in sender;
	socklen_t len = sizeof sender;
	ssize_t n = recvfrom(r->client, got, sizeof got, 0, (struct sockaddr *)&sender, &len);

	assert_true(n > HEADER_OCTETS);
	assert_int_equal(message_get16(got), id);
	assert_int_equal(message_get16(got + 6), 1);
	assert_int_equal(ntohl(sender.sin_addr.s_addr), from);
	assert_int_equal(ntohs(sender.sin_port), r->listen.port);
}

static void assert_no_answer(struct rig *r)
{
	uint8_t got[1];

	assert_int_equal(recv(r->client, got, sizeof got, MSG_DONTWAIT), -1);
}

static const struct addr one = {4, {127, 0, 0, 1}}, all = {4, {0}};

static void a_batch_is_answered_and_the_rest_waits(void **state)
{
	struct rig r;
	(void)state;

	set_up(&r, one);
	assert_int_equal(serve(&r), 0);
	for (uint16_t id = 0; id < ANSWER_BATCH_MAX + 10; id++)
		ask(&r, id);
	assert_int_equal(serve(&r), ANSWER_BATCH_MAX);
	assert_int_equal(serve(&r), 10);
	assert_int_equal(serve(&r), 0);
	for (uint16_t id = 0; id < ANSWER_BATCH_MAX + 10; id++)
		assert_answer(&r, id, INADDR_LOOPBACK);
	assert_no_answer(&r);
	assert_int_equal(r.counters.queries[TRANSPORT_UDP], ANSWER_BATCH_MAX + 10);
	assert_int_equal(r.counters.answers[ANSWER_POSITIVE], ANSWER_BATCH_MAX + 10);
	assert_int_equal(r.counters.unsent, 0);
	tear_down(&r);
}

static void what_is_not_to_be_answered_is_left_out_of_the_batch(void **state)
{
	static uint8_t big[UDP_QUERY_MAX + 1];
	struct rig r;
	(void)state;

	set_up(&r, one);
	size_t n = message_query(big, 7, QNAME, RR_PTR);
	ask(&r, 1);
	ask_at(&r, INADDR_LOOPBACK, "", 0);
	ask_at(&r, INADDR_LOOPBACK, big, HEADER_OCTETS - 1);
	ask_at(&r, INADDR_LOOPBACK, big, sizeof big); /* one octet too long */
	big[2] |= 0x80;
	ask_at(&r, INADDR_LOOPBACK, big, n); /* itself an answer */
	big[2] = 0;
	ask(&r, 2);
	ask_at(&r, INADDR_LOOPBACK, big,
	        sizeof big - 1); /* the longest; read as far as it counts */
	assert_int_equal(serve(&r), 7);
	assert_answer(&r, 1, INADDR_LOOPBACK);
	assert_answer(&r, 2, INADDR_LOOPBACK);
	assert_answer(&r, 7, INADDR_LOOPBACK);
	assert_no_answer(&r);
	assert_int_equal(r.counters.answers[ANSWER_NONE], 4);
	tear_down(&r);
}

static void bound_to_all_addresses_it_answers_from_the_one_asked(void **state)
{
	struct rig r;
	uint8_t query[MESSAGE_QUERY_MAX];
	size_t n = message_query(query, 5, QNAME, RR_PTR);
	(void)state;

	set_up(&r, all);
	for (uint32_t i = 1; i < 100; i += 7)
		ask_at(&r, 0x7f000000 + i, query, n);
	serve(&r);
	for (uint32_t i = 1; i < 100; i += 7)
		assert_answer(&r, 5, 0x7f000000 + i);
	tear_down(&r);
}

/* A query that claims to come from port 0; false where that takes rights. */
static bool ask_from_port_0(struct rig *r)
{
	struct sockaddr_in to = loopback(INADDR_LOOPBACK, 0);
	uint8_t packet[sizeof(struct udphdr) + MESSAGE_QUERY_MAX];
	size_t n = sizeof(struct udphdr) +
	           message_query(packet + sizeof(struct udphdr), 3, QNAME, RR_PTR);
	struct udphdr header = {.dest = htons(r->listen.port), .len = htons((uint16_t)n)};
	int raw = socket(AF_INET, SOCK_RAW, IPPROTO_UDP);

	if (raw < 0)
		return false;
	memcpy(packet, &header, sizeof header);
	assert_int_equal(sendto(raw, packet, n, 0, (struct sockaddr *)&to, sizeof to), (ssize_t)n);
	close(raw);
	return true;
}

static void port_0_gets_no_answer(void **state)
{
	struct rig r;
	(void)state;

	set_up(&r, one);
	bool could = ask_from_port_0(&r);
	ask(&r, 4);
	assert_int_equal(serve(&r), could ? 2 : 1);
	assert_answer(&r, 4, INADDR_LOOPBACK);
	assert_int_equal(r.counters.answers[ANSWER_NONE], could ? 1 : 0);
	assert_int_equal(r.counters.unsent, 0);
	tear_down(&r);
	if (!could)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_batch_is_answered_and_the_rest_waits),
	        cmocka_unit_test(what_is_not_to_be_answered_is_left_out_of_the_batch),
	        cmocka_unit_test(bound_to_all_addresses_it_answers_from_the_one_asked),
	        cmocka_unit_test(port_0_gets_no_answer),
	};

	return cmocka_run_group_tests(tests, publish_something, publish_nothing);
}
