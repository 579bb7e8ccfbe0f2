/* SPDX-License-Identifier: ISC */
#include "conf/zone_rdata.h"

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "conf/zone_entry.h"
#include "zone/rr.h"

/* Token number `i` of the rdata; NULL when there are fewer. */
static const char *find_token(const char *text, unsigned i, size_t *n)
{
	const char *token = zone_entry_token(&text, n);

	for (; token && i; i--)
		token = zone_entry_token(&text, n);
	return token;
}

/* RFC 3597 5. */
static bool is_generic(const char *text)
{
	return text[0] == '\\' && text[1] == '#';
}

/* RFC 1035 3.3.13: a serial has 32 bits; ldns takes longer ones for something else. */
static bool has_long_serial(const char *text)
{
	size_t n;
	const char *token = find_token(text, 2, &n);

	return token && (n > 10 || strtoull(token, NULL, 10) > UINT32_MAX);
}

/* ldns takes what it needs of generic rdata and leaves the rest. */
static bool has_stated_length(const char *text, size_t octets)
{
	size_t n;
	const char *token = find_token(text, 1, &n);

	return token && strtoul(token, NULL, 10) == octets;
}

/* How the text of a type begins: for each field the octets of its number, or a dot for a field that
 * is none; then x where hexadecimal digits follow to the end. */
static const char *fields_of(uint16_t type)
{
	static const struct {
		uint16_t type;
		const char *fields;
	} known[] = {{RR_MX, "2"}, {RR_SRV, "222"}, {RR_DS, "211x"}, {LDNS_RR_TYPE_AFSDB, "2"},
	        {LDNS_RR_TYPE_RT, "2"}, {LDNS_RR_TYPE_KX, "2"}, {LDNS_RR_TYPE_PX, "2"},
	        {LDNS_RR_TYPE_NAPTR, "22"}, {LDNS_RR_TYPE_CERT, ".2"}, {LDNS_RR_TYPE_SSHFP, "11x"},
	        {LDNS_RR_TYPE_DNSKEY, "211"}, {LDNS_RR_TYPE_CDNSKEY, "211"},
	        {LDNS_RR_TYPE_KEY, "211"}, {LDNS_RR_TYPE_CDS, "211x"}, {LDNS_RR_TYPE_DLV, "211x"},
	        {LDNS_RR_TYPE_NSEC3, "112"}, {LDNS_RR_TYPE_NSEC3PARAM, "112"},
	        {LDNS_RR_TYPE_IPSECKEY, "111"}, {LDNS_RR_TYPE_TLSA, "111x"},
	        {LDNS_RR_TYPE_SMIMEA, "111x"}, {LDNS_RR_TYPE_ZONEMD, "411x"},
	        {LDNS_RR_TYPE_SVCB, "2"}, {LDNS_RR_TYPE_HTTPS, "2"}, {LDNS_RR_TYPE_CAA, "1"},
	        {LDNS_RR_TYPE_URI, "22"}, {LDNS_RR_TYPE_NID, "2"}, {LDNS_RR_TYPE_L32, "2"},
	        {LDNS_RR_TYPE_L64, "2"}, {LDNS_RR_TYPE_LP, "2"}};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].type == type)
			return known[i].fields;
	return "";
}

/* True when token[0..n) are digits and say more than fits into so many octets. */
static bool is_too_large(const char *token, size_t n, unsigned octets)
{
	uint64_t number = 0;

	for (size_t i = 0; i < n; i++) {
		if (token[i] < '0' || token[i] > '9')
			return false; /* ldns will say something */
		if (number <= UINT32_MAX)
			number = number * 10 + (uint64_t)(token[i] - '0');
	}
	return number >> 8 * octets;
}

/* True when the tokens of a text are hexadecimal digits, and so many that they make octets. */
static bool is_hex(const char *text)
{
	size_t n, digits = 0;
	const char *token;

	while ((token = zone_entry_token(&text, &n))) {
		if (strspn(token, "0123456789abcdefABCDEF") < n)
			return false;
		digits += n;
	}
	return digits % 2 == 0;
}

/* ldns takes the low octets of a number that is too large, and half an octet for one. Returns NULL,
 * or what is wrong. */
static const char *find_mistake(uint16_t type, const char *text)
{
	static const char odd[] = "there are not two hexadecimal digits for each octet";
	const char *token;
	size_t n;

	if (is_generic(text)) {
		zone_entry_token(&text, &n);
		zone_entry_token(&text, &n);
		return is_hex(text) ? NULL : odd;
	}
	for (const char *field = fields_of(type); *field; field++) {
		if (*field == 'x')
			return is_hex(text) ? NULL : odd;
		token = zone_entry_token(&text, &n);
		if (token && *field != '.' && is_too_large(token, n, (unsigned)(*field - '0')))
			return "a number is too large";
	}
	return NULL;
}

/* Octets of the name that rdata[0..n) begin with; 0 when there is none. */
static size_t name_at(const uint8_t *rdata, size_t n)
{
	struct name name;

	return name_from_wire(&name, rdata, n) == OK ? name.len : 0;
}

/* Whether types that are looked into later are as they must be. */
static bool has_right_shape(uint16_t type, const uint8_t *rdata, size_t n)
{
	size_t mname, rname;

	if (rr_is_one_name(type))
		return n && name_at(rdata, n) == n;
	switch (type) {
	case RR_A:
		return n == 4;
	case RR_AAAA:
		return n == 16;
	case RR_MX:
		return n > 2 && name_at(rdata + 2, n - 2) == n - 2;
	case RR_SOA:
		mname = name_at(rdata, n);
		rname = mname ? name_at(rdata + mname, n - mname) : 0;
		return rname && n == mname + rname + 20;
	default:
		return true;
	}
}

/* What ldns read, one field behind the other; NULL when out of memory. */
static uint8_t *join_fields(const ldns_rr *rr, size_t *n)
{
	size_t size = 0, at = 0;

	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++)
		size += ldns_rdf_size(ldns_rr_rdf(rr, i));
	uint8_t *rdata = malloc(size + 1);
	for (size_t i = 0; rdata && i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *field = ldns_rr_rdf(rr, i);
		if (ldns_rdf_size(field)) /* else there is no place either */
			memcpy(rdata + at, ldns_rdf_data(field), ldns_rdf_size(field));
		at += ldns_rdf_size(field);
	}
	*n = size;
	return rdata;
}

/* Give ldns a record with everything before the rdata as it likes it best. */
static enum err parse(ldns_rr **rr, const char *type_text, const char *text,
        const struct name *origin, const char **why)
{
	char *line = NULL;
	ldns_rdf *base = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, origin->len, origin->wire);

	if (!base || asprintf(&line, ". 0 IN %s %s", type_text, text) < 0) {
		ldns_rdf_deep_free(base);
		return ERR_MEMORY;
	}
	ldns_status status = ldns_rr_new_frm_str(rr, line, 0, base, NULL);
	free(line);
	ldns_rdf_deep_free(base);
	if (status == LDNS_STATUS_OK)
		return OK;
	*why = ldns_get_errorstr_by_id(status);
	return status == LDNS_STATUS_MEM_ERR ? ERR_MEMORY : ERR_SYNTAX;
}

enum err zone_rdata_read(uint8_t **out, size_t *n, uint16_t type, const char *type_text,
        const char *text, const struct name *origin, const char **why)
{
	ldns_rr *rr = NULL;
	size_t size;

	if (type == RR_SOA && !is_generic(text) && has_long_serial(text)) {
		*why = "the serial has more than 32 bits";
		return ERR_SYNTAX;
	}
	*why = find_mistake(type, text);
	if (*why)
		return ERR_SYNTAX;
	enum err e = parse(&rr, type_text, text, origin, why);
	if (e != OK)
		return e;
	uint8_t *rdata = join_fields(rr, &size);
	ldns_rr_free(rr);
	if (!rdata)
		return ERR_MEMORY;
	if (!has_right_shape(type, rdata, size) ||
	        (is_generic(text) && !has_stated_length(text, size))) {
		free(rdata);
		*why = "they have the wrong length";
		return ERR_SYNTAX;
	}
	*out = rdata;
	*n = size;
	return OK;
}
