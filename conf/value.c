/* SPDX-License-Identifier: ISC */
#include "conf/value.h"

#include <idn2.h>
#include <string.h>

#include "zone/plan.h"

static bool is_ascii(const struct yaml_text *t)
{
	for (size_t i = 0; i < t->len; i++)
		if ((unsigned char)t->text[i] > 0x7f)
			return false;
	return true;
}

/* Blanks and control characters belong into no name but by an escape: two values on one line. */
static bool has_blank(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f)
			return true;
	return false;
}

/* From the text as it stands in DNS: ASCII, with \ escapes. */
static bool parse_name(
        struct yaml *y, const struct yaml_text *t, const char *ascii, size_t n, struct name *out)
{
	struct name name;
	enum err e = has_blank(ascii, n) ? ERR_SYNTAX : name_from_text(&name, ascii, n);

	if (e == OK) {
		name_lower(&name);
		*out = name;
		return true;
	}
	if (t->len == 0)
		yaml_error(y, t->place, "name", "an empty name; write one, or remove it");
	else if (e == ERR_LONG)
		yaml_error(y, t->place, "name-long",
		        "%.*s is too long; a label has at most 63 octets, a name 255",
		        TEXT_ARGS(t));
	else
		yaml_error(y, t->place, "name",
		        "%.*s is not a domain name; write labels with dots between them, such as "
		        "mail.example.net",
		        TEXT_ARGS(t));
	return false;
}

bool value_domain(struct yaml *y, const struct yaml_text *t, struct name *out)
{
	char *ascii = NULL;

	if (is_ascii(t))
		return parse_name(y, t, t->text, t->len, out);
	int e = strlen(t->text) == t->len
	                ? idn2_to_ascii_8z(t->text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL)
	                : IDN2_DISALLOWED;
	if (e != IDN2_OK) {
		yaml_error(y, t->place, "name-idn",
		        "%.*s cannot stand in DNS: %s; write it in letters that IDNA allows",
		        TEXT_ARGS(t), idn2_strerror(e));
		return false;
	}
	bool good = parse_name(y, t, ascii, strlen(ascii), out);
	idn2_free(ascii);
	return good;
}

bool value_read_domain(struct yaml *y, struct name *out)
{
	struct yaml_text t;

	return yaml_text(y, &t, "a domain name") && value_domain(y, &t, out);
}

static bool ends_in_number(const uint8_t *wire)
{
	bool is_number = false;

	for (; *wire; wire += 1 + *wire) {
		is_number = true;
		for (unsigned i = 1; i <= *wire; i++)
			is_number &= wire[i] >= '0' && wire[i] <= '9';
	}
	return is_number;
}

bool value_host(struct yaml *y, const struct yaml_text *t, struct name *out)
{
	struct name name;

	if (name_from_host_text(out, t->text, t->len))
		return true;
	if (!value_domain(y, t, &name))
		return false;
	if (!name_is_host(name.wire)) {
		yaml_error(y, t->place, "name-host", "%.*s %s", TEXT_ARGS(t),
		        ends_in_number(name.wire)
		                ? "ends in a number, as an address does; write the name of a host"
		                : "is not a host name; its labels are letters, digits and inner "
		                  "hyphens");
		return false;
	}
	*out = name;
	return true;
}

bool value_read_host(struct yaml *y, struct name *out)
{
	struct yaml_text t;

	return yaml_text(y, &t, "a host name") && value_host(y, &t, out);
}

/* True for four octets of which one has a leading zero: people mean decimal, programs octal. */
static bool has_leading_zero(const struct yaml_text *t)
{
	for (size_t i = 0; i + 1 < t->len; i++)
		if (t->text[i] == '0' && (i == 0 || t->text[i - 1] == '.') &&
		        t->text[i + 1] >= '0' && t->text[i + 1] <= '9')
			return !memchr(t->text, ':', t->len);
	return false;
}

/* What may be wrong with an address, or with that of a prefix. */
static const char *address_remedy(const struct yaml_text *t, enum err e)
{
	if (e == ERR_RANGE)
		return "is an IPv4 address in IPv6 form; write it as IPv4";
	if (memchr(t->text, '%', t->len))
		return "has a zone index; an address in DNS has none";
	if (has_leading_zero(t))
		return "has a leading zero; write octets without";
	return NULL;
}

bool value_addr(struct yaml *y, const struct yaml_text *t, struct addr *out)
{
	enum err e = addr_from_text(out, t->text, t->len);

	if (e == OK)
		return true;
	const char *remedy = address_remedy(t, e);
	if (!remedy && memchr(t->text, '/', t->len))
		remedy = "is a prefix; a host has one address";
	yaml_error(y, t->place, "address", "%.*s %s", TEXT_ARGS(t),
	        remedy ? remedy : "is not an address; write 192.0.2.1 or 2001:db8::1");
	return false;
}

bool value_prefix(struct yaml *y, const struct yaml_text *t, struct prefix *out)
{
	char text[PREFIX_TEXT_MAX];
	struct prefix nearest;
	enum err e = prefix_from_text(out, t->text, t->len, &nearest);

	if (e == OK)
		return true;
	if (e == ERR_RANGE && nearest.addr.len) {
		prefix_to_text(text, &nearest);
		yaml_error(y, t->place, "prefix",
		        "%.*s has bits set behind its length; the block is %s", TEXT_ARGS(t), text);
		return false;
	}
	const char *remedy = address_remedy(t, e);
	yaml_error(y, t->place, "prefix", "%.*s %s", TEXT_ARGS(t),
	        remedy ? remedy : "is not a prefix; write 192.0.2.0/24 or 2001:db8::/32");
	return false;
}

bool value_read_prefix(struct yaml *y, struct prefix *out)
{
	struct yaml_text t;

	return yaml_text(y, &t, "a prefix") && value_prefix(y, &t, out);
}

/* Plain decimal text[0..n); false over `most`, when empty or with a leading zero. */
static bool parse_decimal(const char *text, size_t n, uint64_t most, uint64_t *out)
{
	uint64_t value = 0;

	if (n == 0 || n > 19 || (n > 1 && *text == '0'))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(text[i] - '0');
	}
	if (value > most)
		return false;
	*out = value;
	return true;
}

bool value_read_time(struct yaml *y, uint32_t *out)
{
	static const struct {
		char unit;
		uint32_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	struct yaml_text t;
	uint64_t number, seconds = 1;

	if (!yaml_text(y, &t, "a time"))
		return false;
	size_t digits = t.len;
	for (unsigned i = 0; t.len && i < sizeof units / sizeof *units; i++) {
		if (t.text[t.len - 1] == units[i].unit) {
			seconds = units[i].seconds;
			digits = t.len - 1;
		}
	}
	if (!parse_decimal(t.text, digits, TTL_MAX / seconds, &number)) {
		yaml_error(y, t.place, "ttl",
		        "%.*s is not a time; write 30s, 5m, 1h, 1d or seconds, at most %u",
		        TEXT_ARGS(&t), TTL_MAX);
		return false;
	}
	*out = (uint32_t)(number * seconds);
	return true;
}

bool value_read_number(struct yaml *y, uint32_t least, uint32_t most, uint32_t *out)
{
	struct yaml_text t;
	uint64_t number;

	if (!yaml_text(y, &t, "a number"))
		return false;
	if (!parse_decimal(t.text, t.len, most, &number) || number < least) {
		yaml_error(y, t.place, "number", "%.*s is not a number from %u to %u",
		        TEXT_ARGS(&t), least, most);
		return false;
	}
	*out = (uint32_t)number;
	return true;
}

bool value_read_yes(struct yaml *y, bool *out)
{
	struct yaml_text t;

	if (!yaml_text(y, &t, "yes or no"))
		return false;
	if (yaml_is_word(&t, "yes") || yaml_is_word(&t, "true")) {
		*out = true;
	} else if (yaml_is_word(&t, "no") || yaml_is_word(&t, "false")) {
		*out = false;
	} else {
		yaml_error(y, t.place, "yes-no", "%.*s is neither yes nor no; write `yes` or `no`",
		        TEXT_ARGS(&t));
		return false;
	}
	return true;
}

void value_read_version(struct yaml *y, void *unused)
{
	struct yaml_text t;
	(void)unused;

	if (yaml_text(y, &t, "a version") && !yaml_is_word(&t, "1"))
		yaml_error(y, t.place, "version", "version %.*s is not known; write `version: 1`",
		        TEXT_ARGS(&t));
}

void value_each(struct yaml *y, const char *what, void (*read)(struct yaml *y, void *to), void *to)
{
	if (yaml_peek(y) == YAML_TEXT) {
		read(y, to);
		return;
	}
	if (yaml_enter_list(y, what))
		while (yaml_item(y))
			read(y, to);
}
