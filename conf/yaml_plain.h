/* SPDX-License-Identifier: ISC */
/* conf/yaml_plain.h - the events of plain YAML, without libyaml; for conf/yaml.c alone.
 *
 * libyaml is the reader, and the one that decides what a file means. Nearly all files are plain,
 * though, and theirs are millions of lines:
 *
 *     hosts:                                   # block maps and lists, by indentation
 *       192.0.2.1: gw.example                  plain scalars without blanks, on one line
 *       192.0.2.2: {name: "a.example"}         maps and lists in braces, on one line
 *       192.0.2.3:
 *         - www.example                        an item: a scalar, braces, or a map from here on
 *         - 'api.example'                      quotes with nothing to undo in them
 *
 * Of such a file every event is libyaml's: kind, line and column of its start, value, style
 * (tests/property/prop_yaml_plain.c, tests/fuzz/fuzz_yaml.c). Anything else, and anything wrong, is
 * not plain: tabs, carriage returns, escapes, octets beyond ASCII (but for letters in comments),
 * blanks in plain scalars, keys without values, anchors, tags, documents, directives, text over
 * several lines, lists no further in than their key. So the whole file is walked once before the
 * first event is given out, and if it is not plain, libyaml reads all of it. The walk takes a tenth
 * of what libyaml takes. */
#ifndef CONF_YAML_PLAIN_H
#define CONF_YAML_PLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <yaml.h>

#define YAML_PLAIN_DEPTH 16 /* as YAML_DEPTH_MAX: what is deeper is libyaml's to refuse */

enum yaml_plain_kind {
	YAML_PLAIN_BLOCK_MAP,
	YAML_PLAIN_BLOCK_LIST,
	YAML_PLAIN_FLOW_MAP,
	YAML_PLAIN_FLOW_LIST
};

/* What comes at `at`. */
enum yaml_plain_state {
	YAML_PLAIN_STREAM,
	YAML_PLAIN_DOCUMENT,
	YAML_PLAIN_LINE,       /* the rest of a line, without text, then another line */
	YAML_PLAIN_TEXT,       /* the first octet of a line's text, or the end */
	YAML_PLAIN_KEY,        /* a key of a block map */
	YAML_PLAIN_VALUE,      /* the colon behind one */
	YAML_PLAIN_FLOW_BEGIN, /* behind the bracket or brace that opens */
	YAML_PLAIN_FLOW_NEXT,  /* behind an item, or a value, in them */
	YAML_PLAIN_FLOW_VALUE, /* the colon behind a key in braces */
	YAML_PLAIN_STREAM_END
};

struct yaml_plain_open {
	enum yaml_plain_kind kind;
	uint32_t column; /* from 0; of a block */
};

struct yaml_plain {
	char *octets, *end; /* borrowed; a NUL stands at `end` */
	char *at, *line_begin;
	uint32_t line; /* from 0 */
	enum yaml_plain_state state;
	struct yaml_plain_open open[YAML_PLAIN_DEPTH];
	unsigned depth;
	bool is_value_wanted; /* a key had nothing behind it on its line */
	char *cut, was;       /* a NUL was put there, in place of this; NULL: nowhere */
};

/* Walk octets[0..size), behind which a NUL stands. True when all of it is plain: then
 * yaml_plain_next() gives its events. The octets must stay; they are what they were once the next
 * event was asked for. */
bool yaml_plain_open(struct yaml_plain *p, char *octets, size_t size);

/* The next event, up to that of the stream's end. Only its type, the line and column of its start,
 * and of a scalar value, length and style are set, its anchor and tag to NULL; it owns nothing. A
 * value has a NUL behind it until the next call. */
void yaml_plain_next(struct yaml_plain *p, yaml_event_t *out);

#endif
