/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "server/manifest_form.h"

/* What is printed; sticky: without memory it stays as it was. */
struct printer {
	char *octets; /* owned */
	size_t size, capacity;
	bool failed;
};

/* Room for n more octets, and a NUL; NULL when out of memory. */
static char *make_room(struct printer *out, size_t n)
{
	if (out->capacity - out->size <= n) {
		size_t capacity = 2 * out->capacity + n + 4096;
		char *octets = out->failed ? NULL : realloc(out->octets, capacity);
		if (!octets) {
			out->failed = true;
			return NULL;
		}
		out->octets = octets;
		out->capacity = capacity;
	}
	return out->octets + out->size;
}

static void print(struct printer *out, const char *text)
{
	size_t n = strlen(text);
	char *at = make_room(out, n);

	if (!at)
		return;
	memcpy(at, text, n);
	out->size += n;
}

static void print_number(struct printer *out, uint64_t value, const char *behind)
{
	char digits[21];
	size_t at = sizeof digits - 1;

	digits[at] = 0;
	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	print(out, digits + at);
	print(out, behind);
}

static void print_text(struct printer *out, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	char *at = make_room(out, 4 * strlen(text));

	if (!at)
		return;
	for (; *text; text++) {
		uint8_t c = (uint8_t)*text;
		if (manifest_is_visible(*text) && *text != '\\') {
			*at++ = *text;
			continue;
		}
		*at++ = '\\';
		*at++ = 'x';
		*at++ = hex[c >> 4];
		*at++ = hex[c & 15];
	}
	out->size = (size_t)(at - out->octets);
}

/* A digest and what ends it. */
static void print_digest(struct printer *out, const struct digest *d, const char *behind)
{
	char text[DIGEST_TEXT_MAX];

	print(out, digest_is_none(d) ? "-" : digest_to_text(text, d));
	print(out, behind);
}

/* No time is before 1970 in what is sound. */
static void print_all(const struct manifest *m, struct printer *out)
{
	print(out, MANIFEST_FIRST_LINE "sequence ");
	print_number(out, m->sequence, "\ngeneration ");
	print_number(out, m->generation, "\npublished ");
	print_number(out, (uint64_t)m->published, "\nconfig ");
	print_digest(out, &m->config, "\nlayout ");
	print_digest(out, &m->layout, "\n");
	for (size_t i = 0; i < m->zone_count; i++) {
		const struct manifest_zone *zone = &m->zones[i];
		print(out, "zone ");
		print(out, zone->name);
		print(out, " ");
		print_number(out, zone->serial, " ");
		print_number(out, (uint64_t)zone->changed, " ");
		print_digest(out, &zone->image, " ");
		print_number(out, zone->image_serial, zone->is_served ? " served\n" : " kept\n");
	}
	for (size_t i = 0; i < m->customer_count; i++) {
		const struct manifest_customer *customer = &m->customers[i];
		print(out, "customer ");
		print_text(out, customer->name);
		print(out, " ");
		print_text(out, customer->file);
		print(out, " ");
		print(out, manifest_state_words[customer->state]);
		print(out, " ");
		print_number(out, (uint64_t)customer->since, " ");
		print_digest(out, &customer->source, " ");
		print_digest(out, &customer->fragment, " ");
		print_number(out, customer->pairs, " ");
		print_number(out, customer->layers, "\n");
	}
}

enum err manifest_print(const struct manifest *m, char **octets, size_t *size)
{
	struct printer out = {0};

	if (arena_failed(&m->arena))
		return ERR_MEMORY;
	if (!manifest_is_sound(m))
		return ERR_RANGE;
	print_all(m, &out);
	if (!out.failed) {
		struct digest d = digest_of(out.octets, out.size);
		print(&out, MANIFEST_SEAL);
		print_digest(&out, &d, "\n");
	}
	enum err e = out.failed ? ERR_MEMORY : out.size > MANIFEST_OCTETS_MAX ? ERR_LONG : OK;
	if (e != OK) {
		free(out.octets);
		return e;
	}
	out.octets[out.size] = 0;
	*octets = out.octets;
	*size = out.size;
	return OK;
}
