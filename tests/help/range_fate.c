/* SPDX-License-Identifier: ISC */
/* Who has an address, word for word as the manual says. */
#include "tests/help/range_oracle.h"

uint32_t range_oracle_ttl(const struct model *m, unsigned customer, uint32_t own)
{
	uint32_t file = m->customers[customer].ttl_s;

	return own ? own : file ? file : m->ttl_s;
}

/* The bits of the longest prefix of the customer's that holds the address; 0: none does. */
static unsigned longest_block(
        const struct model_customer *c, uint8_t len, unsigned __int128 address)
{
	unsigned longest = 0;

	for (unsigned i = 0; i < c->block_count; i++)
		if (block_has(&c->blocks[i], len, address) && block_bits(&c->blocks[i]) > longest)
			longest = block_bits(&c->blocks[i]);
	return longest;
}

/* The customer's smallest range that has the address. */
static unsigned smallest_range(
        const struct model *m, unsigned customer, uint8_t len, unsigned __int128 address)
{
	unsigned best = ORACLE_NOBODY;

	for (unsigned i = 0; i < m->range_count; i++) {
		const struct model_block *b = &m->ranges[i].block;
		if (m->ranges[i].customer != customer || !block_has(b, len, address))
			continue;
		if (best == ORACLE_NOBODY ||
		        b->last - b->first <
		                m->ranges[best].block.last - m->ranges[best].block.first)
			best = i;
	}
	return best;
}

/* From the innermost owner of the address outwards, who says something of it first. */
static unsigned find_range(const struct model *m, uint8_t len, unsigned __int128 address)
{
	unsigned bits[MODEL_CUSTOMERS_MAX];

	for (unsigned i = 0; i < m->customer_count; i++)
		bits[i] = longest_block(&m->customers[i], len, address);
	for (;;) {
		unsigned inner = 0;
		for (unsigned i = 1; i < m->customer_count; i++)
			if (bits[i] > bits[inner])
				inner = i;
		if (bits[inner] == 0)
			return ORACLE_NOBODY;
		unsigned range = smallest_range(m, inner, len, address);
		if (range != ORACLE_NOBODY)
			return *m->ranges[range].shape ? range : ORACLE_NOBODY;
		bits[inner] = 0;
	}
}

struct fate range_oracle_fate(const struct model *m, uint8_t len, unsigned __int128 address)
{
	struct fate fate = {ORACLE_NOBODY, ORACLE_NOBODY, ORACLE_NOBODY};

	for (unsigned i = 0; i < m->delegation_count; i++) {
		if (m->delegations[i].is_served ||
		        !block_has(&m->delegations[i].block, len, address))
			continue;
		fate.delegation = i;
		return fate;
	}
	for (unsigned i = 0; i < m->host_count; i++) {
		if (m->hosts[i].len != len || m->hosts[i].address != address)
			continue;
		fate.host = i;
		return fate;
	}
	fate.range = find_range(m, len, address);
	return fate;
}
