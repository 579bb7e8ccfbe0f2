/* SPDX-License-Identifier: ISC */
/* tests/help/range_model.h - an operator and his customers, with ranges and delegations, in plain
 * structs: what tests/help/range_random.h invents, range_yaml.c writes down for arpad, and
 * tests/help/range_oracle.h reads with naive eyes.
 *
 * Nothing here comes from zone/plan or zone/pattern: it is what these are held against. Names are
 * text, lower-case, without a final dot; addresses are numbers. */
#ifndef TESTS_HELP_RANGE_MODEL_H
#define TESTS_HELP_RANGE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zone/addr.h"

#define MODEL_NAME_MAX  160
#define MODEL_LABEL_MAX 100

#define MODEL_ZONES_MAX       16
#define MODEL_CUSTOMERS_MAX   4
#define MODEL_BLOCKS_MAX      10
#define MODEL_DOMAINS_MAX     3
#define MODEL_RANGES_MAX      120
#define MODEL_HOSTS_MAX       260
#define MODEL_NAMES_MAX       4
#define MODEL_DELEGATIONS_MAX 24
#define MODEL_NS_MAX          3
#define MODEL_RECORDS_MAX     120

/* Addresses from first to last, both included. */
struct model_block {
	unsigned __int128 first, last;
	uint8_t len; /* octets of an address: 4 or 16 */
};

struct model_zone {
	char name[MODEL_NAME_MAX];
	bool is_reverse;
	bool is_child;            /* of RFC 2317 */
	char style[16];           /* of a child, as written */
	struct model_block block; /* if it is reverse */
	uint32_t ttl_s, negative_ttl_s;
	char ns[2][MODEL_NAME_MAX];
};

struct model_customer {
	const char *name;
	struct model_block blocks[MODEL_BLOCKS_MAX]; /* each a prefix */
	unsigned block_count;
	char domains[MODEL_DOMAINS_MAX][MODEL_NAME_MAX];
	unsigned domain_count;
	uint32_t ttl_s; /* of the file; 0: it says none */
};

struct model_range {
	unsigned customer;
	struct model_block block;
	bool is_prefix;              /* written as one */
	char shape[MODEL_LABEL_MAX]; /* h-{ip}; "": none */
	char owner[MODEL_NAME_MAX];
	uint32_t ttl_s; /* 0: it says none */
};

struct model_host {
	unsigned customer;
	unsigned __int128 address;
	uint8_t len;
	char names[MODEL_NAMES_MAX][MODEL_NAME_MAX];
	unsigned name_count;
	bool forward_no;
	bool has_lost_name; /* that of a range, did not another have the address */
	bool has_record;    /* of the operator's, at its reverse name: the host must stay */
	uint32_t ttl_s;     /* 0: it says none */
};

enum model_way {
	WAY_CUT,   /* zone cuts on label boundaries */
	WAY_CHILD, /* RFC 2317: CNAMEs below a label that is a cut */
	WAY_CNAME  /* RFC 2317 5.2: CNAMEs below a name elsewhere */
};

struct model_delegation {
	unsigned customer;
	struct model_block block;
	bool is_prefix;
	bool is_served; /* into a zone of RFC 2317 that is served here: it means nothing */
	enum model_way way;
	char style[16];              /* as written; "": none */
	char target[MODEL_NAME_MAX]; /* of the CNAMEs */
	char ns[MODEL_NS_MAX][MODEL_NAME_MAX];
	unsigned ns_count;
	char glue[MODEL_NS_MAX][2][48]; /* addresses of a name server as text; "": none */
	bool has_ds;
	uint8_t ds_octet; /* that its digest is made of */
	uint32_t ttl_s;   /* 0: it says none */
};

/* One of the operator's. */
struct model_record {
	unsigned zone;
	char owner[MODEL_NAME_MAX]; /* in full */
	uint16_t type;              /* A, AAAA, TXT, NS, CNAME, DNAME or PTR */
	char rdata[MODEL_NAME_MAX]; /* a TXT is one word */
	uint32_t ttl_s;
};

struct model {
	uint32_t ttl_s; /* the operator's default */
	unsigned net;   /* 10.NET.0.0/16 */
	struct model_zone zones[MODEL_ZONES_MAX];
	unsigned zone_count;
	struct model_customer customers[MODEL_CUSTOMERS_MAX];
	unsigned customer_count;
	struct model_range ranges[MODEL_RANGES_MAX];
	unsigned range_count;
	struct model_host hosts[MODEL_HOSTS_MAX];
	unsigned host_count;
	struct model_delegation delegations[MODEL_DELEGATIONS_MAX];
	unsigned delegation_count;
	struct model_record records[MODEL_RECORDS_MAX];
	unsigned record_count;
};

static inline bool block_has(const struct model_block *b, uint8_t len, unsigned __int128 address)
{
	return b->len == len && b->first <= address && address <= b->last;
}

static inline bool block_meets(const struct model_block *a, const struct model_block *b)
{
	return a->len == b->len && a->first <= b->last && b->first <= a->last;
}

/* True when all of `inner` is in the block. */
static inline bool block_holds(const struct model_block *b, const struct model_block *inner)
{
	return b->len == inner->len && b->first <= inner->first && inner->last <= b->last;
}

/* The bits of the longest prefix that holds the block. */
unsigned block_bits(const struct model_block *b);

/* The prefix of so many bits that holds an address. */
struct model_block block_of(unsigned __int128 address, uint8_t len, unsigned bits);

/* The address as in zone/addr.h. */
struct addr model_addr(unsigned __int128 address, uint8_t len);

/* Write the label that a range gives an address, whether it is one of its own or not. Returns its
 * length. */
unsigned model_label(
        char out[MODEL_LABEL_MAX], const struct model_range *r, unsigned __int128 address);

/* Find the address of the range whose label this is, label[0..n) in lower case. */
bool model_read_label(
        unsigned __int128 *address, const struct model_range *r, const char *label, unsigned n);

/* Write the reverse name of the first `bits` bits of an address: 3.10.10.in-addr.arpa. */
void model_reverse_name(
        char out[MODEL_NAME_MAX], unsigned __int128 address, uint8_t len, unsigned bits);

/* Write arpad.yaml and the customers' files into the working folder. */
void model_write(const struct model *m);

#endif
