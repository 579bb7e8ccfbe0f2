/* SPDX-License-Identifier: ISC */
#include "tests/help/yaml_compare.h"

#include <string.h>

#include "conf/yaml_plain.h"
#include "tests/help/must.h"

static void compare_scalars(const yaml_event_t *ours, const yaml_event_t *theirs)
{
	const yaml_char_t *value = ours->data.scalar.value;
	size_t length = ours->data.scalar.length;

	must(!theirs->data.scalar.anchor && !theirs->data.scalar.tag, "neither anchor nor tag");
	must(!ours->data.scalar.anchor && !ours->data.scalar.tag, "nor here");
	must(ours->data.scalar.style == theirs->data.scalar.style, "the style");
	must(length == theirs->data.scalar.length, "the length");
	must(memcmp(value, theirs->data.scalar.value, length) == 0, "the value");
	must(value[length] == 0, "a NUL stands behind it");
}

static void compare_starts(const yaml_event_t *theirs)
{
	if (theirs->type == YAML_DOCUMENT_START_EVENT)
		must(theirs->data.document_start.implicit &&
		                !theirs->data.document_start.version_directive,
		        "no directives, no ---");
	if (theirs->type == YAML_SEQUENCE_START_EVENT)
		must(!theirs->data.sequence_start.anchor && !theirs->data.sequence_start.tag,
		        "a list without anchor and tag");
	if (theirs->type == YAML_MAPPING_START_EVENT)
		must(!theirs->data.mapping_start.anchor && !theirs->data.mapping_start.tag,
		        "a map without anchor and tag");
}

static void compare_events(struct yaml_plain *plain, yaml_parser_t *parser)
{
	yaml_event_type_t type;

	do {
		yaml_event_t ours, theirs;
		memset(&ours, 0xaa, sizeof ours);
		yaml_plain_next(plain, &ours);
		must(yaml_parser_parse(parser, &theirs), "what is plain is YAML");
		type = theirs.type;
		must(ours.type == type, "the kind of event");
		must(ours.start_mark.line == theirs.start_mark.line, "its line");
		must(ours.start_mark.column == theirs.start_mark.column, "its column");
		if (type == YAML_SCALAR_EVENT)
			compare_scalars(&ours, &theirs);
		compare_starts(&theirs);
		yaml_event_delete(&theirs);
	} while (type != YAML_STREAM_END_EVENT);
}

bool yaml_compare(const uint8_t *octets, size_t size)
{
	char *copy = malloc(size + 1);
	struct yaml_plain plain;
	yaml_parser_t parser;

	must(copy != NULL, "out of memory");
	memcpy(copy, octets, size);
	copy[size] = 0;
	bool is_plain = yaml_plain_open(&plain, copy, size);
	must(memcmp(copy, octets, size) == 0, "the walk changes nothing");
	if (is_plain) {
		must(yaml_parser_initialize(&parser), "out of memory");
		yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
		yaml_parser_set_input_string(&parser, octets, size);
		compare_events(&plain, &parser);
		must(memcmp(copy, octets, size) == 0, "the octets are what they were");
		yaml_parser_delete(&parser);
	}
	free(copy);
	return is_plain;
}
