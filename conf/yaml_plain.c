/* SPDX-License-Identifier: ISC */
#include "conf/yaml_plain.h"

#include <assert.h>
#include <string.h>

/* libyaml takes nothing longer for a key (1024, its colon included). */
#define KEY_MAX 1000

/* Where an octet may stand; each but the first also where those before it may not. */
enum level {
	NOWHERE,
	PRINTED, /* in quotes and comments */
	BLOCK,   /* inside a plain scalar outside of braces */
	INNER,   /* inside any plain scalar */
	FIRST    /* at its begin, whatever follows */
};

#define IS_AMONG(c, low, high) ((c) >= (low) && (c) <= (high))
#define IS_FIRST(c)                                                                                \
	(IS_AMONG(c, '.', '9') || IS_AMONG(c, 'A', 'Z') || (c) == '_' || IS_AMONG(c, 'a', 'z'))
#define IS_INNER(c)                                                                                \
	((c) == '$' || IS_AMONG(c, '(', '+') || (c) == '-' || (c) == ';' || (c) == '=' ||          \
	        (c) == '@' || (c) == '^' || (c) == '~')
#define LEVEL(c)                                                                                   \
	(uint8_t)(IS_FIRST(c)                              ? FIRST                                 \
	          : IS_INNER(c)                            ? INNER                                 \
	          : (c) == ',' || (c) == '{' || (c) == '}' ? BLOCK                                 \
	          : IS_AMONG(c, ' ', '~')                  ? PRINTED                               \
	                                                   : NOWHERE)
#define FOUR(c)    LEVEL(c), LEVEL((c) + 1), LEVEL((c) + 2), LEVEL((c) + 3)
#define SIXTEEN(c) FOUR(c), FOUR((c) + 4), FOUR((c) + 8), FOUR((c) + 12)
#define ROWS(c)    SIXTEEN(c), SIXTEEN((c) + 16), SIXTEEN((c) + 32), SIXTEEN((c) + 48)

static const uint8_t levels[256] = {ROWS(0), ROWS(64), ROWS(128), ROWS(192)};

static enum level level_of(char octet)
{
	return (enum level)levels[(uint8_t)octet];
}

struct scalar {
	char *text;
	size_t len;
	yaml_scalar_style_t style;
	char *behind; /* the octet after it, and its quotes */
};

static void emit(
        const struct yaml_plain *p, yaml_event_t *out, yaml_event_type_t type, const char *at)
{
	out->type = type;
	out->start_mark.line = p->line;
	out->start_mark.column = (size_t)(at - p->line_begin);
}

static void emit_scalar(const struct yaml_plain *p, yaml_event_t *out, const struct scalar *s)
{
	emit(p, out, YAML_SCALAR_EVENT, p->at);
	out->data.scalar.anchor = out->data.scalar.tag = NULL;
	out->data.scalar.value = (yaml_char_t *)s->text;
	out->data.scalar.length = s->len;
	out->data.scalar.style = s->style;
}

static bool read_quoted(const struct yaml_plain *p, struct scalar *out)
{
	char quote = *p->at, *c = p->at + 1;

	while (level_of(*c) != NOWHERE && *c != quote && !(*c == '\\' && quote == '"'))
		c++;
	if (*c != quote || c[1] == quote) /* two are one in single quotes */
		return false;
	*out = (struct scalar){p->at + 1, (size_t)(c - p->at - 1),
	        quote == '"' ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_SINGLE_QUOTED_SCALAR_STYLE,
	        c + 1};
	return true;
}

/* True where a colon would end a plain scalar. */
static bool is_colon(const char *c)
{
	return *c == ':' && (c[1] == ' ' || c[1] == '\n' || c[1] == '\0');
}

/* A scalar at p->at; what may follow it is for the caller to see. */
static bool read_scalar(const struct yaml_plain *p, enum level inside, struct scalar *out)
{
	char *c = p->at;

	if (*c == '"' || *c == '\'')
		return read_quoted(p, out);
	if (level_of(*c) != FIRST)
		return false;
	for (;;) {
		while (level_of(*c) >= inside)
			c++;
		if (*c != ':' || is_colon(c))
			break;
		if (c[1] != ':' && level_of(c[1]) < INNER)
			return false;
		c++;
	}
	*out = (struct scalar){p->at, (size_t)(c - p->at), YAML_PLAIN_SCALAR_STYLE, c};
	return true;
}

static char *skip_blanks(char *c)
{
	while (*c == ' ')
		c++;
	return c;
}

static bool push(struct yaml_plain *p, enum yaml_plain_kind kind, const char *at)
{
	if (p->depth == YAML_PLAIN_DEPTH)
		return false;
	p->open[p->depth++] =
	        (struct yaml_plain_open){kind, (uint32_t)(size_t)(at - p->line_begin)};
	return true;
}

/* A letter from A with a grave to y with a diaeresis, U+00C0 to U+00FF, as people write in
 * comments. Other octets beyond ASCII are libyaml's: it knows which are none, and which end a line.
 */
static bool is_letter(const char *c)
{
	return (uint8_t)c[0] == 0xc3 && ((uint8_t)c[1] & 0xc0) == 0x80;
}

/* Step over what is left of a line: blanks, a comment. */
static bool end_line(struct yaml_plain *p)
{
	char *c = skip_blanks(p->at);

	if (*c == '#') {
		if (c != p->line_begin && c[-1] != ' ')
			return false;
		while (level_of(*c) != NOWHERE || is_letter(c))
			c += level_of(*c) != NOWHERE ? 1 : 2;
	}
	p->at = c;
	if (c == p->end)
		return true;
	if (*c != '\n')
		return false;
	p->at = p->line_begin = c + 1;
	p->line++;
	return true;
}

/* From the begin of a line to the next text, or to the end. */
static bool seek_text(struct yaml_plain *p)
{
	for (;;) {
		char *c = skip_blanks(p->at);
		if (c != p->end && (*c == '\n' || *c == '#')) {
			if (!end_line(p))
				return false;
			continue;
		}
		p->at = c;
		return true;
	}
}

static bool begin_flow(struct yaml_plain *p, yaml_event_t *out)
{
	bool is_map = *p->at == '{';

	if (!push(p, is_map ? YAML_PLAIN_FLOW_MAP : YAML_PLAIN_FLOW_LIST, p->at))
		return false;
	emit(p, out, is_map ? YAML_MAPPING_START_EVENT : YAML_SEQUENCE_START_EVENT, p->at);
	p->at++;
	p->state = YAML_PLAIN_FLOW_BEGIN;
	return true;
}

static bool end_flow(struct yaml_plain *p, yaml_event_t *out)
{
	bool is_map = p->open[--p->depth].kind == YAML_PLAIN_FLOW_MAP;
	bool is_inner = p->depth && p->open[p->depth - 1].kind >= YAML_PLAIN_FLOW_MAP;

	emit(p, out, is_map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT, p->at);
	p->at++;
	p->state = is_inner ? YAML_PLAIN_FLOW_NEXT : YAML_PLAIN_LINE;
	return true;
}

/* An item or a value, and what comes behind a scalar. */
static bool read_node(
        struct yaml_plain *p, yaml_event_t *out, enum level inside, enum yaml_plain_state behind)
{
	struct scalar s;

	if (*p->at == '[' || *p->at == '{')
		return begin_flow(p, out);
	if (!read_scalar(p, inside, &s))
		return false;
	emit_scalar(p, out, &s);
	p->at = s.behind;
	p->state = behind;
	return true;
}

/* A key, up to its colon. */
static bool read_key(
        struct yaml_plain *p, yaml_event_t *out, enum level inside, enum yaml_plain_state behind)
{
	struct scalar s;

	if (!read_scalar(p, inside, &s) || !is_colon(s.behind) || s.behind - p->at > KEY_MAX)
		return false;
	if (p->at == p->line_begin && strncmp(p->at, "...", 3) == 0) /* ends a document */
		return false;
	emit_scalar(p, out, &s);
	p->at = s.behind;
	p->state = behind;
	return true;
}

/* The end of a block that is further in than the line. */
static bool end_block(struct yaml_plain *p, yaml_event_t *out)
{
	bool is_map = p->open[--p->depth].kind == YAML_PLAIN_BLOCK_MAP;

	emit(p, out, is_map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT, p->at);
	return true;
}

static bool begin_map(struct yaml_plain *p, yaml_event_t *out)
{
	if (!push(p, YAML_PLAIN_BLOCK_MAP, p->at))
		return false;
	emit(p, out, YAML_MAPPING_START_EVENT, p->at);
	p->state = YAML_PLAIN_KEY;
	return true;
}

static bool is_item(const char *at)
{
	return at[0] == '-' && at[1] == ' ';
}

/* The map or list that a key's value is, or the document. */
static bool begin_block(struct yaml_plain *p, yaml_event_t *out)
{
	p->is_value_wanted = false;
	if (!is_item(p->at))
		return begin_map(p, out);
	if (!push(p, YAML_PLAIN_BLOCK_LIST, p->at))
		return false;
	emit(p, out, YAML_SEQUENCE_START_EVENT, p->at);
	return true;
}

static bool read_item(struct yaml_plain *p, yaml_event_t *out)
{
	struct scalar s;

	if (!is_item(p->at))
		return false;
	p->at = skip_blanks(p->at + 1);
	if (*p->at != '[' && *p->at != '{' && read_scalar(p, BLOCK, &s) && is_colon(s.behind))
		return begin_map(p, out);
	return read_node(p, out, BLOCK, YAML_PLAIN_LINE);
}

/* The first text of a line, or the end. */
static bool read_text(struct yaml_plain *p, yaml_event_t *out)
{
	const struct yaml_plain_open *top = p->depth ? &p->open[p->depth - 1] : NULL;
	uint32_t column = (uint32_t)(size_t)(p->at - p->line_begin);
	bool is_over = p->at == p->end;
	bool is_outside = top && top->column > column;

	if (p->is_value_wanted) /* a value that is not further in than its key is none */
		return !is_over && !(top && top->column >= column) && begin_block(p, out);
	if (is_over && !is_outside && column) { /* libyaml ends the last line now */
		p->line_begin = p->at;
		p->line++;
	}
	if (is_outside || (is_over && top))
		return end_block(p, out);
	if (is_over) {
		emit(p, out, YAML_DOCUMENT_END_EVENT, p->at);
		p->state = YAML_PLAIN_STREAM_END;
		return true;
	}
	if (!top || top->column != column)
		return false;
	return top->kind == YAML_PLAIN_BLOCK_MAP ? read_key(p, out, BLOCK, YAML_PLAIN_VALUE)
	                                         : read_item(p, out);
}

static bool read_document(struct yaml_plain *p, yaml_event_t *out)
{
	if (!seek_text(p) || p->at == p->end || p->at != p->line_begin)
		return false;
	emit(p, out, YAML_DOCUMENT_START_EVENT, p->at);
	p->is_value_wanted = true;
	p->state = YAML_PLAIN_TEXT;
	return true;
}

/* What stands in braces, after what there was before. */
static bool read_flow(struct yaml_plain *p, yaml_event_t *out)
{
	bool is_map = p->open[p->depth - 1].kind == YAML_PLAIN_FLOW_MAP;

	p->at = skip_blanks(p->at);
	if (*p->at == (is_map ? '}' : ']'))
		return end_flow(p, out);
	if (p->state == YAML_PLAIN_FLOW_NEXT) {
		if (*p->at != ',')
			return false;
		p->at = skip_blanks(p->at + 1);
	}
	return is_map ? read_key(p, out, INNER, YAML_PLAIN_FLOW_VALUE)
	              : read_node(p, out, INNER, YAML_PLAIN_FLOW_NEXT);
}

/* Step over the colon of a key of a block map. True when its value stands on the line, else it is
 * further in on the next one. */
static bool has_value(struct yaml_plain *p)
{
	p->at = skip_blanks(p->at + 1);
	p->is_value_wanted = p->at == p->end || *p->at == '\n' || *p->at == '#';
	return !p->is_value_wanted;
}

/* Go on to the next event; false when what comes is not plain. */
static bool step(struct yaml_plain *p, yaml_event_t *out)
{
	for (;;) {
		switch (p->state) {
		case YAML_PLAIN_STREAM:
			emit(p, out, YAML_STREAM_START_EVENT, p->at);
			p->state = YAML_PLAIN_DOCUMENT;
			return true;
		case YAML_PLAIN_DOCUMENT:
			return read_document(p, out);
		case YAML_PLAIN_LINE:
			if (!end_line(p) || !seek_text(p))
				return false;
			p->state = YAML_PLAIN_TEXT;
			break;
		case YAML_PLAIN_TEXT:
			return read_text(p, out);
		case YAML_PLAIN_KEY:
			return read_key(p, out, BLOCK, YAML_PLAIN_VALUE);
		case YAML_PLAIN_VALUE:
			if (has_value(p))
				return read_node(p, out, BLOCK, YAML_PLAIN_LINE);
			p->state = YAML_PLAIN_LINE;
			break;
		case YAML_PLAIN_FLOW_BEGIN:
		case YAML_PLAIN_FLOW_NEXT:
			return read_flow(p, out);
		case YAML_PLAIN_FLOW_VALUE:
			p->at = skip_blanks(p->at + 1);
			return read_node(p, out, INNER, YAML_PLAIN_FLOW_NEXT);
		case YAML_PLAIN_STREAM_END:
			emit(p, out, YAML_STREAM_END_EVENT, p->at);
			return true;
		}
	}
}

static void begin(struct yaml_plain *p, char *octets, size_t size)
{
	*p = (struct yaml_plain){
	        .octets = octets, .end = octets + size, .at = octets, .line_begin = octets};
}

bool yaml_plain_open(struct yaml_plain *p, char *octets, size_t size)
{
	yaml_event_t event;

	begin(p, octets, size);
	do
		if (!step(p, &event))
			return false;
	while (event.type != YAML_STREAM_END_EVENT);
	begin(p, octets, size);
	return true;
}

void yaml_plain_next(struct yaml_plain *p, yaml_event_t *out)
{
	if (p->cut)
		*p->cut = p->was;
	p->cut = NULL;
	bool is_plain = step(p, out);
	assert(is_plain); /* it was walked before, and the octets are the same */
	(void)is_plain;
	if (out->type != YAML_SCALAR_EVENT)
		return;
	p->cut = (char *)out->data.scalar.value + out->data.scalar.length;
	p->was = *p->cut;
	*p->cut = '\0';
}
