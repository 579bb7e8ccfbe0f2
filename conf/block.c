/* SPDX-License-Identifier: ISC */
#include "conf/block.h"

#include <stdlib.h>
#include <string.h>

#include "conf/value.h"

static bool is_all(const struct block *b)
{
	struct prefix p;

	return block_prefix(&p, b) && p.bits == 0;
}

/* `first-last`; dash is where the hyphen stands. */
static bool read_ends(struct yaml *y, const struct yaml_text *key, const char *dash,
        const char *rule, struct block *b)
{
	size_t n = (size_t)(dash - key->text);
	struct yaml_text first = {key->text, n, key->place};
	struct yaml_text last = {dash + 1, key->len - n - 1, key->place};
	char low[ADDR_TEXT_MAX], high[ADDR_TEXT_MAX];

	if (!first.len || !last.len || memchr(key->text, ' ', key->len)) {
		yaml_error(y, key->place, rule,
		        "%.*s is no block; write FIRST-LAST, without spaces", TEXT_ARGS(key));
		return false;
	}
	if (!value_addr(y, &first, &b->first) || !value_addr(y, &last, &b->last))
		return false;
	if (b->first.len != b->last.len) {
		yaml_error(y, key->place, rule,
		        "%.*s has one end in IPv4 and one in IPv6; write a block of each",
		        TEXT_ARGS(key));
		return false;
	}
	if (addr_compare(&b->first, &b->last) <= 0)
		return true;
	addr_to_text(low, &b->last);
	addr_to_text(high, &b->first);
	yaml_error(
	        y, key->place, rule, "%.*s is backwards; write %s-%s", TEXT_ARGS(key), low, high);
	return false;
}

bool block_from_key(
        struct yaml *y, const struct yaml_text *key, const char *rule, struct block *out)
{
	const char *slash = memchr(key->text, '/', key->len);
	const char *dash = slash ? NULL : memchr(key->text, '-', key->len);
	struct block b = {.place = key->place, .is_prefix = slash};
	char text[ADDR_TEXT_MAX];
	struct prefix p;

	if (dash) {
		if (!read_ends(y, key, dash, rule, &b))
			return false;
	} else if (!slash && addr_from_text(&b.first, key->text, key->len) == OK) {
		addr_to_text(text, &b.first);
		yaml_error(y, key->place, rule, "%.*s is a single address; write %s/%u",
		        TEXT_ARGS(key), text, 8U * b.first.len);
		return false;
	} else {
		if (!value_prefix(y, key, &p))
			return false;
		b.first = p.addr;
		prefix_last(&b.last, &p);
	}
	if (is_all(&b)) {
		yaml_error(y, key->place, rule,
		        "%.*s is every address there is; write the blocks that are yours",
		        TEXT_ARGS(key));
		return false;
	}
	*out = b;
	return true;
}

bool block_prefix(struct prefix *out, const struct block *b)
{
	return prefix_from_ends(out, &b->first, &b->last);
}

void block_to_text(char out[BLOCK_TEXT_MAX], const struct block *b)
{
	addr_range_to_text(out, &b->first, &b->last);
}

static int compare_ends(const struct block *a, const struct block *b)
{
	int difference = addr_compare(&a->first, &b->first);

	return difference ? difference : addr_compare(&a->last, &b->last);
}

/* Equal ones by place, so that the later one is the mistake. */
static int compare(const void *a, const void *b)
{
	const struct block *ba = a, *bb = b;
	int difference = compare_ends(ba, bb);

	if (difference)
		return difference;
	if (ba->place.line != bb->place.line)
		return ba->place.line < bb->place.line ? -1 : 1;
	return (ba->place.column > bb->place.column) - (ba->place.column < bb->place.column);
}

void block_tell_twice(struct yaml *y, struct block *blocks, size_t count)
{
	char text[BLOCK_TEXT_MAX];

	if (count)
		qsort(blocks, count, sizeof *blocks, compare);
	for (size_t i = 1; i < count; i++) {
		if (compare_ends(&blocks[i - 1], &blocks[i]) != 0)
			continue;
		block_to_text(text, &blocks[i]);
		yaml_error(y, blocks[i].place, "duplicate",
		        "%s is there already, on line %u; remove one of the two", text,
		        blocks[i - 1].place.line);
	}
}
