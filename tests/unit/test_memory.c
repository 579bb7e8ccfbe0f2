/* SPDX-License-Identifier: ISC */
/* Memory runs out at every place where it can: nothing crashes, nothing leaks, and what is served
 * is whole but for files of which it is told. */
#include <errno.h>

#include "tests/help/files.h"
#include "tests/help/load.h"
#include "tests/unit/unit.h"
#include "zone/renew.h"
#include "zone/sanitized.h"

static unsigned long calls, fail_at; /* the call that fails; 0: none does */
static long live;

#if !IS_SANITIZED
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *p);

static bool is_refused(void)
{
	if (++calls != fail_at)
		return false;
	errno = ENOMEM;
	return true;
}

static void *count(void *p)
{
	live += p != NULL;
	return p;
}

void *malloc(size_t size)
{
	return is_refused() ? NULL : count(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
	return is_refused() ? NULL : count(__libc_calloc(n, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return is_refused() ? NULL : count(__libc_memalign(alignment, size));
}

void *realloc(void *p, size_t size)
{
	if (is_refused())
		return NULL;
	void *moved = __libc_realloc(p, size);
	live += !p && moved;
	return moved;
}

void free(void *p)
{
	live -= p != NULL;
	__libc_free(p);
}
#endif

static enum err renew_one(
        struct image **out, struct renew *r, const struct generation *last, uint32_t zone)
{
	struct image *image =
	        snapshot_find(last ? last->snapshot : NULL, r->plan->zones[zone].apex);
	const struct zone_past past = {.is_known = image != NULL,
	        .serial = image ? image->serial : 0,
	        .is_served = image != NULL,
	        .image = image};
	struct zone_renewal next;

	enum err e = renew_zone(r, zone, &past, 1000, &next);
	if (e != OK)
		return e;
	if (!next.octets) {
		*out = image_ref(image);
		return OK;
	}
	e = image_open(out, next.octets, next.size);
	if (e != OK)
		free(next.octets);
	return e;
}

static enum err renew_all(struct snapshot **out, struct config *c, const struct generation *last)
{
	struct image *images[8];
	uint32_t done = 0;
	struct renew r;

	enum err e = renew_begin(&r, &c->plan, &c->barriers, last ? &last->history : NULL,
	        config_sameness(c), &c->diags);
	while (e == OK && done < c->plan.zone_count) {
		e = renew_one(&images[done], &r, last, done);
		done += e == OK;
	}
	renew_end(&r);
	if (e == OK)
		return snapshot_build(out, images, done, 1);
	while (done)
		image_unref(images[--done]);
	return e;
}

/* What the compiler does behind `last`; which call of malloc fails is set already. */
static struct snapshot *read_once(const struct generation *last, size_t *errors)
{
	const struct history *h = last ? &last->history : NULL;
	struct snapshot *s = NULL;
	struct config c;

	config_init(&c);
	enum err e = config_load(&c, "arpad.yaml", NULL, h);
	if (e == OK)
		e = renew_all(&s, &c, last);
	fail_at = 0;
	*errors = c.diags.errors;
	config_free(&c);
	assert_int_equal(e == OK, s != NULL);
	return s;
}

static bool is_same(const struct snapshot *a, const struct snapshot *b)
{
	if (a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (a->images[i]->size != b->images[i]->size ||
		        memcmp(a->images[i]->octets, b->images[i]->octets, a->images[i]->size) != 0)
			return false;
	return true;
}

/* Fail at each call in turn, until one run has fewer calls. */
static void run_out(const struct generation *last)
{
	size_t least, errors;
	unsigned long n = 0, failed = 0;
	struct snapshot *whole = read_once(last, &least);

	assert_non_null(whole);
	for (bool is_over = false; !is_over;) {
		long before = live;
		calls = 0;
		fail_at = ++n;
		struct snapshot *s = read_once(last, &errors);
		is_over = calls < n;
		if (s && !is_same(s, whole) && errors == least)
			fail_msg("call %lu: another result, and nothing is said", n);
		failed += !s;
		snapshot_unref(s);
		if (live != before)
			fail_msg("call %lu: %ld blocks are left", n, live - before);
	}
	assert_true(failed > n / 2);
	snapshot_unref(whole);
}

static void write_network(void)
{
	files_write("arpad.yaml",
	        "version: 1\n"
	        "server: {listen: [127.0.0.1@5300, '::1@5300'], workers: 2}\n"
	        "defaults: {ns: [ns1.a.example, ns2.a.example], hostmaster: h@a.example}\n"
	        "zones: [192.0.2.0/24, 2001:db8::/32, a.example, {name: in.a.example, ttl: 5m}, "
	        "{prefix: 192.0.2.64/28, style: dash}]\n"
	        "customers:\n"
	        "  a: {prefixes: [192.0.2.0/25, 2001:db8:a::/48], domains: [a.example], "
	        "may-delegate: yes}\n"
	        "  b: {prefixes: [192.0.2.128/25], domains: [a.example, in.a.example], "
	        "may-delegate: yes}\n"
	        "  c: {prefixes: [2001:db8:c::/48], domains: [a.example]}\n");
	files_write("customers/a.yaml", "version: 1\ncustomer: a\nhosts:\n"
	                                "  192.0.2.1: [ns1.a.example, x.a.example]\n"
	                                "  192.0.2.2: {name: ns2.a.example, ttl: 5m}\n"
	                                "  192.0.2.3: {name: ns2.a.example, role: mail}\n"
	                                "  2001:db8:a::1: \"b\\xFCcher.example\"\n"
	                                "ranges:\n"
	                                "  192.0.2.0/25: 'r-{ip}.a.example'\n"
	                                "  192.0.2.16/28: none\n"
	                                "  192.0.2.64/28: 'cut-{n}.a.example'\n"
	                                "  2001:db8:a::/64: 'v-{host}.a.example'\n"
	                                "delegate:\n"
	                                "  192.0.2.32/27: {ns: [n1.test, n2.test]}\n"
	                                "  192.0.2.96/28: {cname: rev.a.example}\n"
	                                "  2001:db8:a:8000::/50: {ns: [n1.test, n2.test]}\n");
	files_write("customers/b.yaml",
	        "version: 1\ncustomer: b\nhosts:\n"
	        "  192.0.2.200: h.in.a.example\n  192.0.2.201: y.a.example\n"
	        "ranges: {192.0.2.128/25: '{ip}.in.a.example', 192.0.2.192/27: '{hex}.a.example'}\n"
	        "delegate: {192.0.2.255/32: {ns: [n1.test, n2.test]}}\n");
	files_write("customers/c.yaml",
	        "version: 1\ncustomer: c\nhosts: {'2001:db8:c::1': c.a.example}\n");
}

static void at_the_start(void **state)
{
	(void)state;
	files_begin();
	write_network();
	run_out(NULL);
	files_end();
}

/* With a name in dispute, a refused file and one that vanished; arpad.yaml the same, and another.
 */
static void at_a_reload(void **state)
{
	struct config c;
	(void)state;

	files_begin();
	write_network();
	struct generation last = load_files(&c, NULL);
	config_free(&c);
	assert_non_null(last.snapshot);
	for (unsigned i = 0; i < 2; i++) {
		files_write("customers/a.yaml",
		        "version: 1\ncustomer: a\nhosts: {192.0.2.9: y.a.example}\n"
		        "ranges: {192.0.2.0/26: 'r-{ip}.a.example', 192.0.2.8/29: "
		        "'s-{d}.a.example'}\n"
		        "delegate: {192.0.2.112/28: {ns: [n1.test, n2.test]}}\n");
		files_write("customers/b.yaml",
		        "version: 1\ncustomer: b\nhosts: {192.0.3.1: x.test}\n");
		files_remove("customers/c.yaml");
		run_out(&last);
		write_network();
		if (i == 0)
			memset(&last.history.config, 0, sizeof last.history.config);
	}
	generation_free(&last);
	files_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(at_the_start),
	        cmocka_unit_test(at_a_reload),
	};

	if (IS_SANITIZED) {
		puts("ok 1 - memory runs out # SKIP sanitizers bring their own malloc");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
