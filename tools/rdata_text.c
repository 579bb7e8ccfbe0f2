/* SPDX-License-Identifier: ISC */
#include "tools/rdata_text.h"

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "conf/zone_rdata.h"
#include "zone/addr.h"

static void print_name(FILE *out, const uint8_t *wire)
{
	char text[NAME_TEXT_MAX];

	name_to_text(text, wire);
	fputs(text, out);
}

static void print_address(FILE *out, const uint8_t *rdata, size_t n)
{
	struct addr a = {.len = (uint8_t)n};
	char text[ADDR_TEXT_MAX];

	memcpy(a.octets, rdata, n);
	addr_to_text(text, &a);
	fputs(text, out);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void print_soa(FILE *out, const uint8_t *rdata)
{
	print_name(out, rdata);
	rdata += name_length(rdata);
	putc(' ', out);
	print_name(out, rdata);
	rdata += name_length(rdata);
	for (unsigned i = 0; i < 5; i++)
		fprintf(out, " %u", get32(rdata + (size_t)4 * i));
}

/* RFC 3597 5. */
static void print_generic(FILE *out, uint16_t type, const uint8_t *rdata, size_t n)
{
	fprintf(out, "TYPE%u\t\\# %zu%s", type, n, n ? " " : "");
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%02x", rdata[i]);
}

/* True when the text reads as the very octets. */
static bool leads_back(
        uint16_t type, const char *type_text, const char *text, const uint8_t *rdata, size_t n)
{
	static const struct name root = {.len = 1};
	const char *why;
	uint8_t *again;
	size_t size;

	if (zone_rdata_read(&again, &size, type, type_text, text, &root, &why) != OK)
		return false;
	bool same = size == n && (n == 0 || memcmp(again, rdata, n) == 0);
	free(again);
	return same;
}

/* The record as ldns writes it: `.\t0\tIN\tTYPE\tRDATA`; malloc'd, NULL when there is no such form.
 */
static char *text_of(uint16_t type, const uint8_t *rdata, size_t n)
{
	uint8_t *wire = malloc(11 + n);
	ldns_rr *rr = NULL;
	size_t at = 0;
	char *text = NULL;

	if (!wire)
		return NULL;
	memset(wire, 0, 11);
	wire[1] = (uint8_t)(type >> 8);
	wire[2] = (uint8_t)type;
	wire[4] = CLASS_IN;
	wire[9] = (uint8_t)(n >> 8);
	wire[10] = (uint8_t)n;
	if (n)
		memcpy(wire + 11, rdata, n);
	if (ldns_wire2rr(&rr, wire, 11 + n, &at, LDNS_SECTION_ANSWER) == LDNS_STATUS_OK) {
		text = ldns_rr2str_fmt(ldns_output_format_nocomments, rr);
		ldns_rr_free(rr);
	}
	free(wire);
	return text;
}

/* True for the types whose form other servers read, too. */
static bool has_common_form(uint16_t type)
{
	static const uint8_t known[] = {LDNS_RR_TYPE_HINFO, LDNS_RR_TYPE_MINFO, LDNS_RR_TYPE_MX,
	        LDNS_RR_TYPE_TXT, LDNS_RR_TYPE_RP, LDNS_RR_TYPE_AFSDB, LDNS_RR_TYPE_RT,
	        LDNS_RR_TYPE_KEY, LDNS_RR_TYPE_LOC, LDNS_RR_TYPE_SRV, LDNS_RR_TYPE_NAPTR,
	        LDNS_RR_TYPE_KX, LDNS_RR_TYPE_CERT, LDNS_RR_TYPE_APL, LDNS_RR_TYPE_DS,
	        LDNS_RR_TYPE_SSHFP, LDNS_RR_TYPE_IPSECKEY, LDNS_RR_TYPE_RRSIG, LDNS_RR_TYPE_NSEC,
	        LDNS_RR_TYPE_DNSKEY, LDNS_RR_TYPE_DHCID, LDNS_RR_TYPE_NSEC3,
	        LDNS_RR_TYPE_NSEC3PARAM, LDNS_RR_TYPE_TLSA, LDNS_RR_TYPE_SMIMEA, LDNS_RR_TYPE_CDS,
	        LDNS_RR_TYPE_CDNSKEY, LDNS_RR_TYPE_OPENPGPKEY, LDNS_RR_TYPE_CSYNC,
	        LDNS_RR_TYPE_ZONEMD, LDNS_RR_TYPE_SVCB, LDNS_RR_TYPE_HTTPS, LDNS_RR_TYPE_SPF,
	        LDNS_RR_TYPE_NID, LDNS_RR_TYPE_L32, LDNS_RR_TYPE_L64, LDNS_RR_TYPE_LP,
	        LDNS_RR_TYPE_EUI48, LDNS_RR_TYPE_EUI64};

	if (type == LDNS_RR_TYPE_URI || type == LDNS_RR_TYPE_CAA)
		return true;
	return type < 256 && memchr(known, type, sizeof known);
}

/* Print what ldns makes of it; false when it does not lead back. */
static bool print_by_ldns(FILE *out, uint16_t type, const uint8_t *rdata, size_t n)
{
	char *line = text_of(type, rdata, n), *type_text = line;

	for (unsigned i = 0; type_text && i < 3; i++)
		if ((type_text = strchr(type_text, '\t')))
			type_text++;
	char *text = type_text ? strchr(type_text, '\t') : NULL;
	bool good = text != NULL;
	if (good) {
		*text++ = 0;
		size_t length = strcspn(text, "\n");
		while (length && text[length - 1] == ' ')
			length--;
		text[length] = 0;
		good = leads_back(type, type_text, text, rdata, n);
	}
	if (good)
		fprintf(out, "%s\t%s", type_text, text);
	free(line);
	return good;
}

void type_print(FILE *out, uint16_t type)
{
	char *text = ldns_rr_type2str((ldns_rr_type)type);

	fputs(text ? text : "", out);
	free(text);
}

void rdata_print(FILE *out, uint16_t type, const uint8_t *rdata, size_t n)
{
	char type_text[RR_TYPE_TEXT_MAX];

	if (!rr_is_one_name(type) && type != RR_A && type != RR_AAAA && type != RR_SOA) {
		if (!has_common_form(type) || !print_by_ldns(out, type, rdata, n))
			print_generic(out, type, rdata, n);
		return;
	}
	fprintf(out, "%s\t", rr_type_text(type_text, type));
	if (rr_is_one_name(type))
		print_name(out, rdata);
	else if (type == RR_SOA)
		print_soa(out, rdata);
	else
		print_address(out, rdata, n);
}
