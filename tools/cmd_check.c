/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/config.h"
#include "tools/cmd.h"
#include "tools/pair_forward.h"

static const char usage[] =
        "usage: arpa check [-c ARPAD.YAML] [--json] [--strict] [CUSTOMER-FILE...]\n\n"
        "Check arpad.yaml and the customers' files without serving them. With CUSTOMER-FILEs,\n"
        "mistakes in the files of other customers are left out.\n\n"
        "  -c FILE     arpad.yaml (default " CONFIG_DEFAULT_FILE ")\n"
        "  --json      the result as one JSON object on standard output\n"
        "  --strict    warnings are mistakes, too\n";

struct options {
	const char *file;
	bool json, strict;
};

/* What is there, and how much of it is wrong. */
struct summary {
	size_t customers, pairs, external, no_forward, shadowed, ranges, delegations, zones;
};

/* Find the customer whose file is `path`, whatever way it is spelled; plan->source_count when
 * there is none. */
static size_t find_source(const struct plan *plan, const struct stat *path)
{
	struct stat s;
	size_t i;

	for (i = 0; i < plan->source_count; i++)
		if (stat(plan->sources[i].file, &s) == 0 && s.st_dev == path->st_dev &&
		        s.st_ino == path->st_ino)
			break;
	return i;
}

/* Mark the sources that were named; a name that is none of theirs becomes a diagnostic. */
static void choose_sources(struct config *c, bool *chosen, char **paths, int count)
{
	for (int i = 0; i < count; i++) {
		struct place place = {paths[i], 0, 0};
		struct stat s;
		if (stat(paths[i], &s) != 0) {
			diag_error(&c->diags, place, "customer-file",
			        "cannot be read: %s; give the path of a customer's file",
			        strerror(errno));
			continue;
		}
		size_t source = find_source(&c->plan, &s);
		if (source < c->plan.source_count)
			chosen[source] = true;
		else
			diag_error(&c->diags, place, "customer-file",
			        "is no customer's file; register the customer in %s, with this "
			        "path as its `file`",
			        c->file);
	}
}

/* The files that are to be spoken of. */
struct choice {
	const struct config *config;
	const bool *chosen; /* of its sources */
};

/* True unless it is the file of a source that was not chosen. */
static bool is_wanted(const char *file, const void *context)
{
	const struct choice *choice = context;
	const struct config *c = choice->config;

	if (!file || strcmp(file, c->file) == 0)
		return true;
	for (size_t i = 0; i < c->plan.source_count; i++)
		if (strcmp(c->plan.sources[i].file, file) == 0)
			return choice->chosen[i];
	return true;
}

static struct summary sum_up(const struct plan *plan, const bool *chosen)
{
	struct summary s = {.zones = plan->zone_count};

	for (size_t i = 0; i < plan->source_count; i++) {
		const struct plan_source *source = &plan->sources[i];
		if (!chosen[i])
			continue;
		s.customers++;
		if (!source_is_served(source))
			continue;
		s.pairs += source->pair_count;
		s.ranges += source->range_count;
		s.delegations += source->delegation_count;
		for (size_t k = 0; k < source->pair_count; k++) {
			enum pair_forward forward = pair_forward(plan, &source->pairs[k]);
			if (source->pairs[k].flags & PAIR_SHADOWED) {
				s.pairs--;
				s.shadowed++;
				continue;
			}
			s.external += forward == FORWARD_EXTERNAL;
			s.no_forward += forward == FORWARD_NO;
		}
	}
	return s;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void print_summary(const struct summary *s, const struct diag_list *diags)
{
	printf("%zu customer%s, %zu pair%s (%zu external, %zu without a forward), ", s->customers,
	        plural(s->customers), s->pairs, plural(s->pairs), s->external, s->no_forward);
	if (s->shadowed)
		printf("%zu shadowed by delegations, ", s->shadowed);
	if (s->ranges)
		printf("%zu range%s, ", s->ranges, plural(s->ranges));
	if (s->delegations)
		printf("%zu delegation%s, ", s->delegations, plural(s->delegations));
	printf("%zu zone%s: %zu error%s, %zu warning%s\n", s->zones, plural(s->zones),
	        diags->errors, plural(diags->errors), diags->warnings, plural(diags->warnings));
}

static void print_json(const struct summary *s, const struct diag_list *diags)
{
	fputs("{\"diagnostics\": ", stdout);
	diag_print_json(diags, stdout);
	printf(",\n \"customers\": %zu, \"pairs\": %zu, \"external\": %zu, \"no_forward\": %zu, "
	       "\"shadowed\": %zu, \"ranges\": %zu, \"delegations\": %zu, \"zones\": %zu, "
	       "\"errors\": %zu, \"warnings\": %zu}\n",
	        s->customers, s->pairs, s->external, s->no_forward, s->shadowed, s->ranges,
	        s->delegations, s->zones, diags->errors, diags->warnings);
}

static int check(const struct options *o, const char *command, char **paths, int count)
{
	struct config c;
	struct summary s = {0};

	config_init(&c);
	enum err e = config_load(&c, o->file, NULL, NULL);
	bool *chosen = calloc(c.plan.source_count + 1, sizeof *chosen);
	if (e == ERR_MEMORY || !chosen) {
		free(chosen);
		config_free(&c);
		return cmd_no_memory(command);
	}
	for (size_t i = 0; i < c.plan.source_count; i++)
		chosen[i] = count == 0;
	if (e == OK) {
		choose_sources(&c, chosen, paths, count);
		if (count)
			diag_keep(&c.diags, is_wanted, &(struct choice){&c, chosen});
		s = sum_up(&c.plan, chosen);
	}
	if (o->json) {
		print_json(&s, &c.diags);
	} else {
		diag_print(&c.diags, stderr);
		print_summary(&s, &c.diags);
	}
	bool good = e == OK && !c.diags.errors && !(o->strict && c.diags.warnings);
	free(chosen);
	config_free(&c);
	return cmd_end(command, good ? EXIT_FINE : EXIT_MISTAKES);
}

int cmd_check(int argc, char **argv)
{
	static const struct option long_options[] = {{"help", no_argument, NULL, 'h'},
	        {"json", no_argument, NULL, 'j'}, {"strict", no_argument, NULL, 's'},
	        {NULL, 0, NULL, 0}};
	struct options o = {.file = CONFIG_DEFAULT_FILE};
	int option;

	while ((option = getopt_long(argc, argv, "c:h", long_options, NULL)) != -1) {
		switch (option) {
		case 'c':
			o.file = optarg;
			break;
		case 'j':
			o.json = true;
			break;
		case 's':
			o.strict = true;
			break;
		case 'h':
			return cmd_help(usage);
		default:
			return cmd_usage(usage);
		}
	}
	return check(&o, argv[0], argv + optind, argc - optind);
}
