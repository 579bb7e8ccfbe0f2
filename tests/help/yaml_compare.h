/* SPDX-License-Identifier: ISC */
/* tests/help/yaml_compare.h - conf/yaml_plain.h beside libyaml. */
#ifndef TESTS_HELP_YAML_COMPARE_H
#define TESTS_HELP_YAML_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when the octets are plain. Then each event is libyaml's, the last one is the stream's end,
 * and the octets are afterwards what they were; else the program ends. */
bool yaml_compare(const uint8_t *octets, size_t size);

#endif
