/* SPDX-License-Identifier: ISC */
#include "tests/help/range_draw.h"

/* True for what stays as it is. */
static bool stays(unsigned customers, unsigned customer)
{
	return !(customers >> customer & 1) || !one_in(3);
}

static void drop_ranges(struct model *m, unsigned customers)
{
	unsigned count = 0;

	for (unsigned i = 0; i < m->range_count; i++)
		if (stays(customers, m->ranges[i].customer))
			m->ranges[count++] = m->ranges[i];
	m->range_count = count;
}

static void drop_delegations(struct model *m, unsigned customers)
{
	unsigned count = 0;

	for (unsigned i = 0; i < m->delegation_count; i++)
		if (stays(customers, m->delegations[i].customer))
			m->delegations[count++] = m->delegations[i];
	m->delegation_count = count;
}

/* Of those whose ranges become less, a host cannot have the name that one may give now. */
static void drop_hosts(struct model *m, unsigned customers)
{
	unsigned count = 0;

	for (unsigned i = 0; i < m->host_count; i++) {
		const struct model_host *h = &m->hosts[i];
		bool is_lost = h->has_lost_name && (customers >> h->customer & 1);
		if (!is_lost && (h->has_record || stays(customers, h->customer)))
			m->hosts[count++] = *h;
	}
	m->host_count = count;
}

void range_draw_less(struct model *less, const struct model *m)
{
	unsigned customers = 1 + random_below((1U << m->customer_count) - 1);

	*less = *m;
	drop_hosts(less, customers);
	drop_ranges(less, customers);
	drop_delegations(less, customers);
	for (unsigned i = 0; i < less->customer_count; i++)
		if (customers >> i & 1 && one_in(2))
			less->customers[i].ttl_s = draw_own_ttl();
	for (unsigned i = 0; i < less->range_count; i++)
		if (customers >> less->ranges[i].customer & 1 && one_in(4))
			less->ranges[i].ttl_s = draw_own_ttl();
}
