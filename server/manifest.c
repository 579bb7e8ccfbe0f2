/* SPDX-License-Identifier: ISC */
#include "server/manifest_form.h"

#include <stdlib.h>
#include <string.h>

#include "zone/name.h"

#define OLD_LINE    "arpad-manifest 1\n" /* no customer has a number of layers */
#define SEAL_OCTETS (sizeof MANIFEST_SEAL - 1 + DIGEST_TEXT_MAX) /* its newline included */

const char *const manifest_state_words[MANIFEST_STATES] = {[MANIFEST_GOOD] = "good",
        [MANIFEST_REFUSED] = "refused",
        [MANIFEST_MISSING] = "missing",
        [MANIFEST_VANISHED] = "vanished"};

void manifest_init(struct manifest *m)
{
	memset(m, 0, sizeof *m);
	arena_init(&m->arena);
}

void manifest_free(struct manifest *m)
{
	arena_free(&m->arena);
	manifest_init(m);
}

struct manifest_zone *manifest_add_zone(struct manifest *m, const char *name)
{
	struct manifest_zone *zones = arena_grow(&m->arena, m->zones, m->zone_count,
	        m->zone_count + 1, &m->zone_capacity, sizeof *zones);

	if (!zones)
		return NULL;
	m->zones = zones;
	struct manifest_zone zone = {.name = arena_text(&m->arena, name, strlen(name))};
	if (!zone.name)
		return NULL;
	zones[m->zone_count] = zone;
	return &zones[m->zone_count++];
}

struct manifest_customer *manifest_add_customer(
        struct manifest *m, const char *name, const char *file)
{
	struct manifest_customer *customers = arena_grow(&m->arena, m->customers, m->customer_count,
	        m->customer_count + 1, &m->customer_capacity, sizeof *customers);

	if (!customers)
		return NULL;
	m->customers = customers;
	struct manifest_customer customer = {.name = arena_text(&m->arena, name, strlen(name)),
	        .file = arena_text(&m->arena, file, strlen(file))};
	if (!customer.name || !customer.file)
		return NULL;
	customers[m->customer_count] = customer;
	return &customers[m->customer_count++];
}

static int compare_zones(const void *a, const void *b)
{
	const struct manifest_zone *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int compare_customers(const void *a, const void *b)
{
	const struct manifest_customer *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void manifest_sort(struct manifest *m)
{
	if (m->zone_count)
		qsort(m->zones, m->zone_count, sizeof *m->zones, compare_zones);
	if (m->customer_count)
		qsort(m->customers, m->customer_count, sizeof *m->customers, compare_customers);
}

struct manifest_zone *manifest_find_zone(const struct manifest *m, const char *name)
{
	struct manifest_zone wanted = {.name = name};

	return m->zone_count
	               ? bsearch(&wanted, m->zones, m->zone_count, sizeof wanted, compare_zones)
	               : NULL;
}

struct manifest_customer *manifest_find_customer(const struct manifest *m, const char *name)
{
	struct manifest_customer wanted = {.name = name};

	return m->customer_count ? bsearch(&wanted, m->customers, m->customer_count, sizeof wanted,
	                                   compare_customers)
	                         : NULL;
}

/* The one way to write an apex: lower-case, and as name_to_text() writes it. */
static bool is_apex(const char *text)
{
	char again[NAME_TEXT_MAX];
	struct name name;

	if (name_from_text(&name, text, strlen(text)) != OK)
		return false;
	name_lower(&name);
	name_to_text(again, name.wire);
	return strcmp(again, text) == 0;
}

bool manifest_is_sound(const struct manifest *m)
{
	if (m->published < 0)
		return false;
	for (size_t i = 0; i < m->zone_count; i++) {
		const struct manifest_zone *zone = &m->zones[i];
		if (!is_apex(zone->name) || zone->changed < 0)
			return false;
		if (i && compare_zones(zone - 1, zone) >= 0)
			return false;
	}
	for (size_t i = 0; i < m->customer_count; i++) {
		const struct manifest_customer *customer = &m->customers[i];
		if (!*customer->name || !*customer->file || customer->since < 0 ||
		        (unsigned)customer->state >= MANIFEST_STATES)
			return false;
		if (i && compare_customers(customer - 1, customer) >= 0)
			return false;
	}
	return true;
}

/* Sticky: after anything unexpected, nothing more is read. */
struct reader {
	const char *at, *end;
	bool is_bad;
};

static bool begins_with(const struct reader *r, const char *text)
{
	size_t n = strlen(text);

	return !r->is_bad && n <= (size_t)(r->end - r->at) && memcmp(r->at, text, n) == 0;
}

static bool skip(struct reader *r, const char *text)
{
	if (!begins_with(r, text))
		return false;
	r->at += strlen(text);
	return true;
}

static void expect(struct reader *r, const char *text)
{
	if (!skip(r, text))
		r->is_bad = true;
}

/* The visible characters up to the next that is none. Returns how many; none is an error. */
static size_t read_word(struct reader *r, const char **word)
{
	*word = r->at;
	while (!r->is_bad && r->at < r->end && manifest_is_visible(*r->at))
		r->at++;
	if (r->at == *word)
		r->is_bad = true;
	return (size_t)(r->at - *word);
}

static uint64_t read_number(struct reader *r, uint64_t most)
{
	const char *word;
	size_t n = read_word(r, &word);
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned digit = (unsigned)(word[i] - '0');
		if (digit > 9 || value > most / 10 || digit > most - value * 10) {
			r->is_bad = true;
			return 0;
		}
		value = value * 10 + digit;
	}
	r->is_bad |= n > 1 && *word == '0';
	return value;
}

static struct digest read_digest(struct reader *r)
{
	struct digest d = {{0}};
	const char *word;
	size_t n = read_word(r, &word);

	if (n == 1 && *word == '-')
		return d;
	if (!digest_from_text(&d, word, n) || digest_is_none(&d))
		r->is_bad = true;
	return d;
}

/* The octet that \xHH at p stands for; -1 when it stands for none, or needs no escape. */
static int escaped_octet(const char *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const char *high, *low;

	if (n < 4 || p[1] != 'x' || !(high = strchr(digits, p[2])) || !(low = strchr(digits, p[3])))
		return -1;
	int octet = (int)((high - digits) << 4 | (low - digits));
	return octet == 0 || (manifest_is_visible((char)octet) && octet != '\\') ? -1 : octet;
}

/* Text with its escapes resolved, in the arena; "" after an error. */
static const char *read_text(struct reader *r, struct arena *arena)
{
	const char *word;
	size_t n = read_word(r, &word), len = 0;
	char *text = r->is_bad ? NULL : arena_octets(arena, n + 1);

	if (!text)
		return "";
	for (size_t i = 0; i < n; len++) {
		int octet = word[i] == '\\' ? escaped_octet(word + i, n - i) : word[i];
		if (octet < 0) {
			r->is_bad = true;
			break;
		}
		i += word[i] == '\\' ? 4 : 1;
		text[len] = (char)octet;
	}
	text[len] = 0;
	return text;
}

static void read_zone(struct reader *r, struct manifest *m)
{
	char name[NAME_TEXT_MAX];
	const char *word;
	size_t n = read_word(r, &word);

	if (r->is_bad || n >= sizeof name) {
		r->is_bad = true;
		return;
	}
	memcpy(name, word, n);
	name[n] = 0;
	struct manifest_zone *zone = manifest_add_zone(m, name);
	if (!zone)
		return;
	expect(r, " ");
	zone->serial = (uint32_t)read_number(r, UINT32_MAX);
	expect(r, " ");
	zone->changed = (int64_t)read_number(r, INT64_MAX);
	expect(r, " ");
	zone->image = read_digest(r);
	expect(r, " ");
	zone->image_serial = (uint32_t)read_number(r, UINT32_MAX);
	zone->is_served = skip(r, " served\n");
	if (!zone->is_served)
		expect(r, " kept\n");
}

static enum manifest_customer_state read_state(struct reader *r)
{
	const char *word;
	size_t n = read_word(r, &word);

	for (size_t i = 0; i < MANIFEST_STATES; i++)
		if (strlen(manifest_state_words[i]) == n &&
		        memcmp(manifest_state_words[i], word, n) == 0)
			return (enum manifest_customer_state)i;
	r->is_bad = true;
	return MANIFEST_GOOD;
}

static void read_customer(struct reader *r, struct manifest *m)
{
	const char *name = read_text(r, &m->arena);

	expect(r, " ");
	const char *file = read_text(r, &m->arena);
	struct manifest_customer *customer = manifest_add_customer(m, name, file);
	if (!customer)
		return;
	expect(r, " ");
	customer->state = read_state(r);
	expect(r, " ");
	customer->since = (int64_t)read_number(r, INT64_MAX);
	expect(r, " ");
	customer->source = read_digest(r);
	expect(r, " ");
	customer->fragment = read_digest(r);
	expect(r, " ");
	customer->pairs = read_number(r, UINT64_MAX);
	if (!m->is_old) {
		expect(r, " ");
		customer->layers = read_number(r, UINT64_MAX);
	}
	expect(r, "\n");
}

/* Serials are as good as ever; whether a file would be read as it was is not known. */
static void forget_sources(struct manifest *m)
{
	m->config = m->layout = (struct digest){0};
	for (size_t i = 0; i < m->customer_count; i++)
		m->customers[i].source = (struct digest){0};
}

/* The last line is the digest of what is before it. */
static bool is_sealed(const char *octets, size_t size)
{
	const char *seal = octets + size - SEAL_OCTETS;
	struct digest d, wanted = digest_of(octets, size - SEAL_OCTETS);

	return memcmp(seal, MANIFEST_SEAL, sizeof MANIFEST_SEAL - 1) == 0 &&
	       octets[size - 1] == '\n' &&
	       digest_from_text(&d, seal + sizeof MANIFEST_SEAL - 1, DIGEST_TEXT_MAX - 1) &&
	       digest_equal(&d, &wanted);
}

enum err manifest_parse(struct manifest *out, const void *octets, size_t size)
{
	struct manifest m;

	if (size < SEAL_OCTETS || size > MANIFEST_OCTETS_MAX || !is_sealed(octets, size))
		return ERR_CORRUPT;
	struct reader r = {octets, (const char *)octets + size - SEAL_OCTETS, false};
	manifest_init(&m);
	m.is_old = skip(&r, OLD_LINE);
	if (!m.is_old)
		expect(&r, MANIFEST_FIRST_LINE);
	expect(&r, "sequence ");
	m.sequence = read_number(&r, UINT64_MAX);
	expect(&r, "\ngeneration ");
	m.generation = read_number(&r, UINT64_MAX);
	expect(&r, "\npublished ");
	m.published = (int64_t)read_number(&r, INT64_MAX);
	expect(&r, "\nconfig ");
	m.config = read_digest(&r);
	expect(&r, "\nlayout ");
	m.layout = read_digest(&r);
	expect(&r, "\n");
	while (!arena_failed(&m.arena) && skip(&r, "zone "))
		read_zone(&r, &m);
	while (!arena_failed(&m.arena) && skip(&r, "customer "))
		read_customer(&r, &m);
	enum err e = arena_failed(&m.arena)                                ? ERR_MEMORY
	             : r.is_bad || r.at != r.end || !manifest_is_sound(&m) ? ERR_CORRUPT
	                                                                   : OK;
	if (e != OK) {
		manifest_free(&m);
		return e;
	}
	if (m.is_old)
		forget_sources(&m);
	*out = m;
	return e;
}
