/* SPDX-License-Identifier: ISC */
#include "zone/interval.h"

#include <stdlib.h>
#include <string.h>

static int compare_prefixes(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

/* True when the prefix begins in the interval, or right behind it. */
static bool continues(const struct interval *in, const struct prefix *p)
{
	uint8_t behind[16];

	if (in->addr_len != p->addr.len)
		return false;
	memcpy(behind, in->last, 16);
	return !octets_step(behind, in->addr_len) || memcmp(p->addr.octets, behind, 16) <= 0;
}

size_t intervals_of(struct interval *out, struct prefix *prefixes, size_t count)
{
	size_t used = 0;
	uint8_t last[16];

	if (count)
		qsort(prefixes, count, sizeof *prefixes, compare_prefixes);
	for (size_t i = 0; i < count; i++) {
		const struct prefix *p = &prefixes[i];
		struct interval *before = used ? &out[used - 1] : NULL;
		prefix_last_octets(last, p);
		if (!before || !continues(before, p)) {
			before = &out[used++];
			*before = (struct interval){.addr_len = p->addr.len};
			memcpy(before->first, p->addr.octets, 16);
			memcpy(before->last, last, 16);
		} else if (memcmp(before->last, last, 16) < 0) {
			memcpy(before->last, last, 16);
		}
	}
	return used;
}

bool intervals_hold(const struct interval *all, size_t count, const struct addr *first,
        const struct addr *last, struct addr *out)
{
	size_t low = 0, high = count;

	while (low < high) { /* those before `low` begin at or before `first` */
		size_t middle = low + (high - low) / 2;
		const struct interval *in = &all[middle];
		if (in->addr_len < first->len ||
		        (in->addr_len == first->len && memcmp(in->first, first->octets, 16) <= 0))
			low = middle + 1;
		else
			high = middle;
	}
	const struct interval *in = low ? &all[low - 1] : NULL;
	if (!in || in->addr_len != first->len || memcmp(in->last, first->octets, 16) < 0) {
		*out = *first;
		return false;
	}
	if (memcmp(in->last, last->octets, 16) >= 0)
		return true;
	*out = *first;
	memcpy(out->octets, in->last, 16);
	(void)octets_step(out->octets, out->len); /* `last` lies behind it */
	return false;
}
