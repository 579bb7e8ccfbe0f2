/* SPDX-License-Identifier: ISC */
#include "conf/yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/yaml_failure.h"

_Static_assert(YAML_PLAIN_DEPTH <= YAML_DEPTH_MAX, "who is too deep is told so");

static struct place place_of(const struct yaml *y, const yaml_mark_t *mark)
{
	return (struct place){y->file, (uint32_t)mark->line + 1, (uint32_t)mark->column + 1};
}

static void drop_event(struct yaml *y)
{
	if (!y->is_plain && (y->has_event || y->is_spent))
		yaml_event_delete(&y->event);
	y->has_event = y->is_spent = false;
}

/* Anchors and tags are said and then passed over. */
static void check_properties(struct yaml *y)
{
	const yaml_event_t *e = &y->event;
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (e->type == YAML_SCALAR_EVENT) {
		anchor = e->data.scalar.anchor;
		tag = e->data.scalar.tag;
	} else if (e->type == YAML_SEQUENCE_START_EVENT) {
		anchor = e->data.sequence_start.anchor;
		tag = e->data.sequence_start.tag;
	} else if (e->type == YAML_MAPPING_START_EVENT) {
		anchor = e->data.mapping_start.anchor;
		tag = e->data.mapping_start.tag;
	}
	if (anchor)
		yaml_error(y, place_of(y, &e->start_mark), "yaml-alias",
		        "anchors (&%.80s) are not allowed; write the value out each time", anchor);
	if (tag)
		yaml_error(y, place_of(y, &e->start_mark), "yaml-tag",
		        "tags (%.80s) are not allowed; remove it, or put the value in quotes", tag);
}

static void check_depth(struct yaml *y)
{
	if (y->event.type == YAML_SEQUENCE_START_EVENT ||
	        y->event.type == YAML_MAPPING_START_EVENT) {
		if (++y->depth <= YAML_DEPTH_MAX)
			return;
		yaml_error(y, place_of(y, &y->event.start_mark), "yaml-deep",
		        "more than %d levels deep; no part of the format needs that",
		        YAML_DEPTH_MAX);
		y->failed = true;
	} else if (y->event.type == YAML_SEQUENCE_END_EVENT ||
	           y->event.type == YAML_MAPPING_END_EVENT) {
		y->depth--;
	}
}

/* 64 MiB hold twenty million mistakes, of which nobody reads even the first thousand. */
static void check_mistakes(struct yaml *y)
{
	if (y->diags->errors - y->errors_before <= YAML_MISTAKES_MAX)
		return;
	y->failed = true;
	yaml_error(y, place_of(y, &y->event.start_mark), "mistakes",
	        "more than %d mistakes; the rest of the file is not read", YAML_MISTAKES_MAX);
}

/* Have the next event ready; false when there is none any more. */
static bool prepare(struct yaml *y)
{
	if (y->has_event || y->failed)
		return !y->failed;
	drop_event(y);
	if (y->is_plain) {
		yaml_plain_next(&y->plain, &y->event);
	} else if (!yaml_parser_parse(&y->parser, &y->event)) {
		y->failed = true;
		yaml_tell_failure(y);
		return false;
	}
	y->has_event = true;
	check_properties(y);
	check_depth(y);
	check_mistakes(y);
	if (y->failed)
		drop_event(y);
	return !y->failed;
}

static bool is_end(const struct yaml *y)
{
	return y->event.type == YAML_SEQUENCE_END_EVENT || y->event.type == YAML_MAPPING_END_EVENT;
}

/* Editors of Windows begin a file with a byte order mark. libyaml would take it for a column, and
 * a key on the first line would stand further in than its neighbours. */
static void skip_mark(struct yaml *y)
{
	static const char mark[] = "\xef\xbb\xbf";

	if (y->size < 3 || memcmp(y->octets, mark, 3) != 0)
		return;
	y->size -= 3;
	memmove(y->octets, y->octets + 3, y->size + 1);
}

/* Step over the start of the stream and of the document. */
static enum err find_value(struct yaml *y)
{
	while (prepare(y) && (y->event.type == YAML_STREAM_START_EVENT ||
	                             y->event.type == YAML_DOCUMENT_START_EVENT))
		drop_event(y);
	if (!y->failed && y->event.type == YAML_STREAM_END_EVENT) {
		y->failed = true;
		yaml_error(y, ((struct place){y->file, 0, 0}), "yaml-empty",
		        "is empty; it begins with `version: 1`");
	}
	return y->failed ? ERR_REFUSED : OK;
}

enum err yaml_read_input(struct input *out, const char *path, size_t limit, struct input_door *door,
        struct diag_list *diags)
{
	struct place file = {path, 0, 0};
	const char *why;

	enum err e = input_read(out, path, limit, INPUT_FILE, door, &why);
	if (e == ERR_LONG) {
		diag_error(diags, file, "file-size",
		        "is larger than the %zu octets a file may have; split it", limit);
		e = ERR_IO;
	} else if (e == ERR_IO && errno != ENOENT) {
		diag_error(diags, file, "io", "%s", why);
		errno = 0;
	}
	return e;
}

static enum err open_parser(struct yaml *y)
{
	if (yaml_tell_tag_directive(y))
		return ERR_REFUSED;
	if (!yaml_parser_initialize(&y->parser))
		return ERR_MEMORY;
	yaml_parser_set_encoding(&y->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&y->parser, (const unsigned char *)y->octets, y->size);
	return OK;
}

enum err yaml_open_input(
        struct yaml *y, const char *path, struct input *in, struct diag_list *diags)
{
	enum err e = OK;

	memset(y, 0, sizeof *y);
	y->file = path;
	y->diags = diags;
	y->errors_before = diags->errors;
	y->octets = in->octets;
	y->size = in->size;
	skip_mark(y);
	y->is_plain = yaml_plain_open(&y->plain, y->octets, y->size);
	if (!y->is_plain)
		e = open_parser(y);
	if (e != OK) {
		free(y->octets);
		return e;
	}
	e = find_value(y);
	if (e != OK)
		yaml_close(y);
	return e;
}

enum err yaml_open(struct yaml *y, const char *path, size_t limit, struct input_door *door,
        struct diag_list *diags)
{
	struct input in;

	enum err e = yaml_read_input(&in, path, limit, door, diags);
	return e == OK ? yaml_open_input(y, path, &in, diags) : e;
}

void yaml_close(struct yaml *y)
{
	drop_event(y);
	if (!y->is_plain)
		yaml_parser_delete(&y->parser);
	free(y->octets);
	y->octets = NULL;
}

void yaml_end(struct yaml *y)
{
	if (!prepare(y) || y->event.type != YAML_DOCUMENT_END_EVENT)
		return;
	drop_event(y);
	if (prepare(y) && y->event.type != YAML_STREAM_END_EVENT)
		yaml_error(y, place_of(y, &y->event.start_mark), "yaml-documents",
		        "a second document begins here; a file holds one: remove the `---`");
}

enum yaml_shape yaml_peek(struct yaml *y)
{
	if (!prepare(y))
		return YAML_NOTHING;
	if (y->event.type == YAML_SEQUENCE_START_EVENT)
		return YAML_LIST;
	if (y->event.type == YAML_MAPPING_START_EVENT)
		return YAML_MAP;
	return y->event.type == YAML_SCALAR_EVENT ? YAML_TEXT : YAML_NOTHING;
}

struct place yaml_place(struct yaml *y)
{
	return prepare(y) ? place_of(y, &y->event.start_mark) : (struct place){y->file, 0, 0};
}

/* A plain scalar that YAML takes for nothing (YAML 1.2 10.2.1.1). */
static bool is_null(const yaml_event_t *e)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};

	if (e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE || e->data.scalar.length > 4)
		return false;
	for (unsigned i = 0; i < sizeof nulls / sizeof *nulls; i++)
		if (strcmp((const char *)e->data.scalar.value, nulls[i]) == 0)
			return true;
	return false;
}

/* An anchor or a tag with nothing behind it was told already. */
static void tell_null(struct yaml *y, const char *what)
{
	if (!y->event.data.scalar.anchor && !y->event.data.scalar.tag)
		yaml_error(y, y->key_place, "null-value",
		        "there is no value here; write %s, or remove it", what);
}

/* True for `192.0.2.1:mail.example`, which is no key and value. */
static bool has_glued_colon(const yaml_event_t *e)
{
	return e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       strchr((const char *)e->data.scalar.value, ':');
}

/* Complain that something else than `what` comes next, and step over it. */
static void refuse_shape(struct yaml *y, const char *what)
{
	if (!prepare(y))
		return;
	if (y->event.type == YAML_ALIAS_EVENT)
		yaml_error(y, place_of(y, &y->event.start_mark), "yaml-alias",
		        "aliases (*%.80s) are not allowed; write the value out, or put it in "
		        "quotes",
		        y->event.data.alias.anchor);
	else if (y->event.type == YAML_SCALAR_EVENT && is_null(&y->event))
		tell_null(y, what);
	else if (y->event.type == YAML_SCALAR_EVENT && has_glued_colon(&y->event))
		yaml_error(y, place_of(y, &y->event.start_mark), "wrong-type",
		        "%s is wanted here, not a single value; write a space behind the colon",
		        what);
	else
		yaml_error(y, place_of(y, &y->event.start_mark), "wrong-type",
		        "%s is wanted here, not a %s", what,
		        y->event.type == YAML_SCALAR_EVENT           ? "single value"
		        : y->event.type == YAML_SEQUENCE_START_EVENT ? "list"
		                                                     : "map");
	yaml_skip(y);
}

bool yaml_text(struct yaml *y, struct yaml_text *out, const char *what)
{
	if (yaml_peek(y) != YAML_TEXT || is_null(&y->event)) {
		refuse_shape(y, what);
		return false;
	}
	const char *text = (const char *)y->event.data.scalar.value;
	*out = (struct yaml_text){
	        text, y->event.data.scalar.length, place_of(y, &y->event.start_mark)};
	y->has_event = false;
	y->is_spent = true; /* its memory stays until the next event is asked for */
	if (out->len <= YAML_TEXT_MAX)
		return true;
	yaml_error(y, out->place, "yaml-long", "a value of %zu octets; %d are the most", out->len,
	        YAML_TEXT_MAX);
	return false;
}

bool yaml_is_word(const struct yaml_text *text, const char *word)
{
	return strlen(word) == text->len && memcmp(word, text->text, text->len) == 0;
}

static bool enter(struct yaml *y, enum yaml_shape shape, const char *what)
{
	if (yaml_peek(y) != shape) {
		refuse_shape(y, what);
		return false;
	}
	drop_event(y);
	return true;
}

bool yaml_enter_map(struct yaml *y, const char *what)
{
	return enter(y, YAML_MAP, what);
}

bool yaml_enter_list(struct yaml *y, const char *what)
{
	return enter(y, YAML_LIST, what);
}

bool yaml_item(struct yaml *y)
{
	if (!prepare(y))
		return false;
	if (!is_end(y)) {
		y->key_place = place_of(y, &y->event.start_mark);
		return true;
	}
	drop_event(y);
	return false;
}

bool yaml_key(struct yaml *y, struct yaml_text *key)
{
	while (yaml_item(y)) {
		if (yaml_text(y, key, "a key")) {
			y->key_place = key->place;
			if (!yaml_is_word(key, "<<"))
				return true;
			yaml_error(y, key->place, "yaml-alias",
			        "merge keys (<<) are not allowed; write the keys out each time");
		}
		yaml_skip(y);
	}
	return false;
}

void yaml_skip(struct yaml *y)
{
	if (!prepare(y) || is_end(y))
		return;
	enum yaml_shape shape = yaml_peek(y);
	unsigned depth = shape == YAML_LIST || shape == YAML_MAP ? y->depth - 1 : y->depth;
	do
		drop_event(y);
	while (y->depth > depth && prepare(y));
}

static void tell_quotes(struct yaml *y, struct place at)
{
	y->quotes_line = at.line;
	yaml_error(y, at, "yaml-quote",
	        "YAML takes braces for a map; if they belong to a value, put it in quotes: "
	        "\"...\"");
}

void yaml_tell_quotes(struct yaml *y)
{
	tell_quotes(y, yaml_place(y));
	yaml_skip(y);
}

/* True when what follows is the nothing behind a key that has no colon: it has no place of its
 * own. */
static bool is_bare_key(struct yaml *y, struct place place, size_t len)
{
	if (yaml_peek(y) != YAML_TEXT || y->event.data.scalar.length ||
	        y->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	struct place here = yaml_place(y);
	return here.line == place.line && here.column == place.column + len;
}

static const struct yaml_field *find_field(
        const struct yaml_field *fields, unsigned count, const struct yaml_text *key)
{
	for (unsigned i = 0; i < count; i++)
		if (yaml_is_word(key, fields[i].key))
			return &fields[i];
	return NULL;
}

#define FIELDS_BEGIN "a map with the keys "

/* The keys that a map may have, for people. */
static void list_fields(char *out, size_t size, const struct yaml_field *fields, unsigned count)
{
	size_t n = (size_t)snprintf(out, size, "%s", FIELDS_BEGIN), begin = n;

	for (unsigned i = 0; i < count && n < size; i++)
		if (fields[i].read)
			n += (size_t)snprintf(
			        out + n, size - n, "%s%s", n > begin ? ", " : "", fields[i].key);
}

static void tell_unknown(struct yaml *y, const struct yaml_field *fields, unsigned count,
        const char *what, const struct yaml_text *key)
{
	char known[400], text[81];
	struct place place = key->place;
	size_t len = key->len;

	snprintf(text, sizeof text, "%.*s", TEXT_ARGS(key)); /* is gone once we look ahead */
	if (is_bare_key(y, place, len)) {
		tell_quotes(y, place);
		return;
	}
	list_fields(known, sizeof known, fields, count);
	yaml_error(y, place, "unknown-key", "unknown key `%s`; %s takes: %s", text, what,
	        known + strlen(FIELDS_BEGIN));
}

/* Read the value of a key that the map has once; anything else is a mistake. */
static void read_field(struct yaml *y, const struct yaml_field *fields, unsigned count,
        const char *what, void *to, const struct yaml_text *key, uint32_t *seen)
{
	const struct yaml_field *field = find_field(fields, count, key);
	uint32_t bit = field ? (uint32_t)1 << (field - fields) : 0;

	if (!field) {
		tell_unknown(y, fields, count, what, key);
	} else if (!field->read) {
		yaml_error(y, key->place, "not-yet",
		        "`%s` belongs to a part that this version does not have; remove it",
		        field->key);
	} else if (*seen & bit) {
		yaml_error(y, key->place, "duplicate-key",
		        "`%s` is there already; remove one of the two", field->key);
	} else {
		*seen |= bit;
		field->read(y, to);
		return;
	}
	yaml_skip(y);
}

void yaml_map(
        struct yaml *y, const struct yaml_field *fields, unsigned count, const char *what, void *to)
{
	struct yaml_text key;
	struct place place = yaml_place(y);
	uint32_t seen = 0;
	char known[400];

	list_fields(known, sizeof known, fields, count);
	if (!yaml_enter_map(y, known))
		return;
	while (yaml_key(y, &key))
		read_field(y, fields, count, what, to, &key, &seen);
	for (unsigned i = 0; i < count && !y->failed; i++)
		if (fields[i].is_required && !(seen & (uint32_t)1 << i))
			yaml_error(y, place, "missing-key", "%s wants the key `%s`", what,
			        fields[i].key);
}
