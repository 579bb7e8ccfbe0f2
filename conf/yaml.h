/* SPDX-License-Identifier: ISC */
/* conf/yaml.h - a YAML file, piece by piece, with the place of each.
 *
 *     yaml_open(&y, path, limit, door, diags)
 *     yaml_fields(&y, fields, "a zone", &zone)       a map whose keys are known beforehand
 *     yaml_enter_map(&y); while (yaml_key(&y, &key)) read the value      any keys
 *     yaml_enter_list(&y); while (yaml_item(&y)) read the item
 *     yaml_end(&y); yaml_close(&y)
 *
 * The part of YAML that people need: maps, lists, scalars. Anchors, aliases, tags, several
 * documents, keys that are not scalars, more than 16 levels and scalars over 4 KiB are mistakes,
 * each with its place, and reading goes on behind them where it can, so that a file's mistakes all
 * come out in one run.
 *
 * Sticky: after a mistake that libyaml cannot step over there is no key, item or scalar any more,
 * and y->failed says so. Every value is read exactly once, by one of the functions here. */
#ifndef CONF_YAML_H
#define CONF_YAML_H

#include <stdbool.h>
#include <yaml.h>

#include "conf/input.h"
#include "conf/yaml_plain.h"
#include "zone/diag.h"
#include "zone/err.h"

#define YAML_DEPTH_MAX    16
#define YAML_TEXT_MAX     4096
#define YAML_MISTAKES_MAX 100000 /* more, and the rest of the file is not read */

struct yaml {
	const char *file; /* borrowed */
	struct diag_list *diags;
	char *octets; /* owned: the whole file */
	size_t size;
	bool is_plain; /* read by `plain`, else by `parser` */
	struct yaml_plain plain;
	yaml_parser_t parser;
	yaml_event_t event; /* the next one, if has_event; the last one, if is_spent */
	bool has_event, is_spent, failed;
	size_t errors_before;   /* in diags, of others */
	unsigned depth;         /* maps and lists that are open */
	struct place key_place; /* of the key read last: a value that is not there has none */
	uint32_t quotes_line;   /* on which yaml_tell_quotes() said something; 0: on none */
};

/* A scalar; valid until the next call. */
struct yaml_text {
	const char *text; /* a NUL stands behind it, and perhaps inside it */
	size_t len;
	struct place place;
};

/* Read a file into memory through `door` (may be NULL: conf/input.h). One over `limit` octets and
 * what is no regular file are mistakes. Returns OK, and out->octets are the caller's; ERR_IO with a
 * diagnostic, but without one and with errno ENOENT when there is no such file; ERR_MEMORY. */
MUST_USE enum err yaml_read_input(struct input *out, const char *path, size_t limit,
        struct input_door *door, struct diag_list *diags);

/* Step to the first value of what was read, whose octets become the reader's in any case. Returns
 * OK; ERR_REFUSED with a diagnostic when it holds nothing; ERR_MEMORY. Only after OK it must be
 * closed. */
MUST_USE enum err yaml_open_input(
        struct yaml *y, const char *path, struct input *in, struct diag_list *diags);

/* Both. */
MUST_USE enum err yaml_open(struct yaml *y, const char *path, size_t limit, struct input_door *door,
        struct diag_list *diags);
void yaml_close(struct yaml *y);

/* See that nothing follows the value that was read. */
void yaml_end(struct yaml *y);

/* What comes next. */
enum yaml_shape { YAML_NOTHING, YAML_TEXT, YAML_LIST, YAML_MAP };
enum yaml_shape yaml_peek(struct yaml *y);

/* Where it stands. */
struct place yaml_place(struct yaml *y);

/* Read a scalar. `what` says what is wanted ("a name"). False, after a diagnostic [wrong-type] or
 * [null-value], for anything else, which is stepped over. */
bool yaml_text(struct yaml *y, struct yaml_text *out, const char *what);

/* True when the scalar is this word and nothing else. */
bool yaml_is_word(const struct yaml_text *text, const char *word);

/* Step into a map or a list; false, after a diagnostic, for anything else, stepped over. Then
 * read each key and behind it its value, until yaml_key() says there are no more; or items. */
bool yaml_enter_map(struct yaml *y, const char *what);
bool yaml_key(struct yaml *y, struct yaml_text *key);
bool yaml_enter_list(struct yaml *y, const char *what);
bool yaml_item(struct yaml *y);

/* Complain [yaml-quote] about a map where a text is wanted, `{ip}`, and step over it. */
void yaml_tell_quotes(struct yaml *y);

/* Step over a value, whatever it is. */
void yaml_skip(struct yaml *y);

/* A key that a map may have. `read` reads the value into *to, `to` being that of yaml_map(); NULL:
 * the key belongs to a part that does not exist yet, and is refused [not-yet]. */
struct yaml_field {
	const char *key;
	void (*read)(struct yaml *y, void *to);
	bool is_required;
};

/* Read a map with these keys. Unknown, double and missing ones are mistakes: [unknown-key],
 * [duplicate-key], [missing-key]; and [yaml-quote] for `{ip}`, a key without a colon. */
#define YAML_FIELDS_MAX 32
void yaml_map(struct yaml *y, const struct yaml_field *fields, unsigned count, const char *what,
        void *to);
#define yaml_fields(y, fields, what, to)                                                           \
	yaml_map(y, fields, sizeof(fields) / sizeof *(fields), what, to)

/* Add a mistake; format as printf, in which TEXT_ARGS(&text) serves %.*s with the scalar, the
 * beginning of a long one. */
#define yaml_error(y, at, rule, ...) diag_error((y)->diags, at, rule, __VA_ARGS__)
#define TEXT_ARGS(t)                 (int)((t)->len < 80 ? (t)->len : 80), (t)->text

#endif
