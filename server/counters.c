/* SPDX-License-Identifier: ISC */
#include "server/counters.h"

#include <inttypes.h>

#include "server/log.h"
#include "server/query.h"

/* An answer has the low four bits of its RCODE. Those of BADVERS are 0, and it is the only error
 * of which that can be said. */
static unsigned rcode_of(const struct response *r)
{
	return r->kind == ANSWER_ERROR && r->rcode == 0 ? RCODE_BADVERS : r->rcode & 15U;
}

void counters_count(struct counters *c, enum transport transport, const struct response *r)
{
	counter_add(&c->queries[transport], 1);
	counter_add(&c->answers[r->kind], 1);
	if (r->qtype)
		counter_add(
		        &c->types[r->qtype < COUNTERS_TYPES ? r->qtype : COUNTERS_TYPE_OTHER], 1);
	if (r->len)
		counter_add(&c->rcodes[rcode_of(r)], 1);
}

static void add_each(_Atomic uint64_t *sum, const _Atomic uint64_t *more, size_t n)
{
	for (size_t i = 0; i < n; i++)
		counter_add(&sum[i], counter_read(&more[i]));
}

#define LENGTH(a) (sizeof(a) / sizeof *(a))

void counters_add(struct counters *sum, const struct counters *more)
{
	add_each(sum->queries, more->queries, LENGTH(sum->queries));
	add_each(sum->answers, more->answers, LENGTH(sum->answers));
	add_each(sum->types, more->types, LENGTH(sum->types));
	add_each(sum->rcodes, more->rcodes, LENGTH(sum->rcodes));
	add_each(&sum->unsent, &more->unsent, 1);
	add_each(&sum->connections, &more->connections, 1);
	add_each(&sum->turned_away, &more->turned_away, 1);
}

void counters_log(const struct counters *c)
{
	uint64_t a[ANSWER_ERROR + 1];

	for (unsigned i = 0; i < LENGTH(a); i++)
		a[i] = counter_read(&c->answers[i]);
	log_notice("answered: UDP %" PRIu64 ", TCP %" PRIu64 " (connections %" PRIu64
	           ", turned away %" PRIu64 "); positive %" PRIu64 ", nodata %" PRIu64
	           ", nxdomain %" PRIu64 ", referral %" PRIu64 ", refused %" PRIu64
	           ", error %" PRIu64 ", no answer %" PRIu64 ", unsent %" PRIu64,
	        counter_read(&c->queries[TRANSPORT_UDP]), counter_read(&c->queries[TRANSPORT_TCP]),
	        counter_read(&c->connections), counter_read(&c->turned_away), a[ANSWER_POSITIVE],
	        a[ANSWER_NODATA], a[ANSWER_NXDOMAIN], a[ANSWER_REFERRAL], a[ANSWER_REFUSED],
	        a[ANSWER_ERROR], a[ANSWER_NONE], counter_read(&c->unsent));
}
