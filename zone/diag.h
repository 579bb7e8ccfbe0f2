/* SPDX-License-Identifier: ISC */
/* zone/diag.h - what is wrong, where, and how to mend it.
 *
 *     customers/acme.yaml:14:3: error: 192.0.3.7 is outside acme's prefixes (...) [scope]
 *
 * One line each: place, severity, what (with the remedy), and the rule's id in brackets. They
 * are collected where a mistake is found and printed once, in order of place.
 *
 * A hostile file may hold a million mistakes: of each file DIAG_MAX_A_FILE are kept, the others
 * are counted and the count is printed; one too many costs no more than one that is kept. Sticky:
 * if memory runs out, diagnostics are lost but `errors` still counts, so nothing wrong ever passes
 * for right. */
#ifndef ZONE_DIAG_H
#define ZONE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define DIAG_MAX_A_FILE 1000

struct place {
	const char *file; /* as the user would name it; NULL: no file (a command line, a socket) */
	uint32_t line;    /* from 1; 0: the file as a whole */
	uint32_t column;  /* from 1, in characters; 0: the line as a whole */
};

enum severity { DIAG_ERROR, DIAG_WARNING };

struct diag {
	struct place place; /* .file borrowed: it must outlive the list */
	enum severity severity;
	const char *rule; /* borrowed, a literal: "scope" */
	char *text;       /* owned */
	uint32_t file;    /* in diag_list.files */
};

/* What was said of one file. */
struct diag_file {
	const char *name; /* borrowed; NULL: of no file */
	size_t kept, errors, warnings;
};

struct diag_list {
	struct diag *items;
	size_t count, capacity;
	size_t errors, warnings; /* all, those not kept included */
	size_t dropped;
	struct diag_file *files; /* owned; in order of first mention */
	uint32_t file_count, file_capacity;
	uint32_t *slots; /* owned; a hash table: number in `files` + 1; 0: free */
	size_t slot_count;
	uint64_t seed;      /* of the slots */
	uint32_t last_file; /* the one that was spoken of last */
};

void diag_init(struct diag_list *list);
void diag_free(struct diag_list *list);

/* Add one; what a hostile file said is printed with control characters escaped. */
__attribute__((format(printf, 5, 6))) void diag_add(struct diag_list *list, enum severity severity,
        struct place place, const char *rule, const char *format, ...);

#define diag_error(list, place, rule, ...)   diag_add(list, DIAG_ERROR, place, rule, __VA_ARGS__)
#define diag_warning(list, place, rule, ...) diag_add(list, DIAG_WARNING, place, rule, __VA_ARGS__)

/* Add what another list has, as if it had been added here one by one; `from` is empty then. */
void diag_join(struct diag_list *list, struct diag_list *from);

/* Order by file (in order of first mention), line and column; of one place as they were added. */
void diag_sort(struct diag_list *list);

/* Forget what was said of the files for which is_wanted(name, context) is false. */
void diag_keep(struct diag_list *list, bool (*is_wanted)(const char *file, const void *context),
        const void *context);

/* The line of one, as above, without the newline. */
void diag_print_one(const struct diag *d, FILE *out);

/* One line each. */
void diag_print(const struct diag_list *list, FILE *out);

/* A JSON array of {"file","line","column","severity","text","rule"}. */
void diag_print_json(const struct diag_list *list, FILE *out);

/* Write text as a JSON string, quotes included; octets that are not UTF-8 become U+FFFD. */
void json_print_text(const char *text, FILE *out);

#endif
