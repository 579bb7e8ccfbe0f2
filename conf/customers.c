/* SPDX-License-Identifier: ISC */
/* The `customers` of arpad.yaml. */
#include <stdlib.h>
#include <string.h>

#include "conf/draft.h"

#define CUSTOMER_NAME_MAX 64

static void read_customer_prefix(struct yaml *y, void *to)
{
	struct draft *d = to;
	struct plan_customer *c = d->customer;
	struct plan_block block = {.place = yaml_place(y)};

	if (!value_read_prefix(y, &block.prefix))
		return;
	struct plan_block *blocks = arena_grow(&d->config->plan.arena, c->blocks, c->block_count,
	        c->block_count + 1, &c->block_capacity, sizeof *blocks);
	if (!blocks)
		return;
	c->blocks = blocks;
	c->blocks[c->block_count++] = block;
}

static void read_prefixes(struct yaml *y, void *to)
{
	struct draft *d = to;
	size_t errors = y->diags->errors;

	value_each(y, "a list of prefixes", read_customer_prefix, to);
	if (d->customer->block_count == 0 && y->diags->errors == errors && !y->failed)
		yaml_error(y, y->key_place, "missing-key",
		        "a customer wants at least one prefix; write his block");
}

static void read_domain(struct yaml *y, void *to)
{
	struct draft *d = to;
	struct plan_customer *c = d->customer;
	struct plan_domain domain = {.place = yaml_place(y)};
	struct name name;

	if (!value_read_domain(y, &name))
		return;
	struct plan_domain *domains = arena_grow(&d->config->plan.arena, c->domains,
	        c->domain_count, c->domain_count + 1, &c->domain_capacity, sizeof *domains);
	domain.name = draft_keep_name(d, &name);
	if (!domains || !domain.name)
		return;
	c->domains = domains;
	c->domains[c->domain_count++] = domain;
}

static void read_domains(struct yaml *y, void *to)
{
	value_each(y, "a list of domain names", read_domain, to);
}

static void read_file(struct yaml *y, void *to)
{
	struct draft *d = to;

	d->customer->file_place = yaml_place(y);
	draft_read_path(y, d, &d->customer->file);
}

static void read_may_delegate(struct yaml *y, void *to)
{
	value_read_yes(y, &((struct draft *)to)->customer->may_delegate);
}

static const struct yaml_field customer_fields[] = {
        {"prefixes", read_prefixes, true},
        {"domains", read_domains, false},
        {"file", read_file, false},
        {"may-delegate", read_may_delegate, false},
        {"max-hosts", NULL, false},
};

/* The name is that of a file, too. */
static bool is_customer_name(const struct yaml_text *t)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "0123456789-_.";

	return t->len && t->len <= CUSTOMER_NAME_MAX && strspn(t->text, allowed) == t->len &&
	       t->text[0] != '.' && t->text[0] != '-';
}

static void read_customer(struct yaml *y, struct draft *d, const struct yaml_text *name)
{
	struct plan *p = &d->config->plan;
	struct plan_customer customer = {.place = name->place,
	        .file_place = name->place,
	        .name = arena_text(&p->arena, name->text, name->len)};

	d->customer = &customer;
	yaml_fields(y, customer_fields, "a customer", d);
	d->customer = NULL;
	if (!customer.file && customer.name) {
		char *file = arena_format(&p->arena, "customers/%s.yaml", customer.name);
		customer.file = file ? draft_join_path(d, file) : NULL;
	}
	struct plan_customer *customers = arena_grow(&p->arena, p->customers, p->customer_count,
	        p->customer_count + 1, &p->customer_capacity, sizeof *customers);
	if (!customers)
		return;
	p->customers = customers;
	p->customers[p->customer_count++] = customer;
}

static int compare_names(const void *a, const void *b)
{
	const struct plan_customer *ca = *(const struct plan_customer *const *)a;
	const struct plan_customer *cb = *(const struct plan_customer *const *)b;
	int difference = strcmp(ca->name, cb->name);

	return difference ? difference : (ca > cb) - (ca < cb);
}

static int compare_files(const void *a, const void *b)
{
	const struct plan_customer *ca = *(const struct plan_customer *const *)a;
	const struct plan_customer *cb = *(const struct plan_customer *const *)b;
	int difference = strcmp(ca->file, cb->file);

	return difference ? difference : (ca > cb) - (ca < cb);
}

/* Customers of one name; of one file, which can say only one name. */
static void check_twice(struct draft *d)
{
	struct plan *p = &d->config->plan;
	struct diag_list *diags = &d->config->diags;
	size_t count = p->customer_count;
	const struct plan_customer **sorted = malloc((count + 1) * sizeof *sorted);

	if (!sorted || arena_failed(&p->arena)) {
		p->arena.failed = true;
		free(sorted);
		return;
	}
	for (size_t i = 0; i < count; i++)
		sorted[i] = &p->customers[i];
	qsort(sorted, count, sizeof *sorted, compare_names);
	for (size_t i = 1; i < count; i++)
		if (strcmp(sorted[i]->name, sorted[i - 1]->name) == 0)
			diag_error(diags, sorted[i]->place, "duplicate-key",
			        "customer %s is there already, on line %u; remove one of the two",
			        sorted[i]->name, sorted[i - 1]->place.line);
	qsort(sorted, count, sizeof *sorted, compare_files);
	for (size_t i = 1; i < count; i++)
		if (strcmp(sorted[i]->file, sorted[i - 1]->file) == 0 &&
		        strcmp(sorted[i]->name, sorted[i - 1]->name) != 0)
			diag_error(diags, sorted[i]->file_place, "duplicate",
			        "customer %s has this file already, on line %u; each customer has "
			        "one of his own",
			        sorted[i - 1]->name, sorted[i - 1]->place.line);
	free(sorted);
}

void draft_read_customers(struct yaml *y, void *to)
{
	struct draft *d = to;
	struct yaml_text name;

	if (!yaml_enter_map(y, "a map of customers"))
		return;
	while (yaml_key(y, &name)) {
		if (is_customer_name(&name)) {
			read_customer(y, d, &name);
			continue;
		}
		yaml_error(y, name.place, "customer-name",
		        "%.*s is not a customer's name; write letters, digits, - _ and inner dots, "
		        "at most %d",
		        TEXT_ARGS(&name), CUSTOMER_NAME_MAX);
		yaml_skip(y);
	}
	check_twice(d);
}
