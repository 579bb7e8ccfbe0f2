/* SPDX-License-Identifier: ISC */
/* tests/help/fuzz.h - one target, two ways to run it.
 *
 * tests/fuzz/fuzz_NAME.c defines LLVMFuzzerTestOneInput(), which ends the program when something
 * is wrong. With -DFUZZ_LIBFUZZER libFuzzer calls it (tests/fuzz/run). Otherwise main() is
 * fuzz_replay(): every file of tests/fuzz/corpus/NAME, and mutations of each that are the same at
 * every run, as TAP. A find becomes a file of the corpus. */
#ifndef TESTS_HELP_FUZZ_H
#define TESTS_HELP_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The target. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size);

/* Run the corpus `name` and about `mutations` mutations in all; returns main()'s exit status. Wants
 * the top of the tree as the working folder. Says which file and mutation it was when the program
 * ends in the middle. */
int fuzz_replay(
        const char *name, unsigned mutations, int (*target)(const uint8_t *octets, size_t size));

#ifdef FUZZ_LIBFUZZER
#define FUZZ_MAIN(name, mutations)
#else
#define FUZZ_MAIN(name, mutations)                                                                 \
	int main(void)                                                                             \
	{                                                                                          \
		return fuzz_replay(name, mutations, LLVMFuzzerTestOneInput);                       \
	}
#endif

#endif
