/* SPDX-License-Identifier: ISC */
#include "server/counters.h"

#include <inttypes.h>

#include "server/log.h"

void counters_add(struct counters *sum, const struct counters *more)
{
	for (unsigned i = 0; i <= TRANSPORT_TCP; i++)
		sum->queries[i] += more->queries[i];
	for (unsigned i = 0; i <= ANSWER_ERROR; i++)
		sum->answers[i] += more->answers[i];
	sum->unsent += more->unsent;
	sum->connections += more->connections;
	sum->turned_away += more->turned_away;
}

void counters_log(const struct counters *c)
{
	const uint64_t *a = c->answers;

	log_notice("answered: UDP %" PRIu64 ", TCP %" PRIu64 " (connections %" PRIu64
	           ", turned away %" PRIu64 "); positive %" PRIu64 ", nodata %" PRIu64
	           ", nxdomain %" PRIu64 ", referral %" PRIu64 ", refused %" PRIu64
	           ", error %" PRIu64 ", no answer %" PRIu64 ", unsent %" PRIu64,
	        c->queries[TRANSPORT_UDP], c->queries[TRANSPORT_TCP], c->connections,
	        c->turned_away, a[ANSWER_POSITIVE], a[ANSWER_NODATA], a[ANSWER_NXDOMAIN],
	        a[ANSWER_REFERRAL], a[ANSWER_REFUSED], a[ANSWER_ERROR], a[ANSWER_NONE], c->unsent);
}
