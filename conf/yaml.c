/* SPDX-License-Identifier: ISC */
#include "conf/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct place place_of(const struct yaml *y, const yaml_mark_t *mark)
{
	return (struct place){y->file, (uint32_t)mark->line + 1, (uint32_t)mark->column + 1};
}

/* The place of an octet that libyaml's reader did not like: it tells no line. */
static struct place place_of_octet(const struct yaml *y, size_t at)
{
	struct place p = {y->file, 1, 1};

	for (size_t i = 0; i < at && i < y->size; i++) {
		if (y->octets[i] == '\n') {
			p.line++;
			p.column = 1;
		} else if ((y->octets[i] & 0xc0) != 0x80) {
			p.column++;
		}
	}
	return p;
}

/* The line of the file with this number, from 0. */
static const char *find_line(const struct yaml *y, size_t number, size_t *len)
{
	const char *p = y->octets, *end = y->octets + y->size, *newline;

	for (; number && (newline = memchr(p, '\n', (size_t)(end - p))); number--)
		p = newline + 1;
	newline = memchr(p, '\n', (size_t)(end - p));
	*len = (size_t)((newline ? newline : end) - p);
	return p;
}

/* True when a value begins at text[i] that YAML takes for something else: `@ MX`, `%...`, a brace
 * with text behind it, `::1` in a list. */
static bool is_for_quotes(const char *text, size_t len, size_t i)
{
	if (strchr("@`%", text[i]))
		return true;
	if (text[i] == ':')
		return i + 1 < len && text[i + 1] == ':';
	if (text[i] != '{')
		return false;
	const char *close = memchr(text + i, '}', len - i);
	return close && close + 1 < text + len && !strchr(" \t\r,]}#", close[1]);
}

/* True when a line holds a value that wants quotes. */
static bool line_is_for_quotes(const char *text, size_t len)
{
	bool at_value = true;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\0')
			return false;
		if (at_value && text[i] != ' ' && is_for_quotes(text, len, i))
			return true;
		if (text[i] != ' ')
			at_value = strchr("[{,", text[i]);
		else if (i && strchr(":-", text[i - 1]))
			at_value = true;
	}
	return false;
}

static bool is_quotes_missing(const struct yaml *y)
{
	size_t last = y->parser.problem_mark.line, first = y->parser.context_mark.line, len;

	if (!y->parser.context || first + 1 < last || first > last)
		first = last ? last - 1 : 0;
	for (size_t i = first; i <= last; i++) {
		const char *line = find_line(y, i, &len);
		if (line_is_for_quotes(line, len))
			return true;
	}
	return false;
}

static void fail_as_libyaml(struct yaml *y)
{
	const yaml_parser_t *p = &y->parser;

	y->failed = true;
	if (p->error == YAML_MEMORY_ERROR)
		yaml_error(y, ((struct place){y->file, 0, 0}), "memory", "out of memory");
	else if (p->error == YAML_READER_ERROR)
		yaml_error(y, place_of_octet(y, p->problem_offset), "yaml-encoding",
		        "%s; a file is plain text in UTF-8", p->problem ? p->problem : "not text");
	else if (is_quotes_missing(y))
		yaml_error(y, place_of(y, &p->problem_mark), "yaml-quote",
		        "YAML takes a character here for its own; if it belongs to a value, put it "
		        "in quotes: \"...\"");
	else
		yaml_error(y, place_of(y, &p->problem_mark), "yaml-syntax",
		        "not YAML: %s%s%s; look at the indentation, the colons and the brackets",
		        p->problem ? p->problem : "malformed", p->context ? " " : "",
		        p->context ? p->context : "");
}

static void drop_event(struct yaml *y)
{
	if (y->has_event || y->is_spent)
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

/* Have the next event ready; false when there is none any more. */
static bool prepare(struct yaml *y)
{
	if (y->has_event || y->failed)
		return !y->failed;
	drop_event(y);
	if (!yaml_parser_parse(&y->parser, &y->event)) {
		fail_as_libyaml(y);
		return false;
	}
	y->has_event = true;
	check_properties(y);
	check_depth(y);
	if (y->failed)
		drop_event(y);
	return !y->failed;
}

static bool is_end(const struct yaml *y)
{
	return y->event.type == YAML_SEQUENCE_END_EVENT || y->event.type == YAML_MAPPING_END_EVENT;
}

/* The whole file in memory, with a NUL behind it. */
static enum err read_octets(struct yaml *y, int fd, size_t limit)
{
	size_t capacity = 4096;
	struct stat st;
	struct place file = {y->file, 0, 0};

	if (fstat(fd, &st) != 0) {
		yaml_error(y, file, "io", "%s", strerror(errno));
		return ERR_IO;
	}
	if (!S_ISREG(st.st_mode)) {
		yaml_error(y, file, "io", "%s; name a file",
		        S_ISDIR(st.st_mode) ? "is a directory" : "is not a regular file");
		return ERR_IO;
	}
	if (st.st_size > 0 && (size_t)st.st_size <= limit)
		capacity = (size_t)st.st_size + 2;
	for (;;) {
		char *octets = realloc(y->octets, capacity);
		if (!octets)
			return ERR_MEMORY;
		y->octets = octets;
		ssize_t n = read(fd, octets + y->size, capacity - 1 - y->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			yaml_error(y, file, "io", "%s", strerror(errno));
			return ERR_IO;
		}
		y->size += (size_t)n;
		octets[y->size] = 0;
		if (n == 0)
			return OK;
		if (y->size > limit) {
			yaml_error(y, file, "file-size",
			        "is larger than the %zu octets a file may have; split it", limit);
			return ERR_IO;
		}
		if (y->size == capacity - 1)
			capacity += capacity / 2;
	}
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

enum err yaml_open(struct yaml *y, const char *path, size_t limit, struct diag_list *diags)
{
	memset(y, 0, sizeof *y);
	y->file = path;
	y->diags = diags;
	/* O_NONBLOCK: a FIFO without a writer does not hold us up */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		int reason = errno;
		if (reason != ENOENT)
			yaml_error(y, ((struct place){path, 0, 0}), "io", "%s", strerror(reason));
		errno = reason;
		return ERR_IO;
	}
	enum err e = read_octets(y, fd, limit);
	close(fd);
	if (e == OK && !yaml_parser_initialize(&y->parser))
		e = ERR_MEMORY;
	if (e != OK) {
		free(y->octets);
		errno = 0;
		return e;
	}
	yaml_parser_set_encoding(&y->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&y->parser, (const unsigned char *)y->octets, y->size);
	e = find_value(y);
	if (e != OK)
		yaml_close(y);
	return e;
}

void yaml_close(struct yaml *y)
{
	drop_event(y);
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

	if (e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (unsigned i = 0; i < sizeof nulls / sizeof *nulls; i++)
		if (strcmp((const char *)e->data.scalar.value, nulls[i]) == 0)
			return true;
	return false;
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
		yaml_error(y, y->key_place, "null-value",
		        "there is no value here; write %s, or remove the key", what);
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
			return true;
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

static const struct yaml_field *find_field(
        const struct yaml_field *fields, unsigned count, const struct yaml_text *key)
{
	for (unsigned i = 0; i < count; i++)
		if (strlen(fields[i].key) == key->len &&
		        memcmp(fields[i].key, key->text, key->len) == 0)
			return &fields[i];
	return NULL;
}

/* The keys that a map may have, for people. */
static void list_fields(char *out, size_t size, const struct yaml_field *fields, unsigned count)
{
	size_t n = 0;

	out[0] = 0;
	for (unsigned i = 0; i < count && n < size; i++)
		if (fields[i].read)
			n += (size_t)snprintf(
			        out + n, size - n, "%s%s", n ? ", " : "", fields[i].key);
}

/* Read the value of a key that the map has once; anything else is a mistake. */
static void read_field(struct yaml *y, const struct yaml_field *fields, unsigned count,
        const char *what, void *to, const struct yaml_text *key, uint32_t *seen)
{
	const struct yaml_field *field = find_field(fields, count, key);
	uint32_t bit = field ? (uint32_t)1 << (field - fields) : 0;

	if (!field) {
		char known[400];
		list_fields(known, sizeof known, fields, count);
		yaml_error(y, key->place, "unknown-key", "unknown key `%.*s`; %s takes: %s",
		        TEXT_ARGS(key), what, known);
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

	if (!yaml_enter_map(y, what))
		return;
	while (yaml_key(y, &key))
		read_field(y, fields, count, what, to, &key, &seen);
	for (unsigned i = 0; i < count && !y->failed; i++)
		if (fields[i].is_required && !(seen & (uint32_t)1 << i))
			yaml_error(y, place, "missing-key", "%s wants the key `%s`", what,
			        fields[i].key);
}
