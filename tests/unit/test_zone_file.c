/* SPDX-License-Identifier: ISC */
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "conf/zone_file.h"
#include "zone/addr.h"
#include "zone/rr.h"

/* Tests run in a folder of their own: `in/` in it is where zone files are, the rest is outside. */
static char folder[] = "/tmp/test_zone_file.XXXXXX";

static int enter_folder(void **state)
{
	(void)state;
	return !mkdtemp(folder) || chdir(folder) != 0 || mkdir("in", 0700) != 0;
}

static int leave_folder(void **state)
{
	char command[64];
	(void)state;

	snprintf(command, sizeof command, "rm -rf %s", folder);
	return chdir("/") != 0 || system(command) != 0;
}

static void write_octets(const char *path, const char *octets, size_t n)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_int_equal(fwrite(octets, 1, n, out), n);
	assert_int_equal(fclose(out), 0);
}

static void write_file(const char *path, const char *text)
{
	write_octets(path, text, strlen(text));
}

static void print_rdata(const struct zone_record *r, FILE *out)
{
	char text[NAME_TEXT_MAX];
	struct addr a = {.len = (uint8_t)(r->rdata_octets & 31)};

	if (rr_is_one_name(r->type)) {
		name_to_text(text, r->rdata);
		fputs(text, out);
	} else if (r->type == RR_A || r->type == RR_AAAA) {
		memcpy(a.octets, r->rdata, a.len);
		addr_to_text(text, &a);
		fputs(text, out);
	} else {
		for (size_t i = 0; i < r->rdata_octets; i++)
			fprintf(out, "%02x", r->rdata[i]);
	}
}

/* What a file holds as text: `line: owner TTL TYPE rdata` for a record, the mistakes behind. */
static char *read_all(const char *path)
{
	char *text = NULL, owner[NAME_TEXT_MAX], type[RR_TYPE_TEXT_MAX];
	struct zone_record r;
	struct diag_list diags;
	struct zone_file f;
	struct arena arena;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	arena_init(&arena);
	diag_init(&diags);
	if (zone_file_open(&f, path, INPUT_FILE, NULL, &arena, &diags) == OK) {
		while (zone_file_next(&f, &r)) {
			fprintf(out, "%u: ", r.place.line);
			name_to_text(owner, r.owner);
			fprintf(out, "%s %u %s ", owner, r.ttl_s, rr_type_text(type, r.type));
			print_rdata(&r, out);
			fputc('\n', out);
		}
		assert_int_equal(f.refused, diags.errors);
		assert_int_equal(zone_file_close(&f), OK);
	}
	diag_print(&diags, out);
	fclose(out);
	diag_free(&diags);
	arena_free(&arena);
	return text;
}

static void expect(const char *path, const char *expected)
{
	char *text = read_all(path);

	assert_string_equal(text, expected);
	free(text);
}

/* RFC 1035 5.3, with the TTLs that the RFC leaves to the SOA's minimum. */
static void the_example_of_rfc1035_is_read(void **state)
{
	(void)state;
	write_file("in/isi.edu", "@   IN  SOA     VENERA      Action\\.domains (\n"
	                         "                                 20     ; SERIAL\n"
	                         "                                 7200   ; REFRESH\n"
	                         "                                 600    ; RETRY\n"
	                         "                                 3600000; EXPIRE\n"
	                         "                                 60)    ; MINIMUM\n"
	                         "\n"
	                         "        NS      A.ISI.EDU.\n"
	                         "        NS      VENERA\n"
	                         "        NS      VAXA\n"
	                         "        MX      10      VENERA\n"
	                         "        MX      20      VAXA\n"
	                         "\n"
	                         "A       A       26.3.0.103\n"
	                         "\n"
	                         "VENERA  A       10.1.0.52\n"
	                         "        A       128.9.0.32\n"
	                         "\n"
	                         "VAXA    A       10.2.0.27\n"
	                         "        A       128.9.0.33\n"
	                         "\n"
	                         "\n"
	                         "$INCLUDE ISI-MAILBOXES.TXT\n");
	write_file("in/ISI-MAILBOXES.TXT", "MOE     MB      A.ISI.EDU.\n"
	                                   "LARRY   MB      A.ISI.EDU.\n"
	                                   "CURLEY  MB      A.ISI.EDU.\n"
	                                   "STOOGES MG      MOE\n"
	                                   "        MG      LARRY\n"
	                                   "        MG      CURLEY\n");
	expect("in/isi.edu", "1: isi.edu. 60 SOA 0656454e455241036973690365647500"
	                     "0e416374696f6e2e646f6d61696e73036973690365647500"
	                     "0000001400001c20000002580036ee800000003c\n"
	                     "8: isi.edu. 60 NS A.ISI.EDU.\n"
	                     "9: isi.edu. 60 NS VENERA.isi.edu.\n"
	                     "10: isi.edu. 60 NS VAXA.isi.edu.\n"
	                     "11: isi.edu. 60 MX 000a0656454e455241036973690365647500\n"
	                     "12: isi.edu. 60 MX 00140456415841036973690365647500\n"
	                     "14: a.isi.edu. 60 A 26.3.0.103\n"
	                     "16: venera.isi.edu. 60 A 10.1.0.52\n"
	                     "17: venera.isi.edu. 60 A 128.9.0.32\n"
	                     "19: vaxa.isi.edu. 60 A 10.2.0.27\n"
	                     "20: vaxa.isi.edu. 60 A 128.9.0.33\n"
	                     "1: moe.isi.edu. 60 TYPE7 014103495349034544550"
	                     "0\n"
	                     "2: larry.isi.edu. 60 TYPE7 0141034953490345445500\n"
	                     "3: curley.isi.edu. 60 TYPE7 0141034953490345445500\n"
	                     "4: stooges.isi.edu. 60 TYPE8 034d4f45036973690365647500\n"
	                     "5: stooges.isi.edu. 60 TYPE8 054c41525259036973690365647500\n"
	                     "6: stooges.isi.edu. 60 TYPE8 064355524c4559036973690365647500\n");
}

#define HEAD "$TTL 1D\n"

static void what_is_written_is_what_is_read(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
	        /* TTL, class and type in any order and case */
	        {"a 60 IN A 192.0.2.1\nb in 60 a 192.0.2.2\nc 1h30m A 192.0.2.3\nd A 192.0.2.4\n",
	                "1: a.z. 60 A 192.0.2.1\n2: b.z. 60 A 192.0.2.2\n3: c.z. 5400 A 192.0.2.3\n"
	                "4: d.z. 5400 A 192.0.2.4\n"},
	        /* $TTL outranks the TTL of the record before (RFC 2308 4) */
	        {"$TTL 1D\na 60 A 192.0.2.1\nb A 192.0.2.2\n$ttl 2w\nc A 192.0.2.3\n",
	                "2: a.z. 60 A 192.0.2.1\n3: b.z. 86400 A 192.0.2.2\n"
	                "5: c.z. 1209600 A 192.0.2.3\n"},
	        /* blank owners, and an origin that changes in the middle, relatively too */
	        {HEAD "a A 192.0.2.1\n\tA 192.0.2.2\n$ORIGIN sub\n A 192.0.2.3\nb NS @\n"
	              "$ORIGIN other.\n@ NS x\n\n ; nothing\n  NS y.\n",
	                "2: a.z. 86400 A 192.0.2.1\n3: a.z. 86400 A 192.0.2.2\n"
	                "5: a.z. 86400 A 192.0.2.3\n6: b.sub.z. 86400 NS sub.z.\n"
	                "8: other. 86400 NS x.other.\n11: other. 86400 NS y.\n"},
	        /* escapes: a dot inside a label, at the end too; decimal; a space; what looks
	           special */
	        {HEAD "a\\.b PTR c\\.d\ne\\. PTR f\\.\ng\\032h PTR i\\ j.\n\\@ PTR \\$\n\\$x PTR "
	              "@\n",
	                "2: a\\.b.z. 86400 PTR c\\.d.z.\n3: e\\..z. 86400 PTR f\\..z.\n"
	                "4: g\\032h.z. 86400 PTR i\\032j.\n5: \\@.z. 86400 PTR \\$.z.\n"
	                "6: \\$x.z. 86400 PTR z.\n"},
	        /* parentheses over lines, with comments in them; quotes keep what is in them */
	        {HEAD "a (\n PTR ; (\n\n b. )\nc TXT \"a;(b\" ; d\n( d ) A ( 192.0.2.1 )\n",
	                "2: a.z. 86400 PTR b.\n6: c.z. 86400 TXT 04613b2862\n"
	                "7: d.z. 86400 A 192.0.2.1\n"},
	        /* line ends: CR LF, and none at all */
	        {"$TTL 60\r\na A 192.0.2.1\r\n A 192.0.2.2\r\n\r\nb A 192.0.2.3",
	                "2: a.z. 60 A 192.0.2.1\n3: a.z. 60 A 192.0.2.2\n5: b.z. 60 A 192.0.2.3\n"},
	        /* RFC 3597 */
	        {HEAD "a CLASS1 TYPE65280 \\# 2 abcd\nb TYPE1 \\# 4 c0000201\n",
	                "2: a.z. 86400 TYPE65280 abcd\n3: b.z. 86400 A 192.0.2.1\n"},
	        {HEAD "$GENERATE 4-5 $ PTR h$.z. ; x\na A 192.0.2.1\n",
	                "2: 4.z. 86400 PTR h4.z.\n2: 5.z. 86400 PTR h5.z.\n3: a.z. 86400 A "
	                "192.0.2.1\n"},
	        {HEAD "a A 192.0.2.1\n$generate 4-4 $ 60 IN PTR h$.z.\n PTR b\n",
	                "2: a.z. 86400 A 192.0.2.1\n3: 4.z. 60 PTR h4.z.\n4: a.z. 86400 PTR "
	                "b.z.\n"},
	        {HEAD "$GENERATE 254-300 h$ A 192.0.2.$\na A 192.0.2.1\n",
	                "2: h254.z. 86400 A 192.0.2.254\n2: h255.z. 86400 A 192.0.2.255\n3: a.z. "
	                "86400 A 192.0.2.1\nin/z.zone:2: error: the rdata of this A record do not "
	                "parse: Syntax error, could not parse the RR's rdata: $GENERATE made `h256 "
	                "A 192.0.2.256` [zone-file]\n"},
	        {HEAD "$GENERATE 2-1 h$ A 192.0.2.$\n",
	                "in/z.zone:2: error: $GENERATE: the range ends before it begins "
	                "[zone-file]\n"},
	        {HEAD "$GENERATE 1-2 h${ A 192.0.2.$\n",
	                "in/z.zone:2: error: $GENERATE: ${ wants an offset, perhaps a width and "
	                "one of d o x X n N: ${0,3,d} [zone-file]\n"},
	        {HEAD "$GENERATE 1-2 h$ TXT \"a(\"\n",
	                "in/z.zone:2: error: a parenthesis that is never closed: $GENERATE made "
	                "`h1 TXT a(` [zone-file]\n"},
	        {HEAD "*.a A 192.0.2.1\n_b A 192.0.2.1\n. NS c\n",
	                "2: *.a.z. 86400 A 192.0.2.1\n3: _b.z. 86400 A 192.0.2.1\n"
	                "4: . 86400 NS c.z.\n"},
	        {"", ""},
	        {" \n;\n()\n", ""},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		write_file("in/z.zone", rows[i].text);
		expect("in/z.zone", rows[i].expected);
	}
}

static void a_mistake_has_a_place_and_the_rest_is_read(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
	        {"a A 192.0.2.1\nb 60 A 192.0.2.2\n",
	                "2: b.z. 60 A 192.0.2.2\nin/z.zone:1: error: no TTL; write $TTL first "
	                "[zone-file]\n"},
	        {HEAD " A 192.0.2.1\nb A 192.0.2.2\n", "3: b.z. 86400 A 192.0.2.2\nin/z.zone:2: "
	                                               "error: no owner, and none from the "
	                                               "record before [zone-file]\n"},
	        /* what follows a bad owner does not fall to the owner above it */
	        {HEAD "a A 192.0.2.1\na..b A 192.0.2.2\n A 192.0.2.3\nc A 192.0.2.4\n",
	                "2: a.z. 86400 A 192.0.2.1\n5: c.z. 86400 A 192.0.2.4\n"
	                "in/z.zone:3: error: owner a..b is not a domain name [zone-file]\n"
	                "in/z.zone:4: error: no owner, and none from the record before "
	                "[zone-file]\n"},
	        {HEAD "a A 192.0.2\nb A 192.0.2.2\n",
	                "3: b.z. 86400 A 192.0.2.2\nin/z.zone:2: error: the rdata of this A record "
	                "do not parse: Syntax error, could not parse the RR's rdata [zone-file]\n"},
	        {HEAD "a PTR\nb PTR c d\ne PTR f\n",
	                "4: e.z. 86400 PTR f.z.\n"
	                "in/z.zone:2: error: the rdata of this PTR record do not parse: Syntax "
	                "error, value expected [zone-file]\n"
	                "in/z.zone:3: error: the rdata of this PTR record do not parse: Syntax "
	                "error, superfluous text present [zone-file]\n"},
	        {HEAD "a CH A 192.0.2.1\nb NIX x\nc AXFR\nd\ne 9999999999 A 192.0.2.1\n",
	                "in/z.zone:2: error: class CH; only IN is served [zone-file]\n"
	                "in/z.zone:3: error: NIX is not a type that is known; write TYPE and its "
	                "number, and rdata as \\# (RFC 3597) [zone-file]\n"
	                "in/z.zone:4: error: AXFR is not a type that a zone can have [zone-file]\n"
	                "in/z.zone:5: error: no type [zone-file]\n"
	                "in/z.zone:6: error: 9999999999 is not a TTL; it has at most 31 bits "
	                "[zone-file]\n"},
	        {HEAD "a IN IN A 192.0.2.1\nb MX 65536 a\nc SRV 0 0 65536 a\nd SSHFP 4 2 abc\n"
	              "e TYPE65280 \\# 1 x0\nf DS 1 256 2 ab\ng TLSA 3 1 1 ab c\n",
	                "in/z.zone:2: error: IN is not a type that is known; write TYPE and its "
	                "number, and rdata as \\# (RFC 3597) [zone-file]\n"
	                "in/z.zone:3: error: the rdata of this MX record do not parse: a number is "
	                "too large [zone-file]\n"
	                "in/z.zone:4: error: the rdata of this SRV record do not parse: a number "
	                "is too large [zone-file]\n"
	                "in/z.zone:5: error: the rdata of this SSHFP record do not parse: there "
	                "are not two hexadecimal digits for each octet [zone-file]\n"
	                "in/z.zone:6: error: the rdata of this TYPE65280 record do not parse: "
	                "there are not two hexadecimal digits for each octet [zone-file]\n"
	                "in/z.zone:7: error: the rdata of this DS record do not parse: a number is "
	                "too large [zone-file]\n"
	                "in/z.zone:8: error: the rdata of this TLSA record do not parse: there are "
	                "not two hexadecimal digits for each octet [zone-file]\n"},
	        {HEAD "a TXT \"b\nc TXT d)\ne TXT f\\\ng A 192.0.2.1\n",
	                "5: g.z. 86400 A 192.0.2.1\n"
	                "in/z.zone:2: error: a quote that is not closed on its line [zone-file]\n"
	                "in/z.zone:3: error: a closing parenthesis without an opening one "
	                "[zone-file]\n"
	                "in/z.zone:4: error: a backslash at the end of a line [zone-file]\n"},
	        /* the rest of the file is not lost in it */
	        {HEAD "a TXT ( b\nc A 192.0.2.1\n",
	                "3: c.z. 86400 A 192.0.2.1\n"
	                "in/z.zone:2: error: a parenthesis that is never closed [zone-file]\n"},
	        {"$TTL x\n$ORIGIN\n$NIX\na 60 A 192.0.2.1\n",
	                "in/z.zone:1: error: $TTL wants one time, such as 3600 or 1h [zone-file]\n"
	                "in/z.zone:2: error: $ORIGIN wants one name [zone-file]\n"
	                "in/z.zone:3: error: $NIX is not a directive that is known [zone-file]\n"
	                "in/z.zone:4: error: owner a: no origin to count from; begin the file with "
	                "$ORIGIN [zone-file]\n"},
	        /* RFC 3597: octets that are not what the type wants */
	        {HEAD "a A \\# 5 c000020101\na PTR \\# 0\na PTR \\# 5 016100ffff\n"
	              "a SOA \\# 0\na SOA \\# 21 0000000000010000000200000003000000040000"
	              "00\na AAAA \\# 4 c0000201\nb PTR \\# 3 016300\n",
	                "8: b.z. 86400 PTR c.\n"
	                "in/z.zone:2: error: the rdata of this A record do not parse: they have "
	                "the wrong length "
	                "[zone-file]\n"
	                "in/z.zone:3: error: the rdata of this PTR record do not parse: they have "
	                "the wrong length "
	                "[zone-file]\n"
	                "in/z.zone:4: error: the rdata of this PTR record do not parse: they have "
	                "the wrong length "
	                "[zone-file]\n"
	                "in/z.zone:5: error: the rdata of this SOA record do not parse: they have "
	                "the wrong length "
	                "[zone-file]\n"
	                "in/z.zone:6: error: the rdata of this SOA record do not parse: Packet "
	                "size overflow [zone-file]\n"
	                "in/z.zone:7: error: the rdata of this AAAA record do not parse: Packet "
	                "size overflow [zone-file]\n"},
	        {HEAD "@ SOA a b 99999999999 2 3 4 5\n",
	                "in/z.zone:2: error: the rdata of this SOA record do not parse: the serial "
	                "has more than 32 bits [zone-file]\n"},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		write_file("in/z.zone", rows[i].text);
		expect("in/z.zone", rows[i].expected);
	}
}

static void nul_octets_are_a_mistake(void **state)
{
	static const char octets[] = "$TTL 60\na TXT x\0y\nb TXT \"\0\"\nc A 192.0.2.1\n";
	(void)state;

	write_octets("in/z.zone", octets, sizeof octets - 1);
	expect("in/z.zone", "4: c.z. 60 A 192.0.2.1\n"
	                    "in/z.zone:2: error: a NUL octet [zone-file]\n"
	                    "in/z.zone:3: error: a NUL octet [zone-file]\n");
}

static void many_open_parentheses_take_no_time(void **state)
{
	size_t n = 200000;
	char *text = malloc(2 * n);
	(void)state;

	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		memcpy(text + 2 * i, "(\n", 2);
	write_octets("in/z.zone", text, 2 * n);
	free(text);
	free(read_all("in/z.zone"));
}

static void the_name_of_the_file_is_the_origin(void **state)
{
	static const struct {
		const char *path, *expected;
	} rows[] = {
	        {"in/2.0.192.in-addr.arpa.zone", "1: 1.2.0.192.in-addr.arpa. 60 PTR a.\n"},
	        {"in/Example.DB", "1: 1.example.db. 60 PTR a.\n"},
	        {"in/example.db", "1: 1.example. 60 PTR a.\n"},
	        {"in/db.192.0.2", "1: 1.192.0.2. 60 PTR a.\n"},
	        {"in/example", "1: 1.example. 60 PTR a.\n"},
	        {"in/a..b",
	                "in/a..b:1: error: owner 1: no origin to count from; begin the file with "
	                "$ORIGIN [zone-file]\n"},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		write_file(rows[i].path, "1 60 PTR a.\n");
		expect(rows[i].path, rows[i].expected);
	}
}

static void what_is_no_file_is_told(void **state)
{
	(void)state;
	expect("in/nix", "in/nix: error: No such file or directory [zone-file]\n");
	expect("in", "in: error: is a directory; name a file [zone-file]\n");
}

static void an_included_file_has_its_own_origin_and_owner(void **state)
{
	(void)state;
	mkdir("in/more", 0700);
	write_file("in/z.zone", HEAD "a A 192.0.2.1\n$INCLUDE more/i sub ; c\n A 192.0.2.2\n"
	                             "b A 192.0.2.3\n$INCLUDE \"more/i\"\n");
	write_file("in/more/i", " A 192.0.2.9\nx A 192.0.2.8\n$ORIGIN else.where.\n@ A 192.0.2.7");
	expect("in/z.zone", "2: a.z. 86400 A 192.0.2.1\n"
	                    "1: a.z. 86400 A 192.0.2.9\n2: x.sub.z. 86400 A 192.0.2.8\n"
	                    "4: else.where. 86400 A 192.0.2.7\n"
	                    "4: a.z. 86400 A 192.0.2.2\n5: b.z. 86400 A 192.0.2.3\n"
	                    "1: b.z. 86400 A 192.0.2.9\n2: x.z. 86400 A 192.0.2.8\n"
	                    "4: else.where. 86400 A 192.0.2.7\n");
}

static void only_files_below_the_folder_are_included(void **state)
{
	char text[512];
	(void)state;

	write_file("secret", "x 60 A 192.0.2.66\n");
	write_file("in/inner", "y 60 A 192.0.2.1\n");
	assert_int_equal(symlink("../secret", "in/out"), 0);
	assert_int_equal(symlink("inner", "in/link"), 0);
	assert_int_equal(symlink("..", "in/up"), 0);
	assert_int_equal(mkfifo("in/pipe", 0600), 0);
	snprintf(text, sizeof text,
	        "$INCLUDE ../secret\n$INCLUDE out\n$INCLUDE up/secret\n$INCLUDE %s/secret\n"
	        "$INCLUDE more/../inner\n$INCLUDE pipe\n$INCLUDE more\n$INCLUDE nix\n$INCLUDE\n"
	        "$INCLUDE link\n$INCLUDE %s/in/inner\n",
	        folder, folder);
	write_file("in/z.zone", text);
	snprintf(text, sizeof text, "4: error: $INCLUDE %s/secret: it lies", folder);
	char *result = read_all("in/z.zone");
	assert_null(strstr(result, "192.0.2.66"));
	assert_non_null(strstr(result, "1: y.z. 60 A 192.0.2.1\n1: y.z. 60 A 192.0.2.1\n"));
	static const char *const expected[] = {"1: error: $INCLUDE ../secret: `..` is not allowed",
	        "2: error: $INCLUDE out: it lies outside the folder",
	        "3: error: $INCLUDE up/secret: it lies outside the folder",
	        "5: error: $INCLUDE more/../inner: `..` is not allowed",
	        "6: error: $INCLUDE pipe: is not a regular file",
	        "7: error: $INCLUDE more: is a directory", "8: error: $INCLUDE nix: No such file",
	        "9: error: $INCLUDE wants a file"};
	for (size_t i = 0; i < ARRAY_LENGTH(expected); i++)
		assert_non_null(strstr(result, expected[i]));
	assert_non_null(strstr(result, text));
	free(result);
}

static void includes_are_not_circular_and_not_deep(void **state)
{
	char name[16], text[64];
	(void)state;

	write_file("in/z.zone", "$INCLUDE loop\na 60 A 192.0.2.1\n");
	write_file("in/loop", "$INCLUDE z.zone\n$INCLUDE loop\nb 60 A 192.0.2.1\n");
	expect("in/z.zone", "3: b.z. 60 A 192.0.2.1\n2: a.z. 60 A 192.0.2.1\n"
	                    "in/loop:1: error: $INCLUDE z.zone: it includes itself [zone-file]\n"
	                    "in/loop:2: error: $INCLUDE loop: it includes itself [zone-file]\n");
	write_file("in/z.zone", "$INCLUDE 1\n");
	for (unsigned i = 1; i < 10; i++) {
		snprintf(name, sizeof name, "in/%u", i);
		snprintf(text, sizeof text, "$INCLUDE %u\na%u 60 A 192.0.2.1\n", i + 1, i);
		write_file(name, text);
	}
	char *result = read_all("in/z.zone");
	assert_non_null(strstr(result, "2: a8.z. 60"));
	assert_null(strstr(result, "a9.z."));
	assert_non_null(strstr(result, "in/8:1: error: $INCLUDE 9: too many files"));
	free(result);
}

static void times_have_units(void **state)
{
	static const struct {
		const char *text;
		enum err e;
		uint32_t seconds;
	} rows[] = {{"0", OK, 0}, {"3600", OK, 3600}, {"1W2D3h4M5s", OK, 788645},
	        {"2147483647", OK, 2147483647}, {"2147483648", ERR_RANGE, 0},
	        {"99999999999999999999w", ERR_RANGE, 0}, {"", ERR_SYNTAX, 0}, {"1x", ERR_SYNTAX, 0},
	        {"h", ERR_SYNTAX, 0}, {"-1", ERR_SYNTAX, 0}, {"1h-", ERR_SYNTAX, 0}};
	(void)state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		uint32_t seconds = 0;
		assert_int_equal(zone_ttl_from_text(&seconds, rows[i].text, strlen(rows[i].text)),
		        rows[i].e);
		assert_int_equal(seconds, rows[i].seconds);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_example_of_rfc1035_is_read),
	        cmocka_unit_test(what_is_written_is_what_is_read),
	        cmocka_unit_test(a_mistake_has_a_place_and_the_rest_is_read),
	        cmocka_unit_test(nul_octets_are_a_mistake),
	        cmocka_unit_test(many_open_parentheses_take_no_time),
	        cmocka_unit_test(the_name_of_the_file_is_the_origin),
	        cmocka_unit_test(what_is_no_file_is_told),
	        cmocka_unit_test(an_included_file_has_its_own_origin_and_owner),
	        cmocka_unit_test(only_files_below_the_folder_are_included),
	        cmocka_unit_test(includes_are_not_circular_and_not_deep),
	        cmocka_unit_test(times_have_units),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
