/* SPDX-License-Identifier: ISC */
#include "conf/zone_file.h"

#include <ldns/ldns.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf/zone_include.h"
#include "conf/zone_rdata.h"
#include "zone/plan.h"
#include "zone/rr.h"

/* Text of a token, for a message. */
#define TOKEN_ARGS(token, n) (int)((n) < 80 ? (n) : 80), (token)

static struct zone_frame *top(struct zone_file *f)
{
	return &f->frames[f->depth - 1];
}

static struct place place_of(struct zone_file *f)
{
	const struct zone_frame *frame = top(f);

	if (frame->column)
		return (struct place){frame->file, frame->line, frame->column};
	return (struct place){frame->file, f->entry.line, 0};
}

/* Refuse the entry that is being read. */
__attribute__((format(printf, 2, 3))) static void refuse(
        struct zone_file *f, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	f->refused++;
	if (f->is_generating)
		diag_error(f->diags, place_of(f), "zone-file", "%s: $GENERATE made `%.80s`", text,
		        f->generate.line);
	else
		diag_error(f->diags, place_of(f), "zone-file", "%s", text);
}

enum err zone_file_open(struct zone_file *f, const char *path, enum input_kind kind,
        struct input_door *door, struct arena *arena, struct diag_list *diags)
{
	const char *why;

	memset(f, 0, sizeof *f);
	f->door = door;
	f->arena = arena;
	f->diags = diags;
	zone_entry_init(&f->entry);
	enum err e = zone_open_top(f, path, kind, &why);
	if (e == OK)
		return OK;
	free(f->folder);
	if (e == ERR_MEMORY)
		return e;
	diag_error(diags, ((struct place){path, 0, 0}), "zone-file", "%s",
	        e == ERR_LONG ? zone_too_long : why);
	return ERR_IO;
}

void zone_file_open_text(struct zone_file *f, const char *text, size_t n, struct place place,
        struct arena *arena, struct diag_list *diags)
{
	memset(f, 0, sizeof *f);
	f->arena = arena;
	f->diags = diags;
	zone_entry_init(&f->entry);
	f->frames[f->depth++] = (struct zone_frame){.file = place.file,
	        .line = place.line,
	        .column = place.column,
	        .text = {.octets = text, .size = n, .line = 1}};
}

void zone_file_set(struct zone_file *f, const uint8_t *origin, uint32_t ttl_s)
{
	name_copy(&top(f)->origin, origin);
	f->default_ttl_s = ttl_s;
	f->has_default_ttl = true;
}

static void pop(struct zone_file *f)
{
	free(top(f)->octets);
	f->depth--;
}

enum err zone_file_close(struct zone_file *f)
{
	bool failed = f->failed || f->entry.failed;

	while (f->depth)
		pop(f);
	free(f->folder);
	free(f->rdata);
	zone_entry_free(&f->entry);
	zone_generate_free(&f->generate);
	return failed ? ERR_MEMORY : OK;
}

/* Read a name from the entry, or refuse the entry. */
static bool read_name(
        struct zone_file *f, const char *what, const char *text, size_t n, struct name *out)
{
	enum err e = zone_name_from_text(out, text, n, &top(f)->origin);

	if (e == ERR_RANGE)
		refuse(f, "%s %.*s: no origin to count from; begin the file with $ORIGIN", what,
		        TOKEN_ARGS(text, n));
	else if (e == ERR_LONG)
		refuse(f, "%s %.*s is too long: a label has at most 63 octets, a name 255", what,
		        TOKEN_ARGS(text, n));
	else if (e != OK)
		refuse(f, "%s %.*s is not a domain name", what, TOKEN_ARGS(text, n));
	return e == OK;
}

static void read_ttl_directive(struct zone_file *f, const char *text)
{
	size_t n;
	const char *token = zone_entry_token(&text, &n);

	if (!token || *text || zone_ttl_from_text(&f->default_ttl_s, token, n) != OK)
		refuse(f, "$TTL wants one time, such as 3600 or 1h");
	else
		f->has_default_ttl = true;
}

static void read_origin_directive(struct zone_file *f, const char *text)
{
	size_t n;
	const char *token = zone_entry_token(&text, &n);

	if (!token || *text) {
		refuse(f, "$ORIGIN wants one name");
		top(f)->origin.len = 0;
	} else if (!read_name(f, "origin", token, n, &top(f)->origin)) {
		top(f)->origin.len = 0; /* what follows was meant for somewhere else */
	}
}

static void read_include_directive(struct zone_file *f, const char *text)
{
	struct name origin = top(f)->origin, owner = top(f)->owner;
	size_t path_len, n;
	const char *path = zone_entry_token(&text, &path_len);
	const char *token = zone_entry_token(&text, &n);

	if (!path || *text) {
		refuse(f, "$INCLUDE wants a file, and perhaps an origin");
		return;
	}
	if (!f->folder) {
		refuse(f, "$INCLUDE has its place in a file: write `records-file`");
		return;
	}
	if (token && !read_name(f, "origin", token, n, &origin))
		return;
	unsigned depth = f->depth;
	const char *why = zone_open_include(f, path, path_len, &origin);
	if (why)
		refuse(f, "$INCLUDE %.*s: %s", TOKEN_ARGS(path, path_len), why);
	else
		f->frames[depth].owner = owner;
}

static void read_generate_directive(struct zone_file *f, const char *text)
{
	const char *why = zone_generate_begin(&f->generate, text);

	f->generate_line = f->entry.line;
	f->owner_before = top(f)->owner;
	if (!why && (f->generated += f->generate.left) > GENERATE_FILE_MAX) {
		why = "more than 1000000 records in all from such lines";
		f->generate.left = 0;
	}
	if (f->generate.failed)
		f->failed = true;
	else if (why)
		refuse(f, "$GENERATE: %s", why);
	else
		f->is_generating = true;
}

/* Carry out a directive. */
static void read_directive(struct zone_file *f)
{
	static const struct {
		const char *name;
		void (*read)(struct zone_file *f, const char *text);
	} directives[] = {{"$TTL", read_ttl_directive}, {"$ORIGIN", read_origin_directive},
	        {"$INCLUDE", read_include_directive}, {"$GENERATE", read_generate_directive}};
	const char *text = f->entry.text;
	size_t n;
	const char *token = zone_entry_token(&text, &n);

	for (unsigned i = 0; i < sizeof directives / sizeof *directives; i++) {
		if (strlen(directives[i].name) == n &&
		        strncasecmp(token, directives[i].name, n) == 0) {
			directives[i].read(f, text);
			return;
		}
	}
	refuse(f, "%.*s is not a directive that is known", TOKEN_ARGS(token, n));
}

/* What stands before the rdata. */
struct head {
	bool has_ttl;
	uint32_t ttl_s;
	uint16_t type;
	char type_text[24];
};

/* RFC 6895 3.1: 128 to 255 are for questions, OPT (41) is for messages. */
static bool is_type_of_a_zone(unsigned type)
{
	return type && type != RR_OPT && !(type >= 128 && type <= 255);
}

/* TTL and class in any order, then the type; moves *text to the rdata. */
static bool read_head(struct zone_file *f, const char **text, struct head *head)
{
	const char *token;
	bool has_class = false;
	unsigned number;
	size_t n;

	for (head->has_ttl = false; (token = zone_entry_token(text, &n));) {
		if (*token >= '0' && *token <= '9' && !head->has_ttl) {
			if (zone_ttl_from_text(&head->ttl_s, token, n) != OK) {
				refuse(f, "%.*s is not a TTL; it has at most 31 bits",
				        TOKEN_ARGS(token, n));
				return false;
			}
			head->has_ttl = true;
		} else if (!has_class && (number = zone_class_from_text(token, n))) {
			has_class = true;
			if (number == CLASS_IN)
				continue;
			refuse(f, "class %.*s; only IN is served", TOKEN_ARGS(token, n));
			return false;
		} else {
			break;
		}
	}
	if (!token || n >= sizeof head->type_text) {
		refuse(f, "no type");
		return false;
	}
	memcpy(head->type_text, token, n);
	head->type_text[n] = 0;
	head->type = (uint16_t)ldns_get_rr_type_by_name(head->type_text);
	if (is_type_of_a_zone(head->type))
		return true;
	refuse(f,
	        head->type ? "%s is not a type that a zone can have"
	                   : "%s is not a type that is known; write TYPE and its number, and rdata "
	                     "as \\# (RFC 3597)",
	        head->type_text);
	return false;
}

static bool read_rdata(
        struct zone_file *f, const char *text, const struct head *head, struct zone_record *out)
{
	const struct name *origin = &top(f)->origin;
	const char *why;

	if (!origin->len) {
		refuse(f, "no origin; begin the file with $ORIGIN");
		return false;
	}
	free(f->rdata);
	f->rdata = NULL;
	enum err e = zone_rdata_read(
	        &f->rdata, &out->rdata_octets, head->type, head->type_text, text, origin, &why);
	out->rdata = f->rdata;
	if (e == ERR_SYNTAX)
		refuse(f, "the rdata of this %s record do not parse: %s", head->type_text, why);
	else if (e != OK)
		f->failed = true;
	return e == OK;
}

/* RFC 2308 4 and RFC 1035 5.1; a file without any TTL is read as other servers read it. */
static bool find_ttl(struct zone_file *f, const struct head *head, struct zone_record *out)
{
	if (head->type == RR_SOA) {
		const uint8_t *p = out->rdata + out->rdata_octets - 4;
		f->minimum_s =
		        (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
		f->has_minimum = f->minimum_s <= TTL_MAX;
	}
	if (head->has_ttl)
		out->ttl_s = head->ttl_s;
	else if (f->has_default_ttl)
		out->ttl_s = f->default_ttl_s;
	else if (f->has_last_ttl)
		out->ttl_s = f->last_ttl_s;
	else if (f->has_minimum)
		out->ttl_s = f->minimum_s;
	else {
		refuse(f, "no TTL; write $TTL first");
		return false;
	}
	if (head->has_ttl) {
		f->last_ttl_s = head->ttl_s;
		f->has_last_ttl = true;
	}
	return true;
}

static bool read_owner(struct zone_file *f, const char **text)
{
	struct name *owner = &top(f)->owner;
	size_t n;

	if (f->entry.begins_blank) {
		if (!owner->len)
			refuse(f, "no owner, and none from the record before");
		return owner->len;
	}
	const char *token = zone_entry_token(text, &n);
	bool good = *token != '"';
	if (!good)
		refuse(f, "owner %.*s is in quotes", TOKEN_ARGS(token, n));
	good = good && read_name(f, "owner", token, n, owner);
	if (!good)
		owner->len = 0;
	return good;
}

static bool read_record(struct zone_file *f, struct zone_record *out)
{
	const char *text = f->entry.text;
	struct head head;

	if (!read_owner(f, &text) || !read_head(f, &text, &head) ||
	        !read_rdata(f, text, &head, out) || !find_ttl(f, &head, out))
		return false;
	out->text = text;
	out->owner = top(f)->owner.wire;
	out->type = head.type;
	return true;
}

/* The next record of a $GENERATE. False at its end, and behind a mistake. */
static bool generate(struct zone_file *f, struct zone_record *out)
{
	const char *why;

	if (!zone_generate_next(&f->generate, &why)) {
		f->failed |= f->generate.failed;
		f->is_generating = false;
		f->entry.line = f->generate_line;
		if (why)
			refuse(f, "$GENERATE: %s", why);
		return false;
	}
	struct zone_text text = {.octets = f->generate.line, .size = f->generate.line_len};
	bool is_entry = zone_entry_read(&f->entry, &text);
	f->entry.line = f->generate_line;
	f->entry.begins_blank = false;
	*out = (struct zone_record){.place = place_of(f)};
	if (f->entry.failed)
		return false;
	if (!is_entry || f->entry.mistake)
		refuse(f, "%s", is_entry ? f->entry.mistake : "nothing but a comment");
	else if (read_record(f, out))
		return true;
	f->is_generating = false;
	return false;
}

bool zone_file_next(struct zone_file *f, struct zone_record *out)
{
	while (f->depth && !f->failed) {
		if (f->is_generating) {
			if (generate(f, out))
				return true;
			top(f)->owner = f->owner_before;
			continue;
		}
		if (!zone_entry_read(&f->entry, &top(f)->text)) {
			pop(f);
			continue;
		}
		*out = (struct zone_record){.place = place_of(f)};
		if (f->entry.mistake) {
			refuse(f, "%s", f->entry.mistake);
			if (!f->entry.begins_blank)
				top(f)->owner.len = 0;
		} else if (f->entry.text[0] == '$' && !f->entry.begins_blank) {
			read_directive(f);
		} else if (read_record(f, out)) {
			return true;
		}
	}
	return false;
}
