/* SPDX-License-Identifier: ISC */
#include "tools/json_member.h"

void json_print_plain(const char *text, FILE *out)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		/* U+0080 to U+009F, which terminals obey, are c2 80 to c2 9f in UTF-8 */
		if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
			fprintf(out, "\\x%02x\\x%02x", p[0], p[1]);
			p++;
		} else if (*p < ' ' || *p == 0x7f) {
			fprintf(out, "\\x%02x", *p);
		} else {
			putc(*p, out);
		}
	}
}
