/* SPDX-License-Identifier: ISC */
#include "server/status.h"

#include <inttypes.h>
#include <stdlib.h>

#include "server/query.h"
#include "zone/rr.h"

static const char *const states[] = {
        [CUSTOMER_GOOD] = "good",
        [CUSTOMER_REFUSED] = "refused",
        [CUSTOMER_MISSING] = "missing",
        [CUSTOMER_VANISHED] = "vanished",
};

static const char *const results[] = {
        [RELOAD_NONE] = "none",
        [RELOAD_PUBLISHED] = "published",
        [RELOAD_UNCHANGED] = "unchanged",
        [RELOAD_REFUSED] = "refused",
        [RELOAD_FAILED] = "failed",
};

static const char *const answer_kinds[] = {
        [ANSWER_NONE] = "none",
        [ANSWER_POSITIVE] = "positive",
        [ANSWER_NODATA] = "nodata",
        [ANSWER_NXDOMAIN] = "nxdomain",
        [ANSWER_REFERRAL] = "referral",
        [ANSWER_REFUSED] = "refused",
        [ANSWER_ERROR] = "error",
};

/* IANA's names; 11 is that of DSO (RFC 8490), 12 to 15 have none. */
static const char *const rcodes[COUNTERS_RCODES] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
        "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE", "DSOTYPENI",
        "RCODE12", "RCODE13", "RCODE14", "RCODE15", "BADVERS"};

/* Write `,"key":text`. */
static void print_text(const char *key, const char *text, FILE *out)
{
	fprintf(out, ",\"%s\":", key);
	json_print_text(text, out);
}

static void print_serial(const char *key, bool has, uint32_t serial, FILE *out)
{
	if (has)
		fprintf(out, ",\"%s\":%" PRIu32, key, serial);
	else
		fprintf(out, ",\"%s\":null", key);
}

/* A diagnostic is a line of its own there; in a text a newline is escaped, so that what is left out
 * here separates and nothing else. */
static void print_diags(const struct diag_list *diags, FILE *out)
{
	char *text = NULL;
	size_t n = 0;
	FILE *lines = diags ? open_memstream(&text, &n) : NULL;

	if (lines) {
		diag_print_json(diags, lines);
		if (fclose(lines) != 0)
			n = 0;
	}
	for (size_t i = 0; i < n; i++)
		if (text[i] != '\n')
			putc(text[i], out);
	if (n == 0)
		fputs("[]", out);
	free(text);
}

static void print_zones(const struct status *s, FILE *out)
{
	putc('[', out);
	for (size_t i = 0; i < s->zone_count; i++) {
		const struct status_zone *z = &s->zones[i];
		fputs(i ? ",{\"name\":" : "{\"name\":", out);
		json_print_text(z->name, out);
		fprintf(out,
		        ",\"serial\":%" PRIu32 ",\"names\":%" PRIu32 ",\"changed\":%" PRId64 "}",
		        z->serial, z->names, z->changed);
	}
	putc(']', out);
}

static void print_customers(
        const struct status_customer *customers, size_t n, bool with_good, FILE *out)
{
	bool is_first = true;

	putc('[', out);
	for (size_t i = 0; i < n; i++) {
		const struct status_customer *c = &customers[i];
		if (c->state == CUSTOMER_GOOD && !with_good)
			continue;
		fputs(is_first ? "{\"name\":" : ",{\"name\":", out);
		is_first = false;
		json_print_text(c->name, out);
		print_text("file", c->file, out);
		fprintf(out,
		        ",\"state\":\"%s\",\"since\":%" PRId64 ",\"pairs\":%" PRIu64
		        ",\"layers\":%" PRIu64 "}",
		        states[c->state], c->since, c->pairs, c->layers);
	}
	putc(']', out);
}

static void print_changes(const struct status_change *changes, size_t n, FILE *out)
{
	putc('[', out);
	for (size_t i = 0; i < n; i++) {
		fputs(i ? ",{\"zone\":" : "{\"zone\":", out);
		json_print_text(changes[i].zone, out);
		print_serial("was", changes[i].has_was, changes[i].was, out);
		print_serial("serial", changes[i].has_now, changes[i].now, out);
		putc('}', out);
	}
	putc(']', out);
}

static bool is_none(const struct status_reload *r)
{
	return !r || r->result == RELOAD_NONE;
}

static void print_last(const struct status_reload *r, FILE *out)
{
	if (is_none(r)) {
		fputs("null", out);
		return;
	}
	fprintf(out,
	        "{\"result\":\"%s\",\"at\":%" PRId64 ",\"took_ms\":%lu,\"generation\":%" PRIu64,
	        results[r->result], r->at, r->took_ms, r->generation);
	if (r->error)
		print_text("error", r->error, out);
	fprintf(out,
	        ",\"files_read\":%" PRIu32 ",\"files_parsed\":%" PRIu32 ",\"zones_merged\":%" PRIu32
	        ",\"zones_compiled\":%" PRIu32 ",\"changed\":",
	        r->files_read, r->files_parsed, r->zones_merged, r->zones_compiled);
	print_changes(r->changes, r->change_count, out);
	fputs(",\"diagnostics\":", out);
	print_diags(r->diags, out);
	putc('}', out);
}

static const char *truth(bool is_true)
{
	return is_true ? "true" : "false";
}

void status_print(const struct status *s, FILE *out)
{
	fputs("{\"ok\":true", out);
	print_text("version", s->version, out);
	fprintf(out,
	        ",\"pid\":%ld,\"started\":%" PRId64 ",\"now\":%" PRId64 ",\"generation\":%" PRIu64
	        ",\"published\":%" PRId64 ",\"pairs\":%" PRIu64,
	        s->pid, s->started, s->now, s->generation, s->published, s->pairs);
	print_text("state", s->state_folder, out);
	fputs(",\"zones\":", out);
	print_zones(s, out);
	fputs(",\"customers\":", out);
	print_customers(s->customers, s->customer_count, true, out);
	fprintf(out, ",\"reload\":{\"running\":%s,\"waiting\":%s,\"last\":", truth(s->is_reloading),
	        truth(s->is_waiting));
	print_last(s->reload, out);
	fputs("}}", out);
}

void status_print_zones(const struct status *s, FILE *out)
{
	fputs("{\"ok\":true,\"zones\":", out);
	print_zones(s, out);
	putc('}', out);
}

void status_print_reload(const struct status_reload *r, const struct status_customer *customers,
        size_t customer_count, FILE *out)
{
	fprintf(out, "{\"ok\":%s,\"reload\":",
	        truth(r->result != RELOAD_REFUSED && r->result != RELOAD_FAILED));
	print_last(r, out);
	fputs(",\"customers\":", out);
	print_customers(customers, customer_count, false, out);
	putc('}', out);
}

static void print_count(const char *key, uint64_t n, bool *is_first, FILE *out)
{
	fprintf(out, "%s\"%s\":%" PRIu64, *is_first ? "" : ",", key, n);
	*is_first = false;
}

static void print_types(const struct counters *sum, FILE *out)
{
	char text[RR_TYPE_TEXT_MAX];
	bool is_first = true;

	for (uint16_t i = 0; i <= COUNTERS_TYPES; i++) {
		uint64_t n = counter_read(&sum->types[i]);
		if (n)
			print_count(i == COUNTERS_TYPE_OTHER ? "other" : rr_type_text(text, i), n,
			        &is_first, out);
	}
}

void status_print_stats(const struct counters *sum, FILE *out)
{
	bool is_first = true;

	fprintf(out, "{\"ok\":true,\"queries\":{\"udp\":%" PRIu64 ",\"tcp\":%" PRIu64 "}",
	        counter_read(&sum->queries[TRANSPORT_UDP]),
	        counter_read(&sum->queries[TRANSPORT_TCP]));
	fputs(",\"answers\":{", out);
	for (unsigned i = ANSWER_POSITIVE; i <= ANSWER_ERROR; i++)
		print_count(answer_kinds[i], counter_read(&sum->answers[i]), &is_first, out);
	print_count(answer_kinds[ANSWER_NONE], counter_read(&sum->answers[ANSWER_NONE]), &is_first,
	        out);
	fputs("},\"types\":{", out);
	print_types(sum, out);
	fputs("},\"rcodes\":{", out);
	is_first = true;
	for (unsigned i = 0; i < COUNTERS_RCODES; i++)
		if (counter_read(&sum->rcodes[i]))
			print_count(rcodes[i], counter_read(&sum->rcodes[i]), &is_first, out);
	fprintf(out,
	        "},\"unsent\":%" PRIu64 ",\"connections\":%" PRIu64 ",\"turned_away\":%" PRIu64 "}",
	        counter_read(&sum->unsent), counter_read(&sum->connections),
	        counter_read(&sum->turned_away));
}

void status_print_ok(FILE *out)
{
	fputs("{\"ok\":true}", out);
}

void status_print_error(const char *text, FILE *out)
{
	fputs("{\"ok\":false", out);
	print_text("error", text, out);
	putc('}', out);
}
