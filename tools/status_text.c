/* SPDX-License-Identifier: ISC */
#include "tools/status_text.h"

#include <inttypes.h>
#include <time.h>

#include "tools/json_member.h"

#define TIME_TEXT_MAX 40

static const char *plural(json_int_t n)
{
	return n == 1 ? "" : "s";
}

/* "3 days 4 h": two units at most. */
static const char *duration_text(char out[TIME_TEXT_MAX], json_int_t seconds)
{
	json_int_t s = seconds < 0 ? 0 : seconds, days = s / 86400;

	if (s < 60)
		snprintf(out, TIME_TEXT_MAX, "%" PRId64 " s", (int64_t)s);
	else if (s < 3600)
		snprintf(out, TIME_TEXT_MAX, "%" PRId64 " min", (int64_t)s / 60);
	else if (days == 0)
		snprintf(out, TIME_TEXT_MAX, "%" PRId64 " h %" PRId64 " min", (int64_t)s / 3600,
		        (int64_t)s % 3600 / 60);
	else
		snprintf(out, TIME_TEXT_MAX, "%" PRId64 " day%s %" PRId64 " h", (int64_t)days,
		        plural(days), (int64_t)s % 86400 / 3600);
	return out;
}

/* Seconds from then to now; the numbers may be anybody's. */
static json_int_t since(json_int_t then, json_int_t now)
{
	return then < now ? (json_int_t)((uint64_t)now - (uint64_t)then) : 0;
}

static const char *time_text(char out[TIME_TEXT_MAX], json_int_t at)
{
	time_t t = (time_t)at;
	struct tm local;

	if (!localtime_r(&t, &local) || !strftime(out, TIME_TEXT_MAX, "%Y-%m-%d %H:%M:%S", &local))
		snprintf(out, TIME_TEXT_MAX, "@%" PRId64, (int64_t)at);
	return out;
}

static void print_member(const json_t *object, const char *key, FILE *out)
{
	json_print_plain(json_member_text(object, key), out);
}

/* The text and blanks up to a column. */
static void print_padded(const char *text, size_t width, FILE *out)
{
	json_print_plain(text, out);
	for (size_t n = strlen(text); n < width; n++)
		putc(' ', out);
}

/* The longest name among the first `most`. */
static size_t width_of(const json_t *list, size_t most)
{
	size_t width = 0, i;
	json_t *item;

	json_array_foreach(list, i, item)
	{
		size_t n = strlen(json_member_text(item, "name"));
		if (i < most && n > width)
			width = n;
	}
	return width;
}

/* `now` 0: the time as it is; else how long ago it was. */
static void print_zones(const json_t *zones, size_t most, json_int_t now, FILE *out)
{
	char when[TIME_TEXT_MAX];
	size_t width = width_of(zones, most), i;
	json_t *zone;

	json_array_foreach(zones, i, zone)
	{
		if (i == most)
			break;
		json_int_t names = json_member_number(zone, "names"),
		           changed = json_member_number(zone, "changed");
		fputs(now ? "  " : "", out);
		print_padded(json_member_text(zone, "name"), width, out);
		fprintf(out, "   serial %-10" PRId64 "   %6" PRId64 " name%-1s   changed ",
		        (int64_t)json_member_number(zone, "serial"), (int64_t)names, plural(names));
		if (now)
			fprintf(out, "%s ago\n", duration_text(when, since(changed, now)));
		else
			fprintf(out, "%s\n", time_text(when, changed));
	}
	if (json_array_size(zones) > most)
		fprintf(out, "  and %zu more: arpa zones\n", json_array_size(zones) - most);
}

void status_text_print_zones(const json_t *zones, FILE *out)
{
	print_zones(json_object_get(zones, "zones"), SIZE_MAX, 0, out);
}

/* "udp 12, tcp 3" */
static void print_counts(const char *title, const json_t *counts, FILE *out)
{
	const char *key, *separator = " ";
	json_t *count;

	fprintf(out, "%s:", title);
	json_object_foreach((json_t *)counts, key, count)
	{
		fputs(separator, out);
		json_print_plain(key, out);
		fprintf(out, " %" PRId64, (int64_t)json_integer_value(count));
		separator = ", ";
	}
	fputs(json_object_size(counts) ? "\n" : " none\n", out);
}

void status_text_print_stats(const json_t *stats, FILE *out)
{
	static const char *const groups[] = {"queries", "answers", "types", "rcodes"};

	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		print_counts(groups[i], json_object_get(stats, groups[i]), out);
	fprintf(out,
	        "UDP answers unsent: %" PRId64 "\nTCP connections: %" PRId64
	        ", turned away %" PRId64 "\n",
	        (int64_t)json_member_number(stats, "unsent"),
	        (int64_t)json_member_number(stats, "connections"),
	        (int64_t)json_member_number(stats, "turned_away"));
}

static size_t count_state(const json_t *customers, const char *state)
{
	size_t n = 0, i;
	json_t *customer;

	json_array_foreach(customers, i, customer)
	{
		n += json_member_is(customer, "state", state);
	}
	return n;
}

/* What of a customer is served, whose file is not good. */
static void print_served(json_int_t pairs, json_int_t layers, FILE *out)
{
	if (!pairs && !layers) {
		fputs("nothing of it is served   ", out);
		return;
	}
	fputs("its last ", out);
	if (pairs > 1)
		fprintf(out, "%" PRId64 " ", (int64_t)pairs);
	if (pairs)
		fprintf(out, "pair%s", plural(pairs));
	if (pairs && layers)
		fputs(" and ", out);
	if (layers > 1 || (pairs && layers))
		fprintf(out, "%" PRId64 " ", (int64_t)layers);
	if (layers)
		fprintf(out, "range%s or delegation%s", plural(layers), plural(layers));
	fprintf(out, " stay%s served   ", pairs + layers == 1 ? "s" : "");
}

static void print_customer(const json_t *customer, size_t width, FILE *out)
{
	char when[TIME_TEXT_MAX];

	fputs("  ", out);
	print_padded(json_member_text(customer, "name"), width, out);
	fputs("   ", out);
	print_member(customer, "state", out);
	fprintf(out, " since %s, ", time_text(when, json_member_number(customer, "since")));
	print_served(
	        json_member_number(customer, "pairs"), json_member_number(customer, "layers"), out);
	print_member(customer, "file", out);
	putc('\n', out);
}

/* By name those alone that are not good. */
static void print_customers(const json_t *customers, FILE *out)
{
	size_t width = 0, i;
	json_t *customer;

	json_array_foreach(customers, i, customer)
	{
		size_t n = strlen(json_member_text(customer, "name"));
		if (!json_member_is(customer, "state", "good") && n > width)
			width = n;
	}
	json_array_foreach(customers, i, customer)
	{
		if (!json_member_is(customer, "state", "good"))
			print_customer(customer, width, out);
	}
}

static void print_customer_counts(const json_t *customers, FILE *out)
{
	static const char *const states[] = {"refused", "missing", "vanished"};

	fprintf(out, "customers: %zu good", count_state(customers, "good"));
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		size_t n = count_state(customers, states[i]);
		if (n)
			fprintf(out, ", %zu %s", n, states[i]);
	}
	putc('\n', out);
}

/* As diag_print() would. */
static void print_diags(const json_t *reload, const char *indent, FILE *out)
{
	size_t i;
	json_t *diag;

	json_array_foreach(json_object_get(reload, "diagnostics"), i, diag)
	{
		json_int_t line = json_member_number(diag, "line"),
		           column = json_member_number(diag, "column");
		fputs(indent, out);
		if (*json_member_text(diag, "file")) {
			print_member(diag, "file", out);
			if (line)
				fprintf(out, ":%" PRId64, (int64_t)line);
			if (line && column)
				fprintf(out, ":%" PRId64, (int64_t)column);
			fputs(": ", out);
		}
		print_member(diag, "severity", out);
		fputs(": ", out);
		print_member(diag, "text", out);
		fputs(" [", out);
		print_member(diag, "rule", out);
		fputs("]\n", out);
	}
}

/* "published generation 17; 1 of 300 files parsed; 2 zones merged" */
static void print_result(const json_t *reload, FILE *out)
{
	json_int_t files = json_member_number(reload, "files_read"),
	           merged = json_member_number(reload, "zones_merged"),
	           compiled = json_member_number(reload, "zones_compiled"),
	           generation = json_member_number(reload, "generation");

	if (json_member_is(reload, "result", "published"))
		fprintf(out, "published generation %" PRId64, (int64_t)generation);
	else if (json_member_is(reload, "result", "unchanged"))
		fputs("nothing has changed", out);
	else if (json_member_is(reload, "result", "refused"))
		fputs("refused, for arpad.yaml has mistakes", out);
	else
		print_member(reload, "result", out);
	if (*json_member_text(reload, "error")) {
		fputs(": ", out);
		print_member(reload, "error", out);
	}
	if (files)
		fprintf(out, "; %" PRId64 " of %" PRId64 " file%s parsed",
		        (int64_t)json_member_number(reload, "files_parsed"), (int64_t)files,
		        plural(files));
	if (merged)
		fprintf(out, "; %" PRId64 " zone%s merged", (int64_t)merged, plural(merged));
	if (compiled)
		fprintf(out, "; %" PRId64 " zone%s compiled", (int64_t)compiled, plural(compiled));
}

static void print_last_reload(const json_t *reload, FILE *out)
{
	const json_t *last = json_object_get(reload, "last");
	char when[TIME_TEXT_MAX];

	if (json_member_is_true(reload, "running"))
		fprintf(out, "a reload is under way%s\n",
		        json_member_is_true(reload, "waiting") ? ", and another one is asked for"
		                                               : "");
	if (!json_is_object(last)) {
		fputs("last reload: none yet\n", out);
		return;
	}
	fprintf(out, "last reload: %s, %" PRId64 " ms: ",
	        time_text(when, json_member_number(last, "at")),
	        (int64_t)json_member_number(last, "took_ms"));
	print_result(last, out);
	putc('\n', out);
	print_diags(last, "  ", out);
}

void status_text_print(const json_t *status, FILE *out)
{
	char up[TIME_TEXT_MAX], published[TIME_TEXT_MAX];
	const json_t *zones = json_object_get(status, "zones"),
	             *customers = json_object_get(status, "customers");
	json_int_t now = json_member_number(status, "now"),
	           pairs = json_member_number(status, "pairs");

	fputs("arpad ", out);
	print_member(status, "version", out);
	fprintf(out, ", process %" PRId64 ", up %s, generation %" PRId64 ", published %s ago\n",
	        (int64_t)json_member_number(status, "pid"),
	        duration_text(up, since(json_member_number(status, "started"), now)),
	        (int64_t)json_member_number(status, "generation"),
	        duration_text(published, since(json_member_number(status, "published"), now)));
	fprintf(out, "%" PRId64 " pair%s in %zu zone%s; state in ", (int64_t)pairs, plural(pairs),
	        json_array_size(zones), plural((json_int_t)json_array_size(zones)));
	print_member(status, "state", out);
	fputs("\nzones:\n", out);
	print_zones(zones, STATUS_ZONES_MOST, now ? now : 1, out);
	print_customer_counts(customers, out);
	print_customers(customers, out);
	print_last_reload(json_object_get(status, "reload"), out);
}

static bool is_well(const json_t *last, const json_t *customers)
{
	bool is_good = !json_is_object(last) || json_member_is(last, "result", "published") ||
	               json_member_is(last, "result", "unchanged");

	return is_good && !count_state(customers, "refused") && !count_state(customers, "vanished");
}

static const json_t *last_reload(const json_t *status)
{
	return json_object_get(json_object_get(status, "reload"), "last");
}

bool status_is_healthy(const json_t *status)
{
	return is_well(last_reload(status), json_object_get(status, "customers"));
}

bool status_is_reload_good(const json_t *reload)
{
	const json_t *last = json_object_get(reload, "reload");

	return json_is_object(last) && is_well(last, json_object_get(reload, "customers"));
}

void status_text_print_health(const json_t *status, FILE *out)
{
	const json_t *customers = json_object_get(status, "customers"), *last = last_reload(status);
	size_t refused = count_state(customers, "refused"),
	       vanished = count_state(customers, "vanished");

	if (status_is_healthy(status)) {
		fprintf(out, "healthy: generation %" PRId64 ", %" PRId64 " pairs in %zu zones\n",
		        (int64_t)json_member_number(status, "generation"),
		        (int64_t)json_member_number(status, "pairs"),
		        json_array_size(json_object_get(status, "zones")));
		return;
	}
	const char *separator = "not healthy: ";
	if (!is_well(last, NULL)) {
		fprintf(out, "%slast reload ", separator);
		print_result(last, out);
		separator = "; ";
	}
	if (refused) {
		fprintf(out, "%s%zu of the customers' files refused", separator, refused);
		separator = "; ";
	}
	if (vanished)
		fprintf(out, "%s%zu of the customers' files vanished", separator, vanished);
	putc('\n', out);
}

static void print_change(const json_t *change, FILE *out)
{
	const json_t *was = json_object_get(change, "was"),
	             *now = json_object_get(change, "serial");

	print_member(change, "zone", out);
	if (json_is_integer(was) && json_is_integer(now))
		fprintf(out, ": serial %" PRId64 " -> %" PRId64 "\n",
		        (int64_t)json_integer_value(was), (int64_t)json_integer_value(now));
	else if (json_is_integer(now))
		fprintf(out, ": new, serial %" PRId64 "\n", (int64_t)json_integer_value(now));
	else
		fprintf(out, ": gone, was serial %" PRId64 "\n", (int64_t)json_integer_value(was));
}

void status_text_print_reload(const json_t *reload, FILE *out, FILE *wrong)
{
	const json_t *last = json_object_get(reload, "reload"),
	             *customers = json_object_get(reload, "customers");
	size_t i;
	json_t *change;

	print_diags(last, "", wrong);
	print_customers(customers, wrong);
	json_array_foreach(json_object_get(last, "changed"), i, change)
	{
		print_change(change, out);
	}
	print_result(last, out);
	fprintf(out, "; %" PRId64 " ms\n", (int64_t)json_member_number(last, "took_ms"));
}
