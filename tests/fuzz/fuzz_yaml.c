/* SPDX-License-Identifier: ISC */
/* tests/fuzz/fuzz_yaml.c - octets as plain YAML: what conf/yaml_plain.h takes for plain has the
 * events that libyaml finds in it. */
#include "tests/help/fuzz.h"
#include "tests/help/yaml_compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	yaml_compare(octets, size);
	return 0;
}

FUZZ_MAIN("yaml", 100000)
