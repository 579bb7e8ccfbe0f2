/* SPDX-License-Identifier: ISC */
#include "tests/help/fuzz.h"

#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/help/must.h"
#include "tests/help/random.h"

#define INPUT_MAX ((size_t)1 << 16)
#define BAD_INPUT "/tmp/fuzz-bad-input" /* what ran when the program ended */

/* Called by the sanitizers' run-time library before it ends the program; not there without one. */
__attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)(void));

/* One file of the corpus. */
struct seed {
	uint8_t octets[INPUT_MAX];
	size_t size;
};

/* What runs now, and in words, for a program that ends. */
static int (*target)(const uint8_t *octets, size_t size);
static char doing[4200];
static const uint8_t *input;
static size_t input_size;

static void tell_what(void)
{
	int fd = open(BAD_INPUT, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);

	(void)!write(STDOUT_FILENO, doing, strlen(doing));
	if (fd >= 0)
		(void)!write(fd, input, input_size);
}

static void on_signal(int number)
{
	tell_what();
	signal(number, SIG_DFL);
	raise(number);
}

static void read_seed(struct seed *out, const char *path)
{
	FILE *f = fopen(path, "rb");

	must(f != NULL, path);
	out->size = fread(out->octets, 1, sizeof out->octets, f);
	fclose(f);
}

/* The target gets memory of the exact size, so that a read behind it is seen. */
static void run_input(const uint8_t *octets, size_t size)
{
	uint8_t *exact = malloc(size ? size : 1);

	must(exact != NULL, "out of memory");
	memcpy(exact, octets, size);
	input = exact;
	input_size = size;
	must(target(exact, size) == 0, "the target returns 0");
	free(exact);
}

static uint8_t ugly_octet(void)
{
	static const uint8_t octets[] = {0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff, '\n', '"', '{'};

	return random_below(2) ? octets[random_below(sizeof octets)] : (uint8_t)random_below(256);
}

/* Take n octets out at `at`, or put n there that are copies of those at `from`. */
static void remove_octets(struct seed *s, size_t at, size_t n)
{
	memmove(s->octets + at, s->octets + at + n, s->size - at - n);
	s->size -= n;
}

static void insert_octets(struct seed *s, size_t at, size_t from, size_t n)
{
	uint8_t copy[64];

	if (s->size + n > INPUT_MAX)
		return;
	memcpy(copy, s->octets + from, n);
	memmove(s->octets + at + n, s->octets + at, s->size - at);
	memcpy(s->octets + at, copy, n);
	s->size += n;
}

static void mutate(struct seed *s)
{
	for (unsigned times = 1 + random_below(4); times; times--) {
		if (s->size == 0)
			s->octets[s->size++] = 0;
		uint32_t size = (uint32_t)s->size;
		size_t at = random_below(size), n = 1 + random_below(random_below(4) ? 4 : 60);
		n = n < size - at ? n : size - at;
		switch (random_below(6)) {
		case 0:
			s->octets[at] ^= (uint8_t)(1U << random_below(8));
			break;
		case 1:
			s->octets[at] = ugly_octet();
			break;
		case 2:
			remove_octets(s, at, n);
			break;
		case 3:
			insert_octets(s, random_below(size), at, n);
			break;
		case 4:
			s->octets[at] = (uint8_t)(s->octets[at] + random_below(7) - 3);
			break;
		default:
			s->size = random_below(8) ? size : at;
			break;
		}
	}
}

/* A file and its mutations. */
static void run_file(const char *path, unsigned mutations)
{
	static struct seed seed, mutant;

	read_seed(&seed, path);
	snprintf(doing, sizeof doing, "not ok - %s, kept in " BAD_INPUT "\n", path);
	run_input(seed.octets, seed.size);
	for (unsigned i = 0; i < mutations; i++) {
		snprintf(doing, sizeof doing, "not ok - %s, mutation %u, kept in " BAD_INPUT "\n",
		        path, i);
		random_seed(i + 1);
		memcpy(mutant.octets, seed.octets, seed.size);
		mutant.size = seed.size;
		mutate(&mutant);
		run_input(mutant.octets, mutant.size);
	}
}

int fuzz_replay(
        const char *name, unsigned mutations, int (*run)(const uint8_t *octets, size_t size))
{
	char pattern[4096], top[3000];
	glob_t files;

	target = run;
	signal(SIGABRT, on_signal);
	signal(SIGSEGV, on_signal);
	signal(SIGTERM, on_signal); /* of one who found it slow */
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(tell_what);
	must(getcwd(top, sizeof top) != NULL, "a working folder"); /* a target may leave it */
	snprintf(pattern, sizeof pattern, "%s/tests/fuzz/corpus/%s/*", top, name);
	if (glob(pattern, 0, NULL, &files) != 0) {
		printf("not ok 1 - %s: there is a corpus\n", name);
		return 1;
	}
	unsigned each = mutations / (unsigned)files.gl_pathc + 1;
	for (size_t i = 0; i < files.gl_pathc; i++)
		run_file(files.gl_pathv[i], each);
	printf("ok 1 - %s: %zu files of the corpus and %u mutations of each\n1..1\n", name,
	        files.gl_pathc, each);
	globfree(&files);
	return 0;
}
