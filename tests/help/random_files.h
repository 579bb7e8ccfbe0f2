/* SPDX-License-Identifier: ISC */
/* tests/help/random_files.h - an operator and six customers, a to f, with hosts, ranges and
 * delegations that change.
 *
 * f has a block in a's, and a one in that; some share domains; b and e have some in a reverse zone,
 * where there are cuts. Now and then one writes what is not his, or twice. */
#ifndef TESTS_HELP_RANDOM_FILES_H
#define TESTS_HELP_RANDOM_FILES_H

#include "tests/help/random_layers.h"

#define RANDOM_CUSTOMERS  6U
#define RANDOM_HOSTS_MAX  25U
#define RANDOM_LAYERS_MAX 8U
#define RANDOM_ZONES_MAX  16U

/* What a customer's file has, an entry a line. */
struct random_file {
	char hosts[RANDOM_HOSTS_MAX][100];
	char ranges[RANDOM_LAYERS_MAX][RANDOM_ENTRY_MAX],
	        delegations[RANDOM_LAYERS_MAX][RANDOM_ENTRY_MAX];
	unsigned host_count, range_count, delegation_count;
	bool has_ttl;
};

/* Write arpad.yaml into the working folder, at times a bad one; the zones above the addresses are
 * those of the round. */
void random_operator_write(unsigned round);

void random_file_fill(struct random_file *f, unsigned customer);

/* One entry more, or less, or another one. */
void random_file_edit(struct random_file *f, unsigned customer);

/* Another order, and nothing else. */
void random_file_shuffle(struct random_file *f);

/* Write it; of a few kinds below 20 broken, or not there at all. */
void random_file_write(const struct random_file *f, unsigned customer, uint32_t kind);

#endif
